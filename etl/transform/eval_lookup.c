/* transform/eval_lookup: the row of a sheet or table that answers, looked for once for equal keys. */
#include "base/map.h"
#include "transform/eval_internal.h"

/* Lookups that were answered, so that a sheet is searched once for equal keys: 65,536 answers, then anew. */
enum { ANSWERS_MOST = 65536 };
struct answers {
  struct arena **arenas;
  struct map **maps;
  size_t count;
};

struct answers *answers_new(const struct program *program) {
  struct answers *answers = mem_alloc(sizeof *answers);
  answers->count = program->lookup_count;
  answers->arenas = mem_alloc(sizeof(struct arena *) * (answers->count + 1));
  answers->maps = mem_alloc(sizeof(struct map *) * (answers->count + 1));
  return answers;
}

void answers_free(struct answers *answers) {
  if (!answers) return;
  for (size_t i = 0; i < answers->count; i++) arena_free(answers->arenas[i]);
  mem_free(answers->arenas);
  mem_free(answers->maps);
  mem_free(answers);
}

/* The row that answers; -1: none. */
static ptrdiff_t ask(const struct lookup *lookup, const value *keys, struct ctx *ctx) {
  const struct run *run = ctx->run;
  const uint32_t *hits;
  if (lookup->table) {
    const struct past *past = run->pasts ? run->pasts[lookup->index] : NULL;
    return past ? past_find(past, keys) : -1;
  }
  return finder_find(run->finders[lookup->index], keys, ctx->arena, &hits) ? (ptrdiff_t)hits[0] : -1;
}

static str shown_keys(const struct node *node, const value *keys, struct ctx *ctx) {
  str text = STR_NONE;
  for (size_t i = 0; i < node->kid_count; i++)
    text = arena_printf(ctx->arena, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "",
                        STR_ARG(value_show(&keys[i], ctx->run->notation.zone, ctx->arena)));
  return text;
}

static ptrdiff_t lookup_row(const struct node *node, struct ctx *ctx) {
  const struct lookup *lookup = node->lookup;
  value keys[NODE_KIDS_MOST];
  struct buf bytes = buf_new(1 << 20);
  for (size_t i = 0; i < node->kid_count; i++) {
    keys[i] = eval(node->kids[i], ctx);
    value_key(&keys[i], &bytes, &ctx->err);
  }
  struct answers *answers = ctx->answers;
  struct map *map = answers->maps[lookup->index];
  if (!map || map_count(map) >= ANSWERS_MOST) {
    arena_free(answers->arenas[lookup->index]);
    answers->arenas[lookup->index] = arena_new();
    map = answers->maps[lookup->index] = map_new(answers->arenas[lookup->index]);
  }
  void **answer = map_put(map, buf_str(&bytes));
  if (!*answer) *answer = (void *)(uintptr_t)(ask(lookup, keys, ctx) + 3); /* 2: nothing found, 1: several */
  buf_free(&bytes);
  ptrdiff_t row = (ptrdiff_t)(uintptr_t)*answer - 3;
  if (row == PAST_SEVERAL)
    eval_fail(ctx, node->place, "%.*s has several rows for one key, and they differ: %.*s",
              STR_ARG(lookup->from), STR_ARG(shown_keys(node, keys, ctx)));
  return row;
}

value eval_lookup(const struct node *node, struct ctx *ctx) {
  ptrdiff_t row = lookup_row(node, ctx);
  const struct lookup *lookup = node->lookup;
  if (node->op == OP_FOUND) return value_yes_no(row >= 0);
  if (row >= 0 && lookup->table)
    return past_value(ctx->run->pasts[lookup->index], (size_t)row, node->field->index);
  if (row >= 0) return finder_value(ctx->run->finders[lookup->index], (uint32_t)row, node->index);
  const struct node *miss = node->index < lookup->take_count ? lookup->takes[node->index].miss : NULL;
  return miss ? eval(miss, ctx) : value_absent();
}
