/* unit/spool/test_answer: an answer is sent whole, once or again, or not at all. */
#include "spool/answer.h"
#include "io/file.h"
#include "io/in.h"
#include "spool/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char site[64];
static struct arena *arena;
static struct spool *spool;
static struct err err;

static int enter(void **state) {
  (void)state;
  strcpy(site, "/tmp/sluice-test-answer-XXXXXX");
  if (!mkdtemp(site) || chdir(site)) return -1;
  arena = arena_new();
  err = (struct err){ 0 };
  mkdir("inbox", 0755);
  mkdir("inbox/goods", 0755);
  return spool_open(site, arena, &spool, &err) ? -1 : 0;
}

static int leave(void **state) {
  (void)state;
  char command[128];
  spool_close(spool);
  arena_free(arena);
  snprintf(command, sizeof command, "rm -rf %s", site);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void put(const char *path, const char *text) {
  if (file_put(path, 0600, str_of(text), &err)) fail_msg("%s", err.text);
}

static void assert_holds(const char *path, const char *want) {
  str bytes;
  if (in_read_whole(path, 1 << 20, arena, &bytes, &err)) fail_msg("%s", err.text);
  assert_true(str_eq(bytes, str_of(want)));
}

static unsigned mode_of(const char *path) {
  struct stat about;
  assert_int_equal(stat(path, &about), 0);
  return about.st_mode & 07777;
}

static const char *staged(const char *name, const char *rejects) {
  const char *folder;
  assert_int_equal(spool_answer_begin(spool, STR("goods"), STR("ab12"), STR("not taken"), &folder, &err),
                   OUT_OK);
  put(file_join(arena, folder, STR("ack")), "text");
  put(file_join(arena, folder, STR("ack.json")), "{}");
  if (rejects) put(file_join(arena, folder, STR("rejects")), "rows");
  struct spool_answer to = { STR("inbox/goods"), str_of(name), str_of(rejects) };
  assert_int_equal(spool_answer_seal(spool, folder, &to, &err), OUT_OK);
  return folder;
}

static enum outcome send_it(const char *folder) {
  return spool_answer_send(spool, STR("goods"), folder, &err);
}

static void all_of_it_goes_out(void **state) {
  (void)state;
  put("inbox/goods/a.tsv.ack", "old");
  const char *folder = staged("a.tsv", "a.tsv");
  assert_int_equal(send_it(folder), OUT_OK);
  assert_holds("inbox/goods/a.tsv.ack", "text");
  assert_holds("inbox/goods/a.tsv.ack.json", "{}");
  assert_holds("outbox/review/rejects/goods/a.tsv", "rows");
  assert_int_equal(mode_of("inbox/goods/a.tsv.ack"), 0640);
  assert_int_equal(mode_of("outbox/review/rejects/goods/a.tsv"), 0640);
  assert_int_equal(mode_of("outbox/review/rejects/goods"), 0750);
  assert_false(file_exists(folder));
}

/* Whatever of the three had moved when the run died. */
static void it_can_be_sent_again(void **state) {
  (void)state;
  static const char *const parts[] = { "rejects", "ack.json", "ack" };
  static const char *const places[] = { "outbox/review/rejects/goods/a.tsv", "inbox/goods/a.tsv.ack.json",
                                        "inbox/goods/a.tsv.ack" };
  for (size_t moved = 0; moved <= 3; moved++) {
    const char *folder = staged("a.tsv", "a.tsv");
    for (size_t i = 0; i < moved; i++) {
      const char *from = file_join(arena, folder, str_of(parts[i]));
      remove(places[i]);
      file_make_folders("outbox/review/rejects/goods", 0750, &err);
      assert_int_equal(rename(from, places[i]), 0);
    }
    assert_int_equal(send_it(folder), OUT_OK);
    assert_holds("inbox/goods/a.tsv.ack", "text");
    assert_holds("inbox/goods/a.tsv.ack.json", "{}");
    assert_holds("outbox/review/rejects/goods/a.tsv", "rows");
    assert_false(file_exists("outbox/review/rejects/goods/a.tsv.1"));
    assert_false(file_exists(folder));
  }
}

static void what_is_not_sealed_is_dropped(void **state) {
  (void)state;
  const char *folder = staged("a.tsv", NULL);
  assert_int_equal(unlink(file_join(arena, folder, STR("to"))), 0);
  assert_int_equal(send_it(folder), OUT_OK);
  assert_false(file_exists("inbox/goods/a.tsv.ack"));
  assert_false(file_exists(folder));
}

static void a_damaged_to_is_dropped(void **state) {
  (void)state;
  static const char *const texts[] = { "", "inbox/goods\n", "inbox/goods\n../a\n\n", "\na.tsv\n\n" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *folder = staged("a.tsv", NULL);
    put(file_join(arena, folder, STR("to")), texts[i]);
    assert_int_equal(send_it(folder), OUT_OK);
    assert_false(file_exists("inbox/goods/a.tsv.ack"));
    assert_false(file_exists("inbox/a.ack"));
  }
}

static void owed_ones_are_found(void **state) {
  (void)state;
  struct spool_owed *owed;
  size_t count;
  const char *folder;
  assert_int_equal(spool_answers_owed(spool, STR("goods"), &owed, &count, &err), OUT_OK);
  assert_int_equal(count, 0);
  staged("a.tsv", NULL);
  assert_int_equal(spool_answer_scratch(spool, STR("goods"), &folder, &err), OUT_OK);
  put(folder, "rows");
  assert_int_equal(spool_answers_owed(spool, STR("goods"), &owed, &count, &err), OUT_OK);
  assert_int_equal(count, 1);
  assert_true(str_eq(owed[0].id, STR("ab12")) && str_eq(owed[0].state, STR("not taken")));
  size_t given_back;
  assert_int_equal(spool_recover(spool, STR("goods"), &given_back, &err), OUT_OK);
  assert_false(file_exists(folder));
}

/* Names of up to 255 bytes, of letters of several bytes: what is beside them must fit too. */
static void long_names_are_cut(void **state) {
  (void)state;
  char name[256];
  for (size_t i = 0; i < 254; i += 2) memcpy(name + i, "\xc3\xa9", 3);
  assert_int_equal(send_it(staged(name, NULL)), OUT_OK);
  str *names;
  size_t count;
  assert_int_equal(file_list("inbox/goods", arena, &names, &count, &err), OUT_OK);
  assert_int_equal(count, 2);
  for (size_t i = 0; i < count; i++) assert_true(str_is_utf8(names[i], NULL));
}

static void rejects_of_other_bytes_get_a_number(void **state) {
  (void)state;
  put("rows", "new");
  file_make_folders("outbox/review/rejects/goods", 0750, &err);
  assert_true(str_eq(spool_rejects_name(spool, STR("goods"), STR("a.tsv"), "rows"), STR("a.tsv")));
  put("outbox/review/rejects/goods/a.tsv", "old");
  assert_true(str_eq(spool_rejects_name(spool, STR("goods"), STR("a.tsv"), "rows"), STR("a.tsv.1")));
  put("outbox/review/rejects/goods/a.tsv.1", "new");
  assert_true(str_eq(spool_rejects_name(spool, STR("goods"), STR("a.tsv"), "rows"), STR("a.tsv.1")));
}

static void old_answers_are_swept(void **state) {
  (void)state;
  int64_t now = (int64_t)time(NULL);
  static const char *const names[] = { "a.ack", "a.ack.json", "a.tsv" };
  for (size_t i = 0; i < 3; i++) {
    char path[64];
    snprintf(path, sizeof path, "inbox/goods/%s", names[i]);
    put(path, "x");
  }
  assert_int_equal(spool_answer_sweep(spool, STR("inbox/goods"), now - 5, &err), OUT_OK);
  assert_true(file_exists("inbox/goods/a.ack"));
  assert_int_equal(spool_answer_sweep(spool, STR("inbox/goods"), now + 5, &err), OUT_OK);
  assert_false(file_exists("inbox/goods/a.ack") || file_exists("inbox/goods/a.ack.json"));
  assert_true(file_exists("inbox/goods/a.tsv"));
  assert_int_equal(spool_answer_sweep(spool, STR("inbox/none"), now + 5, &err), OUT_OK);
}

static void answers_are_no_drops(void **state) {
  (void)state;
  struct drop *drops;
  size_t count;
  put("inbox/goods/a.tsv", "x");
  put("inbox/goods/a.tsv.ack", "x");
  put("inbox/goods/a.tsv.ack.json", "x");
  assert_int_equal(
      spool_drops(spool, STR("goods"), STR("inbox/goods"), STR("*"), 4000000000, 0, &drops, &count, &err),
      OUT_OK);
  assert_int_equal(count, 1);
  assert_true(drops[0].since > 0);
}

/* A file that others cannot reach is not open to them, whatever its own mode. */
static void open_places_are_told(void **state) {
  (void)state;
  struct spool_open_place *found;
  size_t count;
  file_make_folders("var/inbox/hold/goods", 0700, &err);
  put("var/inbox/hold/goods/a", "x");
  chmod("var/inbox/hold/goods/a", 0644);
  assert_int_equal(spool_places_open(spool, STR("goods"), false, &found, &count, &err), OUT_OK);
  assert_int_equal(count, 0);
  chmod("var/inbox/hold/goods", 0755);
  assert_int_equal(spool_places_open(spool, STR("goods"), false, &found, &count, &err), OUT_OK);
  assert_int_equal(count, 2);
  assert_true(str_eq(found[0].path, STR("var/inbox/hold/goods")) && found[0].mode == 0755);
  assert_true(str_eq(found[1].path, STR("var/inbox/hold/goods/a")) && found[1].most == 0600);
  assert_int_equal(spool_places_open(spool, STR("goods"), true, &found, &count, &err), OUT_OK);
  assert_int_equal(count, 3);
  assert_true(str_eq(found[0].path, STR("inbox/goods")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(all_of_it_goes_out, enter, leave),
    cmocka_unit_test_setup_teardown(it_can_be_sent_again, enter, leave),
    cmocka_unit_test_setup_teardown(what_is_not_sealed_is_dropped, enter, leave),
    cmocka_unit_test_setup_teardown(a_damaged_to_is_dropped, enter, leave),
    cmocka_unit_test_setup_teardown(owed_ones_are_found, enter, leave),
    cmocka_unit_test_setup_teardown(long_names_are_cut, enter, leave),
    cmocka_unit_test_setup_teardown(rejects_of_other_bytes_get_a_number, enter, leave),
    cmocka_unit_test_setup_teardown(old_answers_are_swept, enter, leave),
    cmocka_unit_test_setup_teardown(answers_are_no_drops, enter, leave),
    cmocka_unit_test_setup_teardown(open_places_are_told, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
