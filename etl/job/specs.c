/* job/specs: everything that a site's specs say, opened and checked. */
#include "job/specs.h"
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

struct specs_count specs_check(struct library *library) {
  struct specs_count count;
  struct schedule schedule; /* opens the feeds */
  count.schemas = check_all(library, "schemas", ".schema", open_schema);
  count.transforms = check_all(library, "transforms", ".transform", open_transform);
  count.sheets = check_sheets(library);
  schedule_open(library, &schedule);
  count.feeds = schedule.count;
  settings_check(library);
  /* Where a file could not be read, what it would have asked for is not known. */
  if (!complaints_count(library_wrong(library))) library_check_conf(library);
  return count;
}
