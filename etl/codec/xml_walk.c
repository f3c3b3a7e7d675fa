/* codec/xml_walk: what libxml2's SAX2 interface tells, as the walk of codec/events.h. */
#include "codec/xml_walk.h"
#include "base/memory.h"

#include <string.h>

enum { NAMES_MOST = 65536 };

struct xml_level {
  size_t text_at; /* where its text begins in `text` */
  bool mixed;     /* has an element in it */
};

const struct events_limits events_default_limits = { 64, 1024 * 1024 };

static void stop(struct xml_walk *xml, enum outcome out) {
  if (out) libxml_stop(&xml->libxml, out);
}

void xml_walk_stop_for_limit(struct xml_walk *xml, const char *what, size_t most) {
  struct buf fact = buf_new(ERR_TEXT_MOST);
  buf_printf(&fact, "%s %zu", what, most);
  buf_char(&fact, '\0');
  libxml_stop_here(&xml->libxml, fact.at);
  buf_free(&fact);
}

static bool is_too_long(struct xml_walk *xml, size_t len) {
  if (len <= xml->limits.text_most) return false;
  xml_walk_stop_for_limit(xml, "a text or name whose bytes are more than", xml->limits.text_most);
  return true;
}

/* False when it has stopped. */
static bool enter(struct xml_walk *xml, str name, bool *wanted) {
  stop(xml, xml->events.enter(xml->events.user, name, xml->libxml.err));
  if (xml->libxml.out) return false;
  *wanted = !xml->events.wanted || xml->events.wanted(xml->events.user);
  return true;
}

static void tell_text(struct xml_walk *xml, str text) {
  stop(xml, xml->events.text(xml->events.user, text, false, xml->libxml.err));
}

static void leave(struct xml_walk *xml) {
  if (!xml->libxml.out) stop(xml, xml->events.leave(xml->events.user, xml->libxml.err));
}

/* "@prefix:local", kept in libxml2's own dictionary; nothing when that is full. */
static str name_anew(struct xml_walk *xml, const xmlChar *prefix, const xmlChar *local) {
  struct buf text = buf_new(xml->limits.text_most);
  buf_char(&text, '@');
  if (prefix) {
    buf_add(&text, str_of((const char *)prefix));
    buf_char(&text, ':');
  }
  buf_add(&text, str_of((const char *)local));
  const xmlChar *kept = NULL;
  if (!text.full) kept = xmlDictLookup(xml->libxml.parser->dict, (const xmlChar *)text.at, (int)text.len);
  str name = { (const char *)kept, kept ? text.len : 0 };
  buf_free(&text);
  return name;
}

static str attribute_name(struct xml_walk *xml, const xmlChar *prefix, const xmlChar *local) {
  size_t at = ((uintptr_t)local ^ (uintptr_t)local >> 6 ^ (uintptr_t)prefix >> 3) % XML_NAMES_KEPT;
  if (xml->names[at].local != local || xml->names[at].prefix != prefix || !xml->names[at].name.len) {
    xml->names[at].prefix = prefix, xml->names[at].local = local;
    xml->names[at].name = name_anew(xml, prefix, local);
  }
  return xml->names[at].name;
}

/* As libxml2 hands them over: local name, prefix, namespace, begin and end of the value. */
static void tell_attribute(struct xml_walk *xml, const xmlChar **five) {
  str name = attribute_name(xml, five[1], five[0]),
      value = { (const char *)five[3], (size_t)(five[4] - five[3]) };
  bool wanted = false;
  if (!name.len) {
    libxml_stop_here(&xml->libxml, "too many names, or too long");
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
static void begin_child(struct xml_walk *xml) {
  struct xml_level *level = &xml->levels[xml->depth];
  size_t len = xml->text.len - level->text_at;
  level->mixed = true;
  if (len && is_blank(xml->text.at + level->text_at, len)) xml->text.len = level->text_at;
}

static bool check_tag(struct xml_walk *xml, int spaces, int attributes) {
  if (xml->depth == xml->limits.depth_most)
    xml_walk_stop_for_limit(xml, "elements whose depth is more than", xml->limits.depth_most);
  else if (spaces > LIBXML_ATTRIBUTES_MOST || attributes > LIBXML_ATTRIBUTES_MOST)
    xml_walk_stop_for_limit(xml, "a tag whose attributes are more than", LIBXML_ATTRIBUTES_MOST);
  return !xml->libxml.out;
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *space,
                     int spaces, const xmlChar **declared, int count, int defaulted, const xmlChar **fives) {
  struct xml_walk *xml = context;
  (void)prefix, (void)space, (void)declared, (void)defaulted;
  xml->told = true;
  if (xml->libxml.out || !check_tag(xml, spaces, count)) return;
  xml->any = true;
  if (xml->skipped) {
    xml->depth++;
    return;
  }
  if (xml->depth) begin_child(xml);
  xml->levels[++xml->depth] = (struct xml_level){ .text_at = xml->text.len };
  str name = { (const char *)local, strlen((const char *)local) };
  bool wanted = false;
  if (is_too_long(xml, name.len) || !enter(xml, name, &wanted)) return;
  if (!wanted) xml->skipped = xml->depth;
  for (int i = 0; i < count && wanted && !xml->libxml.out; i++) tell_attribute(xml, fives + (ptrdiff_t)i * 5);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
  struct xml_walk *xml = context;
  (void)name, (void)prefix, (void)space;
  xml->told = true;
  if (xml->libxml.out) return;
  size_t depth = xml->depth--;
  if (xml->skipped && xml->skipped < depth) return;
  xml->skipped = 0;
  const struct xml_level *level = &xml->levels[depth];
  str text = { xml->text.at + level->text_at, xml->text.len - level->text_at };
  if (level->mixed && text.len) text = str_trim(text);
  if (text.len) tell_text(xml, text);
  xml->text.len = level->text_at;
  leave(xml);
}

static void on_text(void *context, const xmlChar *text, int len) {
  struct xml_walk *xml = context;
  xml->told = true;
  if (xml->libxml.out || xml->skipped || !xml->depth) return;
  const struct xml_level *level = &xml->levels[xml->depth];
  size_t before = xml->text.len - level->text_at;
  if (level->mixed && !before && is_blank((const char *)text, (size_t)len)) return;
  if (!is_too_long(xml, before + (size_t)len)) buf_bytes(&xml->text, text, (size_t)len);
}

void xml_walk_begin(struct xml_walk *xml, const struct events *events, struct events_limits limits) {
  xml->events = *events, xml->limits = limits;
  xml->levels = mem_alloc((limits.depth_most + 1) * sizeof *xml->levels);
  xml->text = buf_new(limits.depth_most * limits.text_most + 1);
  buf_make_room(&xml->text, 1); /* so that it has an address */
}

void xml_walk_end(struct xml_walk *xml) {
  buf_free(&xml->text);
  mem_free(xml->levels);
}

xmlSAXHandler xml_walk_handler(void) {
  xmlSAXHandler sax = libxml_handler();
  sax.startElementNs = on_start, sax.endElementNs = on_end;
  sax.characters = sax.cdataBlock = sax.ignorableWhitespace = on_text; /* blanks told apart would cost time */
  return sax;
}

/* libxml2's dictionary keeps every name, and becomes slow with millions of them. */
void xml_walk_check_names(struct xml_walk *xml) {
  if (!xml->libxml.out && xmlDictSize(xml->libxml.parser->dict) > NAMES_MOST)
    xml_walk_stop_for_limit(xml, "names that differ, more than", NAMES_MOST);
}

/* For most of these libxml2 says that there is more than the document, or that it is empty. */
void xml_walk_check_end(struct xml_walk *xml) {
  int code = xml->libxml.first.code;
  if (xml->libxml.out || xml->libxml.parser->wellFormed) return;
  if (xml->depth && (code == XML_ERR_DOCUMENT_END || code == XML_ERR_TAG_NOT_FINISHED))
    libxml_stop_here(&xml->libxml, "bad XML: the file ends within an element");
  else if (!xml->any && (code == XML_ERR_DOCUMENT_END || code == XML_ERR_DOCUMENT_EMPTY))
    libxml_stop_here(&xml->libxml, "bad XML: there is no element");
  libxml_stop_if_bad(&xml->libxml);
}
