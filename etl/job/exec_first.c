/* job/exec_first: what the first block of rows settles: the currency, the header row, which decimal mark is
 * likely. */
#include "job/exec_internal.h"
#include "model/currency.h"

enum { LOOKED_AT = 64 * 1024 };

/* --- preparing the program: columns that the header and the notation need --- */

static size_t need_column(struct program *program, const struct field *field) {
  struct level *level = program->streamed;
  for (size_t i = 0; i < level->column_count; i++)
    if (level->columns[i] == field) return i;
  *ARENA_PUSH(program->arena, level->columns, level->column_count) = field;
  return level->column_count - 1;
}

/* decimal auto by COLUMN */
static const struct field *currency_field(const struct program *program) {
  str column = schema_option_word(program->from, "decimal", 2);
  return column.len ? record_field(program->streamed->record, column) : NULL;
}

bool exec_decimal_is_auto(const struct program *program) {
  return str_eq(schema_option_word(program->from, "decimal", 0), STR("auto"));
}

void exec_prepare(struct program *program) {
  for (size_t i = 0; i < program->header_column_count; i++) need_column(program, program->header_columns[i]);
  if (currency_field(program)) need_column(program, currency_field(program));
  program_layout(program);
}

/* --- the first block: currency, header, which mark --- */

static str first_cell(const struct rows *rows, size_t column) {
  return rows->count ? str_trim(rows_cell(rows, column, 0)) : STR_NONE;
}

static enum outcome read_currency(struct exec_keep *keep, struct exec_result *result, struct err *err) {
  struct program *program = keep->request->program;
  const struct field *field = currency_field(program);
  keep->run.notation.places_most = -1;
  if (!field) return OUT_OK;
  if (!keep->first.count) return err_set(err, OUT_DATA, "the file has a header line and nothing below it");
  str code = first_cell(&keep->first, need_column(program, field));
  if (!code.len && !program->header)
    return OUT_OK; /* rows that were put back: their summary row is not among them */
  if (!code.len)
    return err_set(err, OUT_DATA, "the first row has no %.*s", STR_ARG(field->name)), err_at(err, 2, 0);
  int32_t places;
  if (!currency_places(code, &places)) {
    err_set(err, OUT_DATA, "%.*s: \"%.*s\" is not a currency of ISO 4217", STR_ARG(field->name),
            STR_ARG(str_left_chars(code, 20)));
    return err_at(err, 2, 0);
  }
  keep->run.notation.places_most = places;
  result->currency = arena_str(result->arena, code);
  return OUT_OK;
}

static enum outcome read_header(struct exec_keep *keep, struct exec_result *result, struct err *err) {
  struct program *program = keep->request->program;
  if (!program->header) return OUT_OK;
  size_t count = program->streamed->column_count;
  str *cells = ARENA_ARRAY(result->arena, str, count + 1);
  for (size_t i = 0; i < count && keep->first.count; i++)
    cells[i] = arena_str(result->arena, rows_cell(&keep->first, i, 0));
  struct rec rec = { .level = program->streamed, .cells = cells };
  struct ctx ctx = { .run = &keep->run, .arena = result->arena, .answers = answers_new(program) };
  ctx.recs[program->streamed->index] = &rec;
  bool is_header = keep->first.count && eval_yes(program->header, &ctx);
  value *header = ARENA_ARRAY(result->arena, value, program->header_column_count + 1);
  for (size_t i = 0; is_header && i < program->header_column_count; i++) {
    const struct field *field = program->header_columns[i];
    struct node node = {
      .op = OP_COLUMN, .type = field->type.type, .level = program->streamed, .field = field
    };
    node.index = need_column(program, field);
    header[i] = eval(&node, &ctx);
  }
  answers_free(ctx.answers);
  keep->run.header = header;
  if (ctx.failed) return err_set(err, OUT_DATA, "%s", ctx.err.text), err_at(err, 2, 0);
  if (!is_header) return err_set(err, OUT_DATA, "the first row is not the summary row"), err_at(err, 2, 0);
  return OUT_OK;
}

/* How many cells of the first rows' auto decimals a notation cannot read: as many rows whatever the block. */
static size_t unread(const struct exec_keep *keep, enum dec_notation notation) {
  const struct level *level = keep->request->program->streamed;
  size_t bad = 0;
  for (size_t i = 0; i < level->column_count; i++) {
    if (level->columns[i]->type.type != TYPE_DECIMAL) continue;
    for (size_t row = 0; row < keep->first.count && keep->first.row_at[row] < LOOKED_AT; row++) {
      str cell = str_trim(rows_cell(&keep->first, i, row));
      dec d;
      int32_t most = keep->run.notation.places_most;
      bad += cell.len && (!dec_parse(cell, notation, &d) || (most >= 0 && d.scale > most));
    }
  }
  return bad;
}

enum outcome exec_look_ahead(struct exec_keep *keep, const struct reading *reading,
                             struct exec_result *result, struct err *err) {
  keep->chunks[0] = flat_chunk_new(keep->flat);
  enum outcome out = flat_next(keep->flat, keep->chunks[0], &keep->first, err);
  if (out == OUT_END) keep->first = (struct rows){ 0 };
  else if (out) return out;
  else keep->has_first = true;
  if (read_currency(keep, result, err)) return err->outcome;
  bool automatic = exec_decimal_is_auto(keep->request->program) && reading->notation.decimal == DEC_PLAIN;
  if (automatic)
    keep->run.notation.decimal = unread(keep, DEC_POINT) <= unread(keep, DEC_COMMA) ? DEC_POINT : DEC_COMMA;
  return read_header(keep, result, err);
}
