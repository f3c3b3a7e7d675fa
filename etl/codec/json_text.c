/* codec/json_text: a text as JSON has it. */
#include "codec/json_text.h"

static void json_char(struct buf *out, char c) {
  unsigned char byte = (unsigned char)c;
  if (c == '"' || c == '\\') buf_printf(out, "\\%c", c);
  else if (c == '\n') buf_add(out, STR("\\n"));
  else if (c == '\t') buf_add(out, STR("\\t"));
  else if (byte < ' ' || byte == 0x7f) buf_printf(out, "\\u%04x", byte);
  else buf_char(out, c);
}

void json_text(struct buf *out, str text) {
  buf_char(out, '"');
  while (text.len) {
    size_t good = 0;
    if (str_is_utf8(text, &good)) good = text.len;
    for (size_t i = 0; i < good; i++) json_char(out, text.at[i]);
    text = str_sub(text, good, text.len);
    if (!text.len) break;
    buf_add(out, STR("\\ufffd"));
    text = str_sub(text, 1, text.len);
  }
  buf_char(out, '"');
}
