/* db/password: the password of a database, from its key file. */
#include "db/password.h"
#include "io/file.h"
#include "io/secret.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { OTHERS = 0077, OTHERS_OF_CREDENTIALS = 0007 };

static str base_name(str path) {
  for (size_t i = path.len; i > 0; i--)
    if (path.at[i - 1] == '/') return str_sub(path, i, path.len);
  return path;
}

static enum outcome find_file(str key_file, str credentials, char path[PATH_MAX], unsigned *refused,
                              struct err *err) {
  str name = base_name(key_file);
  if (key_file.len + credentials.len + 2 > PATH_MAX)
    return err_set(err, OUT_SPEC, "the key file's name is too long");
  snprintf(path, PATH_MAX, "%.*s/%.*s", STR_ARG(credentials), STR_ARG(name));
  *refused = OTHERS_OF_CREDENTIALS;
  if (credentials.len && file_exists(path)) return OUT_OK;
  snprintf(path, PATH_MAX, "%.*s", STR_ARG(key_file));
  *refused = OTHERS;
  return OUT_OK;
}

enum outcome password_read(str key_file, str credentials, struct password *password, struct err *err) {
  char path[PATH_MAX];
  unsigned refused = OTHERS;
  password->len = 0;
  if (!key_file.len) return OUT_OK;
  enum outcome out = find_file(key_file, credentials, path, &refused, err);
  if (!out) out = secret_read_text(path, refused, password->text, sizeof password->text, &password->len, err);
  if (out) return out;
  size_t len = password->len;
  if (len && password->text[len - 1] == '\n') len--;
  if (len && password->text[len - 1] == '\r') len--;
  bool good =
      len && len <= PASSWORD_MOST && !memchr(password->text, '\0', len) && !memchr(password->text, '\n', len);
  password->len = len;
  if (good) return OUT_OK;
  password_wipe(password);
  return err_set(err, OUT_SPEC, "%s is not a password: one line of at most %d bytes", path, PASSWORD_MOST);
}

void password_wipe(struct password *password) { secret_wipe(password, sizeof *password); }

void password_cut_out(const struct password *password, char *message) {
  static const char mark[] = "***";
  size_t len = password->len;
  for (size_t at = 0; len && strlen(message + at) >= len; at++) {
    if (memcmp(message + at, password->text, len) != 0) continue;
    size_t kept = len < sizeof mark - 1 ? len : sizeof mark - 1;
    memmove(message + at + kept, message + at + len, strlen(message + at + len) + 1);
    memcpy(message + at, mark, kept);
  }
}
