/* codec/json: JSON files of any size as the walk of codec/events.h, by yajl.
 *
 * UTF-8, with or without a byte order mark. The object at the top is not entered, its keys are; of a list
 * at the top each item is entered as "[]". With `lines` the file is such a list without its brackets (JSON
 * Lines): objects or lists behind each other, each entered as "[]", or none at all.
 *
 *   {"a": 1, "b": [2, [3]], "c": {}}      enter a  text 1  leave  enter b[]  text 2  leave
 *                                         enter b[][]  text 3  leave  enter c  leave
 *   struct json_reader *json = json_reader_new(&events, events_default_limits, false);
 *
 * An empty list is not told but as a list, an empty text is. Texts that are not wanted are checked all the
 * same.
 */
#ifndef SLUICE_CODEC_JSON_H
#define SLUICE_CODEC_JSON_H

#include "codec/events.h"

enum { JSON_KEYS_MOST = 4 * 1024 * 1024 }; /* bytes of the keys of all open objects */

struct json_reader;
/* Copies both. */
struct json_reader *json_reader_new(const struct events *events, struct events_limits limits, bool lines);
/* The same for tests: yajl is fed by so many bytes. */
struct json_reader *json_reader_new_by(const struct events *events, struct events_limits limits, bool lines,
                                       size_t piece);
/* OUT_DATA, with line and column (in bytes) in the text: anything that is not JSON (NaN, comments, commas
 * too many), cut, more than one value without `lines`, a value at the top that is no object and no list,
 * not UTF-8, NUL, half of a surrogate pair, a key twice in one object, nested too deep, a text, number or
 * key over the limit, too many keys. Nothing may be fed after `last` or after any other outcome than OUT_OK
 * (OUT_BUG). */
enum outcome json_feed(struct json_reader *json, str bytes, bool last, struct err *err);
void json_reader_free(struct json_reader *json);

#endif
