/* job/identity: by what an item is known: its id, its K, the run's stated time and day. */
#include "io/digest.h"
#include "job/batch.h"

enum { FORMAT_VERSION = 1 };

str batch_id(struct arena *arena, str feed, const char *digest) {
  char hex[DIGEST_TEXT];
  str both = arena_printf(arena, "%.*s\n%s", STR_ARG(feed), digest);
  digest_bytes(both, hex);
  return arena_printf(arena, "%.16s", hex);
}

/* A feed with a window reads the same rows night after night: what was released on an earlier day is another
 * item today, though its bytes are the same. */
str batch_item_id(const struct batch *batch, struct arena *arena, const char *digest) {
  str id = batch_id(arena, batch->feed->name, digest),
      today = str_left_chars(batch_time(batch->site, arena), 10);
  for (int again = 1; batch->feed->window_days; again++) {
    const struct ledger_entry *known = ledger_by_id(batch->ledger, id);
    if (!known || !ledger_is_settled(known->event) || str_eq(str_left_chars(known->time, 10), today)) break;
    id = batch_id(arena, arena_printf(arena, "%.*s %d", STR_ARG(batch->feed->name), again), digest);
  }
  return id;
}

static bool is_schema(const char *name, str schema) {
  str bare = str_of(name), wanted = schema;
  if (!str_starts(bare, STR("schemas/")) || !str_ends(bare, STR(".schema"))) return false;
  bare = str_sub(bare, 8, bare.len - 7);
  if (bare.len != wanted.len) return false;
  for (size_t i = 0; i < bare.len; i++)
    if (bare.at[i] != wanted.at[i] && !(bare.at[i] == '/' && wanted.at[i] == '.')) return false;
  return true;
}

static bool is_named(const char *name, const char *folder, str middle, const char *ending) {
  str whole = str_of(name), start = str_of(folder), end = str_of(ending);
  return whole.len == start.len + middle.len + end.len && str_starts(whole, start) && str_ends(whole, end) &&
         str_eq(str_sub(whole, start.len, start.len + middle.len), middle);
}

static bool is_of_program(const struct program *program, const char *name) {
  bool used =
      is_named(name, "transforms/", program->name, ".transform") || is_schema(name, program->from->name);
  for (size_t i = 0; i < program->into_count; i++) used = used || is_schema(name, program->into[i]->name);
  for (size_t i = 0; i < program->lookup_count; i++)
    used = used || is_named(name, "transforms/lookups/", program->lookups[i]->from, "") ||
           is_schema(name, program->lookups[i]->from);
  return used;
}

/* Does what this feed makes depend on the file? Other feeds of the same run read files of their own. */
static bool is_of_feed(const struct site *site, const struct feed *feed, const char *name) {
  bool used = str_eq(str_of(name), STR("sluice.conf")) || is_named(name, "feeds/", feed->name, ".feed") ||
              is_named(name, "transforms/lookups/", site_setting(site, STR_NONE, "fiscal-calendar"), "");
  for (size_t i = 0; i < feed->program_count; i++) used = used || is_of_program(feed->programs[i], name);
  for (size_t i = 0; i < feed->load_count; i++) used = used || is_schema(name, feed->loads[i].name);
  return used;
}

size_t batch_specs(const struct site *site, const struct feed *feed, struct arena *arena,
                   struct library_file **specs) {
  const struct library_file *files;
  size_t count = library_files(site->library, &files), kept = 0;
  *specs = ARENA_ARRAY(arena, struct library_file, count + 1);
  for (size_t i = 0; i < count; i++)
    if (is_of_feed(site, feed, files[i].name)) (*specs)[kept++] = files[i];
  return kept;
}

str batch_k(const struct site *site, const struct feed *feed, struct arena *arena, str id) {
  struct library_file *specs;
  size_t count = batch_specs(site, feed, arena, &specs);
  struct digest *digest = digest_new();
  char hex[DIGEST_TEXT];
  digest_add(digest, arena_printf(arena, "%.*s\n%d\n", STR_ARG(id), FORMAT_VERSION));
  for (size_t i = 0; i < count; i++)
    digest_add(digest, arena_printf(arena, "%s %s\n", specs[i].name, specs[i].digest));
  digest_end(digest, hex);
  return arena_printf(arena, "%.16s", hex);
}

str batch_time(const struct site *site, struct arena *arena) {
  char text[DATE_TEXT_MOST];
  stamp utc = { site->now.seconds, 0 };
  size_t len = date_format_stamp(utc, text);
  return arena_printf(arena, "%.*sZ", (int)(len >= 6 ? len - 6 : len), text);
}

str batch_day(const struct site *site, struct arena *arena) {
  char text[DATE_TEXT_MOST];
  size_t len = date_format(site->today, STR("YYYY-MM-DD"), text);
  return arena_str(arena, (str){ text, len });
}
