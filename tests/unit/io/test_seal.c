/* unit/io/test_seal: what is sealed comes back, in any pieces, and another program could read it. */
#include "scratch.h"
#include "io/hex.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

/* Not what is tested here, and there are many. Stands in for libc's own. */
int fsync(int fd);
int fsync(int fd) { return fd < 0 ? -1 : 0; }

static const size_t sizes[] = { 0, 1, 2, 65535, 65536, 65537, 131072, 200001 };
static const size_t pieces[] = { 1, 2, 3, 7, 65536, 300000 };

static void seal_bytes(const char *path, const struct seal_key *key, str plain, size_t piece) {
  struct err err = { 0 };
  struct seal *seal;
  if (seal_create(path, 0600, key, &seal, &err)) fail_msg("%s", err.text);
  for (str rest = plain; rest.len; rest = str_sub(rest, piece, rest.len))
    if (seal_write(seal, str_sub(rest, 0, piece), &err)) fail_msg("%s", err.text);
  if (seal_commit(seal, &err)) fail_msg("%s", err.text);
}

static void test_round_trips(void **state) {
  (void)state;
  struct seal_key *key = counted_key(0, "2026-11-25");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct buf plain = counted_bytes(sizes[i]);
    size_t chunks = sizes[i] ? (sizes[i] + SEAL_CHUNK - 1) / SEAL_CHUNK : 1;
    for (size_t w = 0; w < sizeof pieces / sizeof *pieces; w++) {
      struct stat about;
      seal_bytes("a.sealed", key, buf_str(&plain), pieces[w]);
      assert_int_equal(stat("a.sealed", &about), 0);
      assert_int_equal(about.st_size, 86 + chunks * 20 + sizes[i]);
      for (size_t r = 0; r < sizeof pieces / sizeof *pieces; r++)
        if (w == r || !w || !r) assert_opens("a.sealed", key, buf_str(&plain), pieces[r]);
    }
    buf_free(&plain);
  }
  seal_key_free(key);
}

/* Made by another program (Python's cryptography), after the description in io/seal.h: it must open for ever.
 */
static void test_made_elsewhere(void **state) {
  (void)state;
  static const char hex[] =
      "736c756963652d7365616c20310a323032362d31312d32352e3633306463643239202020202020202020202020200a"
      "404142434445464748494a4b4c4d4e4f60616263646566"
      "88ff130bcea027d98d3395c78272a0d7"
      "80000003ccd5ce8a01d4187883a73cbe417afc595d36b4";
  uint8_t bytes[109];
  struct seal_key *key = counted_key(0, "2026-11-25");
  assert_true(hex_read(str_of(hex), bytes, sizeof bytes));
  scratch_put("a.sealed", (str){ (const char *)bytes, sizeof bytes });
  assert_opens("a.sealed", key, STR("a,b"), 10);
  seal_key_free(key);
}

/* One chunk by OpenSSL itself; `at` is where it begins. Returns where the next one does. */
static size_t open_by_hand(const uint8_t *file, size_t at, uint32_t number, const uint8_t file_key[32],
                           struct buf *plain) {
  EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
  uint8_t nonce[12], out[SEAL_CHUNK];
  size_t len = ((size_t)file[at + 1] << 16) + ((size_t)file[at + 2] << 8) + file[at + 3];
  int last = file[at] >> 7, got, rest;
  memcpy(nonce, file + 63, 7);
  for (int i = 0; i < 4; i++) nonce[7 + i] = (uint8_t)(number >> (24 - 8 * i));
  nonce[11] = (uint8_t)last;
  assert_int_equal(EVP_DecryptInit_ex(aes, EVP_aes_256_gcm(), NULL, file_key, nonce), 1);
  assert_int_equal(EVP_DecryptUpdate(aes, NULL, &got, file, 70), 1);
  assert_int_equal(EVP_DecryptUpdate(aes, NULL, &got, file + at, 4), 1);
  assert_int_equal(EVP_DecryptUpdate(aes, out, &got, file + at + 4, (int)len), 1);
  assert_int_equal(got, len);
  assert_int_equal(
      EVP_CIPHER_CTX_ctrl(aes, EVP_CTRL_AEAD_SET_TAG, 16, (void *)(uintptr_t)(file + at + 4 + len)), 1);
  assert_int_equal(EVP_DecryptFinal_ex(aes, out, &rest), 1);
  EVP_CIPHER_CTX_free(aes);
  buf_bytes(plain, out, len);
  assert_int_equal(last, len < SEAL_CHUNK);
  return at + 4 + len + 16;
}

static void test_read_elsewhere(void **state) {
  (void)state;
  struct seal_key *key = counted_key(0, "2026-11-25");
  struct buf plain = counted_bytes(200001), got = buf_new(SCRATCH_MOST);
  uint8_t day_key[32], salted[33] = "sluice file key 1", file_key[32];
  for (int i = 0; i < 32; i++) day_key[i] = (uint8_t)i;
  seal_bytes("a.sealed", key, buf_str(&plain), 1000);
  struct buf file = scratch_get("a.sealed");
  const uint8_t *bytes = (const uint8_t *)file.at;
  assert_memory_equal(bytes, "sluice-seal 1\n2026-11-25.630dcd29             \n", 47);
  memcpy(salted + 17, bytes + 47, 16);
  assert_non_null(HMAC(EVP_sha256(), day_key, 32, salted, 33, file_key, NULL));
  size_t at = 86;
  for (uint32_t number = 1; at < file.len; number++) at = open_by_hand(bytes, at, number, file_key, &got);
  assert_int_equal(at, file.len);
  assert_true(str_eq(buf_str(&got), buf_str(&plain)));
  buf_free(&file), buf_free(&plain), buf_free(&got);
  seal_key_free(key);
}

/* The same bytes under the same key share nothing but the header's text. */
static void test_never_alike(void **state) {
  (void)state;
  struct seal_key *key = counted_key(0, "2026-11-25");
  struct buf plain = counted_bytes(64);
  seal_bytes("a.sealed", key, buf_str(&plain), 64);
  seal_bytes("b.sealed", key, buf_str(&plain), 64);
  struct buf a = scratch_get("a.sealed"), b = scratch_get("b.sealed");
  assert_memory_equal(a.at, b.at, 47);
  assert_memory_not_equal(a.at + 47, b.at + 47, 16);
  assert_memory_not_equal(a.at + 63, b.at + 63, 7);
  assert_memory_not_equal(a.at + 90, b.at + 90, 64);
  buf_free(&plain), buf_free(&a), buf_free(&b);
  seal_key_free(key);
}

static void test_peek(void **state) {
  (void)state;
  struct err err = { 0 };
  struct seal_key *key = counted_key(0, "2026-11-25"), *long_key = counted_key(9, "12345678901234567890123");
  char id[SEAL_KEY_ID];
  seal_bytes("a.sealed", key, STR("a"), 1);
  assert_int_equal(seal_peek("a.sealed", id, &err), OUT_OK);
  assert_string_equal(id, "2026-11-25.630dcd29");
  assert_string_equal(id, seal_key_id(key));
  seal_bytes("a.sealed", long_key, STR("a"), 1);
  assert_int_equal(seal_peek("a.sealed", id, &err), OUT_OK);
  assert_string_equal(id, seal_key_id(long_key));
  assert_int_equal(strlen(id), 32);
  assert_opens("a.sealed", long_key, STR("a"), 1);
  scratch_put("b", STR("date,amount\n"));
  assert_int_equal(seal_peek("b", id, &err), OUT_DATA);
  assert_said(&err, "not a sealed file");
  assert_string_equal(err.file, "b");
  assert_int_equal(seal_peek("none", id, &err), OUT_SYSTEM);
  seal_key_free(key), seal_key_free(long_key);
}

/* Nothing under the name before the commit, nor after it was given up. */
static void test_whole_or_not_there(void **state) {
  (void)state;
  struct err err = { 0 };
  struct seal_key *key = counted_key(0, "2026-11-25");
  struct buf plain = counted_bytes(600000);
  struct seal *seal;
  assert_int_equal(seal_create("a.sealed", 0640, key, &seal, &err), OUT_OK);
  assert_int_equal(seal_write(seal, buf_str(&plain), &err), OUT_OK);
  assert_false(scratch_exists("a.sealed"));
  seal_abandon(seal);
  assert_int_equal(scratch_count("."), 0);
  assert_int_equal(seal_create("none/a.sealed", 0600, key, &seal, &err), OUT_SYSTEM);
  assert_null(seal);
  buf_free(&plain);
  seal_key_free(key);
}

static void test_files(void **state) {
  (void)state;
  struct err err = { 0 };
  struct stat about;
  struct seal_key *key = counted_key(0, "2026-11-25");
  struct buf plain = counted_bytes(150000);
  memcpy(plain.at, "\x1f\x8b", 2); /* as gzip begins: the bytes are taken as they lie */
  scratch_put("a", buf_str(&plain));
  assert_int_equal(seal_file("a", "a.sealed", 0640, key, &err), OUT_OK);
  assert_int_equal(stat("a.sealed", &about), 0);
  assert_int_equal(about.st_mode & 0777, 0640);
  assert_opens("a.sealed", key, buf_str(&plain), 1000);
  struct buf left = scratch_get("a");
  assert_true(str_eq(buf_str(&left), buf_str(&plain)));
  assert_int_equal(seal_file("none", "d", 0600, key, &err), OUT_SYSTEM);
  assert_int_equal(seal_file(".", "d", 0600, key, &err), OUT_SYSTEM);
  assert_int_equal(seal_file("a", "none/d", 0600, key, &err), OUT_SYSTEM);
  assert_int_equal(scratch_count("."), 2);
  buf_free(&plain), buf_free(&left);
  seal_key_free(key);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_round_trips, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_made_elsewhere, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_read_elsewhere, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_never_alike, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_peek, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_whole_or_not_there, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_files, scratch_enter, scratch_leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
