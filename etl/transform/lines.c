/* transform/lines: rows straight to lines, for blocks that write one csv or tsv line for each row. */
#include "transform/lines.h"
#include "codec/csv.h"
#include "transform/coder.h"
#include "transform/emit_internal.h"

#include <string.h>

enum { LINE_FIELDS_MOST = 200, CODES_KEPT = 65536 };

enum way { WAY_COPY, WAY_NUMBER, WAY_CODED, WAY_DAY, WAY_EVAL };

struct line_field {
  const struct field *field;
  const struct node *node;
  enum way way;
  size_t column;            /* copy, number, day */
  size_t most;              /* copy: longest cell, in bytes */
  bool may_lack;            /* copy, number: an empty cell is written as it is */
  const uint32_t *at, *len; /* copy, number: the block's cells */
  struct coder *coder;      /* coded */
  struct day_coder *days;   /* day */
  uint32_t *codes;          /* of the block */
  str *encoded;             /* by code; NULL text: not yet */
  size_t encoded_room;
};

struct lines {
  const struct plan *plan;
  const struct block *block;
  const struct line_format *format;
  const struct rows *rows;
  struct line_field fields[LINE_FIELDS_MOST];
  size_t count, code_room;
  struct arena *arena; /* of encoded values */
  struct buf cell;
};

/* --- which way a field goes --- */

static bool is_plain_node(const struct node *node) {
  static const enum op odd[] = { OP_LET,     OP_FIELD,           OP_IS,      OP_AGGREGATE, OP_PRIOR,
                                 OP_COUNTER, OP_COUNTER_IN_FILE, OP_IS_LAST, OP_APPORTION, OP_KEY };
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
    if (node->op == odd[i]) return false;
  if (node->op == OP_CALL && str_eq(str_of(node->function->name), STR("source-row"))) return false;
  for (size_t i = 0; i < node->kid_count; i++)
    if (!is_plain_node(node->kids[i])) return false;
  return true;
}

static void columns_of(const struct node *node, size_t *columns, size_t *count) {
  bool known = node->op != OP_COLUMN || *count == CODED_MOST;
  for (size_t i = 0; i < *count && !known; i++) known = columns[i] == node->index;
  if (!known) columns[(*count)++] = node->index;
  for (size_t i = 0; i < node->kid_count; i++) columns_of(node->kids[i], columns, count);
}

/* Required stamps too: an absent one is left to the emitter. */
static bool is_day(const struct node *node) {
  return node->op == OP_CALL && str_eq(str_of(node->function->name), STR("date")) &&
         node->kids[0]->op == OP_COLUMN && node->kids[0]->type == TYPE_TIMESTAMP;
}

static enum way way_of(const struct field *field, const struct node *node) {
  const struct field *from = node->op == OP_COLUMN ? node->field : NULL;
  if (is_day(node)) return WAY_DAY;
  if (!from || from->fallback) return node->op == OP_COLUMN ? WAY_EVAL : WAY_CODED;
  if (from->type.type == TYPE_TEXT && field->type.type == TYPE_TEXT) return WAY_COPY;
  bool whole = from->type.type == TYPE_INTEGER && field->type.type == TYPE_INTEGER;
  bool decimal = from->type.type == TYPE_DECIMAL && field->type.type == TYPE_DECIMAL &&
                 field->type.size >= 0 && (from->type.size < 0 || from->type.size == field->type.size);
  return whole || decimal ? WAY_NUMBER : WAY_EVAL;
}

static size_t least_size(const struct field *a, const struct field *b) {
  size_t x = a->type.size > 0 ? (size_t)a->type.size : SIZE_MAX,
         y = b->type.size > 0 ? (size_t)b->type.size : SIZE_MAX;
  return x < y ? x : y;
}

static void add_field(struct lines *lines, const struct field *field, const struct node *node) {
  struct line_field *to = &lines->fields[lines->count++];
  *to = (struct line_field){ .field = field, .node = node, .way = way_of(field, node) };
  const struct notation *notation = &lines->plan->run->notation;
  bool point = notation->decimal != DEC_COMMA &&
               (notation->places_most < 0 || notation->places_most >= field->type.size);
  if (to->way == WAY_NUMBER && !point) to->way = WAY_EVAL;
  if (to->way == WAY_COPY) to->most = field->choice_count ? 0 : least_size(field, node->field);
  if (to->way == WAY_COPY || to->way == WAY_NUMBER) {
    to->column = node->index;
    to->may_lack = !field->required && !node->field->required;
  }
  if (to->way == WAY_DAY) {
    to->column = node->kids[0]->index;
    to->days = day_coder_new(to->column, &lines->plan->run->notation);
  }
  if (to->way != WAY_CODED) return;
  size_t columns[CODED_MOST] = { 0 }, count = 0;
  columns_of(node, columns, &count);
  if (count == CODED_MOST) { /* perhaps more than were listed */
    to->way = WAY_EVAL;
    return;
  }
  to->coder = coder_new(columns, count, false);
}

struct lines *lines_new(const struct plan *plan, const struct block *block,
                        const struct line_format *format) {
  const struct record *record = block->record;
  bool fits = !block->kid_count && !block->let_count && !block->rule_count && !block->when &&
              !record->kid_count && !record->parent && record->field_count < LINE_FIELDS_MOST &&
              !plan->program->total_count && !plan->program->proof_count && !plan->plain;
  for (size_t i = 0; i < record->field_count && fits; i++)
    fits = block->assigns[i].node && is_plain_node(block->assigns[i].node);
  if (!fits) return NULL;
  struct lines *lines = mem_alloc(sizeof *lines);
  *lines = (struct lines){ .plan = plan, .block = block, .format = format, .arena = arena_new() };
  lines->cell = buf_new(1 << 20);
  for (size_t i = 0; i < record->field_count; i++)
    add_field(lines, record->fields[i], block->assigns[i].node);
  return lines;
}

void lines_free(struct lines *lines) {
  if (!lines) return;
  for (size_t i = 0; i < lines->count; i++) {
    coder_free(lines->fields[i].coder);
    day_coder_free(lines->fields[i].days);
    mem_free(lines->fields[i].codes);
    mem_free(lines->fields[i].encoded);
  }
  arena_free(lines->arena);
  buf_free(&lines->cell);
  mem_free(lines);
}

/* --- a block --- */

static void forget(struct line_field *field) {
  if (field->encoded) memset(field->encoded, 0, field->encoded_room * sizeof *field->encoded);
}

void lines_block(struct lines *lines, const struct rows *rows) {
  lines->rows = rows;
  bool grow = rows->count > lines->code_room;
  if (grow) lines->code_room = rows->count + 4096;
  for (size_t i = 0; i < lines->count; i++) {
    struct line_field *field = &lines->fields[i];
    if (field->way == WAY_COPY || field->way == WAY_NUMBER)
      field->at = rows->at[field->column], field->len = rows->len[field->column];
    if (field->way != WAY_CODED && field->way != WAY_DAY) continue;
    if (grow) field->codes = mem_grow(field->codes, lines->code_room * sizeof *field->codes);
    if (field->way == WAY_DAY) day_coder_rows(field->days, rows, field->codes);
    else if (!coder_rows(field->coder, rows, CODES_KEPT, field->codes)) {
      coder_reset(field->coder);
      forget(field);
      coder_rows(field->coder, rows, SIZE_MAX, field->codes);
    }
  }
}

/* --- a row --- */

typedef char bytes16 __attribute__((vector_size(16)));

static inline bool any(bytes16 hits) {
  uint64_t halves[2];
  memcpy(halves, &hits, sizeof halves);
  return halves[0] | halves[1];
}

static inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

enum { PIECE = 16 };
/* From byte PIECE - n on: n bytes of ones, then zeros. */
static const char first_bytes[2 * PIECE] = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };

/* Copies a cell that asks for no quotes; false, and nothing kept, when it asks for them. Reads and writes up
 * to 15 bytes past it: blocks have slack, and room for it was made. `ends`: cells may hold line ends. */
static inline bool copy_bare(const char *at, size_t len, char mark, bool ends, struct buf *out) {
  if (is_blank(at[0]) || is_blank(at[len - 1]) ||
      (out->room - out->len < len + PIECE && !buf_make_room(out, len + PIECE)))
    return false;
  bytes16 hits = { 0 }, marks = mark - (bytes16){ 0 }, quotes = '"' - (bytes16){ 0 };
  char *to = out->at + out->len;
  for (size_t i = 0; i < len; i += PIECE) {
    bytes16 piece, inside;
    memcpy(&piece, at + i, PIECE);
    memcpy(to + i, &piece, PIECE);
    bytes16 hit = (bytes16)(piece == marks) | (bytes16)(piece == quotes);
    if (ends) hit |= (bytes16)(piece == '\r' - (bytes16){ 0 }) | (bytes16)(piece == '\n' - (bytes16){ 0 });
    if (len - i < PIECE) {
      memcpy(&inside, first_bytes + PIECE - (len - i), PIECE);
      hit &= inside;
    }
    hits |= hit;
  }
  if (any(hits)) return false;
  out->len += len;
  return true;
}

/* A text of ours, with a piece's slack behind it. */
static inline void copy_slack(str text, struct buf *out) {
  if (out->room - out->len < text.len + PIECE && !buf_make_room(out, text.len + PIECE)) return;
  char *to = out->at + out->len;
  for (size_t i = 0; i < text.len; i += PIECE) memcpy(to + i, text.at + i, PIECE);
  out->len += text.len;
}

/* tsv has no quoting: what parts cells and lines becomes a blank, as load/csv writes it. */
static void put_tsv(str text, struct buf *out) {
  size_t from = out->len;
  buf_add(out, text);
  for (size_t i = from; i < out->len; i++)
    if (out->at[i] == '\t' || out->at[i] == '\n' || out->at[i] == '\r') out->at[i] = ' ';
}

static void put_text(const struct lines *lines, str text, struct buf *out) {
  if (lines->format->separator == '\t') {
    put_tsv(text, out);
    return;
  }
  if (!text.len) return;
  if (!copy_bare(text.at, text.len, lines->format->separator, lines->rows->has_ends, out))
    csv_write_quoted(out, text);
}

/* -1234.50 with the places of its field, no leading zero: as it would be written. */
static bool is_canonical(str cell, int32_t places) {
  size_t i = cell.len && cell.at[0] == '-', digits = i;
  while (i < cell.len && cell.at[i] >= '0' && cell.at[i] <= '9') i++;
  if (i == digits || (cell.at[digits] == '0' && i - digits > 1) || i > 17) return false;
  if (places <= 0) return i == cell.len && !(digits && cell.at[digits] == '0');
  if (i == cell.len || cell.at[i] != '.' || cell.len - i - 1 != (size_t)places) return false;
  bool zero = cell.at[digits] == '0';
  for (size_t j = i + 1; j < cell.len; j++) {
    if (cell.at[j] < '0' || cell.at[j] > '9') return false;
    zero = zero && cell.at[j] == '0';
  }
  return !(zero && digits);
}

/* Computes and encodes a field into lines->cell; false when a rule of the field says no. */
static bool encode(struct lines *lines, const struct line_field *field, struct ctx *ctx) {
  struct buf plain = buf_new(1 << 20);
  value v = eval(field->node, ctx);
  bool good = !ctx->failed && emit_fits(ctx, field->field, &v);
  if (good) value_format(&v, &field->field->type, lines->plan->run->notation.zone, &plain);
  buf_clear(&lines->cell);
  if (good && lines->format->separator == '\t') put_tsv(buf_str(&plain), &lines->cell);
  else if (good) csv_write_field(&lines->cell, buf_str(&plain), lines->format->separator);
  buf_free(&plain);
  ctx->failed = false; /* the emitter will say it */
  return good;
}

static bool put_coded(struct lines *lines, struct line_field *field, size_t row, struct ctx *ctx,
                      lines_set_row *set_row, void *user, struct buf *out) {
  uint32_t code = field->codes[row];
  if (field->way == WAY_DAY && (code < DAY_FIRST || code >= DAY_BAD_FIRST)) return false;
  if (code >= field->encoded_room) {
    size_t room = field->encoded_room ? field->encoded_room : 256;
    while (room <= code) room *= 2;
    field->encoded = mem_grow(field->encoded, room * sizeof *field->encoded);
    memset(field->encoded + field->encoded_room, 0, (room - field->encoded_room) * sizeof *field->encoded);
    field->encoded_room = room;
  }
  str *encoded = &field->encoded[code];
  if (!encoded->at) {
    set_row(user, row);
    if (!encode(lines, field, ctx)) return false;
    char *kept = arena_alloc(lines->arena, lines->cell.len + PIECE);
    if (lines->cell.len) memcpy(kept, lines->cell.at, lines->cell.len);
    *encoded = (str){ kept, lines->cell.len };
  }
  copy_slack(*encoded, out);
  return true;
}

static bool put_field(struct lines *lines, struct line_field *field, size_t row, struct ctx *ctx,
                      lines_set_row *set_row, void *user, struct buf *out) {
  str cell;
  switch (field->way) {
  case WAY_COPY:
    cell = (str){ lines->rows->bytes + field->at[row], field->len[row] };
    if (!cell.len) return field->may_lack;
    if (cell.len > field->most || (unsigned char)cell.at[0] <= ' ') return false;
    put_text(lines, cell, out);
    return true;
  case WAY_NUMBER:
    cell = (str){ lines->rows->bytes + field->at[row], field->len[row] };
    if (!cell.len) return field->may_lack;
    if (!is_canonical(cell, field->field->type.type == TYPE_DECIMAL ? field->field->type.size : 0))
      return false;
    copy_slack(cell, out);
    return true;
  case WAY_CODED:
  case WAY_DAY: return put_coded(lines, field, row, ctx, set_row, user, out);
  case WAY_EVAL: break;
  }
  set_row(user, row);
  if (!encode(lines, field, ctx)) return false;
  buf_add(out, buf_str(&lines->cell));
  return true;
}

bool lines_row(struct lines *lines, size_t row, struct ctx *ctx, lines_set_row *set_row, void *user) {
  struct buf *out = lines->format->out;
  size_t before = out->len;
  for (size_t i = 0; i < lines->count; i++) {
    if (i) buf_char(out, lines->format->separator);
    if (put_field(lines, &lines->fields[i], row, ctx, set_row, user, out)) continue;
    out->len = before;
    return false;
  }
  buf_add(out, lines->format->newline);
  return !out->full;
}
