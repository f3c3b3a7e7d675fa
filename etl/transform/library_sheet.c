/* transform/library_sheet: a CSV sheet of the site, as a person or Excel saved it. */
#include "codec/csv.h"
#include "io/charset.h"
#include "io/digest.h"
#include "transform/library_internal.h"

struct sheet_reading {
  struct library *library;
  struct sheet *sheet;
};

static enum outcome add_sheet_row(void *user, const struct csv_row *row, struct err *err) {
  struct sheet_reading *reading = user;
  struct arena *arena = reading->library->arena;
  str *cells = ARENA_ARRAY(arena, str, row->count);
  (void)err;
  bool empty = true;
  for (size_t i = 0; i < row->count; i++) {
    cells[i] = arena_str(arena, row->fields[i]);
    empty = empty && !str_trim(cells[i]).len;
  }
  if (!reading->sheet->columns) {
    reading->sheet->columns = cells;
    reading->sheet->column_count = row->count;
  } else if (!empty && cells[0].at[0] != '#')
    *ARENA_PUSH(arena, reading->sheet->rows, reading->sheet->row_count) =
        (struct sheet_row){ cells, row->count, row->line };
  return OUT_OK;
}

/* Sheets may come from Excel: UTF-8, or windows-1252 when it is not that. */
static str sheet_text(struct library *library, str bytes) {
  if (str_is_utf8(bytes, NULL)) return bytes;
  struct charset_reader *reader = charset_reader_new(CHARSET_WINDOWS_1252);
  struct buf utf8 = buf_new((size_t)SHEET_MOST * 3);
  struct err err = { 0 };
  if (charset_to_utf8(reader, bytes, true, &utf8, &err))
    complain(library->wrong, (struct place){ NULL, 0 }, "%s", err.text);
  str text = arena_str(library->arena, buf_str(&utf8));
  buf_free(&utf8);
  charset_reader_free(reader);
  return text;
}

static const char sheet_folder[] = "transforms/lookups/";

static void no_sheet(struct library *library, str path, struct place place) {
  str name = str_sub(path, str_starts(path, str_of(sheet_folder)) ? sizeof sheet_folder - 1 : 0, path.len);
  str *names;
  size_t count;
  library_names(library, "transforms/lookups", ".csv", &names, &count);
  for (size_t i = 0; i < count; i++) names[i] = arena_printf(library->arena, "%.*s.csv", STR_ARG(names[i]));
  complain(library->wrong, place, "there is no sheet %.*s%.*s", STR_ARG(path),
           STR_ARG(suggest(library->arena, name, names, count)));
}

const struct sheet *library_rows(struct library *library, str path, struct place place) {
  struct sheet *sheet = map_get(library->sheets, path);
  if (sheet) return sheet;
  bool missing;
  const struct source *read = library_source(library, path, SHEET_MOST, &missing);
  if (!read) {
    if (missing && (place.source || place.at)) no_sheet(library, path, place);
    return NULL;
  }
  struct source *source = ARENA_NEW(library->arena, struct source);
  *source = (struct source){ read->name, sheet_text(library, read->text) };
  sheet = ARENA_NEW(library->arena, struct sheet);
  *sheet = (struct sheet){ .source = source };
  digest_bytes(read->text, sheet->digest);
  struct sheet_reading reading = { library, sheet };
  struct csv_reader *csv = csv_reader_new(0, csv_default_limits);
  struct err err = { 0 };
  if (csv_feed(csv, source->text, true, add_sheet_row, &reading, &err)) {
    struct place at = { source, 0 };
    for (uint64_t line = 1; line < err.line && at.at < source->text.len; at.at++)
      line += source->text.at[at.at] == '\n';
    complain(library->wrong, at, "%s", err.text);
  }
  csv_reader_free(csv);
  *map_put(library->sheets, path) = sheet;
  return sheet;
}

const struct sheet *library_sheet(struct library *library, str name, struct place place) {
  return library_rows(library, arena_printf(library->arena, "%s%.*s", sheet_folder, STR_ARG(name)), place);
}
