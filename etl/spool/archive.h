/* spool/archive: every original and every released file, with all it was made by, kept by day.
 *
 *   var/inbox/archive/2026-11-21/ID-NAME[.sealed]    the original, byte for byte
 *   var/outbox/archive/2026-11-21/ID[.sealed]        the account of the item, and the files it wrote
 *   var/specs/DIGEST[.sealed]                        a spec, sheet or sluice.conf, each once
 *
 * An account is text up to an empty line, then the bytes of its outputs, states and tables in their order:
 *
 *   sluice-archive 1
 *   feed settlement
 *   id 3f9a2b01c4d5e6f7
 *   key 70000000021
 *   k 77c1a2b3c4d5e6f7
 *   file 2026-11-06-de.txt
 *   time 2026-11-21T02:10:04Z                        the run's stated clock
 *   run 12
 *   original 91244 5e88.. -
 *   spec 5120 0c1d.. transforms/lookups/gl-accounts.csv
 *   output 2210 ab33.. outbox/sl/settlement/journal-70000000021.txt
 *
 * With keys (setting `keys`) all is sealed: an item of a feed with personal
 * columns under the day's key of that feed's own series, else under the day's
 * key of the books; specs under the key of the day 1970-01-01, which is never
 * destroyed. Destroying a day's key of a series (archive_purge) makes its
 * originals and accounts unreadable wherever a copy of them lies; what the
 * ledger holds, digests and totals, stays.
 *
 * The account is on the disk before its outputs begin to move to outbox/, the
 * original before it leaves var/inbox/work. What a run that died left:
 *   an account without "released" in the ledger   replaced when the item is done again
 *   an original in both places                    the one in work is removed once the ledger has the item
 *   a file in var/inbox/sealing/FEED, var/outbox/archiving/FEED   removed when the feed runs
 */
#ifndef SLUICE_SPOOL_ARCHIVE_H
#define SLUICE_SPOOL_ARCHIVE_H

#include "io/digest.h"
#include "io/seal.h"
#include "spool/spool.h"

/* A state is what the item wrote for later runs; a table, what it read of earlier ones. */
enum archive_kind { ARCHIVE_ORIGINAL, ARCHIVE_SPEC, ARCHIVE_OUTPUT, ARCHIVE_STATE, ARCHIVE_TABLE };
extern const char *const archive_kinds[];

struct archive_member {
  enum archive_kind kind;
  str name; /* relative to the site; of an original: as it was dropped */
  uint64_t bytes;
  char digest[DIGEST_TEXT];
  const char *path; /* putting an output or state: where its bytes are */
  str text;         /* putting a spec or table: its bytes */
};

struct archive_account {
  str feed, id, key, k, file, time, run;
  bool personal; /* putting: which series of keys */
  struct archive_member *members;
  size_t count;
};

struct archive;
/* `keys`: the keyring's folder, NULL for a plain archive; `credentials` as keyring_open. A keyring without a
 * master gets one when something is first put. */
enum outcome archive_open(const char *site, const char *keys, const char *credentials, struct arena *arena,
                          struct archive **archive, struct err *err);
const char *archive_made_master(const struct archive *archive); /* its id; NULL: none was made */
void archive_close(struct archive *archive);
struct arena *archive_lend(struct archive *archive, struct arena *arena); /* as spool_lend */
bool archive_is_sealed(const struct archive *archive);

/* The key under which a dropped file is sealed (a courier's, spool/arrival); *key NULL: it lies in the open.
 * OUT_DATA: the key is not ours, or was destroyed. Freed by seal_key_free. */
enum outcome archive_key_of(struct archive *archive, str series, const char *path, struct seal_key **key,
                            struct err *err);
/* The key with which a courier seals what it brings today; *key NULL: the site has no keys. */
enum outcome archive_day_key(struct archive *archive, str series, str day, struct seal_key **key,
                             struct err *err);

/* The account, its outputs and its specs. The same id again replaces it. */
enum outcome archive_put(struct archive *archive, str day, const struct archive_account *account,
                         struct err *err);
/* A large original is sealed by a child process while it is worked through. NULL: it is not worth it, or the
 * archive is plain. Nothing of it is to be seen before archive_original. */
struct sealing;
struct sealing *archive_begin(struct archive *archive, const char *work, str day, str series);
void archive_give_up(struct sealing *sealing); /* NULL: nothing */
/* From work into the archive; `sealing` may be NULL. Then nothing is in work. `name`: as it was dropped. */
enum outcome archive_original(struct archive *archive, struct sealing *sealing, const char *work, str day,
                              str series, str id, str name, struct err *err);

/* Reading. OUT_END: there is no such item, or the day's key was destroyed; the text says which and when. */
enum outcome archive_read(struct archive *archive, str feed, str day, str id, struct arena *arena,
                          struct archive_account *account, struct err *err);
/* One member into a new file of mode 600; its digest is proved. */
enum outcome archive_fetch(struct archive *archive, str day, const struct archive_account *account,
                           const struct archive_member *member, const char *to, struct err *err);
/* The original of an item whose account may not be there (skipped before start-date). `hex` gets its SHA-256.
 */
enum outcome archive_fetch_original(struct archive *archive, str feed, str day, str id, str name,
                                    const char *to, char hex[DIGEST_TEXT], struct err *err);
/* Where an original lies that is not sealed; NULL: it is sealed, or not there. */
const char *archive_plain_original(struct archive *archive, str day, str id, str name);
bool archive_has_original(struct archive *archive, str day, str id, str name);
/* Days that have anything, sorted; ids of a day's accounts. */
enum outcome archive_days(struct archive *archive, struct arena *arena, str **days, size_t *count,
                          struct err *err);
enum outcome archive_ids(struct archive *archive, str day, struct arena *arena, str **ids, size_t *count,
                         struct err *err);

struct archive_item {
  str id, name;
};
struct archive_purged {
  size_t files;
  uint64_t bytes;
};
/* Destroys the day's key of a series, so that what a backup holds of it is lost too, then removes the
 * originals and accounts of these items of that day. Said again after a crash in between, it ends the same.
 */
enum outcome archive_purge(struct archive *archive, str day, str series, const struct archive_item *items,
                           size_t count, str time, struct archive_purged *purged, struct err *err);
/* A new master key, current from now on, and every day key of every series wrapped under it. */
enum outcome archive_rotate(struct archive *archive, const char **id, size_t *days, struct err *err);
/* "" for the books; a feed's own for personal columns. */
str archive_series(str feed, bool personal);

#endif
