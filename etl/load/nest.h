/* load/nest: which elements or keys are open while records are written to XML or JSON.
 *
 * A schema places records and fields by paths from the record above. Neighbours whose paths begin alike
 * share what they begin with, so each step that is entered is kept open until something comes that does
 * not stand in it:
 *
 *   message    at "Message"                          <Message>
 *   MessageID                                          <MessageID>1</MessageID>
 *   Name       at "OrderFulfillment/Data/Name"         <OrderFulfillment><Data><Name>x</Name>
 *   item       at "OrderFulfillment/Item"              </Data><Item> ... </Item>
 *   its end                                            </OrderFulfillment></Message>
 *
 * "messages[]" is two steps: the list, and an object in it. Of neighbours that are records of one list, each
 * is an object of its own. A nest is plain memory: a copy of it is where the writer stood.
 */
#ifndef SLUICE_LOAD_NEST_H
#define SLUICE_LOAD_NEST_H

#include "model/schema.h"

enum { NEST_MOST = 64, NEST_RECORDS = 16 };
enum nest_kind { NEST_NAMED, NEST_LIST, NEST_ITEM };

struct nest_step {
  str name; /* of an item: none */
  str key;  /* "name": as JSON has it */
  enum nest_kind kind;
};

/* A path taken apart once, for it is walked with each record. */
struct nest_path {
  struct nest_step *steps;
  size_t count;
  struct nest_step own; /* of a field: its own name; "@b" of an attribute, and a list's of one value */
};
struct nest_record {
  const struct record *record;
  struct nest_path at; /* its last step is the record's own */
  struct nest_path *fields;
};
struct nest_plan {
  struct nest_record *records;
  size_t count;
};

struct nest {
  const struct nest_step *open[NEST_MOST]; /* of the plan, which outlives it */
  bool begun[NEST_MOST + 1];               /* something stands in it already; [0]: in the document */
  size_t count;
  size_t base[NEST_RECORDS]; /* by depth of the record: how many steps are open at its own place */
};

/* What a format does: begins a step, in what is open; ends the innermost one. */
struct nest_tongue {
  void (*enter)(void *user, const struct nest *nest, const struct nest_step *step);
  void (*leave)(void *user, const struct nest *nest, const struct nest_step *step);
  void *user;
};

struct nest_plan nest_plan(const struct schema *schema, struct arena *arena);
const struct nest_record *nest_record(const struct nest_plan *plan, const struct record *record);
/* Until what is open is what the record at that depth stands in, and then `steps`. False: deeper than
 * NEST_MOST. */
bool nest_move(struct nest *nest, size_t base, const struct nest_step *steps, size_t count,
               const struct nest_tongue *tongue);
bool nest_enter(struct nest *nest, const struct nest_step *step, const struct nest_tongue *tongue);
void nest_leave_to(struct nest *nest, size_t count, const struct nest_tongue *tongue);

#endif
