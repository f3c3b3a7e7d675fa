/* codec/xml_walk: what libxml2's SAX2 interface tells, as the walk of codec/events.h.
 *
 * The part of codec/xml that does not care how libxml2 gets its bytes. The text of each open element stands
 * behind that of the element around it, in one buffer; what is not wanted is passed over without a copy.
 */
#ifndef SLUICE_CODEC_XML_WALK_H
#define SLUICE_CODEC_XML_WALK_H

#include "base/buf.h"
#include "codec/events.h"
#include "codec/libxml.h"

enum { XML_NAMES_KEPT = 64 };

struct xml_level;
struct xml_walk {
  struct libxml_walk libxml; /* its parser is the caller's */
  struct events events;
  struct events_limits limits;
  struct xml_level *levels; /* 1 .. depth are open */
  size_t depth;
  size_t skipped;  /* the depth of the element that is not wanted; 0: all is */
  struct buf text; /* of all open elements */
  struct {
    const xmlChar *prefix, *local;
    str name;
  } names[XML_NAMES_KEPT]; /* of attributes, as told; a name may push out another */
  bool any;                /* an element has come */
  bool told;               /* something has; for the caller to set back */
};

void xml_walk_begin(struct xml_walk *xml, const struct events *events, struct events_limits limits);
void xml_walk_end(struct xml_walk *xml);
xmlSAXHandler xml_walk_handler(void); /* for a parser whose user pointer is the walk */
void xml_walk_stop_for_limit(struct xml_walk *xml, const char *what, size_t most);
void xml_walk_check_names(struct xml_walk *xml);
void xml_walk_check_end(struct xml_walk *xml); /* once the parser has all */

#endif
