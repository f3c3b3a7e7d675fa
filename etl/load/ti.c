/* load/ti: lines of a Transaction Import data file.
 *
 *   "Batch",,202611,"H",120.50,"Amazon 70000000011","USD"
 *   "Transaction","0060","1100",...,120.50,0.00
 *
 * Layout and level words are the schema's, because control files differ from
 * site to site (R13). Texts are quoted, numbers, dates and periods are not; a
 * quote inside a text has no escape. In free text (a field with `too-long cut`
 * or `review`) it becomes an apostrophe, a line end a blank; anywhere else the
 * text may be a key to something in SL, and the record is refused.
 */
#include "codec/ti.h"
#include "load/writer.h"

static void start(struct writer *writer, struct buf *out) { (void)writer, (void)out; }

static bool is_quoted(const struct field *field) {
  return field->type.type == TYPE_TEXT || field->type.type == TYPE_ANY;
}

static bool is_free(const struct field *field) { return field->too_long != TOO_LONG_REFUSE; }

/* Another InvtID would be another item. */
static enum outcome add_text(struct writer *writer, const struct field *field, uint64_t before, bool *changed,
                             struct buf *out, struct err *err) {
  bool differs = false;
  size_t from = out->len;
  ti_write_text(out, buf_str(&writer->cell), &differs);
  *changed = *changed || differs;
  if (is_free(field) || (!differs && writer->transliterated == before)) return OUT_OK;
  out->len = from;
  err_set(err, OUT_DATA,
          "%s, and only free text (too-long cut or review) may be changed for Transaction Import",
          differs ? "it holds a quote or a line end" : "the character set lacks one of its letters");
  return err_of_field(err, field->record->name, field->name);
}

static enum outcome open(struct writer *writer, const struct record *record, const value *fields,
                         struct buf *out, struct err *err) {
  bool changed = false;
  uint64_t before = writer->transliterated;
  if (!record->field_count) return OUT_OK; /* only holds others together */
  ti_write_text(out, record->word.len ? record->word : record->name, &changed);
  for (size_t i = 0; i < record->field_count; i++) {
    ti_comma(out);
    if (!value_is_present(&fields[i])) continue;
    if (writer_cell(writer, record->fields[i], &fields[i], err)) return err->outcome;
    if (!is_quoted(record->fields[i])) ti_write_bare(out, buf_str(&writer->cell));
    else if (add_text(writer, record->fields[i], before, &changed, out, err)) return err->outcome;
    before = writer->transliterated;
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
