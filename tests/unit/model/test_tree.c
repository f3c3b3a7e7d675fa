/* unit/model/test_tree: records know their parents and their children, cells are copied, and set once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../extract/tree_show.h"

static const char layout[] = "schema x  format xml\n"
                             "  record all once\n"
                             "    sum decimal\n"
                             "    record order\n"
                             "      id text(20)\n"
                             "      note text(20)\n"
                             "      record item\n"
                             "        sku text(20)\n"
                             "      record fee\n"
                             "        kind text(20)\n";
enum { ALL = 1, ORDER, ITEM, FEE };

static struct tree_bench bench;

static int start(void **state) {
  (void)state;
  tree_bench_open(&bench, layout);
  return 0;
}

static int stop(void **state) {
  (void)state;
  tree_bench_close(&bench);
  return 0;
}

static void children_are_listed_by_their_kind(void **state) {
  (void)state;
  struct tree *tree = tree_new(&bench.shapes);
  struct rec *all = tree_open(tree, ALL, NULL), *order = tree_open(tree, ORDER, all);
  assert_int_equal(bench.shapes.streamed, ORDER);
  struct rec *first = tree_open(tree, ITEM, order), *fee = tree_open(tree, FEE, order),
             *second = tree_open(tree, ITEM, order);
  assert_int_equal(order->below[ITEM].count, 2);
  assert_ptr_equal(order->below[ITEM].items[0], first);
  assert_ptr_equal(order->below[ITEM].items[1], second);
  assert_int_equal(order->below[FEE].count, 1);
  assert_ptr_equal(fee->parent, order);
  assert_ptr_equal(order->parent, all);
  assert_null(all->below); /* it does not list what streams by */
  assert_null(first->below);
  tree_free(tree);
}

static void cells_are_copied_and_set_once(void **state) {
  (void)state;
  char text[] = "A-1";
  struct tree *tree = tree_new(&bench.shapes);
  struct rec *order = tree_open(tree, ORDER, NULL);
  assert_null(order->cells[0].at);
  assert_true(tree_cell(tree, order, 0, str_of(text)));
  text[0] = 'X';
  assert_true(str_eq(order->cells[0], STR("A-1")));
  assert_false(tree_cell(tree, order, 0, STR("B")));
  assert_true(str_eq(order->cells[0], STR("A-1")));
  assert_true(tree_cell(tree, order, 1, STR_NONE)); /* empty, but there */
  assert_false(tree_cell(tree, order, 1, STR("late")));
  tree_free(tree);
}

static void a_cleared_tree_begins_anew(void **state) {
  (void)state;
  struct tree *tree = tree_new(&bench.shapes);
  for (int round = 0; round < 3; round++) {
    struct rec *order = tree_open(tree, ORDER, NULL);
    for (int i = 0; i < 1000; i++)
      assert_true(tree_cell(tree, tree_open(tree, ITEM, order), 0, STR("0123456789")));
    assert_int_equal(order->below[ITEM].count, 1000);
    assert_true(arena_size(tree_arena(tree)) > 10000);
    tree_clear(tree);
    assert_int_equal(arena_size(tree_arena(tree)), 0);
  }
  tree_free(tree);
}

static void places_say_the_record(void **state) {
  (void)state;
  assert_int_equal(tree_number((uint64_t)7 << TREE_ROW_BITS), 7);
  assert_int_equal(tree_number(((uint64_t)7 << TREE_ROW_BITS) + (1 << TREE_ROW_BITS) - 1), 7);
  assert_true(tree_number(TREE_NO_ROW) > (uint64_t)1 << 39);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(children_are_listed_by_their_kind, start, stop),
    cmocka_unit_test_setup_teardown(cells_are_copied_and_set_once, start, stop),
    cmocka_unit_test_setup_teardown(a_cleared_tree_begins_anew, start, stop),
    cmocka_unit_test_setup_teardown(places_say_the_record, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
