/* job/asked: where a run asks a person: at each file, and at its end. */
#include "job/batch_internal.h"

enum outcome item_asks(struct item *item, enum ask_fate fate, struct err *err) {
  struct batch *batch = item->batch;
  const struct custody custody = { batch->site, batch->spool, batch->ledger };
  struct ask_item asking = { batch->feed->name, item->id, item->key,
                             item->drop->name,  fate,     batch->feed->window_days > 0 || feed_is_compared(batch->feed) };
  return ask_messages(&custody, asking, item->result.tally, err);
}

enum outcome batch_asks(struct batch *batch, uint64_t run, struct err *err) {
  const struct custody custody = { batch->site, batch->spool, batch->ledger };
  if (ask_no_more(&custody, batch->feed, err)) return err->outcome;
  return ask_sheet(&custody, batch->feed->name, run, &batch->sheet, &batch->asked_new, &batch->asked, err);
}
