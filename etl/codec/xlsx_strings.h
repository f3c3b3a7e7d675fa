/* codec/xlsx_strings: the shared strings of a workbook, to which its cells refer by number.
 *
 *   <sst><si><t>open</t></si><si><r><t>half </t></r><r><t>bold</t></r></si></sst>      0 open, 1 half bold
 *
 * Runs of differently dressed text are joined; phonetic readings (<rPh>) are left out.
 */
#ifndef SLUICE_CODEC_XLSX_STRINGS_H
#define SLUICE_CODEC_XLSX_STRINGS_H

#include "base/err.h"
#include "base/memory.h"

struct xlsx_strings {
  str *at; /* the texts lie in the arena, this array does not */
  size_t count, room;
};
/* Fills `strings`, which must be empty; free them whatever comes of it. OUT_DATA: bad XML, too many. */
enum outcome xlsx_strings_read(str part, str xml, struct arena *arena, struct xlsx_strings *strings,
                               struct err *err);
void xlsx_strings_free(struct xlsx_strings *strings);

#endif
