/* job/waiting_sl: rows files that wait in outbox/sl, because SL refuses a document of them. */
#include "io/file.h"
#include "job/load_sl.h"
#include "job/standing.h"

/* The tries of this file, oldest first, since it was refused without a break. */
struct tries {
  const struct ledger_entry *first, *last;
};

static struct tries tries_of(struct ledger *ledger, str name) {
  struct tries tries = { NULL, NULL };
  struct ledger_found found = ledger_having(ledger, "name", name);
  for (size_t i = 0; i < found.count; i++) {
    const struct ledger_entry *entry = found.entries[i];
    if (!str_eq(entry->event, STR("loaded"))) continue;
    str refused = ledger_word(entry, "refused");
    bool any = refused.len && !str_eq(refused, STR("0"));
    if (!any) tries.first = NULL;
    else if (!tries.first) tries.first = entry;
    tries.last = entry;
  }
  return tries;
}

/* It was refused anew by the last run: that is what its age is counted from (R43). */
static void tell(const struct custody *custody, const struct schedule *schedule, str feed, str name,
                 struct standing_alarm **alarms, size_t *count) {
  struct arena *arena = custody->site->arena;
  struct tries tries = tries_of(custody->ledger, name);
  int64_t first, last;
  if (!tries.first || !runs_time(tries.first->time, &first) || !runs_time(tries.last->time, &last)) return;
  str refused = ledger_word(tries.last, "refused"), why = ledger_word(tries.last, "refusal");
  *ARENA_PUSH(arena, *alarms, *count) = (struct standing_alarm){
    arena_str(arena, feed),
    arena_printf(arena, "%.*s waits: SL refuses %.*s of its documents, since %.*s%s%.*s", STR_ARG(name),
                 STR_ARG(refused), STR_ARG(site_clock(custody->site, first)), why.len ? "; " : "",
                 STR_ARG(why)),
    last >= schedule->starts
  };
}

enum outcome waiting_sl_alarms(const struct custody *custody, const struct schedule *schedule,
                               struct standing_alarm **alarms, size_t *count, struct err *err) {
  struct arena *arena = custody->site->arena;
  for (size_t i = 0; i < schedule->count; i++) {
    const struct schedule_feed *one = &schedule->feeds[i];
    str folder = arena_printf(arena, "outbox/sl/%.*s", STR_ARG(one->name)), *names;
    const char *path = file_join(arena, custody->site->folder, folder);
    size_t many;
    if (!one->feed || !load_sl_is_asked(one->feed) || !file_is_folder(path)) continue;
    if (file_list(path, arena, &names, &many, err)) return err->outcome;
    for (size_t j = 0; j < many; j++)
      if (str_ends(names[j], STR(".rows")))
        tell(custody, schedule, one->name,
             arena_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[j])), alarms, count);
  }
  return ledger_trouble(custody->ledger, err);
}
