/* extract/again_internal: what both formats share: where in the file we are, and what waits to be written. */
#ifndef SLUICE_EXTRACT_AGAIN_INTERNAL_H
#define SLUICE_EXTRACT_AGAIN_INTERNAL_H

#include "base/buf.h"
#include "base/memory.h"
#include "extract/again.h"

enum { AGAIN_STEPS_MOST = 64, AGAIN_TOKEN_MOST = 8 * 1024 * 1024, AGAIN_WAITS_MOST = 1024 * 1024 };

/* The path to the records is a row of steps. Those up to `fixed` are written as they come; a deeper one waits
 * until a record in it is wanted, or goes without a trace. */
struct again {
  const struct again_settings *settings;
  struct arena *arena;
  str *steps;
  size_t count, fixed, matched; /* matched: steps that are open */
  struct {
    size_t at; /* in `waits`, where it begins */
    bool written;
  } open[AGAIN_STEPS_MOST + 1]; /* by how many are open */
  struct buf waits;
  uint64_t number, line;
};

struct again again_begin(const struct again_settings *settings, struct arena *arena);
void again_end(struct again *again);
/* To the file, or to what waits. */
enum outcome again_put(struct again *again, str bytes, struct err *err);
bool again_waits(const struct again *again);
/* The next step is entered; what is put from now on is in it. */
void again_enter(struct again *again);
/* It ends; false: it went without a trace. */
bool again_leave(struct again *again);
/* A wanted record comes: all that it stands in is written. */
enum outcome again_let_go(struct again *again, struct err *err);

/* One for each format: bytes in, UTF-8. */
struct again_xml;
struct again_xml *again_xml_new(struct again *again);
enum outcome again_xml_feed(struct again_xml *xml, str utf8, struct err *err);
enum outcome again_xml_end(struct again_xml *xml, struct err *err); /* nothing follows */
void again_xml_free(struct again_xml *xml);
struct again_json;
struct again_json *again_json_new(struct again *again);
enum outcome again_json_feed(struct again_json *json, str utf8, struct err *err);
enum outcome again_json_end(struct again_json *json, struct err *err);
void again_json_free(struct again_json *json);

#endif
