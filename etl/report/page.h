/* report/page: lines of text for people: columns, wrapped texts, nothing that a terminal would obey.
 *
 * Texts come from files and people. A control character is shown as a blank, a bad byte as "?"; columns are
 * counted in characters. A line holds PAGE_WIDTH of them.
 */
#ifndef SLUICE_REPORT_PAGE_H
#define SLUICE_REPORT_PAGE_H

#include "base/buf.h"

enum { PAGE_WIDTH = 100 };

struct page {
  struct buf *text;
  size_t start; /* of the last line, in bytes */
};

struct page page_of(struct buf *text);
size_t page_column(const struct page *page); /* characters on the last line */
void page_end(struct page *page);            /* ends the line */
void page_to(struct page *page,
             size_t column); /* blanks up to the column; one at least, unless the line is empty */
void page_safe(struct page *page, str text); /* as one piece */
void page_left(struct page *page, str text, size_t width);
void page_right(struct page *page, str text, size_t width);
/* Breaks at blanks (a word longer than a line: anywhere); further lines begin at `indent`. */
void page_wrap(struct page *page, str text, size_t indent);
void page_wrapf(struct page *page, size_t indent, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
