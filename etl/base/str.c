/* base/str: a borrowed slice of text. */
#include "base/str.h"

#include <string.h>

str str_of(const char *text) { return text ? (str){ text, strlen(text) } : STR_NONE; }

bool str_eq(str a, str b) { return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0); }

static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool str_eq_fold(str a, str b) {
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++)
    if (fold(a.at[i]) != fold(b.at[i])) return false;
  return true;
}

int str_compare(str a, str b) {
  size_t shorter = a.len < b.len ? a.len : b.len;
  int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str s, str prefix) {
  return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(str s, str suffix) {
  return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, s.len), suffix);
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

str str_trim(str s) {
  while (s.len && blank(s.at[0])) s.at++, s.len--;
  while (s.len && blank(s.at[s.len - 1])) s.len--;
  return s;
}

str str_sub(str s, size_t from, size_t to) {
  if (to > s.len) to = s.len;
  if (from > to) from = to;
  return (str){ from ? s.at + from : s.at, to - from };
}

ptrdiff_t str_find_text(str s, str part) {
  for (size_t i = 0; i + part.len <= s.len; i++)
    if (!part.len || !memcmp(s.at + i, part.at, part.len)) return (ptrdiff_t)i;
  return -1;
}

bool str_holds(str s, str part) { return str_find_text(s, part) >= 0; }

ptrdiff_t str_find(str s, char c) {
  const char *hit = s.len ? memchr(s.at, c, s.len) : NULL;
  return hit ? hit - s.at : -1;
}

bool str_split(str *rest, char c, str *piece) {
  if (!rest->at) return false;
  ptrdiff_t at = str_find(*rest, c);
  if (at < 0) {
    *piece = *rest;
    *rest = (str){ NULL, 0 };
  } else {
    *piece = str_sub(*rest, 0, (size_t)at);
    *rest = str_sub(*rest, (size_t)at + 1, rest->len);
  }
  return true;
}

bool str_to_int(str s, int64_t *value) {
  bool minus = s.len && s.at[0] == '-';
  size_t i = minus;
  int64_t sum = 0;
  if (i == s.len) return false;
  for (; i < s.len; i++) {
    if (s.at[i] < '0' || s.at[i] > '9') return false;
    if (__builtin_mul_overflow(sum, 10, &sum)) return false;
    int digit = s.at[i] - '0';
    if (__builtin_add_overflow(sum, minus ? -digit : digit, &sum)) return false;
  }
  *value = sum;
  return true;
}

uint64_t str_hash(str s) {
  uint64_t h = 0x9e3779b97f4a7c15u ^ s.len;
  size_t i = 0;
  for (; i + 8 <= s.len; i += 8) {
    uint64_t w;
    memcpy(&w, s.at + i, 8);
    h = (h ^ w) * 0xff51afd7ed558ccdu;
    h ^= h >> 32;
  }
  uint64_t tail = 0;
  if (i < s.len) memcpy(&tail, s.at + i, s.len - i);
  h = (h ^ tail) * 0xc4ceb9fe1a85ec53u;
  return h ^ h >> 29;
}

/* The length of the sequence at p, or 0 when it is not well formed (Unicode 15, table 3-7). */
static size_t sequence(const unsigned char *p, size_t left) {
  if (p[0] < 0x80) return 1;
  if (p[0] < 0xc2 || p[0] > 0xf4) return 0;
  size_t len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
  if (left < len) return 0;
  unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
  unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
  if (p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < len; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  return len;
}

/* A bad byte is a step of its own. */
static size_t step(str s, size_t at) {
  size_t len = sequence((const unsigned char *)s.at + at, s.len - at);
  return len ? len : 1;
}

size_t str_chars(str utf8) {
  size_t count = 0;
  for (size_t i = 0; i < utf8.len; i += step(utf8, i)) count++;
  return count;
}

str str_left_chars(str utf8, size_t most) {
  size_t i = 0;
  for (size_t count = 0; i < utf8.len && count < most; count++) i += step(utf8, i);
  return str_sub(utf8, 0, i);
}

str str_right_chars(str utf8, size_t most) {
  size_t count = str_chars(utf8);
  str skipped = str_left_chars(utf8, count > most ? count - most : 0);
  return str_sub(utf8, skipped.len, utf8.len);
}

bool str_is_utf8(str s, size_t *bad_at) {
  size_t i = 0;
  while (i < s.len) {
    uint64_t w = 0, four[4];
    if (i + sizeof four <= s.len) {
      memcpy(four, s.at + i, sizeof four);
      if (!((four[0] | four[1] | four[2] | four[3]) & 0x8080808080808080u)) {
        i += sizeof four;
        continue;
      }
    }
    if (i + 8 <= s.len) {
      memcpy(&w, s.at + i, 8);
      w &= 0x8080808080808080u;
      i += w ? (size_t)__builtin_ctzll(w) / 8 : 8; /* the lowest byte is the first one */
      if (!w) continue;
    }
    size_t len = sequence((const unsigned char *)s.at + i, s.len - i);
    if (!len) {
      if (bad_at) *bad_at = i;
      return false;
    }
    i += len;
  }
  return true;
}

enum { DISTANCE_LONGEST = 64 };

size_t str_distance(str a, str b, size_t most) {
  size_t row[DISTANCE_LONGEST + 1];
  if (a.len > DISTANCE_LONGEST || b.len > DISTANCE_LONGEST) return most + 1;
  for (size_t j = 0; j <= b.len; j++) row[j] = j;
  for (size_t i = 1; i <= a.len; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.len; j++) {
      size_t change = diagonal + (fold(a.at[i - 1]) != fold(b.at[j - 1]));
      size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      diagonal = row[j];
      row[j] = change < step ? change : step;
    }
  }
  return row[b.len] > most ? most + 1 : row[b.len];
}
