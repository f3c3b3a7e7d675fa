/* model/value: one value of the language, and the types it can have. */
#include "model/value.h"

#include <string.h>

static const char *const names[] = { [TYPE_ABSENT] = "absent",   [TYPE_ANY] = "any",
                                     [TYPE_TEXT] = "text",       [TYPE_DECIMAL] = "decimal",
                                     [TYPE_INTEGER] = "integer", [TYPE_BOOLEAN] = "boolean",
                                     [TYPE_DATE] = "date",       [TYPE_TIMESTAMP] = "timestamp",
                                     [TYPE_PERIOD] = "period",   [TYPE_LIST] = "list" };

const char *type_name(enum type type) { return names[type]; }

bool type_by_name(str name, enum type *type) {
  for (enum type t = TYPE_TEXT; t <= TYPE_LIST; t++)
    if (str_eq(name, str_of(names[t]))) {
      *type = t;
      return true;
    }
  return false;
}

static const char *parse_number(str cell, const struct type_spec *type, const struct notation *notation,
                                value *v) {
  dec d;
  int64_t whole;
  if (!dec_parse(cell, notation->decimal, &d)) return "is not a number";
  if (type->type == TYPE_DECIMAL) {
    if (notation->places_most >= 0 && d.scale > notation->places_most)
      return "has more decimals than its currency";
    if (type->size >= 0 && !dec_rescale(d, type->size, &d)) return "has more decimals than its field";
    *v = value_decimal(d);
    return NULL;
  }
  if (!dec_to_int(d, &whole)) return "is not a whole number";
  *v = value_integer(whole);
  return NULL;
}

static const char *parse_yes_no(str cell, value *v) {
  static const char *const yes[] = { "yes", "true", "y", "1" }, *const no[] = { "no", "false", "n", "0" };
  for (size_t i = 0; i < 4; i++) {
    if (str_eq_fold(cell, str_of(yes[i])) || str_eq_fold(cell, str_of(no[i]))) {
      *v = value_yes_no(str_eq_fold(cell, str_of(yes[i])));
      return NULL;
    }
  }
  return "is neither yes nor no";
}

static void note_order(str cell, const struct notation *notation, bool good, int64_t seconds) {
  stamp other;
  enum date_order order = notation->order == DATE_DAY_FIRST ? DATE_MONTH_FIRST : DATE_DAY_FIRST;
  bool other_good = date_parse_stamp(cell, order, notation->zone, &other);
  if (good && other_good && other.seconds != seconds) atomic_store(&notation->notes->asked, true);
  if (good && !other_good) atomic_store(&notation->notes->not_other, true);
  if (!good && other_good) atomic_store(&notation->notes->not_this, true);
}

bool value_parse_stamp(str cell, const struct notation *notation, stamp *at) {
  char mark = cell.len > 2 ? cell.at[2] : '\0';
  bool good = date_parse_stamp(cell, mark == '.' ? DATE_DAY_FIRST : notation->order, notation->zone, at);
  if (notation->notes && (mark == '/' || mark == '-')) note_order(cell, notation, good, at->seconds);
  return good;
}

static const char *parse_time(str cell, const struct type_spec *type, const struct notation *notation,
                              value *v) {
  int32_t number;
  if (type->type == TYPE_DATE) {
    if (!date_parse(cell, type->pattern, &number)) return "is not a date";
    *v = value_date(number);
    return NULL;
  }
  if (type->type == TYPE_PERIOD) {
    if (!period_parse(cell, type->pattern.len ? type->pattern : STR("YYYYPP"), &number))
      return "is not a period";
    *v = value_period(number);
    return NULL;
  }
  v->type = TYPE_TIMESTAMP;
  return value_parse_stamp(cell, notation, &v->as.at) ? NULL : "is not a time";
}

bool value_parse(str cell, const struct type_spec *type, const struct notation *notation, value *v,
                 const char **why) {
  *why = NULL;
  if (type->type == TYPE_TEXT && cell.len && (unsigned char)*cell.at > ' ' &&
      (unsigned char)*cell.at < 0x80) {
    *v = (value){ .type = TYPE_TEXT, .as.text = cell }; /* what comes nearly always: not only blanks */
    return true;
  }
  str bare = str_trim(cell);
  *v = value_absent();
  if (!bare.len) return true;
  switch (type->type) {
  case TYPE_DECIMAL:
  case TYPE_INTEGER: *why = parse_number(bare, type, notation, v); break;
  case TYPE_BOOLEAN: *why = parse_yes_no(bare, v); break;
  case TYPE_DATE:
  case TYPE_TIMESTAMP:
  case TYPE_PERIOD: *why = parse_time(bare, type, notation, v); break;
  case TYPE_ABSENT:
  case TYPE_ANY:
  case TYPE_TEXT:
  case TYPE_LIST: *v = value_text(cell); break;
  }
  return !*why;
}

static void format_decimal(dec d, int32_t places, struct buf *text) {
  char digits[DEC_TEXT_MOST];
  dec padded;
  if (places >= 0 && dec_rescale(d, places, &padded)) d = padded;
  buf_bytes(text, digits, dec_format(d, digits));
}

void value_format(const value *v, const struct type_spec *type, const struct zone *zone, struct buf *text) {
  char room[DATE_TEXT_MOST];
  str pattern = type ? type->pattern : STR_NONE;
  switch (v->type) {
  case TYPE_ABSENT:
  case TYPE_ANY: return;
  case TYPE_TEXT: buf_add(text, v->as.text); return;
  case TYPE_DECIMAL:
    format_decimal(v->as.decimal, type && type->type == TYPE_DECIMAL ? type->size : -1, text);
    return;
  case TYPE_INTEGER:
    if (type && type->type == TYPE_DECIMAL) format_decimal(dec_of(v->as.integer), type->size, text);
    else format_decimal(dec_of(v->as.integer), -1, text);
    return;
  case TYPE_BOOLEAN: buf_add(text, v->as.yes ? STR("yes") : STR("no")); return;
  case TYPE_DATE:
    buf_bytes(text, room, date_format(v->as.date, pattern.len ? pattern : STR("YYYY-MM-DD"), room));
    return;
  case TYPE_TIMESTAMP:
    if (pattern.len) buf_bytes(text, room, date_format_wall(v->as.at, zone, pattern, room));
    else buf_bytes(text, room, date_format_stamp(v->as.at, room));
    return;
  case TYPE_PERIOD:
    buf_bytes(text, room,
              period_format(v->as.period, pattern.len ? pattern : STR("YYYYPP"), room, sizeof room));
    return;
  case TYPE_LIST:
    for (size_t i = 0; i < v->as.list.count; i++) {
      if (i) buf_add(text, STR(", "));
      buf_add(text, v->as.list.items[i]);
    }
    return;
  }
}

str value_show(const value *v, const struct zone *zone, struct arena *arena) {
  if (v->type == TYPE_ABSENT) return STR_NONE;
  if (v->type == TYPE_TEXT) return v->as.text;
  struct buf text = buf_new(1 << 20);
  value_format(v, NULL, zone, &text);
  str shown = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return shown;
}

bool value_to_decimal(const value *v, dec *d) {
  if (v->type == TYPE_INTEGER) *d = dec_of(v->as.integer);
  else if (v->type == TYPE_DECIMAL) *d = v->as.decimal;
  else return false;
  return true;
}

static int compare_numbers(int64_t a, int64_t b) { return (a > b) - (a < b); }

int value_compare(const value *a, const value *b) {
  dec x, y;
  switch (a->type) {
  case TYPE_TEXT: return str_compare(a->as.text, b->as.text);
  case TYPE_DECIMAL:
  case TYPE_INTEGER: return value_to_decimal(a, &x) && value_to_decimal(b, &y) ? dec_compare(x, y) : 0;
  case TYPE_BOOLEAN: return a->as.yes - b->as.yes;
  case TYPE_DATE: return compare_numbers(a->as.date, b->as.date);
  case TYPE_TIMESTAMP: return compare_numbers(a->as.at.seconds, b->as.at.seconds);
  case TYPE_PERIOD: return compare_numbers(a->as.period, b->as.period);
  case TYPE_ABSENT:
  case TYPE_ANY:
  case TYPE_LIST: break;
  }
  return 0;
}

bool value_equal(const value *a, const value *b) {
  if (a->type == TYPE_ABSENT || b->type == TYPE_ABSENT) return a->type == b->type;
  return value_compare(a, b) == 0;
}

value value_keep(const value *v, struct arena *arena) {
  value kept = *v;
  if (v->type == TYPE_TEXT) kept.as.text = arena_str(arena, v->as.text);
  return kept;
}

/* Big-endian with the sign bit turned, so that memcmp orders it. */
static void put_number(int64_t n, struct buf *key) {
  uint64_t u = (uint64_t)n ^ (uint64_t)1 << 63;
  char bytes[8];
  for (int i = 0; i < 8; i++) bytes[i] = (char)(u >> (56 - 8 * i));
  buf_bytes(key, bytes, 8);
}

static int64_t get_number(const char *bytes) {
  uint64_t u = 0;
  for (int i = 0; i < 8; i++) u = u << 8 | (unsigned char)bytes[i];
  return (int64_t)(u ^ (uint64_t)1 << 63);
}

/* At scale 18: the high half signed, the low half as it is. */
static bool put_decimal(dec d, struct buf *key) {
  dec wide;
  if (!dec_rescale(dec_trim(d), DEC_SCALE_MOST, &wide)) return false;
  put_number((int64_t)(wide.mantissa >> 64), key);
  put_number((int64_t)((uint64_t)wide.mantissa ^ (uint64_t)1 << 63), key);
  return true;
}

enum outcome value_key(const value *v, struct buf *key, struct err *err) {
  dec d;
  buf_char(key, v->type == TYPE_ABSENT ? 0 : 1);
  switch (v->type) {
  case TYPE_ABSENT:
  case TYPE_ANY:
  case TYPE_LIST: break;
  case TYPE_TEXT:
    buf_add(key, v->as.text);
    buf_char(key, 0);
    break;
  case TYPE_BOOLEAN: put_number(v->as.yes, key); break;
  case TYPE_DATE: put_number(v->as.date, key); break;
  case TYPE_PERIOD: put_number(v->as.period, key); break;
  case TYPE_TIMESTAMP: put_number(v->as.at.seconds, key); break;
  case TYPE_DECIMAL:
  case TYPE_INTEGER:
    value_to_decimal(v, &d);
    if (!put_decimal(d, key)) return err_set(err, OUT_DATA, "a number too large to group by");
    break;
  }
  return OUT_OK;
}

static value number_of_key(str key, size_t *at, enum type type) {
  int64_t high = get_number(key.at + *at);
  *at += 8;
  switch (type) {
  case TYPE_BOOLEAN: return value_yes_no(high != 0);
  case TYPE_DATE: return value_date((int32_t)high);
  case TYPE_PERIOD: return value_period((int32_t)high);
  case TYPE_TIMESTAMP: return (value){ .type = type, .as.at = { high, 0 } };
  default: break;
  }
  uint64_t low = (uint64_t)get_number(key.at + *at) ^ (uint64_t)1 << 63;
  *at += 8;
  dec d = dec_trim((dec){ (int128)high * ((int128)1 << 64) + (int128)low, DEC_SCALE_MOST });
  return type == TYPE_INTEGER ? value_integer((int64_t)d.mantissa) : value_decimal(d);
}

value value_of_key(str key, size_t *at, enum type type) {
  if (*at >= key.len || !key.at[(*at)++]) return value_absent();
  if (type != TYPE_TEXT && type != TYPE_ANY) return number_of_key(key, at, type);
  const char *end = memchr(key.at + *at, 0, key.len - *at);
  str text = { key.at + *at, end ? (size_t)(end - (key.at + *at)) : key.len - *at };
  *at += text.len + 1;
  return value_text(text);
}
