/* net/bucket: how many requests may go out now: a token bucket in whole numbers. */
#include "net/bucket.h"

#include <stddef.h>

enum { TOKEN = 1000000, RATE_MOST = 100000000, HOLD_BACK = 100, DIVISOR = 10 };

struct bucket bucket_full(int64_t rate, int64_t burst, int64_t now) {
  return (struct bucket){ .rate = rate, .burst = burst, .tokens = burst * TOKEN, .at = now };
}

/* Millionths in a millisecond are a tenth of the rate. A clock that was set back gives nothing, and takes
 * nothing. */
static int64_t tokens_at(const struct bucket *bucket, int64_t now) {
  int64_t most = bucket->burst * TOKEN, used = bucket->rate - bucket->rate / HOLD_BACK;
  int64_t elapsed = now > bucket->at ? now - bucket->at : 0;
  if (used <= 0) return bucket->tokens;
  if (elapsed > most * DIVISOR / used) return most;
  int64_t tokens = bucket->tokens + elapsed * used / DIVISOR;
  return tokens < most ? tokens : most;
}

int64_t bucket_take(struct bucket *bucket, int64_t now) {
  int64_t used = bucket->rate - bucket->rate / HOLD_BACK;
  int64_t tokens = tokens_at(bucket, now);
  if (tokens >= TOKEN) {
    bucket->tokens = tokens - TOKEN;
    bucket->at = now;
    return 0;
  }
  if (used <= 0) return INT64_MAX;
  int64_t wait = ((TOKEN - tokens) * DIVISOR + used - 1) / used;
  return bucket->at > now ? wait + (bucket->at - now) : wait;
}

int64_t bucket_left(const struct bucket *bucket, int64_t now) { return tokens_at(bucket, now) / TOKEN; }

void bucket_adopt(struct bucket *bucket, int64_t now, int64_t rate) {
  if (rate <= 0 || rate == bucket->rate) return;
  bucket->tokens = tokens_at(bucket, now);
  if (now > bucket->at) bucket->at = now;
  bucket->rate = rate;
}

void bucket_empty(struct bucket *bucket, int64_t now) {
  bucket->tokens = 0;
  if (now > bucket->at) bucket->at = now;
}

bool bucket_rate(const char *text, int64_t *rate) {
  int64_t number = 0;
  int places = -1;
  if (*text < '0' || *text > '9') return false;
  for (; *text && places < 4; text++) {
    if (*text == '.' && places < 0) {
      places = 0;
      continue;
    }
    if (*text < '0' || *text > '9') return false;
    number = number * 10 + (*text - '0');
    if (number > RATE_MOST) return false;
    if (places >= 0) places++;
  }
  for (; *text; text++)
    if (*text < '0' || *text > '9') return false; /* more places than we keep */
  for (int i = places < 0 ? 0 : places; i < 4; i++) number *= 10;
  *rate = number;
  return number > 0 && number <= RATE_MOST;
}
