# The orders of a nested CSV as XML; an empty cell is a missing element.
function tag(name, text) { if (text != "") printf "<%s>%s</%s>", name, text, name }
function end_item() { if (item != "") printf "</Item>\n"; item = "" }
function end_order() { end_item(); if (id != "") printf "    </Items></Order></Message>\n" }
BEGIN { print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Envelope>\n  <Header><Shop>north</Shop><Total>" total "</Total></Header>" }
NR == 1 { next }
$1 != id {
  end_order(); id = $1
  printf "  <Message><Order id=\"%s\">", id
  tag("day", $2)
  if ($3 != "") printf "<Buyer><Name>%s</Name></Buyer>", $3
  if ($5 != "" || $4 != "") printf "<Amount currency=\"%s\">%s</Amount>", $4, $5
  printf "<Items>\n"
}
$6 $7 $8 != "" && $6 "," $7 "," $8 != item {
  end_item(); item = $6 "," $7 "," $8
  printf "      <Item>"; tag("sku", $6); tag("qty", $7); tag("price", $8)
}
$9 $10 != "" { printf "<Tax kind=\"%s\">", $9; tag("amount", $10); printf "</Tax>" }
END { end_order(); print "</Envelope>" }
