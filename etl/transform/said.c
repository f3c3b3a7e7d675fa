/* transform/said: what a rule says where it stands, and the row of a sheet that it asks for. */
#include "transform/eval.h"

#include "base/buf.h"

enum { KEYS_MOST = 1 << 16 };

/* Any value of a key that the question is not about: "*". */
static str keys_of(const struct rule *rule, struct ctx *ctx) {
  if (!rule->answer) return STR_NONE;
  struct buf keys = buf_new(KEYS_MOST);
  for (size_t i = 0; i < rule->answer->key_count; i++) {
    if (i) buf_char(&keys, MESSAGE_PART);
    buf_add(&keys, rule->answer_ons[i] ? str_trim(eval_text(rule->answer_ons[i], ctx)) : STR("*"));
  }
  str all = keys.full ? STR_NONE : arena_str(ctx->arena, buf_str(&keys));
  buf_free(&keys);
  return all;
}

struct said eval_said(const struct rule *rule, struct ctx *ctx) {
  return (struct said){ .rule = rule,
                        .text = eval_text(rule->text, ctx),
                        .about = eval_text(rule->about, ctx),
                        .suggest = eval_text(rule->suggest, ctx),
                        .keys = keys_of(rule, ctx) };
}
