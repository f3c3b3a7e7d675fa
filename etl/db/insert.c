/* db/insert: many rows into one table, in prepared statements of many rows. */
#include "db/insert.h"
#include "db/insert_internal.h"
#include "db/moment.h"
#include "model/decimal.h"

#include <string.h>

enum { ROWS_BYTES = 8 << 20, UTF8_MOST = 4, WHOLE_TEXT = 24, ALIGNED = 8, ARRAY_MOST = 64 << 20 };

static size_t width_of(const struct db_column *column, bool is_stamp) {
  switch (column->type) {
  case DB_FLOAT: return DEC_TEXT_MOST;
  case DB_SMALLINT:
  case DB_INT: return WHOLE_TEXT;
  case DB_DATETIME: return is_stamp ? sizeof(SQL_TIMESTAMP_STRUCT) : MOMENT_TEXT;
  case DB_CHAR: return (size_t)column->width * UTF8_MOST + 1;
  default: return DB_CELL_MOST + 1;
  }
}

static enum outcome make_slots(struct db_insert *insert, const struct db_column *columns, struct err *err) {
  const struct dialect *dialect = insert->db->dialect;
  size_t at = 0;
  insert->slots = ARENA_ARRAY(insert->arena, struct slot, insert->count);
  for (size_t i = 0; i < insert->count; i++) {
    struct slot *slot = &insert->slots[i];
    if (columns[i].identity || columns[i].type == DB_ROWVERSION || columns[i].type == DB_OTHER)
      return err_set(err, OUT_BUG, "%.*s.%.*s cannot be inserted", STR_ARG(insert->table),
                     STR_ARG(columns[i].name));
    slot->about = columns[i];
    slot->about.name = arena_str(insert->arena, columns[i].name);
    if (columns[i].type == DB_TEXT) slot->about.width = DB_CELL_MOST;
    slot->is_stamp = columns[i].type == DB_DATETIME && !dialect->dates_as_text && dialect->way == DB_BY_ROWS;
    slot->at = at;
    slot->width = width_of(&columns[i], slot->is_stamp);
    slot->blank = dialect_blank(columns[i].type);
    slot->array = buf_new(ARRAY_MOST);
    at += (slot->width + ALIGNED - 1) / ALIGNED * ALIGNED;
  }
  insert->stride = at;
  return OUT_OK;
}

static void make_sizes(struct db_insert *insert) {
  size_t rows = dialect_rows(insert->db->dialect, insert->count), room = ROWS_BYTES / insert->stride;
  insert->most = rows < room ? rows : room > 1 ? room : 1;
  insert->sizes[0].rows = insert->most;
  size_t next = 1;
  for (size_t i = 1; i < INSERT_SIZES; i++) {
    while (next * 2 < insert->sizes[i - 1].rows) next *= 2;
    insert->sizes[i].rows = insert->sizes[i - 1].rows > 1 ? next : 0;
    next = 1;
  }
  insert->rows = arena_alloc(insert->arena, insert->most * insert->stride);
  insert->lengths = ARENA_ARRAY(insert->arena, uint32_t, insert->most * insert->count);
  insert->numbers = ARENA_ARRAY(insert->arena, uint64_t, insert->most);
}

enum outcome db_insert_open(struct db *db, str table, const struct db_column *columns, size_t count,
                            struct db_insert **opened, struct err *err) {
  *opened = NULL;
  if (!count) return err_set(err, OUT_BUG, "an insert without columns");
  struct db_insert *insert = mem_alloc(sizeof *insert);
  *insert = (struct db_insert){ .db = db, .arena = arena_new(), .count = count };
  insert->table = arena_str(insert->arena, table);
  enum outcome out = make_slots(insert, columns, err);
  if (out) {
    db_insert_close(insert);
    return out;
  }
  make_sizes(insert);
  *opened = insert;
  return OUT_OK;
}

void db_insert_bad(struct db_insert *insert, void (*bad)(void *self, uint64_t row, const struct err *err),
                   void *self) {
  insert->bad = bad;
  insert->self = self;
}

enum outcome insert_bad_row(struct db_insert *insert, uint64_t number, struct err *err) {
  err_at(err, number, 0);
  err_of_field(err, insert->table, STR_NONE);
  db_spoil(insert->db, false);
  if (!insert->first.outcome) insert->first = *err;
  if (!insert->bad) return err->outcome;
  insert->bad(insert->self, number, err);
  *err = (struct err){ 0 };
  return OUT_OK;
}

/* Rows of a transaction that is over are forgotten with it. */
static enum outcome join_transaction(struct db_insert *insert, struct err *err) {
  enum outcome out = db_ready(insert->db, err);
  if (out) return out;
  if (!insert->db->in_transaction) return err_set(err, OUT_BUG, "rows are inserted in a transaction only");
  if (insert->transaction == insert->db->transaction) return OUT_OK;
  insert->transaction = insert->db->transaction;
  insert->number = 0;
  insert->waiting = 0;
  insert->first = (struct err){ 0 };
  return OUT_OK;
}

enum outcome db_insert_row(struct db_insert *insert, const str *cells, struct err *err) {
  enum outcome out = join_transaction(insert, err);
  if (out) return out;
  char *row = insert->rows + insert->waiting * insert->stride;
  uint32_t *lengths = insert->lengths + insert->waiting * insert->count;
  insert->number++;
  for (size_t i = 0; i < insert->count; i++) {
    const struct slot *slot = &insert->slots[i];
    out = insert_put(slot, cells[i], row + slot->at, &lengths[i], err);
    if (out) return insert_bad_row(insert, insert->number, err);
  }
  insert->numbers[insert->waiting++] = insert->number;
  insert->db->waiting++;
  return insert->waiting < insert->most ? OUT_OK : insert_send(insert, err);
}

enum outcome db_insert_flush(struct db_insert *insert, struct err *err) {
  enum outcome out = join_transaction(insert, err);
  if (!out && insert->waiting) out = insert_send(insert, err);
  if (out || !insert->first.outcome) return out;
  *err = insert->first;
  return err->outcome;
}

void db_insert_close(struct db_insert *insert) {
  if (!insert) return;
  if (insert->transaction == insert->db->transaction && insert->db->in_transaction)
    insert->db->waiting -= insert->waiting;
  for (size_t i = 0; i < INSERT_SIZES; i++) statement_free(insert->sizes[i].statement);
  for (size_t i = 0; i < insert->count && insert->slots; i++) buf_free(&insert->slots[i].array);
  arena_free(insert->arena);
  mem_free(insert);
}
