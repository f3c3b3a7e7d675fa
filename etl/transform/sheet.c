/* transform/sheet: a lookup sheet that accounting keeps, as one lookup sees it. */
#include "transform/sheet.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

struct rule_row {
  uint32_t row;     /* of the sheet */
  const str *keys;  /* folded, one for each key of the lookup */
  const int *exact; /* how exact each is: 0 exact, else rising with fewer letters */
};

struct finder {
  const struct lookup *lookup;
  struct arena *arena;
  struct map *exact;         /* all keys exact: joined keys to a struct hits */
  struct map *folded;        /* of `exact` pairs: folded keys, used when the letters do not match */
  struct rule_row *patterns; /* most specific first */
  size_t pattern_count;
  value *values; /* row by take */
};

struct hits {
  uint32_t *rows;
  size_t count;
};

ptrdiff_t sheet_column(const struct sheet *sheet, str name) {
  struct arena *scratch = arena_new();
  str wanted = header_fold(name, scratch);
  ptrdiff_t hit = -1;
  for (size_t i = 0; i < sheet->column_count && hit < 0; i++)
    if (str_eq(header_fold(sheet->columns[i], scratch), wanted)) hit = (ptrdiff_t)i;
  arena_free(scratch);
  return hit;
}

str key_fold(str key, struct arena *arena) { return header_fold(key, arena); }

static bool one_matches(char pattern, char c) {
  if (pattern == '#') return c >= '0' && c <= '9';
  char a = pattern >= 'A' && pattern <= 'Z' ? (char)(pattern + 32) : pattern;
  char b = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
  return a == b || pattern == '?';
}

/* Bytes of the character at a place. */
static size_t char_len(str text, size_t at) {
  size_t len = 1;
  while (at + len < text.len && ((unsigned char)text.at[at + len] & 0xc0) == 0x80) len++;
  return len;
}

bool pattern_matches(str pattern, str text) {
  size_t p = 0, t = 0, star = SIZE_MAX, again = 0;
  while (t < text.len) {
    if (p < pattern.len && pattern.at[p] == '*') star = p++, again = t;
    else if (p < pattern.len && one_matches(pattern.at[p], text.at[t]))
      t += pattern.at[p++] == '?' ? char_len(text, t) : 1;
    else if (star != SIZE_MAX) p = star + 1, t = ++again;
    else return false;
  }
  while (p < pattern.len && pattern.at[p] == '*') p++;
  return p == pattern.len;
}

/* Whether some text matches both patterns (each may hold *): row by row, which ends of b can be met. */
static bool patterns_meet(str a, str b) {
  if (str_find(a, '*') < 0 && str_find(b, '*') < 0) return str_eq(a, b);
  bool *met = mem_alloc(b.len + 1), *next = mem_alloc(b.len + 1);
  for (size_t i = 0; i <= a.len; i++) {
    for (size_t j = 0; j <= b.len; j++) {
      bool same = i && j && a.at[i - 1] == b.at[j - 1] && met[j - 1];
      bool star_a = i && a.at[i - 1] == '*' && (met[j] || (j && next[j - 1]));
      bool star_b = j && b.at[j - 1] == '*' && (next[j - 1] || (i && met[j]));
      next[j] = (!i && !j) || same || star_a || star_b;
    }
    bool *old = met;
    met = next;
    next = old;
  }
  bool meet = met[b.len];
  mem_free(met);
  mem_free(next);
  return meet;
}

static str key_of_cell(str cell, bool exact, struct arena *arena) {
  return exact ? str_trim(cell) : key_fold(cell, arena);
}

static int how_exact(str key) {
  if (str_find(key, '*') < 0) return 0;
  int letters = 0;
  for (size_t i = 0; i < key.len; i++) letters += key.at[i] != '*';
  return 1000000 - letters;
}

static str joined(const str *keys, size_t count, struct arena *arena) {
  struct buf text = buf_new(1 << 20);
  for (size_t i = 0; i < count; i++) {
    buf_add(&text, keys[i]);
    buf_char(&text, '\0');
  }
  str result = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return result;
}

static bool answers_agree(const struct finder *finder, uint32_t a, uint32_t b) {
  for (size_t i = 0; i < finder->lookup->take_count; i++) {
    value x = finder_value(finder, a, i), y = finder_value(finder, b, i);
    if (!value_equal(&x, &y)) return false;
  }
  return true;
}

static struct place row_place(const struct sheet *sheet, uint64_t line) {
  struct place place = { sheet->source, 0 };
  for (uint64_t at = 1; at < line; at++) {
    ptrdiff_t end = str_find(str_sub(sheet->source->text, place.at, sheet->source->text.len), '\n');
    if (end < 0) break;
    place.at += (size_t)end + 1;
  }
  return place;
}

static void add_hit(struct finder *finder, struct map *map, str key, uint32_t row, struct complaints *wrong) {
  struct hits **hits = (struct hits **)map_put(map, key);
  if (!*hits) *hits = ARENA_NEW(finder->arena, struct hits);
  const struct sheet *sheet = finder->lookup->sheet;
  if (!finder->lookup->many && (*hits)->count) {
    uint32_t first = (*hits)->rows[0];
    if (wrong && !answers_agree(finder, first, row))
      complain(wrong, row_place(sheet, sheet->rows[row].line),
               "rows %llu and %llu are the same rule with different answers",
               (unsigned long long)sheet->rows[first].line, (unsigned long long)sheet->rows[row].line);
    if (wrong) return;
  }
  *ARENA_PUSH(finder->arena, (*hits)->rows, (*hits)->count) = row;
}

static str cell_of(const struct sheet_row *row, ptrdiff_t column) {
  return column >= 0 && (size_t)column < row->count ? row->cells[column] : STR_NONE;
}

static void read_values(struct finder *finder, struct complaints *wrong) {
  const struct lookup *lookup = finder->lookup;
  const struct sheet *sheet = lookup->sheet;
  const struct notation plain = { .decimal = DEC_PLAIN, .places_most = -1 };
  finder->values = ARENA_ARRAY(finder->arena, value, sheet->row_count * lookup->take_count + 1);
  for (size_t take = 0; take < lookup->take_count; take++) {
    ptrdiff_t column = sheet_column(sheet, lookup->takes[take].name);
    const struct type_spec *type = &lookup->takes[take].type;
    for (size_t row = 0; row < sheet->row_count; row++) {
      value *v = &finder->values[row * lookup->take_count + take];
      str cell = str_trim(cell_of(&sheet->rows[row], column));
      const char *why;
      if (!value_parse(cell, type, &plain, v, &why)) {
        struct place place = row_place(sheet, sheet->rows[row].line);
        complain(wrong, place, "%.*s: \"%.*s\" %s", STR_ARG(lookup->takes[take].name), STR_ARG(cell), why);
      } else if (type->type == TYPE_TEXT && type->size > 0 && str_chars(cell) > (size_t)type->size) {
        struct place place = row_place(sheet, sheet->rows[row].line);
        complain(wrong, place, "%.*s \"%.*s\" has %zu characters; SL takes %d",
                 STR_ARG(lookup->takes[take].name), STR_ARG(cell), str_chars(cell), (int)type->size);
      }
    }
  }
}

static int by_exactness(const void *a, const void *b, size_t keys) {
  const struct rule_row *x = a, *y = b;
  for (size_t i = 0; i < keys; i++)
    if (x->exact[i] != y->exact[i]) return x->exact[i] < y->exact[i] ? -1 : 1;
  return 0;
}

/* Insertion sort: stable, sheets are short, and no context is needed. */
static void sort_patterns(struct finder *finder) {
  for (size_t i = 1; i < finder->pattern_count; i++) {
    struct rule_row row = finder->patterns[i];
    size_t at = i;
    for (; at > 0 && by_exactness(&finder->patterns[at - 1], &row, finder->lookup->key_count) > 0; at--)
      finder->patterns[at] = finder->patterns[at - 1];
    finder->patterns[at] = row;
  }
}

static bool rules_meet(const struct finder *finder, const struct rule_row *a, const struct rule_row *b) {
  for (size_t i = 0; i < finder->lookup->key_count; i++)
    if (!patterns_meet(a->keys[i], b->keys[i])) return false;
  return true;
}

static bool same_keys(const struct finder *finder, const struct rule_row *a, const struct rule_row *b) {
  for (size_t i = 0; i < finder->lookup->key_count; i++)
    if (!str_eq(a->keys[i], b->keys[i])) return false;
  return true;
}

static void check_ties(struct finder *finder, struct complaints *wrong) {
  const struct sheet *sheet = finder->lookup->sheet;
  for (size_t i = 0; i < finder->pattern_count; i++)
    for (size_t j = i + 1; j < finder->pattern_count; j++) {
      const struct rule_row *a = &finder->patterns[i], *b = &finder->patterns[j];
      if (by_exactness(a, b, finder->lookup->key_count) != 0) break;
      if (!rules_meet(finder, a, b) || answers_agree(finder, a->row, b->row)) continue;
      uint64_t first = sheet->rows[a->row].line, second = sheet->rows[b->row].line;
      complain(
          wrong, row_place(sheet, second),
          same_keys(finder, a, b)
              ? "rows %llu and %llu are the same rule with different answers"
              : "rows %llu and %llu can match the same label and are equally exact: make one of them longer",
          (unsigned long long)first, (unsigned long long)second);
    }
}

static void add_row(struct finder *finder, uint32_t index, const ptrdiff_t *columns,
                    struct complaints *wrong) {
  const struct lookup *lookup = finder->lookup;
  const struct sheet_row *row = &lookup->sheet->rows[index];
  str *keys = ARENA_ARRAY(finder->arena, str, lookup->key_count);
  int *exact = ARENA_ARRAY(finder->arena, int, lookup->key_count);
  str *folded = ARENA_ARRAY(finder->arena, str, lookup->key_count);
  bool pattern = false, has_exact = false;
  for (size_t i = 0; i < lookup->key_count; i++) {
    str cell = cell_of(row, columns[i]);
    keys[i] = key_of_cell(cell, lookup->pairs[i].exact, finder->arena);
    folded[i] = key_fold(cell, finder->arena);
    if (!keys[i].len) keys[i] = folded[i] = STR_NONE;
    exact[i] = how_exact(keys[i]);
    pattern = pattern || exact[i];
    has_exact = has_exact || lookup->pairs[i].exact;
  }
  if (pattern)
    *ARENA_PUSH(finder->arena, finder->patterns, finder->pattern_count) =
        (struct rule_row){ index, keys, exact };
  else add_hit(finder, finder->exact, joined(keys, lookup->key_count, finder->arena), index, wrong);
  if (!pattern && has_exact)
    add_hit(finder, finder->folded, joined(folded, lookup->key_count, finder->arena), index, NULL);
}

struct finder *finder_new(const struct lookup *lookup, struct arena *arena, struct complaints *wrong) {
  struct finder *finder = ARENA_NEW(arena, struct finder);
  *finder =
      (struct finder){ .lookup = lookup, .arena = arena, .exact = map_new(arena), .folded = map_new(arena) };
  const struct sheet *sheet = lookup->sheet;
  ptrdiff_t *columns = ARENA_ARRAY(arena, ptrdiff_t, lookup->key_count + 1);
  for (size_t i = 0; i < lookup->key_count; i++) columns[i] = sheet_column(sheet, lookup->pairs[i].name);
  read_values(finder, wrong);
  for (uint32_t i = 0; i < sheet->row_count; i++) add_row(finder, i, columns, wrong);
  sort_patterns(finder);
  if (!lookup->many) check_ties(finder, wrong);
  return finder;
}

static const struct hits *find_exact(const struct finder *finder, const str *keys, const str *folded,
                                     struct arena *scratch) {
  size_t count = finder->lookup->key_count;
  const struct hits *hits = map_get(finder->exact, joined(keys, count, scratch));
  if (hits || !map_count(finder->folded)) return hits;
  hits = map_get(finder->folded, joined(folded, count, scratch));
  return hits && hits->count == 1 ? hits : NULL;
}

size_t finder_find(const struct finder *finder, const value *keys, struct arena *scratch,
                   const uint32_t **hits) {
  const struct lookup *lookup = finder->lookup;
  str *wanted = ARENA_ARRAY(scratch, str, lookup->key_count + 1),
      *folded = ARENA_ARRAY(scratch, str, lookup->key_count + 1);
  for (size_t i = 0; i < lookup->key_count; i++) {
    str text = value_show(&keys[i], NULL, scratch);
    folded[i] = key_fold(text, scratch);
    wanted[i] = lookup->pairs[i].exact ? str_trim(text) : folded[i];
  }
  const struct hits *exact = find_exact(finder, wanted, folded, scratch);
  if (exact) {
    *hits = exact->rows;
    return exact->count;
  }
  uint32_t *found = NULL;
  size_t count = 0;
  for (size_t i = 0; i < finder->pattern_count && (lookup->many || !count); i++) {
    bool good = true;
    for (size_t j = 0; j < lookup->key_count && good; j++)
      good = pattern_matches(finder->patterns[i].keys[j], wanted[j]);
    if (good) *ARENA_PUSH(scratch, found, count) = finder->patterns[i].row;
  }
  *hits = found;
  return count;
}

value finder_value(const struct finder *finder, uint32_t row, size_t take) {
  return finder->values[row * finder->lookup->take_count + take];
}
