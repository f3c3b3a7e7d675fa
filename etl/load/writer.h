/* load/writer: records to the bytes of a file, by the format of their schema.
 *
 * A writer knows one schema and no file: it appends to a buffer. Formats are
 * lines: csv and tsv write a header and one line for each innermost record,
 * with the outer fields before it; ti writes one line for each record, its level word first.
 * A state is csv, its dates in the plain notation. What goes into a database (sql) is written as rows.
 * In xml and json records stand in each other (load/nest.h).
 *
 *   writer_start(writer, &out);                        the header line, if the format has one
 *   writer_open(writer, record, fields, &out, &err);
 *   writer_close(writer, record, &out, &err);
 *   writer_end(writer, &out);                          the last line, if the format has one
 *
 * Text that the target's character set lacks is transliterated by its table and counted, or the
 * record is refused: never "?" (io/charset.h). In ti only free text, a field with `too-long cut` or `review`,
 * may change at all: any other text may be a key to something in SL, and what cannot be written as it is
 * refuses the record.
 */
#ifndef SLUICE_LOAD_WRITER_H
#define SLUICE_LOAD_WRITER_H

#include "io/charset.h"
#include "load/nest.h"

struct writer;
struct format_writer { /* one for each format: load/csv.c, ti.c, rows.c, xml.c, json.c */
  const char *name;
  void (*start)(struct writer *writer, struct buf *out);
  enum outcome (*open)(struct writer *writer, const struct record *record, const value *fields,
                       struct buf *out, struct err *err);
  enum outcome (*close)(struct writer *writer, const struct record *record, struct buf *out, struct err *err);
  void (*end)(struct writer *writer, struct buf *out); /* NULL: nothing stands at the end */
};

struct writer {
  const struct format_writer *format;
  const struct schema *schema;
  const struct zone *zone;
  enum charset charset;
  char separator;
  str newline;
  struct buf cell, outer; /* outer: the encoded fields of the records around (csv) */
  size_t outer_len[16];   /* of `outer` at each depth */
  bool wrote_kid[16];
  struct arena *arena;
  struct nest_plan plan; /* of xml and json */
  struct nest nest;      /* what is open: a copy of it goes back to where the writer stood */
  str extra_name, extra; /* of csv: one more column, and what stands in it now */
  uint64_t transliterated;
};

struct writer *writer_new(const struct schema *schema, const struct zone *zone);
static inline void writer_start(struct writer *writer, struct buf *out) {
  writer->format->start(writer, out);
}
static inline enum outcome writer_open(struct writer *writer, const struct record *record,
                                       const value *fields, struct buf *out, struct err *err) {
  return writer->format->open(writer, record, fields, out, err);
}
static inline enum outcome writer_close(struct writer *writer, const struct record *record, struct buf *out,
                                        struct err *err) {
  return writer->format->close(writer, record, out, err);
}
/* When the file is complete, before it is. */
static inline void writer_end(struct writer *writer, struct buf *out) {
  if (writer->format->end) writer->format->end(writer, out);
}
void writer_free(struct writer *writer);

/* For the formats: the field's text in the target's characters, in writer->cell. */
enum outcome writer_cell(struct writer *writer, const struct field *field, const value *v, struct err *err);

extern const struct format_writer csv_writer, ti_writer, rows_writer, xml_writer, json_writer;

#endif
