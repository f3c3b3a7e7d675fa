/* unit/codec/test_xlsx_read: whole workbooks, laid out as programs lay them out and as none should. */
#include "codec/xlsx_read.h"
#include "xlsx_show.h"
#include "zip_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void check_bytes(str bytes, const char *sheet, struct xlsx_limits limits, const char *want) {
  struct err err = { 0 };
  struct buf shown = buf_new(1 << 20);
  enum outcome out = xlsx_read(bytes, str_of(sheet), limits, xlsx_show, &shown, &err);
  assert_true(out == OUT_OK || (out == OUT_DATA && err.outcome == OUT_DATA));
  if (out) buf_printf(&shown, "%s", err.text);
  buf_char(&shown, '\0');
  assert_string_equal(shown.at, want);
  buf_free(&shown);
}

static void check_parts(const struct zip_part *parts, const char *sheet, const char *want) {
  struct buf bytes = buf_new(ZIP_BYTES_MOST);
  zip_parts(parts, NULL, &bytes);
  check_bytes(buf_str(&bytes), sheet, xlsx_default_limits, want);
  buf_free(&bytes);
}

#define ROOT      LINKS(LINK("rId1", "officeDocument", "xl/workbook.xml"))
#define ROW(text) SHEET("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>" text "</t></is></c></row>")

/* As Excel and LibreOffice have it: all targets relative. */
static const struct zip_part plain[] = {
  { "[Content_Types].xml", "<Types/>" },
  { "_rels/.rels", LINKS(LINK("rId3", "extended-properties", "docProps/app.xml")
                             LINK("rId1", "officeDocument", "xl/workbook.xml")) },
  { "xl/workbook.xml", BOOK("<sheet name=\"Review\" sheetId=\"1\" r:id=\"rId2\"/>") },
  { "xl/_rels/workbook.xml.rels",
    LINKS(LINK("rId1", "styles", "styles.xml") LINK("rId2", "worksheet", "worksheets/sheet1.xml")
              LINK("rId3", "sharedStrings", "sharedStrings.xml")) },
  { "xl/worksheets/sheet1.xml", SHEET("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c></row>") },
  { "xl/sharedStrings.xml", STRINGS("<si><t>id</t></si><si><t>0012</t></si>") },
  { NULL, NULL },
};

static void test_plain(void **state) {
  (void)state;
  check_parts(plain, "", "1[0:0012]");
  check_parts(plain, "review", "1[0:0012]");
  check_parts(plain, "Revue", "the workbook has no sheet \"Revue\", but \"Review\"");
}

/* Absolute targets, dots in them, odd places, other case, a strict workbook. */
static void test_layouts(void **state) {
  (void)state;
  check_parts((struct zip_part[]){ { "_rels/.rels", LINKS(LINK("a", "officeDocument", "/book.xml")) },
                                   { "book.xml", BOOK("<sheet name=\"S\" r:id=\"b\"/>") },
                                   { "_rels/book.xml.rels", LINKS(LINK("b", "worksheet", "/x/y.xml") LINK(
                                                                "c", "sharedStrings", "./x/../t.xml")) },
                                   { "x/y.xml", SHEET("<row><c t=\"s\"><v>0</v></c></row>") },
                                   { "t.xml", STRINGS("<si><t>absolute</t></si>") },
                                   { NULL, NULL } },
              "", "1[0:absolute]");
  check_parts((struct zip_part[]){ { "_rels/.rels", ROOT },
                                   { "XL/Workbook.xml", BOOK("<sheet name=\"S\" r:id=\"b\"/>") },
                                   { "xl/_rels/workbook.xml.rels",
                                     LINKS(LINK("b", "worksheet", "../../../sheets/./one.xml")) },
                                   { "sheets/One.xml", ROW("dots") },
                                   { NULL, NULL } },
              "", "1[0:dots]");
#define STRICT "http://purl.oclc.org/ooxml/"
  check_parts(
      (struct zip_part[]){
          { "_rels/.rels",
            "<Relationships xmlns=\"" LINK_SPACE "\"><Relationship Id=\"a\" Type=\"" STRICT
            "officeDocument/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>" },
          { "xl/workbook.xml", "<workbook xmlns=\"" STRICT "spreadsheetml/main\" xmlns:rel=\"" STRICT
                               "officeDocument/relationships\" conformance=\"strict\"><sheets><sheet "
                               "name=\"S\" rel:id=\"b\"/></sheets></workbook>" },
          { "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"" LINK_SPACE "\"><Relationship Id=\"b\" Type=\"" STRICT
            "officeDocument/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>" },
          { "xl/worksheets/sheet1.xml",
            "<worksheet xmlns=\"" STRICT "spreadsheetml/main\"><sheetData><row><c "
            "t=\"d\"><v>2026-11-06</v></c></row></sheetData></worksheet>" },
          { NULL, NULL } },
      "", "1[0@2026-11-06]");
}

#define TWO_SHEETS(sheets)                                                                                   \
  (struct zip_part[]) {                                                                                      \
    { "_rels/.rels", ROOT }, { "xl/workbook.xml", BOOK(sheets) },                                            \
        { "xl/_rels/workbook.xml.rels",                                                                      \
          LINKS(LINK("r1", "worksheet", "1.xml") LINK("r2", "worksheet", "2.xml") LINK(                      \
              "r3", "chartsheet",                                                                            \
              "3.xml") "<Relationship Id=\"r4\" Type=\"" R_SPACE                                             \
                       "/worksheet\" Target=\"http://example.com/\" TargetMode=\"External\"/>") },           \
        { "xl/1.xml", ROW("one") }, { "xl/2.xml", ROW("two") }, {                                            \
      NULL, NULL                                                                                             \
    }                                                                                                        \
  }
#define NAMED(name, id) "<sheet name=\"" name "\" r:id=\"" id "\"/>"

static void test_choice_of_sheet(void **state) {
  (void)state;
  check_parts(TWO_SHEETS(NAMED("B", "r2") NAMED("A", "r1")), "", "1[0:two]");
  check_parts(TWO_SHEETS(NAMED("B", "r2") NAMED("A", "r1")), "A", "1[0:one]");
  check_parts(TWO_SHEETS(NAMED("Chart", "r3") NAMED("Web", "r4") NAMED("A", "r1")), "", "1[0:one]");
  check_parts(TWO_SHEETS("<sheet name=\"H\" state=\"hidden\" r:id=\"r2\"/>" NAMED("A", "r1")), "",
              "1[0:one]");
  check_parts(TWO_SHEETS("<sheet name=\"H\" state=\"hidden\" r:id=\"r2\"/>" NAMED("A", "r1")), "h",
              "1[0:two]");
  check_parts(TWO_SHEETS("<sheet name=\"H\" state=\"veryHidden\" r:id=\"r2\"/>"), "",
              "all sheets of the workbook are hidden");
  check_parts(TWO_SHEETS(NAMED("A", "r1") NAMED("B", "r2")), "C",
              "the workbook has no sheet \"C\", but \"A\", \"B\"");
  check_parts(TWO_SHEETS(NAMED("Chart", "r3")), "", "the workbook has no sheet of cells");
  check_parts(TWO_SHEETS(""), "", "the workbook has no sheet of cells");
}

static void test_no_workbook(void **state) {
  (void)state;
  check_parts((struct zip_part[]){ { "readme.txt", "hello" }, { NULL, NULL } }, "",
              "a zip file, and no workbook (it has no part _rels/.rels)");
  check_parts((struct zip_part[]){ { "mimetype", "application/vnd.oasis.opendocument.spreadsheet" },
                                   { "content.xml", "<x/>" },
                                   { NULL, NULL } },
              "", "an OpenDocument file (.ods); save it as .xlsx");
  check_parts((struct zip_part[]){ { "_rels/.rels", LINKS("") }, { NULL, NULL } }, "",
              "no workbook: _rels/.rels names no document");
  check_parts((struct zip_part[]){ { "_rels/.rels", LINKS(LINK("a", "officeDocument", "xl/workbook.bin")) },
                                   { NULL, NULL } },
              "", "a binary workbook (.xlsb); save it as .xlsx");
  check_parts((struct zip_part[]){ { "_rels/.rels", ROOT }, { NULL, NULL } }, "",
              "the workbook has no part xl/_rels/workbook.xml.rels");
  check_parts(
      (struct zip_part[]){ { "_rels/.rels", LINKS(LINK("a", "officeDocument", "")) }, { NULL, NULL } }, "",
      "no workbook: _rels/.rels names no document");
  check_parts((struct zip_part[]){ { "_rels/.rels", ROOT },
                                   { "xl/workbook.xml", BOOK(NAMED("S", "b")) },
                                   { "xl/_rels/workbook.xml.rels", LINKS(LINK("b", "worksheet", "s.xml")) },
                                   { NULL, NULL } },
              "", "the workbook has no part xl/s.xml");
  check_parts((struct zip_part[]){ { "_rels/.rels", LINKS(LINK("a", "officeDocument", "word/document.xml")) },
                                   { "word/_rels/document.xml.rels", LINKS("") },
                                   { "word/document.xml", "<w:document xmlns:w=\"urn:w\"/>" },
                                   { NULL, NULL } },
              "", "the part word/document.xml begins with <document>, which is no <workbook> of a workbook");
  check_parts((struct zip_part[]){ { "_rels/.rels", "<Relationships" }, { NULL, NULL } }, "",
              "the part _rels/.rels begins with <Relationships>, which is no <Relationships> of a workbook");
}

static void test_no_zip(void **state) {
  (void)state;
  check_bytes(STR(""), "", xlsx_default_limits, "the file is empty, no .xlsx workbook");
  check_bytes(STR("P"), "", xlsx_default_limits, "not a .xlsx workbook: not a zip file");
  check_bytes(STR("id,answer\r\nQ-1,yes\r\n"), "", xlsx_default_limits,
              "not a .xlsx workbook: not a zip file");
  check_bytes(STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0"), "", xlsx_default_limits,
              "either an old .xls workbook or one with a password; save it as .xlsx, without a password");
  check_bytes(STR("PK\x03\x04 and no more"), "", xlsx_default_limits,
              "the .xlsx workbook is cut or damaged: Not a zip archive");
}

/* Cut after each byte: never a row, always a reason. */
static void test_cut(void **state) {
  (void)state;
  struct buf bytes = buf_new(ZIP_BYTES_MOST);
  zip_parts(plain, NULL, &bytes);
  for (size_t len = 0; len < bytes.len; len++) {
    struct err err = { 0 };
    struct buf shown = buf_new(1000);
    char *exact = malloc(len ? len : 1);
    memcpy(exact, bytes.at, len);
    assert_int_equal(xlsx_read((str){ exact, len }, STR_NONE, xlsx_default_limits, xlsx_show, &shown, &err),
                     OUT_DATA);
    assert_int_equal(shown.len, 0);
    assert_true(err.text[0] != '\0');
    free(exact), buf_free(&shown);
  }
  buf_free(&bytes);
}

/* Each byte turned in turn: the right rows, or a reason; mostly a reason, for there is a CRC. */
static void test_damaged(void **state) {
  (void)state;
  struct buf bytes = buf_new(ZIP_BYTES_MOST);
  size_t refused = 0;
  zip_parts(plain, NULL, &bytes);
  for (size_t i = 0; i < bytes.len; i++) {
    struct err err = { 0 };
    struct buf shown = buf_new(1000);
    bytes.at[i] = (char)~bytes.at[i];
    enum outcome out = xlsx_read(buf_str(&bytes), STR_NONE, xlsx_default_limits, xlsx_show, &shown, &err);
    if (out) assert_true(out == OUT_DATA && err.text[0]);
    else assert_true(str_eq(buf_str(&shown), STR("1[0:0012]")));
    refused += out != OUT_OK;
    bytes.at[i] = (char)~bytes.at[i];
    buf_free(&shown);
  }
  assert_true(refused > bytes.len / 3);
  buf_free(&bytes);
}

static void test_encrypted(void **state) {
  (void)state;
  struct buf bytes = buf_new(ZIP_BYTES_MOST);
  zip_parts(plain, "secret", &bytes);
  check_bytes(buf_str(&bytes), "", xlsx_default_limits,
              "the part _rels/.rels of the workbook is encrypted; save it without a password");
  buf_free(&bytes);
}

static void test_limits(void **state) {
  (void)state;
  struct buf bytes = buf_new(ZIP_BYTES_MOST);
  struct xlsx_limits limits = xlsx_default_limits;
  zip_parts(plain, NULL, &bytes);
  limits.file_most = bytes.len;
  check_bytes(buf_str(&bytes), "", limits, "1[0:0012]");
  limits.file_most = bytes.len - 1;
  char want[200];
  snprintf(want, sizeof want, "the workbook is too large: %zu bytes, %zu at most", bytes.len, bytes.len - 1);
  check_bytes(buf_str(&bytes), "", limits, want);
  limits = xlsx_default_limits, limits.part_most = 100;
  check_bytes(buf_str(&bytes), "", limits,
              "the part _rels/.rels of the workbook is too large: more than 100 bytes unpacked");
  limits = xlsx_default_limits, limits.text_most = 3;
  check_bytes(buf_str(&bytes), "", limits, "the cells up to A1 hold more text than can be taken");
  buf_free(&bytes);
}

/* A part of 70 MB packs to 70 KB; it is refused before it is unpacked. */
static void test_bomb(void **state) {
  (void)state;
  enum { BLANKS = 70 * 1000 * 1000 };
  char *blanks = malloc(BLANKS + 1);
  memset(blanks, ' ', BLANKS), blanks[BLANKS] = '\0';
  struct buf bytes = buf_new(ZIP_BYTES_MOST);
  zip_parts((struct zip_part[]){ { "_rels/.rels", blanks }, { NULL, NULL } }, NULL, &bytes);
  assert_true(bytes.len < 100 * 1000);
  check_bytes(buf_str(&bytes), "", xlsx_default_limits,
              "the part _rels/.rels of the workbook is too large: more than 67108864 bytes unpacked");
  /* The zip file says that it is small: bytes 22 of the local header and 24 of the directory's hold the
   * length. */
  const char *directory = bytes.at + bytes.len - 22 - 46 - strlen("_rels/.rels");
  assert_memory_equal(directory, "PK\x01\x02", 4);
  memcpy(bytes.at + 22, "\x10\0\0\0", 4), memcpy(bytes.at + (directory - bytes.at) + 24, "\x10\0\0\0", 4);
  struct err err = { 0 };
  assert_int_equal(xlsx_read(buf_str(&bytes), STR_NONE, xlsx_default_limits, xlsx_show, NULL, &err),
                   OUT_DATA);
  assert_non_null(strstr(err.text, "the part _rels/.rels of the workbook is "));
  free(blanks), buf_free(&bytes);
}

static void test_many_parts(void **state) {
  (void)state;
  struct buf bytes = buf_new(ZIP_BYTES_MOST);
  struct zip_part *parts = calloc(10002, sizeof *parts);
  char(*names)[16] = calloc(10002, sizeof *names);
  for (int i = 0; i < 10001; i++) {
    snprintf(names[i], sizeof names[i], "p%d", i);
    parts[i] = (struct zip_part){ names[i], "" };
  }
  zip_parts(parts, NULL, &bytes);
  check_bytes(buf_str(&bytes), "", xlsx_default_limits,
              "the zip file has more than 10000 parts; a workbook has a few dozen");
  free(parts), free(names), buf_free(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_plain),           cmocka_unit_test(test_layouts),
    cmocka_unit_test(test_choice_of_sheet), cmocka_unit_test(test_no_workbook),
    cmocka_unit_test(test_no_zip),          cmocka_unit_test(test_cut),
    cmocka_unit_test(test_damaged),         cmocka_unit_test(test_encrypted),
    cmocka_unit_test(test_limits),          cmocka_unit_test(test_bomb),
    cmocka_unit_test(test_many_parts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
