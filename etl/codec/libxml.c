/* codec/libxml: what all reading by libxml2's SAX2 interface has in common. */
#include "codec/libxml.h"
#include "base/buf.h"

void libxml_stop(struct libxml_walk *walk, enum outcome out) {
  walk->out = out;
  if (!walk->cannot_stop) xmlStopParser(walk->parser);
}

void libxml_stop_at(struct libxml_walk *walk, uint64_t line, uint64_t column, const char *fact) {
  libxml_stop(walk, err_set(walk->err, OUT_DATA, "%s (line %llu, column %llu%s%.*s)", fact,
                            (unsigned long long)line, (unsigned long long)column,
                            walk->part.len ? " of the part " : "", STR_ARG(walk->part)));
}

static uint64_t known(int number) { return number > 0 ? (uint64_t)number : 0; }

void libxml_stop_here(struct libxml_walk *walk, const char *fact) {
  const xmlParserInput *input = walk->parser->input;
  libxml_stop_at(walk, input ? known(input->line) : 0, input ? known(input->col) : 0, fact);
}

void libxml_stop_if_bad(struct libxml_walk *walk) {
  if (walk->out || walk->parser->wellFormed) return;
  if (!walk->first.code) libxml_stop_here(walk, "bad XML: not well-formed");
  else libxml_stop_at(walk, walk->first.line, walk->first.column, walk->first.text);
}

/* Before what stands in it is looked at. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
  struct libxml_walk *walk = context;
  (void)name, (void)external, (void)system;
  if (!walk->out) libxml_stop_here(walk, "a DOCTYPE, which is never read");
}

/* One line of good UTF-8: behind it come bytes in hexadecimal, in it bad names. */
static str first_line(const char *message) {
  str rest = str_of(message), line = rest;
  size_t bad_at = 0;
  str_split(&rest, '\n', &line);
  if (!str_is_utf8(line, &bad_at)) line = str_sub(line, 0, bad_at);
  return str_left_chars(line, 100);
}

/* Nothing is printed. An internal error is a byte that libxml2 could not get past, such as NUL. */
static void on_error(void *context, xmlError *error) {
  struct libxml_walk *walk = context;
  if (walk->first.code || error->level != XML_ERR_FATAL) return;
  bool internal = error->code == XML_ERR_INTERNAL_ERROR;
  str line = internal ? STR("a byte that cannot stand here") : first_line(error->message);
  struct buf text = buf_new(LIBXML_TEXT_MOST - 1);
  buf_add(&text, STR("bad XML: "));
  buf_add(&text, str_sub(line, 0, text.most - text.len));
  memcpy(walk->first.text, text.at, text.len);
  buf_free(&text);
  walk->first.code = error->code;
  walk->first.line = known(error->line), walk->first.column = known(error->int2);
}

xmlSAXHandler libxml_handler(void) {
  return (xmlSAXHandler){ .initialized = XML_SAX2_MAGIC, .internalSubset = on_doctype, .serror = on_error };
}

void libxml_restrict(struct libxml_walk *walk, int more_options) {
  xmlCtxtUseOptions(walk->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | more_options);
}

/* A DOCTYPE behind an error is not told, but read, and what it declares is kept. */
void libxml_free(struct libxml_walk *walk) {
  if (!walk->parser) return;
  if (walk->parser->myDoc) xmlFreeDoc(walk->parser->myDoc);
  walk->parser->myDoc = NULL;
  xmlFreeParserCtxt(walk->parser);
}
