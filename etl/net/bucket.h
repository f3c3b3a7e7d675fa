/* net/bucket: how many requests may go out now: a token bucket in whole numbers.
 *
 * It holds up to `burst` tokens and gains `rate` of them a second; a request takes one. Rates are stated in
 * ten-thousandths, as Amazon states them (0.0167 a second is 167). A rate that was rounded up would let us
 * ask a little too often for ever, so a hundredth of it is left unused.
 *
 *   struct bucket bucket = bucket_full(167, 15, now);
 *   int64_t wait = bucket_take(&bucket, now);       0: taken; else so many milliseconds until one is there
 *   bucket_adopt(&bucket, now, 333);                the other side says that its rate is another
 *   bucket_empty(&bucket, now);                     it said that ours is wrong: 429
 */
#ifndef SLUICE_NET_BUCKET_H
#define SLUICE_NET_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
  int64_t rate;   /* tokens in ten thousand seconds */
  int64_t burst;  /* tokens at most */
  int64_t tokens; /* in millionths */
  int64_t at;     /* when that was so: milliseconds since 1970 */
};

struct bucket bucket_full(int64_t rate, int64_t burst, int64_t now);
int64_t bucket_take(struct bucket *bucket, int64_t now);
int64_t bucket_left(const struct bucket *bucket, int64_t now); /* whole tokens */
void bucket_adopt(struct bucket *bucket, int64_t now, int64_t rate);
void bucket_empty(struct bucket *bucket, int64_t now);
/* "0.0167" -> 167; false: it is no rate. */
bool bucket_rate(const char *text, int64_t *rate);

#endif
