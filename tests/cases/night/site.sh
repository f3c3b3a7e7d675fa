# A site in the scratch directory with small feeds: each copies rows of a CSV file, and proves what the file's
# first row says they come to.
#
#   feed NAME WHEN..          feeds/NAME.feed, "when WHEN"; its inbox and its release are its own
#   drop NAME FILE TOTAL      inbox/NAME/FILE: two rows, 10.00 and 5.00, that are said to come to TOTAL
#   night WORDS..             try night, at $NOW
. "$TOP/tests/cases/steps.sh"
export SLUICE_SHARE=none
NOW=2026-11-21T10:00:00Z # two o'clock at night in Los Angeles
mkdir -p feeds schemas transforms

cat >sluice.conf <<'END'
accounting-time-zone = America/Los_Angeles
settle-seconds = 0
release = auto
night-feeds = 2
END
cat >schemas/in.schema <<'END'
schema in  format csv
  record row
    key     text(20)  required
    amount  decimal(2)
    total   decimal(2)
END
cat >schemas/out.schema <<'END'
schema out  format csv
  record row
    key     text(20)
    amount  decimal(2)
END
cat >transforms/copy.transform <<'END'
transform copy
  from in
  into out
  header where total present

  row each row
    copy key, amount

  prove "the rows add up"  sum(amount) = header.total
END

feed() {
  name=$1
  shift
  {
    printf 'feed %s\n  extract   files "*" in "inbox/%s"\n  key       header.key\n  transform copy\n' "$name" "$name"
    printf '  load      out to "outbox/%s/{header.key}.csv"\n' "$name"
    [ $# -eq 0 ] || printf '  when      %s\n' "$*"
  } >"feeds/$name.feed"
  mkdir -p "inbox/$name"
}

drop() {
  printf 'key,amount,total\n%s,,%s\n%s,10.00,\n%s,5.00,\n' "${2%.csv}" "$3" "${2%.csv}" "${2%.csv}" >"inbox/$1/$2"
  age "inbox/$1/$2"
}

night() { try night "$@" --now $NOW; }
