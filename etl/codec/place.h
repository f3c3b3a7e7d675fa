/* codec/place: line and column in a text of which only the piece at hand is kept. */
#ifndef SLUICE_CODEC_PLACE_H
#define SLUICE_CODEC_PLACE_H

#include "base/str.h"

struct place {
  uint64_t line, column; /* of the next byte, from 1; columns count bytes */
};
#define PLACE_BEGIN ((struct place){ 1, 1 })

struct place place_after(struct place place, str bytes); /* bytes: what stands at `place` */

#endif
