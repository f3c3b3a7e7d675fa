/* transform/check: gives every name in a transform its meaning, and says what is wrong. */
#include "transform/check_internal.h"
#include "transform/sheet.h"

static struct level *add_level(struct check *check, str name, const struct record *record,
                               struct level *parent) {
  struct program *program = check->program;
  if (program->level_count == LEVELS_MOST) {
    complain(check->wrong, check->spec->place, "more than %d levels of records and lookups", LEVELS_MOST);
    return NULL;
  }
  struct level *level = ARENA_NEW(check->arena, struct level);
  *level = (struct level){ .name = name, .record = record, .parent = parent, .index = program->level_count };
  level->depth = parent ? parent->depth + 1 : 0;
  level->once = record && record->once;
  return program->levels[program->level_count++] = level;
}

static void add_record_levels(struct check *check, const struct record *record, struct level *parent) {
  struct level *level = add_level(check, record->name, record, parent);
  for (size_t i = 0; level && i < record->kid_count; i++) add_record_levels(check, record->kids[i], level);
}

static void make_levels(struct check *check) {
  struct program *program = check->program;
  struct level *file = add_level(check, STR("file"), NULL, NULL);
  if (program->from && program->from->record_count) add_record_levels(check, program->from->records[0], file);
  /* A record's first kid stands right behind it, unless there was no more room. */
  size_t at = program->level_count > 1;
  while (at + 1 < program->level_count && program->levels[at]->once && program->levels[at]->record->kid_count)
    at++;
  program->streamed = program->levels[at];
}

static void resolve_schemas(struct check *check) {
  struct program *program = check->program;
  struct transform_spec *spec = check->spec;
  if (!spec->from.name.len) complain(check->wrong, spec->place, "\"from SCHEMA\" is missing");
  else program->from = check->files->schema(check->files->user, spec->from.name, spec->from.place);
  if (!spec->into_count) complain(check->wrong, spec->place, "\"into SCHEMA\" is missing");
  for (size_t i = 0; i < spec->into_count; i++) {
    struct schema *into = check->files->schema(check->files->user, spec->into[i].name, spec->into[i].place);
    if (into && schema_is_open(into)) into = schema_copy(into, check->arena);
    if (into) *PUSH(check, program->into, program->into_count) = into;
  }
}

/* True where the transform itself asks whether the setting is there, so that it may be left out. */
static bool is_tested(const struct ast *ast, str name) {
  if (!ast) return false;
  bool asks = ast->kind == AST_PRESENT || ast->kind == AST_ABSENT ||
              (ast->kind == AST_BINARY && str_eq(ast->text, STR("otherwise")));
  const struct ast *kid = asks ? ast->kids[0] : NULL;
  if (kid && kid->kind == AST_PATH && kid->name_count == 2 && str_eq(kid->names[0], STR("config")) &&
      str_eq(kid->names[1], name))
    return true;
  for (size_t i = 0; i < ast->kid_count; i++)
    if (is_tested(ast->kids[i], name)) return true;
  return is_tested(ast->where, name);
}

static bool tested_in_output(const struct output_spec *output, str name) {
  for (size_t i = 0; i < output->let_count; i++)
    if (is_tested(output->lets[i].expr, name)) return true;
  for (size_t i = 0; i < output->assign_count; i++)
    if (is_tested(output->assigns[i].expr, name)) return true;
  for (size_t i = 0; i < output->rule_count; i++)
    if (is_tested(output->rules[i].when, name)) return true;
  for (size_t i = 0; i < output->kid_count; i++)
    if (tested_in_output(output->kids[i], name)) return true;
  for (size_t i = 0; i < output->every_count; i++)
    if (tested_in_output(output->everys[i], name)) return true;
  return is_tested(output->when, name);
}

static bool may_be_left_out(const struct transform_spec *spec, str name) {
  for (size_t i = 0; i < spec->let_count; i++)
    if (is_tested(spec->lets[i].expr, name)) return true;
  for (size_t i = 0; i < spec->rule_count; i++)
    if (is_tested(spec->rules[i].when, name)) return true;
  for (size_t i = 0; i < spec->lookup_count; i++)
    for (size_t j = 0; j < spec->lookups[i].pair_count; j++)
      if (is_tested(spec->lookups[i].pairs[j].expr, name)) return true;
  for (size_t i = 0; i < spec->output_count; i++)
    if (tested_in_output(spec->outputs[i], name)) return true;
  for (size_t i = 0; i < spec->proof_count; i++)
    if (is_tested(spec->proofs[i].expr, name)) return true;
  return false;
}

static value parse_list(str text, struct arena *arena) {
  str *items = NULL, piece;
  size_t count = 0;
  while (str_split(&text, ',', &piece)) {
    piece = str_trim(piece);
    if (piece.len >= 2 && piece.at[0] == '"' && piece.at[piece.len - 1] == '"')
      piece = str_sub(piece, 1, piece.len - 1);
    if (piece.len) *ARENA_PUSH(arena, items, count) = piece;
  }
  value list = { .type = count ? TYPE_LIST : TYPE_ABSENT };
  list.as.list.items = items;
  list.as.list.count = count;
  return list;
}

static void read_setting(struct check *check, struct setting *setting, str text, struct place place) {
  struct notation plain = { .decimal = DEC_PLAIN, .places_most = -1 };
  const char *why = NULL;
  setting->stated = true;
  if (setting->type.type == TYPE_LIST) setting->value = parse_list(text, check->arena);
  else if (!value_parse(text, &setting->type, &plain, &setting->value, &why))
    complain(check->wrong, place, "%.*s %s: %.*s is %s", STR_ARG(setting->name), why, STR_ARG(setting->name),
             type_name(setting->type.type));
  else if (setting->type.type == TYPE_TEXT && setting->type.size > 0 &&
           str_chars(text) > (size_t)setting->type.size)
    complain(check->wrong, place, "%.*s takes %d characters at the most, this has %zu",
             STR_ARG(setting->name), (int)setting->type.size, str_chars(text));
  bool known = !setting->choice_count;
  for (size_t i = 0; i < setting->choice_count; i++) known = known || str_eq(setting->choices[i], text);
  if (!known)
    complain(check->wrong, place, "%.*s cannot be \"%.*s\": %.*s", STR_ARG(setting->name), STR_ARG(text),
             STR_ARG(setting->help));
}

static void default_setting(struct check *check, struct setting *setting, const struct setting_spec *spec) {
  setting->has_default = spec->fallback_count > 0;
  if (setting->type.type == TYPE_LIST && spec->fallback_count) {
    str *items = ARENA_ARRAY(check->arena, str, spec->fallback_count);
    for (size_t i = 0; i < spec->fallback_count; i++) items[i] = spec->fallback[i]->text;
    setting->value = (value){ .type = TYPE_LIST };
    setting->value.as.list.items = items;
    setting->value.as.list.count = spec->fallback_count;
  } else if (spec->fallback_count) {
    struct standing file = { .kind = PLACE_FILE };
    struct node *node = check_inner(check, spec->fallback[0], &file);
    check_fits(check, node, &setting->type, setting->name);
    setting->value = node->constant;
    if (setting->type.type == TYPE_DECIMAL && setting->value.type == TYPE_INTEGER)
      setting->value = value_decimal(dec_of(setting->value.as.integer));
  }
}

void setting_ask(struct setting *setting, struct complaints *wrong) {
  complain(wrong, setting->place, "sluice.conf has no %.*s: %.*s", STR_ARG(setting->name),
           STR_ARG(setting->help));
  setting->missing = false;
}

static void make_settings(struct check *check) {
  struct transform_spec *spec = check->spec;
  for (size_t i = 0; i < spec->setting_count; i++) {
    const struct setting_spec *from = &spec->settings[i];
    struct setting setting = {
      .name = from->name, .help = from->help, .place = from->place, .type = from->type
    };
    if (setting_by_name(check, from->name))
      complain(check->wrong, from->place, "setting \"%.*s\" is there already", STR_ARG(from->name));
    setting.choices = from->choices;
    setting.choice_count = from->choice_count;
    default_setting(check, &setting, from);
    str text;
    struct place place;
    if (check->files->setting(check->files->user, from->name, &text, &place))
      read_setting(check, &setting, text, place);
    else if (check->files->conf && !from->broken && !setting.has_default &&
             !may_be_left_out(spec, from->name))
      setting.missing = true;
    if (setting.missing && !check->files->later) setting_ask(&setting, check->wrong);
    *PUSH(check, check->program->settings, check->program->setting_count) = setting;
  }
}

static const struct record *lookup_table(struct check *check, const struct lookup_spec *spec) {
  struct place quiet = { NULL, 0 };
  struct schema *schema = check->files->schema(check->files->user, spec->from, quiet);
  if (schema) return schema->record_count ? schema->records[0] : NULL;
  size_t point = spec->from.len;
  while (point > 0 && spec->from.at[point] != '.') point--;
  str name = str_sub(spec->from, 0, point), record = str_sub(spec->from, point + 1, spec->from.len);
  schema = check->files->schema(check->files->user, point ? name : spec->from, spec->from_place);
  if (!schema) return NULL;
  const struct record *table = schema_record(schema, record);
  if (!table)
    complain(check->wrong, spec->from_place, "schema %.*s has no record \"%.*s\"", STR_ARG(name),
             STR_ARG(record));
  return table;
}

/* A column of nothing but * decides nothing: it need not be read. */
static bool is_all_stars(const struct sheet *sheet, ptrdiff_t column) {
  for (size_t i = 0; i < sheet->row_count; i++) {
    bool there = (size_t)column < sheet->rows[i].count;
    if (!there || !str_eq(str_trim(sheet->rows[i].cells[column]), STR("*"))) return false;
  }
  return sheet->row_count > 0;
}

static void add_key(struct check *check, struct lookup *lookup, const struct pair_spec *pair) {
  struct ast *ast = pair->expr;
  ptrdiff_t column = lookup->sheet ? sheet_column(lookup->sheet, pair->name) : 0;
  if (column < 0 || (lookup->sheet && is_all_stars(lookup->sheet, column))) return; /* counts as * */
  if (lookup->table && !record_field(lookup->table, pair->name))
    complain(check->wrong, pair->place, "%.*s has no field \"%.*s\"", STR_ARG(lookup->from),
             STR_ARG(pair->name));
  if (!ast) {
    ast = ARENA_NEW(check->arena, struct ast);
    *ast = (struct ast){ .kind = AST_PATH, .place = pair->place };
    *PUSH(check, ast->names, ast->name_count) = pair->name;
  }
  size_t pairs = lookup->key_count;
  *PUSH(check, lookup->pairs, pairs) = *pair;
  *PUSH(check, lookup->key_asts, lookup->key_count) = ast;
}

static void add_takes(struct check *check, struct lookup *lookup, const struct lookup_spec *spec) {
  for (size_t i = 0; i < spec->take_count; i++) {
    struct take take = { .name = spec->takes[i].name, .type = spec->takes[i].type };
    if (lookup->sheet && sheet_column(lookup->sheet, take.name) < 0)
      complain(
          check->wrong, spec->takes[i].place, "%.*s has no column \"%.*s\"%.*s", STR_ARG(lookup->from),
          STR_ARG(take.name),
          STR_ARG(suggest(check->arena, take.name, lookup->sheet->columns, lookup->sheet->column_count)));
    *PUSH(check, lookup->takes, lookup->take_count) = take;
  }
}

static bool is_state(const struct lookup *lookup) {
  return lookup->table && lookup->table->schema->format == FORMAT_STATE;
}

/* What a state holds is of the types of its fields. */
static void check_state(struct check *check, const struct lookup *lookup, const struct lookup_spec *spec) {
  for (size_t i = 0; i < spec->take_count; i++) {
    const struct take *take = &lookup->takes[i];
    const struct field *field = record_field(lookup->table, take->name);
    if (!field)
      complain(check->wrong, spec->takes[i].place, "%.*s has no field \"%.*s\"", STR_ARG(lookup->from),
               STR_ARG(take->name));
    else if (field->type.type != take->type.type)
      complain(check->wrong, spec->takes[i].place, "%.*s.%.*s is %s, not %s", STR_ARG(lookup->from),
               STR_ARG(take->name), type_name(field->type.type), type_name(take->type.type));
  }
  for (size_t i = 0; i < lookup->key_count; i++) {
    const struct field *field = record_field(lookup->table, lookup->pairs[i].name);
    if (field && lookup->keys[i]) check_fits(check, lookup->keys[i], &field->type, field->name);
  }
}

static void make_lookup(struct check *check, const struct lookup_spec *spec) {
  struct program *program = check->program;
  struct lookup *lookup = ARENA_NEW(check->arena, struct lookup);
  *lookup =
      (struct lookup){ .name = spec->name, .from = spec->from, .place = spec->place, .many = spec->many };
  lookup->is_sheet = spec->sheet && !spec->broken;
  lookup->index = program->lookup_count;
  if (lookup_by_name(check, spec->name) || level_by_name(check, spec->name))
    complain(check->wrong, spec->place, "\"%.*s\" is a record or a lookup already", STR_ARG(spec->name));
  if (spec->broken) { /* it was complained of: its columns are of any type */
  } else if (spec->sheet)
    lookup->sheet = check->files->sheet(check->files->user, spec->from, spec->from_place);
  else lookup->table = lookup_table(check, spec);
  for (size_t i = 0; i < spec->pair_count; i++) add_key(check, lookup, &spec->pairs[i]);
  if (!spec->pair_count && !spec->broken)
    complain(check->wrong, spec->place, "a lookup says \"on\" which columns it is found");
  add_takes(check, lookup, spec);
  struct level *level = program->levels[0];
  for (size_t i = 0; i < lookup->key_count; i++) {
    struct level *named = deepest_level(check, lookup->key_asts[i]);
    if (named && named->depth > level->depth) level = named;
  }
  lookup->level = spec->many ? add_level(check, spec->name, NULL, level) : level;
  if (spec->many && lookup->level) lookup->level->many = lookup;
  *PUSH(check, program->lookups, program->lookup_count) = lookup;
}

/* What a query binds is known before a record is read: settings and the day. */
static void check_query(struct check *check, const struct ast *query, struct query *asked) {
  const struct standing file = { .kind = PLACE_FILE, .group = check->program->file };
  struct buf sql = buf_new(1 << 20);
  for (size_t i = 0; i < (query->kind == AST_TEMPLATE ? query->kid_count : 1); i++) {
    const struct ast *part = query->kind == AST_TEMPLATE ? query->kids[i] : query;
    if (part->kind == AST_TEXT) {
      buf_add(&sql, part->text);
      continue;
    }
    buf_char(&sql, '?');
    *PUSH(check, asked->parameters, asked->parameter_count) = check_expr(check, part, &file);
  }
  asked->sql = arena_str(check->arena, buf_str(&sql));
  buf_free(&sql);
}

/* Keys and misses are checked once more where they stand; here so that wrong ones are said though unused. */
static void check_lookup(struct check *check, struct lookup *lookup, const struct lookup_spec *spec) {
  struct level *level = lookup->many && lookup->level ? lookup->level->parent : lookup->level;
  if (!level) return;
  const struct standing file = { .kind = PLACE_FILE, .group = check->program->file };
  const struct standing *standing = level->depth ? each_of(check, level, &file) : &file;
  lookup->keys = ARENA_ARRAY(check->arena, struct node *, lookup->key_count);
  for (size_t i = 0; i < lookup->key_count; i++)
    lookup->keys[i] = check_expr(check, lookup->key_asts[i], standing);
  for (size_t i = 0; i < spec->miss_count; i++) {
    struct take *take = NULL;
    for (size_t j = 0; j < lookup->take_count; j++)
      if (str_eq(lookup->takes[j].name, spec->misses[i].name)) take = &lookup->takes[j];
    if (!spec->misses[i].expr) continue;
    struct node *node = check_expr(check, spec->misses[i].expr, standing);
    if (take) {
      take->miss = node;
      check_fits(check, node, &take->type, take->name);
    } else
      complain(check->wrong, spec->misses[i].place, "lookup %.*s takes no column \"%.*s\"",
               STR_ARG(lookup->name), STR_ARG(spec->misses[i].name));
  }
  if (lookup->sheet) finder_new(lookup, check->arena, check->wrong);
  if (is_state(lookup)) check_state(check, lookup, spec);
  if (lookup->table && lookup->table->query_ast) check_query(check, lookup->table->query_ast, &lookup->query);
}

bool let_hides(struct check *check, const struct assign_spec *spec) {
  for (size_t j = 1; j < check->program->level_count; j++) {
    const struct record *record = check->program->levels[j]->record;
    if (!record || !record_field(record, spec->name)) continue;
    complain(check->wrong, spec->place, "\"%.*s\" hides a column of %.*s", STR_ARG(spec->name),
             STR_ARG(record->name));
    return true;
  }
  return false;
}

static void make_lets(struct check *check) {
  for (size_t i = 0; i < check->spec->let_count; i++) {
    const struct assign_spec *spec = &check->spec->lets[i];
    if (top_let(check, spec->name))
      complain(check->wrong, spec->place, "\"%.*s\" is there already", STR_ARG(spec->name));
    else if (!let_hides(check, spec))
      *PUSH(check, check->program->lets, check->program->let_count) =
          (struct let){ .name = spec->name, .place = spec->place, .ast = spec->expr };
  }
}

static struct level *rule_level(struct check *check, const struct rule_spec *spec) {
  struct level *level = NULL;
  const struct ast *parts[] = { spec->when, spec->text, spec->about };
  for (size_t i = 0; i < 3; i++) {
    struct level *named = deepest_level(check, parts[i]);
    if (named && (!level || named->depth > level->depth)) level = named;
  }
  return level;
}

static void check_rule(struct check *check, const struct rule_spec *spec) {
  struct rule rule = { .kind = spec->kind, .file = spec->file, .place = spec->place };
  if (spec->key_count)
    complain(check->wrong, spec->place,
             "\"per\" belongs to a rule inside a block: it asks the groups under that record");
  struct standing file = { .kind = PLACE_FILE, .group = check->program->file };
  struct standing *standing = ARENA_NEW(check->arena, struct standing);
  *standing = file;
  if (!spec->file) {
    rule.level = rule_level(check, spec);
    if (!rule.level) {
      complain(check->wrong, spec->place, "this rule names no record: write \"%s file\", or name a column",
               rule_words[spec->kind]);
      return;
    }
    *standing = *each_of(check, rule.level, standing);
    standing->outer = NULL;
  }
  rule.standing = standing;
  rule.after_output = deepest_written(check, spec->when) || deepest_written(check, spec->text);
  rule.when = check_condition(check, spec->when, standing);
  rule.text = check_text(check, spec->text, standing);
  rule.about = check_text(check, spec->about, standing);
  rule.suggest = check_text(check, spec->suggest, standing);
  check_asks(check, &rule, spec, standing);
  *PUSH(check, check->program->rules, check->program->rule_count) = rule;
}

static bool writes_record(const struct program *program, const struct record *record) {
  for (size_t i = 0; i < program->block_count; i++)
    if (program->blocks[i]->record == record) return true;
  return false;
}

static void check_proof(struct check *check, const struct prove_spec *spec) {
  struct program *program = check->program;
  struct proof proof = { .text = spec->text, .place = spec->place };
  const struct standing file = { .kind = PLACE_FILE, .group = program->file };
  check->proving = !spec->per.len;
  if (!spec->per.len) {
    proof.node = check_condition(check, spec->expr, &file);
  } else {
    const struct record *record = output_record(check, spec->per);
    for (size_t i = 0; record && i < program->block_count; i++) {
      struct block *block = program->blocks[i];
      if (block->record != record || !block->standing) continue;
      size_t nodes = proof.per_count, rules = nodes;
      struct node *node = check_condition(check, spec->expr, block->standing);
      *PUSH(check, proof.per, proof.per_count) = block;
      *PUSH(check, proof.per_nodes, nodes) = node;
      *PUSH(check, proof.per_rules, rules) = check_proof_asks(check, &proof, block, node);
    }
    if (!record || (!proof.per_count && !writes_record(program, record)))
      complain(check->wrong, spec->per_place, "\"%.*s\" is no record that this transform writes",
               STR_ARG(spec->per));
  }
  check->proving = check->lacks_per = false;
  *PUSH(check, program->proofs, program->proof_count) = proof;
}

struct program *transform_check(struct transform_spec *spec, const struct check_files *files,
                                struct arena *arena, struct complaints *wrong) {
  struct program *program = ARENA_NEW(arena, struct program);
  struct check check = { .program = program, .spec = spec, .files = files, .arena = arena, .wrong = wrong };
  *program = (struct program){ .name = spec->name, .arena = arena, .spec = spec };
  resolve_schemas(&check);
  if (!program->from || program->into_count < spec->into_count || !program->into_count) return program;
  make_levels(&check);
  program->file = ARENA_NEW(arena, struct group);
  *ARENA_PUSH(arena, program->folds, program->fold_count) = program->file;
  make_settings(&check);
  make_lets(&check);
  for (size_t i = 0; i < spec->lookup_count; i++) make_lookup(&check, &spec->lookups[i]);
  for (size_t i = 0; i < program->lookup_count; i++)
    check_lookup(&check, program->lookups[i], &spec->lookups[i]);
  if (program->streamed->record->query_ast)
    check_query(&check, program->streamed->record->query_ast, &program->query);
  if (spec->header)
    program->header = check_condition(&check, spec->header, each_of(&check, program->streamed, NULL));
  check_blocks(&check);
  for (size_t i = 0; i < spec->rule_count; i++) check_rule(&check, &spec->rules[i]);
  for (size_t i = 0; i < spec->proof_count; i++) check_proof(&check, &spec->proofs[i]);
  check_shared(&check);
  return program;
}

struct node *check_feed_expr(struct program *program, const struct ast *ast, const struct block *block,
                             struct level **level, struct complaints *wrong) {
  struct check check = { .program = program, .spec = program->spec, .arena = program->arena, .wrong = wrong };
  const struct standing file = { .kind = PLACE_FILE, .group = program->file };
  if (block)
    return block->standing ? check_expr(&check, ast, block->standing) : node_wrong(&check, ast->place);
  struct level *named = level ? deepest_level(&check, ast) : NULL;
  if (level) *level = named;
  return check_expr(&check, ast, named ? each_of(&check, named, &file) : &file);
}
