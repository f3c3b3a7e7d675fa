/* unit/codec/test_json: JSON files are told as one walk, however their bytes come in, or are refused with
 * place. */
#include "codec/json.h"
#include "walk_show.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct events_limits small = { 8, 100 };

struct manner {
  struct events_limits limits;
  const char *unwanted;
  bool lines;
};

static enum outcome feed_in_steps(struct json_reader *json, str bytes, size_t step, struct err *err) {
  enum outcome out = OUT_OK;
  do {
    str some = str_sub(bytes, 0, step);
    bytes = str_sub(bytes, some.len, bytes.len);
    out = json_feed(json, some, !bytes.len, err);
  } while (!out && bytes.len);
  return out;
}

/* What was told, and behind it the error. */
static struct buf read_in_steps(str bytes, size_t step, size_t piece, struct manner manner) {
  struct show show = show_new(manner.limits, manner.unwanted);
  struct events events = show_events(&show);
  struct json_reader *json = json_reader_new_by(&events, manner.limits, manner.lines, piece);
  struct err err = { 0 };
  enum outcome out = feed_in_steps(json, bytes, step, &err);
  if (out) {
    assert_int_equal(out, OUT_DATA);
    assert_int_equal(err.outcome, OUT_DATA);
    buf_printf(&show.text, "! %s", err.text);
  } else {
    assert_int_equal(show.depth, 0);
  }
  assert_int_equal(json_feed(json, STR_NONE, true, &err), OUT_BUG);
  json_reader_free(json);
  return show.text;
}

static void check(str bytes, struct manner manner, const char *want) {
  static const size_t steps[] = { 1, 2, 3, 7, 1000000 };
  for (size_t i = 0; i < 2 * sizeof steps / sizeof *steps; i++) {
    size_t step = steps[i / 2], piece = i % 2 ? step : 65536;
    struct buf got = read_in_steps(bytes, step, piece, manner);
    if (!str_eq(buf_str(&got), str_of(want)))
      fail_msg("by %zu of %zu: <%.*s>\ngot  %.*s\nwant %s", step, piece, STR_ARG(bytes),
               STR_ARG(buf_str(&got)), want);
    buf_free(&got);
  }
}

struct sample {
  str bytes;
  const char *want;
};
#define JSON(text)                                                                                           \
  { text, sizeof(text) - 1 }
#define BOM "\xef\xbb\xbf"

static void check_all(const struct sample *samples, size_t count, struct manner manner) {
  for (size_t i = 0; i < count; i++) check(samples[i].bytes, manner, samples[i].want);
}
#define CHECK_ALL(samples, ...)                                                                              \
  check_all(samples, sizeof(samples) / sizeof *(samples), (struct manner){ __VA_ARGS__ })

static void test_walk(void **state) {
  static const struct sample samples[] = {
    { JSON("{\"orders\": [{\"qty\": 1.50, \"gift\": null}]}"), "{orders[] {qty '1.50'}{gift }}" },
    { JSON("{\"a\":1,\"b\":[2,[3,[]],{\"x\":true}],\"c\":{},\"\":\"\",\"d\":[]}"),
      "{a '1'}{b[] '2'}{b[][] '3'}{b[] {x 'true'}}{c }{ \"\"}" },
    { JSON("[1,\"two\",[3],{\"k\":false}]"), "{[] '1'}{[] \"two\"}{[][] '3'}{[] {k 'false'}}" },
    { JSON("{\"a\":{\"b\":[{\"c\":[1,2]},{\"c\":[3]}],\"d\":4}}"),
      "{a {b[] {c[] '1'}{c[] '2'}}{b[] {c[] '3'}}{d '4'}}" },
    { JSON("{}"), "" },
    { JSON("[]"), "" },
    { JSON(" \r\n\t[ null , { } ] \n"), "{[] }{[] }" },
    { JSON(BOM "{\"a\":1}"), "{a '1'}" },
    { JSON("[[[[[[[[1]]]]]]]]"), "{[][][][][][][][] '1'}" },
  };
  (void)state;
  CHECK_ALL(samples, small, NULL, false);
}

static void test_text(void **state) {
  static const struct sample samples[] = {
    { JSON("[\"caf\\u00e9 \\ud83d\\ude00\\ud83D\\uDE01\"]"),
      "{[] \"caf\xc3\xa9 \xf0\x9f\x98\x80\xf0\x9f\x98\x81\"}" },
    { JSON("[\"\\\\ud83d \\\\\\u0041\"]"), "{[] \"\\ud83d \\A\"}" },
    { JSON("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"), "{[] \"\"\\/\b\f\n\r\t\"}" },
    { JSON("{\"\\u0061\\n\": \"\xc3\xa9\xf0\x9f\x98\x80\"}"), "{a\n \"\xc3\xa9\xf0\x9f\x98\x80\"}" },
    { JSON("[\"\x7f\",\" \"]"), "{[] \"\x7f\"}{[] \" \"}" },
  };
  (void)state;
  CHECK_ALL(samples, small, NULL, false);
}

static void test_numbers(void **state) {
  static const struct sample samples[] = {
    { JSON("[0,-0,0.10,12345678901234567.10,1e5,1E+05,-1.50e-400]"),
      "{[] '0'}{[] '-0'}{[] '0.10'}{[] '12345678901234567.10'}{[] '1e5'}{[] '1E+05'}{[] '-1.50e-400'}" },
    { JSON("[99999999999999999999999999999999999999999999]"),
      "{[] '99999999999999999999999999999999999999999999'}" },
    { JSON("[01]"), "{[] '0'}! bad JSON: after array element, I expect ',' or ']' (line 1, column 3)" },
    { JSON("[1.]"),
      "! bad JSON: malformed number, a digit is required after the decimal point (line 1, column 3)" },
    { JSON("[.5]"), "! bad JSON: invalid char in json text (line 1, column 2)" },
    { JSON("[+1]"), "! bad JSON: invalid char in json text (line 1, column 2)" },
    { JSON("[-]"),
      "! bad JSON: malformed number, a digit is required after the minus sign (line 1, column 2)" },
    { JSON("[NaN]"), "! bad JSON: invalid char in json text (line 1, column 2)" },
    { JSON("[Infinity]"), "! bad JSON: invalid char in json text (line 1, column 2)" },
    { JSON("[-Infinity]"),
      "! bad JSON: malformed number, a digit is required after the minus sign (line 1, column 2)" },
  };
  (void)state;
  CHECK_ALL(samples, small, NULL, false);
}

static void test_malformed(void **state) {
  static const struct sample samples[] = {
    { JSON(""), "! bad JSON: premature EOF (line 1, column 1)" },
    { JSON("  \n "), "! bad JSON: premature EOF (line 2, column 1)" },
    { JSON("{\"a\""), "! bad JSON: premature EOF (line 1, column 4)" },
    { JSON("{\"a\": 1,\n \"b\": [tru"), "{a '1'}! bad JSON: invalid string in json text (line 2, column 10)" },
    { JSON("[\"abc"), "! bad JSON: premature EOF (line 1, column 5)" },
    { JSON("[12"), "{[] '12'}! bad JSON: premature EOF (line 1, column 3)" },
    { JSON("[1] x"), "{[] '1'}! bad JSON: trailing garbage (line 1, column 5)" },
    { JSON("{\"a\":1}\n{\"a\":1}"), "{a '1'}! bad JSON: trailing garbage (line 2, column 1)" },
    { JSON("[1]\0"), "{[] '1'}! bad JSON: trailing garbage (line 1, column 4)" },
    { JSON("[1,]"), "{[] '1'}! bad JSON: unallowed token at this point in JSON text (line 1, column 4)" },
    { JSON("{\"a\":1,}"), "{a '1'}! bad JSON: invalid object key (must be a string) (line 1, column 8)" },
    { JSON("{a:1}"), "! bad JSON: invalid char in json text (line 1, column 2)" },
    { JSON("{1:2}"), "! bad JSON: invalid object key (must be a string) (line 1, column 2)" },
    { JSON("{\"a\" 1}"),
      "! bad JSON: object key and value must be separated by a colon (':') (line 1, column 6)" },
    { JSON("['a']"), "! bad JSON: invalid char in json text (line 1, column 2)" },
    { JSON("[1}"), "{[] '1'}! bad JSON: after array element, I expect ',' or ']' (line 1, column 3)" },
    { JSON("[nul]"), "! bad JSON: invalid string in json text (line 1, column 4)" },
    { JSON("// c\n[1]"),
      "! bad JSON: probable comment found in input text, comments are not enabled (line 1, column 1)" },
    { JSON("[/* c */]"),
      "! bad JSON: probable comment found in input text, comments are not enabled (line 1, column 1)" },
    { JSON("42"), "! a value at the top that is no object and no list (line 1, column 2)" },
    { JSON("\"x\""), "! a value at the top that is no object and no list (line 1, column 3)" },
    { JSON("null"), "! a value at the top that is no object and no list (line 1, column 4)" },
    { JSON("<a/>"), "! bad JSON: invalid char in json text (line 1, column 1)" },
  };
  (void)state;
  CHECK_ALL(samples, small, NULL, false);
}

static void test_bad_text(void **state) {
  static const struct sample samples[] = {
    { JSON("[\"\xff\"]"), "! bad JSON: invalid bytes in UTF8 string (line 1, column 3)" },
    { JSON("[\n\"\xc0\x80\"]"), "! bad JSON: not UTF-8 (line 2, column 4)" },
    { JSON("{\"\xed\xa0\x80\":1}"), "! bad JSON: not UTF-8 (line 1, column 6)" },
    { JSON("\xff\xfe[\0"), "! bad JSON: invalid char in json text (line 1, column 1)" },
    { JSON("\xef\xbb"), "! bad JSON: half of a byte order mark (line 1, column 2)" },
    { JSON("\xef\xbb[1]"), "! bad JSON: half of a byte order mark (line 1, column 2)" },
    { JSON(BOM BOM "[1]"), "! bad JSON: invalid char in json text (line 1, column 4)" },
    { JSON("[\"a\0b\"]"), "! bad JSON: invalid character inside string (line 1, column 3)" },
    { JSON("[\"a\nb\"]"), "! bad JSON: invalid character inside string (line 1, column 3)" },
    { JSON("[\"\\q\"]"),
      "! bad JSON: inside a string, '\\' occurs before a character which it may not (line 1, column 3)" },
    { JSON("[\"\\u12g4\"]"),
      "! bad JSON: invalid (non-hex) character occurs after '\\u' inside string (line 1, column 6)" },
    { JSON("[\"\\u0000\"]"), "! \\u0000 in a text (line 1, column 8)" },
    { JSON("[\"\\ud83dx\"]"), "! half of a surrogate pair in a \\u escape (line 1, column 9)" },
    { JSON("[\"\\ud83d\\n\"]"), "! half of a surrogate pair in a \\u escape (line 1, column 10)" },
    { JSON("[\"\\ud83d\"]"), "! half of a surrogate pair in a \\u escape (line 1, column 9)" },
    { JSON("[\"\\ude00\"]"), "! half of a surrogate pair in a \\u escape (line 1, column 8)" },
    { JSON("[\"\\ud83d\\u0041\"]"), "! half of a surrogate pair in a \\u escape (line 1, column 14)" },
    { JSON("[\"\\ud83d\\ud83d\"]"), "! half of a surrogate pair in a \\u escape (line 1, column 14)" },
    { JSON("{\"\\ud83d\":1}"), "! half of a surrogate pair in a \\u escape (line 1, column 9)" },
    { JSON("[\"\\ud83d"), "! bad JSON: premature EOF (line 1, column 8)" },
  };
  (void)state;
  CHECK_ALL(samples, small, NULL, false);
}

static void test_keys_twice(void **state) {
  static const struct sample samples[] = {
    { JSON("{\"a\":1,\"b\":2,\"a\":3}"), "{a '1'}{b '2'}! a key twice in one object (line 1, column 16)" },
    { JSON("{\"a\":1,\n\"\\u0061\":3}"), "{a '1'}! a key twice in one object (line 2, column 8)" },
    { JSON("{\"\":1,\"\":3}"), "{ '1'}! a key twice in one object (line 1, column 8)" },
    { JSON("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"b\":{\"a\":3}}"),
      "{a {a[] {a '1'}}{a[] {a '2'}}}{b {a '3'}}" },
    { JSON("{\"a\":{\"b\":1},\"c\":{\"b\":1,\"b\":2}}"),
      "{a {b '1'}}{c {b '1'}! a key twice in one object (line 1, column 27)" },
    { JSON("{\"a\":{\"b\":{\"c\":1}},\"a\":2}"),
      "{a {b {c '1'}}}! a key twice in one object (line 1, column 22)" },
    { JSON("{\"_a\":{\"b\":1,\"b\":2}}"), "{_a ! a key twice in one object (line 1, column 16)" },
  };
  (void)state;
  CHECK_ALL(samples, small, "_", false);
}

static void test_wanted(void **state) {
  static const struct sample samples[] = {
    { JSON("{\"_a\":{\"b\":[1,{\"c\":[1]},[2]],\"d\":null},\"b\":2}"), "{_a }{b '2'}" },
    { JSON("{\"_a\":\"x\",\"b\":[\"_x\"],\"_c\":[1,{\"x\":[[2]]}],\"d\":null}"),
      "{_a }{b[] \"_x\"}{_c[] }{_c[] }{d }" },
    { JSON("{\"_a\":{\"b\":[1,]}}"),
      "{_a ! bad JSON: unallowed token at this point in JSON text (line 1, column 15)" },
    { JSON("{\"_a\":[[[[[[[[1]]]]]]]]}"),
      "! objects and lists whose depth is more than 8 (line 1, column 14)" },
  };
  (void)state;
  CHECK_ALL(samples, small, "_", false);
}

static void test_lines(void **state) {
  static const struct sample samples[] = {
    { JSON("{\"a\":1}\n{\"a\":2}\r\n"), "{[] {a '1'}}{[] {a '2'}}" },
    { JSON(""), "" },
    { JSON(" \n\n"), "" },
    { JSON(BOM), "" },
    { JSON(BOM "{\"a\":1}"), "{[] {a '1'}}" },
    { JSON("[1,{\"b\":2}]\n[[3]]\n[]\n{}"), "{[][] '1'}{[][] {b '2'}}{[][][] '3'}{[] }" },
    { JSON("{\"a\":1}{\"a\":2}"), "{[] {a '1'}}{[] {a '2'}}" },
    { JSON("1\n2"), "! a value at the top that is no object and no list (line 1, column 1)" },
    { JSON("{\"a\":1}\n{\"a\":"), "{[] {a '1'}}{[] ! bad JSON: premature EOF (line 2, column 5)" },
    { JSON("{\"a\":1},{\"a\":2}"),
      "{[] {a '1'}}! bad JSON: unallowed token at this point in JSON text (line 1, column 8)" },
    { JSON("{\"b\":{\"x\":1}}\n{\"a\":1,\"a\":2}"),
      "{[] {b {x '1'}}}{[] {a '1'}! a key twice in one object (line 2, column 10)" },
  };
  static const struct sample unwanted[] = { { JSON("{\"a\":[1]}\n[{\"b\":2}]"), "{[] }{[][] }" } };
  (void)state;
  CHECK_ALL(samples, small, NULL, true);
  CHECK_ALL(unwanted, small, "[", true);
}

/* `count` times `each`, between two texts. */
static struct buf repeat(const char *before, const char *each, size_t count, const char *after) {
  struct buf json = buf_new(64 << 20);
  buf_add(&json, str_of(before));
  for (size_t i = 0; i < count; i++) buf_add(&json, str_of(each));
  buf_add(&json, str_of(after));
  return json;
}

static void check_repeated(const char *before, const char *each, size_t count, const char *after,
                           const char *want) {
  struct buf json = repeat(before, each, count, after);
  struct buf got = read_in_steps(buf_str(&json), 10000, 65536, (struct manner){ small, NULL, false });
  if (!str_eq(buf_str(&got), str_of(want)))
    fail_msg("%zu times %s: got %.*s, want %s", count, each, STR_ARG(buf_str(&got)), want);
  buf_free(&got), buf_free(&json);
}

static void test_limits(void **state) {
  static const char stalled[] =
      "! a text, number, key or blanks whose bytes are more than 100 (line 1, column 196608)";
  (void)state;
  check_repeated("", "[", 10000, "", "! objects and lists whose depth is more than 8 (line 1, column 9)");
  check_repeated("{\"a\":", "{\"a\":", 10000, "",
                 "{a {a {a {a {a {a {a ! objects and lists whose depth is more than 8 (line 1, column 41)");
  check_repeated("[\"", "x", 101, "\"]",
                 "! a text, number or key whose bytes are more than 100 (line 1, column 104)");
  check_repeated("[", "1", 101, "]",
                 "! a text, number or key whose bytes are more than 100 (line 1, column 102)");
  check_repeated("{\"", "k", 101, "\":1}",
                 "! a text, number or key whose bytes are more than 100 (line 1, column 104)");
  check_repeated("[\"", "x", 1000000, "", stalled);
  check_repeated("[", "1", 1000000, "", stalled);
  check_repeated("[", " ", 1000000, "]", stalled);
  check_repeated("[", "[],", 100000, "[]]", "");
  struct buf hundred = repeat("[\"", "\\u0041", 100, "\"]"), want = repeat("{[] \"", "A", 100, "\"}");
  buf_char(&want, '\0');
  check(buf_str(&hundred), (struct manner){ small, NULL, false }, want.at);
  buf_free(&hundred), buf_free(&want);
}

/* So many keys in one object, the last one twice if asked for. */
static struct buf keys(size_t count, bool twice) {
  struct buf json = repeat("{\"a\":{", "", 0, "");
  for (size_t i = 0; i < count; i++) buf_printf(&json, "\"key%zu\":0,", i);
  buf_printf(&json, "\"key%zu\":0}}", twice ? count / 2 : count);
  return json;
}

static void test_many_keys(void **state) {
  struct manner manner = { small, "a", false };
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    struct buf json = keys(i < 2 ? 100000 : 1000000, i == 1);
    struct buf got = read_in_steps(buf_str(&json), 10000, 65536, manner);
    if (i == 0) assert_true(str_eq(buf_str(&got), STR("{a }")));
    if (i == 1)
      assert_true(str_starts(buf_str(&got), STR("{a ! a key twice in one object (line 1, column 128")));
    if (i == 2)
      assert_true(str_starts(buf_str(&got), STR("{a ! keys whose bytes are more than 4194304 (line")));
    buf_free(&got), buf_free(&json);
  }
}

/* Whatever the listener answers ends it at once, and is what the feed returns. */
static void test_listener_stops(void **state) {
  static const char *const want[] = { "{a ",
                                      "{a '1'",
                                      "{a '1'}",
                                      "{a '1'}{b[] ",
                                      "{a '1'}{b[] {c ",
                                      "{a '1'}{b[] {c \"t\"",
                                      "{a '1'}{b[] {c \"t\"}",
                                      "{a '1'}{b[] {c \"t\"}}" };
  (void)state;
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    struct show show = show_new(small, NULL);
    struct events events = show_events(&show);
    show.stop_at = i + 1;
    struct json_reader *json = json_reader_new(&events, small, false);
    struct err err = { 0 };
    assert_int_equal(json_feed(json, STR("{\"a\":1,\"b\":[{\"c\":\"t\"}]}"), true, &err), OUT_REFUSED);
    assert_string_equal(err.text, "enough");
    assert_true(str_eq(buf_str(&show.text), str_of(want[i])));
    assert_int_equal(json_feed(json, STR_NONE, true, &err), OUT_BUG);
    json_reader_free(json);
    buf_free(&show.text);
  }
}

/* Over many pieces, the places at which yajl is fed fall anywhere. */
static void test_long(void **state) {
  struct buf json =
      repeat("[0", ",\n{\"a\\t\": \"x\\u00e9\\ud83d\\ude00\", \"b\": [1.50, true]}", 20000, "]");
  struct buf want =
      repeat("{[] '0'}", "{[] {a\t \"x\xc3\xa9\xf0\x9f\x98\x80\"}{b[] '1.50'}{b[] 'true'}}", 20000, "");
  static const size_t pieces[] = { 1000, 4099, 65536, 10000000 };
  (void)state;
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    struct manner manner = { events_default_limits, NULL, false };
    struct buf got = read_in_steps(buf_str(&json), 70001, pieces[i], manner);
    assert_true(str_eq(buf_str(&got), buf_str(&want)));
    buf_free(&got);
  }
  buf_free(&json), buf_free(&want);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_walk),           cmocka_unit_test(test_text),
    cmocka_unit_test(test_numbers),        cmocka_unit_test(test_malformed),
    cmocka_unit_test(test_bad_text),       cmocka_unit_test(test_keys_twice),
    cmocka_unit_test(test_wanted),         cmocka_unit_test(test_lines),
    cmocka_unit_test(test_limits),         cmocka_unit_test(test_many_keys),
    cmocka_unit_test(test_listener_stops), cmocka_unit_test(test_long),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
