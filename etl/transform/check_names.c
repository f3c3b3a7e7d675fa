/* transform/check_names: what a name stands for, where it is used. */
#include "transform/check_internal.h"

struct level *level_by_name(const struct check *check, str name) {
  for (size_t i = 1; i < check->program->level_count; i++)
    if (str_eq(check->program->levels[i]->name, name)) return check->program->levels[i];
  return NULL;
}

bool level_at_hand(const struct level *around, const struct level *level) {
  while (level->once && level->parent) level = level->parent;
  return !level->parent || level_is_under(around, level);
}

const struct record *output_record(const struct check *check, str name) {
  for (size_t i = 0; i < check->program->into_count; i++) {
    const struct record *record = schema_record(check->program->into[i], name);
    if (record) return record;
  }
  return NULL;
}

struct lookup *lookup_by_name(const struct check *check, str name) {
  for (size_t i = 0; i < check->program->lookup_count; i++)
    if (str_eq(check->program->lookups[i]->name, name)) return check->program->lookups[i];
  return NULL;
}

struct setting *setting_by_name(const struct check *check, str name) {
  for (size_t i = 0; i < check->program->setting_count; i++)
    if (str_eq(check->program->settings[i].name, name)) return &check->program->settings[i];
  return NULL;
}

struct let *top_let(const struct check *check, str name) {
  for (size_t i = 0; i < check->program->let_count; i++)
    if (str_eq(check->program->lets[i].name, name)) return &check->program->lets[i];
  return NULL;
}

struct level *standing_level(const struct standing *standing) {
  for (; standing; standing = standing->outer)
    if (standing->kind == PLACE_EACH) return standing->level;
  return NULL;
}

const struct standing *each_of(struct check *check, struct level *level, const struct standing *outer) {
  struct standing *standing = ARENA_NEW(check->arena, struct standing);
  *standing = (struct standing){ .kind = PLACE_EACH, .level = level };
  standing->outer = (struct standing *)(uintptr_t)outer;
  standing->block = outer ? outer->block : NULL;
  return standing;
}

/* The column of a level, by name; many lookups have their take columns. */
static const struct field *level_field(const struct level *level, str name) {
  if (level->record) return record_field(level->record, name);
  if (level->many && level->many->table) return record_field(level->many->table, name);
  return NULL;
}

static ptrdiff_t take_index(const struct lookup *lookup, str name) {
  for (size_t i = 0; i < lookup->take_count; i++)
    if (str_eq(lookup->takes[i].name, name)) return (ptrdiff_t)i;
  return -1;
}

static bool level_has(const struct level *level, str name) {
  return level_field(level, name) || (level->many && take_index(level->many, name) >= 0);
}

/* Nearest around first, then the only one below; *several when two below have it. */
static struct level *column_level(const struct check *check, const struct level *at, str name,
                                  bool *several) {
  *several = false;
  for (const struct level *level = at; level; level = level->parent)
    if (level_has(level, name)) return check->program->levels[level->index];
  struct level *hit = NULL;
  for (size_t i = 1; i < check->program->level_count; i++) {
    struct level *level = check->program->levels[i];
    if (level->many || !level_has(level, name)) continue;
    if (hit) *several = true;
    else hit = level;
  }
  return hit;
}

static size_t use_column(struct check *check, struct level *level, const struct field *field) {
  for (size_t i = 0; i < level->column_count; i++)
    if (level->columns[i] == field) return i;
  *PUSH(check, level->columns, level->column_count) = field;
  return level->column_count - 1;
}

static struct node *column_node(struct check *check, struct level *level, str name, const struct ast *ast) {
  const struct field *field = level_field(level, name);
  struct node *node = node_new(check, OP_COLUMN, TYPE_ANY, ast->place);
  node->level = level;
  node->field = field;
  node->text = name;
  if (level->many) {
    ptrdiff_t take = take_index(level->many, name);
    node->index = take >= 0 ? (size_t)take : field->index;
    node->type = take >= 0 ? level->many->takes[take].type.type : field->type.type;
  } else {
    node->index = use_column(check, level, field);
    node->type = field->type.type;
  }
  return node;
}

/* A name that nothing has: says which it is near to. */
static struct node *no_column(struct check *check, const struct ast *ast, const struct standing *standing) {
  str name = ast->names[0], near[600];
  size_t count = 0;
  if (check->lacks_per) return node_wrong(check, ast->place); /* "per" would give it a meaning */
  for (const struct block *block = standing->block; block; block = block->parent)
    if (record_field(block->record, name)) {
      complain(check->wrong, ast->place, "\"%.*s\" is a field of the output: write %.*s.%.*s", STR_ARG(name),
               STR_ARG(block->record->name), STR_ARG(name));
      return node_wrong(check, ast->place);
    }
  for (size_t i = 1; i < check->program->level_count; i++) {
    const struct record *record = check->program->levels[i]->record;
    for (size_t j = 0; record && j < record->field_count && count < 400; j++)
      near[count++] = record->fields[j]->name;
  }
  for (const struct block *block = standing->block; block; block = block->parent)
    for (size_t j = 0; j < block->let_count && count < 500; j++) near[count++] = block->lets[j].name;
  for (size_t j = 0; j < check->program->let_count && count < 600; j++)
    near[count++] = check->program->lets[j].name;
  complain(check->wrong, ast->place, "no column \"%.*s\" in %.*s%.*s", STR_ARG(name),
           STR_ARG(check->program->from->name), STR_ARG(suggest(check->arena, name, near, count)));
  return node_wrong(check, ast->place);
}

static struct node *expand_let(struct check *check, const struct let *let, const struct ast *ast,
                               const struct standing *standing) {
  if (!let->ast) return node_wrong(check, ast->place); /* complained of by the parser */
  for (size_t i = 0; i < check->busy_count; i++)
    if (check->busy[i] == let) {
      for (size_t j = i; j < check->busy_count; j++) ((struct let *)(uintptr_t)check->busy[j])->ast = NULL;
      complain(check->wrong, let->place, "\"%.*s\" is computed from itself", STR_ARG(let->name));
      return node_wrong(check, ast->place);
    }
  if (check->busy_count == sizeof check->busy / sizeof *check->busy || ++check->unfolded > UNFOLDED_MOST) {
    complain(check->wrong, check->spec->place, "the lets of this transform use each other too often");
    return node_wrong(check, ast->place);
  }
  check->busy[check->busy_count++] = let;
  struct node *node = check_inner(check, let->ast, standing);
  check->busy_count--;
  return node;
}

static struct node *block_let(struct check *check, const struct ast *ast, const struct standing *standing) {
  for (struct block *block = standing->block; block; block = block->parent)
    for (size_t i = 0; i < block->let_count; i++) {
      if (!str_eq(block->lets[i].name, ast->names[0])) continue;
      struct let *let = &block->lets[i];
      if (!let->node) {
        let->node =
            node_new(check, OP_CONST, TYPE_ANY, let->place); /* met again while it is open: a circle */
        const struct record *written = check->written; /* a let stands in its block, whoever asks for it */
        check->written = NULL;
        let->node = check_stands(check, expand_let(check, let, ast, block->standing), block->standing);
        check->written = written;
      }
      struct node *node = node_new(check, OP_LET, let->node->type, ast->place);
      node->block = block;
      node->index = i;
      node->text = let->name;
      return node;
    }
  return NULL;
}

static struct node *top_let_node(struct check *check, const struct let *let, const struct ast *ast,
                                 const struct standing *standing) {
  struct node *node = expand_let(check, let, ast, standing);
  if (node->let) return node; /* a name for another let */
  node->let = let;
  *PUSH(check, check->expanded, check->expanded_count) = node;
  return node;
}

static struct node *bare_name(struct check *check, const struct ast *ast, const struct standing *standing) {
  struct node *let = block_let(check, ast, standing);
  if (let) return let;
  struct let *top = top_let(check, ast->names[0]);
  if (top) return top_let_node(check, top, ast, standing);
  bool several;
  struct level *at = standing_level(standing);
  if (!at || (standing->kind == PLACE_GROUP && standing->level)) at = standing->level ? standing->level : at;
  struct level *level = column_level(check, at ? at : check->program->levels[0], ast->names[0], &several);
  if (several)
    complain(check->wrong, ast->place, "several records have \"%.*s\": write %.*s.%.*s",
             STR_ARG(ast->names[0]), STR_ARG(level->name), STR_ARG(ast->names[0]));
  return level ? column_node(check, level, ast->names[0], ast) : no_column(check, ast, standing);
}

static str suggest_field(struct check *check, const struct record *record, str name) {
  str names[400];
  size_t count = 0;
  for (size_t i = 0; record && i < record->field_count && count < 400; i++)
    names[count++] = record->fields[i]->name;
  return suggest(check->arena, name, names, count);
}

static struct node *header_column(struct check *check, const struct ast *ast, str name) {
  struct program *program = check->program;
  const struct level *row = program->streamed;
  const struct field *field = row ? level_field(row, name) : NULL;
  if (!check->spec->header_stated || !field) {
    if (field) complain(check->wrong, ast->place, "there is no \"header where\" line");
    else
      complain(check->wrong, ast->place, "no column \"%.*s\" in %.*s%.*s", STR_ARG(name),
               STR_ARG(program->from->name), STR_ARG(suggest_field(check, row ? row->record : NULL, name)));
    return node_wrong(check, ast->place);
  }
  struct node *node = node_new(check, OP_HEADER, field->type.type, ast->place);
  node->field = field;
  for (; node->index < program->header_column_count; node->index++)
    if (program->header_columns[node->index] == field) return node;
  *PUSH(check, program->header_columns, program->header_column_count) = field;
  return node;
}

static struct node *config_value(struct check *check, const struct ast *ast, str name) {
  struct setting *setting = setting_by_name(check, name);
  if (setting) {
    struct node *node = node_new(check, OP_CONST, setting->type.type, ast->place);
    node->constant = setting->value;
    node->text = setting->name;
    return node;
  }
  str names[200];
  size_t count = 0;
  for (size_t i = 0; i < check->program->setting_count && count < 200; i++)
    names[count++] = check->program->settings[i].name;
  complain(check->wrong, ast->place, "no setting \"%.*s\" in this transform%.*s", STR_ARG(name),
           STR_ARG(suggest(check->arena, name, names, count)));
  return node_wrong(check, ast->place);
}

static struct node *lookup_column(struct check *check, struct lookup *lookup, const struct ast *ast,
                                  const struct standing *standing) {
  str name = ast->names[1];
  if (lookup->many && lookup->level && level_has(lookup->level, name))
    return column_node(check, lookup->level, name, ast);
  ptrdiff_t take = take_index(lookup, name);
  const struct field *field = lookup->table ? record_field(lookup->table, name) : NULL;
  if (take < 0 && !field && (lookup->is_sheet || lookup->table)) {
    str names[200];
    size_t count = 0;
    for (size_t i = 0; i < lookup->take_count && count < 200; i++) names[count++] = lookup->takes[i].name;
    complain(check->wrong, ast->place, "lookup %.*s takes no column \"%.*s\"%.*s", STR_ARG(lookup->name),
             STR_ARG(name), STR_ARG(suggest(check->arena, name, names, count)));
    return node_wrong(check, ast->place);
  }
  if (take < 0 && !field) return node_wrong(check, ast->place);
  struct node *node =
      node_new(check, OP_LOOKUP, take >= 0 ? lookup->takes[take].type.type : field->type.type, ast->place);
  node->lookup = lookup;
  node->index = take >= 0 ? (size_t)take : lookup->take_count + field->index; /* the takes first */
  node->field = field;
  node->text = arena_printf(check->arena, "%.*s.%.*s", STR_ARG(lookup->name), STR_ARG(name));
  for (size_t i = 0; i < lookup->key_count; i++)
    node_add(check, node, check_inner(check, lookup->key_asts[i], standing));
  return node;
}

struct block *block_of_record(const struct standing *standing, const struct record *record) {
  for (struct block *block = standing->block; block; block = block->parent)
    if (block->record == record) return block;
  return NULL;
}

static struct node *written_field(struct check *check, const struct record *record, const struct ast *ast,
                                  str name, const struct standing *standing) {
  const struct field *field = record_field(record, name);
  if (!field) {
    complain(check->wrong, ast->place, "no field \"%.*s\" in %.*s %.*s%.*s", STR_ARG(name),
             STR_ARG(record->schema->name), STR_ARG(record->name),
             STR_ARG(suggest_field(check, record, name)));
    return node_wrong(check, ast->place);
  }
  bool in_aggregate = check->written && (record == check->written || record_is_under(check->written, record));
  if (!in_aggregate && !block_of_record(standing, record)) {
    complain(check->wrong, ast->place,
             "%.*s.%.*s has many values here: use it in an aggregate, in its block, or add \"per %.*s\"",
             STR_ARG(record->name), STR_ARG(name), STR_ARG(record->name));
    check->lacks_per = check->proving;
    return node_wrong(check, ast->place);
  }
  struct node *node = node_new(check, OP_FIELD, field->type.type, ast->place);
  node->record = record;
  node->field = field;
  node->text = name;
  return node;
}

static struct node *dotted_name(struct check *check, const struct ast *ast, const struct standing *standing) {
  str first = ast->names[0], last = ast->names[ast->name_count - 1];
  bool only_in = str_eq(first, STR("in")) && ast->name_count == 3,
       only_out = str_eq(first, STR("out")) && ast->name_count == 3;
  if (str_eq(first, STR("header")) && ast->name_count == 2) return header_column(check, ast, last);
  if (str_eq(first, STR("config")) && ast->name_count == 2) return config_value(check, ast, last);
  if (str_eq(first, STR("window")) && ast->name_count == 2)
    return node_new(check, OP_WINDOW, TYPE_TIMESTAMP, ast->place);
  if (only_in || only_out) first = ast->names[1];
  else if (ast->name_count != 2) {
    complain(check->wrong, ast->place, "a name has one point at the most: RECORD.FIELD");
    return node_wrong(check, ast->place);
  }
  struct lookup *lookup = only_in || only_out ? NULL : lookup_by_name(check, first);
  if (lookup) return lookup_column(check, lookup, ast, standing);
  struct level *level = only_out ? NULL : level_by_name(check, first);
  const struct record *record = only_in ? NULL : output_record(check, first);
  bool in_source = level && level_has(level, last), in_output = record && record_field(record, last);
  if (in_source && in_output && !only_in && !only_out) {
    if (check->written == record) in_source = false;
    else {
      complain(check->wrong, ast->place,
               "source and output both have %.*s.%.*s: write in.%.*s.%.*s or out.%.*s.%.*s", STR_ARG(first),
               STR_ARG(last), STR_ARG(first), STR_ARG(last), STR_ARG(first), STR_ARG(last));
      return node_wrong(check, ast->place);
    }
  }
  if (in_source) return column_node(check, level, last, ast);
  if (record) return written_field(check, record, ast, last, standing);
  if (level)
    complain(check->wrong, ast->place, "no column \"%.*s\" in %.*s %.*s%.*s", STR_ARG(last),
             STR_ARG(check->program->from->name), STR_ARG(level->name),
             STR_ARG(suggest_field(check, level->record, last)));
  else
    complain(check->wrong, ast->place, "\"%.*s\" is neither a record, a lookup, header nor config",
             STR_ARG(first));
  return node_wrong(check, ast->place);
}

struct node *check_path(struct check *check, const struct ast *ast, const struct standing *standing) {
  return ast->name_count == 1 ? bare_name(check, ast, standing) : dotted_name(check, ast, standing);
}

static struct level *deeper(struct level *a, struct level *b) {
  if (!a || !b) return a ? a : b;
  return b->depth > a->depth ? b : a;
}

static struct level *path_level(struct check *check, const struct ast *ast) {
  str first = ast->names[0];
  if (ast->name_count == 1) {
    struct let *let = top_let(check, first);
    if (let) {
      for (size_t i = 0; i < check->busy_count; i++)
        if (check->busy[i] == let) return NULL;
      if (check->busy_count == 64 || ++check->unfolded > UNFOLDED_MOST) return NULL;
      check->busy[check->busy_count++] = let;
      struct level *level = deepest_level(check, let->ast);
      check->busy_count--;
      return level;
    }
    bool several;
    return column_level(check, NULL, first, &several);
  }
  if (str_eq(first, STR("in")) && ast->name_count == 3) return level_by_name(check, ast->names[1]);
  struct lookup *lookup = lookup_by_name(check, first);
  if (lookup) return lookup->level && lookup->level->depth ? lookup->level : NULL;
  struct level *level = level_by_name(check, first);
  return level && level_has(level, ast->names[ast->name_count - 1]) ? level : NULL;
}

struct level *deepest_level(struct check *check, const struct ast *ast) {
  if (!ast) return NULL;
  if (ast->kind == AST_PATH) return path_level(check, ast);
  struct level *level = NULL;
  if (ast->kind == AST_CALL) {
    const struct function *function = function_by_name(ast->text);
    if (function && function->kind == FUNCTION_AGGREGATE) return NULL; /* runs over its own */
    if (str_eq(ast->text, STR("found")) && ast->kid_count == 1 && ast->kids[0]->kind == AST_PATH) {
      struct lookup *lookup = lookup_by_name(check, ast->kids[0]->names[0]);
      return lookup && lookup->level && lookup->level->depth ? lookup->level : NULL;
    }
  }
  for (size_t i = 0; i < ast->kid_count; i++) level = deeper(level, deepest_level(check, ast->kids[i]));
  return deeper(level, deepest_level(check, ast->where));
}

static const struct record *deeper_record(const struct record *a, const struct record *b) {
  if (!a || !b) return a ? a : b;
  return b->depth > a->depth ? b : a;
}

/* A path's output record: RECORD.FIELD that the source does not have. */
static const struct record *path_written(struct check *check, const struct ast *ast) {
  if (ast->name_count == 1) return NULL;
  bool out = str_eq(ast->names[0], STR("out")) && ast->name_count == 3;
  str name = ast->names[out ? 1 : 0], last = ast->names[ast->name_count - 1];
  const struct record *record = output_record(check, name);
  if (!record || !record_field(record, last)) return NULL;
  struct level *level = level_by_name(check, name);
  if (lookup_by_name(check, name) || (!out && level && level_has(level, last))) return NULL;
  return record;
}

const struct record *deepest_written(struct check *check, const struct ast *ast) {
  if (!ast) return NULL;
  if (ast->kind == AST_PATH) return path_written(check, ast);
  if (ast->kind == AST_IS && ast->kids[0]->kind == AST_PATH)
    return output_record(check, ast->kids[0]->names[0]);
  const struct record *record = NULL;
  if (ast->kind == AST_CALL && str_eq(ast->text, STR("count")) && ast->kid_count == 1 &&
      ast->kids[0]->kind == AST_PATH && ast->kids[0]->name_count == 1 &&
      !level_by_name(check, ast->kids[0]->names[0]))
    record = output_record(check, ast->kids[0]->names[0]);
  for (size_t i = 0; i < ast->kid_count; i++)
    record = deeper_record(record, deepest_written(check, ast->kids[i]));
  return deeper_record(record, deepest_written(check, ast->where));
}
