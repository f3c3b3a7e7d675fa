/* transform/check_answer: what a rule asks of a person, and which sheet the answer goes to. */
#include "transform/check_internal.h"

enum { NAMED_MOST = 60 };

static bool may_ask(struct check *check, const struct rule *rule, const struct rule_spec *spec,
                    const struct standing *standing) {
  const struct place at = spec->answer.place;
  size_t before = complaints_count(check->wrong);
  if (standing->block)
    complain(check->wrong, at,
             "a rule of a block is about what is written; \"answer\" belongs to one at the top");
  else if (spec->file || rule->kind == RULE_SKIP || rule->kind == RULE_WARN)
    complain(check->wrong, at, "\"answer\" belongs to a reject, hold or review about one record");
  return complaints_count(check->wrong) == before;
}

static struct lookup *answered(struct check *check, const struct rule_spec *spec) {
  struct lookup *lookup = lookup_by_name(check, spec->answer.name);
  str names[200];
  size_t count = 0;
  for (size_t i = 0; i < check->program->lookup_count && count < 200; i++)
    names[count++] = check->program->lookups[i]->name;
  if (!lookup)
    complain(check->wrong, spec->answer.place, "no lookup \"%.*s\" in this transform%.*s",
             STR_ARG(spec->answer.name), STR_ARG(suggest(check->arena, spec->answer.name, names, count)));
  else if (!lookup->is_sheet || lookup->many)
    complain(check->wrong, spec->answer.place,
             "an answer becomes the one row of a sheet that is found; %.*s is %s", STR_ARG(lookup->name),
             lookup->many ? "a lookup of many rows" : "no sheet");
  else return lookup;
  return NULL;
}

static bool is_asked_about(const struct lookup *lookup, size_t key, const struct rule_spec *spec) {
  for (size_t i = 0; i < spec->on_count; i++)
    if (str_eq(spec->ons[i].name, lookup->pairs[key].name)) return true;
  return !spec->on_count;
}

/* As the spec states the keys: a column that has only "*" in this site's sheet is not among the lookup's. */
static const struct lookup_spec *spec_of(const struct check *check, const struct lookup *lookup) {
  for (size_t i = 0; i < check->spec->lookup_count; i++)
    if (str_eq(check->spec->lookups[i].name, lookup->name)) return &check->spec->lookups[i];
  return NULL;
}

static void check_ons(struct check *check, const struct lookup *lookup, const struct rule_spec *spec) {
  const struct lookup_spec *stated = spec_of(check, lookup);
  str names[NODE_KIDS_MOST];
  size_t count = 0;
  for (size_t i = 0; stated && i < stated->pair_count && count < NODE_KIDS_MOST; i++)
    names[count++] = stated->pairs[i].name;
  for (size_t i = 0; i < spec->on_count; i++) {
    bool known = false;
    for (size_t j = 0; j < count; j++) known = known || str_eq(names[j], spec->ons[i].name);
    if (!known)
      complain(check->wrong, spec->ons[i].place, "lookup %.*s is not found by \"%.*s\"%.*s",
               STR_ARG(lookup->name), STR_ARG(spec->ons[i].name),
               STR_ARG(suggest(check->arena, spec->ons[i].name, names, count)));
  }
}

/* The cells of the row that an answer adds stand in a sheet for good, so that none may be personal. */
static void check_keys(struct check *check, struct rule *rule, const struct rule_spec *spec,
                       const struct standing *standing) {
  struct lookup *lookup = rule->answer;
  rule->answer_ons = ARENA_ARRAY(check->arena, struct node *, lookup->key_count + 1);
  for (size_t i = 0; i < lookup->key_count; i++) {
    if (!is_asked_about(lookup, i, spec)) continue;
    str name = lookup->pairs[i].name;
    rule->answer_ons[i] = check_expr(check, lookup->key_asts[i], standing);
    if (check_names_personal(rule->answer_ons[i]))
      complain(check->wrong, spec->answer.place, "%.*s is personal: it must not be kept in a sheet",
               STR_ARG(name));
    rule->field = rule->field.len
                      ? arena_printf(check->arena, "%.*s, %.*s", STR_ARG(rule->field), STR_ARG(name))
                      : name;
  }
}

void check_asks(struct check *check, struct rule *rule, const struct rule_spec *spec,
                const struct standing *standing) {
  struct buf written = buf_new(1 << 16);
  if (spec->text && spec->text->kind == AST_TEXT) buf_add(&written, spec->text->text);
  else if (spec->text) expr_format(spec->text, &written);
  str all = buf_str(&written);
  if (all.len > 1 && all.at[0] == '"' && all.at[all.len - 1] == '"') all = str_sub(all, 1, all.len - 1);
  rule->written = arena_str(check->arena, all);
  buf_free(&written);
  check_secrets(check, rule);
  rule->personal_about = check_names_personal(rule->about);
  if (rule->about && (rule->about->op == OP_COLUMN || rule->about->op == OP_HEADER) && rule->about->field)
    rule->field = rule->about->field->name;
  if (!spec->answer.name.len || !may_ask(check, rule, spec, standing)) return;
  struct lookup *lookup = answered(check, spec);
  if (!lookup) return;
  check_ons(check, lookup, spec);
  rule->answer = lookup;
  rule->field = STR_NONE;
  check_keys(check, rule, spec, standing);
}

/* The record's key, or that of its group: what a person is told of it. */
static struct node *name_of(struct check *check, const struct block *block) {
  const struct record *record = block->record;
  struct node *node = node_new(check, OP_FIELD, TYPE_ANY, block->place);
  node->record = record;
  node->field = record->key_count ? record_field(record, record->keys[0]) : NULL;
  if (node->field) return node;
  if (block->repeat != REPEAT_PER) return NULL;
  node->op = OP_KEY;
  node->group = block->group;
  return node;
}

struct rule *check_proof_asks(struct check *check, const struct proof *proof, struct block *block,
                              const struct node *condition) {
  struct rule *rule = ARENA_NEW(check->arena, struct rule);
  *rule = (struct rule){ .kind = RULE_HOLD, .place = proof->place, .standing = block->standing };
  rule->block = block;
  rule->written = arena_printf(check->arena, "it does not hold that %.*s", STR_ARG(proof->text));
  rule->about = name_of(check, block);
  if (rule->about && rule->about->field) rule->field = rule->about->field->name;
  rule->personal_about = check_names_personal(rule->about);
  bool personal = rule->personal_about || check_names_personal(condition);
  for (size_t i = 0; i < condition->kid_count; i++)
    personal = personal || check_names_personal(condition->kids[i]);
  if (personal) *PUSH(check, rule->secrets, rule->secret_count) = (struct node *)(uintptr_t)condition;
  return rule;
}
