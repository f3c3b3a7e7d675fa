/* job/mirror: the mirror of a Transaction Import journal: what was debited is credited, and the other way
 * round. */
#include "job/mirror.h"
#include "codec/ti.h"
#include "io/charset.h"

static const str prefix = { "Reversal of ", sizeof "Reversal of " - 1 };
enum { LINE_MOST = 1 << 20, SHOWN_MOST = 32, LINES_LOOKED_AT = 8 };

struct work {
  const struct schema *schema;
  const struct calendar *calendar;
  struct arena *arena;
  struct buf *out, spare;
  struct mirror *mirror;
  struct ti_line *line; /* large: not on the stack */
  const struct record *record;
  bool one_byte; /* each character is one byte */
};

static const struct record *by_word(struct record *const *records, size_t count, str word) {
  for (size_t i = 0; i < count; i++) {
    const struct record *record = records[i], *below;
    str own = record->word.len ? record->word : record->name;
    if (record->field_count && str_eq(own, word)) return record;
    if ((below = by_word(record->kids, record->kid_count, word))) return below;
  }
  return NULL;
}

/* One line without its end, which is given back in *end. */
static bool next_line(str *rest, str *line, str *end) {
  str whole = *rest;
  if (!str_split(rest, '\n', line)) return false;
  if (line->len && line->at[line->len - 1] == '\r') line->len--;
  *end = str_sub(whole, line->len, whole.len - rest->len);
  return true;
}

static enum outcome read_line(struct work *work, str text, struct err *err) {
  if (ti_read_line(text, work->line, &work->spare, err)) return err->outcome;
  work->record = by_word(work->schema->records, work->schema->record_count, work->line->word);
  if (!work->record)
    return err_set(err, OUT_DATA, "\"%.*s\" is no level word of %.*s", STR_ARG(work->line->word),
                   STR_ARG(work->schema->name));
  if (work->line->count != work->record->field_count)
    return err_set(err, OUT_DATA, "%zu fields, the schema's %.*s has %zu: the layout was changed since",
                   work->line->count, STR_ARG(work->record->name), work->record->field_count);
  return OUT_OK;
}

bool mirror_knows(const struct schema *schema, str text) {
  struct arena *arena = arena_new();
  struct work work = { .schema = schema, .spare = buf_new(LINE_MOST) };
  struct err unread = { 0 };
  str line, end;
  size_t count = 0;
  bool known = schema->format == FORMAT_TI;
  work.line = ARENA_NEW(arena, struct ti_line);
  while (known && count < LINES_LOOKED_AT && next_line(&text, &line, &end) && (!count || end.len)) {
    known = ti_read_line(line, work.line, &work.spare, &unread) == OUT_OK &&
            by_word(schema->records, schema->record_count, work.line->word);
    count++;
  }
  buf_free(&work.spare);
  arena_free(arena);
  return known && count;
}

static enum outcome add_sum(dec *sum, str text, const struct field *field, struct err *err) {
  dec amount;
  if (!text.len) return OUT_OK;
  if (dec_parse(text, DEC_PLAIN, &amount) && dec_add(*sum, amount, sum)) return OUT_OK;
  err_set(err, OUT_DATA, "\"%.*s\" is not an amount", STR_ARG(text));
  return err_of_field(err, field->record->name, field->name);
}

static enum outcome sum_line(const struct work *work, struct mirror_sums *sums, struct err *err) {
  const struct field *debit = record_field(work->record, STR("DrAmt")),
                     *credit = record_field(work->record, STR("CrAmt"));
  if (!debit || !credit) return OUT_OK;
  sums->lines++;
  if (add_sum(&sums->debits, work->line->fields[debit->index], debit, err)) return err->outcome;
  return add_sum(&sums->credits, work->line->fields[credit->index], credit, err);
}

static str describe(const struct work *work, const struct field *field, str text) {
  str all = arena_printf(work->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(text));
  size_t most = field->type.size > 0 ? (size_t)field->type.size : all.len;
  if (!work->one_byte) return str_left_chars(all, most);
  return str_sub(all, 0, all.len < most ? all.len : most);
}

/* Rows of a closed period may not be posted there; the mirror's stand where the next open one begins (R7). */
static enum outcome open_period(struct work *work, const struct field *field, str *text, struct err *err) {
  int32_t period, open;
  str pattern = field->type.pattern.len ? field->type.pattern : STR("YYYYPP");
  if (!work->calendar || !text->len) return OUT_OK;
  if (!period_parse(*text, pattern, &period))
    return err_set(err, OUT_DATA, "\"%.*s\" is not a period", STR_ARG(*text));
  work->mirror->period = *text;
  if (calendar_is_open(work->calendar, period)) return OUT_OK;
  if (!calendar_first_open(work->calendar, period, &open))
    return err_set(err, OUT_DATA, "period %.*s is closed, and no later one is open", STR_ARG(*text));
  char *shown = arena_alloc(work->arena, SHOWN_MOST);
  *text = (str){ shown, period_format(open, pattern, shown, SHOWN_MOST) };
  work->mirror->moved_to = *text;
  return OUT_OK;
}

static enum outcome change_fields(struct work *work, struct err *err) {
  const struct record *record = work->record;
  str *fields = work->line->fields;
  const struct field *debit = record_field(record, STR("DrAmt")),
                     *credit = record_field(record, STR("CrAmt")),
                     *period = record_field(record, STR("PerPost")),
                     *descr = record_field(record, STR("Descr"));
  if (debit && credit) {
    str kept = fields[debit->index];
    fields[debit->index] = fields[credit->index];
    fields[credit->index] = kept;
  }
  if (descr && period) fields[descr->index] = describe(work, descr, fields[descr->index]);
  return period ? open_period(work, period, &fields[period->index], err) : OUT_OK;
}

static void write_line(struct work *work, str end) {
  bool changed = false;
  ti_write_text(work->out, work->line->word, &changed);
  for (size_t i = 0; i < work->line->count; i++) {
    enum type type = work->record->fields[i]->type.type;
    str text = work->line->fields[i];
    ti_comma(work->out);
    if (!text.len) continue;
    if (type == TYPE_TEXT || type == TYPE_ANY) ti_write_text(work->out, text, &changed);
    else ti_write_bare(work->out, text);
  }
  buf_add(work->out, end);
}

static enum outcome mirror_lines(struct work *work, str text, struct err *err) {
  str line, end;
  for (uint64_t number = 1; next_line(&text, &line, &end); number++) {
    if (!line.len) continue;
    if (read_line(work, line, err) || sum_line(work, &work->mirror->original, err) ||
        change_fields(work, err))
      return err_at(err, number, 0);
    write_line(work, end);
  }
  return work->out->full ? err_set(err, OUT_DATA, "the journal is too large to be mirrored") : OUT_OK;
}

/* What was written is read back: the tie is between two files, not between two variables. */
static enum outcome read_back(struct work *work, str text, struct err *err) {
  str line, end;
  while (next_line(&text, &line, &end))
    if (line.len && (read_line(work, line, err) || sum_line(work, &work->mirror->mirrored, err)))
      return err->outcome;
  const struct mirror_sums *a = &work->mirror->original, *b = &work->mirror->mirrored;
  if (dec_compare(a->debits, a->credits) != 0)
    return err_set(err, OUT_DATA, "its debits and its credits differ");
  if (!a->lines) return err_set(err, OUT_DATA, "it has no line with a debit and a credit");
  if (a->lines == b->lines && !dec_compare(a->debits, b->credits) && !dec_compare(a->credits, b->debits))
    return OUT_OK;
  return err_set(err, OUT_BUG, "the mirror does not tie to its journal");
}

enum outcome mirror_text(const struct schema *schema, const struct calendar *calendar, str text,
                         struct arena *arena, struct buf *out, struct mirror *mirror, struct err *err) {
  const dec zero = dec_of(0);
  struct work work = { .schema = schema, .calendar = calendar, .arena = arena, .out = out, .mirror = mirror };
  enum charset charset = CHARSET_UTF_8;
  str stated = schema_option_word(schema, "charset", 0);
  if (stated.len) charset_by_name(stated, &charset);
  *mirror = (struct mirror){ .original = { 0, zero, zero }, .mirrored = { 0, zero, zero } };
  work.one_byte = charset == CHARSET_WINDOWS_1252;
  work.spare = buf_new(LINE_MOST);
  work.line = ARENA_NEW(arena, struct ti_line);
  enum outcome got = mirror_lines(&work, text, err);
  if (!got) got = read_back(&work, buf_str(out), err);
  buf_free(&work.spare);
  return got;
}
