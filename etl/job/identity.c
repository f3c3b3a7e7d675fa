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

str batch_k(const struct site *site, str id) {
  const struct library_file *files;
  size_t count = library_files(site->library, &files);
  struct digest *digest = digest_new();
  char hex[DIGEST_TEXT];
  digest_add(digest, arena_printf(site->arena, "%.*s\n%d\n", STR_ARG(id), FORMAT_VERSION));
  for (size_t i = 0; i < count; i++)
    digest_add(digest, arena_printf(site->arena, "%s %s\n", files[i].name, files[i].digest));
  digest_end(digest, hex);
  return arena_printf(site->arena, "%.16s", hex);
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
