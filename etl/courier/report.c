/* courier/report: a report that is asked for: created, waited for, fetched into the inbox.
 *
 *   memory line             means
 *   asking FROM TO TIME     createReport is about to be called, or was, and its answer did not come: it is
 *                           looked for among Amazon's reports before another one is asked for
 *   asked ID FROM TO TIME   it is being made; the next run goes on here. TIME: of the run that asked for it
 *   covered TO              everything up to there has been fetched: the next one begins there, and two hours
 *                           before
 *
 * One that Amazon does not know any more, or has not given for two days, is given up: the next run asks for
 * another.
 *
 * A span is covered when its report stands in the inbox, or when it was CANCELLED ("nothing to report", or a
 * cancellation) and another source agrees that there was nothing. Else it is asked for again, with what came
 * since; but one that is as long as Amazon makes them, and ends in the past, would be the same for ever: that
 * one is told, and covered.
 */
#include "amazon/report_types.h"
#include "codec/json_text.h"
#include "courier/document.h"

enum {
  OVERLAP = 2 * 3600,
  DAY = 86400,
  FIRST_DAYS = 2,
  OLD_DAYS = 2,
  LATE = 120,
  ERROR_MOST = 64 * 1024,
  TOLD_MOST = 300
};

struct report {
  struct errand *errand;
  const struct report_type *type;
  str id, from, to, time; /* time: of the run that asked for it */
  int turns, empty;
  bool looked; /* among Amazon's reports, after an answer that did not come */
  bool fatal;
};

static void create(struct report *report);
static void poll(void *user);

/* --- what a span is --- */

static void choose_span(struct report *report) {
  struct errand *errand = report->errand;
  const struct errand_wish *wish = &errand->wish;
  int64_t to = errand->courier->now, covered = errand_seconds(memory_get(errand->memory, "covered"));
  int64_t from = covered ? covered - OVERLAP : to - FIRST_DAYS * DAY;
  if (wish->window_days && from > to - wish->window_days * DAY) from = to - wish->window_days * DAY;
  if (!covered && wish->window_days) from = to - wish->window_days * DAY;
  if (wish->whole_days) from = to - wish->whole_days * DAY;
  else if (wish->since && (wish->since_is_asked || from < wish->since)) from = wish->since;
  if (from > to - 60) from = to - 60;
  if (to - from > (int64_t)report->type->days_most * DAY) to = from + (int64_t)report->type->days_most * DAY;
  report->from = errand_stamp(errand, from);
  report->to = errand_stamp(errand, to);
  report->time = errand->courier->time;
}

/* It ends in the past already, as Amazon makes no longer one: what came later is in no report yet. */
static bool is_cut(const struct report *report) {
  return errand_seconds(report->to) < errand_seconds(report->time) - OVERLAP;
}

/* --- what Amazon does not give --- */

static bool is_old(const struct report *report) {
  return report->errand->courier->now - errand_seconds(report->time) >= OLD_DAYS * DAY;
}

/* Nothing of it is covered: the next run asks for its span, with what came since. */
static void ask_anew(struct report *report, const char *why) {
  struct errand *errand = report->errand;
  memory_drop(errand->memory, "asked", report->id);
  if (errand_keep(errand)) errand_end(errand, OUT_RETRY, "%s: it is asked for again", why);
}

/* --- the document --- */

static void end_fatal(struct report *report, const struct document *document) {
  str said = document ? str_trim(buf_str(&document->text)) : STR_NONE;
  struct errand *errand = report->errand;
  memory_drop(errand->memory, "asked", report->id);
  if (!errand_keep(errand)) return;
  errand_end(errand, OUT_RETRY, "Amazon could not make the report %.*s (FATAL)%s%.*s", STR_ARG(report->id),
             said.len ? ": " : "", STR_ARG(str_left_chars(said, TOLD_MOST)));
}

static bool note_covered(struct report *report) {
  struct memory *memory = report->errand->memory;
  memory_drop(memory, "asked", report->id);
  if (errand_seconds(report->to) > errand_seconds(memory_get(memory, "covered")) &&
      errand_extends(report->errand, errand_seconds(report->from)))
    memory_set(memory, "covered", report->to);
  return errand_keep(report->errand);
}

/* Of what was asked for since a day, what is longer than one report and no next run asks for; "" none. */
static str left_of(const struct report *report) {
  struct errand *errand = report->errand;
  if (!report->type->dated || !is_cut(report)) return STR_NONE;
  if (str_eq(memory_get(errand->memory, "covered"), report->to)) return STR_NONE;
  return arena_printf(errand->arena, "up to %.*s; what came later by fetch --since %.*s", STR_ARG(report->to),
                      STR_ARG(report->to));
}

/* What its address says of the character set is held against the site's own way of reading when it is read.
 */
static void got_document(struct document *document) {
  struct report *report = document->user;
  struct errand *errand = report->errand;
  if (report->fatal) {
    end_fatal(report, document->outcome ? NULL : document);
    return;
  }
  bool gone = document->outcome == OUT_REFUSED && (document->status == 400 || document->status == 404);
  if (gone || (document->outcome == OUT_RETRY && is_old(report))) {
    ask_anew(report, document->err.text);
    return;
  }
  if (document->outcome) {
    errand_end_err(errand, &document->err);
    return;
  }
  errand->files++;
  errand->bytes += document->bytes;
  str got = arena_printf(errand->arena, "%.*s %s %.*s", STR_ARG(report->id), document->digest,
                         STR_ARG(errand->courier->time));
  memory_add(errand->memory, "got", got);
  memory_limit(errand->memory, "got", 100);
  struct ledger_word words[] = { { STR("report"), report->id },
                                 { STR("type"), errand->wish.what },
                                 { STR("name"), document->name },
                                 { STR("sha256"), str_of(document->digest) },
                                 { STR("charset"), str_of(document->charset) } };
  if (!note_covered(report) || !errand_enter(errand, "fetched", words, 5)) return;
  str left = left_of(report);
  if (document->doubt || left.len)
    errand_end(errand, OUT_END, "%.*s%s%s%s%.*s", STR_ARG(document->name), document->doubt ? ": " : "",
               document->doubt ? document->doubt : "", left.len ? ": " : "", STR_ARG(left));
  else
    errand_end(errand, OUT_OK, "%.*s, %llu bytes%s", STR_ARG(document->name),
               (unsigned long long)document->bytes, document->gzip ? " packed" : "");
}

static void fetch(struct report *report, str id) {
  struct errand *errand = report->errand;
  struct document *document = document_new(errand, OP_getReportDocument, id, got_document, report);
  document->restricted = report->type->restricted;
  document->text_most = ERROR_MOST;
  if (!report->fatal)
    document->name = arena_printf(errand->arena, "%.*s-%.*s%.*s", STR_ARG(errand->wish.feed),
                                  STR_ARG(report->id), STR_ARG(errand->wish.ending));
  document_fetch(document);
}

/* --- nothing to report, or not? --- */

/* It is asked for again with what came since; but a span that was cut would stay the same for ever, and be
 * cancelled for ever: the next run goes on after it. */
static void end_doubtful(struct report *report, const char *why) {
  struct errand *errand = report->errand;
  bool cut = is_cut(report);
  memory_drop(errand->memory, "asked", report->id);
  if (cut ? !note_covered(report) : !errand_keep(errand)) return;
  if (cut)
    errand_end(errand, OUT_END, "%s From %.*s to %.*s it is not asked for again, unless by fetch --since",
               why, STR_ARG(report->from), STR_ARG(report->to));
  else
    errand_end(errand, OUT_END, "%s What it would have held since %.*s is asked for again", why,
               STR_ARG(report->from));
}

static void agreed(struct call *call) {
  struct report *report = call->user;
  struct errand *errand = report->errand;
  if (call->outcome)
    end_doubtful(report, arena_printf(errand->arena,
                                      "CANCELLED, and whether there was nothing could not be asked: %s.",
                                      call->err.text)
                             .at);
  else if (call->answer && answer_part(call->answer, "orders[]"))
    end_doubtful(report, "Amazon cancelled the report, yet searchOrders knows of orders.");
  else if (note_covered(report)) {
    str left = left_of(report);
    errand_end(errand, left.len ? OUT_END : OUT_OK, "nothing from %.*s to %.*s; searchOrders agrees%s%.*s",
               STR_ARG(report->from), STR_ARG(report->to), left.len ? ": " : "", STR_ARG(left));
  }
}

static void ask_witness(struct report *report) {
  struct errand *errand = report->errand;
  struct call *call = call_new(errand->courier->amazon, OP_searchOrders, agreed, report);
  bool merchant = report->type->witness == WITNESS_MERCHANT;
  call_query(call, "lastUpdatedAfter", report->from);
  int64_t until = errand_seconds(report->to);
  if (until > errand->courier->now - LATE) until = errand->courier->now - LATE;
  call_query(call, "lastUpdatedBefore", errand_stamp(errand, until));
  call_query(call, "fulfilledBy", merchant ? STR("MERCHANT") : STR("AMAZON"));
  call_query(call, "fulfillmentStatuses", merchant ? STR("UNSHIPPED,PARTIALLY_SHIPPED") : STR("SHIPPED"));
  call_query(call, "marketplaceIds", errand->courier->marketplaces);
  call_query(call, "maxResultsPerPage", STR("1"));
  call_start(call);
}

static void cancelled(struct report *report) {
  if (report->type->witness != WITNESS_NONE) ask_witness(report);
  else
    end_doubtful(report, "Amazon cancelled the report: there may be nothing, or not; no other source tells.");
}

/* --- waiting --- */

static void wait_longer(struct report *report, const char *state) {
  if (errand_pause(report->errand, report->turns++, poll, report)) return;
  if (is_old(report)) ask_anew(report, "Amazon has not made the report in two days");
  else
    errand_end(report->errand, OUT_RETRY, "Amazon is still making the report (%s): the next run fetches it",
               state);
}

static void polled(struct call *call) {
  struct report *report = call->user;
  struct errand *errand = report->errand;
  bool no_role = call->status == 401 || call->status == 403;
  if ((call->outcome == OUT_REFUSED && !no_role) || (call->outcome == OUT_RETRY && is_old(report))) {
    ask_anew(report, call->err.text); /* as when it was kept longer than Amazon keeps it */
    return;
  }
  if (call->outcome) {
    errand_end_call(errand, call);
    return;
  }
  str state = call->answer ? answer_text(call->answer, "processingStatus") : STR_NONE;
  str document =
      call->answer ? arena_str(errand->arena, answer_text(call->answer, "reportDocumentId")) : STR_NONE;
  if (str_eq(state, STR("DONE")) && document.len) fetch(report, document);
  else if (str_eq(state, STR("CANCELLED"))) cancelled(report);
  else if (str_eq(state, STR("FATAL"))) {
    report->fatal = true;
    if (document.len) fetch(report, document);
    else end_fatal(report, NULL);
  } else wait_longer(report, arena_text(errand->arena, state));
}

static void poll(void *user) {
  struct report *report = user;
  struct call *call = call_new(report->errand->courier->amazon, OP_getReport, polled, report);
  call_path(call, "reportId", report->id);
  call_start(call);
}

/* --- asking for it --- */

static void asked(struct report *report, str id) {
  struct errand *errand = report->errand;
  report->id = arena_str(errand->arena, id);
  memory_drop(errand->memory, "asking", STR_NONE);
  memory_add(errand->memory, "asked",
             arena_printf(errand->arena, "%.*s %.*s %.*s %.*s", STR_ARG(report->id), STR_ARG(report->from),
                          STR_ARG(report->to), STR_ARG(report->time)));
  if (!errand_keep(errand)) return;
  if (!errand_pause(errand, report->turns++, poll, report)) poll(report);
}

static void look_for_it(struct report *report);

static void created(struct call *call) {
  struct report *report = call->user;
  struct errand *errand = report->errand;
  str id = call->answer ? answer_text(call->answer, "reportId") : STR_NONE;
  if (!call->outcome && id.len) {
    asked(report, id);
    return;
  }
  if (call->outcome == OUT_UNCERTAIN || call->outcome == OUT_DATA || !call->outcome) {
    look_for_it(report);
    return;
  }
  memory_drop(errand->memory, "asking", STR_NONE);
  if (errand_keep(errand)) errand_end_call(errand, call);
}

static void add_times(struct report *report, struct buf *body) {
  if (!report->type->dated) return;
  buf_add(body, STR(", \"dataStartTime\": "));
  json_text(body, report->from);
  buf_add(body, STR(", \"dataEndTime\": "));
  json_text(body, report->to);
}

/* "ShowSalesChannel=true, ..", as job/settings has looked at it. */
static void add_options(const struct report *report, struct buf *body) {
  str rest = report->errand->wish.options, one, name;
  bool first = true;
  while (str_split(&rest, ',', &one)) {
    one = str_trim(one);
    if (!one.len) continue; /* no options are one empty piece */
    str_split(&one, '=', &name);
    buf_add(body, first ? STR(", \"reportOptions\": {") : STR(", "));
    json_text(body, str_trim(name));
    buf_add(body, STR(": "));
    json_text(body, str_trim(one));
    first = false;
  }
  if (!first) buf_char(body, '}');
}

static void add_marketplaces(const struct errand *errand, struct buf *body) {
  str rest = errand->courier->marketplaces, one;
  buf_add(body, STR(", \"marketplaceIds\": ["));
  for (bool first = true; str_split(&rest, ',', &one); first = false) {
    if (!first) buf_add(body, STR(", "));
    json_text(body, one);
  }
  buf_char(body, ']');
}

static void create(struct report *report) {
  struct errand *errand = report->errand;
  memory_set(errand->memory, "asking",
             arena_printf(errand->arena, "%.*s %.*s %.*s", STR_ARG(report->from), STR_ARG(report->to),
                          STR_ARG(report->time)));
  if (!errand_keep(errand)) return;
  struct call *call = call_new(errand->courier->amazon, OP_createReport, created, report);
  struct buf body = buf_new(64 * 1024);
  buf_add(&body, STR("{\"reportType\": "));
  json_text(&body, errand->wish.what);
  add_marketplaces(errand, &body);
  add_times(report, &body);
  add_options(report, &body);
  buf_char(&body, '}');
  call_body(call, buf_str(&body));
  buf_free(&body);
  call_start(call);
}

/* --- an answer that did not come: was it made? --- */

static bool is_it(const struct report *report, const struct answer *one) {
  if (!report->type->dated) return true;
  return errand_seconds(answer_text(one, "dataStartTime")) == errand_seconds(report->from) &&
         errand_seconds(answer_text(one, "dataEndTime")) == errand_seconds(report->to);
}

static void looked(struct call *call) {
  struct report *report = call->user;
  if (call->outcome) {
    errand_end_call(report->errand, call);
    return;
  }
  const struct answer *found = NULL, *one = call->answer ? answer_part(call->answer, "reports[]") : NULL;
  for (; one && !found; one = answer_same(one))
    if (is_it(report, one)) found = one;
  if (found) asked(report, answer_text(found, "reportId"));
  else if (report->looked)
    errand_end(report->errand, OUT_RETRY,
               "createReport gave no whole answer, twice: the next run asks again");
  else {
    report->looked = true;
    create(report);
  }
}

static void look_for_it(struct report *report) {
  struct errand *errand = report->errand;
  struct call *call = call_new(errand->courier->amazon, OP_getReports, looked, report);
  str words = memory_get(errand->memory, "asking"), time = STR_NONE;
  for (int i = 0; i < 3; i++) str_split(&words, ' ', &time);
  int64_t since = errand_seconds(time), real = loop_now(errand->courier->attempts->loop) / 1000;
  if (since > real) since = real;
  call_query(call, "reportTypes", errand->wish.what);
  call_query(call, "createdSince", errand_stamp(errand, since - 3600));
  call_query(call, "pageSize", STR("100"));
  call_start(call);
}

/* --- where it goes on --- */

static bool goes_on(struct report *report) {
  struct memory *memory = report->errand->memory;
  str words = memory_get(memory, "asked");
  if (words.len) {
    str_split(&words, ' ', &report->id);
    str_split(&words, ' ', &report->from);
    str_split(&words, ' ', &report->to);
    report->time = words;
    poll(report);
    return true;
  }
  words = memory_get(memory, "asking");
  if (!words.len) return false;
  str_split(&words, ' ', &report->from);
  str_split(&words, ' ', &report->to);
  report->time = words;
  look_for_it(report);
  return true;
}

static void start(struct errand *errand) {
  struct report *report = ARENA_NEW(errand->arena, struct report);
  report->errand = errand;
  report->type = report_type_find(errand->wish.what);
  if (!errand->wish.ending.len) errand->wish.ending = str_of(report->type->ending);
  if (errand->wish.since_is_asked) { /* a person asks for a span: what is under way is another one */
    memory_drop(errand->memory, "asked", STR_NONE);
    memory_drop(errand->memory, "asking", STR_NONE);
  }
  if (goes_on(report)) return;
  choose_span(report);
  create(report);
}

const struct errand_kind errand_report = { "report", start };
