/* unit/io/test_gcm: AES-256-GCM as McGrew and Viega published it, and bytes and tags that do not hold. */
#include "io/gcm.h"
#include "io/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* The Galois/Counter Mode of Operation, appendix B, test cases 13 to 16. */
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define KEY   "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define PLAIN                                                                                                \
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"         \
  "b16aedf5aa0de657ba637b39"
#define SEALED                                                                                               \
  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"         \
  "c5f61e6393ba7a0abcc9f662"
static const struct {
  const char *key, *nonce, *aad, *plain, *sealed, *tag;
} rows[] = {
  { ZEROS, "000000000000000000000000", "", "", "", "530f8afbc74536b9a963b4f1c4cb738b" },
  { ZEROS, "000000000000000000000000", "", "00000000000000000000000000000000",
    "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919" },
  { KEY, "cafebabefacedbaddecaf888", "", PLAIN "1aafd255", SEALED "898015ad",
    "b094dac5d93471bdec1a502270e3cc6c" },
  { KEY, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2", PLAIN, SEALED,
    "76fc6ece0f4e1768cddf8853bb2d551b" },
};

struct sample {
  uint8_t key[GCM_KEY], nonce[GCM_NONCE], aad[64], plain[64], sealed[64], tag[GCM_TAG];
  size_t aad_len, len;
};

static size_t read_hex(const char *hex, uint8_t *bytes) {
  size_t len = strlen(hex) / 2;
  assert_true(hex_read(str_of(hex), bytes, len));
  return len;
}

static str of(const uint8_t *bytes, size_t len) { return (str){ (const char *)bytes, len }; }

static void read_sample(size_t row, struct sample *sample) {
  read_hex(rows[row].key, sample->key);
  read_hex(rows[row].nonce, sample->nonce);
  sample->aad_len = read_hex(rows[row].aad, sample->aad);
  sample->len = read_hex(rows[row].plain, sample->plain);
  read_hex(rows[row].sealed, sample->sealed);
  read_hex(rows[row].tag, sample->tag);
}

/* Both ways with one object, apart and in place, many times. */
static void test_published(void **state) {
  (void)state;
  for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
    struct sample s;
    uint8_t got[64], tag[GCM_TAG];
    read_sample(row, &s);
    struct gcm *gcm = gcm_new(s.key);
    for (int times = 0; times < 3; times++) {
      gcm_seal(gcm, s.nonce, of(s.aad, s.aad_len), of(s.plain, s.len), got, tag);
      assert_memory_equal(got, s.sealed, s.len);
      assert_memory_equal(tag, s.tag, GCM_TAG);
      assert_true(gcm_open(gcm, s.nonce, of(s.aad, s.aad_len), of(got, s.len), tag, got));
      assert_memory_equal(got, s.plain, s.len);
    }
    gcm_free(gcm);
  }
}

/* One bit of anything: refused, and no plain byte is left behind. */
static void assert_refused(const struct sample *s) {
  static const uint8_t zeros[64];
  uint8_t got[64];
  struct gcm *gcm = gcm_new(s->key);
  memset(got, 0xaa, sizeof got);
  assert_false(gcm_open(gcm, s->nonce, of(s->aad, s->aad_len), of(s->sealed, s->len), s->tag, got));
  assert_memory_equal(got, zeros, s->len);
  gcm_free(gcm);
}

static void test_changed(void **state) {
  (void)state;
  struct sample s;
  read_sample(3, &s);
  const struct {
    uint8_t *bytes;
    size_t len;
  } parts[] = {
    { s.key, GCM_KEY }, { s.nonce, GCM_NONCE }, { s.aad, s.aad_len }, { s.sealed, s.len }, { s.tag, GCM_TAG }
  };
  for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
    for (size_t bit = 0; bit < 8 * parts[part].len; bit++) {
      parts[part].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
      assert_refused(&s);
      parts[part].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
  s.len--;
  assert_refused(&s);
  s.len++, s.aad_len--;
  assert_refused(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_published), cmocka_unit_test(test_changed) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
