/* load/writer: records to the bytes of a file, by the format of their schema. */
#include "load/writer.h"

enum { CELL_MOST = 1 << 20 };

struct writer *writer_new(const struct schema *schema, const struct zone *zone) {
  static const struct format_writer *const formats[] = {
    [FORMAT_TSV] = &csv_writer,   [FORMAT_CSV] = &csv_writer,   [FORMAT_TI] = &ti_writer,
    [FORMAT_XML] = &xml_writer,   [FORMAT_JSON] = &json_writer, [FORMAT_SQL] = &rows_writer,
    [FORMAT_STATE] = &csv_writer,
  };
  struct writer *writer = mem_alloc(sizeof *writer);
  *writer = (struct writer){ .format = formats[schema->format], .schema = schema, .zone = zone };
  writer->arena = arena_new();
  if (writer->format == &xml_writer || writer->format == &json_writer)
    writer->plan = nest_plan(schema, writer->arena);
  str charset = schema_option_word(schema, "charset", 0), newline = schema_option_word(schema, "newline", 0);
  str separator = schema_option_word(schema, "separator", 0);
  writer->charset = CHARSET_UTF_8;
  if (charset.len && charset_by_name(charset, &writer->charset) && writer->charset == CHARSET_AUTO)
    writer->charset = CHARSET_UTF_8;
  bool crlf = newline.len ? str_eq(newline, STR("crlf")) : schema->format == FORMAT_TI;
  writer->newline = crlf ? STR("\r\n") : STR("\n");
  writer->separator = schema->format == FORMAT_TSV ? '\t' : separator.len == 1 ? separator.at[0] : ',';
  writer->cell = buf_new(CELL_MOST);
  writer->outer = buf_new(CELL_MOST);
  return writer;
}

void writer_free(struct writer *writer) {
  if (!writer) return;
  buf_free(&writer->cell);
  buf_free(&writer->outer);
  arena_free(writer->arena);
  mem_free(writer);
}

static bool is_ascii(str text) {
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.at[i] >= 0x80) return false;
  return true;
}

enum outcome writer_cell(struct writer *writer, const struct field *field, const value *v, struct err *err) {
  buf_clear(&writer->cell);
  struct type_spec type = field->type;
  if (writer->schema->format == FORMAT_STATE) type.pattern = STR_NONE; /* it is read back, by nobody else */
  value_format(v, &type, writer->zone, &writer->cell);
  if (writer->charset == CHARSET_UTF_8 || is_ascii(buf_str(&writer->cell))) return OUT_OK;
  struct buf bytes = buf_new(CELL_MOST);
  bool changed = false;
  enum outcome out = charset_from_utf8(writer->charset, buf_str(&writer->cell), &bytes, &changed, err);
  if (!out) {
    buf_clear(&writer->cell);
    buf_add(&writer->cell, buf_str(&bytes));
    writer->transliterated += changed;
  } else err_of_field(err, field->record->name, field->name);
  buf_free(&bytes);
  return out;
}
