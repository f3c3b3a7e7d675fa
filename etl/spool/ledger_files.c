/* spool/ledger_files: the files that the ledger's bytes lie in, read as one long text. */
#include "spool/ledger_files.h"
#include "io/fd.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };

struct files files_new(struct arena *arena, const char *folder) {
  struct files files = { .arena = arena, .folder = folder, .fd = -1 };
  size_t count = 0;
  *ARENA_PUSH(arena, files.starts, count) = 0;
  return files;
}

void files_close(struct files *files) {
  if (files->fd >= 0) close(files->fd);
  files->fd = -1;
}

const char *files_path(const struct files *files, size_t number) {
  if (number == files->segments) return file_join(files->arena, files->folder, STR("ledger.txt"));
  return arena_printf(files->arena, "%s/ledger-%04zu.txt", files->folder, number + 1).at;
}

uint64_t files_tail(const struct files *files) { return files->starts[files->segments]; }

/* A segment that others follow must be there, or the text would have a gap. */
static enum outcome look_for_gap(const struct files *files, struct err *err) {
  struct arena *arena = arena_new();
  str *names;
  size_t count;
  enum outcome out = file_list(files->folder, arena, &names, &count, err);
  const char *wanted = arena_printf(arena, "ledger-%04zu.txt", files->segments + 1).at;
  for (size_t i = 0; i < count && !out; i++)
    if (str_starts(names[i], STR("ledger-")) && str_ends(names[i], STR(".txt")) &&
        str_compare(names[i], str_of(wanted)) > 0)
      out = err_set(err, OUT_DATA, "%s/%s is missing, and %.*s is there: put it back", files->folder, wanted,
                    STR_ARG(names[i]));
  arena_free(arena);
  return out;
}

enum outcome files_look(struct files *files, struct err *err) {
  size_t before = files->segments;
  for (;;) {
    struct stat about;
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/ledger-%04zu.txt", files->folder, files->segments + 1);
    if (len >= (int)sizeof path || stat(path, &about)) break;
    size_t count = files->segments + 1;
    uint64_t end = files_tail(files) + (uint64_t)about.st_size;
    *ARENA_PUSH(files->arena, files->starts, count) = end;
    files->segments++;
  }
  if (before == files->segments && files->looked) return OUT_OK;
  files->looked = true;
  files_close(files);
  return look_for_gap(files, err);
}

/* OUT_END: it is not there. A tail that another process has made a segment in between is noticed: what was
 * opened may be the next tail already. */
static enum outcome open_number(struct files *files, size_t number, struct err *err) {
  if (files->fd >= 0 && files->open == number) return OUT_OK;
  struct arena *arena = arena_new();
  struct files named = *files;
  named.arena = arena;
  const char *path = files_path(&named, number);
  enum outcome out = OUT_OK;
  files_close(files);
  files->fd = fd_open(path, O_RDONLY, 0);
  if (files->fd < 0 && errno == ENOENT) out = OUT_END;
  else if (files->fd < 0) out = err_errno(err, "cannot open %s", path);
  files->open = number;
  if (number == files->segments) {
    enum outcome looked = files_look(files, err);
    if (looked || files->segments != number) out = looked ? looked : OUT_RETRY;
  }
  arena_free(arena);
  return out;
}

enum outcome files_end(struct files *files, uint64_t *end, struct err *err) {
  struct stat about;
  enum outcome out;
  do out = open_number(files, files->segments, err);
  while (out == OUT_RETRY);
  *end = files_tail(files);
  if (out) return out == OUT_END ? OUT_OK : out;
  if (fstat(files->fd, &about)) return err_errno(err, "cannot read the ledger in %s", files->folder);
  if (!S_ISREG(about.st_mode)) return err_set(err, OUT_DATA, "the ledger in %s is no file", files->folder);
  *end += (uint64_t)about.st_size;
  return OUT_OK;
}

static size_t number_of(const struct files *files, uint64_t place) {
  size_t low = 0, high = files->segments;
  while (low < high) {
    size_t middle = (low + high + 1) / 2;
    if (files->starts[middle] <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

enum outcome files_read(struct files *files, uint64_t place, char *to, size_t room, size_t *got,
                        struct err *err) {
  *got = 0;
  while (*got < room) {
    size_t number = number_of(files, place + *got), wanted = room - *got;
    enum outcome out = open_number(files, number, err);
    if (out == OUT_RETRY) continue;
    if (out) return out == OUT_END ? OUT_OK : out;
    if (number < files->segments && wanted > files->starts[number + 1] - place - *got)
      wanted = (size_t)(files->starts[number + 1] - place - *got);
    ssize_t len = pread(files->fd, to + *got, wanted, (off_t)(place + *got - files->starts[number]));
    if (len < 0 && errno == EINTR) continue;
    if (len < 0) return err_errno(err, "cannot read the ledger in %s", files->folder);
    if (!len) return OUT_OK;
    *got += (size_t)len;
  }
  return OUT_OK;
}

/* The line is counted in its own file, where a person will look. */
enum outcome files_wrong(struct files *files, uint64_t place, const char *why, struct err *err) {
  struct err unread = { 0 };
  size_t number = number_of(files, place), got = 1;
  uint64_t line = 1;
  char *block = mem_alloc(BLOCK);
  for (uint64_t at = files->starts[number]; at < place && got; at += got) {
    size_t wanted = place - at < BLOCK ? (size_t)(place - at) : BLOCK;
    if (files_read(files, at, block, wanted, &got, &unread)) break;
    for (size_t i = 0; i < got; i++) line += block[i] == '\n';
  }
  mem_free(block);
  err_set(err, OUT_DATA, "%s", why);
  err_in_file(err, str_of(files_path(files, number)));
  return err_at(err, line, 0);
}

/* --- lines --- */

struct scan scan_new(struct files *files, uint64_t place, uint64_t line, struct line_sum before,
                     uint64_t end) {
  struct scan scan = { .files = files, .place = place, .line = line, .sum = before, .end = end };
  scan.digest = digest_new();
  return scan;
}

void scan_free(struct scan *scan) {
  digest_free(scan->digest);
  mem_free(scan->block);
}

/* What is left of the block moves to its front; a line longer than the block makes it larger. */
static enum outcome read_more(struct scan *scan, size_t *got, struct err *err) {
  uint64_t behind = scan->place + scan->len;
  if (scan->from) memmove(scan->block, scan->block + scan->from, scan->len);
  scan->from = 0;
  if (scan->len == scan->room)
    scan->block = mem_grow(scan->block, scan->room = scan->room ? scan->room * 2 : BLOCK);
  size_t room = scan->room - scan->len;
  if (behind + room > scan->end) room = (size_t)(scan->end - behind);
  return files_read(scan->files, behind, scan->block + scan->len, room, got, err);
}

enum outcome scan_next(struct scan *scan, str *body, struct err *err) {
  static const char changed[] = "the sum at the end of this line is wrong: it, or the line before it, was "
                                "changed, taken out or put in";
  const char *end;
  size_t looked = 0;
  while (!scan->len || !(end = memchr(scan->block + scan->from + looked, '\n', scan->len - looked))) {
    size_t got;
    looked = scan->len;
    enum outcome out = read_more(scan, &got, err);
    if (out) return out;
    if (!got) return OUT_END;
    scan->len += got;
  }
  str line = { scan->block + scan->from, (size_t)(end - scan->block) - scan->from };
  if (!line_check(scan->digest, scan->sum, line, body, &scan->sum))
    return files_wrong(scan->files, scan->place, changed, err);
  scan->from += line.len + 1;
  scan->len -= line.len + 1;
  scan->place += line.len + 1;
  scan->line++;
  return OUT_OK;
}
