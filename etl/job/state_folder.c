/* job/state_folder: what lies in a state table's folder, held against what the ledger says of it. */
#include "io/file.h"
#include "io/in.h"
#include "job/state_internal.h"

const char state_kept_from[] = "kept-from";

static str shown(const struct state_table *table, str name, struct arena *arena) {
  return arena_printf(arena, "var/state/%.*s/%.*s", STR_ARG(table->name), STR_ARG(name));
}

bool state_is_merged_name(str name, uint64_t *number) {
  static const size_t start = sizeof "merged-" - 1, end = sizeof ".csv" - 1;
  int64_t parsed;
  if (!str_starts(name, STR("merged-")) || !str_ends(name, STR(".csv")) || name.len <= start + end)
    return false;
  if (!str_to_int(str_sub(name, start, name.len - end), &parsed) || parsed < 1) return false;
  *number = (uint64_t)parsed;
  return true;
}

/* OUT_RETRY: it went since it was listed. */
static enum outcome read_bytes(const struct states *states, const struct state_table *table, str name,
                               struct arena *arena, str *bytes, struct err *err) {
  struct arena *before = spool_lend(states->of.spool, arena);
  const char *path = spool_state_path(states->of.spool, table->name, name);
  spool_lend(states->of.spool, before);
  enum outcome out = in_read_whole(path, STATE_BYTES_MOST, arena, bytes, err);
  if (!out || file_exists(path)) return out;
  return err->outcome = OUT_RETRY;
}

static struct state_span *span_of(const struct state_folder *folder, const struct state_release *release) {
  return &folder->spans[release - folder->history.releases];
}

static void add_spans(struct state_folder *folder, const struct state_file *file) {
  for (size_t i = 0, end; i < file->line_count; i = end) {
    str name = file->lines[i].cells[0];
    for (end = i + 1; end < file->line_count && str_eq(file->lines[end].cells[0], name);) end++;
    const struct state_release *release = state_history_find(&folder->history, name);
    if (!release) folder->strangers++;
    else if (!span_of(folder, release)->file) /* in two merged files after a crash: the same rows */
      *span_of(folder, release) = (struct state_span){ release->name, file, i, end - i, true };
  }
}

static enum outcome read_merged(const struct states *states, const struct state_table *table,
                                struct state_folder *folder, str name, struct err *err) {
  struct arena *passing = arena_new();
  str bytes, path = shown(table, name, states->reading);
  struct state_file *file = ARENA_NEW(states->reading, struct state_file);
  enum outcome out = read_bytes(states, table, name, passing, &bytes, err);
  if (!out) out = state_file_parse_merged(path, bytes, states->reading, file, err);
  arena_free(passing);
  if (out) return out;
  folder->merged_count++;
  add_spans(folder, file);
  return OUT_OK;
}

static enum outcome read_kept_from(const struct states *states, const struct state_table *table,
                                   struct state_folder *folder, struct err *err) {
  str bytes, name = str_of(state_kept_from);
  enum outcome out = read_bytes(states, table, name, states->reading, &bytes, err);
  if (out || date_parse(str_trim(bytes), STR("YYYY-MM-DD"), &folder->kept_from)) return out;
  err_set(err, OUT_DATA, "the file holds one day, such as 2026-11-20");
  return err_at(err, 1, 0), err_in_file(err, shown(table, name, states->reading));
}

static enum outcome read_name(const struct states *states, const struct state_table *table,
                              struct state_folder *folder, str name, struct err *err) {
  uint64_t number;
  if (str_starts(name, STR(".")) && str_ends(name, STR(".part"))) return OUT_OK;
  if (state_is_merged_name(name, &number)) return read_merged(states, table, folder, name, err);
  if (str_eq(name, str_of(state_kept_from))) return read_kept_from(states, table, folder, err);
  folder->single_count++;
  if (state_history_find(&folder->history, name)) return OUT_OK;
  err_set(err, OUT_DATA, "the ledger does not know this file; move it away, or restore the ledger that does");
  return err_in_file(err, shown(table, name, states->reading));
}

/* Names first: what moves in after that is in the ledger that is read then. */
enum outcome state_look(const struct states *states, const struct state_table *table, struct arena *arena,
                        struct state_folder *folder, struct err *err) {
  struct arena *before = spool_lend(states->of.spool, states->reading);
  *folder = (struct state_folder){ .kept_from = INT32_MIN };
  enum outcome out =
      spool_state_list(states->of.spool, table->name, &folder->names, &folder->name_count, err);
  spool_lend(states->of.spool, before);
  if (!out) out = ledger_refresh(states->of.ledger, err);
  if (!out)
    out = state_history_read(states->of.ledger, table->name, states->of.site->zone, states->of.before, arena,
                             &folder->history, err);
  if (out) return out;
  folder->spans = ARENA_ARRAY(states->reading, struct state_span, folder->history.count + 1);
  for (size_t i = 0; i < folder->name_count && !out; i++)
    out = read_name(states, table, folder, folder->names[i], err);
  return out;
}

bool state_counts(const struct states *states, const struct state_table *table,
                  const struct state_release *release) {
  int64_t today = states->of.site->today;
  return release->line && !release->reversed && (!table->keep || release->day >= today - table->keep);
}

static enum outcome check_sum(const struct state_release *release, str bytes, str path, struct err *err) {
  if (state_release_is(release, bytes)) return OUT_OK;
  err_set(err, OUT_DATA, "the file was cut or changed: its SHA-256 is not the one of its release");
  return err_in_file(err, path);
}

static bool is_listed(const struct state_folder *folder, str name) {
  size_t low = 0, high = folder->name_count; /* sorted by byte */
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = str_compare(folder->names[middle], name);
    if (!order) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

static enum outcome missing(const struct state_folder *folder, const struct state_release *release, str path,
                            struct err *err) {
  if (is_listed(folder, release->name)) return err->outcome = OUT_RETRY;
  *err = (struct err){ 0 };
  if (release->gone || release->day < folder->kept_from) return OUT_END;
  err_set(err, OUT_DATA, "the ledger says that these rows were released, and they are not there");
  return err_in_file(err, path);
}

enum outcome state_span(const struct states *states, const struct state_table *table,
                        const struct state_folder *folder, const struct state_release *release,
                        struct arena *arena, struct state_span *span, struct err *err) {
  *span = *span_of(folder, release);
  if (span->file) return OUT_OK;
  str bytes, path = shown(table, release->name, arena);
  struct state_file *file = ARENA_NEW(arena, struct state_file);
  enum outcome out = read_bytes(states, table, release->name, arena, &bytes, err);
  if (out == OUT_RETRY) return missing(folder, release, path, err);
  if (!out) out = state_file_parse(path, bytes, arena, file, err);
  if (!out) out = check_sum(release, bytes, path, err);
  *span = (struct state_span){ release->name, file, 0, file->line_count, false };
  return out;
}
