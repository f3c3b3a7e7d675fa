/* codec/xlsx_xml: walks one XML part of a workbook along the elements that its caller knows.
 *
 * The caller lists which element may stand in which as steps of a plan; elements that no step names, and all
 * that is in them, are passed over. So <t> in a run of text and <t> in its phonetic reading are two things:
 *
 *   { XLSX_XML_TOP, SST, "sst" }, { SST, ITEM, "si" }, { ITEM, TEXT, "t", .text = true },
 *   { ITEM, RUN, "r" }, { RUN, TEXT, "t", .text = true }                <rPh><t> is never seen
 *
 * Element names count only in the two namespaces of spreadsheets and relationships (transitional and
 * strict). Nothing is fetched, no entity but the five of XML itself is known, a DOCTYPE is refused. The part
 * must be UTF-8, whatever it declares.
 */
#ifndef SLUICE_CODEC_XLSX_XML_H
#define SLUICE_CODEC_XLSX_XML_H

#include "base/buf.h"
#include "base/err.h"

enum { XLSX_XML_TOP = 0 }; /* what stands above the root element; a caller's states count from 1 */

struct xlsx_step {
  uint8_t parent, state;
  const char *name; /* NULL ends a list of steps */
  bool text;        /* its text is collected, for `end` */
};

struct xlsx_attributes; /* valid until `start` returns, as are the values */
/* The value as it stands, without references resolved anew; false when the element does not have it. */
bool xlsx_attribute(const struct xlsx_attributes *attributes, const char *name, str *value);
/* The same for one in the namespace of relationships, r:id. */
bool xlsx_attribute_r(const struct xlsx_attributes *attributes, const char *name, str *value);

struct xlsx_plan {
  const struct xlsx_step *steps;
  enum outcome (*start)(void *user, unsigned state, const struct xlsx_attributes *attributes,
                        struct err *err);
  enum outcome (*end)(void *user, unsigned state, str text,
                      struct err *err); /* text: empty unless asked for */
};

/* `part` is the part's name, for messages. Anything but OUT_OK from a function ends the walk and is returned.
 * OUT_DATA, with line and column in the text: no good XML, another root element than the plan knows, nested
 * deeper than 64, a DOCTYPE, a tag with hundreds of attributes. */
enum outcome xlsx_xml_walk(str part, str xml, const struct xlsx_plan *plan, void *user, struct err *err);

#endif
