/* bench/xml_events: what codec/xml costs beside libxml2's own SAX2 walk over the same file.
 *
 *   xml_events bare FILE      libxml2 reads the file itself, functions that only count
 *   xml_events push FILE      the same, fed by 64 KiB
 *   xml_events read FILE      codec/xml by xml_read, a listener that only counts
 *   xml_events feed FILE      the same by xml_feed
 *   xml_events some FILE      xml_read, a listener that wants no FulfillmentData and no ItemPrice
 *
 * Prints elements, attributes and bytes of text; bare and push count blanks between elements as text.
 * Build: cc -O2 -Ietl -I/usr/include/libxml2 xml_events.c libsluice.a -lxml2
 */
#include "codec/xml.h"

#include <fcntl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024 };

struct counts {
  uint64_t elements, attributes, text;
  bool some, skips;
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* --- libxml2 alone --- */

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int spaces,
                     const xmlChar **declared, int count, int defaulted, const xmlChar **fives) {
  struct counts *counts = user;
  (void)name, (void)prefix, (void)space, (void)spaces, (void)declared, (void)defaulted, (void)fives;
  counts->elements++;
  counts->attributes += (unsigned)count;
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
  (void)user, (void)name, (void)prefix, (void)space;
}

static void on_text(void *user, const xmlChar *text, int len) {
  struct counts *counts = user;
  (void)text;
  counts->text += (unsigned)len;
}

static xmlSAXHandler handler(void) {
  return (xmlSAXHandler){ .initialized = XML_SAX2_MAGIC,
                          .startElementNs = on_start,
                          .endElementNs = on_end,
                          .characters = on_text,
                          .cdataBlock = on_text,
                          .ignorableWhitespace = on_text };
}

static int read_some(void *user, char *bytes, int room) {
  return (int)read(*(int *)user, bytes, (size_t)room);
}

static bool walk_bare(int fd, struct counts *counts) {
  xmlSAXHandler sax = handler();
  xmlParserCtxt *parser = xmlCreateIOParserCtxt(&sax, counts, read_some, NULL, &fd, XML_CHAR_ENCODING_NONE);
  if (!parser) die("xml_events");
  bool good = xmlParseDocument(parser) == 0;
  xmlFreeParserCtxt(parser);
  return good;
}

static bool walk_push(int fd, struct counts *counts) {
  static char block[BLOCK];
  xmlSAXHandler sax = handler();
  xmlParserCtxt *parser = xmlCreatePushParserCtxt(&sax, counts, NULL, 0, NULL);
  if (!parser) die("xml_events");
  ssize_t len;
  while ((len = read(fd, block, sizeof block)) > 0) xmlParseChunk(parser, block, (int)len, 0);
  bool good = xmlParseChunk(parser, block, 0, 1) == 0;
  xmlFreeParserCtxt(parser);
  return good;
}

/* --- codec/xml --- */

static enum outcome enter(void *user, str name, struct err *err) {
  struct counts *counts = user;
  (void)err;
  bool attribute = *name.at == '@';
  counts->attributes += attribute, counts->elements += !attribute;
  counts->skips = counts->some && (str_eq(name, STR("FulfillmentData")) || str_eq(name, STR("ItemPrice")));
  return OUT_OK;
}

static bool wanted(void *user) { return !((struct counts *)user)->skips; }

static enum outcome take_text(void *user, str text, bool quoted, struct err *err) {
  struct counts *counts = user;
  (void)quoted, (void)err;
  counts->text += text.len;
  return OUT_OK;
}

static enum outcome leave(void *user, struct err *err) { return (void)user, (void)err, OUT_OK; }

static char block[BLOCK];

static enum outcome next_block(void *user, str *bytes, struct err *err) {
  ssize_t len = read(*(int *)user, block, sizeof block);
  *bytes = (str){ block, len > 0 ? (size_t)len : 0 };
  return len < 0 ? err_errno(err, "cannot read") : OUT_OK;
}

static bool walk_events(int fd, struct counts *counts, bool feeds) {
  const struct events events = { counts, enter, wanted, take_text, leave };
  struct xml_reader *xml = xml_reader_new(&events, events_default_limits);
  struct err err = { 0 };
  str bytes = STR_NONE;
  enum outcome out = OUT_OK;
  if (!feeds) out = xml_read(xml, next_block, &fd, &err);
  do {
    if (feeds) out = next_block(&fd, &bytes, &err);
    if (feeds && !out) out = xml_feed(xml, bytes, !bytes.len, &err);
  } while (!out && bytes.len);
  if (out) fprintf(stderr, "xml_events: %s\n", err.text);
  xml_reader_free(xml);
  return !out;
}

int main(int argc, char **argv) {
  struct counts counts = { 0 };
  if (argc != 3) return fputs("usage: xml_events bare|push|read|feed|some FILE\n", stderr), 2;
  int fd = open(argv[2], O_RDONLY);
  if (fd < 0) die(argv[2]);
  counts.some = !strcmp(argv[1], "some");
  bool good = !strcmp(argv[1], "bare")   ? walk_bare(fd, &counts)
              : !strcmp(argv[1], "push") ? walk_push(fd, &counts)
                                         : walk_events(fd, &counts, !strcmp(argv[1], "feed"));
  printf("%llu elements, %llu attributes, %llu bytes of text\n", (unsigned long long)counts.elements,
         (unsigned long long)counts.attributes, (unsigned long long)counts.text);
  return good ? 0 : 1;
}
