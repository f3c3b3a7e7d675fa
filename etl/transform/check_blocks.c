/* transform/check_blocks: output blocks: where they stand, what they set, what they repeat over. */
#include "transform/check_internal.h"

static bool has_each(const struct output_spec *output) {
  for (size_t i = 0; i < output->kid_count; i++)
    if (output->kids[i]->each.len || has_each(output->kids[i])) return true;
  return false;
}

/* A record stands inside the record that its schema puts it in; outermost ones may stand anywhere. */
static bool check_nesting(struct check *check, const struct block *block) {
  const struct record *parent = block->record->parent;
  if (!parent || (check->frame && check->frame->record == parent)) return true;
  for (const struct block *b = block->parent; b; b = b->parent)
    if (b->record->schema == parent->schema) {
      if (b->record == parent) return true;
      break;
    }
  complain(check->wrong, block->place, "\"%.*s\" belongs inside \"%.*s\"", STR_ARG(block->record->name),
           STR_ARG(parent->name));
  return false;
}

/* A schema need not name the columns of a table: what a block sets is one of them. */
static void open_fields(struct check *check, const struct record *record, const struct output_spec *spec,
                        const struct output_spec *around) {
  struct record *table = (struct record *)(uintptr_t)record;
  for (size_t i = 0; i < spec->assign_count; i++)
    record_open_field(table, spec->assigns[i].name, spec->assigns[i].place, check->arena);
  for (size_t i = 0; i < spec->copy_count; i++)
    record_open_field(table, spec->copies[i].name, spec->copies[i].place, check->arena);
  for (size_t i = 0; around && i < around->every_count; i++)
    for (size_t j = 0; j < around->everys[i]->assign_count && str_eq(around->everys[i]->name, record->name);
         j++)
      record_open_field(table, around->everys[i]->assigns[j].name, around->everys[i]->assigns[j].place,
                        check->arena);
}

/* What no block beside it takes would be lost without a word. */
static void check_everys(struct check *check, const struct output_spec *spec) {
  for (size_t i = 0; i < spec->every_count; i++) {
    const struct output_spec *every = spec->everys[i];
    bool taken = false;
    str names[100];
    size_t count = 0;
    for (size_t j = 0; j < spec->kid_count; j++) {
      taken = taken || str_eq(spec->kids[j]->name, every->name);
      if (count < 100) names[count++] = spec->kids[j]->name;
    }
    if (!taken)
      complain(check->wrong, every->place, "no block \"%.*s\" stands beside this%.*s", STR_ARG(every->name),
               STR_ARG(suggest(check->arena, every->name, names, count)));
  }
}

/* The envelope of an XML or JSON file. */
static bool is_frame(const struct record *record) {
  enum format format = record->schema->format;
  return record->once && !record->parent && record->kid_count &&
         (format == FORMAT_XML || format == FORMAT_JSON);
}

static struct block *make_block(struct check *check, const struct output_spec *spec,
                                const struct output_spec *around, struct block *parent) {
  struct program *program = check->program;
  const struct record *record = output_record(check, spec->name);
  if (!record && spec->broken) return NULL;
  if (!record) {
    str names[200] = { STR("lookup"), STR("setting"), STR("header"), STR("let"), STR("prove"), STR("every") };
    size_t count = 6;
    for (size_t i = 0; i < program->into_count; i++)
      for (size_t j = 0; j < program->into[i]->record_count && count < 200; j++) {
        names[count++] = program->into[i]->records[j]->name;
        for (size_t k = 0; k < program->into[i]->records[j]->kid_count && count < 200; k++)
          names[count++] = program->into[i]->records[j]->kids[k]->name;
      }
    complain(check->wrong, spec->place, "no statement and no output record \"%.*s\"%.*s", STR_ARG(spec->name),
             STR_ARG(suggest(check->arena, spec->name, names, count)));
    return NULL;
  }
  struct block *block = ARENA_NEW(check->arena, struct block);
  *block = (struct block){ .record = record, .label = spec->label, .place = spec->place, .parent = parent };
  block->index = program->block_count;
  block->depth = parent ? parent->depth + 1 : 0;
  block->broken = spec->broken || !check_nesting(check, block);
  open_fields(check, record, spec, around);
  check_everys(check, spec);
  *PUSH(check, program->blocks, program->block_count) = block;
  if (parent) *PUSH(check, parent->kids, parent->kid_count) = block;
  else *PUSH(check, program->outputs, program->output_count) = block;
  for (size_t i = 0; i < spec->let_count; i++)
    if (!let_hides(check, &spec->lets[i]))
      *PUSH(check, block->lets, block->let_count) =
          (struct let){ .name = spec->lets[i].name, .place = spec->lets[i].place, .ast = spec->lets[i].expr };
  block->frame = !parent && is_frame(record);
  if (block->frame) check->frame = block;
  for (size_t i = 0; i < spec->kid_count; i++)
    make_block(check, spec->kids[i], spec, block->frame ? NULL : block);
  if (block->frame) check->frame = NULL;
  return block;
}

static struct level *keys_level(struct check *check, const struct output_spec *spec) {
  struct level *level = NULL;
  for (size_t i = 0; i < spec->key_count; i++) {
    struct level *named = deepest_level(check, spec->keys[i]);
    if (named && (!level || named->depth > level->depth)) level = named;
  }
  return level ? level : check->program->streamed;
}

static struct group *make_group(struct check *check, struct block *block, const struct output_spec *spec,
                                const struct standing *outer) {
  struct program *program = check->program;
  struct group *group = ARENA_NEW(check->arena, struct group);
  struct level *around = standing_level(outer);
  *group = (struct group){ .block = block, .level = keys_level(check, spec), .gather = has_each(spec) };
  group->outer = outer->kind == PLACE_GROUP ? outer->group : program->file;
  if (around || group->outer->gather) group->gather = true;
  if (around && !level_is_under(group->level, around))
    complain(check->wrong, block->place, "the keys of \"per\" name no record below %.*s",
             STR_ARG(around->name));
  const struct standing *record = each_of(check, group->level, outer);
  for (size_t i = 0; i < spec->key_count; i++)
    *PUSH(check, group->keys, group->key_count) = check_expr(check, spec->keys[i], record);
  group->index = program->fold_count;
  if (!group->gather) *PUSH(check, program->folds, program->fold_count) = group;
  return group;
}

static struct standing *enter(struct check *check, struct block *block, const struct output_spec *spec,
                              const struct standing *outer) {
  struct standing *standing = ARENA_NEW(check->arena, struct standing);
  *standing = *outer;
  standing->block = block;
  if (spec->key_count) {
    block->repeat = REPEAT_PER;
    block->group = make_group(check, block, spec, outer);
    *standing = (struct standing){ .kind = PLACE_GROUP, .outer = (struct standing *)(uintptr_t)outer };
    standing->group = block->group;
    standing->level = block->group->level;
    standing->block = block;
  } else if (spec->each.len) {
    block->repeat = REPEAT_EACH;
    block->each = level_by_name(check, spec->each);
    const struct level *above = outer->level ? outer->level : check->program->levels[0];
    if (!block->each || !level_is_under(block->each, above)) {
      complain(check->wrong, spec->each_place, "\"each %.*s\": no such record below %.*s",
               STR_ARG(spec->each), STR_ARG(above->name));
      block->each = check->program->streamed;
      block->broken = true;
    }
    *standing = *each_of(check, block->each, outer);
    standing->block = block;
  }
  return standing;
}

/* A default stands in the schema: it may name other fields of the record and those around it. */
static struct node *default_node(struct check *check, const struct block *block, const struct ast *ast) {
  if (ast->kind != AST_PATH || ast->name_count != 1) return check_expr(check, ast, block->standing);
  for (const struct record *record = block->record; record; record = record->parent) {
    const struct field *field = record_field(record, ast->names[0]);
    if (!field) continue;
    struct node *node = node_new(check, OP_FIELD, field->type.type, ast->place);
    node->record = record;
    node->field = field;
    node->text = field->name;
    return node;
  }
  complain(check->wrong, ast->place, "no field \"%.*s\" in %.*s", STR_ARG(ast->names[0]),
           STR_ARG(block->record->name));
  return node_wrong(check, ast->place);
}

/* A misspelt field counts as set: that nothing sets it would be a second message for one slip. */
static void leave_open(struct check *check, struct block *block, str name, struct node *node) {
  for (size_t i = 0; i < block->record->field_count; i++) {
    const struct field *field = block->record->fields[i];
    if (!block->assigns[i].node && suggest(check->arena, name, &field->name, 1).len)
      block->assigns[i].node = node_wrong(check, node->place);
  }
}

/* NULL, after the parser's complaint, is a value of any type. */
static struct node *assigned_expr(struct check *check, const struct block *block,
                                  const struct assign_spec *spec) {
  return spec->expr ? check_expr(check, spec->expr, block->standing) : node_wrong(check, spec->place);
}

static void no_field(struct check *check, const struct record *record, const struct assign_spec *spec) {
  str names[400];
  size_t count = 0;
  for (size_t i = 0; i < record->field_count && count < 400; i++) names[count++] = record->fields[i]->name;
  str near = record->table ? sqltable_suggest(record->table, spec->name, check->arena)
                           : suggest(check->arena, spec->name, names, count);
  complain(check->wrong, spec->place, "no field \"%.*s\" in %.*s %.*s%.*s", STR_ARG(spec->name),
           STR_ARG(record->schema->name), STR_ARG(record->name), STR_ARG(near));
}

/* Dates and times in SL are of one type: which of the two a field is, what is put into it says. */
static void fit_field(struct check *check, const struct node *node, const struct field *field) {
  if (field->column && !sql_column_is_written(field->column)) return;
  if (field_settle((struct field *)(uintptr_t)field, node->type))
    check_fits(check, node, &field->type, field->name);
  else
    complain(check->wrong, node->place, "%.*s is a date or a timestamp, this is %s", STR_ARG(field->name),
             type_name(node->type));
}

static void set_field(struct check *check, struct block *block, const struct assign_spec *spec,
                      struct node *node) {
  const struct field *field = record_field(block->record, spec->name);
  if (!field) {
    no_field(check, block->record, spec);
    leave_open(check, block, spec->name, node);
    return;
  }
  struct assign *assign = &block->assigns[field->index];
  if (assign->node) {
    complain(check->wrong, spec->place, "%.*s is set already", STR_ARG(spec->name));
    return;
  }
  fit_field(check, node, field);
  if (field->column && !sql_column_is_written(field->column))
    complain(check->wrong, spec->place, "SL gives %.*s itself: it cannot be written", STR_ARG(field->name));
  assign->node = node;
  assign->place = spec->place;
}

static void copy_fields(struct check *check, struct block *block, const struct output_spec *spec) {
  for (size_t i = 0; i < spec->copy_count; i++) {
    struct ast *path = ARENA_NEW(check->arena, struct ast), *same = ARENA_NEW(check->arena, struct ast);
    *path = (struct ast){ .kind = AST_PATH, .place = spec->copies[i].place };
    *PUSH(check, path->names, path->name_count) = spec->copies[i].name;
    *same = (struct ast){ .kind = AST_CALL, .place = path->place, .text = STR("same") };
    *PUSH(check, same->kids, same->kid_count) = path;
    bool is_key = false;
    const struct group *group = block->standing->kind == PLACE_GROUP ? block->standing->group : NULL;
    for (size_t j = 0; group && j < group->key_count; j++)
      is_key =
          is_key || (group->keys[j]->op == OP_COLUMN && str_eq(group->keys[j]->text, spec->copies[i].name));
    bool grouped = group && block->standing->level && !is_key;
    struct assign_spec assign = { spec->copies[i].name, spec->copies[i].place, grouped ? same : path };
    set_field(check, block, &assign, check_expr(check, assign.expr, block->standing));
  }
}

static void set_every(struct check *check, struct block *block, const struct output_spec *around) {
  for (size_t i = 0; around && i < around->every_count; i++) {
    const struct output_spec *every = around->everys[i];
    if (!str_eq(every->name, block->record->name)) continue;
    for (size_t j = 0; j < every->assign_count; j++) {
      const struct field *field = record_field(block->record, every->assigns[j].name);
      if (field && block->assigns[field->index].node) continue;
      set_field(check, block, &every->assigns[j], assigned_expr(check, block, &every->assigns[j]));
    }
  }
}

static bool key_of_parent(const struct record *record, const struct field *field) {
  bool own = false;
  for (size_t i = 0; i < record->key_count; i++) own = own || str_eq(record->keys[i], field->name);
  for (size_t i = 0; own && record->parent && i < record->parent->key_count; i++)
    if (str_eq(record->parent->keys[i], field->name)) return true;
  return false;
}

static void set_defaults(struct check *check, struct block *block) {
  for (size_t i = 0; i < block->record->field_count; i++) {
    const struct field *field = block->record->fields[i];
    struct assign *assign = &block->assigns[i];
    assign->field = field;
    if (!assign->node && field->fallback) {
      assign->node = default_node(check, block, field->fallback);
      fit_field(check, assign->node, field);
      assign->place = field->fallback->place;
    }
    if (assign->node || !field->required || field->assigned.len || key_of_parent(block->record, field))
      continue;
    complain(check->wrong, block->place, "%.*s.%.*s is required and nothing sets it",
             STR_ARG(block->record->name), STR_ARG(field->name));
  }
}

/* What a group that is only asked about stands in: no record of it is written. */
static struct block *asked_block(struct check *check, const struct block *block, struct group *group) {
  struct record *none = ARENA_NEW(check->arena, struct record);
  *none = (struct record){ .name = block->record->name, .schema = block->record->schema };
  struct block *asked = ARENA_NEW(check->arena, struct block);
  *asked = (struct block){ .record = none, .place = block->place, .repeat = REPEAT_PER, .group = group };
  asked->depth = block->depth + 1;
  asked->streams = block->streams;
  return asked;
}

static void check_block_rules(struct check *check, struct block *block, const struct output_spec *spec) {
  for (size_t i = 0; i < spec->rule_count; i++) {
    const struct rule_spec *from = &spec->rules[i];
    struct rule rule = {
      .kind = from->kind, .place = from->place, .standing = block->standing, .block = block
    };
    const struct standing *standing = block->standing;
    if (from->key_count) {
      struct output_spec keyed = { .keys = from->keys, .key_count = from->key_count };
      struct group *group = rule.group = make_group(check, block, &keyed, standing);
      group->block = asked_block(check, block, group);
      struct standing *inner = ARENA_NEW(check->arena, struct standing);
      *inner = (struct standing){ .kind = PLACE_GROUP, .outer = block->standing, .level = group->level };
      inner->group = group;
      inner->block = block;
      standing = rule.standing = inner;
    }
    rule.when = check_condition(check, from->when, standing);
    rule.text = check_text(check, from->text, standing);
    rule.about = check_text(check, from->about, standing);
    rule.suggest = check_text(check, from->suggest, standing);
    check_asks(check, &rule, from, standing);
    *PUSH(check, block->rules, block->rule_count) = rule;
  }
}

static void check_block(struct check *check, struct block *block, const struct output_spec *spec,
                        const struct output_spec *around, const struct standing *outer) {
  if (!block->broken) block->standing = enter(check, block, spec, outer);
  if (block->broken) {
    block->standing = NULL;
    for (size_t i = 0; i < block->let_count; i++) block->lets[i].ast = NULL;
    return;
  }
  for (const struct standing *s = block->standing; s; s = s->outer) block->streams |= s->kind == PLACE_EACH;
  block->assigns = ARENA_ARRAY(check->arena, struct assign, block->record->field_count);
  block->when = check_condition(check, spec->when, block->standing);
  for (size_t i = 0; i < spec->sorted_count; i++)
    *PUSH(check, block->sorted, block->sorted_count) = check_expr(check, spec->sorted[i], block->standing);
  check_block_rules(check, block, spec);
  for (size_t i = 0; i < block->let_count; i++) { /* unused ones too */
    struct ast *path = ARENA_NEW(check->arena, struct ast);
    *path = (struct ast){ .kind = AST_PATH, .place = block->lets[i].place };
    *PUSH(check, path->names, path->name_count) = block->lets[i].name;
    check_expr(check, path, block->standing);
  }
  for (size_t i = 0; i < spec->assign_count; i++)
    set_field(check, block, &spec->assigns[i], assigned_expr(check, block, &spec->assigns[i]));
  copy_fields(check, block, spec);
  set_every(check, block, around);
  set_defaults(check, block);
  size_t kid = 0;
  for (size_t i = 0; i < spec->kid_count; i++)
    if (kid < block->kid_count && block->kids[kid]->place.at == spec->kids[i]->place.at)
      check_block(check, block->kids[kid++], spec->kids[i], spec, block->standing);
}

static bool asks_records(const struct node *node, const struct block *block, size_t depth) {
  if (!node || depth > 200) return false;
  if (node->op == OP_AGGREGATE || node->op == OP_PRIOR) return true;
  if (node->op == OP_LET && node->block == block &&
      asks_records(block->lets[node->index].node, block, depth + 1))
    return true;
  for (size_t i = 0; i < node->kid_count; i++)
    if (asks_records(node->kids[i], block, depth + 1)) return true;
  return false;
}

/* It is written before the first record is read, in every part of a file that is cut. */
static void check_framed(struct check *check, const struct block *block) {
  if (block->repeat != REPEAT_ONCE || block->when || block->rule_count)
    complain(check->wrong, block->place,
             "%.*s stands around the whole file: it has no each, per, when or rules",
             STR_ARG(block->record->name));
  for (size_t i = 0; block->assigns && i < block->record->field_count; i++)
    if (asks_records(block->assigns[i].node, block, 0))
      complain(check->wrong, block->assigns[i].place, "%.*s.%.*s is written before the records are read",
               STR_ARG(block->record->name), STR_ARG(block->record->fields[i]->name));
}

/* What stands in a frame is checked as if it stood beside it: nothing of the frame can be asked for there. */
static void check_output(struct check *check, const struct output_spec *spec,
                         const struct output_spec *around, const struct standing *file, size_t *at) {
  const struct program *program = check->program;
  if (*at >= program->output_count || program->outputs[*at]->place.at != spec->place.at) return;
  struct block *block = program->outputs[(*at)++];
  check_block(check, block, spec, around, file);
  if (block->frame) check_framed(check, block);
  for (size_t i = 0; block->frame && i < spec->kid_count; i++)
    check_output(check, spec->kids[i], spec, file, at);
}

void check_blocks(struct check *check) {
  struct program *program = check->program;
  struct standing *file = ARENA_NEW(check->arena, struct standing);
  *file = (struct standing){ .kind = PLACE_FILE, .group = program->file };
  for (size_t i = 0; i < check->spec->output_count; i++)
    make_block(check, check->spec->outputs[i], NULL, NULL);
  size_t kid = 0;
  for (size_t i = 0; i < check->spec->output_count; i++)
    check_output(check, check->spec->outputs[i], NULL, file, &kid);
  check_order(check);
}
