/* courier/courier: whole files between the network and the spool: starts errands, and ends them. */
#include "courier/courier.h"
#include "io/digest.h"
#include "model/date.h"

#include <stdio.h>

enum { PAUSE_MOST = 60 * 1000, DOUBLINGS = 6, SAID_MOST = 2000 };

/* "orders.GET_X", "submit.POST_X": what is sent has one memory for each type of Amazon's, whichever feeds
 * load it. An address may hold a key, and two may begin alike: it is told by its digest, as is a filter:
 * "rates.https-9f86d081884c7d65". */
static str memory_name(struct courier *courier, const struct errand_kind *kind,
                       const struct errand_wish *wish) {
  str first = kind == &errand_submit ? str_of(kind->name) : wish->feed;
  bool typed = kind == &errand_submit || kind == &errand_report || kind == &errand_listed;
  if (typed || (kind == &errand_pages && !wish->filter.len))
    return arena_printf(courier->arena, "%.*s.%.*s", STR_ARG(first), STR_ARG(wish->what));
  if (kind == &errand_order) return arena_printf(courier->arena, "%.*s.%s", STR_ARG(first), kind->name);
  char id[DIGEST_TEXT];
  digest_bytes(arena_printf(courier->arena, "%.*s\n%.*s", STR_ARG(wish->what), STR_ARG(wish->filter)), id);
  return arena_printf(courier->arena, "%.*s.%s-%.16s", STR_ARG(first), kind->name, id);
}

/* The last one that sends what is of the same type: the next one goes after it, by the same memory. */
static struct errand *last_of_type(const struct courier *courier, const struct errand_kind *kind, str what) {
  struct errand *last = NULL;
  for (size_t i = 0; i < courier->count && kind == &errand_submit; i++) {
    struct errand *one = courier->errands[i];
    if (one->kind == kind && str_eq(one->wish.what, what)) last = one;
  }
  return last;
}

struct errand *courier_add(struct courier *courier, const struct errand_kind *kind,
                           const struct errand_wish *wish, struct err *err) {
  struct errand *before = last_of_type(courier, kind, wish->what);
  struct memory *memory = before ? before->memory : NULL;
  bool damaged = before && before->damaged;
  if (!before && memory_open(courier->site, memory_name(courier, kind, wish), &memory, &damaged, err))
    return NULL;
  struct errand *errand = ARENA_NEW(courier->arena, struct errand);
  *errand = (struct errand){ .courier = courier, .kind = kind, .wish = *wish, .memory = memory };
  errand->arena = courier->arena;
  errand->damaged = damaged;
  errand->follows = before != NULL;
  if (before) before->next = errand;
  *ARENA_PUSH(courier->arena, courier->errands, courier->count) = errand;
  return errand;
}

void courier_start(struct courier *courier) {
  for (size_t i = 0; i < courier->count; i++)
    if (!courier->errands[i]->follows) courier->errands[i]->kind->start(courier->errands[i]);
}

void courier_run(struct courier *courier) {
  courier_start(courier);
  loop_run(courier->attempts->loop);
}

void courier_free(struct courier *courier) {
  for (size_t i = 0; i < courier->count; i++)
    if (!courier->errands[i]->follows) memory_close(courier->errands[i]->memory);
  courier->count = 0;
}

/* --- for the kinds --- */

static void start_next(void *user) {
  struct errand *errand = user;
  errand->kind->start(errand);
}

void errand_end(struct errand *errand, enum outcome outcome, const char *format, ...) {
  va_list args;
  va_start(args, format);
  errand->said = arena_vprintf(errand->arena, format, args);
  va_end(args);
  if (errand->damaged) {
    str name = memory_name(errand->courier, errand->kind, &errand->wish);
    errand->said =
        arena_printf(errand->arena, "%.*s; what it remembered was damaged (var/courier/%.*s.txt.damaged)",
                     STR_ARG(errand->said), STR_ARG(name));
    if (!outcome) outcome = OUT_END;
  }
  errand->outcome = outcome;
  errand->ended = true;
  struct loop *loop = errand->courier->attempts->loop;
  if (errand->next) loop_at(loop, loop_now(loop), start_next, errand->next);
}

void errand_end_err(struct errand *errand, const struct err *err) {
  char text[SAID_MOST];
  size_t len = err_format(err, text, sizeof text);
  errand_end(errand, err->outcome, "%.*s", (int)len, text);
}

void errand_end_call(struct errand *errand, const struct call *call) {
  enum outcome out = call->outcome == OUT_UNCERTAIN || call->outcome == OUT_DATA ? OUT_RETRY : call->outcome;
  errand_end(errand, out, "%s", call->err.text);
}

bool errand_keep(struct errand *errand) {
  struct err err = { 0 };
  if (!memory_keep(errand->memory, &err)) return true;
  errand_end_err(errand, &err);
  return false;
}

bool errand_enter(struct errand *errand, const char *event, const struct ledger_word *words, size_t count) {
  struct courier *courier = errand->courier;
  struct err err = { 0 };
  if (!courier->ledger) return true;
  if (!ledger_append(courier->ledger, courier->time, str_of(event), errand->wish.feed, words, count, &err))
    return true;
  errand_end_err(errand, &err);
  return false;
}

bool errand_pause(struct errand *errand, int turn, void (*call)(void *user), void *user) {
  struct loop *loop = errand->courier->attempts->loop;
  int64_t pause = errand->courier->pace << (turn < DOUBLINGS ? turn : DOUBLINGS);
  if (pause > PAUSE_MOST) pause = PAUSE_MOST;
  int64_t at = loop_now(loop) + pause;
  if (at > errand->courier->deadline) return false;
  loop_at(loop, at, call, user);
  return true;
}

bool errand_extends(struct errand *errand, int64_t from) {
  const struct errand_wish *wish = &errand->wish;
  int64_t covered = errand_seconds(memory_get(errand->memory, "covered"));
  if (!covered) return true;
  if (!wish->since_is_asked && covered < wish->since) covered = wish->since; /* the site's start-date */
  return from <= covered;
}

str errand_stamp(struct errand *errand, int64_t seconds) {
  char text[DATE_TEXT_MOST];
  size_t len = date_format_stamp((stamp){ .seconds = seconds }, text);
  str stamp_text = { text, len };
  if (str_ends(stamp_text, STR("+00:00"))) stamp_text = str_sub(stamp_text, 0, len - 6);
  return arena_printf(errand->arena, "%.*sZ", STR_ARG(stamp_text));
}

int64_t errand_seconds(str text) {
  stamp at;
  return date_parse_stamp(text, DATE_DAY_FIRST, NULL, &at) ? at.seconds : 0;
}
