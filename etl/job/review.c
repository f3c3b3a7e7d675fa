/* job/review: answers are taken: from filled sheets in inbox/review, and from the terminal. */
#include "job/review.h"
#include "io/digest.h"
#include "io/in.h"
#include "job/lookup_row.h"
#include "job/put_back.h"
#include "report/page.h"
#include "spool/archive.h"
#include "spool/review.h"

#include <time.h>

static const char folder[] = "inbox/review", feed_name[] = "review";

static enum outcome append(const struct custody *custody, const char *event, str feed,
                           const struct ledger_word *words, size_t count, struct err *err) {
  str time = batch_time(custody->site, custody->site->arena);
  return ledger_append(custody->ledger, time, str_of(event), feed, words, count, err);
}

/* --- one answer --- */

static enum outcome give_item(const struct custody *custody, const struct reply *reply, str *said,
                              struct err *err) {
  const struct question *q = reply->question;
  return reply->word == REPLY_YES ? answer_yes(custody, q->item, said, err)
                                  : answer_no(custody, q->item, said, err);
}

/* Those that wait because of it are run again. */
static enum outcome return_held(const struct custody *custody, const struct question *q, str *said,
                                struct err *err) {
  struct arena *arena = custody->site->arena;
  for (size_t i = 0; i < q->item_count; i++) {
    struct item_state item;
    str returned = STR_NONE;
    if (!item_find(custody->ledger, q->feed, q->items[i], STR_NONE, &item)) continue;
    if (str_eq(item.state, STR("released")) && q->held) {
      if (put_back_rows(custody, q, q->items[i], said, err)) return err->outcome;
      continue;
    }
    if (!str_eq(item.state, STR("held"))) continue;
    enum outcome out = answer_yes(custody, q->items[i], &returned, err);
    if (out == OUT_DATA) *err = (struct err){ 0 }; /* somebody took the file away: nothing waits for it */
    else if (out) return out;
    else *said = arena_printf(arena, "%.*s; %.*s", STR_ARG(*said), STR_ARG(returned));
  }
  return OUT_OK;
}

static enum outcome give_row(const struct custody *custody, const struct reply *reply, str *said,
                             struct err *err) {
  if (reply->word == REPLY_NO) {
    *said = STR("it stays as it is");
    return OUT_OK;
  }
  enum outcome out = lookup_row_add(custody, reply->question, reply->answer, reply->by, said, err);
  if (out && out != OUT_END) return out;
  return return_held(custody, reply->question, said, err);
}

static enum outcome give_message(const struct custody *custody, const struct reply *reply, str *said,
                                 struct err *err) {
  const struct question *q = reply->question;
  if (q->held && reply->word == REPLY_YES) return put_back(custody, q, said, err);
  *said = q->held ? STR("seen; it stays unwritten") : STR("seen");
  return OUT_OK;
}

static enum outcome give(const struct custody *custody, const struct reply *reply, str sheet, str *said,
                         struct err *err) {
  const struct question *q = reply->question;
  enum outcome out = q->kind == QUESTION_ITEM  ? give_item(custody, reply, said, err)
                     : q->kind == QUESTION_ROW ? give_row(custody, reply, said, err)
                                               : give_message(custody, reply, said, err);
  if (out) return out;
  const struct ledger_word words[] = {
    { STR("name"), q->id },
    { STR("name"), STR("questions") },
    { STR("of"), q->item },
    { STR("of-key"), q->key },
    { STR("answer"), reply->answer },
    { STR("by"), reply->by },
    { STR("reason"), str_left_chars(*said, 300) },
    { STR("sheet"), sheet },
  };
  return append(custody, "answered", q->feed, words, sizeof words / sizeof *words, err);
}

static enum outcome lock(const struct custody *custody, struct err *err) {
  enum outcome out = spool_lock(custody->spool, str_of(feed_name), err);
  return out ? out : ledger_refresh(custody->ledger, err);
}

enum outcome review_answer(const struct custody *custody, str id, str answer, str by, str *said,
                           struct err *err) {
  struct arena *arena = custody->site->arena;
  size_t count;
  if (lock(custody, err)) return err->outcome;
  struct question *questions = questions_list(custody->ledger, STR_NONE, arena, &count);
  struct reply reply = { .id = id, .answer = str_trim(answer), .by = by };
  reply.question = questions_find(questions, count, id);
  if (!reply.question)
    return err_set(err, OUT_DATA, "%.*s: this site has asked no such question; \"sluice review\" lists them",
                   STR_ARG(id));
  str why = reply.question->open ? STR_NONE : reply.question->closed;
  if (reply.question->shared) why = STR("two questions have this id; answer them by item");
  if (!why.len) reply_read(reply.question, reply.answer, arena, &reply.word, &why);
  if (why.len) return err_set(err, OUT_DATA, "%.*s: %.*s", STR_ARG(reply.question->id), STR_ARG(why));
  return give(custody, &reply, STR_NONE, said, err);
}

/* --- a sheet --- */

struct taking {
  const struct custody *custody;
  struct arena *arena; /* the site's */
  const char *work;
  str id, sha256;
  struct review_taken *taken;
  struct buf text; /* of the ack */
};

static void tell_row(struct taking *taking, const struct reply *reply, const char *what, str said) {
  enum { INDENT = 30 };
  struct page page = page_of(&taking->text);
  buf_printf(&taking->text, "row %llu", (unsigned long long)reply->number);
  page_to(&page, 9);
  page_safe(&page, reply->id.len ? str_left_chars(reply->id, 30) : STR("(no id)"));
  page_to(&page, 20);
  page_safe(&page, str_of(what));
  page_to(&page, INDENT);
  page_wrap(&page, said, INDENT);
  page_end(&page);
  if (!reply->edited.len) return;
  page_to(&page, INDENT);
  page_wrapf(&page, INDENT, "edits of %.*s are ignored", STR_ARG(reply->edited));
  page_end(&page);
}

static void refuse_second(struct taking *taking, struct reply *reply) {
  for (const struct reply *each = reply->before; each && !reply->refused.len; each = each->before)
    if (each->applied)
      reply->refused =
          arena_printf(taking->arena, "row %llu of this sheet answers it", (unsigned long long)each->number);
}

/* OUT_RETRY and errors of the system stop the sheet; whatever else an answer meets is the row's own affair.
 */
static enum outcome apply_one(struct taking *taking, struct reply *reply, struct err *err) {
  str said = STR("done already");
  enum outcome out = OUT_OK;
  refuse_second(taking, reply);
  if (!reply->refused.len && !reply->done) out = give(taking->custody, reply, taking->id, &said, err);
  if (out == OUT_SPEC) return err->outcome = OUT_RETRY;
  if (out && out != OUT_DATA && out != OUT_REFUSED) return out;
  bool refused = reply->refused.len || out;
  if (out) said = arena_str(taking->arena, str_of(err->text));
  *err = (struct err){ 0 };
  taking->taken->refused += refused;
  taking->taken->applied += !refused;
  reply->applied = !refused;
  tell_row(taking, reply, refused ? "refused" : "applied", reply->refused.len ? reply->refused : said);
  return OUT_OK;
}

static enum outcome apply_all(struct taking *taking, const struct review_table *table, struct err *err) {
  size_t count, reply_count;
  enum outcome out = OUT_OK;
  struct question *questions = questions_list(taking->custody->ledger, STR_NONE, taking->arena, &count);
  struct reply *replies = replies_match(table, questions, count, taking->id, taking->arena, &reply_count);
  for (size_t i = 0; i < reply_count && !out; i++) out = apply_one(taking, &replies[i], err);
  if (out) return out;
  if (!reply_count) buf_add(&taking->text, STR("no row has an answer\n"));
  return OUT_OK;
}

static enum outcome put_ack(struct taking *taking, str sum, struct err *err) {
  struct review_taken *taken = taking->taken;
  taken->ack = arena_printf(taking->arena, "%.*s, %.*s: %.*s\n%s%.*s", STR_ARG(taken->name),
                            STR_ARG(batch_time(taking->custody->site, taking->arena)), STR_ARG(sum),
                            taking->text.len ? "\n" : "", STR_ARG(buf_str(&taking->text)));
  return spool_review_ack(taking->custody->spool, taken->name, taken->ack, err);
}

static enum outcome log_sheet(const struct taking *taking, const char *event, const char *id_word, str reason,
                              struct err *err) {
  const struct review_taken *taken = taking->taken;
  struct arena *arena = taking->arena;
  const struct ledger_word words[] = {
    { str_of(id_word), taking->id },
    { STR("file"), taken->name },
    { STR("sha256"), taking->sha256 },
    { STR("day"), batch_day(taking->custody->site, arena) },
    { STR("applied"), arena_printf(arena, "%zu", taken->applied) },
    { STR("refused"), arena_printf(arena, "%zu", taken->refused) },
    { STR("reason"), str_left_chars(reason, 300) },
  };
  return append(taking->custody, event, str_of(feed_name), words, sizeof words / sizeof *words, err);
}

/* A sheet shows no personal columns, so that it is kept as the books are. */
static enum outcome put_away(const struct taking *taking, str day, struct err *err) {
  return archive_original(taking->custody->site->archive, NULL, taking->work, day,
                          archive_series(str_of(feed_name), false), taking->id, taking->taken->name, err);
}

/* Its answer is written before the ledger says so: a run that dies in between does it again. */
static enum outcome end(struct taking *taking, const char *event, const char *id_word, str sum,
                        struct err *err) {
  str day = batch_day(taking->custody->site, taking->arena);
  if (put_ack(taking, sum, err) || log_sheet(taking, event, id_word, sum, err)) return err->outcome;
  return put_away(taking, day, err);
}

static enum outcome unreadable(struct taking *taking, struct err *err) {
  const char *path;
  char text[ERR_TEXT_MOST + ERR_FILE_MOST + 64];
  err->file[0] = '\0';
  err_format(err, text, sizeof text);
  str why = arena_printf(taking->arena, "refused: %s", text);
  *err = (struct err){ 0 };
  taking->taken->outcome = OUT_DATA;
  if (put_ack(taking, why, err) || log_sheet(taking, "rejected", "id", why, err)) return err->outcome;
  return spool_reject(taking->custody->spool, str_of(feed_name), taking->work,
                      arena_printf(taking->arena, "%.*s\n", STR_ARG(why)), &path, err);
}

/* A feed is busy, or its specs are wrong just now: the sheet waits in its inbox. */
static enum outcome wait(struct taking *taking, struct err *err) {
  str why = arena_printf(taking->arena, "it waits: %s", err->text);
  *err = (struct err){ 0 };
  taking->taken->outcome = OUT_RETRY;
  if (put_ack(taking, why, err)) return err->outcome;
  return spool_give_back(taking->custody->spool, str_of(feed_name), taking->work, err);
}

static enum outcome take_known(struct taking *taking, const struct ledger_entry *known, struct err *err) {
  str day = arena_str(taking->arena, ledger_word(known, "day")),
      name = arena_str(taking->arena, ledger_word(known, "file"));
  /* The run that applied it died before it was put away: there is no second drop. */
  if (!archive_has_original(taking->custody->site->archive, day, taking->id, name))
    return put_away(taking, day, err);
  taking->taken->outcome = OUT_DATA;
  str sum = arena_printf(taking->arena, "refused: this sheet was applied on %.*s; nothing is done again",
                         STR_ARG(str_sub(known->time, 0, 10)));
  return end(taking, "skipped", "of", sum, err);
}

static enum outcome work(struct taking *taking, struct err *err) {
  char digest[DIGEST_TEXT];
  str bytes;
  struct review_table table;
  if (digest_file(taking->work, digest, err)) return err->outcome;
  taking->sha256 = arena_str(taking->arena, str_of(digest));
  taking->id = batch_id(taking->arena, str_of(feed_name), digest);
  const struct ledger_entry *known = ledger_by_id(taking->custody->ledger, taking->id);
  if (known && str_eq(known->event, STR("applied"))) return take_known(taking, known, err);
  enum outcome out = in_read_whole(taking->work, REVIEW_BYTES_MOST, taking->arena, &bytes, err);
  if (!out) out = review_sheet_read(bytes, taking->arena, &table, err);
  if (out == OUT_DATA) return unreadable(taking, err);
  if (!out) out = apply_all(taking, &table, err);
  if (out == OUT_RETRY) return wait(taking, err);
  if (out) return out;
  struct review_taken *taken = taking->taken;
  taken->outcome = taken->refused ? OUT_END : OUT_OK;
  str sum = arena_printf(taking->arena, "%zu answer%s applied, %zu refused", taken->applied,
                         taken->applied == 1 ? "" : "s", taken->refused);
  return end(taking, "applied", "id", sum, err);
}

static enum outcome take_one(const struct custody *custody, const struct drop *drop,
                             struct review_taken *taken, struct err *err) {
  struct taking taking = { .custody = custody, .arena = custody->site->arena, .taken = taken };
  *taken = (struct review_taken){ .name = arena_str(taking.arena, drop->name) };
  enum outcome out = spool_claim(custody->spool, str_of(feed_name), drop, &taking.work, err);
  if (out) return out;
  taking.text = buf_new((size_t)REVIEW_BYTES_MOST * 2);
  out = work(&taking, err);
  buf_free(&taking.text);
  return out;
}

static enum outcome drops(const struct custody *custody, str only, struct drop **all, size_t *count,
                          struct err *err) {
  int64_t settle = 0;
  if (!only.len) str_to_int(site_setting(custody->site, STR_NONE, "settle-seconds"), &settle);
  return spool_drops(custody->spool, str_of(feed_name), str_of(folder), STR("*"), (int64_t)time(NULL), settle,
                     all, count, err);
}

enum outcome review_take(const struct custody *custody, str only, struct review_taken **taken, size_t *count,
                         struct err *err) {
  struct drop *all;
  size_t drop_count, given_back;
  *taken = NULL;
  *count = 0;
  if (drops(custody, only, &all, &drop_count, err)) return err->outcome;
  if (!drop_count && !spool_review_left(custody->spool)) return OUT_OK;
  enum outcome out = lock(custody, err);
  if (out == OUT_RETRY && !only.len) {
    *err = (struct err){ 0 };
    return OUT_OK;
  }
  if (!out) out = spool_recover(custody->spool, str_of(feed_name), &given_back, err);
  if (!out) out = drops(custody, only, &all, &drop_count, err);
  for (size_t i = 0; i < drop_count && !out; i++) {
    if ((only.len && !str_eq(only, all[i].name)) || !all[i].settled) continue;
    struct review_taken *next = ARENA_PUSH(custody->site->arena, *taken, *count);
    out = take_one(custody, &all[i], next, err);
    ledger_rest(custody->ledger);
    if (out != OUT_RETRY) continue;
    --*count; /* somebody took it away just now */
    *err = (struct err){ 0 };
    out = OUT_OK;
  }
  return out;
}
