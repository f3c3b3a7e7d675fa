#!/usr/bin/env bash
# Every T-SQL statement shape that we can emit is T-SQL, by the judgement of sqlfluff (Debian package sqlfluff).
#
# The shapes come from the programs that know them, one a line; "?" becomes a parameter's name, as a driver makes it.
# A statement that is none must be refused too, so that the gate cannot be one that lets everything pass.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build/release-gcc}
SLUICE=${SLUICE:-$PWD/$BUILD/sluice}

shapes() {
  "$BUILD/tests/unit/db/test_dialect" --tsql || return
  "$BUILD/tests/unit/job/test_imported" --tsql || return
  "$SLUICE" sandbox --print --dialect tsql >"$folder/company.sql" || return
  "$SLUICE" sandbox --grants --dialect tsql >"$folder/grants.sql" || return
  python3 tests/tools/tsql_shapes.py "$folder/company.sql" "$folder/grants.sql"
}

# Files on the command line, as sqlfluff's own exit code has it.
parses() {
  (cd "$folder" && sqlfluff parse --dialect tsql "$1") >"$folder/said" 2>&1
}

# T-SQL by its documents, which sqlfluff 1.4.5 does not know: SET with a bare value.
unknown='^SET (DEADLOCK_PRIORITY LOW|LOCK_TIMEOUT [0-9]+|DATEFORMAT ymd)$'

finish() { # PASSED FAILED
  echo "tsql:    $1 of $(($1 + $2)) statements parse"
  echo "tsql $1 $2" >>"${TALLY:-/dev/null}"
  [ "$2" -eq 0 ]
  exit
}

if ! command -v sqlfluff >/dev/null; then
  echo "tsql:    SKIPPED, SKIPPED, SKIPPED: sqlfluff is not installed; no T-SQL was judged"
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

shapes >"$folder/every" || { echo "FAIL tsql: the statements could not be had"; finish 0 1; }
grep -Ev "$unknown" "$folder/every" >"$folder/shapes"
count=$(grep -c . "$folder/shapes")
[ "$count" -gt 0 ] || { echo "FAIL tsql: there is no statement"; finish 0 1; }
sed 's/?/@p/g; s/$/\nGO/' "$folder/shapes" >"$folder/all.sql"
echo 'UPDATE SOHeader WHERE SET Status = @p' >"$folder/none.sql"

if parses none.sql; then
  echo "FAIL tsql: nonsense passes the gate"
  finish 0 1
fi
parses all.sql && finish "$count" 0
# Which ones? One by one takes a second each.
failed=0
while IFS= read -r statement; do
  printf '%s\n' "$statement" | sed 's/?/@p/g' >"$folder/one.sql"
  parses one.sql && continue
  failed=$((failed + 1))
  echo "FAIL tsql: $statement"
  grep -i 'unparsable' "$folder/said" | head -3 | sed 's/^/    /'
done <"$folder/shapes"
[ "$failed" -gt 0 ] || { failed=1; tail -5 "$folder/said"; }
finish $((count - failed)) "$failed"
