/* transform/plan: how the rows of a flat file are worked through. */
#include "transform/plan.h"

#include <string.h>

enum { SAMPLE_ROWS = 1024, FEW_VALUES = 96, GROWING_FROM = 16 };

/* Texts below which only stamps, `otherwise` and constants stand depend on nothing but the instant. */
static bool is_instant(const struct node *node) {
  if (node->op == OP_CONST || node->op == OP_HEADER) return true;
  if (node->op == OP_COLUMN) return node->field && node->field->type.type == TYPE_TIMESTAMP;
  return node->op == OP_OTHERWISE && is_instant(node->kids[0]) && is_instant(node->kids[1]);
}

static bool asks_only_the_day(const struct node *node) {
  if (node->op != OP_CALL || node->kid_count != 1 || node->kids[0]->type != TYPE_TIMESTAMP) return false;
  str name = str_of(node->function->name);
  return (str_eq(name, STR("date")) || str_eq(name, STR("fiscal-period"))) && is_instant(node->kids[0]);
}

struct uses {
  bool *text, *day; /* by column: asked as it stands, asked for its day */
};

static void add_uses(const struct node *node, struct uses *uses, bool day) {
  if (!node) return;
  if (node->op == OP_COLUMN) {
    bool is_stamp = node->field && node->field->type.type == TYPE_TIMESTAMP;
    if (is_stamp && day) uses->day[node->index] = true;
    else uses->text[node->index] = true;
  }
  bool below = day || asks_only_the_day(node);
  for (size_t i = 0; i < node->kid_count; i++) add_uses(node->kids[i], uses, below);
}

/* How many different values the first rows have; 0: too many to be coded, or more and more: labels have all
 * been seen after a while, order ids never. */
static size_t variety(const struct rows *rows, size_t column) {
  uint64_t seen[256] = { 0 };
  size_t different = 0, count = rows->count < SAMPLE_ROWS ? rows->count : SAMPLE_ROWS, in_half = 0;
  for (size_t row = 0; row < count; row++) {
    if (row == count / 2) in_half = different;
    uint64_t hash = str_hash(rows_cell(rows, column, row)) | 1;
    size_t at = hash >> 56;
    while (seen[at] && seen[at] != hash) at = (at + 1) & 255;
    if (seen[at]) continue;
    if (++different > FEW_VALUES) return 0;
    seen[at] = hash;
  }
  bool growing = different > GROWING_FROM && different * 2 > in_half * 3;
  return growing ? 0 : different ? different : 1;
}

static bool coded_below(const struct plan *plan, const struct node *node, bool day) {
  if (node->op == OP_COLUMN) {
    bool is_stamp = node->field && node->field->type.type == TYPE_TIMESTAMP;
    if (is_stamp && day)
      for (size_t i = 0; i < plan->day_count; i++)
        if (plan->days[i] == node->index) return true;
    return !plan->wide[node->index];
  }
  if (node->op == OP_CALL && str_eq(str_of(node->function->name), STR("source-row"))) return false;
  bool below = day || asks_only_the_day(node);
  for (size_t i = 0; i < node->kid_count; i++)
    if (!coded_below(plan, node->kids[i], below)) return false;
  return true;
}

bool plan_is_coded(const struct plan *plan, const struct node *node) {
  return !node || (!plan->plain && coded_below(plan, node, false));
}

static int number_of(struct plan *plan, const struct node *node) {
  if (!node || node->op != OP_COLUMN || !node->field) return -1;
  if (node->field->type.type != TYPE_DECIMAL && node->field->type.type != TYPE_INTEGER) return -1;
  if (node->field->fallback || node->field->required) return -1;
  for (size_t i = 0; i < plan->number_count; i++)
    if (plan->numbers[i].column == node->index) return (int)i;
  if (plan->number_count == NUMBERS_MOST) return -1;
  int32_t places = node->field->type.type == TYPE_INTEGER ? 0
                   : node->field->type.size >= 0          ? node->field->type.size
                                                          : 2;
  plan->numbers[plan->number_count] = (struct number){ node->index, node->field, places };
  return (int)plan->number_count++;
}

static void add_keys(struct plan_fold *fold, const struct group *group) {
  if (group->outer) add_keys(fold, group->outer);
  for (size_t i = 0; i < group->key_count && fold->key_count < NODE_KIDS_MOST; i++)
    fold->keys[fold->key_count++] = group->keys[i];
}

/* A condition that is no for a group nothing was added to, whatever its keys are. */
static bool no_when_untouched(const struct plan *plan, const struct node *node, const struct group *group);

static bool only_aggregates(const struct node *node) {
  if (node->op == OP_COLUMN || node->op == OP_KEY || node->op == OP_LET || node->op == OP_LOOKUP ||
      node->op == OP_FOUND || node->op == OP_FIELD || node->op == OP_PRIOR || node->op == OP_IS_LAST ||
      node->op == OP_COUNTER)
    return false;
  for (size_t i = 0; i < node->kid_count; i++)
    if (!only_aggregates(node->kids[i])) return false;
  return true;
}

static bool no_when_untouched(const struct plan *plan, const struct node *node, const struct group *group) {
  if (node->op == OP_AND)
    return no_when_untouched(plan, node->kids[0], group) || no_when_untouched(plan, node->kids[1], group);
  if (!only_aggregates(node)) return false;
  struct arena *scratch = arena_new();
  struct block block = *group->block;
  struct instance instance = { .block = &block,
                               .state = arena_alloc(scratch, group->state_size + 16),
                               .arena = scratch };
  struct ctx ctx = { .run = plan->run, .arena = scratch, .instance = &instance };
  bool yes = eval_yes(node, &ctx) || ctx.failed;
  arena_free(scratch);
  return !yes;
}

/* An order id, as it came. An empty one of a required column is for eval() to refuse. */
static bool is_plain_key(const struct plan_fold *fold) {
  const struct node *key = fold->keys[0];
  return fold->key_count == 1 && !fold->key_coded[0] && key->op == OP_COLUMN && key->type == TYPE_TEXT &&
         key->field && !key->field->required;
}

static enum outcome plan_fold(struct plan *plan, const struct group *group, struct plan_fold *fold,
                              struct err *err) {
  fold->group = group;
  fold->index = group->index;
  add_keys(fold, group);
  if (group->aggregate_count > AGGREGATES_MOST)
    return err_set(err, OUT_SPEC, "a block uses more than %d aggregates", AGGREGATES_MOST);
  bool plain = !plan->plain;
  fold->coded = !plan->plain;
  for (size_t i = 0; i < fold->key_count; i++) {
    fold->key_coded[i] = plan_is_coded(plan, fold->keys[i]);
    fold->coded &= fold->key_coded[i];
  }
  for (size_t i = 0; i < group->aggregate_count; i++) {
    struct plan_aggregate *to = &fold->aggregates[fold->aggregate_count++];
    const struct aggregate *from = group->aggregates[i];
    *to =
        (struct plan_aggregate){ from, plan_is_coded(plan, from->where), plan_is_coded(plan, from->of), -1 };
    if (from->kind == AGG_SUM) to->number = number_of(plan, from->of);
    if (plan->plain) to->number = -1; /* read all the same: a bad amount rejects its row either way */
    bool few = to->where_coded && (to->of_coded || to->number >= 0);
    fold->coded &= few;
    plain &= few;
  }
  fold->plain = plain && is_plain_key(fold);
  fold->may_skip = group->block && group->block->when && no_when_untouched(plan, group->block->when, group);
  return OUT_OK;
}

static void find_uses(const struct plan *plan, struct uses *uses) {
  const struct program *program = plan->program;
  add_uses(program->header, uses, false);
  for (size_t i = 0; i < program->rule_count; i++) {
    if (program->rules[i].file) continue;
    add_uses(program->rules[i].when, uses, false);
    add_uses(program->rules[i].text, uses, false);
    add_uses(program->rules[i].about, uses, false);
    add_uses(program->rules[i].suggest, uses, false);
    for (size_t j = 0; j < program->rules[i].secret_count; j++)
      add_uses(program->rules[i].secrets[j], uses, false);
    for (size_t j = 0; program->rules[i].answer && j < program->rules[i].answer->key_count; j++)
      add_uses(program->rules[i].answer_ons[j], uses, false);
  }
  for (size_t i = 0; i < program->fold_count; i++) {
    const struct group *group = program->folds[i];
    for (size_t j = 0; j < group->key_count; j++) add_uses(group->keys[j], uses, false);
    for (size_t j = 0; j < group->aggregate_count; j++) {
      const struct aggregate *aggregate = group->aggregates[j];
      bool number = aggregate->kind == AGG_SUM && aggregate->of->op == OP_COLUMN;
      if (!number) add_uses(aggregate->of, uses, false);
      add_uses(aggregate->where, uses, false);
    }
  }
}

static void choose_columns(struct plan *plan, const struct uses *uses, const struct rows *first) {
  for (size_t i = 0; i < plan->level->column_count; i++) {
    size_t values = uses->text[i] && !plan->plain ? variety(first, i) : 0;
    bool fits = plan->coded_count < CODED_MOST && plan->steady_count < CODED_MOST;
    plan->wide[i] = !values || !fits;
    if (!plan->wide[i] && values == 1) plan->steady[plan->steady_count++] = i;
    else if (!plan->wide[i]) plan->coded[plan->coded_count++] = i;
    if (uses->day[i] && plan->day_count < DAYS_MOST) plan->days[plan->day_count++] = i;
  }
}

static bool rules_are_coded(const struct plan *plan) {
  const struct program *program = plan->program;
  if (!plan_is_coded(plan, program->header)) return false;
  for (size_t i = 0; i < program->rule_count; i++) {
    const struct rule *rule = &program->rules[i];
    bool coded = plan_is_coded(plan, rule->when) && plan_is_coded(plan, rule->text) &&
                 plan_is_coded(plan, rule->about) && plan_is_coded(plan, rule->suggest);
    for (size_t j = 0; rule->answer && j < rule->answer->key_count; j++)
      coded = coded && plan_is_coded(plan, rule->answer_ons[j]);
    for (size_t j = 0; j < rule->secret_count; j++) coded = coded && plan_is_coded(plan, rule->secrets[j]);
    if (!rule->file && !coded) return false;
  }
  return !plan->plain;
}

static enum outcome plan_block(struct plan *plan, const struct block *block, struct err *err) {
  bool map = block->repeat == REPEAT_EACH && !block->kid_count && !block->sorted_count &&
             !block->uses_is_last && block->each == plan->level;
  bool gather = block->repeat == REPEAT_PER && block->group->gather;
  if (map && plan->map_count < FOLDS_MOST) plan->maps[plan->map_count++] = block;
  else if (gather && plan->gather_count < FOLDS_MOST) plan->gathers[plan->gather_count++] = block;
  else if (block->streams || gather)
    return err_set(err, OUT_SPEC, "block %.*s: this form is not run yet on flat files",
                   STR_ARG(block->record->name));
  return OUT_OK;
}

enum outcome plan_make(const struct run *run, const struct rows *first, bool plain, struct arena *arena,
                       struct plan *plan, struct err *err) {
  const struct program *program = run->program;
  *plan = (struct plan){ .run = run, .program = program, .level = program->streamed, .plain = plain };
  size_t columns = plan->level->column_count + 1;
  plan->wide = arena_alloc(arena, columns);
  struct uses uses = { arena_alloc(arena, columns), arena_alloc(arena, columns) };
  find_uses(plan, &uses);
  choose_columns(plan, &uses, first);
  plan->rules_coded = rules_are_coded(plan);
  if (program->fold_count > FOLDS_MOST)
    return err_set(err, OUT_SPEC, "more than %d blocks with \"per\"", FOLDS_MOST);
  for (size_t i = 0; i < program->fold_count; i++)
    if (plan_fold(plan, program->folds[i], &plan->folds[plan->fold_count++], err)) return err->outcome;
  for (size_t i = 0; i < program->output_count; i++)
    if (plan_block(plan, program->outputs[i], err)) return err->outcome;
  plan->only_maps = plan->map_count == program->output_count;
  return OUT_OK;
}
