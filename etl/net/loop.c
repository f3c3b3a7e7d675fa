/* net/loop: many things that wait at the same time, in one thread: exchanges, and calls at a stated time. */
#include "net/loop.h"
#include "base/memory.h"

struct later {
  int64_t when;
  uint64_t order;
  void (*call)(void *user);
  void *user;
};

/* A heap, the next one first. */
struct loop {
  struct wire *wire;
  struct later *heap;
  size_t count, room, under_way;
  uint64_t order;
};

struct loop *loop_new(struct wire *wire) {
  struct loop *loop = mem_alloc(sizeof *loop);
  loop->wire = wire;
  return loop;
}

int64_t loop_now(const struct loop *loop) { return loop->wire->now(loop->wire); }
uint32_t loop_chance(struct loop *loop) { return loop->wire->chance(loop->wire); }

static bool before(const struct later *a, const struct later *b) {
  return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void swap(struct later *a, struct later *b) {
  struct later kept = *a;
  *a = *b;
  *b = kept;
}

void loop_at(struct loop *loop, int64_t when, void (*call)(void *user), void *user) {
  if (loop->count == loop->room) {
    loop->room = loop->room ? loop->room * 2 : 16;
    loop->heap = mem_grow(loop->heap, loop->room * sizeof *loop->heap);
  }
  size_t i = loop->count++;
  loop->heap[i] = (struct later){ when, loop->order++, call, user };
  for (; i && before(&loop->heap[i], &loop->heap[(i - 1) / 2]); i = (i - 1) / 2)
    swap(&loop->heap[i], &loop->heap[(i - 1) / 2]);
}

static struct later take_next(struct loop *loop) {
  struct later next = loop->heap[0];
  loop->heap[0] = loop->heap[--loop->count];
  for (size_t i = 0, kid; (kid = 2 * i + 1) < loop->count; i = kid) {
    if (kid + 1 < loop->count && before(&loop->heap[kid + 1], &loop->heap[kid])) kid++;
    if (!before(&loop->heap[kid], &loop->heap[i])) break;
    swap(&loop->heap[kid], &loop->heap[i]);
  }
  return next;
}

void loop_send(struct loop *loop, struct exchange *exchange) {
  loop->under_way++;
  loop->wire->start(loop->wire, exchange);
}

void loop_run(struct loop *loop) {
  while (loop->count || loop->under_way) {
    int64_t now = loop_now(loop);
    if (loop->count && loop->heap[0].when <= now) {
      struct later next = take_next(loop);
      next.call(next.user);
      continue;
    }
    struct exchange *ended = loop->wire->wait(loop->wire, loop->count ? loop->heap[0].when : INT64_MAX);
    if (!ended) continue;
    loop->under_way--;
    ended->ended(ended);
  }
}

void loop_free(struct loop *loop) {
  if (!loop) return;
  mem_free(loop->heap);
  mem_free(loop);
}
