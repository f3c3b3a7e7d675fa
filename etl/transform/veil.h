/* transform/veil: a text without what is personal in it.
 *
 *   veil(arena, "state HI of order 900-1 is new", { "HI" }, 1)  ->  "state (personal) of order 900-1 is new"
 *
 * Where two secrets begin, the longer one goes. A secret of at most three characters is looked for as a word
 * only: "CA" stays in "CANCELLED". Empty ones are passed over. The result lives in the arena.
 */
#ifndef SLUICE_TRANSFORM_VEIL_H
#define SLUICE_TRANSFORM_VEIL_H

#include "base/memory.h"
#include "base/str.h"

str veil(struct arena *arena, str text, const str *secrets, size_t count);

#endif
