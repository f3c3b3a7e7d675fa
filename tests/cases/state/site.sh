# A site in the scratch directory with one small feed, stock: what Amazon holds, and what it was told last.
#
#   drop NAME SKU:QUANTITY..    inbox/stock/NAME
#   told                        what was sent, and then taken away as a courier would
#   feed_of TRANSFORM           the rest of the transform, from standard input
. "$TOP/tests/cases/steps.sh"
export SLUICE_SHARE=none
NOW=2026-11-21T02:00:00Z
MASK='s,[0-9a-f]{16}\.csv,K.csv,g'
mkdir -p feeds schemas/state schemas/shop transforms inbox/stock
cat >sluice.conf <<'EOF'
accounting-time-zone = "America/New_York"
release = auto
EOF
cat >schemas/shop/stock.schema <<'EOF'
schema shop.stock  format csv
  record row
    sku       text(30)  required
    quantity  integer   required
EOF
cat >schemas/shop/message.schema <<'EOF'
schema shop.message  format csv
  record message
    sku, quantity, before  text(30)
EOF
cat >schemas/state/listing.schema <<'EOF'
schema state.listing  format state, keep 100 days
  record listing key sku
    sku       text(30)  required
    quantity  integer
EOF
cat >feeds/stock.feed <<'EOF'
feed stock
  extract   files "*" in "inbox/stock"
  transform stock
  load      shop.message to "outbox/stock/{source-file()}"
EOF
transform() {
  {
    printf 'transform stock\n  from shop.stock\n  into shop.message, state.listing\n'
    cat
  } >transforms/stock.transform
}
drop() {
  name=$1
  shift
  {
    echo sku,quantity
    printf '%s\n' "$@" | tr : ,
  } >"inbox/stock/$name"
  age "inbox/stock/$name"
}
run() { try run stock --now "${1:-$NOW}"; }
told() {
  cat outbox/stock/*.csv 2>/dev/null
  rm -rf outbox/stock
}
