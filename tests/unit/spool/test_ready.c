/* unit/spool/test_ready: what of the folders in ready is known to the ledger, and what a dead run left. */
#include "scratch_site.h"
#include "spool/ledger.h"

static struct ledger *ledger_with(const char *event, const char *k) {
  struct err err = { 0 };
  struct ledger *ledger;
  size_t torn;
  struct ledger_word words[] = { { STR("id"), STR("1") }, { STR("k"), str_of(k) } };
  assert_int_equal(ledger_open("var", &ledger, &torn, &err), OUT_OK);
  if (event) assert_int_equal(ledger_append(ledger, STR("t"), str_of(event), feed, words, 2, &err), OUT_OK);
  return ledger;
}

static void recover_ready(const char *event, const char *end) {
  struct err err = { 0 };
  struct ledger *ledger = ledger_with(event, "K");
  assert_int_equal(spool_recover_ready(spool, ledger, &err), OUT_OK);
  ledger_close(ledger);
  assert_tree("var/outbox", end);
}

static void build(void) {
  struct err err = { 0 };
  const char *path;
  assert_int_equal(spool_build(spool, STR("K"), &path, &err), OUT_OK);
  put(file_join(arena, path, STR("outbox/sl/b.txt")), "B");
}

/* A run that died before it said what it built; but not one that lives, nor what waits for an answer, nor what
 * was ready when an old ledger was put back. */
static void test_recover_ready(void **state) {
  (void)state;
  struct err err = { 0 };
  recover_ready(NULL, "");
  build();
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  recover_ready(NULL, "build/K.lock ready/K/outbox/sl/b.txt");
  reopen();
  recover_ready("ready", "build/K.lock ready/K/outbox/sl/b.txt");
  recover_ready("refused", "build/ ready/");
  build();
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  assert_int_equal(spool_build_drop(spool, STR("K"), &err), OUT_OK);
  recover_ready(NULL, "build/ ready/K/outbox/sl/b.txt");
}

int main(void) {
  const struct CMUnitTest tests[] = { CASE(test_recover_ready) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
