/* codec/xml: XML files of any size as the walk of codec/events.h, by libxml2's SAX2 interface. */
#include "codec/xml.h"
#include "base/buf.h"
#include "base/memory.h"
#include "codec/libxml.h"
#include "codec/pieces.h"
#include "codec/xml_bytes.h"

#include <libxml/parserInternals.h>
#include <stdlib.h>

enum { NAMES = 64, NAMES_MOST = 65536 };

struct level {
  size_t text_at; /* where its text begins in `text` */
  bool mixed;     /* has an element in it */
};

struct xml_reader {
  struct libxml_walk walk;
  struct events events;
  struct events_limits limits;
  struct xml_bytes *bytes;
  struct pieces pieces;
  struct level *levels; /* 1 .. depth */
  size_t depth;
  size_t skipped;  /* the depth of the element that is not wanted; 0: all is */
  struct buf text; /* of all open elements, one behind the other */
  struct {
    const xmlChar *prefix, *local;
    str name;
  } names[NAMES]; /* of attributes, as told; a name may push out another */
  bool any;       /* an element has come */
  bool ended;
};

const struct events_limits events_default_limits = { 64, 1024 * 1024 };

/* --- what libxml2 tells --- */

static void stop(struct xml_reader *xml, enum outcome out) {
  if (out) libxml_stop(&xml->walk, out);
}

static void stop_for_limit(struct xml_reader *xml, const char *what, size_t most) {
  struct buf fact = buf_new(ERR_TEXT_MOST);
  buf_printf(&fact, "%s %zu", what, most);
  buf_char(&fact, '\0');
  libxml_stop_here(&xml->walk, fact.at);
  buf_free(&fact);
}

static bool is_too_long(struct xml_reader *xml, size_t len) {
  if (len <= xml->limits.text_most) return false;
  stop_for_limit(xml, "a text or name whose bytes are more than", xml->limits.text_most);
  return true;
}

/* False when it has stopped. */
static bool enter(struct xml_reader *xml, str name, bool *wanted) {
  stop(xml, xml->events.enter(xml->events.user, name, xml->walk.err));
  if (xml->walk.out) return false;
  *wanted = !xml->events.wanted || xml->events.wanted(xml->events.user);
  return true;
}

static void tell_text(struct xml_reader *xml, str text) {
  stop(xml, xml->events.text(xml->events.user, text, false, xml->walk.err));
}

static void leave(struct xml_reader *xml) {
  if (!xml->walk.out) stop(xml, xml->events.leave(xml->events.user, xml->walk.err));
}

/* "@prefix:local", kept in libxml2's own dictionary; nothing when that is full. */
static str name_anew(struct xml_reader *xml, const xmlChar *prefix, const xmlChar *local) {
  struct buf text = buf_new(xml->limits.text_most);
  buf_char(&text, '@');
  if (prefix) {
    buf_add(&text, str_of((const char *)prefix));
    buf_char(&text, ':');
  }
  buf_add(&text, str_of((const char *)local));
  const xmlChar *kept = NULL;
  if (!text.full) kept = xmlDictLookup(xml->walk.parser->dict, (const xmlChar *)text.at, (int)text.len);
  str name = { (const char *)kept, kept ? text.len : 0 };
  buf_free(&text);
  return name;
}

static str attribute_name(struct xml_reader *xml, const xmlChar *prefix, const xmlChar *local) {
  size_t at = ((uintptr_t)local ^ (uintptr_t)local >> 6 ^ (uintptr_t)prefix >> 3) % NAMES;
  if (xml->names[at].local != local || xml->names[at].prefix != prefix || !xml->names[at].name.len) {
    xml->names[at].prefix = prefix, xml->names[at].local = local;
    xml->names[at].name = name_anew(xml, prefix, local);
  }
  return xml->names[at].name;
}

/* As libxml2 hands them over: local name, prefix, namespace, begin and end of the value. */
static void tell_attribute(struct xml_reader *xml, const xmlChar **five) {
  str name = attribute_name(xml, five[1], five[0]),
      value = { (const char *)five[3], (size_t)(five[4] - five[3]) };
  bool wanted = false;
  if (!name.len) {
    libxml_stop_here(&xml->walk, "too many names, or too long");
    return;
  }
  if (is_too_long(xml, value.len) || !enter(xml, name, &wanted)) return;
  if (wanted) tell_text(xml, value);
  leave(xml);
}

/* Eight bytes at a time: no byte below a blank but blanks comes out of libxml2. */
static bool is_blank(const char *at, size_t len) {
  const uint64_t high = 0x8080808080808080u, above_blank = 0x5f5f5f5f5f5f5f5fu; /* 0x21 + 0x5f is 0x80 */
  size_t i = 0;
  for (uint64_t w; i + sizeof w <= len; i += sizeof w) {
    memcpy(&w, at + i, sizeof w);
    if ((w | (w + above_blank)) & high) return false;
  }
  for (; i < len; i++)
    if ((unsigned char)at[i] > ' ') return false;
  return true;
}

/* Blanks before a child are no text, so a list of a million children does not gather them. */
static void begin_child(struct xml_reader *xml) {
  struct level *level = &xml->levels[xml->depth];
  size_t len = xml->text.len - level->text_at;
  level->mixed = true;
  if (len && is_blank(xml->text.at + level->text_at, len)) xml->text.len = level->text_at;
}

static bool check_tag(struct xml_reader *xml, int spaces, int attributes) {
  if (xml->depth == xml->limits.depth_most)
    stop_for_limit(xml, "elements whose depth is more than", xml->limits.depth_most);
  else if (spaces > LIBXML_ATTRIBUTES_MOST || attributes > LIBXML_ATTRIBUTES_MOST)
    stop_for_limit(xml, "a tag whose attributes are more than", LIBXML_ATTRIBUTES_MOST);
  return !xml->walk.out;
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *space,
                     int spaces, const xmlChar **declared, int count, int defaulted, const xmlChar **fives) {
  struct xml_reader *xml = context;
  (void)prefix, (void)space, (void)declared, (void)defaulted;
  if (xml->walk.out || !check_tag(xml, spaces, count)) return;
  xml->any = true;
  if (xml->skipped) {
    xml->depth++;
    return;
  }
  if (xml->depth) begin_child(xml);
  xml->levels[++xml->depth] = (struct level){ .text_at = xml->text.len };
  str name = { (const char *)local, strlen((const char *)local) };
  bool wanted = false;
  if (is_too_long(xml, name.len) || !enter(xml, name, &wanted)) return;
  if (!wanted) xml->skipped = xml->depth;
  for (int i = 0; i < count && wanted && !xml->walk.out; i++) tell_attribute(xml, fives + (ptrdiff_t)i * 5);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
  struct xml_reader *xml = context;
  (void)name, (void)prefix, (void)space;
  if (xml->walk.out) return;
  size_t depth = xml->depth--;
  if (xml->skipped && xml->skipped < depth) return;
  xml->skipped = 0;
  const struct level *level = &xml->levels[depth];
  str text = { xml->text.at + level->text_at, xml->text.len - level->text_at };
  if (level->mixed && text.len) text = str_trim(text);
  if (text.len) tell_text(xml, text);
  xml->text.len = level->text_at;
  leave(xml);
}

static void on_text(void *context, const xmlChar *text, int len) {
  struct xml_reader *xml = context;
  if (xml->walk.out || xml->skipped || !xml->depth) return;
  const struct level *level = &xml->levels[xml->depth];
  size_t before = xml->text.len - level->text_at;
  if (level->mixed && !before && is_blank((const char *)text, (size_t)len)) return;
  if (!is_too_long(xml, before + (size_t)len)) buf_bytes(&xml->text, text, (size_t)len);
}

/* --- feeding --- */

struct xml_reader *xml_reader_new_by(const struct events *events, struct events_limits limits, size_t piece) {
  struct xml_reader *xml = mem_alloc(sizeof *xml);
  xml->events = *events, xml->limits = limits;
  xml->bytes = xml_bytes_new();
  xml->pieces = pieces_new(piece);
  xml->levels = mem_alloc((limits.depth_most + 1) * sizeof *xml->levels);
  xml->text = buf_new(limits.depth_most * limits.text_most);
  buf_make_room(&xml->text, 1); /* so that it has an address */
  xmlSAXHandler sax = libxml_handler();
  sax.startElementNs = on_start, sax.endElementNs = on_end;
  sax.characters = sax.cdataBlock = sax.ignorableWhitespace = on_text; /* blanks told apart would cost time */
  xml->walk.parser = xmlCreatePushParserCtxt(&sax, xml, NULL, 0, NULL);
  if (!xml->walk.parser) abort();
  xmlSwitchEncoding(xml->walk.parser, XML_CHAR_ENCODING_UTF8);
  libxml_restrict(&xml->walk, XML_PARSE_NOENT); /* else &amp; in an attribute stays "&#38;" */
  return xml;
}

struct xml_reader *xml_reader_new(const struct events *events, struct events_limits limits) {
  return xml_reader_new_by(events, limits, PIECE_USUAL);
}

void xml_reader_free(struct xml_reader *xml) {
  if (!xml) return;
  xmlFreeParserCtxt(xml->walk.parser);
  xml_bytes_free(xml->bytes);
  pieces_free(&xml->pieces);
  buf_free(&xml->text);
  mem_free(xml->levels);
  mem_free(xml);
}

/* A tag, comment, instruction or CDATA section waits whole in libxml2's buffer; its dictionary keeps every
 * name, and becomes slow with millions of them. */
static void check_memory(struct xml_reader *xml) {
  const xmlParserInput *input = xml->walk.parser->input;
  size_t waiting = input ? (size_t)(input->end - input->cur) : 0;
  if (xml->walk.out) return;
  if (waiting > xml->limits.text_most + PIECE_USUAL)
    stop_for_limit(xml, "a tag, comment or CDATA section whose bytes are more than", xml->limits.text_most);
  else if (xmlDictSize(xml->walk.parser->dict) > NAMES_MOST)
    stop_for_limit(xml, "names that differ, more than", NAMES_MOST);
}

/* For all of these libxml2 says that there is more than the document, or that it is empty. */
static void check_end(struct xml_reader *xml) {
  int code = xml->walk.first.code;
  if (xml->walk.out || (code != XML_ERR_DOCUMENT_END && code != XML_ERR_DOCUMENT_EMPTY)) return;
  if (xml->depth) libxml_stop_here(&xml->walk, "bad XML: the file ends within an element");
  else if (!xml->any) libxml_stop_here(&xml->walk, "bad XML: there is no element");
}

static enum outcome parse_piece(void *user, str piece, bool last, struct err *err) {
  struct xml_reader *xml = user;
  (void)err;
  xmlParseChunk(xml->walk.parser, piece.at, (int)piece.len, last);
  if (last) check_end(xml);
  libxml_stop_if_bad(&xml->walk);
  check_memory(xml);
  return xml->walk.out;
}

static enum outcome take_utf8(void *user, str utf8, struct err *err) {
  struct xml_reader *xml = user;
  return pieces_feed(&xml->pieces, utf8, false, parse_piece, xml, err);
}

enum outcome xml_feed(struct xml_reader *xml, str bytes, bool last, struct err *err) {
  if (xml->ended) return err_set(err, OUT_BUG, "xml_feed: this reader has ended");
  xml->walk.err = err;
  enum outcome out = xml_bytes_feed(xml->bytes, bytes, last, take_utf8, xml, err);
  if (!out && last) out = pieces_feed(&xml->pieces, STR_NONE, true, parse_piece, xml, err);
  xml->ended = out || last;
  return out;
}
