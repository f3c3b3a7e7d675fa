/* unit/job/test_mirror: what changes in a mirrored journal, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "job/mirror.h"

#include <string.h>

static const char journal[] = "schema sl.journal  format ti, charset windows-1252\n"
                              "  record journal\n"
                              "    record batch \"Batch\"\n"
                              "      BatNbr text(10)\n"
                              "      PerPost period(YYYYPP) required\n"
                              "      CrTot decimal(2)\n"
                              "      Descr text(30)\n"
                              "      record line \"Transaction\"\n"
                              "        Acct text(10)\n"
                              "        DrAmt decimal(2)\n"
                              "        CrAmt decimal(2)\n"
                              "        Descr text(30)\n";

static const char periods[] = "period,start,end,status\n"
                              "202610,2026-10-01,2026-10-31,closed\n"
                              "202611,2026-11-01,2026-11-30,open\n"
                              "202612,2026-12-01,2026-12-31,closed\n";

static struct arena *arena;
static struct schema *schema;
static const struct calendar *calendar;

static int enter(void **state) {
  (void)state;
  struct err err = { 0 };
  arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "journal.schema", str_of(journal) };
  schema = schema_parse(source, arena, wrong);
  if (!schema || complaints_count(wrong)) return -1;
  return calendar_parse(STR("periods"), str_of(periods), arena, &calendar, &err) ? -1 : 0;
}

static int leave(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void test_texts(void **state) {
  (void)state;
  static const struct {
    const char *text, *mirror; /* NULL: refused, */
    const char *why;           /* with this text in it */
    uint64_t line;
  } table[] = {
    { "\"Batch\",,202611,5.00,\"Amazon 1\"\r\n\"Transaction\",\"1020\",5.00,0.00,\"a\"\r\n"
      "\"Transaction\",\"4010\",0.00,5.00,\r\n",
      "\"Batch\",,202611,5.00,\"Reversal of Amazon 1\"\r\n\"Transaction\",\"1020\",0.00,5.00,\"a\"\r\n"
      "\"Transaction\",\"4010\",5.00,0.00,\r\n",
      NULL, 0 },
    /* an amount that is not there stays so, on the other side; the last line may lack its end */
    { "\"Batch\",,202611,5,\nTransaction,1,5,,\nTransaction,2,,5,",
      "\"Batch\",,202611,5,\"Reversal of \"\n"
      "\"Transaction\",\"1\",,5,\n\"Transaction\",\"2\",5,,",
      NULL, 0 },
    /* thirty characters, in a character set of one byte each */
    { "\"Batch\",,202611,5,\"Amazon \xe4\xa4\xb6 and much, much more\"\nTransaction,1,5,5,\n",
      "\"Batch\",,202611,5,\"Reversal of Amazon \xe4\xa4\xb6 and muc\"\n\"Transaction\",\"1\",5,5,\n", NULL,
      0 },
    /* a closed period moves to the next open one */
    { "\"Batch\",,202610,5,\"x\"\nTransaction,1,5,5,\n",
      "\"Batch\",,202611,5,\"Reversal of x\"\n\"Transaction\",\"1\",5,5,\n", NULL, 0 },
    { "\"Batch\",,202612,5,\"x\"\nTransaction,1,5,5,\n", NULL, "no later one is open", 1 },
    { "\"Batch\",,soon,5,\"x\"\n", NULL, "not a period", 1 },
    { "\"Batch\",,202611,5,\"x\"\nTransaction,1,5,4,\n", NULL, "differ", 0 },
    { "\"Batch\",,202611,5,\"x\"\nTransaction,1,5,five,\n", NULL, "not an amount", 2 },
    { "\"Batch\",,202611,5,\"x\"\nTransaction,1,5,5\n", NULL, "3 fields, the schema's line has 4", 2 },
    { "\"Batch\",,202611,5,\"x\"\nLine,1,5,5,\n", NULL, "no level word", 2 },
    { "\"Batch\",,202611,5,\"x\n", NULL, "quote not closed", 1 },
    { "\"Batch\",,202611,5,\"x\"\n", NULL, "no line with a debit", 0 },
    { "", NULL, "no line with a debit", 0 },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct buf out = buf_new(1 << 16);
    struct mirror mirror;
    struct err err = { 0 };
    enum outcome got = mirror_text(schema, calendar, str_of(table[i].text), arena, &out, &mirror, &err);
    if (table[i].mirror) {
      if (got) fail_msg("%zu: %s", i, err.text);
      if (!str_eq(buf_str(&out), str_of(table[i].mirror))) fail_msg("%zu: %.*s", i, STR_ARG(buf_str(&out)));
    } else {
      if (got != OUT_DATA || !strstr(err.text, table[i].why) || err.line != table[i].line)
        fail_msg("%zu: %d at line %llu: %s", i, (int)got, (unsigned long long)err.line, err.text);
    }
    buf_free(&out);
  }
}

static void test_twice_is_the_original_but_for_its_name(void **state) {
  (void)state;
  static const char text[] = "\"Batch\",,202611,7.10,\"a\"\r\n\"Transaction\",\"1\",7.10,0.00,\r\n"
                             "\"Transaction\",\"2\",0.00,7.10,\r\n";
  struct buf once = buf_new(4096), twice = buf_new(4096);
  struct mirror mirror;
  struct err err = { 0 };
  assert_int_equal(mirror_text(schema, NULL, str_of(text), arena, &once, &mirror, &err), OUT_OK);
  assert_int_equal(mirror.original.lines, 2);
  assert_int_equal(dec_compare(mirror.original.debits, mirror.mirrored.credits), 0);
  assert_int_equal(mirror_text(schema, NULL, buf_str(&once), arena, &twice, &mirror, &err), OUT_OK);
  str lines = buf_str(&twice), first, same = str_of(text);
  str_split(&lines, '\n', &first);
  assert_true(str_ends(first, STR("\"Reversal of Reversal of a\"\r")));
  str_split(&same, '\n', &first);
  assert_true(str_eq(lines, same));
  buf_free(&once);
  buf_free(&twice);
}

static void test_knows(void **state) {
  (void)state;
  assert_true(mirror_knows(schema, STR("\"Batch\",,202611\n")));
  assert_true(mirror_knows(schema, STR("Transaction,1\r\n")));
  assert_false(mirror_knows(schema, STR("order-id,collected\n")));
  assert_false(mirror_knows(schema, STR("journal,1\n"))); /* holds others, writes no line */
  assert_false(mirror_knows(schema, STR_NONE));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_texts, enter, leave),
    cmocka_unit_test_setup_teardown(test_twice_is_the_original_but_for_its_name, enter, leave),
    cmocka_unit_test_setup_teardown(test_knows, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
