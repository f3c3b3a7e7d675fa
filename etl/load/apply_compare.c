/* load/apply_compare: rows of SL beside those that would be written. */
#include "db/query.h"
#include "load/apply_internal.h"
#include "model/decimal.h"

enum { SQL_MOST = 64 * 1024, DAY = 10, TIME = 5 };

/* --- one cell --- */

static bool is_same_time(str a, str b) {
  str midnight = STR("00:00");
  str times[] = { a.len > DAY ? str_sub(a, DAY + 1, DAY + 1 + TIME) : midnight,
                  b.len > DAY ? str_sub(b, DAY + 1, DAY + 1 + TIME) : midnight };
  return str_eq(str_sub(a, 0, DAY), str_sub(b, 0, DAY)) && str_eq(times[0], times[1]);
}

static bool is_nothing(enum db_type type, str text) {
  text = str_trim(text);
  return !text.len || (type == DB_DATETIME && str_starts(text, STR("1900-01-01")));
}

bool compare_cell(enum db_type type, str ours, str theirs) {
  dec a, b;
  if (is_nothing(type, ours) || is_nothing(type, theirs))
    return is_nothing(type, ours) && is_nothing(type, theirs);
  if (type == DB_DATETIME) return is_same_time(ours, theirs);
  if (type != DB_CHAR && type != DB_TEXT && dec_parse(ours, DEC_PLAIN, &a) &&
      dec_parse(theirs, DEC_PLAIN, &b))
    return dec_compare(a, b) == 0;
  return str_eq(str_trim(ours), str_trim(theirs));
}

void compare_tell(const struct apply_table *table, size_t column, str ours, str theirs, struct buf *what) {
  str name = table->columns[column].db.name, nothing = STR("nothing");
  enum db_type type = table->columns[column].db.type;
  const struct field *field = record_field(table->record, name);
  buf_printf(what, "%s%.*s", what->len ? "; " : "", STR_ARG(name));
  if (field && field->personal) buf_add(what, STR(" differs"));
  else
    buf_printf(what, ": %.*s in SL, %.*s here", STR_ARG(is_nothing(type, theirs) ? nothing : theirs),
               STR_ARG(is_nothing(type, ours) ? nothing : ours));
}

/* --- rows of SL --- */

static bool find_key(const struct apply_table *table, str name, size_t *key) {
  for (*key = 0; *key < table->count; ++*key)
    if (str_eq(table->columns[*key].db.name, name) && table->columns[*key].cell != NOWHERE) return true;
  return false;
}

size_t compare_document(const struct load *load, const struct apply_table *table, size_t *keys) {
  const struct option *document = schema_option(load->settings->schema, "document");
  size_t count = 0;
  for (size_t i = 0; document && i < document->count; i++)
    if (!find_key(table, document->words[i], &keys[count++])) return 0;
  if (count && find_key(table, STR("CpnyID"), &keys[count])) count++;
  return count;
}

struct reading {
  const struct apply_table *table;
  const bool *wanted;
  struct db_query *query;
  str *cells;
};

static enum outcome open(struct load *load, struct reading *reading, str wheres,
                         const struct db_value *values, size_t count, struct err *err) {
  struct buf sql = buf_new(SQL_MOST);
  size_t many = 0;
  buf_add(&sql, STR("SELECT "));
  for (size_t i = 0; i < reading->table->count; i++) {
    if (!reading->wanted[i]) continue;
    if (many++) buf_add(&sql, STR(", "));
    dialect_name(db_dialect(load->db), reading->table->columns[i].db.name, &sql);
  }
  buf_add(&sql, STR(" FROM "));
  dialect_name(db_dialect(load->db), reading->table->kind->name, &sql);
  buf_add(&sql, wheres);
  reading->cells = ARENA_ARRAY(load->piece, str, reading->table->count);
  enum outcome out = db_query_open(load->db, buf_str(&sql), values, count, &reading->query, err);
  many = 0;
  for (size_t i = 0; i < reading->table->count && !out; i++)
    if (reading->wanted[i]) db_query_expect(reading->query, many++, reading->table->columns[i].db.type, -1);
  buf_free(&sql);
  return out;
}

static enum outcome next(struct reading *reading, struct err *err) {
  const str *found;
  size_t many = 0;
  enum outcome out = db_query_next(reading->query, &found, err);
  for (size_t i = 0; i < reading->table->count && !out; i++)
    if (reading->wanted[i]) reading->cells[i] = found[many++];
  return out;
}

enum outcome compare_changed(struct load *load, const struct apply_row *row, compare_row *told, void *user,
                             struct err *err) {
  const struct apply_table *table = row->table;
  struct db_value *values = ARENA_ARRAY(load->piece, struct db_value, table->count);
  bool *wanted = ARENA_ARRAY(load->piece, bool, table->count);
  struct reading reading = { .table = table, .wanted = wanted };
  struct buf wheres = buf_new(SQL_MOST);
  size_t count = 0;
  for (size_t i = 0; i < table->count; i++) {
    wanted[i] = row->cells[i].at && (table->columns[i].found_by || table->columns[i].cell != NOWHERE);
    if (!table->columns[i].found_by) continue;
    buf_add(&wheres, count ? STR(" AND ") : STR(" WHERE "));
    dialect_name(db_dialect(load->db), table->columns[i].db.name, &wheres);
    buf_add(&wheres, STR(" = ?"));
    values[count++] = db_typed(table->columns[i].db.type, row->cells[i]);
  }
  enum outcome out = open(load, &reading, buf_str(&wheres), values, count, err);
  if (!out) out = next(&reading, err);
  if (!out) told(user, reading.cells);
  db_query_close(reading.query);
  buf_free(&wheres);
  return out;
}

enum outcome compare_list(struct load *load, const struct apply_table *table, size_t column, const str *list,
                          size_t count, compare_row *told, void *user, struct err *err) {
  struct db_value in_list = db_list(table->columns[column].db.type, list, count);
  bool *wanted = ARENA_ARRAY(load->piece, bool, table->count);
  struct reading reading = { .table = table, .wanted = wanted };
  struct buf wheres = buf_new(SQL_MOST);
  for (size_t i = 0; i < table->count; i++) wanted[i] = table->columns[i].cell != NOWHERE;
  buf_add(&wheres, STR(" WHERE "));
  dialect_name(db_dialect(load->db), table->columns[column].db.name, &wheres);
  buf_add(&wheres, STR(" IN (?)"));
  enum outcome out = open(load, &reading, buf_str(&wheres), &in_list, 1, err);
  while (!out && !(out = next(&reading, err))) told(user, reading.cells);
  db_query_close(reading.query);
  buf_free(&wheres);
  return out == OUT_END ? OUT_OK : out;
}
