/* extract/ti_file: the documents of a Transaction Import file, by what SL can be asked for. */
#include "extract/ti_file.h"
#include "base/buf.h"
#include "codec/ti.h"

enum { LINE_MOST = 1 << 20 };

struct reading {
  const struct schema *schema;
  struct arena *arena;
  const struct field *keys[TI_KEYS_MOST];
  size_t key_count;
  const struct record *document, *line; /* that begins one; the first kind below it, NULL: none */
  struct ti_document *documents;
  size_t count;
};

static const struct field *find_field(struct record *const *records, size_t count, str name) {
  const struct field *found = NULL;
  for (size_t i = 0; i < count && !found; i++) {
    found = record_field(records[i], name);
    if (!found) found = find_field(records[i]->kids, records[i]->kid_count, name);
  }
  return found;
}

static const struct record *find_word(struct record *const *records, size_t count, str word) {
  const struct record *found = NULL;
  for (size_t i = 0; i < count && !found; i++) {
    const struct record *one = records[i];
    if (one->field_count && str_eq_fold(one->word.len ? one->word : one->name, word)) found = one;
    else found = find_word(one->kids, one->kid_count, word);
  }
  return found;
}

static enum outcome find_places(struct reading *reading, const char *const *fields, size_t count,
                                struct err *err) {
  const struct schema *schema = reading->schema;
  for (size_t i = 0; i < count; i++) {
    reading->keys[i] = find_field(schema->records, schema->record_count, str_of(fields[i]));
    if (!reading->keys[i])
      return err_set(err, OUT_SPEC, "schema %.*s has no field %s, by which SL is asked for its documents",
                     STR_ARG(schema->name), fields[i]);
  }
  reading->key_count = count;
  reading->document = reading->keys[0]->record;
  for (size_t i = 1; i < count; i++)
    if (record_is_under(reading->document, reading->keys[i]->record))
      reading->document = reading->keys[i]->record;
  for (size_t i = 0; i < reading->document->kid_count && !reading->line; i++)
    if (reading->document->kids[i]->field_count) reading->line = reading->document->kids[i];
  return OUT_OK;
}

/* 11-2026 is 202611 */
static str period_of(const struct field *field, str cell, struct arena *arena) {
  struct buf digits = buf_new(64);
  for (size_t i = 0; i < cell.len && digits.len < 32; i++)
    if (cell.at[i] >= '0' && cell.at[i] <= '9') buf_char(&digits, cell.at[i]);
  str kept = arena_str(arena, buf_str(&digits));
  buf_free(&digits);
  if (str_starts(field->type.pattern, STR("MM")) && kept.len > 2)
    return arena_printf(arena, "%.*s%.*s", STR_ARG(str_sub(kept, 2, kept.len)), STR_ARG(str_sub(kept, 0, 2)));
  return kept;
}

static enum outcome take_key(struct reading *reading, size_t key, str cell, struct err *err) {
  struct ti_document *document = &reading->documents[reading->count - 1];
  const struct field *field = reading->keys[key];
  bool is_period = field->type.type == TYPE_PERIOD;
  for (size_t i = 0; i < cell.len; i++)
    if ((unsigned char)cell.at[i] < ' ' || (unsigned char)cell.at[i] > '~') {
      err_set(err, OUT_DATA, "SL is asked by plain letters and digits only");
      return err_of_field(err, field->record->name, field->name);
    }
  str before = document->keys[key],
      now = is_period ? period_of(field, cell, reading->arena) : arena_str(reading->arena, str_trim(cell));
  if (before.at && !str_eq(before, now)) {
    err_set(err, OUT_DATA, "another %.*s than in the lines before: one document has one",
            STR_ARG(field->name));
    return err_of_field(err, field->record->name, field->name);
  }
  document->keys[key] = now;
  return OUT_OK;
}

static enum outcome take_record(struct reading *reading, const struct record *record,
                                const struct ti_line *line, uint64_t at, struct err *err) {
  enum outcome out = OUT_OK;
  if (record == reading->document)
    *ARENA_PUSH(reading->arena, reading->documents, reading->count) = (struct ti_document){ .first = at };
  if (!reading->count || (record != reading->document && !record_is_under(record, reading->document)))
    return OUT_OK; /* Currency, before its batch */
  struct ti_document *document = &reading->documents[reading->count - 1];
  document->last = at;
  document->lines += record == reading->line;
  for (size_t i = 0; i < reading->key_count && !out; i++)
    if (reading->keys[i]->record == record)
      out = take_key(reading, i,
                     reading->keys[i]->index < line->count ? line->fields[reading->keys[i]->index] : STR_NONE,
                     err);
  return out;
}

static enum outcome take_line(struct reading *reading, str text, uint64_t at, struct ti_line *line,
                              struct buf *spare, struct err *err) {
  const struct schema *schema = reading->schema;
  enum outcome out = ti_read_line(text, line, spare, err);
  if (out) return out;
  const struct record *record = find_word(schema->records, schema->record_count, line->word);
  if (!record)
    return err_set(err, OUT_DATA, "%.*s has no record \"%.*s\"", STR_ARG(schema->name), STR_ARG(line->word));
  return take_record(reading, record, line, at, err);
}

enum outcome ti_file_read(const struct schema *schema, str text, const char *const *fields,
                          size_t field_count, struct arena *arena, struct ti_document **documents,
                          size_t *count, struct err *err) {
  struct reading reading = { .schema = schema, .arena = arena };
  enum outcome out = find_places(&reading, fields, field_count, err);
  struct buf spare = buf_new(LINE_MOST);
  struct ti_line *line = ARENA_NEW(arena, struct ti_line);
  uint64_t at = 0;
  str rest = text, piece;
  while (!out && str_split(&rest, '\n', &piece)) {
    at++;
    if (str_ends(piece, STR("\r"))) piece = str_sub(piece, 0, piece.len - 1);
    if (piece.len && (out = take_line(&reading, piece, at, line, &spare, err)))
      out = err_at(err, at, err->column);
  }
  buf_free(&spare);
  *documents = reading.documents;
  *count = reading.count;
  return out;
}
