/* transform/accumulate: the running state of an aggregate. */
#include "transform/accumulate.h"

#include <string.h>

struct kept { /* min max first last same */
  value v;
  uint64_t row;
  bool seen, differs;
};
struct listed {
  value v;
  uint64_t row;
};
struct many { /* list, distinct */
  struct listed *items;
  uint64_t count, room;
};
struct flag {
  bool any, not_all;
};

size_t acc_size(enum aggregate_kind kind) {
  size_t size = 0;
  switch (kind) {
  case AGG_SUM: size = sizeof(struct acc_sum); break;
  case AGG_COUNT: size = sizeof(uint64_t); break;
  case AGG_DISTINCT:
  case AGG_LIST: size = sizeof(struct many); break;
  case AGG_MIN:
  case AGG_MAX:
  case AGG_FIRST:
  case AGG_LAST:
  case AGG_SAME: size = sizeof(struct kept); break;
  case AGG_ANY:
  case AGG_ALL: size = sizeof(struct flag); break;
  }
  return kind >= AGG_MIN && kind <= AGG_SAME ? (size + 15) & ~(size_t)15 : (size + 7) & ~(size_t)7;
}

size_t acc_layout(struct aggregate *const *aggregates, size_t count, size_t *offsets) {
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    at = acc_align(aggregates[i]->kind, at);
    offsets[i] = at;
    at += acc_size(aggregates[i]->kind);
  }
  return at;
}

static dec sum_value(const struct acc_sum *sum) {
  return sum->is_wide ? *sum->as.wide : (dec){ sum->as.units, sum->scale };
}

static bool add_units(struct acc_sum *sum, dec units, struct arena *arena) {
  int64_t added;
  if (!sum->is_wide && !sum->as.units && sum->scale < units.scale) sum->scale = units.scale;
  bool narrow = !sum->is_wide && units.scale == sum->scale && units.mantissa == (int64_t)units.mantissa;
  if (narrow && !__builtin_add_overflow(sum->as.units, (int64_t)units.mantissa, &added)) {
    sum->as.units = added;
    return true;
  }
  dec total;
  if (!dec_add(sum_value(sum), units, &total)) return false;
  if (total.mantissa == (int64_t)total.mantissa) {
    *sum = (struct acc_sum){ .as.units = (int64_t)total.mantissa, .scale = total.scale };
    return true;
  }
  if (!sum->is_wide) *sum = (struct acc_sum){ .as.wide = ARENA_NEW(arena, dec), .is_wide = true };
  *sum->as.wide = total;
  return true;
}

bool acc_add_sum(char *state, int128 units, int32_t scale, struct arena *arena) {
  return add_units((struct acc_sum *)(void *)state, (dec){ units, scale }, arena);
}

/* Of equal values that are written differently (1.5 and 1.50) the first row's stays. */
static bool replaces(enum aggregate_kind kind, const struct kept *old, const value *v, uint64_t row) {
  int order = kind == AGG_MIN || kind == AGG_MAX ? value_compare(v, &old->v) : 0;
  switch (kind) {
  case AGG_MIN: return order < 0 || (order == 0 && row < old->row);
  case AGG_MAX: return order > 0 || (order == 0 && row < old->row);
  case AGG_LAST: return row >= old->row;
  default: return row < old->row;
  }
}

static void keep(enum aggregate_kind kind, struct kept *kept, const value *v, uint64_t row,
                 struct arena *arena) {
  if (kept->seen && !value_equal(&kept->v, v)) kept->differs = true;
  if (kept->seen && !replaces(kind, kept, v, row)) return;
  bool same_text = kept->seen && v->type == TYPE_TEXT && value_equal(&kept->v, v);
  if (!same_text) kept->v = value_keep(v, arena);
  kept->row = row;
  kept->seen = true;
}

static size_t hash_value(const value *v) {
  if (v->type == TYPE_TEXT) return str_hash(v->as.text);
  if (v->type == TYPE_DECIMAL) {
    dec d = dec_trim(v->as.decimal);
    return (size_t)((uint64_t)d.mantissa * 0x9e3779b97f4a7c15u) >> 7;
  }
  return (size_t)((uint64_t)v->as.integer * 0x9e3779b97f4a7c15u) >> 7;
}

/* An open table that is also the list; free places have an absent value. */
static void add_to_many(struct many *many, const value *v, uint64_t row, struct arena *arena) {
  if (many->count * 2 >= many->room) {
    struct many bigger = { .room = many->room ? many->room * 2 : 8 };
    bigger.items = ARENA_ARRAY(arena, struct listed, bigger.room);
    for (size_t i = 0; i < many->room; i++)
      if (value_is_present(&many->items[i].v)) {
        size_t at = hash_value(&many->items[i].v) & (bigger.room - 1);
        while (value_is_present(&bigger.items[at].v)) at = (at + 1) & (bigger.room - 1);
        bigger.items[at] = many->items[i];
      }
    bigger.count = many->count;
    *many = bigger;
  }
  size_t at = hash_value(v) & (many->room - 1);
  while (value_is_present(&many->items[at].v) && !value_equal(&many->items[at].v, v))
    at = (at + 1) & (many->room - 1);
  struct listed *item = &many->items[at];
  if (!value_is_present(&item->v)) {
    *item = (struct listed){ value_keep(v, arena), row };
    many->count++;
  } else if (row < item->row) {
    item->row = row;
    if (v->type != TYPE_TEXT) item->v = *v;
  }
}

bool acc_add(enum aggregate_kind kind, char *state, const value *v, uint64_t times, uint64_t first_row,
             uint64_t last_row, struct arena *arena) {
  void *at = state;
  dec units;
  if (kind == AGG_COUNT) {
    *(uint64_t *)at += times;
    return true;
  }
  if (kind == AGG_ALL && !value_is_present(v)) ((struct flag *)at)->not_all = true;
  if (!value_is_present(v)) return true;
  switch (kind) {
  case AGG_SUM:
    if (!value_to_decimal(v, &units)) return false;
    if (times > 1 && !dec_multiply(units, dec_of((int64_t)times), &units)) return false;
    return add_units(at, units, arena);
  case AGG_DISTINCT:
  case AGG_LIST: add_to_many(at, v, first_row, arena); break;
  case AGG_ANY:
  case AGG_ALL:
    ((struct flag *)at)->any |= v->as.yes;
    ((struct flag *)at)->not_all |= !v->as.yes;
    break;
  default: keep(kind, at, v, kind == AGG_LAST ? last_row : first_row, arena); break;
  }
  return true;
}

bool acc_merge(enum aggregate_kind kind, char *state, const char *other, struct arena *arena) {
  void *into = state;
  const void *from = other;
  switch (kind) {
  case AGG_COUNT: *(uint64_t *)into += *(const uint64_t *)from; return true;
  case AGG_SUM: return add_units(into, sum_value(from), arena);
  case AGG_ANY:
  case AGG_ALL:
    ((struct flag *)into)->any |= ((const struct flag *)from)->any;
    ((struct flag *)into)->not_all |= ((const struct flag *)from)->not_all;
    return true;
  case AGG_DISTINCT:
  case AGG_LIST: {
    const struct many *many = from;
    for (size_t i = 0; i < many->room; i++)
      if (value_is_present(&many->items[i].v))
        add_to_many(into, &many->items[i].v, many->items[i].row, arena);
    return true;
  }
  default: {
    const struct kept *kept = from;
    if (!kept->seen) return true;
    ((struct kept *)into)->differs |= kept->differs;
    keep(kind, into, &kept->v, kept->row, arena);
    return true;
  }
  }
}

/* The first 20 values in the order of their rows. */
static value list_text(const struct many *many, struct arena *arena) {
  struct buf text = buf_new(1 << 20);
  uint64_t after = 0;
  bool begun = false;
  for (size_t shown = 0; shown < LIST_MOST && shown < many->count; shown++) {
    const struct listed *next = NULL;
    for (size_t i = 0; i < many->room; i++) {
      const struct listed *item = &many->items[i];
      if (!value_is_present(&item->v) || (begun && item->row < after)) continue;
      bool taken = begun && item->row == after; /* rows are distinct but for values of one record */
      if (taken || (next && (item->row > next->row ||
                             (item->row == next->row && value_compare(&item->v, &next->v) > 0))))
        continue;
      next = item;
    }
    if (!next) break;
    if (begun) buf_add(&text, STR(", "));
    value_format(&next->v, NULL, NULL, &text);
    after = next->row;
    begun = true;
  }
  if (many->count > LIST_MOST) buf_add(&text, STR(", ..."));
  value v = value_text(arena_str(arena, buf_str(&text)));
  buf_free(&text);
  return v;
}

value acc_result(const struct aggregate *aggregate, const char *state, struct arena *arena, bool *differs) {
  const void *at = state;
  int64_t whole;
  *differs = false;
  switch (aggregate->kind) {
  case AGG_COUNT: return value_integer((int64_t) * (const uint64_t *)at);
  case AGG_SUM: {
    dec units = sum_value(at);
    if (aggregate->type == TYPE_INTEGER && dec_to_int(units, &whole)) return value_integer(whole);
    return value_decimal(units);
  }
  case AGG_ANY: return value_yes_no(((const struct flag *)at)->any);
  case AGG_ALL: return value_yes_no(!((const struct flag *)at)->not_all);
  case AGG_DISTINCT: return value_integer((int64_t)((const struct many *)at)->count);
  case AGG_LIST: return list_text(at, arena);
  default: {
    const struct kept *kept = at;
    *differs = aggregate->kind == AGG_SAME && kept->differs;
    return kept->seen ? kept->v : value_absent();
  }
  }
}

bool acc_is_zero(enum aggregate_kind kind, const char *state) {
  const void *at = state;
  if (kind == AGG_COUNT) return !*(const uint64_t *)at;
  if (kind == AGG_ANY) return !((const struct flag *)at)->any;
  return kind == AGG_SUM && dec_is_zero(sum_value(at));
}

void acc_move(enum aggregate_kind kind, char *state, struct arena *arena) {
  void *at = state;
  if (kind == AGG_SUM && ((struct acc_sum *)at)->is_wide) {
    dec *wide = ARENA_NEW(arena, dec);
    *wide = *((struct acc_sum *)at)->as.wide;
    ((struct acc_sum *)at)->as.wide = wide;
  } else if (kind == AGG_LIST || kind == AGG_DISTINCT) {
    struct many *many = at;
    struct listed *items = ARENA_ARRAY(arena, struct listed, many->room);
    for (size_t i = 0; i < many->room; i++)
      items[i] = (struct listed){ value_keep(&many->items[i].v, arena), many->items[i].row };
    many->items = items;
  } else if (kind >= AGG_MIN && kind <= AGG_SAME && ((struct kept *)at)->seen)
    ((struct kept *)at)->v = value_keep(&((struct kept *)at)->v, arena);
}

static void save_value(const value *v, struct buf *out) {
  buf_bytes(out, v, sizeof *v);
  if (v->type == TYPE_TEXT) buf_add(out, v->as.text);
}

static bool take(str *from, void *to, size_t size) {
  if (from->len < size) return false;
  memcpy(to, from->at, size);
  *from = str_sub(*from, size, from->len);
  return true;
}

static bool load_value(str *from, value *v, struct arena *arena) {
  if (!take(from, v, sizeof *v)) return false;
  if (v->type != TYPE_TEXT) return true;
  if (from->len < v->as.text.len) return false;
  str text = str_sub(*from, 0, v->as.text.len);
  *from = str_sub(*from, text.len, from->len);
  v->as.text = arena_str(arena, text);
  return true;
}

void acc_save(enum aggregate_kind kind, const char *state, struct buf *out) {
  const void *at = state;
  buf_bytes(out, state, acc_size(kind));
  if (kind == AGG_SUM && ((const struct acc_sum *)at)->is_wide)
    buf_bytes(out, ((const struct acc_sum *)at)->as.wide, sizeof(dec));
  if (kind == AGG_DISTINCT || kind == AGG_LIST) {
    const struct many *many = at;
    for (size_t i = 0; i < many->room; i++)
      if (value_is_present(&many->items[i].v)) {
        buf_bytes(out, &many->items[i].row, sizeof many->items[i].row);
        save_value(&many->items[i].v, out);
      }
  } else if (kind >= AGG_MIN && kind <= AGG_SAME && ((const struct kept *)at)->seen)
    save_value(&((const struct kept *)at)->v, out);
}

bool acc_load(enum aggregate_kind kind, str *from, char *state, struct arena *arena) {
  void *at = state;
  if (!take(from, state, acc_size(kind))) return false;
  if (kind == AGG_SUM && ((struct acc_sum *)at)->is_wide) {
    ((struct acc_sum *)at)->as.wide = ARENA_NEW(arena, dec);
    return take(from, ((struct acc_sum *)at)->as.wide, sizeof(dec));
  }
  if (kind == AGG_DISTINCT || kind == AGG_LIST) {
    uint64_t count = ((struct many *)at)->count, row;
    *(struct many *)at = (struct many){ 0 };
    for (uint64_t i = 0; i < count; i++) {
      value v;
      if (!take(from, &row, sizeof row) || !load_value(from, &v, arena)) return false;
      add_to_many(at, &v, row, arena);
    }
  } else if (kind >= AGG_MIN && kind <= AGG_SAME && ((struct kept *)at)->seen)
    return load_value(from, &((struct kept *)at)->v, arena);
  return true;
}
