/* unit/io/test_keyring_day: a day has one key, on the disk before it is used, and none again once destroyed.
 */
#include "scratch.h"
#include "io/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#define DAY       "2026-11-25"
#define FILE_KEY  "keys/day/" DAY ".key"
#define TOMBSTONE "keys/day/" DAY ".purged"
#define TIME      "2026-12-25T02:10:04Z"

/* f file synced, d folder synced; the n-th fails. At the n-th look at the key another process destroys the
 * day, to the end or up to where it has written zeros. These stand in for libc's own. */
static char steps[32];
static int syncs, sync_fails_at, looks, destroyed_at;
static bool destroyed_to_the_end;

int fsync(int fd);
int fsync(int fd) {
  struct stat about;
  size_t len = strlen(steps);
  if (len + 1 < sizeof steps) steps[len] = fstat(fd, &about) == 0 && S_ISDIR(about.st_mode) ? 'd' : 'f';
  if (++syncs != sync_fails_at) return 0;
  errno = EIO;
  return -1;
}

int stat(const char *path, struct stat *about) {
  if (strcmp(path, FILE_KEY) == 0 && ++looks == destroyed_at) {
    scratch_put(TOMBSTONE, STR("destroyed " TIME "\n"));
    scratch_put(FILE_KEY, (str){ "\0\0\0\0\0\0\0\0", 8 });
    if (destroyed_to_the_end) unlink(FILE_KEY);
  }
  return fstatat(AT_FDCWD, path, about, 0);
}

static void start_over(int fails_at) {
  memset(steps, 0, sizeof steps);
  syncs = looks = destroyed_at = 0;
  sync_fails_at = fails_at;
}

static struct keyring *opened(void) {
  struct err err = { 0 };
  struct keyring *keyring;
  if (keyring_open("keys", NULL, &keyring, &err)) fail_msg("%s", err.text);
  return keyring;
}

static int enter(void **state) {
  struct err err = { 0 };
  char id[SECRET_FINGERPRINT];
  if (scratch_enter(state)) return -1;
  start_over(0);
  struct keyring *keyring = opened();
  enum outcome out = keyring_new_master(keyring, id, &err);
  keyring_close(keyring);
  return (int)out;
}

/* The key's id, or what was said. */
static enum outcome ask(struct keyring *keyring, bool create, char id[SEAL_KEY_ID], struct err *err) {
  struct seal_key *key;
  enum outcome out = keyring_day(keyring, STR(DAY), create, &key, err);
  assert_true((key != NULL) == (out == OUT_OK));
  id[0] = '\0';
  if (key) strcpy(id, seal_key_id(key));
  seal_key_free(key);
  return out;
}

static void assert_state(enum keyring_state want, const char *want_time) {
  struct err err = { 0 };
  struct keyring *keyring = opened();
  enum keyring_state state;
  char time[KEYRING_TIME];
  assert_int_equal(keyring_day_state(keyring, STR(DAY), &state, time, &err), OUT_OK);
  assert_int_equal(state, want);
  assert_string_equal(time, want_time);
  keyring_close(keyring);
}

static void test_made_once(void **state) {
  (void)state;
  struct err err = { 0 };
  struct stat about;
  struct keyring *keyring = opened();
  struct seal_key *key;
  char first[SEAL_KEY_ID], again[SEAL_KEY_ID];
  assert_int_equal(ask(keyring, false, first, &err), OUT_END);
  assert_string_equal(err.text, "there never was a key of " DAY);
  assert_false(scratch_exists("keys/day"));
  assert_state(KEYRING_NEVER, "");
  start_over(0);
  assert_int_equal(ask(keyring, true, first, &err), OUT_OK);
  assert_string_equal(steps,
                      "ddfdd"); /* the new folder, twice, the key, its name; once more as for any finder */
  assert_state(KEYRING_THERE, "");
  start_over(0);
  assert_int_equal(ask(keyring, true, again, &err), OUT_OK);
  assert_string_equal(steps, "d"); /* it may be another's, made just now */
  assert_string_equal(first, again);
  start_over(0);
  assert_int_equal(ask(keyring, false, again, &err), OUT_OK);
  assert_string_equal(steps, "");
  assert_string_equal(first, again);
  assert_memory_equal(first, DAY ".", 11);
  keyring_close(keyring);
  keyring = opened();
  assert_int_equal(keyring_find(keyring, str_of(first), &key, &err), OUT_OK);
  assert_string_equal(seal_key_id(key), first);
  seal_key_free(key);
  assert_int_equal(stat(FILE_KEY, &about), 0);
  assert_int_equal(about.st_mode & 0777, 0600);
  assert_int_equal(scratch_count("keys/day"), 1);
  keyring_close(keyring);
}

static void test_days(void **state) {
  (void)state;
  static const char *const bad[] = { "",           "2026-11-2", "2026-11-255", "2026/11/25", "../../../aa",
                                     "2026-1a-25", "x026-11-25" };
  struct err err = { 0 };
  struct keyring *keyring = opened();
  struct seal_key *one, *other;
  enum keyring_state day_state;
  char time[KEYRING_TIME];
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(keyring_day(keyring, str_of(bad[i]), true, &one, &err), OUT_DATA);
    assert_said(&err, "is not a day");
    assert_null(one);
    assert_int_equal(keyring_destroy_day(keyring, str_of(bad[i]), STR(TIME), &err), OUT_DATA);
    assert_int_equal(keyring_day_state(keyring, str_of(bad[i]), &day_state, time, &err), OUT_DATA);
  }
  assert_int_equal(keyring_day(keyring, STR(DAY), true, &one, &err), OUT_OK);
  assert_int_equal(keyring_day(keyring, STR("2026-11-26"), true, &other, &err), OUT_OK);
  assert_string_not_equal(seal_key_id(one) + 11, seal_key_id(other) + 11);
  seal_key_free(one), seal_key_free(other);
  assert_int_equal(keyring_find(keyring, STR(DAY ".00000000"), &one, &err), OUT_REFUSED);
  assert_said(&err, "sealed with key " DAY ".00000000, the key of that day in keys is " DAY ".");
  assert_null(one);
  assert_int_equal(keyring_find(keyring, STR("nonsense"), &one, &err), OUT_DATA);
  assert_int_equal(keyring_find(keyring, STR("2026-10-01.00000000"), &one, &err), OUT_END);
  keyring_close(keyring);
}

/* Wrapped by another program after the description in io/keyring.h. */
static void test_made_elsewhere(void **state) {
  (void)state;
  struct err err = { 0 };
  char id[SEAL_KEY_ID];
  scratch_put("keys/master-82d86408.key",
              STR("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f\n"));
  assert_int_equal(chmod("keys/master-82d86408.key", 0600), 0);
  assert_int_equal(mkdir("keys/day", 0700), 0);
  scratch_put(FILE_KEY, STR("sluice-day-key 1 2026-11-25 82d86408 000102030405060708090a0b "
                            "f3417d2a11237cacce7d5367245bf3aee496b4da60b2c1a9d945d9a1a4616a2d "
                            "8d97d086b6441cb4c286a8a14063ed19\n"));
  struct keyring *keyring = opened();
  assert_int_equal(ask(keyring, false, id, &err), OUT_OK);
  assert_string_equal(id, "2026-11-25.630dcd29");
  keyring_close(keyring);
}

static void assert_damaged(struct keyring *keyring, str file) {
  struct err err = { 0 };
  char id[SEAL_KEY_ID];
  scratch_put(FILE_KEY, file);
  enum outcome out = ask(keyring, true, id, &err);
  bool other_master = out == OUT_SPEC && strstr(err.text, "wrapped under master key ");
  bool damaged = out == OUT_DATA && (strstr(err.text, "changed") || strstr(err.text, "unknown version"));
  if (!other_master && !damaged) fail_msg("outcome %d: %s", (int)out, err.text);
  assert_string_equal(err.file, FILE_KEY);
}

/* Every bit, every length, and another day's file. A key that cannot be read is never made anew. */
static void test_changed(void **state) {
  (void)state;
  struct err err = { 0 };
  struct keyring *keyring = opened();
  struct seal_key *key;
  char id[SEAL_KEY_ID], again[SEAL_KEY_ID];
  assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
  assert_int_equal(keyring_day(keyring, STR("2026-11-26"), true, &key, &err), OUT_OK);
  seal_key_free(key);
  struct buf file = scratch_get(FILE_KEY), other = scratch_get("keys/day/2026-11-26.key");
  assert_int_equal(file.len, 160);
  for (size_t bit = 0; bit < 8 * file.len; bit++) {
    file.at[bit / 8] ^= (char)(1 << bit % 8);
    assert_damaged(keyring, buf_str(&file));
    file.at[bit / 8] ^= (char)(1 << bit % 8);
  }
  for (size_t len = 0; len < file.len; len++) assert_damaged(keyring, str_sub(buf_str(&file), 0, len));
  assert_damaged(keyring, buf_str(&other));
  memcpy(other.at, file.at, 27); /* another day's key under this day's name */
  assert_damaged(keyring, buf_str(&other));
  buf_char(&file, '\n');
  assert_damaged(keyring, buf_str(&file));
  scratch_put(FILE_KEY, str_sub(buf_str(&file), 0, 160));
  assert_int_equal(ask(keyring, true, again, &err), OUT_OK);
  assert_string_equal(id, again);
  buf_free(&file), buf_free(&other);
  keyring_close(keyring);
}

static void test_destroyed(void **state) {
  (void)state;
  struct err err = { 0 };
  struct keyring *keyring = opened();
  char id[SEAL_KEY_ID], block[400];
  assert_int_equal(keyring_destroy_day(keyring, STR(DAY), STR(TIME), &err), OUT_END);
  assert_said(&err, "there never was a key of " DAY);
  assert_state(KEYRING_NEVER, "");
  assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
  int fd = open(FILE_KEY, O_RDONLY);
  assert_int_equal(keyring_destroy_day(keyring, STR(DAY), STR("one\ntwo"), &err), OUT_BUG);
  start_over(0);
  assert_int_equal(keyring_destroy_day(keyring, STR(DAY), STR(TIME), &err), OUT_OK);
  assert_string_equal(steps, "fddfd"); /* the tombstone, its name, twice, the zeros, the name that went */
  ssize_t len = read(fd, block, sizeof block);
  assert_int_equal(len, 160);
  for (ssize_t i = 0; i < len; i++) assert_int_equal(block[i], 0);
  close(fd);
  assert_false(scratch_exists(FILE_KEY));
  assert_state(KEYRING_DESTROYED, TIME);
  for (int create = 0; create < 2; create++) {
    assert_int_equal(ask(keyring, create, id, &err), OUT_END);
    assert_string_equal(err.text, "the key of " DAY " was destroyed at " TIME);
  }
  assert_int_equal(keyring_destroy_day(keyring, STR(DAY), STR("later"), &err), OUT_OK);
  assert_state(KEYRING_DESTROYED, TIME);
  assert_int_equal(scratch_count("keys/day"), 1);
  keyring_close(keyring);
}

/* A tombstone that nobody can read is one all the same. */
static void test_odd_tombstones(void **state) {
  (void)state;
  static const char *const texts[] = { "", "gone", "destroyed ", "destroyed a\nb",
                                       "destroyed 01234567890123456789012345678901234567890" };
  struct err err = { 0 };
  struct keyring *keyring = opened();
  char id[SEAL_KEY_ID];
  assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    scratch_put(TOMBSTONE, str_of(texts[i]));
    assert_int_equal(ask(keyring, true, id, &err), OUT_END);
    assert_said(&err, "was destroyed at a time that its tombstone does not tell");
    assert_state(KEYRING_DESTROYED, "");
  }
  keyring_close(keyring);
}

/* Dead right after the tombstone, or while the key was overwritten: whoever comes next ends it. */
static void test_dead_destroyer(void **state) {
  (void)state;
  struct err err = { 0 };
  struct keyring *keyring = opened();
  char id[SEAL_KEY_ID];
  size_t count;
  for (int way = 0; way < 6; way++) {
    unlink(TOMBSTONE);
    assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
    if (way % 2) scratch_put(FILE_KEY, (str){ "\0\0\0\0\0\0\0\0", 8 });
    scratch_put(TOMBSTONE, STR("destroyed " TIME "\n"));
    if (way < 2) assert_int_equal(ask(keyring, false, id, &err), OUT_END);
    else if (way < 4) assert_int_equal(keyring_destroy_day(keyring, STR(DAY), STR("later"), &err), OUT_OK);
    else assert_int_equal(keyring_rewrap(keyring, &count, &err), OUT_OK);
    assert_false(scratch_exists(FILE_KEY));
    assert_state(KEYRING_DESTROYED, TIME);
  }
  keyring_close(keyring);
}

/* No key is handed out, and none is said to be gone, that a power cut could take away or bring back. Asked
 * again, it is. */
static void test_failing_disk(void **state) {
  (void)state;
  struct keyring *keyring = opened();
  char id[SEAL_KEY_ID], again[SEAL_KEY_ID];
  for (int fails_at = 1; fails_at <= 10; fails_at++) {
    struct err err = { 0 };
    bool making = fails_at <= 5;
    assert_int_equal(system("rm -rf keys/day"), 0);
    if (!making) assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
    start_over(making ? fails_at : fails_at - 5);
    enum outcome out =
        making ? ask(keyring, true, id, &err) : keyring_destroy_day(keyring, STR(DAY), STR(TIME), &err);
    assert_int_equal(syncs, sync_fails_at);
    assert_int_equal(out, OUT_SYSTEM);
    assert_said(&err, "Input/output error");
    start_over(0);
    if (making) {
      assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
      assert_int_equal(ask(keyring, true, again, &err), OUT_OK);
      assert_string_equal(id, again);
    } else {
      assert_int_equal(keyring_destroy_day(keyring, STR(DAY), STR("later"), &err), OUT_OK);
      assert_state(KEYRING_DESTROYED, fails_at == 6 ? "later" : TIME);
      assert_false(scratch_exists(FILE_KEY));
    }
  }
  keyring_close(keyring);
}

/* Processes that start at one moment, when the pipe is closed, and send back what they got. */
enum { MAKERS = 8, ROUNDS = 12 };

static void one_maker(int start, int answer) {
  struct err err = { 0 };
  struct keyring *keyring;
  char id[SEAL_KEY_ID] = "", c;
  if (keyring_open("keys", NULL, &keyring, &err)) _exit(1);
  if (read(start, &c, 1) != 0) _exit(1);
  struct seal_key *key;
  if (keyring_day(keyring, STR(DAY), true, &key, &err)) _exit(1);
  strcpy(id, seal_key_id(key));
  seal_key_free(key);
  keyring_close(keyring);
  _exit(write(answer, id, sizeof id) == (ssize_t)sizeof id ? 0 : 1);
}

static void assert_child(pid_t child) {
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_makers_at_once(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    int start[2], answer[2];
    pid_t children[MAKERS];
    char ids[MAKERS][SEAL_KEY_ID];
    unlink(FILE_KEY);
    assert_int_equal(pipe(start) | pipe(answer), 0);
    for (int i = 0; i < MAKERS; i++)
      if (!(children[i] = fork())) {
        close(start[1]);
        one_maker(start[0], answer[1]);
      }
    close(start[0]), close(start[1]), close(answer[1]);
    for (int i = 0; i < MAKERS; i++) assert_child(children[i]);
    for (int i = 0; i < MAKERS; i++) {
      assert_int_equal(read(answer[0], ids[i], SEAL_KEY_ID), SEAL_KEY_ID);
      assert_string_equal(ids[i], ids[0]);
    }
    close(answer[0]);
    assert_int_equal(scratch_count("keys/day"), 1);
  }
}

/* Rotation. */

static void test_rewrap(void **state) {
  (void)state;
  struct err err = { 0 };
  struct keyring *keyring = opened();
  struct seal_key *key, *purged;
  char first[SECRET_FINGERPRINT], second[SECRET_FINGERPRINT], path[64];
  const char *id;
  size_t count;
  assert_int_equal(keyring_current(keyring, &id, &err), OUT_OK);
  strcpy(first, id);
  assert_int_equal(keyring_day(keyring, STR(DAY), true, &key, &err), OUT_OK);
  assert_int_equal(keyring_day(keyring, STR("2026-11-24"), true, &purged, &err), OUT_OK);
  seal_key_free(purged);
  assert_int_equal(keyring_destroy_day(keyring, STR("2026-11-24"), STR(TIME), &err), OUT_OK);
  scratch_put("a", STR("a,b"));
  assert_int_equal(seal_file("a", "a.sealed", 0600, key, &err), OUT_OK);
  seal_key_free(key);
  assert_int_equal(keyring_rewrap(keyring, &count, &err), OUT_OK);
  assert_int_equal(count, 0);
  assert_int_equal(keyring_new_master(keyring, second, &err), OUT_OK);
  assert_int_equal(keyring_rewrap(keyring, &count, &err), OUT_OK);
  assert_int_equal(count, 1);
  assert_int_equal(keyring_rewrap(keyring, &count, &err), OUT_OK);
  assert_int_equal(count, 0);
  keyring_close(keyring);
  snprintf(path, sizeof path, "keys/master-%s.key", first);
  assert_int_equal(unlink(path), 0);
  keyring = opened(); /* the old master is gone; the sealed file was not touched */
  char wanted[SEAL_KEY_ID];
  assert_int_equal(seal_peek("a.sealed", wanted, &err), OUT_OK);
  assert_int_equal(keyring_find(keyring, str_of(wanted), &key, &err), OUT_OK);
  assert_opens("a.sealed", key, STR("a,b"), 10);
  seal_key_free(key);
  assert_int_equal(scratch_count("keys/day"), 2);
  keyring_close(keyring);
}

/* One day that cannot be unwrapped does not keep the others under the old master. */
static void test_rewrap_goes_on(void **state) {
  (void)state;
  static const char *const days[] = { "2026-11-24", DAY, "2026-11-26" };
  struct err err = { 0 };
  struct keyring *keyring = opened();
  struct seal_key *key;
  char id[SECRET_FINGERPRINT];
  size_t count;
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(keyring_day(keyring, str_of(days[i]), true, &key, &err), OUT_OK);
    seal_key_free(key);
  }
  struct buf file = scratch_get(FILE_KEY);
  file.at[100] ^= 1;
  scratch_put(FILE_KEY, buf_str(&file));
  scratch_put("keys/day/notes.key", STR("x"));
  assert_int_equal(keyring_new_master(keyring, id, &err), OUT_OK);
  assert_int_equal(keyring_rewrap(keyring, &count, &err), OUT_DATA);
  assert_int_equal(count, 2);
  assert_string_equal(err.file, FILE_KEY);
  file.at[100] ^= 1;
  scratch_put(FILE_KEY, buf_str(&file));
  struct err none = { 0 };
  assert_int_equal(keyring_rewrap(keyring, &count, &none), OUT_OK);
  assert_int_equal(count, 1);
  buf_free(&file);
  keyring_close(keyring);
}

static void test_lost_master(void **state) {
  (void)state;
  struct err err = { 0 };
  struct keyring *keyring = opened();
  char id[SEAL_KEY_ID], second[SECRET_FINGERPRINT], first[SECRET_FINGERPRINT], path[64];
  const char *current;
  assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
  assert_int_equal(keyring_current(keyring, &current, &err), OUT_OK);
  strcpy(first, current);
  assert_int_equal(keyring_new_master(keyring, second, &err), OUT_OK);
  keyring_close(keyring);
  snprintf(path, sizeof path, "keys/master-%s.key", first);
  assert_int_equal(unlink(path), 0);
  keyring = opened();
  assert_int_equal(ask(keyring, true, id, &err), OUT_SPEC);
  assert_said(&err, "wrapped under master key ");
  assert_said(&err, first);
  assert_int_equal(keyring_destroy_day(keyring, STR(DAY), STR(TIME), &err), OUT_OK); /* needs no master */
  keyring_close(keyring);
}

/* A day destroyed while another process wraps it anew, or while others ask for it, stays destroyed. */
static void test_destroyed_meanwhile(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    struct err err = { 0 };
    struct keyring *keyring = opened();
    char id[SEAL_KEY_ID], master[SECRET_FINGERPRINT];
    unlink(TOMBSTONE);
    assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
    assert_int_equal(keyring_new_master(keyring, master, &err), OUT_OK);
    pid_t wrapper = fork();
    if (!wrapper) {
      size_t count;
      _exit(keyring_rewrap(keyring, &count, &err) != OUT_OK);
    }
    pid_t asker = fork();
    if (!asker) {
      struct seal_key *key;
      enum outcome out = OUT_OK;
      for (int i = 0; i < 100000 && !out; i++) {
        out = keyring_day(keyring, STR(DAY), true, &key, &err);
        seal_key_free(key);
      }
      _exit(out != OUT_END);
    }
    assert_int_equal(keyring_destroy_day(keyring, STR(DAY), STR(TIME), &err), OUT_OK);
    assert_child(wrapper);
    assert_child(asker);
    assert_false(scratch_exists(FILE_KEY));
    assert_int_equal(ask(keyring, true, id, &err), OUT_END);
    assert_int_equal(scratch_count("keys/day"), 1);
    keyring_close(keyring);
  }
}

/* The same at chosen moments: after the look for a tombstone, asked for an old key, for one to be made if
 * need be, after the second look, and by one that is through before a new key is made. */
static void test_destroyed_at_a_moment(void **state) {
  (void)state;
  struct keyring *keyring = opened();
  char id[SEAL_KEY_ID];
  for (int way = 0; way < 4; way++) {
    struct err err = { 0 };
    unlink(TOMBSTONE);
    assert_int_equal(ask(keyring, true, id, &err), OUT_OK);
    start_over(0);
    destroyed_at = way == 2 ? 2 : 1;
    destroyed_to_the_end = way == 3;
    assert_int_equal(ask(keyring, way > 0, id, &err), OUT_END);
    assert_string_equal(err.text, "the key of " DAY " was destroyed at " TIME);
    assert_string_equal(err.file, "");
    assert_false(scratch_exists(FILE_KEY));
  }
  keyring_close(keyring);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_made_once, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_days, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_made_elsewhere, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_changed, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_destroyed, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_odd_tombstones, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_dead_destroyer, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_failing_disk, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_makers_at_once, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_rewrap, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_rewrap_goes_on, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_lost_master, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_destroyed_meanwhile, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_destroyed_at_a_moment, enter, scratch_leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
