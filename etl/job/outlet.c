/* job/outlet: written records to files that are not released yet, or to a stream. */
#include "job/outlet.h"
#include "io/digest.h"
#include "io/file.h"
#include "job/load_sl.h"
#include "job/outlet_wait.h"

#include <string.h>

enum { HOLD_MOST = 16, FLUSH_AT = 256 * 1024, LINES_MOST = 200000 };

/* Bytes and lines that wait for the record above them. */
struct level_out {
  struct buf bytes;
  struct outlet_line *lines;
  size_t line_count;
  size_t counted; /* bytes whose line ends were counted */
  uint64_t line_ends;
};

struct outlet {
  const struct schema *schema;  /* as it is loaded */
  const struct schema *written; /* as the transform writes it */
  const struct feed_load *load;
  struct writer *writer;
  struct level_out levels[HOLD_MOST];
  struct waiting waiting[HOLD_MOST]; /* instead of their bytes, at the same levels: csv */
  struct arena *waits;               /* what is in them */
  struct outlet_line opened[HOLD_MOST]; /* traced, and not written yet: by depth of the record */
  const struct record *awaited[HOLD_MOST]; /* whose children wait at that level */
  size_t level;
  struct file *file;
  struct digest *digest;
  struct outlet_file *current;
  uint64_t line; /* of the current file, written so far */
  bool begun;
  struct { /* before the streamed record at hand: what undo() goes back to */
    size_t bytes, line_count, counted;
    uint64_t line_ends;
    struct file *file;
    bool begun;
  } before;
};

struct outlets {
  struct arena *arena, *scratch; /* scratch: until the next record */
  const char *folder;
  const struct zone *zone;
  struct outlet *items;
  size_t count;
  const struct feed *feed;
  str release; /* what the files of states are called */
  struct outlet_file *files[4096];
  struct outlet_file *shown, *states;
  size_t file_count, state_count;
  outlet_bytes *bytes; /* of a stream */
  void *user;
  str key; /* what the watch said of the record that is opened next */
  const struct group *group;
  uint64_t rows;
  str sum;
  bool traced;
  bool marked; /* a streamed record is at hand: nothing is flushed */
  size_t marked_files; /* how many there were before it */
};

static enum outcome add_outlet(struct outlets *outlets, const struct schema *schema,
                               const struct schema *written, const struct feed_load *load, struct err *err) {
  struct outlet *outlet = ARENA_PUSH(outlets->arena, outlets->items, outlets->count);
  *outlet = (struct outlet){ .schema = schema, .written = written, .load = load };
  for (size_t i = 0; i < HOLD_MOST; i++) outlet->levels[i].bytes = buf_new((size_t)1 << 31);
  outlet->waits = arena_new();
  return writer_new(schema, outlets->zone, &outlet->writer, err);
}

static struct outlets *new_outlets(const struct zone *zone) {
  struct outlets *outlets = mem_alloc(sizeof *outlets);
  outlets->arena = arena_new();
  outlets->scratch = arena_new();
  outlets->zone = zone;
  return outlets;
}

/* States need no load line: their place is sluice's own. */
static enum outcome add_states(struct outlets *outlets, const struct program *program, struct err *err) {
  for (size_t i = 0; i < program->into_count; i++) {
    const struct schema *schema = program->into[i];
    if (schema->format == FORMAT_STATE && add_outlet(outlets, schema, schema, NULL, err)) return err->outcome;
  }
  return OUT_OK;
}

enum outcome outlets_for_feed(const struct feed *feed, const char *folder, str release,
                              const struct zone *zone, struct outlets **made, struct err *err) {
  struct outlets *outlets = *made = new_outlets(zone);
  outlets->folder = folder;
  outlets->feed = feed;
  outlets->release = arena_str(outlets->arena, release);
  for (size_t i = 0; i < feed->load_count; i++) {
    const struct feed_load *load = &feed->loads[i];
    if (load->to.kind != PLACE_NAME && load->to.kind != PLACE_ODBC)
      return err_set(err, OUT_SPEC, "load %.*s: files and SL are written by this version", STR_ARG(load->name));
    if (add_outlet(outlets, load->schema, load->written, load, err)) return err->outcome;
  }
  return feed->program_count ? add_states(outlets, feed->programs[feed->program_count - 1], err) : OUT_OK;
}

enum outcome outlets_for_stream(const struct program *program, const struct zone *zone, outlet_bytes *bytes,
                                void *user, struct outlets **made, struct err *err) {
  struct outlets *outlets = *made = new_outlets(zone);
  outlets->bytes = bytes;
  outlets->user = user;
  return add_outlet(outlets, program->into[0], program->into[0], NULL, err);
}

void outlets_free(struct outlets *outlets) {
  if (!outlets) return;
  for (size_t i = 0; i < outlets->count; i++) {
    struct outlet *outlet = &outlets->items[i];
    if (outlet->file) file_abandon(outlet->file);
    if (outlet->digest) {
      char hex[DIGEST_TEXT];
      digest_end(outlet->digest, hex);
    }
    for (size_t j = 0; j < HOLD_MOST; j++) buf_free(&outlet->levels[j].bytes);
    writer_free(outlet->writer);
    arena_free(outlet->waits);
  }
  arena_free(outlets->scratch);
  arena_free(outlets->arena);
  mem_free(outlets);
}

/* --- files --- */

/* Line ends up to a place; places only grow until the level is emptied. */
static uint64_t lines_before(struct level_out *out, size_t place) {
  for (; out->counted < place; out->counted++) out->line_ends += out->bytes.at[out->counted] == '\n';
  return out->line_ends;
}

static void empty_level(struct level_out *out) {
  buf_clear(&out->bytes);
  out->line_count = out->counted = 0;
  out->line_ends = 0;
}

static enum outcome flush(struct outlets *outlets, struct outlet *outlet, struct err *err) {
  struct level_out *out = &outlet->levels[0];
  str bytes = buf_str(&out->bytes);
  if (out->bytes.full) return err_set(err, OUT_DATA, "an output record is larger than 2 GiB");
  enum outcome got = OUT_OK;
  if (outlets->bytes) got = outlets->bytes(outlets->user, bytes, err);
  else if (outlet->file) {
    digest_add(outlet->digest, bytes);
    got = file_write(outlet->file, bytes, err);
  }
  for (size_t i = 0; i < out->line_count && outlet->current; i++) {
    struct outlet_line *line = &out->lines[i];
    line->shown.line += outlet->line;
    if (outlet->current->line_count < LINES_MOST)
      *ARENA_PUSH(outlets->arena, outlet->current->lines, outlet->current->line_count) = *line;
  }
  if (outlet->current) outlet->line += lines_before(out, bytes.len);
  empty_level(out);
  return got;
}

static enum outcome end_file(struct outlets *outlets, struct outlet *outlet, struct err *err) {
  if (outlet->file || outlets->bytes) writer_end(outlet->writer, &outlet->levels[0].bytes);
  if (flush(outlets, outlet, err)) return err->outcome;
  if (!outlet->file) return OUT_OK;
  outlet->current->bytes = file_written(outlet->file);
  digest_end(outlet->digest, outlet->current->digest);
  struct file *file = outlet->file;
  outlet->file = NULL;
  outlet->digest = NULL;
  return file_commit(file, err);
}

/* A name made of data stays below outbox/: no "..", no leading "/", no odd characters. */
static bool is_safe(str name) {
  str rest = name, piece;
  if (!str_starts(name, STR("outbox/"))) return false;
  while (str_split(&rest, '/', &piece))
    if (!piece.len || piece.at[0] == '.') return false;
  for (size_t i = 0; i < name.len; i++)
    if ((unsigned char)name.at[i] < 0x20 || name.at[i] == '\\' || name.at[i] == ':') return false;
  return true;
}

static enum outcome create(struct outlets *outlets, struct outlet *outlet, str name, unsigned mode,
                           struct err *err) {
  const char *path = file_join(outlets->arena, outlets->folder, name);
  size_t folder = strlen(path);
  while (folder > 0 && path[folder - 1] != '/') folder--;
  const char *above = arena_text(outlets->arena, (str){ path, folder - 1 });
  if (file_make_folders(above, 0700, err) || file_create(path, mode, &outlet->file, err)) return err->outcome;
  outlet->digest = digest_new();
  outlet->current = ARENA_NEW(outlets->arena, struct outlet_file);
  *outlet->current = (struct outlet_file){ .name = name, .load = outlet->load, .schema = outlet->schema };
  outlet->line = 0;
  writer_start(outlet->writer, &outlet->levels[0].bytes);
  return flush(outlets, outlet, err);
}

static enum outcome begin_state(struct outlets *outlets, struct outlet *outlet, struct err *err) {
  str folder = str_sub(outlet->schema->name, sizeof "state." - 1, outlet->schema->name.len);
  str name =
      arena_printf(outlets->arena, "var/state/%.*s/%.*s.csv", STR_ARG(folder), STR_ARG(outlets->release));
  return create(outlets, outlet, name, 0600, err);
}

static enum outcome begin_file(struct outlets *outlets, struct outlet *outlet, const struct node *text,
                               struct ctx *ctx, struct err *err) {
  str name = text ? arena_str(outlets->arena, eval_text(text, ctx))
                  : load_sl_name(outlets->feed, outlets->release, outlets->arena);
  if (ctx->failed || !is_safe(name))
    return err_set(err, OUT_DATA, "\"%.*s\" is no name for an output file below outbox/", STR_ARG(name));
  for (size_t i = 0; i < outlets->file_count; i++)
    if (str_eq(outlets->files[i]->name, name))
      return err_set(err, OUT_DATA, "two outputs would have the name %.*s", STR_ARG(name));
  if (outlets->file_count == sizeof outlets->files / sizeof *outlets->files)
    return err_set(err, OUT_DATA, "more than %zu output files", outlets->file_count);
  if (end_file(outlets, outlet, err) || create(outlets, outlet, name, 0640, err)) return err->outcome;
  outlets->files[outlets->file_count++] = outlet->current;
  return OUT_OK;
}

static const struct node *file_text(const struct outlet *outlet, const struct written *written) {
  const struct feed_load *load = outlet->load;
  if (load->to.kind == PLACE_ODBC) return NULL; /* its place is sluice's own */
  if (!load->per.len) return outlet->begun ? NULL : load->texts[0];
  for (size_t i = 0; i < load->text_count; i++)
    if (load->blocks[i] == written->block) return load->texts[i];
  return NULL;
}

/* --- records --- */

/* To a file of its own; `sluice transform` shows it like any csv. */
static bool is_state(const struct outlets *outlets, const struct outlet *outlet) {
  return !outlets->bytes && outlet->schema->format == FORMAT_STATE;
}

static struct outlet *outlet_of(struct outlets *outlets, const struct record *record) {
  for (size_t i = 0; i < outlets->count; i++)
    if (outlets->items[i].written == record->schema) return &outlets->items[i];
  return NULL;
}

/* The record and the values as the loaded schema has them; the same but for `like` schemas. */
static const struct record *as_loaded(struct outlets *outlets, const struct outlet *outlet,
                                      const struct record *record, const value **fields) {
  if (outlet->schema == outlet->written) return record;
  const struct record *loaded = schema_record(outlet->schema, record->name);
  if (!loaded || !fields) return loaded;
  value *values = ARENA_ARRAY(outlets->scratch, value, loaded->field_count + 1);
  for (size_t i = 0; i < loaded->field_count; i++) {
    const struct field *field = record_field(record, loaded->fields[i]->name);
    if (field) values[i] = (*fields)[field->index];
  }
  *fields = values;
  return loaded;
}

static str detail(struct outlets *outlets, const struct written *written) {
  struct buf text = buf_new(4096);
  for (size_t i = 0; i < written->record->field_count; i++) {
    const struct field *field = written->record->fields[i];
    const value *v = &written->fields[i];
    bool own = written->block->assigns[i].place.at > written->block->place.at;
    bool is_zero = v->type == TYPE_DECIMAL && dec_is_zero(v->as.decimal);
    if (!value_is_present(v) || is_zero || field->personal || (!own && v->type != TYPE_DECIMAL)) continue;
    if (text.len) buf_add(&text, STR("  "));
    buf_printf(&text, "%.*s=", STR_ARG(field->name));
    value_format(v, &field->type, outlets->zone, &text);
  }
  str shown = arena_str(outlets->arena, buf_str(&text));
  buf_free(&text);
  return shown;
}

/* --- what a record was made of --- */

static void add_places(struct outlets *outlets, struct outlet_line *line, uint64_t **places, const struct rec *rec) {
  if (!rec || rec->row == TREE_NO_ROW) return;
  *ARENA_PUSH(outlets->arena, *places, line->place_count) = rec->row;
  for (size_t i = 0; i < rec->other_count; i++)
    *ARENA_PUSH(outlets->arena, *places, line->place_count) = rec->others[i];
}

/* The records of the group around, or the one that the nearest block with `each` stands at. Of groups that were summed
 * as they streamed by the key is known, and no more. */
static void trace(struct outlets *outlets, const struct ctx *ctx, struct outlet_line *line) {
  uint64_t *places = NULL;
  const struct instance *i = ctx->instance;
  while (i && !i->members.count && i->block->repeat == REPEAT_ONCE) i = i->outer;
  for (size_t j = 0; i && j < i->members.count; j++) add_places(outlets, line, &places, i->members.items[j]);
  if (i && i->block->repeat == REPEAT_EACH) add_places(outlets, line, &places, ctx->recs[i->block->each->index]);
  line->places = places;
}

static struct outlet_line line_of(struct outlets *outlets, const struct outlet *outlet, const struct written *written) {
  struct outlet_line line = { .block = written->block, .key = outlets->key, .group = outlets->group };
  bool told = !is_state(outlets, outlet) && (outlets->traced || written->block->repeat != REPEAT_EACH);
  if (!told) return (struct outlet_line){ 0 };
  line.shown = (struct proof_line){ 0, written->record->name, written->block->label, detail(outlets, written),
                                    outlets->rows, outlets->sum };
  if (outlets->traced) trace(outlets, written->ctx, &line);
  return line;
}

static void note_line(struct outlets *outlets, struct outlet *outlet, const struct outlet_line *line, size_t before) {
  struct level_out *out = &outlet->levels[outlet->level];
  if (!line->block || out->line_count >= LINES_MOST || out->bytes.len == before) return;
  struct outlet_line *noted = ARENA_PUSH(outlets->arena, out->lines, out->line_count);
  *noted = *line;
  noted->shown.line = 1 + lines_before(out, before);
}

/* What waited is put behind its parent; its lines move down by what stands before them. */
static void append_held(struct outlets *outlets, struct outlet *outlet, struct level_out *held) {
  struct level_out *out = &outlet->levels[outlet->level];
  uint64_t lines = lines_before(out, out->bytes.len);
  for (size_t i = 0; i < held->line_count; i++) {
    struct outlet_line *line = ARENA_PUSH(outlets->arena, out->lines, out->line_count);
    *line = held->lines[i];
    line->shown.line += lines;
  }
  buf_add(&out->bytes, buf_str(&held->bytes));
  empty_level(held);
}

/* --- children that come before their parent and need its values --- */

static bool keeps_values(const struct outlet *outlet) { return outlet->writer->format == &csv_writer; }

static void forget(struct outlet *outlet) {
  for (size_t i = 0; i < HOLD_MOST; i++) outlet->waiting[i] = (struct waiting){ 0 };
  arena_reset(outlet->waits);
}

static enum outcome write_one(struct outlets *outlets, struct outlet *outlet, const struct waiting_record *one,
                              struct err *err) {
  struct buf *bytes = &outlet->levels[outlet->level].bytes;
  size_t before = bytes->len;
  struct outlet_line *opened = &outlet->opened[one->record->depth % HOLD_MOST];
  if (!one->fields) {
    if (writer_close(outlet->writer, one->record, bytes, err)) return err->outcome;
    if (outlets->traced) note_line(outlets, outlet, opened, before); /* it has no children, and so a line of its own */
    return OUT_OK;
  }
  if (writer_open(outlet->writer, one->record, one->fields, bytes, err)) return err->outcome;
  *opened = one->line;
  note_line(outlets, outlet, &one->line, before);
  return OUT_OK;
}

/* The record that was awaited has come: those behind it follow, or wait with it for the one above. */
static enum outcome let_go(struct outlets *outlets, struct outlet *outlet, size_t level, struct err *err) {
  struct waiting *held = &outlet->waiting[level];
  enum outcome out = OUT_OK;
  if (outlet->level) waiting_append(&outlet->waiting[outlet->level], held, outlet->waits);
  for (size_t i = 0; i < held->count && !outlet->level && !out; i++)
    out = write_one(outlets, outlet, &held->items[i], err);
  *held = (struct waiting){ 0 };
  if (!outlet->level) forget(outlet);
  return out;
}

static enum outcome hold(void *user, const struct record *record, struct err *err) {
  struct outlet *outlet = outlet_of(user, record);
  if (!outlet) return OUT_OK;
  if (outlet->level + 1 >= HOLD_MOST) return err_set(err, OUT_SPEC, "records nest deeper than %d", HOLD_MOST);
  outlet->awaited[++outlet->level] = record;
  return OUT_OK;
}

static enum outcome drop(void *user, const struct record *record, struct err *err) {
  struct outlet *outlet = outlet_of(user, record);
  (void)err;
  if (!outlet || !outlet->level) return OUT_OK;
  empty_level(&outlet->levels[outlet->level]);
  outlet->waiting[outlet->level] = (struct waiting){ 0 };
  if (!--outlet->level) forget(outlet);
  return OUT_OK;
}

static enum outcome begin_if_new(struct outlets *outlets, struct outlet *outlet, const struct written *written,
                                 struct err *err) {
  const struct node *text = outlet->load ? file_text(outlet, written) : NULL;
  bool to_sl = outlet->load && outlet->load->to.kind == PLACE_ODBC && !outlet->begun;
  if ((text || to_sl) && begin_file(outlets, outlet, text, written->ctx, err)) return err->outcome;
  if (is_state(outlets, outlet) && !outlet->begun && begin_state(outlets, outlet, err)) return err->outcome;
  if (outlets->bytes && !outlet->begun) writer_start(outlet->writer, &outlet->levels[0].bytes);
  outlet->begun = true;
  return OUT_OK;
}

static enum outcome open(void *user, const struct written *written, struct err *err) {
  struct outlets *outlets = user;
  struct outlet *outlet = outlet_of(outlets, written->record);
  if (!outlet) return OUT_OK;
  arena_reset(outlets->scratch);
  bool late = outlet->level && outlet->awaited[outlet->level] == written->record;
  struct level_out *held = late ? &outlet->levels[outlet->level--] : NULL;
  const value *fields = written->fields;
  const struct record *record = as_loaded(outlets, outlet, written->record, &fields);
  struct waiting_record one = { record, fields, line_of(outlets, outlet, written) };
  bool waits = keeps_values(outlet) && outlet->level;
  if (waits && record) waiting_open(&outlet->waiting[outlet->level], record, fields, &one.line, outlet->waits);
  if (!waits && begin_if_new(outlets, outlet, written, err)) return err->outcome;
  if (!waits && record && write_one(outlets, outlet, &one, err)) return err->outcome;
  if (held && let_go(outlets, outlet, outlet->level + 1, err)) return err->outcome;
  if (held) append_held(outlets, outlet, held);
  bool full = !outlet->level && !outlets->marked && outlet->levels[0].bytes.len > FLUSH_AT;
  return full ? flush(outlets, outlet, err) : OUT_OK;
}

static enum outcome close(void *user, const struct record *record, struct err *err) {
  struct outlet *outlet = outlet_of(user, record);
  if (!outlet) return OUT_OK;
  const struct record *loaded = as_loaded(user, outlet, record, NULL);
  if (loaded && keeps_values(outlet) && outlet->level) {
    waiting_close(&outlet->waiting[outlet->level], loaded, outlet->waits);
    return OUT_OK;
  }
  const struct waiting_record one = { .record = loaded };
  return loaded ? write_one(user, outlet, &one, err) : OUT_OK;
}

/* Lines of a flat csv or tsv in UTF-8, once its file is open. */
static bool lines(void *user, const struct record *record, struct line_format *format) {
  struct outlet *outlet = outlet_of(user, record);
  if (!outlet || outlet->level || !outlet->begun || outlet->schema != outlet->written) return false;
  if (outlet->writer->format != &csv_writer || outlet->writer->charset != CHARSET_UTF_8) return false;
  if (outlet->load && outlet->load->per.len) return false;
  if (((struct outlets *)user)->traced) return false;
  if (is_state(user, outlet)) return false; /* its patterns are its own */
  *format =
      (struct line_format){ outlet->writer->separator, outlet->writer->newline, &outlet->levels[0].bytes };
  return true;
}

static enum outcome appended(void *user, const struct record *record, struct err *err) {
  struct outlet *outlet = outlet_of(user, record);
  return outlet && outlet->levels[0].bytes.len > FLUSH_AT ? flush(user, outlet, err) : OUT_OK;
}

static enum outcome mark(void *user, struct err *err) {
  struct outlets *outlets = user;
  (void)err;
  outlets->marked = true;
  outlets->marked_files = outlets->file_count;
  for (size_t i = 0; i < outlets->count; i++) {
    struct outlet *outlet = &outlets->items[i];
    const struct level_out *out = &outlet->levels[0];
    outlet->before.bytes = out->bytes.len;
    outlet->before.line_count = out->line_count;
    outlet->before.counted = out->counted;
    outlet->before.line_ends = out->line_ends;
    outlet->before.file = outlet->file;
    outlet->before.begun = outlet->begun;
  }
  return OUT_OK;
}

static enum outcome keep(void *user, struct err *err) {
  struct outlets *outlets = user;
  outlets->marked = false;
  for (size_t i = 0; i < outlets->count; i++)
    if (outlets->items[i].levels[0].bytes.len > FLUSH_AT && flush(outlets, &outlets->items[i], err))
      return err->outcome;
  return OUT_OK;
}

/* A file that the record began goes with it; what came before is in the file before, or still waits. */
static void undo_file(struct outlet *outlet) {
  char hex[DIGEST_TEXT];
  file_abandon(outlet->file);
  digest_end(outlet->digest, hex);
  outlet->file = NULL;
  outlet->digest = NULL;
  outlet->current = NULL;
  empty_level(&outlet->levels[0]);
}

/* Of several that one record began, all but the last are whole already. */
static enum outcome undo_files(struct outlets *outlets, struct err *err) {
  enum outcome out = OUT_OK;
  while (outlets->file_count > outlets->marked_files && !out) {
    const char *path = file_join(outlets->arena, outlets->folder, outlets->files[--outlets->file_count]->name);
    if (file_exists(path)) out = file_remove(path, err);
  }
  return out;
}

static enum outcome undo(void *user, struct err *err) {
  struct outlets *outlets = user;
  outlets->marked = false;
  for (size_t i = 0; i < outlets->count; i++) {
    struct outlet *outlet = &outlets->items[i];
    struct level_out *out = &outlet->levels[0];
    for (; outlet->level; outlet->level--) empty_level(&outlet->levels[outlet->level]);
    forget(outlet);
    outlet->begun = outlet->before.begun;
    if (outlet->file != outlet->before.file) {
      undo_file(outlet);
      continue;
    }
    out->bytes.len = outlet->before.bytes;
    out->line_count = outlet->before.line_count;
    out->counted = outlet->before.counted;
    out->line_ends = outlet->before.line_ends;
  }
  return undo_files(outlets, err);
}

struct sink outlets_sink(struct outlets *outlets) {
  return (struct sink){ outlets, hold, open, close, drop, mark, keep, undo, lines, appended };
}

/* The nearest one that it runs in. */
static const struct group *group_around(const struct block *block) {
  while (!block->group && block->parent) block = block->parent;
  return block->group;
}

/* Rows and sum of the group that the record came of. */
void outlets_watch(void *user, const struct block *block, str key, const struct instance *instance,
                   struct ctx *ctx) {
  struct outlets *outlets = user;
  outlets->rows = 0;
  outlets->sum = STR_NONE;
  outlets->group = group_around(block);
  if (block->repeat == REPEAT_EACH) return;
  outlets->key = outlets->group ? arena_str(outlets->arena, key) : STR_NONE;
  bool differs;
  for (size_t i = 0; instance->state && block->group && i < block->group->aggregate_count; i++) {
    const struct aggregate *aggregate = block->group->aggregates[i];
    if (aggregate->where) continue;
    value v = acc_result(aggregate, instance->state + aggregate->offset, ctx->arena, &differs);
    if (aggregate->kind == AGG_COUNT) outlets->rows = (uint64_t)v.as.integer;
    if (aggregate->kind == AGG_SUM && !outlets->sum.len)
      outlets->sum = arena_str(outlets->arena, value_show(&v, outlets->zone, ctx->arena));
  }
}

void outlets_trace(struct outlets *outlets) { outlets->traced = true; }

enum outcome outlets_finish(struct outlets *outlets, struct err *err) {
  for (size_t i = 0; i < outlets->count; i++) {
    struct outlet *outlet = &outlets->items[i];
    if (outlets->bytes && !outlet->begun) writer_start(outlet->writer, &outlet->levels[0].bytes);
    if (end_file(outlets, outlet, err)) return err->outcome;
  }
  outlets->shown = ARENA_ARRAY(outlets->arena, struct outlet_file, outlets->file_count + 1);
  for (size_t i = 0; i < outlets->file_count; i++) outlets->shown[i] = *outlets->files[i];
  for (size_t i = 0; i < outlets->count; i++)
    if (is_state(outlets, &outlets->items[i]) && outlets->items[i].current)
      *ARENA_PUSH(outlets->arena, outlets->states, outlets->state_count) = *outlets->items[i].current;
  return OUT_OK;
}

size_t outlets_files(const struct outlets *outlets, const struct outlet_file **files) {
  *files = outlets->shown;
  return outlets->shown ? outlets->file_count : 0;
}

size_t outlets_states(const struct outlets *outlets, const struct outlet_file **files) {
  *files = outlets->states;
  return outlets->state_count;
}

static enum outcome rename_file(struct outlets *outlets, struct outlet_file *file, str name,
                                struct err *err) {
  if (str_eq(file->name, name)) return OUT_OK;
  str old = file->name;
  file->name = arena_str(outlets->arena, name);
  return file_move(file_join(outlets->arena, outlets->folder, old),
                   file_join(outlets->arena, outlets->folder, name), err);
}

enum outcome outlets_rename(struct outlets *outlets, size_t index, str name, struct err *err) {
  return rename_file(outlets, &outlets->shown[index], name, err);
}

enum outcome outlets_rename_state(struct outlets *outlets, size_t index, str name, struct err *err) {
  return rename_file(outlets, &outlets->states[index], name, err);
}

uint64_t outlets_transliterated(const struct outlets *outlets) {
  uint64_t count = 0;
  for (size_t i = 0; i < outlets->count; i++) count += outlets->items[i].writer->transliterated;
  return count;
}
