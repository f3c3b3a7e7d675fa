#!/usr/bin/env bash
# Has LibreOffice Calc open and save a review sheet, and checks that ids and texts are still what they were.
# Not part of `make test`, for few machines have soffice; prints "skipped" there. Needs a built library:
# make unit-programs. SOFFICE names another program.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

soffice=$(command -v "${SOFFICE:-soffice}") || { echo "libreoffice round trip: skipped, there is no soffice"; exit 0; }
build=${BUILD:-build/release-gcc}
[ -f "$build/libsluice.a" ] || { echo "libreoffice round trip: $build/libsluice.a is not built (make)"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-gcc} -std=c11 -D_POSIX_C_SOURCE=200809L -Ietl -o "$work/trip" tests/tools/xlsx_roundtrip.c "$build/libsluice.a" \
  -lxml2 -lxlsxwriter -lzip -lcsv || exit 1
cd "$work" || exit 1

convert() { # convert FORMAT FILE FOLDER
  "$soffice" -env:UserInstallation="file://$work/profile" --headless --convert-to "$1" --outdir "$3" "$2" >"$work/log" 2>&1 &&
    [ -n "$(ls "$3")" ] || { echo "soffice failed:"; cat "$work/log"; exit 1; }
}

failed=0
expect() { "$@" || failed=1; }

expect ./trip write sheet.xlsx
expect ./trip check sheet.xlsx
mkdir one two three four
convert xlsx sheet.xlsx one
expect ./trip check one/sheet.xlsx
convert xlsx one/sheet.xlsx two # what it wrote itself, once more
expect ./trip check two/sheet.xlsx
convert csv sheet.xlsx three
expect ./trip csv three/sheet.csv
# The .csv opened with the default import is where ids are lost. The reader must say so, not guess.
convert xlsx three/sheet.csv four
./trip show four/sheet.xlsx >shown
expect grep -q '^2:1 number 12$' shown
expect grep -q '^3:1 number 1\.2345678901234.*E+0*17$' shown
expect grep -q '^15:1 text Q-17$' shown
[ $failed -eq 0 ] || { cat shown; echo "libreoffice round trip: FAILED"; exit 1; }
echo "libreoffice round trip: ids and texts are unchanged; a .csv opened there comes back as numbers, and says so"
