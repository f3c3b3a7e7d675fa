/* model/schema: the layout of one kind of record tree, as a .schema file states it. */
#include "model/schema.h"

#include <string.h>

struct parse {
  struct schema *schema;
  struct arena *arena;
  struct complaints *wrong;
};

static const struct {
  const char *name;
  const char *options; /* blank before and after each word */
} formats[] = {
  [FORMAT_TSV] = { "tsv", " charset decimal newline xml header " },
  [FORMAT_CSV] = { "csv", " charset decimal newline separator " },
  [FORMAT_TI] = { "ti", " screen charset newline document " },
  [FORMAT_XML] = { "xml", " charset document " },
  [FORMAT_JSON] = { "json", " " },
  [FORMAT_SQL] = { "sql", " database others stamp document charset " },
  [FORMAT_STATE] = { "state", " keep " },
};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

const char *format_name(enum format format) { return formats[format].name; }

static bool format_takes(enum format format, str option) {
  char word[64];
  if (option.len + 3 > sizeof word) return false;
  word[0] = ' ';
  memcpy(word + 1, option.at, option.len);
  memcpy(word + 1 + option.len, " ", 2);
  return strstr(formats[format].options, word) != NULL;
}

static void parse_format(struct parse *parse, struct cursor *cursor) {
  struct token *name = cursor_name(cursor, "a format");
  if (!name) return;
  str known[FORMAT_COUNT];
  for (size_t i = 0; i < FORMAT_COUNT; i++) {
    known[i] = str_of(formats[i].name);
    if (!str_eq(name->text, known[i])) continue;
    parse->schema->format = (enum format)i;
    return;
  }
  cursor_complain(cursor, name->place, "no format \"%.*s\": tsv, csv, ti, xml, json, sql or state%.*s",
                  STR_ARG(name->text), STR_ARG(suggest(parse->arena, name->text, known, FORMAT_COUNT)));
}

static void parse_option(struct parse *parse, struct cursor *cursor) {
  struct token *name = cursor_name(cursor, "an option");
  if (!name) return;
  struct schema *schema = parse->schema;
  if (!format_takes(schema->format, name->text))
    cursor_complain(cursor, name->place, "format %s has no option \"%.*s\"; it takes%.*s",
                    format_name(schema->format), STR_ARG(name->text),
                    (int)strlen(formats[schema->format].options) - 1, formats[schema->format].options);
  struct option *option = ARENA_PUSH(parse->arena, schema->options, schema->option_count);
  *option = (struct option){ .name = name->text, .place = name->place };
  while (cursor_peek(cursor) && !cursor_at(cursor, ","))
    *ARENA_PUSH(parse->arena, option->words, option->count) = cursor_take(cursor)->text;
}

static void parse_head(struct parse *parse, struct statement *statement) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  cursor_take(&cursor);
  struct schema *schema = parse->schema;
  cursor_path(&cursor, "the schema's name", &schema->name, &schema->place);
  if (cursor_accept(&cursor, "like"))
    cursor_path(&cursor, "a schema's name", &schema->like, &schema->like_place);
  if (!cursor_expect(&cursor, "format")) return;
  parse_format(parse, &cursor);
  while (!statement->broken && cursor_accept(&cursor, ",")) parse_option(parse, &cursor);
  cursor_end(&cursor);
}

/* What stands between the brackets of a type, as written: MM/DD/YYYY is no expression. */
static bool type_argument(struct cursor *cursor, str *argument, struct place *place) {
  struct token *open = cursor_take(cursor), *last = open;
  while (cursor_peek(cursor) && !cursor_at(cursor, ")")) last = cursor_take(cursor);
  if (!cursor_expect(cursor, ")")) return false;
  const char *start = open->text.at + 1, *end = last->text.at + last->text.len;
  *argument = str_trim((str){ start, end > start ? (size_t)(end - start) : 0 });
  *place = (struct place){ open->place.source, open->place.at + 1 };
  return true;
}

static bool type_takes(struct cursor *cursor, struct type_spec *type, str argument, struct place place) {
  int64_t number;
  switch (type->type) {
  case TYPE_TEXT:
    if (!str_to_int(argument, &number) || number < 1 || number > 1000000) break;
    type->size = (int32_t)number;
    return true;
  case TYPE_DECIMAL:
    if (str_starts(argument, STR("config."))) {
      type->size_setting = str_sub(argument, 7, argument.len);
      return true;
    }
    if (!str_to_int(argument, &number) || number < 0 || number > DEC_SCALE_MOST) break;
    type->size = (int32_t)number;
    return true;
  case TYPE_DATE:
    if (!date_pattern_is_good(argument, false)) break;
    type->pattern = argument;
    return true;
  case TYPE_PERIOD:
    if (!period_pattern_is_good(argument)) break;
    type->pattern = argument;
    return true;
  case TYPE_TIMESTAMP:
    if (!str_eq(argument, STR("local"))) break;
    type->local = true;
    return true;
  default: break;
  }
  cursor_complain(cursor, place, "%s(%.*s) has no meaning", type_name(type->type), STR_ARG(argument));
  return false;
}

bool type_parse(struct cursor *cursor, struct type_spec *type) {
  struct token *name = cursor_peek(cursor);
  *type = (struct type_spec){ .size = -1 };
  if (!name || name->kind != TOKEN_NAME || !type_by_name(name->text, &type->type)) return false;
  cursor_take(cursor);
  if (!cursor_at(cursor, "(")) return true;
  str argument;
  struct place place;
  return type_argument(cursor, &argument, &place) && type_takes(cursor, type, argument, place);
}

void type_format(const struct type_spec *type, struct buf *text) {
  buf_printf(text, "%s", type_name(type->type));
  if (type->pattern.len) buf_printf(text, "(%.*s)", STR_ARG(type->pattern));
  else if (type->size_setting.len) buf_printf(text, "(config.%.*s)", STR_ARG(type->size_setting));
  else if (type->size >= 0) buf_printf(text, "(%d)", (int)type->size);
  else if (type->local) buf_add(text, STR("(local)"));
}

static bool parse_choices(struct cursor *cursor, struct field *field) {
  if (!cursor_expect(cursor, "of")) return false;
  do {
    struct token *choice = cursor_text(cursor, "a choice");
    if (!choice) return false;
    *ARENA_PUSH(cursor->arena, field->choices, field->choice_count) = choice->text;
  } while (cursor_accept(cursor, ","));
  return true;
}

static bool parse_too_long(struct cursor *cursor, struct field *field) {
  static const char *const words[] = { "refuse", "cut", "review" };
  for (int i = 0; i < 3; i++)
    if (cursor_accept(cursor, words[i])) {
      field->too_long = (enum too_long)i;
      return field->too_long_stated = true;
    }
  cursor_complain(cursor, cursor_place(cursor), "\"too-long\" takes refuse, cut or review");
  return false;
}

static bool parse_text_attribute(struct cursor *cursor, struct field *field) {
  struct {
    const char *word;
    str *to;
  } texts[] = { { "at", &field->at }, { "as", &field->as }, { "refused", &field->refused } };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (!cursor_accept(cursor, texts[i].word)) continue;
    struct token *text = cursor_text(cursor, "a text");
    if (text) *texts[i].to = text->text;
    return true;
  }
  str *to = cursor_at(cursor, "control")    ? &field->control
            : cursor_at(cursor, "assigned") ? &field->assigned
            : cursor_at(cursor, "was")      ? &field->was
                                            : NULL;
  if (!to) return false;
  cursor_take(cursor);
  struct token *name = cursor_name(cursor, "a name");
  if (name) *to = name->text;
  return true;
}

static bool parse_attribute(struct cursor *cursor, struct field *field) {
  static const char *const known[] = { "required", "optional", "personal", "message-number",
                                       "too-long", "one of",   "at",       "as",
                                       "control",  "assigned", "refused",  "was" };
  bool *flags[] = { &field->required, &field->optional, &field->personal, &field->message_number };
  for (size_t i = 0; i < 4; i++)
    if (cursor_accept(cursor, known[i])) return *flags[i] = true;
  if (cursor_accept(cursor, "too-long")) return parse_too_long(cursor, field);
  if (cursor_accept(cursor, "one")) return parse_choices(cursor, field);
  if (cursor_accept(cursor, "=")) return (field->fallback = expr_parse(cursor)) != NULL;
  if (parse_text_attribute(cursor, field)) return true;
  struct token *token = cursor_peek(cursor);
  str names[24];
  size_t count = 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) names[count++] = str_of(known[i]);
  for (enum type t = TYPE_TEXT; t < TYPE_LIST && count < 24; t++) names[count++] = str_of(type_name(t));
  cursor_complain(cursor, token->place, "a field has no attribute or type \"%.*s\"%.*s", STR_ARG(token->text),
                  STR_ARG(suggest(cursor->arena, token->text, names, count)));
  return false;
}

static void add_field(struct parse *parse, struct record *record, struct field *field, str prefix) {
  struct field *same = record_field(record, field->name);
  if (same) {
    complain(parse->wrong, field->place, "%.*s already has a field \"%.*s\"", STR_ARG(record->name),
             STR_ARG(field->name));
    return;
  }
  if (prefix.len) {
    str own = field->at.len ? field->at : field->name;
    field->at = arena_printf(parse->arena, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(own));
  }
  field->record = record;
  field->index = record->field_count;
  *ARENA_PUSH(parse->arena, record->fields, record->field_count) = field;
}

static void parse_fields(struct parse *parse, struct record *record, struct statement *statement,
                         str prefix) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  struct token *names[200];
  size_t count = 0;
  do {
    struct token *name = cursor_name(&cursor, "a field's name");
    if (!name || count == 200) return;
    names[count++] = name;
  } while (cursor_accept(&cursor, ","));
  struct field all = { .type = { .size = -1, .type = TYPE_ANY } };
  struct type_spec type;
  if ((all.typed = type_parse(&cursor, &type))) all.type = type;
  while (cursor_peek(&cursor) && !statement->broken)
    if (!parse_attribute(&cursor, &all)) break;
  for (size_t i = 0; i < count; i++) {
    struct field *field = ARENA_NEW(parse->arena, struct field);
    *field = all;
    field->name = names[i]->text;
    field->place = names[i]->place;
    add_field(parse, record, field, prefix);
  }
  if (statement->kid_count)
    complain(parse->wrong, statement->kids[0]->place, "a field has no lines below it");
}

static void parse_record_body(struct parse *parse, struct record *record, struct statement *statement,
                              str prefix);

static void parse_record(struct parse *parse, struct record *parent, struct statement *statement,
                         str prefix) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  cursor_take(&cursor);
  struct token *name = cursor_name(&cursor, "the record's name");
  if (!name) return;
  bool read = false; /* its columns are those of a query, its own or that of a record around it */
  struct record *record = ARENA_NEW(parse->arena, struct record);
  *record =
      (struct record){ .name = name->text, .place = name->place, .parent = parent, .schema = parse->schema };
  record->depth = parent ? parent->depth + 1 : 1;
  struct token *word = cursor_peek(&cursor);
  if (word && word->kind == TOKEN_TEXT) record->word = cursor_take(&cursor)->text;
  while (cursor_peek(&cursor) && !statement->broken) {
    if (cursor_accept(&cursor, "once")) record->once = true;
    else if (cursor_accept(&cursor, "change")) record->change = true;
    else if (cursor_accept(&cursor, "at")) {
      struct token *at = cursor_text(&cursor, "a path");
      if (at) record->at = at->text;
    } else if (cursor_accept(&cursor, "key")) {
      do {
        struct token *key = cursor_name(&cursor, "a key field");
        if (key) *ARENA_PUSH(parse->arena, record->keys, record->key_count) = key->text;
      } while (cursor_accept(&cursor, ","));
    } else cursor_end(&cursor);
  }
  if (prefix.len) record->at = arena_printf(parse->arena, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(record->at));
  if (parent) *ARENA_PUSH(parse->arena, parent->kids, parent->kid_count) = record;
  else *ARENA_PUSH(parse->arena, parse->schema->records, parse->schema->record_count) = record;
  parse_record_body(parse, record, statement, STR_NONE);
  for (const struct record *r = record; r; r = r->parent) read = read || r->query.len;
  record->open = parse->schema->format == FORMAT_SQL && !read;
}

/* at "BillingData": a path shared by the fields and records below it. */
static void parse_group(struct parse *parse, struct record *record, struct statement *statement, str prefix) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  cursor_take(&cursor);
  struct token *at = cursor_text(&cursor, "a path");
  if (!at || !cursor_end(&cursor)) return;
  str path =
      prefix.len ? arena_printf(parse->arena, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(at->text)) : at->text;
  parse_record_body(parse, record, statement, path);
}

/* SQL as it stands, with {expressions} that are bound as parameters. */
static void parse_query(struct parse *parse, struct record *record, struct statement *statement) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  const struct source *source = statement->place.source;
  struct token text = { .kind = TOKEN_TEXT, .text = statement->raw, .place = { source, 0 } };
  text.place.at = (size_t)(statement->raw.at - source->text.at) - 1; /* where its quote would stand */
  record->query = statement->raw;
  record->query_ast = expr_of_text(&cursor, &text);
}

static void parse_record_body(struct parse *parse, struct record *record, struct statement *statement,
                              str prefix) {
  for (size_t i = 0; i < statement->kid_count; i++) {
    struct statement *kid = statement->kids[i];
    const struct token *first = kid->tokens.count ? &kid->tokens.items[0] : NULL;
    const struct token *second = kid->tokens.count > 1 ? &kid->tokens.items[1] : NULL;
    if (kid->broken || !first) continue;
    bool keyword = second && second->kind == TOKEN_NAME;
    if (kid->raw.len) parse_query(parse, record, kid);
    else if (token_is(first, "record") && keyword) parse_record(parse, record, kid, prefix);
    else if (token_is(first, "at") && second && second->kind == TOKEN_TEXT)
      parse_group(parse, record, kid, prefix);
    else parse_fields(parse, record, kid, prefix);
  }
}

/* A table that sluice keeps: one record, found by its key. Its name says its folder below var/state/. */
static void check_state(const struct schema *schema, struct complaints *wrong) {
  const struct record *record = schema->records[0];
  int64_t days;
  if (!str_starts(schema->name, STR("state.")))
    complain(wrong, schema->place, "the name of a state begins with \"state.\"");
  const struct option *keep = schema_option(schema, "keep");
  bool good = keep && keep->count == 2 && str_to_int(keep->words[0], &days) && days > 0 && days < 100000 &&
              (str_eq(keep->words[1], STR("days")) || str_eq(keep->words[1], STR("day")));
  if (keep && !good) complain(wrong, keep->place, "\"keep\" takes a number of days: keep 400 days");
  if (schema->record_count > 1 || record->kid_count)
    complain(wrong, schema->record_count > 1 ? schema->records[1]->place : record->kids[0]->place,
             "a state has one record, and none below it");
  if (!record->key_count)
    complain(wrong, record->place, "a state says by which fields its rows are known: record %.*s key FIELD",
             STR_ARG(record->name));
  for (size_t i = 0; i < record->key_count; i++)
    if (!record_field(record, record->keys[i]))
      complain(wrong, record->place, "the key of %.*s names no field \"%.*s\"", STR_ARG(record->name),
               STR_ARG(record->keys[i]));
}

static const struct field *field_below(struct record *const *records, size_t count, str name) {
  const struct field *found = NULL;
  for (size_t i = 0; i < count && !found; i++) {
    found = record_field(records[i], name);
    if (!found) found = field_below(records[i]->kids, records[i]->kid_count, name);
  }
  return found;
}

/* By what the other side knows a document of such a file. */
static void check_document(const struct schema *schema, struct complaints *wrong) {
  const struct option *document = schema_option(schema, "document");
  for (size_t i = 0; document && i < document->count; i++)
    if (!field_below(schema->records, schema->record_count, document->words[i]))
      complain(wrong, document->place, "no record has a field \"%.*s\", by which documents are known",
               STR_ARG(document->words[i]));
}

struct schema *schema_parse(const struct source *source, struct arena *arena, struct complaints *wrong) {
  struct statement *root = block_parse(source, "query", arena, wrong);
  if (root->broken) return NULL;
  struct schema *schema = ARENA_NEW(arena, struct schema);
  struct parse parse = { schema, arena, wrong };
  if (!root->kid_count || !root->kids[0]->tokens.count ||
      !token_is(&root->kids[0]->tokens.items[0], "schema")) {
    complain(wrong, root->kid_count ? root->kids[0]->place : root->place,
             "a schema file begins with \"schema NAME format ...\"");
    return NULL;
  }
  schema->place = root->kids[0]->place;
  parse_head(&parse, root->kids[0]);
  for (size_t i = 0; i < root->kids[0]->kid_count; i++) {
    struct statement *kid = root->kids[0]->kids[i];
    if (kid->tokens.count && token_is(&kid->tokens.items[0], "record"))
      parse_record(&parse, NULL, kid, STR_NONE);
    else if (!kid->broken) complain(wrong, kid->place, "only records stand below the schema line");
  }
  for (size_t i = 1; i < root->kid_count; i++)
    complain(wrong, root->kids[i]->place, "one file holds one schema");
  if (!schema->record_count && !complaints_count(wrong))
    complain(wrong, schema->place, "the schema has no record");
  if (schema->format == FORMAT_STATE && schema->record_count) check_state(schema, wrong);
  if ((schema->format == FORMAT_TI || schema->format == FORMAT_XML) && !schema->like.len)
    check_document(schema, wrong);
  return schema;
}

static struct record *copy_record(const struct record *record, struct schema *schema, struct record *parent,
                                  struct arena *arena) {
  struct record *copy = ARENA_NEW(arena, struct record);
  *copy = *record;
  copy->schema = schema;
  copy->parent = parent;
  copy->fields = NULL;
  copy->kids = NULL;
  copy->field_count = copy->kid_count = 0;
  for (size_t i = 0; i < record->field_count; i++) {
    struct field *field = ARENA_NEW(arena, struct field);
    *field = *record->fields[i];
    field->record = copy;
    *ARENA_PUSH(arena, copy->fields, copy->field_count) = field;
  }
  for (size_t i = 0; i < record->kid_count; i++)
    *ARENA_PUSH(arena, copy->kids, copy->kid_count) = copy_record(record->kids[i], schema, copy, arena);
  return copy;
}

struct schema *schema_copy(const struct schema *schema, struct arena *arena) {
  struct schema *copy = ARENA_NEW(arena, struct schema);
  *copy = *schema;
  copy->records = NULL;
  copy->record_count = 0;
  for (size_t i = 0; i < schema->record_count; i++)
    *ARENA_PUSH(arena, copy->records, copy->record_count) =
        copy_record(schema->records[i], copy, NULL, arena);
  return copy;
}

static bool is_open(const struct record *record) {
  bool open = record->open;
  for (size_t i = 0; i < record->kid_count; i++) open = open || is_open(record->kids[i]);
  return open;
}

bool schema_is_open(const struct schema *schema) {
  bool open = false;
  for (size_t i = 0; i < schema->record_count; i++) open = open || is_open(schema->records[i]);
  return open;
}

const struct option *schema_option(const struct schema *schema, const char *name) {
  for (size_t i = 0; i < schema->option_count; i++)
    if (str_eq(schema->options[i].name, str_of(name))) return &schema->options[i];
  return NULL;
}

str schema_option_word(const struct schema *schema, const char *name, size_t word) {
  const struct option *option = schema_option(schema, name);
  return option && word < option->count ? option->words[word] : STR_NONE;
}

static struct record *find_record(struct record *const *records, size_t count, str name) {
  for (size_t i = 0; i < count; i++) {
    if (str_eq(records[i]->name, name)) return records[i];
    struct record *deeper = find_record(records[i]->kids, records[i]->kid_count, name);
    if (deeper) return deeper;
  }
  return NULL;
}

struct record *schema_record(const struct schema *schema, str name) {
  return find_record(schema->records, schema->record_count, name);
}

struct field *record_field(const struct record *record, str name) {
  for (size_t i = 0; i < record->field_count; i++)
    if (str_eq(record->fields[i]->name, name)) return record->fields[i];
  return NULL;
}

bool field_is_found_by(const struct field *field) {
  bool is_key = field->was.len > 0;
  for (size_t i = 0; i < field->record->key_count; i++)
    is_key = is_key || str_eq(field->record->keys[i], field->name);
  return is_key;
}

bool record_is_under(const struct record *record, const struct record *above) {
  for (record = record->parent; record; record = record->parent)
    if (record == above) return true;
  return false;
}

bool record_has_personal(const struct record *record) {
  for (size_t i = 0; i < record->field_count; i++)
    if (record->fields[i]->personal) return true;
  for (size_t i = 0; i < record->kid_count; i++)
    if (record_has_personal(record->kids[i])) return true;
  return false;
}

str header_fold(str name, struct arena *arena) {
  char *folded = arena_alloc(arena, name.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.at[i];
    if (c == ' ' || c == '-' || c == '_' || c == '\t' || c == '\r') continue;
    folded[len++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
  }
  return (str){ folded, len };
}
