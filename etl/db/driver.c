/* db/driver: what each ODBC driver must be told in its connection string. */
#include "db/driver.h"

static const struct driver {
  const char *dialect;
  const char *names[2];    /* a word of the driver's name */
  const char *keywords[4]; /* %L: the lock's milliseconds */
} drivers[] = {
  { "sqlite", { "sqlite" }, { "Timeout=%L" } },
  { "postgresql", { "postgres", "psqlodbc" }, { "Protocol=7.4-0", "Debug=0", "CommLog=0" } },
  { "tsql", { "freetds", "tdsodbc" }, { "TDS_Version=7.4", "ClientCharset=UTF-8", "APP=sluice" } },
};
enum { DRIVERS = sizeof drivers / sizeof *drivers };

enum { SHOWN_MOST = 120 }; /* bytes of one value, in a message */

/* One KEY=VALUE of the string; a value in braces may hold semicolons, and "}}" for a brace. */
static bool take_pair(str *text, str *key, str *value) {
  size_t end = 0;
  while (text->len && (text->at[0] == ';' || text->at[0] == ' ')) *text = str_sub(*text, 1, text->len);
  if (!text->len) return false;
  ptrdiff_t equals = str_find(*text, '=');
  if (equals < 0) equals = (ptrdiff_t)text->len;
  *key = str_trim(str_sub(*text, 0, (size_t)equals));
  *text = str_sub(*text, (size_t)equals + 1 <= text->len ? (size_t)equals + 1 : text->len, text->len);
  bool braces = text->len && text->at[0] == '{';
  for (; end < text->len && (braces || text->at[end] != ';'); end++)
    if (braces && text->at[end] == '}') {
      if (end + 1 < text->len && text->at[end + 1] == '}') end++;
      else braces = false;
    }
  *value = str_trim(str_sub(*text, 0, end));
  *text = str_sub(*text, end, text->len);
  return true;
}

static bool has_key(str connection, str sought) {
  str key, value;
  while (take_pair(&connection, &key, &value))
    if (str_eq_fold(key, sought)) return true;
  return false;
}

enum outcome driver_check(str connection, struct err *err) {
  if (!str_trim(connection).len)
    return err_set(err, OUT_SPEC, "the connection to the database is not stated");
  if (memchr(connection.at, '\0', connection.len) || connection.len > DRIVER_TEXT_MOST / 2)
    return err_set(err, OUT_SPEC, "the connection to the database is no connection string");
  if (has_key(connection, STR("PWD")) || has_key(connection, STR("Password")))
    return err_set(err, OUT_SPEC,
                   "a password stands in the connection to the database; put it into a file of "
                   "mode 600 and name that");
  return OUT_OK;
}

static bool names(str value, str word) {
  for (size_t i = 0; i + word.len <= value.len; i++)
    if (str_eq_fold(str_sub(value, i, i + word.len), word)) return true;
  return false;
}

void driver_source(str connection, struct buf *text) {
  static const char *const shown[] = {
    "DSN", "FILEDSN", "DRIVER", "SERVER", "SERVERNAME", "PORT", "DATABASE"
  };
  str key, value;
  size_t count = 0;
  while (take_pair(&connection, &key, &value))
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
      if (str_eq_fold(key, str_of(shown[i])))
        buf_printf(text, "%s%s=%.*s", count++ ? ";" : "", shown[i], STR_ARG(str_sub(value, 0, SHOWN_MOST)));
}

const struct dialect *driver_guess(str connection) {
  str key, value;
  while (take_pair(&connection, &key, &value)) {
    if (!str_eq_fold(key, STR("DRIVER"))) continue;
    for (size_t i = 0; i < DRIVERS; i++)
      for (size_t j = 0; j < 2 && drivers[i].names[j]; j++)
        if (names(value, str_of(drivers[i].names[j]))) return dialect_named(str_of(drivers[i].dialect));
  }
  return NULL;
}

static void add_keyword(const char *keyword, int32_t lock_seconds, struct buf *text) {
  buf_char(text, ';');
  for (; *keyword; keyword++) {
    if (keyword[0] != '%') buf_char(text, *keyword);
    else buf_printf(text, "%d000", (int)lock_seconds), keyword++;
  }
}

/* As the driver manager has it: in braces, with each closing one doubled. */
static void add_password(const struct password *password, struct buf *text) {
  if (!password->len) return;
  buf_add(text, STR(";PWD={"));
  for (size_t i = 0; i < password->len; i++) {
    if (password->text[i] == '}') buf_char(text, '}');
    buf_char(text, password->text[i]);
  }
  buf_char(text, '}');
}

void driver_connection(const struct db_settings *settings, const struct dialect *dialect,
                       const struct password *password, struct buf *text) {
  buf_make_room(text, DRIVER_TEXT_MOST);
  buf_add(text, str_trim(settings->connection));
  for (size_t i = 0; i < DRIVERS && dialect; i++) {
    if (!str_eq(str_of(drivers[i].dialect), str_of(dialect->name))) continue;
    for (size_t j = 0; j < 4 && drivers[i].keywords[j]; j++) {
      str keyword = str_of(drivers[i].keywords[j]);
      if (!has_key(settings->connection, str_sub(keyword, 0, (size_t)str_find(keyword, '='))))
        add_keyword(drivers[i].keywords[j], settings->lock_seconds, text);
    }
  }
  add_password(password, text);
}
