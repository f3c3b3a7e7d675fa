/* job/state_tidy: a state table put in order: old rows go, many small files become one.
 *
 *   what is there                       what becomes of it
 *   a file that counts                  stays; merged when there are more than STATE_FILES_MOST
 *   a merged file                       stays; written anew with the others, or when much of it counts no
 * more of an item that was reversed        removed released before `keep`              removed, after
 * kept-from says so of a release that has only begun    stays: it will count
 *
 * Every step is a rename or a removal of what counts elsewhere or no more, so that a crash between any two
 * changes no answer. All of it is done under the table's lock, on what lies there then.
 */
#include "io/file.h"
#include "job/state_internal.h"

struct tidy {
  const struct states *states;
  const struct state_table *table;
  struct state_folder folder;
  struct map *known; /* names of columns */
  str *columns;
  size_t column_count, released; /* of what counts */
  struct buf text;
};

static bool may_go(const struct tidy *tidy, const struct state_release *release) {
  return release && release->line && !state_counts(tidy->states, tidy->table, release);
}

/* Releases of merged files that count no more, and that do. */
static void weigh_merged(const struct tidy *tidy, size_t *stale, size_t *good) {
  const struct state_history *history = &tidy->folder.history;
  *stale = tidy->folder.strangers;
  *good = 0;
  for (size_t i = 0; i < history->count; i++) {
    if (!tidy->folder.spans[i].file) continue;
    bool counts = state_counts(tidy->states, tidy->table, &history->releases[i]);
    *good += counts;
    *stale += !counts;
  }
}

static bool wants_merging(const struct tidy *tidy) {
  size_t stale, good;
  weigh_merged(tidy, &stale, &good);
  return tidy->folder.single_count > STATE_FILES_MOST || tidy->folder.merged_count > 1 ||
         stale > STATE_FILES_MOST || (stale && !good);
}

static bool wants_anything(const struct tidy *tidy) {
  for (size_t i = 0; i < tidy->folder.name_count; i++)
    if (may_go(tidy, state_history_find(&tidy->folder.history, tidy->folder.names[i]))) return true;
  return wants_merging(tidy);
}

/* --- merging --- */

typedef void take_span(struct tidy *tidy, const struct state_span *span, struct arena *arena);

/* What counts, as it was released; of files that are not merged only one is held at a time. */
static enum outcome each_span(struct tidy *tidy, take_span *take, struct err *err) {
  const struct state_history *history = &tidy->folder.history;
  struct arena *passing = arena_new();
  enum outcome out = OUT_OK;
  tidy->released = 0;
  for (size_t i = 0; i < history->released && !out; i++) {
    const struct state_release *release = &history->releases[i];
    struct state_span span;
    if (!state_counts(tidy->states, tidy->table, release)) continue;
    out = state_span(tidy->states, tidy->table, &tidy->folder, release, passing, &span, err);
    if (!out) take(tidy, &span, passing), tidy->released++;
    if (out == OUT_END) out = OUT_OK;
    arena_reset(passing);
  }
  arena_free(passing);
  return out;
}

/* All columns that any file has, also those that the schema does not have today. */
static void take_columns(struct tidy *tidy, const struct state_span *span, struct arena *passing) {
  struct arena *arena = tidy->states->reading;
  (void)passing;
  for (size_t i = span->merged ? 1 : 0; i < span->file->column_count; i++) {
    void **place = map_put(tidy->known, span->file->columns[i]);
    if (*place) continue;
    *place = tidy;
    *ARENA_PUSH(arena, tidy->columns, tidy->column_count) = arena_str(arena, span->file->columns[i]);
  }
}

static void take_rows(struct tidy *tidy, const struct state_span *span, struct arena *passing) {
  size_t count = tidy->column_count;
  ptrdiff_t *from = ARENA_ARRAY(passing, ptrdiff_t, count);
  str *cells = ARENA_ARRAY(passing, str, count);
  for (size_t i = 1; i < count; i++) {
    from[i] = -1;
    for (size_t j = span->merged ? 1 : 0; j < span->file->column_count; j++)
      if (str_eq(span->file->columns[j], tidy->columns[i])) from[i] = (ptrdiff_t)j;
  }
  cells[0] = span->name;
  for (size_t line = span->from; line < span->from + span->count; line++) {
    for (size_t i = 1; i < count; i++)
      cells[i] = from[i] < 0 ? STR_NONE : span->file->lines[line].cells[from[i]];
    state_file_add(cells, count, &tidy->text);
  }
}

static str next_name(const struct tidy *tidy) {
  uint64_t most = 0, number;
  for (size_t i = 0; i < tidy->folder.name_count; i++)
    if (state_is_merged_name(tidy->folder.names[i], &number) && number > most) most = number;
  return arena_printf(tidy->states->reading, "merged-%llu.csv", (unsigned long long)most + 1);
}

static enum outcome find_columns(struct tidy *tidy, struct err *err) {
  struct arena *arena = tidy->states->reading;
  tidy->known = map_new(arena);
  tidy->columns = NULL;
  tidy->column_count = 0;
  *ARENA_PUSH(arena, tidy->columns, tidy->column_count) = STR("release");
  return each_span(tidy, take_columns, err);
}

static enum outcome write_merged(struct tidy *tidy, struct err *err) {
  tidy->text = buf_new(STATE_BYTES_MOST);
  state_file_add(tidy->columns, tidy->column_count, &tidy->text);
  enum outcome out = each_span(tidy, take_rows, err);
  state_file_seal(&tidy->text);
  if (!out && tidy->text.full)
    out = err_set(err, OUT_DATA, "state.%.*s is larger than %d bytes: keep fewer days",
                  STR_ARG(tidy->table->name), STATE_BYTES_MOST);
  if (!out)
    out = spool_state_put(tidy->states->of.spool, tidy->table->name, next_name(tidy), buf_str(&tidy->text),
                          err);
  buf_free(&tidy->text);
  return out;
}

/* --- removing --- */

static enum outcome say_kept_from(const struct tidy *tidy, struct err *err) {
  const struct state_history *history = &tidy->folder.history;
  int64_t from = tidy->states->of.site->today - tidy->table->keep;
  bool any = false;
  for (size_t i = 0; tidy->table->keep && i < history->released; i++)
    any = any || (!history->releases[i].reversed && history->releases[i].day < from);
  if (!any || from <= tidy->folder.kept_from) return OUT_OK;
  char day[DATE_TEXT_MOST];
  size_t len = date_format((int32_t)from, STR("YYYY-MM-DD"), day);
  str line = arena_printf(tidy->states->reading, "%.*s\n", (int)len, day);
  return spool_state_put(tidy->states->of.spool, tidy->table->name, str_of(state_kept_from), line, err);
}

static enum outcome remove_old(const struct tidy *tidy, bool merged, struct err *err) {
  size_t count = 0;
  str *old = NULL;
  for (size_t i = 0; i < tidy->folder.name_count; i++) {
    str name = tidy->folder.names[i];
    uint64_t number;
    const struct state_release *release = state_history_find(&tidy->folder.history, name);
    bool goes = may_go(tidy, release) || (merged && release && release->line) ||
                (merged && state_is_merged_name(name, &number));
    if (goes) *ARENA_PUSH(tidy->states->reading, old, count) = name;
  }
  return count ? spool_state_remove(tidy->states->of.spool, tidy->table->name, old, count, err) : OUT_OK;
}

static enum outcome put_in_order(struct tidy *tidy, struct err *err) {
  enum outcome out = state_look(tidy->states, tidy->table, tidy->states->reading, &tidy->folder, err);
  bool merge = !out && wants_merging(tidy);
  if (merge) out = find_columns(tidy, err);
  if (!out) out = say_kept_from(tidy, err);
  if (!out && merge && tidy->released) out = write_merged(tidy, err);
  return out ? out : remove_old(tidy, merge, err);
}

enum outcome state_tidy(const struct states *states, const struct state_table *table, struct err *err) {
  struct tidy tidy = { .states = states, .table = table, .folder = table->folder };
  int lock;
  if (!wants_anything(&tidy)) return OUT_OK;
  struct arena *before = spool_lend(states->of.spool, states->reading);
  arena_reset(states->reading); /* all of it is read again, under the lock */
  enum outcome out = spool_state_lock(states->of.spool, table->name, &lock, err);
  if (!out) out = put_in_order(&tidy, err);
  spool_lend(states->of.spool, before);
  spool_state_unlock(lock);
  if (out != OUT_RETRY) return out;
  *err = (struct err){ 0 };
  return OUT_OK;
}
