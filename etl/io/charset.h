/* io/charset: from Amazon's encodings to UTF-8, and from UTF-8 to what SL reads.
 *
 * Inside sluice all text is UTF-8. ISO-8859-1 is read as windows-1252, as its writers mean it. "auto"
 * is settled by the caller: UTF-8 when every byte sequence is good, else the site's fallback.
 *
 * Writing windows-1252: a character it lacks is written by a stated table (charset_table.def: Polish,
 * Czech, Turkish, Romanian, Baltic ... letters to their base letter, typographic signs, full-width forms to
 * ASCII) or refused with its place; it is never turned into "?". Combining marks after a letter are composed
 * first where windows-1252 has the composed letter.
 *
 *   struct charset_reader *reader = charset_reader_new(CHARSET_WINDOWS_1252);
 *   charset_to_utf8(reader, raw, last, &utf8, &err);
 */
#ifndef SLUICE_IO_CHARSET_H
#define SLUICE_IO_CHARSET_H

#include "base/buf.h"
#include "base/err.h"

enum charset { CHARSET_AUTO, CHARSET_UTF_8, CHARSET_WINDOWS_1252, CHARSET_SHIFT_JIS };

/* By the names in use: utf-8, utf8, iso-8859-1, latin1, cp1252, windows-1252, shift_jis, shift-jis, sjis,
 * windows-31j, ms932, cp932, auto; case does not matter. False for any other name. */
bool charset_by_name(str name, enum charset *charset);
const char *charset_name(enum charset charset);

struct charset_reader; /* Shift_JIS by iconv (CP932), windows-1252 by its table */
struct charset_reader *charset_reader_new(enum charset charset);
/* Appends the UTF-8 of `raw`. A sequence cut at the end of `raw` waits for the next call unless `last`.
 * OUT_DATA: bytes that the charset does not have (windows-1252: 81 8D 8F 90 9D), with err->column = the byte
 * offset within everything fed so far, 1-based. UTF-8 is checked and copied. */
enum outcome charset_to_utf8(struct charset_reader *reader, str raw, bool last, struct buf *utf8,
                             struct err *err);
void charset_reader_free(struct charset_reader *reader);

/* Appends `utf8` in the charset. *changed is set when the table was needed. OUT_DATA when a character can be
 * neither written nor transliterated: "U+4E2D cannot be written in windows-1252" with err->column = its
 * 1-based place in characters. Only CHARSET_UTF_8 and CHARSET_WINDOWS_1252 are written. */
enum outcome charset_from_utf8(enum charset charset, str utf8, struct buf *bytes, bool *changed,
                               struct err *err);

#endif
