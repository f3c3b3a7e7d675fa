/* unit/job/test_feed_place: an address is told without what may be a key in it, and names no folder. */
#include "job/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_told(enum feed_place_kind kind, const char *what, const char *wanted) {
  struct feed_place place = { .kind = kind, .what = str_of(what) };
  struct buf text = buf_new(4096);
  struct arena *arena = arena_new();
  feed_place_tell(&place, &text);
  assert_string_equal(arena_text(arena, buf_str(&text)), wanted);
  arena_free(arena);
  buf_free(&text);
}

static void test_told(void **state) {
  (void)state;
  assert_told(PLACE_HTTPS, "https://a.example/x/rates.csv?apikey=K",
              "https \"https://a.example/x/rates.csv\"");
  assert_told(PLACE_HTTPS, "https://me:K@a.example/x.csv", "https \"https://a.example/x.csv\"");
  assert_told(PLACE_HTTPS, "https://a.example?K", "https \"https://a.example\"");
  assert_told(PLACE_HTTPS, "https://a.example/", "https \"https://a.example/\"");
  assert_told(PLACE_FOLDER, "/srv/share?x", "folder \"/srv/share?x\"");
  assert_told(PLACE_REPORT, "GET_X", "amazon report GET_X");
}

static void test_supply_folder(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct feed_supply supply = { .from = { .kind = PLACE_REPORT, .what = STR("GET_X") } };
  assert_true(str_eq(feed_supply_folder(&supply, arena), STR("inbox/supply/GET_X")));
  supply.from = (struct feed_place){ .kind = PLACE_HTTPS, .what = STR("https://a.example/x?apikey=K") };
  str folder = feed_supply_folder(&supply, arena);
  assert_true(str_starts(folder, STR("inbox/supply/https-")));
  assert_int_equal(folder.len, sizeof "inbox/supply/https-" - 1 + 16);
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_told), cmocka_unit_test(test_supply_folder) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
