/* unit/io/test_listing: names come sorted and once, however many there are, and as they stood at first. */
#include "io/listing.h"
#include "scratch.h"

#include <fcntl.h>

static void touch(const char *name) {
  int fd = open(name, O_WRONLY | O_CREAT, 0600);
  assert_true(fd >= 0);
  close(fd);
}

/* In an order that is neither theirs nor its reverse. */
static void make_many(size_t count) {
  char name[40];
  assert_int_equal(mkdir("in", 0700), 0);
  for (size_t i = 0; i < count; i++) {
    snprintf(name, sizeof name, "in/%06zu%s", i * 7919 % count, i % 3 ? "" : "-with-a-longer-name");
    touch(name);
  }
}

static size_t number_of(str name) {
  size_t number = 0;
  for (size_t i = 0; i < 6; i++) number = number * 10 + (size_t)(name.at[i] - '0');
  return number;
}

static struct listing *must_open(const char *folder, bool (*wanted)(str name)) {
  struct err err = { 0 };
  struct listing *listing;
  if (listing_open(folder, wanted, &listing, &err)) fail_msg("%s", err.text);
  return listing;
}

static void assert_many(size_t count) {
  struct err err = { 0 };
  make_many(count);
  struct listing *listing = must_open("in", NULL);
  touch("in/000000-came-later");
  str name;
  size_t met = 0;
  while (listing_next(listing, &name, &err) == OUT_OK) assert_int_equal(number_of(name), met++);
  assert_int_equal(met, count);
  assert_int_equal(listing_next(listing, &name, &err), OUT_END);
  assert_int_equal(err.outcome, OUT_OK);
  listing_close(listing);
}

static void test_one_more_than_is_held(void **state) {
  (void)state;
  assert_many(LISTING_MOST + 1);
}
static void test_as_many_as_are_held(void **state) {
  (void)state;
  assert_many(LISTING_MOST);
}
static void test_many(void **state) {
  (void)state;
  assert_many(5 * LISTING_MOST + 17);
}

static bool is_text(str name) { return str_ends(name, STR(".txt")); }

static void test_few(void **state) {
  (void)state;
  struct err err = { 0 };
  str name;
  assert_int_equal(mkdir("in", 0700), 0);
  struct listing *listing = must_open("in", NULL);
  assert_int_equal(listing_next(listing, &name, &err), OUT_END);
  listing_close(listing);
  touch("in/b.txt");
  touch("in/a.csv");
  touch("in/a.txt");
  listing = must_open("in", is_text);
  assert_int_equal(listing_next(listing, &name, &err), OUT_OK);
  assert_true(str_eq(name, STR("a.txt")));
  assert_int_equal(listing_next(listing, &name, &err), OUT_OK);
  assert_true(str_eq(name, STR("b.txt")));
  assert_int_equal(listing_next(listing, &name, &err), OUT_END);
  listing_close(listing);
}

static void test_no_folder(void **state) {
  (void)state;
  struct err err = { 0 };
  struct listing *listing;
  assert_int_equal(listing_open("none", NULL, &listing, &err), OUT_SYSTEM);
  assert_null(listing);
  listing_close(listing);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_few, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_no_folder, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_as_many_as_are_held, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_one_more_than_is_held, scratch_enter, scratch_leave),
    cmocka_unit_test_setup_teardown(test_many, scratch_enter, scratch_leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
