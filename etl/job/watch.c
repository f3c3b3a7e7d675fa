/* job/watch: Amazon's notifications start the feeds that they concern, between the nights. */
#include "job/watch.h"
#include "amazon/report_types.h"
#include "base/exits.h"
#include "base/map.h"
#include "courier/pages.h"
#include "job/batch.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 127 };

const char *const watch_types[] = { "ORDER_CHANGE", "FBA_INVENTORY_AVAILABILITY_CHANGES",
                                    "REPORT_PROCESSING_FINISHED", "FEED_PROCESSING_FINISHED" };

/* --- which feeds a notification concerns --- */

static bool is_about_orders(const struct feed_place *place) {
  if (place->kind == PLACE_PAGES) return page_source_find(place->what)->operation == OP_searchOrders;
  return place->kind == PLACE_REPORT && report_type_find(place->what)->witness == WITNESS_MERCHANT;
}

static bool is_about_stock(const struct feed_place *place) {
  if (place->kind == PLACE_PAGES) return page_source_find(place->what)->operation == OP_getInventorySummaries;
  return place->kind == PLACE_REPORT &&
         (str_starts(place->what, STR("GET_FBA_MYI_")) || str_starts(place->what, STR("GET_AFN_INVENTORY")) ||
          str_starts(place->what, STR("GET_RESERVED_INVENTORY")));
}

static bool is_about(const struct feed_place *place, const struct notification *notification) {
  if (str_eq(notification->type, str_of(watch_types[0]))) return is_about_orders(place);
  if (str_eq(notification->type, str_of(watch_types[1]))) return is_about_stock(place);
  if (str_eq(notification->type, str_of(watch_types[2])))
    return place->kind == PLACE_REPORT && str_eq(place->what, notification->what);
  return place->kind == PLACE_SUBMIT && str_eq(place->what, notification->what);
}

static bool is_concerned(const struct feed *feed, const struct notification *notification) {
  bool concerned = false;
  for (size_t i = 0; i < feed->extract_count; i++)
    concerned = concerned || is_about(&feed->extracts[i], notification);
  for (size_t i = 0; i < feed->supply_count; i++)
    concerned = concerned || is_about(&feed->supplies[i].from, notification);
  for (size_t i = 0; i < feed->load_count; i++)
    concerned = concerned || is_about(&feed->loads[i].to, notification);
  return concerned && feed->when != WHEN_ASKED;
}

/* --- running them --- */

/* Like a night's, a child of its own. */
static int run_child(const char **words) {
  int status = 0;
  pid_t pid = fork();
  if (pid == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv("/proc/self/exe", (char *const *)(uintptr_t)words);
    _exit(NOT_STARTED);
  }
  if (pid < 0) return EXIT_UNAVAILABLE;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) != NOT_STARTED ? WEXITSTATUS(status) : EXIT_UNAVAILABLE;
}

static int run_feeds(const struct watch_round *round, const char *command, const struct map *feeds) {
  const char **words = ARENA_ARRAY(round->arena, const char *, map_count(feeds) + 8);
  size_t count = 0;
  if (!map_count(feeds)) return EXIT_CLEAN;
  words[count++] = "sluice";
  words[count++] = "-C";
  words[count++] = round->site->folder;
  words[count++] = command;
  for (size_t i = 0; i < map_count(feeds); i++)
    words[count++] = arena_text(round->arena, map_at(feeds, i)->key);
  return run_child(words);
}

struct wanted {
  struct map *runs, *sends;
  struct buf told;
};

static const struct feed *feed_of(struct watch_round *round, str name) {
  static const struct place somewhere = { NULL, 1 };
  if (!map_has(round->feeds, name))
    *map_put(round->feeds, name) = feed_open(round->site->library, name, somewhere);
  return map_get(round->feeds, name);
}

static void collect(struct watch_round *round, const struct notification *notification,
                    struct wanted *wanted) {
  struct library *library = round->site->library;
  bool sends = str_eq(notification->type, str_of(watch_types[3]));
  str *names;
  size_t count, found = 0;
  library_names(library, "feeds", ".feed", &names, &count);
  buf_printf(&wanted->told, "%s%.*s%s%.*s:", wanted->told.len ? "; " : "", STR_ARG(notification->type),
             notification->what.len ? " " : "", STR_ARG(notification->what));
  for (size_t i = 0; i < count; i++) {
    const struct feed *feed = feed_of(round, names[i]);
    if (!feed || !is_concerned(feed, notification)) continue;
    *map_put(sends ? wanted->sends : wanted->runs, names[i]) = (void *)(uintptr_t)feed;
    buf_printf(&wanted->told, "%s %.*s", found++ ? "," : "", STR_ARG(names[i]));
  }
  if (!found) buf_add(&wanted->told, STR(" no feed"));
}

static enum outcome enter(struct watch_round *round, const struct queue_message *message, str told,
                          struct err *err) {
  struct ledger_word words[] = { { STR("message"), message->id }, { STR("what"), told } };
  char time[DATE_TEXT_MOST];
  size_t len = date_format_stamp((stamp){ .seconds = loop_now(round->way->loop) / 1000 }, time);
  str now = arena_printf(round->arena, "%.19sZ", len >= 19 ? time : "1970-01-01T00:00:00");
  return ledger_append(round->ledger, now, str_of("notified"), STR("-"), words, 2, err);
}

enum outcome watch_look(struct watch_round *round, int64_t wait_seconds, struct err *err) {
  const struct queue_message *messages;
  struct arena *arena = round->arena;
  struct wanted wanted = { map_new(arena), map_new(arena), buf_new(64 * 1024) };
  enum outcome out = queue_receive(round->queue, wait_seconds, &messages, &round->messages, err);
  str *told = ARENA_ARRAY(arena, str, round->messages + 1),
      *receipts = ARENA_ARRAY(arena, str, round->messages + 1);
  struct queue_message *kept = ARENA_ARRAY(arena, struct queue_message, round->messages + 1);
  for (size_t i = 0; i < round->messages && !out; i++) {
    struct notification notification;
    struct err unread = { 0 };
    size_t before = wanted.told.len;
    kept[i] = (struct queue_message){ arena_str(arena, messages[i].id), arena_str(arena, messages[i].receipt),
                                      STR_NONE };
    receipts[i] = kept[i].receipt;
    if (notification_read(messages[i].body, arena, &notification, &unread))
      buf_printf(&wanted.told, "%sa message that is no notification", before ? "; " : "");
    else collect(round, &notification, &wanted);
    told[i] = arena_str(arena, str_sub(buf_str(&wanted.told), before, wanted.told.len));
  }
  round->told = arena_str(arena, buf_str(&wanted.told));
  buf_free(&wanted.told);
  if (out) return out;
  int sent = run_feeds(round, "send", wanted.sends), ran = run_feeds(round, "run", wanted.runs);
  round->code = exit_worse(sent, ran);
  if (!exit_is_final(round->code)) return OUT_OK; /* they come again */
  for (size_t i = 0; i < round->messages && !out; i++) {
    out = enter(round, &kept[i], told[i], err);
    if (!out) out = queue_delete(round->queue, receipts[i], err);
    if (!out) round->deleted++;
  }
  return out;
}
