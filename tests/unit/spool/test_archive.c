/* unit/spool/test_archive: what is put comes back the same, sealed and plain; what is purged does not. */
#include "spool/archive.h"
#include "io/file.h"
#include "io/in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct arena *arena;
static struct archive *archive;
static const str day = { "2026-11-21", 10 }, id = { "3f9a2b01c4d5e6f7", 16 }, feed = { "settlement", 10 };

static void reopen(bool sealed) {
  struct err err = { 0 };
  archive_close(archive);
  if (archive_open(".", sealed ? "keys" : NULL, NULL, arena, &archive, &err)) fail_msg("%s", err.text);
}

static int enter(void **state) {
  (void)state;
  arena = arena_new();
  archive = NULL;
  strcpy(folder, "/tmp/sluice-test-archive-XXXXXX");
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state) {
  (void)state;
  char command[128];
  archive_close(archive);
  arena_free(arena);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void put(const char *path, str text) {
  struct err err = { 0 };
  const char *name = strrchr(path, '/');
  if (name && file_make_folders(arena_text(arena, (str){ path, (size_t)(name - path) }), 0700, &err))
    fail_msg("%s", err.text);
  if (file_put(path, 0644, text, &err)) fail_msg("%s", err.text);
}

static void assert_file(const char *path, str text) {
  struct err err = { 0 };
  struct stat about;
  str got;
  if (in_read_whole(path, 64 << 20, arena, &got, &err)) fail_msg("%s", err.text);
  assert_true(str_eq(got, text));
  assert_int_equal(stat(path, &about), 0);
  assert_int_equal(about.st_mode & 0777, 0600);
}

static struct archive_member member(enum archive_kind kind, const char *name, str text) {
  struct archive_member made = { .kind = kind, .name = str_of(name), .bytes = text.len, .text = text };
  digest_bytes(text, made.digest);
  if (kind >= ARCHIVE_OUTPUT) {
    made.path = arena_printf(arena, "build/%s", name).at;
    put(made.path, text);
  }
  return made;
}

static const char original[] = "id\tamount\nb\t2\n";

static void put_item(bool personal) {
  static struct archive_member members[4];
  struct err err = { 0 };
  members[0] = member(ARCHIVE_ORIGINAL, "a b.txt", str_of(original));
  members[1] = member(ARCHIVE_SPEC, "feeds/settlement.feed", STR("feed settlement\n"));
  members[2] = member(ARCHIVE_OUTPUT, "outbox/sl/one.txt", STR("one\n\nfeed two\n"));
  members[3] = member(ARCHIVE_OUTPUT, "outbox/sl/two.txt", STR(""));
  const struct archive_account account = { .feed = feed,
                                           .id = id,
                                           .key = STR("7000 0021"),
                                           .k = STR("77c1"),
                                           .file = STR("a b.txt"),
                                           .time = STR("2026-11-21T02:10:04Z"),
                                           .personal = personal,
                                           .members = members,
                                           .count = 4 };
  if (archive_put(archive, day, &account, &err)) fail_msg("%s", err.text);
  put("var/inbox/work/settlement/a.txt", str_of(original));
  if (archive_original(archive, NULL, "var/inbox/work/settlement/a.txt", day, archive_series(feed, personal),
                       id, STR("a b.txt"), &err))
    fail_msg("%s", err.text);
  assert_false(file_exists("var/inbox/work/settlement/a.txt"));
}

static void check_item(void) {
  struct archive_account account;
  struct err err = { 0 };
  char hex[DIGEST_TEXT];
  if (archive_read(archive, feed, day, id, arena, &account, &err)) fail_msg("%s", err.text);
  assert_true(str_eq(account.key, STR("7000 0021")));
  assert_true(str_eq(account.file, STR("a b.txt")));
  assert_true(str_eq(account.time, STR("2026-11-21T02:10:04Z")));
  assert_int_equal(account.count, 4);
  static const char *const texts[] = { original, "feed settlement\n", "one\n\nfeed two\n", "" };
  for (size_t i = 0; i < account.count; i++) {
    if (archive_fetch(archive, day, &account, &account.members[i], "out", &err)) fail_msg("%s", err.text);
    assert_file("out", str_of(texts[i]));
  }
  assert_true(archive_has_original(archive, day, id, STR("a b.txt")));
  assert_int_equal(archive_fetch_original(archive, feed, day, id, STR("a b.txt"), "out", hex, &err), OUT_OK);
  assert_string_equal(hex, account.members[0].digest);
}

static void test_put_and_read(void **state) {
  (void)state;
  for (int sealed = 0; sealed < 2; sealed++) {
    reopen(sealed);
    put_item(false);
    check_item();
    put_item(false); /* again: a run that died before its ledger entry */
    reopen(sealed);
    check_item();
    assert_int_equal(archive_plain_original(archive, day, id, STR("a b.txt")) != NULL, !sealed);
    file_remove_folder("var", &(struct err){ 0 });
  }
}

static bool stands_in(const char *path, const char *text) {
  char command[256];
  snprintf(command, sizeof command, "grep -rqa -e '%s' %s", text, path);
  return system(command) == 0;
}

static void test_sealed_says_nothing(void **state) {
  (void)state;
  reopen(true);
  put_item(true);
  assert_true(file_exists("var/outbox/archive/2026-11-21/3f9a2b01c4d5e6f7.sealed"));
  assert_true(file_exists("var/inbox/archive/2026-11-21/3f9a2b01c4d5e6f7-a b.txt.sealed"));
  assert_false(stands_in("var", "amount"));
  assert_false(stands_in("var", "feed two"));
  assert_false(stands_in("var", "7000 0021"));
}

static void test_series(void **state) {
  (void)state;
  struct archive_account account;
  struct archive_purged purged;
  struct err err = { 0 };
  const struct archive_item item = { id, STR("a b.txt") };
  reopen(true);
  put_item(true);
  check_item();
  assert_int_equal(archive_purge(archive, day, STR_NONE, NULL, 0, STR("2027-01-01T00:00:00Z"), &purged, &err),
                   OUT_OK);
  check_item(); /* the books' key of that day is another */
  assert_int_equal(system("cp -R var kept"), 0);
  assert_int_equal(archive_purge(archive, day, feed, &item, 1, STR("2027-01-02T00:00:00Z"), &purged, &err),
                   OUT_OK);
  assert_int_equal(purged.files, 2);
  assert_true(purged.bytes > 0);
  assert_int_equal(archive_purge(archive, day, feed, &item, 1, STR("2027-01-03T00:00:00Z"), &purged, &err),
                   OUT_OK);
  assert_int_equal(purged.files, 0);
  assert_int_equal(archive_read(archive, feed, day, id, arena, &account, &err), OUT_END);
  assert_int_equal(system("rm -rf var && mv kept var"), 0); /* a backup of var/ brings nothing back */
  err = (struct err){ 0 };
  assert_int_equal(archive_read(archive, feed, day, id, arena, &account, &err), OUT_END);
  assert_non_null(strstr(err.text, "its key was destroyed on 2027-01-02"));
}

static void test_child(void **state) {
  (void)state;
  struct err err = { 0 };
  char hex[DIGEST_TEXT], *bytes = malloc(9 << 20);
  assert_non_null(bytes);
  for (size_t i = 0; i < 9 << 20; i++) bytes[i] = (char)(i * 31 + i / 65536);
  str text = { bytes, 9 << 20 };
  for (int sealed = 0; sealed < 2; sealed++)
    for (int give_up = 0; give_up < 2; give_up++) {
      reopen(sealed);
      put("var/inbox/work/settlement/big", text);
      struct sealing *sealing = archive_begin(archive, "var/inbox/work/settlement/big", day, STR_NONE);
      assert_int_equal(sealing != NULL, sealed);
      if (give_up) archive_give_up(sealing), sealing = NULL;
      if (archive_original(archive, sealing, "var/inbox/work/settlement/big", day, STR_NONE, id, STR("big"),
                           &err))
        fail_msg("%s", err.text);
      if (archive_fetch_original(archive, feed, day, id, STR("big"), "out", hex, &err))
        fail_msg("%s", err.text);
      assert_file("out", text);
      assert_false(file_exists("var/inbox/sealing/big.sealed"));
      file_remove_folder("var", &(struct err){ 0 });
    }
  free(bytes);
}

static void test_bad(void **state) {
  (void)state;
  struct archive_account account;
  struct err err = { 0 };
  reopen(false);
  put_item(false);
  assert_int_equal(archive_read(archive, feed, day, STR("0000000000000000"), arena, &account, &err), OUT_END);
  static const char *const accounts[] = {
    "",
    "sluice-archive 2\n\n",
    "sluice-archive 1\n",
    "sluice-archive 1\nwhat is this\n\n",
    "sluice-archive 1\noutput x 00 name\n\n",
    "sluice-archive 1\noutput 12 00 name\n\n",
    "sluice-archive 1\noutput -1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 name\n\n",
  };
  for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
    put("var/outbox/archive/2026-11-21/3f9a2b01c4d5e6f7", str_of(accounts[i]));
    err = (struct err){ 0 };
    assert_int_equal(archive_read(archive, feed, day, id, arena, &account, &err), OUT_DATA);
    assert_non_null(strstr(err.file, "var/outbox/archive/2026-11-21/3f9a2b01c4d5e6f7"));
  }
  put_item(false);
  assert_int_equal(archive_read(archive, feed, day, id, arena, &account, &err), OUT_OK);
  put("var/inbox/archive/2026-11-21/3f9a2b01c4d5e6f7-a b.txt", STR("changed"));
  err = (struct err){ 0 };
  assert_int_equal(archive_fetch(archive, day, &account, &account.members[0], "out", &err), OUT_DATA);
  assert_non_null(strstr(err.text, "its SHA-256 differs"));
  assert_false(file_exists("out"));
}

static void test_days(void **state) {
  (void)state;
  struct err err = { 0 };
  str *names;
  size_t count;
  reopen(true);
  assert_int_equal(archive_days(archive, arena, &names, &count, &err), OUT_OK);
  assert_int_equal(count, 0);
  put_item(false);
  assert_int_equal(archive_days(archive, arena, &names, &count, &err), OUT_OK);
  assert_int_equal(count, 1);
  assert_true(str_eq(names[0], day));
  assert_int_equal(archive_ids(archive, day, arena, &names, &count, &err), OUT_OK);
  assert_int_equal(count, 1);
  assert_true(str_eq(names[0], id));
}

int main(void) {
#define CASE(test) cmocka_unit_test_setup_teardown(test, enter, leave)
  const struct CMUnitTest tests[] = {
    CASE(test_put_and_read), CASE(test_sealed_says_nothing),
    CASE(test_series),       CASE(test_child),
    CASE(test_bad),          CASE(test_days),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
