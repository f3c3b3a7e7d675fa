/* job/specs: everything that a site's specs say, opened and checked. */
#include "job/specs.h"
#include "base/map.h"
#include "job/schedule.h"

static const struct place somewhere = { NULL, 1 };

typedef void open_named(struct library *library, str name);
static void open_schema(struct library *library, str name) { library_schema(library, name, somewhere); }
static void open_transform(struct library *library, str name) { library_transform(library, name, somewhere); }

/* Opens everything of one kind; what is wrong is complained of. */
static size_t check_all(struct library *library, const char *folder, const char *ending, open_named *open) {
  str *names;
  size_t count;
  library_names(library, folder, ending, &names, &count);
  for (size_t i = 0; i < count; i++) open(library, names[i]);
  return count;
}

static size_t check_sheets(struct library *library) {
  str *names;
  size_t count;
  library_names(library, "transforms/lookups", ".csv", &names, &count);
  for (size_t i = 0; i < count; i++) {
    str file = arena_printf(library_arena(library), "%.*s.csv", STR_ARG(names[i]));
    library_sheet(library, file, somewhere);
  }
  return count;
}

/* --- settings that nothing switched on needs --- */

struct unasked {
  struct arena *arena;
  struct map *seen, *told; /* by setting; by transform */
  struct buf text;
};

static size_t missing(struct unasked *unasked, const struct program *program, struct map *seen_here) {
  size_t count = 0;
  for (size_t i = 0; program && i < program->setting_count; i++) {
    const struct setting *setting = &program->settings[i];
    if (!setting->missing || map_get(seen_here, setting->name)) continue;
    *map_put(seen_here, setting->name) = (void *)(uintptr_t)setting;
    *map_put(unasked->seen, setting->name) = (void *)(uintptr_t)setting;
    count++;
  }
  if (program) *map_put(unasked->told, program->name) = (void *)(uintptr_t)program;
  return count;
}

static void tell(struct unasked *unasked, const char *kind, str name, size_t count) {
  if (count)
    buf_printf(&unasked->text, "%s%s %.*s: %zu", unasked->text.len ? ", " : "", kind, STR_ARG(name), count);
}

static void count_unasked(struct library *library, const struct schedule *schedule, struct specs_count *all) {
  struct unasked unasked = { .arena = library_arena(library), .text = buf_new(1 << 20) };
  unasked.seen = map_new(library_arena(library));
  unasked.told = map_new(library_arena(library));
  for (size_t i = 0; i < schedule->count; i++) {
    const struct feed *feed = schedule->feeds[i].feed;
    struct map *here = map_new(library_arena(library));
    size_t count = 0;
    for (size_t j = 0; feed && j < feed->program_count; j++)
      count += missing(&unasked, feed->programs[j], here);
    tell(&unasked, "feed", schedule->feeds[i].name, count);
  }
  str *names;
  size_t name_count;
  library_names(library, "transforms", ".transform", &names, &name_count);
  for (size_t i = 0; i < name_count; i++) {
    if (map_get(unasked.told, names[i])) continue;
    struct map *here = map_new(library_arena(library));
    tell(&unasked, "transform", names[i],
         missing(&unasked, library_transform(library, names[i], somewhere), here));
  }
  all->unasked = map_count(unasked.seen);
  all->unasked_for = arena_str(unasked.arena, buf_str(&unasked.text));
  buf_free(&unasked.text);
}

struct specs_count specs_check(struct library *library) {
  struct specs_count count = { 0 };
  struct schedule schedule; /* opens the feeds */
  library_ask_later(library);
  count.schemas = check_all(library, "schemas", ".schema", open_schema);
  count.transforms = check_all(library, "transforms", ".transform", open_transform);
  count.sheets = check_sheets(library);
  schedule_open(library, &schedule);
  count.feeds = schedule.count;
  count_unasked(library, &schedule, &count);
  settings_check(library);
  /* Where a file could not be read, what it would have asked for is not known. */
  if (!complaints_count(library_wrong(library))) library_check_conf(library);
  return count;
}
