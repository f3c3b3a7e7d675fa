/* transform/library: finds and reads the spec files of a site. */
#include "transform/library_internal.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/in.h"

#include <stdlib.h>
#include <string.h>

struct complaints *library_wrong(struct library *library) {
  return library->wrong;
}
struct arena *library_arena(struct library *library) {
  return library->arena;
}
const char *library_site(const struct library *library) { return library->site; }
bool library_has_conf(const struct library *library) { return library->has_conf; }

const struct source *library_source(struct library *library, str name, size_t most, bool *missing) {
  const char *places[] = { library->site, library->installed };
  *missing = false;
  struct source *known = map_get(library->sources, name);
  if (known) return known;
  for (size_t i = 0; i < 2; i++) {
    if (!places[i]) continue;
    const char *path = file_join(library->arena, places[i], name);
    if (!file_exists(path)) continue;
    struct source *source = ARENA_NEW(library->arena, struct source);
    struct err err = { 0 };
    source->name = arena_text(library->arena, name);
    struct place nowhere = { NULL, 0 };
    size_t bad;
    if (in_read_whole(path, most, library->arena, &source->text, &err)) {
      complain(library->wrong, nowhere, "%s", err.text);
      return NULL;
    }
    if (!str_is_utf8(source->text, &bad) && most == SPEC_MOST) {
      complain(library->wrong, (struct place){ source, bad }, "these bytes are not UTF-8");
      return NULL;
    }
    struct library_file *file = ARENA_PUSH(library->arena, library->files, library->file_count);
    file->name = source->name;
    digest_bytes(source->text, file->digest);
    *map_put(library->sources, name) = source;
    return source;
  }
  *missing = true;
  return NULL;
}

struct library *library_open(const char *site, const char *installed, struct arena *arena,
                             struct complaints *wrong) {
  struct library *library = ARENA_NEW(arena, struct library);
  *library = (struct library){ .site = site, .installed = installed, .arena = arena, .wrong = wrong };
  library->schemas = map_new(arena);
  library->tables = map_new(arena);
  library->sheets = map_new(arena);
  library->sources = map_new(arena);
  library->transforms = map_new(arena);
  library_read_conf(library);
  return library;
}

struct library *library_again(const struct library *library, str sheet, str text, struct arena *arena,
                              struct complaints *wrong) {
  struct library *again = library_open(library->site, library->installed, arena, wrong);
  if (!sheet.len) return again;
  str name = arena_printf(arena, "transforms/lookups/%.*s", STR_ARG(sheet));
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ arena_text(arena, name), text };
  *map_put(again->sources, name) = source;
  return again;
}

/* schema sl.journal: schemas/sl/journal.schema */
static str file_of_name(struct library *library, const char *folder, str name, const char *ending) {
  str path = arena_printf(library->arena, "%s/%.*s%s", folder, STR_ARG(name), ending);
  char *at = arena_alloc(library->arena, path.len + 1);
  memcpy(at, path.at, path.len);
  size_t from = strlen(folder) + 1;
  for (size_t i = from; i < from + name.len; i++)
    if (at[i] == '.') at[i] = '/';
  return (str){ at, path.len };
}

static void no_such(struct library *library, const char *folder, const char *ending, str name,
                    struct place place) {
  if (!place.source && place.at == 0) return;
  str *names;
  size_t count;
  library_names(library, folder, ending, &names, &count);
  complain(library->wrong, place, "no %s \"%.*s\": there is no file %.*s%.*s", ending + 1, STR_ARG(name),
           STR_ARG(file_of_name(library, folder, name, ending)),
           STR_ARG(suggest(library->arena, name, names, count)));
}

static void check_name(struct library *library, str stated, str wanted, struct place place) {
  if (stated.len && !str_eq(stated, wanted))
    complain(library->wrong, place, "this file is for \"%.*s\", it says \"%.*s\"", STR_ARG(wanted),
             STR_ARG(stated));
}

const struct sql_table *library_table(struct library *library, str database, str name, struct place place) {
  str path = arena_printf(library->arena, "schemas/%.*s/tables/%.*s.table", STR_ARG(database), STR_ARG(name));
  struct sql_table *table = map_get(library->tables, path);
  if (table) return table;
  bool missing;
  const struct source *source = library_source(library, path, SPEC_MOST, &missing);
  if (!source) {
    if (missing && (place.source || place.at)) {
      str *names;
      size_t count;
      const char *folder = arena_text(library->arena, str_sub(path, 0, path.len - name.len - 7));
      library_names(library, folder, ".table", &names, &count);
      complain(library->wrong, place, "no columns are known of a table \"%.*s\": there is no file %.*s%.*s",
               STR_ARG(name), STR_ARG(path), STR_ARG(suggest(library->arena, name, names, count)));
    }
    return NULL;
  }
  table = sqltable_parse(source, library->arena, library->wrong);
  if (!table) return NULL;
  *map_put(library->tables, path) = table;
  check_name(library, table->name, name, table->place);
  return table;
}

struct table_search {
  struct library *library;
  str database;
};

static const struct sql_table *find_table(void *user, str name, struct place place) {
  struct table_search *search = user;
  return library_table(search->library, search->database, name, place);
}

static void take_columns(struct library *library, struct schema *schema) {
  struct table_search search = { library, schema_option_word(schema, "database", 0) };
  if (search.database.len) schema_take_columns(schema, find_table, &search, library->wrong, library->arena);
}

struct schema *library_schema(struct library *library, str name, struct place place) {
  struct schema *schema = map_get(library->schemas, name);
  if (schema) return schema;
  bool missing;
  const struct source *source =
      library_source(library, file_of_name(library, "schemas", name, ".schema"), SPEC_MOST, &missing);
  if (!source) {
    if (missing) no_such(library, "schemas", ".schema", name, place);
    return NULL;
  }
  schema = schema_parse(source, library->arena, library->wrong);
  if (!schema) return NULL;
  *map_put(library->schemas, name) = schema;
  check_name(library, schema->name, name, schema->place);
  take_columns(library, schema);
  if (schema->like.len) {
    struct schema *like = library_schema(library, schema->like, schema->like_place);
    if (like) schema_complete(schema, like, library->wrong, library->arena);
  }
  return schema;
}

static struct schema *file_schema(void *user, str name, struct place place) {
  return library_schema(user, name, place);
}
static const struct sheet *file_sheet(void *user, str name, struct place place) {
  return library_sheet(user, name, place);
}
static bool file_setting(void *user, str name, str *text, struct place *place) {
  return library_setting(user, name, text, place);
}

void library_ask_later(struct library *library) { library->ask_later = true; }

void library_ask(struct library *library, struct program *program) {
  for (size_t i = 0; program && i < program->setting_count; i++)
    if (program->settings[i].missing) setting_ask(&program->settings[i], library->wrong);
}

struct program *library_transform(struct library *library, str name, struct place place) {
  struct program *program = map_get(library->transforms, name);
  if (program) return program;
  bool missing;
  const struct source *source =
      library_source(library, file_of_name(library, "transforms", name, ".transform"), SPEC_MOST, &missing);
  if (!source) {
    if (missing) no_such(library, "transforms", ".transform", name, place);
    return NULL;
  }
  struct transform_spec *spec = transform_parse(source, library->arena, library->wrong);
  if (!spec) return NULL;
  check_name(library, spec->name, name, spec->place);
  struct check_files files = { library,      file_schema,       file_sheet,
                               file_setting, library->has_conf, library->ask_later };
  program = transform_check(spec, &files, library->arena, library->wrong);
  *map_put(library->transforms, name) = program;
  return program;
}

struct statement *library_feed(struct library *library, str name, struct place place) {
  bool missing;
  const struct source *source =
      library_source(library, file_of_name(library, "feeds", name, ".feed"), SPEC_MOST, &missing);
  if (source) return block_parse(source, NULL, library->arena, library->wrong);
  if (missing) no_such(library, "feeds", ".feed", name, place);
  return NULL;
}

static int by_name(const void *a, const void *b) { return str_compare(*(const str *)a, *(const str *)b); }

/* Names below FOLDER/PREFIX, folders as points. */
static void collect(struct library *library, const char *folder, str prefix, const char *ending, str **names,
                    size_t *count) {
  str *files = NULL;
  size_t file_count = 0;
  struct err err = { 0 };
  if (!file_is_folder(folder) || file_list(folder, library->arena, &files, &file_count, &err)) return;
  for (size_t i = 0; i < file_count; i++) {
    const char *path = file_join(library->arena, folder, files[i]);
    if (file_is_folder(path)) {
      collect(library, path, arena_printf(library->arena, "%.*s%.*s.", STR_ARG(prefix), STR_ARG(files[i])),
              ending, names, count);
    } else if (str_ends(files[i], str_of(ending)) && files[i].at[0] != '.') {
      str bare = str_sub(files[i], 0, files[i].len - strlen(ending));
      *ARENA_PUSH(library->arena, *names, *count) =
          arena_printf(library->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(bare));
    }
  }
}

void library_names(struct library *library, const char *folder, const char *ending, str **names,
                   size_t *count) {
  const char *places[] = { library->site, library->installed };
  *names = NULL;
  *count = 0;
  for (size_t i = 0; i < 2; i++)
    if (places[i])
      collect(library, file_join(library->arena, places[i], str_of(folder)), STR_NONE, ending, names, count);
  if (!*count) return;
  qsort(*names, *count, sizeof **names, by_name);
  size_t kept = 1;
  for (size_t i = 1; i < *count; i++)
    if (!str_eq((*names)[i], (*names)[kept - 1])) (*names)[kept++] = (*names)[i];
  *count = kept;
}

size_t library_files(const struct library *library, const struct library_file **files) {
  *files = library->files;
  return library->file_count;
}

str library_text(const struct library *library, const char *name) {
  const struct source *source = map_get(library->sources, str_of(name));
  return source ? source->text : STR_NONE;
}
