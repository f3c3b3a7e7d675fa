/* job/feed_internal: what reading and checking a feed share. */
#ifndef SLUICE_JOB_FEED_INTERNAL_H
#define SLUICE_JOB_FEED_INTERNAL_H

#include "job/feed.h"

struct parse {
  struct library *library;
  struct feed *feed;
  struct arena *arena;
  struct complaints *wrong;
  struct path_spec *transforms, *after; /* as named; the programs go into the feed */
  size_t transform_count, after_count;
  struct path_spec answer;
};

/* Reads the lines into parse->feed; false after a complaint that leaves nothing to look at. Needs no library.
 */
bool feed_parse(struct parse *parse, struct statement *root, str name);
/* Gives the names of a feed their meaning. */
void feed_check(struct parse *parse);

#endif
