/* extract/ti_log: which lines of a data file Transaction Import refused, by its log. */
#include "extract/ti_log.h"
#include "base/buf.h"

enum {
  MESSAGE_LINE = 8004,
  MESSAGE_COMMENT = 8021,
  MESSAGE_END = 8055,
  /* digits of a line number that is still one */
  DIGITS_MOST = 12
};

struct group {
  struct arena *arena;
  struct ti_log *log;
  uint64_t line; /* 0: not named yet */
  struct buf said;
  bool comment, other;
};

/* What follows `word` in `text`; false: it is not there. */
static bool after(str text, str word, str *rest) {
  for (size_t i = 0; i + word.len <= text.len; i++)
    if (str_starts(str_sub(text, i, text.len), word)) {
      *rest = str_sub(text, i + word.len, text.len);
      return true;
    }
  return false;
}

static bool take_number(str *rest, uint64_t *number) {
  size_t digits = 0;
  *number = 0;
  *rest = str_trim(*rest);
  while (digits < rest->len && digits < DIGITS_MOST && rest->at[digits] >= '0' && rest->at[digits] <= '9')
    *number = *number * 10 + (uint64_t)(rest->at[digits++] - '0');
  *rest = str_sub(*rest, digits, rest->len);
  return digits > 0;
}

/* "Item not found, please reenter. Control: cinvtid" of what is longer. */
static str without_values(str text) {
  static const char *const ends[] = { " Key Value:", " Value:", " Column ", "=====" };
  str rest;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (after(text, str_of(ends[i]), &rest))
      text = str_sub(text, 0, (size_t)(rest.at - text.at) - str_of(ends[i]).len);
  return str_trim(text);
}

static void say(struct group *group, uint64_t number, str text) {
  buf_printf(&group->said, "%s%llu ", group->said.len ? "; " : "", (unsigned long long)number);
  for (size_t i = 0; i < text.len; i++)
    buf_char(&group->said, text.at[i] < ' ' || text.at[i] > '~' ? '?' : text.at[i]);
}

static void end_group(struct group *group) {
  if (group->line)
    *ARENA_PUSH(group->arena, group->log->refusals, group->log->count) =
        (struct ti_refusal){ group->line, arena_str(group->arena, buf_str(&group->said)),
                             group->comment && !group->other };
  group->line = 0;
  group->comment = group->other = false;
  buf_clear(&group->said);
}

static void take_line_number(struct group *group, str rest) {
  uint64_t line;
  str number;
  if (!after(rest, STR("Line Number:"), &number) || !take_number(&number, &line) || !line) return;
  if (group->line && group->line != line) end_group(group);
  group->line = line;
}

static void take_message(struct group *group, str rest) {
  uint64_t number;
  if (!take_number(&rest, &number)) {
    group->log->other++;
    return;
  }
  group->log->messages++;
  if (rest.len && rest.at[0] == ':') rest = str_sub(rest, 1, rest.len);
  if (number == MESSAGE_LINE) {
    take_line_number(group, rest);
    return;
  }
  if (number == MESSAGE_COMMENT) group->comment = true;
  else group->other = true;
  if (number == MESSAGE_END) end_group(group);
  else say(group, number, without_values(rest));
}

enum outcome ti_log_read(str text, struct arena *arena, struct ti_log *log, struct err *err) {
  struct group group = { .arena = arena, .log = log, .said = buf_new(TI_LOG_SAID_MOST) };
  enum outcome out = OUT_OK;
  uint64_t at = 0;
  str line, rest;
  *log = (struct ti_log){ 0 };
  while (!out && str_split(&text, '\n', &line)) {
    at++;
    if (str_find(line, '\0') >= 0) {
      err_set(err, OUT_DATA, "no log of Transaction Import: it holds a NUL byte");
      out = err_at(err, at, (uint64_t)str_find(line, '\0') + 1);
    } else if (after(line, STR("System Message "), &rest)) take_message(&group, rest);
    else if (str_trim(line).len) log->other++;
  }
  if (!out) end_group(&group);
  buf_free(&group.said);
  return out;
}
