/* unit/io/test_keyring: where masters come from, which one wraps, and what is refused. */
#include "scratch.h"
#include "io/keyring.h"

/* Masters whose bytes are 80 81 82 .. and 00 01 02 .. */
#define HEX_80  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f\n"
#define HEX_00  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define NAME_80 "master-82d86408.key"
#define NAME_00 "master-630dcd29.key"

static int enter(void **state) { return scratch_enter(state) || mkdir("keys", 0700) || mkdir("given", 0700); }

static void put_key(const char *path, const char *text, unsigned mode) {
  scratch_put(path, str_of(text));
  assert_int_equal(chmod(path, mode), 0);
}

static struct keyring *opened(const char *credentials) {
  struct err err = { 0 };
  struct keyring *keyring;
  if (keyring_open("keys", credentials, &keyring, &err)) fail_msg("%s", err.text);
  return keyring;
}

static void assert_not_opened(const char *credentials, enum outcome want, const char *part) {
  struct err err = { 0 };
  struct keyring *keyring;
  assert_int_equal(keyring_open("keys", credentials, &keyring, &err), want);
  assert_null(keyring);
  assert_said(&err, part);
  if (strstr(err.text, "8081") || strstr(err.text, "0001")) fail_msg("a key is said: %s", err.text);
}

static void assert_current(const char *credentials, const char *want) {
  struct err err = { 0 };
  struct keyring *keyring = opened(credentials);
  const char *id;
  if (keyring_current(keyring, &id, &err)) fail_msg("%s", err.text);
  assert_string_equal(id, want);
  keyring_close(keyring);
}

static void assert_no_current(size_t masters, const char *part) {
  struct err err = { 0 };
  struct keyring *keyring = opened("given");
  struct seal_key *key;
  const char *id;
  assert_int_equal(keyring_masters(keyring), masters);
  assert_int_equal(keyring_current(keyring, &id, &err), OUT_SPEC);
  assert_null(id);
  assert_said(&err, part);
  assert_int_equal(keyring_day(keyring, STR("2026-11-25"), true, &key, &err), OUT_SPEC);
  assert_null(key);
  assert_false(scratch_exists("keys/day/2026-11-25.key"));
  keyring_close(keyring);
}

static void test_which_wraps(void **state) {
  (void)state;
  assert_no_current(0, "there is no master key, neither in keys nor among the credentials");
  put_key("keys/" NAME_80, HEX_80, 0600);
  assert_current(NULL, "82d86408");
  put_key("keys/" NAME_00, HEX_00, 0600);
  assert_no_current(2, "there are 2 master keys and none is current: write the id of one into keys/current");
  scratch_put("keys/current", STR("630dcd29\n"));
  assert_current(NULL, "630dcd29");
  scratch_put("keys/current", STR("82d86408"));
  assert_current(NULL, "82d86408");
}

static void test_bad_current(void **state) {
  (void)state;
  static const char *const bad[] = { "",         "82d8640",
                                     "82D86408", "82d86408 630dcd29",
                                     "../../x",  "82d86408\n\n630dcd29" };
  put_key("keys/" NAME_80, HEX_80, 0600);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    scratch_put("keys/current", str_of(bad[i]));
    assert_not_opened(NULL, OUT_SPEC, "keys/current does not hold a master key's id");
  }
  scratch_put("keys/current", STR("630dcd29\n"));
  assert_not_opened(NULL, OUT_SPEC, "keys/current names master key 630dcd29, which is neither in keys nor");
}

/* Either name; before the folder's own; group bits are the service manager's access list. */
static void test_credentials(void **state) {
  (void)state;
  put_key("given/sluice-" NAME_80, HEX_80, 0440);
  assert_current("given", "82d86408");
  assert_int_equal(rename("given/sluice-" NAME_80, "given/" NAME_80), 0);
  assert_current("given", "82d86408");
  put_key("keys/" NAME_80, "not looked at", 0644);
  assert_current("given", "82d86408");
  assert_not_opened(NULL, OUT_SPEC, "keys/" NAME_80 " is open to others than its owner (mode 644)");
  assert_not_opened("none", OUT_SPEC, "mode 644");
  assert_int_equal(unlink("keys/" NAME_80), 0);
  assert_int_equal(chmod("given/" NAME_80, 0444), 0);
  assert_not_opened("given", OUT_SPEC, "given/" NAME_80 " is open to others than its owner (mode 444)");
}

static void test_refused_masters(void **state) {
  (void)state;
  put_key("keys/" NAME_80, HEX_80, 0640);
  assert_not_opened(NULL, OUT_SPEC,
                    "keys/" NAME_80 " is open to others than its owner (mode 640): chmod 600 keys/");
  put_key("keys/" NAME_80, HEX_00, 0600);
  assert_not_opened(NULL, OUT_SPEC,
                    "keys/" NAME_80 " is not the key that its name says: its fingerprint is 630dcd29");
  put_key("keys/" NAME_80, "8081\n", 0600);
  assert_not_opened(NULL, OUT_SPEC, "keys/" NAME_80 " is not a key");
  assert_int_equal(rename("keys/" NAME_80, "keys/master-.key"), 0);
  assert_not_opened(NULL, OUT_SPEC, "keys/master-.key is not a key");
  assert_int_equal(rename("keys/master-.key", "keys/notes.txt"), 0);
  keyring_close(opened(NULL));
}

/* Each is named current; the file is the owner's alone; the folder is made when it is not there. */
static void test_new_masters(void **state) {
  (void)state;
  struct err err = { 0 };
  struct stat about;
  struct keyring *keyring;
  char first[SECRET_FINGERPRINT], second[SECRET_FINGERPRINT], path[64];
  const char *id;
  assert_int_equal(keyring_open("site/keys", NULL, &keyring, &err), OUT_OK);
  assert_int_equal(keyring_new_master(keyring, first, &err), OUT_OK);
  assert_int_equal(keyring_new_master(keyring, second, &err), OUT_OK);
  assert_string_not_equal(first, second);
  assert_int_equal(keyring_current(keyring, &id, &err), OUT_OK);
  assert_string_equal(id, second);
  keyring_close(keyring);
  snprintf(path, sizeof path, "site/keys/master-%s.key", first);
  assert_int_equal(stat(path, &about), 0);
  assert_int_equal(about.st_mode & 0777, 0600);
  assert_int_equal(stat("site/keys", &about), 0);
  assert_int_equal(about.st_mode & 0777, 0700);
  assert_int_equal(keyring_open("site/keys", NULL, &keyring, &err), OUT_OK);
  assert_int_equal(keyring_masters(keyring), 2);
  assert_int_equal(keyring_current(keyring, &id, &err), OUT_OK);
  assert_string_equal(id, second);
  keyring_close(keyring);
  scratch_put("file", STR("x"));
  assert_int_equal(keyring_open("file/keys", NULL, &keyring, &err), OUT_OK);
  assert_int_equal(keyring_new_master(keyring, first, &err), OUT_SYSTEM);
  assert_int_equal(keyring_masters(keyring), 0);
  keyring_close(keyring);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_which_wraps, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_bad_current, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_credentials, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_refused_masters, enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_new_masters, enter, scratch_leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
