#!/bin/sh
# npm test: all tests; npm run test:unit: those that need no root and no machine. Brings what they need.
set -eu
cd "$(dirname "$0")/.."
sh tools/deps.sh
if [ "${1:-all}" = all ]; then
  npm run --silent build
  bash tools/machine/machine.sh prepare
fi
exec node --import tsx test/run/main.ts "$@"
