#!/bin/sh
# Installs cgipool on a Debian or Ubuntu host with systemd: packages, build, program, sample pools, cgipool install.
# Run it again after each update: it changes only what differs.
set -eu
# the controller and the workers do not run as root, and read what is installed
umask 022

prefix=/usr/local
samples=yes

usage() {
  cat <<TEXT
usage: sudo ./install.sh [--prefix DIR] [--no-samples]
  --prefix DIR   where to install the program (default /usr/local)
  --no-samples   do not install the sample pools search and auth
A sample pool file that you changed or removed stays as it is.
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
    --prefix) [ $# -ge 2 ] || misuse "--prefix needs a directory"; prefix=$2; shift ;;
    --no-samples) samples=no ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option: $1" ;;
  esac
  shift
done

# it goes into units and Exec=, where only blanks are quoted
case $prefix in
  *[\"\'\\\$%\&\#\;]* | *[[:cntrl:]]*) misuse "--prefix $prefix: must not contain quotes, \\ \$ % & # ;" ;;
  /*) ;;
  *) misuse "--prefix $prefix: must be an absolute path" ;;
esac
while [ "$prefix" != "${prefix%/}" ]; do prefix=${prefix%/}; done

top=$(cd "$(dirname "$0")" && pwd)
library=$prefix/lib/cgipool
work=

# a failed step leaves this directory behind
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# the controller runs as another user, and its sandbox hides these
hidden() { # PATH
  case $1/ in /home/* | /root/* | /run/user/* | /tmp/* | /var/tmp/*) return 0 ;; *) return 1 ;; esac
}

require_node() {
  node=$(command -v node) ||
    die "node is not installed: cgipool needs Node.js 20.11 or later, for all users (nodejs.org; sudo does not see nvm)"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 11) ? 0 : 1)' ||
    die "$node is $(node --version), which is too old: cgipool needs Node.js 20.11 or later (nodejs.org)"
  node=$(readlink -f "$node")
  ! hidden "$node" || die "$node is for one user only: cgipool needs Node.js for all users, in /usr for example (nodejs.org)"
}

require_systemd() {
  [ -d /run/systemd/system ] || die "systemd is not running here; to try cgipool, npm run demo boots a machine of its own"
  version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 252 ] ||
    die "systemd ${version:-of no known version} is too old: cgipool needs 252 or later (Debian 12, Ubuntu 24.04)"
}

require() {
  ! hidden "$prefix" || die "--prefix $prefix: the controller, which is not root, cannot read it there; use /opt or /usr/local"
  [ "$(id -u)" = 0 ] || die "this changes the system: use sudo ./install.sh"
  require_systemd
  require_node
}

is_installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

# any package of nginx will do
nginx_package() { command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || echo nginx; }

packages() {
  wanted="dbus polkitd"
  [ $samples = no ] || wanted="$wanted gcc libc6-dev make"
  missing=$(nginx_package)
  for package in $wanted; do is_installed "$package" || missing="$missing $package"; done
  # the sample auth runs on Debian's own python3
  [ $samples = no ] || [ -x /usr/bin/python3 ] || missing="$missing python3"
  missing=$(echo $missing)
  [ -n "$missing" ] || { say "all Debian packages are installed"; return; }
  command -v apt-get >/dev/null || die "there is no apt-get to install the missing packages: $missing"
  say "installing Debian packages: $missing"
  # the first attempt may fail because package lists are missing or old
  apt_install $missing 2>/dev/null || { apt-get update -qq && apt_install $missing; } || die "apt-get could not install: $missing"
}

apt_install() { # PACKAGE...
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null </dev/null
}

# dist/ is newer than every source
is_built() {
  [ -f "$top/dist/cgipool.mjs" ] &&
    [ -z "$(find "$top/src" "$top/build.mjs" "$top/package.json" "$top/package-lock.json" -newer "$top/dist/cgipool.mjs" -print -quit)" ]
}

build() {
  is_built && { say "the program is already built"; return; }
  [ -w "$top" ] || die "$top is read-only and not built: run npm ci and npm run build there first"
  command -v npm >/dev/null || die "npm is not installed: it comes with Node.js"
  say "building the program"
  (cd "$top" && sh tools/deps.sh && npm run --silent build) || die "the build failed"
  # the checkout stays its owner's
  chown -Rh --reference="$top" "$top/node_modules" "$top/dist"
}

# atomically, and only if it differs
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
  # installed sample pools keep working after an update with --no-samples
  [ $samples = yes ] || [ ! -d "$library/services" ] || cp -Rp "$library/services" "$work/new/"
  chmod -R u=rwX,go=rX "$work/new"
  replace "$work/new" "$library"
  [ "$(readlink "$prefix/bin/cgipool")" = ../lib/cgipool/cgipool.mjs ] ||
    ln -sfn ../lib/cgipool/cgipool.mjs "$prefix/bin/cgipool"
  if [ $changed = yes ]; then say "installed the program in $library"; else say "the program in $library is up to date"; fi
}

# the pool file, adapted to this prefix
sample_pool() { # NAME
  case $library in *" "*) path="\"$library/services/\\1\"" ;; *) path="$library/services/\\1" ;; esac
  sed "s#/usr/local/lib/cgipool/services/\([^ ]*\)#$path#" "$top/services/$1.pool"
}

# an existing pool file is never overwritten, and a removed one does not come back with an update
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
