/* unit/model/test_currency: the decimals of the currencies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/currency.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct {
  const char *code;
  int32_t places; /* -1 = no currency */
} currencies[] = {
  { "USD", 2 },  { "EUR", 2 },  { "GBP", 2 },  { "CAD", 2 },   { "MXN", 2 },  { "JPY", 0 },  { "SEK", 2 },
  { "PLN", 2 },  { "TRY", 2 },  { "INR", 2 },  { "AED", 2 },   { "SAR", 2 },  { "EGP", 2 },  { "BRL", 2 },
  { "SGD", 2 },  { "AUD", 2 },  { "CNY", 2 },  { "HUF", 2 },   { "CZK", 2 },  { "ZAR", 2 },  { "KWD", 3 },
  { "BHD", 3 },  { "TND", 3 },  { "JOD", 3 },  { "OMR", 3 },   { "IQD", 3 },  { "LYD", 3 },  { "CLP", 0 },
  { "KRW", 0 },  { "VND", 0 },  { "ISK", 0 },  { "CLF", 4 },   { "UYW", 4 },  { "XOF", 0 },  { "XCG", 2 },
  { "ZWG", 2 },  { "DEM", -1 }, { "HRK", -1 }, { "BGN", -1 },  { "ANG", -1 }, { "XAU", -1 }, { "XXX", -1 },
  { "usd", -1 }, { "US", -1 },  { "", -1 },    { "USDX", -1 }, { "AAA", -1 }, { "ZZZ", -1 }, { "SD ", -1 },
  { " US", -1 }, { "2 E", -1 },
};

static void test_places(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(currencies); i++) {
    int32_t places = -1;
    bool is_known = currency_places(str_of(currencies[i].code), &places);
    if (is_known != (currencies[i].places >= 0) || places != currencies[i].places)
      fail_msg("%s: %d instead of %d", currencies[i].code, (int)places, (int)currencies[i].places);
  }
}

/* A slip in the order of the list would hide codes from the search: all of them must be found. */
static void test_how_many(void **state) {
  size_t known = 0;
  (void)state;
  for (int i = 0; i < 26 * 26 * 26; i++) {
    char code[] = { (char)('A' + i / 676), (char)('A' + i / 26 % 26), (char)('A' + i % 26) };
    int32_t places = -1;
    if (!currency_places((str){ code, 3 }, &places)) continue;
    assert_in_range(places, 0, 4);
    known++;
  }
  assert_int_equal(known, 165);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_places), cmocka_unit_test(test_how_many) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
