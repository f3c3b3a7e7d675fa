/* job/reverse: every released journal of an item mirrored, and the mirrors released (R11). */
#include "job/reverse.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/in.h"
#include "job/mirror.h"
#include "job/naming.h"
#include "report/mirror_proof.h"

#include <string.h>

enum { JOURNAL_MOST = 256 << 20, PROOF_MOST = 1 << 20 };

struct work {
  const struct custody *custody;
  struct arena *arena;
  const struct ledger_entry *entry; /* that released it */
  const struct feed *feed;
  struct reversal *reversal;
  str k;
  const char *folder;
};

static bool is_event(const struct ledger_entry *entry, const char *event) {
  return str_eq(entry->event, str_of(event));
}

/* --- which item --- */

static const struct ledger_entry *reversal_of(struct ledger *ledger, str output) {
  struct ledger_found found = ledger_having(ledger, "mirrors", output);
  for (size_t i = found.count; i > 0; i--)
    if (is_event(found.entries[i - 1], "reversed")) return found.entries[i - 1];
  return NULL;
}

static enum outcome already(str item, const struct ledger_entry *entry, struct err *err) {
  return err_set(err, OUT_DATA, "%.*s was reversed on %.*s already, by %.*s", STR_ARG(item),
                 STR_ARG(str_sub(entry->time, 0, 10)), STR_ARG(ledger_word(entry, "output")));
}

/* The latest entry of a key, in whatever feed has it. */
enum outcome reverse_entry_by_key(const struct custody *custody, str key, const struct ledger_entry **found,
                                  struct err *err) {
  str *feeds;
  size_t count;
  library_names(custody->site->library, "feeds", ".feed", &feeds, &count);
  for (size_t i = 0; i < count; i++) {
    const struct ledger_entry *entry = ledger_by_key(custody->ledger, feeds[i], key);
    if (entry && *found)
      return err_set(err, OUT_DATA, "%.*s is a key of several feeds: name an output instead", STR_ARG(key));
    if (entry) *found = entry;
  }
  return OUT_OK;
}

static enum outcome find_entry(const struct custody *custody, str item, const struct ledger_entry **found,
                               struct err *err) {
  str name = naming_released(custody->site->arena, item);
  *found = ledger_by_output(custody->ledger, name);
  if (*found) {
    const struct ledger_entry *before = reversal_of(custody->ledger, name);
    if (before) return already(item, before, err);
    if (is_event(*found, "reversed"))
      return err_set(err, OUT_DATA, "%.*s is a reversal itself; drop the report again to release it anew",
                     STR_ARG(item));
  } else *found = ledger_by_id(custody->ledger, item);
  if (!*found && reverse_entry_by_key(custody, item, found, err)) return err->outcome;
  if (!*found) return err_set(err, OUT_DATA, "no item and no released file is called %.*s", STR_ARG(item));
  if (is_event(*found, "released") || is_event(*found, "releasing")) return OUT_OK;
  if (is_event(*found, "reversed")) return already(item, *found, err);
  if (is_event(*found, "adopted"))
    return err_set(err, OUT_DATA, "%.*s was booked by other means: there is no journal of ours to mirror",
                   STR_ARG(item));
  return err_set(err, OUT_DATA, "nothing of %.*s is released: it was %.*s on %.*s", STR_ARG(item),
                 STR_ARG((*found)->event), STR_ARG(str_sub((*found)->time, 0, 10)));
}

/* --- one journal --- */

static const struct schema *schema_of(const struct feed *feed, str text) {
  for (size_t i = 0; i < feed->load_count; i++)
    if (mirror_knows(feed->loads[i].schema, text)) return feed->loads[i].schema;
  return NULL;
}

/* The proof beside it holds the SHA-256 of what was released. */
static enum outcome check_untouched(const struct work *work, const char *path, str digest, struct err *err) {
  const char *proof = arena_printf(work->arena, "%s.proof.json", path).at;
  str text;
  if (!file_exists(proof)) return OUT_OK;
  if (in_read_whole(proof, JOURNAL_MOST, work->arena, &text, err)) return err->outcome;
  for (size_t i = 0; i + digest.len <= text.len; i++)
    if (memcmp(text.at + i, digest.at, digest.len) == 0) return OUT_OK;
  return err_set(err, OUT_DATA, "%.*s is not what was released: its SHA-256 is not in its proof",
                 STR_ARG(naming_below(work->custody->site->folder, path)));
}

static enum outcome put(const struct work *work, str name, const char *ending, str bytes, struct err *err) {
  const char *path =
      file_join(work->arena, work->folder, arena_printf(work->arena, "%.*s%s", STR_ARG(name), ending));
  const char *last = strrchr(path, '/');
  const char *above = arena_text(work->arena, (str){ path, (size_t)(last - path) });
  enum outcome out = file_make_folders(above, 0700, err);
  return out ? out : file_put(path, 0640, bytes, err);
}

static struct mirror_side side_of(const struct work *work, str name, str bytes,
                                  const struct mirror_sums *sums) {
  char digest[DIGEST_TEXT];
  digest_bytes(bytes, digest);
  return (struct mirror_side){ name,         arena_str(work->arena, str_of(digest)),
                               bytes.len,    sums->lines,
                               sums->debits, sums->credits };
}

static enum outcome write_mirror(struct work *work, str name, str mirror_name, str text, str mirrored,
                                 const struct mirror *mirror, struct err *err) {
  struct mirror_facts facts = { .feed = work->entry->feed, .released = work->entry->time };
  struct buf proof = buf_new(PROOF_MOST), json = buf_new(PROOF_MOST);
  facts.item = ledger_word(work->entry, "id");
  facts.key = ledger_word(work->entry, "key");
  facts.period = mirror->period;
  facts.moved_to = mirror->moved_to;
  facts.original = side_of(work, name, text, &mirror->original);
  facts.reversal = side_of(work, mirror_name, mirrored, &mirror->mirrored);
  mirror_proof_text(&facts, &proof);
  mirror_proof_json(&facts, &json);
  enum outcome out = put(work, mirror_name, "", mirrored, err);
  if (!out) out = put(work, mirror_name, ".proof", buf_str(&proof), err);
  if (!out) out = put(work, mirror_name, ".proof.json", buf_str(&json), err);
  buf_free(&proof);
  buf_free(&json);
  return out;
}

static enum outcome mirror_output(struct work *work, str name, struct err *err) {
  const char *path = spool_released(work->custody->spool, name);
  char digest[DIGEST_TEXT];
  str text;
  if (!path)
    return err_set(err, OUT_DATA, "%.*s is neither in its place nor in imported/: put it back",
                   STR_ARG(name));
  if (in_read_whole(path, JOURNAL_MOST, work->arena, &text, err)) return err->outcome;
  const struct schema *schema = schema_of(work->feed, text);
  if (!schema) return OUT_OK; /* a list beside the journals */
  digest_bytes(text, digest);
  if (check_untouched(work, path, str_of(digest), err)) return err->outcome;
  struct buf mirrored = buf_new(JOURNAL_MOST);
  struct mirror mirror;
  struct reversal *reversal = work->reversal;
  str mirror_name = naming_reversal(work->arena, name);
  enum outcome out =
      mirror_text(schema, work->custody->site->calendar, text, work->arena, &mirrored, &mirror, err);
  if (out) err_in_file(err, name);
  if (!out) out = write_mirror(work, name, mirror_name, text, buf_str(&mirrored), &mirror, err);
  buf_free(&mirrored);
  if (out) return out;
  size_t mirrors = reversal->count;
  *ARENA_PUSH(work->arena, reversal->outputs, reversal->count) = mirror_name;
  *ARENA_PUSH(work->arena, reversal->mirrors, mirrors) = name;
  return OUT_OK;
}

/* --- all of them --- */

static enum outcome mirror_all(struct work *work, struct err *err) {
  const struct ledger_entry *entry = work->entry;
  for (size_t i = 0; i < entry->word_count; i++) {
    if (!str_eq(entry->words[i].name, STR("output"))) continue;
    if (mirror_output(work, entry->words[i].value, err)) return err->outcome;
  }
  if (work->reversal->count) return OUT_OK;
  return err_set(err, OUT_DATA, "%.*s has no journal for Transaction Import", STR_ARG(work->reversal->key));
}

/* Between two entries, as every release: a mirror that stands in outbox/ is never one that nobody knows. */
static enum outcome release(const struct work *work, struct err *err) {
  static const char *const kept[] = { "id", "key", "file", "sha256", "content", "day", "amount" };
  struct ledger_word *words = ARENA_ARRAY(work->arena, struct ledger_word,
                                          sizeof kept / sizeof *kept + 1 + 2 * work->reversal->count);
  size_t count = 0;
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    words[count++] = (struct ledger_word){ str_of(kept[i]), ledger_word(work->entry, kept[i]) };
  words[count++] = (struct ledger_word){ STR("k"), work->k };
  for (size_t i = 0; i < work->reversal->count; i++) {
    words[count++] = (struct ledger_word){ STR("output"), work->reversal->outputs[i] };
    words[count++] = (struct ledger_word){ STR("mirrors"), work->reversal->mirrors[i] };
  }
  enum outcome out = spool_ready(work->custody->spool, work->k, err);
  return out ? out
             : batch_release(work->custody->site, work->custody->spool, work->custody->ledger,
                             work->entry->feed, work->k, words, count, err);
}

/* The same release reversed again by a run that died has the same K, and so the same folder. */
static str k_of(const struct work *work) {
  char hex[DIGEST_TEXT];
  digest_bytes(arena_printf(work->arena, "reversal of %.*s, ledger line %llu",
                            STR_ARG(ledger_word(work->entry, "k")), (unsigned long long)work->entry->line),
               hex);
  return arena_printf(work->arena, "%.16s", hex);
}

enum outcome reverse_item(const struct custody *custody, str item, struct reversal *reversal,
                          struct err *err) {
  struct work work = { .custody = custody, .arena = custody->site->arena, .reversal = reversal };
  const struct place somewhere = { NULL, 1 };
  struct complaints *wrong = library_wrong(custody->site->library);
  struct err left = { 0 };
  *reversal = (struct reversal){ .count = 0 };
  if (find_entry(custody, item, &work.entry, err) || answer_lock(custody, work.entry->feed, err) ||
      find_entry(custody, item, &work.entry, err)) /* as it stands now that the feed is ours */
    return err->outcome;
  str key = ledger_word(work.entry, "key");
  reversal->key = key.len ? key : ledger_word(work.entry, "id");
  work.feed = feed_open(custody->site->library, work.entry->feed, somewhere);
  if (complaints_count(wrong)) return complaints_first(wrong, err);
  work.k = k_of(&work);
  if (spool_build(custody->spool, work.k, &work.folder, err)) return err->outcome;
  enum outcome out = mirror_all(&work, err);
  if (!out) out = release(&work, err);
  if (spool_build_drop(custody->spool, work.k, &left) && !out) *err = left, out = left.outcome;
  return out == OUT_REFUSED ? (err->outcome = OUT_DATA) : out;
}
