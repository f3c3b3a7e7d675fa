# A site in the scratch directory: feeds of goods as TSV (goods) and as CSV (sheets), whose rows may be wrong one
# by one, and of buyers with personal columns.
#
#   drop FEED NAME TEXT    inbox/FEED/NAME: TEXT as printf writes it, and old enough to be taken
#   shown FILE..           what stands in files, without the K of specs
. "$TOP/tests/cases/steps.sh"
export SLUICE_SHARE=none
NOW=2026-11-21T02:00:00Z
cp -R "$TOP/tests/cases/ack/site/." .

drop() {
  mkdir -p "inbox/$1"
  # shellcheck disable=SC2059 # a format on purpose
  printf "$3" >"inbox/$1/$2"
  age "inbox/$1/$2"
}

run() { try run "$@" --now $NOW; }
shown() {
  for each in "$@"; do
    echo "-- $each"
    [ ! -f "$each" ] && [ ! -h "$each" ] && echo "(not there)" || cat "$each"
  done
}
