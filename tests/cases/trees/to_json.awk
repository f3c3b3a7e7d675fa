# The orders of a nested CSV as JSON; an empty cell is a missing key. The total stands behind the orders.
function key(name, text, quoted) {
  if (text != "") { printf "%s\"%s\": %s%s%s", comma, name, quoted, text, quoted; comma = ", " }
}
function end_item() { if (item != "") printf "]}"; item = "" }
function end_order() { end_item(); if (id != "") printf "]}" }
BEGIN { printf "{\"header\": {\"shop\": \"north\"}, \"orders\": [" }
NR == 1 { next }
$1 != id {
  end_order(); printf "%s\n  {", id == "" ? "" : ","; id = $1
  comma = ""
  key("id", $1, "\""); key("day", $2, "\"")
  if ($3 != "") printf ", \"buyer\": {\"name\": \"%s\"}", $3
  if ($5 != "" || $4 != "") { printf ", \"amount\": {"; comma = ""; key("currency", $4, "\""); key("value", $5, ""); printf "}" }
  printf ", \"items\": ["; first = 1
}
$6 $7 $8 != "" && $6 "," $7 "," $8 != item {
  end_item(); item = $6 "," $7 "," $8
  printf "%s{", first ? "" : ", "; first = 0; comma = ""
  key("sku", $6, "\""); key("qty", $7, ""); key("price", $8, "")
  printf ", \"taxes\": ["; tax = ""
}
$9 $10 != "" { printf "%s{", tax; comma = ""; key("kind", $9, "\""); key("amount", $10, ""); printf "}"; tax = ", " }
END { end_order(); printf "\n], \"summary\": {\"total\": %s}}\n", total == "" ? "null" : total }
