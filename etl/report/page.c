/* report/page: lines of text for people: columns, wrapped texts, nothing that a terminal would obey. */
#include "report/page.h"

enum { FORMATTED_MOST = 64 * 1024 };

struct page page_of(struct buf *text) {
  return (struct page){ text, text->len };
}

size_t page_column(const struct page *page) {
  return page->text->full ? 0 : str_chars(str_sub(buf_str(page->text), page->start, page->text->len));
}

void page_end(struct page *page) {
  buf_char(page->text, '\n');
  page->start = page->text->len;
}

void page_to(struct page *page, size_t column) {
  size_t used = page_column(page);
  if (used && used >= column) column = used + 1;
  for (; used < column; used++) buf_char(page->text, ' ');
}

/* U+0080 to U+009F too: some terminals obey them. */
static bool is_control(str one) {
  unsigned char first = (unsigned char)one.at[0];
  return first < ' ' || first == 0x7f || (one.len == 2 && first == 0xc2 && (unsigned char)one.at[1] < 0xa0);
}

void page_safe(struct page *page, str text) {
  while (text.len) {
    str one = str_left_chars(text, 1);
    text = str_sub(text, one.len, text.len);
    if (is_control(one)) buf_char(page->text, ' ');
    else if (one.len == 1 && (unsigned char)one.at[0] >= 0x80) buf_char(page->text, '?');
    else buf_add(page->text, one);
  }
}

static void blanks(struct page *page, str text, size_t width) {
  for (size_t used = str_chars(text); used < width; used++) buf_char(page->text, ' ');
}

void page_left(struct page *page, str text, size_t width) {
  page_safe(page, text);
  blanks(page, text, width);
}

void page_right(struct page *page, str text, size_t width) {
  blanks(page, text, width);
  page_safe(page, text);
}

static void next_line(struct page *page, size_t indent) {
  page_end(page);
  page_to(page, indent);
}

/* Blanks that are more than one part columns (NAME=VALUE  NAME=VALUE) and are kept within a line. */
void page_wrap(struct page *page, str text, size_t indent) {
  size_t gap = 0, used = page_column(page), start = used;
  while (text.len) {
    bool begun = used > indent || used > start; /* the first line may begin before the others */
    if (text.at[0] == ' ' || text.at[0] == '\n') {
      gap += begun || gap;
      text = str_sub(text, 1, text.len);
      continue;
    }
    size_t end = 0;
    while (end < text.len && text.at[end] != ' ' && text.at[end] != '\n') end++;
    str word = str_sub(text, 0, end);
    size_t chars = str_chars(word);
    if (begun && used + gap + chars > PAGE_WIDTH) next_line(page, indent), used = start = indent, gap = 0;
    for (; gap; gap--, used++) buf_char(page->text, ' ');
    if (used + chars > PAGE_WIDTH) word = str_left_chars(word, used < PAGE_WIDTH ? PAGE_WIDTH - used : 1);
    page_safe(page, word);
    used += str_chars(word);
    text = str_sub(text, word.len, text.len);
  }
}

void page_wrapf(struct page *page, size_t indent, const char *format, ...) {
  struct buf text = buf_new(FORMATTED_MOST);
  va_list args;
  va_start(args, format);
  buf_vprintf(&text, format, args);
  va_end(args);
  page_wrap(page, buf_str(&text), indent);
  buf_free(&text);
}
