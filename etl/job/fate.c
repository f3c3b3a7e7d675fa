/* job/fate: what shall become of a file: released, skipped, or held. */
#include "job/batch_internal.h"

static const struct ledger_entry *known_key(const struct item *item) {
  return item->key.len ? ledger_by_key(item->batch->ledger, item->batch->feed->name, item->key) : NULL;
}

bool item_key_is_settled(const struct item *item) {
  const struct ledger_entry *known = known_key(item);
  return known && ledger_is_settled(known->event);
}

/* Older than the feed's start-date: history is archived, never posted (R2). */
static bool is_history(const struct item *item, str *reason) {
  str start = site_setting(item->batch->site, item->batch->feed->name, "start-date");
  const struct node *dated = item->batch->feed->dated;
  int32_t from, day;
  if (!start.len || !dated || !date_parse(start, STR("YYYY-MM-DD"), &from)) return false;
  value v = eval(dated, item->result.ctx);
  if (v.type == TYPE_DATE) day = v.as.date;
  else if (v.type == TYPE_TIMESTAMP) day = zone_day(item->batch->site->zone, v.as.at.seconds);
  else return false;
  *reason = arena_printf(item->arena, "before start-date %.*s", STR_ARG(start));
  return day < from;
}

static bool same_content(const struct item *item, const struct ledger_entry *known) {
  str content = ledger_word(known, "content");
  return !content.len || str_eq(content, str_of(item->content));
}

static str known_since(const struct item *item, str name, const struct ledger_entry *known, const char *how) {
  bool reversed = str_eq(known->event, STR("reversed"));
  return arena_printf(item->arena, "%.*s %.*s on %.*s%s%s%.*s%s", STR_ARG(name), STR_ARG(known->event),
                      STR_ARG(str_sub(known->time, 0, 10)), how, reversed ? "; \"sluice resend " : "",
                      STR_ARG(reversed ? ledger_word(known, "key") : STR_NONE),
                      reversed ? "\" sends it again" : "");
}

/* What is booked already asks no question, whatever a rule says of it today. */
static enum fate fate_of_known(const struct item *item, const struct ledger_entry *known, str *reason) {
  str was = arena_printf(item->arena, "%.*s was", STR_ARG(item->key));
  if (!same_content(item, known)) {
    *reason = arena_printf(item->arena, "%.*s %.*s with other content on %.*s", STR_ARG(was),
                           STR_ARG(known->event), STR_ARG(str_sub(known->time, 0, 10)));
    return FATE_DIFFERS;
  }
  *reason = known_since(item, was, known, ledger_word(known, "content").len ? ", with the same content" : "");
  return FATE_SKIP;
}

enum fate item_fate(const struct item *item, str *reason) {
  struct batch *batch = item->batch;
  const struct ledger_entry *known = known_key(item);
  if (is_history(item, reason)) return FATE_SKIP;
  bool anew =
      known && str_eq(known->event, STR("reversed")) && !same_content(item, known); /* the corrected one */
  if (known && ledger_is_settled(known->event) && !anew) return fate_of_known(item, known, reason);
  *reason = item_file_message(item, RULE_HOLD, STR("a rule holds the file"));
  if (item->result.tally->file_held) return FATE_HOLD;
  bool strict = str_eq(site_setting(batch->site, batch->feed->name, "strict"), STR("yes"));
  *reason = STR("strict: the file has something that needs a look");
  return strict && item_wants_a_look(item) ? FATE_HOLD : FATE_RELEASE;
}

bool item_is_known(const struct item *item, str *reason) {
  const struct ledger_entry *known = ledger_by_id(item->batch->ledger, item->id);
  if (!known || !ledger_is_settled(known->event)) return false;
  *reason = known_since(item, STR("the same bytes were"), known, "");
  return true;
}
