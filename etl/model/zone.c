/* model/zone: time zones, read from the system's database.
 *
 * A zone is a list of changes, each with the offset that holds from it on, and
 * after the last of them a yearly rule. Both come from a TZif file (RFC 8536):
 *
 *   header, block with 32-bit times      skipped: they end in 2038
 *   header, block with 64-bit times      times, types of the changes, the types themselves
 *   "\n" PST8PDT,M3.2.0,M11.1.0 "\n"     the rule, as POSIX writes TZ
 */
#include "base/memory.h"
#include "model/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_SECONDS = 86400, FILE_MOST = 256 * 1024, NAME_MOST = 128, HEADER_SIZE = 44 };

struct change {
  int64_t at;
  int32_t offset; /* from then on; seconds east of UTC */
};

/* A day of the year and the wall clock time, in the offset before it, at which the clocks are turned. */
struct turn {
  enum { BY_WEEKDAY, BY_DAY_WITHOUT_LEAP, BY_DAY } kind;
  int month, week, day; /* weekday 0 = Sunday, week 5 = the last; or only the day */
  int32_t seconds;
};

struct rule {
  bool is_known, has_summer;
  int32_t standard, summer;
  struct turn start, end; /* of summer time */
};

struct zone {
  char name[NAME_MOST];
  int32_t first; /* the offset before the first change */
  size_t count;
  struct change *changes;
  struct rule rule;
};

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* --- the yearly rule --- */

static bool take_char(str *rest, char c) {
  if (!rest->len || rest->at[0] != c) return false;
  *rest = str_sub(*rest, 1, rest->len);
  return true;
}

static bool take_number(str *rest, int least, int most, int *number) {
  size_t i = 0;
  int sum = 0;
  for (; i < rest->len && i < 3 && rest->at[i] >= '0' && rest->at[i] <= '9'; i++)
    sum = sum * 10 + (rest->at[i] - '0');
  *rest = str_sub(*rest, i, rest->len);
  *number = sum;
  return i > 0 && sum >= least && sum <= most;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(str *rest, int hours_most, int32_t *seconds) {
  int hours, minutes = 0, rest_of_minute = 0;
  bool minus = take_char(rest, '-');
  if (!minus) take_char(rest, '+');
  if (!take_number(rest, 0, hours_most, &hours)) return false;
  if (take_char(rest, ':')) {
    if (!take_number(rest, 0, 59, &minutes)) return false;
    if (take_char(rest, ':') && !take_number(rest, 0, 59, &rest_of_minute)) return false;
  }
  *seconds = (minus ? -1 : 1) * (hours * 3600 + minutes * 60 + rest_of_minute);
  return true;
}

/* PST or <+0530> */
static bool take_name(str *rest) {
  size_t i = 0;
  if (take_char(rest, '<')) {
    ptrdiff_t close = str_find(*rest, '>');
    if (close < 0) return false;
    *rest = str_sub(*rest, (size_t)close + 1, rest->len);
    return close >= 3;
  }
  while (i < rest->len && ((rest->at[i] | 32) >= 'a' && (rest->at[i] | 32) <= 'z')) i++;
  *rest = str_sub(*rest, i, rest->len);
  return i >= 3;
}

/* ,M3.2.0/2 or ,J60 or ,59/1:30; two o'clock when no time is given. */
static bool take_turn(str *rest, struct turn *turn) {
  *turn = (struct turn){ .kind = BY_DAY, .seconds = 2 * 3600 };
  if (!take_char(rest, ',')) return false;
  if (take_char(rest, 'M')) {
    turn->kind = BY_WEEKDAY;
    if (!take_number(rest, 1, 12, &turn->month) || !take_char(rest, '.') ||
        !take_number(rest, 1, 5, &turn->week) || !take_char(rest, '.') ||
        !take_number(rest, 0, 6, &turn->day))
      return false;
  } else if (take_char(rest, 'J')) {
    turn->kind = BY_DAY_WITHOUT_LEAP;
    if (!take_number(rest, 1, 365, &turn->day)) return false;
  } else if (!take_number(rest, 0, 365, &turn->day)) return false;
  /* RFC 8536, 3.3.1: the time may be as far away as a week. */
  return !take_char(rest, '/') || take_time(rest, 167, &turn->seconds);
}

static bool rule_parse(str text, struct rule *rule) {
  int32_t west; /* POSIX counts the other way round */
  *rule = (struct rule){ .is_known = true };
  if (!take_name(&text) || !take_time(&text, 24, &west)) return false;
  rule->standard = -west;
  if (!text.len) return true;
  rule->has_summer = true;
  rule->summer = rule->standard + 3600;
  if (!take_name(&text)) return false;
  if (text.len && text.at[0] != ',') {
    if (!take_time(&text, 24, &west)) return false;
    rule->summer = -west;
  }
  return take_turn(&text, &rule->start) && take_turn(&text, &rule->end) && !text.len;
}

static int32_t turn_day(const struct turn *turn, int year) {
  int32_t new_year = date_of(year, 1, 1);
  if (turn->kind == BY_DAY) return new_year + turn->day;
  if (turn->kind == BY_DAY_WITHOUT_LEAP) /* March 1 is day 60 in every year */
    return turn->day < 60 ? new_year + turn->day - 1 : date_of(year, 3, 1) + turn->day - 60;

  int32_t first = date_of(year, turn->month, 1);
  int32_t next_month = turn->month == 12 ? date_of(year + 1, 1, 1) : date_of(year, turn->month + 1, 1);
  int32_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
  int32_t day = first + (turn->day - weekday + 7) % 7 + (turn->week - 1) * 7;
  return day < next_month ? day : day - 7;
}

static int64_t turn_instant(const struct turn *turn, int year, int32_t offset_before) {
  return (int64_t)turn_day(turn, year) * DAY_SECONDS + turn->seconds - offset_before;
}

struct answer {
  int32_t offset;
  int64_t since, until;
};

static void weigh(struct answer *answer, int64_t seconds, int64_t at, int32_t offset) {
  if (at <= seconds && at >= answer->since) answer->since = at, answer->offset = offset;
  if (at > seconds && at < answer->until) answer->until = at;
}

/* Years before and after count too: a time of "-1" or "+167" hours can carry a change over New Year. Where
 * the end of one summer is the start of the next (summer all year), the start is weighed last and wins. */
static int32_t rule_offset(const struct rule *rule, int64_t seconds, int64_t *until) {
  struct answer answer = { rule->standard, INT64_MIN, INT64_MAX };
  int year, month, day;
  date_parts((int32_t)floor_div(seconds + rule->standard, DAY_SECONDS), &year, &month, &day);
  for (int y = year - 1; rule->has_summer && y <= year + 1; y++) {
    weigh(&answer, seconds, turn_instant(&rule->end, y, rule->summer), rule->standard);
    weigh(&answer, seconds, turn_instant(&rule->start, y, rule->standard), rule->summer);
  }
  *until = answer.until;
  return answer.offset;
}

/* --- instants --- */

/* The books' years are 1 to 9999. Instants far outside are moved to the edge, so that no sum overflows. */
static int64_t within_reach(int64_t seconds) {
  const int64_t most = 400000000000;
  return seconds > most ? most : seconds < -most ? -most : seconds;
}

/* The offset at an instant, and the next instant at which it may be another. */
static int32_t offset_at(const struct zone *zone, int64_t seconds, int64_t *until) {
  size_t low = 0, high = zone->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (zone->changes[middle].at <= seconds) low = middle + 1;
    else high = middle;
  }
  if (low == zone->count && zone->rule.is_known) return rule_offset(&zone->rule, seconds, until);
  *until = low < zone->count ? zone->changes[low].at : INT64_MAX;
  return low ? zone->changes[low - 1].offset : zone->first;
}

int32_t zone_offset(const struct zone *zone, int64_t seconds) {
  int64_t until;
  return offset_at(zone, within_reach(seconds), &until);
}

int32_t zone_day(const struct zone *zone, int64_t seconds) {
  return (int32_t)floor_div(within_reach(seconds) + zone_offset(zone, seconds), DAY_SECONDS);
}

/* The first instant at which the local clock shows `wall` or more: in a doubled hour that is the earlier
 * one, in a skipped hour it is the change itself. The walk starts where no offset can have reached it. */
int64_t zone_instant(const struct zone *zone, int64_t wall) {
  wall = within_reach(wall);
  int64_t from = wall - 2 * DAY_SECONDS, until;
  for (;; from = until) {
    int64_t at = wall - offset_at(zone, from, &until);
    if (at < until) return at > from ? at : from;
  }
}

/* --- the file --- */

struct counts {
  uint64_t utc_marks, standard_marks, leaps, times, types, name_bytes;
};

static uint64_t big_endian(const char *at, size_t bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i < bytes; i++) sum = sum << 8 | (unsigned char)at[i];
  return sum;
}

static int32_t signed_32(const char *at) {
  uint64_t bits = big_endian(at, 4);
  return (int32_t)((int64_t)bits - (bits >> 31 ? (int64_t)1 << 32 : 0));
}

/* Takes `size` bytes; false when the file ends before. */
static bool take(str *file, uint64_t size, str *piece) {
  if (file->len < size) return false;
  *piece = str_sub(*file, 0, (size_t)size);
  *file = str_sub(*file, (size_t)size, file->len);
  return true;
}

static bool take_header(str *file, struct counts *counts) {
  str header;
  if (!take(file, HEADER_SIZE, &header) || !str_starts(header, STR("TZif"))) return false;
  uint64_t *const fields[] = { &counts->utc_marks, &counts->standard_marks, &counts->leaps,
                               &counts->times,     &counts->types,          &counts->name_bytes };
  for (size_t i = 0; i < 6; i++) *fields[i] = big_endian(header.at + 20 + 4 * i, 4);
  return header.at[4] >= '2';
}

/* Offsets beyond what RFC 8536, 3.2 allows would let local days run apart from UTC's by more than one. */
static bool offset_of_type(str types, size_t index, int32_t *offset) {
  if (index >= types.len / 6) return false;
  *offset = signed_32(types.at + index * 6);
  return *offset > -25 * 3600 && *offset < 26 * 3600;
}

static bool read_changes(str times, str indexes, str types, struct zone *zone) {
  zone->count = indexes.len;
  zone->changes = mem_alloc(zone->count * sizeof *zone->changes);
  for (size_t i = 0; i < zone->count; i++) {
    struct change *change = &zone->changes[i];
    uint64_t bits = big_endian(times.at + i * 8, 8);
    memcpy(&change->at, &bits, sizeof bits);
    if (i && change->at <= change[-1].at) return false;
    if (!offset_of_type(types, (unsigned char)indexes.at[i], &change->offset)) return false;
  }
  return offset_of_type(types, 0, &zone->first);
}

static bool read_zone(str file, struct zone *zone) {
  struct counts old, counts;
  str skipped, times, indexes, types;
  if (!take_header(&file, &old) || !take(&file,
                                         old.times * 5 + old.types * 6 + old.name_bytes + old.leaps * 8 +
                                             old.standard_marks + old.utc_marks,
                                         &skipped))
    return false;
  if (!take_header(&file, &counts) || counts.leaps) return false; /* our seconds have no leap seconds */
  if (!take(&file, counts.times * 8, &times) || !take(&file, counts.times, &indexes) ||
      !take(&file, counts.types * 6, &types) ||
      !take(&file, counts.name_bytes + counts.standard_marks + counts.utc_marks, &skipped))
    return false;
  if (file.len < 2 || !take_char(&file, '\n') || file.at[file.len - 1] != '\n') return false;
  file = str_sub(file, 0, file.len - 1);
  return read_changes(times, indexes, types, zone) && (!file.len || rule_parse(file, &zone->rule));
}

/* --- opening --- */

/* A name is a path below the database: nothing in it may lead out. */
static bool is_zone_name(str name) {
  if (!name.len || name.len >= NAME_MOST || name.at[0] == '/') return false;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.at[i];
    bool letter = ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9');
    if (!letter && str_find(STR("/_+-."), c) < 0) return false;
    if (c == '.' && i + 1 < name.len && name.at[i + 1] == '.') return false;
  }
  return true;
}

/* False when there is no such file; what is no plain file reads as an empty one. */
static bool read_file(const char *name, char *bytes, size_t *len) {
  char path[1024];
  const char *folder = getenv("TZDIR");
  int length = snprintf(path, sizeof path, "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo", name);
  if (length < 0 || (size_t)length >= sizeof path) return false;
  FILE *file = fopen(path, "rb");
  if (!file) return false;
  *len = fread(bytes, 1, FILE_MOST, file);
  fclose(file);
  return true;
}

static enum outcome open_file(const char *name, struct zone *zone, struct err *err) {
  char *bytes = mem_alloc(FILE_MOST);
  size_t len = 0;
  enum outcome outcome = OUT_OK;
  if (!is_zone_name(str_of(name)) || !read_file(name, bytes, &len) ||
      !str_starts((str){ bytes, len }, STR("TZif")))
    outcome = err_set(err, OUT_SPEC,
                      "no time zone \"%.80s\"; the names are those of the tz database, such as "
                      "America/Los_Angeles",
                      name);
  else if (!read_zone((str){ bytes, len }, zone))
    outcome = err_set(err, OUT_SYSTEM, "the system's file of the time zone %s is damaged or too old", name);
  mem_free(bytes);
  return outcome;
}

enum outcome zone_open(const char *name, struct zone **zone, struct err *err) {
  struct zone *fresh = mem_alloc(sizeof *fresh);
  enum outcome outcome = strcmp(name, "UTC") == 0 ? OUT_OK : open_file(name, fresh, err);
  if (outcome) {
    zone_close(fresh);
    return outcome;
  }
  snprintf(fresh->name, sizeof fresh->name, "%s", name);
  *zone = fresh;
  return OUT_OK;
}

const char *zone_name(const struct zone *zone) { return zone->name; }

void zone_close(struct zone *zone) {
  if (!zone) return;
  mem_free(zone->changes);
  mem_free(zone);
}
