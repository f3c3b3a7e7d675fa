/* spool/ledger_line: one line of the ledger: words to text and back, and the sum at its end. */
#include "spool/ledger_line.h"

#include <string.h>

enum { HEAD_WORDS = 3 };

/* --- writing --- */

static bool is_plain(char c) {
  unsigned char byte = (unsigned char)c;
  return byte > ' ' && byte != 0x7f && byte != '%' && byte != '=';
}

static void add_encoded(struct buf *line, str text) {
  for (size_t i = 0; i < text.len; i++)
    if (is_plain(text.at[i])) buf_char(line, text.at[i]);
    else buf_printf(line, "%%%02X", (unsigned)(unsigned char)text.at[i]);
}

/* Time, event and feed stand by their place, so an empty one must be seen. */
static void add_head(struct buf *line, const char *between, str text) {
  buf_add(line, str_of(between));
  if (!text.len) buf_char(line, '-');
  else if (str_eq(text, STR("-"))) buf_add(line, STR("%2D"));
  else add_encoded(line, text);
}

static struct line_sum sum_of(struct digest *digest, struct line_sum before, str body) {
  char hex[DIGEST_TEXT];
  struct line_sum sum;
  digest_add(digest, str_of(before.text));
  digest_add(digest, body);
  digest_take(digest, hex);
  sum.text[0] = '~';
  memcpy(sum.text + 1, hex, SUM_DIGITS);
  sum.text[SUM_WORD] = '\0';
  return sum;
}

enum outcome line_body(str time, str event, str feed, const struct ledger_word *words, size_t count,
                       struct buf *line, struct err *err) {
  add_head(line, "", time);
  add_head(line, " ", event);
  add_head(line, " ", feed);
  for (size_t i = 0; i < count; i++) {
    if (!words[i].value.len) continue;
    if (!words[i].name.len) return err_set(err, OUT_BUG, "a ledger word has no name");
    buf_char(line, ' ');
    add_encoded(line, words[i].name);
    buf_char(line, '=');
    add_encoded(line, words[i].value);
  }
  return OUT_OK;
}

enum outcome line_write(str time, str event, str feed, const struct ledger_word *words, size_t count,
                        struct line_sum before, struct buf *line, struct err *err) {
  if (line_body(time, event, feed, words, count, line, err)) return err->outcome;
  buf_char(line, ' ');
  struct digest *digest = digest_new();
  struct line_sum sum = sum_of(digest, before, buf_str(line));
  digest_free(digest);
  buf_printf(line, "%s\n", sum.text);
  return line->full ? err_set(err, OUT_BUG, "a ledger entry is too long") : OUT_OK;
}

/* --- reading --- */

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode(struct arena *arena, str word, str *text) {
  *text = word;
  if (!memchr(word.at, '%', word.len)) return true;
  char *to = arena_alloc(arena, word.len);
  size_t len = 0;
  for (size_t i = 0; i < word.len; i++) {
    if (word.at[i] != '%') {
      to[len++] = word.at[i];
      continue;
    }
    int high = i + 2 < word.len ? hex_digit(word.at[i + 1]) : -1;
    int low = i + 2 < word.len ? hex_digit(word.at[i + 2]) : -1;
    if (high < 0 || low < 0) return false;
    to[len++] = (char)(unsigned char)(high * 16 + low);
    i += 2;
  }
  *text = (str){ to, len };
  return true;
}

static bool decode_head(struct arena *arena, str word, str *text) {
  if (!word.len || !decode(arena, word, text)) return false;
  if (str_eq(word, STR("-"))) *text = STR_NONE;
  return true;
}

static bool read_word(struct arena *arena, str word, struct ledger_word *to) {
  ptrdiff_t sign = str_find(word, '=');
  if (sign <= 0 || (size_t)sign + 1 == word.len) return false;
  return decode(arena, str_sub(word, 0, (size_t)sign), &to->name) &&
         decode(arena, str_sub(word, (size_t)sign + 1, word.len), &to->value);
}

static size_t count_words(str body) {
  size_t count = body.len > 0;
  for (size_t i = 0; i < body.len; i++) count += body.at[i] == ' ';
  return count;
}

bool line_check(struct digest *digest, struct line_sum before, str line, str *body, struct line_sum *sum) {
  size_t end = line.len >= SUM_WORD + 1 ? line.len - SUM_WORD : 0;
  if (!end || line.at[end - 1] != ' ' || line.at[end] != '~') return false;
  *sum = sum_of(digest, before, str_sub(line, 0, end));
  *body = str_sub(line, 0, end - 1);
  return str_eq(str_sub(line, end, line.len), str_of(sum->text));
}

bool line_read(struct arena *arena, str body, struct ledger_entry *entry) {
  str *const heads[HEAD_WORDS] = { &entry->time, &entry->event, &entry->feed };
  str word;
  for (size_t i = 0; i < HEAD_WORDS; i++)
    if (!str_split(&body, ' ', &word) || !decode_head(arena, word, heads[i])) return false;
  struct ledger_word *words = ARENA_ARRAY(arena, struct ledger_word, count_words(body));
  for (; str_split(&body, ' ', &word); entry->word_count++)
    if (!read_word(arena, word, &words[entry->word_count])) return false;
  entry->words = words;
  return true;
}
