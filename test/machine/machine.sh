#!/bin/bash
# A private Debian with a real systemd, booted by systemd-nspawn over an overlay of this machine's own files: for the
# demo and the end-to-end tests. Needs root and nothing else; brings systemd-container by apt.
#
#   machine.sh prepare            build the cached layer with what the machines need (once, about a minute)
#   machine.sh boot NAME          boot a machine; returns when its systemd is up
#   machine.sh fresh NAME         boot a Debian as a newcomer has it, with a copy of this checkout: see fresh.sh
#   machine.sh exec NAME -- CMD   run a command inside
#   machine.sh reboot NAME        take it down and up again, its files kept
#   machine.sh kill NAME          take it down and leave nothing behind
set -euo pipefail

readonly CACHE=/var/cache/cgipool-machine
readonly RUN=/run/cgipool-machine
readonly LAYER=$RUN/.layer
readonly PACKAGES="systemd-sysv dbus polkitd nginx-light gcc libc6-dev make python3-minimal libpython3-stdlib curl php-cli iproute2 procps ca-certificates openssl fcgiwrap php-fpm uwsgi-core uwsgi-plugin-python3 gunicorn libfcgi-dev python3-grpcio"
# what a private test machine has no use for, or what would reach outside
readonly MASKED="systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service networking.service \
  systemd-resolved.service systemd-timesyncd.service systemd-udevd.service systemd-udevd-kernel.socket \
  systemd-udevd-control.socket systemd-udev-trigger.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer man-db.timer logrotate.timer dpkg-db-backup.timer systemd-tmpfiles-clean.timer \
  getty.target getty@tty1.service console-getty.service serial-getty@ttyS0.service systemd-logind.service \
  systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-random-seed.service \
  systemd-journal-flush.service systemd-hwdb-update.service ldconfig.service systemd-firstboot.service \
  systemd-homed.service systemd-oomd.service systemd-oomd.socket cron.service ssh.service docker.service \
  containerd.service postgresql.service docker.socket packagekit.service php8.2-fpm.service phpsessionclean.timer \
  fcgiwrap.service fcgiwrap.socket"

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

# the layer lies over this host's files: another list of their packages, another layer
layer_key() {
  { echo "$PACKAGES $MASKED"; declare -f in_layer fill_layer build_layer; cat /var/lib/dpkg/status; } | sha256sum | cut -c1-16
}

# --- the cached layer -------------------------------------------------------------------------------------------------

in_layer() { # ROOT CMD...
  local root=$1
  shift
  unshare --mount --fork bash -c '
    root=$1; shift
    mount --bind /dev "$root/dev" && mount -t proc proc "$root/proc" && mount -t tmpfs tmpfs "$root/run" || exit 1
    mount -t tmpfs tmpfs "$root/tmp"
    if [ -e /etc/resolv.conf ]; then mkdir -p "$root/run/systemd/resolve"; cp -L /etc/resolv.conf "$root/run/systemd/resolve/stub-resolv.conf"; fi
    exec chroot "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
  ' layer "$root" "$@" </dev/null
}

fill_layer() { # ROOT
  printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d" # no service starts while packages install
  chmod 755 "$1/usr/sbin/policy-rc.d"
  local install="apt-get install -y -qq --no-install-recommends $PACKAGES"
  in_layer "$1" sh -c "$install || { apt-get update -qq && $install; }" || return
  rm -f "$1/usr/sbin/policy-rc.d"
  local unit
  mkdir -p "$1/etc/systemd/system"
  for unit in $MASKED; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done
  rm -f "$1"/etc/systemd/system/*.wants/nginx.service
  ln -sf /lib/systemd/system/multi-user.target "$1/etc/systemd/system/default.target"
  : >"$1/etc/fstab"
  mkdir -p "$1/var/log/journal" # a journal that survives a reboot
}

mount_overlay() { # LOWER UPPER WORK MERGED
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" "$4"
}

# an overlay's upper cannot be on an overlay, as in a container: then it is on a tmpfs while it is made
build_layer() { # KEY
  local new="$CACHE/new.$$" status=0
  mkdir -p "$new"/{upper,work,merged}
  mount_overlay / "$new/upper" "$new/work" "$new/merged" 2>/dev/null || {
    mount -t tmpfs tmpfs "$new"
    mkdir -p "$new"/{upper,work,merged}
    mount_overlay / "$new/upper" "$new/work" "$new/merged"
  }
  fill_layer "$new/merged" >"$CACHE/layer.log" 2>&1 || status=1
  umount "$new/merged"
  [ $status = 0 ] && cp -a "$new/upper" "$CACHE/done.$$" && mv -T "$CACHE/done.$$" "$CACHE/$1"
  umount "$new" 2>/dev/null || true
  rm -rf "$new"
  [ $status = 0 ] || die "the machine's packages could not be installed: see $CACHE/layer.log"
}

drop_old_layers() { # KEY
  local old
  for old in "$CACHE"/*/; do
    old=${old%/}
    [ "$old" = "$CACHE/$1" ] || grep -q "$old[:,]" /proc/mounts || rm -rf "$old"
  done
}

prepare() {
  require_host
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  install_nspawn
  local key
  key=$(layer_key)
  if [ ! -d "$CACHE/$key" ]; then
    drop_old_layers "$key"
    echo "building the machine's layer (once): $PACKAGES" >&2
    build_layer "$key"
  fi
  exec 9>&-
}

# two layers of one overlay must not be one inside the other, and the cache is inside /: it is used from a tmpfs, which
# all machines share and the last one takes away
load_layer() { # KEY
  exec 9>"$CACHE/lock"
  flock 9
  if ! mountpoint -q "$LAYER"; then
    mkdir -p "$LAYER"
    mount -t tmpfs -o mode=755 cgipool-layer "$LAYER"
  fi
  [ -d "$LAYER/$1" ] || { cp -a "$CACHE/$1" "$LAYER/new" && mv -T "$LAYER/new" "$LAYER/$1"; }
  exec 9>&-
}

unload_layer() {
  exec 9>"$CACHE/lock"
  flock 9
  # fails, rightly, while another machine's overlay uses it
  grep -q "lowerdir=$LAYER" /proc/mounts || { umount "$LAYER" 2>/dev/null && rmdir "$LAYER" && rmdir "$RUN" 2>/dev/null; } || true
  exec 9>&-
}

# --- a machine --------------------------------------------------------------------------------------------------------

leader_of() { cat "$(dir_of "$1")/leader" 2>/dev/null; }

# systemd-nspawn's options of a machine over the overlay, one a line
overlay_options() {
  local at
  echo --private-network
  echo --resolv-conf=off
  # other file systems of the host are not in the overlay: the one that holds this checkout is shown read-only
  at=$(stat -c %m "$(dirname "${BASH_SOURCE[0]}")")
  [ "$at" = / ] || echo "--bind-ro=$at"
}

cgroup_of() { echo "cgipool-machine-$1"; }

# systemd-nspawn --keep-unit takes the cgroup it is in: each machine needs one of its own
enter_cgroup() { # NAME PID
  local base
  for base in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    [ -w "$base/cgroup.procs" ] || continue
    mkdir -p "$base/$(cgroup_of "$1")"
    echo "$2" >"$base/$(cgroup_of "$1")/cgroup.procs" || true
  done
}

leave_cgroups() { # NAME
  local base
  for base in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    [ -d "$base/$(cgroup_of "$1")" ] || continue
    find "$base/$(cgroup_of "$1")" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
}

start_nspawn() { # NAME
  local dir options
  dir=$(dir_of "$1")
  mapfile -t options <"$dir/options"
  setsid bash -c '
    dir=$1; shift
    echo $$ >"$dir/nspawn"
    while [ ! -e "$dir/go" ]; do sleep 0.01; done
    export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
    exec systemd-nspawn "$@"
  ' nspawn "$dir" --quiet --register=no --keep-unit --timezone=off --link-journal=no \
    "${options[@]}" -D "$dir/merged" -M "$1" --console=pipe -b systemd.log_target=journal \
    </dev/null >"$dir/console" 2>&1 9>&- &
  until [ -s "$dir/nspawn" ]; do sleep 0.01; done
  enter_cgroup "$1" "$(cat "$dir/nspawn")"
  touch "$dir/go"
}

# the container's PID 1 is the child of systemd-nspawn
find_leader() { # NAME
  local dir pid
  dir=$(dir_of "$1")
  for _ in $(seq 300); do
    pid=$(pgrep -P "$(cat "$dir/nspawn")" -x systemd 2>/dev/null | head -1) && [ -n "$pid" ] && break
    [ -d "/proc/$(cat "$dir/nspawn")" ] || die "systemd-nspawn ended: $(tail -3 "$dir/console")"
    sleep 0.02
  done
  [ -n "${pid:-}" ] || die "the machine's systemd did not start: $(tail -5 "$dir/console")"
  echo "$pid" >"$dir/leader"
}

await_up() { # NAME
  local state
  for _ in $(seq 600); do
    state=$(inside "$1" systemctl is-system-running 2>/dev/null || true)
    case $state in running | degraded) return ;; esac
    sleep 0.05
  done
  die "the machine $1 is still '${state:-silent}': $(inside "$1" systemctl list-jobs 2>&1 | head -5)"
}

up() { # NAME
  local dir
  dir=$(dir_of "$1")
  rm -f "$dir/go" "$dir/nspawn" "$dir/leader"
  start_nspawn "$1"
  find_leader "$1"
  await_up "$1"
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

boot() { # NAME
  prepare
  local dir layer
  dir=$(dir_of "$1")
  make_dir "$1"
  layer=$(layer_key)
  load_layer "$layer"
  mount_overlay "$LAYER/$layer:/" "$dir/upper" "$dir/work" "$dir/merged"
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
    env -i PATH="$PATH" HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 "${more[@]}" "$@"
}

# SIGKILL to a container's PID 1 ends every process in it
take_down() { # NAME
  local dir pid
  dir=$(dir_of "$1")
  for pid in $(cat "$dir/leader" "$dir/nspawn" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
  for _ in $(seq 200); do
    pgrep -f -- "systemd-nspawn .*-M $1 " >/dev/null || break
    sleep 0.02
  done
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
  unload_layer
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

. "$(dirname "${BASH_SOURCE[0]}")/fresh.sh"

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
