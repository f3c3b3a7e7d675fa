/* codec/csv: rows of a comma-separated file to fields and back, by libcsv.
 *
 * libcsv knows neither places nor limits. It is fed in pieces that end after each mark and each line end,
 * so at most one field and one row end in a piece, and the place of every field is known without a second
 * parser:
 *
 *   a,"b|,c"|,d|\r|\n|      pieces: [a,] ["b,] [c",] [d CR] [LF]
 *
 * Lines are counted by all line ends, those inside quotes too; columns are bytes.
 */
#include "codec/csv.h"
#include "base/memory.h"

#include <csv.h>
#include <string.h>

const struct csv_limits csv_default_limits = { .field_most = 64 * 1024, .fields_most = 2000 };

/* The first line is kept back until it is whole, to find the mark; of a longer one this much decides. */
enum { HEAD_MOST = 64 * 1024, LIBCSV_GROWS_BY = 4096 };
static const char marks[] = { ',', ';', '\t' };
enum { MARKS = sizeof marks };

struct place {
  uint64_t line, column;
};

struct csv_reader {
  struct csv_parser parser;
  struct csv_limits limits;
  enum outcome outcome; /* OUT_OK as long as it reads */
  char mark;

  struct buf head;
  bool head_done, head_quoted, head_filled, bom_seen;
  size_t seen[MARKS];

  struct place now, field_at;
  bool after_cr; /* a LF now belongs to the line end before */

  bool in_field, quoted; /* inside a field, whose first byte is a quote */
  size_t raw;            /* its bytes so far, quotes included */
  struct buf text;       /* the fields of the row, one after the other */
  str *fields;           /* their `at` is set when the row is whole, for `text` moves as it grows */
  size_t count, room;
  uint64_t row_line;

  csv_row_function *row; /* these three as long as a csv_feed runs */
  void *user;
  struct err *err;
};

static bool ends_line(char c) { return c == '\n' || c == '\r'; }

/* Blanks are part of a field; libcsv would drop them. */
static int never(unsigned char c) {
  (void)c;
  return 0;
}

static size_t product(size_t a, size_t b) {
  size_t c;
  return __builtin_mul_overflow(a, b, &c) ? SIZE_MAX : c;
}

struct csv_reader *csv_reader_new(char mark, struct csv_limits limits) {
  struct csv_reader *csv = mem_alloc(sizeof *csv);
  *csv = (struct csv_reader){ .limits = limits, .mark = mark, .now = { 1, 1 } };
  csv->head = buf_new(HEAD_MOST);
  csv->text = buf_new(product(limits.field_most, limits.fields_most));
  csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI);
  csv_set_space_func(&csv->parser, never);
  csv_set_realloc_func(&csv->parser, mem_grow);
  csv_set_free_func(&csv->parser, mem_free);
  csv_set_blk_size(&csv->parser, LIBCSV_GROWS_BY);
  return csv;
}

char csv_reader_mark(const struct csv_reader *csv) { return csv->mark; }

void csv_reader_free(struct csv_reader *csv) {
  if (!csv) return;
  csv_free(&csv->parser);
  buf_free(&csv->head);
  buf_free(&csv->text);
  mem_free(csv->fields);
  mem_free(csv);
}

/* Takes what err_set returned. */
static void fail_at(struct csv_reader *csv, struct place place, enum outcome fact) {
  csv->outcome = fact;
  err_at(csv->err, place.line, place.column);
}

/* A field that runs on over line ends is nearly always one whose quote was never closed. */
static void fail_too_long(struct csv_reader *csv) {
  const char *hint = csv->quoted && csv->now.line > csv->field_at.line ? "; is its quote closed?" : "";
  fail_at(csv, csv->field_at,
          err_set(csv->err, OUT_DATA, "field longer than %zu bytes%s", csv->limits.field_most, hint));
}

static void on_field(void *bytes, size_t len, void *user) {
  struct csv_reader *csv = user;
  csv->in_field = false;
  if (len > csv->limits.field_most) {
    fail_too_long(csv);
    return;
  }
  if (csv->count == csv->limits.fields_most) {
    fail_at(csv, csv->field_at,
            err_set(csv->err, OUT_DATA, "more than %zu fields in a row", csv->limits.fields_most));
    return;
  }
  if (csv->count == csv->room) {
    csv->room = csv->room ? csv->room * 2 : 32;
    csv->fields = mem_grow(csv->fields, product(csv->room, sizeof *csv->fields));
  }
  buf_bytes(&csv->text, bytes, len);
  csv->fields[csv->count++] = (str){ NULL, len };
}

static bool is_blank_line(const struct csv_reader *csv) {
  if (csv->count != 1 || csv->quoted) return false;
  for (size_t i = 0; i < csv->text.len; i++)
    if (csv->text.at[i] != ' ') return false;
  return true;
}

static void on_row(int end, void *user) {
  struct csv_reader *csv = user;
  (void)end;
  if (!csv->outcome && !is_blank_line(csv)) {
    const char *at = buf_str(&csv->text).at;
    for (size_t i = 0; i < csv->count; at += csv->fields[i++].len) csv->fields[i].at = at;
    struct csv_row row = { csv->fields, csv->count, csv->row_line };
    csv->outcome = csv->row(csv->user, &row, csv->err);
  }
  csv->count = 0;
  buf_clear(&csv->text);
}

static void advance(struct csv_reader *csv, str piece) {
  for (size_t i = 0; i < piece.len; i++) {
    char c = piece.at[i];
    csv->now.column++;
    if (c == '\r' || (c == '\n' && !csv->after_cr)) csv->now.line++;
    if (ends_line(c)) csv->now.column = 1;
    csv->after_cr = c == '\r';
  }
}

/* Up to and with the next mark or line end, up to a NUL, or as much as a field may still have: in the worst
 * case each byte is a doubled quote; two quotes stand around and one byte ends it. */
static str next_piece(const struct csv_reader *csv, str bytes, size_t raw_most) {
  size_t most = raw_most - csv->raw, n = 0;
  if (most > bytes.len) most = bytes.len;
  while (n < most && bytes.at[n]) {
    char c = bytes.at[n++];
    if (c == csv->mark || ends_line(c)) break;
  }
  return str_sub(bytes, 0, n);
}

static void parse_piece(struct csv_reader *csv, str piece) {
  if (!csv->in_field) {
    if (!csv->count && ends_line(piece.at[0])) return; /* a line with nothing on it */
    if (!csv->count) csv->row_line = csv->now.line;
    csv->field_at = csv->now;
    csv->quoted = piece.at[0] == '"';
    csv->in_field = true;
  }
  size_t used = csv_parse(&csv->parser, piece.at, piece.len, on_field, on_row, csv);
  csv->raw = csv->in_field ? csv->raw + used : 0;
  if (used == piece.len || csv->outcome) return;
  advance(csv, str_sub(piece, 0, used));
  const char *what = csv->quoted ? "text after the closing quote" : "quote inside a field without quotes";
  fail_at(csv, csv->now, err_set(csv->err, OUT_DATA, "%s", what));
}

static void parse(struct csv_reader *csv, str bytes) {
  size_t raw_most = product(csv->limits.field_most, 2);
  if (raw_most <= SIZE_MAX - 3) raw_most += 3;
  while (bytes.len && !csv->outcome) {
    str piece = next_piece(csv, bytes, raw_most);
    if (!piece.len) {
      fail_at(csv, csv->now, err_set(csv->err, OUT_DATA, "NUL byte"));
      return;
    }
    parse_piece(csv, piece);
    if (csv->outcome) return;
    advance(csv, piece);
    if (csv->raw == raw_most) fail_too_long(csv);
    bytes = str_sub(bytes, piece.len, bytes.len);
  }
}

/* Takes bytes of the first line that is not blank, with its line end; the rest of `bytes` is returned. */
static str take_head(struct csv_reader *csv, str bytes) {
  size_t i = 0;
  while (i < bytes.len && !csv->head_done) {
    char c = bytes.at[i++];
    buf_char(&csv->head, c);
    if (c == '"') csv->head_quoted = !csv->head_quoted;
    if (!csv->head_quoted) {
      for (size_t k = 0; k < MARKS; k++) csv->seen[k] += c == marks[k];
      csv->head_done = csv->head_filled && ends_line(c);
    }
    if (c != ' ' && !ends_line(c)) csv->head_filled = true;
    if (!csv->bom_seen && str_eq(buf_str(&csv->head), STR("\xef\xbb\xbf"))) {
      buf_clear(&csv->head);
      csv->bom_seen = true;
      csv->head_filled = false;
    }
    if (csv->head.len == HEAD_MOST) csv->head_done = true;
  }
  return str_sub(bytes, i, bytes.len);
}

/* sep=; */
static bool is_sep_line(str head) {
  if (!str_starts(head, STR("sep=")) || head.len < 5) return false;
  char mark = head.at[4];
  return mark && mark != '"' && !ends_line(mark) && (head.len == 5 || ends_line(head.at[5]));
}

static void parse_head(struct csv_reader *csv) {
  str head = buf_str(&csv->head);
  csv->head_done = true;
  if (is_sep_line(head)) csv->mark = head.at[4];
  if (!csv->mark) {
    size_t best = 0;
    for (size_t k = 1; k < MARKS; k++)
      if (csv->seen[k] > csv->seen[best]) best = k;
    csv->mark = marks[best];
  }
  csv_set_delim(&csv->parser, (unsigned char)csv->mark);
  if (is_sep_line(head)) advance(csv, head);
  else parse(csv, head);
  buf_free(&csv->head);
}

static void finish(struct csv_reader *csv) {
  if (!csv->in_field) csv->field_at = csv->now; /* after a mark an empty field is still to come */
  if (csv_fini(&csv->parser, on_field, on_row, csv))
    fail_at(csv, csv->field_at,
            err_set(csv->err, OUT_DATA, "the quote opened here is not closed before the end"));
  if (!csv->outcome) csv->outcome = OUT_END;
}

/* Once it has stopped, or has read the last bytes, a reader reads no more. */
enum outcome csv_feed(struct csv_reader *csv, str bytes, bool last, csv_row_function *row, void *user,
                      struct err *err) {
  if (csv->outcome) return err_set(err, OUT_BUG, "csv_feed: this reader has ended");
  csv->row = row;
  csv->user = user;
  csv->err = err;
  if (!csv->head_done) {
    bytes = take_head(csv, bytes);
    if (!csv->head_done && !last) return OUT_OK;
    parse_head(csv);
  }
  parse(csv, bytes);
  if (!last || csv->outcome) return csv->outcome;
  finish(csv);
  return csv->outcome == OUT_END ? OUT_OK : csv->outcome;
}

static bool needs_quotes(str field, char mark) {
  if (!field.len) return false;
  char first = field.at[0], end = field.at[field.len - 1];
  if (first == ' ' || first == '\t' || end == ' ' || end == '\t') return true;
  for (size_t i = 0; i < field.len; i++) {
    char c = field.at[i];
    if (c == mark || c == '"' || ends_line(c)) return true;
  }
  return false;
}

void csv_write_quoted(struct buf *out, str field) {
  buf_char(out, '"');
  for (const char *quote; field.len && (quote = memchr(field.at, '"', field.len));) {
    size_t upto = (size_t)(quote - field.at) + 1;
    buf_bytes(out, field.at, upto);
    buf_char(out, '"');
    field = str_sub(field, upto, field.len);
  }
  buf_add(out, field);
  buf_char(out, '"');
}

void csv_write_field(struct buf *out, str field, char mark) {
  if (needs_quotes(field, mark)) csv_write_quoted(out, field);
  else buf_add(out, field);
}
