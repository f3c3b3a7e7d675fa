/* courier/submit: what stands released in outbox/amazon/FEED goes to Amazon, once, and its result comes back.
 *
 *   memory line                   means
 *   file NAME sending DOC TIME    createFeed is about to be called, or was, and its answer did not come (R38)
 *   file NAME sent FEEDID TIME    Amazon has it; its result is waited for
 *   file NAME asked TIME          a person is asked: it may be there, once or more often
 *   claimed FEEDID                a feed of Amazon's that is one of our files
 *
 * A file is sent in this order: createFeedDocument, the bytes to its address (neither has any effect by
 * itself), "sending" in memory and ledger, fsynced, then createFeed. When that gives no answer the file is
 * uncertain: Amazon's feeds of its type and time are looked at, and a feed that is none of ours yet is it.
 * None, after half an hour: what states how things are (stock, price, shipment, acknowledgement) goes again;
 * what moves money is asked about. Files of one type go one after the other, so that two are never uncertain
 * at once.
 *
 * Crash table: no line, or a document only: nothing was sent. "sending": as uncertain. "sent", and the file
 * still in outbox/amazon/FEED: its result is asked for. The file in sent/ or failed/ and its line: the line
 * goes.
 */
#include "amazon/result.h"
#include "codec/json_text.h"
#include "courier/document.h"

#include "io/file.h"

#include <sys/stat.h>

enum {
  MINUTE = 60,
  RESULT_MOST = 64 * 1024 * 1024,
  UNCERTAIN_MINUTES = 30,
  CLAIMED_MOST = 5000,
  UPLOADS_MOST = 3
};
#define UPLOAD_PATIENCE (60 * 60 * 1000)

struct submit {
  struct errand *errand;
  str *names;
  size_t count, next;
  str name, document, url, feed_id; /* of the file at hand */
  int64_t since;                    /* seconds: when createFeed was called */
  const char *state;                /* of Amazon's feed: its last word */
  int turns, uploads;
  bool fresh; /* its createFeed was called in this run */
  struct attempt upload;
  const char *headers[1];
  /* what came of all */
  size_t sent, waiting, refused, bad, asked;
  struct buf told;
};

static void next_file(struct submit *submit);
static void create_document(struct submit *submit);
static void poll(void *user);

static void done_with(struct submit *submit) {
  submit->next++;
  next_file(submit);
}

/* --- memory --- */

static bool remember(struct submit *submit, const char *state, str more) {
  struct errand *errand = submit->errand;
  memory_drop(errand->memory, "file", submit->name);
  memory_add(errand->memory, "file",
             arena_printf(errand->arena, "%.*s %s %.*s %.*s", STR_ARG(submit->name), state, STR_ARG(more),
                          STR_ARG(errand_stamp(errand, submit->since))));
  return errand_keep(errand);
}

static bool enter(struct submit *submit, const char *event, str more) {
  struct errand *errand = submit->errand;
  struct ledger_word words[] = {
    { STR("name"),
      arena_printf(errand->arena, "%.*s/%.*s", STR_ARG(errand->wish.folder), STR_ARG(submit->name)) },
    { STR("type"), errand->wish.what },
    { STR("feed-id"), submit->feed_id },
    { STR("why"), more },
  };
  return errand_enter(errand, event, words, 4);
}

static void tell(struct submit *submit, str text) {
  buf_printf(&submit->told, "%s%.*s: %.*s", submit->told.len ? "; " : "", STR_ARG(submit->name),
             STR_ARG(text));
}

static str path_of(const struct submit *submit) {
  struct errand *errand = submit->errand;
  return arena_printf(errand->arena, "%.*s/%.*s", STR_ARG(errand->wish.folder), STR_ARG(submit->name));
}

static uint64_t file_bytes(const struct submit *submit) {
  struct stat about;
  const char *path = file_join(submit->errand->arena, submit->errand->courier->site, path_of(submit));
  return stat(path, &about) ? 0 : (uint64_t)about.st_size;
}

/* --- the result --- */

static void put_aside(struct submit *submit, const char *folder, str result) {
  struct errand *errand = submit->errand;
  const char *path;
  struct err err = { 0 };
  enum outcome out = spool_put_aside(errand->courier->spool, path_of(submit), folder, &path, &err);
  if (out == OUT_END) out = OUT_OK;
  if (!out && result.len) out = spool_put_result(errand->courier->spool, path, result, &err);
  if (out) {
    errand_end_err(errand, &err);
    return;
  }
  memory_drop(errand->memory, "file", submit->name);
  if (errand_keep(errand)) done_with(submit);
}

static void got_result(struct document *document) {
  struct submit *submit = document->user;
  struct errand *errand = submit->errand;
  struct feed_result result = { 0 };
  if (document->outcome) {
    submit->waiting++;
    tell(submit, str_of(document->err.text));
    done_with(submit);
    return;
  }
  str text = arena_str(errand->arena, buf_str(&document->text));
  bool known = feed_result_read(text, &result);
  str said = known ? arena_printf(errand->arena, "%lld processed, %lld refused", (long long)result.processed,
                                  (long long)result.refused)
                   : STR("Amazon's processing report is not understood");
  if (!known || result.refused) submit->refused++;
  if (!known || result.refused) tell(submit, said);
  submit->sent++;
  errand->bytes += file_bytes(submit);
  if (enter(submit, "answered", said)) put_aside(submit, "sent", text);
}

static void fetch_result(struct submit *submit, str document_id) {
  struct document *document =
      document_new(submit->errand, OP_getFeedDocument, document_id, got_result, submit);
  document->text_most = RESULT_MOST;
  document_fetch(document);
}

static void failed(struct submit *submit, str state) {
  submit->bad++;
  str said = arena_printf(submit->errand->arena, "Amazon ended it as %.*s", STR_ARG(state));
  tell(submit, said);
  if (enter(submit, "answered", said)) put_aside(submit, "failed", said);
}

/* --- waiting for it --- */

static void polled(struct call *call) {
  struct submit *submit = call->user;
  struct errand *errand = submit->errand;
  if (call->outcome) {
    submit->waiting++;
    tell(submit, arena_str(errand->arena, str_of(call->err.text)));
    if (call->outcome == OUT_SPEC) errand_end_call(errand, call);
    else done_with(submit);
    return;
  }
  str state =
      call->answer ? arena_str(errand->arena, answer_text(call->answer, "processingStatus")) : STR_NONE;
  str document =
      call->answer ? arena_str(errand->arena, answer_text(call->answer, "resultFeedDocumentId")) : STR_NONE;
  if (str_eq(state, STR("DONE")) && document.len) fetch_result(submit, document);
  else if (str_eq(state, STR("DONE")) || str_eq(state, STR("FATAL")) || str_eq(state, STR("CANCELLED")))
    failed(submit, state);
  else if (!errand_pause(errand, submit->turns++, poll, submit)) {
    submit->waiting++;
    tell(submit, STR("Amazon is still working on it: the next run asks for its result"));
    done_with(submit);
  }
}

static void poll(void *user) {
  struct submit *submit = user;
  struct call *call = call_new(submit->errand->courier->amazon, OP_getFeed, polled, submit);
  call_path(call, "feedId", submit->feed_id);
  call_start(call);
}

static void is_sent(struct submit *submit, str feed_id) {
  struct errand *errand = submit->errand;
  submit->feed_id = arena_str(errand->arena, feed_id);
  memory_add(errand->memory, "claimed", submit->feed_id);
  memory_limit(errand->memory, "claimed", CLAIMED_MOST);
  if (!remember(submit, "sent", submit->feed_id) || !enter(submit, "sent", STR_NONE)) return;
  submit->turns = 0;
  if (!errand_pause(errand, submit->turns++, poll, submit)) poll(submit);
}

/* --- uncertain (R38) --- */

static void ask_person(struct submit *submit, const char *why) {
  struct errand *errand = submit->errand;
  submit->asked++;
  tell(submit, str_of(why));
  if (remember(submit, "asked", STR("-")) && enter(submit, "uncertain", str_of(why))) done_with(submit);
  (void)errand;
}

static void none_found(struct submit *submit) {
  struct errand *errand = submit->errand;
  if (errand->courier->now - submit->since < UNCERTAIN_MINUTES * MINUTE) {
    submit->waiting++;
    tell(submit, STR("whether Amazon has it is not known yet: it is looked for again after half an hour"));
    done_with(submit);
  } else if (errand->wish.payment)
    ask_person(submit,
               "it moves money, and whether Amazon has it is not known: sluice send --again or --claim");
  else create_document(submit);
}

static void looked(struct call *call) {
  struct submit *submit = call->user;
  struct errand *errand = submit->errand;
  str words;
  if (call->outcome) {
    submit->waiting++;
    tell(submit, arena_str(errand->arena, str_of(call->err.text)));
    done_with(submit);
    return;
  }
  const struct answer *found = NULL;
  size_t count = 0;
  for (const struct answer *one = call->answer ? answer_part(call->answer, "feeds[]") : NULL; one;
       one = answer_same(one))
    if (!memory_find(errand->memory, "claimed", answer_text(one, "feedId"), &words)) found = one, count++;
  if (count > 1) ask_person(submit, "several feeds at Amazon could be it: sluice send --claim, or --again");
  else if (found) is_sent(submit, answer_text(found, "feedId"));
  else none_found(submit);
}

static void look_for_it(struct submit *submit) {
  struct errand *errand = submit->errand;
  struct call *call = call_new(errand->courier->amazon, OP_getFeeds, looked, submit);
  int64_t real = loop_now(errand->courier->attempts->loop) / 1000;
  call_query(call, "feedTypes", errand->wish.what);
  call_query(call, "createdSince",
             errand_stamp(errand, (submit->since < real ? submit->since : real) - MINUTE));
  call_query(call, "pageSize", STR("100"));
  call_start(call);
}

/* --- sending --- */

static void created(struct call *call) {
  struct submit *submit = call->user;
  struct errand *errand = submit->errand;
  str id = call->answer ? answer_text(call->answer, "feedId") : STR_NONE;
  if (!call->outcome && id.len) is_sent(submit, id);
  else if (!call->outcome || call->outcome == OUT_UNCERTAIN || call->outcome == OUT_DATA) look_for_it(submit);
  else { /* it was refused at the door, or never went out */
    memory_drop(errand->memory, "file", submit->name);
    if (!errand_keep(errand)) return;
    if (call->outcome == OUT_SPEC) {
      errand_end_call(errand, call);
      return;
    }
    submit->waiting++;
    tell(submit, arena_str(errand->arena, str_of(call->err.text)));
    done_with(submit);
  }
}

static void create_feed(struct submit *submit) {
  struct errand *errand = submit->errand;
  submit->since = errand->courier->now;
  submit->fresh = true;
  if (!remember(submit, "sending", submit->document) || !enter(submit, "sending", STR_NONE)) return;
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
  else if (!out && ++submit->uploads < UPLOADS_MOST)
    create_document(submit); /* the address has grown stale */
  else {
    submit->waiting++;
    tell(submit, said);
    done_with(submit);
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
                  .body_file = file_join(errand->arena, courier->site, path_of(submit)),
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
    tell(submit,
         call->outcome ? arena_str(errand->arena, str_of(call->err.text)) : STR("no address to upload to"));
    done_with(submit);
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

static void try_later(void *user) { create_document(user); }

static void create_document(struct submit *submit) {
  struct errand *errand = submit->errand;
  struct loop *loop = errand->courier->attempts->loop;
  int64_t wait;
  if (must_wait(submit, &wait)) {
    if (loop_now(loop) + wait < errand->courier->deadline) {
      loop_at(loop, loop_now(loop) + wait, try_later, submit);
      return;
    }
    submit->waiting++;
    tell(submit, STR("feeds of one type are kept apart: the next run sends it"));
    done_with(submit);
    return;
  }
  struct call *call = call_new(errand->courier->amazon, OP_createFeedDocument, got_document, submit);
  str body = arena_printf(call->arena, "{\"contentType\": \"%s\"}", content_type(submit->name));
  call_body(call, body);
  call_start(call);
}

/* --- one after the other --- */

/* Where the last run left it. */
static bool goes_on(struct submit *submit) {
  str words, word, state;
  if (!memory_find(submit->errand->memory, "file", submit->name, &words)) return false;
  str_split(&words, ' ', &word);
  str_split(&words, ' ', &state);
  str_split(&words, ' ', &word);
  submit->since = errand_seconds(words);
  if (str_eq(state, STR("sending"))) look_for_it(submit);
  else if (str_eq(state, STR("sent"))) {
    submit->feed_id = word;
    submit->turns = 0;
    poll(submit);
  } else {
    submit->asked++;
    tell(submit, STR("a person is asked whether Amazon has it: sluice send --again or --claim"));
    done_with(submit);
  }
  return true;
}

static void end(struct submit *submit) {
  struct errand *errand = submit->errand;
  str told = arena_str(errand->arena, buf_str(&submit->told));
  buf_free(&submit->told);
  errand->files = submit->sent;
  enum outcome out = submit->asked || submit->refused || submit->bad ? OUT_END
                     : submit->waiting                               ? OUT_RETRY
                                                                     : OUT_OK;
  errand_end(errand, out, "%zu sent%s%.*s", submit->sent, told.len ? "; " : "", STR_ARG(told));
}

static void next_file(struct submit *submit) {
  if (submit->next == submit->count) {
    end(submit);
    return;
  }
  submit->name = submit->names[submit->next];
  submit->feed_id = STR_NONE;
  submit->uploads = 0;
  submit->fresh = false;
  if (!goes_on(submit)) create_document(submit);
}

static bool is_ours(const struct submit *submit, const char *folder, str name) {
  str mark = arena_printf(submit->errand->arena, ".%.*s.", STR_ARG(submit->errand->wish.what));
  if (str_ends(name, STR(".proof")) || str_ends(name, STR(".proof.json")) || str_ends(name, STR(".part")))
    return false;
  if (file_is_folder(file_join(submit->errand->arena, folder, name))) return false;
  for (size_t i = 0; i < name.len; i++)
    if (str_starts(str_sub(name, i, name.len), mark)) return true;
  return false;
}

/* A line whose file has gone: it was put aside, and the run died before it said so. */
static void forget_gone(struct submit *submit, const char *folder) {
  struct memory *memory = submit->errand->memory;
  str words, name;
  for (size_t n = 0; memory_at(memory, "file", n, &words);) {
    str_split(&words, ' ', &name);
    if (file_exists(file_join(submit->errand->arena, folder, name))) n++;
    else memory_drop(memory, "file", name);
  }
}

static void start(struct errand *errand) {
  struct submit *submit = ARENA_NEW(errand->arena, struct submit);
  struct err err = { 0 };
  str *names;
  size_t count = 0;
  submit->errand = errand;
  submit->told = buf_new(64 * 1024);
  const char *folder = file_join(errand->arena, errand->courier->site, errand->wish.folder);
  forget_gone(submit, folder);
  if (file_is_folder(folder) && file_list(folder, errand->arena, &names, &count, &err)) {
    errand_end_err(errand, &err);
    return;
  }
  for (size_t i = 0; i < count; i++)
    if (is_ours(submit, folder, names[i]))
      *ARENA_PUSH(errand->arena, submit->names, submit->count) = names[i];
  next_file(submit);
}

const struct errand_kind errand_submit = { "submit", start };
