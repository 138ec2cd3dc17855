#!/bin/bash
# npm run demo: boots a private machine, installs cgipool in it and shows what it does. See README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --on-this-host ]; then
  [ -d /run/systemd/system ] || { echo "demo: systemd does not run on this host" >&2; exit 1; }
  exec bash demo/steps.sh
fi

machine=test/machine/machine.sh
name=cgipool-demo-$$
[ "$(id -u)" = 0 ] || { echo "demo: needs root, to boot a private machine: sudo npm run demo" >&2; exit 1; }

cleanup() {
  local status=$?
  trap - EXIT INT TERM
  bash "$machine" kill "$name" || status=1
  exit "$status"
}

sh test/deps.sh
npm run --silent build
bash "$machine" prepare
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
echo "booting a private machine"
bash "$machine" boot "$name"
bash "$machine" exec "$name" -- bash "$PWD/demo/steps.sh" &
# in the background, so that Ctrl-C is heard at once and not when the step is over
wait $!
