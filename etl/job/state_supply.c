/* job/state_supply: a report that a run looks things up in: the newest file of the place that its feed names.
 *
 *   supply    priced from files "*.txt" in "inbox/all-orders", not older than 24 hours
 *
 * The file is read by the schema's own paths and columns, and lands as a table
 * of the run like SL's (job/state_sl.c): it is kept in the archive with every
 * item, and a replay needs no file. It stays where it lies. The age is the
 * file's time of change against the run's time; what is still being copied
 * (settle-seconds) is not there yet. Without a file that is young enough the
 * feed does not run, unless its line ends in ", or none": then nothing is found.
 */
#include "extract/trees.h"
#include "io/file.h"
#include "job/state_internal.h"

#include <sys/stat.h>
#include <time.h>

/* --- which file --- */

struct found {
  str name;
  int64_t changed;
};

static bool is_newer(const struct found *a, const struct found *b) {
  return !b->name.len || a->changed > b->changed ||
         (a->changed == b->changed && str_compare(a->name, b->name) > 0);
}

static enum outcome find(const struct states *states, const struct feed_place *from, struct found *newest,
                         struct err *err) {
  const struct site *site = states->of.site;
  const char *folder = file_join(states->arena, site->folder, from->folder);
  int64_t settle = 0, now = (int64_t)time(NULL);
  str *names = NULL;
  size_t count = 0;
  struct stat stat_of;
  str_to_int(site_setting(site, states->of.feed, "settle-seconds"), &settle);
  if (file_is_folder(folder) && file_list(folder, states->arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    if (names[i].at[0] == '.' || str_ends(names[i], STR(".done")) || !spool_name_is(from->what, names[i]))
      continue;
    if (stat(file_join(states->arena, folder, names[i]), &stat_of) || !S_ISREG(stat_of.st_mode)) continue;
    struct found one = { names[i], (int64_t)stat_of.st_mtime };
    if (one.changed + settle <= now && is_newer(&one, newest)) *newest = one;
  }
  return OUT_OK;
}

static enum outcome choose(const struct states *states, const struct feed_supply *supply, str *name,
                           struct err *err) {
  struct feed_place carried, *from = &carried;
  struct found newest = { 0 };
  carried = supply->from;
  if (feed_place_is_carried(&carried)) /* where a courier puts it (job/carry) */
    carried.kind = PLACE_FILES, carried.folder = feed_supply_folder(supply, states->arena),
    carried.what = STR("*");
  if (from->kind != PLACE_FILES)
    return err_set(err, OUT_SPEC, "supply %.*s: only files are read by this version",
                   STR_ARG(supply->lookup));
  if (find(states, from, &newest, err)) return err->outcome;
  if (!newest.name.len)
    return err_set(err, OUT_RETRY, "lookup %.*s needs a file %.*s in %.*s, and none lies there",
                   STR_ARG(supply->lookup), STR_ARG(from->what), STR_ARG(from->folder));
  int64_t age = (states->of.site->now.seconds - newest.changed) / 3600;
  *name = arena_printf(states->arena, "%.*s/%.*s", STR_ARG(from->folder), STR_ARG(newest.name));
  if (!supply->hours || states->of.site->now.seconds - newest.changed <= supply->hours * 3600) return OUT_OK;
  return err_set(
      err, OUT_RETRY,
      "lookup %.*s needs a file that is not older than %lld hours: the newest, %.*s, is of %lld hours ago",
      STR_ARG(supply->lookup), (long long)supply->hours, STR_ARG(*name), (long long)age);
}

/* --- its records, as text --- */

struct reading {
  const struct states *states;
  const struct record *record;
  struct shapes shapes;
  size_t at; /* the record's shape */
  struct notation notation;
  str *cells;
  struct buf *text;
};

static void add_shape(struct reading *reading, struct shape *shapes, const struct record *record) {
  if (record->parent) add_shape(reading, shapes, record->parent);
  struct shape *shape = &shapes[reading->shapes.count];
  *shape = (struct shape){ .record = record,
                           .once = record->once,
                           .parent = reading->shapes.count ? reading->shapes.count - 1 : 0 };
  shape->fields = (const struct field *const *)record->fields;
  shape->field_count = record->field_count;
  if (!reading->shapes.streamed && !record->once) reading->shapes.streamed = reading->shapes.count;
  reading->at = reading->shapes.count++;
}

static enum outcome add_record(struct reading *reading, const struct rec *rec, struct err *err) {
  for (size_t i = 0; i < reading->record->field_count; i++) {
    const struct field *field = reading->record->fields[i];
    struct type_spec type = field->type;
    value v;
    const char *why;
    str cell = rec->cells && rec->cells[i].at ? rec->cells[i] : STR_NONE;
    if (!value_parse(cell, &type, &reading->notation, &v, &why)) {
      err_set(err, OUT_DATA, "\"%.*s\" %s", STR_ARG(field->personal ? STR("..") : str_left_chars(cell, 60)),
              why);
      err_of_field(err, reading->record->name, field->name);
      enum format format = reading->record->schema->format;
      bool lines = format == FORMAT_TSV || format == FORMAT_CSV; /* the header is the first */
      return lines ? err_at(err, tree_number(rec->row) + 1, 0) : OUT_DATA;
    }
    struct buf bytes = buf_new(1 << 20);
    type.pattern = STR_NONE;
    value_format(&v, &type, reading->states->of.site->zone, &bytes);
    reading->cells[i] = arena_str(reading->states->reading, buf_str(&bytes));
    buf_free(&bytes);
  }
  state_file_add(reading->cells, reading->record->field_count, reading->text);
  return OUT_OK;
}

static enum outcome add_below(struct reading *reading, const struct rec *rec, size_t shape, struct err *err) {
  if (shape == reading->at) return add_record(reading, rec, err);
  const struct recs *below = rec->below ? &rec->below[shape + 1] : NULL;
  enum outcome out = OUT_OK;
  for (size_t i = 0; below && i < below->count && !out; i++)
    out = add_below(reading, below->items[i], shape + 1, err);
  return out;
}

static enum outcome read_all(struct reading *reading, const char *path, enum charset charset, bool *is_other,
                             struct err *err) {
  const struct trees_settings settings = { reading->record->schema, reading->shapes, charset,
                                           in_default_limits };
  struct trees *trees = NULL;
  struct tree_batch batch;
  for (size_t i = 0; i < reading->record->field_count; i++)
    reading->cells[i] = reading->record->fields[i]->name;
  buf_clear(reading->text);
  state_file_add(reading->cells, reading->record->field_count, reading->text);
  enum outcome out = trees_open(path, &settings, &trees, err);
  while (!out && !(out = trees_next(trees, &batch, err))) {
    for (size_t i = 0; i < batch.count && !out; i++)
      out = batch.flaws[i] ? err_set(err, OUT_DATA, "record %zu: %s", i + 1, batch.flaws[i])
                           : add_below(reading, batch.items[i], reading->shapes.streamed, err);
    trees_give_back(trees, &batch);
    arena_reset(reading->states->reading);
  }
  *is_other = trees && trees_is_not_utf8(trees);
  if (trees) trees_close(trees);
  return out == OUT_END ? OUT_OK : out;
}

/* Of a report that may be missing: its columns, and no row. */
static enum outcome none(const struct states *states, const struct state_table *table, str *name, str *text,
                         struct err *err) {
  const struct record *record = table->record;
  str *cells = ARENA_ARRAY(states->arena, str, record->field_count + 1);
  struct buf bytes = buf_new(1 << 20);
  for (size_t i = 0; i < record->field_count; i++) cells[i] = record->fields[i]->name;
  state_file_add(cells, record->field_count, &bytes);
  *err = (struct err){ 0 };
  *name = table->known_as;
  *text = arena_str(states->arena, buf_str(&bytes));
  buf_free(&bytes);
  return OUT_OK;
}

enum outcome state_from_supply(const struct states *states, struct state_table *table, str *text, str *name,
                               struct err *err) {
  const struct site *site = states->of.site;
  struct shape *shapes = ARENA_ARRAY(states->arena, struct shape, SHAPES_MOST);
  struct buf bytes = buf_new(STATE_BYTES_MOST);
  struct reading reading = {
    .states = states, .record = table->record, .shapes = { shapes, 1, 0 }, .text = &bytes
  };
  reading.notation = (struct notation){
    .decimal = DEC_PLAIN, .order = DATE_DAY_FIRST, .zone = site->zone, .places_most = -1
  };
  reading.cells = ARENA_ARRAY(states->arena, str, table->record->field_count + 1);
  add_shape(&reading, shapes, table->record);
  enum outcome chosen = choose(states, table->supply, name, err);
  if (chosen == OUT_RETRY && table->supply->or_none) return none(states, table, name, text, err);
  if (chosen) return chosen;
  const char *path = file_join(states->arena, site->folder, *name);
  str stated = schema_option_word(table->schema, "charset", 0);
  enum charset charset = CHARSET_UTF_8;
  bool automatic = str_eq(stated, STR("auto")), is_other = false;
  if (stated.len && !automatic) charset_by_name(stated, &charset);
  enum outcome out = read_all(&reading, path, charset, &is_other, err);
  if (automatic && is_other) out = read_all(&reading, path, site->fallback, &is_other, err);
  *text = arena_str(states->arena, buf_str(&bytes));
  buf_free(&bytes);
  *err->file = 0; /* as people know it */
  return out ? err_in_file(err, *name) : OUT_OK;
}
