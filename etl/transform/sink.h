/* transform/sink: where written records go.
 *
 * A record is opened before its children and closed after them. Where a field
 * of it needs what its children come to (a control total), the children come
 * first: hold() says that what follows belongs below a record to be opened later.
 * The sink answers with an outcome; anything but OUT_OK ends the run.
 */
#ifndef SLUICE_TRANSFORM_SINK_H
#define SLUICE_TRANSFORM_SINK_H

#include "transform/eval.h"

struct written {
  const struct block *block;
  const struct record *record;
  const value *fields; /* in the record's order */
  struct ctx *ctx;     /* for names of files: the block's lets, header, config */
};

/* A sink of lines lets their bytes be appended directly (transform/lines.h). */
struct line_format {
  char separator;
  str newline;
  struct buf *out;
};

struct sink {
  void *user;
  enum outcome (*hold)(void *user, const struct record *record, struct err *err);
  enum outcome (*open)(void *user, const struct written *written, struct err *err);
  enum outcome (*close)(void *user, const struct record *record, struct err *err);
  enum outcome (*drop)(void *user, const struct record *record,
                       struct err *err); /* what was held is not written */
  /* What is written from mark() on is taken back by undo(), or stays by keep(). NULL: nothing can be taken
   * back. */
  enum outcome (*mark)(void *user, struct err *err);
  enum outcome (*keep)(void *user, struct err *err);
  enum outcome (*undo)(void *user, struct err *err);
  /* True when records of this kind are single lines that may be appended to format->out; NULL: never. */
  bool (*lines)(void *user, const struct record *record, struct line_format *format);
  enum outcome (*appended)(void *user, const struct record *record,
                           struct err *err); /* after a block of them */
};

#endif
