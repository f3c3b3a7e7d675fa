/* fuzz/fuzz_tsv: any bytes as a TSV file give the same rows, in chunks of every size.
 *
 * The first byte chooses the character set and whether the file is CSV, the rest is the file. Columns are
 * a, b and c of a small schema, c optional.
 */
#include "extract/flat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_MOST = 64 << 20, CHUNKS_MOST = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char layout[] = "  record row\n    a text(20)\n    b decimal\n    c text(20) optional\n";

static const struct schema *schema_of(struct arena *arena, bool csv) {
  struct complaints *wrong = complaints_new(arena);
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x.schema",
                             arena_printf(arena, "schema x  format %s\n%s", csv ? "csv" : "tsv", layout) };
  const struct schema *schema = schema_parse(source, arena, wrong);
  if (!schema || complaints_count(wrong)) abort();
  return schema;
}

static void show_rows(const struct rows *rows, size_t columns, bool whole, struct buf *shown) {
  for (size_t row = 0; row < rows->count; row++) {
    for (size_t i = 0; i < columns; i++) {
      str cell = rows_cell(rows, i, row);
      buf_printf(shown, "%zu:", cell.len);
      buf_add(shown, cell);
    }
    str bytes = rows_row(rows, row);
    if (whole) buf_add(shown, bytes);
    buf_printf(shown, " %d\n", rows->flaw ? rows->flaw[row] : ROW_GOOD);
  }
}

/* All rows, then how it ended. With bytes that are not UTF-8 the caller reads again in another character set,
 * and only that matters. */
static struct buf read_all(const char *path, const struct schema *schema, enum charset charset,
                           size_t chunk) {
  const struct record *record = schema->records[0];
  const struct field *fields[] = { record->fields[2], record->fields[0], record->fields[1] };
  struct flat_settings settings = { .schema = schema, .columns = { fields, 3 }, .chunk_size = chunk };
  struct buf shown = buf_new(SHOWN_MOST);
  struct flat *flat;
  struct err err = { 0 };
  settings.charset = charset;
  settings.limits = in_default_limits;
  enum outcome out = flat_open(path, &settings, &flat, &err);
  if (out) {
    buf_printf(&shown, "%d", (int)out);
    return shown;
  }
  struct flat_chunk *own = flat_chunk_new(flat);
  struct rows rows;
  size_t rounds = 0;
  while (!(out = flat_next(flat, own, &rows, &err))) {
    if (++rounds > CHUNKS_MOST) abort();
    show_rows(&rows, 3, true, &shown);
  }
  bool not_utf8 = flat_is_not_utf8(flat);
  if (out != OUT_END) buf_clear(&shown); /* rows before an error depend on the chunk it stands in */
  buf_printf(&shown, "%d%s", (int)out, not_utf8 ? " not UTF-8" : "");
  flat_chunk_free(own);
  flat_close(flat);
  return shown;
}

static void check(const char *path, uint8_t choice) {
  static const enum charset charsets[] = { CHARSET_UTF_8, CHARSET_WINDOWS_1252 };
  static const size_t chunks[] = { 1, 2, 3, 7, 64, 65, 200, 4096 };
  struct arena *arena = arena_new();
  const struct schema *schema = schema_of(arena, choice & 2);
  enum charset charset = charsets[choice & 1];
  struct buf want = read_all(path, schema, charset, 0);
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
    struct buf got = read_all(path, schema, charset, chunks[i]);
    if (!str_eq(buf_str(&got), buf_str(&want))) abort();
    buf_free(&got);
  }
  buf_free(&want);
  arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char path[] = "/tmp/fuzz_tsv.XXXXXX";
  if (size < 1 || size > 65536) return 0;
  int fd = mkstemp(path);
  if (fd < 0) abort();
  for (size_t done = 1; done < size;) {
    ssize_t got = write(fd, data + done, size - done);
    if (got <= 0) abort();
    done += (size_t)got;
  }
  check(path, data[0]);
  unlink(path);
  close(fd);
  return 0;
}
