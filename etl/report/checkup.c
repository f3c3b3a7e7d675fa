/* report/checkup: what was looked at before the night, one line each. */
#include "report/checkup.h"
#include "report/page.h"
#include "report/summary.h"

void checkup_text(const struct checkup_line *lines, size_t count, struct buf *text) {
  enum { CHECK = 7, TEXT = 16 };
  struct page page = page_of(text);
  for (size_t i = 0; i < count; i++) {
    page_safe(&page, lines[i].good ? STR("ok") : STR("wrong"));
    page_to(&page, CHECK);
    page_safe(&page, str_of(lines[i].check));
    page_to(&page, TEXT);
    page_wrap(&page, lines[i].text, TEXT);
    page_end(&page);
  }
}

void checkup_json(const struct checkup_line *lines, size_t count, struct buf *text) {
  buf_char(text, '[');
  for (size_t i = 0; i < count; i++) {
    buf_printf(text, "%s\n  {\"check\": \"%s\", \"good\": %s, \"text\": ", i ? "," : "", lines[i].check,
               lines[i].good ? "true" : "false");
    json_text(text, lines[i].text);
    buf_char(text, '}');
  }
  buf_add(text, count ? STR("\n]\n") : STR("]\n"));
}
