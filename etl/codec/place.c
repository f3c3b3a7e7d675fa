/* codec/place: line and column in a text of which only the piece at hand is kept. */
#include "codec/place.h"

struct place place_after(struct place place, str bytes) {
  for (ptrdiff_t at; (at = str_find(bytes, '\n')) >= 0;) {
    place.line++, place.column = 1;
    bytes = str_sub(bytes, (size_t)at + 1, bytes.len);
  }
  place.column += bytes.len;
  return place;
}
