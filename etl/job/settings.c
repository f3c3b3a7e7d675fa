/* job/settings: the settings of sluice.conf that the engine itself asks for. */
#include "job/settings.h"
#include "model/date.h"

#include <string.h>

const struct engine_setting engine_settings[] = {
  { "accounting-time-zone", "zone", NULL,
    "the books' time zone, as America/New_York: it decides the day and the period", true, false },
  { "fiscal-calendar", "text", "fiscal-calendar.csv", "the sheet of fiscal periods in transforms/lookups",
    false, false },
  { "fallback-charset", "windows-1252 | shift_jis", "windows-1252",
    "how a file is read that is not UTF-8 (shift_jis: Amazon.co.jp)", false, false },
  { "settle-seconds", "integer", "5", "a dropped file is taken when it has stood still for so long", false,
    false },
  { "strict", "boolean", "no", "stop at an appended column or a suspense line instead of showing it", false,
    false },
  { "ledger-mib", "integer", "8",
    "a ledger that has grown by so many MiB is folded, so that the next start need not read them", false,
    false },
  { "workers", "integer", NULL, "how many workers read one file; else one for each processor", false, false },
  { "start-date", "date", NULL, "older items are archived and never released", false, true },
  { "release", "hold | auto", "hold",
    "hold: what is new waits for a yes; auto: it is released when its proofs hold", false, true },
};
const size_t engine_setting_count = sizeof engine_settings / sizeof *engine_settings;

static const struct engine_setting *setting_by_name(const char *name) {
  for (size_t i = 0; i < engine_setting_count; i++)
    if (strcmp(engine_settings[i].name, name) == 0) return &engine_settings[i];
  return NULL;
}

static bool is_choice(const char *choices, str text) {
  str rest = str_of(choices), piece;
  while (str_split(&rest, '|', &piece))
    if (str_eq(str_trim(piece), text)) return true;
  return false;
}

static void check_text(struct library *library, const struct engine_setting *setting, str text,
                       struct place place) {
  struct complaints *wrong = library_wrong(library);
  struct type_spec type = { .size = -1 };
  const struct notation plain = { .decimal = DEC_PLAIN, .order = DATE_DAY_FIRST, .places_most = -1 };
  value parsed;
  const char *why;
  if (strchr(setting->type, '|')) {
    if (!is_choice(setting->type, text))
      complain(wrong, place, "%s is %s: \"%.*s\" is neither; %s", setting->name, setting->type, STR_ARG(text),
               setting->help);
  } else if (strcmp(setting->type, "zone") == 0) {
    struct zone *zone;
    struct err err = { 0 };
    if (zone_open(arena_text(library_arena(library), text), &zone, &err))
      complain(wrong, place, "%s", err.text);
    else zone_close(zone);
  } else if (type_by_name(str_of(setting->type), &type.type) &&
             !value_parse(text, &type, &plain, &parsed, &why))
    complain(wrong, place, "%s %s: %s is %s", setting->name, why, setting->name, setting->type);
}

void settings_check(struct library *library) {
  str *feeds, text;
  size_t feed_count;
  struct place place;
  library_names(library, "feeds", ".feed", &feeds, &feed_count);
  for (size_t i = 0; i < engine_setting_count; i++) {
    const struct engine_setting *setting = &engine_settings[i];
    if (library_setting(library, str_of(setting->name), &text, &place))
      check_text(library, setting, text, place);
    else if (setting->required && library_has_conf(library))
      complain(library_wrong(library), (struct place){ NULL, 0 }, "sluice.conf has no %s: %s", setting->name,
               setting->help);
    for (size_t j = 0; setting->of_feed && j < feed_count; j++) {
      str name = arena_printf(library_arena(library), "%.*s.%s", STR_ARG(feeds[j]), setting->name);
      if (library_setting(library, name, &text, &place)) check_text(library, setting, text, place);
    }
  }
}

str settings_text(struct library *library, str feed, const char *name) {
  str text;
  struct place place;
  const struct engine_setting *setting = setting_by_name(name);
  if (feed.len) {
    str own = arena_printf(library_arena(library), "%.*s.%s", STR_ARG(feed), name);
    if (library_setting(library, own, &text, &place)) return text;
  }
  if (library_setting(library, str_of(name), &text, &place)) return text;
  return setting && setting->fallback ? str_of(setting->fallback) : STR_NONE;
}
