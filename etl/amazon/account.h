/* amazon/account: who we are to Amazon: the application's keys and the seller's refresh token.
 *
 *   amazon.key, mode 600          in $CREDENTIALS_DIRECTORY first, else where the site says
 *   client-id     = amzn1.application-oa2-client.0123
 *   client-secret = ..
 *   refresh-token = Atzr|..
 *   secret-made   = 2026-06-01                          when the secret was made: it ends 180 days later
 *   seller-id     = A1B2C3D4E5                          optional: only listings ask for it
 *   aws-key       = AKIA..                              optional: of the queue that `sluice watch` reads
 *   aws-secret    = ..
 *
 * The secret and the tokens lie in struct credential, which is wiped, and for which there is no way into a
 * text but a request's.
 *
 *   struct account *account;
 *   account_read(STR("amazon.key"), str_of(getenv("CREDENTIALS_DIRECTORY")), &account, &err);
 *   account_free(account);
 */
#ifndef SLUICE_AMAZON_ACCOUNT_H
#define SLUICE_AMAZON_ACCOUNT_H

#include "base/err.h"

enum { CREDENTIAL_MOST = 3072, ACCOUNT_NAME_MOST = 256, ACCOUNT_SECRET_DAYS = 180 };

struct credential {
  char text[CREDENTIAL_MOST];
  size_t len; /* 0: there is none */
};
/* False: too long, or a control character in it. */
bool credential_set(struct credential *credential, str text);
void credential_wipe(struct credential *credential);

struct account {
  struct credential secret, refresh, aws_secret;
  char client[ACCOUNT_NAME_MOST], seller[ACCOUNT_NAME_MOST], aws_key[ACCOUNT_NAME_MOST],
      secret_made[16]; /* "" where it is not stated */
};
/* OUT_SPEC: not there, open to others, a line that is none, a name missing. Values are never told. */
enum outcome account_read(str key_file, str credentials, struct account **account, struct err *err);
void account_free(struct account *account);

#endif
