/* courier/document: one document of Amazon's, from its address to the inbox or into memory. */
#include "courier/document.h"
#include "courier/said_charset.h"
#include "codec/json_text.h"
#include "io/gunzip.h"
#include "spool/arrival.h"

#include <string.h>

enum { ADDRESSES_MOST = 4, DAMAGED_MOST = 3, DOCUMENT_PATIENCE = 60 * 60 * 1000, BLOCK = 64 * 1024 };
#define DOCUMENT_MOST ((uint64_t)16 << 30)
#define PROVED_MOST   ((uint64_t)64 << 20)
#define UNPACKED_MOST ((uint64_t)64 << 30)

struct own {
  struct document document; /* first */
  struct arena *arena;
  struct credential token; /* restricted */
  str url, path;
  int addresses, damaged;
  struct attempt attempt;
  /* of one try */
  struct spool_arrival *arrival;
  struct digest *digest;
  struct gunzip *gunzip;
  uint64_t proved;
  struct said_charset said; /* of the plain bytes seen so far */
  char magic[2];
  size_t magic_len;
};

static struct own *own_of(struct document *document) { return (struct own *)(void *)document; }

struct document *document_new(struct errand *errand, enum operation_name operation, str id,
                              void (*ended)(struct document *document), void *user) {
  struct own *own = mem_alloc(sizeof *own);
  own->arena = arena_new();
  own->document = (struct document){
    .errand = errand, .operation = operation, .id = arena_str(own->arena, id), .ended = ended, .user = user
  };
  return &own->document;
}

static void drop_try(struct own *own) {
  if (own->arrival) spool_arrival_abandon(own->arrival);
  if (own->digest) digest_free(own->digest);
  gunzip_free(own->gunzip);
  own->arrival = NULL;
  own->digest = NULL;
  own->gunzip = NULL;
}

static void end(struct own *own, enum outcome out) {
  struct document *document = &own->document;
  drop_try(own);
  credential_wipe(&own->token);
  exchange_free(&own->attempt.exchange);
  document->outcome = out;
  document->ended(document);
  buf_free(&document->text);
  arena_free(own->arena);
  mem_free(own);
}

static void end_with(struct own *own, const struct err *err) {
  own->document.err = *err;
  end(own, err->outcome == OUT_UNCERTAIN || err->outcome == OUT_DATA ? OUT_RETRY : err->outcome);
}

/* --- its bytes --- */

/* Unpacks and throws away: a gzip that is cut or damaged shows it now, and not to whoever reads it later. */
static enum outcome prove(struct own *own, str bytes, struct err *err) {
  char room[BLOCK];
  size_t got;
  if (own->proved > PROVED_MOST) return OUT_OK;
  own->proved += bytes.len;
  if (!bytes.len && own->proved > PROVED_MOST) return OUT_OK;
  gunzip_feed(own->gunzip, bytes);
  for (;;) {
    enum outcome out = gunzip_take(own->gunzip, room, sizeof room, &got, err);
    if (out == OUT_END) return OUT_OK;
    if (out) return out;
    said_charset_see(&own->said, (str){ room, got });
    if (got < sizeof room) return OUT_OK;
  }
}

static enum outcome take(void *user, str bytes, struct err *err) {
  struct own *own = user;
  struct document *document = &own->document;
  for (size_t i = 0; own->magic_len < 2 && i < bytes.len; i++) own->magic[own->magic_len++] = bytes.at[i];
  if (!own->gunzip && own->magic_len == 2 && memcmp(own->magic, "\x1f\x8b", 2) == 0 && document->bytes < 2) {
    document->gzip = true;
    own->gunzip = gunzip_new(UNPACKED_MOST, 1000);
    if (document->bytes && prove(own, (str){ own->magic, 1 }, err)) return err->outcome;
  }
  document->bytes += bytes.len;
  digest_add(own->digest, bytes);
  if (!own->gunzip) said_charset_see(&own->said, bytes);
  if (own->gunzip && prove(own, bytes, err)) return err->outcome;
  if (own->arrival) return spool_arrival_write(own->arrival, bytes, err);
  buf_add(&document->text, bytes);
  return document->text.full ? err_set(err, OUT_DATA, "larger than %zu bytes", document->text_most) : OUT_OK;
}

static enum outcome begin_try(struct attempt *attempt, struct err *err) {
  struct own *own = attempt->user;
  struct document *document = &own->document;
  const struct errand_wish *wish = &document->errand->wish;
  drop_try(own);
  document->bytes = 0;
  document->gzip = false;
  own->proved = 0;
  own->magic_len = 0;
  own->said = (struct said_charset){ 0 };
  own->digest = digest_new();
  buf_free(&document->text);
  document->text = buf_new(document->text_most ? document->text_most : 1);
  if (!document->name.len) return OUT_OK;
  return spool_seal_in(document->errand->courier->spool, wish->feed, wish->folder, document->name, wish->key,
                       &own->arrival, err);
}

/* "text/plain;charset=Cp1252" */
static void keep_charset(struct own *own) {
  str rest = str_of(own->attempt.exchange.content_type), piece, name;
  char *to = own->document.charset;
  while (str_split(&rest, ';', &piece)) {
    piece = str_trim(piece);
    if (!str_split(&piece, '=', &name) || !str_eq_fold(name, STR("charset"))) continue;
    size_t len = 0;
    for (size_t i = 0; i < piece.len && len + 1 < sizeof own->document.charset; i++)
      if (piece.at[i] > ' ' && piece.at[i] != '"') to[len++] = piece.at[i];
    to[len] = '\0';
  }
}

static void ask_address(struct own *own);
static void fetch_bytes(struct own *own);

static enum outcome keep(struct own *own, struct err *err) {
  struct document *document = &own->document;
  if (own->gunzip && prove(own, STR_NONE, err)) return err->outcome;
  digest_end(own->digest, document->digest);
  own->digest = NULL;
  keep_charset(own);
  document->doubt = said_charset_doubt(&own->said, document->charset, document->errand->wish.fallback);
  bool drops = own->arrival && !(document->known && document->known(document));
  if (!drops) return OUT_OK;
  enum outcome out = spool_arrival_commit(own->arrival, err);
  own->arrival = NULL;
  document->dropped = !out;
  return out;
}

static void got_bytes(struct attempt *attempt) {
  struct own *own = attempt->user;
  struct err err = { 0 };
  int status = attempt->exchange.status;
  enum outcome out = attempt->outcome;
  if (!out && (status == 403 || status == 404) && own->addresses < ADDRESSES_MOST) {
    ask_address(own); /* it has grown stale */
    return;
  }
  if (!out && !attempt_is_good(attempt))
    out = err_set(&err, OUT_RETRY, "the document's address answers with status %d", status);
  else if (out) err = attempt->exchange.err, err.outcome = out;
  else out = keep(own, &err);
  if (out == OUT_DATA && ++own->damaged < DAMAGED_MOST) {
    fetch_bytes(own);
    return;
  }
  if (out) end_with(own, &err);
  else end(own, OUT_OK);
}

static void fetch_bytes(struct own *own) {
  struct courier *courier = own->document.errand->courier;
  exchange_free(&own->attempt.exchange);
  own->attempt = (struct attempt){
    .exchange = { .method = "GET",
                  .url = own->url.at,
                  .sink = take,
                  .sink_user = own,
                  .bytes_most = DOCUMENT_MOST },
    .name = "download",
    .host = amazon_host(own->arena, own->url.at),
    .repeatable = true,
    .deadline = loop_now(courier->attempts->loop) + DOCUMENT_PATIENCE,
    .prepare = begin_try,
    .ended = got_bytes,
    .user = own,
  };
  attempt_start(courier->attempts, &own->attempt);
}

/* --- its address --- */

static void got_address(struct call *call) {
  struct own *own = call->user;
  if (call->outcome) {
    own->document.status = call->status;
    end_with(own, &call->err);
    return;
  }
  str url = call->answer ? answer_text(call->answer, "url") : STR_NONE;
  if (!url.len) {
    struct err err = { 0 };
    err_set(&err, OUT_RETRY, "%s: the answer has no url", call->operation->name);
    end_with(own, &err);
    return;
  }
  own->url = arena_str(own->arena, url);
  own->addresses++;
  fetch_bytes(own);
}

static struct call *address_call(struct own *own) {
  struct document *document = &own->document;
  bool report = document->operation == OP_getReportDocument;
  struct call *call = call_new(document->errand->courier->amazon, document->operation, got_address, own);
  call_path(call, report ? "reportDocumentId" : "feedDocumentId", document->id);
  return call;
}

static void got_token(struct call *call) {
  struct own *own = call->user;
  str token = call->answer ? answer_text(call->answer, "restrictedDataToken") : STR_NONE;
  if (call->outcome == OUT_REFUSED && call->status == 403) {
    struct err err = { 0 };
    err_set(
        &err, OUT_REFUSED,
        "the application lacks a role for personal data (Direct-to-Consumer Shipping; see the README): %s",
        call->err.text);
    end_with(own, &err);
  } else if (call->outcome) end_with(own, &call->err);
  else if (!credential_set(&own->token, token)) {
    struct err err = { 0 };
    err_set(&err, OUT_RETRY, "createRestrictedDataToken: the answer has no token");
    end_with(own, &err);
  } else {
    struct call *next = address_call(own);
    call_token(next, &own->token);
    call_start(next);
  }
}

/* A token for this one document. */
static void ask_token(struct own *own) {
  struct courier *courier = own->document.errand->courier;
  struct call *address = address_call(own);
  struct call *call = call_new(courier->amazon, OP_createRestrictedDataToken, got_token, own);
  struct buf body = buf_new(4096);
  buf_add(&body, STR("{\"restrictedResources\": [{\"method\": \"GET\", \"path\": "));
  json_text(&body, call_path_text(address));
  buf_add(&body, STR("}]}"));
  call_body(call, buf_str(&body));
  buf_free(&body);
  call_drop(address);
  call_start(call);
}

static void ask_address(struct own *own) {
  if (own->document.restricted && !own->token.len) {
    ask_token(own);
    return;
  }
  struct call *call = address_call(own);
  if (own->document.restricted) call_token(call, &own->token);
  call_start(call);
}

void document_fetch(struct document *document) { ask_address(own_of(document)); }
