/* unit/transform/test_eval_siblings: shares add up exactly, and each is where its weight says it must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tree_run.h"

#include <stdio.h>

#define SHARES                                                                                                \
  "transform x\n  from in\n  into out\n  order each order\n    copy id\n    line each item\n      copy sku\n"     \
  "      amount = apportion(total, price, %d)\n"

static struct tree_run run;
static unsigned long long seed = 88172645463325252ull;

static long random_to(long most) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return (long)(seed % (unsigned long long)most);
}

static void open_with(int places) {
  char text[500];
  snprintf(text, sizeof text, SHARES, places);
  tree_run_open(&run, text);
}

static void shares_of(const char *order, const char *want) {
  give(&run, order);
  expect_heard(&run, want);
}

static void shares_are_where_they_belong(void **state) {
  (void)state;
  open_with(2);
  shares_of("A 10 a:1:1 b:1:1 c:1:1", "mark ( order A ( line a 3.33 ) ( line b 3.34 ) ( line c 3.33 ) ) keep");
  shares_of("A -10 a:1:1 b:1:1 c:1:1", "mark ( order A ( line a -3.33 ) ( line b -3.34 ) ( line c -3.33 ) ) keep");
  shares_of("A 0.01 a:1:1 b:1:1", "mark ( order A ( line a 0.01 ) ( line b 0.00 ) ) keep");
  shares_of("A 0 a:1:1 b:1:1", "mark ( order A ( line a 0.00 ) ( line b 0.00 ) ) keep");
  shares_of("A 5 a:1:0 b:1:- c:1:2", "mark ( order A ( line a 0.00 ) ( line b 0.00 ) ( line c 5.00 ) ) keep");
  shares_of("A 5 a:1:7", "mark ( order A ( line a 5.00 ) ) keep");
  shares_of("A - a:1:7", "mark ( order A ( line a ) ) keep");
  shares_of("A 1.005 a:1:1", "mark ( order A ( line a 1.01 ) ) keep"); /* what more places had is rounded once */
  tree_run_close(&run);
}

static void weights_of_nothing_reject(void **state) {
  (void)state;
  open_with(2);
  shares_of("A 5 a:1:0 b:1:0", "mark ( order A ) undo");
  shares_of("A 5 a:1:2 b:1:-2", "mark ( order A ) undo");
  shares_of("A 5 a:1:- b:1:-", "mark ( order A ) undo");
  shares_of("A 5", "mark ( order A ) keep");
  shares_of("A 99999999999999999999999999999999999999 a:1:99999999999999999999 b:1:1", "mark ( order A ) undo");
  const struct tally *tally = trees_tally(run.worker);
  assert_int_equal(tally->rejected, 4);
  assert_true(str_eq(tally->rejects[0].text, STR("apportion(): the weights add up to 0")));
  assert_true(str_eq(tally->rejects[3].text, STR("apportion(): a number has more than 38 digits")));
  tree_run_close(&run);
}

/* The amounts that were heard. */
static dec heard_sum(size_t *count) {
  dec sum = dec_of(0), one;
  str rest = buf_str(&run.heard), word, last = STR_NONE;
  *count = 0;
  while (str_split(&rest, ' ', &word)) {
    if (str_eq(word, STR(")")) && dec_parse(last, DEC_PLAIN, &one)) {
      assert_true(dec_add(sum, one, &sum));
      ++*count;
    }
    last = word;
  }
  return sum;
}

static void add_number(struct buf *text, bool signs) {
  long units = random_to(4) ? random_to(100000) : random_to(4) ? random_to(1000000000000) : 0;
  static const char *const points[] = { "", ".0", ".5", ".25", ".333", ".0001", ".99999999" };
  buf_printf(text, "%s%ld%s", signs && units && random_to(2) ? "-" : "", units, points[random_to(7)]);
}

/* Of any total, weights and places: the sum is the rounded total, to the last unit. */
static void shares_add_up(void **state) {
  (void)state;
  for (int places = 0; places <= 6; places++) {
    open_with(places);
    for (int round = 0; round < 700; round++) {
      struct buf text = buf_new(1 << 20);
      long items = 1 + random_to(round % 50 ? 9 : 300);
      buf_add(&text, STR("A "));
      size_t from = text.len;
      add_number(&text, true);
      str total = arena_str(run.arena, str_sub(buf_str(&text), from, text.len));
      for (long i = 0; i < items; i++) {
        buf_printf(&text, " s%ld:1:", i);
        if (random_to(8)) add_number(&text, round % 3 == 0);
        else buf_char(&text, '-');
      }
      buf_char(&text, '\0');
      uint64_t rejected = trees_tally(run.worker)->rejected;
      give(&run, text.at);
      size_t count;
      dec sum = heard_sum(&count), whole;
      buf_clear(&run.heard);
      assert_true(dec_parse(total, DEC_PLAIN, &whole));
      assert_true(dec_round(whole, places, DEC_HALF_UP, &whole));
      bool good = count == (size_t)items && dec_compare(sum, whole) == 0;
      if (!good && trees_tally(run.worker)->rejected == rejected) fail_msg("%s to %d places", text.at, places);
      buf_free(&text);
    }
    assert_true(trees_tally(run.worker)->rejected < 200); /* weights that came to nothing */
    tree_run_close(&run);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(shares_are_where_they_belong),
    cmocka_unit_test(weights_of_nothing_reject),
    cmocka_unit_test(shares_add_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
