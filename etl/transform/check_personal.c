/* transform/check_personal: what of a rule's words is personal: hidden where everyone may read them. */
#include "transform/check_internal.h"

enum { DEPTH_MOST = 60 };

static bool is_judgement(const struct node *node) {
  enum aggregate_kind kind = node->aggregate ? node->aggregate->kind : AGG_SUM;
  return node->type == TYPE_BOOLEAN || (node->aggregate && (kind == AGG_COUNT || kind == AGG_DISTINCT));
}

/* Does its value tell a personal one? A count or a condition does not, whatever it looks at. */
static bool names_personal(const struct node *node, size_t depth) {
  if (!node || is_judgement(node)) return false;
  if (depth > DEPTH_MOST) return true;
  bool names =
      node->op == OP_COLUMN || node->op == OP_HEADER || node->op == OP_FIELD || node->op == OP_LOOKUP;
  bool personal = names && node->field && node->field->personal;
  if (node->aggregate) personal = personal || names_personal(node->aggregate->of, depth + 1);
  if (node->op == OP_LET)
    personal = personal || names_personal(node->block->lets[node->index].node, depth + 1);
  if (node->op == OP_KEY && node->group && node->index < node->group->key_count)
    personal = personal || names_personal(node->group->keys[node->index], depth + 1);
  for (size_t i = 0; i < node->kid_count && !personal; i++)
    personal = names_personal(node->kids[i], depth + 1);
  return personal;
}

bool check_names_personal(const struct node *node) { return names_personal(node, 0); }

/* Words around what is personal stay: templates, choices and what joins texts are looked into. */
static bool is_words(const struct node *node) {
  if (node->op == OP_TEMPLATE || node->op == OP_IF || node->op == OP_OTHERWISE) return true;
  return node->op == OP_CALL && node->function && str_eq(str_of(node->function->name), STR("join"));
}

static void find(struct check *check, struct node *node, struct rule *rule, size_t depth) {
  if (!names_personal(node, 0)) return;
  if (node->op == OP_LET && depth < DEPTH_MOST)
    find(check, node->block->lets[node->index].node, rule, depth + 1);
  else if (is_words(node) && depth < DEPTH_MOST)
    for (size_t i = node->op == OP_IF; i < node->kid_count; i++) find(check, node->kids[i], rule, depth + 1);
  else *PUSH(check, rule->secrets, rule->secret_count) = node;
}

void check_secrets(struct check *check, struct rule *rule) {
  find(check, rule->text, rule, 0);
  find(check, rule->suggest, rule, 0);
}
