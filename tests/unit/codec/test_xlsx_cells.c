/* unit/codec/test_xlsx_cells: the XML of sheets and of shared strings, as programs write it and as none
 * should. */
#include "codec/xlsx_cells.h"
#include "xlsx_show.h"
#include "zip_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define STRICT_SPACE "http://purl.oclc.org/ooxml/spreadsheetml/main"

static str shared_texts[] = { { "open", 4 }, { "", 0 }, { "M\xc3\xbcller", 7 } };
static const struct xlsx_strings shared = { shared_texts, 3, 3 };

static void check_sheet(const char *xml, size_t text_most, const char *want) {
  struct err err = { 0 };
  struct buf shown = buf_new(1 << 20);
  enum outcome out = xlsx_cells_read(STR("s.xml"), str_of(xml), &shared, text_most, xlsx_show, &shown, &err);
  if (out) {
    assert_int_equal(out, OUT_DATA);
    assert_int_equal(err.outcome, OUT_DATA);
    buf_printf(&shown, "%s%s", shown.len ? " " : "", err.text);
  }
  if (!str_eq(buf_str(&shown), str_of(want)))
    fail_msg("<%s>\ngot  %.*s\nwant %s", xml, STR_ARG(buf_str(&shown)), want);
  buf_free(&shown);
}

static const struct {
  const char *rows, *want;
} good[] = {
  { "", "" },
  { "<row/><row r=\"3\"/>", "" },
  { "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>", "1[0:open]" },
  { "<row><c t=\"s\"><v>2</v></c><c t=\"s\"><v> 0 </v></c></row>", "1[0:M\xc3\xbcller|1:open]" },
  { "<row r=\"4\"><c/><c t=\"s\"><v>0</v></c></row><row><c r=\"XFD5\"><v>7</v></c></row>",
    "4[1:open]5[16383#7]" },
  { "<row r=\"1048576\"><c r=\"AA1048576\"><v>1</v></c></row>", "1048576[26#1]" },
  /* every kind */
  { "<row><c><v>1.2345678901234501E+17</v></c><c t=\"n\"><v>46332</v></c></row>",
    "1[0#1.2345678901234501E+17|1#46332]" },
  { "<row><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c></row>", "1[0?TRUE|1?FALSE]" },
  { "<row><c t=\"e\"><v>#N/A</v></c><c t=\"d\"><v>2026-11-06T00:00:00</v></c></row>",
    "1[0!#N/A|1@2026-11-06T00:00:00]" },
  { "<row><c t=\"inlineStr\"><is><t>a &amp; b&#10;c</t></is></c></row>", "1[0:a & b\nc]" },
  { "<row><c t=\"inlineStr\"><is><r><rPr><b/></rPr><t>half </t></r><r><t xml:space=\"preserve\"> bold</t></r>"
    "<rPh sb=\"0\" eb=\"1\"><t>unheard</t></rPh></is></c></row>",
    "1[0:half  bold]" },
  { "<row><c t=\"inlineStr\"><is><t><![CDATA[<b>]]>&gt;</t></is><v>beside</v></c></row>", "1[0:<b>>]" },
  { "<row><c t=\"inlineStr\"><is><t>_x000D__x005F_x0041_</t></is></c></row>", "1[0:\r_x0041_]" },
  /* formulas: a number, a text, one without a value, a truth, an error */
  { "<row><c><f>1+1</f><v>2</v></c><c t=\"str\"><f>A1&amp;\"x\"</f><v>2x</v></c><c><f>B9</f></c>"
    "<c t=\"b\"><f>TRUE()</f><v>1</v></c><c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>",
    "1[0=#2|1=:2x|2=#|3=?TRUE|4=!#DIV/0!]" },
  { "<row><c t=\"str\"><v>plain_x0007_</v></c></row>", "1[0:plain\a]" },
  /* nothing in them */
  { "<row><c r=\"A1\" s=\"4\"/><c t=\"s\"><v>1</v></c><c t=\"inlineStr\"><is><t/></is></c><c><v/></c></row>",
    "" },
  { "<row><c t=\"inlineStr\"/><c t=\"inlineStr\"><v>7</v></c><c t=\"s\"/></row>", "" },
  /* what is not ours is passed over, with what is in it */
  { "<row><c><v>1</v><extLst><c><v>2</v></c></extLst></c><x:c xmlns:x=\"urn:x\"><v>3</v></x:c>"
    "<other><c><v>4</v></c></other></row>",
    "1[0#1]" },
  { "<row><c><v>1<other>2</other>3</v></c></row>", "1[0#13]" },
  { "<row><!-- <c><v>1</v></c> --><?x <c> ?>\n  <c>\n <v>2</v> </c> </row>\n", "1[0#2]" },
};

static void test_good(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    struct buf xml = buf_new(1 << 20);
    buf_printf(&xml, SHEET("%s"), good[i].rows), buf_char(&xml, '\0');
    check_sheet(xml.at, 1000, good[i].want);
    buf_clear(&xml);
    buf_printf(
        &xml,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:worksheet xmlns=\"%s\" xmlns:s=\"%s\"><s:sheetData>%s"
        "</s:sheetData><s:sheetData/></s:worksheet>",
        STRICT_SPACE, STRICT_SPACE, good[i].rows),
        buf_char(&xml, '\0');
    check_sheet(xml.at, 1000, good[i].want);
    buf_free(&xml);
  }
}

static const struct {
  const char *rows, *want;
} bad[] = {
  { "<row r=\"2\"/><row r=\"2\"/>", "row 2 stands after row 2" },
  { "<row r=\"2\"><c><v>1</v></c></row><row r=\"1\"/>", "2[0#1] row 1 stands after row 2" },
  { "<row r=\"0\"/>", "\"0\", after row 0, is no row number" },
  { "<row r=\"x\"/>", "\"x\", after row 0, is no row number" },
  { "<row r=\"1048577\"/>", "row 1048577, a sheet has 1048576 at most" },
  { "<row r=\"1048576\"/><row/>", "row 1048577, a sheet has 1048576 at most" },
  { "<row><c r=\"B1\"/><c r=\"A1\"/></row>", "cell A1 stands after cell B1" },
  { "<row><c r=\"ABC1\"/><c r=\"AZ1\"/></row>", "cell AZ1 stands after cell ABC1" },
  { "<row><c r=\"B2\"/></row>", "cell B2 stands in row 1" },
  { "<row r=\"9\"><c r=\"B2\"/></row>", "cell B2 stands in row 9" },
  { "<row r=\"9\"><c r=\"XFE9\"/></row>", "\"XFE9\", in row 9, is no cell of a sheet" },
  { "<row><c r=\"XFD1\"/><c/></row>", "more than 16384 cells in row 1" },
  { "<row><c r=\"A01\"/></row>", "\"A01\", in row 1, is no cell of a sheet" },
  { "<row><c t=\"zz\"><v>1</v></c></row>", "cell A1 is of the unknown type \"zz\"" },
  { "<row><c t=\"s\"><v>3</v></c></row>", "cell A1 refers to shared string 3, there are 3" },
  { "<row><c t=\"s\"><v>-1</v></c></row>", "cell A1 refers to shared string -1, there are 3" },
  { "<row><c/><c t=\"s\"><v/></c></row>", "cell B1 refers to shared string , there are 3" },
  { "<row><c t=\"b\"><v>yes</v></c></row>", "cell A1 is a boolean of value \"yes\"" },
  { "<row><c t=\"b\"><v>11111111111111111111111111111111111111111111111111</v></c></row>",
    "cell A1 is a boolean of value \"1111111111111111111111111111111111111111\"" },
};

static void test_bad(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct buf xml = buf_new(1 << 20);
    buf_printf(&xml, SHEET("%s"), bad[i].rows), buf_char(&xml, '\0');
    check_sheet(xml.at, 1000, bad[i].want);
    buf_free(&xml);
  }
}

static void test_bad_xml(void **state) {
  (void)state;
  check_sheet("", 10, "bad XML: Document is empty (line 1, column 1 of the part s.xml)");
  check_sheet("text", 10, "bad XML: Start tag expected, '<' not found (line 1, column 1 of the part s.xml)");
  check_sheet("<worksheet/>", 10,
              "the part s.xml begins with <worksheet>, which is no <worksheet> of a workbook");
  check_sheet("<html xmlns=\"" MAIN_SPACE "\"/>", 10,
              "the part s.xml begins with <html>, which is no <worksheet> of a workbook");
  check_sheet(
      "<worksheet xmlns=\"" MAIN_SPACE "\">\n <sheetData>\n<row><c><v>1</v></c></row>\n", 10,
      "1[0#1] bad XML: Premature end of data in tag sheetData line 2 (line 4, column 1 of the part s.xml)");
  check_sheet(
      "<worksheet xmlns=\"" MAIN_SPACE "\">\n  <a></b></worksheet>", 10,
      "bad XML: Opening and ending tag mismatch: a line 2 and b (line 2, column 10 of the part s.xml)");
  check_sheet(SHEET("<row><c><v>&nbsp;</v></c></row>"), 10,
              "bad XML: Entity 'nbsp' not defined (line 1, column 106 of the part s.xml)");
  check_sheet(SHEET("<row><c t=\"str\"><v>\xff</v></c></row>"), 10,
              "bad XML: not UTF-8 (line 1, byte 108 of the part s.xml)");
  check_sheet(SHEET("<row><c t=\"str\"><v>&#0;</v></c></row>"), 10,
              "bad XML: xmlParseCharRef: invalid xmlChar value 0 (line 1, column 112 of the part s.xml)");
}

static void check_not_utf8(str xml, const char *want) {
  struct err err = { 0 };
  assert_int_equal(xlsx_cells_read(STR("s.xml"), xml, &shared, 10, xlsx_show, NULL, &err), OUT_DATA);
  assert_string_equal(err.text, want);
}

/* The encodings that an XML parser finds out by itself, and one that is only declared. */
static void test_encodings(void **state) {
  (void)state;
  check_not_utf8(STR("\xff\xfe<\0w\0/\0>\0"), "bad XML: not UTF-8 (line 1, byte 1 of the part s.xml)");
  check_not_utf8(STR("<\0?\0x\0m\0l\0"), "bad XML: not UTF-8 (line 1, byte 2 of the part s.xml)");
  check_not_utf8(STR("\0<\0?\0x\0m\0l"), "bad XML: not UTF-8 (line 1, byte 1 of the part s.xml)");
  check_not_utf8(STR("\x4c\x6f\xa7\x94"), "bad XML: not UTF-8 (line 1, byte 3 of the part s.xml)");
  check_not_utf8(STR("<a>\n\n<b>\0\xff"), "bad XML: not UTF-8 (line 3, byte 4 of the part s.xml)");
  check_sheet("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-16\"?>" SHEET(
                  "<row><c t=\"str\"><v>\xc3\xa4</v></c></row>"),
              10, "1[0:\xc3\xa4]");
  check_sheet(
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" SHEET("<row><c t=\"str\"><v>\xc3\xa4</v></c></row>"),
      10, "1[0:\xc3\xa4]");
}

/* No entity, no file, no network: a DOCTYPE ends it before its content is looked at. */
static void test_doctype(void **state) {
  (void)state;
  static const char *const types[] = {
    "<!DOCTYPE worksheet>",
    "<!DOCTYPE w SYSTEM \"file:///etc/passwd\">",
    "<!DOCTYPE w [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
    "<!DOCTYPE w [<!ENTITY a SYSTEM \"/etc/passwd\">]>",
  };
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    struct err err = { 0 };
    struct buf xml = buf_new(1 << 20), shown = buf_new(1000);
    buf_printf(&xml, "%s" SHEET("<row><c t=\"str\"><v>&b;</v></c></row>"), types[i]);
    assert_int_equal(xlsx_cells_read(STR("s.xml"), buf_str(&xml), &shared, 1000, xlsx_show, &shown, &err),
                     OUT_DATA);
    assert_int_equal(strncmp(err.text, "a DOCTYPE, which is never read (line 1", 38), 0);
    assert_int_equal(shown.len, 0);
    buf_free(&xml), buf_free(&shown);
  }
}

static void add_many(struct buf *xml, const char *piece, size_t count) {
  while (count--) buf_add(xml, str_of(piece));
}

static void test_limits(void **state) {
  (void)state;
  struct buf xml = buf_new(1 << 20);
  buf_printf(&xml, "<worksheet xmlns=\"" MAIN_SPACE "\">");
  add_many(&xml, "<a>", 64), add_many(&xml, "</a>", 64), buf_add(&xml, STR("</worksheet>")),
      buf_char(&xml, '\0');
  check_sheet(xml.at, 10, "elements nested too deep (line 1, column 269 of the part s.xml)");

  buf_clear(&xml);
  buf_printf(&xml, "<worksheet xmlns=\"" MAIN_SPACE "\"><!-- '");
  add_many(&xml, "<=\"\"", 300), buf_printf(&xml, " --><a");
  for (unsigned i = 0; i < 200; i++) buf_printf(&xml, " a%u='>'", i);
  buf_printf(&xml, "/><![CDATA["), add_many(&xml, "<=\"\"", 300), buf_printf(&xml, "]]></worksheet>");
  buf_char(&xml, '\0');
  check_sheet(xml.at, 10, "");
  buf_clear(&xml);
  buf_printf(&xml, "<worksheet xmlns=\"" MAIN_SPACE "\"><a");
  for (unsigned i = 0; i < 201; i++) buf_printf(&xml, " a%u='>'", i);
  buf_printf(&xml, "/></worksheet>"), buf_char(&xml, '\0');
  check_sheet(xml.at, 10, "bad XML: a tag with more than 200 attributes in the part s.xml");
  buf_free(&xml);

  check_sheet(SHEET("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c></row>"), 8, "1[0:open|1:open]");
  check_sheet(SHEET("<row><c t=\"s\"><v>0</v></c></row><row><c t=\"s\"><v>0</v></c></row>"), 7,
              "1[0:open] the cells up to A2 hold more text than can be taken");
}

static enum outcome refuse(void *user, const struct xlsx_row *row, struct err *err) {
  size_t *rows = user;
  ++*rows;
  return err_set(err, OUT_REFUSED, "not row %u", row->number);
}

/* The outcome and the error of the caller's own function come through untouched, and end it. */
static void test_caller_stops(void **state) {
  (void)state;
  size_t rows = 0;
  struct err err = { 0 };
  str xml = STR(SHEET("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>"));
  assert_int_equal(xlsx_cells_read(STR("s.xml"), xml, &shared, 1000, refuse, &rows, &err), OUT_REFUSED);
  assert_int_equal(rows, 1);
  assert_string_equal(err.text, "not row 1");
}

static void test_places(void **state) {
  (void)state;
  uint32_t row = 0, column = 0;
  static const struct {
    const char *text;
    uint32_t row, column;
  } places[] = { { "A1", 1, 0 },    { "Z26", 26, 25 },  { "AA1", 1, 26 },
                 { "ZZ1", 1, 701 }, { "AAA1", 1, 702 }, { "XFD1048576", 1048576, 16383 } };
  static const char *const none[] = {
    "",      "A",           "1",     "A0",       "A01", "a1",  "$A$1",
    "A1:B2", "XFE1",        "AAAA1", "A1048577", "A-1", "A+1", "A99999999999999999999",
    "A1 ",   "\xc3\x84\x31"
  };
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    assert_true(xlsx_cells_place(str_of(places[i].text), &row, &column));
    assert_int_equal(row, places[i].row);
    assert_int_equal(column, places[i].column);
  }
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_false(xlsx_cells_place(str_of(none[i]), &row, &column));
}

/* Strings are shown as <..>. */
static void check_strings(const char *xml, const char *want) {
  struct err err = { 0 };
  struct arena *arena = arena_new();
  struct xlsx_strings strings = { 0 };
  struct buf shown = buf_new(1 << 20);
  enum outcome out = xlsx_strings_read(STR("t.xml"), str_of(xml), arena, &strings, &err);
  for (size_t i = 0; i < strings.count; i++) buf_printf(&shown, "<%.*s>", STR_ARG(strings.at[i]));
  if (out) buf_printf(&shown, "%s", err.text);
  buf_char(&shown, '\0');
  assert_string_equal(shown.at, want);
  xlsx_strings_free(&strings);
  assert_null(strings.at);
  arena_free(arena), buf_free(&shown);
}

static void test_strings(void **state) {
  (void)state;
  check_strings(STRINGS(""), "");
  check_strings(STRINGS("<si><t>a</t></si><si/><si><t> b\n</t></si>"), "<a><>< b\n>");
  check_strings(STRINGS("<si><r><rPr><b/></rPr><t>half </t></r><r><t>bold</t></r></si>"), "<half bold>");
  check_strings(
      STRINGS("<si><t>\xe6\x9d\xb1</t><rPh sb=\"0\" eb=\"1\"><t>higashi</t></rPh><phoneticPr/></si>"),
      "<\xe6\x9d\xb1>");
  check_strings(STRINGS("<si><t>_x000D__x005F_x000D_</t></si>"), "<\r_x000D_>");
  check_strings(STRINGS("<si><r><t>_x00</t></r><r><t>0D_</t></r></si>"), "<_x000D_>");
  check_strings(STRINGS("<si><t>a</t></si><si><t>"),
                "<a>bad XML: Opening and ending tag mismatch: t line 1 and sst (line 1, column 102 of the part t.xml)");
  check_strings(SHEET(""), "the part t.xml begins with <worksheet>, which is no <sst> of a workbook");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_good),         cmocka_unit_test(test_bad),       cmocka_unit_test(test_bad_xml),
    cmocka_unit_test(test_doctype),      cmocka_unit_test(test_encodings), cmocka_unit_test(test_limits),
    cmocka_unit_test(test_caller_stops), cmocka_unit_test(test_places),    cmocka_unit_test(test_strings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
