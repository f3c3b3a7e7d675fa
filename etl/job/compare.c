/* job/compare: two released texts, line against line: what only one of them has. */
#include "io/in.h"
#include "job/batch.h"

#include <stdlib.h>

enum { FILE_MOST = 64 << 20, SHOWN_MOST = 200 };

static int by_text(const void *a, const void *b) { return str_compare(*(const str *)a, *(const str *)b); }

static size_t sorted_lines(str text, struct arena *arena, str **lines) {
  size_t count = 0;
  str line;
  *lines = NULL;
  while (str_split(&text, '\n', &line))
    if (str_trim(line).len) *ARENA_PUSH(arena, *lines, count) = str_trim(line);
  if (count) qsort(*lines, count, sizeof **lines, by_text);
  return count;
}

static void show(char sign, str line, size_t *shown, struct buf *text) {
  if ((*shown)++ < SHOWN_MOST) buf_printf(text, "%c %.*s\n", sign, STR_ARG(line));
}

enum outcome compare_outputs(const char *old_path, const char *new_path, struct buf *text, struct err *err) {
  if (str_ends(str_of(new_path), STR(".rows"))) return compare_rows(old_path, new_path, text, err);
  struct arena *arena = arena_new();
  str old_text = STR_NONE, new_text = STR_NONE, *old_lines, *new_lines;
  enum outcome out = in_read_whole(old_path, FILE_MOST, arena, &old_text, err);
  if (!out) out = in_read_whole(new_path, FILE_MOST, arena, &new_text, err);
  size_t i = 0, j = 0, shown = 0;
  if (!out) {
    size_t old_count = sorted_lines(old_text, arena, &old_lines),
           new_count = sorted_lines(new_text, arena, &new_lines);
    while (i < old_count || j < new_count) {
      int order = i == old_count ? 1 : j == new_count ? -1 : str_compare(old_lines[i], new_lines[j]);
      if (order < 0) show('-', old_lines[i], &shown, text);
      if (order > 0) show('+', new_lines[j], &shown, text);
      i += order <= 0;
      j += order >= 0;
    }
    if (shown > SHOWN_MOST) buf_printf(text, "... and %zu more lines\n", shown - SHOWN_MOST);
  }
  arena_free(arena);
  return out;
}
