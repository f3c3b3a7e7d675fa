/* extract/again: an XML or JSON file a second time, as it is written, with only some of its records. */
#include "codec/xml_bytes.h"
#include "extract/again_internal.h"
#include "io/in.h"

enum { BLOCK = 64 * 1024 };

/* --- steps --- */

static void add_steps(struct again *again, const struct record *record, bool json) {
  if (record->parent) add_steps(again, record->parent, json);
  if (json && record->once && !record->parent && !record->at.len) return; /* the document itself */
  str path = record->at.len ? record->at : record->name, step;
  while (str_split(&path, '/', &step) && again->count < AGAIN_STEPS_MOST)
    *ARENA_PUSH(again->arena, again->steps, again->count) = step;
  if (record->once) again->fixed = again->count;
}

struct again again_begin(const struct again_settings *settings, struct arena *arena) {
  struct again again = { .settings = settings, .arena = arena, .line = 1 };
  bool json = settings->record->schema->format == FORMAT_JSON;
  add_steps(&again, settings->record, json);
  if (!json && !again.fixed && again.count > 1) again.fixed = 1; /* a file of XML has one outermost element */
  again.waits = buf_new(2 * AGAIN_TOKEN_MOST);
  return again;
}

void again_end(struct again *again) { buf_free(&again->waits); }

bool again_waits(const struct again *again) {
  return again->matched > again->fixed && again->matched < again->count &&
         !again->open[again->matched].written;
}

enum outcome again_put(struct again *again, str bytes, struct err *err) {
  if (!again_waits(again)) return again->settings->write(again->settings->user, bytes, err);
  buf_add(&again->waits, bytes);
  return again->waits.full ? err_set(err, OUT_DATA, "too much stands around the records") : OUT_OK;
}

void again_enter(struct again *again) {
  again->matched++;
  again->open[again->matched].at = again->waits.len;
  again->open[again->matched].written = false;
}

bool again_leave(struct again *again) {
  bool traceless = again_waits(again);
  if (traceless) again->waits.len = again->open[again->matched].at;
  again->matched--;
  return !traceless;
}

enum outcome again_let_go(struct again *again, struct err *err) {
  for (size_t i = 0; i <= again->matched; i++) again->open[i].written = true;
  if (!again->waits.len) return OUT_OK;
  enum outcome out = again->settings->write(again->settings->user, buf_str(&again->waits), err);
  buf_clear(&again->waits);
  return out;
}

/* --- reading --- */

static enum outcome feed_xml(void *user, str utf8, struct err *err) {
  return again_xml_feed(user, utf8, err);
}

static enum outcome copy_xml(struct in *in, struct again *again, struct err *err) {
  struct again_xml *xml = again_xml_new(again);
  struct xml_bytes *bytes = xml_bytes_new();
  char *block = mem_alloc(BLOCK);
  enum outcome out = OUT_OK;
  for (bool last = false; !out && !last;) {
    size_t got = 0;
    out = in_read(in, block, BLOCK, &got, err);
    last = out == OUT_END;
    if (!out || last) out = xml_bytes_feed(bytes, (str){ block, got }, last, feed_xml, xml, err);
  }
  if (!out) out = again_xml_end(xml, err);
  mem_free(block);
  xml_bytes_free(bytes);
  again_xml_free(xml);
  return out;
}

static enum outcome copy_json(struct in *in, struct again *again, struct err *err) {
  struct again_json *json = again_json_new(again);
  char *block = mem_alloc(BLOCK);
  enum outcome out;
  size_t got = 0;
  do {
    out = in_read(in, block, BLOCK, &got, err);
    if (!out || out == OUT_END) {
      enum outcome fed = again_json_feed(json, (str){ block, got }, err);
      if (fed) out = fed;
    }
  } while (!out);
  if (out == OUT_END) out = again_json_end(json, err);
  mem_free(block);
  again_json_free(json);
  return out;
}

enum outcome again_copy(const char *path, const struct again_settings *settings, struct err *err) {
  struct in *in;
  struct in_limits limits = in_default_limits;
  limits.key = settings->key;
  if (in_open(path, limits, &in, err)) return err->outcome;
  struct arena *arena = arena_new();
  struct again again = again_begin(settings, arena);
  bool json = settings->record->schema->format == FORMAT_JSON;
  enum outcome out = json ? copy_json(in, &again, err) : copy_xml(in, &again, err);
  again_end(&again);
  arena_free(arena);
  in_close(in);
  return out;
}
