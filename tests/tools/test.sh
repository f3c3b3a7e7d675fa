#!/usr/bin/env bash
# Runs the parts of the test suite that are named (all without a name) and adds them up.
#
#   BUILD=build/release-gcc SLUICE=$PWD/sluice tests/tools/test.sh [unit] [databases] [tsql_gate] [cases] [corpora] [rules] [fault] [wire]
#
# Its last line is "N passed, N failed"; it ends 1 when something failed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build/release-gcc} CC=${CC:-gcc} HEADER_FLAGS=${HEADER_FLAGS:--Ietl -std=c11}
export SLUICE=${SLUICE:-$PWD/$BUILD/sluice} JOBS=${JOBS:-2}
# Leaks count, and an exit code of a sanitizer is none of the program's own.
export ASAN_OPTIONS=detect_leaks=1:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1:exitcode=99 TSAN_OPTIONS=exitcode=99
export PYTHONDONTWRITEBYTECODE=1
TALLY=$(mktemp)
export TALLY
trap 'rm -f "$TALLY"' EXIT

parts=("$@")
[ $# -gt 0 ] || parts=(unit databases tsql_gate cases corpora rules fault wire)
for part in "${parts[@]}"; do
  # A part that broke off before it counted its failure is one failure.
  bash "tests/tools/$part.sh" || grep -q "^${part%_gate} [0-9]* [1-9]" "$TALLY" || echo "${part%_gate} 0 1" >>"$TALLY"
done
awk '
  { passed += $2; failed += $3 }
  END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 || passed == 0 }' "$TALLY"
