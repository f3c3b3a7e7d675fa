/* spec/source: the text of one spec file, its lines, and what is wrong in it.
 *
 * Every complaint is shown as file:line:column, the line and a caret, so that
 * an administrator can go straight to the word. One run collects up to 20 of
 * them; after that it only counts. Columns count characters from 1.
 *
 *   struct complaints *list = complaints_new(run);
 *   complain(list, place, "no column \"%.*s\" in %.*s", ...);
 *   complaints_format(list, &text);
 *
 * Sources, tokens and statements live in the arena they are made with.
 */
#ifndef SLUICE_SPEC_SOURCE_H
#define SLUICE_SPEC_SOURCE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"

struct source {
  const char *name; /* as shown: transforms/x.transform */
  str text;
};

struct place {
  const struct source *source; /* NULL: the place is not in a file */
  size_t at;                   /* byte in its text */
};

struct complaints;
enum { COMPLAINTS_SHOWN = 20 };

struct complaints *complaints_new(struct arena *arena);
void complain(struct complaints *list, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
size_t complaints_count(const struct complaints *list);
/* In the order of files as first met, then of places; equal places once. */
void complaints_format(struct complaints *list, struct buf *text);
/* The first one as an err (OUT_SPEC), for callers that show a single line. */
enum outcome complaints_first(struct complaints *list, struct err *err);

void place_line(struct place place, uint64_t *line, uint64_t *column);

/* `; did you mean "amount"?` for the nearest of the names, or "" when none is near. */
str suggest(struct arena *arena, str wrong, const str *names, size_t count);

#endif
