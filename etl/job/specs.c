/* job/specs: every spec and sheet of a site is opened; what is wrong in any is complained of in the library.
 */
#include "job/specs.h"
#include "job/feed.h"

static const struct place somewhere = { NULL, 1 };

typedef void open_named(struct library *library, str name);
static void open_schema(struct library *library, str name) { library_schema(library, name, somewhere); }
static void open_transform(struct library *library, str name) { library_transform(library, name, somewhere); }
static void open_feed(struct library *library, str name) { feed_open(library, name, somewhere); }

/* Sheets that no transform reads are read too: a sheet that cannot be read is wrong now, not when it is used.
 */
static void open_sheet(struct library *library, str name) {
  str file = arena_printf(library_arena(library), "%.*s.csv", STR_ARG(name));
  library_sheet(library, file, somewhere);
}

/* Everything of one kind. */
static size_t open_all(struct library *library, const char *folder, const char *ending, open_named *open) {
  str *names;
  size_t count;
  library_names(library, folder, ending, &names, &count);
  for (size_t i = 0; i < count; i++) open(library, names[i]);
  return count;
}

struct specs_count specs_open(struct library *library) {
  struct specs_count count;
  count.schemas = open_all(library, "schemas", ".schema", open_schema);
  count.transforms = open_all(library, "transforms", ".transform", open_transform);
  count.feeds = open_all(library, "feeds", ".feed", open_feed);
  count.sheets = open_all(library, "transforms/lookups", ".csv", open_sheet);
  return count;
}
