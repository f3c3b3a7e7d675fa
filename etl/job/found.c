/* job/found: files in hold or reject whose run died before it said so: their entries are written now. */
#include "io/digest.h"
#include "io/file.h"
#include "io/in.h"
#include "job/batch_internal.h"
#include "job/items.h"
#include "job/naming.h"

enum { WHY_MOST = 16 << 20 };

struct search {
  struct batch *batch;
  struct arena *arena; /* the site's */
};

static bool is_one_of(str text, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(text, str_of(words[i]))) return true;
  return false;
}

/* A held file may have been judged, and have left, before it came again; a rejected one is kept for ever, and
 * what became of later copies says nothing of it. */
static bool is_told(const struct search *search, const char *event, str id) {
  static const char *const left[] = { "returned", "rejected" };
  struct item_state item;
  if (!item_find(search->batch->ledger, search->batch->feed->name, id, STR_NONE, &item)) return false;
  return str_eq(str_of(event), STR("rejected")) || !is_one_of(item.state, left, sizeof left / sizeof *left);
}

static str first_line(const struct search *search, const char *path) {
  str text = STR_NONE, line = STR_NONE;
  struct err unread = { 0 };
  const char *why = arena_printf(search->arena, "%s.why", path).at;
  if (file_exists(why) && in_read_whole(why, WHY_MOST, search->arena, &text, &unread)) text = STR_NONE;
  if (!str_split(&text, '\n', &line) || !str_trim(line).len) return STR("its reason is not beside it");
  return str_left_chars(str_trim(line), 300);
}

static enum outcome tell(const struct search *search, const char *event, str name, const char *path,
                         str digest, str id, struct err *err) {
  struct batch *batch = search->batch;
  bool held = str_eq(str_of(event), STR("held"));
  str reason = first_line(search, path);
  struct ledger_word words[] = { { STR("id"), id },
                                 { STR("file"), name },
                                 { STR("sha256"), digest },
                                 { STR("day"), batch_day(batch->site, search->arena) },
                                 { STR("reason"), reason } };
  if (ledger_append(batch->ledger, batch_time(batch->site, search->arena), str_of(event), batch->feed->name,
                    words, sizeof words / sizeof *words, err))
    return err->outcome;
  struct summary_row *row = batch_row(batch, name, held ? OUT_END : OUT_DATA);
  row->result = arena_printf(search->arena, "%s: %.*s", event, STR_ARG(reason));
  row->place = naming_below(batch->site->folder, path);
  return OUT_OK;
}

/* What we wrote about another file: NAME.why, NAME.rows. */
static bool is_beside(const struct search *search, const char *folder, str name, str ending) {
  return str_ends(name, ending) &&
         file_exists(file_join(search->arena, folder, str_sub(name, 0, name.len - ending.len)));
}

static enum outcome look(const struct search *search, const char *event, const char *folder, str name,
                         struct err *err) {
  char digest[DIGEST_TEXT];
  const char *path = file_join(search->arena, folder, name);
  if (file_is_folder(path) || str_starts(name, STR(".")) || is_beside(search, folder, name, STR(".why")) ||
      is_beside(search, folder, name, STR(".rows")))
    return OUT_OK;
  if (digest_file(path, digest, err)) return err->outcome;
  str id = batch_item_id(search->batch, search->arena, digest, name);
  return is_told(search, event, id)
             ? OUT_OK
             : tell(search, event, name, path, arena_str(search->arena, str_of(digest)), id, err);
}

enum outcome batch_find_untold(struct batch *batch, struct err *err) {
  static const struct {
    const char *room, *event;
  } rooms[] = { { "var/inbox/hold", "held" }, { "var/inbox/reject", "rejected" } };
  struct search search = { .batch = batch, .arena = batch->site->arena };
  for (size_t r = 0; r < sizeof rooms / sizeof *rooms; r++) {
    const char *folder = file_join(search.arena, batch->site->folder, str_of(rooms[r].room));
    folder = file_join(search.arena, folder, batch->feed->name);
    str *names;
    size_t count;
    if (!file_is_folder(folder)) continue;
    if (file_list(folder, search.arena, &names, &count, err)) return err->outcome;
    for (size_t i = 0; i < count; i++)
      if (look(&search, rooms[r].event, folder, names[i], err)) return err->outcome;
  }
  return OUT_OK;
}
