/* transform/library_conf: the settings of sluice.conf: read, asked for, and those that nobody asks for. */
#include "transform/library_internal.h"

static void read_conf_line(struct library *library, const struct source *source, size_t at, size_t end) {
  str line = str_sub(source->text, at, end);
  str bare = str_trim(line);
  if (!bare.len || bare.at[0] == '#') return;
  struct place place = { source, at + (size_t)(bare.at - line.at) };
  ptrdiff_t sign = str_find(bare, '=');
  if (sign <= 0) {
    complain(library->wrong, place, "a setting is written NAME = VALUE");
    return;
  }
  str name = str_trim(str_sub(bare, 0, (size_t)sign)),
      text = str_trim(str_sub(bare, (size_t)sign + 1, bare.len));
  for (size_t i = 1; i < text.len; i++)
    if (text.at[i] == '#' && text.at[i - 1] == ' ' && text.at[0] != '"') text = str_trim(str_sub(text, 0, i));
  struct place value_place = { source, text.len ? (size_t)(text.at - source->text.at) : place.at };
  if (text.len >= 2 && text.at[0] == '"') {
    ptrdiff_t close = str_find(str_sub(text, 1, text.len), '"');
    bool list = close >= 0 && str_find(str_sub(text, (size_t)close + 2, text.len), '"') >= 0;
    if (close < 0) complain(library->wrong, value_place, "text is not closed: the second \" is missing");
    else if (!list) text = str_sub(text, 1, (size_t)close + 1);
  }
  for (size_t i = 0; i < library->conf_count; i++)
    if (str_eq(library->conf[i].name, name))
      complain(library->wrong, place, "%.*s is set already", STR_ARG(name));
  *ARENA_PUSH(library->arena, library->conf, library->conf_count) =
      (struct conf_line){ .name = name, .text = text, .place = value_place };
}

void library_read_conf(struct library *library) {
  bool missing;
  const char *installed = library->installed;
  library->installed = NULL;
  const struct source *source = library_source(library, STR("sluice.conf"), SPEC_MOST, &missing);
  library->installed = installed;
  if (!source) return;
  library->has_conf = true;
  size_t at = str_starts(source->text, STR("\xef\xbb\xbf")) ? 3 : 0;
  while (at < source->text.len) {
    size_t end = at;
    while (end < source->text.len && source->text.at[end] != '\n') end++;
    read_conf_line(library, source, at, end);
    at = end + 1;
  }
}

bool library_setting(struct library *library, str name, str *text, struct place *place) {
  for (size_t i = 0; i < library->conf_count; i++) {
    struct conf_line *line = &library->conf[i];
    if (!str_eq(line->name, name)) continue;
    line->asked = true;
    *text = line->text;
    *place = line->place;
    return true;
  }
  return false;
}

void library_check_conf(struct library *library) {
  for (size_t i = 0; i < library->conf_count; i++) {
    const struct conf_line *line = &library->conf[i];
    struct place place = line->place;
    place.at = line->name.at ? (size_t)(line->name.at - place.source->text.at) : place.at;
    if (!line->asked)
      complain(library->wrong, place, "no transform, feed or room asks for \"%.*s\"", STR_ARG(line->name));
  }
}
