/* unit/transform/test_chain: what one transform writes is what the next one reads, and what it takes back never comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tree_run.h"

#define FIRST "transform first\n  from in\n  into out\n"
#define ORDERS                                                                                                \
  "  order each order\n    copy id\n    total = in.order.total\n    line each item\n      copy sku, qty\n"        \
  "      amount = price * qty\n"
#define NEXT                                                                                                  \
  "transform next\n  from out\n  into last\n  sale each order\n    copy id\n    sum = sum(row.amount)\n"          \
  "    row each line\n      copy sku, amount\n"

struct two {
  struct tree_run run; /* the first; what the second writes is heard here */
  struct run next_run;
  struct sink heard, between;
  struct trees_worker *next;
  struct chain *chain;
};

static struct two two;

static enum outcome try_two(const char *first, const char *next) {
  struct tree_run *run = &two.run;
  tree_run_begin(run);
  two.heard = run->sink;
  struct program *second = run_program(run, next), *program = run_program(run, first);
  run_fill(run, second, &two.next_run);
  two.chain = NULL;
  assert_int_equal(trees_worker_new(&two.next_run, 1 << 20, &two.heard, &two.next, &run->err), OUT_OK);
  enum outcome out = chain_new(program, second, two.next, &two.chain, &run->err);
  if (out) return out;
  run->sink = chain_sink(two.chain);
  return tree_run_start(run, program);
}

static void open_two(const char *first, const char *next) { assert_int_equal(try_two(first, next), OUT_OK); }

static void close_two(void) {
  chain_free(two.chain);
  trees_worker_free(two.next);
  tree_run_close(&two.run);
}

static void records_come_whole(void **state) {
  (void)state;
  open_two(FIRST ORDERS, NEXT);
  give(&two.run, "A 9.00 CUP:1:2.50 MUG:2:3");
  expect_heard(&two.run, "mark hold sale ( row CUP 2.50 ) ( row MUG 6 ) ( sale A 8.50 ) keep");
  give(&two.run, "B 1");
  expect_heard(&two.run, "mark hold sale ( sale B 0 ) keep");
  close_two();
}

static void what_is_taken_back_never_comes(void **state) {
  (void)state;
  open_two(FIRST ORDERS "  prove \"total\" sum(line.amount) = out.order.total per order\n", NEXT);
  give(&two.run, "A 3 CUP:1:1 MUG:1:1");
  give(&two.run, "B 2 CUP:1:1 :1:1");
  expect_heard(&two.run, "");
  give(&two.run, "C 2 CUP:1:1 MUG:1:1");
  expect_heard(&two.run, "mark hold sale ( row CUP 1 ) ( row MUG 1 ) ( sale C 2 ) keep");
  assert_int_equal(trees_tally(two.run.worker)->held, 1);
  assert_int_equal(trees_tally(two.run.worker)->rejected, 1);
  assert_int_equal(trees_tally(two.next)->rows, 1);
  close_two();
}

static void rejects_know_the_rows_of_the_file(void **state) {
  (void)state;
  open_two(FIRST ORDERS, "transform next\n  from out\n  into last\n  reject \"{sku} is old\" when sku = \"OLD\"\n"
                         "  warn \"{qty} pieces\" when qty > 5\n  sale each order\n    copy id\n");
  give(&two.run, "A 1 CUP:1:1");
  struct rec *order = make_order(&two.run, "B 1 CUP:6:1 OLD:1:1");
  const uint64_t others[] = { (uint64_t)9 << TREE_ROW_BITS, (uint64_t)12 << TREE_ROW_BITS };
  order->rows = 4;
  order->others = others;
  order->other_count = 2;
  assert_int_equal(trees_record(two.run.worker, order, NULL, tree_arena(two.run.tree), &two.run.err), OUT_OK);
  const struct tally *tally = trees_tally(two.next);
  assert_int_equal(tally->rejected, 1);
  assert_int_equal(tree_number(tally->rejects[0].row), 2);
  assert_int_equal(tally->rejects[0].rows, 4);
  assert_int_equal(tally->rejects[0].other_count, 2);
  assert_int_equal(tree_number(tally->rejects[0].others[1]), 12);
  assert_int_equal(tree_number(tally->messages[0]->first_row), 2);
  close_two();
}

/* Groups of the file are written when it has ended: no single row is theirs. */
static void groups_have_no_row(void **state) {
  (void)state;
  open_two(FIRST "  order per sku\n    id = sku\n    total = sum(price)\n", "transform next\n  from out\n  into last\n"
                                                                          "  reject \"{id} is dear\" when total > 5\n"
                                                                          "  sale each order\n    copy id\n");
  give(&two.run, "A 1 CUP:1:1 MUG:1:3");
  give(&two.run, "B 1 MUG:1:3");
  assert_int_equal(finish_run(&two.run.run, two.run.worker, &two.run.err), OUT_OK);
  expect_heard(&two.run, "mark ( sale CUP ) keep");
  assert_true(trees_tally(two.next)->rejects[0].row == TREE_NO_ROW);
  close_two();
}

static void first_and_last_are_those_of_the_source(void **state) {
  (void)state;
  open_two(FIRST ORDERS, "transform next\n  from out\n  into last\n  sale per id\n    id = id\n    row per qty\n"
                         "      sku = join(\"-\", first(sku), last(sku))\n      amount = sum(amount)\n");
  give(&two.run, "A 1 CUP:1:1 MUG:1:1 JUG:1:1 POT:2:1");
  give(&two.run, "A 1 PAN:1:1");
  assert_int_equal(finish_run(&two.next_run, two.next, &two.run.err), OUT_OK);
  expect_heard(&two.run, "( sale A ( row CUP-PAN 4 ) ( row POT-POT 2 ) )");
  close_two();
}

static void transforms_must_fit(void **state) {
  (void)state;
  assert_int_equal(try_two("transform first\n  from in\n  into last\n  sale each order\n    copy id\n", NEXT), OUT_SPEC);
  assert_non_null(strstr(two.run.err.text, "next reads out, which first does not write"));
  close_two();
}

/* --- what the next one's file has once --- */

#define TOPS "transform next\n  from paged\n  into last\n  sale each one\n    id = join(\"-\", shop, id)\n"

static void what_it_has_once_is_known_and_stays(void **state) {
  (void)state;
  open_two("transform first\n  from in\n  into paged\n  top\n    shop = \"north\"\n    one per sku\n      id = sku\n", TOPS);
  give(&two.run, "A 1 CUP:1:1 MUG:1:1 JUG:1:1");
  assert_int_equal(finish_run(&two.run.run, two.run.worker, &two.run.err), OUT_OK);
  expect_heard(&two.run, "mark ( sale north-CUP ) keep mark ( sale north-JUG ) keep mark ( sale north-MUG ) keep");
  close_two();
}

static void what_it_has_once_is_written_once(void **state) {
  (void)state;
  open_two("transform first\n  from in\n  into paged\n  top\n    shop = \"a\"\n  top\n    shop = \"b\"\n", TOPS);
  give(&two.run, "A 1 CUP:1:1");
  assert_int_equal(finish_run(&two.run.run, two.run.worker, &two.run.err), OUT_DATA);
  assert_non_null(strstr(two.run.err.text, "top is written twice"));
  close_two();
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(records_come_whole),
    cmocka_unit_test(what_is_taken_back_never_comes),
    cmocka_unit_test(rejects_know_the_rows_of_the_file),
    cmocka_unit_test(groups_have_no_row),
    cmocka_unit_test(first_and_last_are_those_of_the_source),
    cmocka_unit_test(transforms_must_fit),
    cmocka_unit_test(what_it_has_once_is_known_and_stays),
    cmocka_unit_test(what_it_has_once_is_written_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
