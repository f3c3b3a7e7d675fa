/* job/feed_format: a feed as `sluice explain` prints it. */
#include "job/feed.h"

static void format_when(const struct feed *feed, struct buf *text) {
  if (feed->when == WHEN_ASKED) buf_add(text, STR("  when       asked for by name\n"));
  if (feed->when == WHEN_EVERY)
    buf_printf(text, "  when       every %lld minutes\n", (long long)feed->every_minutes);
  if (feed->when != WHEN_NIGHTLY) return;
  buf_add(text, STR("  when       nightly"));
  for (size_t i = 0; i < feed->after_count; i++)
    buf_printf(text, "%s%.*s", i ? ", " : " after ", STR_ARG(feed->after[i]));
  buf_char(text, '\n');
}

static void format_extracts(const struct feed *feed, struct buf *text) {
  for (size_t i = 0; i < feed->extract_count; i++) {
    buf_printf(text, "  %s", i ? "or         " : "extract    ");
    feed_place_format(&feed->extracts[i], text);
    buf_char(text, '\n');
  }
  if (feed->window_days)
    buf_printf(text, "  window     %lld days, read again each time\n", (long long)feed->window_days);
  for (size_t i = 0; i < feed->supply_count; i++) {
    buf_printf(text, "  supply     %.*s from ", STR_ARG(feed->supplies[i].lookup));
    feed_place_format(&feed->supplies[i].from, text);
    if (feed->supplies[i].hours)
      buf_printf(text, ", not older than %lld hours", (long long)feed->supplies[i].hours);
    if (feed->supplies[i].or_none) buf_add(text, STR(", or none"));
    buf_char(text, '\n');
  }
}

static void format_key(const struct feed *feed, struct buf *text) {
  if (!feed->key_ast) return;
  buf_add(text, STR("  key        "));
  expr_format(feed->key_ast, text);
  if (feed->key_level)
    buf_printf(text, ", of each %.*s of %.*s", STR_ARG(feed->key_level->name), STR_ARG(feed->key_in->name));
  else buf_add(text, STR(", of the file"));
  buf_char(text, '\n');
}

static void format_load(const struct feed_load *load, struct buf *text) {
  buf_printf(text, "  load       %.*s to ", STR_ARG(load->name));
  feed_place_format(&load->to, text);
  if (load->per.len) buf_printf(text, " per %.*s", STR_ARG(load->per));
  if (load->at_most_records)
    buf_printf(text, ", at most %lld %.*s", (long long)load->at_most_records, STR_ARG(load->at_most_record));
  if (load->at_most_megabytes) buf_printf(text, ", at most %lld MB", (long long)load->at_most_megabytes);
  buf_char(text, '\n');
}

void feed_format(const struct feed *feed, struct buf *text) {
  buf_printf(text, "feed %.*s\n", STR_ARG(feed->name));
  format_extracts(feed, text);
  format_key(feed, text);
  for (size_t i = 0; i < feed->program_count; i++)
    buf_printf(text, "  transform  %.*s: %.*s to %.*s%s\n", STR_ARG(feed->programs[i]->name),
               STR_ARG(feed->programs[i]->from->name), STR_ARG(feed->programs[i]->into[0]->name),
               feed->programs[i]->into_count > 1 ? ", ..." : "");
  for (size_t i = 0; i < feed->load_count; i++) format_load(&feed->loads[i], text);
  if (feed->answer.len) buf_printf(text, "  answer     %.*s\n", STR_ARG(feed->answer));
  if (feed->full_weekly) buf_add(text, STR("  full       weekly\n"));
  format_when(feed, text);
}
