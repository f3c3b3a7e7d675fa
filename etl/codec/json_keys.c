/* codec/json_keys: which keys each open object has had. */
#include "codec/json_keys.h"
#include "base/buf.h"
#include "base/memory.h"

enum { ROOM_FIRST = 32 };

struct slot {
  uint64_t turn; /* of the object that it belongs to: another one's slot is free */
  uint64_t hash;
  size_t at, len;
};

struct object {
  struct slot *slots; /* `room` of them, a power of two */
  size_t room, count, text_at;
  uint64_t turn;
};

struct json_keys {
  struct object *objects; /* 1 .. depth are open */
  size_t depth, depth_most;
  uint64_t turn;
  struct buf text;
};

struct json_keys *json_keys_new(size_t depth_most, size_t bytes_most) {
  struct json_keys *keys = mem_alloc(sizeof *keys);
  keys->objects = mem_alloc((depth_most + 1) * sizeof *keys->objects);
  keys->depth_most = depth_most;
  keys->text = buf_new(bytes_most);
  return keys;
}

void json_keys_free(struct json_keys *keys) {
  for (size_t i = 0; i <= keys->depth_most; i++) mem_free(keys->objects[i].slots);
  mem_free(keys->objects);
  buf_free(&keys->text);
  mem_free(keys);
}

void json_keys_open(struct json_keys *keys) {
  struct object *object = &keys->objects[++keys->depth];
  object->turn = ++keys->turn;
  object->count = 0;
  object->text_at = keys->text.len;
}

void json_keys_close(struct json_keys *keys) { keys->text.len = keys->objects[keys->depth--].text_at; }

static bool is_key(const struct json_keys *keys, const struct slot *slot, str key, uint64_t hash) {
  return slot->hash == hash && str_eq((str){ keys->text.at + slot->at, slot->len }, key);
}

/* Its slot, or the free one that it would have. */
static struct slot *find(const struct json_keys *keys, const struct object *object, str key, uint64_t hash) {
  size_t at = (size_t)hash & (object->room - 1);
  while (object->slots[at].turn == object->turn && !is_key(keys, &object->slots[at], key, hash))
    at = (at + 1) & (object->room - 1);
  return &object->slots[at];
}

static void grow(struct object *object) {
  struct object old = *object;
  object->room = old.room ? old.room * 2 : ROOM_FIRST;
  object->slots = mem_alloc(object->room * sizeof *object->slots);
  for (size_t i = 0; i < old.room; i++) {
    if (old.slots[i].turn != old.turn) continue;
    size_t at = (size_t)old.slots[i].hash & (object->room - 1);
    while (object->slots[at].turn) at = (at + 1) & (object->room - 1);
    object->slots[at] = old.slots[i];
  }
  mem_free(old.slots);
}

enum json_keys_answer json_keys_add(struct json_keys *keys, str key, str *kept) {
  struct object *object = &keys->objects[keys->depth];
  if (object->count * 2 >= object->room) grow(object);
  uint64_t hash = str_hash(key);
  struct slot *slot = find(keys, object, key, hash);
  if (slot->turn == object->turn) return JSON_KEY_AGAIN;
  *slot = (struct slot){ object->turn, hash, keys->text.len, key.len };
  buf_add(&keys->text, key);
  if (keys->text.full) return JSON_KEYS_FULL;
  object->count++;
  *kept = (str){ key.len ? keys->text.at + slot->at : "", key.len };
  return JSON_KEY_NEW;
}
