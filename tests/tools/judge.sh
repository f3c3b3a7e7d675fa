#!/usr/bin/env bash
# tools/judge: what others say of what we send: Prism of our requests, with Amazon's models behind it, and a queue that is not ours.
#
# Needs npm, and ../shared/reference for Prism. `make judge`.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export SLUICE=$PWD/$BUILD/sluice SPAPI=$PWD/$BUILD/sluice-spapi
npm=build/npm models=../shared/reference/amazon/models failed=0
mkdir -p "$npm"
[ -x "$npm/node_modules/.bin/prism" ] && [ -x "$npm/node_modules/.bin/node" ] ||
  npm install --silent --no-audit --no-fund --prefix "$npm" @stoplight/prism-cli@5.14.2 fauxqs@2.4.1 node@22 || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [ -d "$models" ]; then
  for part in calls watch held; do bash tests/wire/$part.sh "$scratch/log" >/dev/null || failed=1; done
  WIRE_LOG=$scratch/log python3 tests/wire/night.py "$SLUICE" "$SPAPI" 200 >/dev/null || failed=1
  python3 tests/wire/prism.py "$npm/node_modules/.bin/prism" "$models" "$scratch/log" || failed=1
else
  echo "judge: Amazon's models are not here: Prism skipped"
fi

# A queue: the message is received with a signature and without one of ours in mind, and deleted when the run is done.
cat >"$npm/queue.mjs" <<'NODE'
import { buildApp } from "fauxqs";
const app = buildApp({ host: "localhost", logger: false });
console.log(await app.listen({ port: 0, host: "127.0.0.1" }));
process.stdin.on("end", () => process.exit(0)).resume();
NODE
exec 6> >(exec "$npm/node_modules/.bin/node" "$npm/queue.mjs" >"$scratch/queue" 2>/dev/null)
exec 5> >(exec "$SPAPI" --state "$scratch/amazon" --until-eof >"$scratch/url")
for _ in $(seq 100); do [ -s "$scratch/queue" ] && [ -s "$scratch/url" ] && break; sleep 0.1; done
queue=$(cat "$scratch/queue")
ask() { # ACTION BODY
  curl -s -X POST "$queue/" -H "X-Amz-Target: AmazonSQS.$1" -H 'Content-Type: application/x-amz-json-1.0' \
    -H 'Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0' -d "$2"
}
url=$(ask CreateQueue '{"QueueName": "sluice"}' | sed 's/.*"QueueUrl":"\([^"]*\)".*/\1/')
ask SendMessage "{\"QueueUrl\": \"$url\", \"MessageBody\": \"{\\\"NotificationType\\\": \\\"ORDER_CHANGE\\\"}\"}" >/dev/null
mkdir -p "$scratch/site/inbox"
cp -R feeds transforms schemas "$scratch/site/"
sed -i 's/^  # when/  when/' "$scratch/site/feeds/orders.feed"
printf 'client-id = amzn1.application-oa2-client.sandbox\nclient-secret = sandbox-secret\nrefresh-token = Atzr|sandbox\naws-key = AKIDEXAMPLE\naws-secret = x\n' >"$scratch/site/amazon.key"
chmod 600 "$scratch/site/amazon.key"
{
  grep -v '^amazon-' sluice.conf
  printf 'amazon-credentials = amazon.key\namazon-marketplaces = US\namazon-pace = 10\namazon-region = %s\namazon-queue = %s/000000000000/sluice\n' "$(cat "$scratch/url")" "$queue"
} >"$scratch/site/sluice.conf"
"$SLUICE" -C "$scratch/site" sandbox >/dev/null
first=$("$SLUICE" -C "$scratch/site" watch --once 2>&1)
second=$("$SLUICE" -C "$scratch/site" watch --once 2>&1)
left=$(ask GetQueueAttributes "{\"QueueUrl\": \"$url\", \"AttributeNames\": [\"All\"]}" | grep -o '"ApproximateNumberOfMessages[A-Za-z]*":"[1-9]')
if grep -q 'ORDER_CHANGE: orders' <<<"$first" && grep -q '1 message, 1 done with' <<<"$first" && [ -z "$second" ] && [ -z "$left" ]; then
  echo "judge: a queue that is not ours gave its message once"
else
  failed=1
  printf 'judge: the queue: %s\n---\n%s\n%s\n' "$first" "$second" "$left" >&2
fi
exec 5>&- 6>&-

# The queries of the shipped schemas are T-SQL: one by one, as together they are too long for the parser. It takes minutes.
if command -v sqlfluff >/dev/null; then
  count=0 wrong=0
  while IFS= read -r query; do
    count=$((count + 1))
    printf '%s\n' "$query" >"$scratch/query.sql"
    sqlfluff parse --dialect tsql "$scratch/query.sql" >"$scratch/parsed" 2>&1 && continue
    wrong=$((wrong + 1)) failed=1
    printf 'judge: no T-SQL: %s\n' "$query" >&2
  done < <(python3 tests/tools/schema_queries.py)
  echo "judge: $((count - wrong)) of $count queries of schemas are T-SQL"
else
  echo "judge: sqlfluff is not here: the queries of schemas are not judged"
fi
exit $failed
