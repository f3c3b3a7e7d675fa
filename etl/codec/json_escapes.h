/* codec/json_escapes: \u escapes of which yajl would make another text without saying so.
 *
 * Half a surrogate pair becomes "?" there, and \u0000 a NUL. Looks at the bytes before yajl does; in good
 * JSON a backslash stands nowhere but in a string. A malformed escape is left for yajl to tell.
 */
#ifndef SLUICE_CODEC_JSON_ESCAPES_H
#define SLUICE_CODEC_JSON_ESCAPES_H

#include "base/str.h"

struct json_escapes {
  uint8_t state; /* 0: none; 1: after a backslash; 2 to 5: hexadecimal digits to come, and one */
  bool half;     /* a first half of a pair was just read */
  uint32_t code;
};

/* The number of good bytes; fewer than all: the byte at which *fact is wrong. Goes on where it ended. */
size_t json_escapes_check(struct json_escapes *escapes, str bytes, const char **fact);

#endif
