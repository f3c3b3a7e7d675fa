/* net/breaker: a host that fails again and again is left alone for a while. */
#include "net/breaker.h"

enum {
  FAILURES = 8,
  PAUSE = 60 * 1000,
  DOUBLINGS = 4,
  PAUSE_MOST = 15 * 60 * 1000,
  TRY_MOST = 2 * 60 * 1000
};

/* The one that was let through may have died with its process: then another is, after a while. */
int64_t breaker_wait(struct breaker *breaker, int64_t now) {
  if (!breaker->until) return 0;
  if (now < breaker->until) return breaker->until - now;
  if (breaker->trying && now < breaker->trying + TRY_MOST) return breaker->trying + TRY_MOST - now;
  breaker->trying = now;
  return 0;
}

void breaker_note(struct breaker *breaker, int64_t now, bool good) {
  if (good) {
    *breaker = (struct breaker){ 0 };
    return;
  }
  breaker->failures++;
  breaker->trying = 0;
  if (breaker->failures < FAILURES) return;
  int64_t doublings = breaker->failures - FAILURES, pause = PAUSE;
  for (int64_t i = 0; i < doublings && i < DOUBLINGS; i++) pause *= 2;
  breaker->until = now + (pause < PAUSE_MOST ? pause : PAUSE_MOST);
}

const char *breaker_state(const struct breaker *breaker, int64_t now) {
  if (!breaker->until) return "closed";
  return now < breaker->until ? "open" : "half-open";
}
