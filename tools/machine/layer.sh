# Sourced by machine.sh. The layer: what a machine has in addition to this host's own files. All checkouts share the cache
# in $CACHE, and may need different layers: whoever calls these functions holds its lock.

readonly PACKAGES="systemd-sysv dbus polkitd nginx-light gcc libc6-dev make python3-minimal libpython3-stdlib curl php-cli iproute2 procps ca-certificates openssl fcgiwrap php-fpm uwsgi-core uwsgi-plugin-python3 gunicorn libfcgi-dev python3-grpcio libnginx-mod-stream libfaketime needrestart"
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

# other checkouts, and other versions of this one, need theirs again
readonly KEPT_LAYERS=3

# the layer lies over this host's files: another list of their packages, another layer
layer_key() {
  { echo "$PACKAGES $MASKED"; declare -f in_layer fill_layer build_layer; cat /var/lib/dpkg/status; } | sha256sum | cut -c1-16
}

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

# removes all but the most recently used
drop_oldest() { # KEPT PATH...
  local kept=$1 path
  shift
  ls -dt -- "$@" | tail -n "+$((kept + 1))" | while read -r path; do rm -rf "$path"; done
}

# removes what a killed build left: a running one would hold the lock
drop_leftovers() {
  local left
  for left in "$CACHE"/{new,done,fresh}.[0-9]*; do
    umount "$left/merged" "$left" 2>/dev/null || true
    grep -qF " $left" /proc/mounts || rm -rf "$left"
  done
}

provide_layer() { # KEY
  if [ ! -d "$CACHE/$1" ]; then
    drop_leftovers
    echo "building the machine's layer (once): $PACKAGES" >&2
    build_layer "$1"
  fi
  touch "$CACHE/$1"
  drop_oldest "$KEPT_LAYERS" "$CACHE"/????????????????
}

# two layers of one overlay must not be one inside the other, and the cache is inside /: it is used from a tmpfs, which
# all machines share and the last one takes away
load_layer() { # KEY
  if ! mountpoint -q "$LAYER"; then
    mkdir -p "$LAYER"
    mount -t tmpfs -o mode=755 cgipool-layer "$LAYER"
  fi
  [ -d "$LAYER/$1" ] || { rm -rf "$LAYER/new" && cp -a "$CACHE/$1" "$LAYER/new" && mv -T "$LAYER/new" "$LAYER/$1"; }
}

unload_layer() {
  # fails, rightly, while another machine's overlay uses it
  grep -q "lowerdir=$LAYER" /proc/mounts || { umount "$LAYER" 2>/dev/null && rmdir "$LAYER" && rmdir "$RUN" 2>/dev/null; } || true
}
