/* spool/ledger: what happened, appended to a file that people can read. */
#include "io/file.h"
#include "io/in.h"
#include "spool/ledger_internal.h"

#include <unistd.h>

enum { RECENT_MOST = 1 << 19 }; /* postings, 20 MiB of them: a ledger never folded is covered in pieces */

/* --- the lock --- */

enum outcome ledger_lock(struct ledger *ledger, struct err *err) {
  return file_lock(ledger->lock, &ledger->lock_fd, err);
}

void ledger_unlock(struct ledger *ledger) {
  file_unlock(ledger->lock_fd);
  ledger->lock_fd = -1;
}

/* --- reading --- */

struct covered ledger_covered(const struct ledger *ledger) {
  return ledger->checkpoint ? checkpoint_covers(ledger->checkpoint) : (struct covered){ 0 };
}

/* What is only begun is found by its id alone: its outputs may never come to stand, its key may be free. */
static bool is_posted(const struct ledger_entry *entry, str name) {
  static const char *const words[] = { "id", "of", "key", "of-key", "file", "output", "name", "mirrors" };
  size_t count = str_eq(entry->event, STR("releasing")) ? 1 : sizeof words / sizeof *words;
  for (size_t i = 0; i < count; i++)
    if (str_eq(name, str_of(words[i]))) return true;
  return false;
}

static void take(struct ledger *ledger, const struct ledger_entry *entry, uint64_t place) {
  for (size_t i = 0; i < entry->word_count; i++) {
    char word[16];
    str name = entry->words[i].name;
    if (name.len >= sizeof word || !is_posted(entry, name)) continue;
    memcpy(word, name.at, name.len);
    word[name.len] = '\0';
    recent_add(&ledger->recent, posting_make(posting_hash(word, entry->words[i].value), entry->line, place));
  }
  state_take(&ledger->state, entry);
}

static enum outcome read_lines(struct ledger *ledger, struct scan *scan, struct err *err) {
  struct arena *arena = arena_new();
  str body;
  enum outcome out = OUT_OK;
  while (!out) {
    struct ledger_entry entry = { .line = scan->line };
    uint64_t place = scan->place;
    out = scan_next(scan, &body, err);
    if (!out && !line_read(arena, body, &entry))
      out = files_wrong(&ledger->files, place, "this line is no ledger entry", err);
    if (out) break;
    take(ledger, &entry, place);
    ledger->read = (struct covered){ scan->place, scan->line - 1, scan->sum };
    arena_reset(arena);
    if (ledger->recent.count > RECENT_MOST) out = ledger_write_checkpoint(ledger, err);
  }
  arena_free(arena);
  return out == OUT_END ? OUT_OK : out;
}

enum outcome ledger_read(struct ledger *ledger, size_t *torn, struct err *err) {
  uint64_t end;
  *torn = 0;
  enum outcome out = files_look(&ledger->files, err);
  if (!out) out = files_end(&ledger->files, &end, err);
  if (out) return out;
  if (end < ledger->read.bytes)
    return err_set(err, OUT_DATA, "the ledger in %s has become shorter", ledger->folder);
  struct scan scan =
      scan_new(&ledger->files, ledger->read.bytes, ledger->read.lines + 1, ledger->read.sum, end);
  if (end > ledger->read.bytes) out = read_lines(ledger, &scan, err);
  scan_free(&scan);
  *torn = (size_t)(end - ledger->read.bytes);
  if (!out && *torn && ledger->read.bytes < files_tail(&ledger->files))
    out = files_wrong(&ledger->files, ledger->read.bytes, "this line has no end", err);
  return out;
}

/* --- a torn end --- */

static bool holds_bytes(const char *path, str bytes, struct arena *arena) {
  struct err unread;
  str kept;
  return in_read_whole(path, bytes.len + 1, arena, &kept, &unread) == OUT_OK && str_eq(kept, bytes);
}

/* What a dead writer left of its line goes beside, for people to look at, before it is cut off. A run that
 * died between the two has kept the same bytes already. */
static enum outcome cut_torn(struct ledger *ledger, size_t torn, struct err *err) {
  struct arena *arena = arena_new();
  const char *path = NULL, *tail = files_path(&ledger->files, ledger->files.segments);
  size_t got;
  char *bytes = arena_alloc(arena, torn);
  enum outcome out = files_read(&ledger->files, ledger->read.bytes, bytes, torn, &got, err);
  str kept = { bytes, torn };
  for (unsigned n = 1; !path || (file_exists(path) && !holds_bytes(path, kept, arena)); n++)
    path = arena_printf(arena, "%s/ledger.torn-%u", ledger->folder, n).at;
  if (!out && !file_exists(path)) out = file_put(path, 0600, kept, err);
  if (!out) out = file_cut(tail, ledger->read.bytes - files_tail(&ledger->files), err);
  arena_free(arena);
  return out;
}

static enum outcome read_and_cut(struct ledger *ledger, size_t *torn, struct err *err) {
  enum outcome out = ledger_read(ledger, torn, err);
  return !out && *torn ? cut_torn(ledger, *torn, err) : out;
}

/* --- opening --- */

/* Older parts that no checkpoint covers: it is missing, or a run died before it wrote it. */
static bool is_uncovered(const struct ledger *ledger) {
  return ledger->files.segments && !ledger->checkpoint;
}

static enum outcome open_read(struct ledger *ledger, size_t *torn, struct err *err) {
  file_sweep(ledger->folder);
  enum outcome out = files_look(&ledger->files, err);
  if (!out) out = ledger_take_checkpoint(ledger, err);
  bool remake = !out && is_uncovered(ledger);
  if (!out) out = read_and_cut(ledger, torn, err);
  if (!out && (remake || ledger->remade)) {
    ledger->remade = true;
    out = ledger_write_checkpoint(ledger, err);
  }
  return out;
}

enum outcome ledger_open(const char *var, struct ledger **ledger, size_t *torn, struct err *err) {
  struct ledger *new = mem_alloc(sizeof *new);
  *ledger = NULL;
  *torn = 0;
  new->arena = arena_new();
  new->lock_fd = -1;
  new->folder = file_join(new->arena, var, STR("ledger"));
  new->lock = file_join(new->arena, new->folder, STR("lock"));
  new->checkpoint_path = file_join(new->arena, new->folder, STR("checkpoint"));
  new->files = files_new(new->arena, new->folder);
  new->state = state_new();
  ledger_new_lent(new);
  enum outcome out = file_make_folders(new->folder, 0700, err);
  if (!out) out = ledger_lock(new, err);
  if (!out) out = open_read(new, torn, err);
  ledger_unlock(new);
  if (out) ledger_close(new);
  else *ledger = new;
  return out;
}

void ledger_close(struct ledger *ledger) {
  if (!ledger) return;
  files_close(&ledger->files);
  checkpoint_close(ledger->checkpoint);
  recent_free(&ledger->recent);
  state_free(&ledger->state);
  arena_free(ledger->lent);
  arena_free(ledger->arena);
  mem_free(ledger);
}

bool ledger_remade(const struct ledger *ledger) { return ledger->remade; }

/* --- writing --- */

static enum outcome append_locked(struct ledger *ledger, str time, str event, str feed,
                                  const struct ledger_word *words, size_t count, struct err *err) {
  struct buf line = buf_new(LEDGER_LINE_MOST);
  size_t torn;
  enum outcome out = read_and_cut(ledger, &torn, err);
  if (!out) out = line_write(time, event, feed, words, count, ledger->read.sum, &line, err);
  const char *tail = file_join(ledger->lent, ledger->folder, STR("ledger.txt"));
  if (!out) out = file_append(tail, 0600, buf_str(&line), err);
  if (!out) out = ledger_read(ledger, &torn, err);
  buf_free(&line);
  return out;
}

enum outcome ledger_append(struct ledger *ledger, str time, str event, str feed,
                           const struct ledger_word *words, size_t count, struct err *err) {
  enum outcome out = ledger_trouble(ledger, err);
  if (!out) out = ledger_lock(ledger, err);
  if (out) return out;
  out = append_locked(ledger, time, event, feed, words, count, err);
  ledger_unlock(ledger);
  return out;
}

enum outcome ledger_start_run(struct ledger *ledger, str time, str feed, const struct ledger_word *words,
                              size_t count, uint64_t *run, struct err *err) {
  size_t torn;
  enum outcome out = ledger_trouble(ledger, err);
  if (!out) out = ledger_lock(ledger, err);
  if (out) return out;
  out = read_and_cut(ledger, &torn, err);
  *run = ledger_next_run(ledger);
  struct ledger_word *all = ARENA_ARRAY(ledger->lent, struct ledger_word, count + 1);
  all[0].name = STR("run");
  all[0].value = arena_printf(ledger->lent, "%llu", (unsigned long long)*run);
  for (size_t i = 0; i < count; i++) all[i + 1] = words[i];
  if (!out) out = append_locked(ledger, time, STR("run-start"), feed, all, count + 1, err);
  ledger_unlock(ledger);
  return out;
}

enum outcome ledger_refresh(struct ledger *ledger, struct err *err) {
  size_t torn;
  enum outcome out = ledger_lock(ledger, err);
  if (out) return out;
  out = ledger_read(ledger, &torn, err);
  ledger_unlock(ledger);
  return out;
}

uint64_t ledger_next_run(const struct ledger *ledger) { return ledger->state.run_most + 1; }
struct ledger_runs ledger_runs(const struct ledger *ledger, str feed) {
  return state_runs(&ledger->state, feed);
}
