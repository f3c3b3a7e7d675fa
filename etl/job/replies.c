/* job/replies: the rows of a filled review sheet, each matched with the question it answers. */
#include "job/replies.h"
#include "base/map.h"

enum { NAME_MOST = 80 };

/* As people see it: a line end or several blanks in a cell are one. */
static str squeezed(struct arena *arena, str text) {
  char *out = arena_alloc(arena, text.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    char c = (unsigned char)text.at[i] <= ' ' ? ' ' : text.at[i];
    if (c != ' ' || (len && out[len - 1] != ' ')) out[len++] = c;
  }
  return str_trim((str){ out, len });
}

static bool is_word(str answer, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq_fold(answer, str_of(words[i]))) return true;
  return false;
}

bool reply_read(const struct question *question, str answer, struct arena *arena, enum reply_word *word,
                str *why) {
  static const char *const yes[] = { "yes", "y", "ok", "release" }, *const no[] = { "no", "n", "refuse" };
  str bare = str_trim(answer);
  bool says_yes = is_word(bare, yes, sizeof yes / sizeof *yes),
       says_no = is_word(bare, no, sizeof no / sizeof *no), row = question->kind == QUESTION_ROW;
  *word = says_yes ? REPLY_YES : says_no ? REPLY_NO : REPLY_VALUES;
  if (!bare.len) *why = STR("the answer is empty");
  else if (row && says_yes)
    *why = arena_printf(arena, "values are wanted, not \"%.*s\": %.*s", STR_ARG(bare),
                        STR_ARG(question->suggest));
  else if (!row && !says_yes && !says_no)
    *why =
        arena_printf(arena, "\"%.*s\" is not understood: write yes or no%s",
                     STR_ARG(str_left_chars(bare, 60)), question->kind == QUESTION_MESSAGE ? ", or ok" : "");
  else return true;
  return false;
}

/* --- one row --- */

static str rewritten(struct arena *arena, enum review_column column, str text) {
  return arena_printf(arena, "\"%s\" is no text any more: a spreadsheet program made %.*s of it",
                      review_titles[column],
                      STR_ARG(text.len ? str_left_chars(text, 60) : STR("something else")));
}

/* Before anything is known of the question. */
static str bad_cell(const struct review_row *row, struct arena *arena) {
  static const enum review_column read[] = { REVIEW_ID, REVIEW_ANSWER, REVIEW_BY };
  for (size_t i = 0; i < sizeof read / sizeof *read; i++)
    if (row->cells[read[i]].rewritten) return rewritten(arena, read[i], row->cells[read[i]].text);
  if (!row->cells[REVIEW_ID].text.len) return STR("the id is missing");
  return STR_NONE;
}

static void match(struct reply *reply, const struct question *question, str sheet, struct arena *arena) {
  reply->question = question;
  reply->done = question && !question->open && sheet.len && str_eq(question->sheet, sheet);
  if (reply->done) return;
  if (!question) reply->refused = STR("this site has asked no such question");
  else if (question->shared)
    reply->refused = STR("two questions have this id: answer them by item, with \"sluice review\"");
  else if (!question->open) reply->refused = question->closed;
  else if (!reply->by.len) reply->refused = STR("\"answered by\" is empty: who says so?");
  else reply_read(question, reply->answer, arena, &reply->word, &reply->refused);
}

/* What the sheet said of it may have been cut, and may say since when it is known. */
static bool is_as_shown(str cell, str shown, bool text) {
  if (str_eq(cell, shown)) return true;
  return text && str_starts(cell, shown) &&
         str_starts(str_sub(cell, shown.len, cell.len), STR(" (known since "));
}

static str edits(const struct review_table *table, const struct review_row *row,
                 const struct question *question, struct arena *arena) {
  str cells[REVIEW_COLUMNS], all = STR_NONE;
  review_cells(question, arena, cells);
  for (int i = REVIEW_FEED; i <= REVIEW_SUGGEST; i++) {
    str cell = squeezed(arena, row->cells[i].text), shown = squeezed(arena, cells[i]);
    if (!table->has[i] || is_as_shown(cell, shown, i == REVIEW_TEXT)) continue;
    all = arena_printf(arena, "%.*s%s\"%s\"", STR_ARG(all), all.len ? ", " : "", review_titles[i]);
  }
  return all;
}

static void read_reply(const struct review_table *table, const struct review_row *row, struct reply *reply,
                       struct question *questions, size_t count, str sheet, struct arena *arena) {
  reply->refused = bad_cell(row, arena);
  if (reply->refused.len) return;
  const struct question *question = questions_find(questions, count, reply->id);
  match(reply, question, sheet, arena);
  if (question && question->open) reply->edited = edits(table, row, question, arena);
}

struct reply *replies_match(const struct review_table *table, struct question *questions, size_t count,
                            str sheet, struct arena *arena, size_t *reply_count) {
  struct reply *replies = ARENA_ARRAY(arena, struct reply, table->count + 1);
  struct map *latest = map_new(arena); /* by question */
  *reply_count = 0;
  for (size_t i = 0; i < table->count; i++) {
    const struct review_row *row = &table->rows[i];
    if (!row->cells[REVIEW_ANSWER].text.len && !row->cells[REVIEW_ANSWER].rewritten) continue;
    struct reply *reply = &replies[(*reply_count)++];
    *reply = (struct reply){ .number = row->number, .id = row->cells[REVIEW_ID].text };
    reply->answer = row->cells[REVIEW_ANSWER].text;
    reply->by = str_left_chars(squeezed(arena, row->cells[REVIEW_BY].text), NAME_MOST);
    read_reply(table, row, reply, questions, count, sheet, arena);
    if (reply->refused.len || !reply->question) continue;
    void **place = map_put(latest, reply->question->id);
    reply->before = *place;
    *place = reply;
  }
  return replies;
}
