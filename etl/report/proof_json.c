/* report/proof_json: the account of one file, for machines. */
#include "report/proof_internal.h"
#include "report/summary.h"

/* Counts tell of all of them; rows that were refused lie in the reject file. */
enum { REJECTS_MOST = 1000 };

/* One object: its members by name, in the order of writing. */
struct object {
  struct buf *out;
  bool begun;
};

static struct object object_begin(struct buf *out) {
  buf_char(out, '{');
  return (struct object){ out, false };
}

static void object_end(struct object *object) { buf_char(object->out, '}'); }

static void name(struct object *object, const char *text) {
  if (object->begun) buf_add(object->out, STR(", "));
  object->begun = true;
  json_text(object->out, str_of(text));
  buf_add(object->out, STR(": "));
}

static void text_member(struct object *object, const char *key, str text) {
  name(object, key);
  json_text(object->out, text);
}

static void count_member(struct object *object, const char *key, uint64_t n) {
  name(object, key);
  buf_printf(object->out, "%llu", (unsigned long long)n);
}

static void yes_member(struct object *object, const char *key, bool yes) {
  name(object, key);
  buf_add(object->out, yes ? STR("true") : STR("false"));
}

/* Items stand on lines of their own. */
static void next_item(struct buf *out, size_t index) { buf_add(out, index ? STR(",\n    ") : STR("\n    ")); }

static void list_begin(struct buf *out, const char *key) {
  buf_add(out, STR(",\n  "));
  json_text(out, str_of(key));
  buf_add(out, STR(": ["));
}

static void add_source(const struct proof_facts *facts, struct buf *out) {
  struct object source = object_begin(out);
  text_member(&source, "name", facts->source);
  count_member(&source, "bytes", facts->bytes);
  text_member(&source, "sha256", str_of(facts->digest));
  text_member(&source, "charset", facts->charset);
  text_member(&source, "notation", facts->notation);
  text_member(&source, "zone", facts->zone);
  text_member(&source, "currency", facts->currency);
  object_end(&source);
}

/* Transforms behind the first; nothing when there is none. */
static void add_stages(const struct tally *tally, struct buf *out) {
  if (!tally->stage_count) return;
  list_begin(out, "then");
  for (size_t i = 0; i < tally->stage_count; i++) {
    const struct tally_stage *stage = &tally->stages[i];
    next_item(out, i);
    struct object one = object_begin(out);
    text_member(&one, "transform", stage->name);
    count_member(&one, "in", stage->records);
    count_member(&one, "written", stage->written);
    count_member(&one, "folded", stage->folded);
    count_member(&one, "filtered", stage->skipped);
    count_member(&one, "rejected", stage->rejected);
    count_member(&one, "held", stage->held);
    object_end(&one);
  }
  buf_char(out, ']');
}

static void add_rows(const struct tally *tally, struct buf *out) {
  buf_add(out, STR(",\n  \"rows\": "));
  struct object rows = object_begin(out);
  count_member(&rows, "in", tally->rows);
  count_member(&rows, "header", tally->header);
  count_member(&rows, "written", tally->mapped);
  count_member(&rows, "folded", tally->folded);
  count_member(&rows, "filtered", tally->skipped);
  count_member(&rows, "rejected", tally->rejected);
  count_member(&rows, "held", tally->held);
  yes_member(&rows, "add_up", proof_rows_missing(tally) == 0);
  object_end(&rows);
  add_stages(tally, out);
  buf_add(out, STR(",\n  \"records\": "));
  struct object records = object_begin(out);
  count_member(&records, "written", tally->written - tally->kept);
  count_member(&records, "kept_back", tally->dropped);
  object_end(&records);
}

static void add_proofs(const struct tally *tally, struct buf *out) {
  struct arena *arena = arena_new();
  list_begin(out, "proofs");
  for (size_t i = 0; i < tally->proof_count; i++) {
    const struct proof_result *result = &tally->proofs[i];
    str difference;
    next_item(out, i);
    struct object proof = object_begin(out);
    text_member(&proof, "text", result->proof->text);
    text_member(&proof, "which", result->which);
    yes_member(&proof, "holds", result->holds);
    text_member(&proof, "left", result->left);
    text_member(&proof, "sign", result->right.len ? str_of(proof_sign(result)) : STR_NONE);
    text_member(&proof, "right", result->right);
    if (!result->holds && proof_difference(result, arena, &difference))
      text_member(&proof, "difference", difference);
    object_end(&proof);
  }
  buf_char(out, ']');
  arena_free(arena);
}

static void add_messages(const struct tally *tally, struct buf *out) {
  static const char *const kinds[] = { "skip", "reject", "hold", "review", "warn" };
  list_begin(out, "messages");
  for (size_t i = 0; i < tally->message_count; i++) {
    const struct message *said = tally->messages[i];
    next_item(out, i);
    struct object message = object_begin(out);
    text_member(&message, "kind", str_of(kinds[said->kind]));
    yes_member(&message, "file", said->file);
    count_member(&message, "count", said->count);
    if (!said->file) count_member(&message, "first_row", said->first_row);
    text_member(&message, "text", said->text);
    object_end(&message);
  }
  buf_char(out, ']');
}

static void add_rejects(const struct tally *tally, struct buf *out) {
  list_begin(out, "kept_rows");
  for (size_t i = 0; i < tally->reject_count && i < REJECTS_MOST; i++) {
    next_item(out, i);
    struct object reject = object_begin(out);
    count_member(&reject, "row", tally->rejects[i].row);
    yes_member(&reject, "held", tally->rejects[i].held);
    text_member(&reject, "reason", tally->rejects[i].text);
    object_end(&reject);
  }
  buf_char(out, ']');
}

static void add_lines(const struct proof_output *output, size_t count, struct object *object) {
  name(object, "lines");
  buf_char(object->out, '[');
  for (size_t i = 0; i < count; i++) {
    const struct proof_line *shown = &output->lines[i];
    buf_add(object->out, i ? STR(",\n      ") : STR("\n      "));
    struct object line = object_begin(object->out);
    count_member(&line, "line", shown->line);
    text_member(&line, "record", shown->record);
    text_member(&line, "label", shown->label);
    count_member(&line, "rows", shown->rows);
    text_member(&line, "sum", shown->sum);
    text_member(&line, "detail", shown->detail);
    object_end(&line);
  }
  buf_char(object->out, ']');
}

static void add_outputs(const struct proof_facts *facts, struct buf *out) {
  list_begin(out, "outputs");
  for (size_t i = 0; i < facts->output_count; i++) {
    next_item(out, i);
    struct object output = object_begin(out);
    text_member(&output, "name", facts->outputs[i].name);
    count_member(&output, "bytes", facts->outputs[i].bytes);
    text_member(&output, "sha256", str_of(facts->outputs[i].digest));
    bool elsewhere = facts->beside && facts->outputs[i].part && facts->beside != &facts->outputs[i];
    add_lines(&facts->outputs[i], elsewhere ? 0 : facts->outputs[i].line_count, &output);
    object_end(&output);
  }
  buf_char(out, ']');
}

static void add_specs(const struct proof_facts *facts, struct buf *out) {
  list_begin(out, "specs");
  for (size_t i = 0; i < facts->spec_count; i++) {
    next_item(out, i);
    struct object spec = object_begin(out);
    text_member(&spec, "name", str_of(facts->specs[i].name));
    text_member(&spec, "sha256", str_of(facts->specs[i].digest));
    object_end(&spec);
  }
  buf_char(out, ']');
}

void proof_json(const struct proof_facts *facts, struct buf *text) {
  struct object all = object_begin(text);
  text_member(&all, "feed", facts->feed);
  text_member(&all, "transform", facts->transform);
  text_member(&all, "item", facts->item);
  text_member(&all, "key", facts->key);
  text_member(&all, "k", facts->k);
  text_member(&all, "time", facts->time);
  if (facts->tally) yes_member(&all, "proofs_hold", facts->tally->proofs_hold);
  count_member(&all, "transliterated", facts->transliterated);
  name(&all, "source");
  add_source(facts, text);
  list_begin(text, "new_columns");
  for (size_t i = 0; i < facts->new_column_count; i++) {
    if (i) buf_add(text, STR(", "));
    json_text(text, facts->new_columns[i]);
  }
  buf_char(text, ']');
  if (facts->tally) {
    add_rows(facts->tally, text);
    add_proofs(facts->tally, text);
    add_messages(facts->tally, text);
    add_rejects(facts->tally, text);
  }
  add_outputs(facts, text);
  add_specs(facts, text);
  buf_add(text, STR("}\n"));
}
