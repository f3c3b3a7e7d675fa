/* job/load_sl: rows files that were released for SL are written there, by ODBC. */
#include "job/load_sl.h"
#include "io/file.h"
#include "job/batch_internal.h"
#include "job/sl.h"
#include "job/sl_read.h"
#include "load/apply.h"
#include "spool/guard.h"

#include <string.h>

enum { NUMBERS_TEXT_MOST = 4 * 1024 * 1024, COUNTS_TEXT_MOST = 512, NOTES_MOST = 20, REFUSALS_MOST = 1000 };

bool load_sl_is_asked(const struct feed *feed) {
  for (size_t i = 0; i < feed->load_count; i++)
    if (feed->loads[i].to.kind == PLACE_ODBC) return true;
  return false;
}

str load_sl_name(const struct feed *feed, str release, struct arena *arena) {
  str stem = str_ends(release, STR(".csv")) ? str_sub(release, 0, release.len - 4) : release;
  return arena_printf(arena, "outbox/sl/%.*s/%.*s.rows", STR_ARG(feed->name), STR_ARG(stem));
}

static const struct schema *schema_of(const struct feed *feed) {
  for (size_t i = 0; i < feed->load_count; i++)
    if (feed->loads[i].to.kind == PLACE_ODBC) return feed->loads[i].schema;
  return NULL;
}

/* SL's clock is the books': minutes, without a zone. */
static str sl_now(const struct site *site) {
  char *clock =
      (char *)(uintptr_t)arena_str(site->arena, str_left_chars(site_clock(site, site->now.seconds), 16)).at;
  clock[10] = 'T'; /* 2026-11-22 01:00 */
  return str_of(clock);
}

static enum outcome settings_of(const struct batch *batch, struct apply_settings *settings, struct err *err) {
  const struct site *site = batch->site;
  *settings =
      (struct apply_settings){ .schema = schema_of(batch->feed), .run = batch->run, .now = sl_now(site) };
  if (batch->guard) settings->site = batch->guard->id;
  settings->user = site_setting(site, STR_NONE, "sl-user");
  enum outcome out = sl_settings(site->library, &settings->db, err);
  return out == OUT_END ? err_set(err, OUT_SPEC, "the setting sl-connection is missing") : out;
}

/* --- what became of a file --- */

static void note(struct summary_row *row, struct arena *arena, str text) {
  *ARENA_PUSH(arena, row->notes, row->note_count) = text;
}

static str document_text(const struct apply_document *document, struct arena *arena) {
  switch (document->state) {
  case APPLY_REFUSED:
    return arena_printf(arena, "SL refuses %.*s: %.*s", STR_ARG(document->key), STR_ARG(document->reason));
  case APPLY_KNOWN_OTHER:
    return arena_printf(arena, "written before with other content: %.*s%s%.*s; it stays as it was",
                        STR_ARG(document->key), document->number.len ? " is " : "",
                        STR_ARG(document->number));
  case APPLY_ADOPTED:
    return arena_printf(arena, "somebody's, not written again: %.*s was found in SL as %.*s",
                        STR_ARG(document->key), STR_ARG(document->number));
  default: return STR_NONE;
  }
}

static void tell_documents(struct summary_row *row, const struct apply_result *result, enum apply_state state,
                           struct arena *arena) {
  size_t told = 0, more = 0;
  for (size_t i = 0; i < result->count; i++) {
    if (result->documents[i].state != state) continue;
    if (told++ < NOTES_MOST) note(row, arena, document_text(&result->documents[i], arena));
    else more++;
  }
  if (more) note(row, arena, arena_printf(arena, "and %zu more like the last one", more));
}

/* What is rare is counted only when there is some of it. */
static str counts_text(const struct apply_result *result, struct arena *arena) {
  const struct {
    const char *what;
    uint64_t count;
    bool always;
  } counts[] = { { "written to SL", result->written, true },
                 { "known", result->known, true },
                 { "known with other content", result->known_other, false },
                 { "adopted", result->adopted, false },
                 { "refused", result->refused, true } };
  struct buf text = buf_new(COUNTS_TEXT_MOST);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    if (counts[i].always || counts[i].count)
      buf_printf(&text, "%s%s: %llu", text.len ? ", " : "", counts[i].what,
                 (unsigned long long)counts[i].count);
  str kept = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return kept;
}

static void tell(struct batch *batch, str name, const struct apply_result *result) {
  struct arena *arena = batch->site->arena;
  enum outcome outcome = result->refused ? OUT_END : OUT_OK; /* OUT_END: done, but look at it */
  struct summary_row *row = batch_row(batch, name, outcome);
  row->rows = result->count;
  row->rejected = result->refused;
  row->result = counts_text(result, arena);
  tell_documents(row, result, APPLY_REFUSED, arena);
  tell_documents(row, result, APPLY_ADOPTED, arena);
  tell_documents(row, result, APPLY_KNOWN_OTHER, arena);
}

static str numbers(const struct apply_result *result, struct arena *arena) {
  struct buf text = buf_new(NUMBERS_TEXT_MOST);
  for (size_t i = 0; i < result->count && text.len < NUMBERS_TEXT_MOST / 2; i++) {
    const struct apply_document *document = &result->documents[i];
    bool is_new = document->state == APPLY_WRITTEN || document->state == APPLY_ADOPTED;
    if (!is_new || !document->number.len) continue;
    buf_printf(&text, "%s%.*s=%.*s", text.len ? "," : "", STR_ARG(document->key), STR_ARG(document->number));
  }
  str kept = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return kept;
}

static str count_word(struct arena *arena, uint64_t count) {
  return arena_printf(arena, "%llu", (unsigned long long)count);
}

/* By which `sluice find` tells what SL says of an order; it may be a word of SL's own, never a row. */
static size_t add_refusals(const struct apply_result *result, struct arena *arena,
                           struct ledger_word *words) {
  size_t count = 0;
  for (size_t i = 0; i < result->count && count < REFUSALS_MOST; i++) {
    const struct apply_document *document = &result->documents[i];
    if (document->state != APPLY_REFUSED) continue;
    str text = arena_printf(arena, "%.*s: %.*s", STR_ARG(document->key), STR_ARG(document->reason));
    words[count++] = (struct ledger_word){ STR("refusal"), text };
  }
  return count;
}

static enum outcome log_loaded(struct batch *batch, const struct ledger_entry *of, str name,
                               const struct apply_result *result, struct err *err) {
  struct arena *arena = batch->site->arena;
  const struct ledger_word first[] = {
    { STR("of"), of ? ledger_word(of, "id") : STR_NONE },
    { STR("name"), name },
    { STR("written"), count_word(arena, result->written) },
    { STR("known"), count_word(arena, result->known) },
    { STR("known-other"), count_word(arena, result->known_other) },
    { STR("adopted"), result->adopted ? count_word(arena, result->adopted) : STR_NONE },
    { STR("refused"), count_word(arena, result->refused) },
    { STR("numbers"), numbers(result, arena) },
  };
  size_t count = sizeof first / sizeof *first;
  struct ledger_word *words = ARENA_ARRAY(arena, struct ledger_word, count + REFUSALS_MOST);
  memcpy(words, first, sizeof first);
  count += add_refusals(result, arena, words + count);
  return ledger_append(batch->ledger, batch_time(batch->site, arena), STR("loaded"), batch->feed->name, words,
                       count, err);
}

/* The move first: it can be made again, and what stands in imported/ is not loaded again. */
static enum outcome confirm(struct batch *batch, const struct ledger_entry *of, str name, struct err *err) {
  const char *path;
  enum outcome out = spool_confirm(batch->spool, name, &path, err);
  struct ledger_word words[] = { { STR("of"), of ? ledger_word(of, "id") : STR_NONE },
                                 { STR("of-key"), of ? ledger_word(of, "key") : STR_NONE },
                                 { STR("name"), name } };
  if (out && out != OUT_END) return out;
  return ledger_append(batch->ledger, batch_time(batch->site, batch->site->arena), STR("confirmed"),
                       batch->feed->name, words, sizeof words / sizeof *words, err);
}

static enum outcome load_file(struct batch *batch, str name, struct err *err) {
  struct apply_settings settings;
  struct apply_result result;
  const struct ledger_entry *of = ledger_by_output(batch->ledger, name);
  if (settings_of(batch, &settings, err)) return err->outcome;
  struct arena *arena = arena_new();
  if (batch->progress) /* a locked database may be waited for */
    batch->progress(batch->user, "into SL", (struct exec_progress){ 0, 1 });
  settings.item = of ? ledger_word(of, "k") : STR_NONE;
  enum outcome out = apply_file(&settings, file_join(arena, batch->site->folder, name), arena, &result, err);
  if (!out) {
    tell(batch, name, &result);
    out = log_loaded(batch, of, name, &result, err);
    if (!out && result.refused == result.stale) out = confirm(batch, of, name, err);
  }
  arena_free(arena);
  return out;
}

enum outcome load_sl_run(struct batch *batch, struct err *err) {
  struct arena *arena = batch->site->arena;
  str folder = arena_printf(arena, "outbox/sl/%.*s", STR_ARG(batch->feed->name)), *names;
  const char *path = file_join(arena, batch->site->folder, folder);
  size_t count = 0;
  if (!load_sl_is_asked(batch->feed) || !file_is_folder(path)) return OUT_OK;
  enum outcome out = file_list(path, arena, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++) {
    if (!str_ends(names[i], STR(".rows"))) continue;
    out = load_file(batch, arena_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i])), err);
  }
  return out;
}

enum outcome load_sl_rehearse(struct batch *batch, const char *path, struct summary_row *row,
                              struct err *err) {
  static const char *const words[] = { "new", "same", "changed", "conflicting" };
  struct apply_settings settings;
  struct diff_result result;
  struct arena *arena = batch->site->arena;
  if (!sl_is_there(batch->site)) return OUT_OK;
  if (settings_of(batch, &settings, err)) return err->outcome;
  enum outcome out = apply_diff(&settings, path, arena, &result, err);
  if (out) return out;
  note(row, arena,
       arena_printf(arena, "against SL: %llu new, %llu same, %llu changed, %llu conflicting",
                    (unsigned long long)result.fresh, (unsigned long long)result.same,
                    (unsigned long long)result.changed, (unsigned long long)result.conflicting));
  for (size_t i = 0; i < result.count; i++) {
    const struct diff_document *document = &result.documents[i];
    note(row, arena,
         arena_printf(arena, "%s %.*s%s%.*s%s%.*s", words[document->state], STR_ARG(document->key),
                      document->number.len ? " is " : "", STR_ARG(document->number),
                      document->what.len ? ": " : "", STR_ARG(document->what)));
  }
  return OUT_OK;
}
