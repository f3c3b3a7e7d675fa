/* courier/listed: reports that Amazon makes by itself: found in its list, each fetched once.
 *
 * Settlements when a period ends; others by a schedule, which is made, or made anew, to be as the feed's
 * `when` says (FEED.report = scheduled).
 *
 *   memory line                means
 *   got ID SHA256 TIME TRIES   it stands in the inbox, or has long been worked through
 *   covered TIME               the list was read to its end then: the next look begins ten days before
 *
 * A settlement that sluice could not use (no parse, a proof that fails) is fetched once more, in up to three
 * nights: Amazon may have repaired it. The same bytes again are not dropped a second time: then its form has
 * changed, and a person must look. Both copies are kept where they were rejected.
 */
#include "amazon/report_types.h"
#include "codec/json_text.h"
#include "courier/document.h"

enum { DAY = 86400, KEPT_DAYS = 89, LOOK_BACK = 10, PAGES_MOST = 100, TRIES_MOST = 3, GOT_MOST = 2000 };

struct listed {
  struct errand *errand;
  str *ids, *documents; /* to be fetched */
  size_t count, next;
  int pages;
  size_t same; /* came again with the same bytes */
  const char *doubt;
  bool again; /* the one at hand is fetched again */
  enum outcome worst;
  struct err err;
};

static void fetch_next(struct listed *all);

/* Up to three nights after it was rejected. */
static bool is_wanted(struct listed *all, str id) {
  struct errand *errand = all->errand;
  struct courier *courier = errand->courier;
  str words, digest, time, tries = STR_NONE;
  int64_t count = 0;
  if (!memory_find(errand->memory, "got", id, &words)) return true;
  str_split(&words, ' ', &digest);
  str_split(&words, ' ', &digest);
  str_split(&words, ' ', &time);
  str_split(&words, ' ', &tries);
  str_to_int(tries, &count);
  if (count >= TRIES_MOST || !courier->fate) return false;
  if (str_eq(time, courier->time)) return false; /* in this very run */
  return str_eq(courier->fate(courier->user, errand->wish.feed, digest), STR("rejected"));
}

static void note(struct listed *all, str id, const char *digest) {
  struct errand *errand = all->errand;
  str words, piece = STR_NONE;
  int64_t tries = 0;
  if (memory_find(errand->memory, "got", id, &words)) {
    for (int i = 0; i < 4; i++) str_split(&words, ' ', &piece);
    if (!str_to_int(piece, &tries)) tries = 0;
    tries++;
  }
  memory_drop(errand->memory, "got", id);
  memory_add(errand->memory, "got",
             arena_printf(errand->arena, "%.*s %s %.*s %lld", STR_ARG(id), digest,
                          STR_ARG(errand->courier->time), (long long)tries));
  memory_limit(errand->memory, "got", GOT_MOST);
}

static bool is_known(struct document *document) {
  struct listed *all = document->user;
  str words, digest = STR_NONE;
  if (!memory_find(all->errand->memory, "got", all->ids[all->next], &words)) return false;
  str_split(&words, ' ', &digest);
  str_split(&words, ' ', &digest);
  return str_eq(digest, str_of(document->digest));
}

static void got_document(struct document *document) {
  struct listed *all = document->user;
  struct errand *errand = all->errand;
  str id = all->ids[all->next];
  if (document->outcome) {
    all->worst = document->outcome;
    all->err = document->err;
  } else {
    struct ledger_word words[] = { { STR("report"), id },
                                   { STR("type"), errand->wish.what },
                                   { STR("name"), document->name },
                                   { STR("sha256"), str_of(document->digest) },
                                   { STR("charset"), str_of(document->charset) },
                                   { STR("same"), document->dropped ? STR_NONE : STR("yes") } };
    if (document->doubt) all->doubt = document->doubt;
    if (document->dropped) errand->files++, errand->bytes += document->bytes;
    else all->same++;
    note(all, id, document->digest);
    if (!errand_keep(errand) || !errand_enter(errand, "fetched", words, 6)) return;
  }
  all->next++;
  fetch_next(all);
}

/* Without a person's --since it does. After one that is later than the last look, what lies between is still
 * to be looked at. */
static bool reaches_back(const struct listed *all) {
  const struct errand *errand = all->errand;
  int64_t covered = errand_seconds(memory_get(errand->memory, "covered"));
  int64_t first = errand->courier->now - KEPT_DAYS * DAY;
  return !errand->wish.since_is_asked || errand->wish.since <= (covered > first ? covered : first);
}

static void end(struct listed *all) {
  struct errand *errand = all->errand;
  if (all->worst) {
    errand_end_err(errand, &all->err);
    return;
  }
  if (reaches_back(all)) memory_set(errand->memory, "covered", errand->courier->time);
  if (!errand_keep(errand)) return;
  if (all->same)
    errand_end(
        errand, OUT_END,
        "%zu new; %zu that was rejected came again with the same bytes: its form has changed, and a person "
        "must look (var/inbox/reject)",
        errand->files, all->same);
  else if (all->doubt) errand_end(errand, OUT_END, "%zu new: %s", errand->files, all->doubt);
  else errand_end(errand, OUT_OK, errand->files ? "%zu new" : "nothing new", errand->files);
}

static void fetch_next(struct listed *all) {
  struct errand *errand = all->errand;
  if (all->next == all->count) {
    end(all);
    return;
  }
  struct document *document =
      document_new(errand, OP_getReportDocument, all->documents[all->next], got_document, all);
  document->known = is_known;
  document->restricted = report_type_find(errand->wish.what)->restricted;
  document->name = arena_printf(errand->arena, "%.*s-%.*s%.*s", STR_ARG(errand->wish.feed),
                                STR_ARG(all->ids[all->next]), STR_ARG(errand->wish.ending));
  document_fetch(document);
}

static void list(struct listed *all, str token);

static void listed(struct call *call) {
  struct listed *all = call->user;
  struct errand *errand = all->errand;
  if (call->outcome) {
    errand_end_call(errand, call);
    return;
  }
  const struct answer *one = call->answer ? answer_part(call->answer, "reports[]") : NULL;
  for (; one; one = answer_same(one)) {
    str id = answer_text(one, "reportId"), document = answer_text(one, "reportDocumentId");
    if (!str_eq(answer_text(one, "processingStatus"), STR("DONE")) || !document.len || !is_wanted(all, id))
      continue;
    size_t count = all->count;
    *ARENA_PUSH(errand->arena, all->ids, count) = arena_str(errand->arena, id);
    *ARENA_PUSH(errand->arena, all->documents, all->count) = arena_str(errand->arena, document);
  }
  str token = call->answer ? answer_text(call->answer, "nextToken") : STR_NONE;
  if (token.len && ++all->pages < PAGES_MOST) list(all, token);
  else fetch_next(all);
}

/* A token must be the only parameter. */
static void list(struct listed *all, str token) {
  struct errand *errand = all->errand;
  struct call *call = call_new(errand->courier->amazon, OP_getReports, listed, all);
  int64_t now = errand->courier->now, real = loop_now(errand->courier->attempts->loop) / 1000;
  int64_t covered = errand_seconds(memory_get(errand->memory, "covered"));
  int64_t since = covered && !errand->wish.since_is_asked ? covered - LOOK_BACK * DAY : now - KEPT_DAYS * DAY;
  if (errand->wish.since_is_asked && errand->wish.since > since) since = errand->wish.since;
  if (since < real - KEPT_DAYS * DAY) since = real - KEPT_DAYS * DAY;
  if (token.len) call_query(call, "nextToken", token);
  else {
    call_query(call, "reportTypes", errand->wish.what);
    call_query(call, "processingStatuses", STR("DONE"));
    call_query(call, "createdSince", errand_stamp(errand, since));
    call_query(call, "pageSize", STR("100"));
  }
  call_start(call);
}

/* --- its schedule --- */

static void scheduled(struct call *call) {
  struct listed *all = call->user;
  if (call->outcome) errand_end_call(all->errand, call);
  else list(all, STR_NONE);
}

static void make_schedule(struct listed *all) {
  struct errand *errand = all->errand;
  struct call *call = call_new(errand->courier->amazon, OP_createReportSchedule, scheduled, all);
  struct buf body = buf_new(64 * 1024);
  str rest = errand->courier->marketplaces, one;
  buf_add(&body, STR("{\"reportType\": "));
  json_text(&body, errand->wish.what);
  buf_add(&body, STR(", \"marketplaceIds\": ["));
  for (bool first = true; str_split(&rest, ',', &one); first = false) {
    if (!first) buf_add(&body, STR(", "));
    json_text(&body, one);
  }
  buf_add(&body, STR("], \"period\": "));
  json_text(&body, errand->wish.period);
  buf_char(&body, '}');
  call_body(call, buf_str(&body));
  buf_free(&body);
  call_start(call);
}

static void saw_schedules(struct call *call) {
  struct listed *all = call->user;
  if (call->outcome) {
    errand_end_call(all->errand, call);
    return;
  }
  const struct answer *one = call->answer ? answer_part(call->answer, "reportSchedules[]") : NULL;
  for (; one; one = answer_same(one))
    if (str_eq(answer_text(one, "period"), all->errand->wish.period)) break;
  if (one) list(all, STR_NONE);
  else make_schedule(all); /* one of the same type is replaced by it */
}

static void start(struct errand *errand) {
  struct listed *all = ARENA_NEW(errand->arena, struct listed);
  all->errand = errand;
  if (!errand->wish.ending.len) errand->wish.ending = str_of(report_type_find(errand->wish.what)->ending);
  if (!errand->wish.period.len) {
    list(all, STR_NONE);
    return;
  }
  struct call *call = call_new(errand->courier->amazon, OP_getReportSchedules, saw_schedules, all);
  call_query(call, "reportTypes", errand->wish.what);
  call_start(call);
}

const struct errand_kind errand_listed = { "listed", start };
