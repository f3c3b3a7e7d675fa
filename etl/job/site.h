/* job/site: one open site: its specs, its zone and calendar, its clock.
 *
 *   struct site site;
 *   if (site_open(library, now, &site, &err)) ...      complaints are the library's
 *   exec_request_for(&site, program, path, &request);
 */
#ifndef SLUICE_JOB_SITE_H
#define SLUICE_JOB_SITE_H

#include "job/exec.h"
#include "job/settings.h"
#include "spool/archive.h"

struct site {
  struct library *library;
  struct arena *arena;
  const char *folder;
  struct zone *zone;
  const struct calendar *calendar; /* NULL: the site has none */
  enum charset fallback;
  stamp now;
  int32_t today;
  size_t workers;
  struct archive *archive; /* NULL until site_open_archive */
};

/* `now`: "" or a stamp as --now takes it. A site without sluice.conf is open in UTC, for plain transforms. */
enum outcome site_open(struct library *library, str now, struct site *site, struct err *err);
/* The same site at another time, for what was done then. */
enum outcome site_set_clock(struct site *site, str now, struct err *err);
enum outcome site_open_archive(struct site *site, struct err *err); /* with the keys of the setting `keys` */
void site_close(struct site *site);
void site_request(const struct site *site, struct program *program, const char *path,
                  struct exec_request *request);
/* The setting of a feed, or of the site. */
str site_setting(const struct site *site, str feed, const char *name);
/* For people: "2026-11-22 01:00 America/Los_Angeles", by the books' clock. */
str site_clock(const struct site *site, int64_t seconds);

#endif
