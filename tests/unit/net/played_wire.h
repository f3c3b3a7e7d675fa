/* unit/net/played_wire: a wire in a clock of its own, which answers as it is told: {status or outcome} one
 * after the other. */
#ifndef TESTS_PLAYED_WIRE_H
#define TESTS_PLAYED_WIRE_H

#include "net/wire.h"

enum { PLAYED_MOST = 64, LATENCY = 20 };

struct played_answer {
  enum outcome outcome;
  int status;
  const char *body, *rate;
};

struct played_wire {
  struct wire wire;
  int64_t now;
  const struct played_answer *answers; /* the last one goes on */
  size_t count, started;
  int64_t times[PLAYED_MOST];
  struct exchange *under_way[PLAYED_MOST];
  size_t waiting;
};

static int64_t played_now(struct wire *wire) { return ((struct played_wire *)(void *)wire)->now; }

static void played_start(struct wire *wire, struct exchange *exchange) {
  struct played_wire *played = (struct played_wire *)(void *)wire;
  if (played->started < PLAYED_MOST) played->times[played->started] = played->now;
  const struct played_answer *answer =
      &played->answers[played->started < played->count ? played->started : played->count - 1];
  played->started++;
  exchange->outcome = answer->outcome;
  if (answer->outcome) err_set(&exchange->err, answer->outcome, "as it was told");
  exchange->status = answer->outcome ? 0 : answer->status;
  if (answer->body) buf_add(&exchange->answer, str_of(answer->body));
  if (answer->rate)
    for (size_t i = 0; i < sizeof exchange->rate_limit - 1 && answer->rate[i]; i++)
      exchange->rate_limit[i] = answer->rate[i], exchange->rate_limit[i + 1] = '\0';
  played->under_way[played->waiting++] = exchange;
}

static struct exchange *played_wait(struct wire *wire, int64_t until) {
  struct played_wire *played = (struct played_wire *)(void *)wire;
  if (!played->waiting) {
    played->now = until;
    return NULL;
  }
  if (played->now + LATENCY > until) {
    played->now = until;
    return NULL;
  }
  played->now += LATENCY;
  return played->under_way[--played->waiting];
}

static uint32_t played_chance(struct wire *wire) {
  (void)wire;
  return 1234567;
}

static struct played_wire played_wire(const struct played_answer *answers, size_t count) {
  return (struct played_wire){ .wire = { played_now, played_start, played_wait, played_chance },
                               .now = 1000000,
                               .answers = answers,
                               .count = count };
}

#endif
