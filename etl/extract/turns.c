/* extract/turns: whole rows of a stream that can only be read from front to back, for several workers. */
#include "extract/turns.h"
#include "base/buf.h"
#include "base/memory.h"

#include <pthread.h>
#include <string.h>

enum { BLOCKS = 4, STEP = 64 * 1024 };

enum state { FREE, READY };

struct turns {
  struct in *in;
  size_t chunk_size;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  struct {
    struct turns_block block;
    enum state state;
    size_t index;
  } slots[BLOCKS];
  size_t next_index; /* of the block that is read next */
  bool several;      /* more than one worker was seen here */
  bool reading, at_end;
  uint64_t position;
  struct buf carry; /* bytes behind the last whole row; the reader's */
  enum outcome failed;
  struct err err;
};

struct turns *turns_new(struct in *in, size_t chunk_size, str rest, bool at_end) {
  struct turns *turns = mem_alloc(sizeof *turns);
  turns->in = in;
  turns->chunk_size = chunk_size;
  turns->at_end = at_end;
  turns->carry = buf_new(TURNS_ROW_MOST + chunk_size + STEP);
  buf_add(&turns->carry, rest);
  pthread_mutex_init(&turns->lock, NULL);
  pthread_cond_init(&turns->changed, NULL);
  return turns;
}

void turns_free(struct turns *turns) {
  if (!turns) return;
  for (size_t i = 0; i < BLOCKS; i++) mem_free(turns->slots[i].block.bytes);
  pthread_cond_destroy(&turns->changed);
  pthread_mutex_destroy(&turns->lock);
  buf_free(&turns->carry);
  mem_free(turns);
}

uint64_t turns_position(struct turns *turns) {
  pthread_mutex_lock(&turns->lock);
  uint64_t position = turns->position;
  pthread_mutex_unlock(&turns->lock);
  return position;
}

static void make_room(struct turns_block *block, size_t size) {
  if (block->room >= size + 2 * ROWS_SLACK) return;
  block->room = size + 2 * ROWS_SLACK;
  block->bytes = mem_grow(block->bytes, block->room);
  memset(block->bytes, 0, ROWS_SLACK);
}

/* The next whole rows; only the reader is here. */
static enum outcome fill(struct turns *turns, struct turns_block *block, bool *at_end, struct err *err) {
  size_t len = turns->carry.len, got;
  make_room(block, turns->chunk_size + len + STEP);
  if (len) memcpy(block->bytes + ROWS_SLACK, turns->carry.at, len);
  buf_clear(&turns->carry);
  for (size_t want = len < turns->chunk_size ? turns->chunk_size - len : STEP; !*at_end; want = STEP) {
    make_room(block, len + want + 1);
    got = 0;
    enum outcome out = in_read(turns->in, block->bytes + ROWS_SLACK + len, want, &got, err);
    len += got;
    if (out == OUT_END) *at_end = true;
    else if (out) return out;
    if (len && memchr(block->bytes + ROWS_SLACK, '\n', len)) break;
    if (len > TURNS_ROW_MOST) return err_set(err, OUT_DATA, "a row is longer than 4 MiB");
  }
  char *base = block->bytes + ROWS_SLACK;
  size_t whole = len;
  while (whole && base[whole - 1] != '\n') whole--;
  if (*at_end && whole < len) base[len] = '\n', whole = ++len; /* the file's last row has no line end */
  buf_bytes(&turns->carry, base + whole, len - whole);
  block->len = whole;
  return OUT_OK;
}

static int slot_in(const struct turns *turns, enum state state) {
  int best = -1;
  for (int i = 0; i < BLOCKS; i++)
    if (turns->slots[i].state == state && (best < 0 || turns->slots[i].index < turns->slots[best].index))
      best = i;
  return best;
}

/* The lock is held on entry and on leaving, not while reading. */
static void read_one(struct turns *turns, int slot) {
  turns->reading = true;
  bool at_end = turns->at_end;
  struct err err = { 0 };
  pthread_mutex_unlock(&turns->lock);
  enum outcome out = fill(turns, &turns->slots[slot].block, &at_end, &err);
  uint64_t position = in_position(turns->in);
  pthread_mutex_lock(&turns->lock);
  turns->reading = false;
  turns->at_end = at_end;
  turns->position = position;
  if (out) {
    turns->failed = out;
    turns->err = err;
  } else if (turns->slots[slot].block.len) {
    turns->slots[slot].state = READY;
    turns->slots[slot].index = turns->next_index++;
  }
  pthread_cond_broadcast(&turns->changed);
}

static void hand_over(struct turns *turns, int slot, struct turns_block *block, size_t *index) {
  struct turns_block mine = *block;
  *block = turns->slots[slot].block;
  turns->slots[slot].block = mine;
  turns->slots[slot].state = FREE;
  *index = turns->slots[slot].index;
  pthread_cond_broadcast(&turns->changed);
}

enum outcome turns_take(struct turns *turns, struct turns_block *block, size_t *index, struct err *err) {
  enum outcome out = OUT_OK;
  pthread_mutex_lock(&turns->lock);
  for (;;) {
    int ready = slot_in(turns, READY), free_slot = slot_in(turns, FREE);
    bool over = turns->at_end || turns->failed;
    turns->several |= turns->reading;
    /* Inflating is what takes longest and only one can do it: it never waits while there is room. */
    if (!turns->reading && !over && free_slot >= 0 && (ready < 0 || turns->several)) {
      read_one(turns, free_slot);
    } else if (ready >= 0) {
      hand_over(turns, ready, block, index);
      break;
    } else if (over && !turns->reading) {
      out = turns->failed ? turns->failed : OUT_END;
      if (turns->failed) *err = turns->err;
      break;
    } else {
      pthread_cond_wait(&turns->changed, &turns->lock);
    }
  }
  pthread_mutex_unlock(&turns->lock);
  return out;
}
