# Beside ../cli-state/site.sh: a site whose settlements ask something, and filled sheets for it.
#
#   unknown NAME ID      a settlement with a label that gl-accounts.csv does not have
#   id TEXT              the id of the question with TEXT, of the newest sheet
#   fill NAME ROW..      inbox/review/NAME with id, answer and answered by: 'TEXT|ANSWER|BY', by id of TEXT
. "$CASE/../../cli-state/site.sh"
sheets=transforms/lookups

unknown() {
  settle "$1" "$2" 2026-11 20.00 24.50
  sed -i 's/Storage Fee/Hook Fee/' "inbox/settlement/$1"
  age "inbox/settlement/$1"
}

newest() { ls -v outbox/review/*.csv | tail -1; }
id() { grep -m1 -- "$1" "$(newest)" | cut -d, -f1; }

fill() {
  name=$1
  shift
  mkdir -p inbox/review
  {
    echo 'id,answer,answered by'
    for row; do
      text=${row%%|*} rest=${row#*|}
      case $text in Q-* | "" | [0-9]*) ;; *) text=$(id "$text") ;; esac
      printf '%s,"%s",%s\n' "$text" "${rest%%|*}" "${rest#*|}"
    done
  } >"inbox/review/$name"
}
