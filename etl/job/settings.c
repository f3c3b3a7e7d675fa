/* job/settings: the settings of sluice.conf that the engine itself asks for. */
#include "job/settings.h"
#include "base/buf.h"
#include "model/date.h"

#include <string.h>

enum { NAME_MOST = 4096 };

const struct engine_setting engine_settings[] = {
  { "accounting-time-zone", "zone", NULL,
    "the books' time zone, as America/New_York: it decides the day and the period", true, false },
  { "fiscal-calendar", "text", "fiscal-calendar.csv", "the sheet of fiscal periods in transforms/lookups",
    false, false },
  { "fallback-charset", "windows-1252 | shift_jis", "windows-1252",
    "how a file is read that is not UTF-8 (shift_jis: Amazon.co.jp)", false, false },
  { "settle-seconds", "integer", "5", "a dropped file is taken when it has stood still for so long", false,
    false },
  { "keys", "text", NULL,
    "the folder of the archive's keys, outside of what is backed up with var/; without it the archive is not "
    "sealed",
    false, false },
  { "keep-years", "integer", "10", "files without personal columns are archived so long", false, false },
  { "keep-personal-days", "integer", "30", "files with personal columns are archived so long", false, true },
  { "strict", "boolean", "no", "stop at an appended column or a suspense line instead of showing it", false,
    false },
  { "ledger-mib", "integer", "8",
    "a ledger that has grown by so many MiB is folded, so that the next start need not read them", false,
    false },
  { "control", "text", NULL,
    "a folder elsewhere that keeps the last run's number, to notice a ledger restored from an older copy",
    false, false },
  { "sl-connection", "text", NULL,
    "how SL is reached by ODBC: a connection string without a password, or sandbox; without it by files only",
    false, false },
  { "sl-password", "text", NULL, "the file that holds the password of sl-connection, mode 600", false,
    false },
  { "sl-dialect", "sqlite | postgresql | tsql", NULL, "else by what the server says of itself", false,
    false },
  { "sandbox", "text", "var/sandbox/company.db", "the file of the company that \"sluice sandbox\" makes",
    false, false },
  { "amazon-credentials", "text", NULL,
    "the file with the keys of your Amazon application, mode 600; without it reports are dropped by hand",
    false, false },
  { "amazon-region", "text", NULL,
    "na, eu, fe; sandbox-na, sandbox-eu, sandbox-fe; or local: one to rehearse with, which needs no keys",
    false, false },
  { "amazon-marketplaces", "text", NULL, "countries (US, DE) or marketplace ids, by commas", false, false },
  { "amazon-ca-file", "text", NULL, "certificates to trust instead of the system's", false, false },
  { "amazon-proxy", "text", NULL, "http://HOST:PORT, when the way out leads over a proxy", false, false },
  { "amazon-patience", "integer", "20", "how many minutes a run waits for Amazon's reports and results",
    false, false },
  { "amazon-pace", "integer", "1000",
    "milliseconds before Amazon is asked a second time whether a report is ready; then twice that, up to a "
    "minute",
    false, false },
  { "amazon-queue", "text", NULL, "the address of the SQS queue that \"sluice watch\" reads", false, false },
  { "amazon-queue-arn", "text", NULL,
    "its name for \"sluice watch --setup\": arn:aws:sqs:REGION:ACCOUNT:NAME", false, false },
  { "report", "asked | scheduled", "asked",
    "scheduled: Amazon makes the feed's report by itself, as often as its `when` says, and it is found in "
    "the list",
    false, true },
  { "report-options", "NAME=VALUE, ..", NULL, "of a feed's report, as ShowSalesChannel=true", false, true },
  { "modified", "text", NULL,
    "60-30: orders that were modified 60 to 30 minutes ago, instead of all since the last look", false,
    true },
  { "workers", "integer", NULL, "how many workers read one file; else one for each processor", false, false },
  { "keep-acks", "integer", "30", "answers beside dropped files (NAME.ack) are removed after so many days",
    false, true },
  { "answer-within", "integer", "1440",
    "\"sluice status\" names a dropped file that has had no answer for so many minutes", false, true },
  { "confirm-days", "integer", "7",
    "\"sluice status\" names a released Transaction Import file that nobody has seen in SL after so many "
    "days",
    false, true },
  { "free-mb", "integer", "500", "\"sluice doctor\" says so when a disk has less than this left, in MB",
    false, false },
  { "night-starts", "HH:MM", "01:00", "when a night begins, by the clock of the books' time zone", false,
    false },
  { "night-feeds", "integer", NULL, "how many feeds a night runs side by side; else one for each processor",
    false, false },
  { "lock-wait", "integer", NULL,
    "how many seconds a run waits while another one has its feed; else 600 in a night, 0 by hand", false,
    false },
  { "sl-user", "text", "SLUICE", "what SL shows as the user who wrote a row, 10 characters at the most",
    false, false },
  { "start-date", "date", NULL, "older items are archived and never released", false, true },
  { "preview", "yes | no", "no",
    "of a listings feed of up to 500 messages: each is shown to Amazon first, and nothing is sent when one "
    "is refused",
    false, true },
  { "answer-hours", "integer", "24",
    "how long Amazon may take to work a feed before that is an alarm, and the next one no longer waits for "
    "it",
    false, true },
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

bool settings_clock(str text, int32_t *seconds) {
  int64_t hours, minutes;
  if (text.len != 5 || text.at[2] != ':' || text.at[0] == '-' || text.at[3] == '-') return false;
  if (!str_to_int(str_sub(text, 0, 2), &hours) || !str_to_int(str_sub(text, 3, 5), &minutes)) return false;
  *seconds = (int32_t)(hours * 3600 + minutes * 60);
  return hours < 24 && minutes < 60;
}

/* "ShowSalesChannel=true, .." */
static bool are_options(str text) {
  str one, name;
  while (str_split(&text, ',', &one)) {
    bool named = str_find(one, '=') >= 0 && str_split(&one, '=', &name);
    if (!named || !str_trim(name).len || !str_trim(one).len) return false;
  }
  return true;
}

static void check_text(struct library *library, const struct engine_setting *setting, str text,
                       struct place place) {
  struct complaints *wrong = library_wrong(library);
  struct type_spec type = { .size = -1 };
  const struct notation plain = { .decimal = DEC_PLAIN, .order = DATE_DAY_FIRST, .places_most = -1 };
  value parsed;
  const char *why;
  int32_t clock;
  if (strchr(setting->type, '|')) {
    if (!is_choice(setting->type, text))
      complain(wrong, place, "%s is %s: \"%.*s\" is neither; %s", setting->name, setting->type, STR_ARG(text),
               setting->help);
  } else if (strcmp(setting->type, "HH:MM") == 0) {
    if (!settings_clock(text, &clock))
      complain(wrong, place, "%s is a time of day, as 01:00: \"%.*s\" is none", setting->name, STR_ARG(text));
  } else if (strcmp(setting->type, "NAME=VALUE, ..") == 0) {
    if (!are_options(text))
      complain(wrong, place, "%s is NAME=VALUE, more of them by commas: \"%.*s\" is not", setting->name,
               STR_ARG(text));
  } else if (strcmp(setting->type, "zone") == 0) {
    struct zone *zone;
    struct err err = { 0 };
    if (zone_open(arena_text(library_arena(library), text), &zone, &err))
      complain(wrong, place, "%s", err.text);
    else zone_close(zone);
  } else if (type_by_name(str_of(setting->type), &type.type) &&
             !value_parse(text, &type, &plain, &parsed, &why))
    complain(wrong, place, "%s %s: %s is %s", setting->name, why, setting->name, setting->type);
  else if (strcmp(setting->type, "integer") == 0 && str_starts(text, STR("-")))
    complain(wrong, place, "%s is less than nothing: %.*s", setting->name, STR_ARG(text));
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
  if (feed.len) { /* asked for every file: nothing of it may stay */
    struct buf own = buf_new(NAME_MOST);
    buf_printf(&own, "%.*s.%s", STR_ARG(feed), name);
    bool stated = library_setting(library, buf_str(&own), &text, &place);
    buf_free(&own);
    if (stated) return text;
  }
  if (library_setting(library, str_of(name), &text, &place)) return text;
  return setting && setting->fallback ? str_of(setting->fallback) : STR_NONE;
}
