/* transform/many: records that a lookup adds: `lookup part in "bundles.csv" many` makes parts below each
 * item. */
#include "transform/many.h"
#include "transform/past.h"
#include "transform/sheet.h"

#include <string.h>

struct asking {
  const struct program *program;
  const struct lookup *lookup;
  struct arena *arena;
};

static bool has_miss(const struct lookup *lookup) {
  for (size_t i = 0; i < lookup->take_count; i++)
    if (lookup->takes[i].miss) return true;
  return false;
}

static void add_below(const struct asking *asking, struct rec *parent, const value *values) {
  const struct level *level = asking->lookup->level;
  struct rec *rec = ARENA_NEW(asking->arena, struct rec);
  *rec = (struct rec){ .level = level, .parent = parent, .values = values, .row = parent->row };
  if (!parent->below) parent->below = ARENA_ARRAY(asking->arena, struct recs, asking->program->level_count);
  recs_add(&parent->below[level->index], rec, asking->arena);
}

/* Rows of a state or of SL: their fields, or those that the lookup takes. */
static void add_rows(const struct asking *asking, struct rec *parent, const value *keys, struct ctx *ctx) {
  const struct lookup *lookup = asking->lookup;
  const struct past *past = ctx->run->pasts ? ctx->run->pasts[lookup->index] : NULL;
  size_t *rows, count = past ? past_find_all(past, keys, asking->arena, &rows) : 0;
  size_t fields = lookup->take_count ? lookup->take_count : lookup->table->field_count;
  for (size_t row = 0; row < count; row++) {
    value *values = ARENA_ARRAY(asking->arena, value, fields + 1);
    for (size_t i = 0; i < fields; i++) {
      size_t field = lookup->take_count ? record_field(lookup->table, lookup->takes[i].name)->index : i;
      values[i] = past_value(past, rows[row], field);
    }
    add_below(asking, parent, values);
  }
}

static void ask(void *user, struct ctx *ctx) {
  const struct asking *asking = user;
  const struct lookup *lookup = asking->lookup;
  struct rec *parent = ctx->recs[lookup->level->parent->index];
  value keys[NODE_KIDS_MOST];
  for (size_t i = 0; i < lookup->key_count; i++) keys[i] = eval(lookup->keys[i], ctx);
  if (ctx->failed) return;
  if (lookup->table) {
    add_rows(asking, parent, keys, ctx);
    return;
  }
  const uint32_t *hits;
  size_t count = finder_find(ctx->run->finders[lookup->index], keys, ctx->arena, &hits);
  if (!count && !has_miss(lookup)) return;
  for (size_t row = 0; row < (count ? count : 1); row++) {
    value *values = ARENA_ARRAY(asking->arena, value, lookup->take_count + 1);
    for (size_t i = 0; i < lookup->take_count; i++) {
      if (count) values[i] = finder_value(ctx->run->finders[lookup->index], hits[row], i);
      else if (lookup->takes[i].miss) {
        value v = eval(lookup->takes[i].miss, ctx);
        values[i] = value_keep(&v, asking->arena);
      }
    }
    add_below(asking, parent, values);
  }
}

void many_add(const struct program *program, struct ctx *ctx, struct rec *streamed, struct arena *arena) {
  struct recs one = { &streamed, 1 };
  for (size_t i = 0; i < program->lookup_count && !ctx->failed; i++) {
    const struct lookup *lookup = program->lookups[i];
    if (!lookup->many || !lookup->level) continue;
    struct asking asking = { program, lookup, arena };
    eval_over(ctx, lookup->level->parent, &one, ask, &asking);
  }
}

struct listing {
  const struct level *level;
  struct arena *arena;
  struct rec **items;
  size_t count;
};

static void list_one(void *user, struct ctx *ctx) {
  struct listing *listing = user;
  *ARENA_PUSH(listing->arena, listing->items, listing->count) = ctx->recs[listing->level->index];
}

void many_each(struct ctx *ctx, const struct level *level, struct rec *from, struct arena *arena,
               eval_each *each, void *user) {
  struct recs one = { &from, 1 };
  struct listing listing = { level, arena, NULL, 0 };
  eval_over(ctx, level, &one, list_one, &listing);
  struct rec *before[LEVELS_MOST];
  memcpy(before, ctx->recs, sizeof before);
  for (size_t i = 0; i < listing.count; i++) {
    ctx_at(ctx, listing.items[i]);
    each(user, ctx);
  }
  memcpy(ctx->recs, before, sizeof before);
}
