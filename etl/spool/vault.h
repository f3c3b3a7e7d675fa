/* spool/vault: one kept file, sealed with a key or plain, written once and read from its front.
 *
 * The archive keeps a site's files as the site has it: NAME.sealed where there
 * is a keyring, NAME where the disk itself is trusted. Everything above asks
 * for a name and does not see which it was.
 *
 *   struct vault_out *out;
 *   vault_create(path, key, &out, &err);       key NULL: plain; path is without ".sealed"
 *   vault_write(out, bytes, &err);
 *   vault_commit(out, &err);                   whole and on the disk, or not there; mode 600
 *
 *   struct vault_in *in;
 *   vault_open(path, keyring, &in, &err);
 *   while (!(got = vault_read(..))) ...
 */
#ifndef SLUICE_SPOOL_VAULT_H
#define SLUICE_SPOOL_VAULT_H

#include "base/memory.h"
#include "io/keyring.h"

struct vault_out;
enum outcome vault_create(const char *path, const struct seal_key *key, struct vault_out **out,
                          struct err *err);
enum outcome vault_write(struct vault_out *out, str bytes, struct err *err);
enum outcome vault_commit(struct vault_out *out, struct err *err); /* frees it, whatever comes of it */
void vault_abandon(struct vault_out *out);

struct vault_in;
/* PATH.sealed, else PATH. `series`: of the keyring, tried in this order; keyring NULL: only plain files can
 * be read. OUT_END: neither is there, or its key was destroyed (the text says when). OUT_REFUSED, OUT_DATA,
 * OUT_SPEC: as io/seal and io/keyring say. */
enum outcome vault_open(const char *path, struct keyring *keyring, const str *series, size_t count,
                        struct vault_in **in, struct err *err);
/* As in_read of a file as it lies: OUT_END behind the last byte. */
enum outcome vault_read(struct vault_in *in, char *to, size_t room, size_t *got, struct err *err);
void vault_close(struct vault_in *in);
bool vault_exists(const char *path); /* in either form */
enum outcome vault_remove(const char *path, struct err *err);

#endif
