/* model/schema: the layout of one kind of record tree, as a .schema file states it.
 *
 * Six formats read and write the same tree. What only a format knows (screen,
 * newline, database ...) stands in the options; what a reader or writer needs
 * of a field stands in struct field. A schema lives in the arena of the specs.
 *
 *   schema sl.journal  format ti, screen "01.010.00", charset windows-1252, newline crlf
 *     record batch "Batch"
 *       PerPost  period(YYYYPP)  required
 *       record line "Transaction"
 *         DrAmt  decimal(2)  = 0
 */
#ifndef SLUICE_MODEL_SCHEMA_H
#define SLUICE_MODEL_SCHEMA_H

#include "model/sqltable.h"
#include "spec/expr.h"

enum format { FORMAT_TSV, FORMAT_CSV, FORMAT_TI, FORMAT_XML, FORMAT_JSON, FORMAT_SQL, FORMAT_STATE };
enum too_long { TOO_LONG_REFUSE, TOO_LONG_CUT, TOO_LONG_REVIEW };

struct record;

struct field {
  str name;
  struct place place;
  struct type_spec type;
  bool typed; /* a type was stated, or the column list has one */
  bool required, optional, personal, message_number;
  enum too_long too_long;
  bool too_long_stated;
  str at, as, control, assigned, refused;
  str was;      /* of a changed record: what this column holds before; "" = the field is a column to be set */
  str *choices; /* one of */
  size_t choice_count;
  struct ast *fallback;            /* = expr */
  const struct sql_column *column; /* of the record's table */
  struct record *record;
  size_t index; /* in its record */
};

struct record {
  str name, word, at, query;
  struct ast *query_ast; /* of the query: texts, and what stands in {...} */
  struct place place;
  bool once;
  bool open;   /* an SL table that is written: its columns need not stand here */
  bool change; /* rows that are there are changed: found by its keys and by what they were */
  const struct sql_table *table; /* its column list; NULL: not known (yet) */
  str *keys;
  size_t key_count;
  struct field **fields;
  size_t field_count;
  struct record **kids;
  size_t kid_count;
  struct record *parent;
  struct schema *schema;
  size_t depth; /* 1 = outermost */
};

struct option {
  str name;
  struct place place;
  str *words; /* what follows it */
  size_t count;
};

struct schema {
  str name;
  struct place place;
  enum format format;
  str like;
  struct place like_place;
  struct option *options;
  size_t option_count;
  struct record **records; /* outermost */
  size_t record_count;
};

/* Complains of what is wrong; NULL only when nothing of a schema can be seen in it. */
struct schema *schema_parse(const struct source *source, struct arena *arena, struct complaints *wrong);
/* Gives a `like` schema what it leaves unsaid: every attribute of a field that it does not state itself, but
 * for how the field is written (at, as, control, assigned) when the other's format is not its own. */
void schema_complete(struct schema *schema, const struct schema *like, struct complaints *wrong,
                     struct arena *arena);

/* The field of an open record, made when it is not there, with its column's type. NULL: not open and not
 * there, or no column of its table. */
struct field *record_open_field(struct record *record, str name, struct place place, struct arena *arena);
/* What a number is that the other system gives when the record is written: it can be copied, nothing else. */
static inline value value_assigned(void) { return value_text(STR("\x01")); }
static inline bool value_is_assigned(const value *v) {
  return v->type == TYPE_TEXT && v->as.text.len == 1 && *v->as.text.at == 1;
}

/* Schemas of `database NAME`: open records get their tables, and fields what they do not state of the
 * columns. Complains of what is no table or column, and of types and widths that a column cannot hold. A
 * table that is not found (NULL, after a complaint of the finder's) leaves its record as it was. */
typedef const struct sql_table *schema_table_finder(void *user, str table, struct place place);
void schema_take_columns(struct schema *schema, schema_table_finder *find, void *user,
                         struct complaints *wrong, struct arena *arena);
/* A smalldatetime is a date or a timestamp by what is put into it first: false for any other type. Fields of
 * other columns, and those settled, answer yes and stay as they are. */
bool field_settle(struct field *field, enum type type);
/* A copy whose records can be opened without touching the first. */
struct schema *schema_copy(const struct schema *schema, struct arena *arena);
bool schema_is_open(const struct schema *schema);

const char *format_name(enum format format);
const struct option *schema_option(const struct schema *schema, const char *name);
str schema_option_word(const struct schema *schema, const char *name, size_t word); /* "" when not stated */
struct record *schema_record(const struct schema *schema,
                             str name); /* the first of that name, at any depth */
struct field *record_field(const struct record *record, str name);
/* The column that the field is: its own name, or what it `was`. */
static inline str field_column(const struct field *field) {
  return field->was.len ? field->was : field->name;
}
/* Of a changed record: does it say which row, or what the row gets? */
bool field_is_found_by(const struct field *field);
bool record_is_under(const struct record *record, const struct record *above);
bool record_has_personal(const struct record *record); /* it or one below it */

/* text(30) and the like; used by fields, settings and lookup columns. False after a complaint, or, silently,
 * when the next token names no type. */
bool type_parse(struct cursor *cursor, struct type_spec *type);
void type_format(const struct type_spec *type, struct buf *text);

/* Header names are compared without case, blanks, - and _ . */
str header_fold(str name, struct arena *arena);

#endif
