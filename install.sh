#!/bin/sh
# Installs cgipool on a Debian or Ubuntu host with systemd: packages, build, program, sample pools, cgipool install.
# Run it again after every update: it changes only what differs.
set -eu
# the controller and the workers, who are not root, read what is installed
umask 022

prefix=/usr/local
samples=yes

usage() {
  cat <<TEXT
usage: sudo ./install.sh [--prefix DIR] [--no-samples]
  --prefix DIR   where the program goes (default /usr/local)
  --no-samples   without the sample pools search and auth
A sample pool file that you changed or removed stays so.
TEXT
}

die() {
  echo "install.sh: $*" >&2
  exit 1
}

misuse() {
  echo "install.sh: $*" >&2
  usage >&2
  exit 2
}

say() { echo "install.sh: $*"; }

while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || misuse "--prefix needs a folder"; prefix=$2; shift ;;
    --no-samples) samples=no ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option: $1" ;;
  esac
  shift
done

# a unit and an Exec= have to carry it; blanks are quoted there
case $prefix in
  *[\"\'\\\$%\&\#\;]* | *[[:cntrl:]]*) misuse "--prefix $prefix: it must not hold quotes, \\ \$ % & # ;" ;;
  /*) ;;
  *) misuse "--prefix $prefix: give an absolute path" ;;
esac
while [ "$prefix" != "${prefix%/}" ]; do prefix=${prefix%/}; done

top=$(cd "$(dirname "$0")" && pwd)
library=$prefix/lib/cgipool
work=

# the folder that a failed step leaves behind
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# the controller runs as another user, in a sandbox without these
hidden() { # PATH
  case $1/ in /home/* | /root/* | /run/user/* | /tmp/* | /var/tmp/*) return 0 ;; *) return 1 ;; esac
}

require_node() {
  node=$(command -v node) ||
    die "node is missing: cgipool needs Node.js 20.11 or later, for all users (nodejs.org; sudo sees no nvm)"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 11) ? 0 : 1)' ||
    die "$node is $(node --version), which is too old: cgipool needs Node.js 20.11 or later (nodejs.org)"
  node=$(readlink -f "$node")
  ! hidden "$node" || die "$node is for one user only: cgipool needs a Node.js for all, as in /usr (nodejs.org)"
}

require_systemd() {
  [ -d /run/systemd/system ] || die "systemd does not run here; npm run demo boots a machine of its own to look at cgipool"
  version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 252 ] ||
    die "systemd ${version:-of no known version} is too old: cgipool needs 252 or later (Debian 12, Ubuntu 24.04)"
}

require() {
  ! hidden "$prefix" || die "--prefix $prefix: the controller, which is not root, sees nothing there; /opt or /usr/local will do"
  [ "$(id -u)" = 0 ] || die "this changes the system: use sudo ./install.sh"
  require_systemd
  require_node
}

is_installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

# any of nginx's flavours will do
nginx_package() { command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || echo nginx; }

packages() {
  wanted="dbus polkitd"
  [ $samples = no ] || wanted="$wanted gcc libc6-dev make"
  missing=$(nginx_package)
  for package in $wanted; do is_installed "$package" || missing="$missing $package"; done
  # without Debian's own python3 the sample auth has nothing to run on
  [ $samples = no ] || [ -x /usr/bin/python3 ] || missing="$missing python3"
  missing=$(echo $missing)
  [ -n "$missing" ] || { say "all Debian packages are there"; return; }
  command -v apt-get >/dev/null || die "these packages are missing, and apt-get to bring them: $missing"
  say "installing Debian packages: $missing"
  # the first failure is but of package lists that are missing or old
  bring $missing 2>/dev/null || { apt-get update -qq && bring $missing; } || die "apt-get could not install: $missing"
}

bring() { # PACKAGE...
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null </dev/null
}

# dist/ is as new as every source
is_built() {
  [ -f "$top/dist/cgipool.mjs" ] &&
    [ -z "$(find "$top/src" "$top/build.mjs" "$top/package.json" "$top/package-lock.json" -newer "$top/dist/cgipool.mjs" -print -quit)" ]
}

build() {
  is_built && { say "the program is built"; return; }
  [ -w "$top" ] || die "$top is read-only and not built: run npm ci and npm run build there first"
  command -v npm >/dev/null || die "npm is missing: it comes with Node.js"
  say "building the program"
  (cd "$top" && sh tools/deps.sh && npm run --silent build) || die "the build failed"
  # whoever owns the checkout goes on working in it
  chown -Rh --reference="$top" "$top/node_modules" "$top/dist"
}

# as a whole or not at all, and not when it is the same already
replace() { # SOURCE TARGET
  if [ -d "$2" ] && diff -rq "$1" "$2" >/dev/null 2>&1; then
    rm -rf "$1"
    return
  fi
  rm -rf "$2.old"
  [ ! -e "$2" ] || mv "$2" "$2.old"
  mv "$1" "$2"
  rm -rf "$2.old"
  changed=yes
}

sample_programs() { # TARGET
  mkdir -p "$1/services" "$work/make"
  cp -R "$top/services/." "$work/make/"
  make -s -C "$work/make" search || die "the sample search could not be compiled"
  cp "$work/make/search" "$top/services/auth.py" "$1/services/"
}

program() {
  changed=no
  mkdir -p "$work/new"
  cp -R "$top/dist/." "$top/units" "$top/nginx" "$top/package.json" "$work/new/"
  [ $samples = no ] || sample_programs "$work/new"
  # sample pools that are there go on, also when an update wants none
  [ $samples = yes ] || [ ! -d "$library/services" ] || cp -Rp "$library/services" "$work/new/"
  chmod -R u=rwX,go=rX "$work/new"
  replace "$work/new" "$library"
  [ "$(readlink "$prefix/bin/cgipool")" = ../lib/cgipool/cgipool.mjs ] ||
    ln -sfn ../lib/cgipool/cgipool.mjs "$prefix/bin/cgipool"
  if [ $changed = yes ]; then say "installed the program in $library"; else say "the program in $library is up to date"; fi
}

# a pool file as it must read for this prefix
sample_pool() { # NAME
  case $library in *" "*) path="\"$library/services/\\1\"" ;; *) path="$library/services/\\1" ;; esac
  sed "s#/usr/local/lib/cgipool/services/\([^ ]*\)#$path#" "$top/services/$1.pool"
}

# an administrator's pool file is never overwritten, and one that was removed does not come back with an update
sample_pools() {
  [ $samples = yes ] && [ ! -d "$library/services" ] || return 0
  mkdir -p /etc/cgipool
  for pool in search auth; do
    [ ! -e "/etc/cgipool/$pool.pool" ] || continue
    sample_pool $pool >"$work/$pool.pool"
    mv "$work/$pool.pool" "/etc/cgipool/$pool.pool"
    say "added the sample pool /etc/cgipool/$pool.pool"
  done
}

require
packages
build
mkdir -p "$prefix/lib" "$prefix/bin"
work=$(mktemp -d "$prefix/lib/.cgipool.XXXXXX")
sample_pools
program
"$prefix/bin/cgipool" install
say "done: $(command -v cgipool | grep -qx "$prefix/bin/cgipool" && echo cgipool || echo "'$prefix/bin/cgipool'") status"
