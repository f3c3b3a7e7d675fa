/* db/insert_cell: one cell of a row to be inserted, checked against its column. */
#include "db/insert_internal.h"
#include "db/moment.h"
#include "db/number.h"

#include <string.h>

static enum outcome put_text(const struct slot *slot, str cell, char *at, uint32_t *len, struct err *err) {
  if (cell.len > slot->about.width && str_chars(cell) > slot->about.width)
    return err_set(err, OUT_DATA, "\"%.*s\" has more than %u characters", STR_ARG(str_left_chars(cell, 60)),
                   slot->about.width);
  if (cell.len >= slot->width || memchr(cell.at, '\0', cell.len))
    return err_set(err, OUT_DATA, "the text cannot be stored");
  memcpy(at, cell.at, cell.len);
  at[cell.len] = '\0';
  *len = (uint32_t)cell.len;
  return OUT_OK;
}

static enum outcome put_float(const struct slot *slot, str cell, char *at, uint32_t *len, struct err *err) {
  size_t written;
  if (!number_to_float(cell, slot->about.places, at, &written))
    return err_set(err, OUT_DATA, "\"%.*s\" is no number of at most %d digits",
                   STR_ARG(str_left_chars(cell, 60)), NUMBER_DIGITS);
  at[written] = '\0';
  *len = (uint32_t)written;
  return OUT_OK;
}

static enum outcome put_integer(const struct slot *slot, str cell, char *at, uint32_t *len, struct err *err) {
  int64_t number;
  bool small = slot->about.type == DB_SMALLINT;
  if (!str_to_int(cell, &number) || cell.len >= slot->width || number < (small ? INT16_MIN : INT32_MIN) ||
      number > (small ? INT16_MAX : INT32_MAX))
    return err_set(err, OUT_DATA, "\"%.*s\" is no whole number %s", STR_ARG(str_left_chars(cell, 60)),
                   small ? "of SMALLINT, from -32768 to 32767" : "of INT");
  memcpy(at, cell.at, cell.len);
  at[cell.len] = '\0';
  *len = (uint32_t)cell.len;
  return OUT_OK;
}

static enum outcome put_moment(const struct slot *slot, str cell, char *at, uint32_t *len, struct err *err) {
  struct moment moment;
  if (!moment_parse(cell, &moment))
    return err_set(err, OUT_DATA, "\"%.*s\" is no date", STR_ARG(str_left_chars(cell, 60)));
  if (!moment_fits(moment))
    return err_set(err, OUT_DATA, "%.*s is no date of SMALLDATETIME, from 1900-01-01 to 2079-06-06",
                   STR_ARG(cell));
  if (!slot->is_stamp) {
    moment_format(moment, ' ', at);
    *len = MOMENT_TEXT - 1;
    return OUT_OK;
  }
  SQL_TIMESTAMP_STRUCT stamp = { (SQLSMALLINT)moment.year,
                                 (SQLUSMALLINT)moment.month,
                                 (SQLUSMALLINT)moment.day,
                                 (SQLUSMALLINT)moment.hour,
                                 (SQLUSMALLINT)moment.minute,
                                 (SQLUSMALLINT)moment.second,
                                 0 };
  memcpy(at, &stamp, sizeof stamp);
  *len = sizeof stamp;
  return OUT_OK;
}

enum outcome insert_put(const struct slot *slot, str cell, char *at, uint32_t *len, struct err *err) {
  enum outcome out;
  if (!cell.at) cell = slot->blank;
  switch (slot->about.type) {
  case DB_FLOAT: out = put_float(slot, cell, at, len, err); break;
  case DB_SMALLINT:
  case DB_INT: out = put_integer(slot, cell, at, len, err); break;
  case DB_DATETIME: out = put_moment(slot, cell, at, len, err); break;
  default: out = put_text(slot, cell, at, len, err);
  }
  return out ? err_of_field(err, STR_NONE, slot->about.name) : OUT_OK;
}
