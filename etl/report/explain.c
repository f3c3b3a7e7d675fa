/* report/explain: functions, schemas with their control-file contract, and a transform's rules and blocks. */
#include "report/explain.h"
#include "transform/functions.h"

#include <string.h>

void explain_pad(struct buf *text, size_t start, size_t column) {
  size_t used = str_chars(str_sub(buf_str(text), start, text->len));
  buf_printf(text, "%*s", used + 2 <= column ? (int)(column - used) : 2, "");
}

static const char *letter_word(char letter) {
  switch (letter) {
  case 't': return "text";
  case 'n': return "number";
  case 'i': return "integer";
  case 'd': return "date";
  case 'D': return "date or timestamp";
  case 'p': return "period";
  case 'b': return "condition";
  case 'N': return "decimal";
  case 's': return "timestamp";
  case '1': return "as given";
  default: return "value";
  }
}

static void function_head(const struct function *function, struct buf *text) {
  buf_printf(text, "%s(", function->name);
  const char *takes = function->takes;
  bool lookup = strcmp(function->name, "found") == 0, record = strcmp(function->name, "count") == 0;
  for (size_t i = 0; takes[i]; i++) {
    if (takes[i] == '*') buf_add(text, STR(", ..."));
    if (takes[i] == '*' || takes[i] == '?') break;
    bool optional = takes[i + 1] == '?';
    buf_printf(text, "%s%s%s%s", optional ? "[" : "", i ? ", " : "",
               lookup                                             ? "LOOKUP"
               : record || strcmp(function->name, "is-last") == 0 ? "RECORD"
                                                                  : letter_word(takes[i]),
               optional ? "]" : "");
  }
  buf_char(text, ')');
}

static void functions_of(enum function_kind kind, const char *title, struct buf *text) {
  buf_printf(text, "%s\n", title);
  for (size_t i = 0; i < function_count; i++) {
    if (functions[i].kind != kind) continue;
    size_t start = text->len;
    buf_add(text, STR("  "));
    function_head(&functions[i], text);
    explain_pad(text, start, 38);
    buf_printf(text, "%s", letter_word(functions[i].gives[0]));
    explain_pad(text, start, 50);
    buf_printf(text, "%s\n", functions[i].help);
  }
}

void explain_functions(struct buf *text) {
  functions_of(FUNCTION_AGGREGATE, "aggregates", text);
  functions_of(FUNCTION_PLACE, "place among other records", text);
  functions_of(FUNCTION_PLAIN, "values", text);
  functions_of(FUNCTION_RUN, "the run and its lookups", text);
}

static void explain_type(const struct field *field, struct buf *text) {
  if (field->typed) type_format(&field->type, text);
  else buf_add(text, field->column ? STR("date or timestamp") : STR("as the table"));
}

static void field_duties(const struct field *field, struct buf *text) {
  const char *flags[] = { field->required ? " required" : "", field->optional ? " optional" : "",
                          field->personal ? " personal" : "",
                          field->message_number ? " message-number" : "" };
  static const char *const too_long[] = { "", " too-long cut", " too-long review" };
  for (size_t i = 0; i < 4; i++) buf_printf(text, "%s", flags[i]);
  buf_printf(text, "%s", too_long[field->too_long]);
  if (field->at.len) buf_printf(text, " at \"%.*s\"", STR_ARG(field->at));
  if (field->as.len) buf_printf(text, " as \"%.*s\"", STR_ARG(field->as));
  if (field->control.len) buf_printf(text, " control %.*s", STR_ARG(field->control));
  if (field->assigned.len) buf_printf(text, " assigned %.*s", STR_ARG(field->assigned));
  if (field->was.len) buf_printf(text, " was %.*s", STR_ARG(field->was));
  if (field->refused.len) buf_printf(text, " refused \"%.*s\"", STR_ARG(field->refused));
  for (size_t i = 0; i < field->choice_count; i++)
    buf_printf(text, "%s \"%.*s\"", i ? "," : " one of", STR_ARG(field->choices[i]));
  if (!field->fallback) return;
  buf_add(text, STR(" = "));
  expr_format(field->fallback, text);
}

static void explain_record(const struct record *record, size_t indent, struct buf *text) {
  size_t widest = 0;
  buf_printf(text, "%*srecord %.*s", (int)indent, "", STR_ARG(record->name));
  if (record->word.len) buf_printf(text, " \"%.*s\"", STR_ARG(record->word));
  if (record->once) buf_add(text, STR(" once"));
  if (record->change) buf_add(text, STR(" change"));
  if (record->at.len) buf_printf(text, " at \"%.*s\"", STR_ARG(record->at));
  for (size_t i = 0; i < record->key_count; i++)
    buf_printf(text, "%s %.*s", i ? "," : " key", STR_ARG(record->keys[i]));
  if (record->open && !record->change) buf_add(text, STR("  (the table's other columns too)"));
  buf_char(text, '\n');
  for (size_t i = 0; i < record->field_count; i++)
    if (record->fields[i]->name.len > widest) widest = record->fields[i]->name.len;
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    size_t start = text->len;
    buf_printf(text, "%*s%.*s", (int)indent + 2, "", STR_ARG(field->name));
    explain_pad(text, start, indent + widest + 4);
    explain_type(field, text);
    field_duties(field, text);
    buf_char(text, '\n');
  }
  if (record->query.len) buf_printf(text, "%*sread by a query\n", (int)indent + 2, "");
  for (size_t i = 0; i < record->kid_count; i++) explain_record(record->kids[i], indent + 2, text);
}

/* One row for each field of a Transaction Import file: what the control file must say of it. */
static void control_rows(const struct record *record, struct buf *text) {
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    size_t start = text->len;
    buf_printf(text, "  %.*s", STR_ARG(record->word.len ? record->word : record->name));
    explain_pad(text, start, 16);
    buf_printf(text, "%zu", i + 1);
    explain_pad(text, start, 23);
    buf_add(text, field->name);
    explain_pad(text, start, 42);
    buf_add(text, field->control.len ? field->control : STR("-"));
    explain_pad(text, start, 60);
    explain_type(field, text);
    buf_printf(text, "%s\n", field->required ? ", required" : "");
  }
  for (size_t i = 0; i < record->kid_count; i++) control_rows(record->kids[i], text);
}

void explain_schema(const struct schema *schema, struct buf *text) {
  buf_printf(text, "schema %.*s", STR_ARG(schema->name));
  if (schema->like.len) buf_printf(text, " like %.*s", STR_ARG(schema->like));
  buf_printf(text, "  format %s", format_name(schema->format));
  for (size_t i = 0; i < schema->option_count; i++) {
    buf_printf(text, ", %.*s", STR_ARG(schema->options[i].name));
    for (size_t j = 0; j < schema->options[i].count; j++)
      buf_printf(text, " %.*s", STR_ARG(schema->options[i].words[j]));
  }
  buf_char(text, '\n');
  for (size_t i = 0; i < schema->record_count; i++) explain_record(schema->records[i], 2, text);
  if (schema->format != FORMAT_TI) return;
  str screen = schema_option_word(schema, "screen", 0);
  buf_printf(text,
             "\ncontrol file of screen %.*s: every line is its level word and these fields, in quotes\n",
             STR_ARG(screen.len ? screen : STR("(not stated)")));
  buf_add(text, STR("  level word    field  name               screen control    type or mask\n"));
  for (size_t i = 0; i < schema->record_count; i++) control_rows(schema->records[i], text);
}

void explain_keys(const struct lookup *lookup, struct buf *text) {
  for (size_t i = 0; i < lookup->key_count; i++) {
    const struct pair_spec *pair = &lookup->pairs[i];
    buf_printf(text, "%s%.*s", i ? ", " : "", STR_ARG(pair->name));
    if (pair->expr) {
      buf_add(text, STR(" = "));
      expr_format(pair->expr, text);
    }
    if (pair->exact) buf_add(text, STR(" exact"));
  }
}

static void explain_levels(const struct program *program, struct buf *text) {
  buf_add(text, STR("levels\n"));
  for (size_t i = 0; i < program->level_count; i++) {
    const struct level *level = program->levels[i];
    size_t start = text->len;
    buf_printf(text, "  %*s%.*s", (int)level->depth * 2, "", STR_ARG(level->name));
    explain_pad(text, start, 22);
    if (!i) buf_add(text, STR("the whole file"));
    else if (level->many) buf_printf(text, "one for each row of lookup %.*s", STR_ARG(level->many->name));
    else
      buf_printf(text, "%s%zu of %zu columns used",
                 level->once                  ? "once, "
                 : level == program->streamed ? "streamed, "
                                              : "",
                 level->column_count, level->record->field_count);
    buf_char(text, '\n');
  }
}

static void explain_rules(const struct rule_spec *rules, size_t count, size_t indent, struct buf *text) {
  for (size_t i = 0; i < count; i++) {
    const struct rule_spec *rule = &rules[i];
    buf_printf(text, "%*s%s%s ", (int)indent, "", rule_words[rule->kind], rule->file ? " file" : "");
    if (rule->text->kind == AST_TEXT) buf_printf(text, "\"%.*s\"", STR_ARG(rule->text->text));
    else expr_format(rule->text, text);
    for (size_t j = 0; j < rule->key_count; j++) {
      buf_add(text, j ? STR(", ") : STR(" per "));
      expr_format(rule->keys[j], text);
    }
    if (rule->answer.name.len) buf_printf(text, " answer %.*s", STR_ARG(rule->answer.name));
    for (size_t j = 0; j < rule->on_count; j++)
      buf_printf(text, "%s%.*s", j ? ", " : " on ", STR_ARG(rule->ons[j].name));
    if (rule->when) {
      buf_add(text, STR(" when "));
      expr_format(rule->when, text);
    }
    buf_char(text, '\n');
  }
}

static void explain_list(const char *word, struct ast *const *items, size_t count, struct buf *text) {
  for (size_t i = 0; i < count; i++) {
    buf_printf(text, "%s", i ? ", " : word);
    expr_format(items[i], text);
  }
}

static void explain_block(const struct output_spec *output, size_t indent, struct buf *text) {
  buf_printf(text, "%*s%.*s", (int)indent, "", STR_ARG(output->name));
  if (output->label.len) buf_printf(text, " \"%.*s\"", STR_ARG(output->label));
  if (output->each.len) buf_printf(text, " each %.*s", STR_ARG(output->each));
  explain_list(" per ", output->keys, output->key_count, text);
  explain_list(" sorted by ", output->sorted, output->sorted_count, text);
  explain_list(" when ", &output->when, output->when ? 1 : 0, text);
  buf_char(text, '\n');
  explain_rules(output->rules, output->rule_count, indent + 2, text);
  for (size_t i = 0; i < output->kid_count; i++) explain_block(output->kids[i], indent + 2, text);
}

static void explain_proofs(const struct program *program, struct buf *text) {
  const struct transform_spec *spec = program->spec;
  buf_add(text, STR("\nproofs\n  every streamed record ended as header, written, folded, filtered, rejected "
                    "or held\n"));
  for (size_t i = 0; i < spec->proof_count; i++) {
    buf_printf(text, "  %.*s: ", STR_ARG(spec->proofs[i].text));
    expr_format(spec->proofs[i].expr, text);
    if (spec->proofs[i].per.len) buf_printf(text, " per %.*s", STR_ARG(spec->proofs[i].per));
    buf_char(text, '\n');
  }
}

void explain_transform(const struct program *program, struct buf *text) {
  const struct transform_spec *spec = program->spec;
  buf_printf(text, "transform %.*s\n  from %.*s (%s)\n", STR_ARG(program->name), STR_ARG(program->from->name),
             format_name(program->from->format));
  for (size_t i = 0; i < program->into_count; i++)
    buf_printf(text, "  into %.*s (%s)\n", STR_ARG(program->into[i]->name),
               format_name(program->into[i]->format));
  buf_char(text, '\n');
  explain_levels(program, text);
  explain_operators(program, text);
  if (spec->rule_count) buf_add(text, STR("\nrules, in this order\n"));
  explain_rules(spec->rules, spec->rule_count, 2, text);
  buf_add(text, STR("\nblocks\n"));
  for (size_t i = 0; i < spec->output_count; i++) explain_block(spec->outputs[i], 2, text);
  explain_proofs(program, text);
  explain_fields(program, text);
}
