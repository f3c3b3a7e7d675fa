/* spool/confirm: a released file whose other side has it moves aside: to imported/, sent/ or failed/ beside
 * it. */
#include "spool/spool_internal.h"

static const char imported[] = "imported";

static const char *aside(struct spool *spool, str name, const char *folder) {
  size_t end = name.len;
  while (end && name.at[end - 1] != '/') end--;
  str moved = arena_printf(spool->arena, "%.*s%s/%.*s", STR_ARG(str_sub(name, 0, end)), folder,
                           STR_ARG(str_sub(name, end, name.len)));
  return file_join(spool->arena, spool->site, moved);
}

const char *spool_released(struct spool *spool, str name) {
  static const char *const folders[] = { imported, "sent", "failed" };
  const char *place = file_join(spool->arena, spool->site, name);
  for (size_t i = 0; i < sizeof folders / sizeof *folders && !file_exists(place); i++)
    if (file_exists(aside(spool, name, folders[i]))) place = aside(spool, name, folders[i]);
  return file_exists(place) ? place : NULL;
}

static enum outcome make_folder(struct spool *spool, const char *moved, struct err *err) {
  str name = spool_name_of(moved);
  return spool_open_folder(arena_text(spool->arena, (str){ moved, (size_t)(name.at - moved) - 1 }), err);
}

/* The proofs first: as long as the file itself stands in its place, it can be asked for again. */
enum outcome spool_put_aside(struct spool *spool, str name, const char *folder, const char **path,
                             struct err *err) {
  static const char *const endings[] = { ".proof", ".proof.json", "" };
  const char *place = file_join(spool->arena, spool->site, name);
  *path = aside(spool, name, folder);
  if (!file_exists(place)) {
    if (file_exists(*path)) return OUT_END;
    return err_set(err, OUT_DATA, "%.*s is not there", STR_ARG(name));
  }
  enum outcome out = make_folder(spool, *path, err);
  for (size_t i = 0; i < sizeof endings / sizeof *endings && !out; i++) {
    str each = arena_printf(spool->arena, "%.*s%s", STR_ARG(name), endings[i]);
    const char *from = file_join(spool->arena, spool->site, each), *to = aside(spool, each, folder);
    bool moved;
    if (!file_exists(from)) continue;
    out = spool_same_bytes(from, to, &moved, err);
    if (!out) out = moved ? spool_moved(from, to, err) : file_move(from, to, err);
  }
  return out;
}

enum outcome spool_confirm(struct spool *spool, str name, const char **path, struct err *err) {
  return spool_put_aside(spool, name, imported, path, err);
}

enum outcome spool_put_result(struct spool *spool, str name, const char *folder, str text, struct err *err) {
  const char *moved = aside(spool, name, folder);
  if (make_folder(spool, moved, err)) return err->outcome;
  return file_put(arena_printf(spool->arena, "%s.result", moved).at, 0640, text, err);
}

/* outbox/sl/orders/imported/2026-11-20-7a7544729ed5cd9a.rows, and .rows.proof, .rows.proof.json */
static bool is_of_day(str name, str day) {
  bool begins = str_starts(name, day) && name.len > day.len && name.at[day.len] == '-';
  return begins && (str_ends(name, STR(".rows")) || str_ends(name, STR(".rows.proof")) ||
                    str_ends(name, STR(".rows.proof.json")));
}

enum outcome spool_forget_rows(struct spool *spool, str feed, str day, size_t *count, struct err *err) {
  str inner = arena_printf(spool->arena, "outbox/sl/%.*s/%s", STR_ARG(feed), imported), *names;
  const char *folder = file_join(spool->arena, spool->site, inner);
  size_t all = 0;
  *count = 0;
  if (!file_is_folder(folder)) return OUT_OK;
  enum outcome out = file_list(folder, spool->arena, &names, &all, err);
  for (size_t i = 0; i < all && !out; i++) {
    if (!is_of_day(names[i], day)) continue;
    out = file_remove(file_join(spool->arena, folder, names[i]), err);
    *count += !out;
  }
  return out;
}
