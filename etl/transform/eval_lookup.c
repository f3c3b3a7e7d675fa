/* transform/eval_lookup: the row of a sheet or table that answers, looked for once for equal keys. */
#include "base/map.h"
#include "transform/eval_internal.h"

/* Lookups that were answered, so that a sheet is searched once for equal keys: 65,536 answers, then anew. A
 * table has an index of its own. Of both the last answer is kept: a record asks the same several times. */
enum { ANSWERS_MOST = 65536, KEY_MOST = 1 << 20 };
struct last_answer {
  struct buf key;
  ptrdiff_t row;
  bool any;
};
struct answers {
  struct arena **arenas;
  struct map **maps;
  struct last_answer *last;
  struct buf key; /* of what is asked now */
  size_t count;
};

struct answers *answers_new(const struct program *program) {
  struct answers *answers = mem_alloc(sizeof *answers);
  answers->count = program->lookup_count;
  answers->arenas = mem_alloc(sizeof(struct arena *) * (answers->count + 1));
  answers->maps = mem_alloc(sizeof(struct map *) * (answers->count + 1));
  answers->last = mem_alloc(sizeof(struct last_answer) * (answers->count + 1));
  for (size_t i = 0; i < answers->count; i++) answers->last[i].key = buf_new(KEY_MOST);
  answers->key = buf_new(KEY_MOST);
  return answers;
}

void answers_free(struct answers *answers) {
  if (!answers) return;
  for (size_t i = 0; i < answers->count; i++) {
    arena_free(answers->arenas[i]);
    buf_free(&answers->last[i].key);
  }
  buf_free(&answers->key);
  mem_free(answers->last);
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

static ptrdiff_t ask_sheet(const struct lookup *lookup, const value *keys, str key, struct ctx *ctx) {
  struct answers *answers = ctx->answers;
  struct map *map = answers->maps[lookup->index];
  if (!map || map_count(map) >= ANSWERS_MOST) {
    arena_free(answers->arenas[lookup->index]);
    answers->arenas[lookup->index] = arena_new();
    map = answers->maps[lookup->index] = map_new(answers->arenas[lookup->index]);
  }
  void **answer = map_put(map, key);
  if (!*answer) *answer = (void *)(uintptr_t)(ask(lookup, keys, ctx) + 3); /* 2: nothing found, 1: several */
  return (ptrdiff_t)(uintptr_t)*answer - 3;
}

static ptrdiff_t answer(const struct lookup *lookup, const value *keys, size_t count, struct ctx *ctx) {
  struct answers *answers = ctx->answers;
  struct last_answer *last = &answers->last[lookup->index];
  buf_clear(&answers->key);
  for (size_t i = 0; i < count; i++) value_key(&keys[i], &answers->key, &ctx->err);
  if (last->any && str_eq(buf_str(&last->key), buf_str(&answers->key))) return last->row;
  last->row = lookup->table ? ask(lookup, keys, ctx) : ask_sheet(lookup, keys, buf_str(&answers->key), ctx);
  last->any = true;
  buf_clear(&last->key);
  buf_add(&last->key, buf_str(&answers->key));
  return last->row;
}

static ptrdiff_t lookup_row(const struct node *node, struct ctx *ctx) {
  const struct lookup *lookup = node->lookup;
  value keys[NODE_KIDS_MOST];
  for (size_t i = 0; i < node->kid_count; i++) keys[i] = eval(node->kids[i], ctx);
  ptrdiff_t row = answer(lookup, keys, node->kid_count, ctx);
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
