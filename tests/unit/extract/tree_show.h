/* unit/extract/tree_show: schemas from text, their shapes, and records as text.
 *
 *   order id=A-1 day=- { item sku=MUG }        absent cells are "-"; {...} what is below
 */
#ifndef SLUICE_TESTS_TREE_SHOW_H
#define SLUICE_TESTS_TREE_SHOW_H

#include "model/tree.h"
#include "transform/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tree_bench {
  struct arena *arena;
  const struct schema *schema;
  struct shapes shapes;
  struct level levels[SHAPES_MOST];
  struct shape items[SHAPES_MOST];
};

/* All fields are used, but for those that are called "unused". */
static inline void tree_add(struct tree_bench *bench, const struct record *record, size_t parent) {
  size_t at = bench->shapes.count++;
  struct shape *shape = &bench->items[at];
  const struct field **fields = ARENA_ARRAY(bench->arena, const struct field *, record ? record->field_count + 1 : 1);
  for (size_t i = 0; record && i < record->field_count; i++)
    if (!str_eq(record->fields[i]->name, STR("unused"))) fields[shape->field_count++] = record->fields[i];
  bench->levels[at] = (struct level){ .record = record, .index = at, .once = record && record->once };
  bench->levels[at].parent = at ? &bench->levels[parent] : NULL;
  shape->level = &bench->levels[at];
  shape->record = record;
  shape->fields = fields;
  shape->parent = parent;
  shape->once = !record || record->once;
  if (!shape->once && !bench->shapes.streamed) bench->shapes.streamed = at;
  for (size_t i = 0; record && i < record->kid_count; i++) tree_add(bench, record->kids[i], at);
}

static inline void tree_bench_open(struct tree_bench *bench, const char *text) {
  *bench = (struct tree_bench){ .arena = arena_new() };
  struct complaints *wrong = complaints_new(bench->arena);
  struct source *source = ARENA_NEW(bench->arena, struct source);
  *source = (struct source){ "x.schema", str_of(text) };
  bench->schema = schema_parse(source, bench->arena, wrong);
  if (!bench->schema || complaints_count(wrong)) abort();
  tree_add(bench, NULL, 0);
  tree_add(bench, bench->schema->records[0], 0);
  bench->shapes.items = bench->items;
}

static inline void tree_bench_close(struct tree_bench *bench) { arena_free(bench->arena); }

static inline void tree_show(const struct tree_bench *bench, const struct rec *rec, struct buf *shown) {
  const struct shape *shape = &bench->items[rec->level->index];
  buf_printf(shown, "%.*s", STR_ARG(shape->record->name));
  for (size_t i = 0; i < shape->field_count; i++) {
    str cell = rec->cells[i].at ? rec->cells[i] : STR("-");
    buf_printf(shown, " %.*s=%.*s", STR_ARG(shape->fields[i]->name), STR_ARG(cell));
  }
  for (size_t i = 0; rec->below && i < bench->shapes.count; i++)
    for (size_t j = 0; j < rec->below[i].count; j++) {
      if (rec->below[i].items[j]->parent != rec) abort();
      buf_add(shown, STR(" { "));
      tree_show(bench, rec->below[i].items[j], shown);
      buf_add(shown, STR(" }"));
    }
}

/* A line for each record, its number first, its flaw last. */
static inline void tree_show_batch(const struct tree_bench *bench, const struct tree_batch *batch, struct buf *shown) {
  for (size_t i = 0; i < batch->count; i++) {
    buf_printf(shown, "%llu ", (unsigned long long)tree_number(batch->items[i]->row));
    tree_show(bench, batch->items[i], shown);
    if (batch->flaws[i]) buf_printf(shown, " !%s", batch->flaws[i]);
    buf_char(shown, '\n');
  }
}

#endif
