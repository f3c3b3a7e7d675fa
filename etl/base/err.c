/* base/err: what came of a call, and where it went wrong. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum outcome err_set(struct err *err, enum outcome outcome, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(err->text, sizeof err->text, format, args);
  va_end(args);
  return err->outcome = outcome;
}

enum outcome err_errno(struct err *err, const char *format, ...) {
  int number = errno;
  va_list args;
  va_start(args, format);
  int len = vsnprintf(err->text, sizeof err->text, format, args);
  va_end(args);
  if (len >= 0 && (size_t)len < sizeof err->text)
    snprintf(err->text + len, sizeof err->text - (size_t)len, ": %s", strerror(number));
  return err->outcome = OUT_SYSTEM;
}

enum outcome err_in_file(struct err *err, str file) {
  if (!err->file[0]) snprintf(err->file, sizeof err->file, "%.*s", STR_ARG(file));
  return err->outcome;
}

enum outcome err_at(struct err *err, uint64_t line, uint64_t column) {
  if (!err->line) err->line = line, err->column = column;
  return err->outcome;
}

enum outcome err_of_field(struct err *err, str record, str field) {
  if (!err->record[0]) snprintf(err->record, sizeof err->record, "%.*s", STR_ARG(record));
  if (!err->field[0]) snprintf(err->field, sizeof err->field, "%.*s", STR_ARG(field));
  return err->outcome;
}

size_t err_format(const struct err *err, char *text, size_t room) {
  char place[64] = "";
  if (err->line && err->column)
    snprintf(place, sizeof place, "%llu:%llu:", (unsigned long long)err->line,
             (unsigned long long)err->column);
  else if (err->line) snprintf(place, sizeof place, "%llu:", (unsigned long long)err->line);
  int len = snprintf(text, room, "%s%s%s%s%s%s%s", err->file, err->file[0] ? ":" : "", place,
                     err->file[0] || place[0] ? " " : "", err->field, err->field[0] ? ": " : "", err->text);
  if (len < 0 || room == 0) return 0;
  return (size_t)len < room ? (size_t)len : room - 1;
}
