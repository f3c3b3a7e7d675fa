/* extract/nested: the rows of a TSV or CSV file as records with records below them. */
#include "extract/nested.h"

enum { COLUMNS_MOST = 400, BATCH_BYTES = 256 * 1024 };

struct column {
  size_t shape;
  ptrdiff_t cell; /* in its shape; -1: only compared */
  bool is_key;    /* tells one record of its shape from the next */
};

struct nested {
  struct shapes shapes;
  struct arena *arena;
  struct flat *flat;
  struct flat_chunk *chunk;
  struct rows rows;
  size_t row; /* the next one of `rows` */
  bool at_end;
  const struct field *fields[COLUMNS_MOST];
  struct column columns[COLUMNS_MOST];
  size_t column_count;
  size_t chain[SHAPES_MOST], depth; /* shapes from the streamed one to the innermost */
  struct buf before[SHAPES_MOST];   /* what told the open record of each shape */
  struct buf key;                   /* of the row at hand */
  struct rec *open[SHAPES_MOST];
  uint64_t number; /* of the row, from 1 below the header */
};

static bool is_listed(const struct record *record, str name) {
  for (size_t i = 0; i < record->key_count; i++)
    if (str_eq(record->keys[i], name)) return true;
  return false;
}

/* A column that is only compared may be missing. */
static const struct field *compared(struct nested *nested, const struct field *field) {
  struct field *copy = ARENA_NEW(nested->arena, struct field);
  *copy = *field;
  copy->optional = true;
  return copy;
}

static enum outcome add_columns(struct nested *nested, size_t index, bool innermost, struct err *err) {
  const struct shape *shape = &nested->shapes.items[index];
  const struct record *record = shape->record;
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    struct column column = { index, -1,
                             !innermost && (!record->key_count || is_listed(record, field->name)) };
    for (size_t j = 0; j < shape->field_count; j++)
      if (shape->fields[j] == field) column.cell = (ptrdiff_t)j;
    if (column.cell < 0 && !column.is_key && !innermost) continue;
    if (nested->column_count == COLUMNS_MOST)
      return err_set(err, OUT_SPEC, "more than %d columns", COLUMNS_MOST);
    nested->fields[nested->column_count] = column.cell < 0 ? compared(nested, field) : field;
    nested->columns[nested->column_count++] = column;
  }
  return OUT_OK;
}

/* From the streamed record down; a file of rows has one kind of record on each level. */
static void find_chain(struct nested *nested) {
  for (size_t at = nested->shapes.streamed, next = at; next; at = next) {
    nested->chain[nested->depth++] = at;
    next = 0;
    for (size_t i = at + 1; i < nested->shapes.count && !next; i++)
      if (nested->shapes.items[i].record && nested->shapes.items[i].parent == at) next = i;
  }
}

enum outcome nested_open(const char *path, const struct schema *schema, const struct shapes *shapes,
                         enum charset charset, struct in_limits limits, struct nested **made,
                         struct err *err) {
  struct nested *nested = *made = mem_alloc(sizeof *nested);
  *nested = (struct nested){ .shapes = *shapes, .arena = arena_new() };
  for (size_t i = 0; i < SHAPES_MOST; i++) nested->before[i] = buf_new(1 << 20);
  nested->key = buf_new(1 << 20);
  find_chain(nested);
  for (size_t i = 0; i < nested->depth; i++)
    if (add_columns(nested, nested->chain[i], i + 1 == nested->depth, err)) return err->outcome;
  struct flat_settings settings = { .schema = schema, .charset = charset, .limits = limits };
  settings.columns = (struct flat_columns){ nested->fields, nested->column_count };
  if (flat_open(path, &settings, &nested->flat, err)) return err->outcome;
  nested->chunk = flat_chunk_new(nested->flat);
  return OUT_OK;
}

void nested_close(struct nested *nested) {
  if (!nested) return;
  flat_chunk_free(nested->chunk);
  flat_close(nested->flat);
  for (size_t i = 0; i < SHAPES_MOST; i++) buf_free(&nested->before[i]);
  buf_free(&nested->key);
  arena_free(nested->arena);
  mem_free(nested);
}

struct flat *nested_flat(const struct nested *nested) {
  return nested->flat;
}

/* --- rows to records --- */

static str cell_at(const struct nested *nested, size_t column) {
  return rows_cell(&nested->rows, column, nested->row);
}

/* Good until the next one. */
static str key_of(struct nested *nested, size_t shape) {
  buf_clear(&nested->key);
  for (size_t i = 0; i < nested->column_count; i++) {
    if (nested->columns[i].shape != shape || !nested->columns[i].is_key) continue;
    buf_add(&nested->key, str_trim(cell_at(nested, i)));
    buf_char(&nested->key, '\0');
  }
  return buf_str(&nested->key);
}

/* True when the row's record of this shape is the one that is open; else what tells it is kept. */
static bool is_same(struct nested *nested, size_t shape) {
  str key = key_of(nested, shape);
  bool same = nested->open[shape] && str_eq(key, buf_str(&nested->before[shape]));
  buf_clear(&nested->before[shape]);
  buf_add(&nested->before[shape], key);
  return same;
}

/* From a level on, nothing stands in the row. */
static bool is_empty(const struct nested *nested, size_t depth) {
  for (size_t i = 0; i < nested->column_count; i++) {
    bool below = false;
    for (size_t j = depth; j < nested->depth; j++)
      below = below || nested->columns[i].shape == nested->chain[j];
    if (below && str_trim(cell_at(nested, i)).len) return false;
  }
  return true;
}

static void begin(struct nested *nested, struct tree_batch *batch, size_t depth) {
  size_t shape = nested->chain[depth];
  struct rec *parent = depth ? nested->open[nested->chain[depth - 1]] : NULL;
  struct rec *rec = nested->open[shape] = tree_open(batch->tree, shape, parent);
  rec->row = nested->number << TREE_ROW_BITS;
  for (size_t i = 0; i < nested->column_count; i++)
    if (nested->columns[i].shape == shape && nested->columns[i].cell >= 0)
      tree_cell(batch->tree, rec, (size_t)nested->columns[i].cell, cell_at(nested, i));
  if (depth) return;
  size_t flaws = batch->count;
  struct arena *arena = tree_arena(batch->tree);
  *ARENA_PUSH(arena, batch->flaws, flaws) = NULL;
  *ARENA_PUSH(arena, batch->items, batch->count) = rec;
}

static const char *flaw_of(const struct nested *nested) {
  uint8_t flaw = nested->rows.flaw ? nested->rows.flaw[nested->row] : ROW_GOOD;
  return flaw == ROW_GOOD ? NULL : row_flaw_text(flaw);
}

/* From the first level on that is another record, all below it are new. */
static void add_row(struct nested *nested, struct tree_batch *batch) {
  bool same = true;
  for (size_t depth = 0; depth < nested->depth; depth++) {
    size_t shape = nested->chain[depth];
    bool innermost = depth + 1 == nested->depth;
    if (!same) nested->open[shape] = NULL;
    same = !innermost && is_same(nested, shape) && same;
    if (same) continue;
    if (depth && is_empty(nested, depth)) {
      nested->open[shape] = NULL;
      break;
    }
    begin(nested, batch, depth);
  }
  struct rec *whole = batch->items[batch->count - 1];
  if (flaw_of(nested)) batch->flaws[batch->count - 1] = flaw_of(nested);
  whole->rows++;
}

/* A batch ends only between two records: the row at hand begins another one. */
static bool is_full(struct nested *nested, const struct tree_batch *batch) {
  size_t first = nested->chain[0];
  if (arena_size(tree_arena(batch->tree)) < BATCH_BYTES) return false;
  if (nested->depth == 1) return true;
  return !str_eq(key_of(nested, first), buf_str(&nested->before[first]));
}

enum outcome nested_next(struct nested *nested, struct tree_batch *batch, struct err *err) {
  *batch = (struct tree_batch){ .tree = tree_new(&nested->shapes) };
  enum outcome out = OUT_OK;
  while (!nested->at_end) {
    if (nested->row == nested->rows.count) {
      nested->row = 0;
      out = flat_next(nested->flat, nested->chunk, &nested->rows, err);
      if (out) nested->rows.count = 0;
      if (out == OUT_END) nested->at_end = true, out = OUT_OK;
      else if (out) break;
      continue;
    }
    if (batch->count && is_full(nested, batch)) break;
    if (arena_size(tree_arena(batch->tree)) > TREE_MOST + BATCH_BYTES) {
      out = err_set(err, OUT_DATA, "one record takes more than %d MiB (it goes on in row %llu)",
                    TREE_MOST >> 20, (unsigned long long)nested->number + 1);
      break;
    }
    nested->number++;
    add_row(nested, batch);
    nested->row++;
  }
  if (!out && !batch->count) out = OUT_END;
  if (out) tree_free(batch->tree), *batch = (struct tree_batch){ 0 };
  else
    for (size_t i = 0; i < nested->depth; i++) nested->open[nested->chain[i]] = NULL;
  return out;
}
