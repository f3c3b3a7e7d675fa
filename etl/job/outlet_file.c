/* job/outlet_file: the files of an outlet: their names, their bytes, their end. */
#include "io/digest.h"
#include "io/file.h"
#include "job/load_sl.h"
#include "job/outlet_internal.h"

#include <string.h>

enum { FEED_MEGABYTES = 10, FEED_MARGIN = 256 * 1024 };

/* Line ends up to a place; places only grow until the level is emptied. */
uint64_t outlet_lines_before(struct level_out *out, size_t place) {
  while (out->counted < place) {
    const char *from = out->bytes.at + out->counted, *end = memchr(from, '\n', place - out->counted);
    out->line_ends += end != NULL;
    out->counted = end ? (size_t)(end - out->bytes.at) + 1 : place;
  }
  return out->line_ends;
}

void outlet_empty(struct level_out *out) {
  buf_clear(&out->bytes);
  out->line_count = out->counted = 0;
  out->line_ends = 0;
}

struct outlet_line *outlet_add_line(struct level_out *out) {
  if (out->line_count == out->line_room) {
    out->line_room = out->line_room ? 2 * out->line_room : 64;
    out->lines = mem_grow(out->lines, out->line_room * sizeof *out->lines);
  }
  return &out->lines[out->line_count++];
}

enum outcome outlet_flush(struct outlets *outlets, struct outlet *outlet, struct err *err) {
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
    line->last += outlet->line;
    if (outlet->current->line_count < LINES_MOST && outlets_note(outlets)) {
      *ARENA_PUSH(outlets->arena, outlet->current->lines, outlet->current->line_count) = *line;
      outlets->noted++;
    }
  }
  if (outlet->current) outlet->line += outlet_lines_before(out, bytes.len);
  outlet_empty(out);
  return got;
}

enum outcome outlet_start(struct outlet *outlet, struct err *err) {
  struct buf *bytes = &outlet->levels[0].bytes;
  writer_start(outlet->writer, bytes);
  outlet->framed = outlet->frame != NULL;
  return outlet->framed ? writer_open(outlet->writer, outlet->frame, outlet->frame_fields, bytes, err)
                        : OUT_OK;
}

enum outcome outlet_end_file(struct outlets *outlets, struct outlet *outlet, struct err *err) {
  if (outlet->file || outlets->bytes) {
    struct buf *bytes = &outlet->levels[0].bytes;
    if (outlet->framed && writer_close(outlet->writer, outlet->frame, bytes, err)) return err->outcome;
    outlet->framed = false;
    writer_end(outlet->writer, bytes);
  }
  if (outlet_flush(outlets, outlet, err)) return err->outcome;
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
  if (outlet_start(outlet, err)) return err->outcome;
  return outlet_flush(outlets, outlet, err);
}

enum outcome outlet_begin_state(struct outlets *outlets, struct outlet *outlet, struct err *err) {
  str folder = str_sub(outlet->schema->name, sizeof "state." - 1, outlet->schema->name.len);
  str name =
      arena_printf(outlets->arena, "var/state/%.*s/%.*s.csv", STR_ARG(folder), STR_ARG(outlets->release));
  return create(outlets, outlet, name, 0600, err);
}

/* --- what goes to Amazon or SL has a name of sluice's own --- */

bool outlet_has_own_name(const struct outlet *outlet) {
  return outlet->load && (outlet->load->to.kind == PLACE_ODBC || outlet->load->to.kind == PLACE_SUBMIT);
}

static const char *ending_of(const struct schema *schema) {
  return schema->format == FORMAT_XML ? "xml" : schema->format == FORMAT_JSON ? "json" : "txt";
}

/* outbox/amazon/shipments/2026-11-21-1f2e3d4c.POST_FLAT_FILE_FULFILLMENT_DATA.txt, the second part of it
 * 2026-11-21-1f2e3d4c-2.POST_.. : the courier finds its files by the type (courier/submit). */
static str submit_name(struct outlets *outlets, struct outlet *outlet) {
  str stem = outlets->release, part = STR_NONE;
  if (str_ends(stem, STR(".csv"))) stem = str_sub(stem, 0, stem.len - 4);
  if (++outlet->parts > 1) part = arena_printf(outlets->arena, "-%zu", outlet->parts);
  return arena_printf(outlets->arena, "outbox/amazon/%.*s/%.*s%.*s.%.*s.%s", STR_ARG(outlets->feed->name),
                      STR_ARG(stem), STR_ARG(part), STR_ARG(outlet->load->to.what),
                      ending_of(outlet->schema));
}

/* Does the record begin a file? Of a feed to Amazon there may be several: it advises 10 MiB, and counts
 * messages; a margin is left for the record at hand and the file's end. */
bool outlet_begins(struct outlet *outlet, const struct record *record) {
  const struct feed_load *load = outlet->load;
  if (load->to.kind != PLACE_SUBMIT) return !outlet->begun;
  if (outlet->level || record->depth > (outlet->frame ? 2 : 1)) return false;
  bool none = !outlet->file; /* or the part that it was in was taken back */
  bool counted = load->at_most_record.len && str_eq(record->name, load->at_most_record);
  bool many = counted && outlet->records >= (uint64_t)load->at_most_records;
  uint64_t most = (uint64_t)(load->at_most_megabytes ? load->at_most_megabytes : FEED_MEGABYTES) << 20;
  bool large = !none && file_written(outlet->file) + outlet->levels[0].bytes.len + FEED_MARGIN > most;
  bool full = none || many || large;
  if (counted) outlet->records = full ? 1 : outlet->records + 1;
  return full;
}

enum outcome outlet_begin_file(struct outlets *outlets, struct outlet *outlet, const struct node *text,
                               struct ctx *ctx, struct err *err) {
  str name = text ? arena_str(outlets->arena, eval_text(text, ctx))
             : outlet->load->to.kind == PLACE_SUBMIT
                 ? submit_name(outlets, outlet)
                 : load_sl_name(outlets->feed, outlets->release, outlets->arena);
  if (ctx->failed || !is_safe(name))
    return err_set(err, OUT_DATA, "\"%.*s\" is no name for an output file below outbox/", STR_ARG(name));
  for (size_t i = 0; i < outlets->file_count; i++)
    if (str_eq(outlets->files[i]->name, name))
      return err_set(err, OUT_DATA, "two outputs would have the name %.*s", STR_ARG(name));
  if (outlets->file_count == sizeof outlets->files / sizeof *outlets->files)
    return err_set(err, OUT_DATA, "more than %zu output files", outlets->file_count);
  if (outlet_end_file(outlets, outlet, err) || create(outlets, outlet, name, 0640, err)) return err->outcome;
  outlets->files[outlets->file_count++] = outlet->current;
  outlet->number = outlets->file_count;
  return OUT_OK;
}

const struct node *outlet_file_text(const struct outlet *outlet, const struct written *written) {
  const struct feed_load *load = outlet->load;
  if (outlet_has_own_name(outlet)) return NULL;
  if (!load->per.len) return outlet->begun ? NULL : load->texts[0];
  for (size_t i = 0; i < load->text_count; i++)
    if (load->blocks[i] == written->block) return load->texts[i];
  return NULL;
}
