#!/usr/bin/env bash
# Runs each fuzz entry under libFuzzer for $SECONDS_EACH from its corpus, $JOBS at a time. What it finds new
# goes to build/fuzz/NAME/, a crash to build/fuzz/NAME-crash-*; nothing is written into the repository.
# Copy a crash, made small, into tests/fuzz/corpus/NAME/ with its repair.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build/fuzz-clang} SECONDS_EACH=${SECONDS_EACH:-60}

fuzz_one() {
  local name=$1 out=build/fuzz/$1 status
  mkdir -p "$out"
  "$BUILD/tests/fuzz/fuzz_$name" -max_total_time="$SECONDS_EACH" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$out-" "$out" "tests/fuzz/corpus/$name" >"$out.log" 2>&1
  status=$?
  if [ $status -eq 0 ]; then
    echo "fuzz $name: $(grep -c . < <(ls "$out")) new inputs; $(tail -n 1 "$out.log")"
  else
    echo "FAIL fuzz $name (exit $status), see $out.log"
    grep -a -A 12 'ERROR\|runtime error' "$out.log" | head -30 | sed 's/^/    /'
  fi
  return $((status != 0))
}
export -f fuzz_one

for source in tests/fuzz/fuzz_*.c; do
  name=${source#tests/fuzz/fuzz_}
  [ -f "$source" ] && case $name in *${FUZZ:-}*) echo "${name%.c}" ;; esac
done | xargs -r -P "${JOBS:-2}" -n 1 bash -c 'fuzz_one "$1"' fuzz_one
