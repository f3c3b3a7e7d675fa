/* job/doctor_amazon: does Amazon let us in, with which roles, until when, how often, at which time. */
#include "amazon/report_types.h"
#include "io/file.h"
#include "courier/pages.h"
#include "job/carry.h"
#include "job/doctor_internal.h"
#include "job/wire.h"

enum { DAY = 86400, CLOCK_MOST = 60, WARN_DAYS = 30, TYPES_MOST = 10 };

struct visit {
  struct doctor *doctor;
  struct wire_way *way;
  struct buf types; /* of reports that feeds want, by commas; the restricted ones among them: */
  bool restricted, orders;
  size_t type_count;
  struct buf left;
  bool stop; /* the keys do not hold: nothing else need be asked */
};

static void say(struct visit *visit, bool good, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say(struct visit *visit, bool good, const char *format, ...) {
  va_list args;
  va_start(args, format);
  str text = arena_vprintf(library_arena(visit->doctor->library), format, args);
  va_end(args);
  doctor_say(visit->doctor, "amazon", good, "%.*s", STR_ARG(text));
}

/* --- what our feeds want of it --- */

static void want(struct visit *visit, const struct feed_place *place) {
  if (place->kind == PLACE_PAGES && page_source_find(place->what)->operation == OP_searchOrders)
    visit->orders = true;
  if (place->kind != PLACE_REPORT) return;
  visit->restricted = visit->restricted || report_type_find(place->what)->restricted;
  str rest = buf_str(&visit->types), one;
  while (str_split(&rest, ',', &one))
    if (str_eq(one, place->what)) return;
  if (visit->type_count++ < TYPES_MOST)
    buf_printf(&visit->types, "%s%.*s", visit->types.len ? "," : "", STR_ARG(place->what));
}

static void look_at_wants(struct visit *visit) {
  static const struct place somewhere = { NULL, 1 };
  struct library *library = visit->doctor->library;
  str *names;
  size_t count;
  if (complaints_count(library_wrong(library))) return;
  library_names(library, "feeds", ".feed", &names, &count);
  for (size_t i = 0; i < count; i++) {
    const struct feed *feed = feed_open(library, names[i], somewhere);
    bool used = feed && (feed->when != WHEN_ASKED ||
                         file_is_folder(file_join(library_arena(library), library_site(library),
                                                  feed_inbox_folder(feed, library_arena(library)))));
    for (size_t j = 0; used && j < feed->extract_count; j++) want(visit, &feed->extracts[j]);
    for (size_t j = 0; used && j < feed->supply_count; j++) want(visit, &feed->supplies[j].from);
  }
}

/* --- what it says --- */

/* True: nothing more is to be said of this call. */
static bool failed(struct visit *visit, const struct call *call, const char *role) {
  if (!call->outcome) return false;
  if (call->outcome == OUT_SPEC && !visit->stop) say(visit, false, "%s", call->err.text);
  else if (call->outcome == OUT_SPEC) return true;
  else if (call->status == 403) say(visit, false, "a role is missing: %s (%s)", role, call->err.text);
  else say(visit, false, "%s", call->err.text);
  visit->stop = visit->stop || call->outcome == OUT_SPEC;
  return true;
}

static void saw_markets(struct call *call) {
  struct visit *visit = call->user;
  str rest = visit->way->marketplaces, id;
  size_t count = 0;
  if (failed(visit, call, "Selling Partner Insights")) return;
  while (str_split(&rest, ',', &id)) {
    bool there = false;
    for (const struct answer *one = answer_part(call->answer, "payload[]"); one; one = answer_same(one))
      there = there || (str_eq(answer_text(one, "marketplace.id"), id) &&
                        str_eq(answer_text(one, "participation.isParticipating"), STR("true")));
    if (!there)
      say(visit, false, "amazon-marketplaces names %.*s, where this seller does not sell", STR_ARG(id));
    count += there;
  }
  if (count) say(visit, true, "the keys hold; %zu marketplace%s", count, count == 1 ? "" : "s");
}

static void saw_reports(struct call *call) {
  struct visit *visit = call->user;
  if (!failed(visit, call, "that of a report among those our feeds want"))
    say(visit, true, "reports may be read: %zu type%s", visit->type_count, visit->type_count == 1 ? "" : "s");
}

static void saw_token(struct call *call) {
  struct visit *visit = call->user;
  if (!failed(visit, call,
              "Direct-to-Consumer Shipping: order reports come without names and addresses, or not at all"))
    say(visit, true, "restricted reports may be read");
}

static void saw_orders(struct call *call) {
  struct visit *visit = call->user;
  if (failed(visit, call, "Inventory and Order Tracking: orders cannot be read")) return;
  const struct answer *order = call->answer ? answer_part(call->answer, "orders[]") : NULL;
  if (order && !answer_part(order, "recipient"))
    say(visit, false,
        "a role is missing: Direct-to-Consumer Shipping: orders come without names and addresses, and are "
        "held");
  else
    say(visit, true,
        order ? "orders come with their recipients" : "orders may be read; there is none to look at");
}

/* --- asking --- */

static str stamp_of(struct visit *visit, int64_t seconds) {
  char text[DATE_TEXT_MOST];
  size_t len = date_format_stamp((stamp){ .seconds = seconds }, text);
  return arena_printf(visit->way->arena, "%.19sZ", len >= 19 ? text : "");
}

static void ask(struct visit *visit) {
  struct amazon *amazon = visit->way->amazon;
  call_start(call_new(amazon, OP_getMarketplaceParticipations, saw_markets, visit));
  if (visit->types.len) {
    struct call *call = call_new(amazon, OP_getReports, saw_reports, visit);
    call_query(call, "reportTypes", buf_str(&visit->types));
    call_query(call, "pageSize", STR("1"));
    call_start(call);
  }
  if (visit->restricted) {
    struct call *call = call_new(amazon, OP_createRestrictedDataToken, saw_token, visit);
    call_body(call, STR("{\"restrictedResources\": [{\"method\": \"GET\", \"path\": "
                        "\"/reports/2021-06-30/documents/amzn1.spdoc.doctor\"}]}"));
    call_start(call);
  }
  if (visit->orders) {
    struct call *call = call_new(amazon, OP_searchOrders, saw_orders, visit);
    call_query(call, "lastUpdatedAfter", stamp_of(visit, visit->doctor->now - 30 * DAY));
    call_query(call, "includedData", STR("RECIPIENT"));
    call_query(call, "maxResultsPerPage", STR("1"));
    call_start(call);
  }
  loop_run(visit->way->loop);
}

/* --- what can be seen from here --- */

static void look_at_secret(struct visit *visit) {
  int64_t days;
  switch (wire_secret_days(visit->way, visit->doctor->now, &days)) {
  case WIRE_SECRET_UNKNOWN:
    say(visit, true,
        "the key file does not say when the client secret was made (secret-made): it ends %d days later",
        ACCOUNT_SECRET_DAYS);
    break;
  case WIRE_SECRET_LOCAL: break;
  case WIRE_SECRET_KNOWN:
    if (days < 0)
      say(visit, false, "the client secret ended %lld days ago: rotate it in Seller Central",
          (long long)-days);
    else
      say(visit, days > WARN_DAYS, "the client secret ends in %lld day%s%s", (long long)days,
          days == 1 ? "" : "s",
          days > WARN_DAYS ? ""
                           : ": rotate it in Seller Central, and put it into the key file with secret-made");
    break;
  }
}

static void look_at_clock(struct visit *visit) {
  int64_t ahead = visit->way->ahead;
  if (!visit->way->clock_known) return;
  if (ahead > CLOCK_MOST || ahead < -CLOCK_MOST)
    say(visit, false, "our clock is %lld s %s Amazon's: set it (NTP)",
        (long long)(ahead < 0 ? -ahead : ahead), ahead < 0 ? "behind" : "before");
  else say(visit, true, "our clock is Amazon's, to %d s", CLOCK_MOST);
}

static void see_bucket(void *user, str name, const struct bucket *bucket) {
  struct visit *visit = user;
  int64_t left = bucket_left(bucket, loop_now(visit->way->loop));
  if (left == bucket->burst) return;
  buf_printf(&visit->left, "%s%.*s %lld of %lld", visit->left.len ? ", " : "", STR_ARG(name), (long long)left,
             (long long)bucket->burst);
}

static void see_breaker(void *user, str host, const struct breaker *breaker) {
  struct visit *visit = user;
  const char *state = breaker_state(breaker, loop_now(visit->way->loop));
  if (breaker->until)
    say(visit, false, "%.*s is left alone after %lld failures: %s", STR_ARG(host),
        (long long)breaker->failures, state);
}

static void look_at_limits(struct visit *visit) {
  struct err err = { 0 };
  const struct limits_visit look = { visit, see_bucket, see_breaker };
  visit->left = buf_new(64 * 1024);
  if (limits_walk(visit->way->limits, &look, &err)) say(visit, false, "%s", err.text);
  else if (visit->left.len)
    say(visit, true, "calls left at once: %.*s; all others whole", STR_ARG(buf_str(&visit->left)));
  else say(visit, true, "calls left at once: all");
  buf_free(&visit->left);
}

void doctor_look_at_amazon(struct doctor *doctor) {
  struct visit visit = { .doctor = doctor, .types = buf_new(4096) };
  struct site site = { .library = doctor->library,
                       .arena = library_arena(doctor->library),
                       .folder = library_site(doctor->library) };
  struct err err = { 0 };
  if (!wire_has_keys(&site)) return;
  if (wire_open(&site, &visit.way, &err)) {
    say(&visit, false, "%s", err.text);
    buf_free(&visit.types);
    return;
  }
  visit.way->attempts.tries_most = 2; /* it is asked whether it answers now */
  look_at_wants(&visit);
  ask(&visit);
  look_at_secret(&visit);
  look_at_clock(&visit);
  look_at_limits(&visit);
  wire_close(visit.way);
  buf_free(&visit.types);
}
