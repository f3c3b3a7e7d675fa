/* model/tree: source records with records below them, on their way from a reader to the executor.
 *
 * XML, JSON, nested CSV and what SL's tables hold are trees: order > item >
 * price. A reader hands out one streamed record at a time (an order), with all
 * that is below it, and above it the records that a file has once. Only the
 * fields that the plan uses are kept, as texts or, when another transform wrote
 * them, as values.
 *
 *   shapes: 0 file, 1 envelope (once), 2 order (streamed), 3 item, 4 price
 *   struct rec *order = tree_open(tree, 2, NULL);
 *   tree_cell(tree, order, 0, STR("111-..."));
 *   struct rec *item = tree_open(tree, 3, order);
 *
 * Everything lives in the tree's memory until the next tree_clear. One streamed
 * record may take 16 MiB; more is OUT_DATA.
 */
#ifndef SLUICE_MODEL_TREE_H
#define SLUICE_MODEL_TREE_H

#include "model/schema.h"

struct tree;
struct level; /* the executor's own (transform/program.h): passed through */
struct rec;

struct recs {
  struct rec **items;
  size_t count;
};

/* One source record. Cells are in the order of its shape's fields (of a lookup with `many`: its take columns,
 * as values). */
struct rec {
  const struct level *level;
  struct rec *parent;
  const str *cells;       /* at == NULL: absent */
  const value *values;    /* instead of cells, when not NULL */
  struct recs *below;     /* by shape index; NULL when nothing is below */
  uint64_t row;           /* its place in the file, for first, last and messages */
  uint32_t rows;          /* of a streamed one: rows of the file that it was made of; 0: not rows */
  const uint64_t *others; /* of a streamed one that was made of a group: the places of its other rows */
  size_t other_count;
};

/* Some streamed records, in the order of the file. */
struct tree_batch {
  struct rec **items;
  const char **flaws; /* by record: what makes it unusable, for its reject; NULL: nothing */
  size_t count;
  struct tree *tree; /* that holds them */
};

/* Of a record's place: the number of the streamed record in the file, from 1. What no single row is known of
 * has none. */
enum { TREE_ROW_BITS = 24 };
#define TREE_NO_ROW UINT64_MAX
static inline uint64_t tree_number(uint64_t row) { return row >> TREE_ROW_BITS; }

/* One kind of source record, as the plan uses it. */
struct shape {
  const struct level *level;
  const struct record *record; /* NULL: the file */
  const struct field *const *fields;
  size_t field_count;
  size_t parent; /* its place among the shapes, which is its level's index too; the file's is 0 */
  bool once;
};

struct shapes {
  const struct shape *items;
  size_t count;
  size_t streamed; /* the first below those that a file has once */
};

enum { TREE_MOST = 16 * 1024 * 1024, SHAPES_MOST = 24 };

struct tree *tree_new(const struct shapes *shapes);
/* A new record; its parent lists it, unless it is the streamed one or one that a file has once. */
struct rec *tree_open(struct tree *tree, size_t shape, struct rec *parent);
/* Copies. False: the field has a text already. */
bool tree_cell(struct tree *tree, struct rec *rec, size_t field, str text);
struct arena *tree_arena(struct tree *tree);
void recs_add(struct recs *recs, struct rec *rec, struct arena *arena);
void tree_clear(struct tree *tree);
void tree_free(struct tree *tree);

#endif
