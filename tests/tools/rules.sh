#!/usr/bin/env bash
# The house rules that a machine can check: each is one test.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

passed=0 failed=0
check() { # check NAME COMMAND..
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL rule: $name"
    printf '%s\n' "$said" | head -60 | sed 's/^/    /'
  fi
}

headers() { # every header compiles alone, and twice
  local header bad=0
  for header in etl/*/*.h; do
    # shellcheck disable=SC2086 # flags are a list
    printf '#include "%s"\n#include "%s"\n' "${header#etl/}" "${header#etl/}" |
      ${CC:-gcc} ${HEADER_FLAGS:--Ietl -std=c11} -fsyntax-only -x c - || bad=1
  done
  return $bad
}

names() { # a library takes the first function of a name, and says nothing of a second one
  local twice
  twice=$(nm "${BUILD:-build/release-gcc}"/libsluice.a 2>/dev/null | awk '$2 == "T" { print $3 }' | sort | uniq -d)
  [ -z "$twice" ] || { echo "two functions are called $twice"; return 1; }
}

check "includes go downward (etl/LAYERS)" python3 tests/tools/layers.py
check "headers compile alone" headers
check "no name is given twice" names
for rule in $(python3 tests/tools/rules.py --list); do
  check "$rule" python3 tests/tools/rules.py "$rule"
done
echo "rules:   $passed of $((passed + failed)) pass"
echo "rules $passed $failed" >>"${TALLY:-/dev/null}"
[ $failed -eq 0 ]
