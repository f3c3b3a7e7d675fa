#!/usr/bin/env bash
# The suites of etl/db, of the sandbox company and of loading once more, and the orders cases that have a company, on a private
# PostgreSQL that is started for it and stopped behind it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

folder=$(mktemp -d)
trap 'bash tests/tools/postgres.sh stop "$folder"' EXIT
trap 'exit 1' INT TERM HUP
if ! chmod 755 "$folder" || ! names=$(bash tests/tools/postgres.sh start "$folder"); then
  echo "databases: SKIPPED, SKIPPED, SKIPPED: no PostgreSQL; only SQLite was tested"
  exit 0
fi
eval "$names"
# psqlodbc keeps the result of a statement that failed.
echo leak:psqlodbcw >"$folder/leaks"
export LSAN_OPTIONS=suppressions=$folder/leaks:print_suppressions=0
# One after the other: they share the database.
code=0
for units in db/ job/test_company load/test_apply load/test_counter; do PART=databases UNITS=$units JOBS=1 bash tests/tools/unit.sh || code=1; done
# Not those that ask for SQLite by name: its file, its triggers, a connection of their own.
for case in $(grep -l sandbox-site.sh tests/cases/orders/*/cmd | xargs grep -LE 'var/sandbox|TRIGGER|sl-connection|transaction_import|both|sqlite3'); do
  case=${case#tests/cases/}
  PART=databases CASES=${case%/cmd} bash tests/tools/cases.sh || code=1
done
exit $code
