/* transform/library: finds and reads the spec files of a site.
 *
 * A name says its file: schema sl.journal is schemas/sl/journal.schema. The
 * site's own folders are looked in first, then those installed with the
 * program, so a site shadows a shipped spec by name. Files are read once.
 *
 *   struct library *library = library_open(site, run, wrong);
 *   struct program *program = library_transform(library, STR("settlement-to-journal"), nowhere);
 */
#ifndef SLUICE_TRANSFORM_LIBRARY_H
#define SLUICE_TRANSFORM_LIBRARY_H

#include "transform/check.h"
#include "transform/sheet.h"

struct library;

/* `site` holds sluice.conf (it may be missing); `installed` is the program's share folder or NULL. */
struct library *library_open(const char *site, const char *installed, struct arena *arena,
                             struct complaints *wrong);
/* The same site and installed specs, read anew: with `text` as the sheet NAME (of transforms/lookups), when
 * the name is not empty. For what would be, before it is written. */
struct library *library_again(const struct library *library, str sheet, str text, struct arena *arena,
                              struct complaints *wrong);
struct complaints *library_wrong(struct library *library);
struct arena *library_arena(struct library *library);
const char *library_site(const struct library *library);

/* NULL after a complaint; quiet (no complaint when the file is not there) when place.source is NULL. */
struct schema *library_schema(struct library *library, str name, struct place place);
/* The column list schemas/DATABASE/tables/NAME.table. */
const struct sql_table *library_table(struct library *library, str database, str name, struct place place);
struct program *library_transform(struct library *library, str name, struct place place);
/* Settings that a transform asks for and sluice.conf has not are complained of when it is opened; or, from
 * this call on, only when it is asked: a site answers for what it has switched on. */
void library_ask_later(struct library *library);
void library_ask(struct library *library, struct program *program);
const struct sheet *library_sheet(struct library *library, str name, struct place place);
/* A CSV elsewhere in the site or the share folder, by its path; also for what is no lookup. */
const struct sheet *library_rows(struct library *library, str path, struct place place);
/* The statements of feeds/NAME.feed: job/feed.c reads them. */
struct statement *library_feed(struct library *library, str name, struct place place);
/* All names of a kind ("transforms", ".transform"): the site's and the installed ones, sorted. */
void library_names(struct library *library, const char *folder, const char *ending, str **names,
                   size_t *count);

/* Settings. Names that no transform, feed or the engine asks for are complained of by library_check_conf. */
bool library_has_conf(const struct library *library);
bool library_setting(struct library *library, str name, str *text, struct place *place);
void library_check_conf(struct library *library); /* call after everything that asks */

/* The spec files read so far, with their digests, in the order of reading: for proofs and K. */
struct library_file {
  const char *name; /* relative to the site or the share folder */
  char digest[65];
};
size_t library_files(const struct library *library, const struct library_file **files);
str library_text(const struct library *library, const char *name); /* of one of them, as it was read */

#endif
