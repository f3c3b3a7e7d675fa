/* unit/job/test_review: ids that stay, sheets out and back, rows matched with their questions. */
#include "job/replies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *arena;

static int enter(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int leave(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void assert_str(str got, const char *want) {
  if (!str_eq(got, str_of(want))) fail_msg("got \"%.*s\", not \"%s\"", STR_ARG(got), want);
}

/* --- ids --- */

static void ids_stay_and_hold_letters(void **state) {
  (void)state;
  str first = question_id(arena, STR("settlement"), STR("8be32d1d"), STR("period closed"));
  assert_str(first, "Q-QMK8YBN");
  assert_true(str_eq(first, question_id(arena, STR("settlement"), STR("8be32d1d"), STR("period closed"))));
  for (int i = 0; i < 1000; i++) {
    str id = question_id(arena, STR("f"), arena_printf(arena, "%d", i), STR_NONE);
    assert_int_equal(id.len, QUESTION_ID_TEXT - 1);
    assert_true(str_starts(id, STR("Q-")));
    for (size_t j = 2; j < id.len; j++) assert_non_null(strchr("23456789ABCDEFGHJKMNPQRSTVWXYZ", id.at[j]));
  }
}

static void ids_tell_apart_what_is_asked(void **state) {
  (void)state;
  static const char *const asked[][3] = { { "a", "b", "c" }, { "ab", "", "c" }, { "a", "bc", "" },
                                          { "a", "b", "d" }, { "b", "b", "c" }, { "a", "c", "c" } };
  enum { COUNT = sizeof asked / sizeof *asked };
  for (size_t i = 0; i < COUNT; i++)
    for (size_t j = i + 1; j < COUNT; j++) {
      str one = question_id(arena, str_of(asked[i][0]), str_of(asked[i][1]), str_of(asked[i][2]));
      str two = question_id(arena, str_of(asked[j][0]), str_of(asked[j][1]), str_of(asked[j][2]));
      assert_false(str_eq(one, two));
    }
}

/* --- answers --- */

static void answers_are_read_by_kind(void **state) {
  (void)state;
  static const struct {
    enum question_kind kind;
    const char *answer;
    int word; /* -1: not understood */
  } cases[] = {
    { QUESTION_ITEM, "yes", REPLY_YES },
    { QUESTION_ITEM, " YES ", REPLY_YES },
    { QUESTION_ITEM, "Ok", REPLY_YES },
    { QUESTION_ITEM, "release", REPLY_YES },
    { QUESTION_ITEM, "y", REPLY_YES },
    { QUESTION_ITEM, "No", REPLY_NO },
    { QUESTION_ITEM, "refuse", REPLY_NO },
    { QUESTION_ITEM, "4010", -1 },
    { QUESTION_ITEM, "", -1 },
    { QUESTION_ITEM, "  ", -1 },
    { QUESTION_ITEM, "yes please", -1 },
    { QUESTION_MESSAGE, "ok", REPLY_YES },
    { QUESTION_MESSAGE, "no", REPLY_NO },
    { QUESTION_MESSAGE, "4010", -1 },
    { QUESTION_ROW, "4010", REPLY_VALUES },
    { QUESTION_ROW, "4010; 1000", REPLY_VALUES },
    { QUESTION_ROW, "no", REPLY_NO },
    { QUESTION_ROW, "yes", -1 },
    { QUESTION_ROW, "OK", -1 },
    { QUESTION_ROW, ";", REPLY_VALUES },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct question question = { .kind = cases[i].kind };
    enum reply_word word;
    str why = STR_NONE;
    bool good = reply_read(&question, str_of(cases[i].answer), arena, &word, &why);
    assert_int_equal(good, cases[i].word >= 0);
    if (good) assert_int_equal(word, cases[i].word);
    else assert_true(why.len > 0);
  }
}

/* --- sheets --- */

static struct question some[3];

static const struct question *questions(void) {
  some[0] =
      (struct question){ .kind = QUESTION_ITEM, .id = STR("Q-AAAAAAA"), .feed = STR("shop"), .open = true };
  some[0].file = STR("0012.txt");
  some[0].value = STR("=1+1, \"quoted\"");
  some[0].text = STR("two\nlines; and a mark");
  some[0].since = STR("2026-11-20T02:00:00Z");
  some[0].line = 3;
  some[1] =
      (struct question){ .kind = QUESTION_ROW, .id = STR("Q-BBBBBBB"), .feed = STR("shop"), .open = true };
  some[1].row = STR("70000000101000000000");
  some[1].line = 9;
  some[2] = (struct question){ .kind = QUESTION_MESSAGE, .id = STR("Q-CCCCCCC"), .feed = STR("shop") };
  some[2].closed = STR("it was answered on 2026-11-20 by Ann");
  some[2].sheet = STR("s1");
  return some;
}

static struct review_table table_of(str bytes) {
  struct review_table table;
  struct err err = { 0 };
  if (review_sheet_read(bytes, arena, &table, &err)) fail_msg("%s", err.text);
  return table;
}

static void check_written(str bytes) {
  struct review_table table = table_of(bytes);
  assert_int_equal(table.count, 2); /* the closed one is not shown */
  const struct review_cell *cells = table.rows[0].cells;
  assert_str(cells[REVIEW_ID].text, "Q-AAAAAAA");
  assert_str(cells[REVIEW_FILE].text, "0012.txt");
  assert_str(cells[REVIEW_VALUE].text, "=1+1, \"quoted\"");
  assert_str(cells[REVIEW_TEXT].text, "two lines; and a mark (known since 2026-11-20)");
  assert_str(table.rows[1].cells[REVIEW_ROW].text, "70000000101000000000");
  for (size_t i = 0; i < table.count; i++)
    for (size_t j = 0; j < REVIEW_COLUMNS; j++) assert_false(table.rows[i].cells[j].rewritten);
}

static void sheets_come_back_as_they_went(void **state) {
  (void)state;
  struct review_page page = { questions(), 3, 5, 1793923200 };
  struct buf csv = buf_new(1 << 20), xlsx = buf_new(1 << 20), again = buf_new(1 << 20);
  struct err err = { 0 };
  assert_int_equal(review_sheet_csv(&page, &csv, &err), OUT_OK);
  assert_int_equal(review_sheet_xlsx(&page, "/tmp", &xlsx, &err), OUT_OK);
  assert_int_equal(review_sheet_xlsx(&page, "/tmp", &again, &err), OUT_OK);
  assert_true(str_eq(buf_str(&xlsx), buf_str(&again)));
  check_written(buf_str(&csv));
  check_written(buf_str(&xlsx));
  buf_free(&csv);
  buf_free(&xlsx);
  buf_free(&again);
}

static void sheets_of_other_kinds_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *bytes, *why;
  } cases[] = {
    { "", "empty" },
    { "\n\n", "empty" },
    { "id,answer\nQ-AAAAAAA,yes\n", "answered by" },
    { "answer,answered by\nyes,Ann\n", "\"id\"" },
    { "id,answer,answered by\n\"Q,yes,Ann\n", "not closed" },
    { "PK\x03\x04 and no more", "workbook" },
    { "\xd0\xcf\x11\xe0 an old one", "xls" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct review_table table;
    struct err err = { 0 };
    assert_int_equal(review_sheet_read(str_of(cases[i].bytes), arena, &table, &err), OUT_DATA);
    if (!strstr(err.text, cases[i].why)) fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].why);
  }
}

static struct reply *match(const char *csv, str sheet, size_t *count) {
  struct review_table table = table_of(str_of(csv));
  questions();
  return replies_match(&table, some, 3, sheet, arena, count);
}

static void rows_find_their_questions(void **state) {
  (void)state;
  size_t count;
  struct reply *replies = match("ID; Answer ;answered_by;value\n"
                                " q-aaaaaaa ;yes;Ann;1+1\n"
                                "Q-BBBBBBB;\"4010; 1000\";J\xf6rg;x\n"
                                "Q-BBBBBBB;no;Ann;\n"
                                "Q-CCCCCCC;ok;Ann;\n"
                                "Q-DDDDDDD;ok;Ann;\n"
                                "Q-AAAAAAA;;Ann;\n"
                                ";yes;Ann;\n"
                                "1.2E+10;yes;Ann;\n"
                                "Q-AAAAAAA;1,0E+01;Ann;\n"
                                "Q-AAAAAAA;yes;;\n",
                                STR("s2"), &count);
  static const char *const refused[] = {
    "", "", "", "answered on", "asked no", "id is missing", "no text", "no text", "is empty"
  };
  assert_int_equal(count, sizeof refused / sizeof *refused);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(!replies[i].refused.len, !*refused[i]);
    if (*refused[i] && !strstr(arena_text(arena, replies[i].refused), refused[i]))
      fail_msg("row %zu: \"%.*s\"", i, STR_ARG(replies[i].refused));
  }
  assert_ptr_equal(replies[0].question, &some[0]);
  assert_int_equal(replies[0].word, REPLY_YES);
  assert_str(replies[0].edited, "\"value\"");
  assert_str(replies[1].by, "J\xc3\xb6rg");
  assert_int_equal(replies[1].word, REPLY_VALUES);
  assert_ptr_equal(replies[2].before, &replies[1]);
}

static void answers_of_the_same_sheet_are_known(void **state) {
  (void)state;
  size_t count;
  struct reply *replies = match("id,answer,answered by\nQ-CCCCCCC,ok,Ann\n", STR("s1"), &count);
  assert_int_equal(count, 1);
  assert_true(replies[0].done && !replies[0].refused.len);
}

static void shared_ids_answer_nothing(void **state) {
  (void)state;
  size_t count;
  struct review_table table = table_of(STR("id,answer,answered by\nQ-AAAAAAA,yes,Ann\n"));
  questions();
  some[0].shared = true;
  struct reply *replies = replies_match(&table, some, 3, STR_NONE, arena, &count);
  assert_true(replies[0].refused.len > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(ids_stay_and_hold_letters, enter, leave),
    cmocka_unit_test_setup_teardown(ids_tell_apart_what_is_asked, enter, leave),
    cmocka_unit_test_setup_teardown(answers_are_read_by_kind, enter, leave),
    cmocka_unit_test_setup_teardown(sheets_come_back_as_they_went, enter, leave),
    cmocka_unit_test_setup_teardown(sheets_of_other_kinds_are_refused, enter, leave),
    cmocka_unit_test_setup_teardown(rows_find_their_questions, enter, leave),
    cmocka_unit_test_setup_teardown(answers_of_the_same_sheet_are_known, enter, leave),
    cmocka_unit_test_setup_teardown(shared_ids_answer_nothing, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
