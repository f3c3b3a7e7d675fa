/* amazon/report_types: what is to be known of a report type before it is asked for.
 *
 *   const struct report_type *type = report_type_find(STR("GET_ORDER_REPORT_DATA_SHIPPING"));
 *
 * A type that is not in the table can be asked for all the same: without a restricted token, for at most 30
 * days. Sources: Amazon's report type pages, as of November 2026; the table is amazon/report_types.def.
 */
#ifndef SLUICE_AMAZON_REPORT_TYPES_H
#define SLUICE_AMAZON_REPORT_TYPES_H

#include "base/str.h"

/* Who else knows whether there was nothing in a span of time. */
enum report_witness { WITNESS_NONE, WITNESS_MERCHANT, WITNESS_AMAZON };

struct report_type {
  const char *name, *ending; /* ".txt", ".xml" */
  bool restricted;           /* its document is given for a restricted token only */
  bool listed;               /* Amazon makes it when it wants: it is found, never asked for */
  bool dated;                /* takes dataStartTime and dataEndTime */
  int days_most;             /* in one report */
  enum report_witness witness;
};

const struct report_type *report_type_find(str name); /* never NULL */

#endif
