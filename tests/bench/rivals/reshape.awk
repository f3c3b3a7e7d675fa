# bench/rivals/reshape: all orders to CSV. -v skus=FILE
function quoted(text) {
  if (text !~ /[",]/) return text
  gsub(/"/, "\"\"", text)
  return "\"" text "\""
}
BEGIN {
  FS = "\t"
  OFS = ","
  while ((getline line < skus) > 0) {
    at = index(line, ",")
    item[substr(line, 1, at - 1)] = substr(line, at + 1)
  }
}
NR == 1 {
  print $1, $3, $5, $6, $7, $9, $10, "InvtID", $13, $14, $15, $16, $26
  next
}
$5 != "Cancelled" {
  date = substr($3, 6, 2) "/" substr($3, 9, 2) "/" substr($3, 1, 4)
  print $1, date, $5, $6, $7, quoted($9), $10, item[$10], $13, $14, $15, $16, $26
}
