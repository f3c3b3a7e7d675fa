/* codec/xlsx_book: which parts of a workbook hold a sheet and its shared strings.
 *
 * Nothing in the format stands at a fixed place but the first of these lists of relationships:
 *
 *   _rels/.rels                   officeDocument -> xl/workbook.xml
 *   xl/workbook.xml               <sheet name="Review" r:id="rId1"/>
 *   xl/_rels/workbook.xml.rels    rId1 -> worksheets/sheet1.xml, sharedStrings -> sharedStrings.xml
 */
#ifndef SLUICE_CODEC_XLSX_BOOK_H
#define SLUICE_CODEC_XLSX_BOOK_H

#include "base/memory.h"
#include "codec/xlsx_zip.h"

struct xlsx_book {
  str sheet;   /* the name of its part; it and the next live as long as the arena */
  str strings; /* empty when there is none */
};
/* `name` as of xlsx_read. OUT_DATA: not a workbook, or without that sheet. */
enum outcome xlsx_book_find(struct xlsx_zip *zip, str name, size_t part_most, struct arena *arena,
                            struct xlsx_book *book, struct err *err);

#endif
