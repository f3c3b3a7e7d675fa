/* io/hex: bytes as hex digits in lower case, and back.
 *
 * Reading takes exactly what writing makes: the stated number of digits, in
 * lower case, nothing around them. So no two texts mean the same bytes.
 *
 *   char text[2 * 12 + 1];
 *   hex_write(nonce, 12, text);
 *   if (!hex_read(str_of(text), nonce, 12)) ...
 */
#ifndef SLUICE_IO_HEX_H
#define SLUICE_IO_HEX_H

#include "base/str.h"

void hex_write(const uint8_t *bytes, size_t count, char *text); /* 2 * count digits and the NUL */
bool hex_read(str text, uint8_t *bytes, size_t count);          /* false: `bytes` are then of no use */

#endif
