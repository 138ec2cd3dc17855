#!/bin/sh
# Installs cgipool on a Debian or Ubuntu host with systemd: packages, build, program, sample pools, cgipool install.
# Run it again after every update: it changes only what differs.
set -eu

prefix=/usr/local
samples=yes

usage() {
  cat <<TEXT
usage: sudo ./install.sh [--prefix DIR] [--no-samples]
  --prefix DIR   where the program goes (default /usr/local)
  --no-samples   without the sample pools search and auth
TEXT
}

die() {
  echo "install.sh: $*" >&2
  exit 1
}

say() { echo "install.sh: $*"; }

while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || { usage >&2; exit 2; }; prefix=$2; shift ;;
    --no-samples) samples=no ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

top=$(cd "$(dirname "$0")" && pwd)
library=$prefix/lib/cgipool
work=

# the folder that a failed step leaves behind
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

require() {
  case $prefix in /*) ;; *) die "--prefix $prefix: give an absolute path" ;; esac
  [ "$(id -u)" = 0 ] || die "this changes the system: use sudo ./install.sh"
  [ -d /run/systemd/system ] || die "systemd does not run here; npm run demo boots a machine of its own to look at cgipool"
  command -v node >/dev/null || die "node is missing: cgipool needs Node.js 20.11 or later (apt-get install nodejs, or nodejs.org)"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 11) ? 0 : 1)' ||
    die "node $(node --version) is too old: cgipool needs Node.js 20.11 or later"
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
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -qq --no-install-recommends $missing >/dev/null </dev/null ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null </dev/null; } ||
    die "apt-get could not install: $missing"
}

# dist/ is as new as every source
is_built() {
  [ -f "$top/dist/cgipool.mjs" ] &&
    [ -z "$(find "$top/src" "$top/build.mjs" "$top/package-lock.json" -newer "$top/dist/cgipool.mjs" -print -quit)" ]
}

build() {
  is_built && { say "the program is built"; return; }
  [ -w "$top" ] || die "$top is read-only and not built: run npm ci and npm run build there first"
  command -v npm >/dev/null || die "npm is missing: it comes with Node.js"
  say "building the program"
  (cd "$top" && sh test/deps.sh && npm run --silent build) || die "the build failed"
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
  mkdir -p "$prefix/lib" "$prefix/bin"
  work=$(mktemp -d "$prefix/lib/.cgipool.XXXXXX")
  mkdir -p "$work/new"
  cp -R "$top/dist/." "$top/units" "$top/nginx" "$top/package.json" "$work/new/"
  [ $samples = no ] || sample_programs "$work/new"
  chmod -R u=rwX,go=rX "$work/new"
  replace "$work/new" "$library"
  ln -sfn ../lib/cgipool/cgipool.mjs "$prefix/bin/cgipool"
  if [ $changed = yes ]; then say "installed the program in $library"; else say "the program in $library is up to date"; fi
}

# an administrator's pool file is never overwritten
sample_pools() {
  mkdir -p /etc/cgipool # for yours, too
  [ $samples = yes ] || return 0
  for pool in search auth; do
    [ ! -e "/etc/cgipool/$pool.pool" ] || continue
    sed "s#/usr/local/lib/cgipool/#$library/#" "$top/services/$pool.pool" >"$work/$pool.pool"
    chmod 644 "$work/$pool.pool"
    mv "$work/$pool.pool" "/etc/cgipool/$pool.pool"
    say "added the sample pool /etc/cgipool/$pool.pool"
  done
}

require
packages
build
program
sample_pools
"$prefix/bin/cgipool" install
say "done: cgipool status"
