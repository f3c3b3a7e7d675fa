/* load/apply_again: another try after a deadlock, a lock, or a server that went away.
 *
 * Before the n-th try it waits anything between nothing and the n-th longest pause ("full jitter"), so that
 * two that met do not meet again. The longest pause doubles, up to ten seconds.
 */
#include "load/apply_internal.h"

#include <time.h>
#include <unistd.h>

enum { TRIES = 8, PAUSE = 100, PAUSE_MOST = 10000 };

static uint64_t chance(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t seed = (uint64_t)now.tv_nsec ^ (uint64_t)getpid() << 32 ^ (uint64_t)now.tv_sec << 20;
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebu;
  return seed ^ (seed >> 31);
}

static void wait_before(const struct load *load, uint32_t tried) {
  uint64_t most = load->settings->pause ? load->settings->pause : PAUSE;
  for (uint32_t i = 1; i < tried && most < PAUSE_MOST; i++) most *= 2;
  uint64_t wait = chance() % ((most < PAUSE_MOST ? most : PAUSE_MOST) + 1);
  struct timespec left = { .tv_sec = (time_t)(wait / 1000), .tv_nsec = (long)(wait % 1000) * 1000000 };
  while (nanosleep(&left, &left)) {
  }
}

enum outcome load_connect(struct load *load, struct err *err) {
  plan_close(load);
  db_close(load->db);
  load->db = NULL;
  load->result->connects++;
  if (db_open(&load->settings->db, &load->db, err)) {
    load->db = NULL;
    return err->outcome;
  }
  return load->table_count ? plan_open(load, err) : OUT_OK;
}

/* A connection on which no transaction can be open or lost. */
static bool is_lost(const struct load *load, const struct err *err) {
  return !load->db || err->outcome == OUT_UNCERTAIN || db_fault(load->db) == DB_FAULT_GONE;
}

bool try_again(struct load *load, uint32_t *tried, struct err *err) {
  uint32_t most = load->settings->tries ? load->settings->tries : TRIES;
  bool lost = is_lost(load, err);
  while (lost || err->outcome == OUT_RETRY) {
    if (++*tried >= most) {
      if (lost && err->outcome == OUT_SYSTEM) err->outcome = OUT_RETRY;
      return false;
    }
    load->result->retries++;
    wait_before(load, *tried);
    if (!lost || !load_connect(load, err)) return true;
    lost = is_lost(load, err);
  }
  return false;
}
