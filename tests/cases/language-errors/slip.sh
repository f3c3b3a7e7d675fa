# Read by the cmd of each case: makes one slip in a copy of the example site, and checks the site.
#
#   . "$CASE/../slip.sh"
#   slip transforms/settlement-to-journal.transform 's/sum(amount) = header/sum(amout) = header/'
#   check

cp -R "$TOP/tests/cases/language/examples/site/." .
ln -sfn "$TOP/schemas/sl/tables" schemas/sl/tables # the copy of the link leads nowhere

slip() { # FILE SED-SCRIPT; a script that changes nothing is a mistake of the case
  cp "$1" before
  sed -i "$2" "$1"
  if cmp -s before "$1"; then echo "slip: nothing changed in $1"; fi
  rm before
}

# In an address range the first line that matches, so that one slip is one slip: 0,/x/s//y/.
check() { SLUICE_SHARE=none "$SLUICE" check; }
