/* courier/submit_result: what comes of a feed that Amazon has, and where its file goes. */
#include "amazon/result.h"
#include "courier/submit_internal.h"
#include "io/file.h"

#include <sys/stat.h>

enum { RESULT_MOST = 64 * 1024 * 1024, CLAIMED_MOST = 5000 };

static uint64_t file_bytes(const struct submit *submit) {
  struct stat about;
  const char *path = file_join(submit->errand->arena, submit->errand->courier->site, submit_path(submit));
  return stat(path, &about) ? 0 : (uint64_t)about.st_size;
}

/* --- the result --- */

/* Its result first: as long as the file stands in its place, it is asked for again. */
static void put_aside(struct submit *submit, const char *folder, str result) {
  struct errand *errand = submit->errand;
  struct spool *spool = errand->courier->spool;
  const char *path;
  struct err err = { 0 };
  str name = submit_path(submit);
  enum outcome out = result.len ? spool_put_result(spool, name, folder, result, &err) : OUT_OK;
  if (!out) out = spool_put_aside(spool, name, folder, &path, &err);
  if (out == OUT_END) out = OUT_OK;
  if (out) {
    errand_end_err(errand, &err);
    return;
  }
  memory_drop(errand->memory, "file", submit->key);
  if (errand_keep(errand)) submit_done(submit);
}

/* It goes where answers are read, under the name of what it answers: FEED.NAME. Said again after a crash it
 * is the same file, and so the same item. */
static bool hand_on(struct submit *submit, str text) {
  struct errand *errand = submit->errand;
  const struct errand_wish *wish = &errand->wish;
  struct err err = { 0 };
  if (!wish->answers.len || !text.len) return true;
  str name = arena_printf(errand->arena, "%.*s.%.*s", STR_ARG(wish->feed), STR_ARG(submit->name));
  if (!spool_write_in(errand->courier->spool, wish->answers, text, name, &err)) return true;
  errand_end_err(errand, &err);
  return false;
}

void submit_report(struct submit *submit, str text, const char *event) {
  struct errand *errand = submit->errand;
  struct feed_result result = { 0 };
  bool known = feed_result_read(text, &result);
  str said = submit->ended.len
                 ? arena_printf(errand->arena, "Amazon ended it as %.*s", STR_ARG(submit->ended))
             : known ? arena_printf(errand->arena, "%lld processed, %lld refused",
                                    (long long)result.processed, (long long)result.refused)
                     : STR("Amazon's processing report is not understood");
  bool bad = !known || result.refused || submit->ended.len;
  submit->refused += bad;
  if (bad) submit_tell(submit, said);
  submit->sent += !submit->ended.len && str_eq(str_of(submit->aside), STR("sent"));
  errand->bytes += file_bytes(submit);
  str report = submit->ended.len
                   ? feed_result_of_none(submit->name, submit->ended, submit->feed_id, errand->arena)
                   : text;
  if (hand_on(submit, report) && submit_enter(submit, event, said))
    put_aside(submit, submit->ended.len ? "failed" : submit->aside, text);
}

static void got_result(struct document *document) {
  struct submit *submit = document->user;
  if (document->outcome) {
    submit->waiting++;
    submit_tell(submit, str_of(document->err.text));
    submit_done(submit);
    return;
  }
  submit_report(submit, arena_str(submit->errand->arena, buf_str(&document->text)), "answered");
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
  submit_tell(submit, said);
  str report = feed_result_of_none(submit->name, state, submit->feed_id, submit->errand->arena);
  if (hand_on(submit, report) && submit_enter(submit, "answered", said)) put_aside(submit, "failed", said);
}

/* --- waiting for it --- */

/* A person named another one, or Amazon does not keep it any more. */
static void ask_again(struct submit *submit) {
  str why = arena_printf(submit->errand->arena,
                         "Amazon knows no feed %.*s (any more): sluice send --claim, or --again",
                         STR_ARG(submit->feed_id));
  memory_drop(submit->errand->memory, "claimed", submit->feed_id);
  submit_ask(submit, why.at);
}

static void polled(struct call *call) {
  struct submit *submit = call->user;
  struct errand *errand = submit->errand;
  if (call->outcome == OUT_REFUSED && (call->status == 400 || call->status == 404)) {
    ask_again(submit);
    return;
  }
  if (call->outcome) {
    submit->waiting++;
    submit_tell(submit, arena_str(errand->arena, str_of(call->err.text)));
    if (call->outcome == OUT_SPEC) errand_end_call(errand, call);
    else submit_done(submit);
    return;
  }
  str state =
      call->answer ? arena_str(errand->arena, answer_text(call->answer, "processingStatus")) : STR_NONE;
  str document =
      call->answer ? arena_str(errand->arena, answer_text(call->answer, "resultFeedDocumentId")) : STR_NONE;
  submit->ended = str_eq(state, STR("DONE")) ? STR_NONE : state;
  bool over = str_eq(state, STR("DONE")) || str_eq(state, STR("FATAL"));
  /* Of a FATAL one some, none or all may have been done. Its report, where there is one, is kept for people,
   * but names only what it came to: all of it counts as not done. */
  if (over && document.len) fetch_result(submit, document);
  else if (over || str_eq(state, STR("CANCELLED"))) failed(submit, state);
  else if (!errand_pause(errand, submit->turns++, submit_poll, submit)) {
    bool late = submit_is_late(submit, submit->since);
    *(late ? &submit->asked : &submit->waiting) += 1;
    submit_tell(submit,
                late ? STR("Amazon gave no result in all the time that answer-hours allows: look at its "
                           "feeds in Seller Central")
                     : STR("Amazon is still working on it: the next run asks for its result"));
    submit_done(submit);
  }
}

void submit_poll(void *user) {
  struct submit *submit = user;
  struct call *call = call_new(submit->errand->courier->amazon, OP_getFeed, polled, submit);
  call_path(call, "feedId", submit->feed_id);
  call_start(call);
}

void submit_is_sent(struct submit *submit, str feed_id) {
  struct errand *errand = submit->errand;
  submit->feed_id = arena_str(errand->arena, feed_id);
  memory_add(errand->memory, "claimed", submit->feed_id);
  memory_limit(errand->memory, "claimed", CLAIMED_MOST);
  memory_set(errand->memory, "created", errand_stamp(errand, submit->since));
  if (!submit_remember(submit, "sent", submit->feed_id) || !submit_enter(submit, "sent", STR_NONE)) return;
  submit->turns = 0;
  if (!errand_pause(errand, submit->turns++, submit_poll, submit)) submit_poll(submit);
}
