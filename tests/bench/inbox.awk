# bench/inbox: N small settlements, one file each, into FOLDER: an inbox that a year of them was dropped into.
#
#   awk -v n=10000 -v folder=inbox/settlement -f tests/bench/inbox.awk
function row(fields,    text, i) {
  text = id
  for (i = 1; i < 24; i++) text = text "\t" (i in fields ? fields[i] : "")
  print text >path
}
function detail(family, label, amount,    f) {
  f[6] = "Order"; f[7] = sprintf("111-%07d-0000001", k); f[11] = "Amazon.com"; f[12] = family; f[13] = label
  f[14] = amount; f[15] = "AFN"; f[17] = "2026-11-03 18:00:00 UTC"; f[21] = "CUP"
  row(f)
}
BEGIN {
  header = "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency transaction-type" \
    " order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type amount-description amount" \
    " fulfillment-id posted-date posted-date-time order-item-code merchant-order-item-id" \
    " merchant-adjustment-item-id sku quantity-purchased promotion-id"
  gsub(" ", "\t", header)
  for (k = 0; k < n; k++) {
    id = sprintf("%.0f", 81000000000 + k)
    path = sprintf("%s/s%06d.txt", folder, k)
    print header >path
    summary[1] = "2026-11-02 08:00:00 UTC"; summary[2] = "2026-11-16 08:00:00 UTC"
    summary[3] = "2026-11-18 08:00:00 UTC"; summary[4] = "17.00"; summary[5] = "USD"
    row(summary)
    detail("ItemPrice", "Principal", "20.00")
    detail("ItemFees", "Commission", "-3.00")
    close(path)
  }
}
