/* transform/check_fold: what a site's settings decide is decided once, when the spec is checked.
 *
 * `if config.lines-by = "sku" then sku` is either sku or nothing for a site,
 * and what is nothing costs nothing for each row. Only conditions whose values
 * are all there are decided; everything has been checked for sense before.
 */
#include "transform/check_internal.h"

static bool is_known(const struct node *node) {
  return node->op == OP_CONST && value_is_present(&node->constant);
}

static bool is_no(const struct node *node) {
  return is_known(node) && node->type == TYPE_BOOLEAN && !node->constant.as.yes;
}
static bool is_yes(const struct node *node) {
  return is_known(node) && node->type == TYPE_BOOLEAN && node->constant.as.yes;
}

static struct node *decided(struct check *check, const struct node *node, bool yes) {
  struct node *fold = node_new(check, OP_CONST, TYPE_BOOLEAN, node->place);
  fold->constant = value_yes_no(yes);
  return fold;
}

static struct node *fold_if(struct check *check, struct node *node) {
  if (is_yes(node->kids[0])) return node->kids[1];
  if (!is_no(node->kids[0])) return node;
  return node->kid_count > 2 ? node->kids[2] : node_new(check, OP_CONST, node->type, node->place);
}

static struct node *fold_choice(struct check *check, struct node *node) {
  bool hit = false;
  for (size_t i = 0; i < node->kid_count; i++)
    if (!is_known(node->kids[i])) return node;
  for (size_t i = 1; i < node->kid_count; i++)
    hit = hit || value_equal(&node->kids[0]->constant, &node->kids[i]->constant);
  return decided(check, node, hit);
}

struct node *check_fold(struct check *check, struct node *node) {
  struct node **kids = node->kids;
  switch (node->op) {
  case OP_IF: return fold_if(check, node);
  case OP_IN: return fold_choice(check, node);
  case OP_EQUAL:
  case OP_UNEQUAL:
    if (!is_known(kids[0]) || !is_known(kids[1])) return node;
    return decided(check, node,
                   value_equal(&kids[0]->constant, &kids[1]->constant) == (node->op == OP_EQUAL));
  case OP_NOT: return is_yes(kids[0]) || is_no(kids[0]) ? decided(check, node, is_no(kids[0])) : node;
  case OP_AND:
    if (is_no(kids[0]) || is_no(kids[1])) return decided(check, node, false);
    return is_yes(kids[0]) ? kids[1] : is_yes(kids[1]) ? kids[0] : node;
  case OP_OR:
    if (is_yes(kids[0]) || is_yes(kids[1])) return decided(check, node, true);
    return is_no(kids[0]) ? kids[1] : is_no(kids[1]) ? kids[0] : node;
  default: return node;
  }
}
