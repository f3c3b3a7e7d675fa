/* model/date: days and stamps, read and written. */
#include "model/date.h"

enum { DAY_SECONDS = 86400, OFFSET_MOST = 14 * 60 };
enum part { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PARTS };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Years are counted from March 1, so that the leap day is the last one of its year; 400 of them always have
 * 146097 days, and 719468 days lie between 0000-03-01 and 1970-01-01. */
int32_t date_of(int year, int month, int day) {
  int64_t y = (int64_t)year - (month <= 2);
  int64_t era = floor_div(y, 400), year_of_era = y - era * 400;
  int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return (int32_t)(era * 146097 + day_of_era - 719468);
}

void date_parts(int32_t date, int *year, int *month, int *day) {
  int64_t days = (int64_t)date + 719468;
  int64_t era = floor_div(days, 146097), day_of_era = days - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month_from_march = (5 * day_of_year + 2) / 153;
  *day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  *month = (int)(month_from_march + (month_from_march < 10 ? 3 : -9));
  *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

bool date_is_real(int year, int month, int day) {
  static const char lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= lengths[month - 1] + (month == 2 && leap);
}

static bool parts_are_real(const int parts[PARTS]) {
  return date_is_real(parts[YEAR], parts[MONTH], parts[DAY]) && parts[HOUR] <= 23 && parts[MINUTE] <= 59 &&
         parts[SECOND] <= 59;
}

static int64_t wall_of(const int parts[PARTS]) {
  int64_t day = date_of(parts[YEAR], parts[MONTH], parts[DAY]);
  return day * DAY_SECONDS + parts[HOUR] * 3600 + parts[MINUTE] * 60 + parts[SECOND];
}

static void parts_of(int64_t wall, int parts[PARTS]) {
  int64_t day = floor_div(wall, DAY_SECONDS);
  int second = (int)(wall - day * DAY_SECONDS);
  date_parts((int32_t)day, &parts[YEAR], &parts[MONTH], &parts[DAY]);
  parts[HOUR] = second / 3600, parts[MINUTE] = second / 60 % 60, parts[SECOND] = second % 60;
}

/* --- pieces of text --- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void skip(str *rest, size_t count) { *rest = str_sub(*rest, count, rest->len); }

static bool take_char(str *rest, char c) {
  if (!rest->len || rest->at[0] != c) return false;
  skip(rest, 1);
  return true;
}

static bool take_digits(str *rest, size_t count, int *number) {
  int sum = 0;
  if (rest->len < count) return false;
  for (size_t i = 0; i < count; i++) {
    if (!is_digit(rest->at[i])) return false;
    sum = sum * 10 + (rest->at[i] - '0');
  }
  *number = sum;
  skip(rest, count);
  return true;
}

/* --- patterns --- */

static const str tokens[PARTS] = { { "YYYY", 4 }, { "MM", 2 }, { "DD", 2 },
                                   { "HH", 2 },   { "mm", 2 }, { "SS", 2 } };

/* Takes one token, or one character that stands for itself: then *part is PARTS. */
static char take_token(str *pattern, enum part *part) {
  char c = pattern->at[0];
  for (*part = YEAR; *part < PARTS; (*part)++)
    if (str_starts(*pattern, tokens[*part])) {
      skip(pattern, tokens[*part].len);
      return c;
    }
  skip(pattern, 1);
  return c;
}

static bool parse_parts(str text, str pattern, int parts[PARTS]) {
  while (pattern.len) {
    enum part part;
    char itself = take_token(&pattern, &part);
    if (part == PARTS ? !take_char(&text, itself) : !take_digits(&text, tokens[part].len, &parts[part]))
      return false;
  }
  return text.len == 0;
}

bool date_parse(str text, str pattern, int32_t *date) {
  int parts[PARTS] = { 0 };
  if (!pattern.len)
    return date_parse(text, STR("YYYY-MM-DD"), date) || date_parse(text, STR("YYYYMMDD"), date);
  if (!parse_parts(text, pattern, parts) || !parts_are_real(parts)) return false;
  *date = date_of(parts[YEAR], parts[MONTH], parts[DAY]);
  return true;
}

/* Each token at most once, the three of the day always; a lone Y, M, D, H, m or S is a slip of the pen. */
bool date_pattern_is_good(str pattern, bool with_time) {
  int seen[PARTS + 1] = { 0 };
  if (pattern.len > DATE_TEXT_MOST) return false;
  while (pattern.len) {
    enum part part;
    char itself = take_token(&pattern, &part);
    if (part == PARTS ? str_find(STR("YMDHmS"), itself) >= 0 : seen[part]++ > 0) return false;
  }
  bool has_time = seen[HOUR] || seen[MINUTE] || seen[SECOND];
  return seen[YEAR] && seen[MONTH] && seen[DAY] && (with_time || !has_time);
}

/* Writing stops at the end of the room: a pattern that passed date_pattern_is_good never gets there. */
static void put_char(char text[DATE_TEXT_MOST], size_t *len, char c) {
  if (*len < DATE_TEXT_MOST) text[(*len)++] = c;
}

static void put_number(char text[DATE_TEXT_MOST], size_t *len, int number, size_t digits) {
  char backwards[16];
  size_t count = 0;
  bool minus = number < 0;
  for (int64_t left = minus ? -(int64_t)number : number; left || count < digits; left /= 10)
    backwards[count++] = (char)('0' + left % 10);
  if (minus) put_char(text, len, '-');
  while (count) put_char(text, len, backwards[--count]);
}

static size_t format_parts(const int parts[PARTS], str pattern, char text[DATE_TEXT_MOST]) {
  size_t len = 0;
  while (pattern.len) {
    enum part part;
    char itself = take_token(&pattern, &part);
    if (part == PARTS) put_char(text, &len, itself);
    else put_number(text, &len, parts[part], tokens[part].len);
  }
  return len;
}

size_t date_format(int32_t date, str pattern, char text[DATE_TEXT_MOST]) {
  int parts[PARTS] = { 0 };
  date_parts(date, &parts[YEAR], &parts[MONTH], &parts[DAY]);
  return format_parts(parts, pattern, text);
}

size_t date_format_stamp(stamp at, char text[DATE_TEXT_MOST]) {
  int parts[PARTS], minutes = at.offset < 0 ? -at.offset : at.offset;
  parts_of(at.seconds + (int64_t)at.offset * 60, parts);
  size_t len = format_parts(parts, STR("YYYY-MM-DDTHH:mm:SS"), text);
  put_char(text, &len, at.offset < 0 ? '-' : '+');
  put_number(text, &len, minutes / 60, 2);
  put_char(text, &len, ':');
  put_number(text, &len, minutes % 60, 2);
  return len;
}

size_t date_format_wall(stamp at, const struct zone *zone, str pattern, char text[DATE_TEXT_MOST]) {
  int parts[PARTS];
  int32_t offset = zone ? zone_offset(zone, at.seconds) : at.offset * 60;
  parts_of(at.seconds + offset, parts);
  return format_parts(parts, pattern, text);
}

/* --- stamps --- */

/* 2026-11-03, 2026/11/03; or, with two digits first, 03.11.2026, 03/11/2026, 03-11-2026. */
static bool take_day(str *rest, enum date_order order, int parts[PARTS]) {
  bool year_first = rest->len > 4 && !is_digit(rest->at[4]);
  enum part first = year_first ? YEAR : order == DATE_DAY_FIRST ? DAY : MONTH;
  enum part second = first == MONTH ? DAY : MONTH;
  enum part third = year_first ? DAY : YEAR;
  if (rest->len < 10) return false;
  char mark = rest->at[year_first ? 4 : 2];
  if (str_find(year_first ? STR("-/") : STR("./-"), mark) < 0) return false;
  return take_digits(rest, tokens[first].len, &parts[first]) && take_char(rest, mark) &&
         take_digits(rest, tokens[second].len, &parts[second]) && take_char(rest, mark) &&
         take_digits(rest, tokens[third].len, &parts[third]);
}

bool date_needs_order(str text) {
  int parts[PARTS];
  text = str_trim(text);
  return text.len > 2 && !is_digit(text.at[2]) && take_day(&text, DATE_DAY_FIRST, parts);
}

/* HH:mm, HH:mm:SS, and a fraction of the second that is dropped. */
static bool take_clock(str *rest, int parts[PARTS]) {
  int ignored;
  if (!take_digits(rest, 2, &parts[HOUR]) || !take_char(rest, ':')) return false;
  if (!take_digits(rest, 2, &parts[MINUTE])) return false;
  if (!take_char(rest, ':')) return true;
  if (!take_digits(rest, 2, &parts[SECOND])) return false;
  if (!take_char(rest, '.') && !take_char(rest, ',')) return true;
  if (!take_digits(rest, 1, &ignored)) return false;
  while (take_digits(rest, 1, &ignored)) continue;
  return true;
}

/* The names that mean one thing in Amazon's files. CST, EST, IST mean several and are not here. */
static bool zone_by_word(str word, int32_t *offset) {
  static const struct {
    str name;
    int32_t hours;
  } words[] = { { { "Z", 1 }, 0 },    { { "UTC", 3 }, 0 }, { { "GMT", 3 }, 0 }, { { "PST", 3 }, -8 },
                { { "PDT", 3 }, -7 }, { { "MEZ", 3 }, 1 }, { { "CET", 3 }, 1 }, { { "MESZ", 4 }, 2 },
                { { "CEST", 4 }, 2 }, { { "BST", 3 }, 1 }, { { "JST", 3 }, 9 } };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(word, words[i].name)) {
      *offset = words[i].hours * 60;
      return true;
    }
  return false;
}

/* The whole of what follows the clock: a name, +01:00, +0100 or +01. */
static bool parse_offset(str rest, int32_t *offset) {
  int hours, minutes = 0;
  take_char(&rest, ' ');
  bool minus = str_starts(rest, STR("-"));
  if (!minus && !str_starts(rest, STR("+"))) return zone_by_word(rest, offset);
  skip(&rest, 1);
  if (!take_digits(&rest, 2, &hours)) return false;
  if (rest.len) {
    take_char(&rest, ':');
    if (!take_digits(&rest, 2, &minutes)) return false;
  }
  if (rest.len || minutes > 59 || hours * 60 + minutes > OFFSET_MOST) return false;
  *offset = minus ? -(hours * 60 + minutes) : hours * 60 + minutes;
  return true;
}

bool date_parse_stamp(str text, enum date_order order, const struct zone *zone, stamp *at) {
  int parts[PARTS] = { 0 };
  int32_t offset = 0;
  if (!take_day(&text, order, parts)) return false;
  if (text.len && ((!take_char(&text, 'T') && !take_char(&text, ' ')) || !take_clock(&text, parts)))
    return false;
  if (!parts_are_real(parts)) return false;
  if (text.len) {
    if (!parse_offset(text, &offset)) return false;
    *at = (stamp){ wall_of(parts) - (int64_t)offset * 60, offset };
    return true;
  }
  if (!zone) return false;
  int64_t seconds = zone_instant(zone, wall_of(parts));
  *at = (stamp){ seconds, zone_offset(zone, seconds) / 60 };
  return true;
}
