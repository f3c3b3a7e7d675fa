/* report/trail: the answer to `sluice why`: lines of outputs, rows of their source, and that the two tie. */
#include "report/trail.h"
#include "report/summary.h"
#include "report/page.h"
#include "report/table.h"

static str number(struct arena *arena, uint64_t n) {
  return arena_printf(arena, "%llu", (unsigned long long)n);
}

static str show(struct arena *arena, dec amount) {
  char text[DEC_TEXT_MOST];
  size_t len = dec_format(amount, text);
  return arena_str(arena, (str){ text, len });
}

/* Two blanks part NAME=VALUE texts. */
static bool next_field(str *rest, str *field) {
  *rest = str_trim(*rest);
  if (!rest->len) return false;
  size_t end = 0;
  while (end < rest->len && !(rest->at[end] == ' ' && end + 1 < rest->len && rest->at[end + 1] == ' ')) end++;
  *field = str_sub(*rest, 0, end);
  *rest = str_sub(*rest, end, rest->len);
  return true;
}

str trail_tie(str detail, dec amount) {
  str field;
  dec held;
  if (dec_sign(amount) < 0) amount = dec_negate(amount);
  while (next_field(&detail, &field)) {
    ptrdiff_t sign = str_find(field, '=');
    if (sign < 0) continue;
    str text = str_sub(field, (size_t)sign + 1, field.len);
    /* An account that is made of digits is no amount. */
    if (str_find(text, '.') < 0 || !dec_parse(text, DEC_POINT, &held)) continue;
    if (dec_sign(held) < 0) held = dec_negate(held);
    if (dec_compare(held, amount) == 0) return field;
  }
  return STR_NONE;
}

static str name_of(const struct proof_line *line, struct arena *arena) {
  if (!line->label.len) return line->record;
  return arena_printf(arena, "%.*s \"%.*s\"", STR_ARG(line->record), STR_ARG(line->label));
}

static void add_source(const struct trail *trail, struct buf *text) {
  buf_printf(text, "from %.*s", STR_ARG(trail->source));
  if (trail->key.len) buf_printf(text, ", key %.*s", STR_ARG(trail->key));
  buf_printf(text, ", kept as %.*s\n", STR_ARG(trail->original));
  if (trail->changed)
    buf_add(text,
            STR("Specs, sheets or settings were changed since the release: this is what they say today.\n"));
}

static void add_lines(const struct trail *trail, bool with_output, struct arena *arena, struct buf *text) {
  static const struct table_column columns[] = {
    { "line", true }, { "record", false }, { "rows", true }, { "sum", true }, { "fields", false }
  };
  struct table *table = NULL;
  for (size_t i = 0; i < trail->line_count; i++) {
    const struct trail_line *line = &trail->lines[i];
    bool first = !i || !str_eq(line->output, trail->lines[i - 1].output);
    if (first) {
      if (table) table_text(table, 2, text);
      table = table_new(arena, columns, sizeof columns / sizeof *columns);
      if (with_output) buf_printf(text, "\n%.*s\n", STR_ARG(line->output));
    }
    const struct proof_line *shown = &line->shown;
    table_row(table,
              (str[]){ number(arena, shown->line), name_of(shown, arena),
                       shown->rows ? with_commas(shown->rows, arena) : STR_NONE, shown->sum, shown->detail });
  }
  if (table) table_text(table, 2, text);
}

static const char *row_word(const struct trail *trail) { return trail->counts_records ? "record" : "row"; }

/* Of records there are no cells to be shown. */
static void add_rows(const struct trail *trail, struct arena *arena, struct buf *text) {
  const struct table_column columns[] = { { row_word(trail), true }, { "what stands in it", false } };
  struct table *table = table_new(arena, columns, trail->counts_records ? 1 : 2);
  for (size_t i = 0; i < trail->shown; i++)
    table_row(table, (str[]){ number(arena, trail->rows[i].row), trail->rows[i].cells });
  if (trail->shown) buf_char(text, '\n');
  table_text(table, 2, text);
  if (trail->row_count > trail->shown)
    buf_printf(text, "  and %.*s more\n", STR_ARG(with_commas(trail->row_count - trail->shown, arena)));
}

/* That the rows come to the line's amount is what is asked for: both sides are shown. */
static void add_tie(const struct trail *trail, struct arena *arena, struct buf *text) {
  str count = with_commas(trail->row_count, arena), field;
  buf_printf(text, "%.*s %s%s", STR_ARG(count), row_word(trail), trail->row_count == 1 ? "" : "s");
  if (!trail->has_sum) {
    buf_char(text, '\n');
    return;
  }
  str sum = show(arena, trail->sum);
  buf_printf(text, "%s to %.*s", trail->row_count == 1 ? " comes" : " come", STR_ARG(sum));
  field = trail_tie(trail->lines[0].shown.detail, trail->sum);
  ptrdiff_t sign = str_find(field, '=');
  if (sign > 0)
    buf_printf(text, " = %.*s %.*s\n", STR_ARG(str_sub(field, 0, (size_t)sign)),
               STR_ARG(str_sub(field, (size_t)sign + 1, field.len)));
  else buf_add(text, STR("; what the line holds is worked out of them\n"));
}

static void line_text(const struct trail *trail, struct arena *arena, struct buf *text) {
  const struct proof_line *line = &trail->lines[0].shown;
  struct page page = page_of(text);
  page_safe(&page, arena_printf(arena, "%.*s, line %llu: %.*s", STR_ARG(trail->asked),
                                (unsigned long long)line->line, STR_ARG(name_of(line, arena))));
  page_end(&page);
  if (trail->mirror_of.len)
    buf_printf(text, "It reverses the same line of %.*s:\n", STR_ARG(trail->mirror_of));
  page = page_of(text);
  page_to(&page, 2);
  page_wrap(&page, line->detail, 2);
  page_end(&page);
  page_end(&page);
  add_source(trail, text);
  add_tie(trail, arena, text);
  add_rows(trail, arena, text);
}

static void file_text(const struct trail *trail, struct arena *arena, struct buf *text) {
  buf_printf(text, "%.*s, %.*s %.*s\n", STR_ARG(trail->asked), STR_ARG(trail->state),
             STR_ARG(table_time(arena, trail->time)));
  if (trail->mirror_of.len)
    buf_printf(text, "It reverses %.*s, whose lines these are.\n", STR_ARG(trail->mirror_of));
  add_source(trail, text);
  buf_char(text, '\n');
  add_lines(trail, false, arena, text);
}

static void row_text(const struct trail *trail, struct arena *arena, struct buf *text) {
  struct page page = page_of(text);
  page_safe(&page, arena_printf(arena, "%.*s, %s %llu", STR_ARG(trail->source), row_word(trail),
                                (unsigned long long)trail->rows[0].row));
  page_end(&page);
  if (trail->rows[0].cells.len) {
    page_to(&page, 2);
    page_wrap(&page, trail->rows[0].cells, 2);
    page_end(&page);
  }
  page_end(&page);
  if (trail->changed)
    buf_add(text,
            STR("Specs, sheets or settings were changed since the release: this is what they say today.\n"));
  buf_printf(text, "It went to %s\n", trail->line_count ? "these lines:" : "no line of an output.");
  add_lines(trail, true, arena, text);
}

void trail_text(const struct trail *trail, struct buf *text) {
  struct arena *arena = arena_new();
  switch (trail->kind) {
  case TRAIL_FILE: file_text(trail, arena, text); break;
  case TRAIL_LINE: line_text(trail, arena, text); break;
  case TRAIL_ROW: row_text(trail, arena, text); break;
  }
  arena_free(arena);
}

/* --- JSON --- */

static void json_member(struct buf *text, const char *name, str shown) {
  buf_printf(text, ", \"%s\": ", name);
  json_text(text, shown);
}

static void json_line(const struct trail_line *line, struct buf *text) {
  buf_add(text, STR("  {\"output\": "));
  json_text(text, line->output);
  buf_printf(text, ", \"line\": %llu", (unsigned long long)line->shown.line);
  json_member(text, "record", line->shown.record);
  json_member(text, "label", line->shown.label);
  json_member(text, "fields", line->shown.detail);
  buf_printf(text, ", \"rows\": %llu", (unsigned long long)line->shown.rows);
  json_member(text, "sum", line->shown.sum);
  buf_char(text, '}');
}

void trail_json(const struct trail *trail, struct buf *text) {
  struct arena *arena = arena_new();
  buf_add(text, STR("{\"asked\": "));
  json_text(text, trail->asked);
  json_member(text, "source", trail->source);
  json_member(text, "key", trail->key);
  json_member(text, "original", trail->original);
  json_member(text, "state", trail->state);
  json_member(text, "time", trail->time);
  json_member(text, "reverses", trail->mirror_of);
  buf_printf(text, ", \"changed\": %s,\n \"lines\": [", trail->changed ? "true" : "false");
  for (size_t i = 0; i < trail->line_count; i++) {
    buf_add(text, i ? STR(",\n") : STR("\n"));
    json_line(&trail->lines[i], text);
  }
  buf_printf(text, "],\n \"row-count\": %llu", (unsigned long long)trail->row_count);
  if (trail->has_sum) {
    bool ties = trail_tie(trail->lines[0].shown.detail, trail->sum).len > 0;
    json_member(text, "sum", show(arena, trail->sum));
    buf_printf(text, ", \"ties\": %s", ties ? "true" : "false");
  }
  buf_add(text, STR(", \"rows\": ["));
  for (size_t i = 0; i < trail->shown; i++) {
    buf_printf(text, "%s\n  {\"row\": %llu", i ? "," : "", (unsigned long long)trail->rows[i].row);
    json_member(text, "cells", trail->rows[i].cells);
    buf_char(text, '}');
  }
  buf_add(text, STR("]}\n"));
  arena_free(arena);
}
