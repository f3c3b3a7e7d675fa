/* job/sl_read: what is read from SL lands as text before anything is done with it (R32).
 *
 *   struct sl_query query = { .sql = sql, .record = record, .values = values, .value_count = 1 };
 *   sl_read(site, &query, &text, &err);           header line of the record's fields, then the rows
 *
 * A connection is made for each call and closed again: a night reads a few tables.
 */
#ifndef SLUICE_JOB_SL_READ_H
#define SLUICE_JOB_SL_READ_H

#include "job/site.h"

bool sl_is_there(const struct site *site); /* the setting sl-connection is stated */

struct sl_query {
  str sql;                     /* "?" for each value */
  const struct record *record; /* whose fields the columns are, by name */
  value *values;
  size_t value_count;
};
/* Appends the result in the form of a state's file (job/state_file.h). OUT_SPEC: the query lacks a field of
 * the record. */
enum outcome sl_read(const struct site *site, const struct sl_query *query, struct buf *text,
                     struct err *err);

#endif
