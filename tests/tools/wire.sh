#!/usr/bin/env bash
# tools/wire: what goes between us and Amazon, against the local SP-API: what it makes of feeds, contract, TLS, roles, and a
# fault at each call of a night.
#
# EVERY=1: at every call every fault; else a spread of them.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
SPAPI=$PWD/$BUILD/sluice-spapi
reference=../shared/reference/amazon
models=$reference/models
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export SPAPI WIRE_LOG=$scratch/log
passed=0 failed=0
count() { # an account that ends in "N of N" or has "N .., N .."; its exit code says whether all is well
  printf '%s\n' "$1"
  if [ "$2" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

said=$(python3 tests/wire/feeds.py "$SPAPI" "$reference/schemas/feeds")
count "$said" $?
said=$(bash tests/wire/tls.sh)
count "$said" $?
said=$(bash tests/wire/calls.sh "$WIRE_LOG")
count "$said" $?
said=$(bash tests/wire/held.sh "$WIRE_LOG")
count "$said" $?
said=$(bash tests/wire/watch.sh "$WIRE_LOG")
count "$said" $?
mkdir -p "$scratch/bodies"
said=$(WIRE_BODIES=$scratch/bodies bash tests/wire/stock.sh "$WIRE_LOG")
count "$said" $?
said=$(python3 tests/wire/bodies.py "$reference/schemas/feeds" "$scratch"/bodies/*.json)
count "$said" $?
python=python3
/usr/bin/python3 -c 'import botocore' 2>/dev/null && python=/usr/bin/python3
said=$($python tests/wire/sign.py "$BUILD/send_signed")
count "$said" $?
# Where the simulated sites lie is of no matter: in memory, where there is some.
memory=${TMPDIR:-/tmp}
[ -w /dev/shm ] && memory=/dev/shm
said=$(TMPDIR=$memory "$BUILD/year" 1 "${NIGHTS:-90}" | tail -1)
count "$said" $?
said=$(TMPDIR=$memory "$BUILD/year" 20 2 5000 | tail -1)
count "$said" $?
said=$(python3 tests/wire/night.py "$SLUICE" "$SPAPI" "${EVERY:-19}")
count "$said" $?
if [ -d "$models" ]; then
  said=$(python3 tests/wire/contract.py "$models" "$WIRE_LOG")
  count "$said" $?
  python3 tests/tools/sandbox_pairs.py "$models" >"$scratch/pairs"
  exec 5> >(exec "$SPAPI" --state "$scratch/state" --pairs "$scratch/pairs" --until-eof >"$scratch/url")
  for _ in $(seq 50); do [ -s "$scratch/url" ] && break; sleep 0.1; done
  said=$("$BUILD/play_pairs" "$(cat "$scratch/url")" "$scratch/pairs")
  count "$said" $?
  exec 5>&-
else
  echo "wire: Amazon's models are not here: contract and sandbox pairs skipped"
fi
echo "wire: $passed parts, $failed failed"
echo "wire $passed $failed" >>"$TALLY"
[ "$failed" -eq 0 ]
