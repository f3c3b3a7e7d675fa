/* job/rejects: the rows of a file that were not accepted, as they came, with one column more: why. */
#include "job/rejects.h"
#include "codec/csv.h"
#include "codec/raw.h"
#include "io/file.h"
#include "io/in.h"

#include <stdlib.h>

static const char column_name[] = "sluice-error";
enum { BLOCK = 64 * 1024, TEXTS_MOST = 1 << 20 };

/* One row of a rejected record. */
struct marked {
  uint64_t row;
  const struct reject *reject;
  bool first; /* the record's first, by which it is told */
};

struct pass {
  const struct rejects_request *request;
  struct arena *arena, *row_arena; /* row_arena: until the next row */
  struct raw_reader *raw;
  struct file *out;
  struct rejects *rejects;
  struct rejects_teller *teller;
  struct marked *marked; /* in the order of rows */
  size_t marked_count, next;
  size_t columns, error_at; /* cells of the header; where the error goes */
  str end;                  /* the header's line end */
  struct buf text;
  uint64_t span_end; /* the last row of a rejected record of several rows */
  str span_error;
};

static bool is_csv(const struct rejects_request *request) {
  return request->program->from->format == FORMAT_CSV || request->program->from->format == FORMAT_SQL;
}

bool rejects_any(const struct rejects_request *request) {
  enum format format = request->program->from->format;
  bool cut = is_csv(request) || format == FORMAT_TSV || format == FORMAT_XML || format == FORMAT_JSON;
  return request->tally && request->tally->reject_count && cut;
}

/* Bytes of the charset, for one of them; what it lacks becomes "?". */
static void encode(const struct pass *pass, str text, struct buf *bytes) {
  struct err unwritten = { 0 };
  bool changed, wide = pass->request->charset == CHARSET_SHIFT_JIS;
  size_t before = bytes->len;
  if (!wide && !charset_from_utf8(pass->request->charset, text, bytes, &changed, &unwritten)) return;
  bytes->len = before;
  while (text.len) {
    str one = str_left_chars(text, 1);
    buf_char(bytes, one.len == 1 && !((unsigned char)*one.at & 0x80) ? *one.at : '?');
    text = str_sub(text, one.len, text.len);
  }
}

static str decode(const struct pass *pass, str cell) {
  struct err unread = { 0 };
  struct buf utf8 = buf_new(3 * RAW_ROW_MOST);
  struct charset_reader *reader = charset_reader_new(pass->request->charset);
  cell = raw_plain(pass->raw, cell, pass->row_arena);
  str text = charset_to_utf8(reader, cell, true, &utf8, &unread) ? cell : buf_str(&utf8);
  text = arena_str(pass->row_arena, text);
  charset_reader_free(reader);
  buf_free(&utf8);
  return text;
}

/* As a cell: on one line, and in CSV in quotes where it must. */
static void error_cell(struct pass *pass, str text, struct buf *bytes) {
  struct buf plain = buf_new(TEXTS_MOST * 2);
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.at[i];
    buf_char(&plain, byte < ' ' || byte == 0x7f ? ' ' : text.at[i]);
  }
  struct buf encoded = buf_new(TEXTS_MOST * 2);
  encode(pass, buf_str(&plain), &encoded);
  if (is_csv(pass->request)) csv_write_field(bytes, buf_str(&encoded), raw_mark(pass->raw));
  else buf_add(bytes, buf_str(&encoded));
  buf_free(&encoded);
  buf_free(&plain);
}

static enum outcome put(struct pass *pass, str bytes, str end, struct err *err) {
  enum outcome out = file_write(pass->out, bytes, err);
  return out ? out : file_write(pass->out, end.len ? end : pass->end, err);
}

static enum outcome put_header(struct pass *pass, const struct raw_row *row, struct err *err) {
  str *cells;
  pass->columns = raw_cut(pass->raw, row->bytes, pass->row_arena, &cells);
  pass->error_at = pass->columns;
  pass->end = row->end.len ? arena_str(pass->arena, row->end) : STR("\n");
  str *names = ARENA_ARRAY(pass->arena, str, pass->columns + 1);
  for (size_t i = 0; i < pass->columns; i++) {
    names[i] = str_trim(decode(pass, cells[i]));
    if (str_eq(header_fold(names[i], pass->arena), header_fold(str_of(column_name), pass->arena)))
      pass->error_at = i;
  }
  rejects_header(pass->teller, names, pass->columns);
  buf_clear(&pass->text);
  buf_add(&pass->text, row->bytes);
  if (pass->error_at == pass->columns) buf_printf(&pass->text, "%c%s", raw_mark(pass->raw), column_name);
  return put(pass, buf_str(&pass->text), row->end, err);
}

/* The row with its error in its place; a short one is filled up, one that is too long stays so. */
static enum outcome put_row(struct pass *pass, const struct raw_row *row, str error, struct err *err) {
  str *cells;
  size_t count = raw_cut(pass->raw, row->bytes, pass->row_arena, &cells), at = pass->error_at;
  if (at == pass->columns && count > at) at = count;
  buf_clear(&pass->text);
  for (size_t i = 0; i < count || i <= at; i++) {
    if (i) buf_char(&pass->text, raw_mark(pass->raw));
    if (i == at) error_cell(pass, error, &pass->text);
    else if (i < count) buf_add(&pass->text, cells[i]);
  }
  if (pass->text.full)
    return err_set(err, OUT_DATA, "row %llu is too long to be written to the rejects",
                   (unsigned long long)row->number);
  return put(pass, buf_str(&pass->text), row->end, err);
}

static void note(struct pass *pass, const struct raw_row *row, const struct reject *reject) {
  struct rejects *rejects = pass->rejects;
  if (rejects->note_count == REJECTS_NOTED) return;
  struct ack_record *record = ARENA_PUSH(pass->arena, rejects->notes, rejects->note_count);
  *record = (struct ack_record){ .held = reject->held, .line = row->line, .row = row->number };
  record->by_rule = reject->shown.len > 0;
  str *cells = NULL;
  size_t count = 0;
  if (rejects_needs_cells(pass->teller)) {
    count = raw_cut(pass->raw, row->bytes, pass->row_arena, &cells);
    for (size_t i = 0; i < count; i++) cells[i] = decode(pass, cells[i]);
  }
  rejects_tell(pass->teller, reject, cells, count, record);
}

/* A record that is made of several rows comes back with all of them. */
static enum outcome one_row(struct pass *pass, const struct raw_row *row, struct err *err) {
  str error = STR_NONE;
  uint64_t until = 0;
  for (; pass->next < pass->marked_count && pass->marked[pass->next].row <= row->number; pass->next++) {
    const struct marked *marked = &pass->marked[pass->next];
    const struct reject *reject = marked->reject;
    if (marked->row < row->number) continue; /* no row of the file */
    error = error.len ? arena_printf(pass->row_arena, "%.*s; %.*s", STR_ARG(error), STR_ARG(reject->text))
                      : reject->text;
    if (!marked->first) continue;
    note(pass, row, reject);
    pass->rejects->written++;
    if (reject->rows > 1) until = row->number + reject->rows - 1;
  }
  if (until > pass->span_end) {
    pass->span_end = until;
    pass->span_error = arena_str(pass->arena, error);
  }
  if (!error.len && row->number <= pass->span_end) error = pass->span_error;
  bool summary = row->number == 1 && pass->request->program->header;
  return error.len || summary ? put_row(pass, row, error, err) : OUT_OK;
}

static int by_row(const void *a, const void *b) {
  const struct marked *x = a, *y = b;
  if (x->row != y->row) return x->row < y->row ? -1 : 1;
  return (x->reject > y->reject) - (x->reject < y->reject);
}

static void mark_rows(struct pass *pass) {
  const struct tally *tally = pass->request->tally;
  for (size_t i = 0; i < tally->reject_count; i++) {
    const struct reject *reject = &tally->rejects[i];
    *ARENA_PUSH(pass->arena, pass->marked, pass->marked_count) = (struct marked){ reject->row, reject, true };
    for (size_t j = 0; j < reject->other_count; j++)
      *ARENA_PUSH(pass->arena, pass->marked, pass->marked_count) =
          (struct marked){ reject->others[j], reject, false };
  }
  if (pass->marked_count) qsort(pass->marked, pass->marked_count, sizeof *pass->marked, by_row);
}

static enum outcome take(void *user, const struct raw_row *row, struct err *err) {
  struct pass *pass = user;
  enum outcome out = OUT_OK;
  arena_reset(pass->row_arena);
  switch (row->kind) {
  case RAW_BEFORE:
    out = file_write(pass->out, row->bytes, err);
    return out ? out : file_write(pass->out, row->end, err);
  case RAW_HEADER: return put_header(pass, row, err);
  case RAW_ROW: break;
  }
  return one_row(pass, row, err);
}

static enum outcome read_all(struct pass *pass, struct err *err) {
  struct in *in;
  char *block = mem_alloc(BLOCK);
  struct in_limits limits = in_default_limits;
  limits.key = pass->request->key;
  enum outcome out = in_open(pass->request->source, limits, &in, err);
  while (!out) {
    size_t got = 0;
    out = in_read(in, block, BLOCK, &got, err);
    bool last = out == OUT_END;
    if (last) out = OUT_OK;
    if (!out) out = raw_feed(pass->raw, (str){ block, got }, last, take, pass, err);
    if (last) break;
  }
  if (in) in_close(in);
  mem_free(block);
  return out;
}

static uint64_t not_accepted(const struct tally *tally) { return tally_rejected(tally) + tally_held(tally); }

static enum outcome write_rows(struct pass *pass, struct err *err) {
  const struct rejects_request *request = pass->request;
  str mark = schema_option_word(request->program->from, "separator", 0);
  pass->row_arena = arena_new();
  pass->raw = raw_reader_new(is_csv(request), mark.len == 1 ? mark.at[0] : '\0');
  pass->text = buf_new(RAW_ROW_MOST + TEXTS_MOST * 4);
  mark_rows(pass);
  enum outcome out = read_all(pass, err);
  buf_free(&pass->text);
  raw_reader_free(pass->raw);
  arena_free(pass->row_arena);
  return out;
}

enum outcome rejects_write(const struct rejects_request *request, const char *path, struct arena *arena,
                           struct rejects *rejects, struct err *err) {
  struct pass pass = { .request = request, .arena = arena, .rejects = rejects };
  enum format format = request->program->from->format;
  *rejects = (struct rejects){ 0 };
  enum outcome out = file_create(path, 0600, &pass.out, err);
  if (out) return out;
  pass.teller = rejects_teller_new(request->program, arena);
  for (size_t i = 0; i < request->then_count; i++) rejects_teller_then(pass.teller, request->then[i]);
  bool trees = format == FORMAT_XML || format == FORMAT_JSON;
  out = trees ? rejects_write_trees(request, pass.out, pass.teller, arena, rejects, err)
              : write_rows(&pass, err);
  if (out) file_abandon(pass.out);
  else out = file_commit(pass.out, err);
  uint64_t all = not_accepted(request->tally);
  rejects->lost = all > rejects->written ? all - rejects->written : 0;
  rejects->more = all > rejects->note_count ? all - rejects->note_count : 0;
  return out;
}
