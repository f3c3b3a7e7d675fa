/* amazon/report_types: what is to be known of a report type before it is asked for. */
#include "amazon/report_types.h"

static const struct report_type types[] = {
#define REPORT(name, ending, restricted, listed, dated, days, witness)                                       \
  { #name, ending, restricted, listed, dated, days, WITNESS_##witness },
#include "amazon/report_types.def"
#undef REPORT
};

static const struct report_type other = { "", ".txt", false, false, true, 30, WITNESS_NONE };

const struct report_type *report_type_find(str name) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (str_eq(name, str_of(types[i].name))) return &types[i];
  return &other;
}
