/* spec/source: the text of one spec file, its lines, and what is wrong in it. */
#include "spec/source.h"

#include <stdlib.h>

struct complaint {
  struct place place;
  size_t file; /* number of its source, as first met */
  str text;
};

struct complaints {
  struct arena *arena;
  struct complaint *items;
  size_t count;
  const struct source **files;
  size_t file_count;
};

struct complaints *complaints_new(struct arena *arena) {
  struct complaints *list = ARENA_NEW(arena, struct complaints);
  list->arena = arena;
  return list;
}

static size_t file_number(struct complaints *list, const struct source *source) {
  for (size_t i = 0; i < list->file_count; i++)
    if (list->files[i] == source) return i;
  *ARENA_PUSH(list->arena, list->files, list->file_count) = source;
  return list->file_count - 1;
}

void complain(struct complaints *list, struct place place, const char *format, ...) {
  for (size_t i = 0; i < list->count; i++)
    if (place.source && list->items[i].place.source == place.source && list->items[i].place.at == place.at)
      return;
  va_list args;
  va_start(args, format);
  str text = arena_vprintf(list->arena, format, args);
  va_end(args);
  size_t file = file_number(list, place.source);
  *ARENA_PUSH(list->arena, list->items, list->count) = (struct complaint){ place, file, text };
}

size_t complaints_count(const struct complaints *list) { return list->count; }

static int by_place(const void *a, const void *b) {
  const struct complaint *x = a, *y = b;
  if (x->file != y->file) return x->file < y->file ? -1 : 1;
  return (x->place.at > y->place.at) - (x->place.at < y->place.at);
}

static str line_around(struct place place, size_t *start) {
  str text = place.source->text;
  size_t from = place.at < text.len ? place.at : text.len, to = from;
  while (from > 0 && text.at[from - 1] != '\n') from--;
  while (to < text.len && text.at[to] != '\n' && text.at[to] != '\r') to++;
  while (to > from && text.at[to - 1] == '\r') to--;
  *start = from;
  return str_sub(text, from, to);
}

void place_line(struct place place, uint64_t *line, uint64_t *column) {
  *line = *column = 0;
  if (!place.source) return;
  size_t start;
  line_around(place, &start);
  *line = 1;
  for (size_t i = 0; i < start; i++) *line += place.source->text.at[i] == '\n';
  *column = str_chars(str_sub(place.source->text, start, place.at)) + 1;
}

enum { LINE_SHOWN = 100, CARET_CONTEXT = 70 };

/* The line without its indentation; a long one is cut around the caret. */
static void show_line(struct place place, struct buf *out) {
  size_t start;
  str line = line_around(place, &start);
  size_t caret = place.at - start, from = 0;
  if (caret > line.len) caret = line.len; /* behind a carriage return */
  while (from < caret && line.at[from] == ' ') from++;
  if (caret - from > CARET_CONTEXT) from = caret - CARET_CONTEXT;
  while (from > 0 && from < line.len && ((unsigned char)line.at[from] & 0xc0) == 0x80) from++;
  str shown = str_left_chars(str_sub(line, from, line.len), LINE_SHOWN);
  bool cut = from + shown.len < line.len;
  buf_printf(out, "  %.*s%s\n", STR_ARG(shown), cut ? " ..." : "");
  buf_printf(out, "  %*s^\n", (int)str_chars(str_sub(line, from, caret)), "");
}

void complaints_format(struct complaints *list, struct buf *text) {
  if (list->count) qsort(list->items, list->count, sizeof *list->items, by_place);
  size_t shown = list->count < COMPLAINTS_SHOWN ? list->count : COMPLAINTS_SHOWN;
  for (size_t i = 0; i < shown; i++) {
    const struct complaint *item = &list->items[i];
    if (!item->place.source) {
      buf_printf(text, "%.*s\n", STR_ARG(item->text));
      continue;
    }
    uint64_t line, column;
    place_line(item->place, &line, &column);
    buf_printf(text, "%s:%llu:%llu: %.*s\n", item->place.source->name, (unsigned long long)line,
               (unsigned long long)column, STR_ARG(item->text));
    show_line(item->place, text);
  }
  if (list->count > shown) buf_printf(text, "and %zu more\n", list->count - shown);
}

enum outcome complaints_first(struct complaints *list, struct err *err) {
  if (!list->count) return OUT_OK;
  qsort(list->items, list->count, sizeof *list->items, by_place);
  const struct complaint *item = &list->items[0];
  err_set(err, OUT_SPEC, "%.*s", STR_ARG(item->text));
  if (!item->place.source) return OUT_SPEC;
  uint64_t line, column;
  place_line(item->place, &line, &column);
  err_at(err, line, column);
  return err_in_file(err, str_of(item->place.source->name));
}

str suggest(struct arena *arena, str wrong, const str *names, size_t count) {
  size_t most = wrong.len < 4 ? 1 : wrong.len < 8 ? 2 : 3, best = most + 1;
  str hit = STR_NONE;
  for (size_t i = 0; i < count; i++) {
    size_t distance = str_distance(wrong, names[i], most);
    if (distance < best) best = distance, hit = names[i];
  }
  return best > most ? STR_NONE : arena_printf(arena, "; did you mean \"%.*s\"?", STR_ARG(hit));
}
