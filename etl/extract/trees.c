/* extract/trees: the records of a file, one after the other, each with all that is below it. */
#include "extract/trees.h"
#include "codec/json.h"
#include "codec/xml.h"
#include "extract/nested.h"
#include "extract/paths.h"

#include <stdatomic.h>

enum { BLOCK = 64 * 1024 };

struct trees {
  struct trees_settings settings;
  const char *path;
  struct in *in;
  struct nested *nested; /* rows; then there is nothing of what follows */
  struct paths *paths;
  struct events events;
  struct xml_reader *xml;
  struct json_reader *json;
  bool at_end;
  uint64_t size;
  atomic_uint_fast64_t bytes_read;
  char block[BLOCK];
};

static void end_parser(struct trees *trees) {
  xml_reader_free(trees->xml);
  json_reader_free(trees->json);
  in_close(trees->in);
  trees->xml = NULL;
  trees->json = NULL;
  trees->in = NULL;
}

static enum outcome begin_parser(struct trees *trees, struct err *err) {
  if (in_open(trees->path, trees->settings.limits, &trees->in, err)) return err->outcome;
  trees->size = in_size(trees->in);
  if (trees->settings.schema->format == FORMAT_XML)
    trees->xml = xml_reader_new(&trees->events, events_default_limits);
  else trees->json = json_reader_new(&trees->events, events_default_limits, false);
  return OUT_OK;
}

static enum outcome feed(struct trees *trees, struct err *err) {
  size_t got = 0;
  enum outcome out = in_read(trees->in, trees->block, sizeof trees->block, &got, err);
  if (out && out != OUT_END) return out;
  trees->at_end = out == OUT_END;
  atomic_store(&trees->bytes_read, in_position(trees->in));
  str bytes = { trees->block, got };
  out = trees->xml ? xml_feed(trees->xml, bytes, trees->at_end, err)
                   : json_feed(trees->json, bytes, trees->at_end, err);
  if (!out && trees->at_end) out = paths_end(trees->paths, err);
  return out ? err_in_file(err, str_of(trees->path)) : OUT_OK;
}

static void throw_away(struct trees *trees) {
  struct tree_batch batch;
  while (paths_take(trees->paths, &batch)) paths_give_back(trees->paths, &batch);
}

/* For what the file has once, as far as it takes (mostly one block); then from the start again. */
static enum outcome look_through(struct trees *trees, struct err *err) {
  while (!trees->at_end && !paths_once_is_complete(trees->paths)) {
    if (feed(trees, err)) return err->outcome;
    throw_away(trees);
  }
  end_parser(trees);
  trees->at_end = false;
  paths_again(trees->paths);
  return begin_parser(trees, err);
}

enum outcome trees_open(const char *path, const struct trees_settings *settings, struct trees **made,
                        struct err *err) {
  struct trees *trees = *made = mem_alloc(sizeof *trees);
  trees->settings = *settings;
  trees->path = path;
  enum format format = settings->schema->format;
  if (format == FORMAT_TSV || format == FORMAT_CSV || format == FORMAT_SQL)
    return nested_open(path, settings->schema, &settings->shapes, settings->charset, settings->limits,
                       &trees->nested, err);
  trees->paths = paths_new(settings->schema, &settings->shapes);
  trees->events = paths_events(trees->paths);
  if (begin_parser(trees, err)) return err->outcome;
  /* A pipe cannot be read twice; what it has once must then come first. */
  bool asks = !paths_once_is_complete(trees->paths);
  return asks && in_can_read_again(trees->in) ? look_through(trees, err) : OUT_OK;
}

static enum outcome check_once(const struct trees *trees, struct err *err) {
  if (!paths_is_late(trees->paths)) return OUT_OK;
  return err_set(err, OUT_DATA, "what the file has once stands behind its records; a pipe is read only once");
}

enum outcome trees_next(struct trees *trees, struct tree_batch *batch, struct err *err) {
  enum outcome out = OUT_OK;
  if (trees->nested) {
    out = nested_next(trees->nested, batch, err);
    return out && out != OUT_END ? err_in_file(err, str_of(trees->path)) : out;
  }
  bool taken = false;
  while (!out && !(taken = paths_take(trees->paths, batch))) out = trees->at_end ? OUT_END : feed(trees, err);
  if (!out) out = check_once(trees, err);
  if (out && taken) trees_give_back(trees, batch);
  return out;
}

struct reading {
  struct trees *trees;
  trees_taker *takes;
  void *user;
};

static enum outcome hand_out(const struct reading *reading, struct err *err) {
  struct tree_batch batch;
  enum outcome out = check_once(reading->trees, err);
  while (!out && paths_take(reading->trees->paths, &batch)) out = reading->takes(reading->user, &batch, err);
  return out;
}

/* What was made of the block before is handed out first. */
static enum outcome next_block(void *user, str *block, struct err *err) {
  const struct reading *reading = user;
  struct trees *trees = reading->trees;
  size_t got = 0;
  enum outcome out = hand_out(reading, err);
  if (out) return out;
  out = in_read(trees->in, trees->block, sizeof trees->block, &got, err);
  atomic_store(&trees->bytes_read, in_position(trees->in));
  *block = (str){ trees->block, got };
  return out == OUT_END ? OUT_OK : out;
}

enum outcome trees_read(struct trees *trees, trees_taker *takes, void *user, struct err *err) {
  struct reading reading = { trees, takes, user };
  struct tree_batch batch;
  enum outcome out = OUT_OK;
  if (!trees->xml) {
    while (!out && !(out = trees_next(trees, &batch, err))) out = takes(user, &batch, err);
    return out;
  }
  out = xml_read(trees->xml, next_block, &reading, err);
  if (!out) out = paths_end(trees->paths, err);
  if (out) return err_in_file(err, str_of(trees->path));
  out = hand_out(&reading, err);
  return out ? out : OUT_END;
}

void trees_give_back(struct trees *trees, struct tree_batch *batch) {
  (void)trees;
  tree_free(batch->tree);
  *batch = (struct tree_batch){ 0 };
}

void trees_close(struct trees *trees) {
  if (!trees) return;
  end_parser(trees);
  nested_close(trees->nested);
  paths_free(trees->paths);
  mem_free(trees);
}

struct rec *const *trees_once(const struct trees *trees) {
  static struct rec *const none[SHAPES_MOST];
  return trees->nested ? none : paths_once(trees->paths);
}

size_t trees_unknown(const struct trees *trees, const str **names) {
  return trees->nested ? flat_new_columns(nested_flat(trees->nested), names)
                       : paths_unknown(trees->paths, names);
}

uint64_t trees_bytes_read(const struct trees *trees) {
  return trees->nested ? flat_bytes_read(nested_flat(trees->nested)) : atomic_load(&trees->bytes_read);
}

uint64_t trees_size(const struct trees *trees) {
  return trees->nested ? flat_size(nested_flat(trees->nested)) : trees->size;
}

bool trees_is_not_utf8(const struct trees *trees) {
  return trees->nested && nested_flat(trees->nested) && flat_is_not_utf8(nested_flat(trees->nested));
}
