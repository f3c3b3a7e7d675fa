/* tools/xlsx_roundtrip: writes a review sheet, and says whether a file that a program made of it still has
 * it.
 *
 *   xlsx_roundtrip write FILE.xlsx         ids in column A, awkward texts in B, C to be answered
 *   xlsx_roundtrip check FILE.xlsx         every cell as it was written, and a text
 *   xlsx_roundtrip show FILE.xlsx          its cells, one a line: PLACE KIND TEXT
 *   xlsx_roundtrip csv FILE.csv            the ids of a .csv of it
 */
#include "base/memory.h"
#include "codec/csv.h"
#include "codec/xlsx_read.h"
#include "codec/xlsx_write.h"

#include <stdio.h>
#include <stdlib.h>

enum { BYTES_MOST = 32 << 20 };
#define TEXT(literal)                                                                                        \
  { literal, sizeof literal - 1 }

static const str ids[] = { TEXT("0012"),
                           TEXT("123456789012345678"),
                           TEXT("00000000000000000001"),
                           TEXT("1.23457E+15"),
                           TEXT("=1+1"),
                           TEXT("-5"),
                           TEXT("+49 30 1"),
                           TEXT("@x"),
                           TEXT("2026-11-06"),
                           TEXT("6/11/2026"),
                           TEXT("1:30"),
                           TEXT("TRUE"),
                           TEXT("1,234.50"),
                           TEXT("Q-17") };
static const str texts[] = { TEXT("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f \xe2\x82\xac"),
                             TEXT("\xf0\x9f\x98\x80"),
                             TEXT("one\ntwo"),
                             TEXT("  blanks  "),
                             TEXT("\"quoted\""),
                             TEXT("a\x07"
                                  "b"),
                             TEXT("_x0041_"),
                             TEXT("a\tb"),
                             TEXT("a,b;c"),
                             TEXT("<b>&amp;</b>"),
                             TEXT("'0012"),
                             TEXT("50%"),
                             TEXT("\xe6\x9d\xb1"),
                             TEXT("plain") };
enum { ROWS = sizeof ids / sizeof *ids };

static int say(const struct err *err) {
  fprintf(stderr, "xlsx_roundtrip: %s\n", err->text);
  return 1;
}

static int write_sheet(const char *path) {
  static const struct xlsx_column columns[] = { { TEXT("id"), 25, false },
                                                { TEXT("what is wrong"), 40, false },
                                                { TEXT("answer"), 20, true } };
  struct xlsx_sheet sheet = {
    .name = STR("Review"), .created = 1793923200, .columns = columns, .count = 3, .protect = true
  };
  struct xlsx_writer *writer = NULL;
  struct err err = { 0 };
  struct buf bytes = buf_new(BYTES_MOST);
  enum outcome out = xlsx_write_new(&sheet, ".", &writer, &err);
  for (size_t i = 0; i < ROWS && !out; i++)
    out = xlsx_write_row(writer, (str[]){ ids[i], texts[i], STR_NONE }, 3, &err);
  if (!out) out = xlsx_write_finish(writer, &bytes, &err);
  if (out) return say(&err);
  FILE *file = fopen(path, "wb");
  bool good = file && fwrite(bytes.at, 1, bytes.len, file) == bytes.len;
  good = file && !fclose(file) && good;
  xlsx_write_free(writer), buf_free(&bytes);
  return !good;
}

static struct buf read_whole(const char *path) {
  struct buf bytes = buf_new(BYTES_MOST);
  char piece[65536];
  FILE *file = fopen(path, "rb");
  if (!file) perror(path), exit(1);
  for (size_t got; (got = fread(piece, 1, sizeof piece, file));) buf_bytes(&bytes, piece, got);
  fclose(file);
  return bytes;
}

struct tally {
  size_t rows, bad;
};

static void compare(struct tally *tally, str got, str want, bool is_text) {
  if (is_text && str_eq(got, want)) return;
  printf("row %zu: got %s <%.*s>, wrote <%.*s>\n", tally->rows + 1, is_text ? "text" : "no text",
         STR_ARG(got), STR_ARG(want));
  tally->bad++;
}

static enum outcome on_row(void *user, const struct xlsx_row *row, struct err *err) {
  struct tally *tally = user;
  (void)err;
  if (row->number == 1 || tally->rows == ROWS) return OUT_OK;
  if (row->count < 2) return err_set(err, OUT_DATA, "row %u has %zu cells", row->number, row->count);
  for (size_t i = 0; i < 2; i++)
    compare(tally, row->cells[i].text, i ? texts[tally->rows] : ids[tally->rows],
            row->cells[i].kind == XLSX_TEXT && !row->cells[i].formula);
  tally->rows++;
  return OUT_OK;
}

static enum outcome show_row(void *user, const struct xlsx_row *row, struct err *err) {
  static const char *const kinds[] = { "text", "number", "boolean", "error", "date" };
  (void)user, (void)err;
  for (size_t i = 0; i < row->count; i++)
    printf("%u:%u %s%s %.*s\n", row->number, row->cells[i].column + 1,
           row->cells[i].formula ? "formula, " : "", kinds[row->cells[i].kind], STR_ARG(row->cells[i].text));
  return OUT_OK;
}

static enum outcome on_csv_row(void *user, const struct csv_row *row, struct err *err) {
  struct tally *tally = user;
  (void)err;
  if (row->line == 1 || tally->rows == ROWS) return OUT_OK;
  compare(tally, row->fields[0], ids[tally->rows], true);
  tally->rows++;
  return OUT_OK;
}

int main(int argc, char **argv) {
  struct err err = { 0 };
  struct tally tally = { 0 };
  str verb = str_of(argc == 3 ? argv[1] : "");
  enum outcome out = OUT_OK;
  if (str_eq(verb, STR("write"))) return write_sheet(argv[2]);
  if (!verb.len) return 2;
  struct buf bytes = read_whole(argv[2]);
  if (str_eq(verb, STR("show"))) {
    out = xlsx_read(buf_str(&bytes), STR_NONE, xlsx_default_limits, show_row, NULL, &err);
  } else if (str_eq(verb, STR("csv"))) {
    struct csv_reader *csv = csv_reader_new(0, csv_default_limits);
    out = csv_feed(csv, buf_str(&bytes), true, on_csv_row, &tally, &err);
    csv_reader_free(csv);
  } else {
    out = xlsx_read(buf_str(&bytes), STR_NONE, xlsx_default_limits, on_row, &tally, &err);
  }
  buf_free(&bytes);
  if (out) return say(&err);
  if (!str_eq(verb, STR("show"))) printf("%s: %zu rows, %zu cells changed\n", argv[2], tally.rows, tally.bad);
  return !str_eq(verb, STR("show")) && (tally.bad || tally.rows != ROWS);
}
