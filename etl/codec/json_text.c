/* codec/json_text: a text as JSON has it. */
#include "codec/json_text.h"

static bool is_plain(char c) {
  unsigned char byte = (unsigned char)c;
  return byte >= ' ' && byte < 0x7f && c != '"' && c != '\\';
}

/* One bit for each byte that is zero; those above the first such byte may have theirs too. */
static uint64_t zeros_in(uint64_t word) { return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u; }

/* Eight bytes that are all plain: most texts are, and this is asked of each that goes to a marketplace. */
static bool are_plain(const char *bytes) {
  const uint64_t each = 0x0101010101010101u;
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  uint64_t odd = word | ((word - each * ' ') & ~word) | zeros_in(word ^ (each * '"'));
  odd |= zeros_in(word ^ (each * '\\')) | zeros_in(word ^ (each * 0x7f));
  return !(odd & 0x8080808080808080u);
}

static size_t plain_bytes(str text) {
  size_t count = 0;
  while (count + 8 <= text.len && are_plain(text.at + count)) count += 8;
  while (count < text.len && is_plain(text.at[count])) count++;
  return count;
}

static void json_char(struct buf *out, char c) {
  unsigned char byte = (unsigned char)c;
  if (c == '"' || c == '\\') buf_printf(out, "\\%c", c);
  else if (c == '\n') buf_add(out, STR("\\n"));
  else if (c == '\t') buf_add(out, STR("\\t"));
  else buf_printf(out, "\\u%04x", byte);
}

/* What the text begins with, up to where its bytes are ASCII again; of what is no UTF-8 one byte. */
static size_t json_beyond_ascii(struct buf *out, str text) {
  size_t len = 0, good;
  while (len < text.len && (unsigned char)text.at[len] >= 0x80) len++;
  if (str_is_utf8(str_sub(text, 0, len), &good)) good = len;
  buf_bytes(out, text.at, good);
  if (good == len) return len;
  buf_add(out, STR("\\ufffd"));
  return good + 1;
}

void json_text(struct buf *out, str text) {
  buf_char(out, '"');
  for (size_t at = plain_bytes(text);; at = plain_bytes(text)) {
    buf_bytes(out, text.at, at);
    text = str_sub(text, at, text.len);
    if (!text.len) break;
    size_t odd = 1;
    if ((unsigned char)*text.at >= 0x80) odd = json_beyond_ascii(out, text);
    else json_char(out, *text.at);
    text = str_sub(text, odd, text.len);
  }
  buf_char(out, '"');
}
