/* db/marks: the "?" of a statement's text. */
#include "db/marks.h"

/* The length of the quoted text or comment that begins here; 0: none does. */
static size_t skipped(str sql, size_t at) {
  char c = sql.at[at], end = c == '[' ? ']' : c;
  size_t i = at + 1;
  bool more = at + 1 < sql.len;
  if (c == '\'' || c == '"' || c == '[') {
    while (i < sql.len && sql.at[i] != end) i++;
    return i < sql.len ? i + 1 - at : sql.len - at;
  }
  if (c == '-' && more && sql.at[at + 1] == '-') {
    while (i < sql.len && sql.at[i] != '\n') i++;
    return i - at;
  }
  if (c == '/' && more && sql.at[at + 1] == '*') {
    for (i = at + 2; i + 1 < sql.len; i++)
      if (sql.at[i] == '*' && sql.at[i + 1] == '/') return i + 2 - at;
    return sql.len - at;
  }
  return 0;
}

static enum outcome check_lists(const struct db_value *values, size_t count, struct err *err) {
  size_t lists = 0;
  for (size_t i = 0; i < count; i++) lists += values[i].list != NULL;
  return lists > 1 ? err_set(err, OUT_BUG, "a query has one list at most") : OUT_OK;
}

enum outcome marks_expand(str sql, const struct db_value *values, size_t count, size_t elements,
                          struct buf *text, struct err *err) {
  size_t found = 0;
  for (size_t i = 0; i < sql.len;) {
    size_t quoted = skipped(sql, i);
    if (quoted) { /* sqliteodbc counts the marks of comments */
      bool comment = sql.at[i] == '-' || sql.at[i] == '/';
      buf_add(text, comment ? STR(" ") : str_sub(sql, i, i + quoted));
      i += quoted;
      continue;
    }
    buf_char(text, sql.at[i]);
    if (sql.at[i++] != '?') continue;
    if (found < count && values[found].list)
      for (size_t j = 1; j < elements; j++) buf_add(text, STR(",?"));
    found++;
  }
  if (text->full) return err_set(err, OUT_BUG, "the query's text is too long");
  if (found != count) return err_set(err, OUT_BUG, "the query has %zu marks for %zu values", found, count);
  return check_lists(values, count, err);
}
