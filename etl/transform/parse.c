/* transform/parse: a .transform file to the structs of transform/spec.h. */
#include "transform/spec.h"

const char *const rule_words[5] = { "skip", "reject", "hold", "review", "warn" };

struct parse {
  struct transform_spec *spec;
  struct arena *arena;
  struct complaints *wrong;
};

#define PUSH(parse, items, count) ARENA_PUSH((parse)->arena, (items), (count))

static bool parse_choices(struct parse *parse, struct cursor *cursor, struct setting_spec *setting) {
  if (!cursor_expect(cursor, "of")) return false;
  do {
    struct token *choice = cursor_text(cursor, "a choice");
    if (!choice) return false;
    *PUSH(parse, setting->choices, setting->choice_count) = choice->text;
  } while (cursor_accept(cursor, ","));
  return true;
}

static void parse_settings(struct parse *parse, struct cursor *cursor) {
  struct token *names[100];
  size_t count = 0;
  do {
    struct token *name = cursor_name(cursor, "a setting's name");
    if (!name || count == 100) return;
    names[count++] = name;
  } while (cursor_accept(cursor, ","));
  struct setting_spec all = { 0 };
  bool typed = type_parse(cursor, &all.type);
  if (!typed) cursor_complain(cursor, cursor_place(cursor), "the setting's type is missing here");
  if (typed && cursor_accept(cursor, "one")) parse_choices(parse, cursor, &all);
  if (typed && cursor_accept(cursor, "=")) expr_parse_list(cursor, &all.fallback, &all.fallback_count);
  if (cursor->statement->broken) all.type.type = TYPE_ANY, all.fallback_count = 0;
  all.broken = cursor->statement->broken;
  struct token *help = cursor_peek(cursor);
  if (help && help->kind == TOKEN_TEXT) all.help = cursor_take(cursor)->text;
  cursor_end(cursor);
  for (size_t i = 0; i < count; i++) {
    all.name = names[i]->text;
    all.place = names[i]->place;
    *PUSH(parse, parse->spec->settings, parse->spec->setting_count) = all;
  }
}

/* Kept even when its expression is wrong (expr NULL): what uses the name is not wrong for that. */
static bool parse_assign(struct parse *parse, struct cursor *cursor, struct assign_spec **items,
                         size_t *count) {
  struct token *name = cursor_name(cursor, "a name");
  if (!name || !cursor_expect(cursor, "=")) return false;
  struct ast *expr = expr_parse(cursor);
  if (cursor->statement->broken) expr = NULL;
  *PUSH(parse, *items, *count) = (struct assign_spec){ name->text, name->place, expr };
  return expr != NULL;
}

static bool parse_pair(struct parse *parse, struct cursor *cursor, struct lookup_spec *lookup) {
  struct token *name = cursor_name(cursor, "a key column");
  if (!name) return false;
  struct pair_spec pair = { .name = name->text, .place = name->place };
  if (cursor_accept(cursor, "=") && !(pair.expr = expr_parse(cursor))) return false;
  pair.exact = cursor_accept(cursor, "exact");
  *PUSH(parse, lookup->pairs, lookup->pair_count) = pair;
  return true;
}

static bool parse_take(struct parse *parse, struct cursor *cursor, struct lookup_spec *lookup) {
  struct token *name = cursor_name(cursor, "a column to take");
  if (!name) return false;
  struct take_spec *take = PUSH(parse, lookup->takes, lookup->take_count);
  *take = (struct take_spec){ .name = name->text, .place = name->place };
  if (type_parse(cursor, &take->type)) return true;
  cursor_complain(cursor, cursor_place(cursor), "the type of \"%.*s\" is missing here", STR_ARG(name->text));
  return false;
}

static void parse_lookup_line(struct parse *parse, struct cursor *cursor, struct lookup_spec *lookup) {
  struct token *name = cursor_name(cursor, "the lookup's name");
  if (!name) return;
  lookup->name = name->text;
  lookup->place = name->place;
  if (!cursor_expect(cursor, "in")) return;
  struct token *sheet = cursor_peek(cursor);
  lookup->sheet = sheet && sheet->kind == TOKEN_TEXT;
  if (lookup->sheet) {
    cursor_take(cursor);
    lookup->from = sheet->text;
    lookup->from_place = sheet->place;
  } else if (!cursor_path(cursor, "a sheet or a schema", &lookup->from, &lookup->from_place)) return;
  lookup->many = cursor_accept(cursor, "many");
  while (cursor_peek(cursor) && !cursor->statement->broken) {
    bool good = true;
    if (cursor_accept(cursor, "on")) {
      do good = parse_pair(parse, cursor, lookup);
      while (good && cursor_accept(cursor, ","));
    } else if (cursor_accept(cursor, "take")) {
      do good = parse_take(parse, cursor, lookup);
      while (good && cursor_accept(cursor, ","));
    } else if (cursor_accept(cursor, "miss")) {
      do good = parse_assign(parse, cursor, &lookup->misses, &lookup->miss_count);
      while (good && cursor_accept(cursor, ","));
    } else cursor_end(cursor);
    if (!good) return;
  }
}

static void parse_lookup(struct parse *parse, struct cursor *cursor) {
  struct lookup_spec *lookup = PUSH(parse, parse->spec->lookups, parse->spec->lookup_count);
  *lookup = (struct lookup_spec){ .place = cursor->statement->place };
  parse_lookup_line(parse, cursor, lookup);
  lookup->broken = cursor->statement->broken;
}

static int rule_word(const struct token *token) {
  for (int i = 0; i < 5; i++)
    if (token_is(token, rule_words[i])) return i;
  return -1;
}

static bool at_clause(const struct cursor *cursor) {
  static const char *const clauses[] = { "about", "suggest", "answer", "when", "per" };
  for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++)
    if (cursor_at(cursor, clauses[i])) return true;
  return false;
}

/* A name is missing where the next clause begins: its word must not be taken for one. */
static struct token *name_before_clause(struct cursor *cursor, const char *what) {
  if (!at_clause(cursor)) return cursor_name(cursor, what);
  cursor_complain(cursor, cursor_place(cursor), "%s is missing here", what);
  return NULL;
}

/* answer LOOKUP [on KEY, KEY] */
static bool parse_answer(struct parse *parse, struct cursor *cursor, struct rule_spec *rule) {
  struct token *name = name_before_clause(cursor, "the lookup that \"answer\" goes to");
  if (!name) return false;
  rule->answer = (struct path_spec){ name->text, name->place };
  if (!cursor_accept(cursor, "on")) return true;
  do {
    struct token *key = name_before_clause(cursor, "a key column of the lookup");
    if (!key) return false;
    *PUSH(parse, rule->ons, rule->on_count) = (struct path_spec){ key->text, key->place };
  } while (cursor_accept(cursor, ",") && !at_clause(cursor));
  return true;
}

static void parse_rule(struct parse *parse, struct cursor *cursor, struct rule_spec **rules, size_t *count) {
  struct token *word = cursor_take(cursor);
  struct rule_spec rule = { .kind = (enum rule_kind)rule_word(word), .place = word->place };
  rule.file = cursor_accept(cursor, "file");
  struct token *text = cursor_text(cursor, "the rule's text");
  if (!text || !(rule.text = expr_of_text(cursor, text))) return;
  while (cursor_peek(cursor) && !cursor->statement->broken) {
    cursor_accept(cursor, ",");
    bool good = true;
    if (cursor_accept(cursor, "about")) good = (rule.about = expr_parse(cursor)) != NULL;
    else if (cursor_accept(cursor, "suggest")) good = (rule.suggest = expr_parse(cursor)) != NULL;
    else if (cursor_accept(cursor, "answer")) good = parse_answer(parse, cursor, &rule);
    else if (cursor_accept(cursor, "when")) good = (rule.when = expr_parse(cursor)) != NULL;
    else if (cursor_accept(cursor, "per")) good = expr_parse_list(cursor, &rule.keys, &rule.key_count);
    else good = cursor_end(cursor);
    if (!good) return;
  }
  if (!cursor->statement->broken) *PUSH(parse, *rules, *count) = rule;
}

static void parse_output_head(struct cursor *cursor, struct output_spec *output) {
  struct token *label = cursor_peek(cursor);
  if (label && label->kind == TOKEN_TEXT) output->label = cursor_take(cursor)->text;
  while (cursor_peek(cursor)) {
    if (cursor_accept(cursor, "each")) {
      struct token *each = cursor_name(cursor, "a record after \"each\"");
      if (each) output->each = each->text, output->each_place = each->place;
    } else if (cursor_accept(cursor, "per")) expr_parse_list(cursor, &output->keys, &output->key_count);
    else if (cursor_accept(cursor, "when")) output->when = expr_parse(cursor);
    else if (cursor_accept(cursor, "sorted")) {
      if (cursor_expect(cursor, "by")) expr_parse_list(cursor, &output->sorted, &output->sorted_count);
    } else {
      cursor_end(cursor);
      break;
    }
  }
  output->broken = cursor->statement->broken;
}

static void parse_copy(struct parse *parse, struct cursor *cursor, struct output_spec *output) {
  do {
    struct token *name = cursor_name(cursor, "a field to copy");
    if (!name) return;
    *PUSH(parse, output->copies, output->copy_count) =
        (struct take_spec){ .name = name->text, .place = name->place };
  } while (cursor_accept(cursor, ","));
  cursor_end(cursor);
}

static struct output_spec *parse_output(struct parse *parse, struct statement *statement);

static void parse_every(struct parse *parse, struct statement *statement, struct output_spec *output) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  cursor_take(&cursor);
  struct token *name = cursor_name(&cursor, "a record after \"every\"");
  if (!name || !cursor_end(&cursor)) return;
  struct output_spec *every = ARENA_NEW(parse->arena, struct output_spec);
  every->name = name->text;
  every->place = name->place;
  for (size_t i = 0; i < statement->kid_count; i++) {
    struct cursor kid = cursor_on(statement->kids[i], parse->arena, parse->wrong);
    if (parse_assign(parse, &kid, &every->assigns, &every->assign_count)) cursor_end(&kid);
  }
  *PUSH(parse, output->everys, output->every_count) = every;
}

static bool second_is(const struct statement *statement, const char *sign) {
  return statement->tokens.count > 1 && token_is(&statement->tokens.items[1], sign);
}

/* What may follow an output record's name; anything else is a statement misspelt. */
static bool may_be_output(const struct statement *statement) {
  const struct token *second = statement->tokens.count > 1 ? &statement->tokens.items[1] : NULL;
  return !second || second->kind == TOKEN_TEXT || token_is(second, "each") || token_is(second, "per") ||
         token_is(second, "when") || token_is(second, "sorted");
}

/* Says so once, and takes the word for the statement that it is nearest to, so that what the line names is
 * known. */
static bool correct_word(struct parse *parse, struct statement *statement, const char *const *words,
                         size_t count) {
  struct token *first = &statement->tokens.items[0];
  size_t best = 0, least = SIZE_MAX;
  if (first->kind != TOKEN_NAME || may_be_output(statement)) return false;
  for (size_t i = 0; i < count; i++) {
    size_t distance = str_distance(first->text, str_of(words[i]), 3);
    if (distance < least) best = i, least = distance;
  }
  str word = str_of(words[best]), near = suggest(parse->arena, first->text, &word, 1);
  if (!statement->broken)
    complain(parse->wrong, first->place, "no statement \"%.*s\"%.*s", STR_ARG(first->text), STR_ARG(near));
  statement->broken = true;
  if (!near.len) return false;
  first->text = word;
  return true;
}

static const char *const block_words[] = {
  "let", "copy", "every", "skip", "reject", "hold", "review", "warn"
};

static void parse_output_line(struct parse *parse, struct statement *statement, struct output_spec *output) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  struct token *first = cursor_peek(&cursor);
  if (!first) return;
  if (second_is(statement, "=")) {
    if (parse_assign(parse, &cursor, &output->assigns, &output->assign_count)) cursor_end(&cursor);
  } else if (cursor_accept(&cursor, "let")) {
    if (parse_assign(parse, &cursor, &output->lets, &output->let_count)) cursor_end(&cursor);
  } else if (cursor_accept(&cursor, "copy")) parse_copy(parse, &cursor, output);
  else if (rule_word(first) >= 0) parse_rule(parse, &cursor, &output->rules, &output->rule_count);
  else if (token_is(first, "every")) parse_every(parse, statement, output);
  else if (correct_word(parse, statement, block_words, sizeof block_words / sizeof *block_words))
    parse_output_line(parse, statement, output);
  else {
    struct output_spec *kid = parse_output(parse, statement);
    if (kid) *PUSH(parse, output->kids, output->kid_count) = kid;
  }
}

static struct output_spec *parse_output(struct parse *parse, struct statement *statement) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  struct output_spec *output = ARENA_NEW(parse->arena, struct output_spec);
  struct token *name = cursor_name(&cursor, "a statement or the name of an output record");
  if (!name) return NULL;
  output->name = name->text;
  output->place = name->place;
  parse_output_head(&cursor, output);
  for (size_t i = 0; i < statement->kid_count; i++) parse_output_line(parse, statement->kids[i], output);
  return output;
}

static void parse_prove(struct parse *parse, struct cursor *cursor) {
  struct token *text = cursor_text(cursor, "what is proved");
  if (!text) return;
  struct prove_spec prove = { .text = text->text, .place = text->place };
  if (!(prove.expr = expr_parse(cursor))) return;
  if (cursor_accept(cursor, "per")) {
    struct token *per = cursor_name(cursor, "a record after \"per\"");
    if (!per) return;
    prove.per = per->text;
    prove.per_place = per->place;
  }
  if (cursor_end(cursor)) *PUSH(parse, parse->spec->proofs, parse->spec->proof_count) = prove;
}

static void parse_into(struct parse *parse, struct cursor *cursor) {
  do {
    struct path_spec path;
    if (!cursor_path(cursor, "a schema", &path.name, &path.place)) return;
    *PUSH(parse, parse->spec->into, parse->spec->into_count) = path;
  } while (cursor_accept(cursor, ","));
  cursor_end(cursor);
}

static void parse_header(struct parse *parse, struct cursor *cursor) {
  if (parse->spec->header_stated)
    cursor_complain(cursor, cursor->statement->place, "there is one header line already");
  parse->spec->header_stated = true;
  if (!cursor_expect(cursor, "where")) return;
  parse->spec->header = expr_parse(cursor);
  cursor_end(cursor);
}

static const char *const words[] = { "from", "into",   "setting", "header", "lookup", "let",
                                     "skip", "reject", "hold",    "review", "warn",   "prove" };

static void parse_line(struct parse *parse, struct statement *statement) {
  struct transform_spec *spec = parse->spec;
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  struct token *first = cursor_peek(&cursor);
  if (!first) return;
  if (rule_word(first) >= 0) parse_rule(parse, &cursor, &spec->rules, &spec->rule_count);
  else if (cursor_accept(&cursor, "from")) {
    if (cursor_path(&cursor, "a schema", &spec->from.name, &spec->from.place)) cursor_end(&cursor);
  } else if (cursor_accept(&cursor, "into")) parse_into(parse, &cursor);
  else if (cursor_accept(&cursor, "setting")) parse_settings(parse, &cursor);
  else if (cursor_accept(&cursor, "header")) parse_header(parse, &cursor);
  else if (cursor_accept(&cursor, "lookup")) parse_lookup(parse, &cursor);
  else if (cursor_accept(&cursor, "prove")) parse_prove(parse, &cursor);
  else if (cursor_accept(&cursor, "let")) {
    if (parse_assign(parse, &cursor, &spec->lets, &spec->let_count)) cursor_end(&cursor);
  } else if (correct_word(parse, statement, words, sizeof words / sizeof *words))
    parse_line(parse, statement);
  else {
    struct output_spec *output = parse_output(parse, statement);
    if (output) *PUSH(parse, spec->outputs, spec->output_count) = output;
  }
}

struct transform_spec *transform_parse(const struct source *source, struct arena *arena,
                                       struct complaints *wrong) {
  struct statement *root = block_parse(source, NULL, arena, wrong);
  if (root->broken) return NULL;
  struct parse parse = { ARENA_NEW(arena, struct transform_spec), arena, wrong };
  struct statement *head = root->kid_count ? root->kids[0] : NULL;
  if (!head || !head->tokens.count || !token_is(&head->tokens.items[0], "transform")) {
    complain(wrong, head ? head->place : root->place, "a transform file begins with \"transform NAME\"");
    return NULL;
  }
  struct cursor cursor = cursor_on(head, arena, wrong);
  parse.spec->place = head->place;
  cursor_take(&cursor);
  struct token *name = cursor_name(&cursor, "the transform's name");
  if (name) parse.spec->name = name->text, parse.spec->place = name->place;
  cursor_end(&cursor);
  for (size_t i = 0; i < head->kid_count; i++) parse_line(&parse, head->kids[i]);
  for (size_t i = 1; i < root->kid_count; i++)
    complain(wrong, root->kids[i]->place, "one file holds one transform");
  return parse.spec;
}
