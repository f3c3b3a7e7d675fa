/* job/company_file: the sandbox company as a file of SQLite, made through unixODBC as SL is written. */
#include "job/company_file.h"
#include "db/query.h"
#include "io/file.h"
#include "job/company.h"
#include "job/settings.h"

#include <string.h>

const char *company_path(struct library *library) {
  struct arena *arena = library_arena(library);
  str path = settings_text(library, STR_NONE, "sandbox");
  return str_starts(path, STR("/")) ? arena_text(arena, path) : file_join(arena, library_site(library), path);
}

enum outcome company_connection(const char *path, struct arena *arena, str *connection, struct err *err) {
  if (strpbrk(path, ";{}[]()?*=!@,"))
    return err_set(err, OUT_SPEC, "%s: a name with one of ;{}[]()?*=!@, cannot stand in a connection string",
                   path);
  *connection = arena_printf(arena, "DRIVER=SQLite3;Database=%s;NoTXN=0", path);
  return OUT_OK;
}

struct making {
  struct db *db;
  size_t statements;
};

static enum outcome execute(void *user, str statement, struct err *err) {
  struct making *making = user;
  making->statements++;
  return db_execute(making->db, statement, NULL, 0, NULL, err);
}

static enum outcome make_in(struct library *library, const char *path, size_t *statements, struct err *err) {
  struct db_settings settings = { .dialect = STR("sqlite") };
  struct making making = { 0 };
  enum outcome out = company_connection(path, library_arena(library), &settings.connection, err);
  if (!out) out = db_open(&settings, &making.db, err);
  if (!out) out = db_begin(making.db, err);
  if (!out) {
    out = company_make(library, db_dialect(making.db), execute, &making, err);
    if (out) db_rollback(making.db);
    else out = db_commit(making.db, err);
  }
  db_close(making.db);
  *statements = making.statements;
  return out;
}

enum outcome company_make_file(struct library *library, const char *path, size_t *statements,
                               struct err *err) {
  struct arena *arena = library_arena(library);
  const char *made = arena_text(arena, arena_printf(arena, "%s.part", path)), *slash = strrchr(path, '/');
  if (slash && file_make_folders(arena_text(arena, (str){ path, (size_t)(slash - path) }), 0700, err))
    return err->outcome;
  if (file_exists(made) && file_remove(made, err)) return err->outcome;
  if (file_put(made, 0600, STR_NONE, err)) return err->outcome; /* SQLite would make it for all to read */
  struct err ignored = { 0 };
  enum outcome out = make_in(library, made, statements, err);
  if (!out) out = file_sync(made, err);
  if (!out && file_exists(path)) out = file_remove(path, err);
  if (!out) out = file_move(made, path, err);
  if (out) file_remove(made, &ignored);
  return out;
}
