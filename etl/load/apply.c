/* load/apply: a rows file into a database, each of its documents once. */
#include "load/apply_internal.h"
#include "base/map.h"

enum { GROUP = 100 };

void load_init(struct load *load, const struct apply_settings *settings, struct arena *told,
               struct apply_result *result) {
  *load = (struct load){ .given = *settings, .result = result, .told = told };
  load->plan = arena_new();
  load->piece = arena_new();
  if (settings->now.len == sizeof "2026-11-03T04:05" - 1)
    load->given.now = arena_printf(load->plan, "%.*s:00", STR_ARG(settings->now));
  load->settings = &load->given;
}

/* --- the file, before anything else --- */

/* Every line is read once before the first is written: a damaged file changes nothing. */
enum outcome load_look_through(struct load *load, const char *path, struct err *err) {
  struct rows_reader *reader;
  struct arena *arena = arena_new();
  struct rows_document document;
  struct apply_result *result = load->result;
  enum outcome out = rows_open(path, &reader, err);
  while (!out && !(out = rows_next(reader, arena, &document, err))) {
    *ARENA_PUSH(load->told, result->documents, result->count) =
        (struct apply_document){ .key = arena_str(load->told, document.key), .line = document.line };
    arena_reset(arena);
  }
  rows_close(reader);
  arena_free(arena);
  return out == OUT_END ? OUT_OK : err_in_file(err, str_of(path));
}

enum outcome load_start(struct load *load, const char *path, struct err *err) {
  if (load_connect(load, err)) return err->outcome;
  uint32_t tried = 0;
  if (rows_open(path, &load->reader, err)) return err->outcome;
  while (plan_tables(load, err) || places_read(load->db, load->plan, &load->places, err) ||
         plan_open(load, err)) {
    plan_close(load);
    load->table_count = 0;
    load->counter = NULL;
    if (!try_again(load, &tried, err)) return err->outcome;
  }
  return OUT_OK;
}

void load_end(struct load *load) {
  plan_close(load);
  db_close(load->db);
  rows_close(load->reader);
  arena_free(load->piece);
  arena_free(load->plan);
}

/* --- a piece of it --- */

enum outcome load_piece(struct load *load, struct apply_item **items, size_t *count, struct err *err) {
  struct digest *digest = digest_new();
  enum outcome out = OUT_OK;
  arena_reset(load->piece);
  for (*count = 0; *count < PIECE; (*count)++) {
    struct apply_item *item = ARENA_NEW(load->piece, struct apply_item);
    out = rows_next(load->reader, load->piece, &item->document, err);
    if (out) break;
    if (load->position == load->result->count) { /* the file grew under our hands */
      out = err_set(err, OUT_DATA, "the file has changed while it was read");
      break;
    }
    item->told = &load->result->documents[load->position++];
    rows_digest(load, digest, item);
    items[*count] = item;
  }
  digest_free(digest);
  return out == OUT_END ? OUT_OK : out;
}

/* Moves what comes with its key for the first time to the front; returns how many. */
static size_t first_of_each(struct load *load, struct apply_item **items, size_t count) {
  struct map *seen = map_new(load->piece);
  struct apply_item *again[PIECE];
  size_t first = 0, more = 0;
  for (size_t i = 0; i < count; i++) {
    void **place = map_put(seen, items[i]->document.key);
    if (*place) again[more++] = items[i];
    else *place = items[first++] = items[i];
  }
  for (size_t i = 0; i < more; i++) items[first + i] = again[i];
  return first;
}

static size_t keep_open(struct apply_item **items, size_t count) {
  size_t open = 0;
  for (size_t i = 0; i < count; i++)
    if (items[i]->told->state == APPLY_OPEN) items[open++] = items[i];
  return open;
}

enum outcome load_mark_known(struct load *load, struct apply_item **items, size_t count, struct err *err) {
  str *keys = ARENA_ARRAY(load->piece, str, count);
  struct control_row *rows = ARENA_ARRAY(load->piece, struct control_row, count);
  uint32_t tried = 0;
  for (size_t i = 0; i < count; i++) keys[i] = items[i]->document.key;
  while (control_read(load->db, load->settings->schema->name, keys, count, load->piece, rows, err))
    if (!try_again(load, &tried, err)) return err->outcome;
  for (size_t i = 0; i < count; i++)
    if (rows[i].key.len) item_known(load, items[i], &rows[i]);
  return OUT_OK;
}

/* --- numbers --- */

/* Stands for the number until all is checked: a document that is refused takes none. */
static const char no_number_yet[] = "0";

static void put_number(struct apply_item *item, str number) {
  item->number = number;
  for (size_t i = 0; i < item->document.count; i++)
    for (size_t j = 0; j < item->rows[i].table->count; j++)
      if (item->rows[i].cells[j].at == no_number_yet) item->rows[i].cells[j] = number;
}

/* For all documents of the order type of the first one that has no number. */
static enum outcome number_type(struct load *load, struct apply_item **items, size_t count, str company,
                                str type, struct err *err) {
  struct apply_item *taking[PIECE];
  str numbers[PIECE];
  size_t many = 0;
  uint32_t tried = 0;
  for (size_t i = 0; i < count; i++) {
    str of_company, of_type;
    if (items[i]->number.at == no_number_yet && items[i]->told->state == APPLY_OPEN &&
        rows_wants_number(load, items[i], &of_company, &of_type) && str_eq(company, of_company) &&
        str_eq(type, of_type))
      taking[many++] = items[i];
  }
  enum outcome out;
  while ((out = counter_take(load->db, load->counter, company, type, many, load->piece, numbers, err))) {
    if (out == OUT_REFUSED) break;
    if (!try_again(load, &tried, err)) return err->outcome;
  }
  for (size_t i = 0; i < many; i++)
    if (out) item_refused(load, taking[i], str_of(err->text));
    else put_number(taking[i], numbers[i]);
  return OUT_OK;
}

static enum outcome number_items(struct load *load, struct apply_item **items, size_t count,
                                 struct err *err) {
  str company, type;
  for (size_t i = 0; i < count; i++)
    if (items[i]->told->state == APPLY_OPEN && items[i]->number.at == no_number_yet &&
        rows_wants_number(load, items[i], &company, &type) &&
        number_type(load, items, count, company, type, err))
      return err->outcome;
  return OUT_OK;
}

/* --- all of it --- */

enum outcome load_complete(struct load *load, struct apply_item *item, struct err *err) {
  str company, type;
  bool wants = rows_wants_number(load, item, &company, &type);
  item->number = wants ? (str){ no_number_yet, 1 } : STR_NONE;
  return rows_complete(load, item, err);
}

static void complete_items(struct load *load, struct apply_item **items, size_t count) {
  struct err err = { 0 };
  for (size_t i = 0; i < count; i++) {
    if (items[i]->adopted) continue;
    if (load_complete(load, items[i], &err)) item_refused(load, items[i], why_text(&err, load->piece));
    err = (struct err){ 0 };
  }
}

static enum outcome write_firsts(struct load *load, struct apply_item **items, size_t count,
                                 struct err *err) {
  size_t group = load->settings->group ? load->settings->group : GROUP;
  if (load_mark_known(load, items, count, err)) return err->outcome;
  count = keep_open(items, count);
  if (adopt_items(load, items, count, err)) return err->outcome;
  complete_items(load, items, count);
  if (number_items(load, items, count, err)) return err->outcome;
  count = keep_open(items, count);
  for (size_t i = 0; i < count; i += group)
    if (write_items(load, items + i, count - i < group ? count - i : group, err)) return err->outcome;
  return OUT_OK;
}

static enum outcome write_file(struct load *load, struct err *err) {
  struct apply_item *items[PIECE];
  size_t count;
  do {
    if (load_piece(load, items, &count, err)) return err->outcome;
    for (size_t from = 0, first; from < count; from += first) {
      first = first_of_each(load, items + from, count - from);
      struct apply_item *firsts[PIECE];
      for (size_t i = 0; i < first; i++) firsts[i] = items[from + i];
      if (write_firsts(load, firsts, first, err)) return err->outcome;
    }
  } while (count == PIECE);
  return OUT_OK;
}

enum outcome apply_file(const struct apply_settings *settings, const char *path, struct arena *arena,
                        struct apply_result *result, struct err *err) {
  struct load load;
  *result = (struct apply_result){ .count = 0 };
  load_init(&load, settings, arena, result);
  enum outcome out = load_look_through(&load, path, err);
  if (!out) out = load_start(&load, path, err);
  if (!out) out = write_file(&load, err);
  load_end(&load);
  return out;
}
