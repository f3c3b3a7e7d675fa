/* unit/io/test_file: a file is whole or not there, durable before anybody is told, and never replaces. */
#define _GNU_SOURCE /* syscall, renameat2 */
#include "io/file.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the disk was asked to do, in order: f file synced, d folder synced, r renamed, l linked, u unlinked.
 * These stand in for libc's own. */
static char steps[64];
static int sync_fails_at; /* 1-based count of fsync calls; 0 = never */
static int syncs;
static bool no_renameat2;

static void note(char step) {
  size_t len = strlen(steps);
  if (len + 1 < sizeof steps) steps[len] = step, steps[len + 1] = '\0';
}

static void start_over(void) {
  steps[0] = '\0';
  syncs = sync_fails_at = 0;
  no_renameat2 = false;
}

int fsync(int fd) {
  struct stat about;
  note(fstat(fd, &about) == 0 && S_ISDIR(about.st_mode) ? 'd' : 'f');
  if (++syncs != sync_fails_at) return 0;
  errno = EIO;
  return -1;
}

int rename(const char *from, const char *to) {
  note('r');
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  if (no_renameat2) {
    errno = EINVAL;
    return -1;
  }
  note('r');
  return (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
}

int link(const char *from, const char *to) {
  note('l');
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path) {
  note('u');
  return unlinkat(AT_FDCWD, path, 0);
}

/* Each test has a folder of its own, which is the current one. */
static char folder[64];

static int enter(void **state) {
  (void)state;
  start_over();
  umask(022);
  strcpy(folder, "/tmp/sluice-test-file-XXXXXX");
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void assert_file(const char *path, str want) {
  char *got = malloc(want.len + 2);
  FILE *file = fopen(path, "rb");
  if (!file) fail_msg("%s is not there", path);
  size_t len = fread(got, 1, want.len + 1, file);
  if (!str_eq((str){ got, len }, want)) fail_msg("%s holds other bytes", path);
  fclose(file);
  free(got);
}

static void assert_names(const char *path, const char *want) {
  struct err err = { 0 };
  struct arena *arena = arena_new();
  struct buf all = buf_new(10000);
  str *names;
  size_t count;
  assert_int_equal(file_list(path, arena, &names, &count, &err), OUT_OK);
  for (size_t i = 0; i < count; i++) buf_printf(&all, "%s%.*s", i ? " " : "", STR_ARG(names[i]));
  buf_char(&all, '\0');
  assert_string_equal(all.at, want);
  buf_free(&all);
  arena_free(arena);
}

static void put(const char *path, const char *text) {
  struct err err = { 0 };
  if (file_put(path, 0644, str_of(text), &err)) fail_msg("%s", err.text);
}

static void test_put(void **state) {
  (void)state;
  struct err err = { 0 };
  struct stat about;
  assert_int_equal(file_put("a.txt", 0600, STR("one"), &err), OUT_OK);
  assert_string_equal(steps, "frd");
  assert_file("a.txt", STR("one"));
  assert_int_equal(stat("a.txt", &about), 0);
  assert_int_equal(about.st_mode & 0777, 0600);
  assert_int_equal(file_put("a.txt", 0600, STR("two"), &err), OUT_OK); /* replaces */
  assert_file("a.txt", STR("two"));
  assert_int_equal(file_put("empty", 0600, STR_NONE, &err), OUT_OK);
  assert_file("empty", STR_NONE);
  assert_names(".", "a.txt empty");
}

/* Pieces on both sides of the buffer's size arrive in order. */
static void test_pieces(void **state) {
  (void)state;
  static const size_t sizes[] = { 1, 100, 262143, 1, 262144, 262145, 0, 7, 600000, 100000, 262144, 3 };
  struct err err = { 0 };
  struct file *file;
  struct buf want = buf_new(4000000);
  assert_int_equal(file_create("a", 0644, &file, &err), OUT_OK);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t start = want.len;
    for (size_t k = 0; k < sizes[i]; k++) buf_char(&want, (char)(k * 7 + i));
    assert_int_equal(file_write(file, str_sub(buf_str(&want), start, want.len), &err), OUT_OK);
    assert_int_equal(file_written(file), want.len);
  }
  assert_false(file_exists("a"));
  assert_int_equal(file_commit(file, &err), OUT_OK);
  assert_file("a", buf_str(&want));
  buf_free(&want);
}

static void test_only_a_part_before_commit(void **state) {
  (void)state;
  struct err err = { 0 };
  struct file *file, *other;
  struct arena *arena = arena_new();
  str *names;
  size_t count;
  put("a", "old");
  assert_int_equal(file_create("a", 0644, &file, &err), OUT_OK);
  assert_int_equal(file_create("a", 0644, &other, &err), OUT_OK); /* two writers do not meet */
  assert_int_equal(file_write(file, STR("new"), &err), OUT_OK);
  assert_file("a", STR("old"));
  assert_int_equal(file_list(".", arena, &names, &count, &err), OUT_OK);
  assert_int_equal(count, 3);
  for (size_t i = 0; i < 2; i++) {
    assert_true(str_starts(names[i], STR(".a.")) && str_ends(names[i], STR(".part")));
    assert_int_equal(names[i].len, strlen(".a.XXXXXX.part"));
  }
  file_abandon(other);
  file_abandon(file);
  file_abandon(NULL);
  assert_file("a", STR("old"));
  assert_names(".", "a");
  arena_free(arena);
}

static void test_commit_new(void **state) {
  (void)state;
  for (int pass = 0; pass < 2; pass++) {
    struct err err = { 0 };
    struct file *file;
    const char *path = pass ? "linked" : "renamed";
    start_over();
    no_renameat2 = pass == 1;
    assert_int_equal(file_create(path, 0644, &file, &err), OUT_OK);
    assert_int_equal(file_write(file, STR("first"), &err), OUT_OK);
    assert_int_equal(file_commit_new(file, &err), OUT_OK);
    assert_string_equal(steps, pass ? "flud" : "frd");
    assert_int_equal(file_create(path, 0644, &file, &err), OUT_OK);
    assert_int_equal(file_write(file, STR("second"), &err), OUT_OK);
    assert_int_equal(file_commit_new(file, &err), OUT_REFUSED);
    assert_non_null(strstr(err.text, path));
    assert_file(path, STR("first"));
  }
  assert_names(".", "linked renamed");
}

/* When the disk cannot promise the bytes, the name never appears and the old file stays. */
static void test_sync_fails(void **state) {
  (void)state;
  struct err err = { 0 };
  put("a", "old");
  start_over();
  sync_fails_at = 1;
  assert_int_equal(file_put("a", 0644, STR("new"), &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot write a: Input/output error");
  assert_file("a", STR("old"));
  assert_names(".", "a");
  start_over();
  sync_fails_at = 2; /* the folder's */
  assert_int_equal(file_put("b", 0644, STR("new"), &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot sync the folder of b: Input/output error");
}

static void limit_file_size(rlim_t most) {
  struct rlimit limit;
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = most;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* As on a full disk: the failure stays with the file, whatever is called next. */
static void test_write_fails(void **state) {
  (void)state;
  struct err err = { 0 };
  struct file *file;
  char *block = calloc(1, 300000);
  limit_file_size(1000);
  assert_int_equal(file_create("a", 0644, &file, &err), OUT_OK);
  assert_int_equal(file_write(file, (str){ block, 2000 }, &err), OUT_OK); /* still in the buffer */
  assert_int_equal(file_commit(file, &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot write a: File too large");
  assert_int_equal(file_create("a", 0644, &file, &err), OUT_OK);
  assert_int_equal(file_write(file, (str){ block, 300000 }, &err), OUT_SYSTEM);
  limit_file_size(RLIM_INFINITY);
  assert_int_equal(file_write(file, STR("x"), &err), OUT_SYSTEM);
  assert_int_equal(file_commit(file, &err), OUT_SYSTEM);
  assert_int_equal(file_put("a", 0644, (str){ block, 300000 }, &err), OUT_OK);
  assert_names(".", "a");
  free(block);
}

static void test_names(void **state) {
  (void)state;
  struct err err = { 0 };
  struct file *file;
  char name[300];
  memset(name, 'n', sizeof name);
  name[255] = '\0';
  put(name, "the longest name there is");
  assert_names(".", name);
  name[255] = 'n', name[256] = '\0';
  assert_int_equal(file_put(name, 0644, STR("x"), &err), OUT_SYSTEM);
  assert_non_null(strstr(err.text, name));
  assert_int_equal(file_create("no/such/a", 0644, &file, &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot create no/such/a: No such file or directory");
  assert_null(file);
  assert_int_equal(file_create("sub/", 0644, &file, &err), OUT_SYSTEM);
  assert_int_equal(file_create("", 0644, &file, &err), OUT_SYSTEM);
  char path[200];
  snprintf(path, sizeof path, "%s//deep", folder);
  put(path, "by its whole path");
  assert_file("deep", STR("by its whole path"));
}

static void test_append(void **state) {
  (void)state;
  struct err err = { 0 };
  struct stat about;
  assert_int_equal(file_append("ledger", 0640, STR("one\n"), &err), OUT_OK);
  assert_string_equal(steps, "fd");
  assert_int_equal(file_append("ledger", 0600, STR("two\n"), &err), OUT_OK);
  assert_string_equal(steps, "fdf");
  assert_file("ledger", STR("one\ntwo\n"));
  assert_int_equal(stat("ledger", &about), 0);
  assert_int_equal(about.st_mode & 0777, 0640);
  limit_file_size(10); /* a piece that fits in half is taken back */
  assert_int_equal(file_append("ledger", 0600, STR("three\n"), &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot write ledger: File too large");
  limit_file_size(RLIM_INFINITY);
  assert_file("ledger", STR("one\ntwo\n"));
  start_over();
  sync_fails_at = 1;
  assert_int_equal(file_append("ledger", 0600, STR("x"), &err), OUT_SYSTEM);
  assert_int_equal(file_append("no/such", 0600, STR("x"), &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot open no/such: No such file or directory");
}

static void test_make_folders(void **state) {
  (void)state;
  struct err err = { 0 };
  struct stat about;
  assert_int_equal(file_make_folders("var/inbox//new/", 0700, &err), OUT_OK);
  assert_string_equal(steps, "ddd");
  assert_true(file_is_folder("var/inbox/new"));
  assert_int_equal(stat("var/inbox", &about), 0);
  assert_int_equal(about.st_mode & 0777, 0700);
  assert_int_equal(file_make_folders("var/inbox/work", 0700, &err), OUT_OK);
  assert_string_equal(steps, "dddd");
  assert_int_equal(file_make_folders("var/inbox/work", 0700, &err), OUT_OK);
  assert_string_equal(steps, "dddd");
  char path[200];
  snprintf(path, sizeof path, "%s/whole/path", folder);
  assert_int_equal(file_make_folders(path, 0700, &err), OUT_OK);
  assert_true(file_is_folder("whole/path"));
  assert_int_equal(file_make_folders("/", 0700, &err), OUT_OK);
  assert_int_equal(file_make_folders(".", 0700, &err), OUT_OK);
  put("file", "x");
  assert_int_equal(file_make_folders("file", 0700, &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot make folder file: a file is in its place");
  assert_int_equal(file_make_folders("file/sub", 0700, &err), OUT_SYSTEM);
  assert_non_null(strstr(err.text, "file"));
  assert_int_equal(file_make_folders("", 0700, &err), OUT_SYSTEM);
}

static void test_move(void **state) {
  (void)state;
  struct err err = { 0 };
  assert_int_equal(file_make_folders("work", 0755, &err), OUT_OK);
  for (int pass = 0; pass < 2; pass++) {
    start_over();
    put("a", "one"), put("b", "two");
    start_over();
    no_renameat2 = pass == 1;
    assert_int_equal(file_move("a", "work/a", &err), OUT_OK);
    assert_string_equal(steps, pass ? "ludd" : "rdd");
    assert_false(file_exists("a"));
    assert_file("work/a", STR("one"));
    assert_int_equal(file_move("b", "work/a", &err), OUT_REFUSED);
    assert_string_equal(err.text, "cannot move b to work/a: the name is taken");
    assert_file("b", STR("two"));
    assert_file("work/a", STR("one"));
    steps[0] = '\0';
    assert_int_equal(file_move("work/a", "work/c", &err), OUT_OK); /* within one folder */
    assert_string_equal(steps, pass ? "lud" : "rd");
    assert_int_equal(file_move("work/a", "work/d", &err), OUT_RETRY);
    assert_string_equal(err.text, "work/a is not there any more");
    assert_int_equal(file_move("work/c", "none/c", &err), OUT_SYSTEM);
    assert_string_equal(err.text, "cannot move work/c to none/c: No such file or directory");
    assert_names("work", "c");
    assert_int_equal(file_remove("work/c", &err), OUT_OK);
  }
  start_over();
  assert_int_equal(file_move("work", "done", &err), OUT_OK); /* folders too */
  assert_true(file_is_folder("done"));
}

static void test_remove(void **state) {
  (void)state;
  struct err err = { 0 };
  put("a", "x");
  start_over();
  assert_int_equal(file_remove("a", &err), OUT_OK);
  assert_string_equal(steps, "ud");
  assert_int_equal(file_remove("a", &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot remove a: No such file or directory");
}

static void test_sync(void **state) {
  (void)state;
  struct err err = { 0 };
  put("a", "x");
  start_over();
  assert_int_equal(file_sync("a", &err), OUT_OK);
  assert_int_equal(file_sync_folder(".", &err), OUT_OK);
  assert_string_equal(steps, "fd");
  assert_int_equal(file_sync("b", &err), OUT_SYSTEM);
  assert_int_equal(file_sync_folder("b", &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot sync folder b: No such file or directory");
  assert_int_equal(file_sync_folder("a", &err), OUT_SYSTEM);
  sync_fails_at = syncs + 1;
  assert_int_equal(file_sync("a", &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot sync a: Input/output error");
}

static void test_sweep(void **state) {
  (void)state;
  struct err err = { 0 };
  static const char *const kept[] = { ".part", "a.part", ".a.par", ".a.part.txt", "b" };
  static const char *const gone[] = { "..part", ".a.part", ".a.txt.q1w2e3.part" };
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) put(kept[i], "x");
  for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) put(gone[i], "x");
  assert_int_equal(file_make_folders(".folder.part", 0755, &err), OUT_OK);
  file_sweep(".");
  file_sweep("no-such-folder");
  assert_names(".", ".a.par .a.part.txt .folder.part .part a.part b");
}

static void test_list(void **state) {
  (void)state;
  struct err err = { 0 };
  struct arena *arena = arena_new();
  str *names;
  size_t count;
  struct buf want = buf_new(10000);
  assert_names(".", "");
  for (int i = 0; i < 40; i++) {
    char name[8];
    snprintf(name, sizeof name, "n%02d", 39 - i);
    put(name, "x");
    buf_printf(&want, "n%02d ", i);
  }
  put("\xc3\xbc", "x"), put("B", "x"), put("a", "x"), put("..a", "x");
  char all[400];
  snprintf(all, sizeof all, "..a B a %.*s\xc3\xbc", STR_ARG(buf_str(&want)));
  assert_names(".", all);
  assert_int_equal(file_list("no", arena, &names, &count, &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot read folder no: No such file or directory");
  assert_int_equal(count, 0);
  assert_int_equal(file_list("a", arena, &names, &count, &err), OUT_SYSTEM);
  buf_free(&want);
  arena_free(arena);
}

static void test_facts(void **state) {
  (void)state;
  put("a", "x");
  assert_true(file_exists("a"));
  assert_true(file_exists("."));
  assert_false(file_exists("b"));
  assert_true(file_is_folder("."));
  assert_false(file_is_folder("a"));
  assert_false(file_is_folder("b"));
  struct arena *arena = arena_new();
  assert_string_equal(file_join(arena, "var/inbox", STR("a.txt")), "var/inbox/a.txt");
  assert_string_equal(file_join(arena, "var/", STR("a.txt")), "var/a.txt");
  assert_string_equal(file_join(arena, "/", STR("a")), "/a");
  assert_string_equal(file_join(arena, "", STR("a")), "a");
  arena_free(arena);
}

static void test_folders_move(void **state) {
  (void)state;
  for (int pass = 0; pass < 2; pass++) {
    struct err err = { 0 };
    start_over();
    no_renameat2 = pass == 1;
    assert_int_equal(file_make_folders("a/in", 0755, &err), OUT_OK);
    put("a/in/x", "one");
    assert_int_equal(file_move("a", "b", &err), OUT_OK);
    assert_file("b/in/x", STR("one"));
    assert_int_equal(file_make_folders("a", 0755, &err), OUT_OK);
    assert_int_equal(file_move("b", "a", &err), OUT_REFUSED); /* not onto an empty one either */
    assert_file("b/in/x", STR("one"));
    assert_int_equal(file_remove_folder("a", &err), OUT_OK);
    assert_int_equal(file_remove_folder("b", &err), OUT_OK);
  }
}

static void test_remove_folder(void **state) {
  (void)state;
  struct err err = { 0 };
  assert_int_equal(file_make_folders("a/b/c", 0755, &err), OUT_OK);
  assert_int_equal(file_make_folders("kept", 0755, &err), OUT_OK);
  put("a/b/x", "one");
  put("kept/y", "two");
  assert_int_equal(symlink("../../kept", "a/b/link"), 0);
  assert_int_equal(file_remove_folder("a", &err), OUT_OK);
  assert_names(".", "kept");
  assert_file("kept/y", STR("two"));
  assert_int_equal(file_remove_folder("a", &err), OUT_OK);
  assert_int_equal(file_remove_folder("kept/y", &err), OUT_SYSTEM);
  assert_file("kept/y", STR("two"));
}

static void test_cut(void **state) {
  (void)state;
  struct err err = { 0 };
  put("a", "one two");
  start_over();
  assert_int_equal(file_cut("a", 3, &err), OUT_OK);
  assert_string_equal(steps, "f");
  assert_file("a", STR("one"));
  assert_int_equal(file_cut("a", 0, &err), OUT_OK);
  assert_file("a", STR_NONE);
  assert_int_equal(file_cut("nowhere", 0, &err), OUT_SYSTEM);
  assert_false(file_exists("nowhere"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void) {
  const struct CMUnitTest tests[] = {
    IN_FOLDER(test_put),          IN_FOLDER(test_pieces),        IN_FOLDER(test_only_a_part_before_commit),
    IN_FOLDER(test_commit_new),   IN_FOLDER(test_sync_fails),    IN_FOLDER(test_write_fails),
    IN_FOLDER(test_names),        IN_FOLDER(test_append),        IN_FOLDER(test_make_folders),
    IN_FOLDER(test_move),         IN_FOLDER(test_remove),        IN_FOLDER(test_sync),
    IN_FOLDER(test_sweep),        IN_FOLDER(test_list),          IN_FOLDER(test_facts),
    IN_FOLDER(test_folders_move), IN_FOLDER(test_remove_folder), IN_FOLDER(test_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
