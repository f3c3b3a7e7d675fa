/* report/standing: how a site stands: its feeds, what went wrong, and the questions that wait for a person.
 *
 *   feed        last good run                 waiting  released  ready  held  rejected  due
 *   settlement  2026-11-21 02:00:00, 3 h ago        0         5      1     0         1  2026-11-22 01:00
 *
 *   new since this night began
 *     settlement  b.txt was rejected: the rows add up to Amazon's total: 99.99, not 24.50
 *   known already: 2 more
 *
 *   1 question waits for an answer
 *
 *   ready  70000000011  settlement  2026-10-16-us.txt  743.25 USD  since 2026-11-21
 *          its proofs hold; shall it be released?
 *          var/outbox/ready/3f9a.../outbox/sl/settlement/journal-70000000011.txt
 *   row    Q-7F3K2MW  settlement  2026-10-16-us.txt row 12  since 2026-11-21
 *          unknown label Order / ItemFees / SkyHookFee went to suspense
 *          a row of gl-accounts.csv: account; sub; label
 */
#ifndef SLUICE_REPORT_STANDING_H
#define SLUICE_REPORT_STANDING_H

#include "base/buf.h"
#include "base/memory.h"

enum standing_state {
  STANDING_RELEASED,
  STANDING_READY,
  STANDING_HELD,
  STANDING_REJECTED,
  STANDING_SKIPPED,
  STANDING_ADOPTED,
  STANDING_REVERSED,
  STANDING_REFUSED,
  STANDING_STATES
};
bool standing_by_name(str name, enum standing_state *state);

struct standing_feed {
  str feed, last; /* last: "" = there was none */
  int64_t age;    /* of it, in seconds */
  uint64_t waiting, items[STANDING_STATES];
  bool due;
  str why, next; /* why it is due; else when it will be, "" = only when asked for */
};

struct standing_alarm {
  str feed, text;
  bool is_new; /* named; else only counted (R43) */
};

struct standing_question {
  str state, feed, key, id, file, amount, since, question, place;
  str name;    /* by which it is answered */
  str code;    /* the question's own id */
  bool values; /* a row of a sheet is asked for */
};

void standing_feeds_text(const struct standing_feed *feeds, size_t count, struct buf *text);
void standing_alarms_text(const struct standing_alarm *alarms, size_t count, struct buf *text);
/* With `answers`: how to say yes and no to each. */
void standing_questions_text(const struct standing_question *questions, size_t count, bool answers,
                             struct buf *text);
struct standing_site {
  const struct standing_feed *feeds;
  size_t feed_count;
  const struct standing_alarm *alarms;
  size_t alarm_count;
  const struct standing_question *questions;
  size_t question_count;
};
void standing_json(const struct standing_site *standing, struct buf *text);
void standing_questions_json(const struct standing_question *questions, size_t count, struct buf *text);

#endif
