/* job/state_file: the text of a state's file: a header line and rows, or several such files in one. */
#include "job/state_file.h"
#include "codec/csv.h"
#include "io/digest.h"

#include <string.h>

ptrdiff_t state_file_column(const struct state_file *file, str name) {
  for (size_t i = 0; i < file->column_count; i++)
    if (str_eq(file->columns[i], name)) return (ptrdiff_t)i;
  return -1;
}

static bool is_name(str name) {
  for (size_t i = 0; i < name.len; i++) {
    char c = name.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') return false;
  }
  return name.len > 0;
}

static enum outcome read_header(struct state_file *file, const struct csv_row *row, struct err *err) {
  for (size_t i = 0; i < row->count; i++) {
    if (!is_name(row->fields[i]) || state_file_column(file, row->fields[i]) >= 0) {
      err_set(err, OUT_DATA, "the header line of a state has field names, each once");
      return err_at(err, row->line, 0);
    }
    *ARENA_PUSH(file->arena, file->columns, file->column_count) = arena_str(file->arena, row->fields[i]);
  }
  return OUT_OK;
}

static enum outcome read_row(void *user, const struct csv_row *row, struct err *err) {
  struct state_file *file = user;
  if (!file->column_count) return read_header(file, row, err);
  if (row->count != file->column_count) {
    err_set(err, OUT_DATA, "the row has %zu cells, its header line has %zu", row->count, file->column_count);
    return err_at(err, row->line, 0);
  }
  size_t bytes = 0; /* a table may have many rows: each is one piece of memory */
  for (size_t i = 0; i < row->count; i++) bytes += row->fields[i].len;
  str *cells = arena_alloc(file->arena, row->count * sizeof *cells + bytes);
  char *text = (char *)(cells + row->count);
  for (size_t i = 0; i < row->count; i++) {
    str cell = row->fields[i];
    if (cell.len) memcpy(text, cell.at, cell.len);
    cells[i] = (str){ text, cell.len };
    text += cell.len;
  }
  *ARENA_PUSH(file->arena, file->lines, file->line_count) = (struct state_line){ cells, row->line };
  return OUT_OK;
}

enum outcome state_file_parse(str path, str bytes, struct arena *arena, struct state_file *file,
                              struct err *err) {
  *file = (struct state_file){ .path = path, .arena = arena };
  struct csv_limits limits = { .field_most = 1 << 20, .fields_most = csv_default_limits.fields_most };
  struct csv_reader *csv = csv_reader_new(',', limits);
  enum outcome out = csv_feed(csv, bytes, true, read_row, file, err);
  csv_reader_free(csv);
  if (!out && !file->column_count) out = err_set(err, OUT_DATA, "a state's file has a header line");
  return out ? err_in_file(err, path) : OUT_OK;
}

/* The last line that begins with "~". */
static bool split_sum(str bytes, str *above, str *sum) {
  if (!bytes.len || bytes.at[bytes.len - 1] != '\n') return false;
  size_t end = bytes.len - 1, at = end;
  while (at && bytes.at[at - 1] != '\n') at--;
  if (!at || bytes.at[at] != '~') return false;
  *above = str_sub(bytes, 0, at);
  *sum = str_sub(bytes, at + 1, end);
  return true;
}

enum outcome state_file_parse_merged(str path, str bytes, struct arena *arena, struct state_file *file,
                                     struct err *err) {
  char hex[DIGEST_TEXT];
  str above, sum;
  bool good = split_sum(bytes, &above, &sum);
  if (good) digest_bytes(above, hex);
  if (!good || !str_eq(sum, str_of(hex))) {
    err_set(err, OUT_DATA, "the file was cut or changed: its last line is not the SHA-256 of what is above");
    return err_in_file(err, path);
  }
  enum outcome out = state_file_parse(path, above, arena, file, err);
  if (out || str_eq(file->columns[0], STR("release"))) return out;
  err_set(err, OUT_DATA, "the first column of a merged state is \"release\"");
  return err_at(err, 1, 0), err_in_file(err, path);
}

void state_file_add(const str *cells, size_t count, struct buf *text) {
  for (size_t i = 0; i < count; i++) {
    if (i) buf_char(text, ',');
    csv_write_field(text, cells[i], ',');
  }
  buf_char(text, '\n');
}

void state_file_seal(struct buf *text) {
  char hex[DIGEST_TEXT];
  digest_bytes(buf_str(text), hex);
  buf_printf(text, "~%s\n", hex);
}
