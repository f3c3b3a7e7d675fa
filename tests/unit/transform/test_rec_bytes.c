/* unit/transform/test_rec_bytes: a record with records below it, as bytes and back. */
#include "transform/rec_bytes.h"
#include "transform/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FILE_SHAPE, ORDER, ITEM, INVOICE, SHAPES };

static struct level levels[SHAPES];
static struct shape items[SHAPES] = {
  [FILE_SHAPE] = { .level = &levels[FILE_SHAPE] },
  [ORDER] = { .level = &levels[ORDER], .field_count = 2 },
  [ITEM] = { .level = &levels[ITEM], .field_count = 2, .parent = ORDER },
  [INVOICE] = { .level = &levels[INVOICE], .field_count = 3, .parent = ORDER },
};
static const struct shapes shapes = { items, SHAPES, ORDER };

static struct rec *add_invoice(struct rec *order, struct arena *arena, str number, const char *amount) {
  struct rec *rec = ARENA_NEW(arena, struct rec);
  value *values = ARENA_ARRAY(arena, value, 3);
  dec d;
  assert_true(dec_parse(str_of(amount), DEC_PLAIN, &d));
  values[0] = value_text(number);
  values[1] = value_decimal(d);
  *rec = (struct rec){ .level = &levels[INVOICE], .parent = order, .values = values, .row = order->row };
  recs_add(&order->below[INVOICE], rec, arena);
  return rec;
}

static void test_there_and_back(void **state) {
  (void)state;
  struct tree *tree = tree_new(&shapes);
  struct arena *arena = arena_new();
  struct err err = { 0 };
  struct rec *order = tree_open(tree, ORDER, NULL);
  static const uint64_t others[] = { 8, 12 };
  order->row = 7;
  order->rows = 3;
  order->others = others;
  order->other_count = 2;
  tree_cell(tree, order, 1, STR("900-0000001-0000001"));
  for (int i = 0; i < 2; i++) tree_cell(tree, tree_open(tree, ITEM, order), 0, i ? STR("") : STR("TEAPOT"));
  add_invoice(order, tree_arena(tree), STR("I1"), "-12.50");
  struct buf bytes = buf_new(1 << 16);
  assert_int_equal(rec_to_bytes(order, &shapes, &bytes, &err), OUT_OK);

  const struct rec *again = rec_of_bytes(buf_str(&bytes), &shapes, arena);
  assert_ptr_equal(again->level, &levels[ORDER]);
  assert_true(again->row == 7 && again->rows == 3 && again->other_count == 2 && again->others[1] == 12);
  assert_null(again->cells[0].at);
  assert_true(str_eq(again->cells[1], STR("900-0000001-0000001")));
  assert_int_equal(again->below[ITEM].count, 2);
  assert_ptr_equal(again->below[ITEM].items[0]->parent, again);
  assert_true(str_eq(again->below[ITEM].items[0]->cells[0], STR("TEAPOT")));
  assert_true(again->below[ITEM].items[1]->cells[0].at &&
              !again->below[ITEM].items[1]->cells[0].len); /* empty, not absent */
  const value *values = again->below[INVOICE].items[0]->values;
  value expected = add_invoice(order, tree_arena(tree), STR("I1"), "-12.5")->values[1];
  assert_true(str_eq(values[0].as.text, STR("I1")) && value_equal(&values[1], &expected));
  assert_false(value_is_present(&values[2]));
  buf_free(&bytes);
  arena_free(arena);
  tree_free(tree);
}

/* A key holds 20 digits before the point. */
static void test_too_many_digits(void **state) {
  (void)state;
  struct tree *tree = tree_new(&shapes);
  struct err err = { 0 };
  struct rec *order = tree_open(tree, ORDER, NULL);
  order->below = ARENA_ARRAY(tree_arena(tree), struct recs, SHAPES);
  add_invoice(order, tree_arena(tree), STR("I1"), "1234567890123456789012345");
  struct buf bytes = buf_new(1 << 16);
  assert_int_equal(rec_to_bytes(order, &shapes, &bytes, &err), OUT_DATA);
  buf_free(&bytes);
  tree_free(tree);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_there_and_back),
                                      cmocka_unit_test(test_too_many_digits) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
