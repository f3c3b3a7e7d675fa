/* courier/said_charset: the character set that an address states, held against the bytes that came.
 *
 * Nothing is converted: what is read later finds out for itself (UTF-8, else the site's fallback). But a
 * report that is said to be Shift_JIS will be read wrongly by a site whose fallback is windows-1252, and one
 * that is said to be UTF-8 and is not is Amazon's error or ours; both are told when it arrives, not when it
 * has been booked.
 *
 *   struct said_charset said = { 0 };
 *   said_charset_see(&said, bytes);                       pieces of any size
 *   const char *doubt = said_charset_doubt(&said, "Cp1252", STR("shift_jis"));        NULL: none
 */
#ifndef SLUICE_COURIER_SAID_CHARSET_H
#define SLUICE_COURIER_SAID_CHARSET_H

#include "base/str.h"

struct said_charset {
  bool beyond_ascii, is_no_utf8;
  char rest[4]; /* of a character that the last piece cut */
  size_t rest_len;
};

void said_charset_see(struct said_charset *said, str bytes);
const char *said_charset_doubt(const struct said_charset *said, const char *charset, str fallback);

#endif
