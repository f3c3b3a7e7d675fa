/* spool/archive_internal: what the files of the archive share. */
#ifndef SLUICE_SPOOL_ARCHIVE_INTERNAL_H
#define SLUICE_SPOOL_ARCHIVE_INTERNAL_H

#include "spool/archive.h"
#include "spool/vault.h"

#define ARCHIVE_SPECS_DAY STR("1970-01-01")

enum {
  ARCHIVE_NAME_MOST = 224, /* leaves room for ".sealed" and a temporary ending */
  ARCHIVE_BLOCK = 64 * 1024,
  ARCHIVE_HEAD_MOST = 16 * 1024 * 1024
};

struct archive {
  struct arena *arena;
  const char *site;
  struct keyring *keyring;              /* NULL: plain */
  char made_master[SECRET_FINGERPRINT]; /* "": none was made */
};

/* var/ROOM/archive/DAY/NAME, var/specs/NAME; without the ending ".sealed". In the archive's arena. */
const char *archive_account_path(const struct archive *archive, str day, str id);
const char *archive_spec_path(const struct archive *archive, const char *digest);
/* *key NULL: plain. Freed by seal_key_free. */
enum outcome archive_key(struct archive *archive, str series, str day, struct seal_key **key,
                         struct err *err);
const char *archive_original_path(const struct archive *archive, str day, str id, str name);
enum outcome archive_make_folder_of(const struct archive *archive, const char *path, struct err *err);

#endif
