/* fake/spapi/issues: what is said of the messages of a feed. */
#include "feed.h"

static const char *kept(struct issues *issues, const char *text) {
  return text ? arena_text(issues->arena, str_of(text)) : NULL;
}

static void add(struct issues *issues, bool is_error, const char *code, const char *attribute, str text) {
  struct issue *issue = ARENA_PUSH(issues->arena, issues->list, issues->count);
  *issue = (struct issue){ .message = issues->message, .is_error = is_error, .text = text.at };
  issue->code = kept(issues, code), issue->attribute = kept(issues, attribute);
  issue->name = kept(issues, issues->name), issue->item = kept(issues, issues->item);
  issue->sku = kept(issues, issues->sku);
  if (is_error) issues->bad = true;
  else issues->warned = true;
}

void issue_error(struct issues *issues, const char *code, const char *attribute, const char *format, ...) {
  va_list args;
  va_start(args, format);
  add(issues, true, code, attribute, arena_vprintf(issues->arena, format, args));
  va_end(args);
}

void issue_warning(struct issues *issues, const char *code, const char *attribute, const char *format, ...) {
  va_list args;
  va_start(args, format);
  add(issues, false, code, attribute, arena_vprintf(issues->arena, format, args));
  va_end(args);
}

void issue_about(struct issues *issues, const char *item, const json_t *of) {
  issues->item = item;
  issues->sku = json_string_value(json_object_get(json_object_get(of, "product"), "sellerSku"));
}

bool word_in(const char *list, const char *word) {
  str rest = str_of(list), one;
  while (str_split(&rest, ' ', &one))
    if (*word && str_eq(one, str_of(word))) return true;
  return false;
}
