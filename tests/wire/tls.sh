#!/usr/bin/env bash
# wire/tls: of seven servers only the one whose certificate is right, and that speaks TLS 1.2 or newer, is talked to.
#
#   SLUICE=.. SPAPI=.. tests/wire/tls.sh       prints "tls: N of N", ends 1 when one is not as it should be
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
quiet() { "$@" >/dev/null 2>&1; }

authority() { # NAME
  quiet openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 3650
}
certificate() { # NAME CA SUBJECT-ALT-NAME [openssl x509 options]
  name=$1 ca=$2 alt=$3
  shift 3
  quiet openssl req -newkey rsa:2048 -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=localhost"
  printf 'subjectAltName = %s\n' "$alt" >"$name.ext"
  quiet openssl x509 -req -in "$name.csr" -CA "$ca.pem" -CAkey "$ca.key" -CAcreateserial -extfile "$name.ext" -out "$name.crt" "$@"
}
authority ours
authority strangers
certificate good ours IP:127.0.0.1 -days 30
certificate stranger strangers IP:127.0.0.1 -days 30
certificate elsewhere ours DNS:sellingpartnerapi-na.amazon.com -days 30
# One that ended long ago.
mkdir -p ended && : >ended/index.txt && echo 01 >ended/serial
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=ended/index.txt\nserial=ended/serial\nnew_certs_dir=ended\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=IP:127.0.0.1\n' >ended.conf
quiet openssl req -newkey rsa:2048 -nodes -keyout expired.key -out expired.csr -subj /CN=localhost
quiet openssl ca -batch -config ended.conf -cert ours.pem -keyfile ours.key -in expired.csr -out expired.crt -startdate 20200101000000Z -enddate 20200201000000Z

mkdir site amazon
cp -R "$root"/feeds "$root"/transforms "$root"/schemas site/
printf 'client-id = amzn1.application-oa2-client.sandbox\nclient-secret = sandbox-secret\nrefresh-token = Atzr|sandbox\n' >site/amazon.key
chmod 600 site/amazon.key

passed=0 failed=0
try() { # NAME WANTED CERTIFICATE CA [--tls PRIORITIES]
  what=$1 wanted=$2 cert=$3 ca=$4
  shift 4
  exec 5> >(exec "$SPAPI" --state amazon --cert "$cert.crt" --key "$cert.key" --until-eof "$@" >url.txt 2>spapi.txt)
  server=$!
  for _ in $(seq 50); do [ -s url.txt ] && break; sleep 0.1; done
  {
    grep -v '^amazon-\|^sl-connection' "$root/sluice.conf"
    printf 'amazon-credentials = amazon.key\namazon-marketplaces = US\namazon-region = %s\n' "$(cat url.txt)"
    [ "$ca" = none ] || printf 'amazon-ca-file = %s\n' "$scratch/$ca.pem"
  } >site/sluice.conf
  rm -rf site/var
  said=$("$SLUICE" -C site doctor 2>&1)
  case $said in
  *'the keys hold'*) got=yes ;;
  *) got=no ;;
  esac
  exec 5>&-
  wait "$server" 2>/dev/null
  if [ "$got" = "$wanted" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'tls: %s: %s, and not %s\n%s\n' "$what" "$got" "$wanted" "$(grep amazon <<<"$said")" >&2
  fi
  : >url.txt
}
try "the right authority" yes good ours
try "the system's authorities" no good none
try "another authority" no stranger ours
try "a certificate that ended" no expired ours
try "another host's name" no elsewhere ours
try "TLS 1.1 only" no good ours --tls 'NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT'
try "TLS 1.2 only" yes good ours --tls 'NORMAL:-VERS-ALL:+VERS-TLS1.2'
echo "tls: $passed of $((passed + failed))"
[ "$failed" -eq 0 ]
