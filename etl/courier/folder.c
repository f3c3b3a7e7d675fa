/* courier/folder: files of a folder elsewhere, as a mounted share: each copied into the inbox, once.
 *
 * A file is taken when it has stood still for a minute, or has NAME.done beside it. It is copied, the copy
 * fsynced and dropped, and only then noted, a hundred at a time: who dies in between copies them again, and
 * the same bytes are one item. The original stays, for it is not ours. It is known by its name, size, time of
 * change: one that changes comes again. One that cannot be had is told at the end; the others come all the
 * same.
 */
#include "courier/courier.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/in.h"
#include "spool/arrival.h"

#include <sys/stat.h>

enum { STILL = 60, BLOCK = 256 * 1024, GOT_MOST = 100000, KEPT_TOGETHER = 100 };

static enum outcome copy(struct errand *errand, const char *path, str name, struct err *err) {
  struct spool_arrival *arrival;
  struct in *in;
  if (in_open_as_is(path, &in, err)) return err->outcome;
  enum outcome out = spool_seal_in(errand->courier->spool, errand->wish.feed, errand->wish.folder, name,
                                   errand->wish.key, &arrival, err);
  if (!out) {
    char *block = mem_alloc(BLOCK);
    size_t got;
    while (!(out = in_read(in, block, BLOCK, &got, err)) &&
           !(out = spool_arrival_write(arrival, (str){ block, got }, err)))
      errand->bytes += got;
    mem_free(block);
    if (out == OUT_END) out = spool_arrival_commit(arrival, err);
    else spool_arrival_abandon(arrival);
  }
  in_close(in);
  return out;
}

static bool is_ready(struct errand *errand, const char *path, const struct stat *about, str name) {
  int64_t now = loop_now(errand->courier->attempts->loop) / 1000;
  if (!S_ISREG(about->st_mode) || str_starts(name, STR(".")) || str_starts(name, STR("~$"))) return false;
  if (str_ends(name, STR(".done")) || str_ends(name, STR(".part")) || str_ends(name, STR(".tmp")))
    return false;
  return file_exists(arena_printf(errand->arena, "%s.done", path).at) ||
         (int64_t)about->st_mtime + STILL <= now;
}

static enum outcome take(struct errand *errand, const char *folder, str name, struct err *err) {
  struct stat about;
  str known;
  const char *path = file_join(errand->arena, folder, name);
  if (stat(path, &about) || !is_ready(errand, path, &about, name)) return OUT_OK;
  char id[DIGEST_TEXT];
  digest_bytes(name, id);
  str words =
      arena_printf(errand->arena, "%s %lld %lld", id, (long long)about.st_size, (long long)about.st_mtime);
  if (memory_find(errand->memory, "got", str_of(id), &known) && str_eq(known, words)) return OUT_OK;
  if (copy(errand, path, name, err)) return err->outcome;
  errand->files++;
  memory_drop(errand->memory, "got", str_of(id));
  memory_add(errand->memory, "got", words);
  if (errand->files % KEPT_TOGETHER) return OUT_OK;
  memory_limit(errand->memory, "got", GOT_MOST);
  return memory_keep(errand->memory, err);
}

/* What came of all: of those that could not be had, the first one's trouble. */
static void end(struct errand *errand, size_t bad, const struct err *first) {
  memory_limit(errand->memory, "got", GOT_MOST);
  if (!errand_keep(errand)) return;
  if (!bad) errand_end(errand, OUT_OK, errand->files ? "%zu new" : "nothing new", errand->files);
  else
    errand_end(errand, first->outcome, "%zu new; %zu could not be had, the first: %s", errand->files, bad,
               first->text);
}

static void start(struct errand *errand) {
  struct err err = { 0 }, first = { 0 };
  str *names;
  size_t count, bad = 0;
  const char *folder = arena_text(errand->arena, errand->wish.what);
  if (!file_is_folder(folder)) {
    errand_end(errand, OUT_RETRY, "the folder %s is not there", folder);
    return;
  }
  if (file_list(folder, errand->arena, &names, &count, &err)) {
    errand_end_err(errand, &err);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    err = (struct err){ 0 };
    if (take(errand, folder, names[i], &err) && !bad++) first = err;
  }
  end(errand, bad, &first);
}

const struct errand_kind errand_folder = { "folder", start };
