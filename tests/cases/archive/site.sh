# The site of cli-state, whose archive is sealed.
. "$CASE/../../cli-state/site.sh"
echo 'keys = keys' >>sluice.conf

# Fingerprints of keys are new each time, digests of specs, and of proofs that tell them, change with every spec.
MASK="$MASK"'
  s,-[0-9a-f]{16}\.csv,-K.csv,
  s/(key |master-)[0-9a-f]{8}/\1FFFFFFFF/g
  s/^(  spec +)[0-9,]+  [0-9a-f]{12}/\1N  DIGEST/
  s/^(  output +)[0-9,]+  [0-9a-f]{12}(  .*\.proof(\.json)?)$/\1N  DIGEST\2/
  s/[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9a-f]{8}/DAY.FFFFFFFF/g
'
