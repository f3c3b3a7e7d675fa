/* job/outlet_records: records as a transform writes them, to the bytes of their files. */
#include "job/outlet_internal.h"

#include <stdio.h>

/* To a file of its own; `sluice transform` shows it like any csv. */
bool outlet_is_state(const struct outlets *outlets, const struct outlet *outlet) {
  return !outlets->bytes && outlet->schema->format == FORMAT_STATE;
}

/* One schema may be loaded several times, as itself and as others that are like it. NULL before the first,
 * and behind the last. */
static struct outlet *next_outlet(struct outlets *outlets, const struct record *record,
                                  const struct outlet *before) {
  for (size_t i = before ? (size_t)(before - outlets->items) + 1 : 0; i < outlets->count; i++)
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
    buf_add(&text, field->name);
    buf_char(&text, '=');
    value_format(v, &field->type, outlets->zone, &text);
  }
  str shown = arena_str(outlets->arena, buf_str(&text));
  buf_free(&text);
  return shown;
}

/* --- what a record was made of --- */

static void add_places(struct outlets *outlets, struct outlet_line *line, uint64_t **places,
                       const struct rec *rec) {
  if (!rec || rec->row == TREE_NO_ROW) return;
  *ARENA_PUSH(outlets->arena, *places, line->place_count) = rec->row;
  for (size_t i = 0; i < rec->other_count; i++)
    *ARENA_PUSH(outlets->arena, *places, line->place_count) = rec->others[i];
}

/* The records of the group around, or the one that the nearest block with `each` stands at. Of groups that
 * were summed as they streamed by the key is known, and no more. */
static void trace(struct outlets *outlets, const struct ctx *ctx, struct outlet_line *line) {
  uint64_t *places = NULL;
  const struct instance *i = ctx->instance;
  while (i && !i->members.count && i->block->repeat == REPEAT_ONCE) i = i->outer;
  for (size_t j = 0; i && j < i->members.count; j++) add_places(outlets, line, &places, i->members.items[j]);
  if (i && i->block->repeat == REPEAT_EACH)
    add_places(outlets, line, &places, ctx->recs[i->block->each->index]);
  line->places = places;
}

static struct outlet_line line_of(struct outlets *outlets, const struct outlet *outlet,
                                  const struct written *written) {
  struct outlet_line line = { .block = written->block, .key = outlets->key, .group = outlets->group };
  bool told = !outlet_is_state(outlets, outlet) && outlets_note(outlets) &&
              (outlets->traced || written->block->repeat != REPEAT_EACH);
  if (!told) return (struct outlet_line){ 0 };
  line.shown = (struct proof_line){
    0, written->record->name, written->block->label, detail(outlets, written), outlets->rows, outlets->sum
  };
  if (!outlets->traced) return line;
  trace(outlets, written->ctx, &line);
  if (!line.place_count && !line.group) line.source = outlets->source, line.source_key = outlets->source_key;
  return line;
}

/* In JSON a record comes after what parts it from the one before, which may end a line. */
static size_t past_mark(const struct outlet *outlet, const struct level_out *out, size_t at) {
  size_t brace = at;
  if (outlet->writer->format != &json_writer) return at;
  while (brace < out->bytes.len && out->bytes.at[brace] != '{') brace++;
  for (size_t i = at; i < brace; i++)
    if (out->bytes.at[i] == '\n') return i + 1;
  return at;
}

static void note_line(struct outlet *outlet, const struct outlet_line *line, size_t before) {
  struct level_out *out = &outlet->levels[outlet->level];
  if (!line->block || out->line_count >= LINES_MOST || out->bytes.len == before) return;
  struct outlet_line *noted = outlet_add_line(out);
  *noted = *line;
  noted->shown.line = 1 + outlet_lines_before(out, past_mark(outlet, out, before));
  noted->last = outlet_lines_before(out, out->bytes.len);
  if (noted->last < noted->shown.line) noted->last = noted->shown.line; /* an end of line comes later */
}

/* What waited is put behind its parent; its lines move down by what stands before them. */
static void append_held(struct outlet *outlet, struct level_out *held) {
  struct level_out *out = &outlet->levels[outlet->level];
  uint64_t lines = outlet_lines_before(out, out->bytes.len);
  for (size_t i = 0; i < held->line_count; i++) {
    struct outlet_line *line = outlet_add_line(out);
    *line = held->lines[i];
    line->shown.line += lines;
    line->last += lines;
  }
  buf_add(&out->bytes, buf_str(&held->bytes));
  outlet_empty(held);
}

/* --- children that come before their parent and need its values --- */

static bool keeps_values(const struct outlet *outlet) {
  const struct format_writer *format = outlet->writer->format;
  return format == &csv_writer || format == &xml_writer || format == &json_writer;
}

void outlet_forget(struct outlet *outlet) {
  for (size_t i = 0; i < HOLD_MOST; i++) outlet->waiting[i] = (struct waiting){ 0 };
  arena_reset(outlet->waits);
}

static enum outcome write_one(struct outlets *outlets, struct outlet *outlet,
                              const struct waiting_record *one, struct err *err) {
  struct buf *bytes = &outlet->levels[outlet->level].bytes;
  size_t before = bytes->len;
  struct outlet_line *opened = &outlet->opened[one->record->depth % HOLD_MOST];
  if (!one->fields) {
    if (writer_close(outlet->writer, one->record, bytes, err)) return err->outcome;
    if (outlets->traced) note_line(outlet, opened, before); /* it has no children, and so a line of its own */
    return OUT_OK;
  }
  if (writer_open(outlet->writer, one->record, one->fields, bytes, err)) return err->outcome;
  if (outlets->traced) *opened = one->line;
  note_line(outlet, &one->line, before);
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
  if (!outlet->level) outlet_forget(outlet);
  return out;
}

static enum outcome hold(void *user, const struct record *record, struct err *err) {
  for (struct outlet *outlet = NULL; (outlet = next_outlet(user, record, outlet));) {
    if (outlet->level + 1 >= HOLD_MOST)
      return err_set(err, OUT_SPEC, "records nest deeper than %d", HOLD_MOST);
    outlet->awaited[++outlet->level] = record;
  }
  return OUT_OK;
}

static enum outcome drop(void *user, const struct record *record, struct err *err) {
  (void)err;
  for (struct outlet *outlet = NULL; (outlet = next_outlet(user, record, outlet));) {
    if (!outlet->level) continue;
    outlet_empty(&outlet->levels[outlet->level]);
    outlet->waiting[outlet->level] = (struct waiting){ 0 };
    if (!--outlet->level) outlet_forget(outlet);
  }
  return OUT_OK;
}

static enum outcome begin_if_new(struct outlets *outlets, struct outlet *outlet,
                                 const struct written *written, struct err *err) {
  const struct node *text = outlet->load ? outlet_file_text(outlet, written) : NULL;
  bool own_name = outlet_has_own_name(outlet) && outlet_begins(outlet, written->record);
  if ((text || own_name) && outlet_begin_file(outlets, outlet, text, written->ctx, err)) return err->outcome;
  if (outlet_is_state(outlets, outlet) && !outlet->begun && outlet_begin_state(outlets, outlet, err))
    return err->outcome;
  if (outlets->bytes && !outlet->begun && outlet_start(outlet, err)) return err->outcome;
  outlet->begun = true;
  return OUT_OK;
}

/* In Transaction Import a record without fields only holds others together: no file begins with it, unless
 * one begins with each of it. */
static bool writes_nothing(const struct outlet *outlet, const struct record *record) {
  bool own_file = outlet->load && outlet->load->per.len;
  return !own_file && (!record || (outlet->schema->format == FORMAT_TI && !record->field_count));
}

/* Nothing is written of it before something stands in it. */
static void keep_frame(struct outlets *outlets, struct outlet *outlet, const struct record *record,
                       const value *fields) {
  if (!record || outlet->frame) return;
  outlet->frame = record;
  outlet->frame_fields = ARENA_ARRAY(outlets->arena, value, record->field_count + 1);
  for (size_t i = 0; i < record->field_count; i++)
    outlet->frame_fields[i] = value_keep(&fields[i], outlets->arena);
}

/* What Amazon calls it in its answer. */
static void note_message(struct outlets *outlets, const struct outlet *outlet, const struct record *record,
                         const value *fields) {
  if (!outlet->load || outlet->load->to.kind != PLACE_SUBMIT || !record) return;
  for (size_t i = 0; i < record->field_count; i++)
    if (record->fields[i]->message_number && fields[i].type == TYPE_INTEGER) {
      outlets->message_record = record;
      snprintf(outlets->message_text, sizeof outlets->message_text, "%zu:%lld", outlet->number,
               (long long)fields[i].as.integer);
    }
}

/* A record that waits for its children has no number that could be kept with them. */
static bool awaits_message(const struct outlets *outlets, const struct outlet *outlet,
                           const struct written *written) {
  if (outlets->bytes || !outlet->writer->extra_name.len || outlets->message_record) return false;
  for (const struct block *block = written->block->parent; block; block = block->parent)
    for (size_t i = 0; i < block->record->field_count; i++)
      if (block->record->fields[i]->message_number) return true;
  return false;
}

static enum outcome open_in(struct outlets *outlets, struct outlet *outlet, const struct written *written,
                            struct err *err) {
  if (written->block->frame) {
    const value *framed = written->fields;
    const struct record *frame = as_loaded(outlets, outlet, written->record, &framed);
    return keep_frame(outlets, outlet, frame, framed), OUT_OK;
  }
  bool late = outlet->level && outlet->awaited[outlet->level] == written->record;
  struct level_out *held = late ? &outlet->levels[outlet->level--] : NULL;
  const value *fields = written->fields;
  const struct record *record = as_loaded(outlets, outlet, written->record, &fields);
  struct waiting_record one = { record, fields, line_of(outlets, outlet, written) };
  bool waits = keeps_values(outlet) && outlet->level;
  if (waits && record)
    waiting_open(&outlet->waiting[outlet->level], record, fields, &one.line, outlet->waits);
  if (!waits && !writes_nothing(outlet, record) && begin_if_new(outlets, outlet, written, err))
    return err->outcome;
  if (awaits_message(outlets, outlet, written))
    return err_set(
        err, OUT_SPEC,
        "%.*s stands under a message whose number is not known yet: no field and no proof of the message "
        "may need what is written below it",
        STR_ARG(written->record->name));
  if (!outlets->bytes && outlet->writer->extra_name.len)
    outlet->writer->extra = str_of(outlets->message_text);
  if (!waits && record && write_one(outlets, outlet, &one, err)) return err->outcome;
  note_message(outlets, outlet, record, fields);
  if (held && let_go(outlets, outlet, outlet->level + 1, err)) return err->outcome;
  if (held) append_held(outlet, held);
  bool full = !outlet->level && !outlets->marked && outlet->levels[0].bytes.len > FLUSH_AT;
  return full ? outlet_flush(outlets, outlet, err) : OUT_OK;
}

static enum outcome open(void *user, const struct written *written, struct err *err) {
  struct outlets *outlets = user;
  enum outcome out = OUT_OK;
  arena_reset(outlets->scratch);
  for (struct outlet *outlet = NULL; !out && (outlet = next_outlet(outlets, written->record, outlet));)
    out = open_in(outlets, outlet, written, err);
  return out;
}

static enum outcome close_in(struct outlets *user, struct outlet *outlet, const struct record *record,
                             struct err *err) {
  const struct record *loaded = as_loaded(user, outlet, record, NULL);
  if (loaded && keeps_values(outlet) && outlet->level) {
    waiting_close(&outlet->waiting[outlet->level], loaded, outlet->waits);
    return OUT_OK;
  }
  const struct waiting_record one = { .record = loaded };
  if (loaded && loaded == user->message_record) user->message_record = NULL, *user->message_text = '\0';
  return loaded ? write_one(user, outlet, &one, err) : OUT_OK;
}

static enum outcome close(void *user, const struct record *record, struct err *err) {
  enum outcome out = OUT_OK;
  for (struct outlet *outlet = NULL; !out && (outlet = next_outlet(user, record, outlet));)
    out = close_in(user, outlet, record, err);
  return out;
}

/* Lines of a flat csv or tsv in UTF-8, once its file is open. */
static bool lines(void *user, const struct record *record, struct line_format *format) {
  struct outlet *outlet = next_outlet(user, record, NULL);
  if (!outlet || next_outlet(user, record, outlet)) return false;
  if (outlet->level || !outlet->begun || outlet->schema != outlet->written) return false;
  if (outlet->writer->format != &csv_writer || outlet->writer->charset != CHARSET_UTF_8) return false;
  if (outlet->load && (outlet->load->per.len || outlet->load->to.kind == PLACE_SUBMIT)) return false;
  if (((struct outlets *)user)->traced) return false;
  if (outlet_is_state(user, outlet)) return false; /* its patterns are its own */
  *format =
      (struct line_format){ outlet->writer->separator, outlet->writer->newline, &outlet->levels[0].bytes };
  return true;
}

static enum outcome appended(void *user, const struct record *record, struct err *err) {
  struct outlet *outlet = next_outlet(user, record, NULL);
  return outlet && outlet->levels[0].bytes.len > FLUSH_AT ? outlet_flush(user, outlet, err) : OUT_OK;
}

struct sink outlets_sink(struct outlets *outlets) {
  return (struct sink){ outlets,     hold,        open,        close, drop,
                        outlet_mark, outlet_keep, outlet_undo, lines, appended };
}

/* The nearest one that it runs in. */
