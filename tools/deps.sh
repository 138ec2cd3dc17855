#!/bin/sh
# Brings the npm packages of the lockfile, when they are not there yet or the lockfile is newer. Quiet when they are.
set -eu
cd "$(dirname "$0")/.."
stamp=node_modules/.package-lock.json
if [ ! -f "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
  echo "installing npm packages" >&2
  # npm empties the folder, which by a link would be that of another checkout
  [ ! -L node_modules ] || rm node_modules
  # an audit asks the registry, whose silence would hold up whoever is offline for minutes
  npm ci --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error >&2
  touch "$stamp"
fi
