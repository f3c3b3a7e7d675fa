/* load/rows: documents for a database, as rows of its tables in readable text: what load/apply writes.
 *
 *   sluice rows 1 sl.sales-order
 *   =SOHeader,CpnyID,OrdNbr,SOTypeID,CustOrdNbr,OrdDate
 *   =SOLine,LineRef,InvtID,QtyOrd,User1
 *   =ProcessQueue,CpnyID,SOOrdNbr,ProcessAt
 *   +113-0000001-0000001                                  a document, by what it is known by
 *   SOHeader,"0060",@,"AMZ","113-0000001-0000001",2026-11-03
 *   SOLine,"00001","MUG 12"" BLUE",2,                     an empty cell is absent
 *   ProcessQueue,"0060",@,2026-11-03T04:05:00
 *   .                                                     the end: without it the file was cut
 *
 * The lines with = say which columns follow, for each record of the schema; those of records that change rows
 * begin "=SOHeader change,", and a column with ? behind it says what the row must hold, not what it gets.
 * Texts are quoted, numbers, dates and times are not; yes is 1. @ is the number that SL gives this document.
 * Times are the books' local clock, to the minute, as SL keeps them. A text is one line: line ends in it
 * become blanks, and so do other control characters. `charset windows-1252` writes only characters that SL
 * has, in UTF-8.
 *
 * There is no count of documents at the end: a record that is taken back after it was written
 * (transform/sink.h) leaves its bytes nowhere, and nothing else may remember it.
 */
#include "load/rows_read.h"
#include "load/writer.h"

static void add_text(struct writer *writer, str text, struct buf *out) {
  bool changed = false;
  buf_char(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.at[i];
    if (c == '"') buf_char(out, '"');
    changed = changed || c < 0x20 || c == 0x7f;
    buf_char(out, c < 0x20 || c == 0x7f ? ' ' : (char)c);
  }
  buf_char(out, '"');
  writer->transliterated += changed;
}

/* writer_cell gives the target's bytes: read back, they are what the target has of the text. */
static enum outcome add_characters(struct writer *writer, const struct field *field, const value *v,
                                   struct buf *out, struct err *err) {
  if (writer_cell(writer, field, v, err)) return err->outcome;
  if (writer->charset == CHARSET_UTF_8) {
    add_text(writer, buf_str(&writer->cell), out);
    return OUT_OK;
  }
  struct charset_reader *reader = charset_reader_new(writer->charset);
  struct buf text = buf_new(writer->cell.most * 4);
  enum outcome got = charset_to_utf8(reader, buf_str(&writer->cell), true, &text, err);
  if (!got) add_text(writer, buf_str(&text), out);
  buf_free(&text);
  charset_reader_free(reader);
  return got;
}

static void add_number(dec number, struct buf *out) {
  char text[DEC_TEXT_MOST];
  buf_bytes(out, text, dec_format(dec_trim(number), text));
}

static void add_minute(struct writer *writer, stamp at, struct buf *out) {
  char text[DATE_TEXT_MOST];
  buf_bytes(out, text, date_format_wall(at, writer->zone, STR("YYYY-MM-DDTHH:mm"), text));
  buf_add(out, STR(":00"));
}

static enum outcome add_cell(struct writer *writer, const struct field *field, const value *v,
                             struct buf *out, struct err *err) {
  char text[DATE_TEXT_MOST];
  dec number;
  if (value_is_assigned(v) || (field->assigned.len && !value_is_present(v))) buf_char(out, '@');
  else if (value_to_decimal(v, &number)) add_number(number, out);
  else if (v->type == TYPE_BOOLEAN) buf_char(out, v->as.yes ? '1' : '0');
  else if (v->type == TYPE_DATE) buf_bytes(out, text, date_format(v->as.date, STR("YYYY-MM-DD"), text));
  else if (v->type == TYPE_TIMESTAMP) add_minute(writer, v->as.at, out);
  else if (value_is_present(v)) return add_characters(writer, field, v, out, err);
  return OUT_OK;
}

static void add_columns(struct writer *writer, const struct record *record, struct buf *out) {
  if (record->field_count) {
    buf_char(out, '=');
    buf_add(out, record->name);
    if (record->change) buf_add(out, STR(" change"));
    for (size_t i = 0; i < record->field_count; i++) {
      buf_char(out, ',');
      buf_add(out, field_column(record->fields[i]));
      if (record->change && field_is_found_by(record->fields[i])) buf_char(out, '?');
    }
    buf_add(out, writer->newline);
  }
  for (size_t i = 0; i < record->kid_count; i++) add_columns(writer, record->kids[i], out);
}

static void start(struct writer *writer, struct buf *out) {
  buf_add(out, STR("sluice rows 1 "));
  buf_add(out, writer->schema->name);
  buf_add(out, writer->newline);
  for (size_t i = 0; i < writer->schema->record_count; i++)
    add_columns(writer, writer->schema->records[i], out);
}

/* What the document is known by: its fields' texts, parted by /. */
static enum outcome add_key(struct writer *writer, const struct record *record, const value *fields,
                            struct buf *out, struct err *err) {
  const struct option *document = schema_option(writer->schema, "document");
  size_t begin = out->len + 1;
  buf_char(out, '+');
  for (size_t i = 0; document && i < document->count; i++) {
    const struct field *field = record_field(record, document->words[i]);
    if (!field || !value_is_present(&fields[field->index]))
      return err_set(err, OUT_DATA, "a document without %.*s cannot be known again",
                     STR_ARG(document->words[i]));
    if (i) buf_char(out, '/');
    buf_clear(&writer->cell);
    value_format(&fields[field->index], &field->type, writer->zone, &writer->cell);
    str text = str_trim(buf_str(&writer->cell));
    for (size_t j = 0; j < text.len; j++) {
      unsigned char c = (unsigned char)text.at[j];
      if (c >= 0x20 && c != 0x7f) buf_char(out, (char)c);
    }
    while (out->len > begin && out->at[out->len - 1] == ' ') out->len--;
  }
  str key = str_sub(buf_str(out), begin, out->len);
  if (!key.len || str_chars(key) > ROWS_KEY_MOST)
    return err_set(err, OUT_DATA, "\"%.*s\" cannot be what a document is known by: 1 to %d characters",
                   STR_ARG(key), ROWS_KEY_MOST);
  buf_add(out, writer->newline);
  return OUT_OK;
}

static enum outcome open(struct writer *writer, const struct record *record, const value *fields,
                         struct buf *out, struct err *err) {
  if (record->depth == 1 && add_key(writer, record, fields, out, err)) return err->outcome;
  if (!record->field_count) return OUT_OK;
  buf_add(out, record->name);
  for (size_t i = 0; i < record->field_count; i++) {
    buf_char(out, ',');
    if (add_cell(writer, record->fields[i], &fields[i], out, err))
      return err_of_field(err, record->name, record->fields[i]->name);
  }
  buf_add(out, writer->newline);
  return OUT_OK;
}

static enum outcome close(struct writer *writer, const struct record *record, struct buf *out,
                          struct err *err) {
  (void)writer, (void)record, (void)out, (void)err;
  return OUT_OK;
}

static void end(struct writer *writer, struct buf *out) {
  buf_char(out, '.');
  buf_add(out, writer->newline);
}

const struct format_writer rows_writer = { "rows", start, open, close, end };
