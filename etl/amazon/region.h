/* amazon/region: where the Selling Partner API is, and which marketplaces there are.
 *
 *   const struct region *region = region_by_name(STR("eu"));            also sandbox-eu
 *   const struct marketplace *marketplace = marketplace_find(STR("DE"));  by country, or by id A1PA6795UKMFR9
 *
 * Ids and endpoints are those that Amazon publishes for selling partners.
 */
#ifndef SLUICE_AMAZON_REGION_H
#define SLUICE_AMAZON_REGION_H

#include "base/str.h"

struct region {
  const char *name, *endpoint;
};
struct marketplace {
  const char *id, *country, *region; /* region: na, eu, fe */
};

const struct region *region_by_name(str name); /* NULL: there is none */
const struct marketplace *marketplace_find(str id_or_country);
extern const char region_login[]; /* https://api.amazon.com/auth/o2/token, the same for all regions */

#endif
