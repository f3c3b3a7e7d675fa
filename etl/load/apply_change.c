/* load/apply_change: rows of SL that are changed: each must be there as the document says it was. */
#include "db/query.h"
#include "load/apply_internal.h"

enum { SQL_MOST = 64 * 1024 };

/* "SOHeader (OrdNbr AZ000042, Status O) was changed since it was read": by the keys, for the one who looks.
 */
str change_not_found(const struct apply_row *row, struct arena *arena) {
  struct buf text = buf_new(4096);
  buf_printf(&text, "%.*s (", STR_ARG(row->table->kind->name));
  bool begun = false;
  for (size_t i = 0; i < row->table->count; i++) {
    if (!row->table->columns[i].found_by) continue;
    buf_printf(&text, "%s%.*s %.*s", begun ? ", " : "", STR_ARG(row->table->columns[i].db.name),
               STR_ARG(row->cells[i]));
    begun = true;
  }
  buf_add(&text, STR(") was changed in SL since it was read, or is gone"));
  str why = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return why;
}

static enum outcome change_row(struct load *load, struct apply_item *item, const struct apply_row *row,
                               struct err *err) {
  const struct apply_table *table = row->table;
  str *names = ARENA_ARRAY(load->piece, str, table->count);
  struct db_value *values = ARENA_ARRAY(load->piece, struct db_value, table->count);
  size_t set = 0, all = 0;
  uint64_t rows = 0;
  for (size_t i = 0; i < table->count; i++) {
    if (!row->cells[i].at) continue;
    names[all] = table->columns[i].db.name;
    values[all++] = db_typed(table->columns[i].db.type, row->cells[i]);
    set += !table->columns[i].found_by;
  }
  if (!set) return OUT_OK; /* nothing to be set, and no stamp */
  struct buf sql = buf_new(SQL_MOST);
  dialect_update(db_dialect(load->db), table->kind->name, names, set, names + set, all - set, &sql);
  enum outcome out = db_execute(load->db, buf_str(&sql), values, all, &rows, err);
  buf_free(&sql);
  if (out) return err_of_field(err, table->kind->name, STR_NONE);
  if (rows == 1) return OUT_OK;
  item->is_bad = true;
  item->is_stale = !rows;
  item->why = rows ? arena_printf(load->piece, "%.*s: its keys fit %llu rows", STR_ARG(table->kind->name),
                                  (unsigned long long)rows)
                   : change_not_found(row, load->piece);
  return err_set(err, OUT_REFUSED, "%.*s", STR_ARG(item->why));
}

enum outcome change_rows(struct load *load, struct apply_item *item, struct err *err) {
  for (size_t i = 0; i < item->document.count; i++) {
    const struct apply_row *row = &item->rows[i];
    if (!row->table->kind->change || !change_row(load, item, row, err)) continue;
    if (err->outcome == OUT_DATA || err->outcome == OUT_REFUSED) {
      if (!item->is_bad) item->why = why_text(err, load->piece);
      item->is_bad = true;
    }
    return err->outcome;
  }
  return OUT_OK;
}
