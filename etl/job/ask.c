/* job/ask: what a run asks of a person: entries of the ledger, then one sheet of the feed. */
#include "job/ask.h"
#include "job/questions.h"
#include "job/review_sheet.h"
#include "spool/review.h"

enum { ASKED_MOST = 200, TEXT_MOST = 2000, WORDS_MOST = 16 };

static str number(struct arena *arena, uint64_t n) {
  return arena_printf(arena, "%llu", (unsigned long long)n);
}

/* --- the messages of a file --- */

static bool is_hidden(const struct message *message) { return message->rule && message->rule->secret_count; }

/* Personal data stays out of the ledger and the sheet. */
static str text_of(const struct message *message) {
  return str_left_chars(is_hidden(message) ? message->shown : message->text, TEXT_MOST);
}

/* The cells that are asked about: any value of the other keys will do, whatever the sheet says of them. */
static str keys_of(struct arena *arena, const struct message *message, str mark) {
  struct buf cells = buf_new(1 << 16);
  str keys = message->keys, cell;
  bool first = true;
  for (size_t i = 0; i < message->rule->answer->key_count && str_split(&keys, MESSAGE_PART, &cell); i++) {
    if (!message->rule->answer_ons[i]) continue;
    if (!first) buf_add(&cells, mark);
    buf_add(&cells, cell);
    first = false;
  }
  str all = arena_str(arena, buf_str(&cells));
  buf_free(&cells);
  return all;
}

static str kept_keys(struct arena *arena, const struct message *message) {
  static const char part[] = { QUESTION_PART, '\0' };
  return keys_of(arena, message, str_of(part));
}

static str value_of(struct arena *arena, const struct message *message) {
  if (!message->rule) return STR_NONE;
  if (message->rule->answer) return keys_of(arena, message, STR(" / "));
  return message->rule->personal_about ? STR("(personal)") : str_left_chars(message->about, TEXT_MOST);
}

/* Rows that a released file was written without wait in its rejects. */
static bool leaves_rows(struct ask_item item, const struct message *message) {
  return message->rule && message->kind == RULE_HOLD && !message->file && item.fate == ASK_WRITTEN;
}

/* What an answer looks like, when the rule does not say. */
static str suggestion(struct arena *arena, struct ask_item item, const struct message *message) {
  str suggest = is_hidden(message) ? message->shown_suggest : message->suggest;
  if (leaves_rows(item, message) && !message->rule->answer)
    return arena_printf(arena, "%.*s; then yes: it is taken again",
                        STR_ARG(suggest.len ? str_left_chars(suggest, TEXT_MOST) : STR("mend the cause")));
  if (suggest.len) return str_left_chars(suggest, TEXT_MOST);
  if (!message->rule || !message->rule->answer) return STR("ok, when it has been seen");
  const struct lookup *lookup = message->rule->answer;
  str all = arena_printf(arena, "a row of %.*s: ", STR_ARG(lookup->from));
  for (size_t i = 0; i < lookup->take_count; i++)
    all = arena_printf(arena, "%.*s%s%.*s", STR_ARG(all), i ? "; " : "", STR_ARG(lookup->takes[i].name));
  return all;
}

static str id_of(struct arena *arena, struct ask_item item, const struct message *message) {
  const struct rule *rule = message->rule;
  str text = text_of(message);
  if (is_hidden(message)) /* what keeps them apart may not be seen: the row will do */
    text = item.again && !rule->personal_about
               ? arena_printf(arena, "%.*s about %.*s", STR_ARG(text), STR_ARG(message->about))
               : arena_printf(arena, "%.*s row %llu", STR_ARG(text), (unsigned long long)message->first_row);
  if (!rule || !rule->answer) return question_id(arena, item.feed, item.again ? STR("again") : item.id, text);
  str sheet = arena_printf(arena, "row of %.*s", STR_ARG(rule->answer->from));
  sheet = arena_printf(arena, "%.*s by %.*s", STR_ARG(sheet), STR_ARG(rule->field));
  return question_id(arena, item.feed, sheet, kept_keys(arena, message));
}

static enum outcome append(const struct custody *custody, const char *event, str feed,
                           const struct ledger_word *words, size_t count, struct err *err) {
  str time = batch_time(custody->site, custody->site->arena);
  return ledger_append(custody->ledger, time, str_of(event), feed, words, count, err);
}

static enum outcome ask_one(const struct custody *custody, struct ask_item item, str id,
                            const struct message *message, struct err *err) {
  struct arena *arena = custody->site->arena;
  bool row = message->rule && message->rule->answer;
  const struct ledger_word words[] = {
    { STR("name"), id },
    { STR("name"), STR("questions") },
    { STR("kind"), str_of(question_kinds[row ? QUESTION_ROW : QUESTION_MESSAGE]) },
    { STR("of"), item.id },
    { STR("of-key"), item.key },
    { STR("file"), item.file },
    { STR("row"), message->file || !message->first_row ? STR_NONE : number(arena, message->first_row) },
    { STR("field"), message->rule ? message->rule->field : STR_NONE },
    { STR("value"), value_of(arena, message) },
    { STR("reason"), text_of(message) },
    { STR("suggest"), suggestion(arena, item, message) },
    { STR("held"), leaves_rows(item, message) ? STR("yes") : STR_NONE },
    { STR("lookup"), row ? message->rule->answer->name : STR_NONE },
    { STR("keys"), row ? kept_keys(arena, message) : STR_NONE },
  };
  return append(custody, "asked", item.feed, words, sizeof words / sizeof *words, err);
}

/* skip and warn ask nobody; a reject only where an answer mends it. Of a file that was refused as a whole
 * nothing else is to be believed: its labels may be cut in the middle. */
static bool asks(const struct message *message, struct ask_item item) {
  if (message->kind == RULE_SKIP || message->kind == RULE_WARN) return false;
  if (item.fate == ASK_REJECTED && message->kind != RULE_REJECT) return false;
  if (message->rule && message->rule->answer) return message->keys.len > 0;
  bool holds_file = message->kind == RULE_HOLD && message->file; /* the item's own question says it */
  return item.fate != ASK_REJECTED && message->kind != RULE_REJECT && !holds_file;
}

/* `joins`: rows of this item wait for the answer, whoever asked first. */
static bool is_asked(const struct custody *custody, struct ask_item item, str id, bool joins) {
  struct ledger_found found = ledger_having(custody->ledger, "name", id);
  bool open = false, waits = false, settled = false;
  for (size_t i = 0; i < found.count; i++) {
    const struct ledger_entry *entry = found.entries[i];
    if (!str_eq(entry->feed, item.feed)) continue;
    if (str_eq(entry->event, STR("answered"))) {
      open = waits = false;
      settled = item.again && !str_eq_fold(ledger_word(entry, "answer"), STR("yes"));
    }
    if (!str_eq(entry->event, STR("asked"))) continue;
    open = true;
    waits = waits || str_eq(ledger_word(entry, "of"), item.id);
  }
  return settled || (open && (waits || !joins));
}

enum outcome ask_messages(const struct custody *custody, struct ask_item item, const struct tally *tally,
                          struct err *err) {
  struct arena *arena = custody->site->arena;
  size_t asked = 0;
  for (size_t i = 0; tally && i < tally->message_count && asked <= ASKED_MOST; i++) {
    if (!asks(tally->messages[i], item)) continue;
    struct message rest = { .kind = RULE_REVIEW, .file = true };
    rest.text = STR("the file asks more than this sheet lists: answer, and the next file asks again");
    const struct message *message = ++asked > ASKED_MOST ? &rest : tally->messages[i];
    str id = id_of(arena, item, message);
    bool joins = item.fate == ASK_HELD || (leaves_rows(item, message) && message->rule->answer);
    if (!is_asked(custody, item, id, joins) && ask_one(custody, item, id, message, err)) return err->outcome;
  }
  return OUT_OK;
}

/* --- the sheet --- */

/* The last sheet's entry, if the sheet lies in outbox/review still; else its line alone. */
static const struct ledger_entry *last_sheet(const struct custody *custody, str feed, bool *lies_there) {
  struct ledger_found found = ledger_having(
      custody->ledger, "name", arena_printf(custody->site->arena, "sheets of %.*s", STR_ARG(feed)));
  *lies_there = false;
  if (!found.count) return NULL;
  const struct ledger_entry *last = found.entries[found.count - 1];
  *lies_there = spool_review_lies(custody->spool, ledger_word(last, "file"));
  return last;
}

/* Items ask by being open; the ledger tells from now on since when. */
static enum outcome ask_items(const struct custody *custody, struct question *questions, size_t count,
                              struct err *err) {
  for (size_t i = 0; i < count; i++) {
    const struct question *q = &questions[i];
    if (!q->open || q->kind != QUESTION_ITEM || q->line) continue;
    const struct ledger_word words[] = { { STR("name"), q->id },
                                         { STR("name"), STR("questions") },
                                         { STR("kind"), str_of(question_kinds[QUESTION_ITEM]) },
                                         { STR("of"), q->item },
                                         { STR("of-key"), q->key },
                                         { STR("file"), q->file },
                                         { STR("reason"), q->text } };
    if (append(custody, "asked", q->feed, words, sizeof words / sizeof *words, err)) return err->outcome;
  }
  return OUT_OK;
}

static enum outcome write_sheet(const struct custody *custody, str feed, uint64_t run,
                                const struct question *questions, size_t count, uint64_t since, str *name,
                                struct err *err) {
  struct site *site = custody->site;
  str wanted = arena_printf(site->arena, "%.*s-%llu", STR_ARG(feed), (unsigned long long)run);
  struct buf csv = buf_new(REVIEW_BYTES_MOST), xlsx = buf_new(REVIEW_BYTES_MOST);
  struct review_page page = { questions, count, since, site->now.seconds };
  const char *scratch;
  enum outcome out = spool_review_scratch(custody->spool, feed, &scratch, err);
  if (!out) out = review_sheet_csv(&page, &csv, err);
  if (!out) out = review_sheet_xlsx(&page, scratch, &xlsx, err);
  if (!out) out = spool_review_put(custody->spool, wanted, buf_str(&xlsx), buf_str(&csv), name, err);
  if (!out) out = spool_review_scratch_drop(custody->spool, feed, err);
  buf_free(&csv);
  buf_free(&xlsx);
  return out;
}

enum outcome ask_sheet(const struct custody *custody, str feed, uint64_t run, str *name, size_t *fresh,
                       size_t *count, struct err *err) {
  struct arena *arena = custody->site->arena;
  size_t all;
  bool lies_there;
  *name = STR_NONE;
  *fresh = *count = 0;
  const struct ledger_entry *last = last_sheet(custody, feed, &lies_there);
  uint64_t since = last ? last->line : 0;
  struct question *questions = questions_list(custody->ledger, feed, arena, &all);
  for (size_t i = 0; i < all; i++) {
    *count += questions[i].open;
    *fresh += questions[i].open && (!questions[i].line || questions[i].line > since);
  }
  if (!*count || (!*fresh && lies_there)) return OUT_OK;
  if (ask_items(custody, questions, all, err) ||
      write_sheet(custody, feed, run, questions, all, since, name, err))
    return err->outcome;
  const struct ledger_word words[] = {
    { STR("name"), arena_printf(arena, "sheets of %.*s", STR_ARG(feed)) },
    { STR("file"), *name },
    { STR("questions"), number(arena, *count) },
    { STR("new"), number(arena, *fresh) },
    { STR("reason"), arena_printf(arena, "%zu question%s, %zu new", *count, *count == 1 ? "" : "s", *fresh) },
  };
  return append(custody, "sheet", feed, words, sizeof words / sizeof *words, err);
}
