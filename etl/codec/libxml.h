/* codec/libxml: what all reading by libxml2's SAX2 interface has in common.
 *
 * Nothing is fetched, a DOCTYPE ends it (so there are no entities but XML's own five), nothing is printed,
 * and the first error is told with its place. A walk begins with struct libxml_walk, which is the user
 * pointer of its SAX functions:
 *
 *   xmlSAXHandler sax = libxml_handler();
 *   sax.startElementNs = on_start; ...
 *   walk->parser = xmlCreatePushParserCtxt(&sax, walk, NULL, 0, NULL);
 *   libxml_restrict(walk, 0);
 */
#ifndef SLUICE_CODEC_LIBXML_H
#define SLUICE_CODEC_LIBXML_H

#include "base/err.h"

#include <libxml/parser.h>

/* libxml2 compares each attribute with each other of its tag, so a tag of many thousands would take minutes.
 */
enum { LIBXML_ATTRIBUTES_MOST = 200, LIBXML_TEXT_MOST = 256 };

struct libxml_walk {
  xmlParserCtxt *parser;
  str part; /* of the file, named with each place; empty: the file itself */
  enum outcome out;
  struct err *err;
  bool cannot_stop; /* libxml2 is just asking for bytes, and will get none */
  struct {
    int code; /* of enum xmlParserErrors; 0: none */
    uint64_t line, column;
    char text[LIBXML_TEXT_MOST];
  } first; /* what libxml2 found wrong first. It reads on, telling nothing: give it no more bytes */
};

void libxml_free(struct libxml_walk *walk); /* its parser, if there is one */
xmlSAXHandler libxml_handler(void);         /* for DOCTYPE and errors; the rest is the caller's to fill */
void libxml_restrict(struct libxml_walk *walk, int more_options);

/* The SAX functions that follow must do nothing once `out` is set. */
void libxml_stop(struct libxml_walk *walk, enum outcome out);
/* OUT_DATA: "FACT (line 2, column 10)", and " of the part NAME" where there is one. */
void libxml_stop_at(struct libxml_walk *walk, uint64_t line, uint64_t column, const char *fact);
void libxml_stop_here(struct libxml_walk *walk, const char *fact);
/* After the parser has returned: what it found wrong, "bad XML: ...". */
void libxml_stop_if_bad(struct libxml_walk *walk);

#endif
