/* courier/submit_send: one file to Amazon; and, when no answer came, whether it has it. */
#include "base/map.h"
#include "codec/json_text.h"
#include "courier/submit_internal.h"
#include "io/file.h"

enum { UNCERTAIN_MINUTES = 30, UPLOADS_MOST = 3, LOOK_BACK = 3600 };
#define UPLOAD_PATIENCE (60 * 60 * 1000)

/* --- uncertain (R38) --- */

void submit_ask(struct submit *submit, const char *why) {
  submit->asked++;
  submit->unclear = true;
  submit_tell(submit, str_of(why));
  submit_doubt(submit);
  if (submit_remember(submit, "asked", STR("-")) && submit_enter(submit, "uncertain", str_of(why)))
    submit_done(submit);
}

static void none_found(struct submit *submit) {
  struct errand *errand = submit->errand;
  if (submit_now(submit) - submit->since < UNCERTAIN_MINUTES * SUBMIT_MINUTE) {
    submit->waiting++;
    submit_tell(submit,
                STR("whether Amazon has it is not known yet: it is looked for again after half an hour"));
    submit_done(submit);
  } else if (errand->wish.payment)
    submit_ask(submit,
               "it moves money, and whether Amazon has it is not known: sluice send --again or --claim");
  else {
    submit_doubt(submit);
    submit_send(submit);
  }
}

static void looked(struct call *call) {
  struct submit *submit = call->user;
  struct errand *errand = submit->errand;
  struct map *claimed;
  struct err err = call->err;
  if (call->outcome || submit_claims(errand, &claimed, &err)) {
    submit->waiting++;
    submit_tell(submit, arena_str(errand->arena, str_of(err.text)));
    submit_done(submit);
    return;
  }
  const struct answer *found = NULL;
  size_t count = 0;
  for (const struct answer *one = call->answer ? answer_part(call->answer, "feeds[]") : NULL; one;
       one = answer_same(one))
    if (!map_has(claimed, answer_text(one, "feedId"))) found = one, count++;
  if (count > 1) submit_ask(submit, "several feeds at Amazon could be it: sluice send --claim, or --again");
  else if (found) submit_is_sent(submit, answer_text(found, "feedId"));
  else none_found(submit);
}

/* An hour back, for our clock may be ahead of Amazon's: feeds of ours that are older are known. */
void submit_look(struct submit *submit) {
  struct errand *errand = submit->errand;
  struct call *call = call_new(errand->courier->amazon, OP_getFeeds, looked, submit);
  int64_t real = loop_now(errand->courier->attempts->loop) / 1000;
  call_query(call, "feedTypes", errand->wish.what);
  call_query(call, "createdSince",
             errand_stamp(errand, (submit->since < real ? submit->since : real) - LOOK_BACK));
  call_query(call, "pageSize", STR("100"));
  call_start(call);
}

/* --- sending --- */

static void created(struct call *call) {
  struct submit *submit = call->user;
  struct errand *errand = submit->errand;
  str id = call->answer ? answer_text(call->answer, "feedId") : STR_NONE;
  if (!call->outcome && id.len) submit_is_sent(submit, id);
  else if (!call->outcome || call->outcome == OUT_UNCERTAIN || call->outcome == OUT_DATA) submit_look(submit);
  else {
    /* It was refused at the door, or never went out. */
    if (!submit_enter(submit, "not-sent", arena_str(errand->arena, str_of(call->err.text)))) return;
    memory_drop(errand->memory, "file", submit->key);
    if (!errand_keep(errand)) return;
    if (call->outcome == OUT_SPEC) {
      errand_end_call(errand, call);
      return;
    }
    submit->waiting++;
    submit_tell(submit, arena_str(errand->arena, str_of(call->err.text)));
    submit_done(submit);
  }
}

static void create_feed(struct submit *submit) {
  struct errand *errand = submit->errand;
  submit->since = submit_now(submit);
  if (!submit_remember(submit, "sending", submit->document) || !submit_enter(submit, "sending", STR_NONE))
    return;
  struct call *call = call_new(errand->courier->amazon, OP_createFeed, created, submit);
  struct buf body = buf_new(64 * 1024);
  str rest = errand->courier->marketplaces, one;
  buf_add(&body, STR("{\"feedType\": "));
  json_text(&body, errand->wish.what);
  buf_add(&body, STR(", \"marketplaceIds\": ["));
  for (bool first = true; str_split(&rest, ',', &one); first = false) {
    if (!first) buf_add(&body, STR(", "));
    json_text(&body, one);
  }
  buf_add(&body, STR("], \"inputFeedDocumentId\": "));
  json_text(&body, submit->document);
  buf_char(&body, '}');
  call_body(call, buf_str(&body));
  buf_free(&body);
  call_start(call);
}

static void uploaded(struct attempt *attempt) {
  struct submit *submit = attempt->user;
  struct errand *errand = submit->errand;
  int status = attempt->exchange.status;
  bool good = attempt_is_good(attempt);
  enum outcome out = attempt->outcome;
  str said = arena_printf(errand->arena, "the upload: %s (status %d)", attempt->exchange.err.text, status);
  exchange_free(&attempt->exchange);
  if (good) create_feed(submit);
  else if (!out && ++submit->uploads < UPLOADS_MOST) submit_send(submit); /* the address has grown stale */
  else {
    submit->waiting++;
    submit_tell(submit, said);
    submit_done(submit);
  }
}

static const char *content_type(str name) {
  if (str_ends(name, STR(".xml"))) return "text/xml; charset=UTF-8";
  if (str_ends(name, STR(".json"))) return "application/json; charset=UTF-8";
  return "text/tab-separated-values; charset=UTF-8";
}

static void upload(struct submit *submit) {
  struct errand *errand = submit->errand;
  struct courier *courier = errand->courier;
  submit->headers[0] = arena_printf(errand->arena, "Content-Type: %s", content_type(submit->name)).at;
  submit->upload = (struct attempt){
    .exchange = { .method = "PUT",
                  .url = submit->url.at,
                  .headers = submit->headers,
                  .header_count = 1,
                  .body_file = file_join(errand->arena, courier->site, submit_path(submit)),
                  .bytes_most = 64 * 1024 },
    .name = "upload",
    .host = amazon_host(errand->arena, submit->url.at),
    .repeatable = true,
    .deadline = loop_now(courier->attempts->loop) + UPLOAD_PATIENCE,
    .ended = uploaded,
    .user = submit,
  };
  attempt_start(courier->attempts, &submit->upload);
}

static void got_document(struct call *call) {
  struct submit *submit = call->user;
  struct errand *errand = submit->errand;
  str url = call->answer ? answer_text(call->answer, "url") : STR_NONE;
  str id = call->answer ? answer_text(call->answer, "feedDocumentId") : STR_NONE;
  if (call->outcome == OUT_SPEC) errand_end_call(errand, call);
  else if (call->outcome || !url.len || !id.len) {
    submit->waiting++;
    submit_tell(submit, call->outcome ? arena_str(errand->arena, str_of(call->err.text))
                                      : STR("no address to upload to"));
    submit_done(submit);
  } else {
    submit->url = arena_str(errand->arena, url);
    submit->document = arena_str(errand->arena, id);
    upload(submit);
  }
}

/* Amazon's advice: feeds of one type twenty minutes apart, and of listings five in five minutes. */
static bool must_wait(struct submit *submit, int64_t *wait) {
  struct errand *errand = submit->errand;
  *wait = 0;
  if (submit->uploads) return false; /* its address has grown stale: no other feed */
  bool listings = str_eq(errand->wish.what, STR("JSON_LISTINGS_FEED"));
  struct limits_of what = { .bucket = arena_printf(errand->arena, "feed.%.*s", STR_ARG(errand->wish.what)).at,
                            .rate = listings ? 166 : 8,
                            .burst = listings ? 5 : 3 };
  struct err unsaid = { 0 };
  struct attempts *attempts = errand->courier->attempts;
  limits_take(attempts->limits, loop_now(attempts->loop), &what, wait, &unsaid);
  return *wait > 0;
}

static void try_later(void *user) { submit_send(user); }

void submit_send(struct submit *submit) {
  struct errand *errand = submit->errand;
  struct loop *loop = errand->courier->attempts->loop;
  int64_t wait;
  if (must_wait(submit, &wait)) {
    if (loop_now(loop) + wait < errand->courier->deadline) {
      loop_at(loop, loop_now(loop) + wait, try_later, submit);
      return;
    }
    submit->waiting++;
    submit_tell(submit, STR("feeds of one type are kept apart: the next run sends it"));
    submit_done(submit);
    return;
  }
  struct call *call = call_new(errand->courier->amazon, OP_createFeedDocument, got_document, submit);
  str body = arena_printf(call->arena, "{\"contentType\": \"%s\"}", content_type(submit->name));
  call_body(call, body);
  call_start(call);
}
