/* job/identity: by what an item is known: its id, its K, the run's stated time and day. */
#include "io/digest.h"
#include "job/batch.h"

enum { FORMAT_VERSION = 1, LIKES_MOST = 8 };

str batch_id(struct arena *arena, str feed, const char *digest) {
  char hex[DIGEST_TEXT];
  str both = arena_printf(arena, "%.*s\n%s", STR_ARG(feed), digest);
  digest_bytes(both, hex);
  return arena_printf(arena, "%.16s", hex);
}

/* A feed with a window reads the same rows night after night: what was released on an earlier day is another
 * item today, though its bytes are the same. One that compares (feed_is_compared) leaves out by itself what
 * Amazon was told: there each drop is an item, for stock that goes up and comes down again is news though its
 * file is not. */
str batch_item_id(const struct batch *batch, struct arena *arena, const char *digest, str name) {
  str of = batch->feed->name, today = str_left_chars(batch_time(batch->site, arena), 10);
  bool compared = feed_is_compared(batch->feed);
  if (compared || feed_reads_answers(batch->feed))
    of = arena_printf(arena, "%.*s %.*s", STR_ARG(of), STR_ARG(name));
  str id = batch_id(arena, of, digest);
  for (int again = 1; batch->feed->window_days || compared; again++) {
    const struct ledger_entry *known = ledger_by_id(batch->ledger, id);
    bool same_day = known && str_eq(str_left_chars(known->time, 10), today);
    if (!known || !ledger_is_settled(known->event) || (same_day && !compared)) break;
    id = batch_id(arena, arena_printf(arena, "%.*s %d", STR_ARG(of), again), digest);
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

static bool is_table_of(const struct record *record, const char *name) {
  bool used = record->table && record->table->place.source &&
              str_eq(str_of(record->table->place.source->name), str_of(name));
  for (size_t i = 0; i < record->kid_count; i++) used = used || is_table_of(record->kids[i], name);
  return used;
}

/* The schema, those that it is like, and the tables that their records are rows of. */
static bool is_of_schema(const struct site *site, const struct schema *schema, const char *name) {
  const struct place somewhere = { NULL, 1 };
  bool used = false;
  for (int likes = 0; schema && likes < LIKES_MOST && !used; likes++) {
    used = is_schema(name, schema->name);
    for (size_t i = 0; i < schema->record_count; i++) used = used || is_table_of(schema->records[i], name);
    schema = schema->like.len ? library_schema(site->library, schema->like, somewhere) : NULL;
  }
  return used;
}

static bool is_of_lookup(const struct site *site, const struct lookup *lookup, const char *name) {
  return is_named(name, "transforms/lookups/", lookup->from, "") ||
         (lookup->table && is_of_schema(site, lookup->table->schema, name));
}

static bool is_of_program(const struct site *site, const struct program *program, const char *name) {
  bool used =
      is_named(name, "transforms/", program->name, ".transform") || is_of_schema(site, program->from, name);
  for (size_t i = 0; i < program->into_count; i++) used = used || is_of_schema(site, program->into[i], name);
  for (size_t i = 0; i < program->lookup_count; i++)
    used = used || is_of_lookup(site, program->lookups[i], name);
  return used;
}

/* Does what this feed makes depend on the file? Other feeds of the same run read files of their own. */
static bool is_of_feed(const struct site *site, const struct feed *feed, const char *name) {
  bool used = str_eq(str_of(name), STR("sluice.conf")) || is_named(name, "feeds/", feed->name, ".feed") ||
              is_named(name, "transforms/lookups/", site_setting(site, STR_NONE, "fiscal-calendar"), "");
  for (size_t i = 0; i < feed->program_count; i++)
    used = used || is_of_program(site, feed->programs[i], name);
  for (size_t i = 0; i < feed->load_count; i++)
    used = used || is_of_schema(site, feed->loads[i].schema, name);
  for (size_t i = 0; i < feed->extract_count; i++) used = used || is_schema(name, feed->extracts[i].what);
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
