#!/usr/bin/env bash
# Says whether T-SQL is well formed: every statement of the FILEs, as sqlfluff parses it, must have no part that it
# cannot. It takes a second for a KB, so each shape of statement is judged once (tsql_gate.py).
#
#   tests/tools/tsql_gate.sh FILE..       ends 1, with what is wrong, when something is
set -uo pipefail
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/tsql_gate.py" "$@" >"$work/shapes.sql" || exit 1
[ -s "$work/shapes.sql" ] || { echo "tsql_gate: no statement in $*"; exit 1; }
# Without this a large file is skipped, and that passes.
printf '[sqlfluff]\nlarge_file_skip_byte_limit = 0\n' >"$work/config"
(cd "$work" && sqlfluff parse --dialect tsql --config config shapes.sql >parsed 2>&1)
code=$?
if [ $code != 0 ] || grep -qi 'unparsable\|warning\|skipping' "$work/parsed"; then
  grep -i -A2 'unparsable\|warning\|skipping' "$work/parsed" | head -20
  echo "tsql_gate: not T-SQL (of $(grep -c ';$' "$work/shapes.sql") shapes)"
  exit 1
fi
echo "tsql_gate: $(grep -c ';$' "$work/shapes.sql") shapes of $(cat "$@" | grep -c ';$') statements"
