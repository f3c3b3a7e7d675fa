/* spool/ledger_fold: the tail becomes a segment, and a checkpoint says where in it what is told. */
#include "io/file.h"
#include "spool/ledger_internal.h"

static const char replaced[] = "the ledger is not the one that var/ledger/checkpoint was made of: lines were "
                               "taken out or put in, or it is an older copy; put the right one back, or "
                               "remove the checkpoint if this is the right one";

/* --- taking a checkpoint --- */

/* The line that the checkpoint ends with must stand where it stood, with its sum. */
static enum outcome check_bound(struct ledger *ledger, struct covered covers, struct err *err) {
  char text[SUM_WORD + 1];
  uint64_t end;
  size_t got = 0;
  enum outcome out = files_end(&ledger->files, &end, err);
  if (out) return out;
  bool long_enough = covers.bytes >= sizeof text && end >= covers.bytes;
  if (long_enough) out = files_read(&ledger->files, covers.bytes - sizeof text, text, sizeof text, &got, err);
  if (out) return out;
  if (long_enough && got == sizeof text && text[SUM_WORD] == '\n' &&
      memcmp(text, covers.sum.text, SUM_WORD) == 0)
    return OUT_OK;
  err_set(err, OUT_DATA, "%s", replaced);
  return err_in_file(err, str_of(ledger->folder));
}

static void forget(struct ledger *ledger) {
  checkpoint_close(ledger->checkpoint);
  ledger->checkpoint = NULL;
  recent_free(&ledger->recent);
  state_free(&ledger->state);
  ledger->state = state_new();
  ledger->read = (struct covered){ 0 };
}

enum outcome ledger_take_checkpoint(struct ledger *ledger, struct err *err) {
  struct checkpoint *checkpoint;
  enum outcome out = checkpoint_open(ledger->checkpoint_path, &checkpoint, err);
  forget(ledger);
  if (out == OUT_DATA) { /* it can be made again */
    *err = (struct err){ 0 };
    ledger->remade = true;
    return OUT_OK;
  }
  if (out || !checkpoint) return out;
  out = check_bound(ledger, checkpoint_covers(checkpoint), err);
  if (!out && !state_read(&ledger->state, checkpoint_state(checkpoint)))
    out = err_set(err, OUT_BUG, "%s holds a state that cannot be read", ledger->checkpoint_path);
  if (out) {
    checkpoint_close(checkpoint);
    return out;
  }
  ledger->checkpoint = checkpoint;
  ledger->read = checkpoint_covers(checkpoint);
  return OUT_OK;
}

/* --- counts --- */

struct counting {
  struct ledger *ledger;
  struct arena *arena;
  struct map *counts, *states; /* feed and state to its tally; item to its state, once it was met */
};

static enum outcome count_entry(struct counting *counting, const struct ledger_entry *entry,
                                struct err *err) {
  struct state_item item = { .feed = entry->feed, .id = ledger_item_id(entry) };
  str state = STR_NONE;
  if (!item.id.len) item.key = ledger_word(entry, "key");
  if (!ledger_is_about_item(entry->event) || (!item.id.len && !item.key.len)) return OUT_OK;
  struct arena *arena = counting->arena;
  void **place = map_put(counting->states, state_item_name(arena, item.feed, item.id, item.key));
  struct ledger_tally *before = *place;
  if (!before) {
    uint64_t covered = ledger_covered(counting->ledger).bytes;
    enum outcome out = ledger_state_at(counting->ledger, item, covered, &state, err);
    if (out) return out;
    if (state.len) before = state_count(counting->counts, arena, item.feed, state);
  }
  if (before && ledger_is_copy(before->state, entry->event)) return *place = before, OUT_OK;
  if (before) before->items--;
  struct ledger_tally *now = *place = state_count(counting->counts, arena, item.feed, entry->event);
  now->items++;
  return OUT_OK;
}

/* The entries behind the checkpoint, one by one. */
static enum outcome count_recent(struct counting *counting, struct err *err) {
  struct ledger *ledger = counting->ledger;
  struct covered from = ledger_covered(ledger);
  struct scan scan = scan_new(&ledger->files, from.bytes, from.lines + 1, from.sum, ledger->read.bytes);
  struct arena *arena = arena_new();
  enum outcome out = OUT_OK;
  str body;
  while (scan.place < scan.end && !(out = scan_next(&scan, &body, err))) {
    struct ledger_entry entry = { 0 };
    if (!line_read(arena, body, &entry)) out = err_set(err, OUT_BUG, "a ledger entry was lost");
    else out = count_entry(counting, &entry, err);
    if (out) break;
    arena_reset(arena);
  }
  scan_free(&scan);
  arena_free(arena);
  return out == OUT_END ? OUT_OK : out;
}

/* Into `arena`: the checkpoint's counts, brought up to date. */
static enum outcome count_all(struct ledger *ledger, struct arena *arena, struct map **counts,
                              struct err *err) {
  struct counting counting = { .ledger = ledger, .arena = arena };
  counting.counts = *counts = map_new(arena);
  counting.states = map_new(arena);
  for (size_t i = 0; i < map_count(ledger->state.counts); i++) {
    const struct ledger_tally *old = map_at(ledger->state.counts, i)->value;
    state_count(*counts, arena, old->feed, old->state)->items = old->items;
  }
  ledger->counting = true;
  enum outcome out = count_recent(&counting, err);
  ledger->counting = false;
  return out;
}

enum outcome ledger_tallies(struct ledger *ledger, struct arena *arena, struct ledger_tally ***tallies,
                            size_t *count, struct err *err) {
  struct map *counts;
  enum outcome out = count_all(ledger, arena, &counts, err);
  if (out == OUT_DATA && ledger->checkpoint && !ledger_remake(ledger, err))
    out = count_all(ledger, arena, &counts, err);
  *count = map_count(counts);
  *tallies = ARENA_ARRAY(arena, struct ledger_tally *, *count + 1);
  for (size_t i = 0; i < *count; i++) (*tallies)[i] = map_at(counts, i)->value;
  return out;
}

/* --- writing a checkpoint --- */

/* What it says must not be known better than the ledger itself after a power cut: that is synced first. */
static enum outcome sync_tail(const struct ledger *ledger, struct err *err) {
  const char *tail = file_join(ledger->lent, ledger->folder, STR("ledger.txt"));
  return file_exists(tail) ? file_sync(tail, err) : OUT_OK;
}

static enum outcome write_state(struct ledger *ledger, struct buf *text, struct err *err) {
  struct arena *arena = arena_new();
  struct state state = ledger->state;
  enum outcome out = count_all(ledger, arena, &state.counts, err);
  if (!out) state_write(&state, text);
  arena_free(arena);
  return out;
}

enum outcome ledger_write_checkpoint(struct ledger *ledger, struct err *err) {
  struct buf text = buf_new((size_t)1 << 30);
  enum outcome out = sync_tail(ledger, err);
  if (!out) out = write_state(ledger, &text, err);
  if (!out) {
    struct posting *sorted = mem_alloc(ledger->recent.count * sizeof *sorted);
    if (ledger->recent.count) memcpy(sorted, ledger->recent.items, ledger->recent.count * sizeof *sorted);
    posting_sort(sorted, ledger->recent.count);
    out = checkpoint_write(ledger->checkpoint_path, ledger->checkpoint, sorted, ledger->recent.count,
                           ledger->read, buf_str(&text), err);
    mem_free(sorted);
  }
  buf_free(&text);
  return out ? out : ledger_take_checkpoint(ledger, err);
}

enum outcome ledger_remake(struct ledger *ledger, struct err *err) {
  size_t torn;
  bool locked = ledger->lock_fd >= 0;
  *err = (struct err){ 0 };
  enum outcome out = locked ? OUT_OK : ledger_lock(ledger, err);
  forget(ledger);
  if (!out) out = ledger_read(ledger, &torn, err);
  if (!out) out = ledger_write_checkpoint(ledger, err);
  ledger->remade = true;
  if (!locked) ledger_unlock(ledger);
  return out;
}

/* --- folding --- */

static enum outcome close_tail(struct ledger *ledger, struct err *err) {
  const char *tail = file_join(ledger->lent, ledger->folder, STR("ledger.txt"));
  const char *segment =
      arena_printf(ledger->lent, "%s/ledger-%04zu.txt", ledger->folder, ledger->files.segments + 1).at;
  enum outcome out = sync_tail(ledger, err);
  if (!out) out = file_move(tail, segment, err);
  return out ? out : files_look(&ledger->files, err);
}

static enum outcome fold_locked(struct ledger *ledger, uint64_t most, struct err *err) {
  size_t torn;
  enum outcome out = ledger_read(ledger, &torn, err);
  if (out || torn) return out; /* a torn end is cut by who opens or appends next */
  if (ledger->read.bytes - files_tail(&ledger->files) > most) out = close_tail(ledger, err);
  if (out || ledger->read.bytes - ledger_covered(ledger).bytes <= most) return out;
  out = ledger_write_checkpoint(ledger, err);
  return out == OUT_DATA && ledger->checkpoint ? ledger_remake(ledger, err) : out;
}

enum outcome ledger_fold(struct ledger *ledger, uint64_t most, struct err *err) {
  if (ledger->read.bytes - ledger_covered(ledger).bytes <= most) return OUT_OK;
  enum outcome out = ledger_trouble(ledger, err);
  if (!out) out = ledger_lock(ledger, err);
  if (out) return out;
  out = fold_locked(ledger, most, err);
  ledger_unlock(ledger);
  return out;
}
