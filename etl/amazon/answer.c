/* amazon/answer: a JSON answer as a small tree. */
#include "amazon/answer.h"
#include "codec/json.h"

struct reading {
  struct arena *arena;
  struct answer *at;
};

static enum outcome enter(void *user, str name, struct err *err) {
  struct reading *reading = user;
  struct answer *part = ARENA_NEW(reading->arena, struct answer), *above = reading->at;
  (void)err;
  part->name = arena_str(reading->arena, name);
  part->above = above;
  if (above->last) above->last->next = part;
  else above->parts = part;
  above->last = part;
  reading->at = part;
  return OUT_OK;
}

static enum outcome text(void *user, str text, bool quoted, struct err *err) {
  struct reading *reading = user;
  (void)err, (void)quoted;
  reading->at->text = arena_str(reading->arena, text);
  return OUT_OK;
}

static enum outcome leave(void *user, struct err *err) {
  struct reading *reading = user;
  (void)err;
  reading->at = reading->at->above;
  return OUT_OK;
}

enum outcome answer_read(struct arena *arena, str json, struct answer **answer, struct err *err) {
  struct reading reading = { .arena = arena, .at = ARENA_NEW(arena, struct answer) };
  struct events events = { .user = &reading, .enter = enter, .text = text, .leave = leave };
  struct json_reader *reader = json_reader_new(&events, events_default_limits, false);
  *answer = reading.at;
  enum outcome out = json_feed(reader, json, true, err);
  json_reader_free(reader);
  return out;
}

static struct answer *find(struct answer *part, str name) {
  while (part && !str_eq(part->name, name)) part = part->next;
  return part;
}

struct answer *answer_part(const struct answer *answer, const char *path) {
  str rest = str_of(path), name;
  struct answer *at = NULL;
  for (bool first = true; str_split(&rest, '.', &name); first = false) {
    if (!first && !at) return NULL;
    at = find(first ? answer->parts : at->parts, name);
  }
  return at;
}

struct answer *answer_same(const struct answer *part) {
  return find(part->next, part->name);
}

str answer_text(const struct answer *answer, const char *path) {
  const struct answer *part = answer_part(answer, path);
  return part && part->text.len ? part->text : STR_NONE;
}
