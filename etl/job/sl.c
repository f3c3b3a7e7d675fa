/* job/sl: how the site reaches SL: the settings of sluice.conf for db/connect. */
#include "job/sl.h"
#include "io/file.h"
#include "job/company_file.h"
#include "job/settings.h"

#include <stdlib.h>

enum outcome sl_settings(struct library *library, struct db_settings *settings, struct err *err) {
  struct arena *arena = library_arena(library);
  str connection = settings_text(library, STR_NONE, "sl-connection"),
      key_file = settings_text(library, STR_NONE, "sl-password");
  *settings = (struct db_settings){ .connection = connection,
                                    .setting = STR("sl-connection"),
                                    .dialect = settings_text(library, STR_NONE, "sl-dialect"),
                                    .credentials = str_of(getenv("CREDENTIALS_DIRECTORY")) };
  if (key_file.len && key_file.at[0] != '/')
    key_file = str_of(file_join(arena, library_site(library), key_file));
  settings->key_file = key_file;
  if (!connection.len) return OUT_END;
  if (!str_eq(connection, STR("sandbox"))) return OUT_OK;
  const char *path = company_path(library);
  if (!file_exists(path)) return err_set(err, OUT_SPEC, "there is no %s yet: sluice sandbox makes it", path);
  return company_connection(path, arena, &settings->connection, err);
}
