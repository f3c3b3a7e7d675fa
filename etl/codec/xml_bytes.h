/* codec/xml_bytes: the bytes of an XML file as UTF-8, whatever charset it says it is in.
 *
 * Goes by the byte order mark, else by how "<" is written (UTF-16, UTF-32), else by the declaration:
 *
 *   <?xml version="1.0" encoding="windows-1252"?>
 *
 * which may name what iconv knows; else it is UTF-8. UTF-8 is passed on as it comes, without its mark, and
 * is checked by who parses it. The declaration itself stays in what is passed on, and no longer holds.
 */
#ifndef SLUICE_CODEC_XML_BYTES_H
#define SLUICE_CODEC_XML_BYTES_H

#include "base/buf.h"
#include "base/err.h"

/* `utf8` is valid until the function returns. */
typedef enum outcome xml_bytes_function(void *user, str utf8, struct err *err);

struct xml_bytes;
struct xml_bytes *xml_bytes_new(void);
/* Anything but OK from the function ends it and is returned. OUT_DATA: a declaration over 1 KiB, a charset
 * that is not known or is not that of the declaration's own bytes; with line and column in the text
 * (columns in bytes of UTF-8): bytes that the charset does not have, a character cut at the end. */
enum outcome xml_bytes_feed(struct xml_bytes *in, str bytes, bool last, xml_bytes_function *function,
                            void *user, struct err *err);
bool xml_bytes_converts(const struct xml_bytes *in); /* else what is passed on lies where the caller had it */
void xml_bytes_free(struct xml_bytes *in);

#endif
