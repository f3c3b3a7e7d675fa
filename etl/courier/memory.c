/* courier/memory: what one of a feed's couriers knows from run to run. */
#include "courier/memory.h"
#include "base/buf.h"
#include "io/fd.h"
#include "io/file.h"
#include "io/in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { FILE_MOST = 16 * 1024 * 1024 };

static const char first_line[] = "sluice-courier 2", older_first_line[] = "sluice-courier 1",
                  last_line[] = "end";

struct line {
  str name, words;
};

struct memory {
  struct arena *arena;
  const char *path;
  int lock;
  struct line *lines;
  size_t count;
};

/* --- the file --- */

static bool take_lines(struct memory *memory, str text) {
  str line, name;
  if (!str_split(&text, '\n', &line)) return false;
  bool whole = str_eq(line, str_of(older_first_line));
  if (!whole && !str_eq(line, str_of(first_line))) return false;
  while (str_split(&text, '\n', &line)) {
    if (!line.len) continue;
    if (str_eq(line, str_of(last_line))) {
      whole = true;
      continue;
    }
    if (!str_split(&line, ' ', &name)) return false;
    *ARENA_PUSH(memory->arena, memory->lines, memory->count) = (struct line){ name, line };
  }
  return whole;
}

static enum outcome take_lock(struct memory *memory, str name, struct err *err) {
  const char *path = arena_printf(memory->arena, "%s.lock", memory->path).at;
  memory->lock = fd_open(path, O_RDWR | O_CREAT, 0600);
  if (memory->lock < 0) return err_errno(err, "cannot open %s", path);
  if (fd_lock(memory->lock, false)) return OUT_OK;
  if (errno != EWOULDBLOCK) return err_errno(err, "cannot lock %s", path);
  return err_set(err, OUT_RETRY, "the courier of %.*s is under way for another run", STR_ARG(name));
}

static enum outcome load(struct memory *memory, bool *damaged, struct err *err) {
  str text;
  if (!file_exists(memory->path)) return OUT_OK;
  if (in_read_whole(memory->path, FILE_MOST, memory->arena, &text, err)) return err->outcome;
  if (take_lines(memory, text)) return OUT_OK;
  *damaged = true;
  memory->count = 0;
  const char *aside = arena_printf(memory->arena, "%s.damaged", memory->path).at;
  return rename(memory->path, aside) ? err_errno(err, "cannot put %s aside", memory->path) : OUT_OK;
}

enum outcome memory_open(const char *site, str name, struct memory **memory, bool *damaged, struct err *err) {
  struct arena *arena = arena_new();
  struct memory *new = mem_alloc(sizeof *new);
  *memory = NULL;
  *damaged = false;
  *new = (struct memory){ .arena = arena, .lock = -1 };
  const char *folder = file_join(arena, site, STR("var/courier"));
  new->path = file_join(arena, folder, arena_printf(arena, "%.*s.txt", STR_ARG(name)));
  enum outcome out = file_make_folders(folder, 0700, err);
  if (!out) out = take_lock(new, name, err);
  if (!out) out = load(new, damaged, err);
  if (out) memory_close(new);
  else *memory = new;
  return out;
}

void memory_close(struct memory *memory) {
  if (!memory) return;
  if (memory->lock >= 0) close(memory->lock);
  arena_free(memory->arena);
  mem_free(memory);
}

enum outcome memory_keep(struct memory *memory, struct err *err) {
  struct buf text = buf_new(FILE_MOST);
  buf_printf(&text, "%s\n", first_line);
  for (size_t i = 0; i < memory->count; i++)
    buf_printf(&text, "%.*s %.*s\n", STR_ARG(memory->lines[i].name), STR_ARG(memory->lines[i].words));
  buf_printf(&text, "%s\n", last_line);
  enum outcome out = text.full ? err_set(err, OUT_BUG, "%s would be larger than 16 MiB", memory->path)
                               : file_put(memory->path, 0600, buf_str(&text), err);
  buf_free(&text);
  return out;
}

/* --- lines --- */

static bool is_named(const struct line *line, const char *name) { return str_eq(line->name, str_of(name)); }

static str first_word(str words) {
  str word = STR_NONE;
  str_split(&words, ' ', &word);
  return word;
}

bool memory_at(const struct memory *memory, const char *name, size_t n, str *words) {
  for (size_t i = 0; i < memory->count; i++) {
    if (!is_named(&memory->lines[i], name) || n--) continue;
    *words = memory->lines[i].words;
    return true;
  }
  return false;
}

str memory_get(const struct memory *memory, const char *name) {
  str words = STR_NONE;
  memory_at(memory, name, 0, &words);
  return words;
}

bool memory_find(const struct memory *memory, const char *name, str first, str *words) {
  for (size_t i = 0; i < memory->count; i++) {
    if (!is_named(&memory->lines[i], name) || !str_eq(first_word(memory->lines[i].words), first)) continue;
    *words = memory->lines[i].words;
    return true;
  }
  return false;
}

void memory_drop(struct memory *memory, const char *name, str first) {
  size_t kept = 0;
  for (size_t i = 0; i < memory->count; i++) {
    bool goes = is_named(&memory->lines[i], name) &&
                (!first.len || str_eq(first_word(memory->lines[i].words), first));
    if (!goes) memory->lines[kept++] = memory->lines[i];
  }
  memory->count = kept;
}

void memory_add(struct memory *memory, const char *name, str words) {
  *ARENA_PUSH(memory->arena, memory->lines, memory->count) =
      (struct line){ str_of(name), arena_str(memory->arena, words) };
}

void memory_set(struct memory *memory, const char *name, str words) {
  memory_drop(memory, name, STR_NONE);
  memory_add(memory, name, words);
}

void memory_limit(struct memory *memory, const char *name, size_t most) {
  size_t count = 0, kept = 0;
  for (size_t i = 0; i < memory->count; i++) count += is_named(&memory->lines[i], name);
  size_t goes = count > most ? count - most : 0;
  for (size_t i = 0; i < memory->count; i++) {
    if (goes && is_named(&memory->lines[i], name)) {
      goes--;
      continue;
    }
    memory->lines[kept++] = memory->lines[i];
  }
  memory->count = kept;
}
