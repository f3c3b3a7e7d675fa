/* spool/places: the places that can hold personal data, and whether they are open to more users than they
 * may. */
#include "spool/places.h"
#include "spool/answer.h"
#include "spool/spool_internal.h"

#include <sys/stat.h>

struct place_row {
  const char *path;
  bool of_feed;                    /* a folder of its own for each feed */
  bool always;                     /* ours alone, whatever a feed reads */
  unsigned folder_most, file_most; /* 07777: not looked at */
};
static const struct place_row places[] = {
  { "inbox", true, false, 0770, 0660 },
  { "var/inbox/arriving", true, true, 0700, 0600 },
  { "var/inbox/work", true, true, 0700, 07777 },
  { "var/inbox/sealing", true, true, 0700, 0600 },
  { "var/inbox/hold", true, true, 0700, 0600 },
  { "var/inbox/reject", true, true, 0700, 0600 },
  { "var/inbox/archive", false, true, 0700, 0600 },
  { "var/outbox/build", false, true, 0700, 0640 },
  { "var/outbox/ready", false, true, 0700, 0640 },
  { "var/outbox/answer", true, true, 0700, 0640 },
  { "var/outbox/archiving", true, true, 0700, 0600 },
  { "var/outbox/archive", false, true, 0700, 0600 },
  { "outbox/review", false, true, 0755, 0640 },
  { "outbox/review/rejects", true, true, 0750, 0640 },
  { "var/sandbox", false, true, 0700, 0600 },
  { "var/ledger", false, true, 0700, 0600 },
  { "var/lock", false, true, 0700, 0600 },
  { "var/courier", false, true, 0700, 0600 },
  { "var/amazon", false, true, 0700, 0600 },
};
enum { PLACES = sizeof places / sizeof *places };

struct search {
  struct spool *spool;
  struct spool_open_place *found;
  size_t count;
};

/* `reach`: the bits of those who get there at all. */
static bool too_open(const char *path, unsigned most, unsigned reach, unsigned *mode) {
  struct stat about;
  bool folder = reach == 0777;
  if (lstat(path, &about) || (folder ? !S_ISDIR(about.st_mode) : !S_ISREG(about.st_mode))) return false;
  *mode = (unsigned)about.st_mode & 07777;
  return (*mode & reach & ~most) != 0;
}

static void say(struct search *search, const char *path, unsigned mode, unsigned most) {
  str place = str_of(path);
  size_t above = str_of(search->spool->site).len + 1;
  *ARENA_PUSH(search->spool->arena, search->found, search->count) =
      (struct spool_open_place){ str_sub(place, above, place.len), mode, most, 0 };
}

/* The first file that is too open is named, the others are counted. */
static enum outcome look_at_files(struct search *search, const char *folder, unsigned most, unsigned reach,
                                  struct err *err) {
  str *names;
  size_t count, before = search->count;
  unsigned mode;
  if (file_list(folder, search->spool->arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    const char *path = file_join(search->spool->arena, folder, names[i]);
    if (spool_is_answer(names[i]) || !too_open(path, most, reach, &mode)) continue;
    if (search->count == before) say(search, path, mode, most);
    else search->found[before].others++;
  }
  return OUT_OK;
}

/* What lies in a folder that is closed to others cannot be reached by them. */
enum outcome spool_places_open(struct spool *spool, str feed, bool personal, struct spool_open_place **found,
                               size_t *count, struct err *err) {
  struct search search = { .spool = spool };
  enum outcome out = spool_need_name(feed, "feed", err);
  for (size_t i = 0; i < PLACES && !out; i++) {
    const struct place_row *row = &places[i];
    const char *folder = spool_path(spool, row->path, row->of_feed ? feed : STR_NONE, STR_NONE);
    unsigned mode = 0;
    if ((!row->always && !personal) || !file_is_folder(folder)) continue;
    bool open = too_open(folder, row->folder_most, 0777, &mode);
    if (open) say(&search, folder, mode, row->folder_most);
    unsigned reach = (mode & 010 ? 070u : 0u) | (mode & 01 ? 07u : 0u);
    if (reach && row->file_most != 07777) out = look_at_files(&search, folder, row->file_most, reach, err);
  }
  *found = search.found;
  *count = search.count;
  return out;
}
