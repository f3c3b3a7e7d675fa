/* job/sl_read: what is read from SL lands as text before anything is done with it (R32).
 *
 *   sl_read(site, program, &lookup->query, record, &text, &err);      header line of the record's fields,
 * then the rows
 *
 * A query binds settings and the day: nothing of a record can stand in it.
 * A connection is made for each call and closed again: a night reads a few tables.
 */
#ifndef SLUICE_JOB_SL_READ_H
#define SLUICE_JOB_SL_READ_H

#include "job/site.h"
#include "transform/program.h"

bool sl_is_there(const struct site *site); /* the setting sl-connection is stated */

/* Appends the result in the form of a state's file (job/state_file.h), with the fields of the record and of
 * what stands below it. OUT_SPEC: the query lacks one of them, or a record has two kinds of records below
 * it. */
enum outcome sl_read(const struct site *site, const struct program *program, const struct query *asked,
                     const struct record *record, struct buf *text, struct err *err);

#endif
