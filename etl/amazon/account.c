/* amazon/account: who we are to Amazon: the application's keys and the seller's refresh token. */
#include "amazon/account.h"
#include "base/memory.h"
#include "io/file.h"
#include "io/secret.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { OTHERS = 0077, OTHERS_OF_CREDENTIALS = 0007, FILE_MOST = 16 * 1024 };

bool credential_set(struct credential *credential, str text) {
  credential_wipe(credential);
  if (!text.len || text.len >= CREDENTIAL_MOST) return false;
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7f) return false;
  memcpy(credential->text, text.at, text.len);
  credential->len = text.len;
  return true;
}

void credential_wipe(struct credential *credential) { secret_wipe(credential, sizeof *credential); }

static bool keep_name(char *to, size_t room, str text) {
  if (text.len >= room) return false;
  memcpy(to, text.at, text.len);
  to[text.len] = '\0';
  return true;
}

static bool take(struct account *account, str name, str value) {
  if (str_eq(name, STR("client-id"))) return keep_name(account->client, sizeof account->client, value);
  if (str_eq(name, STR("client-secret"))) return credential_set(&account->secret, value);
  if (str_eq(name, STR("refresh-token"))) return credential_set(&account->refresh, value);
  if (str_eq(name, STR("seller-id"))) return keep_name(account->seller, sizeof account->seller, value);
  if (str_eq(name, STR("aws-key"))) return keep_name(account->aws_key, sizeof account->aws_key, value);
  if (str_eq(name, STR("aws-secret"))) return credential_set(&account->aws_secret, value);
  if (str_eq(name, STR("secret-made")))
    return keep_name(account->secret_made, sizeof account->secret_made, value);
  return false;
}

static enum outcome take_lines(struct account *account, str text, const char *path, struct err *err) {
  str line, name;
  for (uint64_t number = 1; str_split(&text, '\n', &line); number++) {
    line = str_trim(line);
    if (!line.len || line.at[0] == '#') continue;
    bool good = str_split(&line, '=', &name) && take(account, str_trim(name), str_trim(line));
    if (good) continue;
    err_set(err, OUT_SPEC,
            "no line of an Amazon key file: client-id, client-secret, refresh-token, secret-made, seller-id, "
            "aws-key, aws-secret");
    err_in_file(err, str_of(path));
    return err_at(err, number, 0);
  }
  const char *missing = !account->client[0]     ? "client-id"
                        : !account->secret.len  ? "client-secret"
                        : !account->refresh.len ? "refresh-token"
                                                : NULL;
  return missing ? err_set(err, OUT_SPEC, "%s has no %s", path, missing) : OUT_OK;
}

static unsigned find_file(str key_file, str credentials, char path[PATH_MAX]) {
  str name = key_file, rest = key_file, piece;
  while (str_split(&rest, '/', &piece)) name = piece;
  snprintf(path, PATH_MAX, "%.*s/%.*s", STR_ARG(credentials), STR_ARG(name));
  if (credentials.len && file_exists(path)) return OTHERS_OF_CREDENTIALS;
  snprintf(path, PATH_MAX, "%.*s", STR_ARG(key_file));
  return OTHERS;
}

enum outcome account_read(str key_file, str credentials, struct account **account, struct err *err) {
  char path[PATH_MAX], text[FILE_MOST];
  size_t got = 0;
  *account = NULL;
  if (key_file.len + credentials.len + 2 > PATH_MAX)
    return err_set(err, OUT_SPEC, "the key file's name is too long");
  unsigned refused = find_file(key_file, credentials, path);
  struct account *new = mem_alloc(sizeof *new);
  enum outcome out = secret_read_text(path, refused, text, sizeof text, &got, err);
  if (!out && got == sizeof text) out = err_set(err, OUT_SPEC, "%s is larger than 16 KiB", path);
  if (!out) out = take_lines(new, (str){ text, got }, path, err);
  secret_wipe(text, sizeof text);
  if (out) account_free(new);
  else *account = new;
  return out;
}

void account_free(struct account *account) {
  if (!account) return;
  secret_wipe(account, sizeof *account);
  mem_free(account);
}
