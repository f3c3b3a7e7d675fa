/* db/execute: one statement without rows. */
#include "db/db_internal.h"
#include "db/marks.h"

enum { SQL_MOST = 1 << 20 };

static enum outcome check_values(const struct db_value *values, size_t count, struct err *err) {
  for (size_t i = 0; i < count; i++) {
    if (values[i].list) return err_set(err, OUT_BUG, "a statement without rows takes no list");
    if (!values[i].text.at) return err_set(err, OUT_DATA, "value %zu is absent", i + 1);
  }
  return OUT_OK;
}

static enum outcome execute(struct db *db, SQLHSTMT statement, uint64_t *rows, struct err *err) {
  SQLRETURN result = SQLExecute(statement);
  *rows = 0;
  if (!db_went_well(result)) return db_failed(db, SQL_HANDLE_STMT, statement, STR_NONE, err);
  return statement_drain(db, statement, STR_NONE, rows, err);
}

/* DDL and the like stand alone, and drivers prepare them badly. */
static enum outcome execute_plain(struct db *db, str sql, uint64_t *rows, struct err *err) {
  SQLHSTMT statement;
  enum outcome out = statement_new(db, &statement, err);
  if (out) return out;
  if (!db_went_well(statement_direct(statement, sql)))
    out = db_failed(db, SQL_HANDLE_STMT, statement, STR_NONE, err);
  else out = statement_drain(db, statement, STR_NONE, rows, err);
  statement_free(statement);
  return out;
}

static enum outcome execute_kept(struct db *db, str sql, const struct db_value *values, size_t count,
                                 uint64_t *rows, struct err *err) {
  struct kept *kept;
  enum outcome out = statement_keep(db, sql, &kept, err);
  if (out) return out;
  struct bound *bound = bound_new();
  out = bound_values(bound, db, kept->statement, values, count, 0, 0, err);
  if (!out) out = execute(db, kept->statement, rows, err);
  statement_give_back(kept, !out);
  bound_free(bound);
  return out;
}

enum outcome db_execute(struct db *db, str sql, const struct db_value *values, size_t count, uint64_t *rows,
                        struct err *err) {
  uint64_t ignored;
  struct buf text = buf_new(SQL_MOST);
  if (!rows) rows = &ignored;
  *rows = 0;
  enum outcome out = db_ready(db, err);
  if (!out) out = marks_expand(sql, values, count, 0, &text, err);
  if (!out) out = check_values(values, count, err);
  bool ready = !out;
  if (ready)
    out = count ? execute_kept(db, buf_str(&text), values, count, rows, err)
                : execute_plain(db, buf_str(&text), rows, err);
  if (ready && out) db_spoil(db, true);
  buf_free(&text);
  return out;
}
