/* fuzz/fuzz_state: any bytes as a state's file; what is read and written again, sealed, reads back the same.
 *
 * The first byte chooses: even, the file of one release; odd, a merged one, whose sum is set right first when
 * the byte is 3 more than a multiple of 4.
 */
#include "job/state_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_back(const struct state_file *file, struct arena *arena) {
  struct state_file again;
  struct err err = { 0 };
  struct buf text = buf_new((size_t)1 << 28);
  state_file_add(file->columns, file->column_count, &text);
  for (size_t i = 0; i < file->line_count; i++) {
    bool blank = file->column_count == 1 && !file->lines[i].cells[0].len; /* would be an empty line */
    if (blank) goto done;
    state_file_add(file->lines[i].cells, file->column_count, &text);
  }
  if (state_file_parse(STR("again"), arena_str(arena, buf_str(&text)), arena, &again, &err)) abort();
  if (again.column_count != file->column_count || again.line_count != file->line_count) abort();
  for (size_t i = 0; i < file->line_count; i++)
    for (size_t j = 0; j < file->column_count; j++)
      if (!str_eq(again.lines[i].cells[j], file->lines[i].cells[j])) abort();
done:
  buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  struct arena *arena = arena_new();
  struct buf text = buf_new((size_t)1 << 28);
  struct state_file file;
  struct err err = { 0 };
  buf_bytes(&text, data + 1, size - 1);
  if (data[0] % 4 == 3) state_file_seal(&text);
  str bytes = arena_str(arena, buf_str(&text));
  enum outcome out = data[0] % 2 ? state_file_parse_merged(STR("x"), bytes, arena, &file, &err)
                                 : state_file_parse(STR("x"), bytes, arena, &file, &err);
  if (out && (out != OUT_DATA || !err.text[0])) abort();
  if (!out) read_back(&file, arena);
  buf_free(&text);
  arena_free(arena);
  return 0;
}
