#!/bin/bash
# A private Debian with a real systemd, booted by systemd-nspawn over an overlay of this machine's own files: for the
# demo, the end-to-end tests and the benchmarks. Needs root and nothing else; brings systemd-container by apt.
#
#   machine.sh prepare            build the cached layer with what the machines need (once, about a minute)
#   machine.sh boot NAME          boot a machine; returns when its systemd is up
#   machine.sh fresh NAME         boot a Debian as a newcomer has it, with a copy of this checkout: see fresh.sh
#   machine.sh exec NAME -- CMD   run a command inside
#   machine.sh reboot NAME        take it down and up again, its files kept
#   machine.sh kill NAME          take it down and leave nothing behind
#   machine.sh list               name the machines that are there
#
# Inside, this checkout is /usr/src/cgipool, read-only.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
readonly TOP
# A fixed path: the checkout itself may lie below /tmp, where a booted machine mounts a tmpfs, or on a file system that is
# not in the overlay.
readonly CHECKOUT=/usr/src/cgipool
readonly CACHE=/var/cache/cgipool-machine
readonly RUN=/run/cgipool-machine
readonly LAYER=$RUN/.layer

die() {
  echo "machine: $*" >&2
  exit 1
}

dir_of() { echo "$RUN/$1"; }

require_host() {
  [ "$(id -u)" = 0 ] || die "needs root, to boot a machine: use sudo"
  [ -d /sys/fs/cgroup ] || die "there are no cgroups here: a machine cannot be booted"
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || die "this kernel has no overlay file system"
  unshare --mount true 2>/dev/null || die "namespaces are forbidden here: a machine cannot be booted"
}

install_nspawn() {
  command -v systemd-nspawn >/dev/null && return
  command -v apt-get >/dev/null || die "systemd-nspawn is missing, and apt-get to bring it: a Debian or Ubuntu is needed"
  echo "installing systemd-container" >&2
  { apt-get install -y -qq systemd-container || { apt-get update -qq && apt-get install -y -qq systemd-container; }; } \
    >"$CACHE/apt.log" 2>&1 </dev/null || die "apt-get could not install systemd-container: see $CACHE/apt.log"
}

# one at a time over all checkouts: what they share is built, loaded and removed
locked() { # CMD...
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  "$@"
  exec 9>&-
}

mount_overlay() { # LOWER UPPER WORK MERGED
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" "$4"
}

. "$TOP/tools/machine/layer.sh"
. "$TOP/tools/machine/nspawn.sh"
. "$TOP/tools/machine/fresh.sh"

provide() {
  install_nspawn
  # only now: the key covers this host's packages
  provide_layer "$(layer_key)"
}

prepare() {
  require_host
  locked provide
}

# systemd-nspawn ends a path at a colon
escaped() { # PATH
  local path=${1//\\/\\\\}
  echo "${path//:/\\:}"
}

# a Node.js from a file system that is not in the overlay
lend_foreign_node() {
  local node
  node=$(realpath "$(command -v node)") || return 0
  [ "$(stat -c %m "$node")" = / ] || echo "--bind-ro=$(escaped "$node"):/usr/local/bin/node"
}

# systemd-nspawn's options of a machine over the overlay, one a line
overlay_options() {
  echo --private-network
  echo --resolv-conf=off
  echo "--bind-ro=$(escaped "$TOP"):$CHECKOUT"
  lend_foreign_node
}

# an empty folder of its own, in memory; what a killed run left under the name goes
make_dir() { # NAME
  local dir
  [[ $1 =~ ^[a-z][a-z0-9-]{0,40}$ ]] || die "a machine's name is of small letters, digits and hyphens: $1"
  dir=$(dir_of "$1")
  [ ! -d "$dir" ] || kill_machine "$1"
  mkdir -p "$dir"
  mount -t tmpfs -o mode=755 cgipool-machine "$dir"
  mkdir -p "$dir"/{upper,work,merged}
}

name_machine() { # NAME ROOT
  tr -d - </proc/sys/kernel/random/uuid >"$2/etc/machine-id"
  echo "$1" >"$2/etc/hostname"
}

# under one lock, so that nobody removes the layer before it is mounted
mount_layered() { # DIR
  local key
  key=$(layer_key)
  provide_layer "$key"
  load_layer "$key"
  mount_overlay "$LAYER/$key:/" "$1/upper" "$1/work" "$1/merged"
}

boot() { # NAME
  local dir
  prepare
  dir=$(dir_of "$1")
  make_dir "$1"
  locked mount_layered "$dir"
  name_machine "$1" "$dir/merged"
  overlay_options >"$dir/options"
  up "$1"
}

inside() { # NAME CMD...
  local leader more=()
  leader=$(leader_of "$1") || die "there is no machine $1"
  [ ! -f "$(dir_of "$1")/environment" ] || mapfile -t more <"$(dir_of "$1")/environment"
  shift
  nsenter -t "$leader" -m -p -u -i -C -n -- \
    env -i PATH="/usr/local/bin:$PATH" HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 "${more[@]}" "$@"
}

kill_machine() { # NAME
  local dir
  dir=$(dir_of "$1")
  take_down "$1"
  for _ in $(seq 100); do
    umount "$dir/merged" 2>/dev/null || mountpoint -q "$dir/merged" || break
    sleep 0.02
  done
  umount -l "$dir" 2>/dev/null || true
  rmdir "$dir" 2>/dev/null || true
  leave_cgroups "$1"
  locked unload_layer
}

reboot_machine() { # NAME
  inside "$1" systemctl poweroff 2>/dev/null || true
  local pid
  pid=$(cat "$(dir_of "$1")/nspawn")
  for _ in $(seq 200); do
    [ -d "/proc/$pid" ] || break
    sleep 0.05
  done
  take_down "$1"
  up "$1"
}

verb=${1:-}
name=${2:-}
case $verb in
  prepare) prepare ;;
  boot) boot "$name" ;;
  fresh) boot_fresh "$name" ;;
  exec)
    shift 2
    [ "${1:-}" != -- ] || shift
    inside "$name" "$@"
    ;;
  reboot) reboot_machine "$name" ;;
  kill) kill_machine "$name" ;;
  list) ls "$RUN" 2>/dev/null || true ;;
  *) die "usage: machine.sh prepare | boot NAME | fresh NAME | exec NAME -- CMD | reboot NAME | kill NAME | list" ;;
esac
