/* unit/codec/test_xml: XML files are told as one walk, however their bytes come in, or are refused with
 * place. */
#include "walk_show.h"
#include "codec/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct events_limits small = { 8, 100 };

static enum outcome feed_in_steps(struct xml_reader *xml, str bytes, size_t step, struct err *err) {
  enum outcome out = OUT_OK;
  do {
    str some = str_sub(bytes, 0, step);
    bytes = str_sub(bytes, some.len, bytes.len);
    out = xml_feed(xml, some, !bytes.len, err);
  } while (!out && bytes.len);
  return out;
}

struct blocks {
  str rest;
  size_t step, stop_at; /* the block at which OUT_SYSTEM is answered; 0: none */
};

static enum outcome next_block(void *user, str *block, struct err *err) {
  struct blocks *blocks = user;
  if (blocks->stop_at && !--blocks->stop_at) return err_set(err, OUT_SYSTEM, "no more");
  *block = str_sub(blocks->rest, 0, blocks->step);
  blocks->rest = str_sub(blocks->rest, block->len, blocks->rest.len);
  return OUT_OK;
}

static enum outcome pull_in_steps(struct xml_reader *xml, str bytes, size_t step, struct err *err) {
  struct blocks blocks = { bytes, step, 0 };
  return xml_read(xml, next_block, &blocks, err);
}

/* What was told, and behind it the error. piece 0: pulled. */
static struct buf read_in_steps(str bytes, size_t step, size_t piece, struct events_limits limits,
                                const char *unwanted) {
  struct show show = show_new(limits, unwanted);
  struct events events = show_events(&show);
  struct xml_reader *xml = xml_reader_new_by(&events, limits, piece ? piece : 1);
  struct err err = { 0 };
  enum outcome out = piece ? feed_in_steps(xml, bytes, step, &err) : pull_in_steps(xml, bytes, step, &err);
  if (out) {
    assert_int_equal(out, OUT_DATA);
    assert_int_equal(err.outcome, OUT_DATA);
    buf_printf(&show.text, "! %s", err.text);
  } else {
    assert_int_equal(show.depth, 0);
  }
  assert_int_equal(xml_feed(xml, STR_NONE, true, &err), OUT_BUG);
  xml_reader_free(xml);
  return show.text;
}

/* How libxml2 gets its bytes may show in how far a walk came before its error, never in a good one. */
static void check_limits(str bytes, struct events_limits limits, const char *unwanted, const char *want) {
  static const size_t steps[] = { 1, 2, 3, 7, 1000000 };
  bool bad = strstr(want, "! ") != NULL;
  for (size_t i = 0; i < 3 * sizeof steps / sizeof *steps; i++) {
    size_t step = steps[i / 3], piece = i % 3 == 0 ? 65536 : i % 3 == 1 ? step : 0;
    struct buf got = read_in_steps(bytes, step, piece, limits, unwanted);
    bool same = str_eq(buf_str(&got), str_of(want));
    if (bad && i % 3) same = str_find(buf_str(&got), '!') >= 0;
    if (!same)
      fail_msg("by %zu of %zu: <%.*s>\ngot  %.*s\nwant %s", step, piece, STR_ARG(bytes),
               STR_ARG(buf_str(&got)), want);
    buf_free(&got);
  }
}

static void check(str bytes, const char *want) { check_limits(bytes, small, NULL, want); }

struct sample {
  str bytes;
  const char *want;
};
#define XML(text)                                                                                            \
  { text, sizeof(text) - 1 }
#define LATIN    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
#define WINDOWS  "<?xml version='1.0' encoding='windows-1252' ?>"
#define JAPANESE "<?xml version=\"1.0\" encoding=\"Shift_JIS\" standalone=\"yes\"?>"
#define BOM      "\xef\xbb\xbf"

static void check_all(const struct sample *samples, size_t count) {
  for (size_t i = 0; i < count; i++) check(samples[i].bytes, samples[i].want);
}
#define CHECK_ALL(samples) check_all(samples, sizeof(samples) / sizeof *(samples))

static void test_walk(void **state) {
  (void)state;
  static const struct sample samples[] = {
    { XML("<Order id=\"7\"><SKU>A&amp;B</SKU></Order>"), "{Order {@id '7'}{SKU 'A&B'}}" },
    { XML("<a/>"), "{a }" },
    { XML("<a></a>\n\n"), "{a }" },
    { XML("<?xml version=\"1.0\"?>\n<!-- c --><a/><!-- d -->\n<?pi x?>"), "{a }" },
    { XML("<a>\n <b>\n  <c x=\"1\"\n y=\"2\">t</c>\n </b>\n</a>\n"), "{a {b {c {@x '1'}{@y '2'}'t'}}}" },
    { XML("<a b=\"x>y\" c='<'/>"),
      "! bad XML: Unescaped '<' not allowed in attributes values (line 1, column 15)" },
    { XML("<a b=\"x>y\"/>"), "{a {@b 'x>y'}}" },
    { XML("<a><!-- it's > \"x\" --><b c=\"1\"/></a>"), "{a {b {@c '1'}}}" },
    { XML("<a><b>1</b><b>2</b><b/></a>"), "{a {b '1'}{b '2'}{b }}" },
    { XML("<a><b><c><d><e><f><g><h>8</h></g></f></e></d></c></b></a>"),
      "{a {b {c {d {e {f {g {h '8'}}}}}}}}" },
  };
  CHECK_ALL(samples);
}

static void test_text(void **state) {
  (void)state;
  static const struct sample samples[] = {
    { XML("<a>  x  </a>"), "{a '  x  '}" },
    { XML("<a>   </a>"), "{a '   '}" },
    { XML("<a> <b>1</b> t <c/> u </a>"), "{a {b '1'}{c }'t  u'}" },
    { XML("<a>\n\t <b>1</b>                   <c/>\r\n</a>"), "{a {b '1'}{c }}" },
    { XML("<a><b> </b>\n<c>\n<d/>\n</c></a>"), "{a {b ' '}{c {d }}}" },
    { XML("<a><![CDATA[x<y]]> &lt;z&#233;&#x41;</a>"), "{a 'x<y <z\xc3\xa9"
                                                       "A'}" },
    { XML("<a><![CDATA[ ]]><b/><![CDATA[]]]]></a>"), "{a {b }']]'}" },
    { XML("<a>x<!-- c -->y<?pi?>z</a>"), "{a 'xyz'}" },
    { XML("<a>x\r\ny\rz</a>"), "{a 'x\ny\nz'}" },
    { XML("<a>&quot;&apos;&gt;&amp;amp;</a>"), "{a '\"'>&amp;'}" },
  };
  CHECK_ALL(samples);
}

static void test_attributes(void **state) {
  (void)state;
  static const struct sample samples[] = {
    { XML("<a b=\"\" c='1&amp;2&lt;&#38;&#x41;'/>"), "{a {@b ''}{@c '1&2<&A'}}" },
    { XML("<a b=\"x\ny\"/>"), "{a {@b 'x y'}}" },
    { XML("<a xmlns=\"u\" xmlns:xsi=\"v\" xsi:type=\"T\" xml:lang=\"en\"><xsi:b/></a>"),
      "{a {@xsi:type 'T'}{@xml:lang 'en'}{b }}" },
    { XML("<a q:z=\"1\" z=\"2\"><q:b/></a>"), "{a {@q:z '1'}{@z '2'}{b }}" },
  };
  CHECK_ALL(samples);
}

static void test_charsets(void **state) {
  (void)state;
  static const struct sample samples[] = {
    { XML("<a>\xc3\xa9</a>"), "{a '\xc3\xa9'}" },
    { XML(BOM "<a>\xc3\xa9</a>"), "{a '\xc3\xa9'}" },
    { XML(BOM LATIN "<a>\xc3\xa9</a>"), "{a '\xc3\xa9'}" },
    { XML("<?xml version=\"1.0\" encoding=\"utf-8\"?><a>\xc3\xa9</a>"), "{a '\xc3\xa9'}" },
    { XML("<?xml version=\"1.0\" encoding=\"UTF8\"?><a>\xc3\xa9</a>"), "{a '\xc3\xa9'}" },
    { XML(LATIN "<a b='\xe4'>\xe9</a>"), "{a {@b '\xc3\xa4'}'\xc3\xa9'}" },
    { XML(WINDOWS "<a>\x80\xe9</a>"), "{a '\xe2\x82\xac\xc3\xa9'}" },
    { XML(JAPANESE "<a>\x83\x65\x83X\x83g</a>"), "{a '\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88'}" },
    { XML("\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0"), "{a '\xc3\xa9'}" },
    { XML("\xfe\xff\0<\0a\0>\0\xe9\0<\0/\0a\0>"), "{a '\xc3\xa9'}" },
    { XML("<\0a\0>\0\x3d\xd8\x00\xde<\0/\0a\0>\0"), "{a '\xf0\x9f\x98\x80'}" },
    { XML("\0\0\0<\0\0\0a\0\0\0/\0\0\0>"), "{a }" },
    { XML("\xff\xfe\0\0<\0\0\0a\0\0\0/\0\0\0>\0\0\0"), "{a }" },
  };
  CHECK_ALL(samples);
}

static void test_bad_charsets(void **state) {
  (void)state;
  static const struct sample samples[] = {
    { XML(WINDOWS "\n<a>\x81</a>"), "! bad XML: bytes that are not windows-1252 (line 2, column 4)" },
    { XML(JAPANESE "<a/>\x83"), "! bad XML: cut within a character of Shift_JIS (line 1, column 64)" },
    { XML("\xff\xfe<\0a\0/\0>"), "! bad XML: cut within a character of UTF-16LE (line 1, column 4)" },
    { XML("\xff\xfe<\0a\0>\0\x00\xdc"), "! bad XML: bytes that are not UTF-16LE (line 1, column 4)" },
    { XML("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>"),
      "! declared as UTF-16, which it is not (line 1, column 1)" },
    { XML("<?xml version=\"1.0\" encoding=\"nonsense\"?><a/>"),
      "! the charset \"nonsense\" is not known (line 1, column 1)" },
    { XML("<?xml version=\"1.0\" encoding=\"LATIN1//IGNORE\"?><a/>"),
      "! the declaration names no charset (line 1, column 1)" },
    { XML("<?xml version=\"1.0\" encoding=\"\"?><a/>"),
      "! the declaration names no charset (line 1, column 1)" },
    { XML("\0\0<\0"), "! bad XML: there is no element (line 1, column 1)" },
    { XML("\x4c\x6f\xa7\x94"), "! bad XML: there is no element (line 1, column 1)" },
    { XML(BOM BOM "<a/>"), "! bad XML: there is no element (line 1, column 1)" },
    { XML("<a>\xe9</a>"), "{a ! bad XML: Input is not proper UTF-8, indicate encoding ! (line 1, column 4)" },
    { XML("<a>\n\xc0\xaf</a>"),
      "{a ! bad XML: Input is not proper UTF-8, indicate encoding ! (line 2, column 1)" },
    { XML("<a>\xed\xa0\x80</a>"), "{a ! bad XML: Char 0xD800 out of allowed range (line 1, column 4)" },
    { XML("<a b='\xff'/>"), "! bad XML: Input is not proper UTF-8, indicate encoding ! (line 1, column 7)" },
    { XML("<\xc0\xaf/>"), "! bad XML: Input is not proper UTF-8, indicate encoding ! (line 1, column 2)" },
    { XML("<a>\0</a>"), "{a ! bad XML: Char 0x0 out of allowed range (line 1, column 4)" },
    { XML("<a/>\0"), "{a }! bad XML: Extra content at the end of the document (line 1, column 5)" },
    { XML("<a>\x01</a>"), "{a ! bad XML: PCDATA invalid Char value 1 (line 1, column 4)" },
  };
  CHECK_ALL(samples);
  struct buf long_head = buf_new(5000);
  buf_printf(&long_head, "<?xml version=\"1.0\"%2000s encoding=\"UTF-8\"?><a/>", "");
  check(buf_str(&long_head), "! an XML declaration of more than 1024 bytes (line 1, column 1)");
  buf_free(&long_head);
}

/* No entity, no file, no network: a DOCTYPE ends it before its content is looked at. */
static void test_doctype(void **state) {
  (void)state;
  static const struct sample samples[] = {
    { XML("<!DOCTYPE a><a/>"), "! a DOCTYPE, which is never read (line 1, column 12)" },
    { XML("\n<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"),
      "! a DOCTYPE, which is never read (line 2, column 40)" },
    { XML("<!DOCTYPE a [<!ENTITY x SYSTEM \"/etc/passwd\">]><a>&x;</a>"),
      "! a DOCTYPE, which is never read (line 1, column 13)" },
    { XML("<!DOCTYPE a [<!ENTITY x \"yy\"><!ENTITY z \"&x;&x;\"><!ENTITY t \"&z;&z;\">]><a>&t;</a>"),
      "! a DOCTYPE, which is never read (line 1, column 13)" },
    { XML("<!DOCTYPE a\xff [<!ENTITY x SYSTEM \"/etc/passwd\">]><a>&x;</a>"),
      "! bad XML: Input is not proper UTF-8, indicate encoding ! (line 1, column 12)" },
    { XML("<a>&nbsp;</a>"), "{a ! bad XML: Entity 'nbsp' not defined (line 1, column 10)" },
    { XML("<a b=\"&nbsp;\"/>"), "! bad XML: Entity 'nbsp' not defined (line 1, column 13)" },
  };
  CHECK_ALL(samples);
}

static void test_malformed(void **state) {
  (void)state;
  static const struct sample samples[] = {
    { XML(""), "! bad XML: there is no element (line 1, column 1)" },
    { XML("   "), "! bad XML: there is no element (line 1, column 4)" },
    { XML("text"), "! bad XML: there is no element (line 1, column 1)" },
    { XML("<?xml version=\"1.0\"?>"), "! bad XML: there is no element (line 1, column 22)" },
    { XML("<?xml version=\"1.0\""), "! bad XML: Blank needed here (line 1, column 20)" },
    { XML("<a><b>\nx"), "{a {b ! bad XML: the file ends within an element (line 2, column 2)" },
    { XML("<a><b/>"), "{a {b }! bad XML: the file ends within an element (line 1, column 8)" },
    { XML("<a><b></a>"),
      "{a {b ! bad XML: Opening and ending tag mismatch: b line 1 and a (line 1, column 11)" },
    { XML("<a b=\"1\" b=\"2\"/>"), "! bad XML: Attribute b redefined (line 1, column 15)" },
    { XML("<a b=1/>"), "! bad XML: AttValue: \" or ' expected (line 1, column 6)" },
    { XML("<a/><b/>"), "{a }! bad XML: Extra content at the end of the document (line 1, column 5)" },
    { XML("<a/>x"), "{a }! bad XML: Extra content at the end of the document (line 1, column 5)" },
    { XML("<a>&lt</a>"), "{a ! bad XML: EntityRef: expecting ';' (line 1, column 7)" },
    { XML("<a>&#0;</a>"), "{a ! bad XML: xmlParseCharRef: invalid xmlChar value 0 (line 1, column 8)" },
    { XML("<a>]]></a>"), "{a ! bad XML: Sequence ']]>' not allowed in content (line 1, column 4)" },
    { XML("{\"a\": 1}"), "! bad XML: there is no element (line 1, column 1)" },
  };
  CHECK_ALL(samples);
}

static void test_wanted(void **state) {
  (void)state;
  static const struct sample samples[] = {
    { XML("<_a x=\"1\"><b>t</b><c/></_a>"), "{_a }" },
    { XML("<a _x=\"1\" y=\"2\"><_b x=\"1\"><_c/>t</_b> <c>d</c></a>"), "{a {@_x '1'}{@y '2'}{_b }{c 'd'}}" },
    { XML("<a><_b/><_b><b><b/></b></_b>u</a>"), "{a {_b }{_b }'u'}" },
    { XML("<a><_b>&nope;</_b></a>"), "{a {_b ! bad XML: Entity 'nope' not defined (line 1, column 14)" },
    { XML("<_a><b><c><d><e><f><g><h><i/></h></g></f></e></d></c></b></_a>"),
      "{_a ! elements whose depth is more than 8 (line 1, column 28)" },
  };
  static const struct sample attributes[] = { { XML("<a b=\"1\" c=\"2\">t</a>"), "{a {@b }{@c }'t'}" } };
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
    check_limits(samples[i].bytes, small, "_", samples[i].want);
  check_limits(attributes[0].bytes, small, "@", attributes[0].want);
}

/* `count` times `each`, between two texts. */
static struct buf repeat(const char *before, const char *each, size_t count, const char *after) {
  struct buf xml = buf_new(64 << 20);
  buf_add(&xml, str_of(before));
  for (size_t i = 0; i < count; i++) buf_add(&xml, str_of(each));
  buf_add(&xml, str_of(after));
  return xml;
}

static void check_repeated(const char *before, const char *each, size_t count, const char *after,
                           const char *want) {
  struct buf xml = repeat(before, each, count, after);
  struct buf got = read_in_steps(buf_str(&xml), 10000, 65536, small, NULL);
  struct buf pulled = read_in_steps(buf_str(&xml), 10000, 0, small, NULL);
  str fact = str_of(want), told;
  str_split(&fact, '(', &told);
  assert_true(str_starts(buf_str(&pulled), told)); /* of limits, the place may differ */
  buf_free(&pulled);
  if (!str_eq(buf_str(&got), str_of(want)))
    fail_msg("%zu times %s: got %.*s, want %s", count, each, STR_ARG(buf_str(&got)), want);
  buf_free(&got), buf_free(&xml);
}

static void test_limits(void **state) {
  static const char text_fact[] = "a text or name whose bytes are more than 100 (line 1, column ";
  struct buf want = buf_new(1000);
  (void)state;
  check_repeated("<a>", "<b>", 10000, "",
                 "{a {b {b {b {b {b {b {b ! elements whose depth is more than 8 (line 1, column 27)");
  check_repeated(
      "<a>", "0123456789", 10, "</a>",
      "{a '0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
      "890123456789'}");
  buf_printf(&want, "{a ! %s105)", text_fact);
  buf_char(&want, '\0');
  check_repeated("<a>", "0123456789", 10, "!</a>", want.at);
  buf_clear(&want);
  buf_printf(&want, "{a ! %s109)", text_fact);
  buf_char(&want, '\0');
  check_repeated("<a b='", "0123456789", 10, "!'/>", want.at);
  check_repeated("<a><b/>", "  \n", 100000, "<b/></a>", "{a {b }{b }}");
  check_repeated("<a b='", "0123456789", 100000, "'/>",
                 "! a tag, comment or CDATA section whose bytes are more than 100 (line 1, column 1)");
  check_repeated("<a><!--", "0123456789", 100000, "--></a>",
                 "{a ! a tag, comment or CDATA section whose bytes are more than 100 (line 1, column 4)");
  check_repeated("<", "a", 101, "/>", "! a text or name whose bytes are more than 100 (line 1, column 103)");
  buf_free(&want);
}

/* As many of "<NAME/>" or " NAME=''" as are asked for, each another. */
static struct buf many(const char *before, const char *format, size_t count, const char *after) {
  struct buf xml = repeat(before, "", 0, "");
  for (size_t i = 0; i < count; i++) {
    str rest = str_of(format), piece;
    str_split(&rest, '#', &piece);
    buf_add(&xml, piece);
    buf_printf(&xml, "%zu", i);
    buf_add(&xml, rest);
  }
  buf_add(&xml, str_of(after));
  return xml;
}

static void check_many(const char *before, const char *format, size_t count, const char *want) {
  struct buf xml = many(before, format, count, "></a>");
  struct buf got = read_in_steps(buf_str(&xml), 10000, 65536, small, "a");
  if (!str_eq(buf_str(&got), str_of(want)))
    fail_msg("%s: got %.*s, want %s", format, STR_ARG(buf_str(&got)), want);
  buf_free(&got), buf_free(&xml);
}

static void test_many_names(void **state) {
  (void)state;
  check_many("<a", " b#=''", 200, "{a }");
  check_many("<a", " b#=''", 201, "! a tag whose attributes are more than 200 (line 1, column 1501)");
  check_many("<a", " xmlns:b#='u'", 201, "! a tag whose attributes are more than 200 (line 1, column 2908)");
  check_many("<a><b/", "><b#/", 60000, "{a }");
  struct buf xml = many("<a><b/", "><b#/", 90000, "></a>");
  struct buf got = read_in_steps(buf_str(&xml), 65536, 65536, small, "a");
  assert_true(str_starts(buf_str(&got), STR("{a ! names that differ, more than 65536 (line 1, column ")));
  buf_free(&got), buf_free(&xml);
}

/* Each name is one pointer, so that a listener may know it again by that. */
struct seen {
  const char *first[4];
  size_t count;
};

static enum outcome see(void *user, str name, struct err *err) {
  struct seen *seen = user;
  (void)err;
  if (seen->count < 4) seen->first[seen->count] = name.at;
  else assert_ptr_equal(seen->first[seen->count % 4], name.at);
  seen->count++;
  return OUT_OK;
}
static enum outcome pass_text(void *user, str text, bool quoted, struct err *err) {
  (void)user, (void)text, (void)err;
  assert_false(quoted);
  return OUT_OK;
}
static enum outcome pass(void *user, struct err *err) { return (void)user, (void)err, OUT_OK; }

static void test_names_are_kept(void **state) {
  struct seen seen = { 0 };
  const struct events events = { &seen, see, NULL, pass_text, pass, NULL };
  struct buf text = repeat("<a b='1' x:b='2'><d/>", "<a b='1' x:b='2'/><d/>", 20000, "</a>");
  struct xml_reader *xml = xml_reader_new(&events, events_default_limits);
  struct err err = { 0 };
  (void)state;
  assert_int_equal(feed_in_steps(xml, buf_str(&text), 5000, &err), OUT_OK);
  assert_int_equal(seen.count, 4 * 20001);
  xml_reader_free(xml);
  buf_free(&text);
}

/* Whatever the listener answers ends it at once, and is what the feed returns. */
static void test_listener_stops(void **state) {
  static const char *const want[] = { "{a ",
                                      "{a {@b ",
                                      "{a {@b '1'",
                                      "{a {@b '1'}",
                                      "{a {@b '1'}{c ",
                                      "{a {@b '1'}{c 't'",
                                      "{a {@b '1'}{c 't'}",
                                      "{a {@b '1'}{c 't'}}" };
  (void)state;
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    struct show show = show_new(small, NULL);
    struct events events = show_events(&show);
    show.stop_at = i + 1;
    struct xml_reader *xml = xml_reader_new(&events, small);
    struct err err = { 0 };
    assert_int_equal(xml_feed(xml, STR("<a b='1'><c>t</c></a>"), true, &err), OUT_REFUSED);
    assert_string_equal(err.text, "enough");
    assert_true(str_eq(buf_str(&show.text), str_of(want[i])));
    assert_int_equal(xml_feed(xml, STR_NONE, true, &err), OUT_BUG);
    xml_reader_free(xml);
    buf_free(&show.text);
  }
}

/* What may stand behind the root is read to its end, wherever libxml2 asks for more. */
static void test_behind_root(void **state) {
  (void)state;
  for (size_t blanks = 0; blanks < 9000; blanks += 7) {
    struct buf xml = repeat("<a/>", " ", blanks, "<!-- c --><?p i?> ");
    struct buf got = read_in_steps(buf_str(&xml), 1000, 0, small, NULL);
    assert_true(str_eq(buf_str(&got), STR("{a }")));
    buf_free(&got);
    buf_bytes(&xml, "\0", 1);
    got = read_in_steps(buf_str(&xml), 1000, 0, small, NULL);
    assert_true(str_starts(buf_str(&got), STR("{a }! bad XML: Extra content at the end of the document (")));
    buf_free(&got), buf_free(&xml);
  }
}

static void test_source_stops(void **state) {
  (void)state;
  for (size_t stop_at = 1; stop_at < 5; stop_at++) {
    struct show show = show_new(small, NULL);
    struct events events = show_events(&show);
    struct xml_reader *xml = xml_reader_new(&events, small);
    struct blocks blocks = { STR("<a><b/><c/></a>"), 5, stop_at };
    struct err err = { 0 };
    assert_int_equal(xml_read(xml, next_block, &blocks, &err), OUT_SYSTEM);
    assert_string_equal(err.text, "no more");
    assert_int_equal(xml_read(xml, next_block, &blocks, &err), OUT_BUG);
    assert_int_equal(xml_feed(xml, STR_NONE, true, &err), OUT_BUG);
    xml_reader_free(xml);
    buf_free(&show.text);
  }
}

/* Over many pieces, the places at which libxml2 is fed fall anywhere. */
static void test_long(void **state) {
  struct buf xml = repeat(JAPANESE "<r>", "<o i=\"&#x41;\">\n <t>\x83\x65 &amp; x</t> <!-- > --><u/>\n</o>",
                          20000, "</r>");
  struct buf want = repeat("{r ", "{o {@i 'A'}{t '\xe3\x83\x86 & x'}{u }}", 20000, "}");
  (void)state;
  static const size_t pieces[] = { 0, 1000, 4099, 65536, 10000000 };
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    struct buf got = read_in_steps(buf_str(&xml), 70001, pieces[i], events_default_limits, NULL);
    assert_true(str_eq(buf_str(&got), buf_str(&want)));
    buf_free(&got);
  }
  buf_free(&xml), buf_free(&want);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_walk),           cmocka_unit_test(test_text),
    cmocka_unit_test(test_attributes),     cmocka_unit_test(test_charsets),
    cmocka_unit_test(test_bad_charsets),   cmocka_unit_test(test_doctype),
    cmocka_unit_test(test_malformed),      cmocka_unit_test(test_wanted),
    cmocka_unit_test(test_limits),         cmocka_unit_test(test_many_names),
    cmocka_unit_test(test_names_are_kept), cmocka_unit_test(test_listener_stops),
    cmocka_unit_test(test_behind_root),    cmocka_unit_test(test_source_stops),
    cmocka_unit_test(test_long),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
