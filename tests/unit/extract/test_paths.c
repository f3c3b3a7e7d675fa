/* unit/extract/test_paths: a walk told by hand becomes records: paths, batches, what a file has once, what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/paths.h"
#include "tree_show.h"

static const char xml[] = "schema x  format xml\n"
                          "  record all once at \"All\"\n"
                          "    shop text(20) at \"Head/Shop\"\n"
                          "    unused text(20) at \"Head/Unused\"\n"
                          "    record order at \"Page/Order\"\n"
                          "      id text(20) at \"@id\"\n"
                          "      sum decimal at \"Sum\"\n"
                          "      currency text(3) at \"Sum@currency\"\n"
                          "      old text(3) at \"Old\" refused \"these are old\"\n"
                          "      record item at \"Items/Item\"\n"
                          "        sku text(20)\n"
                          "        unused text(20)\n";
static const char json[] = "schema j  format json\n"
                           "  record all once\n"
                           "    shop text(20) at \"head/shop\"\n"
                           "    record order at \"orders[]\"\n"
                           "      id text(20)\n";

struct told {
  struct tree_bench bench;
  struct paths *paths;
  struct events events;
  struct err err;
  enum outcome out;
};

static void begin(struct told *told, const char *schema) {
  tree_bench_open(&told->bench, schema);
  told->paths = paths_new(told->bench.schema, &told->bench.shapes);
  told->events = paths_events(told->paths);
  told->err = (struct err){ 0 };
  told->out = OUT_OK;
}

static void end(struct told *told) {
  paths_free(told->paths);
  tree_bench_close(&told->bench);
}

/* "All Head Shop=north < <": a name enters, NAME=TEXT enters and has a text and leaves, < leaves. As a parser does:
 * what is not wanted is not told. */
static void tell(struct told *told, const char *walk) {
  str rest = str_of(walk), word;
  size_t silent = 0;
  while (str_split(&rest, ' ', &word) && !told->out) {
    ptrdiff_t sign = str_find(word, '=');
    bool leaves = str_eq(word, STR("<"));
    str name = sign > 0 ? str_sub(word, 0, (size_t)sign) : word;
    if (silent) {
      if (leaves) silent--;
      else if (sign < 0) silent++;
      if (silent || !leaves) continue;
    } else if (!leaves) {
      told->out = told->events.enter(told->events.user, name, &told->err);
      if (told->out) return;
      bool wanted = told->events.wanted(told->events.user);
      if (sign < 0 && !wanted) silent = 1;
      if (sign < 0) continue;
      str text = str_sub(word, (size_t)sign + 1, word.len);
      if (wanted) told->out = told->events.text(told->events.user, text, false, &told->err);
      if (told->out) return;
    }
    told->out = told->events.leave(told->events.user, &told->err);
  }
}

static void expect(struct told *told, const char *want) {
  struct buf shown = buf_new(1 << 24);
  struct tree_batch batch;
  assert_int_equal(told->out, OUT_OK);
  assert_int_equal(paths_end(told->paths, &told->err), OUT_OK);
  while (paths_take(told->paths, &batch)) {
    tree_show_batch(&told->bench, &batch, &shown);
    paths_give_back(told->paths, &batch);
  }
  if (!str_eq(buf_str(&shown), str_of(want))) fail_msg("\n%.*snot\n%s", STR_ARG(buf_str(&shown)), want);
  buf_free(&shown);
}

static void expect_error(struct told *told, const char *text) {
  assert_int_equal(told->out, OUT_DATA);
  if (!strstr(told->err.text, text)) fail_msg("%s, not %s", told->err.text, text);
}

static void paths_lead_to_cells(void **state) {
  (void)state;
  struct told told;
  begin(&told, xml);
  tell(&told, "All Head Shop=north < Page Order @id=A Sum @currency=USD < Items Item sku=M < Item sku=N < < < "
              "Order @id=B < < Page Order < < <");
  assert_true(str_eq(paths_once(told.paths)[1]->cells[0], STR("north")));
  expect(&told, "1 order id=A sum=- currency=USD old=- { item sku=M } { item sku=N }\n"
                "2 order id=B sum=- currency=- old=-\n3 order id=- sum=- currency=- old=-\n");
  end(&told);
}

static void a_text_beside_attributes_is_a_cell(void **state) {
  (void)state;
  struct told told;
  begin(&told, xml);
  tell(&told, "All Page Order Sum @currency=USD");
  assert_int_equal(told.events.text(told.events.user, STR("1.50"), false, &told.err), OUT_OK);
  tell(&told, "< < < <");
  expect(&told, "1 order id=- sum=1.50 currency=USD old=-\n");
  end(&told);
}

static void unknown_names_are_told_once(void **state) {
  (void)state;
  struct told told;
  const str *names;
  begin(&told, xml);
  tell(&told, "All @xmlns:xsi=u @xsi:type=t Page Order New=1 New=2 Deep New=3 < Items New=1 < sluice-error=x < < Odd < <");
  assert_int_equal(paths_unknown(told.paths, &names), 4);
  assert_true(str_eq(names[0], STR("Order/New")));
  assert_true(str_eq(names[1], STR("Order/Deep")));
  assert_true(str_eq(names[2], STR("Items/New")));
  assert_true(str_eq(names[3], STR("All/Odd")));
  end(&told);
}

/* Names that are data neither fill the memory nor make it slow. */
static void of_many_unknown_names_some_are_kept(void **state) {
  (void)state;
  struct told told;
  const str *names;
  begin(&told, xml);
  tell(&told, "All Page Order");
  for (int i = 0; i < 100000; i++) {
    char name[32];
    snprintf(name, sizeof name, "N%d=1", i);
    tell(&told, name);
  }
  tell(&told, "@id=A < < <");
  assert_int_equal(paths_unknown(told.paths, &names), 200);
  expect(&told, "1 order id=A sum=- currency=- old=-\n");
  end(&told);
}

static void a_field_that_is_refused_stops(void **state) {
  (void)state;
  struct told told;
  begin(&told, xml);
  tell(&told, "All Page Order Old= < Order Old=1 <");
  expect_error(&told, "these are old (order 2 of the file)");
  end(&told);
}

static void a_field_twice_spoils_its_record(void **state) {
  (void)state;
  struct told told;
  begin(&told, xml);
  tell(&told, "All Page Order @id=A Items Item sku=M sku=N < < < Order @id=B Sum=1 Sum=2 Sum=3 < Order @id=C < < <");
  expect(&told, "1 order id=A sum=- currency=- old=- { item sku=M } !sku stands twice in one record\n"
                "2 order id=B sum=1 currency=- old=- !sum stands twice in one record\n"
                "3 order id=C sum=- currency=- old=-\n");
  end(&told);
}

static void what_a_file_has_once_may_not_stand_twice(void **state) {
  (void)state;
  struct told told;
  begin(&told, xml);
  tell(&told, "All Head Shop=north < Head Shop=south");
  expect_error(&told, "shop stands twice");
  end(&told);
  begin(&told, xml);
  tell(&told, "All < All");
  expect_error(&told, "All stands twice");
  end(&told);
}

static void a_late_field_is_known_the_second_time(void **state) {
  (void)state;
  struct told told;
  struct tree_batch batch;
  begin(&told, xml);
  tell(&told, "All Page Order @id=A < <");
  assert_false(paths_is_late(told.paths));
  assert_false(paths_once_is_complete(told.paths));
  tell(&told, "Head Shop=north < <");
  assert_true(paths_is_late(told.paths));
  assert_true(paths_once_is_complete(told.paths));
  paths_again(told.paths);
  assert_false(paths_take(told.paths, &batch));
  assert_true(str_eq(paths_once(told.paths)[1]->cells[0], STR("north")));
  tell(&told, "All Page Order @id=A < < Head Shop=north < <");
  assert_false(paths_is_late(told.paths));
  expect(&told, "1 order id=A sum=- currency=- old=-\n");
  end(&told);
  begin(&told, xml); /* twice is seen then too */
  tell(&told, "All Head Shop=north < <");
  paths_again(told.paths);
  tell(&told, "All Head Shop=north < Head Shop=north");
  expect_error(&told, "shop stands twice");
  end(&told);
}

static void another_file_is_refused(void **state) {
  (void)state;
  struct told told;
  begin(&told, xml);
  tell(&told, "Other Page < <");
  assert_int_equal(told.out, OUT_OK);
  told.out = paths_end(told.paths, &told.err);
  expect_error(&told, "this is no x: it begins with \"Other\", not with \"All\"");
  end(&told);
  begin(&told, json);
  told.out = paths_end(told.paths, &told.err);
  expect_error(&told, "this is no j: nothing stands in it");
  end(&told);
}

static void the_document_of_json_is_a_record(void **state) {
  (void)state;
  struct told told;
  begin(&told, json);
  tell(&told, "head shop=north < orders[] id=A < orders[] < more=1");
  assert_true(str_eq(paths_once(told.paths)[1]->cells[0], STR("north")));
  expect(&told, "1 order id=A\n2 order id=-\n");
  end(&told);
  begin(&told, json); /* a list without items is a file of this kind */
  told.events.list(told.events.user, STR("orders[]"));
  expect(&told, "");
  end(&told);
  begin(&told, json);
  told.events.list(told.events.user, STR("others[]"));
  told.out = paths_end(told.paths, &told.err);
  expect_error(&told, "it begins with \"others[]\"");
  end(&told);
}

/* Batches end between records; none is lost however many come at once. */
static void batches_hold_whole_records(void **state) {
  (void)state;
  enum { RECORDS = 120000 };
  struct told told;
  struct tree_batch batch;
  uint64_t next = 1;
  size_t batches = 0;
  begin(&told, xml);
  tell(&told, "All Page");
  for (int i = 0; i < RECORDS; i++) tell(&told, "Order Items Item sku=M < < <");
  assert_int_equal(paths_end(told.paths, &told.err), OUT_OK);
  while (paths_take(told.paths, &batch)) {
    batches++;
    assert_true(batch.count > 0);
    assert_true(arena_size(tree_arena(batch.tree)) < 1024 * 1024);
    for (size_t i = 0; i < batch.count; i++) {
      assert_int_equal(tree_number(batch.items[i]->row), next++);
      assert_int_equal(batch.items[i]->below[3].count, 1);
      assert_true(batch.items[i]->below[3].items[0]->row > batch.items[i]->row);
    }
    paths_give_back(told.paths, &batch);
  }
  assert_int_equal(next, RECORDS + 1);
  assert_true(batches > 64);
  end(&told);
}

static void one_record_may_take_16_mib(void **state) {
  (void)state;
  struct told told;
  begin(&told, xml);
  tell(&told, "All Page Order < Order Items");
  for (int i = 0; i < 200000 && !told.out; i++) tell(&told, "Item sku=0123456789 <");
  expect_error(&told, "one record takes more than 16 MiB (order 2 of the file)");
  end(&told);
}

static void walks_too_deep_stop(void **state) {
  (void)state;
  struct told told;
  begin(&told, xml);
  for (int i = 0; i < 300 && !told.out; i++) told.out = told.events.enter(told.events.user, STR("All"), &told.err);
  expect_error(&told, "nest deeper");
  end(&told);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(paths_lead_to_cells),
    cmocka_unit_test(a_text_beside_attributes_is_a_cell),
    cmocka_unit_test(unknown_names_are_told_once),
    cmocka_unit_test(of_many_unknown_names_some_are_kept),
    cmocka_unit_test(a_field_that_is_refused_stops),
    cmocka_unit_test(a_field_twice_spoils_its_record),
    cmocka_unit_test(what_a_file_has_once_may_not_stand_twice),
    cmocka_unit_test(a_late_field_is_known_the_second_time),
    cmocka_unit_test(another_file_is_refused),
    cmocka_unit_test(the_document_of_json_is_a_record),
    cmocka_unit_test(batches_hold_whole_records),
    cmocka_unit_test(one_record_may_take_16_mib),
    cmocka_unit_test(walks_too_deep_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
