#!/usr/bin/env bash
# Runs every unit program of tests/unit/ as it was built under $BUILD, and counts its TAP lines.
# A test that a program planned and did not report counts as failed. UNITS=PATTERN picks (base/test_str);
# PART names the whole when it is run a second time, over something else.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
part=${PART:-unit}

# One program; its log, and its counts as the last line, to $2.
run_one() {
  local program=$BUILD/tests/unit/$1 log=$2 status passed failed planned
  CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$program" >"$log" 2>&1 </dev/null
  status=$?
  passed=$(grep -c '^ok ' "$log")
  planned=$(awk -F'[.][.]' '/^1[.][.][0-9]+$/ { sum += $2 } END { print sum + 0 }' "$log")
  failed=$((planned - passed))
  # Died after its last test (a leak), or before it said how many there are.
  [ "$status" -ne 0 ] && [ "$failed" -le 0 ] && failed=1
  [ "$planned" -eq 0 ] && failed=1
  echo "$passed $failed $status" >"$log.count"
}
export -f run_one

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
programs=$(for source in tests/unit/*/test_*.c; do
  name=${source#tests/unit/} name=${name%.c}
  # shellcheck disable=SC2053,SC2254 # a pattern on purpose
  [ -f "$source" ] && case $name in *${UNITS:-}*) echo "$name" ;; esac
done)
for name in $programs; do printf '%s\n%s\n' "$name" "$logs/${name//\//.}"; done |
  xargs -r -P "${JOBS:-2}" -n 2 bash -c 'run_one "$1" "$2"' run_one

passed=0 failed=0 count=0
for name in $programs; do
  log=$logs/${name//\//.}
  read -r good bad status <"$log.count" || { good=0 bad=1 status=none; touch "$log"; }
  passed=$((passed + good)) failed=$((failed + bad)) count=$((count + 1))
  [ "$bad" -eq 0 ] && continue
  echo "FAIL $part $name: $bad failed (exit $status)"
  grep -v '^ok \|^1[.][.]' "$log" | head -60 | sed 's/^/    /'
done
printf '%-8s %s\n' "$part:" "$passed of $((passed + failed)) pass, in $count programs"
echo "$part $passed $failed" >>"${TALLY:-/dev/null}"
[ "$failed" -eq 0 ]
