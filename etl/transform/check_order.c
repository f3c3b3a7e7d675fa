/* transform/check_order: what is asked of a record stands by then: its own fields, and what is written below
 * it.
 *
 * Records are written in the order of their blocks. A total of written records is whole when the last of
 * their blocks is through; one that is asked before that is a complaint, for it would be a part of the total,
 * or 0:
 *
 *   SOHeader each order
 *     let goods = sum(SOLine.TotOrd)
 *     SOMisc
 *       PctOfGoods = 4.95 / goods        # SOLine is written after this
 *     SOLine each item
 */
#include "transform/check_internal.h"

/* What a node needs before it can be computed: a total of written records under `block`. */
static bool needs_kids(const struct node *node, const struct block *block, size_t depth) {
  if (!node || depth > 200) return false;
  if (node->op == OP_AGGREGATE && node->aggregate->record && node->aggregate->scope == block) return true;
  if (node->op == OP_LET && needs_kids(node->block->lets[node->index].node, block, depth + 1)) return true;
  if (node->op == OP_FIELD && node->record == block->record &&
      block->assigns[node->field->index].node != node &&
      needs_kids(block->assigns[node->field->index].node, block, depth + 1))
    return true;
  for (size_t i = 0; i < node->kid_count; i++)
    if (needs_kids(node->kids[i], block, depth + 1)) return true;
  return false;
}

/* Fields and lets that need themselves: found by walking from each field. */
static bool needs_field(const struct node *node, const struct block *block, size_t field, size_t depth) {
  if (!node || depth > 200) return depth > 200;
  if (node->op == OP_FIELD && node->record == block->record) {
    if (node->field->index == field) return true;
    return needs_field(block->assigns[node->field->index].node, block, field, depth + 1);
  }
  if (node->op == OP_LET && node->block == block)
    return needs_field(block->lets[node->index].node, block, field, depth + 1);
  for (size_t i = 0; i < node->kid_count; i++)
    if (needs_field(node->kids[i], block, field, depth + 1)) return true;
  return false;
}

/* The others of the circle are then no longer in one: one slip, one message. */
static void break_circle(struct check *check, struct block *block, size_t index) {
  struct assign *assign = &block->assigns[index];
  complain(check->wrong, assign->place, "%.*s is computed from itself",
           STR_ARG(block->record->fields[index]->name));
  assign->node = node_wrong(check, assign->place);
}

/* Whether a record is written is asked before those below it are. */
static void check_asked_first(struct check *check, const struct block *block) {
  static const char fact[] =
      "what is below %.*s is written after this is asked: ask it of the source, or prove it";
  str name = block->record->name;
  if (needs_kids(block->when, block, 0)) complain(check->wrong, block->when->place, fact, STR_ARG(name));
  for (size_t i = 0; i < block->rule_count; i++) {
    const struct rule *rule = &block->rules[i];
    if (needs_kids(rule->when, block, 0) || needs_kids(rule->text, block, 0) ||
        needs_kids(rule->about, block, 0) || needs_kids(rule->suggest, block, 0))
      complain(check->wrong, rule->place, fact, STR_ARG(name));
  }
}

static void order_block(struct check *check, struct block *block) {
  if (!block->assigns) return;
  check_asked_first(check, block);
  for (size_t i = 0; i < block->record->field_count; i++) {
    const struct assign *assign = &block->assigns[i];
    if (needs_field(assign->node, block, i, 0)) break_circle(check, block, i);
    else if (needs_kids(assign->node, block, 0)) block->after_kids = true;
  }
}

/* --- totals asked from inside --- */

/* Lets and fields of the records around `asking` that were looked into: each is complained of once. */
struct looking {
  struct check *check;
  const struct block *asking;
  const struct node **seen;
  size_t seen_count;
};

static bool is_inside(const struct block *block, const struct block *around) {
  if (!around) return true;
  for (block = block->parent; block; block = block->parent)
    if (block == around) return true;
  return false;
}

/* The outermost block on the way from `around` (NULL: the file) down to the block. */
static const struct block *branch(const struct block *block, const struct block *around) {
  while (block->parent != around) block = block->parent;
  return block;
}

static size_t place_among(const struct program *program, const struct block *block) {
  struct block *const *beside = block->parent ? block->parent->kids : program->outputs;
  size_t place = 0;
  while (beside[place] != block) place++;
  return place;
}

/* Every record of `writing` under the nearest block around both is written before `asking` is entered. */
static bool comes_before(const struct program *program, const struct block *writing,
                         const struct block *asking) {
  const struct block *around = asking->parent;
  while (around && !is_inside(writing, around)) around = around->parent;
  const struct block *first = branch(writing, around), *then = branch(asking, around);
  if (first == then) return false;
  if (!around && first->streams != then->streams) return first->streams; /* records stream by first */
  return (around || !first->streams) && place_among(program, first) < place_among(program, then);
}

static void ask_total(const struct looking *looking, const struct node *node) {
  const struct aggregate *total = node->aggregate;
  const struct program *program = looking->check->program;
  if (!total->record || !is_inside(looking->asking, total->scope)) return;
  for (size_t i = 0; i < program->block_count; i++) {
    const struct block *writing = program->blocks[i];
    if (writing->record != total->record || !is_inside(writing, total->scope)) continue;
    if (comes_before(program, writing, looking->asking)) continue;
    bool later = comes_before(program, looking->asking, writing);
    complain(looking->check->wrong, node->place, "%.*s is not all written when %.*s asks for this%s",
             STR_ARG(total->record->name), STR_ARG(looking->asking->record->name),
             later ? ": write its block first" : "");
    return;
  }
}

static bool is_new(struct looking *looking, const struct node *node) {
  for (size_t i = 0; i < looking->seen_count; i++)
    if (looking->seen[i] == node) return false;
  *PUSH(looking->check, looking->seen, looking->seen_count) = node;
  return true;
}

static void look(struct looking *looking, const struct node *node) {
  if (!node) return;
  const struct block *asking = looking->asking;
  if (node->op == OP_AGGREGATE) ask_total(looking, node);
  const struct node *behind = NULL;
  if (node->op == OP_LET) behind = node->block->lets[node->index].node;
  for (const struct block *b = asking; b && node->op == OP_FIELD; b = b->parent)
    if (b->record == node->record && b->assigns) {
      behind = b->assigns[node->field->index].node;
      break;
    }
  if (behind && is_new(looking, behind)) look(looking, behind);
  for (size_t i = 0; i < node->kid_count; i++) look(looking, node->kids[i]);
}

static void look_into(struct check *check, const struct block *block) {
  struct looking looking = { .check = check, .asking = block };
  look(&looking, block->when);
  for (size_t i = 0; i < block->sorted_count; i++) look(&looking, block->sorted[i]);
  for (size_t i = 0; i < block->let_count; i++) look(&looking, block->lets[i].node);
  for (size_t i = 0; block->assigns && i < block->record->field_count; i++)
    look(&looking, block->assigns[i].node);
  for (size_t i = 0; i < block->rule_count; i++) {
    const struct rule *rule = &block->rules[i];
    const struct node *asked[] = { rule->when, rule->text, rule->about, rule->suggest };
    for (size_t j = 0; j < 4; j++) look(&looking, asked[j]);
  }
}

void check_order(struct check *check) {
  struct program *program = check->program;
  for (size_t i = 0; i < program->block_count; i++) order_block(check, program->blocks[i]);
  for (size_t i = 0; i < program->block_count; i++) look_into(check, program->blocks[i]);
}
