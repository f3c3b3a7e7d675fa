# A site in the scratch directory whose orders come as nested CSV, XML or JSON: the same records in all three.
#
#   orders NAME LINES        (TOTAL: what the file states) NAME.csv, NAME.xml, NAME.json: one order for each run of lines with an equal id, as
#                            id,day,buyer,currency,total,sku,qty,price,kind,amount
#   spec FILE                standard input as a spec of the site; one named with FORM is written for each format
#   each NAME OUT [WORDS]    sluice transform OUT-FORM NAME.FORM for all formats, with 1 and 2 workers; it is shown
#                            once, and all six must be equal but for the numbers of rows
#   drop FEED FILE           a copy into inbox/FEED, old enough to be taken
#   try WORDS..              runs sluice, shows what was typed, what it said and how it ended
export SLUICE_SHARE=none
NOW=2026-11-21T02:00:00Z
TREES=$TOP/tests/cases/trees
FORMS="csv xml json"
cp -R "$TREES/site/." .
mkdir -p feeds transforms/lookups

orders() {
  {
    echo id,day,buyer,currency,total,sku,qty,price,kind,amount
    printf '%s\n' "$2"
  } >"$1.csv"
  awk -F, -v total="${TOTAL:-}" -f "$TREES/to_xml.awk" "$1.csv" >"$1.xml"
  awk -F, -v total="${TOTAL:-}" -f "$TREES/to_json.awk" "$1.csv" >"$1.json"
}

spec() {
  cat >spec.tmp
  case $1 in
  *FORM*) for form in $FORMS; do sed "s/FORM/$form/g" spec.tmp >"$(printf %s "$1" | sed "s/FORM/$form/")"; done ;;
  *) cp spec.tmp "$1" ;;
  esac
  rm spec.tmp
}

each() {
  name=$1 out=$2
  shift 2
  for form in $FORMS; do
    for workers in 1 2; do
      "$SLUICE" transform "$out-$form" "$name.$form" --workers $workers "$@" >"got.$form.$workers" 2>&1
      echo "= $?" >>"got.$form.$workers"
      sed "s/$out-$form/$out-FORM/; s/^sluice: row [0-9]*/sluice: row N/" "got.$form.$workers" >"plain.$form.$workers"
      cmp -s plain.csv.1 "plain.$form.$workers" || { echo "-- $form, $workers workers"; diff plain.csv.1 "plain.$form.$workers"; }
    done
  done
  cat got.csv.1
  cmp -s got.csv.1 got.xml.1 || { echo "-- xml, json"; grep '^sluice: row' got.xml.1; }
  cmp -s got.csv.1 got.csv.2 && cmp -s got.xml.1 got.xml.2 && cmp -s got.xml.1 got.json.1 && cmp -s got.xml.1 got.json.2 ||
    echo "-- workers or formats differ"
  rm got.* plain.*
}

drop() {
  mkdir -p "inbox/$1"
  cp "$2" "inbox/$1/"
  touch -d '2026-01-02 00:00:00 UTC' "inbox/$1/$(basename "$2")"
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
