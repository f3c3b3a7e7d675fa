/* job/carry: the couriers of some feeds, as their .feed files and the site's settings state them. */
#include "job/carry.h"
#include "amazon/report_types.h"
#include "base/exits.h"
#include "courier/pages.h"
#include "courier/submit.h"
#include "io/file.h"
#include "job/batch.h"
#include "job/sl_run.h"
#include "spool/arrival.h"
#include "job/wire.h"

#include <string.h>

/* --- which errands a feed has --- */

static bool is_amazons(const struct feed_place *place) {
  return place->kind == PLACE_REPORT || place->kind == PLACE_PAGES || place->kind == PLACE_SUBMIT;
}

static bool goes(const struct site *site, const struct feed_place *place, bool out) {
  if (is_amazons(place) && !wire_has_keys(site)) return false;
  return out ? place->kind == PLACE_SUBMIT : feed_place_is_carried(place);
}

bool carry_is_asked(const struct site *site, const struct feed *feed, bool out) {
  bool asked = false;
  for (size_t i = 0; i < feed->extract_count && !out; i++)
    asked = asked || goes(site, &feed->extracts[i], out);
  for (size_t i = 0; i < feed->supply_count && !out; i++)
    asked = asked || goes(site, &feed->supplies[i].from, out);
  for (size_t i = 0; i < feed->load_count && out; i++) asked = asked || goes(site, &feed->loads[i].to, out);
  return asked;
}

static int code_of(enum outcome outcome) {
  switch (outcome) {
  case OUT_OK: return EXIT_CLEAN;
  case OUT_END: return EXIT_REVIEW;
  case OUT_RETRY: return EXIT_AGAIN;
  case OUT_SPEC: return EXIT_CONFIG;
  default: return EXIT_UNAVAILABLE;
  }
}

/* --- one errand --- */

enum { SUPPLY_DAYS = 30 }; /* of a report that is looked up in, where the feed has no window */

struct carrying {
  struct carry *carry;
  struct wire_way *way;
  struct courier courier;
  str *whats; /* for people, of each errand */
  size_t what_count;
  str answers; /* of the feed at hand */
};

static int64_t start_date(const struct site *site, str feed) {
  int32_t day;
  str text = site_setting(site, feed, "start-date");
  return date_parse(text, STR("YYYY-MM-DD"), &day) ? zone_instant(site->zone, (int64_t)day * 86400) : 0;
}

/* "60-30" */
static void read_modified(const struct site *site, str feed, struct errand_wish *wish) {
  str rest = site_setting(site, feed, "modified"), first;
  if (!str_split(&rest, '-', &first)) return;
  if (!str_to_int(first, &wish->behind) || !str_to_int(rest, &wish->until)) wish->behind = wish->until = 0;
}

static const struct errand_kind *kind_of(const struct feed_place *place) {
  switch (place->kind) {
  case PLACE_REPORT: return report_type_find(place->what)->listed ? &errand_listed : &errand_report;
  case PLACE_PAGES: return &errand_pages;
  case PLACE_HTTPS: return &errand_https;
  case PLACE_FOLDER: return &errand_folder;
  default: return &errand_submit;
  }
}

/* Those that say how things are; what moves money is in a class of its own (R38). */
static bool moves_money(str type) {
  return str_eq(type, STR("POST_PAYMENT_ADJUSTMENT_DATA")) ||
         str_eq(type, STR("POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA"));
}

/* The schedule of Amazon's that is as the feed's `when`, or the next one that is not rarer. */
static str period_of(const struct feed *feed) {
  static const struct {
    int64_t minutes;
    const char *period;
  } periods[] = { { 1440, "P1D" }, { 720, "PT12H" }, { 480, "PT8H" }, { 240, "PT4H" }, { 120, "PT2H" },
                  { 60, "PT1H" },  { 30, "PT30M" },  { 15, "PT15M" }, { 5, "PT5M" } };
  if (feed->when != WHEN_EVERY) return str_of(periods[0].period);
  size_t i = 0;
  while (i + 1 < sizeof periods / sizeof *periods && periods[i].minutes > feed->every_minutes) i++;
  return str_of(periods[i].period);
}

static enum outcome seal_with(struct carrying *run, const struct feed *feed, struct errand_wish *wish,
                              struct err *err) {
  const struct site *site = run->carry->site;
  struct seal_key *key;
  bool personal = feed_is_personal(feed);
  if (!personal || !archive_is_sealed(site->archive)) return OUT_OK;
  if (archive_day_key(site->archive, archive_series(feed->name, true), batch_day(site, site->arena), &key,
                      err))
    return err->outcome;
  wish->key = key;
  return OUT_OK;
}

/* A report that feeds look things up in is one file for all of them, and so one errand. */
static bool is_supply(const struct feed *feed, const struct feed_place *place) {
  bool found = false;
  for (size_t i = 0; i < feed->supply_count; i++) found = found || place == &feed->supplies[i].from;
  return found;
}

/* What makes its memory's name, and what it asks for; more of it in `add`. */
static struct errand_wish wish_of(const struct feed *feed, const struct feed_place *place) {
  struct errand_wish wish = { .feed = is_supply(feed, place) ? STR("supply") : feed->name,
                              .what = place->what };
  if (place->kind == PLACE_PAGES) wish.pages = page_source_find(place->what), wish.filter = place->folder;
  return wish;
}

static str told_of(const struct site *site, const struct feed_place *place) {
  struct buf what = buf_new(4096);
  feed_place_tell(place, &what);
  str told = arena_str(site->arena, buf_str(&what));
  buf_free(&what);
  return told;
}

static enum outcome add(struct carrying *run, const struct feed *feed, const struct feed_place *place,
                        str folder, struct err *err) {
  struct carry *carry = run->carry;
  const struct site *site = carry->site;
  struct errand_wish wish = wish_of(feed, place);
  const struct errand_kind *kind = kind_of(place);
  wish.folder = folder;
  wish.window_days = feed->window_days;
  wish.since = carry->since ? carry->since : start_date(site, feed->name);
  wish.since_is_asked = carry->since != 0;
  wish.options = site_setting(site, feed->name, "report-options");
  wish.payment = moves_money(place->what);
  wish.answers = run->answers;
  if (is_supply(feed, place)) wish.whole_days = feed->window_days ? feed->window_days : SUPPLY_DAYS;
  wish.preview = str_eq(site_setting(site, feed->name, "preview"), STR("yes"));
  wish.between = feed->when == WHEN_EVERY;
  str_to_int(site_setting(site, feed->name, "answer-hours"), &wish.answer_hours);
  wish.fallback = site_setting(site, STR_NONE, "fallback-charset");
  read_modified(site, feed->name, &wish);
  if (kind == &errand_report && str_eq(site_setting(site, feed->name, "report"), STR("scheduled"))) {
    wish.period = period_of(feed);
    kind = &errand_listed;
  }
  if (carry->order.len) wish.filter = carry->order, kind = &errand_order;
  if (kind != &errand_submit && seal_with(run, feed, &wish, err)) return err->outcome;
  *ARENA_PUSH(site->arena, run->whats, run->what_count) = told_of(site, place);
  return courier_add(&run->courier, kind, &wish, err) ? OUT_OK : err->outcome;
}

/* One that cannot even begin is told like one that failed. */
static void tell(struct carrying *run, str feed, str what, const struct errand *errand,
                 const struct err *err) {
  struct carry *carry = run->carry;
  struct arena *arena = carry->site->arena;
  struct carried_row *row = ARENA_PUSH(arena, carry->told.rows, carry->told.count);
  *row = (struct carried_row){ .feed = feed, .what = what };
  enum outcome out = errand ? errand->outcome : err->outcome;
  row->code = code_of(out);
  row->meaning = str_of(exit_meaning(row->code));
  row->result = arena_str(arena, errand ? errand->said : str_of(err->text));
  if (errand) row->files = errand->files, row->bytes = errand->bytes;
  carry->code = exit_worse(carry->code, row->code);
}

static void add_or_tell(struct carrying *run, const struct feed *feed, const struct feed_place *place,
                        str folder) {
  struct err err = { 0 };
  size_t before = run->courier.count;
  if (!add(run, feed, place, folder, &err)) return;
  if (run->courier.count == before && run->what_count > before) run->what_count = before;
  tell(run, feed->name, told_of(run->carry->site, place), NULL, &err);
}

static bool is_under_way(const struct carrying *run, const struct feed_place *place) {
  for (size_t i = 0; i < run->courier.count; i++) {
    const struct errand_wish *wish = &run->courier.errands[i]->wish;
    if (str_eq(wish->feed, STR("supply")) && str_eq(wish->what, place->what)) return true;
  }
  return false;
}

static void add_in(struct carrying *run, const struct feed *feed) {
  const struct site *site = run->carry->site;
  struct err left = { 0 };
  if (spool_arrival_sweep(run->carry->spool, feed->name, &left))
    tell(run, feed->name, STR("var/inbox/arriving"), NULL, &left);
  for (size_t i = 0; i < feed->extract_count; i++)
    if (goes(site, &feed->extracts[i], false))
      add_or_tell(run, feed, &feed->extracts[i], feed_inbox_folder(feed, site->arena));
  if (feed->supply_count && spool_arrival_sweep(run->carry->spool, STR("supply"), &left))
    tell(run, STR("supply"), STR("var/inbox/arriving"), NULL, &left);
  for (size_t i = 0; i < feed->supply_count && !run->carry->order.len; i++)
    if (goes(site, &feed->supplies[i].from, false) && !is_under_way(run, &feed->supplies[i].from))
      add_or_tell(run, feed, &feed->supplies[i].from, feed_supply_folder(&feed->supplies[i], site->arena));
}

static void add_out(struct carrying *run, const struct feed *feed) {
  run->answers = feed->answer;
  struct arena *arena = run->carry->site->arena;
  for (size_t i = 0; i < feed->load_count; i++)
    if (goes(run->carry->site, &feed->loads[i].to, true))
      add_or_tell(run, feed, &feed->loads[i].to,
                  arena_printf(arena, "outbox/amazon/%.*s", STR_ARG(feed->name)));
}

/* --- all of them --- */

static str fate(void *user, str feed, str digest) {
  struct carrying *run = user;
  char hex[DIGEST_TEXT] = "";
  if (digest.len >= sizeof hex) return STR_NONE;
  memcpy(hex, digest.at, digest.len);
  const struct ledger_entry *entry =
      ledger_by_id(run->carry->ledger, batch_id(run->carry->site->arena, feed, hex));
  return entry ? entry->event : STR_NONE;
}

static enum outcome open_run(struct carrying *run, struct err *err) {
  struct carry *carry = run->carry;
  struct site *site = carry->site;
  if (wire_open(site, &run->way, err)) return err->outcome;
  struct wire_way *way = run->way;
  run->courier = (struct courier){
    .amazon = way->amazon,
    .attempts = &way->attempts,
    .spool = carry->spool,
    .ledger = carry->ledger,
    .arena = site->arena,
    .site = site->folder,
    .marketplaces = way->marketplaces,
    .time = batch_time(site, site->arena),
    .now = site->now.seconds,
    .user = run,
    .fate = fate,
    .pace = way->pace,
    .deadline = loop_now(way->loop) + way->patience * 60 * 1000,
  };
  return OUT_OK;
}

/* The calls are the way's: they are copied before it goes. */
static void close_run(struct carrying *run) {
  struct carry *carry = run->carry;
  struct arena *arena = carry->site->arena;
  const struct carried *told = &run->way->told;
  for (size_t i = 0; i < told->call_count; i++) {
    struct carried_call *call = ARENA_PUSH(arena, carry->told.calls, carry->told.call_count);
    *call = told->calls[i];
    call->time = arena_str(arena, call->time);
    call->name = arena_str(arena, call->name);
    call->request = arena_str(arena, call->request);
    call->trouble = arena_str(arena, call->trouble);
  }
  courier_free(&run->courier);
  wire_close(run->way);
}

/* An errand that never ended waits for an answer that cannot come: a bug, and told as one. */
static void end(struct carrying *run) {
  for (size_t i = 0; i < run->courier.count; i++) {
    struct errand *errand = run->courier.errands[i];
    struct err unsaid = { 0 };
    if (!errand->ended) errand_end(errand, OUT_BUG, "it never ended");
    memory_set(
        errand->memory, "ended",
        arena_printf(errand->arena, "%d %.*s", code_of(errand->outcome), STR_ARG(errand->courier->time)));
    if (memory_keep(errand->memory, &unsaid) && !errand->outcome) errand_end_err(errand, &unsaid);
    tell(run, errand->wish.feed, run->whats[i], errand, NULL);
    seal_key_free((struct seal_key *)(uintptr_t)errand->wish.key);
  }
}

/* At 30, at 14, and from 7 days on daily. */
static void warn_of_secret(struct carrying *run) {
  int64_t days;
  struct err err = { 0 };
  if (wire_secret_days(run->way, run->courier.now, &days) != WIRE_SECRET_KNOWN) return;
  if (days > 7 && days != 14 && days != 30) return;
  err_set(&err, OUT_END, "the client secret ends in %lld days: rotate it in Seller Central", (long long)days);
  tell(run, STR("-"), STR("amazon-credentials"), NULL, &err);
}

static enum outcome carry_all(struct carry *carry,
                              void (*add_feed)(struct carrying *run, const struct feed *feed),
                              struct err *err) {
  struct carrying run = { .carry = carry };
  if (open_run(&run, err)) return err->outcome;
  warn_of_secret(&run);
  for (size_t i = 0; i < carry->count; i++) add_feed(&run, carry->feeds[i]);
  courier_run(&run.courier);
  end(&run);
  close_run(&run);
  return OUT_OK;
}

enum outcome carry_in(struct carry *carry, struct err *err) { return carry_all(carry, add_in, err); }
/* Is anything there to be sent? Else nobody need be asked. */
static bool has_released(const struct carry *carry) {
  struct arena *arena = carry->site->arena;
  for (size_t i = 0; i < carry->count; i++) {
    str *names;
    size_t count = 0;
    struct err unsaid = { 0 };
    str inner = arena_printf(arena, "outbox/amazon/%.*s", STR_ARG(carry->feeds[i]->name));
    const char *folder = file_join(arena, carry->site->folder, inner);
    if (file_is_folder(folder) && !file_list(folder, arena, &names, &count, &unsaid) && count) return true;
  }
  return false;
}

enum outcome carry_out(struct carry *carry, struct err *err) {
  bool is_older = false;
  struct err unsaid = { 0 };
  if (!has_released(carry)) return OUT_OK;
  if (carry->guard) sl_check_run(carry->site, carry->ledger, carry->guard->id, &is_older, &unsaid);
  if (is_older) return (*err = unsaid).outcome;
  return carry_all(carry, add_out, err);
}

/* --- what came of it, for whoever runs the feed --- */

static int last_code(const struct site *site, const struct feed *feed, const struct feed_place *place) {
  struct courier courier = { .site = site->folder, .arena = site->arena };
  struct errand_wish wish = wish_of(feed, place);
  struct err err = { 0 };
  struct errand *errand = courier_add(&courier, kind_of(place), &wish, &err);
  int64_t code = EXIT_AGAIN, known;
  if (errand) {
    str words = memory_get(errand->memory, "ended"), first;
    str time = batch_time(site, site->arena);
    if (str_split(&words, ' ', &first) && str_eq(words, time) && str_to_int(first, &known)) code = known;
  }
  courier_free(&courier);
  return (int)code;
}

int carry_code(const struct site *site, const struct feed *feed) {
  int code = EXIT_CLEAN;
  for (size_t i = 0; i < feed->extract_count; i++)
    if (goes(site, &feed->extracts[i], false))
      code = exit_worse(code, last_code(site, feed, &feed->extracts[i]));
  for (size_t i = 0; i < feed->supply_count; i++)
    if (goes(site, &feed->supplies[i].from, false))
      code = exit_worse(code, last_code(site, feed, &feed->supplies[i].from));
  return code;
}

/* --- a person decides --- */

static enum outcome decide(const struct carry *carry, const struct feed *feed, const struct feed_place *place,
                           str name, str feed_id, bool *found, struct err *err) {
  const struct site *site = carry->site;
  struct courier courier = { .site = site->folder, .arena = site->arena, .ledger = carry->ledger };
  struct errand_wish wish = wish_of(feed, place);
  bool is_it = false;
  courier.time = batch_time(site, site->arena);
  struct errand *errand = courier_add(&courier, &errand_submit, &wish, err);
  if (!errand) return err->outcome;
  enum outcome out = submit_decide(errand, name, feed_id, &is_it, err);
  *found = *found || is_it;
  courier_free(&courier);
  return out;
}

enum outcome carry_decide(struct carry *carry, str name, str feed_id, struct err *err) {
  bool found = false;
  for (size_t f = 0; f < carry->count; f++)
    for (size_t i = 0; i < carry->feeds[f]->load_count; i++)
      if (carry->feeds[f]->loads[i].to.kind == PLACE_SUBMIT &&
          decide(carry, carry->feeds[f], &carry->feeds[f]->loads[i].to, name, feed_id, &found, err))
        return err->outcome;
  if (found) return OUT_OK;
  return err_set(err, OUT_DATA, "no file %.*s of these feeds is on its way to Amazon", STR_ARG(name));
}
