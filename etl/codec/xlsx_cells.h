/* codec/xlsx_cells: the XML of one worksheet to rows of cells.
 *
 *   <sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2"><v>1.5E+3</v></c></row></sheetData>
 *
 * A row or cell that does not say where it stands is the next one. Rows and cells must be in order.
 */
#ifndef SLUICE_CODEC_XLSX_CELLS_H
#define SLUICE_CODEC_XLSX_CELLS_H

#include "codec/xlsx_read.h"
#include "codec/xlsx_strings.h"

/* Errors as of xlsx_read; `part` is the part's name, for messages. */
enum outcome xlsx_cells_read(str part, str xml, const struct xlsx_strings *strings, size_t text_most,
                             xlsx_row_function *row, void *user, struct err *err);
/* "B7" is row 7, column 1. False when it is no place that a sheet has. */
bool xlsx_cells_place(str text, uint32_t *row, uint32_t *column);

#endif
