/* job/content: what a file says, whatever its line ends, BOM, packing and character set. */
#include "io/digest.h"
#include "job/batch.h"

#include <string.h>

enum { BLOCK = 256 * 1024 };

static void add_text(struct digest *digest, str text) {
  while (text.len) {
    ptrdiff_t at = str_find(text, '\r');
    size_t whole = at < 0 ? text.len : (size_t)at;
    digest_add(digest, str_sub(text, 0, whole));
    text = str_sub(text, at < 0 ? whole : whole + 1, text.len);
  }
}

/* Plain UTF-8 with LF, as nearly all files are: its own digest will do. */
static bool is_plain(struct in *in, str start, enum charset charset) {
  ptrdiff_t line = str_find(start, '\n');
  bool crlf = line > 0 && start.at[line - 1] == '\r';
  return charset == CHARSET_UTF_8 && !in_is_gzip(in) && !crlf && !str_starts(start, STR("\xef\xbb\xbf"));
}

enum outcome content_digest(const char *path, const struct seal_key *key, enum charset charset,
                            bool says_charset, const char *raw_digest, char hex[65], struct err *err) {
  struct in *in;
  struct in_limits limits = in_default_limits;
  limits.key = key;
  if (in_open(path, limits, &in, err)) return err->outcome;
  char *block = mem_alloc(BLOCK);
  struct buf text = buf_new((size_t)BLOCK * 3 + 64);
  struct digest *digest = digest_new();
  size_t got = 0;
  enum outcome out = in_read(in, block, BLOCK, &got, err);
  bool plain = (!out || out == OUT_END) && is_plain(in, (str){ block, got }, charset);
  struct charset_reader *reader = charset_reader_new(charset);
  while (!plain && (!out || (out == OUT_END && got))) {
    buf_clear(&text);
    bool last = out == OUT_END;
    if (says_charset) buf_bytes(&text, block, got);
    else if (charset_to_utf8(reader, (str){ block, got }, last, &text, err)) {
      out = OUT_DATA;
      break;
    }
    add_text(digest, buf_str(&text));
    if (last) break;
    got = 0;
    out = in_read(in, block, BLOCK, &got, err);
  }
  digest_end(digest, hex);
  if (plain) memcpy(hex, raw_digest, 65);
  charset_reader_free(reader);
  buf_free(&text);
  mem_free(block);
  in_close(in);
  return out == OUT_END || plain ? OUT_OK : out;
}
