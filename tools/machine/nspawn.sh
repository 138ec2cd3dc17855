# Sourced by machine.sh. The running of a machine: systemd-nspawn, its systemd, and its cgroup.

leader_of() { cat "$(dir_of "$1")/leader" 2>/dev/null; }

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
    --system-call-filter=bpf "${options[@]}" -D "$dir/merged" -M "$1" --console=pipe -b systemd.log_target=journal \
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
