#!/bin/bash
# The steps of the demo, inside the machine. Each one is checked; a miss makes the exit status 1 and is named.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH=/usr/local/bin:$PATH

missed=()
began=$SECONDS

title() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }

check() { # WHAT CONDITION...
  local what=$1
  shift
  if "$@"; then
    note "ok: $what"
  else
    note "MISSED: $what"
    missed+=("$what")
  fi
}

# awaits a condition, 20 times a second
await() { # SECONDS CONDITION...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.05
  done
}

get() { curl -s --max-time 40 "http://localhost$1"; }
code() { curl -s -o /dev/null --max-time 40 -w '%{http_code}' "http://localhost$1"; }
field() { node -e 'let t = ""; process.stdin.on("data", d => (t += d)).on("end", () => console.log(eval(`(${t})` + process.argv[1])))' "$1"; }
healthy() { [ "$(cgipool status "$1" --json | field '.pools[0].healthy')" "$2" "$3" ]; }
serving() { [ "$(cgipool status "$1" --json | field '.pools[0].instances.filter(i => i.published && i.state === "healthy").length')" "$2" "$3" ]; }
pid_of() { systemctl show --property MainPID --value "cgipool-$1@$2.service"; }
# MainPID is 0 between two lives, and signal 0's target would be ourselves
signal_worker() { # SIGNAL POOL SLOT
  local pid
  pid=$(pid_of "$2" "$3")
  [ "${pid:-0}" -gt 1 ] && kill "-$1" "$pid"
}
load() { node demo/load.mjs "$@"; }

verified() {
  local words
  words=$(systemd-analyze verify --man=no --recursive-errors=yes /etc/systemd/system/cgipool*.{service,timer,slice} 2>&1)
  [ -z "$words" ] || { note "$words"; return 1; }
}

title "sudo ./install.sh"
check "install.sh succeeds" ./install.sh
[ ${#missed[@]} -eq 0 ] || exit 1 # nothing below could work
again() { ./install.sh >/tmp/second && grep -q '^nothing to change' /tmp/second; }
check "a second run succeeds and changes nothing" again
check "controller and timer are active" sh -c '[ "$(systemctl is-active cgipool.service cgipool-autoscale.timer | sort -u)" = active ]'
check "the controller is not root" [ "$(ps -o user= -p "$(systemctl show -P MainPID cgipool.service)")" = cgipool ]
check "every unit passes systemd-analyze verify" verified

title "the pools start: cgipool status"
check "search serves from 2 instances" await 15 serving search -eq 2
check "auth serves from 1 instance" await 15 serving auth -eq 1
cgipool status

title "requests through nginx"
answer=$(get '/api/search?q=nginx')
note "GET /api/search?q=nginx -> $answer"
check "search answers query, results and pid" grep -qE '^\{"query": "nginx", "results": \[".+"\], "pid": [0-9]+\}$' <<<"$answer"
answer=$(get '/api/auth?user=ada')
note "GET /api/auth?user=ada -> $answer"
check "auth answers user, token and pid" grep -qE '^\{"user": "ada", "token": "[0-9a-f]{64}", "pid": [0-9]+\}$' <<<"$answer"
answer=$(get /pool-status)
note "GET /pool-status -> ${answer:0:200}..."
check "/pool-status is JSON with both pools" [ "$(field '.pools.map(p => p.name).join()' <<<"$answer")" = auth,search ]

title "process isolation and load balancing: 10 requests at once"
answers=$(mktemp)
for _ in 1 2 3 4 5 6 7 8 9 10; do curl -s "http://localhost/api/search?q=c&delay=100" >>"$answers" & done
wait
grep -o '"pid": [0-9]*' "$answers" | sort | uniq -c | while read -r count _ pid; do note "PID $pid answered $count"; done
check "all 10 were answered" [ "$(grep -c '"pid"' "$answers")" = 10 ]
check "by several PIDs" [ "$(grep -o '"pid": [0-9]*' "$answers" | sort -u | wc -l)" -ge 2 ]

title "fault tolerance: SIGKILL of a worker every 0.5 s under 200 requests/s"
load 'http://localhost/api/search?q=kill' --rate 200 --seconds 5 --out /tmp/kill.json &
loader=$!
for slot in 8000 8001 8000 8001 8000 8001 8000 8001; do
  sleep 0.5
  signal_worker KILL search $slot && note "killed the worker on $slot"
done
wait $loader
note "$(field '.summary' </tmp/kill.json)"
check "0 failed requests" [ "$(field '.failed' </tmp/kill.json)" = 0 ]
check "all are back" await 10 serving search -ge 2

title "a hung worker: SIGSTOP"
is_gone() { ! kill -0 "$1" 2>/dev/null; }
serves_without() { [ "$(cgipool status search --json | field ".pools[0].instances.filter(i => i.published && i.state === 'healthy' && i.pid !== $1).length")" -ge 2 ]; }
hung=$(cgipool status search --json | field '.pools[0].instances.find(i => i.published).slot')
frozen=$(pid_of search "$hung")
load 'http://localhost/api/search?q=hang' --rate 100 --seconds 8 --out /tmp/hang.json &
loader=$!
sleep 0.5
[ "${frozen:-0}" -gt 1 ] && kill -STOP "$frozen"
note "froze PID $frozen on $hung"
check "it is detected, and another serves in its place" await 10 serves_without "$frozen"
check "it is stopped: at once, or when nginx gives up on what it holds (ReadTimeout=5s)" await 15 is_gone "$frozen"
wait $loader
note "$(field '.summary' </tmp/hang.json)"
check "0 failed requests" [ "$(field '.failed' </tmp/hang.json)" = 0 ]
cgipool why search | tail -6

title "dynamic scaling: 12 requests at once, of 50 ms each"
# a short window, so that the demo sees it shrink too
sed -i 's/^Window=.*/Window=10s/' /etc/cgipool/search.pool
cgipool install >/dev/null
load 'http://localhost/api/search?q=scale&burn=50' --concurrent 12 --seconds 16 --out /tmp/scale.json &
loader=$!
check "the timer grows the pool to its maximum of 5" await 16 serving search -eq 5
cgipool why search | head -4
wait $loader
note "$(field '.summary' </tmp/scale.json)"
check "0 failed requests" [ "$(field '.failed' </tmp/scale.json)" = 0 ]
check "and shrinks it to 2 when it is quiet" await 40 serving search -eq 2
cgipool why search | head -4

title "standard tooling: systemctl status 'cgipool-search@*'"
systemctl status --no-pager 'cgipool-search@*' | tee /tmp/systemctl | head -12
check "systemctl shows the instances" [ "$(grep -c 'cgipool-search@[0-9]*.service - Search workers' /tmp/systemctl)" -ge 2 ]
# its death is a line in the journal
signal_worker KILL search "$(cgipool status search --json | field '.pools[0].instances[0].slot')"

title "standard tooling: journalctl -u 'cgipool-search@*'"
sleep 0.2
journalctl --no-pager -n 5 -u 'cgipool-search@*' | tee /tmp/journal
check "journalctl has lines of the workers" grep -q 'cgipool-search@' /tmp/journal

title "language freedom: three more programs that know nothing of cgipool, three lines each"
bash demo/own-pools.sh
check "cgipool install takes them up" cgipool install
answers() { [ "$(code "/$1/")" = 200 ]; }
for pool in files php node; do
  check "$pool serves through nginx" await 15 answers $pool
done

title "cgipool uninstall"
check "uninstall succeeds" cgipool uninstall --purge
remains() {
  find /etc /usr /run /var /srv -xdev -name '*cgipool*' -not -path '/var/cache/*' -not -path '/var/log/*' 2>/dev/null
  systemctl list-units --all --no-legend 'cgipool*'
  getent passwd cgipool
}
remains
check "nothing is left" [ -z "$(remains)" ]
check "nginx goes on" [ "$(systemctl is-active nginx)" = active ]

title "done in $((SECONDS - began)) s"
if [ ${#missed[@]} -gt 0 ]; then
  printf 'MISSED: %s\n' "${missed[@]}"
  exit 1
fi
echo "everything was as it should be"
