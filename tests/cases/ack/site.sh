# A site in the scratch directory: feeds of goods as TSV (goods) and as CSV (sheets), whose rows may be wrong one
# by one, and of buyers with personal columns.
#
#   drop FEED NAME TEXT    inbox/FEED/NAME: TEXT as printf writes it, and old enough to be taken
#   try WORDS..            runs sluice, shows what was typed, what it said and how it ended
#   shown FILE..           what stands in files, without the K of specs
export SLUICE_SHARE=none
NOW=2026-11-21T02:00:00Z
cp -R "$TOP/tests/cases/ack/site/." .

drop() {
  mkdir -p "inbox/$1"
  # shellcheck disable=SC2059 # a format on purpose
  printf "$3" >"inbox/$1/$2"
  touch -d '2026-01-02 00:00:00 UTC' "inbox/$1/$2"
}

try() {
  echo "\$ sluice $*"
  "$SLUICE" "$@" 2>&1
  echo "= $?"
}
run() { try run "$@" --now $NOW; }
quiet() { "$SLUICE" "$@" --now $NOW >/dev/null 2>&1; }
shown() {
  for each in "$@"; do
    echo "-- $each"
    [ ! -f "$each" ] && [ ! -h "$each" ] && echo "(not there)" || cat "$each"
  done
}
