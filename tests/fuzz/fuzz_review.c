/* fuzz/fuzz_review: any filled sheet is refused, or its rows are matched; no question is answered twice.
 *
 * The bytes are taken as a sheet (.csv or .xlsx) against a fixed list of questions; what is matched must be
 * an open question, with an answer that its kind allows and a name. Then they are taken as texts of questions
 * (0xfe ends a text): a sheet written of those reads back as it was.
 */
#include "job/replies.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 4 };
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good) {
  if (!good) abort();
}

static void make_questions(struct question questions[COUNT]) {
  static const char *const ids[COUNT] = { "Q-AAAAAAA", "Q-BBBBBBB", "Q-CCCCCCC", "Q-DDDDDDD" };
  for (int i = 0; i < COUNT; i++) {
    questions[i] = (struct question){ .id = str_of(ids[i]), .feed = STR("shop"), .file = STR("a.txt") };
    questions[i].kind = (enum question_kind)(i % 3);
    questions[i].text = STR("what is wrong");
    questions[i].open = i < 3;
  }
  questions[3].closed = STR("it was answered");
}

static void check_reply(const struct reply *reply) {
  if (reply->refused.len) return;
  must(reply->question && reply->question->open && reply->by.len && reply->answer.len && reply->number);
  bool row = reply->question->kind == QUESTION_ROW;
  must(row ? reply->word != REPLY_YES : reply->word != REPLY_VALUES);
}

/* As if each answer could be applied: of those to one question only the first is. */
static void apply(struct reply *replies, size_t count) {
  size_t times[COUNT] = { 0 };
  for (size_t i = 0; i < count; i++) {
    bool second = false;
    for (const struct reply *each = replies[i].before; each; each = each->before) {
      must(each->question == replies[i].question && each < &replies[i]);
      second = second || each->applied;
    }
    replies[i].applied = !second && !replies[i].refused.len;
    for (size_t j = 0; j < COUNT && replies[i].applied; j++)
      times[j] += replies[i].question->id.at[2] == (char)('A' + j);
  }
  for (size_t j = 0; j < COUNT; j++) must(times[j] <= 1);
}

static void check_sheet(str bytes, struct arena *arena) {
  struct question questions[COUNT];
  struct review_table table;
  struct err err = { 0 };
  size_t count;
  make_questions(questions);
  enum outcome out = review_sheet_read(bytes, arena, &table, &err);
  must(out == OUT_OK || (out == OUT_DATA && err.text[0]));
  if (out) return;
  struct reply *replies = replies_match(&table, questions, COUNT, STR("sheet"), arena, &count);
  must(count <= table.count);
  for (size_t i = 0; i < count; i++) check_reply(&replies[i]);
  apply(replies, count);
}

static void check_written(str bytes, struct arena *arena) {
  struct question questions[COUNT];
  str *const texts[] = { &questions[0].text, &questions[1].value, &questions[2].file, &questions[0].field };
  make_questions(questions);
  for (size_t i = 0; i < sizeof texts / sizeof *texts && str_split(&bytes, '\xfe', texts[i]);) i++;
  struct review_page page = { questions, COUNT, 0, 1 };
  struct buf csv = buf_new(REVIEW_BYTES_MOST);
  struct review_table table;
  struct err err = { 0 };
  size_t count;
  must(!review_sheet_csv(&page, &csv, &err) && !review_sheet_read(buf_str(&csv), arena, &table, &err));
  must(table.count == 3);
  for (size_t i = 0; i < table.count; i++) {
    must(str_eq(table.rows[i].cells[REVIEW_ID].text, questions[i].id));
    table.rows[i].cells[REVIEW_ANSWER] = (struct review_cell){ STR("no"), false };
    table.rows[i].cells[REVIEW_BY] = (struct review_cell){ STR("Ann"), false };
  }
  struct reply *replies = replies_match(&table, questions, COUNT, STR_NONE, arena, &count);
  must(count == 3);
  for (size_t i = 0; i < count; i++) must(!replies[i].refused.len && !replies[i].edited.len);
  buf_free(&csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 256 * 1024) return 0;
  struct arena *arena = arena_new();
  str bytes = { (const char *)data, size };
  check_sheet(bytes, arena);
  check_written(bytes, arena);
  arena_free(arena);
  return 0;
}
