/* job/outlet_undo: what a streamed record wrote is kept, or taken back as if it had not been. */
#include "io/digest.h"
#include "io/file.h"
#include "job/outlet_internal.h"

enum outcome outlet_mark(void *user, struct err *err) {
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
    outlet->before.framed = outlet->framed;
    outlet->before.number = outlet->number;
    outlet->before.nest = outlet->writer->nest;
  }
  return OUT_OK;
}

enum outcome outlet_keep(void *user, struct err *err) {
  struct outlets *outlets = user;
  outlets->marked = false;
  for (size_t i = 0; i < outlets->count; i++)
    if (outlets->items[i].levels[0].bytes.len > FLUSH_AT && outlet_flush(outlets, &outlets->items[i], err))
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
  outlet_empty(&outlet->levels[0]);
}

/* Of several that one record began, all but the last are whole already. */
static enum outcome undo_files(struct outlets *outlets, struct err *err) {
  enum outcome out = OUT_OK;
  while (outlets->file_count > outlets->marked_files && !out) {
    const char *path =
        file_join(outlets->arena, outlets->folder, outlets->files[--outlets->file_count]->name);
    if (file_exists(path)) out = file_remove(path, err);
  }
  return out;
}

enum outcome outlet_undo(void *user, struct err *err) {
  struct outlets *outlets = user;
  outlets->marked = false;
  for (size_t i = 0; i < outlets->count; i++) {
    struct outlet *outlet = &outlets->items[i];
    struct level_out *out = &outlet->levels[0];
    for (; outlet->level; outlet->level--) outlet_empty(&outlet->levels[outlet->level]);
    outlet_forget(outlet);
    outlet->begun = outlet->before.begun;
    outlet->framed = outlet->before.framed;
    outlet->number = outlet->before.number;
    outlet->writer->nest = outlet->before.nest;
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
