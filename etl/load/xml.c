/* load/xml: records as XML: the paths of the schema are elements, "A@b" is an attribute of A.
 *
 *   <AmazonEnvelope><Header> ... </Header>
 *   <Message><MessageID>1</MessageID><OrderFulfillment> ... </OrderFulfillment></Message>
 *   </AmazonEnvelope>
 *
 * Elements stand in the order of the schema; an absent field has none, a group with nothing present neither.
 * Each record of the outermost two levels begins a line.
 */
#include "codec/xml_text.h"
#include "load/writer.h"

/* The record whose fields are being written. */
struct turn {
  struct writer *writer;
  const struct record *record;
  const value *fields;
  struct buf *out;
  struct err *err;
  bool failed;
};

static bool refuse(struct turn *turn, const struct field *field) {
  err_set(turn->err, OUT_DATA, "it holds a character that XML cannot have");
  err_of_field(turn->err, field->record->name, field->name);
  return !(turn->failed = true);
}

static bool add_text(struct turn *turn, const struct field *field) {
  if (writer_cell(turn->writer, field, &turn->fields[field->index], turn->err)) return !(turn->failed = true);
  return xml_text(turn->out, buf_str(&turn->writer->cell)) || refuse(turn, field);
}

static void add_attribute(struct turn *turn, const struct field *field, str name) {
  if (str_starts(name, STR("xsi:")))
    buf_add(turn->out, STR(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""));
  buf_printf(turn->out, " %.*s=\"", STR_ARG(name));
  add_text(turn, field);
  buf_char(turn->out, '"');
}

static str path_of(const struct field *field) { return field->at.len ? field->at : field->name; }

/* Is what is open, from the record on, and one name more, the path before the @ ? */
static bool is_here(const struct nest *nest, size_t base, str name, str path) {
  str part;
  for (size_t i = base; i < nest->count; i++)
    if (!str_split(&path, '/', &part) || !str_eq(part, nest->open[i]->name)) return false;
  if (!name.len) return !path.len;
  return str_split(&path, '/', &part) && str_eq(part, name) && !path.len;
}

/* Attributes of the element that begins: those of its record, or beside its text. */
static void add_attributes(struct turn *turn, str name, bool is_record) {
  const struct nest *nest = &turn->writer->nest;
  size_t base = nest->base[turn->record->depth];
  for (size_t i = 0; i < turn->record->field_count; i++) {
    const struct field *field = turn->record->fields[i];
    str path = path_of(field);
    ptrdiff_t mark = str_find(path, '@');
    if (mark < 0 || !value_is_present(&turn->fields[i])) continue;
    str before = str_sub(path, 0, (size_t)mark);
    if (is_record ? !before.len : before.len && is_here(nest, base, name, before))
      add_attribute(turn, field, str_sub(path, (size_t)mark + 1, path.len));
  }
}

static void enter(void *user, const struct nest *nest, const struct nest_step *step) {
  struct turn *turn = user;
  (void)nest;
  buf_char(turn->out, '<');
  buf_add(turn->out, step->name);
  add_attributes(turn, step->name, false);
  buf_char(turn->out, '>');
}

static void leave(void *user, const struct nest *nest, const struct nest_step *step) {
  struct turn *turn = user;
  (void)nest;
  buf_add(turn->out, STR("</"));
  buf_add(turn->out, step->name);
  buf_char(turn->out, '>');
}

static void start(struct writer *writer, struct buf *out) {
  writer->nest = (struct nest){ 0 };
  buf_add(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
}

/* An attribute of an element without a text: <A b="1"/>, when no field before it opened A. */
static bool is_alone(const struct turn *turn, str path, size_t mark) {
  str element = str_sub(path, 0, mark);
  for (size_t i = 0; i < turn->record->field_count; i++) {
    str other = path_of(turn->record->fields[i]);
    ptrdiff_t at = str_find(other, '@');
    bool first = at >= 0 && str_eq(str_sub(other, 0, (size_t)at), element);
    if (first && str_eq(other, path)) return true;
    bool within = str_starts(other, element) && (other.len == element.len || other.at[element.len] == '/');
    if ((first || within) && value_is_present(&turn->fields[i])) return false;
  }
  return true;
}

static bool add_field(struct turn *turn, const struct field *field, const struct nest_path *path,
                      const struct nest_tongue *tongue) {
  struct nest *nest = &turn->writer->nest;
  str text = path_of(field), own = path->own.name;
  ptrdiff_t mark = str_find(text, '@');
  if (mark == 0 || (mark > 0 && !is_alone(turn, text, (size_t)mark))) return true;
  if (str_eq(text, STR("."))) return add_text(turn, field);
  if (!nest_move(nest, nest->base[turn->record->depth], path->steps, path->count, tongue) || mark > 0)
    return !turn->failed; /* of an attribute the element itself is the last step */
  buf_char(turn->out, '<');
  buf_add(turn->out, own);
  add_attributes(turn, own, false);
  buf_char(turn->out, '>');
  if (!add_text(turn, field)) return false;
  buf_add(turn->out, STR("</"));
  buf_add(turn->out, own);
  buf_char(turn->out, '>');
  return true;
}

/* Its own element; what it stands in first. */
static bool begin(struct turn *turn, const struct nest_record *known, const struct nest_tongue *tongue) {
  const struct record *record = known->record, none = { .depth = record->depth };
  struct nest *nest = &turn->writer->nest;
  size_t above = record->parent ? nest->base[record->parent->depth] : 0, own = known->at.count - 1;
  turn->record = &none; /* no field of it is an attribute there */
  bool good =
      known->at.count && nest->count < NEST_MOST - 1 && nest_move(nest, above, known->at.steps, own, tongue);
  turn->record = record;
  if (!good) return false;
  nest->open[nest->count++] = &known->at.steps[own];
  nest->base[record->depth] = nest->count;
  buf_char(turn->out, '<');
  buf_add(turn->out, known->at.steps[own].name);
  add_attributes(turn, STR_NONE, true);
  buf_char(turn->out, '>');
  return true;
}

static enum outcome open(struct writer *writer, const struct record *record, const value *fields,
                         struct buf *out, struct err *err) {
  struct turn turn = { writer, record, fields, out, err, false };
  const struct nest_tongue tongue = { enter, leave, &turn };
  struct nest *nest = &writer->nest;
  const struct nest_record *known = nest_record(&writer->plan, record);
  if (record->depth >= NEST_RECORDS)
    return err_set(err, OUT_SPEC, "records nest deeper than %d", NEST_RECORDS - 1);
  if (!begin(&turn, known, &tongue))
    return err_set(err, OUT_SPEC, "\"%.*s\" is no path of a record in XML", STR_ARG(record->at));
  for (size_t i = 0; i < record->field_count && !turn.failed; i++)
    if (value_is_present(&fields[i]) && !add_field(&turn, record->fields[i], &known->fields[i], &tongue))
      turn.failed = true;
  if (turn.failed) return err->outcome ? err->outcome : err_set(err, OUT_SPEC, "its paths are too long");
  if (!record->once) return OUT_OK;
  nest_leave_to(nest, nest->base[record->depth], &tongue);
  buf_char(out, '\n');
  return OUT_OK;
}

static enum outcome close(struct writer *writer, const struct record *record, struct buf *out,
                          struct err *err) {
  struct turn turn = { writer, record, NULL, out, err, false };
  const struct nest_tongue tongue = { enter, leave, &turn };
  nest_leave_to(&writer->nest, writer->nest.base[record->depth] - 1, &tongue);
  if (record->depth <= 2) buf_char(out, '\n');
  return OUT_OK;
}

static void end(struct writer *writer, struct buf *out) {
  struct turn turn = { .writer = writer, .out = out };
  const struct nest_tongue tongue = { enter, leave, &turn };
  nest_leave_to(&writer->nest, 0, &tongue);
}

const struct format_writer xml_writer = { "xml", start, open, close, end };
