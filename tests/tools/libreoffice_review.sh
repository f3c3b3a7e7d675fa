#!/usr/bin/env bash
# A review sheet goes out, is filled, is saved by LibreOffice Calc as .xlsx and as .csv, and comes back in.
# Not part of `make test`, for few machines have soffice; prints "skipped" there. Needs a built program (make).
set -uo pipefail
TOP=$(cd "$(dirname "$0")/../.." && pwd)
SLUICE=${SLUICE:-$TOP/sluice}
export TOP SLUICE
soffice=$(command -v "${SOFFICE:-soffice}") || { echo "libreoffice review: skipped, there is no soffice"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/site" && cd "$work/site" || exit 1
CASE=$TOP/tests/cases/review/xlsx
# shellcheck disable=SC1091 # beside the cases
. "$CASE/../site.sh"

convert() { # convert FORMAT FILE FOLDER
  "$soffice" -env:UserInstallation="file://$work/profile" --headless --convert-to "$1" --outdir "$3" "$2" >"$work/log" 2>&1 &&
    [ -n "$(ls "$3")" ] || { echo "soffice failed:"; cat "$work/log"; exit 1; }
}

failed=0
expect() { # expect PATTERN FILE
  grep -q -- "$1" "$2" || { failed=1; echo "no \"$1\" in $2:"; cat "$2"; }
}

setting settlement.release hold
settle a.txt 80000000001 2026-11 20.00 24.50
settle b.txt 80000000002 2026-11 21.00 25.50
unknown c.txt 80000000003
quiet run settlement
fill=$TOP/tests/tools/fill_xlsx.py
mkdir one two three

# rows 2 to 5: the label, then the items a, b, c
python3 "$fill" outbox/review/settlement-1.xlsx filled.xlsx "I2=6040; 1000; Hooks" "J2=Jörg" "I3=yes" "J3=Jörg"
convert xlsx filled.xlsx one
"$SLUICE" review one/filled.xlsx --now $NOW >xlsx.ack 2>&1
expect "row 2 .*applied   gl-accounts.csv has a new row" xlsx.ack
expect "row 3 .*applied   80000000001 is released" xlsx.ack
expect "2 answers applied, 0 refused" xlsx.ack

python3 "$fill" outbox/review/settlement-1.xlsx csv.xlsx "I4=no" "J4=Jörg" "I2=6050; 1000; Late" "J2=Jörg"
convert csv csv.xlsx two
"$SLUICE" review two/csv.csv --now $NOW >csv.ack 2>&1
expect "row 4 .*applied   80000000002 is refused" csv.ack
expect "row 2 .*refused   it was answered" csv.ack

# The .csv itself, opened with the default import, filled and saved.
sed '5s/,,\r$/,ok,Ann\r/' outbox/review/settlement-1.csv >plain.csv
convert csv plain.csv three
"$SLUICE" review three/plain.csv --now $NOW >plain.ack 2>&1
expect "row 5 .*applied   80000000003 is released" plain.ack
if grep -q "edits of" ./*.ack; then failed=1 && grep "edits of" ./*.ack; fi
expect 'other-transaction,Hook Fee,\*,\*,6040,1000,Hooks,,,,Jörg,' $sheets/gl-accounts.csv

[ $failed -eq 0 ] || { echo "libreoffice review: FAILED"; exit 1; }
echo "libreoffice review: a sheet filled and saved by LibreOffice Calc as .xlsx and as .csv is applied"
