/* db/password: the password of a database, from its key file.
 *
 * A file of mode 600 with the password and a line end. The service manager's
 * credential of the same name ($CREDENTIALS_DIRECTORY/sl.password for
 * keys/sl.password) goes first; the manager may open it to the group.
 *
 *   struct password password;
 *   out = password_read(STR("keys/sl.password"), STR_NONE, &password, &err);
 *   ...
 *   password_wipe(&password);
 */
#ifndef SLUICE_DB_PASSWORD_H
#define SLUICE_DB_PASSWORD_H

#include "base/err.h"

enum { PASSWORD_MOST = 256 };

struct password {
  char text[PASSWORD_MOST + 3]; /* and a line end of two bytes, and one byte too many */
  size_t len;                   /* 0: there is none */
};

enum outcome password_read(str key_file, str credentials, struct password *password, struct err *err);
void password_wipe(struct password *password);
/* Where it stands in a driver's message, it becomes "***". */
void password_cut_out(const struct password *password, char *message);

#endif
