/* job/rejects_text: the error of a row without what is personal in it. */
#include "job/rejects.h"
#include "transform/veil.h"

enum { LEVELS_TOLD = 32 };

struct rejects_teller {
  struct arena *arena;
  const struct record *records[LEVELS_TOLD]; /* the streamed one, those around it, and those below it */
  size_t record_count;
  bool any_personal, proofs_tell;
  bool *personal; /* by column of the file */
  size_t count;
};

static bool tells(const struct node *node, int depth) {
  if (!node || depth > 100) return false;
  if (node->op == OP_COLUMN && node->field && node->field->personal) return true;
  if (node->aggregate && tells(node->aggregate->of, depth + 1)) return true;
  for (size_t i = 0; i < node->kid_count; i++)
    if (tells(node->kids[i], depth + 1)) return true;
  return false;
}

static void add_below(struct rejects_teller *teller, const struct record *record) {
  if (teller->record_count == LEVELS_TOLD) return;
  teller->records[teller->record_count++] = record;
  teller->any_personal |= record_has_personal(record);
  for (size_t i = 0; i < record->kid_count; i++) add_below(teller, record->kids[i]);
}

void rejects_teller_then(struct rejects_teller *teller, const struct program *program) {
  for (size_t i = 0; i < program->proof_count; i++)
    for (size_t j = 0; j < program->proofs[i].per_count; j++)
      teller->proofs_tell |= tells(program->proofs[i].per_nodes[j], 0);
}

struct rejects_teller *rejects_teller_new(const struct program *program, struct arena *arena) {
  struct rejects_teller *teller = ARENA_NEW(arena, struct rejects_teller);
  teller->arena = arena;
  add_below(teller, program->streamed->record);
  for (const struct record *r = program->streamed->record->parent; r; r = r->parent) {
    if (teller->record_count == LEVELS_TOLD) break;
    teller->records[teller->record_count++] = r;
    for (size_t i = 0; i < r->field_count; i++) teller->any_personal |= r->fields[i]->personal;
  }
  rejects_teller_then(teller, program);
  return teller;
}

bool rejects_needs_cells(const struct rejects_teller *teller) { return teller->any_personal; }

static str heading(const struct field *field) { return field->as.len ? field->as : field->name; }

/* By how it is written in the file's header. */
static const struct field *field_headed(const struct rejects_teller *teller, str folded) {
  for (size_t i = 0; i < teller->record_count; i++)
    for (size_t j = 0; j < teller->records[i]->field_count; j++) {
      const struct field *field = teller->records[i]->fields[j];
      if (str_eq(header_fold(heading(field), teller->arena), folded)) return field;
    }
  return NULL;
}

void rejects_header(struct rejects_teller *teller, const str *names, size_t count) {
  teller->personal = ARENA_ARRAY(teller->arena, bool, count + 1);
  teller->count = count;
  for (size_t i = 0; i < count; i++) {
    const struct field *field = field_headed(teller, header_fold(str_trim(names[i]), teller->arena));
    /* What the schema does not know may be personal where other columns are. */
    teller->personal[i] = field ? field->personal : teller->any_personal;
  }
}

/* NAME of "NAME: ..." or "NAME is missing", when it is a column. */
static const struct field *field_of(const struct rejects_teller *teller, str text) {
  for (size_t i = 0; i < teller->record_count; i++)
    for (size_t j = 0; j < teller->records[i]->field_count; j++) {
      const struct field *field = teller->records[i]->fields[j];
      if (!str_starts(text, field->name)) continue;
      str rest = str_sub(text, field->name.len, text.len);
      if (str_starts(rest, STR(": ")) || str_starts(rest, STR(" is "))) return field;
    }
  return NULL;
}

static str without(const struct rejects_teller *teller, str text, str secret) {
  return veil(teller->arena, text, &secret, 1);
}

/* Error texts quote at most the first 60 characters of a cell. */
static str without_values(const struct rejects_teller *teller, str text, const str *cells, size_t count) {
  for (size_t i = 0; i < count; i++) {
    str whole = str_trim(cells[i]), start = str_left_chars(whole, 60);
    if ((i < teller->count && !teller->personal[i]) || !whole.len) continue;
    text = without(teller, text, whole);
    if (start.len < whole.len) text = without(teller, text, start);
  }
  return text;
}

static str without_quoted(const struct rejects_teller *teller, str text) {
  struct buf left = buf_new(1 << 20);
  bool inside = false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.at[i] == '"') {
      if (!inside) buf_add(&left, STR("\"(not shown)\""));
      inside = !inside;
    } else if (!inside) buf_char(&left, text.at[i]);
  }
  str kept = arena_str(teller->arena, buf_str(&left));
  buf_free(&left);
  return kept;
}

void rejects_tell(const struct rejects_teller *teller, const struct reject *reject, const str *cells,
                  size_t count, struct ack_record *note) {
  str text = reject->text;
  const struct field *field = field_of(teller, text);
  note->field = field ? field->name : STR_NONE;
  note->error = arena_str(teller->arena, teller->any_personal && reject->shown.len ? reject->shown : text);
  if (!teller->any_personal || reject->shown.len) return;
  if (teller->proofs_tell && str_starts(text, STR("it does not hold that")))
    note->error = STR("a proof fails; its words may hold personal data and are not shown here");
  else if (field && !field->personal) note->error = without_values(teller, text, cells, count);
  else note->error = without_quoted(teller, without_values(teller, text, cells, count));
}
