/* job/compare_rows: two rows files (load/rows.c), document against document: what only one of them has. */
#include "base/map.h"
#include "job/batch.h"
#include "load/rows_read.h"

enum { SHOWN_MOST = 200 };

struct document {
  struct rows_document *sides[2]; /* then, now; NULL: not there */
};

struct comparing {
  struct arena *arena;
  struct map *documents; /* by key, as the files have them */
  struct rows_reader *readers[2];
  struct buf *text;
  size_t shown;
};

static enum outcome read_side(struct comparing *comparing, size_t side, const char *path, struct err *err) {
  struct rows_document each;
  enum outcome out = rows_open(path, &comparing->readers[side], err);
  while (!out && !(out = rows_next(comparing->readers[side], comparing->arena, &each, err))) {
    void **place = map_put(comparing->documents, each.key);
    if (!*place) *place = ARENA_NEW(comparing->arena, struct document);
    struct document *document = *place;
    document->sides[side] = ARENA_NEW(comparing->arena, struct rows_document);
    *document->sides[side] = each;
  }
  return out == OUT_END ? OUT_OK : out;
}

static void show(struct comparing *comparing, size_t side, str line) {
  if (comparing->shown++ < SHOWN_MOST) buf_printf(comparing->text, "%c %.*s\n", "-+"[side], STR_ARG(line));
}

/* The n-th row of the kind, as LineRef and the like are counted. */
static const struct rows_row *row_of(const struct rows_document *document, str kind, size_t nth) {
  for (size_t i = 0; i < document->count; i++)
    if (str_eq(document->rows[i].kind->name, kind) && !nth--) return &document->rows[i];
  return NULL;
}

static size_t ordinal(const struct rows_document *document, const struct rows_row *row) {
  size_t before = 0;
  for (const struct rows_row *each = document->rows; each < row; each++)
    before += str_eq(each->kind->name, row->kind->name);
  return before;
}

static const struct rows_cell *cell_of(const struct rows_row *row, str column) {
  static const struct rows_cell absent = { 0 };
  for (size_t i = 0; i < row->kind->count; i++)
    if (str_eq(row->kind->columns[i].name, column)) return &row->cells[i];
  return &absent;
}

static bool same_cell(const struct rows_cell *a, const struct rows_cell *b) {
  return a->form == b->form && str_eq(a->text, b->text);
}

static void show_cell(struct comparing *comparing, size_t side, str at, str column,
                      const struct rows_cell *cell) {
  const char *quote = cell->form == ROWS_TEXT ? "\"" : "";
  str text = cell->form == ROWS_ASSIGNED ? STR("@") : cell->text;
  if (cell->form == ROWS_ABSENT) return;
  show(comparing, side,
       arena_printf(comparing->arena, "%.*s: %.*s = %s%.*s%s", STR_ARG(at), STR_ARG(column), quote,
                    STR_ARG(text), quote));
}

static bool has_column(const struct rows_row *row, str column) {
  for (size_t i = 0; i < row->kind->count; i++)
    if (str_eq(row->kind->columns[i].name, column)) return true;
  return false;
}

/* Columns that both have are told where the row of then is looked at. */
static void compare_cells(struct comparing *comparing, size_t side, str at, const struct rows_row *row,
                          const struct rows_row *other) {
  for (size_t i = 0; i < row->kind->count; i++) {
    str column = row->kind->columns[i].name;
    const struct rows_cell *mine = &row->cells[i], *theirs = cell_of(other, column);
    if (same_cell(mine, theirs) || (side && has_column(other, column))) continue;
    show_cell(comparing, side, at, column, mine);
    show_cell(comparing, 1 - side, at, column, theirs);
  }
}

static void compare_rows_of(struct comparing *comparing, const struct document *document, size_t side) {
  const struct rows_document *mine = document->sides[side], *theirs = document->sides[1 - side];
  for (size_t i = 0; i < mine->count; i++) {
    const struct rows_row *row = &mine->rows[i];
    size_t nth = ordinal(mine, row);
    const struct rows_row *other = row_of(theirs, row->kind->name, nth);
    str at = arena_printf(comparing->arena, "%.*s, %.*s %zu", STR_ARG(mine->key), STR_ARG(row->kind->name),
                          nth + 1);
    if (!other) show(comparing, side, arena_printf(comparing->arena, "%.*s: the whole row", STR_ARG(at)));
    else compare_cells(comparing, side, at, row, other);
  }
}

static void compare_document(struct comparing *comparing, str key, const struct document *document) {
  for (size_t side = 0; side < 2; side++) {
    if (document->sides[0] && document->sides[1]) compare_rows_of(comparing, document, side);
    else if (document->sides[side])
      show(comparing, side,
           arena_printf(comparing->arena, "%.*s: the whole document, %zu rows", STR_ARG(key),
                        document->sides[side]->count));
  }
}

enum outcome compare_rows(const char *old_path, const char *new_path, struct buf *text, struct err *err) {
  struct comparing comparing = { .arena = arena_new(), .text = text };
  comparing.documents = map_new(comparing.arena);
  enum outcome out = read_side(&comparing, 0, old_path, err);
  if (!out) out = read_side(&comparing, 1, new_path, err);
  for (size_t i = 0; !out && i < map_count(comparing.documents); i++) {
    const struct map_entry *each = map_at(comparing.documents, i);
    compare_document(&comparing, each->key, each->value);
  }
  if (comparing.shown > SHOWN_MOST)
    buf_printf(text, "... and %zu more lines\n", comparing.shown - SHOWN_MOST);
  for (size_t i = 0; i < 2; i++) rows_close(comparing.readers[i]);
  arena_free(comparing.arena);
  return out;
}
