# Read by the cmd of each case: a site without SL and without keys: what SL says is dropped as files of its columns, and what goes to Amazon stays in
# outbox/amazon, for somebody to upload.
#
#   $NOW                  the runs' stated time
#   sl RECORD LINE..      inbox/sl/RECORD.csv: its header line, and rows
#   drop FEED NAME LINE.. inbox/FEED/NAME
#   report TYPE LINE..    a report to be looked up in, columns parted by |
#   go FEED               runs it, and shows what it says but for names that are digests
#   body FEED             what would be uploaded, its numbers and all
. "$CASE/../../steps.sh"
NOW=2026-11-18T03:00:00Z
MASK='s/[0-9a-f]{16}/K/g'
mkdir -p inbox/sl
cp -R "$TOP/feeds" "$TOP/schemas" "$TOP/transforms" .
grep -Ev '^(keys|sl-connection|amazon-[a-z]+) ' "$TOP/sluice.conf" >sluice.conf

lines() { for line; do printf '%s\n' "$line"; done; }
sl() {
  name=$1
  shift
  lines "$@" >"inbox/sl/$name.csv"
}
drop() {
  mkdir -p "inbox/$1"
  file=inbox/$1/$2
  shift 2
  lines "$@" >"$file"
  age "$file"
}
report() {
  mkdir -p "inbox/supply/$1"
  file=inbox/supply/$1/report.txt
  shift
  lines "$@" | tr '|' '\t' >"$file"
  touch -d "$NOW" "$file"
}
go() {
  said=$("$SLUICE" run "$1" --now "$NOW" 2>&1)
  ended=$?
  printf '%s\n' "$said" | sed -E "$MASK" | grep -v master
  echo "= $ended"
}
body() {
  for each in outbox/amazon/"$1"/*.xml outbox/amazon/"$1"/*.json; do
    case $each in *.proof.json | *'*'*) continue ;; esac
    sed 's/<Message>/\n&/g; s/<Item>/\n    &/g; s/<AdjustedItem>/\n    &/g; s/"patches"/\n    &/' "$each"
  done
}
