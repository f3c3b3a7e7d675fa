#!/usr/bin/env bash
# bench/courier: a large packed report from a local server into the inbox, sealed on its way, beside curl -o and sync.
#
#   SLUICE=.. SPAPI=.. tests/bench/courier.sh [MEGABYTES] [ROUNDS]     side by side, medians; memory of the largest process
set -uo pipefail
megabytes=${1:-500} rounds=${2:-5}
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/sluice-courier-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
type=GET_ORDER_REPORT_DATA_SHIPPING
mkdir -p site/inbox amazon/reports/$type
cp -R "$root"/feeds "$root"/transforms "$root"/schemas site/
head -c $((megabytes * 1000 * 1000)) /dev/urandom | gzip -1 >amazon/reports/$type/large.xml
echo 'gzip=yes' >amazon/reports/$type/large.xml.meta
printf 'client-id = amzn1.application-oa2-client.sandbox\nclient-secret = sandbox-secret\nrefresh-token = Atzr|sandbox\n' >site/amazon.key
chmod 600 site/amazon.key
exec 5> >(exec "$SPAPI" --state amazon --log log --speed 2000 --until-eof >url.txt)
for _ in $(seq 50); do [ -s url.txt ] && break; sleep 0.1; done
{
  grep -v '^amazon-' "$root/sluice.conf"
  printf 'amazon-credentials = amazon.key\namazon-marketplaces = US\namazon-pace = 1\namazon-region = %s\n' "$(cat url.txt)"
} >site/sluice.conf
bytes=$(stat -c %s amazon/reports/$type/large.xml)
now() { date +%s.%N; }
ours() { # the document alone: its call's time is not told apart from the others, which are a few milliseconds
  rm -rf site/inbox/orders site/var amazon/served amazon/made
  sync
  began=$(now)
  /usr/bin/time -f '%M' -o memory "$SLUICE" -C site fetch orders --now 2026-11-16T03:00:00Z >said || cat said >&2
  echo "$(now) $began" | awk '{ print $1 - $2 }'
}
theirs() {
  rm -f file
  sync
  url=$(grep -o '"path":"/document/[^"]*"' log | tail -1 | cut -d'"' -f4)
  query=$(grep '"operation":"download"' log | tail -1 | sed 's/.*"X-Amz-Date":"\([0-9]*\)".*/\1/')
  began=$(now)
  curl -s -o file "$(cat url.txt)$url?X-Amz-Expires=300&X-Amz-Date=$query&X-Amz-Signature=fake" && sync file
  echo "$(now) $began" | awk '{ print $1 - $2 }'
}
ours >/dev/null
for _ in $(seq "$rounds"); do
  ours >>ours.txt
  theirs >>theirs.txt
done
[ "$(stat -c %s file)" = "$bytes" ] || echo "courier: curl's copy is not whole" >&2
ls site/inbox/orders/*.sealed >/dev/null || echo "courier: nothing was sealed" >&2
a=$(sort -n ours.txt | sed -n "$(((rounds + 1) / 2))p") b=$(sort -n theirs.txt | sed -n "$(((rounds + 1) / 2))p")
awk -v a="$a" -v b="$b" -v n="$bytes" -v m="$(cat memory)" 'BEGIN {
  printf "courier: %.0f MB sealed in %.2f s (%.0f MB/s), curl -o and sync %.2f s (%.0f MB/s): %.2f of it; %d MB of memory\n", n / 1e6, a, n / 1e6 / a, b, n / 1e6 / b, b / a, m / 1024 }'
exec 5>&-
