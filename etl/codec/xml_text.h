/* codec/xml_text: a text as XML has it, in an element or between the quotes of an attribute.
 *
 *   xml_text(&out, STR("A & B"));                     A &amp; B
 *
 * False when it holds a character that XML cannot have (most control characters), or bytes that are not
 * UTF-8; nothing is added then.
 */
#ifndef SLUICE_CODEC_XML_TEXT_H
#define SLUICE_CODEC_XML_TEXT_H

#include "base/buf.h"

bool xml_text(struct buf *out, str text);

#endif
