/* load/apply_rows: a document's rows, completed to what is written. */
#include "load/apply_internal.h"
#include "model/decimal.h"

struct completing {
  struct load *load;
  const struct apply_item *item;
  ptrdiff_t last[ROWS_KINDS_MOST]; /* by table: the document's row of it that came last */
  str currency;                    /* of the document */
};

static bool is_of_type(const struct rows_cell *cell, enum db_type type) {
  switch (type) {
  case DB_CHAR:
  case DB_TEXT: return cell->form == ROWS_TEXT || cell->form == ROWS_ASSIGNED;
  case DB_FLOAT: return cell->form == ROWS_NUMBER;
  case DB_SMALLINT:
  case DB_INT: return cell->form == ROWS_NUMBER && str_find(cell->text, '.') < 0;
  case DB_DATETIME: return cell->form == ROWS_DATE || cell->form == ROWS_MINUTE;
  default: return false;
  }
}

static enum outcome check_places(const struct completing *at, const struct apply_column *column, str text,
                                 struct err *err) {
  int32_t most;
  dec number;
  if (!places_of(&at->load->places, column->places, at->currency, &most))
    return err_set(err, OUT_DATA, "SL has no currency %.*s", STR_ARG(at->currency));
  if (most < 0 || str_find(text, '.') < 0) return OUT_OK;
  if (dec_parse(text, DEC_PLAIN, &number) && dec_rescale(number, most, &number)) return OUT_OK;
  return err_set(err, OUT_DATA, "%.*s has more decimals than SL keeps here (%d)", STR_ARG(text), (int)most);
}

static enum outcome check_cell(const struct completing *at, const struct apply_column *column,
                               const struct rows_cell *cell, str text, struct err *err) {
  if (!is_of_type(cell, column->db.type))
    return err_set(err, OUT_DATA, "%.*s is not what this column holds", STR_ARG(text));
  if (cell->form == ROWS_ASSIGNED && !text.len)
    return err_set(err, OUT_DATA, "a number of SL's is asked for, and the schema assigns none");
  if (column->db.type == DB_CHAR && column->db.width && text.len > column->db.width &&
      str_chars(text) > column->db.width)
    return err_set(err, OUT_DATA, "%zu characters, and SL's column holds %u", str_chars(text),
                   (unsigned)column->db.width);
  return column->db.type == DB_FLOAT ? check_places(at, column, text, err) : OUT_OK;
}

/* The value of one column; at == NULL: it is not set. */
static enum outcome value_of(const struct completing *at, const struct rows_row *row,
                             const struct apply_column *column, str *filled, struct err *err) {
  const struct rows_cell *cell = column->cell == NOWHERE ? NULL : &row->cells[column->cell];
  *filled = column->otherwise;
  if (cell && cell->form != ROWS_ABSENT) {
    str text = cell->form == ROWS_ASSIGNED ? at->item->number : cell->text;
    if (check_cell(at, column, cell, text, err)) return err->outcome;
    *filled = str_trim(text).len ? text : dialect_blank(column->db.type);
  } else if (column->above_table != NOWHERE) {
    ptrdiff_t above = at->last[column->above_table];
    if (above == NOWHERE)
      return err_set(err, OUT_DATA, "no row of %.*s stands before it",
                     STR_ARG(at->load->tables[column->above_table].kind->name));
    *filled = at->item->rows[above].cells[column->above_index];
  }
  return OUT_OK;
}

static enum outcome complete_row(struct completing *at, size_t index, struct err *err) {
  const struct rows_row *row = &at->item->document.rows[index];
  struct apply_row *whole = &at->item->rows[index];
  whole->table = &at->load->tables[row->kind->index];
  whole->cells = ARENA_ARRAY(at->load->piece, str, whole->table->count);
  for (size_t i = 0; i < whole->table->count; i++)
    if (value_of(at, row, &whole->table->columns[i], &whole->cells[i], err)) {
      err_of_field(err, row->kind->name, whole->table->columns[i].db.name);
      return err_at(err, row->line, 0);
    }
  at->last[row->kind->index] = (ptrdiff_t)index;
  return OUT_OK;
}

static str cell_named(const struct rows_row *row, str name) {
  for (size_t i = 0; i < row->kind->count; i++)
    if (str_eq_fold(row->kind->columns[i].name, name))
      return row->cells[i].form == ROWS_TEXT ? row->cells[i].text : STR_NONE;
  return STR_NONE;
}

str rows_company(const struct apply_item *item) { return cell_named(&item->document.rows[0], STR("CpnyID")); }

enum outcome rows_complete(struct load *load, struct apply_item *item, struct err *err) {
  struct completing at = { .load = load, .item = item, .currency = STR_NONE };
  for (size_t i = 0; i < load->table_count; i++) at.last[i] = NOWHERE;
  at.currency = cell_named(&item->document.rows[0], STR("CuryID"));
  item->rows = ARENA_ARRAY(load->piece, struct apply_row, item->document.count);
  for (size_t i = 0; i < item->document.count; i++)
    if (complete_row(&at, i, err)) return err->outcome;
  return OUT_OK;
}

/* What the document says: present cells by name, so that a new column changes nothing of old documents. */
void rows_digest(struct load *load, struct digest *digest, struct apply_item *item) {
  for (size_t i = 0; i < item->document.count; i++) {
    const struct rows_row *row = &item->document.rows[i];
    const bool *left_out = load->tables[row->kind->index].volatile_cells;
    digest_add(digest, row->kind->name);
    for (size_t j = 0; j < row->kind->count; j++) {
      if (left_out[j] || row->cells[j].form == ROWS_ABSENT) continue;
      digest_add(digest, STR("\n"));
      digest_add(digest, row->kind->columns[j].name);
      digest_add(digest, row->kind->columns[j].found_by ? STR("?") : STR("="));
      digest_add(digest, row->cells[j].text);
    }
    digest_add(digest, STR("\n\n"));
  }
  digest_take(digest, item->digest);
}

bool rows_wants_number(const struct load *load, const struct apply_item *item, str *company, str *type) {
  for (size_t i = 0; load->counter && i < item->document.count; i++) {
    const struct rows_row *row = &item->document.rows[i];
    if ((ptrdiff_t)row->kind->index != load->number_table ||
        row->cells[load->number_cell].form != ROWS_ASSIGNED)
      continue;
    *company = cell_named(row, STR("CpnyID"));
    *type = cell_named(row, STR("SOTypeID"));
    return true;
  }
  return false;
}
