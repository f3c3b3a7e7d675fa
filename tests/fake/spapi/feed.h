/* fake/spapi/feed: a feed that is being worked: what is said of its messages, and what the state says of it.
 *
 * createFeed makes a struct feed and hands it to one of three workers, by type. A worker goes from message to
 * message:
 *
 *   feed_begin(feed, 7, "HOK-KETTLE");             what follows is said of message 7; refuse.txt has its say
 *   issue_error(issues, "8541", NULL, "..");       any number of refusals and warnings
 *   if (feed_take(feed)) ...                       no refusal: it counts as accepted, and may be applied
 *
 * and writes the processing report from feed->issues and the counts. An issue keeps copies of its texts, as
 * long as the request lasts.
 */
#ifndef FAKE_SPAPI_FEED_H
#define FAKE_SPAPI_FEED_H

#include "spapi.h"

#include <libxml/tree.h>

struct issue {
  long message; /* 0: of the whole feed */
  bool is_error;
  const char *code, *text, *attribute;
  const char *name, *item, *sku; /* name: SKU or order; item: of it, and its SKU; NULL: none */
};

struct issues {
  struct arena *arena;
  struct issue *list;
  size_t count;
  long message; /* what is said now is said of this */
  const char *name, *item, *sku;
  bool bad, warned; /* this message */
};

struct feed {
  struct request *request;
  const char *id, *type;
  str body;
  struct buf report;
  bool is_fatal;
  struct issues issues;
  json_t *refusals; /* of refuse.txt */
  json_t *seen;     /* message ids */
  long nameless;    /* messages that are still to be refused without a name */
  long processed, accepted, with_warning, drop_every, dropped_count;
  bool has_orders; /* there are order files: an order that has none is refused */
};

/* Each works feed->body into feed->report. */
void feed_work_json(struct feed *feed);
void feed_work_xml(struct feed *feed);
void feed_work_flat(struct feed *feed);

/* --- feed_state.c: what files of the state ask of a feed --- */
void feed_open(struct feed *feed, struct request *request, const char *id, const char *type, str body);
void feed_close(struct feed *feed);
void feed_begin(struct feed *feed, long message, const char *name);
bool feed_is_again(struct feed *feed, long message); /* the id was used by an earlier message of this feed */
bool feed_take(struct feed *feed);
bool feed_drops(struct feed *feed, const char *name); /* accepted, and silently not applied */
json_t *refusals_read(struct request *request);
void refusals_apply(const json_t *refusals, const char *name, struct issues *issues);
int64_t feed_now(struct request *request); /* seconds; now.txt, else the clock */
long state_number(struct request *request, const char *file, long otherwise);

/* --- issues.c --- */
void issue_error(struct issues *issues, const char *code, const char *attribute, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void issue_warning(struct issues *issues, const char *code, const char *attribute, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void issue_about(struct issues *issues, const char *item, const json_t *of); /* NULL: no item any more */
bool word_in(const char *list, const char *word);                            /* by blanks */

/* --- listings.c: a seller's listings, by SKU --- */
const char *name_escaped(struct arena *arena, const char *name); /* odd bytes as %XX */
const char *listing_path(struct request *request, const char *sku);
json_t *listing_read(struct request *request, const char *sku); /* NULL: there is none */
void listing_write(struct request *request, const char *sku, json_t *listing);
void listing_remove(struct request *request, const char *sku);
/* Applies patches to the attributes; the names of what they touch go into the object `touched`. */
void listing_patch(json_t *attributes, const json_t *patches, json_t *touched, struct issues *issues);

/* --- listing_check.c --- */
void listing_check_values(const char *name, const json_t *value, struct issues *issues);
void listing_check(const json_t *attributes, const json_t *touched, struct issues *issues);

/* --- order_change.c: an order, and what is told of it --- */
struct line {
  const char *code;
  int64_t quantity;   /* 0: not said, which is all that is left */
  int64_t cancelled;  /* adjustments */
  const char *reason; /* of a cancellation or an adjustment */
  json_t *components; /* owned; adjustments: [{"type", "amount", "currency"}] */
  const char *merchant_item;
};

struct change {
  const char *order, *merchant_order;
  const char *date, *carrier_code, *carrier_name, *service, *tracking;
  struct line *lines;
  size_t count;
};

/* The order's file; NULL with an issue when there are orders and not this one, NULL without when there are
 * none. */
json_t *order_find(struct feed *feed, const struct change *change);
/* Each writes the order when it is another one afterwards. */
void order_confirm(struct feed *feed, json_t *order, const struct change *change);
void order_acknowledge(struct feed *feed, json_t *order, const struct change *change, bool success);
void order_adjust(struct feed *feed, json_t *order, const struct change *change, bool cancels);

/* --- order_check.c --- */
json_t *order_item(const json_t *order, const char *code);
int64_t item_count(const json_t *item, const char *name); /* quantityOrdered, or of its fulfillment */
int64_t item_left(const json_t *item);
const char *order_status(const json_t *order);
bool moment_read(const char *text, int64_t *first, int64_t *last); /* a day: its first and its last second */
void order_check_items(struct feed *feed, const json_t *order, const struct change *change);
void order_check_shipment(struct feed *feed, const json_t *order, const struct change *change);
bool order_is_again(const json_t *order,
                    const struct change *change);        /* this shipment was confirmed before */
const char *change_carrier(const struct change *change); /* its code; the name of an Other */

/* --- adjust_check.c --- */
bool refund_is_kept(const json_t *kept, const struct line *line);
void order_check_adjustment(struct feed *feed, const json_t *order, const struct change *change,
                            bool cancels);

/* --- feed_shape.c: the elements of a message, their order and their values --- */
enum message_kind { MESSAGE_SHIPMENT, MESSAGE_ACKNOWLEDGEMENT, MESSAGE_ADJUSTMENT, MESSAGE_OTHER };
void shape_check(enum message_kind kind, const xmlNode *body, struct issues *issues);
void shape_check_envelope(const xmlNode *root, struct issues *issues);
const xmlNode *node_child(const xmlNode *node, const char *name); /* NULL: not there */
const xmlNode *node_element(const xmlNode *node);                 /* this or the next that is an element */
bool node_is(const xmlNode *node, const char *name);
const char *node_text(struct arena *arena, const xmlNode *node); /* of NULL: NULL */

/* --- feed_messages.c: one message of an order feed --- */
void message_work(struct feed *feed, enum message_kind kind, const xmlNode *body);

#endif
