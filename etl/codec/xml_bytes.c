/* codec/xml_bytes: the bytes of an XML file as UTF-8, whatever charset it says it is in. */
#include "codec/xml_bytes.h"
#include "base/memory.h"
#include "codec/place.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

enum { HEAD_MOST = 1024, NAME_MOST = 40, RAW_MOST = 16 * 1024, UTF8_ROOM = 64 * 1024 };

struct xml_bytes {
  bool begun;
  bool converts; /* else it is UTF-8 */
  iconv_t iconv;
  char charset[NAME_MOST + 1];
  struct buf head; /* until the charset is known */
  struct buf raw;  /* not yet converted */
  char *utf8;
  struct place place;
};

struct xml_bytes *xml_bytes_new(void) {
  struct xml_bytes *in = mem_alloc(sizeof *in);
  in->head = buf_new(HEAD_MOST);
  in->raw = buf_new(RAW_MOST + NAME_MOST);
  in->place = PLACE_BEGIN;
  return in;
}

void xml_bytes_free(struct xml_bytes *in) {
  if (!in) return;
  if (in->converts) iconv_close(in->iconv);
  buf_free(&in->head), buf_free(&in->raw);
  mem_free(in->utf8);
  mem_free(in);
}

bool xml_bytes_converts(const struct xml_bytes *in) { return in->converts; }

/* --- which charset --- */

/* The longer marks first: UTF-16's is how UTF-32's begins. */
static const struct mark {
  const char *bytes;
  size_t len, skip;
  const char *charset;
} marks[] = {
  { "\0\0\xfe\xff", 4, 4, "UTF-32BE" }, { "\xff\xfe\0\0", 4, 4, "UTF-32LE" },
  { "\0\0\0<", 4, 0, "UTF-32BE" },      { "<\0\0\0", 4, 0, "UTF-32LE" },
  { "\xef\xbb\xbf", 3, 3, "UTF-8" },    { "\xfe\xff", 2, 2, "UTF-16BE" },
  { "\xff\xfe", 2, 2, "UTF-16LE" },     { "\0<", 2, 0, "UTF-16BE" },
  { "<\0", 2, 0, "UTF-16LE" },
};
enum { MARKS = sizeof marks / sizeof *marks, MARK_MOST = 4 };

static const struct mark *find_mark(str head) {
  for (size_t i = 0; i < MARKS; i++)
    if (str_starts(head, (str){ marks[i].bytes, marks[i].len })) return &marks[i];
  return NULL;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static str skip_blanks(str s) {
  while (s.len && is_blank(*s.at)) s = str_sub(s, 1, s.len);
  return s;
}

/* The next NAME = "VALUE" of the declaration; false at its end, and where it is malformed. */
static bool next_setting(str *rest, str *name, str *value) {
  str s = skip_blanks(*rest);
  ptrdiff_t at = str_find(s, '=');
  if (at < 0) return false;
  *name = str_trim(str_sub(s, 0, (size_t)at));
  s = skip_blanks(str_sub(s, (size_t)at + 1, s.len));
  if (!s.len || (*s.at != '"' && *s.at != '\'')) return false;
  char quote = *s.at;
  s = str_sub(s, 1, s.len);
  at = str_find(s, quote);
  if (at < 0) return false;
  *value = str_sub(s, 0, (size_t)at);
  *rest = str_sub(s, (size_t)at + 1, s.len);
  return true;
}

static const str declaration = { "<?xml", 5 };

static bool has_declaration(str head) {
  return head.len > declaration.len && str_starts(head, declaration) && is_blank(head.at[declaration.len]);
}

/* The length of the declaration with its "?>"; 0 when that has not come. */
static size_t declaration_length(str head) {
  for (size_t i = declaration.len; i + 2 <= head.len; i++)
    if (head.at[i] == '?' && head.at[i + 1] == '>') return i + 2;
  return 0;
}

static str declared_charset(str head) {
  str rest = str_sub(head, declaration.len, declaration_length(head)), name, value;
  while (has_declaration(head) && next_setting(&rest, &name, &value))
    if (str_eq(name, STR("encoding"))) return value;
  return STR("UTF-8");
}

/* As XML has them, so that iconv gets no options of its own to read. */
static bool is_charset_name(str name) {
  for (size_t i = 0; i < name.len; i++) {
    char c = name.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (!i || !((c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))) return false;
  }
  return name.len && name.len <= NAME_MOST;
}

static bool head_is_whole(str head, bool last) {
  if (last || head.len == HEAD_MOST) return true;
  if (head.len < MARK_MOST) return false;
  if (find_mark(head)) return true;
  if (head.len <= declaration.len) return !str_starts(declaration, head);
  return !has_declaration(head) || declaration_length(head);
}

static enum outcome begin_converting(struct xml_bytes *in, str name, struct err *err) {
  memcpy(in->charset, name.at, name.len);
  in->iconv = iconv_open("UTF-8", in->charset);
  if (in->iconv == (iconv_t)-1)
    return err_set(err, OUT_DATA, "the charset \"%s\" is not known (line 1, column 1)", in->charset);
  in->converts = true;
  in->utf8 = mem_alloc(UTF8_ROOM);
  return OUT_OK;
}

/* UTF-16 declared in plain letters, for one. */
static bool fits_declaration(struct xml_bytes *in) {
  char raw[8], *from = raw, *to = in->utf8;
  size_t left = declaration.len, room = UTF8_ROOM;
  memcpy(raw, declaration.at, declaration.len);
  size_t result = iconv(in->iconv, &from, &left, &to, &room);
  bool fits = result != (size_t)-1 && str_eq((str){ in->utf8, UTF8_ROOM - room }, declaration);
  iconv(in->iconv, NULL, NULL, NULL, NULL);
  return fits;
}

static enum outcome settle(struct xml_bytes *in, str head, size_t *skip, struct err *err) {
  const struct mark *mark = find_mark(head);
  *skip = mark ? mark->skip : 0;
  in->begun = true;
  if (!mark && has_declaration(head) && !declaration_length(head) && head.len == HEAD_MOST)
    return err_set(err, OUT_DATA, "an XML declaration of more than %d bytes (line 1, column 1)", HEAD_MOST);
  str name = mark ? str_of(mark->charset) : declared_charset(head);
  if (str_eq_fold(name, STR("UTF-8")) || str_eq_fold(name, STR("UTF8"))) return OUT_OK;
  if (!is_charset_name(name))
    return err_set(err, OUT_DATA, "the declaration names no charset (line 1, column 1)");
  if (begin_converting(in, name, err)) return err->outcome;
  if (mark || fits_declaration(in)) return OUT_OK;
  return err_set(err, OUT_DATA, "declared as %s, which it is not (line 1, column 1)", in->charset);
}

/* --- converting --- */

static enum outcome fail_here(struct xml_bytes *in, const char *fact, struct err *err) {
  return err_set(err, OUT_DATA, "bad XML: %s %s (line %llu, column %llu)", fact, in->charset,
                 (unsigned long long)in->place.line, (unsigned long long)in->place.column);
}

/* What is in `raw`, but for a sequence cut at its end. */
static enum outcome convert_raw(struct xml_bytes *in, xml_bytes_function *function, void *user,
                                struct err *err) {
  char *from = in->raw.at;
  size_t left = in->raw.len;
  int why = 0;
  do {
    char *to = in->utf8;
    size_t room = UTF8_ROOM;
    why = iconv(in->iconv, &from, &left, &to, &room) == (size_t)-1 ? errno : 0;
    str utf8 = { in->utf8, UTF8_ROOM - room };
    enum outcome out = utf8.len ? function(user, utf8, err) : OUT_OK;
    if (out) return out;
    in->place = place_after(in->place, utf8);
  } while (why == E2BIG);
  if (why == EILSEQ) return fail_here(in, "bytes that are not", err);
  if (left) memmove(in->raw.at, from, left);
  in->raw.len = left;
  return OUT_OK;
}

static enum outcome convert(struct xml_bytes *in, str bytes, bool last, xml_bytes_function *function,
                            void *user, struct err *err) {
  while (bytes.len) {
    str some = str_sub(bytes, 0, RAW_MOST);
    bytes = str_sub(bytes, some.len, bytes.len);
    buf_add(&in->raw, some);
    enum outcome out = convert_raw(in, function, user, err);
    if (out) return out;
  }
  return last && in->raw.len ? fail_here(in, "cut within a character of", err) : OUT_OK;
}

static enum outcome pass(struct xml_bytes *in, str bytes, bool last, xml_bytes_function *function, void *user,
                         struct err *err) {
  if (in->converts) return convert(in, bytes, last, function, user, err);
  return bytes.len ? function(user, bytes, err) : OUT_OK;
}

enum outcome xml_bytes_feed(struct xml_bytes *in, str bytes, bool last, xml_bytes_function *function,
                            void *user, struct err *err) {
  enum outcome out = OUT_OK;
  if (!in->begun) {
    str some = str_sub(bytes, 0, HEAD_MOST - in->head.len);
    buf_add(&in->head, some);
    bytes = str_sub(bytes, some.len, bytes.len);
    str head = buf_str(&in->head);
    if (!head_is_whole(head, last && !bytes.len)) return OUT_OK;
    size_t skip = 0;
    out = settle(in, head, &skip, err);
    if (!out) out = pass(in, str_sub(head, skip, head.len), last && !bytes.len, function, user, err);
  }
  return out || !in->begun || (!bytes.len && !last) ? out : pass(in, bytes, last, function, user, err);
}
