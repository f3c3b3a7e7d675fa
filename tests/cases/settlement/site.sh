# For the cases beside it: makes the scratch directory a copy of the demo site, with what the case needs
# changed in it. At the end only what moved is left to compare: inbox, outbox, and var without ledger, locks and states.
# Answers (NAME.ack) are the affair of the cases in ack/.
. "$TOP/tests/cases/steps.sh"
cp -r "$TOP/feeds" "$TOP/schemas" "$TOP/transforms" .
grep -Ev '^(keys|amazon-[a-z]+) ' "$TOP/sluice.conf" >sluice.conf # a plain archive: its bytes are compared
trap 'find inbox -name "*.ack*" -type f -delete 2>/dev/null; rm -rf feeds schemas transforms sluice.conf var/ledger var/lock var/state' EXIT
sheets=transforms/lookups

# run [OPTION..]: the settlement feed, at a time that never changes
run() { "$SLUICE" -C . run settlement --now 2026-11-21T02:00:00Z "$@"; }

# told FILE..: an account, without the facts of the run that change with every spec
told() {
  for each in "$@"; do
    if [ -f "$each" ]; then sed -e '/^  Source/,/^$/d' -e '/^  Made with/,/^$/d' "$each"; fi
  done
}

# refused [OPTION..]: run, and the reason that lies beside each file that was kept
refused() {
  run "$@"
  code=$?
  told var/inbox/reject/settlement/*.why var/inbox/hold/settlement/*.why
  return $code
}

# proved [OPTION..]: run, and the proof beside each output
proved() {
  run "$@"
  code=$?
  told outbox/sl/settlement/*.proof
  return $code
}
