/* transform/veil: a text without what is personal in it. */
#include "transform/veil.h"

#include "base/buf.h"

enum { SHORT = 3, TEXT_MOST = 1 << 20 }; /* characters; bytes */

static bool is_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         ((unsigned char)c & 0x80);
}

static bool found_at(str text, size_t at, str secret) {
  if (!secret.len || !str_starts(str_sub(text, at, text.len), secret)) return false;
  if (str_chars(secret) > SHORT) return true;
  size_t end = at + secret.len;
  return (at == 0 || !is_letter(text.at[at - 1])) && (end == text.len || !is_letter(text.at[end]));
}

/* The length of the longest secret that begins here. */
static size_t longest(str text, size_t at, const str *secrets, size_t count) {
  size_t most = 0;
  for (size_t i = 0; i < count; i++)
    if (secrets[i].len > most && found_at(text, at, secrets[i])) most = secrets[i].len;
  return most;
}

str veil(struct arena *arena, str text, const str *secrets, size_t count) {
  struct buf left = buf_new(TEXT_MOST);
  for (size_t i = 0; i < text.len;) {
    size_t gone = longest(text, i, secrets, count);
    if (gone) buf_add(&left, STR("(personal)")), i += gone;
    else buf_char(&left, text.at[i++]);
  }
  str kept = left.full ? STR("(personal)") : arena_str(arena, buf_str(&left));
  buf_free(&left);
  return kept;
}
