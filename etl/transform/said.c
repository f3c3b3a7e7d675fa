/* transform/said: what a rule says where it stands, and the row of a sheet that it asks for. */
#include "transform/eval.h"

#include "base/buf.h"
#include "transform/veil.h"

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

/* As everyone may read it. What is personal is worked out where the text is; if that fails, the spec's own
 * words. */
static void hide(const struct rule *rule, struct ctx *ctx, struct said *said) {
  str *secrets = ARENA_ARRAY(ctx->arena, str, rule->secret_count + 1);
  for (size_t i = 0; i < rule->secret_count && !ctx->failed; i++)
    secrets[i] = str_trim(eval_text(rule->secrets[i], ctx));
  said->shown = ctx->failed ? rule->written : veil(ctx->arena, said->text, secrets, rule->secret_count);
  if (!ctx->failed) said->shown_suggest = veil(ctx->arena, said->suggest, secrets, rule->secret_count);
  ctx->failed = false;
}

struct said eval_said(const struct rule *rule, struct ctx *ctx) {
  struct said said = { .rule = rule,
                       .text = eval_text(rule->text, ctx),
                       .about = eval_text(rule->about, ctx),
                       .suggest = eval_text(rule->suggest, ctx),
                       .keys = keys_of(rule, ctx) };
  if (rule->secret_count && !ctx->failed) hide(rule, ctx, &said);
  return said;
}
