/* job/outlet: written records to files that are not released yet, or to a stream: makes and ends them. */
#include "job/outlet_internal.h"
#include "io/digest.h"
#include "io/file.h"
#include "job/state_file.h"

#include <string.h>

static void add_outlet(struct outlets *outlets, const struct schema *schema, const struct schema *written,
                       const struct feed_load *load) {
  struct outlet *outlet = ARENA_PUSH(outlets->arena, outlets->items, outlets->count);
  *outlet = (struct outlet){ .schema = schema, .written = written, .load = load };
  for (size_t i = 0; i < HOLD_MOST; i++) outlet->levels[i].bytes = buf_new((size_t)1 << 31);
  outlet->waits = arena_new();
  outlet->writer = writer_new(schema, outlets->zone);
}

static struct outlets *new_outlets(const struct zone *zone) {
  struct outlets *outlets = mem_alloc(sizeof *outlets);
  outlets->arena = arena_new();
  outlets->scratch = arena_new();
  outlets->zone = zone;
  return outlets;
}

/* States need no load line: their place is sluice's own. */
static void add_states(struct outlets *outlets, const struct program *program) {
  for (size_t i = 0; i < program->into_count; i++) {
    const struct schema *schema = program->into[i];
    if (schema->format == FORMAT_STATE) add_outlet(outlets, schema, schema, NULL);
  }
}

struct outlets *outlets_for_feed(const struct feed *feed, const char *folder, str release,
                                 const struct zone *zone) {
  struct outlets *outlets = new_outlets(zone);
  outlets->folder = folder;
  outlets->feed = feed;
  outlets->release = arena_str(outlets->arena, release);
  for (size_t i = 0; i < feed->load_count; i++) {
    const struct feed_load *load = &feed->loads[i];
    add_outlet(outlets, load->schema, load->written, load);
  }
  if (feed->program_count) add_states(outlets, feed->programs[feed->program_count - 1]);
  bool answered = feed_sends(feed);
  for (size_t i = 0; i < outlets->count; i++)
    if (answered && outlets->items[i].schema->format == FORMAT_STATE)
      outlets->items[i].writer->extra_name = STR(STATE_MESSAGE);
  return outlets;
}

struct outlets *outlets_for_stream(const struct program *program, const struct zone *zone,
                                   outlet_bytes *bytes, void *user) {
  struct outlets *outlets = new_outlets(zone);
  outlets->bytes = bytes;
  outlets->user = user;
  add_outlet(outlets, program->into[0], program->into[0], NULL);
  return outlets;
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
    for (size_t j = 0; j < HOLD_MOST; j++) {
      buf_free(&outlet->levels[j].bytes);
      mem_free(outlet->levels[j].lines);
    }
    writer_free(outlet->writer);
    arena_free(outlet->waits);
  }
  arena_free(outlets->scratch);
  arena_free(outlets->arena);
  mem_free(outlets);
}

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
  if (block->repeat == REPEAT_EACH || !outlets_note(outlets)) return;
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

void outlets_source(struct outlets *outlets, const struct group *group, str key) {
  outlets->source = group;
  outlets->source_key = group ? arena_str(outlets->arena, key) : STR_NONE;
}

enum outcome outlets_finish(struct outlets *outlets, struct err *err) {
  for (size_t i = 0; i < outlets->count; i++) {
    struct outlet *outlet = &outlets->items[i];
    if (outlets->bytes && !outlet->begun && outlet_start(outlet, err)) return err->outcome;
    if (outlet_end_file(outlets, outlet, err)) return err->outcome;
  }
  outlets->shown = ARENA_ARRAY(outlets->arena, struct outlet_file, outlets->file_count + 1);
  for (size_t i = 0; i < outlets->file_count; i++) outlets->shown[i] = *outlets->files[i];
  for (size_t i = 0; i < outlets->count; i++)
    if (outlet_is_state(outlets, &outlets->items[i]) && outlets->items[i].current)
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
