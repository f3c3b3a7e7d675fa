/* unit/codec/xlsx_show: rows of a sheet as one line of text. */
#ifndef SLUICE_TESTS_XLSX_SHOW_H
#define SLUICE_TESTS_XLSX_SHOW_H

#include "base/buf.h"
#include "codec/xlsx_read.h"

/* 2[0:text|2=#1.5|3?TRUE] is ROW[COLUMN KIND TEXT..]: kinds are : text, # number, ? boolean, ! error, @ date;
 * = before the kind is a formula. */
static inline enum outcome xlsx_show(void *user, const struct xlsx_row *row, struct err *err) {
  struct buf *shown = user;
  (void)err;
  buf_printf(shown, "%u[", row->number);
  for (size_t i = 0; i < row->count; i++) {
    const struct xlsx_cell *cell = &row->cells[i];
    buf_printf(shown, "%s%u%s%c", i ? "|" : "", cell->column, cell->formula ? "=" : "", ":#?!@"[cell->kind]);
    buf_add(shown, cell->text);
  }
  buf_char(shown, ']');
  return OUT_OK;
}

#endif
