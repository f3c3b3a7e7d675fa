/* job/runs: the runs of each feed, as the ledger has them: begun, ended, good. */
#include "job/runs.h"
#include "job/batch.h"

#include <time.h>

static str real_time(struct arena *arena) {
  char text[32] = "";
  time_t now = time(NULL);
  struct tm parts;
  if (gmtime_r(&now, &parts)) strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return arena_str(arena, str_of(text));
}

static enum outcome tell_dead(struct ledger *ledger, const struct site *site, str feed, struct err *err) {
  struct ledger_runs runs = ledger_runs(ledger, feed);
  if (!runs.open.len) return OUT_OK;
  const struct ledger_word words[] = {
    { STR("run"), arena_printf(site->arena, "%llu", (unsigned long long)runs.open_run) },
    { STR("reason"), arena_printf(site->arena, "the run of %.*s", STR_ARG(runs.open)) },
  };
  return ledger_append(ledger, batch_time(site, site->arena), STR("run-died"), feed, words,
                       sizeof words / sizeof *words, err);
}

enum outcome runs_begin(struct ledger *ledger, const struct site *site, str feed, const char *only,
                        struct run_entry *entry, struct err *err) {
  if (tell_dead(ledger, site, feed, err)) return err->outcome;
  entry->started = real_time(site->arena);
  entry->again = false;
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
    { STR("again"), entry->again ? STR("yes") : STR_NONE },
    { STR("reason"), reason },
  };
  return ledger_append(ledger, batch_time(site, arena), STR("run-end"), feed, words,
                       sizeof words / sizeof *words, err);
}

bool runs_time(str time, int64_t *seconds) {
  stamp at;
  if (!time.len || !date_parse_stamp(time, DATE_DAY_FIRST, NULL, &at)) return false;
  *seconds = at.seconds;
  return true;
}
