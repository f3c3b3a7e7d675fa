/* codec/json_keys: which keys each open object has had.
 *
 * One table for each level, used again by the next object of that level; the keys' texts stand behind each
 * other, and go when their object is closed.
 */
#ifndef SLUICE_CODEC_JSON_KEYS_H
#define SLUICE_CODEC_JSON_KEYS_H

#include "base/str.h"

struct json_keys;
struct json_keys *json_keys_new(size_t depth_most, size_t bytes_most);
void json_keys_free(struct json_keys *keys);
void json_keys_open(struct json_keys *keys); /* no deeper than depth_most */
void json_keys_close(struct json_keys *keys);

enum json_keys_answer { JSON_KEY_NEW, JSON_KEY_AGAIN, JSON_KEYS_FULL };
/* To the innermost object. *kept is valid until the next add or close. */
enum json_keys_answer json_keys_add(struct json_keys *keys, str key, str *kept);

#endif
