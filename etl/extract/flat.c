/* extract/flat: rows of a TSV or CSV file, in chunks that any thread can take. */
#include "extract/flat.h"
#include "codec/csv.h"
#include "codec/scan.h"
#include "extract/turns.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum {
  CHUNK_DEFAULT = 256 * 1024,
  CHUNK_INFLATED =
      512 * 1024, /* measured: inflating waits for nobody, and fewer, larger blocks change hands */
  ROW_MOST = 4 * 1024 * 1024,
  FIELD_MOST = 65536,
  STEP = 64 * 1024,
  LOOKS = 400,
  TILE = 128 /* rows whose marks stay in the nearest cache while each column is cut */
};

struct flat {
  struct flat_settings settings;
  const char *path;
  struct in *in;
  struct arena *arena;
  struct flat_header header;
  const str *unknown;
  size_t unknown_count;
  size_t chunk_size;
  uint64_t body; /* where the rows begin; plain TSV */
  bool by_place, is_csv;
  bool all_there;     /* every column of the plan is in the file */
  atomic_size_t next; /* chunk to hand out, by place */
  atomic_bool not_utf8, stopped;
  atomic_uint_fast64_t bytes_read;
  scan_function *scan;
  pthread_mutex_t lock; /* guards what follows */
  size_t serial;        /* chunk to hand out, in turn */
  struct buf carry;     /* the header line and what was read with it */
  struct turns *turns;  /* tsv that is not read by place */
  bool at_end, past_header;
  struct charset_reader *reader;
  struct csv_reader *csv;
  uint32_t *counts; /* rows of each chunk */
  size_t count_room;
  uint64_t *first_rows;
};

struct flat_chunk {
  struct flat *flat;
  char *bytes; /* ROWS_SLACK before and behind */
  size_t room;
  struct buf text; /* decoded, when the file is not UTF-8 */
  struct scan scan;
  size_t scan_room;
  uint32_t **at, **len, *row_at, *row_len;
  uint32_t *first, *mark_count; /* of each row's marks in the scan's */
  uint8_t *flaw;
  size_t row_room, rows; /* rows: filled, by csv */
};

/* --- the header line --- */

static void decode_header(struct flat *flat, str line, struct buf *text) {
  struct err ignored = { 0 };
  struct charset_reader *reader = charset_reader_new(flat->settings.charset);
  if (charset_to_utf8(reader, line, true, text, &ignored)) {
    atomic_store(&flat->not_utf8, flat->settings.charset == CHARSET_UTF_8);
    buf_clear(text);
    buf_add(text, line);
  }
  charset_reader_free(reader);
}

static enum outcome match_line(struct flat *flat, str line, struct err *err) {
  struct buf text = buf_new(ROW_MOST * 3);
  decode_header(flat, line, &text);
  str rest = str_trim(buf_str(&text)), piece, *names = NULL;
  if (str_starts(rest, STR("\xef\xbb\xbf"))) rest = str_sub(rest, 3, rest.len);
  size_t count = 0;
  while (str_split(&rest, '\t', &piece))
    *ARENA_PUSH(flat->arena, names, count) = arena_str(flat->arena, piece);
  buf_free(&text);
  return flat_match(&flat->settings, names, count, flat->arena, &flat->header, &flat->unknown,
                    &flat->unknown_count, err);
}

static enum outcome refuse_xml(const struct flat *flat, str start, struct err *err) {
  str text = schema_option_word(flat->settings.schema, "xml", 1);
  start = str_trim(start);
  if (str_starts(start, STR("\xef\xbb\xbf"))) start = str_trim(str_sub(start, 3, start.len));
  if (!start.len || start.at[0] != '<') return OUT_OK;
  return err_set(err, OUT_DATA, "%.*s",
                 STR_ARG(text.len ? text : STR("this is an XML file; a table of columns was expected")));
}

/* Reads until the buffer holds a whole line from there on; where it ends, or all there is at the end. */
static enum outcome read_line(struct flat *flat, struct buf *buf, size_t from, size_t *len, struct err *err) {
  for (;;) {
    ptrdiff_t end = str_find(str_sub(buf_str(buf), from, buf->len), '\n');
    *len = end < 0 ? buf->len : from + (size_t)end;
    if (end >= 0 || flat->at_end) return OUT_OK;
    if (!buf_make_room(buf, STEP)) return err_set(err, OUT_DATA, "the header line is longer than 4 MiB");
    size_t got = 0;
    enum outcome out = in_read(flat->in, buf->at + buf->len, STEP, &got, err);
    buf->len += got;
    if (out == OUT_END) flat->at_end = true;
    else if (out) return out;
  }
}

/* Amazon may say something before a report's table: `header "FIRST COLUMN"` tells where that begins. */
static enum outcome find_header(struct flat *flat, size_t *from, size_t *end, uint64_t *line,
                                struct err *err) {
  str first = schema_option_word(flat->settings.schema, "header", 0);
  for (*from = 0, *line = 1;; *from = *end + 1, ++*line) {
    if (read_line(flat, &flat->carry, *from, end, err)) return err->outcome;
    str text = str_sub(buf_str(&flat->carry), *from, *end);
    if (!first.len || str_starts(text, first)) return OUT_OK;
    if (*end >= flat->carry.len && flat->at_end)
      return err_set(err, OUT_DATA, "no line begins with \"%.*s\": this is another file, or it was cut",
                     STR_ARG(first));
  }
}

static enum outcome open_tsv(struct flat *flat, struct err *err) {
  size_t from, len;
  uint64_t line;
  if (find_header(flat, &from, &len, &line, err)) return err->outcome;
  if (!flat->carry.len) return err_set(err, OUT_DATA, "the file is empty");
  if (refuse_xml(flat, str_sub(buf_str(&flat->carry), 0, len < 200 ? len : 200), err)) return err->outcome;
  if (match_line(flat, str_sub(buf_str(&flat->carry), from, len), err)) return err_at(err, line, 0);
  size_t skip = len < flat->carry.len ? len + 1 : len;
  flat->body = skip;
  flat->all_there = true;
  for (size_t i = 0; i < flat->settings.columns.count; i++)
    flat->all_there &= flat->header.column_at[i] != SIZE_MAX;
  flat->by_place = in_can_read_at(flat->in);
  if (!flat->by_place)
    flat->turns = turns_new(flat->in, flat->chunk_size, str_sub(buf_str(&flat->carry), skip, flat->carry.len),
                            flat->at_end);
  buf_free(&flat->carry);
  return OUT_OK;
}

enum outcome flat_open(const char *path, const struct flat_settings *settings, struct flat **opened,
                       struct err *err) {
  struct in *in;
  *opened = NULL;
  if (in_open(path, settings->limits, &in, err)) return err->outcome;
  struct flat *flat = mem_alloc(sizeof *flat);
  flat->settings = *settings;
  flat->path = path;
  flat->in = in;
  flat->arena = arena_new();
  flat->chunk_size = settings->chunk_size ? settings->chunk_size
                     : in_is_gzip(in)     ? CHUNK_INFLATED
                                          : CHUNK_DEFAULT;
  flat->carry = buf_new(ROW_MOST + flat->chunk_size + STEP);
  flat->scan = scan_best();
  flat->is_csv = settings->schema->format == FORMAT_CSV || settings->schema->format == FORMAT_SQL;
  pthread_mutex_init(&flat->lock, NULL);
  flat->reader = charset_reader_new(settings->charset);
  if (flat->is_csv) {
    str mark = schema_option_word(settings->schema, "separator", 0);
    flat->csv = csv_reader_new(mark.len == 1 ? mark.at[0] : '\0', csv_default_limits);
  } else if (open_tsv(flat, err)) {
    flat_close(flat);
    return err_in_file(err, str_of(path));
  }
  *opened = flat;
  return OUT_OK;
}

void flat_close(struct flat *flat) {
  if (!flat) return;
  in_close(flat->in);
  charset_reader_free(flat->reader);
  if (flat->csv) csv_reader_free(flat->csv);
  turns_free(flat->turns);
  buf_free(&flat->carry);
  pthread_mutex_destroy(&flat->lock);
  arena_free(flat->arena);
  mem_free(flat->counts);
  mem_free(flat->first_rows);
  mem_free(flat);
}

size_t flat_new_columns(const struct flat *flat, const str **names) {
  *names = flat->unknown;
  return flat->unknown_count;
}

bool flat_is_not_utf8(const struct flat *flat) { return atomic_load(&flat->not_utf8); }
uint64_t flat_bytes_read(const struct flat *flat) { return atomic_load(&flat->bytes_read); }
uint64_t flat_size(const struct flat *flat) { return in_size(flat->in); }

/* --- chunks --- */

struct flat_chunk *flat_chunk_new(struct flat *flat) {
  struct flat_chunk *chunk = mem_alloc(sizeof *chunk);
  chunk->flat = flat;
  chunk->text = buf_new(3 * (ROW_MOST + flat->chunk_size + STEP) + 2 * ROWS_SLACK);
  chunk->at = mem_alloc(sizeof(uint32_t *) * (flat->settings.columns.count + 1));
  chunk->len = mem_alloc(sizeof(uint32_t *) * (flat->settings.columns.count + 1));
  return chunk;
}

void flat_chunk_free(struct flat_chunk *chunk) {
  if (!chunk) return;
  for (size_t i = 0; i < chunk->flat->settings.columns.count; i++)
    mem_free(chunk->at[i]), mem_free(chunk->len[i]);
  mem_free(chunk->at);
  mem_free(chunk->len);
  mem_free(chunk->row_at);
  mem_free(chunk->row_len);
  mem_free(chunk->first);
  mem_free(chunk->mark_count);
  mem_free(chunk->flaw);
  mem_free(chunk->scan.marks);
  mem_free(chunk->scan.ends);
  mem_free(chunk->scan.upto);
  buf_free(&chunk->text);
  mem_free(chunk->bytes);
  mem_free(chunk);
}

static void make_room(struct flat_chunk *chunk, size_t size) {
  if (chunk->room >= size + 2 * ROWS_SLACK) return;
  chunk->room = size + 2 * ROWS_SLACK;
  chunk->bytes = mem_grow(chunk->bytes, chunk->room);
  memset(chunk->bytes, 0, ROWS_SLACK);
}

static void make_row_room(struct flat_chunk *chunk, size_t rows) {
  if (rows <= chunk->row_room) return;
  chunk->row_room = rows + rows / 4 + 64;
  size_t size = chunk->row_room * sizeof(uint32_t);
  for (size_t i = 0; i < chunk->flat->settings.columns.count; i++) {
    chunk->at[i] = mem_grow(chunk->at[i], size);
    chunk->len[i] = mem_grow(chunk->len[i], size);
  }
  chunk->row_at = mem_grow(chunk->row_at, size);
  chunk->row_len = mem_grow(chunk->row_len, size);
  chunk->first = mem_grow(chunk->first, size);
  chunk->mark_count = mem_grow(chunk->mark_count, size);
  chunk->flaw = mem_grow(chunk->flaw, chunk->row_room);
}

static void count_rows(struct flat *flat, size_t index, size_t rows) {
  pthread_mutex_lock(&flat->lock);
  if (index >= flat->count_room) {
    size_t room = flat->count_room ? flat->count_room * 2 : 1024;
    while (room <= index) room *= 2;
    flat->counts = mem_grow(flat->counts, room * sizeof *flat->counts);
    memset(flat->counts + flat->count_room, 0, (room - flat->count_room) * sizeof *flat->counts);
    flat->count_room = room;
  }
  flat->counts[index] = (uint32_t)rows;
  pthread_mutex_unlock(&flat->lock);
}

uint64_t flat_row_number(const struct flat *flat, uint64_t place) {
  struct flat *own = (struct flat *)(uintptr_t)flat;
  if (!own->first_rows) {
    own->first_rows = mem_alloc((own->count_room + 1) * sizeof *own->first_rows);
    for (size_t i = 0; i < own->count_room; i++) own->first_rows[i + 1] = own->first_rows[i] + own->counts[i];
  }
  size_t chunk = place >> 24;
  return (chunk < flat->count_room ? flat->first_rows[chunk] : 0) + (place & 0xffffff) + 1;
}

/* --- tsv: from bytes to columns --- */

struct row_bounds {
  uint32_t start, end;
  const uint32_t *marks;
  size_t mark_count;
};

/* One row, of any number of fields. */
static void cut_row(struct flat_chunk *chunk, size_t row, const struct row_bounds *bounds) {
  const struct flat *flat = chunk->flat;
  for (size_t i = 0; i < flat->settings.columns.count; i++) {
    size_t column = flat->header.column_at[i];
    bool there = column <= bounds->mark_count;
    uint32_t at = !there ? bounds->end : column ? bounds->marks[column - 1] + 1 : bounds->start;
    chunk->at[i][row] = at;
    chunk->len[i][row] = (there && column < bounds->mark_count ? bounds->marks[column] : bounds->end) - at;
  }
}

/* One column of rows that all have as many fields as the header: the usual block, and faster than row by row.
 */
static void cut_column(struct flat_chunk *chunk, size_t index, size_t from, size_t to) {
  size_t column = chunk->flat->header.column_at[index];
  bool is_last = column + 1 == chunk->flat->header.field_count;
  const uint32_t *marks = chunk->scan.marks, *first = chunk->first, *row_at = chunk->row_at,
                 *row_len = chunk->row_len;
  uint32_t *at = chunk->at[index], *len = chunk->len[index];
  if (!column)
    for (size_t i = from; i < to; i++) at[i] = row_at[i];
  else
    for (size_t i = from; i < to; i++) at[i] = marks[first[i] + column - 1] + 1;
  if (is_last)
    for (size_t i = from; i < to; i++) len[i] = row_at[i] + row_len[i] - at[i];
  else
    for (size_t i = from; i < to; i++) len[i] = marks[first[i] + column] - at[i];
}

/* Extra fields that hold nothing are not too many. */
static bool too_many(const char *bytes, const struct row_bounds *bounds, size_t fields) {
  if (bounds->mark_count < fields) return false;
  for (uint32_t i = bounds->marks[fields - 1]; i < bounds->end; i++)
    if (bytes[i] != '\t') return true;
  return false;
}

static uint8_t find_flaw(const char *bytes, const struct row_bounds *bounds, size_t fields,
                         const struct scan *scan, bool check_text) {
  str row = { bytes + bounds->start, bounds->end - bounds->start };
  if (too_many(bytes, bounds, fields)) return ROW_TOO_MANY_FIELDS;
  if (scan->has_nul && row.len && memchr(row.at, 0, row.len)) return ROW_HAS_NUL;
  if (check_text && !str_is_utf8(row, NULL)) return ROW_BAD_TEXT;
  if (row.len <= FIELD_MOST) return ROW_GOOD;
  uint32_t start = bounds->start;
  for (size_t i = 0; i <= bounds->mark_count; i++) {
    uint32_t end = i < bounds->mark_count ? bounds->marks[i] : bounds->end;
    if (end - start > FIELD_MOST) return ROW_TOO_LONG;
    start = end + 1;
  }
  return ROW_GOOD;
}

static void scan_bytes(struct flat_chunk *chunk, str bytes) {
  if (chunk->scan_room < bytes.len + 64) {
    chunk->scan_room = bytes.len + bytes.len / 8 + 64;
    size_t size = chunk->scan_room * sizeof(uint32_t);
    chunk->scan.marks = mem_grow(chunk->scan.marks, size);
    chunk->scan.ends = mem_grow(chunk->scan.ends, size);
    chunk->scan.upto = mem_grow(chunk->scan.upto, size);
  }
  chunk->flat->scan(bytes, '\t', &chunk->scan);
}

static void cut_cells(struct flat_chunk *chunk, size_t count, bool all_whole) {
  const struct flat *flat = chunk->flat;
  const struct scan *scan = &chunk->scan;
  if (all_whole && flat->all_there) {
    for (size_t from = 0; from < count; from += TILE)
      for (size_t i = 0; i < flat->settings.columns.count; i++)
        cut_column(chunk, i, from, count - from < TILE ? count : from + TILE);
    return;
  }
  for (size_t row = 0; row < count; row++) {
    struct row_bounds bounds = { .start = chunk->row_at[row],
                                 .end = chunk->row_at[row] + chunk->row_len[row] };
    bounds.marks = scan->marks + chunk->first[row];
    bounds.mark_count = chunk->mark_count[row];
    cut_row(chunk, row, &bounds);
  }
}

/* `bytes` ends with a line end. Blank lines are no rows. */
static void cut_rows(struct flat_chunk *chunk, str bytes, struct rows *rows) {
  struct flat *flat = chunk->flat;
  scan_bytes(chunk, bytes);
  const struct scan *scan = &chunk->scan;
  make_row_room(chunk, scan->row_count);
  bool bad_text = scan->has_high && !str_is_utf8(bytes, NULL);
  if (bad_text) atomic_store(&flat->not_utf8, true);
  bool any_flaw = false, all_whole = true;
  size_t count = 0, fields = flat->header.field_count;
  uint32_t start = 0, first = 0;
  for (size_t i = 0; i < scan->row_count; i++) {
    struct row_bounds bounds = { start, scan->ends[i], scan->marks + first, scan->upto[i] - first };
    chunk->first[count] = first;
    start = scan->ends[i] + 1;
    first = scan->upto[i];
    if (scan->has_cr && bounds.end > bounds.start && bytes.at[bounds.end - 1] == '\r') bounds.end--;
    if (bounds.end == bounds.start) continue;
    chunk->row_at[count] = bounds.start;
    chunk->row_len[count] = bounds.end - bounds.start;
    chunk->mark_count[count] = (uint32_t)bounds.mark_count;
    all_whole &= bounds.mark_count + 1 == fields;
    uint8_t flaw =
        bounds.mark_count >= fields || scan->has_nul || bad_text || bounds.end - bounds.start > FIELD_MOST
            ? find_flaw(bytes.at, &bounds, fields, scan, bad_text)
            : ROW_GOOD;
    chunk->flaw[count++] = flaw;
    any_flaw |= flaw != ROW_GOOD;
  }
  cut_cells(chunk, count, all_whole);
  *rows = (struct rows){ .count = count, .bytes = bytes.at, .at = (const uint32_t **)chunk->at };
  rows->len = (const uint32_t **)chunk->len;
  rows->row_at = chunk->row_at;
  rows->row_len = chunk->row_len;
  rows->flaw = any_flaw ? chunk->flaw : NULL;
  rows->has_ends = scan->has_cr;
}

/* Decodes when the file is not UTF-8; the result has the slack that coders need. */
static enum outcome decode(struct flat_chunk *chunk, str *bytes, struct err *err) {
  if (chunk->flat->settings.charset == CHARSET_UTF_8) return OUT_OK;
  static const char slack[ROWS_SLACK] = { 0 };
  struct charset_reader *reader = charset_reader_new(chunk->flat->settings.charset);
  buf_clear(&chunk->text);
  buf_bytes(&chunk->text, slack, sizeof slack);
  enum outcome out = charset_to_utf8(reader, *bytes, true, &chunk->text, err);
  size_t len = chunk->text.len - sizeof slack;
  buf_bytes(&chunk->text, slack, sizeof slack);
  charset_reader_free(reader);
  if (out) err->column = 0;
  *bytes = (str){ chunk->text.at + sizeof slack, len };
  return out;
}

/* Rows that begin in [place, place + chunk_size): by any thread. */
static enum outcome read_place(struct flat_chunk *chunk, size_t index, str *bytes, struct err *err) {
  struct flat *flat = chunk->flat;
  uint64_t begin = flat->body + (uint64_t)index * flat->chunk_size;
  if (begin >= in_size(flat->in)) return OUT_END;
  uint64_t from = index ? begin - 1 : begin; /* one byte back tells whether a row begins here */
  size_t want = flat->chunk_size + (index ? 1 : 0), got, skip = 0;
  make_room(chunk, want + STEP);
  char *base = chunk->bytes + ROWS_SLACK;
  if (in_read_at(flat->in, from, base, want, &got, err)) return err->outcome;
  size_t len = got;
  if (index) {
    const char *end = memchr(base, '\n', got);
    skip = end ? (size_t)(end - base) + 1 : got;
  }
  bool ended = got < want;
  while (!ended && (skip < len || !index) && base[len - 1] != '\n') {
    if (len > ROW_MOST + flat->chunk_size) return err_set(err, OUT_DATA, "a row is longer than 4 MiB");
    make_room(chunk, len + STEP);
    base = chunk->bytes + ROWS_SLACK;
    if (in_read_at(flat->in, from + len, base + len, STEP, &got, err)) return err->outcome;
    const char *end = memchr(base + len, '\n', got);
    ended = got < STEP;
    len = end ? (size_t)(end - base) + 1 : len + got;
    if (end) break;
  }
  if (skip >= len) skip = len;
  if (len > skip && base[len - 1] != '\n') base[len++] = '\n'; /* the file's last row has no line end */
  *bytes = (str){ base + skip, len - skip };
  atomic_fetch_add(&flat->bytes_read, flat->chunk_size);
  return OUT_OK;
}

/* --- csv: rows are copied out of the parser --- */

static enum outcome csv_row(void *user, const struct csv_row *row, struct err *err) {
  struct flat_chunk *chunk = user;
  struct flat *flat = chunk->flat;
  if (!flat->past_header) {
    flat->past_header = true;
    str *names = ARENA_ARRAY(flat->arena, str, row->count + 1);
    for (size_t i = 0; i < row->count; i++) names[i] = arena_str(flat->arena, row->fields[i]);
    return flat_match(&flat->settings, names, row->count, flat->arena, &flat->header, &flat->unknown,
                      &flat->unknown_count, err);
  }
  make_row_room(chunk, chunk->rows + 1);
  size_t n = chunk->rows++;
  for (size_t i = 0; i < flat->settings.columns.count; i++) {
    size_t column = flat->header.column_at[i];
    str cell = column < row->count ? row->fields[column] : STR_NONE;
    chunk->at[i][n] = (uint32_t)(chunk->text.len - ROWS_SLACK);
    chunk->len[i][n] = (uint32_t)cell.len;
    buf_add(&chunk->text, cell);
  }
  uint32_t whole = (uint32_t)(chunk->text.len - ROWS_SLACK);
  for (size_t i = 0; i < row->count; i++) {
    if (i) buf_char(&chunk->text, ',');
    csv_write_field(&chunk->text, row->fields[i], ',');
  }
  chunk->row_at[n] = whole;
  chunk->row_len[n] = (uint32_t)(chunk->text.len - ROWS_SLACK) - whole;
  chunk->flaw[n] = row->count > flat->header.field_count ? ROW_TOO_MANY_FIELDS : ROW_GOOD;
  return chunk->text.full ? err_set(err, OUT_DATA, "rows are longer than 4 MiB") : OUT_OK;
}

static enum outcome next_csv(struct flat_chunk *chunk, struct rows *rows, struct err *err) {
  static const char slack[ROWS_SLACK] = { 0 };
  struct flat *flat = chunk->flat;
  struct buf utf8 = buf_new((size_t)STEP * 3 + 16);
  char raw[16384];
  buf_clear(&chunk->text);
  buf_bytes(&chunk->text, slack, sizeof slack);
  chunk->rows = 0;
  enum outcome out = OUT_OK;
  while (!out && !flat->at_end && chunk->text.len - sizeof slack < flat->chunk_size) {
    size_t got = 0;
    out = in_read(flat->in, raw, sizeof raw, &got, err);
    flat->at_end = out == OUT_END;
    if (flat->at_end) out = OUT_OK;
    buf_clear(&utf8);
    if (!out && charset_to_utf8(flat->reader, (str){ raw, got }, flat->at_end, &utf8, err)) {
      atomic_store(&flat->not_utf8, flat->settings.charset == CHARSET_UTF_8);
      out = OUT_DATA;
    }
    if (!out) out = csv_feed(flat->csv, buf_str(&utf8), flat->at_end, csv_row, chunk, err);
  }
  buf_free(&utf8);
  if (!out && flat->at_end && !flat->past_header) out = err_set(err, OUT_DATA, "the file is empty");
  if (out) return out;
  buf_bytes(&chunk->text, slack, sizeof slack);
  *rows = (struct rows){ .count = chunk->rows,
                         .bytes = chunk->text.at + ROWS_SLACK,
                         .at = (const uint32_t **)chunk->at };
  rows->len = (const uint32_t **)chunk->len;
  rows->row_at = chunk->row_at;
  rows->row_len = chunk->row_len;
  rows->flaw = chunk->flaw;
  rows->has_ends = true;
  return chunk->rows || !flat->at_end ? OUT_OK : OUT_END;
}

/* --- */

static enum outcome take_chunk(struct flat *flat, struct flat_chunk *chunk, str *bytes, size_t *index,
                               struct err *err) {
  if (flat->by_place) {
    *index = atomic_fetch_add(&flat->next, 1);
    return read_place(chunk, *index, bytes, err);
  }
  struct turns_block block = { chunk->bytes, chunk->room, 0 };
  enum outcome out = turns_take(flat->turns, &block, index, err);
  chunk->bytes = block.bytes;
  chunk->room = block.room;
  if (out) return out;
  *bytes = (str){ block.bytes + ROWS_SLACK, block.len };
  atomic_store(&flat->bytes_read, turns_position(flat->turns));
  return OUT_OK;
}

static enum outcome next_tsv(struct flat *flat, struct flat_chunk *chunk, struct rows *rows, size_t *index,
                             struct err *err) {
  str bytes = STR_NONE;
  enum outcome out = take_chunk(flat, chunk, &bytes, index, err);
  if (!out) out = decode(chunk, &bytes, err);
  if (!out) cut_rows(chunk, bytes, rows);
  return out;
}

enum outcome flat_next(struct flat *flat, struct flat_chunk *chunk, struct rows *rows, struct err *err) {
  size_t index;
  enum outcome out;
  if (flat->is_csv) {
    pthread_mutex_lock(&flat->lock);
    index = flat->serial++;
    out = next_csv(chunk, rows, err);
    pthread_mutex_unlock(&flat->lock);
  } else out = next_tsv(flat, chunk, rows, &index, err);
  if (out) return out == OUT_END ? out : err_in_file(err, str_of(flat->path));
  rows->place = (uint64_t)index << 24;
  count_rows(flat, index, rows->count);
  return OUT_OK;
}
