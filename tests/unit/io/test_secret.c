/* unit/io/test_secret: keys as files, who else may read them, and that they are wiped. */
#include "scratch.h"
#include "io/hex.h"

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

/* Counts what is wiped while it holds the counted key, as bytes or as text. Stands in for OpenSSL's own. */
static int wiped_bytes, wiped_text;

void OPENSSL_cleanse(void *bytes, size_t len) {
  uint8_t key[SECRET_BYTES];
  volatile uint8_t *at = bytes;
  hex_read(STR(HEX), key, sizeof key);
  if (len >= sizeof key && memcmp(bytes, key, sizeof key) == 0) wiped_bytes++;
  if (len >= sizeof HEX - 1 && memcmp(bytes, HEX, sizeof HEX - 1) == 0) wiped_text++;
  while (len--) *at++ = 0;
}

static enum outcome read_key(const char *text, unsigned mode, unsigned refused, struct err *err) {
  struct secret *secret;
  scratch_put("a.key", str_of(text));
  assert_int_equal(chmod("a.key", mode), 0);
  enum outcome out = secret_read("a.key", refused, &secret, err);
  assert_true((secret != NULL) == (out == OUT_OK));
  if (strstr(err->text, "0001")) fail_msg("the key is said: %s", err->text);
  secret_free(secret);
  return out;
}

static void test_file(void **state) {
  (void)state;
  struct err err = { 0 };
  struct stat about;
  struct secret *made = secret_random(), *other = secret_random(), *again;
  char names[3][SECRET_FINGERPRINT];
  assert_int_equal(secret_save("b.key", made, &err), OUT_OK);
  assert_int_equal(stat("b.key", &about), 0);
  assert_int_equal(about.st_mode & 0777, 0600);
  assert_int_equal(about.st_size, 65);
  assert_int_equal(secret_read("b.key", 0077, &again, &err), OUT_OK);
  assert_memory_equal(secret_bytes(made), secret_bytes(again), SECRET_BYTES);
  assert_memory_not_equal(secret_bytes(made), secret_bytes(other), SECRET_BYTES);
  secret_fingerprint(made, names[0]), secret_fingerprint(again, names[1]),
      secret_fingerprint(other, names[2]);
  assert_string_equal(names[0], names[1]);
  assert_string_not_equal(names[0], names[2]);
  assert_int_equal(secret_save("b.key", other, &err), OUT_REFUSED);
  assert_int_equal(scratch_count("."), 1);
  secret_free(made), secret_free(other), secret_free(again);
}

/* As a person works it out: xxd -r -p a.key | sha256sum. */
static void test_fingerprint(void **state) {
  (void)state;
  struct err err = { 0 };
  struct secret *secret;
  char name[SECRET_FINGERPRINT];
  scratch_put("a.key", STR(HEX "\n"));
  assert_int_equal(secret_read("a.key", 0, &secret, &err), OUT_OK);
  secret_fingerprint(secret, name);
  assert_string_equal(name, "630dcd29");
  secret_free(secret);
}

static void test_modes(void **state) {
  (void)state;
  static const unsigned closed[] = { 0600, 0400, 0700 },
                        open[] = { 0640, 0604, 0644, 0620, 0602, 0610, 0601 };
  for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
    struct err err = { 0 };
    assert_int_equal(read_key(HEX "\n", closed[i], 0077, &err), OUT_OK);
  }
  for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
    struct err err = { 0 };
    char mode[16];
    assert_int_equal(read_key(HEX "\n", open[i], 0077, &err), OUT_SPEC);
    snprintf(mode, sizeof mode, "(mode %03o)", open[i]);
    assert_said(&err, mode);
    assert_said(&err, "chmod 600 a.key");
  }
  struct err err = { 0 };
  assert_int_equal(read_key(HEX "\n", 0440, 0007, &err), OUT_OK);
  assert_int_equal(read_key(HEX "\n", 0444, 0007, &err), OUT_SPEC);
}

static void test_texts(void **state) {
  (void)state;
  static const char *const bad[] = { "",
                                     "\n",
                                     "0001",
                                     HEX "0",
                                     HEX " ",
                                     HEX "\n\n",
                                     HEX "\r\n",
                                     " " HEX,
                                     "\n" HEX,
                                     "0x" HEX,
                                     "00010203040506070809zz0b0c0d0e0f1011121314151617",
                                     "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n" };
  struct err err = { 0 };
  assert_int_equal(read_key(HEX, 0600, 0077, &err), OUT_OK);
  assert_int_equal(read_key(HEX "\n", 0600, 0077, &err), OUT_OK);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err one = { 0 };
    assert_int_equal(read_key(bad[i], 0600, 0077, &one), OUT_SPEC);
    assert_said(&one, "a.key is not a key: 64 hex digits");
  }
}

static void test_no_file(void **state) {
  (void)state;
  struct err err = { 0 };
  struct secret *secret;
  assert_int_equal(secret_read("none.key", 0077, &secret, &err), OUT_SYSTEM);
  assert_said(&err, "cannot open none.key");
  assert_int_equal(mkdir("folder.key", 0700), 0);
  assert_int_equal(secret_read("folder.key", 0077, &secret, &err), OUT_SPEC);
  assert_int_equal(mkfifo("pipe.key", 0600), 0); /* does not wait for a writer */
  assert_int_equal(secret_read("pipe.key", 0077, &secret, &err), OUT_SPEC);
  assert_said(&err, "pipe.key is not a file");
}

/* The text read, the text to be written, the block it was written through, and the bytes. */
static void test_wiped(void **state) {
  (void)state;
  struct err err = { 0 };
  struct secret *secret;
  scratch_put("a.key", STR(HEX "\n"));
  assert_int_equal(chmod("a.key", 0600), 0);
  wiped_text = wiped_bytes = 0;
  assert_int_equal(secret_read("a.key", 0077, &secret, &err), OUT_OK);
  assert_int_equal(wiped_text, 1);
  assert_int_equal(secret_save("b.key", secret, &err), OUT_OK);
  assert_int_equal(wiped_text, 3);
  assert_int_equal(wiped_bytes, 0);
  secret_free(secret);
  assert_int_equal(wiped_bytes, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_file, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_fingerprint, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_modes, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_texts, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_no_file, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_wiped, scratch_enter, scratch_leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
