/* courier/https: one file from a plain address, when it has changed.
 *
 * What comes is dropped only when its bytes are others than the last ones. The address may hold a key of its
 * own: neither a person nor the name of a file tells it (job/feed, courier/courier).
 */
#include "courier/courier.h"
#include "io/digest.h"
#include "spool/arrival.h"

enum { PATIENCE = 60 * 60 * 1000 };
#define BYTES_MOST ((uint64_t)16 << 30)

struct download {
  struct errand *errand;
  struct attempt attempt;
  struct spool_arrival *arrival;
  struct digest *digest;
};

static void drop_try(struct download *download) {
  if (download->arrival) spool_arrival_abandon(download->arrival);
  if (download->digest) digest_free(download->digest);
  download->arrival = NULL;
  download->digest = NULL;
}

/* The name at the address's end, without what follows a question mark. */
static str name_of(struct errand *errand) {
  str rest = errand->wish.what, piece, name = STR("file");
  str_split(&rest, '?', &piece);
  while (str_split(&piece, '/', &rest))
    if (rest.len) name = rest;
  return arena_printf(errand->arena, "%.10s-%.*s", errand->courier->time.at, STR_ARG(name));
}

static enum outcome begin(struct attempt *attempt, struct err *err) {
  struct download *download = attempt->user;
  struct errand *errand = download->errand;
  drop_try(download);
  errand->bytes = 0;
  download->digest = digest_new();
  return spool_seal_in(errand->courier->spool, errand->wish.feed, errand->wish.folder, name_of(errand),
                       errand->wish.key, &download->arrival, err);
}

static enum outcome take(void *user, str bytes, struct err *err) {
  struct download *download = user;
  download->errand->bytes += bytes.len;
  digest_add(download->digest, bytes);
  return spool_arrival_write(download->arrival, bytes, err);
}

static void finish(struct download *download) {
  struct errand *errand = download->errand;
  struct err err = { 0 };
  char digest[DIGEST_TEXT];
  digest_end(download->digest, digest);
  download->digest = NULL;
  if (str_eq(memory_get(errand->memory, "got"), str_of(digest))) {
    drop_try(download);
    errand_end(errand, OUT_OK, "nothing new");
    return;
  }
  enum outcome out = spool_arrival_commit(download->arrival, &err);
  download->arrival = NULL;
  if (out) {
    errand_end_err(errand, &err);
    return;
  }
  memory_set(errand->memory, "got", str_of(digest));
  errand->files++;
  if (errand_keep(errand)) errand_end(errand, OUT_OK, "%llu bytes", (unsigned long long)errand->bytes);
}

static void ended(struct attempt *attempt) {
  struct download *download = attempt->user;
  struct errand *errand = download->errand;
  int status = attempt->exchange.status;
  if (attempt_is_good(attempt)) finish(download);
  else if (attempt->outcome)
    errand_end(errand, attempt->outcome == OUT_DATA ? OUT_RETRY : attempt->outcome, "%s",
               attempt->exchange.err.text);
  else errand_end(errand, OUT_RETRY, "the address answers with status %d", status);
  drop_try(download);
  exchange_free(&attempt->exchange);
}

static void start(struct errand *errand) {
  struct download *download = ARENA_NEW(errand->arena, struct download);
  struct courier *courier = errand->courier;
  const char *url = arena_text(errand->arena, errand->wish.what);
  download->errand = errand;
  download->attempt = (struct attempt){
    .exchange = { .method = "GET",
                  .url = url,
                  .sink = take,
                  .sink_user = download,
                  .bytes_most = BYTES_MOST },
    .name = "https",
    .host = amazon_host(errand->arena, url),
    .repeatable = true,
    .deadline = loop_now(courier->attempts->loop) + PATIENCE,
    .prepare = begin,
    .ended = ended,
    .user = download,
  };
  attempt_start(courier->attempts, &download->attempt);
}

const struct errand_kind errand_https = { "https", start };
