/* base/err: what came of a call, and where it went wrong.
 *
 * A function that can fail returns an outcome and fills a struct err that its
 * caller owns. The deepest function states the fact; upper rooms may only add
 * the place (file, line, column, record, column name) when it is still empty.
 * Nobody below cli/ prints.
 *
 *   struct err err = { 0 };
 *   if (in_open(&in, path, &limits, &err)) return err_in_file(&err, path);
 */
#ifndef SLUICE_BASE_ERR_H
#define SLUICE_BASE_ERR_H

#include "base/str.h"

#include <stdarg.h>

enum outcome {
  OUT_OK = 0,
  OUT_END,       /* no more input */
  OUT_DATA,      /* the bytes from outside are wrong */
  OUT_SPEC,      /* a schema, transform, feed, lookup sheet or setting is wrong */
  OUT_RETRY,     /* may work later */
  OUT_REFUSED,   /* the other side, or a proof, said no for good */
  OUT_UNCERTAIN, /* it may or may not have happened */
  OUT_SYSTEM,    /* the operating system said no */
  OUT_BUG        /* an invariant of ours does not hold */
};

enum { ERR_TEXT_MOST = 1024, ERR_FILE_MOST = 512, ERR_NAME_MOST = 128 };

struct err {
  enum outcome outcome;
  uint64_t line, column; /* 1-based; 0 = not known */
  char file[ERR_FILE_MOST];
  char record[ERR_NAME_MOST], field[ERR_NAME_MOST];
  char text[ERR_TEXT_MOST];
};

/* States the fact; returns `outcome`, so that a caller can return it at once. */
enum outcome err_set(struct err *err, enum outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "cannot open X: No such file or directory", from errno. */
enum outcome err_errno(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* These add a place that is still empty; they return err->outcome. */
enum outcome err_in_file(struct err *err, str file);
enum outcome err_at(struct err *err, uint64_t line, uint64_t column);
enum outcome err_of_field(struct err *err, str record, str field);
/* "file:line:column: text" as far as the parts are known. Returns the length written. */
size_t err_format(const struct err *err, char *text, size_t room);

#endif
