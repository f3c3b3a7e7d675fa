/* transform/eval_siblings: apportion(total, weight, places): shares among the records beside the current one.
 *
 * Each share is the rounded running total less the one before it, so that the shares add up to the total
 * whatever the weights are:
 *
 *   10.00 by weights 1, 1, 1      3.33  3.34  3.33
 */
#include "transform/eval.h"

static bool weight_of(const struct node *node, struct ctx *ctx, struct rec *rec, dec *weight) {
  ctx->recs[rec->level->index] = rec;
  value v = eval(node->kids[1], ctx);
  if (!value_is_present(&v)) return *weight = dec_of(0), true;
  return value_to_decimal(&v, weight);
}

/* The rounded share of all records up to a running weight. */
static bool share_up_to(dec total, dec running, dec all, int32_t places, dec *share) {
  dec part;
  if (!dec_multiply(total, running, &part) || !dec_divide(part, all, &part)) return false;
  return dec_round(part, places, DEC_HALF_UP, share);
}

value eval_apportion(const struct node *node, struct ctx *ctx) {
  struct rec *current = node->level ? ctx->recs[node->level->index] : NULL;
  value total = eval(node->kids[0], ctx), places = eval(node->kids[2], ctx);
  dec whole, all = dec_of(0), before = dec_of(0), upto = dec_of(0), weight, low, high;
  if (!current || !value_to_decimal(&total, &whole) || places.type != TYPE_INTEGER) return value_absent();
  if (!current->parent || !current->parent->below) {
    if (dec_round(whole, (int32_t)places.as.integer, DEC_HALF_UP, &high)) return value_decimal(high);
    return value_absent();
  }
  const struct recs *beside = &current->parent->below[node->level->index];
  bool good = true, past = false;
  for (size_t i = 0; i < beside->count && good; i++) {
    if (!past) before = all;
    good = weight_of(node, ctx, beside->items[i], &weight) && dec_add(all, weight, &all);
    if (!past) upto = all;
    past = past || beside->items[i] == current;
  }
  ctx->recs[node->level->index] = current;
  if (ctx->failed) return value_absent();
  if (good && dec_is_zero(all)) {
    eval_fail(ctx, node->place, "apportion(): the weights add up to 0");
    return value_absent();
  }
  int32_t to = (int32_t)places.as.integer;
  good = good && to >= 0 && to <= DEC_SCALE_MOST && share_up_to(whole, before, all, to, &low) &&
         share_up_to(whole, upto, all, to, &high) && dec_subtract(high, low, &high);
  if (good) return value_decimal(high);
  eval_fail(ctx, node->place, "apportion(): a number has more than 38 digits");
  return value_absent();
}
