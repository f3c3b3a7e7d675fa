/* codec/ti: lines of a Transaction Import data file to fields and back. */
#include "codec/ti.h"

static bool is_control(char c) { return (unsigned char)c < ' ' || c == 0x7f; }

void ti_write_text(struct buf *line, str text, bool *changed) {
  buf_char(line, '"');
  for (size_t i = 0; i < text.len; i++) {
    char c = text.at[i];
    if (c == '\r' && i + 1 < text.len && text.at[i + 1] == '\n') i++; /* CR LF is one line end: one blank */
    if (is_control(c)) c = ' ';
    else if (c == '"') c = '\''; /* the caller's work; but a quote that slips through would break the line */
    if (c != text.at[i]) *changed = true;
    buf_char(line, c);
  }
  buf_char(line, '"');
}

void ti_write_bare(struct buf *line, str text) { buf_add(line, text); }

struct reading {
  str text;
  size_t at;
  struct buf *spare;
  struct err *err;
};

/* Takes what err_set returned. */
static enum outcome fail_at(struct reading *reading, size_t at, enum outcome fact) {
  reading->err->column = at + 1;
  return fact;
}

/* Copies a field with "" in it. Room for the whole line is made at the first such field (spare is still empty
 * then), so that slices of it do not move. */
static enum outcome unescape(struct reading *reading, str inner, str *field) {
  struct buf *spare = reading->spare;
  if (!spare->len && spare->room < reading->text.len && !buf_make_room(spare, reading->text.len))
    return fail_at(reading, 0, err_set(reading->err, OUT_DATA, "line too long"));
  size_t from = spare->len;
  for (size_t i = 0; i < inner.len; i++) {
    buf_char(spare, inner.at[i]);
    if (inner.at[i] == '"') i++;
  }
  *field = str_sub(buf_str(spare), from, spare->len);
  return OUT_OK;
}

static enum outcome read_quoted(struct reading *reading, str *field) {
  str text = reading->text;
  size_t open = reading->at, i = open + 1;
  bool escaped = false;
  for (;; i++) {
    if (i >= text.len) return fail_at(reading, open, err_set(reading->err, OUT_DATA, "quote not closed"));
    if (text.at[i] != '"') continue;
    if (i + 1 >= text.len || text.at[i + 1] != '"') break;
    escaped = true;
    i++;
  }
  reading->at = i + 1;
  if (reading->at < text.len && text.at[reading->at] != ',')
    return fail_at(reading, reading->at, err_set(reading->err, OUT_DATA, "text after the closing quote"));
  *field = str_sub(text, open + 1, i);
  return escaped ? unescape(reading, *field, field) : OUT_OK;
}

static enum outcome read_bare(struct reading *reading, str *field) {
  size_t from = reading->at;
  while (reading->at < reading->text.len && reading->text.at[reading->at] != ',') {
    if (reading->text.at[reading->at] == '"')
      return fail_at(reading, reading->at, err_set(reading->err, OUT_DATA, "quote inside a bare field"));
    reading->at++;
  }
  *field = str_sub(reading->text, from, reading->at);
  return OUT_OK;
}

static enum outcome read_field(struct reading *reading, str *field) {
  bool quoted = reading->at < reading->text.len && reading->text.at[reading->at] == '"';
  return quoted ? read_quoted(reading, field) : read_bare(reading, field);
}

enum outcome ti_read_line(str text, struct ti_line *line, struct buf *spare, struct err *err) {
  struct reading reading = { text, 0, spare, err };
  buf_clear(spare);
  line->count = 0;
  enum outcome out = read_field(&reading, &line->word);
  if (out) return out;
  if (!line->word.len) return fail_at(&reading, 0, err_set(err, OUT_DATA, "no level word"));
  while (reading.at < text.len) {
    reading.at++; /* the comma */
    if (line->count == TI_FIELDS_MOST)
      return fail_at(&reading, reading.at, err_set(err, OUT_DATA, "more than %d fields", TI_FIELDS_MOST));
    if ((out = read_field(&reading, &line->fields[line->count]))) return out;
    line->count++;
  }
  return OUT_OK;
}
