/* fuzz/fuzz_db: what db makes of texts: numbers of FLOAT columns, dates, marks of a statement, connection
 * strings. */
#include "db/driver.h"
#include "db/marks.h"
#include "db/moment.h"
#include "db/number.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SQL_MOST = 1 << 16 };

static void must(bool holds) {
  if (!holds) abort();
}

/* What was read is written and read again as the same. */
static void check_number(str text, int32_t places) {
  dec value, again;
  char plain[DEC_TEXT_MOST], written[DEC_TEXT_MOST];
  size_t len;
  if (!number_from_float(text, places, &value)) return;
  must(places == NUMBER_ALL || value.scale == places);
  len = dec_format(value, plain);
  must(number_to_float((str){ plain, len }, places, written, &len) && len < DEC_TEXT_MOST);
  must(number_from_float((str){ written, len }, places, &again) && dec_compare(value, again) == 0);
}

static void check_moment(str text) {
  struct moment at, again;
  char written[MOMENT_TEXT];
  if (!moment_parse(text, &at)) return;
  moment_format(at, ' ', written);
  must(moment_parse(str_of(written), &again) && memcmp(&at, &again, sizeof at) == 0);
}

/* Without a list every mark stays one, and expanding once more changes nothing. */
static void check_marks(str text) {
  struct err err = { 0 };
  struct buf once = buf_new(SQL_MOST), twice = buf_new(SQL_MOST);
  enum outcome out = marks_expand(text, NULL, 0, 0, &once, &err);
  must(out == OUT_OK || out == OUT_BUG);
  if (!out) {
    must(once.len <= text.len);
    must(marks_expand(buf_str(&once), NULL, 0, 0, &twice, &err) == OUT_OK &&
         str_eq(buf_str(&once), buf_str(&twice)));
  }
  buf_free(&once);
  buf_free(&twice);
}

/* A password is never let through, and what is said of a string holds no more than the string. */
static void check_connection(str text) {
  struct err err = { 0 };
  struct db_settings settings = { .connection = text, .lock_seconds = 1 };
  struct password password = { .text = "a}b", .len = 3 };
  if (driver_check(text, &err)) return;
  struct buf sent = buf_new(DRIVER_TEXT_MOST);
  driver_connection(&settings, driver_guess(text), &password, &sent);
  must(!sent.full && str_ends(buf_str(&sent), STR(";PWD={a}}b}")));
  buf_free(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  str text = { (const char *)data, size };
  if (!size) return 0;
  for (int32_t places = NUMBER_ALL; places <= DEC_SCALE_MOST; places++) check_number(text, places);
  check_moment(text);
  check_marks(text);
  check_connection(text);
  return 0;
}
