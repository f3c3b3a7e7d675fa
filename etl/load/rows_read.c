/* load/rows_read: a rows file back to documents, strictly. */
#include "load/rows_read.h"
#include "io/in.h"
#include "load/rows_cell.h"

#include <string.h>

enum { BLOCK = 256 * 1024 };

struct rows_reader {
  rows_source *source;
  void *user;
  struct in *in;
  struct arena *arena;
  str schema;
  struct rows_kind *kinds;
  size_t kind_count;
  char *bytes; /* read and not yet used: from..to */
  size_t from, to, room;
  uint64_t line; /* of the line at hand */
  str at_hand;   /* a line that was looked at, and is not used yet */
  bool has_line, source_ended, ended;
};

static enum outcome more(struct rows_reader *reader, struct err *err) {
  size_t left = reader->to - reader->from, got = 0;
  if (left > ROWS_LINE_MOST) return err_set(err, OUT_DATA, "a line longer than %d bytes", ROWS_LINE_MOST);
  if (left) memmove(reader->bytes, reader->bytes + reader->from, left);
  reader->from = 0;
  reader->to = left;
  if (reader->room - left < BLOCK) {
    reader->room = left + 2 * (size_t)BLOCK;
    reader->bytes = mem_grow(reader->bytes, reader->room);
  }
  enum outcome out = reader->source(reader->user, reader->bytes + left, reader->room - left, &got, err);
  if (out == OUT_END) reader->source_ended = true;
  else if (!out) reader->to += got;
  return out;
}

/* The next line, without its end; good until the one after it. */
static enum outcome peek(struct rows_reader *reader, str *line, struct err *err) {
  size_t searched = 0;
  while (!reader->has_line) {
    const char *start = reader->bytes + reader->from;
    size_t left = reader->to - reader->from;
    const char *end = left > searched ? memchr(start + searched, '\n', left - searched) : NULL;
    if (end) {
      reader->line++;
      reader->at_hand = (str){ start, (size_t)(end - start) };
      reader->from += reader->at_hand.len + 1;
      reader->has_line = true;
      size_t bad;
      if (reader->at_hand.len > ROWS_LINE_MOST || !str_is_utf8(reader->at_hand, &bad)) {
        err_set(err, OUT_DATA, reader->at_hand.len > ROWS_LINE_MOST ? "the line is too long" : "no UTF-8");
        return err_at(err, reader->line, 0);
      }
      break;
    }
    if (reader->source_ended) {
      err_set(err, OUT_DATA, "the file ends in the middle: its last line, a point, is missing");
      return err_at(err, reader->line + 1, 0);
    }
    searched = left;
    enum outcome out = more(reader, err);
    if (out && out != OUT_END) return err_at(err, reader->line + 1, 0);
  }
  *line = reader->at_hand;
  return OUT_OK;
}

static enum outcome wrong(const struct rows_reader *reader, size_t column, struct err *err,
                          const char *text) {
  err_set(err, OUT_DATA, "%s", text);
  return err_at(err, reader->line, column);
}

/* --- the head --- */

static bool is_name(str text) {
  bool good = text.len > 0 && text.len < 64;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.at[i];
    good = good && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    c == '.' || c == '-');
  }
  return good;
}

static enum outcome add_column(struct rows_reader *reader, struct rows_kind *kind, str piece,
                               struct err *err) {
  struct rows_column column = { .name = piece };
  if (kind->change && str_ends(piece, STR("?"))) {
    column.name.len--;
    column.found_by = true;
  }
  if (!is_name(column.name)) return wrong(reader, 0, err, "no name of a column");
  if (kind->count == ROWS_COLUMNS_MOST) return wrong(reader, 0, err, "too many columns");
  for (size_t i = 0; i < kind->count; i++)
    if (kind->columns[i].found_by == column.found_by && str_eq(kind->columns[i].name, column.name))
      return wrong(reader, 0, err, "a column stands there twice");
  *ARENA_PUSH(reader->arena, kind->columns, kind->count) = column;
  return OUT_OK;
}

/* =SOHeader change,CpnyID?,OrdNbr?,Status */
static enum outcome read_kind(struct rows_reader *reader, str line, struct err *err) {
  str rest = str_sub(arena_str(reader->arena, line), 1, line.len), piece, first = STR_NONE;
  struct rows_kind kind = { .index = reader->kind_count };
  bool is_first = true;
  if (str_ends(line, STR(","))) return wrong(reader, line.len, err, "no name of a column");
  while (str_split(&rest, ',', &piece)) {
    if (is_first) first = piece;
    else if (add_column(reader, &kind, piece, err)) return err->outcome;
    if (is_first && str_ends(first, STR(" change"))) {
      kind.change = true;
      first.len -= sizeof " change" - 1;
    }
    is_first = false;
  }
  kind.name = first;
  if (!is_name(kind.name)) return wrong(reader, 2, err, "no name of a record");
  if (!kind.count) return wrong(reader, 0, err, "a record without columns");
  if (reader->kind_count == ROWS_KINDS_MOST) return wrong(reader, 0, err, "too many kinds of records");
  for (size_t i = 0; i < reader->kind_count; i++)
    if (str_eq(reader->kinds[i].name, kind.name))
      return wrong(reader, 2, err, "the columns of this record are stated already");
  *ARENA_PUSH(reader->arena, reader->kinds, reader->kind_count) = kind;
  return OUT_OK;
}

static enum outcome read_head(struct rows_reader *reader, struct err *err) {
  str line, begin = STR("sluice rows 1 ");
  if (peek(reader, &line, err)) return err->outcome;
  if (!str_starts(line, begin) || !is_name(str_sub(line, begin.len, line.len)))
    return wrong(reader, 1, err, "a rows file begins with \"sluice rows 1 SCHEMA\"");
  reader->schema = arena_str(reader->arena, str_sub(line, begin.len, line.len));
  for (;;) {
    reader->has_line = false;
    if (peek(reader, &line, err)) return err->outcome;
    if (!str_starts(line, STR("="))) return OUT_OK;
    if (read_kind(reader, line, err)) return err->outcome;
  }
}

/* --- documents --- */

static const struct rows_kind *kind_of(const struct rows_reader *reader, str line) {
  ptrdiff_t comma = str_find(line, ',');
  str name = comma < 0 ? line : str_sub(line, 0, (size_t)comma);
  for (size_t i = 0; i < reader->kind_count; i++)
    if (str_eq(reader->kinds[i].name, name)) return &reader->kinds[i];
  return NULL;
}

/* SOLine,"00001","MUG",2, */
static enum outcome read_row(struct rows_reader *reader, struct arena *arena, str line, struct rows_row *row,
                             struct err *err) {
  *row = (struct rows_row){ .kind = kind_of(reader, line), .line = reader->line };
  if (!row->kind) return wrong(reader, 1, err, "no record whose columns are stated above");
  row->cells = ARENA_ARRAY(arena, struct rows_cell, row->kind->count);
  str kept = arena_str(arena, line);
  size_t at = row->kind->name.len;
  for (size_t i = 0; i < row->kind->count; i++) {
    const char *why = NULL;
    if (at >= kept.len || kept.at[at] != ',') return wrong(reader, at + 1, err, "fewer cells than columns");
    size_t start = ++at;
    if (!rows_cell_read(kept, &at, arena, &row->cells[i], &why)) return wrong(reader, start + 1, err, why);
  }
  return at == kept.len ? OUT_OK : wrong(reader, at + 1, err, "more cells than columns");
}

static bool is_key(str key) {
  bool good = key.len > 0 && str_chars(key) <= ROWS_KEY_MOST && str_trim(key).len == key.len;
  for (size_t i = 0; i < key.len; i++) good = good && (unsigned char)key.at[i] >= 0x20 && key.at[i] != 0x7f;
  return good;
}

static enum outcome at_end(struct rows_reader *reader, struct err *err) {
  size_t got = 0;
  char byte;
  enum outcome out = reader->from < reader->to || reader->source_ended
                         ? OUT_OK
                         : reader->source(reader->user, &byte, 1, &got, err);
  if (out && out != OUT_END) return err_at(err, reader->line + 1, 0);
  if (reader->from < reader->to || got) {
    reader->line++;
    return wrong(reader, 1, err, "something follows the end");
  }
  reader->ended = true;
  return OUT_END;
}

enum outcome rows_next(struct rows_reader *reader, struct arena *arena, struct rows_document *document,
                       struct err *err) {
  str line;
  if (reader->ended) return OUT_END;
  if (peek(reader, &line, err)) return err->outcome;
  if (str_eq(line, STR("."))) return at_end(reader, err);
  if (!str_starts(line, STR("+"))) return wrong(reader, 1, err, "a document begins with + and its key");
  *document =
      (struct rows_document){ .key = arena_str(arena, str_sub(line, 1, line.len)), .line = reader->line };
  if (!is_key(document->key)) return wrong(reader, 2, err, "no key of a document");
  for (;;) {
    reader->has_line = false;
    if (peek(reader, &line, err)) return err->outcome;
    if (str_starts(line, STR("+")) || str_eq(line, STR("."))) break;
    struct rows_row *row = ARENA_PUSH(arena, document->rows, document->count);
    if (read_row(reader, arena, line, row, err)) return err->outcome;
  }
  return document->count ? OUT_OK : wrong(reader, 1, err, "the document above it has no rows");
}

str rows_schema(const struct rows_reader *reader) { return reader->schema; }

const struct rows_kind *rows_kinds(const struct rows_reader *reader, size_t *count) {
  *count = reader->kind_count;
  return reader->kinds;
}

/* --- opening --- */

enum outcome rows_open_source(rows_source *source, void *user, struct rows_reader **made, struct err *err) {
  struct rows_reader *reader = mem_alloc(sizeof *reader);
  *reader = (struct rows_reader){ .source = source, .user = user, .arena = arena_new() };
  reader->bytes = mem_alloc(reader->room = BLOCK);
  *made = reader;
  if (!read_head(reader, err)) return OUT_OK;
  rows_close(reader);
  *made = NULL;
  return err->outcome;
}

static enum outcome read_in(void *user, char *to, size_t room, size_t *got, struct err *err) {
  return in_read(user, to, room, got, err);
}

enum outcome rows_open(const char *path, struct rows_reader **made, struct err *err) {
  struct in *in;
  *made = NULL;
  if (in_open(path, in_default_limits, &in, err)) return err->outcome;
  if (rows_open_source(read_in, in, made, err)) in_close(in);
  else (*made)->in = in;
  return *made ? OUT_OK : err_in_file(err, str_of(path));
}

void rows_close(struct rows_reader *reader) {
  if (!reader) return;
  if (reader->in) in_close(reader->in);
  arena_free(reader->arena);
  mem_free(reader->bytes);
  mem_free(reader);
}
