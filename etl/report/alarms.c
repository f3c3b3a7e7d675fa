/* report/alarms: dropped files that have had no answer for too long. */
#include "report/alarms.h"
#include "report/page.h"
#include "report/summary.h"

static str age_text(struct arena *arena, int64_t seconds) {
  static const struct {
    int64_t most, each;
    const char *unit;
  } steps[] = { { 7200, 60, "min" }, { 172800, 3600, "h" }, { INT64_MAX, 86400, "days" } };
  size_t i = 0;
  while (seconds >= steps[i].most) i++;
  return arena_printf(arena, "%lld %s", (long long)(seconds / steps[i].each), steps[i].unit);
}

void alarms_text(const struct alarm *alarms, size_t count, struct buf *text) {
  static const size_t indent = 9;
  struct arena *arena = arena_new();
  struct page page = page_of(text);
  if (count) buf_printf(text, "ALARM: %zu file%s had no answer\n\n", count, count == 1 ? " has" : "s have");
  page.start = text->len;
  for (size_t i = 0; i < count && i < ALARMS_SHOWN; i++) {
    const struct alarm *alarm = &alarms[i];
    page_to(&page, 2);
    page_safe(&page, alarm->feed);
    buf_add(text, STR("  "));
    page_safe(&page, alarm->place);
    buf_add(text, STR("  "));
    page_wrapf(&page, indent, "for %.*s: %.*s", STR_ARG(age_text(arena, alarm->age)), STR_ARG(alarm->what));
    page_end(&page);
  }
  if (count > ALARMS_SHOWN) buf_printf(text, "  and %zu more\n", count - ALARMS_SHOWN);
  arena_free(arena);
}

static void member(struct buf *text, const char *name, str content) {
  buf_printf(text, ", \"%s\": ", name);
  json_text(text, content);
}

void alarms_json(const struct alarm *alarms, size_t count, struct buf *text) {
  buf_char(text, '[');
  for (size_t i = 0; i < count; i++) {
    buf_printf(text, "%s\n  {\"feed\": ", i ? "," : "");
    json_text(text, alarms[i].feed);
    member(text, "file", alarms[i].file);
    member(text, "place", alarms[i].place);
    buf_printf(text, ", \"age-seconds\": %lld", (long long)alarms[i].age);
    member(text, "what", alarms[i].what);
    buf_char(text, '}');
  }
  buf_add(text, count ? STR("\n]") : STR("]"));
}
