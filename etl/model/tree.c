/* model/tree: source records with records below them, on their way from a reader to the executor. */
#include "model/tree.h"

struct tree {
  struct shapes shapes;
  struct arena *arena;
};

struct tree *tree_new(const struct shapes *shapes) {
  struct tree *tree = mem_alloc(sizeof *tree);
  *tree = (struct tree){ .shapes = *shapes, .arena = arena_new() };
  return tree;
}

void tree_free(struct tree *tree) {
  if (!tree) return;
  arena_free(tree->arena);
  mem_free(tree);
}

void tree_clear(struct tree *tree) { arena_reset(tree->arena); }
struct arena *tree_arena(struct tree *tree) {
  return tree->arena;
}

void recs_add(struct recs *recs, struct rec *rec, struct arena *arena) {
  *ARENA_PUSH(arena, recs->items, recs->count) = rec;
}

struct rec *tree_open(struct tree *tree, size_t shape, struct rec *parent) {
  const struct shape *kind = &tree->shapes.items[shape];
  struct rec *rec = ARENA_NEW(tree->arena, struct rec);
  *rec = (struct rec){ .level = kind->level, .parent = parent };
  rec->cells = ARENA_ARRAY(tree->arena, str, kind->field_count + 1);
  if (!parent || kind->once || shape == tree->shapes.streamed) return rec;
  if (!parent->below) parent->below = ARENA_ARRAY(tree->arena, struct recs, tree->shapes.count);
  recs_add(&parent->below[shape], rec, tree->arena);
  return rec;
}

bool tree_cell(struct tree *tree, struct rec *rec, size_t field, str text) {
  str *cell = (str *)(uintptr_t)&rec->cells[field];
  if (cell->at) return false;
  *cell = arena_str(tree->arena, text);
  return true;
}
