/* load/ti: lines of a Transaction Import data file.
 *
 *   "Batch",,202611,"H",120.50,"Amazon 70000000011","USD"
 *   "Transaction","0060","1100",...,120.50,0.00
 *
 * Layout and level words are the schema's, because control files differ from
 * site to site (R13). Texts are quoted, numbers, dates and periods are not; a
 * quote inside a text becomes an apostrophe, there is no escape for it.
 */
#include "codec/ti.h"
#include "load/writer.h"

static void start(struct writer *writer, struct buf *out) { (void)writer, (void)out; }

static bool is_quoted(const struct field *field) {
  return field->type.type == TYPE_TEXT || field->type.type == TYPE_ANY;
}

static enum outcome open(struct writer *writer, const struct record *record, const value *fields,
                         struct buf *out, struct err *err) {
  bool changed = false;
  if (!record->field_count) return OUT_OK; /* only holds others together */
  ti_write_text(out, record->word.len ? record->word : record->name, &changed);
  for (size_t i = 0; i < record->field_count; i++) {
    ti_comma(out);
    if (!value_is_present(&fields[i])) continue;
    if (writer_cell(writer, record->fields[i], &fields[i], err)) return err->outcome;
    if (is_quoted(record->fields[i])) ti_write_text(out, buf_str(&writer->cell), &changed);
    else ti_write_bare(out, buf_str(&writer->cell));
  }
  writer->transliterated += changed;
  buf_add(out, writer->newline);
  return OUT_OK;
}

static enum outcome close(struct writer *writer, const struct record *record, struct buf *out,
                          struct err *err) {
  (void)writer, (void)record, (void)out, (void)err;
  return OUT_OK;
}

const struct format_writer ti_writer = { "ti", start, open, close, NULL };
