/* spool/arrival: what a courier brings into an inbox: written as it comes, there when it is whole.
 */
#include "spool/arrival.h"
#include "io/file.h"
#include "spool/spool_internal.h"

#include <sys/stat.h>
#include <time.h>

enum { LEFT_SECONDS = 3600 };

struct spool_arrival {
  struct spool *spool;
  struct arena *arena;
  const char *made; /* where it is written */
  const char *inbox;
  str name;          /* in the inbox */
  struct file *file; /* in the open */
  struct seal *seal; /* or sealed */
};

static void free_arrival(struct spool_arrival *arrival) {
  arena_free(arrival->arena);
  mem_free(arrival);
}

enum outcome spool_seal_in(struct spool *spool, str feed, str folder, str name, const struct seal_key *key,
                           struct spool_arrival **arrival, struct err *err) {
  *arrival = NULL;
  if (spool_need_name(feed, "feed", err)) return err->outcome;
  if (!spool_good_name(name)) return err_set(err, OUT_BUG, "no name of a file: %.*s", STR_ARG(name));
  struct spool_arrival *new = mem_alloc(sizeof *new);
  *new = (struct spool_arrival){ .spool = spool, .arena = arena_new() };
  str place = arena_printf(new->arena, "var/inbox/arriving/%.*s", STR_ARG(feed));
  const char *aside = file_join(new->arena, spool->site, place);
  new->name = key ? arena_printf(new->arena, "%.*s.sealed", STR_ARG(name)) : arena_str(new->arena, name);
  new->made = file_join(new->arena, aside, new->name);
  new->inbox = file_join(new->arena, spool->site, folder);
  enum outcome out = file_make_folders(aside, 0700, err);
  if (!out)
    out = key ? seal_create(new->made, 0600, key, &new->seal, err)
              : file_create(new->made, 0600, &new->file, err);
  if (out) free_arrival(new);
  else *arrival = new;
  return out;
}

enum outcome spool_arrival_write(struct spool_arrival *arrival, str bytes, struct err *err) {
  return arrival->seal ? seal_write(arrival->seal, bytes, err) : file_write(arrival->file, bytes, err);
}

enum outcome spool_arrival_commit(struct spool_arrival *arrival, struct err *err) {
  const char *path;
  enum outcome out = arrival->seal ? seal_commit(arrival->seal, err) : file_commit(arrival->file, err);
  if (!out)
    out = spool_move_in(arrival->spool, arrival->made, arrival->inbox, 0770, arrival->name, &path, err);
  if (!out) out = file_put(arena_printf(arrival->arena, "%s.done", path).at, 0600, STR_NONE, err);
  free_arrival(arrival);
  return out;
}

void spool_arrival_abandon(struct spool_arrival *arrival) {
  if (arrival->seal) seal_abandon(arrival->seal);
  else file_abandon(arrival->file);
  free_arrival(arrival);
}

enum outcome spool_arrival_sweep(struct spool *spool, str feed, struct err *err) {
  str *names;
  size_t count;
  struct stat about;
  if (spool_need_name(feed, "feed", err)) return err->outcome;
  const char *folder = spool_path(spool, "var/inbox/arriving", feed, STR_NONE);
  if (!file_is_folder(folder)) return OUT_OK;
  enum outcome out = file_list(folder, spool->arena, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++) {
    const char *path = file_join(spool->arena, folder, names[i]);
    if (!stat(path, &about) && about.st_mtime + LEFT_SECONDS < time(NULL)) out = file_remove(path, err);
  }
  return out;
}
