/* codec/raw: rows of a TSV or CSV file as the bytes that they are, not as what they mean. */
#include "codec/raw.h"

static const char marks[] = { ',', ';', '\t' };
enum { MARKS = sizeof marks };

struct raw_reader {
  bool csv, quoted, after_cr, past_header, past_first;
  char mark;
  struct buf row;
  uint64_t line, row_line, rows;
  raw_row_function *function;
  void *user;
};

struct raw_reader *raw_reader_new(bool csv, char mark) {
  struct raw_reader *raw = mem_alloc(sizeof *raw);
  raw->csv = csv;
  raw->mark = csv ? mark : '\t';
  raw->row = buf_new(RAW_ROW_MOST);
  raw->line = raw->row_line = 1;
  return raw;
}

void raw_reader_free(struct raw_reader *raw) {
  if (!raw) return;
  buf_free(&raw->row);
  mem_free(raw);
}

char raw_mark(const struct raw_reader *raw) { return raw->mark; }

static str without_bom(str s) { return str_starts(s, STR("\xef\xbb\xbf")) ? str_sub(s, 3, s.len) : s; }

/* The mark that occurs most outside quotes; of equals the first. */
static char most_frequent(str header) {
  size_t seen[MARKS] = { 0 }, best = 0;
  bool quoted = false;
  for (size_t i = 0; i < header.len; i++) {
    if (header.at[i] == '"') quoted = !quoted;
    for (size_t k = 0; k < MARKS && !quoted; k++) seen[k] += header.at[i] == marks[k];
  }
  for (size_t k = 1; k < MARKS; k++)
    if (seen[k] > seen[best]) best = k;
  return marks[best];
}

static bool is_sep_line(str line) {
  line = without_bom(line);
  return line.len == 5 && str_starts(line, STR("sep=")) && line.at[4] != '"';
}

/* Of blanks alone, and they part nothing. */
static bool is_blank(const struct raw_reader *raw, str bytes) {
  if (raw->mark == ' ') return !bytes.len;
  for (size_t i = 0; i < bytes.len; i++)
    if (bytes.at[i] != ' ') return false;
  return true;
}

static str line_end(const struct raw_reader *raw, str row) {
  size_t end = row.len;
  if (end && row.at[end - 1] == '\n') end--;
  if (end && row.at[end - 1] == '\r' && (end < row.len || raw->csv)) end--;
  return str_sub(row, end, row.len);
}

/* What a whole row is. False: a blank line. */
static bool classify(struct raw_reader *raw, struct raw_row *row) {
  if (raw->past_header) {
    if (raw->csv ? is_blank(raw, row->bytes) : !row->bytes.len) return false;
    row->kind = RAW_ROW;
    row->number = ++raw->rows;
    return true;
  }
  bool first = !raw->past_first; /* a byte order mark, and "sep=", stand at the very start or are text */
  raw->past_first = true;
  row->kind = RAW_BEFORE;
  str text = first ? without_bom(row->bytes) : row->bytes;
  if (raw->csv && is_blank(raw, text)) {
    row->bytes = str_sub(row->bytes, 0, row->bytes.len - text.len);
    row->end = STR_NONE;
    return row->bytes.len > 0;
  }
  if (raw->csv && first && is_sep_line(row->bytes)) {
    raw->mark = row->bytes.at[row->bytes.len - 1];
    return true;
  }
  row->kind = RAW_HEADER;
  raw->past_header = true;
  if (!raw->mark) raw->mark = most_frequent(row->bytes);
  return true;
}

static enum outcome end_row(struct raw_reader *raw, struct err *err) {
  str all = buf_str(&raw->row);
  struct raw_row row = { .line = raw->row_line, .bytes = all, .end = line_end(raw, all) };
  row.bytes = str_sub(all, 0, all.len - row.end.len);
  enum outcome out = OUT_OK;
  if (raw->row.full) out = err_set(err, OUT_DATA, "a row is longer than %d bytes", RAW_ROW_MOST);
  else if (all.len && classify(raw, &row)) out = raw->function(raw->user, &row, err);
  buf_clear(&raw->row);
  raw->row_line = raw->line;
  return out;
}

static enum outcome feed_tsv(struct raw_reader *raw, str bytes, struct err *err) {
  enum outcome out = OUT_OK;
  while (bytes.len && !out) {
    ptrdiff_t end = str_find(bytes, '\n');
    size_t len = end < 0 ? bytes.len : (size_t)end + 1;
    buf_bytes(&raw->row, bytes.at, len);
    bytes = str_sub(bytes, len, bytes.len);
    if (end < 0) break;
    raw->line++;
    out = end_row(raw, err);
  }
  return out;
}

/* A row that ended with CR waits for one byte more: a LF would belong to it. */
static enum outcome feed_csv(struct raw_reader *raw, str bytes, struct err *err) {
  for (size_t i = 0; i < bytes.len; i++) {
    char c = bytes.at[i];
    bool waits = raw->after_cr && !raw->quoted;
    if (waits && c != '\n' && end_row(raw, err)) return err->outcome;
    if (c == '\r' || (c == '\n' && !raw->after_cr)) raw->line++;
    if (waits && c != '\n') raw->row_line = raw->line - (c == '\r');
    raw->after_cr = c == '\r';
    if (c == '"') raw->quoted = !raw->quoted;
    buf_char(&raw->row, c);
    if (c == '\n' && !raw->quoted && end_row(raw, err)) return err->outcome;
  }
  return OUT_OK;
}

enum outcome raw_feed(struct raw_reader *raw, str bytes, bool last, raw_row_function *row, void *user,
                      struct err *err) {
  raw->function = row;
  raw->user = user;
  enum outcome out = raw->csv ? feed_csv(raw, bytes, err) : feed_tsv(raw, bytes, err);
  return !out && last ? end_row(raw, err) : out;
}

size_t raw_cut(const struct raw_reader *raw, str row, struct arena *arena, str **cells) {
  size_t count = 0, from = 0;
  bool quoted = false;
  *cells = NULL;
  for (size_t i = 0; i < row.len; i++) {
    if (raw->csv && row.at[i] == '"') quoted = !quoted;
    if (row.at[i] != raw->mark || quoted) continue;
    *ARENA_PUSH(arena, *cells, count) = str_sub(row, from, i);
    from = i + 1;
  }
  *ARENA_PUSH(arena, *cells, count) = str_sub(row, from, row.len);
  return count;
}

str raw_plain(const struct raw_reader *raw, str cell, struct arena *arena) {
  str inner = str_trim(cell);
  if (!raw->csv || inner.len < 2 || inner.at[0] != '"' || inner.at[inner.len - 1] != '"') return cell;
  char *plain = arena_alloc(arena, inner.len);
  size_t len = 0;
  for (size_t i = 1; i + 1 < inner.len; i++) {
    plain[len++] = inner.at[i];
    if (inner.at[i] == '"' && inner.at[i + 1] == '"' && i + 2 < inner.len) i++;
  }
  return (str){ plain, len };
}
