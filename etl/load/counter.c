/* load/counter: numbers from SL's own counters, as SL takes them. */
#include "load/counter.h"
#include "db/query.h"

#include <string.h>

enum { SQL_MOST = 4096, LOOKED_AT = 500, DIGITS_MOST = 10 };

struct counter {
  const char *name, *last, *prefix, *type; /* columns of SOType */
  const char *table, *column;              /* where used numbers are */
  const char *other; /* a column of SOType that, when 1, says that the number is elsewhere */
};

static const struct counter counters[] = {
  { "order-number", "LastOrdNbr", "OrdNbrPrefix", "OrdNbrType", "SOHeader", "OrdNbr", NULL },
  { "shipper-number", "LastShipperNbr", "ShipperPrefix", "ShipperType", "SOShipHeader", "ShipperID", NULL },
  { "invoice-number", "LastInvcNbr", "InvcNbrPrefix", "InvcNbrType", "SOShipHeader", "InvcNbr", "InvcNbrAR" },
};

const struct counter *counter_named(str name) {
  for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
    if (str_eq(str_of(counters[i].name), name)) return &counters[i];
  return NULL;
}

struct taking {
  struct db *db;
  const struct counter *counter;
  str company, type; /* the type whose counter it is */
  str prefix;
  struct arena *arena;
  uint64_t last, most; /* most: 9..9 */
  size_t digits;
};

static enum outcome no_type(const struct taking *taking, str type, struct err *err) {
  return err_set(err, OUT_REFUSED, "SL's company %.*s has no order type %.*s", STR_ARG(taking->company),
                 STR_ARG(type));
}

/* The type's own prefix, and whose counter it uses. */
static enum outcome read_type(struct taking *taking, str type, struct err *err) {
  const struct counter *counter = taking->counter;
  str cells[3] = { STR_NONE, STR_NONE, STR_NONE };
  struct db_value values[] = { db_text(taking->company), db_text(type) };
  str sql = arena_printf(taking->arena, "SELECT %s, %s%s%s FROM SOType WHERE CpnyID = ? AND SOTypeID = ?",
                         counter->prefix, counter->type, counter->other ? ", " : "",
                         counter->other ? counter->other : "");
  enum outcome out =
      db_query_row(taking->db, sql, values, 2, taking->arena, cells, counter->other ? 3 : 2, err);
  if (out == OUT_END) return no_type(taking, type, err);
  if (out) return out;
  taking->prefix = cells[0];
  taking->type = cells[1].len ? cells[1] : type;
  if (str_find(taking->prefix, '&') >= 0)
    return err_set(
        err, OUT_REFUSED,
        "order type %.*s: SL makes its number's prefix \"%.*s\" of each document; give it a plain %s",
        STR_ARG(type), STR_ARG(taking->prefix), counter->prefix);
  if (counter->other && str_eq(cells[2], STR("1")))
    return err_set(err, OUT_REFUSED, "order type %.*s takes its %s from another counter (%s)", STR_ARG(type),
                   counter->name, counter->other);
  return OUT_OK;
}

/* The counter as it stands, locked from now on. */
static enum outcome read_counter(struct taking *taking, struct err *err) {
  struct buf sql = buf_new(SQL_MOST);
  str keys[] = { STR("CpnyID"), STR("SOTypeID") }, last = str_of(taking->counter->last), cell;
  struct db_value values[] = { db_text(taking->company), db_text(taking->type) };
  dialect_select_locked(db_dialect(taking->db), STR("SOType"), &last, 1, keys, 2, &sql);
  enum outcome out = db_query_row(taking->db, buf_str(&sql), values, 2, taking->arena, &cell, 1, err);
  buf_free(&sql);
  if (out == OUT_END) return no_type(taking, taking->type, err);
  if (out) return out;
  int64_t number = -1;
  bool good = cell.len && cell.len <= DIGITS_MOST && cell.at[0] >= '0' && cell.at[0] <= '9' &&
              str_to_int(cell, &number) && number >= 0;
  if (!good)
    return err_set(err, OUT_REFUSED, "order type %.*s: %s is \"%.*s\", no number to count on from",
                   STR_ARG(taking->type), taking->counter->last, STR_ARG(cell));
  taking->digits = cell.len;
  if (taking->prefix.len + taking->digits > COUNTER_NUMBER_MOST)
    return err_set(err, OUT_REFUSED,
                   "order type %.*s: \"%.*s\" and %zu digits are more than SL's %d characters",
                   STR_ARG(taking->type), STR_ARG(taking->prefix), taking->digits, COUNTER_NUMBER_MOST);
  taking->last = (uint64_t)number;
  for (size_t i = 0; i < taking->digits; i++) taking->most = taking->most * 10 + 9;
  return OUT_OK;
}

static str number_text(const struct taking *taking, uint64_t number) {
  return arena_printf(taking->arena, "%.*s%0*llu", STR_ARG(taking->prefix), (int)taking->digits,
                      (unsigned long long)number);
}

static enum outcome find_used(struct taking *taking, const str *tried, size_t count, bool *used,
                              struct err *err) {
  struct db_query *query = NULL;
  const str *cells;
  struct db_value values[] = { db_text(taking->company), db_list(DB_CHAR, tried, count) };
  str sql = arena_printf(taking->arena, "SELECT %s FROM %s WHERE CpnyID = ? AND %s IN (?)",
                         taking->counter->column, taking->counter->table, taking->counter->column);
  enum outcome out = db_query_open(taking->db, sql, values, 2, &query, err);
  memset(used, 0, count * sizeof *used);
  while (!out && !(out = db_query_next(query, &cells, err)))
    for (size_t i = 0; i < count; i++) used[i] = used[i] || str_eq_fold(tried[i], cells[0]);
  db_query_close(query);
  return out == OUT_END ? OUT_OK : out;
}

static enum outcome count_on(struct taking *taking, size_t count, str *numbers, struct err *err) {
  str tried[LOOKED_AT];
  bool used[LOOKED_AT];
  uint64_t looked_at = 0;
  for (size_t found = 0; found < count;) {
    size_t many = count - found < LOOKED_AT ? count - found : LOOKED_AT;
    uint64_t number = taking->last;
    for (size_t i = 0; i < many; i++) tried[i] = number_text(taking, number = number % taking->most + 1);
    if (looked_at == taking->most)
      return err_set(err, OUT_REFUSED, "order type %.*s: all numbers of %s are used", STR_ARG(taking->type),
                     taking->counter->last);
    if (find_used(taking, tried, many, used, err)) return err->outcome;
    for (size_t i = 0; i < many && found < count && looked_at < taking->most; i++) {
      taking->last = taking->last % taking->most + 1;
      looked_at++;
      if (!used[i]) numbers[found++] = tried[i];
    }
  }
  return OUT_OK;
}

static enum outcome put_counter(struct taking *taking, struct err *err) {
  struct buf sql = buf_new(SQL_MOST);
  str keys[] = { STR("CpnyID"), STR("SOTypeID") }, last = str_of(taking->counter->last);
  str text = arena_printf(taking->arena, "%0*llu", (int)taking->digits, (unsigned long long)taking->last);
  struct db_value values[] = { db_text(text), db_text(taking->company), db_text(taking->type) };
  uint64_t rows = 0;
  dialect_update(db_dialect(taking->db), STR("SOType"), &last, 1, keys, 2, &sql);
  enum outcome out = db_execute(taking->db, buf_str(&sql), values, 3, &rows, err);
  buf_free(&sql);
  if (!out && rows != 1)
    return err_set(err, OUT_REFUSED, "order type %.*s cannot be counted on: %llu rows are changed",
                   STR_ARG(taking->type), (unsigned long long)rows);
  return out;
}

enum outcome counter_take(struct db *db, const struct counter *counter, str company, str type, size_t count,
                          struct arena *arena, str *numbers, struct err *err) {
  struct taking taking = { .db = db, .counter = counter, .company = company, .arena = arena };
  enum outcome out = db_begin(db, err);
  if (!out) out = read_type(&taking, type, err);
  if (!out) out = read_counter(&taking, err);
  if (!out) out = count_on(&taking, count, numbers, err);
  if (!out) out = put_counter(&taking, err);
  if (out) db_rollback(db);
  else out = db_commit(db, err);
  return out == OUT_UNCERTAIN ? err_set(err, OUT_RETRY, "the commit of %s was not answered", counter->last)
                              : out;
}
