/* codec/xml_text: a text as XML has it. */
#include "codec/xml_text.h"

static str escape_of(char c) {
  switch (c) {
  case '&': return STR("&amp;");
  case '<': return STR("&lt;");
  case '>': return STR("&gt;");
  case '"': return STR("&quot;");
  case '\t': return STR("&#9;"); /* else an attribute's would be read as a blank */
  case '\n': return STR("&#10;");
  case '\r': return STR("&#13;");
  default: return STR_NONE;
  }
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool is_none(str text, size_t at) {
  return at + 2 < text.len && text.at[at] == '\xef' && text.at[at + 1] == '\xbf' &&
         (unsigned char)text.at[at + 2] >= 0xbe;
}

bool xml_text(struct buf *out, str text) {
  size_t good = 0, from = 0, before = out->len;
  if (!str_is_utf8(text, &good)) return false;
  for (size_t i = 0; i < text.len; i++) {
    str escape = escape_of(text.at[i]);
    bool odd = (unsigned char)text.at[i] < ' ' && !escape.len;
    if (odd || is_none(text, i)) return out->len = before, false;
    if (!escape.len) continue;
    buf_add(out, str_sub(text, from, i));
    buf_add(out, escape);
    from = i + 1;
  }
  buf_add(out, str_sub(text, from, text.len));
  return true;
}
