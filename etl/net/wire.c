/* net/wire: an exchange between two tries. */
#include "net/wire.h"

void exchange_clear(struct exchange *exchange) {
  buf_free(&exchange->answer);
  exchange->answer = buf_new((size_t)exchange->bytes_most);
  exchange->outcome = OUT_OK;
  exchange->status = 0;
  exchange->bytes = 0;
  exchange->err = (struct err){ 0 };
  exchange->request_id[0] = exchange->rate_limit[0] = exchange->content_type[0] = '\0';
  exchange->encoding[0] = exchange->date[0] = '\0';
}

void exchange_free(struct exchange *exchange) { buf_free(&exchange->answer); }
