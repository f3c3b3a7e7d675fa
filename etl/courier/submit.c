/* courier/submit: what stands released in outbox/amazon/FEED goes to Amazon, once, and its result comes back.
 *
 *   memory line                        means
 *   file FEED/NAME sending DOC TIME    createFeed is about to be called, or was, without an answer (R38)
 *   file FEED/NAME sent FEEDID TIME    Amazon has it; its result is waited for
 *   file FEED/NAME asked TIME          a person is asked: it may be there, once or more often
 *   claimed FEEDID                     a feed of Amazon's that is one of our files
 *   doubt TIME FEED/NAME               createFeed was called then for a file that is asked about, or went
 *                                      again: it may have a feed that shows late
 *
 * Amazon tells feeds apart by their type alone, and several feeds of ours may load one type: so this memory,
 * and the order of sending, is the type's, for the whole site.
 *
 * A file is sent in this order: createFeedDocument, the bytes to its address (neither has any effect by
 * itself), "sending" in memory and ledger, fsynced, then createFeed. When that gives no answer the file is
 * uncertain: Amazon's feeds of its type and time are looked at, and a feed that is none of ours yet is it.
 * None, after half an hour: what states how things are (stock, price, shipment, acknowledgement) goes again;
 * what moves money is asked about. Files of one type go one after the other, and while one is "sending" no
 * other is sent, so that two are never uncertain at once; nor for two hours after a doubt, when its feed
 * would still be among those that are looked at.
 *
 * Crash table: no line, or a document only: nothing was sent. "sending": as uncertain. "sent", and the file
 * still in outbox/amazon/FEED: its result is asked for. The file in sent/ or failed/ and its line: the line
 * goes.
 *
 * Memory may be lost, or come from an older backup. So each step stands in the ledger too (sending, sent,
 * uncertain, not-sent, answered, decided; words name=, feed-id=, since=), and of a file without a line its
 * last entry decides. In a run that finds memory damaged nothing is sent: a person is told first.
 */
#include "courier/submit.h"
#include "courier/submit_internal.h"
#include "io/file.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { BETWEEN_MINUTES = 20, DOUBT_HOURS = 2, HOUR = 3600 };

static void next_file(struct submit *submit);

void submit_done(struct submit *submit) {
  submit->next++;
  next_file(submit);
}

/* --- memory --- */

bool submit_remember(struct submit *submit, const char *state, str more) {
  struct errand *errand = submit->errand;
  memory_drop(errand->memory, "file", submit->key);
  memory_add(errand->memory, "file",
             arena_printf(errand->arena, "%.*s %s %.*s %.*s", STR_ARG(submit->key), state, STR_ARG(more),
                          STR_ARG(errand_stamp(errand, submit->since))));
  return errand_keep(errand);
}

bool submit_enter(struct submit *submit, const char *event, str more) {
  struct errand *errand = submit->errand;
  struct ledger_word words[] = {
    { STR("name"),
      arena_printf(errand->arena, "%.*s/%.*s", STR_ARG(errand->wish.folder), STR_ARG(submit->name)) },
    { STR("type"), errand->wish.what },
    { STR("feed-id"), submit->feed_id },
    { STR("since"), errand_stamp(errand, submit->since) },
    { STR("why"), more },
  };
  return errand_enter(errand, event, words, 5);
}

void submit_tell(struct submit *submit, str text) {
  buf_printf(&submit->told, "%s%.*s: %.*s", submit->told.len ? "; " : "", STR_ARG(submit->name),
             STR_ARG(text));
}

str submit_path(const struct submit *submit) {
  struct errand *errand = submit->errand;
  return arena_printf(errand->arena, "%.*s/%.*s", STR_ARG(errand->wish.folder), STR_ARG(submit->name));
}

int64_t submit_now(const struct submit *submit) {
  const struct courier *courier = submit->errand->courier;
  int64_t real = loop_now(courier->attempts->loop) / 1000;
  return real > courier->now ? real : courier->now;
}

void submit_doubt(struct submit *submit) {
  struct errand *errand = submit->errand;
  memory_set(errand->memory, "doubt",
             arena_printf(errand->arena, "%.*s %.*s", STR_ARG(errand_stamp(errand, submit->since)),
                          STR_ARG(submit->key)));
}

/* --- one after the other --- */

bool submit_is_late(const struct submit *submit, int64_t since) {
  int64_t hours = submit->errand->wish.answer_hours;
  return hours > 0 && submit_now(submit) >= since + hours * HOUR;
}

bool submit_says_listings(const struct submit *submit) {
  return str_eq(submit->errand->wish.what, STR("JSON_LISTINGS_FEED"));
}

/* The next file of such a feed waits until Amazon has worked the one before, or is so late with it that it
 * counts as lost. */
static bool is_being_worked(const struct submit *submit, str name, str state, str rest) {
  const struct errand *errand = submit->errand;
  str feed = arena_printf(errand->arena, "%.*s/", STR_ARG(errand->wish.feed)), id;
  if (!submit_says_listings(submit) || !str_eq(state, STR("sent")) || !str_starts(name, feed) ||
      str_eq(name, submit->key))
    return false;
  str_split(&rest, ' ', &id);
  return !submit_is_late(submit, errand_seconds(rest));
}

/* Why nothing new may be sent: a feed that showed only now could be taken for it. "": nothing is in the way.
 */
static str held_by(const struct submit *submit) {
  const struct memory *memory = submit->errand->memory;
  str words, name, state;
  for (size_t n = 0; memory_at(memory, "file", n, &words); n++) {
    str_split(&words, ' ', &name);
    str_split(&words, ' ', &state);
    if (str_eq(state, STR("sending")) && !str_eq(name, submit->key))
      return arena_printf(submit->errand->arena, "it waits until it is known whether Amazon has %.*s",
                          STR_ARG(name));
    if (is_being_worked(submit, name, state, words))
      return arena_printf(submit->errand->arena, "it waits until Amazon has worked %.*s", STR_ARG(name));
  }
  str time = STR_NONE;
  words = memory_get(memory, "doubt");
  str_split(&words, ' ', &time);
  bool over = submit_now(submit) >= errand_seconds(time) + DOUBT_HOURS * HOUR;
  if (over || str_eq(words, submit->key)) return STR_NONE;
  return arena_printf(submit->errand->arena,
                      "it waits two hours after %.*s, of which it was not known whether Amazon has it",
                      STR_ARG(words));
}

/* Amazon wants twenty minutes between two feeds of a type; in a night they are parts of one. */
static bool is_too_soon(const struct submit *submit) {
  int64_t last = errand_seconds(memory_get(submit->errand->memory, "created"));
  return submit->errand->wish.between && last && submit_now(submit) < last + BETWEEN_MINUTES * SUBMIT_MINUTE;
}

static void send_new(struct submit *submit) {
  str why = held_by(submit);
  bool behind = submit->waiting || submit->unclear;
  if (!why.len && behind && submit_says_listings(submit)) why = STR("it waits for the file before it");
  if (!why.len && submit_patches(submit)) return;
  if (!why.len && is_too_soon(submit))
    why = STR("it waits until twenty minutes have passed since the last feed of its type");
  if (!why.len) {
    submit_send(submit);
    return;
  }
  submit->waiting++;
  submit_tell(submit, why);
  submit_done(submit);
}

/* Where the last run left it. */
static bool goes_on(struct submit *submit) {
  str words, word, state;
  if (!memory_find(submit->errand->memory, "file", submit->key, &words)) return false;
  str_split(&words, ' ', &word);
  str_split(&words, ' ', &state);
  str_split(&words, ' ', &word);
  submit->since = errand_seconds(words);
  if (str_eq(state, STR("sending"))) submit_look(submit);
  else if (str_eq(state, STR("sent"))) {
    submit->feed_id = word;
    submit->turns = 0;
    submit_poll(submit);
  } else {
    submit->asked++;
    submit->unclear = true;
    submit_tell(submit, STR("a person is asked whether Amazon has it: sluice send --again or --claim"));
    submit_done(submit);
  }
  return true;
}

static void end(struct submit *submit) {
  struct errand *errand = submit->errand;
  str told = arena_str(errand->arena, buf_str(&submit->told));
  buf_free(&submit->told);
  errand->files = submit->sent;
  enum outcome out = submit->asked || submit->refused || submit->bad ? OUT_END
                     : submit->waiting                               ? OUT_RETRY
                                                                     : OUT_OK;
  errand_end(errand, out, "%zu sent%s%.*s", submit->sent, told.len ? "; " : "", STR_ARG(told));
}

static void next_file(struct submit *submit) {
  if (submit->next == submit->count) {
    end(submit);
    return;
  }
  submit->name = submit->names[submit->next];
  submit->key = arena_printf(submit->errand->arena, "%.*s/%.*s", STR_ARG(submit->errand->wish.feed),
                             STR_ARG(submit->name));
  submit->feed_id = STR_NONE;
  submit->uploads = 0;
  submit->aside = "sent";
  submit->ended = STR_NONE;
  if (!goes_on(submit)) send_new(submit);
}

/* A line whose file has gone, of whatever feed: it was put aside, and the run died before it said so. */
static void forget_gone(struct submit *submit) {
  struct memory *memory = submit->errand->memory;
  struct arena *arena = submit->errand->arena;
  const char *folder = file_join(arena, submit->errand->courier->site, STR("outbox/amazon"));
  str words, name;
  for (size_t n = 0; memory_at(memory, "file", n, &words);) {
    str_split(&words, ' ', &name);
    if (file_exists(file_join(arena, folder, name))) n++;
    else memory_drop(memory, "file", name);
  }
}

struct aged {
  str name;
  int64_t seconds, nanoseconds; /* when it was written */
};

static int compare(const void *a, const void *b) {
  const struct aged *x = a, *y = b;
  if (x->seconds != y->seconds) return x->seconds < y->seconds ? -1 : 1;
  if (x->nanoseconds != y->nanoseconds) return x->nanoseconds < y->nanoseconds ? -1 : 1;
  return str_compare(x->name, y->name);
}

/* As they were made: their names are days and digests. */
static void by_age(struct submit *submit, const char *folder) {
  struct arena *arena = submit->errand->arena;
  struct aged *all = ARENA_ARRAY(arena, struct aged, submit->count + 1);
  for (size_t i = 0; i < submit->count; i++) {
    struct stat about;
    all[i] = (struct aged){ .name = submit->names[i] };
    if (stat(file_join(arena, folder, all[i].name), &about)) continue;
    all[i].seconds = about.st_mtim.tv_sec;
    all[i].nanoseconds = about.st_mtim.tv_nsec;
  }
  if (submit->count) qsort(all, submit->count, sizeof *all, compare);
  for (size_t i = 0; i < submit->count; i++) submit->names[i] = all[i].name;
}

static void start(struct errand *errand) {
  struct submit *submit = ARENA_NEW(errand->arena, struct submit);
  struct err err = { 0 };
  str *names;
  size_t count = 0;
  if (errand->damaged) {
    errand_end(errand, OUT_END, "nothing is sent in this run; the next one goes by the ledger");
    return;
  }
  submit->errand = errand;
  submit->told = buf_new(64 * 1024);
  const char *folder = file_join(errand->arena, errand->courier->site, errand->wish.folder);
  forget_gone(submit);
  if (submit_restore(errand, &err) ||
      (file_is_folder(folder) && file_list(folder, errand->arena, &names, &count, &err))) {
    buf_free(&submit->told);
    errand_end_err(errand, &err);
    return;
  }
  for (size_t i = 0; i < count; i++)
    if (submit_is_of_type(errand, folder, names[i]))
      *ARENA_PUSH(errand->arena, submit->names, submit->count) = names[i];
  by_age(submit, folder);
  next_file(submit);
}

const struct errand_kind errand_submit = { "submit", start };
