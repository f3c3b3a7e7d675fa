/* fake/spapi/feed_state: what files of the state ask of a feed: whom to refuse, what to drop, what not to
 * name. */
#include "feed.h"
#include "io/file.h"
#include "model/date.h"

#include <string.h>
#include <time.h>

long state_number(struct request *request, const char *file, long otherwise) {
  int64_t number;
  str text = str_trim(state_text(request, state_path(request, "%s", file)));
  return str_to_int(text, &number) && number >= 0 ? (long)number : otherwise;
}

int64_t feed_now(struct request *request) {
  int64_t first, last;
  str text = str_trim(state_text(request, state_path(request, "now.txt")));
  return text.len && moment_read(arena_text(request->arena, text), &first, &last)
             ? first
             : (int64_t)time(NULL) + request->server->skew;
}

/* --- refuse.txt: "[WARNING] NAME CODE words..", a name's blanks as %20 --- */

static void add_refusal(json_t *refusals, str line) {
  str severity = STR("ERROR"), name = STR_NONE, code = STR_NONE, first = line, rest = line;
  str_split(&rest, ' ', &first);
  if (str_eq(first, STR("WARNING")) || str_eq(first, STR("ERROR"))) severity = first, line = rest;
  str_split(&line, ' ', &name);
  str_split(&line, ' ', &code);
  if (!name.len || *name.at == '#') return;
  if (!code.len) code = STR("8541");
  if (!line.len) line = STR("Refused");
  json_array_append_new(refusals, json_pack("{s:s%, s:s%, s:s%, s:s%}", "name", name.at, name.len, "severity",
                                            severity.at, severity.len, "code", code.at, code.len, "text",
                                            line.at, line.len));
}

json_t *refusals_read(struct request *request) {
  str text = state_text(request, state_path(request, "refuse.txt")), line;
  json_t *refusals = json_array();
  while (str_split(&text, '\n', &line)) add_refusal(refusals, str_trim(line));
  return refusals;
}

/* A name stands there as it is, or as a file of the listings is named. */
static bool names(struct arena *arena, const char *pattern, const char *name) {
  return !strcmp(pattern, name) || !strcmp(pattern, name_escaped(arena, name));
}

void refusals_apply(const json_t *refusals, const char *name, struct issues *issues) {
  size_t i;
  json_t *one;
  json_array_foreach(refusals, i, one) {
    const char *code = json_string_value(json_object_get(one, "code")),
               *text = json_string_value(json_object_get(one, "text"));
    if (!name || !names(issues->arena, json_string_value(json_object_get(one, "name")), name)) continue;
    if (strcmp(json_string_value(json_object_get(one, "severity")), "WARNING"))
      issue_error(issues, code, NULL, "%s", text);
    else issue_warning(issues, code, NULL, "%s", text);
  }
}

/* --- a feed's life --- */

void feed_open(struct feed *feed, struct request *request, const char *id, const char *type, str body) {
  str *orders;
  *feed = (struct feed){ .request = request, .id = id, .type = type, .body = body };
  feed->issues.arena = request->arena;
  feed->report = buf_new((size_t)256 << 20);
  feed->refusals = refusals_read(request);
  feed->seen = json_object();
  feed->nameless = state_number(request, "nameless.txt", 0);
  feed->drop_every = state_number(request, "drop.txt", 0);
  feed->dropped_count = state_number(request, "dropped-count", 0);
  feed->has_orders = state_list(request, state_path(request, "orders"), &orders) > 0;
}

void feed_close(struct feed *feed) {
  struct err err = { 0 };
  const char *path = state_path(feed->request, "dropped-count");
  str count = arena_printf(feed->request->arena, "%ld\n", feed->dropped_count);
  if (feed->drop_every && file_put(path, 0600, count, &err)) fprintf(stderr, "spapi: %s\n", err.text);
  json_decref(feed->refusals);
  json_decref(feed->seen);
  buf_free(&feed->report);
}

void feed_begin(struct feed *feed, long message, const char *name) {
  feed->issues.message = message;
  feed->issues.name = name && *name ? name : NULL;
  issue_about(&feed->issues, NULL, NULL);
  feed->issues.bad = feed->issues.warned = false;
  refusals_apply(feed->refusals, name, &feed->issues);
}

bool feed_is_again(struct feed *feed, long message) {
  const char *key = arena_printf(feed->request->arena, "%ld", message).at;
  bool again = json_object_get(feed->seen, key) != NULL;
  json_object_set_new(feed->seen, key, json_true());
  return again;
}

bool feed_take(struct feed *feed) {
  feed->processed++;
  if (feed->issues.bad) return false;
  if (feed->nameless > 0 && strcmp(feed->type, "JSON_LISTINGS_FEED")) {
    feed->nameless--;
    return false;
  }
  feed->accepted++;
  if (feed->issues.warned) feed->with_warning++;
  return true;
}

bool feed_drops(struct feed *feed, const char *name) {
  struct err err = { 0 };
  if (!feed->drop_every || ++feed->dropped_count % feed->drop_every) return false;
  if (file_append(state_path(feed->request, "dropped.txt"), 0600,
                  arena_printf(feed->request->arena, "%s\n", name), &err))
    fprintf(stderr, "spapi: %s\n", err.text);
  return true;
}
