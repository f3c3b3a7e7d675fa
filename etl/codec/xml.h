/* codec/xml: XML files of any size as the walk of codec/events.h, by libxml2's SAX2 interface.
 *
 * Nothing is fetched, a DOCTYPE is refused, and so there are no entities but XML's own five. The declared
 * charset holds (codec/xml_bytes.h); texts are UTF-8. Namespaces are not looked at: an element's prefix is
 * dropped, an attribute's kept as written, xmlns is no attribute. Comments and instructions are not told.
 *
 *   struct xml_reader *xml = xml_reader_new(&events, events_default_limits);
 *   while (...) if (xml_feed(xml, bytes, last, &err)) ...
 *   xml_reader_free(xml);
 *
 * A caller that can be asked for the next block uses xml_read instead: the same walk, faster by a tenth.
 *
 * Names: the same one is the same pointer for as long as the reader lives, so a listener may keep and
 * compare pointers. An element with an empty text is told without one, an attribute with an empty text.
 * Text that stands around child elements is told as one, after them. `quoted` is false.
 */
#ifndef SLUICE_CODEC_XML_H
#define SLUICE_CODEC_XML_H

#include "codec/events.h"

struct xml_reader;
struct xml_reader *xml_reader_new(const struct events *events, struct events_limits limits); /* copies both */
/* The same for tests: libxml2 is fed by so many bytes. */
struct xml_reader *xml_reader_new_by(const struct events *events, struct events_limits limits, size_t piece);
/* OUT_DATA, with line and column (as libxml2 counts) in the text: not well-formed, cut, bytes that are not
 * of its charset, a DOCTYPE, nested too deep, a text, tag or comment over the limit, more than 200
 * attributes in a tag, more than 65,536 different names. Nothing may be fed after `last` or after any other
 * outcome than OUT_OK (OUT_BUG). */
enum outcome xml_feed(struct xml_reader *xml, str bytes, bool last, struct err *err);
/* The next bytes of a file, valid until the next call; none at its end. Not over 16 MiB. */
typedef enum outcome xml_source(void *user, str *block, struct err *err);
/* The whole of a file, by a reader that was not fed. Anything but OK from the source ends it, and is
 * returned. */
enum outcome xml_read(struct xml_reader *xml, xml_source *source, void *user, struct err *err);
void xml_reader_free(struct xml_reader *xml);

#endif
