# Feeds whose first transform rejects one order and whose second rejects another.
spec transforms/mid-FORM.transform <<'END'
transform mid-FORM
  from o-FORM
  into mid
  reject "{sku} has no price -- ""none""" when price absent
  hold "{kind} is new" when kind = "moon"
  order each order
    copy id, day, buyer, total
    line each item
      copy sku, qty
      amount = price * qty
      tax    = sum(amount)
END
spec transforms/mid-out.transform <<'END'
transform mid-out
  from mid
  into out
  reject "{id} is too dear" when total > 100
  sale each order
    number = counter()
    copy id
    lines = count(row)
    total = sum(row.amount)
    row each line
      copy sku, qty
      amount = amount + tax
END
for form in $FORMS; do
  cat >feeds/$form.feed <<END
feed $form
  extract   files "*.$form" in "inbox/$form"
  transform mid-$form, mid-out
  load      out to "outbox/$form/{source-file()}.csv"
  when      nightly
END
done
