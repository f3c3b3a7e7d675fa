/* job/lookup_row: an answer becomes a row of a lookup sheet, with who said it and when. */
#include "job/lookup_row.h"
#include "codec/csv.h"
#include "io/file.h"
#include "io/in.h"
#include "job/specs.h"
#include "spool/review.h"
#include "transform/try_row.h"

#include <string.h>
#include <sys/stat.h>

enum { SHEET_MOST = 64 << 20, CELLS_MOST = 100 };
static const char by_column[] = "answered by", on_column[] = "answered on";

struct addition {
  const struct custody *custody;
  const struct question *question;
  struct arena *arena;
  const struct lookup *lookup; /* as the site stands now */
  const struct lookup_spec *spec;
  str names[CELLS_MOST], cells[CELLS_MOST]; /* the keys that are asked about */
  size_t key_count;
  str values[CELLS_MOST];
  size_t value_count;
  str by, day;
  str bytes, text; /* the sheet's file as it is; as it would be */
};

static const struct lookup *lookup_in(struct library *library, const struct question *question,
                                      const struct program **program) {
  const struct place somewhere = { NULL, 1 };
  const struct feed *feed = feed_open(library, question->feed, somewhere);
  for (size_t i = 0; feed && i < feed->program_count; i++)
    for (size_t j = 0; feed->programs[i] && j < feed->programs[i]->lookup_count; j++) {
      *program = feed->programs[i];
      if (str_eq((*program)->lookups[j]->name, question->lookup)) return (*program)->lookups[j];
    }
  return NULL;
}

static const struct lookup_spec *stated(const struct program *program, str name) {
  for (size_t i = 0; i < program->spec->lookup_count; i++)
    if (str_eq(program->spec->lookups[i].name, name)) return &program->spec->lookups[i];
  return NULL;
}

/* --- the answer --- */

static bool has_control(str text) {
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f) return true;
  return false;
}

/* Keys that are not asked about: "*", any value. */
static str key_cell(const struct addition *add, str name) {
  for (size_t i = 0; i < add->key_count; i++)
    if (str_eq(add->names[i], name)) return add->cells[i];
  return STR("*");
}

static bool is_key(const struct lookup_spec *spec, str name) {
  for (size_t i = 0; i < spec->pair_count; i++)
    if (str_eq(spec->pairs[i].name, name)) return true;
  return false;
}

static enum outcome read_keys(struct addition *add, struct err *err) {
  str cells = add->question->keys, names = add->question->field, cell, name;
  while (str_split(&names, ',', &name)) {
    if (!str_split(&cells, QUESTION_PART, &cell) || add->key_count == CELLS_MOST) break;
    name = str_trim(name);
    if (!is_key(add->spec, name) || sheet_column(add->lookup->sheet, name) < 0)
      return err_set(err, OUT_DATA, "%.*s is not found by a column \"%.*s\" any more",
                     STR_ARG(add->lookup->from), STR_ARG(name));
    bool first = sheet_column(add->lookup->sheet, name) == 0;
    if (str_find(cell, '*') >= 0 || has_control(cell) || (first && str_starts(cell, STR("#"))))
      return err_set(err, OUT_DATA, "\"%.*s\" would not stand for itself in a sheet: write the row by hand",
                     STR_ARG(cell));
    add->names[add->key_count] = name;
    add->cells[add->key_count++] = cell;
  }
  return add->key_count ? OUT_OK : err_set(err, OUT_DATA, "the question names no key of the sheet");
}

static enum outcome read_values(struct addition *add, str answer, struct err *err) {
  const struct lookup *lookup = add->lookup;
  struct buf names = buf_new(1 << 16);
  str cell;
  for (size_t i = 0; i < lookup->take_count; i++)
    buf_printf(&names, "%s%.*s", i ? "; " : "", STR_ARG(lookup->takes[i].name));
  str wanted = arena_str(add->arena, buf_str(&names));
  buf_free(&names);
  while (str_split(&answer, ';', &cell)) {
    if (add->value_count == lookup->take_count || add->value_count == CELLS_MOST)
      return err_set(err, OUT_DATA, "these are more values than there are columns: %.*s", STR_ARG(wanted));
    if (has_control(cell)) return err_set(err, OUT_DATA, "a value holds a line end or a control character");
    add->values[add->value_count++] = str_trim(cell);
  }
  for (size_t i = 0; i < add->value_count; i++)
    if (add->values[i].len && sheet_column(lookup->sheet, lookup->takes[i].name) < 0)
      return err_set(err, OUT_DATA, "%.*s has no column \"%.*s\"", STR_ARG(lookup->from),
                     STR_ARG(lookup->takes[i].name));
  return OUT_OK;
}

/* --- what the sheet has already --- */

static str cell_at(const struct sheet_row *row, ptrdiff_t column) {
  return column >= 0 && (size_t)column < row->count ? str_trim(row->cells[column]) : STR_NONE;
}

static bool same_keys(const struct addition *add, const struct sheet_row *row) {
  for (size_t i = 0; i < add->spec->pair_count; i++) {
    str name = add->spec->pairs[i].name;
    ptrdiff_t column = sheet_column(add->lookup->sheet, name);
    str there = column < 0 ? STR("*") : cell_at(row, column);
    if (!str_eq(key_fold(there, add->arena), key_fold(key_cell(add, name), add->arena))) return false;
  }
  return true;
}

static bool same_values(const struct addition *add, const struct sheet_row *row) {
  for (size_t i = 0; i < add->lookup->take_count; i++) {
    str there = cell_at(row, sheet_column(add->lookup->sheet, add->lookup->takes[i].name));
    if (!str_eq(there, i < add->value_count ? add->values[i] : STR_NONE)) return false;
  }
  return true;
}

static enum outcome look_in_sheet(const struct addition *add, str *said, struct err *err) {
  const struct sheet *sheet = add->lookup->sheet;
  for (size_t i = 0; i < sheet->row_count; i++) {
    if (!same_keys(add, &sheet->rows[i])) continue;
    *said = arena_printf(add->custody->site->arena, "line %llu of %.*s says so already",
                         (unsigned long long)sheet->rows[i].line, STR_ARG(add->lookup->from));
    if (same_values(add, &sheet->rows[i])) return OUT_END;
    return err_set(err, OUT_DATA, "line %llu of %.*s answers this by now, in another way",
                   (unsigned long long)sheet->rows[i].line, STR_ARG(add->lookup->from));
  }
  return OUT_OK;
}

/* --- the sheet with the row --- */

static const char *path_of(const struct addition *add) {
  str name = arena_printf(add->arena, "transforms/lookups/%.*s", STR_ARG(add->lookup->from));
  return file_join(add->arena, add->custody->site->folder, name);
}

static enum outcome read_bytes(struct addition *add, struct err *err) {
  const char *path = path_of(add);
  if (file_exists(path)) return in_read_whole(path, SHEET_MOST, add->arena, &add->bytes, err);
  add->bytes = add->lookup->sheet->source->text; /* it came with the program */
  return OUT_OK;
}

static enum outcome nothing(void *user, const struct csv_row *row, struct err *err) {
  (void)user, (void)row, (void)err;
  return OUT_OK;
}

static char mark_of(str bytes) {
  struct csv_reader *csv = csv_reader_new(0, csv_default_limits);
  struct err ignored = { 0 };
  csv_feed(csv, bytes, true, nothing, NULL, &ignored);
  char mark = csv_reader_mark(csv);
  csv_reader_free(csv);
  return mark ? mark : ',';
}

/* Where the line of titles ends: the first that is neither blank nor "sep=". */
static size_t titles_end(str text) {
  size_t start = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.len; i++) {
    quoted = quoted != (text.at[i] == '"');
    if (quoted || (text.at[i] != '\n' && text.at[i] != '\r')) continue;
    str line = str_sub(text, start, i);
    if (str_starts(line, STR("\xef\xbb\xbf"))) line = str_sub(line, 3, line.len);
    if (str_trim(line).len && !str_starts(line, STR("sep="))) return i;
    start = i + 1;
  }
  return text.len;
}

static str cell_for(const struct addition *add, str column) {
  const struct lookup *lookup = add->lookup;
  str name = header_fold(column, add->arena);
  for (size_t i = 0; i < add->spec->pair_count; i++)
    if (str_eq(header_fold(add->spec->pairs[i].name, add->arena), name))
      return key_cell(add, add->spec->pairs[i].name);
  for (size_t i = 0; i < lookup->take_count && i < add->value_count; i++)
    if (str_eq(header_fold(lookup->takes[i].name, add->arena), name)) return add->values[i];
  if (str_eq(name, header_fold(str_of(by_column), add->arena))) return add->by;
  if (str_eq(name, header_fold(str_of(on_column), add->arena))) return add->day;
  return STR_NONE;
}

static void compose(struct addition *add) {
  const struct sheet *sheet = add->lookup->sheet;
  char mark = mark_of(add->bytes);
  size_t end = titles_end(add->bytes);
  bool crlf = end + 1 < add->bytes.len && add->bytes.at[end] == '\r' && add->bytes.at[end + 1] == '\n';
  const char *line_end = crlf ? "\r\n" : "\n";
  str titles[2] = { str_of(by_column), str_of(on_column) };
  struct buf text = buf_new((size_t)SHEET_MOST * 2);
  buf_add(&text, str_sub(add->bytes, 0, end));
  for (size_t i = 0; i < 2; i++)
    if (sheet_column(sheet, titles[i]) < 0) buf_printf(&text, "%c%.*s", mark, STR_ARG(titles[i]));
  buf_add(&text, str_sub(add->bytes, end, add->bytes.len));
  if (text.len && text.at[text.len - 1] != '\n') buf_add(&text, str_of(line_end));
  for (size_t i = 0; i < sheet->column_count; i++) {
    if (i) buf_char(&text, mark);
    csv_write_field(&text, cell_for(add, sheet->columns[i]), mark);
  }
  for (size_t i = 0; i < 2; i++) {
    if (sheet_column(sheet, titles[i]) >= 0) continue;
    buf_char(&text, mark);
    csv_write_field(&text, cell_for(add, titles[i]), mark);
  }
  buf_add(&text, str_of(line_end));
  add->text = arena_str(add->arena, buf_str(&text));
  buf_free(&text);
}

/* An old sheet of Excel's is windows-1252: what is added must read the same in it. */
static enum outcome fits_charset(const struct addition *add, struct err *err) {
  if (str_is_utf8(add->bytes, NULL)) return OUT_OK;
  str all = arena_printf(add->arena, "%.*s %.*s", STR_ARG(add->question->keys), STR_ARG(add->by));
  for (size_t i = 0; i < add->value_count; i++)
    all = arena_printf(add->arena, "%.*s %.*s", STR_ARG(all), STR_ARG(add->values[i]));
  for (size_t i = 0; i < all.len; i++)
    if ((unsigned char)all.at[i] >= 0x80)
      return err_set(err, OUT_DATA, "%.*s is not UTF-8: save it as UTF-8 first", STR_ARG(add->lookup->from));
  return OUT_OK;
}

/* --- checking --- */

static enum outcome first_complaint(struct complaints *wrong, enum outcome outcome, struct err *err) {
  struct err first = { 0 };
  char text[ERR_TEXT_MOST + ERR_FILE_MOST + 64];
  complaints_first(wrong, &first);
  err_format(&first, text, sizeof text);
  /* What is wrong with the row is said of the answer; what is wrong without it needs its place. */
  return err_set(err, outcome, "%.900s", outcome == OUT_SPEC ? text : first.text);
}

static str try_rules(const struct addition *add, const struct program *program, const struct lookup *lookup,
                     struct complaints *wrong) {
  const struct site *site = add->custody->site;
  struct run run = { .program = program, .calendar = site->calendar, .today = site->today, .now = site->now };
  run.notation = (struct notation){ .decimal = DEC_PLAIN, .zone = site->zone, .places_most = -1 };
  run.finders = ARENA_ARRAY(add->arena, struct finder *, program->lookup_count + 1);
  for (size_t i = 0; i < program->lookup_count; i++)
    if (program->lookups[i]->sheet) run.finders[i] = finder_new(program->lookups[i], add->arena, wrong);
  str cells[NODE_KIDS_MOST];
  for (size_t i = 0; i < lookup->key_count; i++) {
    cells[i] = key_cell(add, lookup->pairs[i].name);
    if (str_eq(cells[i], STR("*"))) cells[i] = STR_NONE;
  }
  return try_row(&run, lookup, cells, add->arena);
}

static enum outcome check_site(const struct addition *add, struct err *err) {
  const struct site *site = add->custody->site;
  struct complaints *wrong = complaints_new(add->arena);
  struct library *library = library_again(site->library, add->lookup->from, add->text, add->arena, wrong);
  const struct program *program = NULL;
  specs_check(library);
  if (complaints_count(wrong)) return first_complaint(wrong, OUT_DATA, err);
  const struct lookup *lookup = lookup_in(library, add->question, &program);
  if (!lookup) return err_set(err, OUT_DATA, "lookup %.*s is gone", STR_ARG(add->question->lookup));
  str refused = try_rules(add, program, lookup, wrong);
  return refused.len ? err_set(err, OUT_DATA, "%.*s", STR_ARG(refused)) : OUT_OK;
}

/* --- writing --- */

static enum outcome write_sheet(const struct addition *add, struct err *err) {
  const struct site *site = add->custody->site;
  const char *path = path_of(add);
  struct stat about;
  unsigned mode = stat(path, &about) == 0 ? (unsigned)about.st_mode & 0777u : 0644;
  str time = batch_time(site, add->arena);
  str as = arena_printf(add->arena, "%.*s-%.*s.csv", STR_ARG(time), STR_ARG(add->question->id));
  char *plain = arena_alloc(add->arena, as.len + 1); /* no colons in a file's name */
  size_t len = 0;
  for (size_t i = 0; i < as.len; i++)
    if (as.at[i] != ':') plain[len++] = as.at[i];
  enum outcome out =
      spool_keep_lookup(add->custody->spool, add->lookup->from, (str){ plain, len }, add->bytes, err);
  str folder = STR("transforms/lookups");
  if (!out) out = file_make_folders(file_join(add->arena, site->folder, folder), 0755, err);
  return out ? out : file_put(path, mode, add->text, err);
}

static enum outcome add_row(struct addition *add, str answer, str *said, struct err *err) {
  enum outcome out = read_keys(add, err);
  if (!out) out = read_values(add, answer, err);
  if (!out) out = look_in_sheet(add, said, err);
  if (!out) out = read_bytes(add, err);
  if (!out) out = fits_charset(add, err);
  if (out) return out;
  compose(add);
  if (check_site(add, err) || write_sheet(add, err)) return err->outcome;
  *said = arena_printf(add->custody->site->arena, "%.*s has a new row", STR_ARG(add->lookup->from));
  return OUT_OK;
}

enum outcome lookup_row_add(const struct custody *custody, const struct question *question, str answer,
                            str by, str *said, struct err *err) {
  struct addition add = { .custody = custody, .question = question, .arena = arena_new(), .by = by };
  struct complaints *wrong = complaints_new(add.arena);
  struct library *library = library_again(custody->site->library, STR_NONE, STR_NONE, add.arena, wrong);
  const struct program *program = NULL;
  enum outcome out;
  add.day = batch_day(custody->site, add.arena);
  add.lookup = lookup_in(library, question, &program);
  add.spec = add.lookup ? stated(program, add.lookup->name) : NULL;
  if (complaints_count(wrong)) out = first_complaint(wrong, OUT_SPEC, err);
  else if (!add.lookup || !add.spec || !add.lookup->sheet)
    out = err_set(err, OUT_DATA, "feed %.*s has no lookup \"%.*s\" any more", STR_ARG(question->feed),
                  STR_ARG(question->lookup));
  else out = add_row(&add, answer, said, err);
  arena_free(add.arena);
  return out;
}
