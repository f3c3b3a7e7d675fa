/* job/settings: the settings of sluice.conf that the engine itself asks for.
 *
 * Transforms declare their own by `setting` lines. These are the others: one
 * table that `sluice check` reads, so that a site is told what is missing and
 * what it means. A setting of a feed may be given for one feed alone, as
 * FEED.NAME.
 */
#ifndef SLUICE_JOB_SETTINGS_H
#define SLUICE_JOB_SETTINGS_H

#include "transform/library.h"

struct engine_setting {
  const char *name,
      *type; /* type as a spec states it: "text", "date", "integer"; "HH:MM"; or the choices "a | b" */
  const char *fallback; /* NULL: none */
  const char *help;
  bool required, of_feed;
};

extern const struct engine_setting engine_settings[];
extern const size_t engine_setting_count;

/* Asks for every one of them, for the feeds of the site too; complains of what is missing or wrong. */
void settings_check(struct library *library);
/* The text that holds for a feed ("" = none): FEED.NAME, else NAME, else the default; "" when there is none.
 */
str settings_text(struct library *library, str feed, const char *name);
/* "01:30" -> seconds since midnight. */
bool settings_clock(str text, int32_t *seconds);

#endif
