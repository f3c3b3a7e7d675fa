/* job/naming: names of outputs: as a person types them, and those of a second release or a reversal. */
#include "job/naming.h"

#include <string.h>

enum { NUMBER_MOST = 1000 };

str naming_below(const char *site, const char *path) {
  size_t len = strlen(site);
  bool below = strncmp(path, site, len) == 0 && path[len] == '/';
  return str_of(below ? path + len + 1 : path);
}

static size_t base_at(str name) {
  size_t at = name.len;
  while (at && name.at[at - 1] != '/') at--;
  return at;
}

str naming_released(struct arena *arena, str typed) {
  static const char *const folders[] = { "/imported/", "/sent/", "/failed/" };
  while (str_starts(typed, STR("./"))) typed = str_sub(typed, 2, typed.len);
  str above = str_sub(typed, 0, base_at(typed));
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (str_ends(above, str_of(folders[i])))
      return arena_printf(arena, "%.*s/%.*s", STR_ARG(str_sub(above, 0, above.len - strlen(folders[i]))),
                          STR_ARG(str_sub(typed, above.len, typed.len)));
  return typed;
}

/* Before the ending: .txt, or .tar.gz as a whole. */
static str with(struct arena *arena, str name, str added) {
  size_t dot = base_at(name) + 1;
  while (dot < name.len && name.at[dot] != '.') dot++;
  return arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(str_sub(name, 0, dot)), STR_ARG(added),
                      STR_ARG(str_sub(name, dot, name.len)));
}

str naming_reversal(struct arena *arena, str name) { return with(arena, name, STR("-reversal")); }

static bool was_released(struct ledger *ledger, str name) {
  const struct ledger_entry *entry = ledger_by_output(ledger, name);
  return entry && !str_eq(entry->event, STR("ready"));
}

static bool is_same(const struct ledger_entry *entry, struct naming_item item) {
  if (!entry || !str_eq(entry->feed, item.feed)) return false;
  return str_eq(ledger_word(entry, "id"), item.id) ||
         (item.key.len && str_eq(ledger_word(entry, "key"), item.key));
}

str naming_again(struct ledger *ledger, struct arena *arena, struct naming_item item, str name) {
  str each = name;
  if (!is_same(ledger_by_output(ledger, name), item)) return name;
  for (int n = 2; was_released(ledger, each) && n < NUMBER_MOST; n++)
    each = with(arena, name, arena_printf(arena, "-%d", n));
  return each;
}

bool naming_is_but_k(str name, str other, const char *ending) {
  return str_ends(name, str_of(ending)) && str_ends(other, str_of(ending)) &&
         str_eq(str_sub(name, 0, base_at(name)), str_sub(other, 0, base_at(other)));
}

bool naming_is_of(struct arena *arena, str name, str plain) {
  if (str_eq(name, plain)) return true;
  for (int n = 2; n < NUMBER_MOST; n++)
    if (str_eq(name, with(arena, plain, arena_printf(arena, "-%d", n)))) return true;
  return false;
}
