# bench/rivals/totals: a settlement summed by its keys. Amounts are doubles here: exact only while they are few.
# -v a=7 -v b=13 -v c=14 [-v d=..] are the key columns, -v amount=15 -v total=5
BEGIN { FS = "\t" }
NR > 1 && $total == "" {
  name = $a "," $b "," $c
  if (d) name = name "," $d
  sum[name] += $amount
  rows[name]++
}
END {
  print "transaction-type,amount-type,amount-description," (d ? "fulfillment-id,sum,rows" : "sum,rows")
  for (name in sum) printf "%s,%.2f,%d\n", name, sum[name], rows[name]
}
