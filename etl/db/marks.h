/* db/marks: the "?" of a statement's text.
 *
 * Marks inside of quotes and brackets are none, comments are left out. One of the values
 * may be a list, whose mark becomes as many as it has elements:
 *
 *   marks_expand(STR("SELECT a FROM t WHERE b = ? AND c IN (?)"), values, 2, 3, &sql, &err)
 *   -> SELECT a FROM t WHERE b = ? AND c IN (?,?,?)
 */
#ifndef SLUICE_DB_MARKS_H
#define SLUICE_DB_MARKS_H

#include "base/buf.h"
#include "db/query.h"

/* OUT_BUG: not as many marks as values, or two lists. */
enum outcome marks_expand(str sql, const struct db_value *values, size_t count, size_t elements,
                          struct buf *text, struct err *err);

#endif
