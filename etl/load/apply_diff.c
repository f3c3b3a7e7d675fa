/* load/apply_diff: what a rows file would do to a database, without doing it.
 *
 * The control table tells what sluice has written before. An order that is there without us is found by the
 * fields that the schema knows its documents by (SOHeader.CustOrdNbr), and its row is compared with the
 * document's first one; so is each row that would be changed. Nothing is compared with the file's own time.
 */
#include "load/apply_internal.h"

enum { TOLD_MOST = 5, WHAT_MOST = 64 * 1024 };

struct diffing {
  struct load load;
  struct diff_result *result;
  struct apply_item **items;
  size_t count;
  /* the rows at hand */
  const struct apply_table *table;
  size_t keys[ROWS_COLUMNS_MOST], key_count;
  const struct apply_row *row;
  struct buf what;
  size_t differs;
};

static struct diff_document *told_of(const struct diffing *diff, const struct apply_item *item) {
  return &diff->result->documents[item->told - diff->load.result->documents];
}

/* --- rows that would be changed --- */

static void changed_row(void *user, const str *theirs) {
  struct diffing *diff = user;
  const struct apply_table *table = diff->row->table;
  for (size_t i = 0; i < table->count; i++) {
    const struct apply_column *column = &table->columns[i];
    if (column->found_by || column->cell == NOWHERE || !diff->row->cells[i].at ||
        compare_cell(column->db.type, diff->row->cells[i], theirs[i]))
      continue;
    if (diff->differs++ < TOLD_MOST) compare_tell(table, i, diff->row->cells[i], theirs[i], &diff->what);
  }
}

static enum outcome diff_changes(struct diffing *diff, struct apply_item *item, struct err *err) {
  struct diff_document *told = told_of(diff, item);
  bool inserts = false;
  buf_clear(&diff->what);
  diff->differs = 0;
  for (size_t i = 0; i < item->document.count; i++) {
    diff->row = &item->rows[i];
    inserts = inserts || !diff->row->table->kind->change;
    if (!diff->row->table->kind->change) continue;
    enum outcome out = compare_changed(&diff->load, diff->row, changed_row, diff, err);
    if (out && out != OUT_END) return out;
    if (!out) continue;
    told->state = DIFF_CONFLICTING;
    told->what = arena_str(diff->load.told, change_not_found(diff->row, diff->load.piece));
    return OUT_OK;
  }
  told->state = diff->differs || inserts ? DIFF_CHANGED : DIFF_SAME;
  told->what = arena_str(diff->load.told, buf_str(&diff->what));
  return OUT_OK;
}

/* --- documents that may be there without us --- */

static bool is_number(const struct diffing *diff, size_t column) {
  return diff->table - diff->load.tables == diff->load.number_table &&
         diff->table->columns[column].cell == diff->load.number_cell;
}

static void compare_first(struct diffing *diff, const struct apply_item *item, const str *theirs) {
  struct diff_document *told = told_of(diff, item);
  const struct rows_row *stated = &item->document.rows[0];
  buf_clear(&diff->what);
  diff->differs = 0;
  for (size_t i = 0; i < diff->table->count; i++) {
    const struct apply_column *column = &diff->table->columns[i];
    str ours = item->rows[0].cells[i];
    if (column->cell == NOWHERE) continue;
    if (is_number(diff, i)) told->number = arena_str(diff->load.told, theirs[i]);
    else if (stated->cells[column->cell].form != ROWS_ABSENT && !diff->table->volatile_cells[column->cell] &&
             !compare_cell(column->db.type, ours, theirs[i]) && diff->differs++ < TOLD_MOST)
      compare_tell(diff->table, i, ours, theirs[i], &diff->what);
  }
  told->state = diff->differs ? DIFF_CONFLICTING : DIFF_SAME;
  told->what = arena_str(diff->load.told, buf_str(&diff->what));
}

static bool is_first_of(const struct diffing *diff, const struct apply_item *item) {
  return item->rows && item->rows[0].table == diff->table;
}

static void found_row(void *user, const str *theirs) {
  struct diffing *diff = user;
  for (size_t i = 0; i < diff->count; i++) {
    const struct apply_item *item = diff->items[i];
    bool fits =
        is_first_of(diff, item) && item->told->state == APPLY_OPEN && told_of(diff, item)->state != DIFF_SAME;
    for (size_t j = 0; j < diff->key_count && fits; j++)
      fits = compare_cell(diff->table->columns[diff->keys[j]].db.type, item->rows[0].cells[diff->keys[j]],
                          theirs[diff->keys[j]]);
    if (fits) compare_first(diff, item, theirs);
  }
}

/* The column has no index in SL: it is asked once for all. */
static enum outcome look_for(struct diffing *diff, struct err *err) {
  str *list = ARENA_ARRAY(diff->load.piece, str, diff->count + 1);
  for (size_t t = 0; t < diff->load.table_count; t++) {
    size_t many = 0;
    diff->table = &diff->load.tables[t];
    diff->key_count = compare_document(&diff->load, diff->table, diff->keys);
    if (diff->table->kind->change || !diff->key_count) continue;
    for (size_t i = 0; i < diff->count; i++)
      if (is_first_of(diff, diff->items[i]) && diff->items[i]->told->state == APPLY_OPEN)
        list[many++] = diff->items[i]->rows[0].cells[diff->keys[0]];
    if (many && compare_list(&diff->load, diff->table, diff->keys[0], list, many, found_row, diff, err))
      return err->outcome;
  }
  return OUT_OK;
}

/* --- a piece --- */

static enum outcome diff_piece(struct diffing *diff, struct err *err) {
  struct load *load = &diff->load;
  struct err why = { 0 };
  if (load_mark_known(load, diff->items, diff->count, err)) return err->outcome;
  for (size_t i = 0; i < diff->count; i++) {
    struct apply_item *item = diff->items[i];
    struct diff_document *told = told_of(diff, item);
    if (item->told->state != APPLY_OPEN) {
      told->state = item->told->state == APPLY_KNOWN ? DIFF_SAME : DIFF_CHANGED;
      told->number = item->told->number;
      if (told->state == DIFF_CHANGED) told->what = STR("written before with other content: it stays so");
    } else if (load_complete(load, item, &why)) {
      told->state = DIFF_CONFLICTING;
      told->what = arena_str(load->told, why_text(&why, load->piece));
      item->told->state = APPLY_REFUSED;
      why = (struct err){ 0 };
    } else if (item->rows[0].table->kind->change && diff_changes(diff, item, err)) return err->outcome;
  }
  return look_for(diff, err);
}

static void count_states(struct diff_result *result) {
  uint64_t *counts[] = { &result->fresh, &result->same, &result->changed, &result->conflicting };
  for (size_t i = 0; i < result->count; i++) (*counts[result->documents[i].state])++;
}

static void take_documents(struct diffing *diff) {
  const struct apply_result *found = diff->load.result;
  diff->result->documents = ARENA_ARRAY(diff->load.told, struct diff_document, found->count + 1);
  diff->result->count = found->count;
  for (size_t i = 0; i < found->count; i++) {
    struct diff_document document = { .key = found->documents[i].key, .line = found->documents[i].line };
    document.number = document.what = STR_NONE;
    diff->result->documents[i] = document;
  }
}

enum outcome apply_diff(const struct apply_settings *settings, const char *path, struct arena *arena,
                        struct diff_result *result, struct err *err) {
  struct apply_item *items[PIECE];
  struct apply_result found = { .count = 0 };
  struct diffing diff = { .result = result, .items = items, .what = buf_new(WHAT_MOST) };
  *result = (struct diff_result){ .count = 0 };
  load_init(&diff.load, settings, arena, &found);
  enum outcome out = load_look_through(&diff.load, path, err);
  if (!out) take_documents(&diff);
  if (!out) out = load_start(&diff.load, path, err);
  do {
    if (!out) out = load_piece(&diff.load, items, &diff.count, err);
    if (!out) out = diff_piece(&diff, err);
  } while (!out && diff.count == PIECE);
  if (!out) count_states(result);
  buf_free(&diff.what);
  load_end(&diff.load);
  return out;
}
