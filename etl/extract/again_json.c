/* extract/again_json: cuts JSON into its signs, names and values, and passes on those that stay. */
#include "extract/again_internal.h"

#include <string.h>

enum { DEPTH_MOST = 256 };
static const char our_key[] = "sluice-error";

/* An object or a list that is open. */
struct frame {
  bool list;
  bool any, had;     /* something stands in it already; before the member at hand */
  bool leads;        /* to records: the outermost, a step of the path, a list in one of these */
  bool silent;       /* nothing of it is written */
  bool step, record; /* of the path; a streamed record is its last */
};

struct again_json {
  struct again *again;
  struct buf token, head; /* head: white space, key and colon before a value */
  bool quoted, escaped;   /* inside a text; behind a backslash in it */
  struct frame frames[DEPTH_MOST];
  struct buf names[DEPTH_MOST]; /* of lists that lead: what their items are entered as (orders[]) */
  size_t depth;
  struct buf key; /* of the member at hand, without quotes */
  bool has_key;
  bool began; /* behind the byte order mark */
};

struct again_json *again_json_new(struct again *again) {
  struct again_json *json = mem_alloc(sizeof *json);
  *json = (struct again_json){ .again = again };
  json->token = buf_new(AGAIN_TOKEN_MOST);
  json->head = buf_new(AGAIN_TOKEN_MOST);
  json->key = buf_new(AGAIN_TOKEN_MOST);
  for (size_t i = 0; i < DEPTH_MOST; i++) json->names[i] = buf_new(2 * AGAIN_TOKEN_MOST);
  return json;
}

void again_json_free(struct again_json *json) {
  if (!json) return;
  buf_free(&json->token);
  buf_free(&json->head);
  buf_free(&json->key);
  for (size_t i = 0; i < DEPTH_MOST; i++) buf_free(&json->names[i]);
  mem_free(json);
}

static struct frame *around(struct again_json *json) {
  return json->depth ? &json->frames[json->depth - 1] : NULL;
}

/* --- what is written --- */

static enum outcome put_head(struct again_json *json, bool comma, struct err *err) {
  enum outcome out = comma ? again_put(json->again, STR(","), err) : OUT_OK;
  if (!out) out = again_put(json->again, buf_str(&json->head), err);
  buf_clear(&json->head);
  return out;
}

static void put_escaped(struct buf *text, str why) {
  for (size_t i = 0; i < why.len; i++) {
    unsigned char c = (unsigned char)why.at[i];
    if (c == '"' || c == '\\') buf_char(text, '\\');
    buf_char(text, c < ' ' || c == 0x7f ? ' ' : why.at[i]);
  }
}

static enum outcome put_reason(struct again_json *json, str why, struct err *err) {
  struct buf text = buf_new(AGAIN_TOKEN_MOST);
  buf_printf(&text, "\"%s\": \"", our_key);
  put_escaped(&text, why);
  buf_char(&text, '"');
  enum outcome out = again_put(json->again, buf_str(&text), err);
  buf_free(&text);
  return out;
}

/* --- values --- */

struct beginning {
  bool silent, step, record;
  str why;
};

/* A value that begins: a list is not entered, and neither is the outermost. */
static struct beginning look_at(struct again_json *json, char first) {
  struct again *again = json->again;
  const struct frame *above = around(json);
  struct beginning begin = { .silent = above && above->silent };
  if (!above) return begin;
  str name = above->list ? buf_str(&json->names[json->depth - 1]) : buf_str(&json->key);
  if (above->record && !above->list && str_eq(name, str_of(our_key))) begin.silent = true;
  if (!above->leads || first == '[' || !str_eq(name, again->steps[again->matched])) return begin;
  begin.step = true;
  begin.record = again->matched + 1 == again->count;
  if (begin.record)
    begin.silent = !again->settings->wanted(again->settings->user, ++again->number, again->line, &begin.why);
  return begin;
}

/* Its comma, its key and what must be written before. */
static enum outcome begin_value(struct again_json *json, const struct beginning *begin, struct err *err) {
  struct again *again = json->again;
  struct frame *above = around(json);
  bool comma = above && above->any;
  enum outcome out = OUT_OK;
  if (above) above->had = above->any;
  if (begin->record && !begin->silent) out = again_let_go(again, err);
  if (begin->step) again_enter(again);
  if (begin->silent) return buf_clear(&json->head), out;
  if (above) above->any = true;
  return out ? out : put_head(json, comma, err);
}

static enum outcome end_value(struct again_json *json, bool step) {
  struct frame *above = around(json);
  if (step && !again_leave(json->again)) above->any = above->had;
  return OUT_OK;
}

/* The list at the top has no name, a list in a list adds another pair of brackets. */
static void name_items(struct again_json *json, const struct frame *above) {
  struct buf *name = &json->names[json->depth];
  buf_clear(name);
  if (above) buf_add(name, above->list ? buf_str(&json->names[json->depth - 1]) : buf_str(&json->key));
  buf_add(name, STR("[]"));
}

static enum outcome open_frame(struct again_json *json, char bracket, struct err *err) {
  const struct frame *above = around(json);
  if (json->depth == DEPTH_MOST) return err_set(err, OUT_DATA, "the file is no longer what it was");
  struct beginning begin = look_at(json, bracket);
  enum outcome out = begin_value(json, &begin, err);
  struct frame frame = {
    .list = bracket == '[', .silent = begin.silent, .step = begin.step, .record = begin.record
  };
  frame.leads = !above || (frame.list ? above->leads : begin.step && !begin.record);
  if (frame.list && frame.leads) name_items(json, above);
  json->frames[json->depth++] = frame;
  json->has_key = false;
  if (out || begin.silent) return out;
  out = again_put(json->again, (str){ &bracket, 1 }, err);
  if (out || !begin.record) return out;
  json->frames[json->depth - 1].any = true;
  return put_reason(json, begin.why, err);
}

static enum outcome close_frame(struct again_json *json, char bracket, struct err *err) {
  if (!json->depth) return err_set(err, OUT_DATA, "the file is no longer what it was");
  struct frame frame = json->frames[--json->depth];
  enum outcome out = OUT_OK;
  if (frame.silent) buf_clear(&json->head);
  else out = put_head(json, false, err);
  if (!out && !frame.silent) out = again_put(json->again, (str){ &bracket, 1 }, err);
  json->has_key = false;
  return out ? out : end_value(json, frame.step);
}

static enum outcome take_scalar(struct again_json *json, str token, struct err *err) {
  struct beginning begin = look_at(json, *token.at);
  enum outcome out = begin_value(json, &begin, err);
  if (!out && !begin.silent) out = again_put(json->again, token, err);
  json->has_key = false;
  return out ? out : end_value(json, begin.step);
}

/* --- signs --- */

static int hex_of(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/* Names of steps are plain letters: of escapes only what could stand for one is undone. */
static void keep_key(struct again_json *json, str text) {
  buf_clear(&json->key);
  for (size_t i = 0; i < text.len; i++) {
    int code = -1;
    if (text.at[i] == '\\' && i + 5 < text.len && text.at[i + 1] == 'u') {
      code = 0;
      for (size_t j = i + 2; j < i + 6 && code >= 0; j++)
        code = hex_of(text.at[j]) < 0 ? -1 : code * 16 + hex_of(text.at[j]);
    }
    if (code > 0 && code < 0x80) buf_char(&json->key, (char)code), i += 5;
    else if (text.at[i] == '\\' && i + 1 < text.len && strchr("\"\\/", text.at[i + 1]))
      buf_char(&json->key, text.at[++i]);
    else buf_char(&json->key, text.at[i]);
  }
}

static enum outcome take_token(struct again_json *json, struct err *err) {
  str token = buf_str(&json->token);
  struct frame *above = around(json);
  bool key = *token.at == '"' && above && !above->list && !json->has_key;
  enum outcome out = OUT_OK;
  if (key) {
    keep_key(json, str_sub(token, 1, token.len - 1));
    buf_add(&json->head, token);
    json->has_key = true;
  } else out = take_scalar(json, token, err);
  buf_clear(&json->token);
  return out;
}

static enum outcome take_sign(struct again_json *json, char c, struct err *err) {
  switch (c) {
  case '{':
  case '[': return open_frame(json, c, err);
  case '}':
  case ']': return close_frame(json, c, err);
  case ',': return OUT_OK; /* it belongs to what follows, if that stays */
  default: buf_char(&json->head, c); return OUT_OK;
  }
}

static enum outcome take_byte(struct again_json *json, char c, struct err *err) {
  enum outcome out = OUT_OK;
  if (json->quoted) {
    buf_char(&json->token, c);
    bool ends = c == '"' && !json->escaped;
    json->escaped = c == '\\' && !json->escaped;
    if (!ends) return json->token.full ? err_set(err, OUT_DATA, "a text is too long") : OUT_OK;
    json->quoted = false;
    return take_token(json, err);
  }
  bool sign = c && strchr("{}[],: \t\r\n\f\v", c);          /* yajl takes \f and \v for blanks */
  if (sign && json->token.len) out = take_token(json, err); /* a number, or a word */
  if (out) return out;
  json->again->line += c == '\n';
  if (sign) return take_sign(json, c, err);
  if (c == '"') json->quoted = true;
  buf_char(&json->token, c);
  return OUT_OK;
}

enum outcome again_json_feed(struct again_json *json, str bytes, struct err *err) {
  enum outcome out = OUT_OK;
  if (!json->began && str_starts(bytes, STR("\xef\xbb\xbf"))) bytes = str_sub(bytes, 3, bytes.len);
  json->began = json->began || bytes.len;
  for (size_t i = 0; i < bytes.len && !out; i++) out = take_byte(json, bytes.at[i], err);
  return out;
}

enum outcome again_json_end(struct again_json *json, struct err *err) {
  if (json->depth || json->token.len) return err_set(err, OUT_DATA, "the file is no longer what it was");
  return put_head(json, false, err);
}
