/* job/wire: the way to Amazon as a site's settings state it: keys, region, limits, patience.
 *
 *   struct wire_way *way;
 *   wire_open(site, &way, &err);            OUT_END: the site has no keys: nothing is carried to or from
 * Amazon way->amazon, way->attempts, way->calls wire_close(way);
 */
#ifndef SLUICE_JOB_WIRE_H
#define SLUICE_JOB_WIRE_H

#include "amazon/amazon.h"
#include "job/local.h"
#include "job/site.h"
#include "net/http.h"
#include "report/carried.h"

struct wire_way {
  struct arena *arena;
  struct http *http;
  struct limits *limits;
  struct loop *loop;
  struct attempts attempts;
  struct account *account; /* NULL: the site has no keys */
  struct amazon *amazon;   /* the same */
  struct local *local;     /* the region is local; else NULL */
  str marketplaces;        /* ids, by commas */
  int64_t patience, pace;  /* minutes; milliseconds between the first looks at what is being made */
  struct carried told;     /* every call, until they are forgotten */
  struct arena *calls;     /* where they lie */
  int64_t ahead; /* seconds that our clock is before the other side's, by its last answer; 0: not known */
  bool clock_known;
};

bool wire_has_keys(const struct site *site);
/* Also without keys, for plain addresses. OUT_SPEC: a setting is wrong, or the key file. */
enum outcome wire_open(const struct site *site, struct wire_way **way, struct err *err);
void wire_close(struct wire_way *way);
/* For whoever goes on for days: the calls have been told. */
void wire_forget_calls(struct wire_way *way);

/* How many days the client secret has left, as of `now` in seconds; local: it has no end. */
enum wire_secret { WIRE_SECRET_UNKNOWN, WIRE_SECRET_LOCAL, WIRE_SECRET_KNOWN };
enum wire_secret wire_secret_days(const struct wire_way *way, int64_t now, int64_t *days);

#endif
