/* fake/spapi/feed_flat: flat files: ship confirmations are worked by their columns, the report is tab text.
 *
 *   order-id  order-item-id  quantity  ship-date  carrier-code  carrier-name  tracking-number  ship-method
 *
 * Of other flat files nothing is known but what is to be refused.
 */
#include "feed.h"

#include <string.h>

struct row {
  str header, line;
};

/* A row may be shorter than the header. */
static const char *cell(struct feed *feed, const struct row *row, const char *name) {
  str header = row->header, line = row->line, title, value;
  while (str_split(&header, '\t', &title)) {
    bool more = str_split(&line, '\t', &value);
    if (str_eq_fold(str_trim(title), str_of(name)))
      return more ? arena_text(feed->request->arena, str_trim(value)) : "";
  }
  return "";
}

/* --- a confirmation --- */

static void read_row(struct feed *feed, const struct row *row, struct change *change, struct line *line) {
  *change = (struct change){ .order = cell(feed, row, "order-id"), .date = cell(feed, row, "ship-date") };
  change->carrier_code = cell(feed, row, "carrier-code");
  change->carrier_name = cell(feed, row, "carrier-name");
  change->tracking = cell(feed, row, "tracking-number");
  change->service = cell(feed, row, "ship-method");
  *line = (struct line){ .code = cell(feed, row, "order-item-id") };
  change->lines = line;
  change->count = *line->code != 0;
}

static void check_row(struct feed *feed, const struct row *row, const struct change *change,
                      struct line *line) {
  const char *quantity = cell(feed, row, "quantity");
  struct issues *issues = &feed->issues;
  if (!*change->order) issue_error(issues, "5001", NULL, "order-id is empty.");
  if (!*change->date) issue_error(issues, "5001", NULL, "ship-date is empty.");
  if (!*change->carrier_code && !*change->carrier_name)
    issue_error(issues, "5001", NULL, "carrier-code or carrier-name is needed.");
  if (!*quantity) return;
  if (!str_to_int(str_of(quantity), &line->quantity) || line->quantity < 1)
    issue_error(issues, "5002", NULL, "quantity: '%s' is no quantity.", quantity);
  else if (!*line->code) issue_error(issues, "5001", NULL, "A quantity needs an order-item-id.");
}

static void confirm(struct feed *feed, const struct row *row) {
  struct change change;
  struct line line;
  json_t *order = NULL;
  read_row(feed, row, &change, &line);
  check_row(feed, row, &change, &line);
  if (!feed->issues.bad) order = order_find(feed, &change);
  if (!feed->issues.bad) {
    order_check_items(feed, order, &change);
    order_check_shipment(feed, order, &change);
  }
  if (feed_take(feed) && order) order_confirm(feed, order, &change);
  json_decref(order);
}

/* --- the whole file --- */

static bool holds(str text, str mark) {
  for (size_t i = 0; i + mark.len <= text.len; i++)
    if (!memcmp(text.at + i, mark.at, mark.len)) return true;
  return false;
}

static void work_row(struct feed *feed, bool confirms, long number, const struct row *row) {
  str first, rest = row->line;
  str_split(&rest, '\t', &first);
  const char *order = cell(feed, row, "order-id"), *name = arena_text(feed->request->arena, str_trim(first));
  feed_begin(feed, number, *order ? order : name);
  if (holds(row->line, STR("REFUSE")))
    issue_error(&feed->issues, "18028", NULL, "The data you submitted is not valid");
  if (confirms) confirm(feed, row);
  else feed_take(feed);
}

static void write_report(struct feed *feed) {
  struct buf *text = &feed->report;
  buf_printf(text,
             "Feed Processing Summary:\n\tNumber of records processed\t\t%ld\n\tNumber of records "
             "successful\t\t%ld\n\n",
             feed->processed, feed->accepted);
  buf_add(text, STR("original-record-number\torder-id\terror-code\terror-type\terror-message\n"));
  for (size_t i = 0; i < feed->issues.count; i++) {
    const struct issue *issue = &feed->issues.list[i];
    buf_printf(text, "%ld\t%s\t%s\t%s\t%s\n", issue->message, issue->name ? issue->name : "", issue->code,
               issue->is_error ? "Error" : "Warning", issue->text);
  }
}

/* A line in front of the header names the template, in some. */
static bool take_header(str *body, struct row *row) {
  while (str_split(body, '\n', &row->header)) {
    row->header = str_trim(row->header);
    if (row->header.len && !str_starts(row->header, STR("TemplateType="))) return true;
  }
  return false;
}

static bool is_header_good(struct feed *feed, const struct row *row) {
  static const char *const needed[] = { "order-id", "ship-date", "carrier-code" };
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
    struct row self = { row->header, row->header };
    if (!*cell(feed, &self, needed[i]))
      issue_error(&feed->issues, "5001", NULL, "The header has no column %s.", needed[i]);
  }
  return !feed->issues.bad;
}

void feed_work_flat(struct feed *feed) {
  bool confirms = !strcmp(feed->type, "POST_FLAT_FILE_FULFILLMENT_DATA");
  str body = feed->body;
  struct row row = { STR_NONE, STR_NONE };
  long number = 0;
  feed_begin(feed, 0, NULL);
  bool good = take_header(&body, &row) && (!confirms || is_header_good(feed, &row));
  while (str_split(&body, '\n', &row.line)) {
    if (!str_trim(row.line).len) continue;
    number++;
    if (good) work_row(feed, confirms, number, &row);
    else feed->processed++;
  }
  write_report(feed);
}
