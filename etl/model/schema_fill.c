/* model/schema_fill: what a schema leaves unsaid: from the schema it is like, from the columns of its tables.
 */
#include "model/schema.h"

#include <string.h>

static void no_column(const struct record *record, const struct sql_table *table, struct field *field,
                      struct complaints *wrong, struct arena *arena) {
  field->required = false; /* that nothing sets it would be a second message for one slip */
  str name = field_column(field);
  complain(wrong, field->place, "no column \"%.*s\" in SL's table %.*s%.*s", STR_ARG(name),
           STR_ARG(record->name), STR_ARG(sqltable_suggest(table, name, arena)));
}

/* What the field is, whatever the format; then how it is written, which is the format's own. */
static void inherit(struct field *field, const struct field *model, bool same_format) {
  if (!field->typed) field->type = model->type, field->typed = model->typed;
  if (!field->fallback) field->fallback = model->fallback;
  if (!field->required && !field->optional)
    field->required = model->required, field->optional = model->optional;
  field->personal |= model->personal;
  if (!field->too_long_stated) field->too_long = model->too_long, field->too_long_stated = true;
  if (!field->choice_count) field->choices = model->choices, field->choice_count = model->choice_count;
  if (!field->refused.len) field->refused = model->refused;
  if (!same_format) return;
  field->message_number |= model->message_number;
  if (!field->at.len) field->at = model->at;
  if (!field->as.len) field->as = model->as;
  if (!field->control.len) field->control = model->control;
  if (!field->assigned.len) field->assigned = model->assigned;
}

static void complete_record(struct record *record, const struct schema *like, struct complaints *wrong,
                            struct arena *arena) {
  struct record *same = schema_record(like, record->name);
  if (!same)
    complain(wrong, record->place, "%.*s has no record \"%.*s\"", STR_ARG(like->name), STR_ARG(record->name));
  const struct sql_table *table = same ? same->table : NULL;
  for (size_t i = 0; same && i < record->field_count; i++) {
    struct field *field = record->fields[i], *model = record_field(same, field->name);
    const struct sql_column *column = table ? sqltable_column(table, field->name) : NULL;
    if (table && !column) no_column(same, table, field, wrong, arena);
    if (model) inherit(field, model, record->schema->format == like->format);
    if (column && !field->typed) field->type = sql_column_type(column), field->typed = true;
  }
  for (size_t i = 0; i < record->kid_count; i++) complete_record(record->kids[i], like, wrong, arena);
}

void schema_complete(struct schema *schema, const struct schema *like, struct complaints *wrong,
                     struct arena *arena) {
  for (size_t i = 0; i < schema->record_count; i++) complete_record(schema->records[i], like, wrong, arena);
}

/* A type that the schema states itself: the column must hold all of it. */
static void check_stated(const struct field *field, const struct sql_column *column,
                         struct complaints *wrong) {
  struct type_spec type = sql_column_type(column);
  bool moment = column->type == SQL_TYPE_SMALLDATETIME;
  enum type stated = field->type.type;
  bool fits = moment ? stated == TYPE_DATE || stated == TYPE_TIMESTAMP
                     : stated == type.type || (type.type == TYPE_TEXT && stated == TYPE_PERIOD);
  if (!fits)
    complain(wrong, field->place, "%.*s is %s in the schema, and %s in SL", STR_ARG(field->name),
             type_name(stated), moment ? "a date or a timestamp" : type_name(type.type));
  else if (type.size > 0 && field->type.size > type.size)
    complain(wrong, field->place, "%.*s has %d characters in SL, not %d", STR_ARG(field->name),
             (int)type.size, (int)field->type.size);
}

static void take_column(struct field *field, const struct sql_column *column, struct complaints *wrong) {
  field->column = column;
  if (!sql_column_is_written(column))
    complain(wrong, field->place, "SL gives %.*s itself: it cannot be written", STR_ARG(field->name));
  else if (field->typed) check_stated(field, column, wrong);
  else {
    field->type = sql_column_type(column);
    field->typed = field->type.type != TYPE_ANY;
  }
}

/* Keys of the record itself; what a changed record is found by. */
static void check_change(const struct record *record, struct complaints *wrong) {
  if (record->change && !record->key_count)
    complain(wrong, record->place,
             "a changed record says by which columns its row is found: record %.*s key ...",
             STR_ARG(record->name));
  for (size_t i = 0; i < record->field_count && !record->change; i++)
    if (record->fields[i]->was.len)
      complain(wrong, record->fields[i]->place, "\"was\" stands in records with \"change\" only");
}

/* By which fields documents are known: columns of every outermost record. */
static void check_document(const struct schema *schema, struct complaints *wrong, struct arena *arena) {
  const struct option *document = schema_option(schema, "document");
  if (!document || !document->count) {
    complain(wrong, document ? document->place : schema->place,
             "a schema that is written says by which fields its documents are known: document FIELD");
    return;
  }
  for (size_t i = 0; i < schema->record_count; i++)
    for (size_t j = 0; j < document->count; j++) {
      const struct record *record = schema->records[i];
      struct field field = { .name = document->words[j], .place = document->place };
      const struct field *stated = record_field(record, field.name);
      if (stated && stated->assigned.len)
        complain(wrong, field.place, "documents cannot be known by %.*s, which SL gives",
                 STR_ARG(field.name));
      else if (!stated && record->table && !sqltable_column(record->table, field.name))
        no_column(record, record->table, &field, wrong, arena);
    }
}

static void check_keys(const struct record *record, const struct sql_table *table, struct complaints *wrong,
                       struct arena *arena) {
  for (size_t i = 0; i < record->key_count; i++)
    if (!sqltable_column(table, record->keys[i])) {
      struct field key = { .name = record->keys[i], .place = record->place };
      no_column(record, table, &key, wrong, arena);
    }
}

static void take_columns(struct record *record, schema_table_finder *find, void *user,
                         struct complaints *wrong, struct arena *arena) {
  const struct sql_table *table = record->open ? find(user, record->name, record->place) : NULL;
  record->table = table;
  for (size_t i = 0; table && i < record->field_count; i++) {
    struct field *field = record->fields[i];
    const struct sql_column *column = sqltable_column(table, field_column(field));
    if (column) take_column(field, column, wrong);
    else no_column(record, table, field, wrong, arena);
  }
  if (record->open) check_change(record, wrong);
  if (table) check_keys(record, table, wrong, arena);
  for (size_t i = 0; i < record->kid_count; i++) take_columns(record->kids[i], find, user, wrong, arena);
}

void schema_take_columns(struct schema *schema, schema_table_finder *find, void *user,
                         struct complaints *wrong, struct arena *arena) {
  for (size_t i = 0; i < schema->record_count; i++)
    take_columns(schema->records[i], find, user, wrong, arena);
  if (schema_is_open(schema)) check_document(schema, wrong, arena);
}

struct field *record_open_field(struct record *record, str name, struct place place, struct arena *arena) {
  struct field *field = record_field(record, name);
  if (field || !record->open) return field;
  const struct sql_column *column = record->table ? sqltable_column(record->table, name) : NULL;
  if (record->table && !column) return NULL;
  field = ARENA_NEW(arena, struct field);
  *field = (struct field){ .name = name, .place = place, .type = { .size = -1, .type = TYPE_ANY } };
  field->column = column;
  if (column) field->type = sql_column_type(column);
  field->typed = field->type.type != TYPE_ANY;
  field->record = record;
  field->index = record->field_count;
  *ARENA_PUSH(arena, record->fields, record->field_count) = field;
  return field;
}

bool field_settle(struct field *field, enum type type) {
  bool open = field->column && field->type.type == TYPE_ANY;
  if (!open || type == TYPE_ANY || type == TYPE_ABSENT) return true;
  if (type != TYPE_DATE && type != TYPE_TIMESTAMP) return false;
  field->type.type = type;
  return field->typed = true;
}
