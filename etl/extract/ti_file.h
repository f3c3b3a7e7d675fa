/* extract/ti_file: the documents of a Transaction Import file, by what SL can be asked for.
 *
 *   "Document","AMZ","AMZUS","900-0000001-0000001",...      line 1: a document begins
 *   "Transaction","JAR-1L",...                              line 2
 *   "Document",...                                          line 3: the next one
 *
 * The file is our own, as the schema has it, but a person may have had it
 * open: every line is read anew, and a line that does not fit is OUT_DATA with
 * its place. A document begins with the outermost record that has one of the asked fields; the others may
 * stand in any record below it. A batch around it is no part of it.
 */
#ifndef SLUICE_EXTRACT_TI_FILE_H
#define SLUICE_EXTRACT_TI_FILE_H

#include "base/memory.h"
#include "model/schema.h"

enum { TI_KEYS_MOST = 3 };

struct ti_document {
  str keys[TI_KEYS_MOST]; /* as SL holds them: a period is YYYYPP whatever its mask */
  uint64_t first, last;   /* lines of the file */
  uint64_t lines;         /* records of the first kind below its own */
};

/* `fields` are names; OUT_SPEC when the schema lacks one. Texts live in the arena. */
enum outcome ti_file_read(const struct schema *schema, str text, const char *const *fields,
                          size_t field_count, struct arena *arena, struct ti_document **documents,
                          size_t *count, struct err *err);

#endif
