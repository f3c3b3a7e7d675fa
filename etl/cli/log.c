/* cli/log: `sluice log` and `sluice find`: what happened, as the ledger has it. */
#include "cli/session.h"
#include "job/runs.h"
#include "report/history.h"

#include <string.h>

static bool is_name(str name, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(name, str_of(names[i]))) return true;
  return false;
}

static str word_or(const struct ledger_entry *entry, const char *name, const char *otherwise) {
  str text = ledger_word(entry, name);
  return text.len ? text : ledger_word(entry, otherwise);
}

static void add_entry(struct arena *arena, const struct ledger *ledger, size_t index,
                      struct history_entry **entries, size_t *count) {
  const struct ledger_entry *entry = ledger_at(ledger, index);
  static const char *const outputs[] = { "output", "name" };
  struct history_entry *shown = ARENA_PUSH(arena, *entries, *count);
  *shown = (struct history_entry){ .line = entry->line, .time = entry->time, .feed = entry->feed };
  shown->event = entry->event;
  shown->item = word_or(entry, "key", "of-key");
  if (!shown->item.len) shown->item = word_or(entry, "id", "of");
  shown->file = ledger_word(entry, "file");
  shown->amount = ledger_word(entry, "amount");
  shown->reason = ledger_word(entry, "reason");
  if (str_eq(entry->event, STR("run-start")))
    shown->reason = runs_fate(ledger, index) == RUN_DIED ? STR("it died") : STR("it has not ended");
  for (size_t i = 0; i < entry->word_count; i++)
    if (is_name(entry->words[i].name, outputs, sizeof outputs / sizeof *outputs))
      *ARENA_PUSH(arena, shown->outputs, shown->output_count) = entry->words[i].value;
}

static void show(const struct cli *cli, const struct history_entry *entries, size_t count, const char *none) {
  struct buf text = buf_new((size_t)1 << 28);
  if (cli->json) history_json(entries, count, &text);
  else if (count) history_text(entries, count, &text);
  else buf_printf(&text, "%s\n", none);
  cli_print(buf_str(&text));
  buf_free(&text);
}

/* That a release or a run was begun is said by what came of it, but for the one that still has to be
 * finished. */
static bool is_shown(const struct ledger *ledger, size_t index) {
  const struct ledger_entry *entry = ledger_at(ledger, index);
  if (str_eq(entry->event, STR("run-start"))) return runs_fate(ledger, index) != RUN_ENDED;
  return !str_eq(entry->event, STR("releasing")) || ledger_by_id(ledger, ledger_word(entry, "id")) == entry;
}

/* --- log --- */

static int run_log(struct cli *cli) {
  struct session session;
  const char *last = cli_option(cli, "--last"), *feed = cli_option(cli, "--feed");
  int64_t most = INT64_MAX;
  if (last && (!str_to_int(str_of(last), &most) || most < 1))
    return cli_usage(cli, "--last %s is no number of entries", last);
  int code = session_open(cli, &session);
  if (code) return code;
  struct history_entry *entries = NULL;
  size_t count = 0;
  for (size_t i = 0; i < ledger_count(session.ledger); i++) {
    const struct ledger_entry *entry = ledger_at(session.ledger, i);
    if ((!feed || str_eq(entry->feed, str_of(feed))) && is_shown(session.ledger, i))
      add_entry(cli->arena, session.ledger, i, &entries, &count);
  }
  size_t from = (uint64_t)most < count ? count - (size_t)most : 0;
  show(cli, entries ? entries + from : NULL, count - from,
       feed ? arena_printf(cli->arena, "nothing has happened in feed %s", feed).at
            : "nothing has happened yet");
  session_close(&session);
  return EXIT_CLEAN;
}

static const struct cli_option log_options[] = {
  { "--feed", "FEED", "only of this feed" },
  { "--last", "N", "only the latest N" },
  { NULL, NULL, NULL },
};

const struct command command_log = { "log", "", "what happened, oldest first", log_options, 0, 0, run_log };

/* --- find --- */

static bool holds(str text, str wanted) {
  for (size_t i = 0; i + wanted.len <= text.len; i++)
    if (str_eq_fold(str_sub(text, i, i + wanted.len), wanted)) return true;
  return false;
}

static bool entry_holds(const struct ledger_entry *entry, str wanted) {
  static const char *const looked_at[] = { "id",   "of",     "key",  "of-key",  "k",
                                           "file", "output", "name", "mirrors", "reason" };
  for (size_t i = 0; i < entry->word_count; i++)
    if (is_name(entry->words[i].name, looked_at, sizeof looked_at / sizeof *looked_at) &&
        holds(entry->words[i].value, wanted))
      return true;
  return false;
}

static int run_find(struct cli *cli) {
  struct session session;
  str wanted = str_of(cli->words[0]);
  if (!wanted.len) return cli_usage(cli, "nothing is to be found");
  int code = session_open(cli, &session);
  if (code) return code;
  struct history_entry *entries = NULL;
  size_t count = 0;
  for (size_t i = 0; i < ledger_count(session.ledger); i++) {
    const struct ledger_entry *entry = ledger_at(session.ledger, i);
    if (is_shown(session.ledger, i) && entry_holds(entry, wanted))
      add_entry(cli->arena, session.ledger, i, &entries, &count);
  }
  show(cli, entries, count, arena_printf(cli->arena, "no entry holds \"%.*s\"", STR_ARG(wanted)).at);
  session_close(&session);
  return EXIT_CLEAN;
}

const struct command command_find = {
  "find", "TEXT", "every entry whose key, id, file, output or reason holds the text", NULL, 1, 1, run_find
};
