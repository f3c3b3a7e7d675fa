#!/usr/bin/env bash
# Feeds the corpus tests/fuzz/corpus/NAME/ to each fuzz entry, as built under $BUILD with fuzz/replay.c.
# One entry is one test; an entry without a corpus fails.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 inputs=0
for source in tests/fuzz/fuzz_*.c; do
  [ -f "$source" ] || continue
  entry=${source#tests/fuzz/} entry=${entry%.c} name=${entry#fuzz_}
  # The braces keep the shell's own "Aborted" from the terminal.
  { timeout 300 "$BUILD/tests/fuzz/$entry" "tests/fuzz/corpus/$name" >"$log" 2>"$log.err" </dev/null; } 2>/dev/null
  status=$?
  fed=$(wc -l <"$log")
  inputs=$((inputs + fed))
  if [ $status -eq 0 ] && [ "$fed" -gt 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL corpus $name (exit $status), last input: $(tail -n 1 "$log")"
    head -40 "$log.err" | sed 's/^/    /'
  fi
  rm -f "$log.err"
done
echo "corpora: $passed of $((passed + failed)) pass, with $inputs inputs"
echo "corpora $passed $failed" >>"${TALLY:-/dev/null}"
[ $failed -eq 0 ]
