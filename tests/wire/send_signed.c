/* wire/send_signed: one request with an AWS signature, as our queue sends them.
 *
 *   send_signed METHOD URL SIGN KEY BODY [HEADER..]      SIGN: aws:amz:us-east-1:sqs; KEY: ID:SECRET
 */
#include "net/http.h"

#include <stdio.h>

int main(int count, char **words) {
  struct err err = { 0 };
  struct http *http;
  const struct http_settings settings = { .agent = "sluice-test/1.0 (Language=C)" };
  if (count < 6 || http_open(&settings, &http, &err)) return 2;
  struct exchange exchange = { .method = words[1],
                               .url = words[2],
                               .sign = str_of(words[3]),
                               .sign_key = str_of(words[4]),
                               .body = str_of(words[5]),
                               .headers = (const char *const *)(words + 6),
                               .header_count = (size_t)(count - 6),
                               .bytes_most = 65536,
                               .seconds_most = 10 };
  exchange_clear(&exchange);
  struct wire *wire = http_wire(http);
  wire->start(wire, &exchange);
  while (!wire->wait(wire, wire->now(wire) + 1000)) continue;
  printf("%d %d\n", (int)exchange.outcome, exchange.status);
  exchange_free(&exchange);
  http_close(http);
  return 0;
}
