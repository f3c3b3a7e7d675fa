/* unit/transform/test_trees: one record after the other: all of it is written or nothing, and only what stays counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tree_run.h"

#define HEAD "transform x\n  from in\n  into out\n"
#define ORDERS                                                                                                \
  "  order each order\n    copy id\n    total = in.order.total\n    line each item\n      copy sku, qty\n"        \
  "      amount = price * qty\n"

static struct tree_run run;

static void what_is_written_is_heard_in_order(void **state) {
  (void)state;
  tree_run_open(&run, HEAD ORDERS);
  give(&run, "A 9.00 CUP:1:2.50 MUG:2:3");
  expect_heard(&run, "mark ( order A 9.00 ( line CUP 1 2.50 ) ( line MUG 2 6 ) ) keep");
  give(&run, "B -");
  expect_heard(&run, "mark ( order B ) keep");
  assert_int_equal(finish_run(&run.run, run.worker, &run.err), OUT_OK);
  const struct tally *tally = trees_tally(run.worker);
  assert_int_equal(tally->rows, 2);
  assert_int_equal(tally->mapped, 2);
  assert_int_equal(tally->written, 4);
  assert_int_equal(tally->reject_count, 0);
  tree_run_close(&run);
}

/* The third line of an order cannot be made: the first two are taken back, and count nowhere. */
static void a_record_that_fails_leaves_no_trace(void **state) {
  (void)state;
  tree_run_open(&run, HEAD ORDERS "  prove \"pieces\" sum(line.qty) = sum(qty)\n"
                                  "  prove \"money\" sum(out.order.total) = sum(in.order.total)\n"
                                  "  prove \"lines\" count(line) = 3\n");
  give(&run, "A 1 CUP:1:1");
  give(&run, "B 2 CUP:10:1 MUG:10:1 :10:1 POT:10:1");
  give(&run, "C 3 CUP:1:x MUG:100:1");
  give(&run, "D 4x CUP:1000:1");
  give(&run, "- 5 CUP:10000:1");
  give(&run, "F 6 CUP:2:1 MUG:3:1");
  expect_heard(&run, "mark ( order A 1.00 ( line CUP 1 1 ) ) keep "
                     "mark ( order B 2.00 ( line CUP 10 10 ) ( line MUG 10 10 ) ) undo "
                     "mark ( order C 3.00 ) undo mark undo "
                     "mark ( order F 6.00 ( line CUP 2 2 ) ( line MUG 3 3 ) ) keep");
  assert_int_equal(finish_run(&run.run, run.worker, &run.err), OUT_OK);
  const struct tally *tally = trees_tally(run.worker);
  assert_int_equal(tally->rejected, 4);
  assert_int_equal(tally->mapped, 2);
  assert_int_equal(tally->written, 5);
  assert_int_equal(tree_number(tally->rejects[0].row), 2);
  assert_true(str_eq(tally->rejects[0].text, STR("line.sku is required and absent")));
  assert_true(str_eq(tally->rejects[1].text, STR("price: \"x\" is not a number")));
  assert_true(str_eq(tally->rejects[3].text, STR("id is missing")));
  tree_run_close(&run);
}

static void rules_take_away_before_anything_is_summed(void **state) {
  (void)state;
  tree_run_open(&run, HEAD "  skip \"{sku} is free\" when price = 0\n  reject \"{id} is empty\" when count(item) = 0\n"
                           "  hold \"{id} is large\" when sum(qty) > 9\n  warn \"{id} has {count(item)}\" when count(item) > 1\n" ORDERS
                           "  prove \"pieces\" sum(qty) = 4\n");
  give(&run, "A 1 CUP:3:0 MUG:2:1 POT:7:0");
  give(&run, "B 1 CUP:3:0");
  give(&run, "C 1 CUP:5:1 MUG:5:1");
  give(&run, "D 1 CUP:1:1 MUG:1:1");
  expect_heard(&run, "mark ( order A 1.00 ( line MUG 2 2 ) ) keep mark ( order D 1.00 ( line CUP 1 1 ) ( line MUG 1 1 ) ) keep");
  assert_int_equal(finish_run(&run.run, run.worker, &run.err), OUT_OK);
  const struct tally *tally = trees_tally(run.worker);
  assert_int_equal(tally->rejected, 1);
  assert_int_equal(tally->held, 1);
  assert_int_equal(tally->skipped, 0); /* items are no records of the file */
  assert_int_equal(tally->message_count, 5);
  tree_run_close(&run);
}

/* What a let came to before a rule took items away is forgotten, and another order has its own. */
static void a_let_that_is_kept_follows_its_record(void **state) {
  (void)state;
  tree_run_open(&run, HEAD "  let pieces = sum(qty)\n  let twice = pieces + pieces\n"
                           "  warn \"{id} has {pieces}\" when pieces > 0\n"
                           "  skip \"{sku} is free\" when price = 0\n"
                           "  warn \"{id} keeps {pieces}, twice {twice}\" when twice > 0\n"
                           "  order each order\n    copy id\n    total = twice\n    line each item\n      copy sku, qty\n");
  give(&run, "A 1 CUP:3:0 MUG:2:1 POT:7:0 CAN:4:1");
  give(&run, "B 1 CUP:5:1");
  expect_heard(&run, "mark ( order A 12.00 ( line MUG 2 ) ( line CAN 4 ) ) keep "
                     "mark ( order B 10.00 ( line CUP 5 ) ) keep");
  assert_int_equal(finish_run(&run.run, run.worker, &run.err), OUT_OK);
  const struct tally *tally = trees_tally(run.worker);
  assert_int_equal(tally->message_count, 6);
  assert_true(str_eq(tally->messages[0]->text, STR("A has 16")));
  tree_run_close(&run);
}

static void a_proof_about_each_holds_those_it_fails_for(void **state) {
  (void)state;
  tree_run_open(&run, HEAD ORDERS "  prove \"lines make the total\" sum(line.amount) = out.order.total per order\n");
  give(&run, "A 5 CUP:1:2 MUG:1:3");
  give(&run, "B 6 CUP:1:2 MUG:1:3");
  give(&run, "C 7 CUP:7:1");
  expect_heard(&run, "mark hold order ( line CUP 1 2 ) ( line MUG 1 3 ) ( order A 5.00 ) keep "
                     "mark hold order ( line CUP 1 2 ) ( line MUG 1 3 ) drop order undo "
                     "mark hold order ( line CUP 7 7 ) ( order C 7.00 ) keep");
  assert_int_equal(finish_run(&run.run, run.worker, &run.err), OUT_OK);
  const struct tally *tally = trees_tally(run.worker);
  assert_int_equal(tally->held, 1);
  assert_true(str_eq(tally->rejects[0].text, STR("it does not hold that lines make the total: 5 and 6.00")));
  assert_int_equal(tally->proofs[0].records, 3);
  assert_int_equal(tally->proofs[0].failed, 1);
  assert_false(tally->proofs[0].holds);
  assert_true(tally->proofs_hold); /* the file goes on */
  tree_run_close(&run);
}

static void groups_of_the_file_come_after_it(void **state) {
  (void)state;
  tree_run_open(&run, HEAD "  order per sku\n    id = sku\n    total = sum(price * qty)\n    line per qty\n      sku = sku\n"
                           "      qty = qty\n      amount = count(item)\n");
  give(&run, "A - MUG:2:1 CUP:1:2.50 MUG:2:2");
  give(&run, "B - MUG:3:1 CUP:x:1");
  give(&run, "C - MUG:3:1");
  expect_heard(&run, "");
  assert_int_equal(finish_run(&run.run, run.worker, &run.err), OUT_OK);
  expect_heard(&run, "( order CUP 2.50 ( line CUP 1 1 ) ) ( order MUG 9.00 ( line MUG 2 2 ) ( line MUG 3 1 ) )");
  assert_int_equal(trees_tally(run.worker)->folded, 2);
  assert_int_equal(trees_tally(run.worker)->rejected, 1);
  tree_run_close(&run);
}

/* What a file has once is there for every record, and for what comes after the last. */
static void what_the_file_has_once_is_known(void **state) {
  (void)state;
  tree_run_open(&run, HEAD "  order each order\n    id = join(\"-\", shop, id)\n  prove \"shop\" shop = \"north\"\n");
  struct tree *once_tree = tree_new(&run.shapes);
  struct rec *once[SHAPES_MOST] = { NULL };
  once[PAGE] = tree_open(once_tree, PAGE, NULL);
  tree_cell(once_tree, once[PAGE], 0, STR("north"));
  trees_worker_once(run.worker, once);
  give(&run, "A -");
  expect_heard(&run, "mark ( order north-A ) keep");
  assert_int_equal(finish_run(&run.run, run.worker, &run.err), OUT_OK);
  tree_free(once_tree);
  tree_run_close(&run);
}

static void a_flaw_of_the_reader_rejects(void **state) {
  (void)state;
  tree_run_open(&run, HEAD ORDERS);
  struct rec *order = make_order(&run, "A 1 CUP:1:1");
  order->rows = 3;
  assert_int_equal(trees_record(run.worker, order, "it is broken", tree_arena(run.tree), &run.err), OUT_OK);
  expect_heard(&run, "");
  const struct tally *tally = trees_tally(run.worker);
  assert_int_equal(tally->rejected, 1);
  assert_int_equal(tally->rejects[0].rows, 3);
  assert_true(str_eq(tally->rejects[0].text, STR("it is broken")));
  tree_run_close(&run);
}

/* --- records that a lookup adds --- */

#define PARTS "  lookup part in \"parts.csv\" many\n    on sku\n    take part text(20), pieces integer\n"
#define LINES "  order each order\n    copy id\n    line each part\n      sku = part.part\n      qty = part.pieces * qty\n"

static void rows_that_answer_are_records(void **state) {
  (void)state;
  tree_run_open(&run, HEAD PARTS LINES);
  give(&run, "A - SET:3:1 MUG:1:1 DUO:2:1");
  expect_heard(&run, "mark ( order A ( line CUP 6 ) ( line POT 3 ) ( line MUG 2 ) ) keep");
  tree_run_close(&run);
  tree_run_open(&run, HEAD PARTS "    miss part = sku, pieces = 1\n" LINES);
  give(&run, "A - SET:3:1 MUG:1:1 set:1:1");
  expect_heard(&run, "mark ( order A ( line CUP 6 ) ( line POT 3 ) ( line MUG 1 ) ( line CUP 2 ) ( line POT 1 ) ) keep");
  give(&run, "B -");
  expect_heard(&run, "mark ( order B ) keep");
  tree_run_close(&run);
}

static void a_part_may_be_skipped_and_counted(void **state) {
  (void)state;
  tree_run_open(&run, HEAD PARTS "  skip \"no pots\" when part.part = \"POT\"\n"
                                 "  order each order\n    copy id\n    total = decimal(count(part))\n    line each part\n"
                                 "      sku = part.part\n      qty = count(part of item)\n"
                                 "      amount = apportion(price, part.pieces, 2)\n");
  give(&run, "A - SET:3:10 DUO:1:5");
  expect_heard(&run, "mark ( order A 2.00 ( line CUP 1 10.00 ) ( line MUG 1 5.00 ) ) keep");
  tree_run_close(&run);
}

static void keys_that_cannot_be_computed_reject(void **state) {
  (void)state;
  tree_run_open(&run, HEAD "  lookup part in \"parts.csv\" many\n    on sku = text(qty, \"0\")\n    take part text(20)\n"
                           "  order each order\n    copy id\n    line each part\n      sku = part.part\n");
  give(&run, "A - SET:x:1");
  expect_heard(&run, "");
  assert_int_equal(trees_tally(run.worker)->rejected, 1);
  tree_run_close(&run);
}

/* Whole records wait for their group, with all that is below them, and what a rule took away is not among it. */
static void groups_have_their_records_at_hand(void **state) {
  (void)state;
  tree_run_open(&run, HEAD "  skip \"no mugs\" when sku = \"MUG\"\n  order per id\n    id = id\n    total = sum(price)\n"
                           "    line each item\n      copy sku\n      amount = price\n");
  give(&run, "B - CUP:1:5");
  give(&run, "A - POT:1:1 MUG:1:9");
  give(&run, "B - POT:2:2.50");
  expect_heard(&run, "");
  assert_int_equal(finish_run(&run.run, run.worker, &run.err), OUT_OK);
  expect_heard(&run, "mark ( order A 1.00 ( line POT 1 ) ) keep mark ( order B 7.50 ( line CUP 5 ) ( line POT 2.50 ) ) keep");
  tree_run_close(&run);
}

static void forms_that_are_not_run_say_so(void **state) {
  (void)state;
  static const char *const forms[] = {
    HEAD "  order each order sorted by id\n    copy id\n",
    HEAD "  order each order when is-last()\n    copy id\n",
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    tree_run_begin(&run);
    assert_int_equal(tree_run_start(&run, run_program(&run, forms[i])), OUT_SPEC);
    assert_non_null(strstr(run.err.text, "not run yet"));
    tree_run_close(&run);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_is_heard_in_order),
    cmocka_unit_test(a_record_that_fails_leaves_no_trace),
    cmocka_unit_test(rules_take_away_before_anything_is_summed),
    cmocka_unit_test(a_let_that_is_kept_follows_its_record),
    cmocka_unit_test(a_proof_about_each_holds_those_it_fails_for),
    cmocka_unit_test(groups_of_the_file_come_after_it),
    cmocka_unit_test(what_the_file_has_once_is_known),
    cmocka_unit_test(a_flaw_of_the_reader_rejects),
    cmocka_unit_test(rows_that_answer_are_records),
    cmocka_unit_test(a_part_may_be_skipped_and_counted),
    cmocka_unit_test(keys_that_cannot_be_computed_reject),
    cmocka_unit_test(groups_have_their_records_at_hand),
    cmocka_unit_test(forms_that_are_not_run_say_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
