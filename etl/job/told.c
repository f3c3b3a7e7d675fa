/* job/told: what the run's summary and the reasons tell of an item. */
#include "job/batch_internal.h"

#include <string.h>

enum { ROWS_SHOWN = 1000 };

struct summary_row *batch_row(struct batch *batch, str name, enum outcome outcome) {
  struct summary_row *row = ARENA_PUSH(batch->site->arena, batch->rows, batch->row_count);
  *row = (struct summary_row){ .feed = batch->feed->name, .amount = STR("-"), .proof = STR("-") };
  row->file = arena_str(batch->site->arena, name);
  *ARENA_PUSH(batch->site->arena, batch->outcomes, batch->outcome_count) = outcome;
  return row;
}

/* Of a large inbox nobody reads a row for each file that went well: they are counted. */
void batch_tell(struct batch *batch, const struct summary_row *told, enum outcome outcome) {
  struct arena *arena = batch->site->arena;
  if (batch->row_count >= ROWS_SHOWN && !outcome && !told->note_count) {
    batch->more++;
    return;
  }
  struct summary_row *row = batch_row(batch, told->file, outcome);
  row->rows = told->rows;
  row->rejected = told->rejected;
  row->amount = arena_str(arena, told->amount);
  row->proof = arena_str(arena, told->proof);
  row->result = arena_str(arena, told->result);
  row->place = arena_str(arena, told->place);
  for (size_t i = 0; i < told->note_count; i++)
    *ARENA_PUSH(arena, row->notes, row->note_count) = arena_str(arena, told->notes[i]);
}

/* After the files: how many more there were. */
void batch_tell_more(struct batch *batch) {
  if (!batch->more) return;
  struct summary_row *row = batch_row(batch, STR("..."), OUT_OK);
  row->result = arena_printf(batch->site->arena, "and %s more files, which asked for nothing",
                             with_commas(batch->more, batch->site->arena).at);
  batch->more = 0;
}

void item_note(struct item *item, str text) {
  *ARENA_PUSH(item->arena, item->row->notes, item->row->note_count) = arena_str(item->arena, text);
}

void item_tell(struct item *item, const char *result, str more, const char *place) {
  item->row->result = arena_printf(item->arena, "%s%s%.*s", result, more.len ? ": " : "", STR_ARG(more));
  if (!place) return;
  const char *site = item->batch->site->folder; /* places are told from the site on, as outputs are */
  size_t above = strlen(site);
  if (strncmp(place, site, above) == 0 && place[above] == '/') place += above + 1;
  item->row->place = arena_str(item->arena, str_of(place));
}

bool item_held_by_proof(const struct item *item) {
  const struct tally *tally = item->result.tally;
  for (size_t i = 0; tally && i < tally->proof_count; i++)
    if (tally->proofs[i].each && tally->proofs[i].failed) return true;
  return false;
}

enum outcome item_done(const struct item *item) {
  if (item_held_by_proof(item)) return OUT_REFUSED;
  return item_wants_a_look(item) ? OUT_END : OUT_OK;
}

void item_fill_row(struct item *item) {
  const struct tally *tally = item->result.tally;
  struct arena *arena = item->arena;
  item->row->amount = item->row->proof = STR("-");
  if (!tally) return;
  item->row->rows = tally->rows;
  item->row->rejected = tally_rejected(tally);
  bool holds = tally->proofs_hold && !item_held_by_proof(item);
  item->row->proof = tally->proof_count ? (holds ? STR("holds") : STR("FAILS")) : STR("-");
  for (size_t i = 0; i < tally->proof_count; i++)
    if (tally->proofs[i].right.len && !tally->proofs[i].which.len && item->row->amount.len == 1)
      item->row->amount =
          arena_printf(arena, "%.*s %.*s", STR_ARG(tally->proofs[i].right), STR_ARG(item->result.currency));
  for (size_t i = 0; i < tally->message_count; i++) {
    const struct message *m = tally->messages[i];
    str times = m->count > 1 ? arena_printf(arena, " (%llu times)", (unsigned long long)m->count) : STR_NONE;
    item_note(item,
              arena_printf(arena, "%s: %.*s%.*s", rule_words[m->kind], STR_ARG(m->text), STR_ARG(times)));
  }
  for (size_t i = 0; i < item->result.new_column_count; i++)
    item_note(item, arena_printf(arena, "new column \"%.*s\"", STR_ARG(item->result.new_columns[i])));
}

/* Done, but somebody should look: rejected or held rows, questions, columns that the schema does not know. */
bool item_wants_a_look(const struct item *item) {
  const struct tally *tally = item->result.tally;
  bool review = tally_rejected(tally) || tally_held(tally) || tally->dropped || item->result.new_column_count;
  for (size_t i = 0; i < tally->message_count; i++)
    review = review || tally->messages[i]->kind == RULE_REVIEW;
  return review;
}

str item_failing_proof(const struct item *item) {
  const struct tally *tally = item->result.tally;
  for (size_t i = 0; tally && i < tally->proof_count; i++)
    if (!tally->proofs[i].holds && !tally->proofs[i].each)
      return arena_printf(item->arena, "%.*s: %.*s, not %.*s", STR_ARG(tally->proofs[i].proof->text),
                          STR_ARG(tally->proofs[i].left), STR_ARG(tally->proofs[i].right));
  return STR("a proof failed");
}

str item_file_message(const struct item *item, enum rule_kind kind, str otherwise) {
  const struct tally *tally = item->result.tally;
  for (size_t i = 0; tally && i < tally->message_count; i++)
    if (tally->messages[i]->file && tally->messages[i]->kind == kind) return tally->messages[i]->text;
  return otherwise;
}

str item_error_text(const struct item *item, const struct err *err) {
  struct err bare = *err;
  bare.file[0] = '\0';
  char text[ERR_TEXT_MOST + 64];
  bare.line = bare.column = 0;
  err_format(&bare, text, sizeof text);
  return err->line ? arena_printf(item->arena, "line %llu: %s", (unsigned long long)err->line, text)
                   : arena_str(item->arena, str_of(text));
}
