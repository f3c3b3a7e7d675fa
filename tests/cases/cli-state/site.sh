# A site in the scratch directory: the shipped settlement feed, and tiny made-up settlements for it.
#
#   settle NAME ID MONTH PRICE TOTAL    inbox/settlement/NAME: six rows, sold for PRICE and 10.00, of MONTH (2026-11)
#   window NAME START END               moves that one: its window, and its rows to the first day (2026-11-02)
. "$TOP/tests/cases/steps.sh"
export SLUICE_SHARE=none
NOW=2026-11-21T02:00:00Z
MASK='s,ready/[0-9a-f]{16},ready/K,' # K changes with every spec
mkdir -p feeds inbox/settlement
cp "$TOP/feeds/settlement.feed" feeds/
cp -R "$TOP/schemas" "$TOP/transforms" .
# A plain archive: its bytes are compared. Nothing of feeds that are not here.
grep -Ev '^(keys|sl-connection|amazon-[a-z]+|(ord|fba|canc|conf|ackn|ship|stock|prices|products|sl-canc)[a-z-]*\.release) ' "$TOP/sluice.conf" >sluice.conf

row() { # ID TYPE AMOUNT-TYPE DESCRIPTION AMOUNT STAMP ORDER SKU
  printf '%s\t\t\t\t\t\t%s\t%s\t\t\t\tAmazon.com\t%s\t%s\t%s\tAFN\t\t%s\t\t\t\t%s\t\t\n' \
    "$1" "$2" "$7" "$3" "$4" "$5" "$6" "$8"
}

settle() {
  {
    printf 'settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\t'
    printf 'transaction-type\torder-id\tmerchant-order-id\tadjustment-id\tshipment-id\tmarketplace-name\t'
    printf 'amount-type\tamount-description\tamount\tfulfillment-id\tposted-date\tposted-date-time\t'
    printf 'order-item-code\tmerchant-order-item-id\tmerchant-adjustment-item-id\tsku\tquantity-purchased\tpromotion-id\n'
    printf '%s\t%s-02 08:00:00 UTC\t%s-16 08:00:00 UTC\t%s-18 08:00:00 UTC\t%s\tUSD\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n' \
      "$2" "$3" "$3" "$3" "$5"
    row "$2" Order ItemPrice Principal "$4" "$3-03 18:00:00 UTC" 111-0000001-0000001 CUP
    row "$2" Order ItemFees Commission -3.00 "$3-03 18:00:00 UTC" 111-0000001-0000001 CUP
    row "$2" Order ItemPrice Principal 10.00 "$3-04 18:00:00 UTC" 111-0000002-0000002 JUG
    row "$2" Order ItemFees FBAPerUnitFulfillmentFee -2.00 "$3-04 18:00:00 UTC" 111-0000002-0000002 JUG
    row "$2" other-transaction other-transaction "Storage Fee" -0.50 "$3-15 09:00:00 UTC" "" ""
  } >"inbox/settlement/$1"
  age "inbox/settlement/$1"
}

window() {
  sed -i -E -e "2s/([0-9-]+)( 08:00:00 UTC)\t[0-9-]+/$2\2\t$3/" -e "3,\$s/[0-9-]+( [0-9:]+ UTC)/$2\1/" \
    "inbox/settlement/$1"
  age "inbox/settlement/$1"
}

run() { try run settlement --now $NOW; }
# Another life of the same site, from here on: who it is is forgotten, or it would be known as a copy.
fork() { cp -R . "$1" && rm -f "$1/var/ledger/site.txt"; }
