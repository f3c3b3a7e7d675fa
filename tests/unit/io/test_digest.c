/* unit/io/test_digest: SHA-256 as NIST publishes it, of bytes, of pieces and of files. */
#include "io/digest.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FIPS 180-2, appendix B, and the digest of nothing. */
static const struct {
  const char *text, *hex;
} rows[] = {
  { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};
static const char million[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void test_bytes(void **state) {
  (void)state;
  char hex[DIGEST_TEXT];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    digest_bytes(str_of(rows[i].text), hex);
    assert_string_equal(hex, rows[i].hex);
  }
}

static void test_pieces(void **state) {
  (void)state;
  static const size_t pieces[] = { 1, 2, 3, 7 };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
      char hex[DIGEST_TEXT];
      struct digest *digest = digest_new();
      for (str rest = str_of(rows[i].text); rest.len; rest = str_sub(rest, pieces[j], rest.len))
        digest_add(digest, str_sub(rest, 0, pieces[j]));
      digest_add(digest, STR_NONE);
      digest_end(digest, hex);
      assert_string_equal(hex, rows[i].hex);
    }
}

static void test_file(void **state) {
  (void)state;
  char path[] = "/tmp/sluice-test-digest-XXXXXX", hex[DIGEST_TEXT];
  struct err err = { 0 };
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(digest_file(path, hex, &err), OUT_OK);
  assert_string_equal(hex, rows[0].hex);
  struct buf text = buf_new(1000000);
  for (int i = 0; i < 1000000; i++) buf_char(&text, 'a');
  assert_int_equal(write(fd, text.at, text.len), text.len);
  close(fd);
  assert_int_equal(digest_file(path, hex, &err), OUT_OK);
  assert_string_equal(hex, million);
  buf_free(&text);
  unlink(path);
  char want[200];
  snprintf(want, sizeof want, "cannot open %s: No such file or directory", path);
  assert_int_equal(digest_file(path, hex, &err), OUT_SYSTEM);
  assert_string_equal(err.text, want);
  assert_int_equal(digest_file("/tmp", hex, &err), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot read /tmp: it is a folder");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bytes),
    cmocka_unit_test(test_pieces),
    cmocka_unit_test(test_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
