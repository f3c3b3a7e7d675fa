/* job/batch_state: what a run's items are released under: names of outputs, and rows in its state tables. */
#include "job/batch_internal.h"
#include "job/naming.h"

enum outcome batch_read_states(struct batch *batch, struct err *err) {
  const struct feed *feed = batch->feed;
  struct states_of of = { .site = batch->site, .spool = batch->spool, .ledger = batch->ledger };
  of.programs = feed->programs;
  of.program_count = feed->program_count;
  of.feed = feed->name;
  of.supplies = feed->supplies;
  of.supply_count = feed->supply_count;
  of.may_write = !batch->dry_run;
  return states_open(&of, &batch->states, err);
}

str item_state_name(const struct item *item) {
  return arena_printf(item->arena, "%.*s-%.*s", STR_ARG(batch_day(item->batch->site, item->arena)),
                      STR_ARG(item->k));
}

static enum outcome name_states(struct item *item, struct err *err) {
  const struct outlet_file *files;
  size_t count = outlets_states(item->outlets, &files);
  enum outcome out = OUT_OK;
  if (count > ITEM_STATES_MOST)
    return err_set(err, OUT_SPEC, "a transform writes %zu states, %d at most", count, ITEM_STATES_MOST);
  for (size_t i = 0; i < count && !out; i++)
    out = outlets_rename_state(item->outlets, i, states_file(item->batch->states, files[i].name, item->arena),
                               err);
  return out;
}

enum outcome item_names(struct item *item, struct err *err) {
  const struct outlet_file *files;
  size_t count = outlets_files(item->outlets, &files);
  struct naming_item whose = { item->batch->feed->name, item->id, item->key };
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < count && !out; i++)
    out = outlets_rename(item->outlets, i,
                         naming_again(item->batch->ledger, item->arena, whose, files[i].name), err);
  return out ? out : name_states(item, err);
}

size_t item_state_words(const struct item *item, struct ledger_word *words) {
  static const size_t above = sizeof "var/state/" - 1;
  const struct outlet_file *files;
  size_t count = outlets_states(item->outlets, &files), said = 0;
  for (size_t i = 0; i < count; i++) {
    words[said++] = (struct ledger_word){ STR("state"), str_sub(files[i].name, above, files[i].name.len) };
    words[said++] = (struct ledger_word){ STR("state-sha256"), str_of(files[i].digest) };
    words[said++] = (struct ledger_word){ STR("state-key"), states_key(files[i].schema, item->arena) };
  }
  return said;
}
