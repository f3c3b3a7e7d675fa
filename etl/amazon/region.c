/* amazon/region: where the Selling Partner API is, and which marketplaces there are. */
#include "amazon/region.h"

const char region_login[] = "https://api.amazon.com/auth/o2/token";

static const struct region regions[] = {
  { "na", "https://sellingpartnerapi-na.amazon.com" },
  { "eu", "https://sellingpartnerapi-eu.amazon.com" },
  { "fe", "https://sellingpartnerapi-fe.amazon.com" },
  { "sandbox-na", "https://sandbox.sellingpartnerapi-na.amazon.com" },
  { "sandbox-eu", "https://sandbox.sellingpartnerapi-eu.amazon.com" },
  { "sandbox-fe", "https://sandbox.sellingpartnerapi-fe.amazon.com" },
};

static const struct marketplace marketplaces[] = {
  { "ATVPDKIKX0DER", "US", "na" },  { "A2EUQ1WTGCTBG2", "CA", "na" }, { "A1AM78C64UM0Y8", "MX", "na" },
  { "A2Q3Y263D00KWC", "BR", "na" }, { "A1F83G8C2ARO7P", "GB", "eu" }, { "A1PA6795UKMFR9", "DE", "eu" },
  { "A13V1IB3VIYZZH", "FR", "eu" }, { "APJ6JRA9NG5V4", "IT", "eu" },  { "A1RKKUPIHCS9HS", "ES", "eu" },
  { "A1805IZSGTT6HS", "NL", "eu" }, { "A2NODRKZP88ZB9", "SE", "eu" }, { "A1C3SOZRARQ6R3", "PL", "eu" },
  { "AMEN7PMS3EDWL", "BE", "eu" },  { "A28R8C7NBKEWEA", "IE", "eu" }, { "AE08WJ6YKNBMC", "ZA", "eu" },
  { "ARBP9OOSHTCHU", "EG", "eu" },  { "A33AVAJ2PDY3EV", "TR", "eu" }, { "A17E79C6D8DWNP", "SA", "eu" },
  { "A2VIGQ35RCS4UG", "AE", "eu" }, { "A21TJRUUN4KGV", "IN", "eu" },  { "A1VC38T7YXB528", "JP", "fe" },
  { "A39IBJ37TRP1C6", "AU", "fe" }, { "A19VAU5U5O7RUS", "SG", "fe" },
};

const struct region *region_by_name(str name) {
  for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
    if (str_eq(name, str_of(regions[i].name))) return &regions[i];
  return NULL;
}

const struct marketplace *marketplace_find(str text) {
  if (str_eq(text, STR("UK"))) text = STR("GB");
  for (size_t i = 0; i < sizeof marketplaces / sizeof *marketplaces; i++)
    if (str_eq(text, str_of(marketplaces[i].id)) || str_eq(text, str_of(marketplaces[i].country)))
      return &marketplaces[i];
  return NULL;
}
