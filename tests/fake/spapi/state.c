/* fake/spapi/state: what the server knows, as files that a person may read and change. */
#include "spapi.h"
#include "io/file.h"
#include "io/in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FILE_MOST = 256 * 1024 * 1024 };

const char *state_path(struct request *request, const char *format, ...) {
  va_list args;
  va_start(args, format);
  str inner = arena_vprintf(request->arena, format, args);
  va_end(args);
  return file_join(request->arena, request->server->state, inner);
}

str state_text(struct request *request, const char *path) {
  struct err err = { 0 };
  str text = STR_NONE;
  if (!file_exists(path) || in_read_whole(path, FILE_MOST, request->arena, &text, &err)) return STR_NONE;
  return text;
}

json_t *state_read(struct request *request, const char *path) {
  str text = state_text(request, path);
  return text.len ? digits_read(text) : NULL;
}

void state_write(struct request *request, const char *path, json_t *json) {
  struct err err = { 0 };
  str text = digits_text(request->arena, json, JSON_INDENT(1));
  str folder = str_of(path);
  while (folder.len && folder.at[folder.len - 1] != '/') folder.len--;
  if (file_make_folders(arena_text(request->arena, str_sub(folder, 0, folder.len - 1)), 0755, &err) ||
      file_put(path, 0600, text, &err))
    fprintf(stderr, "spapi: %s\n", err.text);
}

/* "name = value" or "name=value" in lines. */
static const char *value_in(struct request *request, str text, const char *name, const char *fallback) {
  str line, word;
  while (str_split(&text, '\n', &line))
    if (str_split(&line, '=', &word) && str_eq(str_trim(word), str_of(name)))
      return arena_text(request->arena, str_trim(line));
  return fallback;
}

const char *state_account(struct request *request, const char *name, const char *fallback) {
  return value_in(request, state_text(request, state_path(request, "account.txt")), name, fallback);
}

bool state_has_role(struct request *request, const char *role) {
  const char *roles = state_account(request, "roles", NULL);
  return !roles || list_has(roles, role);
}

const char *state_meta(struct request *request, const char *document, const char *name,
                       const char *fallback) {
  return value_in(request, state_text(request, arena_printf(request->arena, "%s.meta", document).at), name,
                  fallback);
}

size_t state_list(struct request *request, const char *folder, str **names) {
  struct err err = { 0 };
  size_t count = 0, kept = 0;
  *names = NULL;
  if (!file_is_folder(folder) || file_list(folder, request->arena, names, &count, &err)) return 0;
  for (size_t i = 0; i < count; i++)
    if (!str_ends((*names)[i], STR(".meta")) && (*names)[i].at[0] != '.') (*names)[kept++] = (*names)[i];
  return kept;
}

/* Ids go on where an earlier server of this state ended. */
long state_next_id(struct request *request) {
  struct server *server = request->server;
  struct err err = { 0 };
  const char *path = state_path(request, "next-id.txt");
  int64_t last = 50000;
  str_to_int(str_trim(state_text(request, path)), &last);
  server->ids = (long)last + 1;
  file_put(path, 0600, arena_printf(request->arena, "%ld\n", server->ids), &err);
  return server->ids;
}

const char *state_now(struct request *request) {
  time_t now = time(NULL);
  struct tm parts;
  gmtime_r(&now, &parts);
  char text[32];
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return arena_text(request->arena, str_of(text));
}
