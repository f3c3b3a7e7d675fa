/* load/apply_adopt: documents that stand in SL already, though sluice did not write them.
 *
 * Between the reading of SL for lookups and the writing lies time: with `release = hold` days, in which a
 * clerk may enter the order himself. So before a document is written, SL is asked for a row of its first
 * table with the same `document` fields (and the same CpnyID). One whose number has a control row is ours: a
 * credit memo names the order that it is about. Any other is somebody's: the document is adopted, that is, it
 * gets its control row with the number found, and nothing else is written of it (R2). What SL cancelled
 * counts too.
 *
 * A file that changes rows is not asked about: its changes say themselves what must be there.
 */
#include "load/apply_internal.h"

struct candidate {
  struct apply_item *item;
  str number;
};

struct adopting {
  struct load *load;
  struct apply_item **items;
  size_t count;
  const struct apply_table *table;
  size_t keys[ROWS_COLUMNS_MOST], key_count;
  ptrdiff_t number; /* the column of SL's number; NOWHERE: there is none */
  struct candidate *found;
  size_t found_count;
};

/* As the file states it: also of a document that cannot be completed, which is why somebody entered it. */
static str stated(const struct adopting *adopting, const struct apply_item *item, size_t key) {
  const struct rows_cell *cell =
      &item->document.rows[0].cells[adopting->table->columns[adopting->keys[key]].cell];
  return cell->form == ROWS_ABSENT ? STR_NONE : cell->text;
}

static bool is_asked(const struct adopting *adopting, const struct apply_item *item) {
  return item->told->state == APPLY_OPEN && item->document.count &&
         &adopting->load->tables[item->document.rows[0].kind->index] == adopting->table &&
         str_trim(stated(adopting, item, 0)).len;
}

static void found_row(void *user, const str *theirs) {
  struct adopting *adopting = user;
  struct arena *arena = adopting->load->piece;
  str number = adopting->number == NOWHERE ? STR_NONE : str_trim(theirs[adopting->number]);
  for (size_t i = 0; i < adopting->count; i++) {
    bool fits = is_asked(adopting, adopting->items[i]);
    for (size_t j = 0; j < adopting->key_count && fits; j++)
      fits = compare_cell(adopting->table->columns[adopting->keys[j]].db.type,
                          stated(adopting, adopting->items[i], j), theirs[adopting->keys[j]]);
    if (fits)
      *ARENA_PUSH(arena, adopting->found, adopting->found_count) =
          (struct candidate){ adopting->items[i], arena_str(arena, number) };
  }
}

/* Of several the last one, as the lookup of what is known has it. */
static enum outcome take_found(struct adopting *adopting, struct err *err) {
  struct load *load = adopting->load;
  str *numbers = ARENA_ARRAY(load->piece, str, adopting->found_count);
  bool *ours = ARENA_ARRAY(load->piece, bool, adopting->found_count);
  for (size_t i = 0; i < adopting->found_count; i++) numbers[i] = adopting->found[i].number;
  if (adopting->number != NOWHERE && control_numbers(load->db, numbers, adopting->found_count, ours, err))
    return err->outcome;
  for (size_t i = 0; i < adopting->found_count; i++) {
    struct apply_item *item = adopting->found[i].item;
    if (ours[i] || (item->adopted && str_compare(item->number, numbers[i]) >= 0)) continue;
    item->adopted = true;
    item->number = numbers[i];
  }
  return OUT_OK;
}

static bool plan(struct adopting *adopting) {
  const struct load *load = adopting->load;
  adopting->key_count = compare_document(load, adopting->table, adopting->keys);
  adopting->number = NOWHERE;
  for (size_t i = 0; i < adopting->table->count; i++)
    if (adopting->table - load->tables == load->number_table &&
        adopting->table->columns[i].cell == load->number_cell)
      adopting->number = (ptrdiff_t)i;
  return adopting->key_count > 0;
}

static enum outcome ask_table(struct adopting *adopting, struct err *err) {
  str *list = ARENA_ARRAY(adopting->load->piece, str, adopting->count + 1);
  size_t many = 0;
  if (!plan(adopting)) return OUT_OK;
  adopting->found = NULL;
  adopting->found_count = 0;
  for (size_t i = 0; i < adopting->count; i++)
    if (is_asked(adopting, adopting->items[i])) list[many++] = stated(adopting, adopting->items[i], 0);
  if (many &&
      compare_list(adopting->load, adopting->table, adopting->keys[0], list, many, found_row, adopting, err))
    return err->outcome;
  return adopting->found_count ? take_found(adopting, err) : OUT_OK;
}

enum outcome adopt_items(struct load *load, struct apply_item **items, size_t count, struct err *err) {
  struct adopting adopting = { .load = load, .items = items, .count = count };
  uint32_t tried = 0;
  for (size_t i = 0; i < load->table_count; i++)
    if (load->tables[i].kind->change) return OUT_OK;
  for (size_t i = 0; i < load->table_count; i++) {
    adopting.table = &load->tables[i];
    while (ask_table(&adopting, err))
      if (!try_again(load, &tried, err)) return err->outcome;
  }
  return OUT_OK;
}
