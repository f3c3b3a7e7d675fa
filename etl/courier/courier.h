/* courier/courier: whole files between the network and the spool; the only room that sees both.
 *
 * An errand is one thing to be carried for one feed: a report to its inbox, pages of orders, a feed to
 * Amazon. All errands of a run go at once, in one thread (net/loop), so their waits overlap; only those that
 * send feeds of one type of Amazon's go one after the other. None looks into what it carries beyond its form
 * (gzip, character set).
 *
 *   struct courier courier = { .amazon = amazon, .attempts = &attempts, .spool = spool, .now = now, ... };
 *   courier_add(&courier, &errand_report, feed, &errand);     for each
 *   courier_run(&courier);
 *   for (...) tell(courier.errands[i]->said, ->outcome);
 *
 * When we answer for a file: when its name stands in the inbox, fsynced (spool/arrival). Only then is it
 * noted as fetched (courier/memory). Who dies between the two fetches it again, and the same bytes are one
 * item.
 *
 * Its memory may be found damaged. Then it is begun anew, and whatever the errand comes to, that is told.
 *
 * An errand's outcome:
 *   OUT_OK       carried, or nothing was there to be carried
 *   OUT_END      done as far as it goes, and somebody should look: `said`
 *   OUT_RETRY    it waits: Amazon is not ready, or asks us to come later. The next run goes on with it
 *   OUT_SPEC     our keys or settings; OUT_REFUSED: Amazon says no for good; OUT_SYSTEM: our disk
 */
#ifndef SLUICE_COURIER_COURIER_H
#define SLUICE_COURIER_COURIER_H

#include "amazon/amazon.h"
#include "courier/memory.h"
#include "io/seal.h"
#include "spool/ledger.h"
#include "spool/spool.h"

struct errand;

/* A kind of errand: one file, one of these at its bottom. */
struct errand_kind {
  const char *name;
  void (*start)(struct errand *errand); /* goes on by itself, until errand_end */
};

extern const struct errand_kind errand_report, errand_listed, errand_pages, errand_submit, errand_https,
    errand_folder, errand_order;

/* A way to ask Amazon for pages of JSON (courier/pages). */
struct page_source;

struct errand_wish {
  str feed;
  str what;             /* report or feed type, address, folder */
  bool preview;         /* of a listings feed: shown to Amazon before it is sent */
  bool between;         /* of a feed: it runs every so many minutes, not at night */
  int64_t answer_hours; /* of a feed: how long its result may take before somebody is told; 0: for ever */
  str answers; /* of a feed: the feed that reads its result documents; "": none, they lie in sent/ only */
  str folder, ending;  /* the inbox it goes to, "inbox/orders"; ".xml" */
  int64_t window_days; /* read again each time; 0: from where the last one ended */
  int64_t whole_days;  /* asked for whole each time, so many days back; 0: not */
  int64_t since;       /* seconds: nothing older is asked for; 0: not stated */
  bool since_is_asked; /* by a person: from there, whatever was fetched before */
  str fallback;        /* how the site reads what is not UTF-8: "windows-1252", "shift_jis" */
  str period; /* of a report that Amazon makes by a schedule, "P1D"; "" = it is asked for, or made without one
               */
  str options; /* of a report: "ShowSalesChannel=true, .." */
  const struct page_source *pages;
  str filter;                 /* of pages: "fulfilledBy=AMAZON, .." */
  int64_t behind, until;      /* of pages: minutes; the window of S5, 60 and 30; 0: our own way */
  const struct seal_key *key; /* what it brings is sealed with it on its way to the disk; NULL: in the open */
  bool absolute;              /* of a feed: the same twice is the same */
  bool payment;               /* of a feed: it moves money: never again without a yes */
  bool agrees;                /* of a report: searchOrders knows whether there is nothing */
};

struct courier {
  struct amazon *amazon; /* NULL: only folders and plain addresses */
  struct attempts *attempts;
  struct spool *spool;
  struct ledger *ledger; /* NULL: nothing is entered */
  struct arena *arena;
  const char *site;
  str marketplaces; /* ids, by commas */
  str time;         /* the run's, for the ledger */
  int64_t now;      /* the same: seconds since 1970 */
  int64_t pace;     /* milliseconds before a second look at a report or feed; it doubles up to a minute */
  int64_t deadline; /* milliseconds by the loop's clock: what is not ready then waits for the next run */
  void *user;
  /* What became of bytes that this feed fetched: "released", "rejected", .. ; "" when they are not known. */
  str (*fate)(void *user, str feed, str digest);
  /* the errands */
  struct errand **errands;
  size_t count;
};

struct errand {
  struct courier *courier;
  const struct errand_kind *kind;
  struct errand_wish wish;
  struct arena *arena;
  struct memory *memory; /* of this feed and this thing; of what is sent: of this type, of all feeds */
  bool damaged;          /* its memory was, and is begun anew */
  bool follows;          /* it begins when another one has ended, and has its memory */
  struct errand *next;   /* that follows this one; NULL: none */
  void *own;
  /* results */
  bool ended;
  enum outcome outcome;
  str said;
  size_t files;
  uint64_t bytes;
  struct err err;
};

struct errand *courier_add(struct courier *courier, const struct errand_kind *kind,
                           const struct errand_wish *wish,
                           struct err *err); /* NULL: its memory cannot be read */
void courier_run(struct courier *courier);
void courier_start(struct courier *courier); /* the same, and whoever runs the loop waits for them */
void courier_free(struct courier *courier);

/* --- for the kinds --- */

void errand_end(struct errand *errand, enum outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What a call came to, when that is not what was hoped for: its outcome as an errand has it. */
void errand_end_call(struct errand *errand, const struct call *call);
void errand_end_err(struct errand *errand, const struct err *err);
/* Writes the memory; ends the errand and is false when the disk says no. */
bool errand_keep(struct errand *errand);
/* An entry in the ledger about the feed; the same. */
bool errand_enter(struct errand *errand, const char *event, const struct ledger_word *words, size_t count);
/* Calls `call` later, by growing pauses (the pace, twice that, .. 60 s), unless patience has ended: false
 * then. */
bool errand_pause(struct errand *errand, int turn, void (*call)(void *user), void *user);
/* Does what begins at `from`, in seconds, go on from what has been covered? When a person asks for what is
 * later it does not: were its end noted as covered, what lies between would never be fetched. */
bool errand_extends(struct errand *errand, int64_t from);
/* "2026-11-21T02:00:00Z" */
str errand_stamp(struct errand *errand, int64_t seconds);
int64_t errand_seconds(str stamp); /* 0: it is none */

#endif
