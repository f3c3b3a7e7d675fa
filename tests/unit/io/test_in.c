/* unit/io/test_in: a file gives its bytes, plain or gzip, in rooms of any size, or says what is wrong. */
#include "io/in.h"
#include "base/buf.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zlib.h>

enum { MOST = 128 << 20 };

static char folder[] = "/tmp/sluice-test-in-XXXXXX";

static const char *in_folder(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static const char *put(const char *name, str bytes) {
  const char *path = in_folder(name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
  assert_int_equal(fclose(file), 0);
  return path;
}

static void pack(struct buf *packed, str plain) {
  z_stream z = { 0 };
  assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  size_t room = deflateBound(&z, plain.len) + 100;
  assert_true(buf_make_room(packed, room));
  z.next_in = (unsigned char *)(uintptr_t)plain.at;
  z.avail_in = (unsigned)plain.len;
  z.next_out = (unsigned char *)packed->at + packed->len;
  z.avail_out = (unsigned)room;
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  packed->len += room - z.avail_out;
  deflateEnd(&z);
}

static void fill(struct buf *plain, size_t len) {
  for (uint32_t i = 0; plain->len < len; i++) buf_printf(plain, "%u\tOrder\t%u\n", i, i * 2654435761u);
}

/* Everything in the file, read `room` bytes at a time. */
static enum outcome drain(const char *path, size_t room, struct in_limits limits, struct buf *all,
                          struct err *err) {
  struct in *in;
  enum outcome out = in_open(path, limits, &in, err);
  if (out) return out;
  char *block = mem_alloc(room);
  size_t got;
  bool was_short = false;
  while (!(out = in_read(in, block, room, &got, err))) {
    assert_true(got > 0 && got <= room);
    assert_false(was_short);
    was_short = got < room;
    buf_bytes(all, block, got);
  }
  if (out == OUT_END) assert_int_equal(in_read(in, block, room, &got, err), OUT_END);
  mem_free(block);
  in_close(in);
  return out;
}

static void assert_reads(const char *path, size_t room, str want) {
  struct err err = { 0 };
  struct buf all = buf_new(MOST);
  enum outcome out = drain(path, room, in_default_limits, &all, &err);
  if (out != OUT_END) fail_msg("%s, rooms of %zu: %s", path, room, err.text);
  if (!str_eq(buf_str(&all), want)) fail_msg("%s, rooms of %zu: other bytes", path, room);
  buf_free(&all);
}

static const size_t rooms[] = { 1, 2, 3, 7, 4096, 65536, 262144, 1000000 };
enum { ROOMS = sizeof rooms / sizeof *rooms };

static void test_plain(void **state) {
  (void)state;
  struct buf large = buf_new(MOST);
  fill(&large, 300000);
  const str contents[] = {
    STR(""), STR("\x1f"), STR("x"), STR("\x1fx"), STR("\x8b\x1f"), STR("id\tamount\n"), buf_str(&large),
  };
  for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
    for (size_t j = 0; j < ROOMS; j++) assert_reads(put("plain", contents[i]), rooms[j], contents[i]);
  buf_free(&large);
}

static void test_gzip(void **state) {
  (void)state;
  struct buf plain = buf_new(MOST), packed = buf_new(MOST);
  fill(&plain, 1500000); /* packed, it is still more than one block */
  pack(&packed, buf_str(&plain));
  assert_true(packed.len > 300000);
  for (size_t j = 0; j < ROOMS; j++) assert_reads(put("a.txt", buf_str(&packed)), rooms[j], buf_str(&plain));
  buf_add(&plain, STR("more\n"));
  pack(&packed, STR(""));
  pack(&packed, STR("more\n"));
  for (size_t j = 0; j < ROOMS; j++) assert_reads(put("a.txt", buf_str(&packed)), rooms[j], buf_str(&plain));
  buf_free(&plain), buf_free(&packed);
}

/* One byte is plain; from the magic on, anything less than the whole is a cut file. */
static void test_cut_anywhere(void **state) {
  (void)state;
  struct buf packed = buf_new(MOST);
  pack(&packed, STR("id\tamount\n1\t2.00\n"));
  size_t first = packed.len;
  pack(&packed, STR("2\t3.00\n"));
  for (size_t len = 0; len <= packed.len; len++)
    for (size_t j = 0; j < ROOMS; j++) {
      const char *path = put("cut", str_sub(buf_str(&packed), 0, len));
      struct err err = { 0 };
      struct buf all = buf_new(MOST);
      enum outcome out = drain(path, rooms[j], in_default_limits, &all, &err);
      bool clean = len < 2 || len == first || len == packed.len;
      assert_int_equal(out, clean ? OUT_END : OUT_DATA);
      if (!clean) {
        assert_string_equal(err.text, "gzip data ends in the middle: the file was not copied whole");
        assert_string_equal(err.file, path);
      }
      buf_free(&all);
    }
  buf_free(&packed);
}

/* Damage is found, or was in bits that mean nothing (time, system, what fills the last byte before the
 * checksum); wrong bytes are never the answer. */
static void test_any_bit_flipped(void **state) {
  (void)state;
  str want = STR("id\tamount\n1\t2.00\n");
  struct buf packed = buf_new(MOST);
  pack(&packed, want);
  for (size_t bit = 16; bit < packed.len * 8; bit++) {
    packed.at[bit / 8] ^= (char)(1 << bit % 8);
    struct err err = { 0 };
    struct buf all = buf_new(MOST);
    enum outcome out = drain(put("bent", buf_str(&packed)), 4096, in_default_limits, &all, &err);
    if (out == OUT_END) {
      assert_true(str_eq(buf_str(&all), want));
      assert_true((bit / 8 >= 3 && bit / 8 < 10) || bit / 8 == packed.len - 9);
    } else assert_int_equal(out, OUT_DATA);
    packed.at[bit / 8] ^= (char)(1 << bit % 8);
    buf_free(&all);
  }
  buf_free(&packed);
}

static void test_limit_of_bytes(void **state) {
  (void)state;
  struct buf plain = buf_new(MOST), packed = buf_new(MOST);
  fill(&plain, 100000);
  pack(&packed, buf_str(&plain));
  const char *path = put("limit", buf_str(&packed));
  for (size_t j = 0; j < ROOMS; j++)
    for (uint64_t less = 0; less < 2; less++) {
      struct err err = { 0 };
      struct buf all = buf_new(MOST);
      struct in_limits limits = { .bytes_most = plain.len - less, .ratio_most = 1000 };
      enum outcome out = drain(path, rooms[j], limits, &all, &err);
      assert_int_equal(out, less ? OUT_DATA : OUT_END);
      assert_true(all.len <= limits.bytes_most);
      if (less) assert_non_null(strstr(err.text, "expands to more than"));
      buf_free(&all);
    }
  buf_free(&plain), buf_free(&packed);
}

static void test_limit_of_ratio(void **state) {
  (void)state;
  struct buf plain = buf_new(MOST), packed = buf_new(MOST);
  size_t len = (size_t)65 << 20;
  assert_true(buf_make_room(&plain, len));
  memset(plain.at, ' ', len);
  plain.len = len;
  pack(&packed, buf_str(&plain));
  const char *path = put("bomb", buf_str(&packed));
  static const struct {
    uint32_t ratio;
    enum outcome want;
  } rows[] = { { 500, OUT_DATA }, { 1000, OUT_DATA }, { 1100, OUT_END } };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err err = { 0 };
    struct buf all = buf_new(MOST);
    struct in_limits limits = { .bytes_most = in_default_limits.bytes_most, .ratio_most = rows[i].ratio };
    assert_int_equal(drain(path, 262144, limits, &all, &err), rows[i].want);
    if (rows[i].want == OUT_DATA) assert_non_null(strstr(err.text, "times its size"));
    else assert_true(str_eq(buf_str(&all), buf_str(&plain)));
    buf_free(&all);
  }
  buf_free(&plain), buf_free(&packed);
}

static void test_as_is(void **state) {
  (void)state;
  struct err err = { 0 };
  struct in *in;
  char block[256];
  size_t got;
  struct buf packed = buf_new(MOST);
  pack(&packed, STR("id\tamount\n"));
  assert_int_equal(in_open_as_is(put("facts", buf_str(&packed)), &in, &err), OUT_OK);
  assert_false(in_is_gzip(in));
  assert_true(in_can_read_at(in));
  assert_int_equal(in_read(in, block, sizeof block, &got, &err), OUT_OK);
  assert_true(str_eq((str){ block, got }, buf_str(&packed)));
  assert_int_equal(in_read(in, block, sizeof block, &got, &err), OUT_END);
  in_close(in);
  assert_int_equal(in_open_as_is(folder, &in, &err), OUT_SYSTEM);
  assert_null(in);
  buf_free(&packed);
}

static void test_facts(void **state) {
  (void)state;
  struct err err = { 0 };
  struct in *in;
  char block[64];
  size_t got;
  struct buf packed = buf_new(MOST);
  pack(&packed, STR("id\tamount\n"));
  assert_int_equal(in_open(put("facts", buf_str(&packed)), in_default_limits, &in, &err), OUT_OK);
  assert_true(in_is_gzip(in));
  assert_false(in_can_read_at(in));
  assert_int_equal(in_size(in), packed.len);
  assert_int_equal(in_position(in), 0);
  assert_int_equal(in_read(in, block, sizeof block, &got, &err), OUT_OK);
  assert_int_equal(got, 10);
  assert_int_equal(in_position(in), packed.len);
  assert_int_equal(in_read_at(in, 0, block, 1, &got, &err), OUT_BUG);
  in_close(in);
  assert_int_equal(in_open(put("facts", STR("id\tamount\n")), in_default_limits, &in, &err), OUT_OK);
  assert_false(in_is_gzip(in));
  assert_true(in_can_read_at(in));
  assert_int_equal(in_size(in), 10);
  assert_int_equal(in_position(in), 0);
  assert_int_equal(in_read(in, block, 1, &got, &err), OUT_OK);
  assert_int_equal(in_position(in), 1);
  assert_int_equal(in_read(in, block, 0, &got, &err), OUT_BUG);
  in_close(in);
  in_close(NULL);
  buf_free(&packed);
}

/* Reading at a place leaves the reading from the front where it was. */
static void test_read_at(void **state) {
  (void)state;
  struct buf plain = buf_new(MOST);
  fill(&plain, 10000);
  struct err err = { 0 };
  struct in *in;
  char block[300], piece[300];
  size_t got, more, front = 0;
  assert_int_equal(in_open(put("at", buf_str(&plain)), in_default_limits, &in, &err), OUT_OK);
  for (size_t place = 0; place < plain.len + 500; place += 97) {
    assert_int_equal(in_read_at(in, place, block, sizeof block, &got, &err), OUT_OK);
    str want = str_sub(buf_str(&plain), place < plain.len ? place : plain.len, place + sizeof block);
    assert_true(str_eq((str){ block, got }, want));
    enum outcome out = in_read(in, piece, 41, &more, &err);
    assert_true(str_eq((str){ piece, more }, str_sub(buf_str(&plain), front, front + 41)));
    assert_int_equal(out, more ? OUT_OK : OUT_END);
    front += more;
  }
  in_close(in);
  buf_free(&plain);
}

static void test_refused(void **state) {
  (void)state;
  struct err err = { 0 };
  struct in *in;
  char want[200];
  assert_int_equal(in_open(folder, in_default_limits, &in, &err), OUT_SYSTEM);
  snprintf(want, sizeof want, "cannot read %s: it is a folder", folder);
  assert_string_equal(err.text, want);
  assert_null(in);
  const char *missing = in_folder("missing");
  assert_int_equal(in_open(missing, in_default_limits, &in, &err), OUT_SYSTEM);
  snprintf(want, sizeof want, "cannot open %s: No such file or directory", missing);
  assert_string_equal(err.text, want);
  if (geteuid() == 0) return; /* root may read everything */
  const char *locked = put("locked", STR("x"));
  assert_int_equal(chmod(locked, 0), 0);
  assert_int_equal(in_open(locked, in_default_limits, &in, &err), OUT_SYSTEM);
  snprintf(want, sizeof want, "cannot open %s: Permission denied", locked);
  assert_string_equal(err.text, want);
}

/* Standard input is what `write_to` writes to the other end of a pipe; in_open("-") reads it. */
static void from_pipe(str bytes, size_t piece, str want) {
  int ends[2], status;
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    for (; bytes.len; bytes = str_sub(bytes, piece, bytes.len))
      if (write(ends[1], bytes.at, piece < bytes.len ? piece : bytes.len) < 0) _exit(1);
    _exit(0);
  }
  assert_true(child > 0);
  int before = dup(STDIN_FILENO);
  assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  close(ends[0]), close(ends[1]);
  assert_reads("-", 1000, want);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  if (before < 0) return;
  dup2(before, STDIN_FILENO);
  close(before);
}

static void test_standard_input(void **state) {
  (void)state;
  struct buf plain = buf_new(MOST), packed = buf_new(MOST);
  fill(&plain, 20000);
  pack(&packed, buf_str(&plain));
  static const size_t sizes[] = { 1, 7, 4096 };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    from_pipe(buf_str(&plain), sizes[i], buf_str(&plain));
    from_pipe(buf_str(&packed), sizes[i], buf_str(&plain));
  }
  from_pipe(STR(""), 1, STR(""));
  from_pipe(STR("\x1f"), 1, STR("\x1f"));
  buf_free(&plain), buf_free(&packed);
}

static void test_whole(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct buf plain = buf_new(MOST), packed = buf_new(MOST);
  fill(&plain, 50000);
  pack(&packed, buf_str(&plain));
  const str files[] = { buf_str(&plain), buf_str(&packed) };
  for (size_t i = 0; i < 2; i++) {
    struct err err = { 0 };
    str got = STR_NONE;
    const char *path = put("whole", files[i]);
    assert_int_equal(in_read_whole(path, plain.len, arena, &got, &err), OUT_OK);
    assert_true(str_eq(got, buf_str(&plain)));
    assert_int_equal(in_read_whole(path, plain.len - 1, arena, &got, &err), OUT_DATA);
    assert_string_equal(err.file, path);
  }
  struct err err = { 0 };
  str got = STR("not this");
  assert_int_equal(in_read_whole(put("whole", STR("")), 0, arena, &got, &err), OUT_OK);
  assert_int_equal(got.len, 0);
  assert_int_equal(in_read_whole(folder, 10, arena, &got, &err), OUT_SYSTEM);
  arena_free(arena);
  buf_free(&plain), buf_free(&packed);
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  static const char *const names[] = { "plain", "a.txt", "cut", "bent",  "limit",
                                       "bomb",  "facts", "at",  "whole", "locked" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(in_folder(names[i]));
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_plain),          cmocka_unit_test(test_gzip),
    cmocka_unit_test(test_cut_anywhere),   cmocka_unit_test(test_any_bit_flipped),
    cmocka_unit_test(test_limit_of_bytes), cmocka_unit_test(test_limit_of_ratio),
    cmocka_unit_test(test_facts),          cmocka_unit_test(test_read_at),
    cmocka_unit_test(test_refused),        cmocka_unit_test(test_standard_input),
    cmocka_unit_test(test_whole),          cmocka_unit_test(test_as_is),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
