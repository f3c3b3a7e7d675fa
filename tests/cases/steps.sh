# Steps that the rooms of cases share; each room's site.sh reads them, and makes its site.
#
#   try WORDS..           runs sluice, shows what was typed, what it said and how it ended
#   quiet WORDS..         runs sluice at $NOW, and shows nothing
#   age FILE..            makes files old enough to be taken
#   setting NAME VALUE    in sluice.conf, in place of what stands there
#
# $MASK is a script for sed: what differs with every spec or key, and is not to be compared.
MASK=

try() {
  echo "\$ sluice $*"
  said=$("$SLUICE" "$@" 2>&1)
  ended=$?
  [ -z "$said" ] || printf '%s\n' "$said" | sed -E "$MASK"
  echo "= $ended"
}

quiet() { "$SLUICE" "$@" --now "$NOW" >/dev/null 2>&1; }

age() { touch -d '2026-01-02 00:00:00 UTC' "$@"; }

setting() {
  grep -v "^$1 " sluice.conf >sluice.conf.new
  printf '%s = %s\n' "$1" "$2" >>sluice.conf.new
  mv sluice.conf.new sluice.conf
}
