/* load/rows_cell: one cell of a rows file: what its form says it is.
 *
 *   ,,          absent          ,"a ""b"" c",   text       ,-12.5,   number
 *   ,@,         assigned        ,2026-11-03,    date       ,2026-11-03T04:05:00,   minute
 */
#ifndef SLUICE_LOAD_ROWS_CELL_H
#define SLUICE_LOAD_ROWS_CELL_H

#include "load/rows_read.h"

/* Reads the cell that begins at *at of the line and moves *at behind it, to a comma or the line's end. The
 * cell borrows from the line; where a quote was doubled, its text lies in the arena. False: *why says it. */
bool rows_cell_read(str line, size_t *at, struct arena *arena, struct rows_cell *cell, const char **why);

#endif
