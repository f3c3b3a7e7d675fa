/* report/night: what a night did, feed by feed, in the order in which they were to run. */
#include "report/night.h"
#include "report/page.h"
#include "report/summary.h"

void night_row_text(const struct night_row *row, struct buf *text) {
  struct page page = page_of(text);
  page_safe(&page, row->feed);
  buf_add(text, STR(" ("));
  page_safe(&page, row->why);
  if (row->note.len) buf_add(text, STR("; "));
  page_safe(&page, row->note);
  buf_printf(text, "): %.*s", STR_ARG(row->meaning));
  if (row->seconds >= 60) buf_printf(text, ", after %lld min", (long long)row->seconds / 60);
  page_end(&page);
  buf_add(text, row->account);
}

static bool is_first(const struct night_row *rows, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (rows[i].code == rows[at].code) return false;
  return true;
}

void night_end_text(const struct night_row *rows, size_t count, str day, bool dry_run, struct buf *text) {
  size_t feeds = 0;
  for (size_t i = 0; i < count; i++) feeds += !rows[i].couriers;
  buf_printf(text, "the night of %.*s%s: %zu feed%s%s", STR_ARG(day), dry_run ? ", rehearsed" : "", feeds,
             feeds == 1 ? "" : "s", feeds < count ? " and their couriers" : "");
  for (size_t i = 0; i < count; i++) {
    size_t same = 0;
    for (size_t j = i; j < count; j++) same += rows[j].code == rows[i].code;
    if (is_first(rows, i)) buf_printf(text, ", %zu %.*s", same, STR_ARG(rows[i].meaning));
  }
  buf_char(text, '\n');
}

/* A run that was killed has no account, or half of one. */
static str account_json(const struct night_row *row) {
  str account = str_trim(row->account);
  return str_starts(account, STR("[")) && str_ends(account, STR("]")) ? account : STR("[]");
}

static void member(struct buf *text, const char *name, str content) {
  buf_printf(text, ", \"%s\": ", name);
  json_text(text, content);
}

void night_json(const struct night_row *rows, size_t count, str day, int code, str next, str next_time,
                struct buf *text) {
  buf_add(text, STR("{\"night\": "));
  json_text(text, day);
  buf_printf(text, ", \"exit\": %d", code);
  if (next.len) {
    member(text, "next-feed", next);
    member(text, "next-time", next_time);
  }
  buf_add(text, STR(", \"feeds\": ["));
  for (size_t i = 0; i < count; i++) {
    const struct night_row *row = &rows[i];
    buf_add(text, i ? STR(",\n {\"feed\": ") : STR("\n {\"feed\": "));
    json_text(text, row->feed);
    member(text, "why", row->why);
    member(text, "note", row->note);
    buf_printf(text, ", \"ran\": %s, \"exit\": %d", row->ran ? "true" : "false", row->code);
    member(text, "meaning", row->meaning);
    buf_printf(text, ", \"seconds\": %lld", (long long)row->seconds);
    member(text, "messages", row->messages);
    buf_printf(text, ", \"files\": %.*s}", STR_ARG(account_json(row)));
  }
  buf_add(text, count ? STR("\n]}\n") : STR("]}\n"));
}
