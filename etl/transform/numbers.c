/* transform/numbers: the amounts of a column, block by block, as whole numbers of units. */
#include "transform/numbers.h"

#include <string.h>

struct big {
  size_t row;
  int128 units;
};

struct numbers {
  const struct field *field;
  size_t column;
  struct notation notation;
  char mark; /* the decimal one */
  int32_t places, places_most;
  int64_t *units;
  const char **why; /* by row, when any is flawed */
  size_t room;
  bool flawed, other_lives, overflowed;
  uint64_t bad;
  struct big *bigs;
  size_t big_count, big_room;
};

struct numbers *numbers_new(const struct number *number, const struct notation *notation) {
  struct numbers *numbers = mem_alloc(sizeof *numbers);
  numbers->field = number->field;
  numbers->column = number->column;
  numbers->notation = *notation;
  numbers->mark = notation->decimal == DEC_COMMA ? ',' : '.';
  bool is_money = number->field->type.type == TYPE_DECIMAL && notation->places_most >= 0;
  numbers->places = is_money ? notation->places_most : number->places;
  numbers->places_most = notation->places_most;
  numbers->other_lives = true;
  return numbers;
}

void numbers_free(struct numbers *numbers) {
  if (!numbers) return;
  mem_free(numbers->units);
  mem_free(numbers->why);
  mem_free(numbers->bigs);
  mem_free(numbers);
}

bool numbers_any_flaw(const struct numbers *numbers) { return numbers->flawed; }
const char *numbers_why(const struct numbers *numbers, size_t row) {
  return numbers->flawed ? numbers->why[row] : NULL;
}
bool numbers_overflowed(const struct numbers *numbers) { return numbers->overflowed; }
int32_t numbers_places(const struct numbers *numbers) { return numbers->places; }
bool numbers_other_lives(const struct numbers *numbers) { return numbers->other_lives; }
uint64_t numbers_bad(const struct numbers *numbers) { return numbers->bad; }
const int64_t *numbers_units(const struct numbers *numbers) {
  return numbers->big_count ? NULL : numbers->units;
}

int128 numbers_at(const struct numbers *numbers, size_t row) {
  for (size_t i = 0; i < numbers->big_count; i++)
    if (numbers->bigs[i].row == row) return numbers->bigs[i].units;
  return numbers->units[row];
}

void numbers_add_big(const struct numbers *numbers, size_t row, struct number_sum *sum) {
  sum->overflowed |= __builtin_add_overflow(sum->whole, sum->part, &sum->whole);
  sum->overflowed |= __builtin_add_overflow(sum->whole, numbers_at(numbers, row), &sum->whole);
  sum->part = 0;
}

static int128 power(int32_t places) {
  int128 p = 1;
  while (places-- > 0) p *= 10;
  return p;
}

void number_sum_raise(struct number_sum *sum, int32_t places) {
  sum->overflowed |= __builtin_add_overflow(sum->whole, sum->part, &sum->whole);
  sum->overflowed |= __builtin_mul_overflow(sum->whole, power(places), &sum->whole);
  sum->part = 0;
}

static void raise(struct numbers *numbers, int32_t places, size_t rows) {
  int128 by = power(places - numbers->places);
  for (size_t i = 0; i < numbers->big_count; i++)
    if (__builtin_mul_overflow(numbers->bigs[i].units, by, &numbers->bigs[i].units))
      numbers->overflowed = true;
  for (size_t i = 0; i < rows; i++) {
    int128 units = numbers->units[i] * by;
    if (units == (int64_t)units) numbers->units[i] = (int64_t)units;
    else if (numbers->big_count < numbers->big_room) {
      numbers->bigs[numbers->big_count++] = (struct big){ i, units };
      numbers->units[i] = 0;
    }
  }
  numbers->places = places;
}

static void set_flaw(struct numbers *numbers, size_t row, size_t rows, const char *why) {
  if (!numbers->flawed) memset(numbers->why, 0, rows * sizeof *numbers->why);
  numbers->flawed = true;
  numbers->why[row] = why;
  numbers->units[row] = 0;
  numbers->bad++;
}

static bool other_reads(const struct numbers *numbers, str cell) {
  dec d;
  enum dec_notation other = numbers->notation.decimal == DEC_POINT ? DEC_COMMA : DEC_POINT;
  return dec_parse(cell, other, &d) && (numbers->places_most < 0 || d.scale <= numbers->places_most);
}

/* Whatever the quick way does not take: thousands marks, blanks, more decimals, very large values. */
static void read_slowly(struct numbers *numbers, const struct rows *rows, size_t row) {
  str cell = str_trim(rows_cell(rows, numbers->column, row));
  dec d;
  numbers->units[row] = 0;
  if (!cell.len) return;
  if (numbers->other_lives) numbers->other_lives = other_reads(numbers, cell);
  if (!dec_parse(cell, numbers->notation.decimal, &d)) {
    set_flaw(numbers, row, rows->count, "is not a number");
    return;
  }
  if (numbers->places_most >= 0 && d.scale > numbers->places_most) {
    set_flaw(numbers, row, rows->count, "has more decimals than its currency");
    return;
  }
  if (numbers->field->type.type == TYPE_INTEGER) {
    int64_t whole;
    if (!dec_to_int(d, &whole)) set_flaw(numbers, row, rows->count, "is not a whole number");
    else numbers->units[row] = whole;
    return;
  }
  if (numbers->field->type.size >= 0 && !dec_rescale(d, numbers->field->type.size, &d)) {
    set_flaw(numbers, row, rows->count, "has more decimals than its field");
    return;
  }
  if (d.scale > numbers->places) raise(numbers, d.scale, row);
  if (!dec_rescale(d, numbers->places, &d)) set_flaw(numbers, row, rows->count, "has too many digits");
  else if (d.mantissa == (int64_t)d.mantissa) numbers->units[row] = (int64_t)d.mantissa;
  else if (numbers->big_count < numbers->big_room)
    numbers->bigs[numbers->big_count++] = (struct big){ row, d.mantissa };
}

static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };

/* -123456.78: a sign, digits, at most `places` decimals, 17 characters. */
static inline bool read_quickly(const char *at, uint32_t len, char mark, int32_t places, int64_t *units) {
  const char *end = at + len;
  bool minus = *at == '-';
  at += minus;
  if (len > 17 || at == end) return false;
  int64_t sum = 0;
  int32_t decimals = 0;
  for (; at < end && (unsigned char)(*at - '0') < 10; at++) sum = sum * 10 + (*at - '0');
  if (at < end) {
    if (*at != mark || at[-1] < '0' || at + 1 == end) return false;
    for (at++; at < end && (unsigned char)(*at - '0') < 10; at++, decimals++) sum = sum * 10 + (*at - '0');
    if (at < end || decimals > places) return false;
  }
  int32_t missing = places - decimals;
  if (missing > 6) return false;
  if (__builtin_mul_overflow(sum, tens[missing], &sum)) return false;
  *units = minus ? -sum : sum;
  return true;
}

/* Up to eight characters with two decimals, as nearly all amounts are: without a loop. Reads the eight bytes
 * that end with the cell: the block has slack before it. */
static inline bool read_cents(const char *at, uint32_t len, char mark, int64_t *units) {
  bool minus = *at == '-';
  len -= minus;
  const char *end = at + minus + len;
  if (len < 4 || len > 8 || end[-3] != mark) return false;
  uint64_t word;
  memcpy(&word, end - 8, 8);
  uint64_t keep = len == 8 ? ~(uint64_t)0 : ~(uint64_t)0 << ((8 - len) * 8), zeros = 0x3030303030303030u;
  word = (word & keep) | (zeros & ~keep);
  word = (word & 0xffff000000000000u) | (word & 0x000000ffffffffffu) << 8 | '0'; /* the mark goes */
  uint64_t digits = word ^ zeros;
  if ((digits & 0xf0f0f0f0f0f0f0f0u) || ((digits + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u)) return false;
  digits = digits * 10 + (digits >> 8);
  digits = ((digits & 0x000000ff000000ffu) * 0x000f424000000064u +
            (digits >> 16 & 0x000000ff000000ffu) * 0x0000271000000001u) >>
           32;
  int64_t sum = (int64_t)(uint32_t)digits;
  *units = minus ? -sum : sum;
  return true;
}

static void make_room(struct numbers *numbers, size_t rows) {
  if (rows <= numbers->room) return;
  numbers->room = rows + 4096;
  numbers->units = mem_grow(numbers->units, numbers->room * sizeof *numbers->units);
  numbers->why = mem_grow(numbers->why, numbers->room * sizeof *numbers->why);
  numbers->big_room = numbers->room;
  numbers->bigs = mem_grow(numbers->bigs, numbers->big_room * sizeof *numbers->bigs);
}

int32_t numbers_read(struct numbers *numbers, const struct rows *rows) {
  const uint32_t *at = rows->at[numbers->column], *len = rows->len[numbers->column];
  int32_t before = numbers->places;
  make_room(numbers, rows->count);
  numbers->flawed = false;
  numbers->big_count = 0;
  for (size_t row = 0; row < rows->count; row++) {
    if (!len[row]) {
      numbers->units[row] = 0;
      continue;
    }
    const char *cell = rows->bytes + at[row];
    bool cents = numbers->places == 2 && !numbers->other_lives;
    if (cents && read_cents(cell, len[row], numbers->mark, &numbers->units[row])) continue;
    if (numbers->other_lives ||
        !read_quickly(cell, len[row], numbers->mark, numbers->places, &numbers->units[row]))
      read_slowly(numbers, rows, row);
  }
  return numbers->places - before;
}
