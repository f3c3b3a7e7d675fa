/* amazon/token: the login token: asked for once for all who wait for it, and kept in memory only.
 *
 *   token_want(token, ready, call);       ready(call, token, err) now, or when it has come; NULL: it did not,
 * see err
 */
#ifndef SLUICE_AMAZON_TOKEN_H
#define SLUICE_AMAZON_TOKEN_H

#include "amazon/amazon.h"

struct token;
typedef void token_ready(void *user, const struct credential *token, const struct err *err);

struct token *token_new(const struct amazon_means *means, enum grant grant);
void token_want(struct token *token, token_ready *ready, void *user);
void token_forget(struct token *token); /* Amazon says that it does not hold */
void token_free(struct token *token);

#endif
