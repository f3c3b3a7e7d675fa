/* extract/match: the columns of a file against those of its schema. */
#include "extract/flat.h"

static ptrdiff_t find(const str *folded, size_t count, str name, struct arena *arena) {
  str wanted = header_fold(name, arena);
  for (size_t i = 0; i < count; i++)
    if (str_eq(folded[i], wanted)) return (ptrdiff_t)i;
  return -1;
}

static str heading(const struct field *field) { return field->as.len ? field->as : field->name; }

static str join_names(const str *names, size_t count, struct arena *arena) {
  struct buf text = buf_new(4000);
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add(&text, STR(", "));
    buf_add(&text, str_left_chars(str_trim(names[i]), 60));
  }
  str joined = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return joined;
}

static enum outcome refuse_columns(const struct record *record, const str *folded, size_t count,
                                   struct arena *arena, struct err *err) {
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    if (field->refused.len && find(folded, count, heading(field), arena) >= 0)
      return err_set(err, OUT_DATA, "%.*s", STR_ARG(field->refused));
  }
  return OUT_OK;
}

static const struct record *flat_record(const struct schema *schema) {
  const struct record *record = schema->records[0];
  while (record->once && record->kid_count) record = record->kids[0];
  return record;
}

/* The column that a file of rejected rows has besides (job/rejects.h). It comes back with the corrected copy,
 * and says nothing. */
static bool is_our_own(str folded, struct arena *arena) {
  return str_eq(folded, header_fold(STR("sluice-error"), arena));
}

enum outcome flat_match(const struct flat_settings *settings, const str *names, size_t count,
                        struct arena *arena, struct flat_header *header, const str **unknown,
                        size_t *unknown_count, struct err *err) {
  const struct record *record = flat_record(settings->schema);
  str *folded = ARENA_ARRAY(arena, str, count + 1), *others = NULL;
  size_t other_count = 0;
  for (size_t i = 0; i < count; i++) folded[i] = header_fold(str_trim(names[i]), arena);
  if (refuse_columns(record, folded, count, arena, err)) return err->outcome;
  header->field_count = count;
  header->column_at = ARENA_ARRAY(arena, size_t, settings->columns.count + 1);
  for (size_t i = 0; i < settings->columns.count; i++) {
    const struct field *field = settings->columns.fields[i];
    ptrdiff_t at = find(folded, count, heading(field), arena);
    header->column_at[i] = at < 0 ? SIZE_MAX : (size_t)at;
    if (at < 0 && !field->optional && !field->fallback)
      return err_set(err, OUT_DATA, "the column \"%.*s\" is missing; the file has: %.*s",
                     STR_ARG(field->name), STR_ARG(join_names(names, count, arena)));
    if (at >= 0 && find(folded + at + 1, count - (size_t)at - 1, heading(field), arena) >= 0)
      return err_set(err, OUT_DATA, "the column \"%.*s\" is there twice", STR_ARG(field->name));
  }
  for (size_t i = 0; i < count; i++) {
    bool known = !folded[i].len || is_our_own(folded[i], arena);
    for (const struct record *r = record; r && !known; r = r->kid_count ? r->kids[0] : NULL)
      for (size_t j = 0; j < r->field_count && !known; j++)
        known = str_eq(header_fold(heading(r->fields[j]), arena), folded[i]);
    if (!known) *ARENA_PUSH(arena, others, other_count) = arena_str(arena, str_trim(names[i]));
  }
  *unknown = others;
  *unknown_count = other_count;
  return OUT_OK;
}
