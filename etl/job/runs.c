/* job/runs: the runs of each feed, as the ledger has them: begun, ended, good. */
#include "job/runs.h"
#include "job/batch.h"
#include "job/exits.h"

#include <time.h>

/* --- writing --- */

static str real_time(struct arena *arena) {
  char text[32] = "";
  time_t now = time(NULL);
  struct tm parts;
  if (gmtime_r(&now, &parts)) strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return arena_str(arena, str_of(text));
}

enum outcome runs_begin(struct ledger *ledger, const struct site *site, str feed, const char *only,
                        struct run_entry *entry, struct err *err) {
  entry->started = real_time(site->arena);
  const struct ledger_word words[] = { { STR("started"), entry->started }, { STR("only"), str_of(only) } };
  return ledger_start_run(ledger, batch_time(site, site->arena), feed, words, sizeof words / sizeof *words,
                          &entry->run, err);
}

enum outcome runs_end(struct ledger *ledger, const struct site *site, str feed, const char *only,
                      const struct run_entry *entry, int code, size_t files, struct err *err) {
  struct arena *arena = site->arena;
  str reason = arena_printf(arena, "%zu file%s", files, files == 1 ? "" : "s");
  if (code) reason = arena_printf(arena, "%.*s, ended %d", STR_ARG(reason), code);
  const struct ledger_word words[] = {
    { STR("run"), arena_printf(arena, "%llu", (unsigned long long)entry->run) },
    { STR("started"), entry->started },
    { STR("ended"), real_time(arena) },
    { STR("only"), str_of(only) },
    { STR("files"), arena_printf(arena, "%zu", files) },
    { STR("exit"), arena_printf(arena, "%d", code) },
    { STR("reason"), reason },
  };
  return ledger_append(ledger, batch_time(site, arena), STR("run-end"), feed, words,
                       sizeof words / sizeof *words, err);
}

/* --- reading --- */

static bool is_good_end(const struct ledger_entry *entry) {
  static const char *const events[] = { "released", "ready", "skipped" };
  for (size_t i = 0; i < sizeof events / sizeof *events; i++)
    if (str_eq(entry->event, str_of(events[i]))) return true;
  return false;
}

static void take_end(const struct ledger_entry *entry, struct feed_runs *runs) {
  int64_t code;
  if (!str_to_int(ledger_word(entry, "exit"), &code) || code < 0 || code > 255) code = EXIT_DATA;
  runs->last = entry->time;
  runs->code = (int)code;
  bool needs_none = exit_is_good(runs->code) || code == EXIT_PROOF || code == EXIT_DATA;
  if (exit_is_good(runs->code)) runs->good = entry->time;
  if (needs_none && !ledger_word(entry, "only").len) runs->done = entry->time;
}

void runs_of(const struct ledger *ledger, str feed, struct feed_runs *runs) {
  str open = STR_NONE, file = STR_NONE;
  *runs = (struct feed_runs){ 0 };
  for (size_t i = 0; i < ledger_count(ledger); i++) {
    const struct ledger_entry *entry = ledger_at(ledger, i);
    if (!str_eq(entry->feed, feed)) continue;
    if (is_good_end(entry)) file = entry->time;
    if (str_eq(entry->event, STR("run-start"))) {
      open = ledger_word(entry, "run");
      runs->open = entry->time;
    } else if (str_eq(entry->event, STR("run-end"))) {
      take_end(entry, runs);
      if (str_eq(ledger_word(entry, "run"), open)) runs->open = STR_NONE;
    }
  }
  if (!runs->good.len) runs->good = file;
}

enum run_fate runs_fate(const struct ledger *ledger, size_t start) {
  const struct ledger_entry *begun = ledger_at(ledger, start);
  for (size_t i = start + 1; i < ledger_count(ledger); i++) {
    const struct ledger_entry *entry = ledger_at(ledger, i);
    if (!str_eq(entry->feed, begun->feed)) continue;
    if (str_eq(entry->event, STR("run-start"))) return RUN_DIED;
    if (str_eq(entry->event, STR("run-end"))) return RUN_ENDED;
  }
  return RUN_GOES_ON;
}

bool runs_time(str time, int64_t *seconds) {
  stamp at;
  if (!time.len || !date_parse_stamp(time, DATE_DAY_FIRST, NULL, &at)) return false;
  *seconds = at.seconds;
  return true;
}
