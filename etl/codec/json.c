/* codec/json: JSON files of any size as the walk of codec/events.h, by yajl. */
#include "codec/json.h"
#include "base/buf.h"
#include "base/memory.h"
#include "codec/json_escapes.h"
#include "codec/json_keys.h"
#include "codec/pieces.h"
#include "codec/place.h"

#include <stdlib.h>
#include <yajl/yajl_parse.h>

enum { ESCAPE_LENGTH = 6, GO_ON = 1, CANCEL = 0 };

/* One open object or list; the first stands for the file. */
struct level {
  bool list, entered;
  bool silent;    /* is in what is not wanted */
  size_t name_at; /* of a list: how its items are entered, in `names` */
};

struct json_reader {
  struct events events;
  struct events_limits limits;
  bool lines;
  bool any; /* more than blanks has come */
  bool ended;
  yajl_handle yajl;
  struct pieces pieces;
  struct json_escapes escapes;
  struct json_keys *keys;
  struct buf names;
  str key; /* of the innermost object, whose value comes next */
  struct level *levels;
  size_t depth;
  size_t marked;      /* bytes of a byte order mark that are behind */
  struct place place; /* of the piece */
  str piece;
  size_t stalled; /* bytes since yajl has told anything */
  bool told;
  enum outcome out;
  struct err *err;
};

/* --- errors --- */

/* `done`: bytes of the piece up to and with the one that is wrong. */
static enum outcome stop_at(struct json_reader *json, size_t done, const char *fact) {
  struct place after = place_after(json->place, str_sub(json->piece, 0, done));
  uint64_t column = after.column > 1 ? after.column - 1 : 1;
  return json->out = err_set(json->err, OUT_DATA, "%s (line %llu, column %llu)", fact,
                             (unsigned long long)after.line, (unsigned long long)column);
}

static int stop_here(struct json_reader *json, const char *fact) {
  stop_at(json, yajl_get_bytes_consumed(json->yajl), fact);
  return CANCEL;
}

static int stop_for_limit(struct json_reader *json, const char *what, size_t most) {
  struct buf fact = buf_new(ERR_TEXT_MOST);
  buf_printf(&fact, "%s %zu", what, most);
  buf_char(&fact, '\0');
  stop_here(json, fact.at);
  buf_free(&fact);
  return CANCEL;
}

/* What yajl found wrong: "lexical error: invalid char in json text." and a line end. */
static enum outcome stop_for_yajl(struct json_reader *json) {
  unsigned char *told = yajl_get_error(json->yajl, 0, NULL, 0);
  struct buf fact = buf_new(ERR_TEXT_MOST);
  str text = str_trim(str_of((const char *)told));
  ptrdiff_t kind = str_find(text, ':');
  text = str_trim(str_sub(text, (size_t)(kind + 1), text.len));
  if (str_ends(text, STR("."))) text.len--;
  buf_printf(&fact, "bad JSON: %.*s", STR_ARG(str_left_chars(text, 100)));
  buf_char(&fact, '\0');
  yajl_free_error(json->yajl, told);
  stop_here(json, fact.at);
  buf_free(&fact);
  return json->out;
}

/* --- what yajl tells --- */

static bool is_good(struct json_reader *json, str text) {
  if (text.len > json->limits.text_most)
    return stop_for_limit(json, "a text, number or key whose bytes are more than", json->limits.text_most);
  return str_is_utf8(text, NULL) || stop_here(json, "bad JSON: not UTF-8");
}

/* Enters the next value of the innermost level by its name. False when it has stopped. */
static bool enter(struct json_reader *json, bool *wanted) {
  const struct level *level = &json->levels[json->depth];
  str name = level->list ? str_sub(buf_str(&json->names), level->name_at, json->names.len) : json->key;
  json->out = json->events.enter(json->events.user, name, json->err);
  *wanted = !json->out && (!json->events.wanted || json->events.wanted(json->events.user));
  return !json->out;
}

static int leave(struct json_reader *json) {
  json->out = json->events.leave(json->events.user, json->err);
  return json->out ? CANCEL : GO_ON;
}

/* text.at NULL: null. */
static int on_scalar(struct json_reader *json, str text, bool quoted) {
  bool wanted = false;
  json->told = true;
  if (!json->depth) return stop_here(json, "a value at the top that is no object and no list");
  if (text.at && !is_good(json, text)) return CANCEL;
  if (json->levels[json->depth].silent) return GO_ON;
  if (!enter(json, &wanted)) return CANCEL;
  if (wanted && text.at) json->out = json->events.text(json->events.user, text, quoted, json->err);
  return json->out ? CANCEL : leave(json);
}

static int on_null(void *user) { return on_scalar(user, (str){ NULL, 0 }, false); }
static int on_boolean(void *user, int yes) {
  return on_scalar(user, yes ? STR("true") : STR("false"), false);
}
static int on_number(void *user, const char *text, size_t len) {
  return on_scalar(user, (str){ text, len }, false);
}
static int on_string(void *user, const unsigned char *text, size_t len) {
  return on_scalar(user, (str){ len ? (const char *)text : "", len }, true);
}

static int on_key(void *user, const unsigned char *text, size_t len) {
  struct json_reader *json = user;
  str key = { len ? (const char *)text : "", len };
  json->told = true;
  if (!is_good(json, key)) return CANCEL;
  switch (json_keys_add(json->keys, key, &json->key)) {
  case JSON_KEY_AGAIN: return stop_here(json, "a key twice in one object");
  case JSON_KEYS_FULL: return stop_for_limit(json, "keys whose bytes are more than", JSON_KEYS_MOST);
  default: return GO_ON;
  }
}

static bool is_too_deep(struct json_reader *json) {
  json->told = true;
  if (json->depth < json->limits.depth_most) return false;
  stop_for_limit(json, "objects and lists whose depth is more than", json->limits.depth_most);
  return true;
}

static int on_object(void *user) {
  struct json_reader *json = user;
  const struct level *parent = &json->levels[json->depth];
  struct level level = { .silent = parent->silent, .name_at = json->names.len };
  if (is_too_deep(json)) return CANCEL;
  if (!level.silent && (json->depth || json->lines)) {
    bool wanted = false;
    if (!enter(json, &wanted)) return CANCEL;
    level.entered = true, level.silent = !wanted;
  }
  json->levels[++json->depth] = level;
  json_keys_open(json->keys);
  return GO_ON;
}

/* A list is not entered, its items are, by its own name with [] behind. */
static int on_list(void *user) {
  struct json_reader *json = user;
  const struct level *parent = &json->levels[json->depth];
  struct level level = { .list = true, .silent = parent->silent, .name_at = json->names.len };
  if (is_too_deep(json)) return CANCEL;
  if (!level.silent) {
    size_t at = parent->name_at, len = json->names.len - at;
    if (!parent->list) {
      buf_add(&json->names, json->key);
    } else if (buf_make_room(&json->names, len)) {
      buf_bytes(&json->names, json->names.at + at, len);
    }
    buf_add(&json->names, STR("[]"));
    if (json->names.full) return stop_for_limit(json, "names whose bytes are more than", JSON_KEYS_MOST);
    if (json->events.list)
      json->events.list(json->events.user, str_sub(buf_str(&json->names), level.name_at, json->names.len));
  }
  json->levels[++json->depth] = level;
  return GO_ON;
}

static int go_up(struct json_reader *json) {
  json->told = true;
  const struct level *level = &json->levels[json->depth--];
  json->names.len = level->name_at;
  return level->entered ? leave(json) : GO_ON;
}

static int on_object_end(void *user) {
  struct json_reader *json = user;
  json_keys_close(json->keys);
  return go_up(json);
}
static int on_list_end(void *user) { return go_up(user); }

static const yajl_callbacks callbacks = { .yajl_null = on_null,
                                          .yajl_boolean = on_boolean,
                                          .yajl_number = on_number,
                                          .yajl_string = on_string,
                                          .yajl_start_map = on_object,
                                          .yajl_map_key = on_key,
                                          .yajl_end_map = on_object_end,
                                          .yajl_start_array = on_list,
                                          .yajl_end_array = on_list_end };

/* --- feeding --- */

/* yajl gathers a text that ends in a later piece; one that never ends must not fill the memory. */
static void check_stalled(struct json_reader *json) {
  json->stalled = json->told ? 0 : json->stalled + json->piece.len;
  json->told = false;
  if (json->stalled > json->limits.text_most * ESCAPE_LENGTH + PIECE_USUAL)
    stop_for_limit(json, "a text, number, key or blanks whose bytes are more than", json->limits.text_most);
}

static enum outcome skip_mark(struct json_reader *json, bool last) {
  static const char mark[] = "\xef\xbb\xbf";
  for (; json->marked < 3 && json->piece.len && *json->piece.at == mark[json->marked]; json->marked++) {
    json->piece = str_sub(json->piece, 1, json->piece.len);
    json->place.column++;
  }
  if (json->marked == 3 || (!json->piece.len && !last)) return OUT_OK;
  if (json->marked) return stop_at(json, 0, "bad JSON: half of a byte order mark");
  json->marked = 3;
  return OUT_OK;
}

static enum outcome parse(struct json_reader *json) {
  const char *fact = NULL;
  size_t good = json_escapes_check(&json->escapes, json->piece, &fact);
  yajl_status status = yajl_parse(json->yajl, (const unsigned char *)json->piece.at, good);
  if (status == yajl_status_error) return stop_for_yajl(json);
  if (!json->out && fact) return stop_at(json, good + 1, fact);
  return json->out;
}

static enum outcome finish(struct json_reader *json) {
  if (json->lines && !json->any) return OUT_OK;
  json->place = place_after(json->place, json->piece), json->piece = STR_NONE;
  if (yajl_complete_parse(json->yajl) == yajl_status_error) return stop_for_yajl(json);
  return json->out;
}

static enum outcome parse_piece(void *user, str piece, bool last, struct err *err) {
  struct json_reader *json = user;
  (void)err;
  json->piece = piece;
  if (skip_mark(json, last) || parse(json)) return json->out;
  json->any = json->any || str_trim(json->piece).len;
  check_stalled(json);
  if (json->out || last) return json->out ? json->out : finish(json);
  json->place = place_after(json->place, json->piece);
  return OUT_OK;
}

enum outcome json_feed(struct json_reader *json, str bytes, bool last, struct err *err) {
  if (json->ended) return err_set(err, OUT_BUG, "json_feed: this reader has ended");
  json->err = err;
  enum outcome out = pieces_feed(&json->pieces, bytes, last, parse_piece, json, err);
  json->ended = out || last;
  return out;
}

static void *take_memory(void *user, size_t size) { return (void)user, mem_grow(NULL, size); }
static void *grow_memory(void *user, void *block, size_t size) { return (void)user, mem_grow(block, size); }
static void free_memory(void *user, void *block) { (void)user, mem_free(block); }

struct json_reader *json_reader_new_by(const struct events *events, struct events_limits limits, bool lines,
                                       size_t piece) {
  struct json_reader *json = mem_alloc(sizeof *json);
  yajl_alloc_funcs memory = { take_memory, grow_memory, free_memory, NULL };
  json->events = *events, json->limits = limits, json->lines = lines;
  json->pieces = pieces_new(piece);
  json->keys = json_keys_new(limits.depth_most, JSON_KEYS_MOST);
  json->names = buf_new(JSON_KEYS_MOST);
  json->levels = mem_alloc((limits.depth_most + 1) * sizeof *json->levels);
  json->place = PLACE_BEGIN;
  if (lines) {
    json->levels[0].list = true;
    buf_add(&json->names, STR("[]"));
  }
  json->yajl = yajl_alloc(&callbacks, &memory, json);
  if (!json->yajl || !yajl_config(json->yajl, yajl_allow_multiple_values, (int)lines)) abort();
  return json;
}

struct json_reader *json_reader_new(const struct events *events, struct events_limits limits, bool lines) {
  return json_reader_new_by(events, limits, lines, PIECE_USUAL);
}

void json_reader_free(struct json_reader *json) {
  if (!json) return;
  yajl_free(json->yajl);
  json_keys_free(json->keys);
  pieces_free(&json->pieces);
  buf_free(&json->names);
  mem_free(json->levels);
  mem_free(json);
}
