/* codec/xlsx_write: one sheet of text cells as a workbook (.xlsx), for a person to fill in. */
#include "codec/xlsx_write.h"
#include "base/memory.h"
#include "codec/xlsx_read.h"
#include "codec/xlsx_text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <xlsxwriter.h>

enum { WIDTH_MOST = 255, PATH_MOST = 4096 };
enum { FORMAT_TEXT = 49 }; /* "@", one of the formats that need no definition */
enum { COLOUR_ANSWER = 0xFFF2CC, COLOUR_FIXED = 0xF2F2F2 };

struct xlsx_writer {
  lxw_workbook *book; /* NULL once it is finished */
  lxw_worksheet *sheet;
  lxw_format *fixed, *answer;
  bool *answers; /* one for each column */
  size_t columns;
  uint32_t rows;  /* with the title row */
  uint64_t check; /* of all cells with content, see add_check */
  struct buf text;
  char *scratch;
  int file; /* what the library writes into; it has no name */
};

/* Reading back must come to the same sum. */
static void add_check(uint64_t *check, uint32_t row, uint32_t column, str text) {
  *check = (*check ^ str_hash(text)) * 0x9E3779B97F4A7C15u + ((uint64_t)row << 16) + column;
}

/* A file in the folder that is gone when it is closed. */
static enum outcome open_nameless(const char *scratch, int *file, struct err *err) {
  char path[PATH_MOST];
  int len = snprintf(path, sizeof path, "%s/.xlsx.XXXXXX", scratch);
  if (len < 0 || (size_t)len >= sizeof path)
    return err_set(err, OUT_SYSTEM, "the path of the scratch folder is too long");
  *file = mkstemp(path);
  if (*file < 0) return err_errno(err, "cannot write a temporary file in %s", scratch);
  if (unlink(path)) {
    close(*file);
    return err_errno(err, "cannot remove the name of a temporary file in %s", scratch);
  }
  fcntl(*file, F_SETFD, FD_CLOEXEC);
  return OUT_OK;
}

/* Of cells that are not there yet: what a person types into them stays a text. */
static lxw_format *new_text_format(lxw_workbook *book) {
  lxw_format *format = workbook_add_format(book);
  format_set_num_format_index(format, FORMAT_TEXT);
  return format;
}

static lxw_format *new_format(lxw_workbook *book, bool answer) {
  lxw_format *format = new_text_format(book);
  format_set_text_wrap(format);
  format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
  format_set_border(format, LXW_BORDER_HAIR);
  format_set_bg_color(format, answer ? COLOUR_ANSWER : COLOUR_FIXED);
  if (answer) format_set_unlocked(format);
  return format;
}

static lxw_format *new_title_format(lxw_workbook *book, bool answer) {
  lxw_format *format = new_format(book, false);
  format_set_bg_color(format, answer ? COLOUR_ANSWER : COLOUR_FIXED);
  format_set_bold(format);
  format_set_bottom(format, LXW_BORDER_THIN);
  return format;
}

static enum outcome check_text(str text, struct err *err) {
  size_t bad_at = 0, units = 0;
  if (!str_is_utf8(text, &bad_at)) return err_set(err, OUT_DATA, "byte %zu is not UTF-8", bad_at + 1);
  if (str_find(text, '\0') >= 0) return err_set(err, OUT_DATA, "a NUL byte, which no cell can hold");
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.at[i];
    units += (c & 0xC0) != 0x80; /* one for each character, and one more for those beyond U+FFFF */
    units += c >= 0xF0;
  }
  if (units > XLSX_CELL_MOST)
    return err_set(err, OUT_DATA, "a text of %zu characters; a cell holds %d", units, XLSX_CELL_MOST);
  return OUT_OK;
}

/* The text as the library takes it, in writer->text. */
static enum outcome prepare(struct xlsx_writer *writer, str text, struct err *err) {
  enum outcome out = check_text(text, err);
  if (out) return out;
  buf_clear(&writer->text);
  xlsx_text_escape(text, &writer->text);
  out = check_text(buf_str(&writer->text), err);
  buf_char(&writer->text, '\0');
  return out;
}

static enum outcome put_cell(struct xlsx_writer *writer, size_t column, str text, lxw_format *format,
                             struct err *err) {
  enum outcome out = prepare(writer, text, err);
  if (out) return out;
  lxw_error error =
      worksheet_write_string(writer->sheet, writer->rows, (lxw_col_t)column, writer->text.at, format);
  if (error) return err_set(err, OUT_BUG, "xlsx_write: %s", lxw_strerror(error));
  if (text.len) add_check(&writer->check, writer->rows + 1, (uint32_t)column, text);
  return OUT_OK;
}

static enum outcome put_titles(struct xlsx_writer *writer, const struct xlsx_sheet *sheet, struct err *err) {
  lxw_format *unused = new_text_format(writer->book);
  lxw_format *titles[] = { new_title_format(writer->book, false), new_title_format(writer->book, true) };
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < sheet->count && !out; i++) {
    const struct xlsx_column *column = &sheet->columns[i];
    unsigned width = column->width < 1 ? 1 : column->width > WIDTH_MOST ? WIDTH_MOST : column->width;
    lxw_col_t at = (lxw_col_t)i;
    writer->answers[i] = column->answer;
    worksheet_set_column(writer->sheet, at, at, width, unused);
    out = put_cell(writer, i, column->title, titles[column->answer], err);
  }
  writer->rows = 1;
  return out;
}

/* No green corners that offer to make numbers of texts; a protected sheet still lets columns be widened. */
static void set_up_sheet(struct xlsx_writer *writer, bool protect) {
  lxw_protection allowed = { .format_columns = 1, .format_rows = 1 };
  worksheet_freeze_panes(writer->sheet, 1, 0);
  worksheet_ignore_errors(writer->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
  if (protect) worksheet_protect(writer->sheet, NULL, &allowed);
}

static enum outcome open_book(struct xlsx_writer *writer, const struct xlsx_sheet *sheet, struct err *err) {
  char path[32], name[4 * LXW_SHEETNAME_MAX + 1] = { 0 };
  snprintf(path, sizeof path, "/dev/fd/%d", writer->file);
  lxw_workbook_options options = { .tmpdir = writer->scratch };
  lxw_doc_properties properties = { .created = (time_t)sheet->created };
  writer->book = workbook_new_opt(path, &options);
  if (!writer->book) abort();
  bool named = sheet->name.len && sheet->name.len < sizeof name && str_is_utf8(sheet->name, NULL);
  if (named) memcpy(name, sheet->name.at, sheet->name.len);
  if (!named || strlen(name) != sheet->name.len || workbook_validate_sheet_name(writer->book, name))
    return err_set(err, OUT_DATA, "\"%.*s\" cannot be the name of a sheet",
                   STR_ARG(str_left_chars(sheet->name, 100)));
  workbook_set_properties(writer->book, &properties);
  writer->sheet = workbook_add_worksheet(writer->book, name);
  if (!writer->sheet) abort();
  writer->fixed = new_format(writer->book, false);
  writer->answer = new_format(writer->book, true);
  return OUT_OK;
}

enum outcome xlsx_write_new(const struct xlsx_sheet *sheet, const char *scratch, struct xlsx_writer **writer,
                            struct err *err) {
  if (!sheet->count || sheet->count > XLSX_COLUMNS_MOST || sheet->created <= 0)
    return err_set(err, OUT_BUG, "xlsx_write_new: %zu columns, created %lld", sheet->count,
                   (long long)sheet->created);
  int file = -1;
  enum outcome out = open_nameless(scratch, &file, err);
  if (out) return out;
  struct xlsx_writer *made = mem_alloc(sizeof *made);
  size_t scratch_len = strlen(scratch);
  *made = (struct xlsx_writer){ .file = file, .columns = sheet->count };
  made->answers = mem_alloc(sheet->count * sizeof *made->answers);
  made->scratch = mem_alloc(scratch_len + 1);
  memcpy(made->scratch, scratch, scratch_len);
  made->text = buf_new(8 * 4 * XLSX_CELL_MOST);
  out = open_book(made, sheet, err);
  if (!out) set_up_sheet(made, sheet->protect);
  if (!out) out = put_titles(made, sheet, err);
  if (out) xlsx_write_free(made);
  else *writer = made;
  return out;
}

enum outcome xlsx_write_row(struct xlsx_writer *writer, const str *cells, size_t count, struct err *err) {
  enum outcome out = OUT_OK;
  if (count != writer->columns || !writer->book)
    return err_set(err, OUT_BUG, "xlsx_write_row: %zu cells for %zu columns", count, writer->columns);
  if (writer->rows == XLSX_ROWS_MOST)
    return err_set(err, OUT_DATA, "a sheet holds %d rows at most", XLSX_ROWS_MOST);
  for (size_t i = 0; i < count && !out; i++) out = prepare(writer, cells[i], err);
  for (size_t i = 0; i < count && !out; i++)
    out = put_cell(writer, i, cells[i], writer->answers[i] ? writer->answer : writer->fixed, err);
  if (!out) writer->rows++;
  return out;
}

static enum outcome take_bytes(int file, struct buf *bytes, struct err *err) {
  char piece[64 * 1024];
  if (lseek(file, 0, SEEK_SET)) return err_errno(err, "cannot read the workbook back");
  for (;;) {
    ssize_t got = read(file, piece, sizeof piece);
    if (got < 0) return err_errno(err, "cannot read the workbook back");
    if (!got) return OUT_OK;
    buf_bytes(bytes, piece, (size_t)got);
    if (bytes->full) return err_set(err, OUT_DATA, "a workbook larger than %zu bytes", bytes->most);
  }
}

static enum outcome sum_up(void *user, const struct xlsx_row *row, struct err *err) {
  uint64_t *check = user;
  (void)err;
  for (size_t i = 0; i < row->count; i++)
    add_check(check, row->number, row->cells[i].column, row->cells[i].text);
  return OUT_OK;
}

/* The library does not look whether its temporary files were written in full. */
static enum outcome read_back(const struct xlsx_writer *writer, str bytes, struct err *err) {
  uint64_t check = 0;
  if (bytes.len > xlsx_default_limits.file_most)
    return err_set(err, OUT_DATA, "the workbook would have %zu bytes; %zu can be read", bytes.len,
                   xlsx_default_limits.file_most);
  enum outcome out = xlsx_read(bytes, STR_NONE, xlsx_default_limits, sum_up, &check, err);
  if (!out && check == writer->check) return OUT_OK;
  return err_set(err, OUT_SYSTEM, "the workbook was not written as it was given; is the disk of %s full?",
                 writer->scratch);
}

enum outcome xlsx_write_finish(struct xlsx_writer *writer, struct buf *bytes, struct err *err) {
  size_t before = bytes->len;
  if (!writer->book) return err_set(err, OUT_BUG, "xlsx_write_finish: twice");
  lxw_error error = workbook_close(writer->book);
  writer->book = NULL;
  if (error)
    return err_set(err, OUT_SYSTEM, "cannot write the workbook in %s: %s", writer->scratch,
                   lxw_strerror(error));
  enum outcome out = take_bytes(writer->file, bytes, err);
  if (!out) out = read_back(writer, str_sub(buf_str(bytes), before, bytes->len), err);
  if (out) bytes->len = before;
  return out;
}

void xlsx_write_free(struct xlsx_writer *writer) {
  if (!writer) return;
  if (writer->book) lxw_workbook_free(writer->book);
  close(writer->file);
  buf_free(&writer->text);
  mem_free(writer->answers);
  mem_free(writer->scratch);
  mem_free(writer);
}
