/* io/keyring: the keys of the archive: masters, and one key for each day wrapped under a master.
 *
 * The keyring is a folder outside of var/, so that a backup of var/ does not
 * hold the keys of its archive:
 *
 *   keys/master-1f2e3d4c.key    a master: 64 hex digits, mode 600; the name holds its fingerprint (io/secret)
 *   keys/current                "1f2e3d4c": the master that wraps new day keys
 *   keys/day/2026-11-25.key     the day's key, wrapped: one line,
 *                               sluice-day-key 1 2026-11-25 1f2e3d4c NONCE WRAPPED TAG
 *                               in hex: 12, 32 and 16 bytes; with the tag go the four words before them
 *   keys/day/2026-10-25.purged  "destroyed 2026-11-25T02:10:04Z": the tombstone of a day
 *
 * Masters are looked for in the service manager's credential folder first
 * (sluice-master-ID.key or master-ID.key there), then in keys/. Several may
 * stand side by side: all unwrap, and the one that `current` names wraps; when
 * there is no `current`, the only one does. A master is made by
 * keyring_new_master, which names it current; keyring_rewrap then takes all
 * days over, and the old one can go. Sealed files are not touched by that.
 *
 * A day's key is made when it is first asked for and is on the disk before it
 * is handed out. Of two processes that make it at once one wins, and both get
 * the winner's. A destroyed day stays destroyed: its tombstone is on the disk
 * before its key is overwritten, and whoever meets both removes the key.
 *
 * What overwriting cannot reach are copies of keys/ and what the disk itself
 * keeps: day keys are to be backed up for no longer than a purged day may still
 * be read, and are worth nothing without their master.
 *
 *   struct keyring *keyring;
 *   keyring_open("/etc/sluice/keys", getenv("CREDENTIALS_DIRECTORY"), &keyring, &err);
 *   struct seal_key *key;
 *   keyring_day(keyring, STR("2026-11-25"), true, &key, &err);
 *   seal_file(original, sealed, 0600, key, &err);
 *   seal_key_free(key);
 *   keyring_close(keyring);
 */
#ifndef SLUICE_IO_KEYRING_H
#define SLUICE_IO_KEYRING_H

#include "io/seal.h"

enum { KEYRING_TIME = 41 }; /* a time's text of up to 40 letters, and the NUL */

struct keyring;
/* Reads every master. `credentials` may be NULL. A folder that is not there has none. OUT_SPEC: a master's
 * file is open to others, is no key, or is not the key that its name says; `current` names none. */
enum outcome keyring_open(const char *folder, const char *credentials, struct keyring **keyring,
                          struct err *err);
void keyring_close(struct keyring *keyring);

/* Day keys come in series, so that one feed's can be destroyed while another's stay: keys/day for "", else
 * keys/day-NAME. All calls about days are about the series chosen last. */
void keyring_series(struct keyring *keyring, str name);

const char *keyring_folder(const struct keyring *keyring);
size_t keyring_masters(const struct keyring *keyring);
/* The id of the master that wraps. OUT_SPEC: there is none, or several and no `current`. */
enum outcome keyring_current(const struct keyring *keyring, const char **id, struct err *err);
enum outcome keyring_new_master(struct keyring *keyring, char id[SECRET_FINGERPRINT], struct err *err);

/* The key of a day, "2026-11-25"; the caller frees it. OUT_END: destroyed, or there never was one and it is
 * not to be made; the text says which. OUT_SPEC: its master is not there. OUT_DATA: its file was changed. */
enum outcome keyring_day(struct keyring *keyring, str day, bool create, struct seal_key **key,
                         struct err *err);
/* The key that a sealed file asks for (seal_peek). OUT_REFUSED: the day has another key. */
enum outcome keyring_find(struct keyring *keyring, str key_id, struct seal_key **key, struct err *err);

enum keyring_state { KEYRING_NEVER, KEYRING_THERE, KEYRING_DESTROYED };
/* `time`: when it was destroyed, as it was told; else empty. Looks only at the folder. */
enum outcome keyring_day_state(const struct keyring *keyring, str day, enum keyring_state *state,
                               char time[KEYRING_TIME], struct err *err);
/* OUT_END: the day never had a key. Once more on a destroyed day is OUT_OK and leaves the first time. */
enum outcome keyring_destroy_day(struct keyring *keyring, str day, str time, struct err *err);
/* Wraps every day key under the current master; *count: those that were under another. One that cannot be
 * unwrapped does not stop the rest; the first error is returned. Run again, it goes on where it stopped. */
enum outcome keyring_rewrap(struct keyring *keyring, size_t *count, struct err *err);

#endif
