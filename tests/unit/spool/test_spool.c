/* unit/spool/test_spool: every move, taken names, locks, and what is made of what a dead run left. */
#include "spool/spool.h"
#include "scratch_site.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- what may be taken --- */

static const int64_t now = 1795000000;

static void set_age(const char *path, int64_t age) {
  struct timespec times[2] = { { .tv_sec = (time_t)(now - age) }, { .tv_sec = (time_t)(now - age) } };
  assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* "a! b c?": settled, not settled, unreadable */
static void assert_drops(const char *pattern, int64_t at, int64_t settle, const char *want) {
  struct err err = { 0 };
  struct drop *drops;
  size_t count;
  struct buf all = buf_new(10000);
  assert_int_equal(
      spool_drops(spool, feed, STR("inbox/settlement"), str_of(pattern), at, settle, &drops, &count, &err),
      OUT_OK);
  for (size_t i = 0; i < count; i++)
    buf_printf(&all, "%s%.*s%s%s", i ? " " : "", STR_ARG(drops[i].name), drops[i].settled ? "!" : "",
               drops[i].unreadable ? "?" : "");
  if (!str_eq(buf_str(&all), str_of(want)))
    fail_msg("%s: is \"%.*s\", want \"%s\"", pattern, STR_ARG(buf_str(&all)), want);
  buf_free(&all);
}

static void test_drops(void **state) {
  (void)state;
  static const char *const names[] = { "b.txt",     "a.txt",     "c.csv",       ".hidden", "~$b.xlsx",
                                       "Thumbs.db", ".DS_Store", "x.txt.part",  "y.tmp",   "z.done",
                                       "a.txt.1",   "b.txt.1x",  "\xc3\xa9.txt" };
  assert_drops("*", now, 10, "");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *path = arena_printf(arena, "inbox/settlement/%s", names[i]).at;
    put(path, "x");
    set_age(path, 10);
  }
  put("inbox/settlement/old/kept.txt", "x");
  assert_drops("*", now, 10, "a.txt! a.txt.1! b.txt! b.txt.1x! c.csv! \xc3\xa9.txt!");
  assert_drops("*.txt", now, 10, "a.txt! a.txt.1! b.txt! \xc3\xa9.txt!");
  assert_drops("?.txt", now, 11, "a.txt a.txt.1 b.txt \xc3\xa9.txt");
  assert_drops("b*t*t", now, 0, "b.txt!");
  assert_drops("*.c?v", now, 9, "c.csv!");
  assert_drops("a", now, 0, "");
  assert_drops("", now, 0, "");
  assert_drops("ol*", now, 0, "old?"); /* a folder in the place of a file that is asked for */
}

/* What came later is the next run's; each is judged when its turn comes. */
static void test_drops_one_by_one(void **state) {
  (void)state;
  struct err err = { 0 };
  struct drops *drops;
  struct drop drop;
  put("inbox/settlement/a", "x");
  put("inbox/settlement/b", "x");
  put("inbox/settlement/c", "x");
  assert_int_equal(spool_drops_open(spool, feed, STR("inbox/settlement"), STR("*"), 0, &drops, &err), OUT_OK);
  put("inbox/settlement/d", "x");
  assert_int_equal(unlink("inbox/settlement/b"), 0);
  assert_int_equal(spool_drops_next(drops, INT64_MAX / 2, &drop, &err), OUT_OK);
  assert_true(str_eq(drop.name, STR("a")) && drop.settled);
  put("inbox/settlement/.~lock.c#", "owner");
  assert_int_equal(spool_drops_next(drops, INT64_MAX / 2, &drop, &err), OUT_OK);
  assert_true(str_eq(drop.name, STR("c")) && !drop.settled);
  assert_int_equal(spool_drops_next(drops, INT64_MAX / 2, &drop, &err), OUT_END);
  spool_drops_close(drops);
  assert_int_equal(spool_drops_open(spool, feed, STR("inbox/none"), STR("*"), 0, &drops, &err), OUT_OK);
  assert_int_equal(spool_drops_next(drops, now, &drop, &err), OUT_END);
  spool_drops_close(drops);
}

static void test_settle(void **state) {
  (void)state;
  put("inbox/settlement/a", "x");
  put("inbox/settlement/b", "x");
  put("inbox/settlement/book.xlsx", "x");
  put("inbox/settlement/sheet.ods", "x");
  set_age("inbox/settlement/a", 30);
  set_age("inbox/settlement/b", 29);
  set_age("inbox/settlement/book.xlsx", 1000);
  set_age("inbox/settlement/sheet.ods", 1000);
  put("inbox/settlement/~$book.xlsx", "owner");
  put("inbox/settlement/.~lock.sheet.ods#", "owner");
  assert_drops("*", now, 30, "a! b book.xlsx sheet.ods");
  put("inbox/settlement/b.done", "");
  put("inbox/settlement/book.xlsx.done", "");
  assert_drops("*", now, 30, "a! b! book.xlsx! sheet.ods");
  /* A modification time of tomorrow: counted from when it came to lie here. */
  int64_t today = (int64_t)time(NULL);
  set_age("inbox/settlement/a", now - today - 86400);
  assert_drops("a", today, 30, "a");
  assert_drops("a", today + 60, 30, "a!");
}

static void test_unreadable(void **state) {
  (void)state;
  struct err err = { 0 };
  struct drop *drops;
  const char *path;
  size_t count;
  put("inbox/settlement/good", "x");
  put("inbox/settlement/bad\nname", "x");
  put("inbox/settlement/bad\x1b[31m", "x");
  assert_int_equal(symlink("good", "inbox/settlement/link"), 0);
  assert_int_equal(mkfifo("inbox/settlement/pipe", 0600), 0);
  assert_drops("*", (int64_t)time(NULL) + 10, 0,
               "bad\n"
               "name? bad\x1b[31m? good! link? pipe?");
  assert_int_equal(spool_drops(spool, feed, STR("inbox/settlement"), STR("*"), now, 0, &drops, &count, &err),
                   OUT_OK);
  assert_int_equal(spool_claim(spool, feed, &drops[0], &path, &err), OUT_DATA);
  assert_int_equal(spool_claim(spool, feed, &drops[4], &path, &err), OUT_DATA);
  assert_int_equal(spool_claim(spool, STR("../up"), &drops[2], &path, &err), OUT_BUG);
  assert_tree("var", "");
}

/* --- moves --- */

static const char *claim(const char *name) {
  struct err err = { 0 };
  struct drop *drops;
  size_t count;
  const char *path;
  assert_int_equal(
      spool_drops(spool, feed, STR("inbox/settlement"), str_of(name), INT64_MAX / 2, 0, &drops, &count, &err),
      OUT_OK);
  assert_int_equal(count, 1);
  if (spool_claim(spool, feed, &drops[0], &path, &err)) fail_msg("%s", err.text);
  return path;
}

static const char *claim_new(const char *name, const char *text) {
  put(arena_printf(arena, "inbox/settlement/%s", name).at, text);
  return claim(name);
}

static void test_claim(void **state) {
  (void)state;
  struct err err = { 0 };
  struct drop *drops;
  size_t count;
  const char *path;
  put("inbox/settlement/a.txt.done", "");
  assert_string_equal(claim_new("a.txt", "one"), "./var/inbox/work/settlement/a.txt");
  assert_tree("inbox", "settlement/");
  assert_mode("var", 0700);
  assert_mode("var/inbox/work/settlement", 0700);
  assert_string_equal(claim_new("a.txt", "two"), "./var/inbox/work/settlement/a.txt.1");
  assert_file("var/inbox/work/settlement/a.txt", "one");
  assert_file("var/inbox/work/settlement/a.txt.1", "two");
  put("inbox/settlement/b", "x");
  assert_int_equal(spool_drops(spool, feed, STR("inbox/settlement"), STR("b"), now, 0, &drops, &count, &err),
                   OUT_OK);
  assert_int_equal(unlink("inbox/settlement/b"), 0);
  assert_int_equal(spool_claim(spool, feed, &drops[0], &path, &err), OUT_RETRY);
}

/* The longest name a file can have moves everywhere, cut between characters. */
static void test_long_names(void **state) {
  (void)state;
  struct err err = { 0 };
  char name[256];
  const char *path;
  for (size_t i = 0; i < 254; i += 2) memcpy(name + i, "\xc3\xa9", 2);
  memcpy(name + 254, "x", 2);
  const char *work = claim_new(name, "text");
  assert_int_equal(spool_reject(spool, feed, work, STR("why"), &path, &err), OUT_OK);
  assert_true(str_is_utf8(str_of(path), &(size_t){ 0 }));
}

typedef enum outcome keep(struct spool *, str, const char *, str, const char **, struct err *);

static void test_reject_and_hold(void **state) {
  (void)state;
  static keep *const keeps[] = { spool_reject, spool_hold };
  static const char *const rooms[] = { "var/inbox/reject/settlement", "var/inbox/hold/settlement" };
  struct err err = { 0 };
  const char *path;
  for (int i = 0; i < 2; i++) {
    assert_int_equal(keeps[i](spool, feed, claim_new("a", "one"), STR("why one\n"), &path, &err), OUT_OK);
    assert_int_equal(keeps[i](spool, feed, claim_new("a", "two"), STR("why two\n"), &path, &err), OUT_OK);
    assert_tree(rooms[i], "a a.1 a.1.why a.why");
    assert_file(path, "two");
    assert_file(arena_printf(arena, "%s.why", path).at, "why two\n");
    assert_mode(path, 0600);
    assert_mode(arena_printf(arena, "%s.why", path).at, 0600);
    /* A person's own a.why is not taken for a reason. */
    assert_int_equal(keeps[i](spool, feed, claim_new("a.why", "mine"), STR("why mine\n"), &path, &err),
                     OUT_OK);
    assert_tree(rooms[i], "a a.1 a.1.why a.why a.why.1 a.why.1.why");
    const char *first = arena_printf(arena, "%s/a", rooms[i]).at;
    assert_int_equal(spool_return(spool, feed, first, &err), OUT_OK);
    assert_file("inbox/settlement/a", "one");
    assert_tree(rooms[i], "a.1 a.1.why a.why.1 a.why.1.why");
    assert_int_equal(spool_return(spool, feed, first, &err), OUT_RETRY);
    assert_tree("inbox", "settlement/a");
    assert_int_equal(unlink("inbox/settlement/a"), 0);
  }
}

static void test_refuse(void **state) {
  (void)state;
  struct err err = { 0 };
  const char *held, *path;
  assert_int_equal(spool_hold(spool, feed, claim_new("a", "one"), STR("a question\n"), &held, &err), OUT_OK);
  assert_int_equal(spool_refuse(spool, feed, held, STR("no\n"), &path, &err), OUT_OK);
  assert_tree("var/inbox", "hold/settlement/ reject/settlement/a reject/settlement/a.why work/settlement/");
  assert_file("var/inbox/reject/settlement/a.why", "no\n");
  assert_int_equal(spool_refuse(spool, feed, held, STR("no\n"), &path, &err), OUT_RETRY);
  assert_non_null(strstr(err.text, "was taken by somebody else"));
}

static void test_own_why_first(void **state) {
  (void)state;
  struct err err = { 0 };
  const char *path;
  assert_int_equal(spool_reject(spool, feed, claim_new("a.why", "mine"), STR("x"), &path, &err), OUT_OK);
  assert_int_equal(spool_reject(spool, feed, claim_new("a", "other"), STR("y"), &path, &err), OUT_OK);
  assert_tree("var/inbox/reject/settlement", "a.1 a.1.why a.why a.why.why");
  assert_file("var/inbox/reject/settlement/a.why", "mine");
}

/* --- the crash table --- */

static void recover(size_t want) {
  struct err err = { 0 };
  size_t given_back = 99;
  if (spool_recover(spool, feed, &given_back, &err)) fail_msg("%s", err.text);
  assert_int_equal(given_back, want);
}

static void test_recover(void **state) {
  (void)state;
  struct err err = { 0 };
  const char *path;
  recover(0);
  assert_tree(".", "");
  claim_new("a.txt", "one");
  claim_new("b.txt", "two");
  put("inbox/settlement/a.txt", "again");
  put("var/inbox/work/other/c.txt", "another feed's");
  put("var/inbox/work/settlement/.a.txt.abc123.part", "torn");
  put("var/inbox/hold/settlement/.x.why.abc123.part", "torn");
  put("inbox/settlement/.x.abc123.part", "torn");
  put("var/inbox/reject/settlement/gone.txt.why", "its file did not come");
  put("var/inbox/reject/settlement/mine.why", "a person's");
  put("var/inbox/reject/settlement/mine.why.why", "x");
  put("var/outbox/build/K1/outbox/sl/x.txt", "half");
  put("var/outbox/build/K2/.x.abc123.part", "torn");
  put("var/outbox/build/K3.lock", "");
  put("var/outbox/ready/K4/outbox/y.txt", "whole");
  assert_int_equal(spool_build(spool, STR("K5"), &path, &err), OUT_OK);
  recover(2);
  assert_tree("inbox", "settlement/a.txt settlement/a.txt.1 settlement/b.txt");
  assert_file("inbox/settlement/a.txt", "again");
  assert_file("inbox/settlement/a.txt.1", "one");
  assert_tree("var/inbox", "hold/settlement/ reject/settlement/mine.why reject/settlement/mine.why.why "
                           "work/other/c.txt work/settlement/");
  assert_tree("var/outbox", "build/K5/ build/K5.lock ready/K4/outbox/y.txt"); /* K5 is being built by us */
  recover(0);
  assert_string_equal(claim("a.txt.1"), "./var/inbox/work/settlement/a.txt.1");
  reopen(); /* whoever was building K5 is gone */
  recover(1);
  assert_tree("var/outbox", "build/ ready/K4/outbox/y.txt");
}

/* A child does `work` and sleeps until it is killed. */
static pid_t child_that(void (*work)(void)) {
  int ends[2];
  char byte;
  assert_int_equal(pipe(ends), 0);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (!pid) {
    work();
    if (write(ends[1], "x", 1) != 1) _exit(1);
    for (;;) pause();
  }
  close(ends[1]);
  assert_int_equal(read(ends[0], &byte, 1), 1);
  close(ends[0]);
  return pid;
}

static void end_child(pid_t pid) {
  int status;
  kill(pid, SIGKILL);
  assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void lock_in_child(void) {
  struct spool *other;
  struct err err = { 0 };
  if (spool_open(".", arena, &other, &err) || spool_lock(other, feed, &err)) _exit(1);
}

static void build_in_child(void) {
  struct spool *other;
  struct err err = { 0 };
  const char *path;
  if (spool_open(".", arena, &other, &err) || spool_build(other, STR("K9"), &path, &err)) _exit(1);
}

static void test_lock(void **state) {
  (void)state;
  struct err err = { 0 };
  char host[256] = "", want[600];
  gethostname(host, sizeof host - 1);
  pid_t pid = child_that(lock_in_child);
  assert_int_equal(spool_lock(spool, feed, &err), OUT_RETRY);
  snprintf(want, sizeof want, "feed settlement is being run by process %ld on %s since 20", (long)pid, host);
  if (strncmp(err.text, want, strlen(want))) fail_msg("%s", err.text);
  assert_int_equal(strlen(err.text), strlen(want) + strlen("26-11-21T02:10:04Z"));
  assert_int_equal(err.text[strlen(err.text) - 1], 'Z');
  str holder;
  assert_int_equal(spool_unlock(spool, feed, &holder, &err), OUT_RETRY);
  assert_int_equal(spool_lock_wait(spool, feed, 0, &err), OUT_RETRY);
  assert_int_equal(spool_lock(spool, STR("orders"), &err), OUT_OK); /* another feed is another lock */
  end_child(pid);
  assert_int_equal(spool_lock(spool, feed, &err), OUT_OK);
  assert_int_equal(spool_lock(spool, feed, &err), OUT_OK); /* ours already */
  assert_mode("var/lock/settlement", 0600);
  struct spool *second;
  assert_int_equal(spool_open(".", arena, &second, &err), OUT_OK);
  assert_int_equal(spool_lock(second, feed, &err), OUT_RETRY);
  pid_t fork_of_us = fork();
  if (!fork_of_us) { /* a child that closes what it inherited takes nothing from its parent */
    spool_close(spool);
    _exit(0);
  }
  waitpid(fork_of_us, NULL, 0);
  assert_int_equal(spool_lock(second, feed, &err), OUT_RETRY);
  assert_non_null(strstr(err.text, host));
  reopen();
  assert_file("var/lock/settlement", "");
  assert_int_equal(spool_lock(second, feed, &err), OUT_OK);
  spool_close(second);
}

static void test_build_of_a_living_run(void **state) {
  (void)state;
  pid_t pid = child_that(build_in_child);
  put("var/outbox/build/K9/outbox/x", "being written");
  recover(0);
  assert_tree("var/outbox", "build/K9/outbox/x build/K9.lock");
  end_child(pid);
  recover(0);
  assert_tree("var/outbox", "build/");
}

/* --- releasing --- */

static void build(const char *k, const char *const files[][2], size_t count) {
  struct err err = { 0 };
  const char *path;
  assert_int_equal(spool_build(spool, str_of(k), &path, &err), OUT_OK);
  assert_mode(path, 0700);
  assert_tree(path, "");
  for (size_t i = 0; i < count; i++) put(file_join(arena, path, str_of(files[i][0])), files[i][1]);
}

static const char *const two[][2] = { { "outbox/sl/b.txt", "B" }, { "outbox/a.txt", "A" } };

static void assert_released(const char *k, enum outcome want, size_t names) {
  struct err err = { 0 };
  str *released;
  size_t count;
  enum outcome out = spool_release(spool, str_of(k), &released, &count, &err);
  if (out != want) fail_msg("outcome %d: %s", (int)out, err.text);
  assert_int_equal(count, names);
  if (names == 2) {
    assert_true(str_eq(released[0], STR("outbox/a.txt")));
    assert_true(str_eq(released[1], STR("outbox/sl/b.txt")));
  }
  if (out == OUT_REFUSED) assert_non_null(strstr(err.text, "outbox/sl/b.txt"));
}

static void test_release(void **state) {
  (void)state;
  struct err err = { 0 };
  umask(077);
  build("K", two, 2);
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  assert_tree("var/outbox", "build/K.lock ready/K/outbox/a.txt ready/K/outbox/sl/b.txt");
  assert_released("K", OUT_OK, 2);
  assert_tree("outbox", "a.txt sl/b.txt");
  assert_tree("var/outbox", "build/K.lock ready/");
  assert_mode("outbox", 0755);
  assert_mode("outbox/sl", 0755);
  assert_mode("outbox/sl/b.txt", 0640);
  assert_released("K", OUT_END, 0);
  umask(022);
}

static void test_release_onto_names(void **state) {
  (void)state;
  struct err err = { 0 };
  build("K", two, 2);
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  assert_int_equal(spool_may_release(spool, STR("K"), &err), OUT_OK);
  assert_true(spool_in_ready(spool, STR("K"), STR("outbox/sl/b.txt")));
  put("outbox/sl/b.txt", "other");
  assert_int_equal(spool_may_release(spool, STR("K"), &err), OUT_REFUSED);
  assert_released("K", OUT_REFUSED, 0);
  assert_tree("outbox", "sl/b.txt"); /* nothing moved */
  assert_tree("var/outbox", "build/K.lock ready/K/outbox/a.txt ready/K/outbox/sl/b.txt");
  put("outbox/sl/b.txt", "C"); /* of the same size */
  assert_released("K", OUT_REFUSED, 0);
  put("outbox/sl/b.txt", "B"); /* a run that died had moved it */
  assert_int_equal(spool_may_release(spool, STR("K"), &err), OUT_OK);
  assert_released("K", OUT_OK, 2);
  assert_int_equal(spool_may_release(spool, STR("K"), &err), OUT_END);
  assert_false(spool_in_ready(spool, STR("K"), STR("outbox/sl/b.txt")));
  assert_tree("outbox", "a.txt sl/b.txt");
  assert_tree("var/outbox", "build/K.lock ready/");
  assert_int_equal(system("rm outbox/sl/b.txt && mkdir outbox/sl/b.txt"), 0);
  build("K", two, 2);
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  assert_released("K", OUT_REFUSED, 0);
}

/* Some were moved when the run died: from what is left, or from a new build of the same K. */
static void test_release_again(void **state) {
  (void)state;
  struct err err = { 0 };
  build("K", two, 2);
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  assert_int_equal(
      system("mv var/outbox/ready/K/outbox/a.txt outbox.a; mkdir outbox; mv outbox.a outbox/a.txt"), 0);
  reopen();
  build("K", two, 2);
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  assert_released("K", OUT_OK, 2);
  assert_tree("outbox", "a.txt sl/b.txt");
  build("K", two, 2);
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  assert_int_equal(unlink("var/outbox/ready/K/outbox/a.txt"), 0);
  assert_released("K", OUT_OK, 1);
  assert_tree("var/outbox", "build/K.lock ready/");
}

static void test_drop(void **state) {
  (void)state;
  struct err err = { 0 };
  build("K", two, 2);
  build("K", two, 1); /* fresh */
  assert_tree("var/outbox", "build/K/outbox/sl/b.txt build/K.lock");
  assert_int_equal(spool_build_drop(spool, STR("K"), &err), OUT_OK);
  assert_int_equal(spool_build_drop(spool, STR("K"), &err), OUT_OK);
  assert_tree("var/outbox", "build/");
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_BUG);
  build("K", two, 2);
  assert_int_equal(spool_ready(spool, STR("K"), &err), OUT_OK);
  assert_int_equal(symlink("/etc", "var/outbox/ready/K/link"), 0); /* not followed */
  assert_int_equal(spool_ready_drop(spool, STR("K"), &err), OUT_OK);
  assert_tree("var/outbox", "build/ ready/");
  assert_true(file_is_folder("/etc"));
  assert_int_equal(spool_ready_drop(spool, STR(".."), &err), OUT_BUG);
  assert_int_equal(spool_build_drop(spool, STR_NONE, &err), OUT_BUG);
}

static void test_no_site(void **state) {
  (void)state;
  struct spool *none;
  struct err err = { 0 };
  assert_int_equal(spool_open("./nowhere", arena, &none, &err), OUT_SYSTEM);
  assert_null(none);
  spool_close(none);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    CASE(test_drops),
    CASE(test_drops_one_by_one),
    CASE(test_settle),
    CASE(test_unreadable),
    CASE(test_claim),
    CASE(test_long_names),
    CASE(test_reject_and_hold),
    CASE(test_own_why_first),
    CASE(test_refuse),
    CASE(test_recover),
    CASE(test_lock),
    CASE(test_build_of_a_living_run),
    CASE(test_release),
    CASE(test_release_onto_names),
    CASE(test_release_again),
    CASE(test_drop),
    CASE(test_no_site),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
