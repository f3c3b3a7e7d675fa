/* transform/coder: small numbers for cells that repeat. */
#include "transform/coder.h"
#include "base/map.h"

#include <string.h>

enum { COLUMNS_MOST = 16, START_SLOTS = 4096 };

struct coded {
  uint64_t hash;
  uint32_t len[COLUMNS_MOST];
  const char *bytes; /* all cells, each followed by eight bytes of slack */
};

struct coder {
  size_t columns[COLUMNS_MOST];
  size_t column_count;
  bool steady;
  uint32_t *slots; /* code + 1 */
  size_t slot_count;
  struct coded *items;
  size_t count, room;
  struct arena *arena;
};

struct coder *coder_new(const size_t *columns, size_t count, bool steady) {
  struct coder *coder = mem_alloc(sizeof *coder);
  memcpy(coder->columns, columns, count * sizeof *columns);
  coder->column_count = count;
  coder->steady = steady;
  coder->slot_count = START_SLOTS;
  coder->slots = mem_alloc(sizeof *coder->slots * coder->slot_count);
  coder->arena = arena_new();
  return coder;
}

void coder_reset(struct coder *coder) {
  memset(coder->slots, 0, sizeof *coder->slots * coder->slot_count);
  coder->count = 0;
  arena_reset(coder->arena);
}

void coder_free(struct coder *coder) {
  if (!coder) return;
  mem_free(coder->slots);
  mem_free(coder->items);
  arena_free(coder->arena);
  mem_free(coder);
}

static inline uint64_t word(const char *at) {
  uint64_t w;
  memcpy(&w, at, 8);
  return w;
}

/* The first `len` (under 8) bytes of a word, the rest zero. */
static inline uint64_t head(const char *at, uint32_t len) {
  return word(at) & (((uint64_t)1 << (len * 8)) - 1);
}

static inline uint64_t turn(uint64_t x, int by) { return x << by | x >> (64 - by); }

/* First and last eight bytes and the length: labels that agree in these are rare, and compared in full. No
 * multiplication here: it is done once, when all columns are in. */
static inline uint64_t mix(uint64_t hash, const char *at, uint32_t len) {
  uint64_t a = len >= 8 ? word(at) : head(at, len), b = len >= 8 ? word(at + len - 8) : 0;
  return turn(hash, 23) + (a ^ turn(b, 31)) + len;
}

static inline bool same_bytes(const char *a, const char *b, uint32_t len) {
  if (len < 8) return head(a, len) == head(b, len);
  for (uint32_t i = 0; i + 8 < len; i += 8)
    if (word(a + i) != word(b + i)) return false;
  return word(a + len - 8) == word(b + len - 8);
}

static inline bool same_cells(const struct coder *coder, const struct coded *item, const struct rows *rows,
                              size_t row) {
  const char *bytes = item->bytes;
  for (size_t i = 0; i < coder->column_count; i++) {
    uint32_t len = rows->len[coder->columns[i]][row];
    if (len != item->len[i]) return false;
    if (!same_bytes(bytes, rows->bytes + rows->at[coder->columns[i]][row], len)) return false;
    bytes += len;
  }
  return true;
}

static void grow(struct coder *coder) {
  mem_free(coder->slots);
  coder->slot_count *= 2;
  coder->slots = mem_alloc(sizeof *coder->slots * coder->slot_count);
  for (size_t i = 0; i < coder->count; i++) {
    size_t at = (coder->items[i].hash >> 20) & (coder->slot_count - 1);
    while (coder->slots[at]) at = (at + 1) & (coder->slot_count - 1);
    coder->slots[at] = (uint32_t)i + 1;
  }
}

static uint32_t add(struct coder *coder, const struct rows *rows, size_t row, uint64_t hash) {
  if (coder->count == coder->room) {
    coder->room = coder->room ? coder->room * 2 : 256;
    coder->items = mem_grow(coder->items, coder->room * sizeof *coder->items);
  }
  struct coded *item = &coder->items[coder->count++];
  *item = (struct coded){ .hash = hash };
  size_t total = 8;
  for (size_t i = 0; i < coder->column_count; i++) total += item->len[i] = rows->len[coder->columns[i]][row];
  char *bytes = arena_alloc(coder->arena, total);
  item->bytes = bytes;
  for (size_t i = 0; i < coder->column_count; i++) {
    memcpy(bytes, rows->bytes + rows->at[coder->columns[i]][row], item->len[i]);
    bytes += item->len[i];
  }
  return (uint32_t)coder->count - 1;
}

static inline bool is_as_before(const struct coder *coder, const struct rows *rows, size_t row) {
  for (size_t i = 0; i < coder->column_count; i++) {
    const uint32_t *at = rows->at[coder->columns[i]], *len = rows->len[coder->columns[i]];
    if (len[row] != len[row - 1] || !same_bytes(rows->bytes + at[row], rows->bytes + at[row - 1], len[row]))
      return false;
  }
  return true;
}

bool coder_rows(struct coder *coder, const struct rows *rows, size_t most, uint32_t *codes) {
  for (size_t row = 0; row < rows->count; row++) {
    if (coder->steady && row && is_as_before(coder, rows, row)) {
      codes[row] = codes[row - 1];
      continue;
    }
    uint64_t hash = 0x2545f4914f6cdd1du;
    for (size_t i = 0; i < coder->column_count; i++)
      hash = mix(hash, rows->bytes + rows->at[coder->columns[i]][row], rows->len[coder->columns[i]][row]);
    hash *= 0x9fb21c651e98df25u;
    size_t at = (hash >> 20) & (coder->slot_count - 1);
    uint32_t slot;
    while ((slot = coder->slots[at])) {
      const struct coded *item = &coder->items[slot - 1];
      if (item->hash == hash && same_cells(coder, item, rows, row)) break;
      at = (at + 1) & (coder->slot_count - 1);
    }
    if (!slot) {
      if (coder->count >= most) return false;
      slot = add(coder, rows, row, hash) + 1;
      coder->slots[at] = slot;
      if (coder->count * 2 > coder->slot_count) grow(coder);
    }
    codes[row] = slot - 1;
  }
  return true;
}

/* --- days --- */

enum { HOUR_SLOTS = 8192, BAD_MOST = 65536, TAILS_MOST = 255, TAIL_ROOM = 16, NO_TAIL = UINT8_MAX };
#define SPLIT UINT32_MAX

/* "2026-10-26 14:05:34 UTC": the hour by its 13 bytes, the minute's two where the hour does not tell the day,
 * and a number for what follows the seconds. */
struct prefix {
  uint64_t start, hour; /* bytes 0 to 7, 5 to 12 */
  uint32_t rest;        /* tail | minute << 8 */
  uint32_t code;        /* + 1; 0 = free */
};

struct tail {
  char text[TAIL_ROOM]; /* zero padded */
  uint32_t len;
};

struct day_coder {
  size_t column;
  struct notation notation;
  struct prefix *hours, *minutes;
  size_t hour_count, minute_count;
  int32_t *days; /* by code - DAY_FIRST */
  size_t day_count, day_room;
  struct arena *arena;
  struct map *bad; /* texts that are no stamps */
  struct tail tails[TAILS_MOST];
  uint32_t tail_count, last_tail;
  struct prefix last;
};

struct day_coder *day_coder_new(size_t column, const struct notation *notation) {
  struct day_coder *coder = mem_alloc(sizeof *coder);
  coder->column = column;
  coder->notation = *notation;
  coder->arena = arena_new();
  coder->bad = map_new(coder->arena);
  coder->hours = mem_alloc(sizeof *coder->hours * HOUR_SLOTS);
  coder->minutes = mem_alloc(sizeof *coder->minutes * HOUR_SLOTS);
  return coder;
}

void day_coder_free(struct day_coder *coder) {
  if (!coder) return;
  arena_free(coder->arena);
  mem_free(coder->hours);
  mem_free(coder->minutes);
  mem_free(coder->days);
  mem_free(coder);
}

static uint32_t code_of_day(struct day_coder *coder, int32_t day) {
  for (size_t i = 0; i < coder->day_count; i++)
    if (coder->days[i] == day) return (uint32_t)i + DAY_FIRST;
  if (coder->day_count == coder->day_room) {
    coder->day_room = coder->day_room ? coder->day_room * 2 : 64;
    coder->days = mem_grow(coder->days, coder->day_room * sizeof *coder->days);
  }
  coder->days[coder->day_count++] = day;
  return (uint32_t)coder->day_count - 1 + DAY_FIRST;
}

static bool day_of_text(const struct day_coder *coder, str text, int32_t *day) {
  stamp at;
  if (!value_parse_stamp(text, &coder->notation, &at)) return false;
  *day = zone_day(coder->notation.zone, at.seconds);
  return true;
}

/* Each has a code of its own, so that each row is told what stands in it. */
static uint32_t code_of_bad(struct day_coder *coder, str text) {
  if (map_count(coder->bad) >= BAD_MOST && !map_has(coder->bad, text)) text = STR("");
  void **code = map_put(coder->bad, text);
  if (!*code) *code = (void *)(uintptr_t)(DAY_BAD_FIRST + map_count(coder->bad));
  return (uint32_t)(uintptr_t)*code;
}

static uint32_t code_of_text(struct day_coder *coder, str cell) {
  int32_t day;
  str bare = str_trim(cell);
  if (!bare.len) return DAY_ABSENT;
  return day_of_text(coder, bare, &day) ? code_of_day(coder, day) : code_of_bad(coder, bare);
}

static bool two_digits(const char *at, char most_tens) {
  return at[0] >= '0' && at[0] <= most_tens && at[1] >= '0' && at[1] <= '9';
}

/* "....-..-.. ..:MM:SS" with real minutes and seconds: the shape that leading bytes can stand for. */
static bool has_shape(const char *at, uint32_t len) {
  return len >= 19 && len <= 19 + TAIL_ROOM && at[13] == ':' && at[16] == ':' && two_digits(at + 14, '5') &&
         two_digits(at + 17, '5');
}

static uint32_t tail_of(struct day_coder *coder, const char *at, uint32_t len) {
  const struct tail *last = &coder->tails[coder->last_tail];
  if (coder->tail_count && last->len == len && memcmp(last->text, at, len) == 0) return coder->last_tail;
  uint32_t i = 0;
  while (i < coder->tail_count && (coder->tails[i].len != len || memcmp(coder->tails[i].text, at, len) != 0))
    i++;
  if (i == TAILS_MOST) return NO_TAIL;
  if (i == coder->tail_count) {
    memcpy(coder->tails[i].text, at, len);
    coder->tails[i].len = len;
    coder->tail_count++;
  }
  return coder->last_tail = i;
}

static bool same_prefix(const struct prefix *a, const struct prefix *b) {
  return a->start == b->start && a->hour == b->hour && a->rest == b->rest;
}

static struct prefix *find(struct prefix *table, const struct prefix *key) {
  uint64_t hash = (key->start ^ turn(key->hour, 29) ^ (uint64_t)key->rest << 32) * 0x9fb21c651e98df25u;
  size_t at = hash >> 40 & (HOUR_SLOTS - 1);
  while (table[at].code && !same_prefix(&table[at], key)) at = (at + 1) & (HOUR_SLOTS - 1);
  return &table[at];
}

/* The code that holds for all stamps with these leading bytes, or SPLIT. Days do not go back within an hour:
 * no zone has changed its clocks backwards over midnight at another time than on the hour since 2011. */
static uint32_t code_of_prefix(struct day_coder *coder, const char *at, uint32_t len, size_t keep) {
  char text[19 + TAIL_ROOM];
  int32_t first, last;
  memcpy(text, at, len);
  for (size_t i = keep; i < 19; i++)
    if (text[i] != ':') text[i] = '0';
  if (!day_of_text(coder, (str){ text, len }, &first)) return SPLIT;
  for (size_t i = keep; i < 19; i++)
    if (text[i] != ':') text[i] = i == 14 || i == 17 ? '5' : '9';
  if (!day_of_text(coder, (str){ text, len }, &last) || first != last) return SPLIT;
  return code_of_day(coder, first);
}

static uint32_t code_of_cell(struct day_coder *coder, const char *at, uint32_t len) {
  struct prefix key = { .start = word(at), .hour = word(at + 5), .rest = tail_of(coder, at + 19, len - 19) };
  if (key.rest == NO_TAIL) return code_of_text(coder, (str){ at, len });
  if (coder->last.code && same_prefix(&key, &coder->last)) return coder->last.code - 1;
  struct prefix *hour = find(coder->hours, &key);
  if (!hour->code && coder->hour_count * 2 < HOUR_SLOTS) {
    coder->hour_count++;
    *hour = key;
    uint32_t code = code_of_prefix(coder, at, len, 13);
    hour->code = code == SPLIT ? SPLIT : code + 1;
  }
  if (hour->code && hour->code != SPLIT) {
    coder->last = *hour;
    return hour->code - 1;
  }
  key.rest |= (uint32_t)(unsigned char)at[14] << 8 | (uint32_t)(unsigned char)at[15] << 16;
  struct prefix *minute = find(coder->minutes, &key);
  if (!minute->code && coder->minute_count * 2 < HOUR_SLOTS) {
    uint32_t code = code_of_prefix(coder, at, len, 16);
    if (code == SPLIT) return code_of_text(coder, (str){ at, len });
    coder->minute_count++;
    *minute = key;
    minute->code = code + 1;
  }
  return minute->code ? minute->code - 1 : code_of_text(coder, (str){ at, len });
}

void day_coder_rows(struct day_coder *coder, const struct rows *rows, uint32_t *codes) {
  const uint32_t *at = rows->at[coder->column], *len = rows->len[coder->column];
  for (size_t row = 0; row < rows->count; row++) {
    const char *cell = rows->bytes + at[row];
    bool as_before = row && len[row] == len[row - 1] && same_bytes(cell, rows->bytes + at[row - 1], len[row]);
    if (as_before) codes[row] = codes[row - 1]; /* the rows of one order mostly share their time */
    else if (!len[row]) codes[row] = DAY_ABSENT;
    else if (has_shape(cell, len[row])) codes[row] = code_of_cell(coder, cell, len[row]);
    else codes[row] = code_of_text(coder, (str){ cell, len[row] });
  }
}
