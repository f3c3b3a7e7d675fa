/* model/calendar: the site's fiscal periods. */
#include "model/calendar.h"

#include "model/date.h"

enum { PERIODS_MOST = 13 }; /* of a year: SL's GLSetup has FiscalPerEnd00 to 12 */
enum field { PERIOD, START, END, STATUS, FIELDS };

struct row {
  int32_t period, start, end;
  bool open;
};

struct calendar {
  struct row *rows; /* by day and by period at once */
  size_t count;
};

/* Where the reading of the sheet stands. */
struct sheet {
  str name, rest;
  uint64_t line;
  char separator;
  size_t columns;    /* of the heading */
  size_t at[FIELDS]; /* which column holds the field; `columns` when none does */
};

static const str field_names[FIELDS] = { { "period", 6 }, { "start", 5 }, { "end", 3 }, { "status", 6 } };

/* --- lines and cells --- */

/* The next line that holds more than blanks and separators. */
static bool next_line(struct sheet *sheet, str *line) {
  while (str_split(&sheet->rest, '\n', line)) {
    sheet->line++;
    for (size_t i = 0; i < line->len; i++)
      if (str_find(STR(" \t\r,;\""), line->at[i]) < 0) return true;
  }
  return false;
}

/* The cell without blanks and quotes; column 1-based, in characters. An empty one past the end of the line.
 */
static str cell_of(const struct sheet *sheet, str line, size_t index, uint64_t *column) {
  str rest = line, cell = { line.at + line.len, 0 };
  for (size_t i = 0; i <= index; i++)
    if (!str_split(&rest, sheet->separator, &cell)) cell = (str){ line.at + line.len, 0 };
  cell = str_trim(cell);
  *column = str_chars((str){ line.at, (size_t)(cell.at - line.at) }) + 1;
  if (cell.len >= 2 && cell.at[0] == '"' && cell.at[cell.len - 1] == '"')
    cell = str_trim(str_sub(cell, 1, cell.len - 1));
  return cell;
}

static enum outcome place(const struct sheet *sheet, uint64_t column, struct err *err) {
  err_in_file(err, sheet->name);
  return err_at(err, sheet->line, column);
}

/* --- the heading --- */

static bool is_same_name(str cell, str name) {
  size_t met = 0;
  for (size_t i = 0; i < cell.len; i++) {
    if (str_find(STR(" \t-_"), cell.at[i]) >= 0) continue;
    if (met == name.len || !str_eq_fold(str_sub(cell, i, i + 1), str_sub(name, met, met + 1))) return false;
    met++;
  }
  return met == name.len;
}

static enum outcome find_column(struct sheet *sheet, str line, enum field field, struct err *err) {
  uint64_t column;
  sheet->at[field] = sheet->columns;
  for (size_t i = 0; i < sheet->columns; i++) {
    if (!is_same_name(cell_of(sheet, line, i, &column), field_names[field])) continue;
    if (sheet->at[field] < sheet->columns) {
      err_set(err, OUT_SPEC, "two columns are named \"%.*s\"", STR_ARG(field_names[field]));
      return place(sheet, column, err);
    }
    sheet->at[field] = i;
  }
  if (sheet->at[field] < sheet->columns || field == STATUS) return OUT_OK;
  err_set(err, OUT_SPEC, "no column \"%.*s\"; a fiscal calendar has the columns period, start, end, status",
          STR_ARG(field_names[field]));
  return place(sheet, 1, err);
}

static enum outcome read_heading(struct sheet *sheet, struct err *err) {
  str line;
  if (!next_line(sheet, &line)) {
    sheet->line = 1;
    err_set(err, OUT_SPEC, "the fiscal calendar is empty");
    return place(sheet, 1, err);
  }
  sheet->separator = str_find(line, ';') >= 0 ? ';' : ',';
  sheet->columns = 1;
  for (size_t i = 0; i < line.len; i++) sheet->columns += line.at[i] == sheet->separator;
  for (enum field field = PERIOD; field < FIELDS; field++)
    if (find_column(sheet, line, field, err)) return err->outcome;
  return OUT_OK;
}

/* --- the rows --- */

static bool parse_status(str cell, bool *open) {
  *open = str_eq_fold(cell, STR("open"));
  return *open || str_eq_fold(cell, STR("closed"));
}

/* The name of what is wrong with the cell, or NULL. */
static const char *read_cell(str cell, enum field field, struct row *row) {
  switch (field) {
  case PERIOD: return period_parse(cell, STR("YYYYPP"), &row->period) ? NULL : "no period YYYYPP (01 to 13)";
  case START: return date_parse(cell, STR_NONE, &row->start) ? NULL : "no date YYYY-MM-DD";
  case END: return date_parse(cell, STR_NONE, &row->end) ? NULL : "no date YYYY-MM-DD";
  case STATUS: return parse_status(cell, &row->open) ? NULL : "neither open nor closed";
  case FIELDS: break;
  }
  return NULL;
}

static enum outcome read_row(struct sheet *sheet, str line, struct row *row, uint64_t columns[FIELDS],
                             struct err *err) {
  *row = (struct row){ .open = true };
  for (enum field field = PERIOD; field < FIELDS; field++) {
    columns[field] = 1;
    if (sheet->at[field] == sheet->columns) continue;
    str cell = cell_of(sheet, line, sheet->at[field], &columns[field]);
    const char *wrong = read_cell(cell, field, row);
    if (!wrong) continue;
    err_set(err, OUT_SPEC, "%.*s: \"%.*s\" is %s", STR_ARG(field_names[field]),
            STR_ARG(str_left_chars(cell, 40)), wrong);
    return place(sheet, columns[field], err);
  }
  return OUT_OK;
}

static bool follows(int32_t period, int32_t last) {
  return period == last + 1 || period == (last / 100 + 1) * 100 + 1;
}

static enum outcome check_order(const struct sheet *sheet, const struct row *row, const struct row *last,
                                const uint64_t columns[FIELDS], struct err *err) {
  char day[DATE_TEXT_MOST];
  if (row->end < row->start) {
    err_set(err, OUT_SPEC, "period %06d ends before it starts", (int)row->period);
    return place(sheet, columns[END], err);
  }
  if (!last) return OUT_OK;
  if (!follows(row->period, last->period)) {
    err_set(err, OUT_SPEC, "period %06d does not follow %06d", (int)row->period, (int)last->period);
    return place(sheet, columns[PERIOD], err);
  }
  if (row->start != last->end + 1) {
    int len = (int)date_format(last->end + 1, STR("YYYY-MM-DD"), day);
    err_set(err, OUT_SPEC, "period %06d must start on %.*s, the day after period %06d ends", (int)row->period,
            len, day, (int)last->period);
    return place(sheet, columns[START], err);
  }
  return OUT_OK;
}

enum outcome calendar_parse(str name, str text, struct arena *arena, const struct calendar **calendar,
                            struct err *err) {
  struct calendar *fresh = ARENA_NEW(arena, struct calendar);
  if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_sub(text, 3, text.len);
  struct sheet sheet = { .name = name, .rest = text.len ? text : STR_NONE };
  if (read_heading(&sheet, err)) return err->outcome;

  uint64_t heading = sheet.line;
  str line;
  while (next_line(&sheet, &line)) {
    struct row row;
    uint64_t columns[FIELDS] = { 0 };
    const struct row *last = fresh->count ? &fresh->rows[fresh->count - 1] : NULL;
    if (read_row(&sheet, line, &row, columns, err) || check_order(&sheet, &row, last, columns, err))
      return err->outcome;
    *ARENA_PUSH(arena, fresh->rows, fresh->count) = row;
  }
  if (!fresh->count) {
    sheet.line = heading;
    err_set(err, OUT_SPEC, "the fiscal calendar has no periods");
    return place(&sheet, 1, err);
  }
  *calendar = fresh;
  return OUT_OK;
}

/* --- asking --- */

/* The first row that ends on the day or later. */
static const struct row *row_of_day(const struct calendar *calendar, int32_t date) {
  size_t low = 0, high = calendar->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (calendar->rows[middle].end < date) low = middle + 1;
    else high = middle;
  }
  return low < calendar->count && calendar->rows[low].start <= date ? &calendar->rows[low] : NULL;
}

static const struct row *row_of_period(const struct calendar *calendar, int32_t period) {
  for (size_t i = 0; i < calendar->count; i++)
    if (calendar->rows[i].period == period) return &calendar->rows[i];
  return NULL;
}

bool calendar_period(const struct calendar *calendar, int32_t date, int32_t *period) {
  const struct row *row = row_of_day(calendar, date);
  if (row) *period = row->period;
  return row;
}

bool calendar_is_open(const struct calendar *calendar, int32_t period) {
  const struct row *row = row_of_period(calendar, period);
  return row && row->open;
}

bool calendar_first_open(const struct calendar *calendar, int32_t period, int32_t *open) {
  for (size_t i = 0; i < calendar->count; i++)
    if (calendar->rows[i].open && calendar->rows[i].period >= period) {
      *open = calendar->rows[i].period;
      return true;
    }
  return false;
}

bool calendar_bounds(const struct calendar *calendar, int32_t period, int32_t *start, int32_t *end) {
  const struct row *row = row_of_period(calendar, period);
  if (row) *start = row->start, *end = row->end;
  return row;
}

void calendar_range(const struct calendar *calendar, int32_t *start, int32_t *end) {
  *start = calendar->rows[0].start;
  *end = calendar->rows[calendar->count - 1].end;
}

/* --- periods as text --- */

enum piece { YEAR, NUMBER, ITSELF };

static char take_piece(str *pattern, enum piece *piece) {
  char c = pattern->at[0];
  size_t len = 1;
  *piece = ITSELF;
  if (str_starts(*pattern, STR("YYYY"))) *piece = YEAR, len = 4;
  else if (str_starts(*pattern, STR("PP")) || str_starts(*pattern, STR("MM"))) *piece = NUMBER, len = 2;
  *pattern = str_sub(*pattern, len, pattern->len);
  return c;
}

size_t period_format(int32_t period, str pattern, char *text, size_t room) {
  size_t len = 0;
  while (pattern.len) {
    enum piece piece;
    char itself = take_piece(&pattern, &piece);
    int32_t number = piece == YEAR ? period / 100 : period % 100;
    int32_t unit = piece == YEAR ? 1000 : 10;
    for (; piece != ITSELF && unit; unit /= 10)
      if (len < room) text[len++] = (char)('0' + number / unit % 10);
    if (piece == ITSELF && len < room) text[len++] = itself;
  }
  return len;
}

bool period_parse(str text, str pattern, int32_t *period) {
  int64_t numbers[2] = { 0, 0 };
  while (pattern.len) {
    enum piece piece;
    char itself = take_piece(&pattern, &piece);
    size_t len = piece == YEAR ? 4 : piece == NUMBER ? 2 : 1;
    if (text.len < len) return false;
    if (piece == ITSELF ? text.at[0] != itself : !str_to_int(str_sub(text, 0, len), &numbers[piece]))
      return false;
    text = str_sub(text, len, text.len);
  }
  if (text.len || numbers[YEAR] < 1 || numbers[NUMBER] < 1 || numbers[NUMBER] > PERIODS_MOST) return false;
  *period = (int32_t)(numbers[YEAR] * 100 + numbers[NUMBER]);
  return true;
}

/* The year once and the number once; a lone Y, P or M is a slip of the pen. */
bool period_pattern_is_good(str pattern) {
  int seen[ITSELF + 1] = { 0 };
  while (pattern.len) {
    enum piece piece;
    char itself = take_piece(&pattern, &piece);
    if (piece == ITSELF && str_find(STR("YPM"), itself) >= 0) return false;
    seen[piece]++;
  }
  return seen[YEAR] == 1 && seen[NUMBER] == 1;
}
