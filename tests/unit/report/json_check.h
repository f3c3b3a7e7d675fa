/* unit/report/json_check: is a text one JSON value (RFC 8259), in good UTF-8? */
#ifndef SLUICE_TESTS_JSON_CHECK_H
#define SLUICE_TESTS_JSON_CHECK_H

#include "base/str.h"

#include <string.h>

static const char *json_value(const char *at, const char *end);

static const char *json_blank(const char *at, const char *end) {
  while (at && at < end && strchr(" \n\r\t", *at)) at++;
  return at;
}

static const char *json_string(const char *at, const char *end) {
  if (at == end || *at != '"') return NULL;
  for (at++; at < end && *at != '"'; at++) {
    if ((unsigned char)*at < ' ') return NULL;
    if (*at != '\\') continue;
    if (++at == end || !strchr("\"\\/bfnrtu", *at)) return NULL;
    if (*at != 'u') continue;
    if (end - at < 5 || strspn(at + 1, "0123456789abcdefABCDEF") < 4) return NULL;
    at += 4;
  }
  return at < end ? at + 1 : NULL;
}

/* The members of an object or the items of a list, up to `close`. */
static const char *json_many(const char *at, const char *end, char close) {
  at = json_blank(at + 1, end);
  if (at < end && *at == close) return at + 1;
  for (;;) {
    if (close == '}') {
      at = json_blank(json_string(at, end), end);
      if (!at || at == end || *at != ':') return NULL;
      at = json_blank(at + 1, end);
    }
    at = json_blank(json_value(at, end), end);
    if (!at || at == end) return NULL;
    if (*at == close) return at + 1;
    if (*at != ',') return NULL;
    at = json_blank(at + 1, end);
  }
}

/* Numbers: only the whole ones that sluice writes. */
static const char *json_value(const char *at, const char *end) {
  static const char *const words[] = { "true", "false", "null" };
  if (!at || at == end) return NULL;
  if (*at == '{') return json_many(at, end, '}');
  if (*at == '[') return json_many(at, end, ']');
  if (*at == '"') return json_string(at, end);
  for (size_t i = 0; i < 3; i++)
    if ((size_t)(end - at) >= strlen(words[i]) && !memcmp(at, words[i], strlen(words[i])))
      return at + strlen(words[i]);
  const char *digits = at;
  while (at < end && *at >= '0' && *at <= '9') at++;
  return at > digits && (*digits != '0' || at == digits + 1) ? at : NULL;
}

static bool json_is_good(str text) {
  const char *end = text.at + text.len;
  return str_is_utf8(text, &(size_t){ 0 }) &&
         json_blank(json_value(json_blank(text.at, end), end), end) == end;
}

#endif
