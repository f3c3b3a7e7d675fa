/* net/breaker: a host that fails again and again is left alone for a while.
 *
 *   closed      all may go; after FAILURES in a row it opens
 *   open        nothing may go until `until`; the pause doubles from one minute to at most fifteen
 *   half-open   one may go: it closes the breaker, or opens it again for longer
 *
 * A failure is no answer, or an answer of 500 and above. That a host says 429 or 403 shows that it lives.
 *
 *   int64_t wait = breaker_wait(&breaker, now);     0: go; else so many milliseconds
 *   breaker_note(&breaker, now, good);
 */
#ifndef SLUICE_NET_BREAKER_H
#define SLUICE_NET_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

struct breaker {
  int64_t failures; /* in a row */
  int64_t until;    /* it is open until then; 0: closed */
  int64_t trying;   /* half-open: the one that was let through, since when; 0: none */
};

int64_t breaker_wait(struct breaker *breaker, int64_t now);
void breaker_note(struct breaker *breaker, int64_t now, bool good);
const char *breaker_state(const struct breaker *breaker, int64_t now);

#endif
