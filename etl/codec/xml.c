/* codec/xml: XML files of any size as the walk of codec/events.h, by libxml2's SAX2 interface. */
#include "codec/xml.h"
#include "base/memory.h"
#include "codec/pieces.h"
#include "codec/xml_bytes.h"
#include "codec/xml_walk.h"

#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_MOST = 64 * 1024 * 1024 };

/* How xml_read gets at the bytes. */
struct pull {
  xml_source *source;
  void *user;
  str rest;        /* UTF-8, still to be handed over */
  struct buf held; /* where it lies when it is not the source's own */
  size_t stalled;  /* bytes since libxml2 has told anything */
  bool begun, last;
};

struct xml_reader {
  struct xml_walk walk;
  struct xml_bytes *bytes;
  struct pieces pieces;
  struct pull pull;
  bool ended;
};

struct xml_reader *xml_reader_new_by(const struct events *events, struct events_limits limits, size_t piece) {
  struct xml_reader *xml = mem_alloc(sizeof *xml);
  xml_walk_begin(&xml->walk, events, limits);
  xml->bytes = xml_bytes_new();
  xml->pieces = pieces_new(piece);
  xml->pull.held = buf_new(HELD_MOST);
  return xml;
}

struct xml_reader *xml_reader_new(const struct events *events, struct events_limits limits) {
  return xml_reader_new_by(events, limits, PIECE_USUAL);
}

void xml_reader_free(struct xml_reader *xml) {
  if (!xml) return;
  libxml_free(&xml->walk.libxml);
  xml_walk_end(&xml->walk);
  xml_bytes_free(xml->bytes);
  pieces_free(&xml->pieces);
  buf_free(&xml->pull.held);
  mem_free(xml);
}

static void set_parser(struct xml_reader *xml, xmlParserCtxt *parser) {
  if (!parser) abort();
  xml->walk.libxml.parser = parser;
  libxml_restrict(&xml->walk.libxml, XML_PARSE_NOENT); /* else &amp; in an attribute stays "&#38;" */
}

static void stop_for_markup(struct xml_reader *xml) {
  xml_walk_stop_for_limit(&xml->walk, "a tag, comment or CDATA section whose bytes are more than",
                          xml->walk.limits.text_most);
}

static bool is_too_much(const struct xml_reader *xml, size_t waiting) {
  return !xml->walk.libxml.out && waiting > xml->walk.limits.text_most + PIECE_USUAL;
}

/* --- fed --- */

static void begin_fed(struct xml_reader *xml) {
  xmlSAXHandler sax = xml_walk_handler();
  set_parser(xml, xmlCreatePushParserCtxt(&sax, xml, NULL, 0, NULL));
  xmlSwitchEncoding(xml->walk.libxml.parser, XML_CHAR_ENCODING_UTF8);
}

/* A tag, comment or CDATA section waits whole in libxml2's buffer. */
static enum outcome parse_piece(void *user, str piece, bool last, struct err *err) {
  struct xml_reader *xml = user;
  (void)err;
  xmlParseChunk(xml->walk.libxml.parser, piece.at, (int)piece.len, last);
  if (last) xml_walk_check_end(&xml->walk);
  libxml_stop_if_bad(&xml->walk.libxml);
  const xmlParserInput *input = xml->walk.libxml.parser->input;
  if (input && is_too_much(xml, (size_t)(input->end - input->cur))) stop_for_markup(xml);
  xml_walk_check_names(&xml->walk);
  return xml->walk.libxml.out;
}

static enum outcome take_fed(void *user, str utf8, struct err *err) {
  struct xml_reader *xml = user;
  return pieces_feed(&xml->pieces, utf8, false, parse_piece, xml, err);
}

enum outcome xml_feed(struct xml_reader *xml, str bytes, bool last, struct err *err) {
  if (xml->ended) return err_set(err, OUT_BUG, "xml_feed: this reader has ended");
  if (!xml->walk.libxml.parser) begin_fed(xml);
  xml->walk.libxml.err = err;
  enum outcome out = xml_bytes_feed(xml->bytes, bytes, last, take_fed, xml, err);
  if (!out && last) out = pieces_feed(&xml->pieces, STR_NONE, true, parse_piece, xml, err);
  xml->ended = out || last;
  return out;
}

/* --- pulled --- */

/* What was converted stands where the next will, so it is copied; else the source's own bytes do. */
static enum outcome take_pulled(void *user, str utf8, struct err *err) {
  struct pull *pull = &((struct xml_reader *)user)->pull;
  if (!pull->rest.len && !xml_bytes_converts(((struct xml_reader *)user)->bytes)) {
    pull->rest = utf8;
    return OUT_OK;
  }
  if (!pull->held.len) buf_add(&pull->held, pull->rest);
  buf_add(&pull->held, utf8);
  pull->rest = buf_str(&pull->held);
  return pull->held.full ? err_set(err, OUT_BUG, "xml_read: a block of more than 16 MiB") : OUT_OK;
}

static enum outcome next_block(struct xml_reader *xml) {
  struct pull *pull = &xml->pull;
  struct libxml_walk *libxml = &xml->walk.libxml;
  str block = STR_NONE;
  buf_clear(&pull->held);
  libxml->out = pull->source(pull->user, &block, libxml->err);
  if (libxml->out) return libxml->out;
  pull->last = !block.len;
  return libxml->out = xml_bytes_feed(xml->bytes, block, pull->last, take_pulled, xml, libxml->err);
}

/* libxml2 would take what begins so for another charset, though all is UTF-8 here. */
static bool begins_as_xml(str bytes) {
  bytes = str_sub(bytes, 0, 4);
  return !bytes.len || (strchr("< \t\r\n", *bytes.at) && str_find(bytes, '\0') < 0);
}

/* Always as much as there is room for, so that the walk does not depend on the blocks. */
static size_t fill(struct xml_reader *xml, char *bytes, size_t most) {
  struct pull *pull = &xml->pull;
  size_t len = 0;
  while (!xml->walk.libxml.out && len < most) {
    str some = str_sub(pull->rest, 0, most - len);
    if (some.len) memcpy(bytes + len, some.at, some.len);
    pull->rest = str_sub(pull->rest, some.len, pull->rest.len);
    len += some.len;
    if (len < most && (pull->last || next_block(xml))) break;
  }
  if (!pull->begun && !xml->walk.libxml.out && !begins_as_xml((str){ bytes, len }))
    libxml_stop_at(&xml->walk.libxml, 1, 1, "bad XML: there is no element");
  pull->begun = true;
  return len;
}

/* libxml2 must not be stopped from here: that there are no more bytes ends it. */
static int read_some(void *context, char *bytes, int room) {
  struct xml_reader *xml = context;
  xml->walk.libxml.cannot_stop = true;
  if (xml->walk.told) xml->pull.stalled = 0;
  xml->walk.told = false;
  if (is_too_much(xml, xml->pull.stalled)) stop_for_markup(xml);
  xml_walk_check_names(&xml->walk);
  size_t len = xml->walk.libxml.first.code || room <= 0 ? 0 : fill(xml, bytes, (size_t)room);
  xml->pull.stalled += len;
  xml->walk.libxml.cannot_stop = false;
  return xml->walk.libxml.out ? 0 : (int)len;
}

/* libxml2 takes a NUL behind the last element for the end. */
static void check_rest(struct xml_reader *xml) {
  const xmlParserInput *input = xml->walk.libxml.parser->input;
  char byte;
  if (xml->walk.libxml.out) return;
  if ((input && input->cur < input->end) || read_some(xml, &byte, 1) > 0)
    libxml_stop_here(&xml->walk.libxml, "bad XML: Extra content at the end of the document");
}

enum outcome xml_read(struct xml_reader *xml, xml_source *source, void *user, struct err *err) {
  if (xml->ended || xml->walk.libxml.parser) return err_set(err, OUT_BUG, "xml_read: this reader has ended");
  xmlSAXHandler sax = xml_walk_handler();
  xml->pull.source = source, xml->pull.user = user;
  xml->walk.libxml.err = err;
  set_parser(xml, xmlCreateIOParserCtxt(&sax, xml, read_some, NULL, xml, XML_CHAR_ENCODING_UTF8));
  xmlParseDocument(xml->walk.libxml.parser);
  xml_walk_check_end(&xml->walk);
  check_rest(xml);
  xml->ended = true;
  return xml->walk.libxml.out;
}
