/* io/listing: the names in a folder of any size, in order, in memory of one size. */
#include "io/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Twice as many are collected before the larger half is left for a later turn. */
enum { ROOM = 2 * LISTING_MOST };

struct listing {
  const char *folder;
  struct arena *own, *arena, *behind; /* arena: of the names that are held; behind: of `last` */
  str names[ROOM];
  size_t count, at;
  FILE *all;    /* names, each with its NUL; NULL: all of them are held */
  str last;     /* handed out before those that are held */
  bool bounded; /* some were left: the largest that is held stands at LISTING_MOST - 1 */
};

static int by_byte(const void *a, const void *b) { return str_compare(*(const str *)a, *(const str *)b); }

static void sort(struct listing *listing) {
  if (listing->count) qsort(listing->names, listing->count, sizeof *listing->names, by_byte);
}

static void hold(struct listing *listing, str name) {
  listing->names[listing->count++] = arena_str(listing->arena, name);
}

/* The smaller half stays: what is larger than all of it has another turn. */
static void leave_larger(struct listing *listing) {
  struct arena *before = listing->arena;
  sort(listing);
  listing->arena = arena_new();
  listing->count = LISTING_MOST;
  listing->bounded = true;
  for (size_t i = 0; i < listing->count; i++)
    listing->names[i] = arena_str(listing->arena, listing->names[i]);
  arena_free(before);
}

static enum outcome temporary(const struct listing *listing, const char *doing, struct err *err) {
  return err_errno(err, "cannot %s a temporary file for the names in %s", doing, listing->folder);
}

static enum outcome spill(struct listing *listing, struct err *err) {
  if (!listing->all && !(listing->all = tmpfile())) return temporary(listing, "make", err);
  for (size_t i = 0; i < listing->count; i++)
    if (fwrite(listing->names[i].at, 1, listing->names[i].len + 1, listing->all) != listing->names[i].len + 1)
      return temporary(listing, "write", err);
  listing->count = 0;
  arena_reset(listing->arena);
  return OUT_OK;
}

static enum outcome read_folder(struct listing *listing, DIR *stream, bool (*wanted)(str name),
                                struct err *err) {
  errno = 0; /* the only way to tell readdir's end from its failure */
  for (struct dirent *entry; (entry = readdir(stream)); errno = 0) {
    str name = str_of(entry->d_name);
    if (str_eq(name, STR(".")) || str_eq(name, STR("..")) || (wanted && !wanted(name))) continue;
    if (listing->count == LISTING_MOST && spill(listing, err)) return err->outcome;
    hold(listing, name);
  }
  return errno ? err_errno(err, "cannot read folder %s", listing->folder) : OUT_OK;
}

/* The smallest names behind the last one, from all of them. */
static enum outcome pick(struct listing *listing, struct err *err) {
  char *line = NULL;
  size_t room = 0;
  ssize_t len;
  arena_reset(listing->arena);
  listing->count = listing->at = 0;
  listing->bounded = false;
  if (fflush(listing->all)) return temporary(listing, "write", err);
  rewind(listing->all);
  while ((len = getdelim(&line, &room, '\0', listing->all)) > 0) {
    str name = { line, (size_t)len - 1 };
    if (listing->last.at && str_compare(name, listing->last) <= 0) continue;
    if (listing->bounded && str_compare(name, listing->names[LISTING_MOST - 1]) >= 0) continue;
    hold(listing, name);
    if (listing->count == ROOM) leave_larger(listing);
  }
  free(line);
  if (ferror(listing->all)) return temporary(listing, "read", err);
  sort(listing);
  return OUT_OK;
}

enum outcome listing_open(const char *folder, bool (*wanted)(str name), struct listing **listing,
                          struct err *err) {
  DIR *stream = opendir(folder);
  *listing = NULL;
  if (!stream) return err_errno(err, "cannot read folder %s", folder);
  struct listing *new = mem_alloc(sizeof *new);
  new->own = arena_new();
  new->arena = arena_new();
  new->behind = arena_new();
  new->folder = arena_text(new->own, str_of(folder));
  enum outcome out = read_folder(new, stream, wanted, err);
  closedir(stream);
  if (!out && new->all) out = spill(new, err);
  if (!out && new->all) out = pick(new, err);
  sort(new);
  if (out) listing_close(new);
  else *listing = new;
  return out;
}

enum outcome listing_next(struct listing *listing, str *name, struct err *err) {
  if (listing->at == listing->count && listing->all && listing->count) {
    arena_reset(listing->behind);
    listing->last = arena_str(listing->behind, listing->names[listing->count - 1]);
    if (pick(listing, err)) return err->outcome;
  }
  if (listing->at == listing->count) return OUT_END;
  *name = listing->names[listing->at++];
  return OUT_OK;
}

void listing_close(struct listing *listing) {
  if (!listing) return;
  if (listing->all) fclose(listing->all);
  arena_free(listing->arena);
  arena_free(listing->behind);
  arena_free(listing->own);
  mem_free(listing);
}
