/* unit/job/test_watch: a look at the queue leaves nothing behind in memory, for there are thousands a day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../net/played_wire.h"
#include "base/map.h"
#include "io/file.h"
#include "job/watch.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKS = 300 };

static char folder[] = "/tmp/sluice-test-watch-XXXXXX";

static void test_memory(void **state) {
  (void)state;
  struct err err = { 0 };
  struct arena *arena = arena_new();
  struct site site;
  struct ledger *ledger;
  struct wire_way *way;
  struct account account = { .aws_key = "AKIDEXAMPLE" };
  size_t torn, site_size = 0, way_size = 0, look_size = 0, call_size = 0;
  credential_set(&account.aws_secret, STR("secret"));
  assert_int_equal(file_put(file_join(arena, folder, STR("sluice.conf")), 0600,
                            STR("accounting-time-zone = Europe/Berlin\n"), &err),
                   OUT_OK);
  struct library *library = library_open(folder, NULL, arena, complaints_new(arena));
  assert_int_equal(site_open(library, STR("2026-11-21T02:00:00Z"), &site, &err), OUT_OK);
  assert_int_equal(ledger_open(file_join(arena, folder, STR("var")), &ledger, &torn, &err), OUT_OK);
  assert_int_equal(wire_open(&site, &way, &err), OUT_OK);
  static const struct played_answer answer = { .status = 200, .body = "{}" };
  struct played_wire wire = played_wire(&answer, 1);
  loop_free(way->loop);
  way->loop = way->attempts.loop = loop_new(&wire.wire);
  struct watch_round kept = { .site = &site, .ledger = ledger, .way = way };
  kept.queue = queue_new(&way->attempts, "https://sqs.us-east-1.amazonaws.com/1/q", &account);
  kept.arena = arena_new();
  kept.feeds = map_new(site.arena);
  for (int i = 0; i < LOOKS; i++) {
    struct watch_round round = kept;
    arena_reset(kept.arena);
    wire_forget_calls(way);
    assert_int_equal(watch_look(&round, 1, &err), OUT_OK);
    assert_int_equal(round.messages, 0);
    if (!i) site_size = arena_size(site.arena), way_size = arena_size(way->arena);
    if (!i) look_size = arena_size(kept.arena), call_size = arena_size(way->calls);
  }
  assert_int_equal(arena_size(site.arena), site_size);
  assert_int_equal(arena_size(way->arena), way_size);
  assert_int_equal(arena_size(kept.arena), look_size);
  assert_int_equal(arena_size(way->calls), call_size);
  assert_int_equal(way->told.call_count, 1);
  queue_free(kept.queue);
  arena_free(kept.arena);
  wire_close(way);
  ledger_close(ledger);
  site_close(&site);
  arena_free(arena);
}

int main(void) {
  struct err err = { 0 };
  if (!mkdtemp(folder)) return 1;
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_memory) };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  file_remove_folder(folder, &err);
  return failed;
}
