/* codec/xlsx_text: characters that XML cannot hold, as workbooks write them.
 *
 * A workbook is XML, and XML has no form for most control characters. Spreadsheet programs write each as
 * _xHHHH_ with its UTF-16 code, and the underscore of a text that looks like one as _x005F_:
 *
 *   bell, then "_x0041_"     is written     _x0007__x005F_x0041_
 *
 * A CR is written so too, for XML would make a LF of it.
 */
#ifndef SLUICE_CODEC_XLSX_TEXT_H
#define SLUICE_CODEC_XLSX_TEXT_H

#include "base/buf.h"

void xlsx_text_escape(str text, struct buf *out); /* appends; the text is UTF-8 without NUL */
/* Appends. Codes that are no character (a lone surrogate, NUL) stay as they are written. */
void xlsx_text_unescape(str written, struct buf *out);

#endif
