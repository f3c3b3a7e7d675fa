/* load/apply_write: groups of documents in transactions, and what is done when one fails.
 *
 *   a row is refused       its document is left out, the others begin again
 *   a key is there twice   the control table is asked first: somebody else may have written the document
 *   nobody knows whose     each document in a transaction of its own
 *   deadlock, lock, gone   the same again, after a pause (load/apply_again.c)
 *   no answer to commit    the control table is read; what is not in it is written
 */
#include "db/query.h"
#include "load/apply_internal.h"

/* Process Manager works what it finds in there, without waiting for us: SL's own procedures fill it last. */
#define QUEUE STR("ProcessQueue")

/* --- what came of a document --- */

str why_text(const struct err *err, struct arena *arena) {
  bool record = err->record[0], field = err->field[0];
  return arena_printf(arena, "%s%s%s%s%s", err->record, record && field ? "." : "", err->field,
                      record || field ? ": " : "", err->text);
}

void item_refused(struct load *load, struct apply_item *item, str why) {
  item->told->state = APPLY_REFUSED;
  item->told->reason = arena_str(load->told, why);
  item->told->stale = item->is_stale;
  load->result->refused++;
  load->result->stale += item->is_stale;
}

void item_known(struct load *load, struct apply_item *item, const struct control_row *row) {
  bool same = str_eq(row->digest, str_of(item->digest));
  item->told->state = same ? APPLY_KNOWN : APPLY_KNOWN_OTHER;
  item->told->number = arena_str(load->told, row->number);
  if (same) load->result->known++;
  else load->result->known_other++;
}

static void item_written(struct load *load, struct apply_item *item, bool settled) {
  item->told->state = item->adopted ? APPLY_ADOPTED : APPLY_WRITTEN;
  item->told->number = arena_str(load->told, item->number);
  item->told->settled = settled;
  load->result->written += !item->adopted;
  load->result->adopted += item->adopted;
  load->result->settled += settled;
}

static bool is_open(const struct apply_item *item) { return item->told->state == APPLY_OPEN; }

/* --- one transaction --- */

static void note(struct load *load, struct apply_table *table, struct apply_item *item) {
  if (table->row_count == table->row_room) {
    table->row_room = table->row_room ? table->row_room * 2 : 256;
    struct apply_item **room = ARENA_ARRAY(load->plan, struct apply_item *, table->row_room);
    for (size_t i = 0; i < table->row_count; i++) room[i] = table->row_items[i];
    table->row_items = room;
  }
  table->row_items[table->row_count++] = item;
}

static enum outcome write_table(struct load *load, struct apply_table *table, struct apply_item **items,
                                size_t count, struct err *err) {
  enum outcome out = OUT_OK;
  table->row_count = 0;
  for (size_t i = 0; i < count; i++) {
    if (!is_open(items[i]) || items[i]->adopted) continue;
    for (size_t j = 0; j < items[i]->document.count && !out; j++) {
      if (items[i]->rows[j].table != table) continue;
      note(load, table, items[i]);
      out = db_insert_row(table->insert, items[i]->rows[j].cells, err);
    }
  }
  return out ? out : db_insert_flush(table->insert, err);
}

static enum outcome write_tables(struct load *load, struct apply_item **items, size_t count,
                                 struct err *err) {
  enum outcome out = OUT_OK;
  for (int queue = 0; queue < 2; queue++)
    for (size_t i = 0; i < load->table_count && !out; i++) {
      struct apply_table *table = &load->tables[i];
      if (!table->kind->change && str_eq_fold(table->kind->name, QUEUE) == (queue == 1))
        out = write_table(load, table, items, count, err);
    }
  return out;
}

static str cell_of(const struct rows_row *row, ptrdiff_t cell) {
  return cell == NOWHERE ? STR_NONE : row->cells[cell].text;
}

/* Several lines may have the same: the parts of a bundle. The first stands for it. */
static bool is_first(const struct apply_item *item, size_t row) {
  const struct apply_table *table = item->rows[row].table;
  str marked = cell_of(&item->document.rows[row], table->control_cell);
  for (size_t i = 0; i < row; i++)
    if (item->rows[i].table == table && str_eq(cell_of(&item->document.rows[i], table->control_cell), marked))
      return false;
  return true;
}

static enum outcome control_lines(struct load *load, struct apply_item *item,
                                  const struct control_row *document, struct err *err) {
  enum outcome out = OUT_OK;
  size_t rows = item->adopted ? 0 : item->document.count; /* somebody else's has no rows of ours */
  for (size_t i = 0; i < rows && !out; i++) {
    const struct apply_table *table = item->rows[i].table;
    str marked = table->control ? cell_of(&item->document.rows[i], table->control_cell) : STR_NONE;
    if (!marked.len || !is_first(item, i)) continue;
    struct control_row row = *document;
    row.key = arena_printf(load->piece, "%.*s/%.*s", STR_ARG(document->key), STR_ARG(marked));
    row.ref = cell_of(&item->document.rows[i], table->control_ref);
    load->control_items[load->control_count++] = item;
    str kind = arena_printf(load->piece, "%.*s.%.*s", STR_ARG(load->settings->schema->name),
                            STR_ARG(table->control->control));
    out = control_insert(load->control, kind, &row, load->settings->now, err);
  }
  return out;
}

static enum outcome write_control(struct load *load, struct apply_item **items, size_t count,
                                  struct err *err) {
  const struct apply_settings *settings = load->settings;
  enum outcome out = OUT_OK;
  size_t rows = count;
  for (size_t i = 0; i < count; i++) rows += items[i]->document.count;
  load->control_items = ARENA_ARRAY(load->piece, struct apply_item *, rows);
  load->control_count = 0;
  for (size_t i = 0; i < count && !out; i++) {
    if (!is_open(items[i])) continue;
    struct control_row row = { .key = items[i]->document.key,
                               .digest = str_of(items[i]->digest),
                               .number = items[i]->number,
                               .company = rows_company(items[i]),
                               .item = settings->item,
                               .site = settings->site,
                               .run = (int64_t)settings->run };
    load->control_items[load->control_count++] = items[i];
    out = control_insert(load->control, settings->schema->name, &row, settings->now, err);
    if (!out) out = control_lines(load, items[i], &row, err);
  }
  return out ? out : db_insert_flush(load->control, err);
}

static enum outcome write_once(struct load *load, struct apply_item **items, size_t count, struct err *err) {
  enum outcome out = db_begin(load->db, err);
  if (out) return out;
  for (size_t i = 0; i < count && !out; i++)
    if (is_open(items[i]) && !items[i]->adopted) out = change_rows(load, items[i], err);
  if (!out) out = write_tables(load, items, count, err);
  if (!out) out = write_control(load, items, count, err);
  if (!out) return db_commit(load->db, err);
  db_rollback(load->db);
  return out;
}

/* --- when it failed --- */

/* The control rows of the documents that are still open. `ours`: those that this very call has written count
 * as written. */
static enum outcome ask_control(struct load *load, struct apply_item **items, size_t count, bool only_bad,
                                bool ours, struct err *err) {
  str *keys = ARENA_ARRAY(load->piece, str, count);
  struct control_row *rows = ARENA_ARRAY(load->piece, struct control_row, count);
  size_t asked = 0;
  for (size_t i = 0; i < count; i++)
    if (is_open(items[i]) && (!only_bad || items[i]->is_bad)) keys[asked++] = items[i]->document.key;
  if (!asked) return OUT_OK;
  if (control_read(load->db, load->settings->schema->name, keys, asked, load->piece, rows, err))
    return err->outcome;
  for (size_t i = 0, j = 0; i < count; i++) {
    if (!is_open(items[i]) || (only_bad && !items[i]->is_bad)) continue;
    const struct control_row *row = &rows[j++];
    bool by_us = ours && str_eq(row->number, items[i]->number) && str_eq(row->item, load->settings->item) &&
                 str_eq(row->site, load->settings->site) && row->run == (int64_t)load->settings->run &&
                 str_eq(row->digest, str_of(items[i]->digest));
    if (!row->key.len) continue;
    if (by_us) item_written(load, items[i], true);
    else item_known(load, items[i], row);
  }
  return OUT_OK;
}

/* Those that the transaction failed of: known by now, or refused. */
static enum outcome judge(struct load *load, struct apply_item **items, size_t count, bool *any,
                          struct err *err) {
  *any = false;
  for (size_t i = 0; i < count; i++) *any = *any || (is_open(items[i]) && items[i]->is_bad);
  if (!*any) return OUT_OK;
  if (ask_control(load, items, count, true, false, err)) return err->outcome;
  for (size_t i = 0; i < count; i++)
    if (is_open(items[i]) && items[i]->is_bad) item_refused(load, items[i], items[i]->why);
  return OUT_OK;
}

static size_t still_open(struct apply_item **items, size_t count) {
  size_t open = 0;
  for (size_t i = 0; i < count; i++) open += is_open(items[i]);
  return open;
}

static enum outcome write_each(struct load *load, struct apply_item **items, size_t count, struct err *err) {
  for (size_t i = 0; i < count; i++)
    if (is_open(items[i]) && write_items(load, &items[i], 1, err)) return err->outcome;
  return OUT_OK;
}

/* OUT_UNCERTAIN until the control table could be read: nothing else is done before. */
static enum outcome settle(struct load *load, struct apply_item **items, size_t count, uint32_t *tried,
                           struct err *err) {
  struct err uncertain = *err;
  do {
    if (!try_again(load, tried, err)) {
      *err = uncertain;
      return err->outcome;
    }
  } while (ask_control(load, items, count, false, true, err));
  return OUT_OK;
}

enum outcome write_items(struct load *load, struct apply_item **items, size_t count, struct err *err) {
  uint32_t tried = 0;
  while (still_open(items, count)) {
    for (size_t i = 0; i < count; i++) items[i]->is_bad = items[i]->is_stale = false;
    enum outcome out = write_once(load, items, count, err);
    bool named = false;
    if (!out) {
      for (size_t i = 0; i < count; i++)
        if (is_open(items[i])) item_written(load, items[i], false);
    } else if (out == OUT_UNCERTAIN) {
      if (settle(load, items, count, &tried, err)) return err->outcome;
    } else if (out == OUT_DATA || out == OUT_REFUSED) {
      struct err why = *err;
      if (judge(load, items, count, &named, err)) {
        if (!try_again(load, &tried, err)) return err->outcome;
      } else if (!named && still_open(items, count) > 1) return write_each(load, items, count, err);
      else if (!named) item_refused(load, items[0], why_text(&why, load->piece));
    } else if (!try_again(load, &tried, err)) return err->outcome;
  }
  return OUT_OK;
}
