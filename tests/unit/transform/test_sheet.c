/* unit/transform/test_sheet: the most specific row wins, folded keys, exact keys, ties, many rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/sheet.h"

#include <string.h>

static struct arena *arena;
static struct complaints *wrong;

static int start(void **state) {
  (void)state;
  arena = arena_new();
  wrong = complaints_new(arena);
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

/* A sheet of lines parted by commas, without quotes. */
static struct sheet *sheet_of(const char *text) {
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x.csv", str_of(text) };
  struct sheet *sheet = ARENA_NEW(arena, struct sheet);
  sheet->source = source;
  str rest = source->text, line;
  for (uint64_t number = 1; str_split(&rest, '\n', &line); number++) {
    str *cells = NULL, cell;
    size_t count = 0;
    while (str_split(&line, ',', &cell)) *ARENA_PUSH(arena, cells, count) = cell;
    if (number == 1) sheet->columns = cells, sheet->column_count = count;
    else *ARENA_PUSH(arena, sheet->rows, sheet->row_count) = (struct sheet_row){ cells, count, number };
  }
  return sheet;
}

static struct lookup *lookup_of(struct sheet *sheet, const char *keys, const char *take, int32_t width) {
  struct lookup *lookup = ARENA_NEW(arena, struct lookup);
  *lookup = (struct lookup){ .name = STR("l"), .is_sheet = true, .sheet = sheet };
  str rest = str_of(keys), key;
  while (str_split(&rest, ' ', &key)) {
    struct pair_spec pair = { .name = key };
    pair.exact = str_ends(key, STR("!"));
    if (pair.exact) pair.name.len--;
    *ARENA_PUSH(arena, lookup->pairs, lookup->key_count) = pair;
  }
  *ARENA_PUSH(arena, lookup->takes, lookup->take_count) =
      (struct take){ .name = str_of(take), .type = { .type = TYPE_TEXT, .size = width } };
  return lookup;
}

/* The answers, joined by /; "" when there is none. */
static const char *find(const struct finder *finder, const char *keys) {
  value values[4];
  size_t count = 0;
  str rest = str_of(keys), key;
  while (str_split(&rest, '|', &key)) values[count++] = value_text(key);
  const uint32_t *hits;
  size_t found = finder_find(finder, values, arena, &hits);
  struct buf text = buf_new(1000);
  for (size_t i = 0; i < found; i++) {
    value v = finder_value(finder, hits[i], 0);
    buf_printf(&text, "%s%.*s", i ? "/" : "", STR_ARG(v.as.text));
  }
  const char *answer = arena_text(arena, buf_str(&text));
  buf_free(&text);
  return answer;
}

static void test_most_specific(void **state) {
  (void)state;
  struct lookup *lookup = lookup_of(sheet_of("kind,Sub Kind,account\n"
                                             "Order,Principal,1\n"
                                             "Order,*,2\n"
                                             "*,*Tax,3\n"
                                             "*,ShippingTax,4\n"
                                             "Order,*Tax,5\n"
                                             "Refund,Shipping*,6\n"
                                             "Refund,Shipping Tax*,7\n"),
                                    "kind sub-kind", "account", 10);
  struct finder *finder = finder_new(lookup, arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  static const struct {
    const char *keys, *answer;
  } table[] = {
    { "Order|Principal", "1" }, { "ORDER|prin_cipal", "1" }, { "Order|Fee", "2" },
    { "Order|Gift-Tax", "5" },  { "Fee|ItemTax", "3" },      { "Fee|Shipping Tax", "4" },
    { "Fee|Other", "" },        { "Refund|Shipping", "6" },  { "Refund|ShippingTax", "7" },
    { "Refund|", "" },          { "Order|", "2" },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(find(finder, table[i].keys), table[i].answer) != 0)
      fail_msg("%s gives <%s>", table[i].keys, find(finder, table[i].keys));
}

static void test_exact(void **state) {
  (void)state;
  struct lookup *lookup =
      lookup_of(sheet_of("sku,id\nab-1,lower\nAB-1,upper\nCd-2,only\n"), "sku!", "id", 10);
  struct finder *finder = finder_new(lookup, arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  assert_string_equal(find(finder, "ab-1"), "lower");
  assert_string_equal(find(finder, "AB-1"), "upper");
  assert_string_equal(find(finder, "aB-1"), ""); /* two fold to it */
  assert_string_equal(find(finder, "cd2"), "only");
}

static void test_many(void **state) {
  (void)state;
  struct lookup *lookup = lookup_of(sheet_of("sku,part\nset,pot\nset,cup\nother,x\n"), "sku", "part", 10);
  lookup->many = true;
  struct finder *finder = finder_new(lookup, arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  assert_string_equal(find(finder, "SET"), "pot/cup");
  assert_string_equal(find(finder, "none"), "");
}

static void test_complaints(void **state) {
  (void)state;
  static const struct {
    const char *sheet;
    uint64_t line;
    const char *says;
  } table[] = {
    { "kind,account\na,1\nb,2\nA,1\n", 0, NULL }, /* the same answer is no contradiction */
    { "kind,account\na,1\nb,2\nA,3\n", 4, "rows 2 and 4 are the same rule with different answers" },
    { "kind,account\n*a,1\n*a,2\n", 3, "rows 2 and 3 are the same rule with different answers" },
    { "kind,account\n*ab,1\nxy*,2\n", 3, "rows 2 and 3 can match the same label and are equally exact" },
    { "kind,account\n*ab,1\nxyz*,2\n", 0, NULL },
    { "kind,account\nab*,1\nxy*,2\n", 0, NULL }, /* nothing matches both */
    { "kind,account\n*a*b*,1\n*b*a*,2\n", 3, "equally exact" },
    { "kind,account\na*b,1\na*c,2\n", 0, NULL },
    { "kind,account\n*a*a*a*a*a*a*a*a*a*a*a*a*b,1\n*a*a*a*a*a*a*a*a*a*a*a*a*c,2\n", 0, NULL },
    { "kind,account\na,12345678901\n", 2, "has 11 characters; SL takes 10" },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct err err = { 0 };
    wrong = complaints_new(arena);
    finder_new(lookup_of(sheet_of(table[i].sheet), "kind", "account", 10), arena, wrong);
    if (complaints_count(wrong) != (table[i].says ? 1 : 0))
      fail_msg("row %zu: %zu", i, complaints_count(wrong));
    complaints_first(wrong, &err);
    if (table[i].says && (!strstr(err.text, table[i].says) || err.line != table[i].line))
      fail_msg("row %zu: %llu: %s", i, (unsigned long long)err.line, err.text);
  }
}

static void test_patterns(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *text;
    bool matches;
  } table[] = {
    { "*", "", true },
    { "a*c", "abbc", true },
    { "a*c", "abb", false },
    { "?#", "x7", true },
    { "?#", "xy", false },
    { "*a*b*", "xaxbx", true },
    { "*a*b*", "xbxa", false },
    { "", "", true },
    { "", "a", false },
    { "Ab", "aB", true },
    { "*tax", "shippingtax", true },
    { "a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (pattern_matches(str_of(table[i].pattern), str_of(table[i].text)) != table[i].matches)
      fail_msg("%s and %s", table[i].pattern, table[i].text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_most_specific, start, stop),
    cmocka_unit_test_setup_teardown(test_exact, start, stop),
    cmocka_unit_test_setup_teardown(test_many, start, stop),
    cmocka_unit_test_setup_teardown(test_complaints, start, stop),
    cmocka_unit_test(test_patterns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
