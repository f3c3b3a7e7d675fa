/* codec/xlsx_xml: walks one XML part of a workbook along the elements that its caller knows. */
#include "codec/xlsx_xml.h"
#include "base/memory.h"
#include "codec/libxml.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 64, OTHER = UINT8_MAX };

static const char *const element_spaces[] = {
  "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
  "http://purl.oclc.org/ooxml/spreadsheetml/main",
  "http://schemas.openxmlformats.org/package/2006/relationships",
  NULL,
};
static const char *const relationship_spaces[] = {
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
  "http://purl.oclc.org/ooxml/officeDocument/relationships",
  NULL,
};

struct walk {
  struct libxml_walk xml;
  str rest; /* still to be read */
  const struct xlsx_plan *plan;
  void *user;
  size_t depth;
  struct {
    uint8_t state;
    bool text;
  } at[DEPTH_MOST + 1];
  struct buf text;
};

/* As libxml2 hands them over: local name, prefix, namespace, begin and end of the value. */
struct xlsx_attributes {
  const xmlChar **five;
  int count;
};

static bool is_one_of(const xmlChar *space, const char *const *spaces) {
  for (size_t i = 0; space && spaces[i]; i++)
    if (!strcmp((const char *)space, spaces[i])) return true;
  return false;
}

static bool find_attribute(const struct xlsx_attributes *attributes, const char *const *spaces,
                           const char *name, str *value) {
  for (int i = 0; i < attributes->count; i++) {
    const xmlChar **five = attributes->five + (ptrdiff_t)i * 5;
    if (spaces ? !is_one_of(five[2], spaces) : five[2] != NULL) continue;
    if (strcmp((const char *)five[0], name) != 0) continue;
    *value = (str){ (const char *)five[3], (size_t)(five[4] - five[3]) };
    return true;
  }
  return false;
}

bool xlsx_attribute(const struct xlsx_attributes *attributes, const char *name, str *value) {
  return find_attribute(attributes, NULL, name, value);
}
bool xlsx_attribute_r(const struct xlsx_attributes *attributes, const char *name, str *value) {
  return find_attribute(attributes, relationship_spaces, name, value);
}

static const struct xlsx_step *find_step(const struct walk *walk, const xmlChar *name, const xmlChar *space) {
  unsigned parent = walk->at[walk->depth].state;
  if (parent == OTHER || !is_one_of(space, element_spaces)) return NULL;
  for (const struct xlsx_step *step = walk->plan->steps; step->name; step++)
    if (step->parent == parent && !strcmp((const char *)name, step->name)) return step;
  return NULL;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space,
                     int spaces, const xmlChar **declared, int count, int defaulted, const xmlChar **five) {
  struct walk *walk = context;
  (void)prefix, (void)spaces, (void)declared, (void)defaulted;
  if (walk->xml.out) return;
  if (walk->depth == DEPTH_MOST) {
    libxml_stop_here(&walk->xml, "elements nested too deep");
    return;
  }
  const struct xlsx_step *step = find_step(walk, name, space);
  if (!step && !walk->depth) {
    libxml_stop(&walk->xml, err_set(walk->xml.err, OUT_DATA,
                                    "the part %.*s begins with <%.100s>, which is no <%s> of a workbook",
                                    STR_ARG(walk->xml.part), (const char *)name, walk->plan->steps[0].name));
    return;
  }
  walk->depth++;
  walk->at[walk->depth].state = step ? step->state : OTHER;
  walk->at[walk->depth].text = step && step->text;
  if (!step) return;
  buf_clear(&walk->text);
  const struct xlsx_attributes attributes = { five, count };
  enum outcome out = walk->plan->start(walk->user, step->state, &attributes, walk->xml.err);
  if (out) libxml_stop(&walk->xml, out);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
  struct walk *walk = context;
  (void)name, (void)prefix, (void)space;
  if (walk->xml.out || !walk->depth) return;
  unsigned state = walk->at[walk->depth--].state;
  if (state == OTHER) return;
  enum outcome out = walk->plan->end(walk->user, state, buf_str(&walk->text), walk->xml.err);
  buf_clear(&walk->text);
  if (out) libxml_stop(&walk->xml, out);
}

/* A child that no step knows has a place of its own, so its text is not taken for its parent's. */
static void on_text(void *context, const xmlChar *text, int len) {
  struct walk *walk = context;
  if (!walk->xml.out && walk->at[walk->depth].text) buf_bytes(&walk->text, text, (size_t)len);
}

static int read_piece(void *context, char *bytes, int room) {
  struct walk *walk = context;
  str piece = str_sub(walk->rest, 0, room > 0 && !walk->xml.first.code ? (size_t)room : 0);
  if (piece.len) memcpy(bytes, piece.at, piece.len);
  walk->rest = str_sub(walk->rest, piece.len, walk->rest.len);
  return (int)piece.len;
}

static xmlParserCtxt *new_parser(struct walk *walk) {
  xmlSAXHandler sax = libxml_handler();
  sax.startElementNs = on_start, sax.endElementNs = on_end;
  sax.characters = sax.cdataBlock = sax.ignorableWhitespace = on_text;
  return xmlCreateIOParserCtxt(&sax, walk, read_piece, NULL, walk, XML_CHAR_ENCODING_UTF8);
}

/* The length of what begins at a "<" and runs to its ">", its quoted values counted in *quoted. */
static size_t tag_length(str s, size_t *quoted) {
  char quote = 0;
  for (size_t i = 1; i < s.len; i++) {
    char c = s.at[i];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c, ++*quoted;
    } else if (c == '>') {
      return i + 1;
    }
  }
  return s.len;
}

/* How long a comment, CDATA section or instruction is that `s` begins with; 0 when it is none of them. */
static size_t other_length(str s) {
  static const struct {
    const char *from, *to;
  } kinds[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" } };
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    str to = str_of(kinds[k].to);
    if (!str_starts(s, str_of(kinds[k].from))) continue;
    for (size_t i = strlen(kinds[k].from); i < s.len; i++)
      if (s.at[i] == to.at[0] && str_starts(str_sub(s, i, s.len), to)) return i + to.len;
    return s.len;
  }
  return 0;
}

static bool has_monstrous_tag(str xml) {
  for (ptrdiff_t at; (at = str_find(xml, '<')) >= 0;) {
    xml = str_sub(xml, (size_t)at, xml.len);
    size_t quoted = 0, len = other_length(xml);
    if (!len) len = tag_length(xml, &quoted);
    if (quoted > LIBXML_ATTRIBUTES_MOST) return true;
    xml = str_sub(xml, len, xml.len);
  }
  return false;
}

/* libxml2 would decode what looks like UTF-16, and say on stderr where that fails. A NUL is no XML either. */
static enum outcome check_utf8(str part, str xml, struct err *err) {
  size_t bad_at = 0, line = 1, line_at = 0;
  ptrdiff_t nul = str_find(xml, '\0');
  if (str_is_utf8(xml, &bad_at)) {
    if (nul < 0) return OUT_OK;
    bad_at = (size_t)nul;
  } else if (nul >= 0 && (size_t)nul < bad_at) {
    bad_at = (size_t)nul;
  }
  for (size_t i = 0; i < bad_at; i++)
    if (xml.at[i] == '\n') line++, line_at = i + 1;
  return err_set(err, OUT_DATA, "bad XML: not UTF-8 (line %zu, byte %zu of the part %.*s)", line,
                 bad_at - line_at + 1, STR_ARG(part));
}

enum outcome xlsx_xml_walk(str part, str xml, const struct xlsx_plan *plan, void *user, struct err *err) {
  struct walk walk = {
    .xml = { .part = part, .err = err }, .rest = xml, .plan = plan, .user = user, .text = buf_new(xml.len + 1)
  };
  if (check_utf8(part, xml, err)) return err->outcome;
  if (has_monstrous_tag(xml))
    return err_set(err, OUT_DATA, "bad XML: a tag with more than %d attributes in the part %.*s",
                   LIBXML_ATTRIBUTES_MOST, STR_ARG(part));
  walk.xml.parser = new_parser(&walk);
  if (!walk.xml.parser) abort();
  libxml_restrict(&walk.xml, 0);
  xmlParseDocument(walk.xml.parser);
  libxml_stop_if_bad(&walk.xml);
  libxml_free(&walk.xml);
  buf_free(&walk.text);
  return walk.xml.out;
}
