/* load/csv: csv and tsv lines: a header, and one line for each innermost record.
 *
 *   order-id,currency,sku,quantity
 *   111-1,USD,MUG-1,2          the order's fields stand before each of its items
 *   111-1,USD,MUG-2,1
 */
#include "codec/csv.h"
#include "load/writer.h"

static void add_field(struct writer *writer, str text, struct buf *out) {
  if (writer->separator != '\t') {
    csv_write_field(out, text, writer->separator);
    return;
  }
  for (size_t i = 0; i < text.len; i++)
    buf_char(out, text.at[i] == '\t' || text.at[i] == '\n' || text.at[i] == '\r' ? ' ' : text.at[i]);
}

static void add_names(struct writer *writer, const struct record *record, bool *begun, struct buf *out) {
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    if (*begun) buf_char(out, writer->separator);
    add_field(writer, field->as.len && writer->schema->format != FORMAT_STATE ? field->as : field->name, out);
    *begun = true;
  }
  if (record->kid_count) add_names(writer, record->kids[0], begun, out);
}

/* With the column that a schema does not have, where there is one. */
static void end_line(struct writer *writer, str extra, struct buf *out) {
  if (writer->extra_name.len) {
    buf_char(out, writer->separator);
    add_field(writer, extra, out);
  }
  buf_add(out, writer->newline);
}

static void start(struct writer *writer, struct buf *out) {
  bool begun = false;
  add_names(writer, writer->schema->records[0], &begun, out);
  end_line(writer, writer->extra_name, out);
}

static size_t fields_below(const struct record *record) {
  size_t count = 0;
  for (; record->kid_count; record = record->kids[0]) count += record->kids[0]->field_count;
  return count;
}

static enum outcome add_values(struct writer *writer, const struct record *record, const value *fields,
                               struct buf *out, struct err *err) {
  for (size_t i = 0; i < record->field_count; i++) {
    if (i) buf_char(out, writer->separator);
    if (writer_cell(writer, record->fields[i], &fields[i], err)) return err->outcome;
    add_field(writer, buf_str(&writer->cell), out);
  }
  return OUT_OK;
}

static enum outcome open(struct writer *writer, const struct record *record, const value *fields,
                         struct buf *out, struct err *err) {
  size_t depth = record->depth - 1;
  size_t outer = depth ? writer->outer_len[depth - 1] : 0;
  if (depth) writer->wrote_kid[depth - 1] = true;
  if (!record->kid_count) {
    buf_bytes(out, writer->outer.at, outer);
    enum outcome got = add_values(writer, record, fields, out, err);
    end_line(writer, writer->extra, out);
    return got;
  }
  if (depth >= 15) return err_set(err, OUT_SPEC, "records nest deeper than 15");
  writer->outer.len = outer;
  enum outcome got = add_values(writer, record, fields, &writer->outer, err);
  if (record->field_count) buf_char(&writer->outer, writer->separator); /* else it only holds the others */
  writer->outer_len[depth] = writer->outer.len;
  writer->wrote_kid[depth] = false;
  return got;
}

/* A record without children stands on a line of its own, the inner fields empty. */
static enum outcome close(struct writer *writer, const struct record *record, struct buf *out,
                          struct err *err) {
  (void)err;
  size_t depth = record->depth - 1;
  if (!record->kid_count || writer->wrote_kid[depth]) return OUT_OK;
  buf_bytes(out, writer->outer.at, writer->outer_len[depth]);
  for (size_t i = 1; i < fields_below(record); i++) buf_char(out, writer->separator);
  buf_add(out, writer->newline);
  return OUT_OK;
}

const struct format_writer csv_writer = { "csv", start, open, close, NULL };
