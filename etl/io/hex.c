/* io/hex: bytes as hex digits in lower case, and back. */
#include "io/hex.h"

void hex_write(const uint8_t *bytes, size_t count, char *text) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < count; i++) {
    *text++ = digits[bytes[i] >> 4];
    *text++ = digits[bytes[i] & 15];
  }
  *text = '\0';
}

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_read(str text, uint8_t *bytes, size_t count) {
  if (text.len != 2 * count) return false;
  for (size_t i = 0; i < count; i++) {
    int high = digit_of(text.at[2 * i]), low = digit_of(text.at[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = (uint8_t)(high << 4 | low);
  }
  return true;
}
