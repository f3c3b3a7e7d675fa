/* db/moment: dates of cells, "2026-11-03" or "2026-11-03T04:05:06". */
#include "db/moment.h"
#include "model/date.h"

static bool take_number(str *text, size_t digits, int *number) {
  if (text->len < digits) return false;
  *number = 0;
  for (size_t i = 0; i < digits; i++) {
    char c = text->at[i];
    if (c < '0' || c > '9') return false;
    *number = *number * 10 + (c - '0');
  }
  *text = str_sub(*text, digits, text->len);
  return true;
}

static bool take_mark(str *text, char mark) {
  if (!text->len || text->at[0] != mark) return false;
  *text = str_sub(*text, 1, text->len);
  return true;
}

static bool take_fraction(str *text) {
  int digit;
  if (!take_mark(text, '.')) return true;
  if (!take_number(text, 1, &digit)) return false;
  while (take_number(text, 1, &digit)) continue;
  return true;
}

static bool take_time(str *text, struct moment *at) {
  if (!take_number(text, 2, &at->hour) || !take_mark(text, ':') || !take_number(text, 2, &at->minute))
    return false;
  if (take_mark(text, ':') && (!take_number(text, 2, &at->second) || !take_fraction(text))) return false;
  return at->hour < 24 && at->minute < 60 && at->second < 60;
}

bool moment_parse(str text, struct moment *at) {
  *at = (struct moment){ 0 };
  if (!take_number(&text, 4, &at->year) || !take_mark(&text, '-') || !take_number(&text, 2, &at->month) ||
      !take_mark(&text, '-') || !take_number(&text, 2, &at->day))
    return false;
  if (!date_is_real(at->year, at->month, at->day)) return false;
  if (!text.len) return true;
  if (!take_mark(&text, 'T') && !take_mark(&text, ' ')) return false;
  return take_time(&text, at) && !text.len;
}

bool moment_fits(struct moment at) {
  int day = at.month * 100 + at.day;
  return at.year >= 1900 && (at.year < 2079 || (at.year == 2079 && day <= 606));
}

static char *put_number(char *to, int number, int digits, char behind) {
  for (int i = digits - 1; i >= 0; i--, number /= 10) to[i] = (char)('0' + number % 10);
  to[digits] = behind;
  return to + digits + 1;
}

void moment_format(struct moment at, char between, char text[MOMENT_TEXT]) {
  text = put_number(text, at.year, 4, '-');
  text = put_number(text, at.month, 2, '-');
  text = put_number(text, at.day, 2, between);
  text = put_number(text, at.hour, 2, ':');
  text = put_number(text, at.minute, 2, ':');
  put_number(text, at.second, 2, '\0');
}
