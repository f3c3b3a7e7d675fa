/* job/why: an output line back to the source rows that made it, and a source row forward. */
#include "job/exec_trees.h"
#include "job/naming.h"
#include "job/why_internal.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER_MOST = 1 << 20, CELLS_MOST = 1 << 20, CHUNKS_MOST = 1 << 24 };

/* --- rows of a line --- */

static str show_cells(struct arena *arena, str cells) {
  struct buf text = buf_new(CELLS_MOST);
  str piece;
  while (str_split(&cells, '\t', &piece)) {
    if (!str_trim(piece).len) continue;
    if (text.len) buf_add(&text, STR("  "));
    buf_add(&text, piece);
  }
  str shown = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return shown;
}

static const struct field *summed_field(const struct asked *asked) {
  const struct program *program = asked->feed->programs[0];
  if (asked->feed->program_count > 1) return NULL;
  const struct group *group = asked->wanted->line.group ? asked->wanted->line.group : program->file;
  for (size_t i = 0; i < group->aggregate_count; i++) {
    const struct aggregate *aggregate = group->aggregates[i];
    if (aggregate->kind == AGG_SUM && !aggregate->where)
      return aggregate->of->op == OP_COLUMN ? aggregate->of->field : NULL;
  }
  return NULL;
}

/* Where the summed column stands in the file; only TSV has cells that can be counted without a reader. */
static enum outcome find_column(struct asked *asked, struct err *err) {
  const struct field *field = summed_field(asked);
  if (!field || asked->feed->programs[0]->from->format != FORMAT_TSV) return OUT_OK;
  struct in *in;
  size_t got = 0;
  if (in_open(asked->original, in_default_limits, &in, err)) return err->outcome;
  char *block = mem_alloc(HEADER_MOST);
  enum outcome out = in_read(in, block, HEADER_MOST, &got, err);
  in_close(in);
  str text = { block, got }, line, name, wanted = header_fold(field->name, asked->arena);
  if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_sub(text, 3, text.len);
  if (!str_split(&text, '\n', &line)) line = STR_NONE;
  for (size_t at = 0; !asked->summed && str_split(&line, '\t', &name); at++)
    if (str_eq(header_fold(str_trim(name), asked->arena), wanted)) asked->summed = true, asked->column = at;
  mem_free(block);
  return out == OUT_END ? OUT_OK : out;
}

static void add_amount(struct asked *asked, str cells) {
  struct why *why = asked->why;
  str cell = STR_NONE;
  dec amount;
  for (size_t i = 0; i <= asked->column; i++)
    if (!str_split(&cells, '\t', &cell)) return; /* a short row: absent */
  if (!str_trim(cell).len) return;
  if (!dec_parse(cell, asked->result.notation.decimal, &amount) || !dec_add(why->sum, amount, &why->sum))
    why->has_sum = false;
}

static bool is_wanted_key(const struct why_line *line, const struct group *group, str key) {
  if (line->unknown) return false;
  if (line->line.source) return group == line->line.source && str_eq(key, line->line.source_key);
  if (line->line.group) return group == line->line.group && str_eq(key, line->line.key);
  return !group->block; /* the file's own lines: every row */
}

static void hit(void *user, const struct group *group, str key, uint64_t place, str cells) {
  struct asked *asked = user;
  struct why *why = asked->why;
  if (!is_wanted_key(asked->wanted, group, key)) return;
  if (why->kept && why->rows[why->kept - 1].row == place) return; /* once for each sum of its group */
  why->row_count++;
  if (why->has_sum) add_amount(asked, cells);
  if (why->kept < WHY_ROWS_SHOWN)
    *ARENA_PUSH(asked->arena, why->rows, why->kept) =
        (struct why_row){ place, show_cells(asked->arena, cells) };
}

static int by_number(const void *a, const void *b) {
  uint64_t x = ((const struct why_row *)a)->row, y = ((const struct why_row *)b)->row;
  return (x > y) - (x < y);
}

/* Sorted, each once. */
static void settle_rows(struct why *why) {
  size_t kept = 0;
  if (why->kept) qsort(why->rows, why->kept, sizeof *why->rows, by_number);
  for (size_t i = 0; i < why->kept; i++)
    if (!kept || why->rows[kept - 1].row != why->rows[i].row) why->rows[kept++] = why->rows[i];
  if (why->row_count == why->kept) why->row_count = kept;
  why->kept = kept;
}

static void rows_traced(struct asked *asked) {
  const struct outlet_line *line = &asked->wanted->line;
  struct why *why = asked->why;
  why->kept = 0;
  for (size_t i = 0; i < line->place_count && why->kept < WHY_ROWS_SHOWN; i++)
    *ARENA_PUSH(asked->arena, why->rows, why->kept) = (struct why_row){ line->places[i], STR_NONE };
  why->row_count = line->place_count;
  settle_rows(why);
}

static enum outcome rows_of_line(struct asked *asked, str output, uint64_t number, struct err *err) {
  struct why *why = asked->why;
  const struct why_line *wanted = NULL;
  for (size_t i = 0; i < why->line_count; i++)
    if (str_eq(why->lines[i].output, output) && why->lines[i].first <= number &&
        number <= why->lines[i].line.last)
      wanted = &why->lines[i];
  if (!wanted)
    return err_set(err, OUT_DATA, "%.*s has no record in line %llu", STR_ARG(output),
                   (unsigned long long)number);
  why->lines[0] = *wanted;
  why->line_count = 1;
  asked->wanted = &why->lines[0];
  if (wanted->line.place_count) {
    why->has_sum = false;
    return rows_traced(asked), OUT_OK;
  }
  if (wanted->unknown)
    return err_set(err, OUT_DATA, "%.*s, line %llu, is a sum of sums: which rows it came of is not known",
                   STR_ARG(output), (unsigned long long)number);
  if (find_column(asked, err) || why_run(asked, hit, err)) return err->outcome;
  for (size_t i = 0; i < why->kept; i++) why->rows[i].row = exec_row_number(&asked->result, why->rows[i].row);
  settle_rows(why);
  return OUT_OK;
}

static void only_of(struct why *why, str output) {
  size_t kept = 0;
  for (size_t i = 0; i < why->line_count; i++)
    if (str_eq(why->lines[i].output, output)) why->lines[kept++] = why->lines[i];
  why->line_count = kept;
}

enum outcome why_output(struct site *site, struct ledger *ledger, str output, uint64_t line, struct why *why,
                        struct err *err) {
  *why = (struct why){ 0 };
  struct asked asked = { .site = site, .ledger = ledger, .arena = site->arena, .why = why };
  str name = naming_released(site->arena, output);
  asked.entry = ledger_by_output(ledger, name);
  if (why_is_event(asked.entry, "reversed")) {
    name = why->mirror_of = why_mirrored_by(asked.entry, name);
    asked.entry = ledger_by_output(ledger, name);
  }
  if (!asked.entry && why_find_source(ledger, output))
    return err_set(err, OUT_DATA, "%.*s is a source, not an output: which row of it? as: sluice why %.*s 2",
                   STR_ARG(output), STR_ARG(output));
  if (!asked.entry) return err_set(err, OUT_DATA, "%.*s was not released by this site", STR_ARG(output));
  asked.traces = line > 0;
  enum outcome out = why_find_lines(&asked, err);
  if (!out && line) out = rows_of_line(&asked, name, line, err);
  else if (!out) only_of(why, name);
  why_end(&asked);
  return out;
}

/* --- lines of a row --- */

/* Chunk by chunk: the row numbers at which they start are known after a run. */
static uint64_t place_of_row(const struct exec_result *result, uint64_t row) {
  uint64_t chunk = 0, start = 1;
  while (chunk < CHUNKS_MOST) {
    uint64_t next = exec_row_number(result, (chunk + 1) << 24);
    if (next < start || next > row) break; /* behind the last chunk it begins at 1 again */
    start = next;
    chunk++;
  }
  return chunk << 24 | (row - start);
}

static void note(void *user, const struct group *group, str key, uint64_t place, str cells) {
  struct asked *asked = user;
  struct why *why = asked->why;
  if (asked->is_trees ? tree_number(place) != asked->place : place != asked->place) return;
  *ARENA_PUSH(asked->arena, asked->noted, asked->noted_count) =
      (struct noted){ group, arena_str(asked->arena, key) };
  if (why->kept) return;
  *ARENA_PUSH(asked->arena, why->rows, why->kept) =
      (struct why_row){ place, show_cells(asked->arena, cells) };
  why->row_count = 1;
}

static bool went_to(const struct asked *asked, const struct why_line *line, uint64_t row) {
  for (size_t i = 0; i < line->line.place_count; i++)
    if (line->line.places[i] == row) return true;
  for (size_t i = 0; i < asked->noted_count && !line->line.place_count; i++)
    if (is_wanted_key(line, asked->noted[i].group, asked->noted[i].key)) return true;
  return false;
}

enum outcome why_source(struct site *site, struct ledger *ledger, str source, uint64_t row, struct why *why,
                        struct err *err) {
  *why = (struct why){ 0 };
  struct asked asked = { .site = site, .ledger = ledger, .arena = site->arena, .why = why };
  asked.entry = why_find_source(ledger, source);
  if (!asked.entry)
    return err_set(err, OUT_DATA, "no source %.*s was released by this site", STR_ARG(source));
  asked.traces = true;
  enum outcome out = row ? why_find_lines(&asked, err) : OUT_OK;
  if (!out && row) {
    asked.is_trees = exec_is_trees(asked.feed->programs[0]);
    asked.place = asked.is_trees ? row : place_of_row(&asked.result, row);
    out = why_run(&asked, note, err);
  }
  for (size_t i = 0; i < why->line_count && !out && !why->kept; i++)
    if (went_to(&asked, &why->lines[i], row)) {
      *ARENA_PUSH(asked.arena, why->rows, why->kept) = (struct why_row){ row, STR_NONE };
      why->row_count = 1;
    }
  if (!out && !why->kept)
    out = err_set(err, OUT_DATA,
                  why->counts_records
                      ? "%.*s has no record %llu that went into an output; lines are not counted"
                      : "%.*s has no row %llu that went into an output",
                  STR_ARG(source), (unsigned long long)row);
  size_t kept = 0;
  for (size_t i = 0; i < why->line_count && !out; i++)
    if (went_to(&asked, &why->lines[i], row)) why->lines[kept++] = why->lines[i];
  why->line_count = kept;
  if (!out) why->rows[0].row = row;
  why_end(&asked);
  return out;
}
