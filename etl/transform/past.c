/* transform/past: rows that earlier runs left (format state), as one lookup finds them. */
#include "transform/past.h"
#include "base/map.h"

enum { KEY_MOST = 1 << 20 };

/* Rows of one key without case: the last of them, and whether their letters differ. */
struct folded {
  size_t row; /* from 1 */
  str exact;
  bool differ;
};

struct past {
  const struct lookup *lookup;
  struct arena *arena;
  size_t *fields; /* of the record, one for each pair */
  const value **rows;
  size_t count;
  size_t *before; /* by row: the one of the same key that was added before it, from 1 */
  size_t before_count;
  bool only;
  struct map *several;        /* only: keys with rows that differ */
  struct map *exact, *folded; /* to a row from 1; to a struct folded */
};

static void add_text(str text, bool fold, struct buf *key) {
  str bare = fold ? str_trim(text) : text;
  for (size_t i = 0; i < bare.len; i++) {
    char c = bare.at[i];
    buf_char(key, fold && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
  }
}

static void add_part(const value *v, bool fold, struct buf *key) {
  dec d;
  char digits[DEC_TEXT_MOST];
  buf_char(key, value_is_present(v) ? '+' : '-');
  if (v->type == TYPE_TEXT) add_text(v->as.text, fold, key);
  else if (v->type == TYPE_TIMESTAMP) buf_printf(key, "%lld", (long long)v->as.at.seconds);
  else if (value_to_decimal(v, &d)) buf_bytes(key, digits, dec_format(dec_trim(d), digits));
  else value_format(v, NULL, NULL, key);
  buf_char(key, '\0');
}

void past_key_part(const value *v, struct buf *key) { add_part(v, false, key); }

struct past *past_new(const struct lookup *lookup, struct arena *arena) {
  struct past *past = ARENA_NEW(arena, struct past);
  *past =
      (struct past){ .lookup = lookup, .arena = arena, .exact = map_new(arena), .folded = map_new(arena) };
  past->fields = ARENA_ARRAY(arena, size_t, lookup->key_count + 1);
  for (size_t i = 0; i < lookup->key_count; i++)
    past->fields[i] = record_field(lookup->table, lookup->pairs[i].name)->index;
  return past;
}

void past_choose_none(struct past *past) {
  past->only = true;
  past->several = map_new(past->arena);
}

static bool agree(const struct past *past, size_t row, const value *fields) {
  for (size_t i = 0; i < past->lookup->table->field_count; i++)
    if (!value_equal(&past->rows[row][i], &fields[i])) return false;
  return true;
}

static void add_folded(struct past *past, str key, str exact) {
  struct folded **folded = (struct folded **)map_put(past->folded, key);
  if (!*folded) {
    *folded = ARENA_NEW(past->arena, struct folded);
    (*folded)->exact = arena_str(past->arena, exact);
  }
  (*folded)->differ = (*folded)->differ || !str_eq((*folded)->exact, exact);
  (*folded)->row = past->count;
}

void past_add(struct past *past, const value *fields) {
  struct buf exact = buf_new(KEY_MOST), folded = buf_new(KEY_MOST);
  *ARENA_PUSH(past->arena, past->rows, past->count) = fields;
  for (size_t i = 0; i < past->lookup->key_count; i++) {
    add_part(&fields[past->fields[i]], false, &exact);
    add_part(&fields[past->fields[i]], true, &folded);
  }
  void **row = map_put(past->exact, buf_str(&exact));
  if (past->only && *row && !agree(past, (size_t)(uintptr_t)*row - 1, fields))
    *map_put(past->several, buf_str(&exact)) = past;
  *ARENA_PUSH(past->arena, past->before, past->before_count) = (size_t)(uintptr_t)*row;
  *row = (void *)(uintptr_t)past->count;
  add_folded(past, buf_str(&folded), buf_str(&exact));
  buf_free(&exact);
  buf_free(&folded);
}

static bool letters_count(const struct lookup *lookup) {
  for (size_t i = 0; i < lookup->key_count; i++)
    if (lookup->pairs[i].exact) return true;
  return false;
}

/* From 1; 0: none. */
static size_t last_row(const struct past *past, const value *keys, bool *several) {
  struct buf exact = buf_new(KEY_MOST), other = buf_new(KEY_MOST);
  for (size_t i = 0; i < past->lookup->key_count; i++) {
    add_part(&keys[i], false, &exact);
    add_part(&keys[i], true, &other);
  }
  size_t row = (size_t)(uintptr_t)map_get(past->exact, buf_str(&exact));
  const struct folded *folded = row ? NULL : map_get(past->folded, buf_str(&other));
  *several = row && past->only && map_has(past->several, buf_str(&exact));
  if (folded && !(folded->differ && letters_count(past->lookup))) {
    row = folded->row;
    *several = past->only && (folded->differ || map_has(past->several, folded->exact));
  }
  buf_free(&exact);
  buf_free(&other);
  return row;
}

ptrdiff_t past_find(const struct past *past, const value *keys) {
  bool several;
  if (!past->count) return -1;
  size_t row = last_row(past, keys, &several);
  return several ? PAST_SEVERAL : (ptrdiff_t)row - 1;
}

size_t past_find_all(const struct past *past, const value *keys, struct arena *scratch, size_t **rows) {
  bool several;
  size_t last = past->count ? last_row(past, keys, &several) : 0, count = 0;
  for (size_t row = last; row; row = past->before[row - 1]) count++;
  *rows = ARENA_ARRAY(scratch, size_t, count + 1);
  for (size_t row = last, at = count; row; row = past->before[row - 1]) (*rows)[--at] = row - 1;
  return count;
}

value past_value(const struct past *past, size_t row, size_t field) { return past->rows[row][field]; }
