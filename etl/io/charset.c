/* io/charset: from Amazon's encodings to UTF-8, and from UTF-8 to what SL reads. */
#include "io/charset.h"
#include "base/memory.h"

#include <errno.h>
#include <string.h>

#include <iconv.h>

static const struct {
  const char *name;
  enum charset charset;
} names[] = {
  /* the first of each is the one we say */
  { "auto", CHARSET_AUTO },
  { "utf-8", CHARSET_UTF_8 },
  { "utf8", CHARSET_UTF_8 },
  { "windows-1252", CHARSET_WINDOWS_1252 },
  { "cp1252", CHARSET_WINDOWS_1252 },
  { "iso-8859-1", CHARSET_WINDOWS_1252 },
  { "latin1", CHARSET_WINDOWS_1252 },
  { "shift_jis", CHARSET_SHIFT_JIS },
  { "shift-jis", CHARSET_SHIFT_JIS },
  { "sjis", CHARSET_SHIFT_JIS },
  { "windows-31j", CHARSET_SHIFT_JIS },
  { "ms932", CHARSET_SHIFT_JIS },
  { "cp932", CHARSET_SHIFT_JIS },
};
enum { NAMES = sizeof names / sizeof *names };

bool charset_by_name(str name, enum charset *charset) {
  for (size_t i = 0; i < NAMES; i++)
    if (str_eq_fold(name, str_of(names[i].name))) {
      *charset = names[i].charset;
      return true;
    }
  return false;
}

const char *charset_name(enum charset charset) {
  size_t i = 0;
  while (i + 1 < NAMES && names[i].charset != charset) i++;
  return names[i].name;
}

/* What the bytes 80 to 9F are in windows-1252 (Microsoft's table); 0 = not given out. A0 to FF are
 * U+00A0 to U+00FF. */
static const uint16_t high_half[32] = {
  0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
  0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
  0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

/* The length of the ASCII that s starts with. */
static size_t ascii_run(str s) {
  size_t i = 0;
  for (uint64_t word; i + 8 <= s.len; i += 8) {
    memcpy(&word, s.at + i, 8);
    if (word & 0x8080808080808080u) break;
  }
  while (i < s.len && !(s.at[i] & 0x80)) i++;
  return i;
}

/* Reading. */

enum { HELD_MOST = 4, ICONV_BLOCK = 4096 };
enum fate { WHOLE, CUT, BAD }; /* of a piece: the rest may become a character, or never will */

struct charset_reader {
  enum charset charset;
  iconv_t iconv;
  uint64_t taken; /* bytes that became characters */
  char held[HELD_MOST];
  size_t held_len;
};

struct charset_reader *charset_reader_new(enum charset charset) {
  struct charset_reader *reader = mem_alloc(sizeof *reader);
  reader->charset = charset == CHARSET_AUTO ? CHARSET_UTF_8 : charset; /* the caller has settled "auto" */
  reader->iconv = charset == CHARSET_SHIFT_JIS ? iconv_open("UTF-8", "CP932") : (iconv_t)-1;
  return reader;
}

void charset_reader_free(struct charset_reader *reader) {
  if (!reader) return;
  if (reader->iconv != (iconv_t)-1) iconv_close(reader->iconv);
  mem_free(reader);
}

/* Whether these one to three bytes begin a good sequence. The second byte of some sequences must be below
 * A0 and of others not (Unicode 15, table 3-7), so either filler that completes it will do. */
static bool begins_sequence(str tail) {
  static const char fillers[] = { '\x80', '\xa0' };
  char filled[HELD_MOST + 3];
  if (tail.len >= HELD_MOST) return false;
  for (size_t i = 0; i < sizeof fillers; i++) {
    size_t bad_at = 0;
    memset(filled, fillers[i], sizeof filled);
    memcpy(filled, tail.at, tail.len);
    if (str_is_utf8((str){ filled, sizeof filled }, &bad_at) || bad_at > tail.len) return true;
  }
  return false;
}

static enum fate utf8_piece(struct charset_reader *reader, str raw, size_t *used, struct buf *utf8) {
  size_t mark = reader->taken == 0 && str_starts(raw, STR("\xef\xbb\xbf")) ? 3 : 0;
  *used = raw.len;
  bool good = str_is_utf8(raw, used);
  buf_add(utf8, str_sub(raw, mark, *used));
  if (good) return WHOLE;
  return begins_sequence(str_sub(raw, *used, raw.len)) ? CUT : BAD;
}

static void add_utf8(struct buf *utf8, uint32_t point) { /* below U+10000 */
  if (point >= 0x800) buf_char(utf8, (char)(0xe0 | point >> 12));
  buf_char(utf8, (char)(point >= 0x800 ? 0x80 | (point >> 6 & 0x3f) : 0xc0 | point >> 6));
  buf_char(utf8, (char)(0x80 | (point & 0x3f)));
}

static enum fate windows_piece(str raw, size_t *used, struct buf *utf8) {
  for (*used = 0;;) {
    size_t run = ascii_run(str_sub(raw, *used, raw.len));
    buf_add(utf8, str_sub(raw, *used, *used + run));
    *used += run;
    if (*used == raw.len) return WHOLE;
    uint8_t byte = (uint8_t)raw.at[*used];
    uint32_t point = byte < 0xa0 ? high_half[byte - 0x80] : byte;
    if (!point) return BAD;
    add_utf8(utf8, point);
    ++*used;
  }
}

static enum fate japanese_piece(struct charset_reader *reader, str raw, size_t *used, struct buf *utf8) {
  char block[ICONV_BLOCK];
  char *from = (char *)(uintptr_t)raw.at; /* iconv does not write there */
  size_t left = raw.len;
  for (;;) {
    char *to = block;
    size_t room = sizeof block;
    size_t result = iconv(reader->iconv, &from, &left, &to, &room);
    int number = errno;
    buf_bytes(utf8, block, sizeof block - room);
    *used = raw.len - left;
    if (result != (size_t)-1) return WHOLE;
    if (number == EINVAL && left < HELD_MOST) return CUT;
    if (number != E2BIG) return BAD;
  }
}

static enum fate read_piece(struct charset_reader *reader, str raw, size_t *used, struct buf *utf8) {
  enum fate fate = reader->charset == CHARSET_SHIFT_JIS      ? japanese_piece(reader, raw, used, utf8)
                   : reader->charset == CHARSET_WINDOWS_1252 ? windows_piece(raw, used, utf8)
                                                             : utf8_piece(reader, raw, used, utf8);
  reader->taken += *used;
  return fate;
}

static enum outcome refuse(const struct charset_reader *reader, uint8_t byte, struct err *err) {
  err_set(err, OUT_DATA, "byte 0x%02X is not %s here", byte, charset_name(reader->charset));
  err->column = reader->taken + 1;
  return OUT_DATA;
}

enum outcome charset_to_utf8(struct charset_reader *reader, str raw, bool last, struct buf *utf8,
                             struct err *err) {
  if (reader->charset == CHARSET_SHIFT_JIS && reader->iconv == (iconv_t)-1)
    return err_set(err, OUT_SYSTEM, "this system cannot read shift_jis: its iconv has no CP932");
  size_t used = 0;
  for (; reader->held_len && raw.len; raw = str_sub(raw, 1, raw.len)) {
    reader->held[reader->held_len++] = raw.at[0];
    enum fate fate = read_piece(reader, (str){ reader->held, reader->held_len }, &used, utf8);
    if (fate == BAD) return refuse(reader, (uint8_t)reader->held[used], err);
    if (fate == WHOLE) reader->held_len = 0;
  }
  if (raw.len) {
    enum fate fate = read_piece(reader, raw, &used, utf8);
    if (fate == BAD) return refuse(reader, (uint8_t)raw.at[used], err);
    reader->held_len = raw.len - used;
    memcpy(reader->held, raw.at + used, reader->held_len);
  }
  if (!last || !reader->held_len) return OUT_OK;
  err_set(err, OUT_DATA, "the text ends in the middle of a character (%s)", charset_name(reader->charset));
  err->column = reader->taken + 1;
  return OUT_DATA;
}

/* Writing. */

static const struct row {
  uint16_t point;
  const char *bytes;
} table[] = {
#define ROW(point, bytes) { point, bytes },
#include "io/charset_table.def"
#undef ROW
};

/* The letters that windows-1252 holds composed, by mark: letters[i] with the mark is composed[i]. */
static const struct {
  uint16_t mark;
  const char *letters, *composed;
} compositions[] = {
  { 0x0300, "AEIOUaeiou", "\xc0\xc8\xcc\xd2\xd9\xe0\xe8\xec\xf2\xf9" },
  { 0x0301, "AEIOUYaeiouy", "\xc1\xc9\xcd\xd3\xda\xdd\xe1\xe9\xed\xf3\xfa\xfd" },
  { 0x0302, "AEIOUaeiou", "\xc2\xca\xce\xd4\xdb\xe2\xea\xee\xf4\xfb" },
  { 0x0303, "ANOano", "\xc3\xd1\xd5\xe3\xf1\xf5" },
  { 0x0308, "AEIOUYaeiouy", "\xc4\xcb\xcf\xd6\xdc\x9f\xe4\xeb\xef\xf6\xfc\xff" },
  { 0x030a, "Aa", "\xc5\xe5" },
  { 0x030c, "SZsz", "\x8a\x8e\x9a\x9e" },
  { 0x0327, "Cc", "\xc7\xe7" },
};

static bool is_mark(uint32_t point) { return point >= 0x0300 && point <= 0x036f; }

static bool is_letter(uint8_t byte) { /* of windows-1252 */
  if (byte < 0x80) return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
  if (byte >= 0xc0) return byte != 0xd7 && byte != 0xf7;
  return memchr("\x83\x8a\x8c\x8e\x9a\x9c\x9e\x9f", byte, 8) != NULL;
}

/* The mark goes into the letter just written, or is lost on it. False when that is no letter. */
static bool write_mark(uint32_t mark, size_t start, struct buf *bytes, bool *changed) {
  if (bytes->full) return true; /* what is there is not the letter; the caller finds it full */
  if (bytes->len == start || !is_letter((uint8_t)bytes->at[bytes->len - 1])) return false;
  char *letter = &bytes->at[bytes->len - 1];
  for (size_t i = 0; i < sizeof compositions / sizeof *compositions; i++) {
    const char *hit = compositions[i].mark == mark ? strchr(compositions[i].letters, *letter) : NULL;
    if (!hit) continue;
    *letter = compositions[i].composed[hit - compositions[i].letters];
    return true;
  }
  return *changed = true;
}

static const struct row *find_row(uint32_t point) {
  size_t low = 0, high = sizeof table / sizeof *table;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (table[middle].point == point) return &table[middle];
    if (table[middle].point < point) low = middle + 1;
    else high = middle;
  }
  return NULL;
}

static bool write_point(uint32_t point, size_t start, struct buf *bytes, bool *changed) {
  if (point >= 0xa0 && point <= 0xff) {
    buf_char(bytes, (char)point);
    return true;
  }
  for (size_t i = 0; i < 32; i++)
    if (high_half[i] == point) {
      buf_char(bytes, (char)(0x80 + i));
      return true;
    }
  if (is_mark(point)) return write_mark(point, start, bytes, changed);
  const struct row *row = find_row(point);
  if (!row) return false;
  buf_add(bytes, str_of(row->bytes));
  return *changed = true;
}

/* The sequence at `at`, known to be good; *at moves behind it. */
static uint32_t next_point(const char **at) {
  const unsigned char *p = (const unsigned char *)*at;
  uint32_t extra = p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
  uint32_t point = p[0] & (0x3fu >> extra);
  for (uint32_t i = 1; i <= extra; i++) point = point << 6 | (p[i] & 0x3fu);
  *at += extra + 1;
  return point;
}

static enum outcome write_windows(str utf8, struct buf *bytes, bool *changed, struct err *err) {
  size_t start = bytes->len;
  uint64_t chars = 0;
  while (utf8.len) {
    size_t run = ascii_run(utf8);
    buf_add(bytes, str_sub(utf8, 0, run));
    utf8 = str_sub(utf8, run, utf8.len);
    chars += run;
    if (!utf8.len) break;
    const char *at = utf8.at;
    uint32_t point = next_point(&at);
    utf8 = str_sub(utf8, (size_t)(at - utf8.at), utf8.len);
    chars++;
    if (write_point(point, start, bytes, changed)) continue;
    bytes->len = start;
    err_set(err, OUT_DATA, "U+%04lX cannot be written in windows-1252", (unsigned long)point);
    err->column = chars;
    return OUT_DATA;
  }
  return OUT_OK;
}

/* After an error nothing of `utf8` was appended. A mark that finds its composed letter is no change; one that
 * is lost is. */
enum outcome charset_from_utf8(enum charset charset, str utf8, struct buf *bytes, bool *changed,
                               struct err *err) {
  size_t bad_at = 0;
  if (!str_is_utf8(utf8, &bad_at)) {
    err_set(err, OUT_DATA, "the text to be written is not utf-8");
    err->column = str_chars(str_sub(utf8, 0, bad_at)) + 1;
    return OUT_DATA;
  }
  if (charset == CHARSET_WINDOWS_1252) return write_windows(utf8, bytes, changed, err);
  if (charset != CHARSET_UTF_8) return err_set(err, OUT_BUG, "%s is never written", charset_name(charset));
  buf_add(bytes, utf8);
  return OUT_OK;
}
