/* load/json: records as JSON: the paths of the schema are keys, "list[]" holds one object for each record.
 *
 *   {"header":{"sellerId":"A1","version":"2.0"},"messages":[
 *   {"messageId":1,"sku":"MUG","patches":[{"op":"merge","value":[{"quantity":7}]}]},
 *   {"messageId":2, ...}]}
 *
 * Numbers are written as they are, with all their digits; dates and times are texts; an absent field has no
 * key, a group with nothing present neither. Each record of an outermost list begins a line.
 */
#include "codec/json_text.h"
#include "load/writer.h"

struct turn {
  struct writer *writer;
  struct buf *out;
};

static void comma(struct turn *turn, const struct nest *nest) {
  if (nest->begun[nest->count]) buf_char(turn->out, ',');
}

static void enter(void *user, const struct nest *nest, const struct nest_step *step) {
  struct turn *turn = user;
  comma(turn, nest);
  if (step->kind != NEST_ITEM) buf_add(turn->out, step->key);
  else if (nest->count == 1) buf_char(turn->out, '\n');
  buf_char(turn->out, step->kind == NEST_LIST ? '[' : '{');
}

static void leave(void *user, const struct nest *nest, const struct nest_step *step) {
  struct turn *turn = user;
  (void)nest;
  buf_char(turn->out, step->kind == NEST_LIST ? ']' : '}');
}

static void start(struct writer *writer, struct buf *out) {
  writer->nest = (struct nest){ 0 };
  buf_char(out, '{');
}

static enum outcome add_value(struct turn *turn, const struct field *field, const value *v, struct err *err) {
  struct writer *writer = turn->writer;
  if (v->type == TYPE_BOOLEAN) return buf_add(turn->out, v->as.yes ? STR("true") : STR("false")), OUT_OK;
  if (v->type == TYPE_TEXT && writer->charset == CHARSET_UTF_8)
    return json_text(turn->out, v->as.text), OUT_OK; /* as it is: nothing is left to format */
  if (writer_cell(writer, field, v, err)) return err->outcome;
  bool number = v->type == TYPE_INTEGER || v->type == TYPE_DECIMAL;
  if (number) buf_add(turn->out, buf_str(&writer->cell));
  else json_text(turn->out, buf_str(&writer->cell));
  return OUT_OK;
}

static enum outcome add_field(struct turn *turn, const struct field *field, const struct nest_path *path,
                              const value *v, const struct nest_tongue *tongue, struct err *err) {
  struct nest *nest = &turn->writer->nest;
  bool list = path->own.kind == NEST_LIST; /* its only value */
  if (!nest_move(nest, nest->base[field->record->depth], path->steps, path->count, tongue))
    return err_set(err, OUT_SPEC, "the path \"%.*s\" is too long", STR_ARG(field->at));
  comma(turn, nest);
  nest->begun[nest->count] = true;
  buf_add(turn->out, path->own.key);
  if (list) buf_char(turn->out, '[');
  if (add_value(turn, field, v, err)) return err->outcome;
  if (list) buf_char(turn->out, ']');
  return OUT_OK;
}

/* "programs": ["PRIME", "X"]: a record that is a text. */
static bool is_bare(const struct nest_record *known) {
  return known->record->field_count == 1 && str_eq(known->fields[0].own.name, STR("."));
}

static enum outcome open_bare(struct turn *turn, const struct nest_record *known, const value *fields,
                              struct err *err) {
  struct nest *nest = &turn->writer->nest;
  comma(turn, nest);
  nest->begun[nest->count] = true;
  nest->base[known->record->depth] = nest->count + 1;
  if (value_is_present(&fields[0])) return add_value(turn, known->record->fields[0], &fields[0], err);
  return buf_add(turn->out, STR("null")), OUT_OK;
}

static enum outcome open(struct writer *writer, const struct record *record, const value *fields,
                         struct buf *out, struct err *err) {
  struct turn turn = { writer, out };
  const struct nest_tongue tongue = { enter, leave, &turn };
  struct nest *nest = &writer->nest;
  const struct nest_record *known = nest_record(&writer->plan, record);
  if (record->depth >= NEST_RECORDS)
    return err_set(err, OUT_SPEC, "records nest deeper than %d", NEST_RECORDS - 1);
  size_t above = record->parent ? nest->base[record->parent->depth] : 0;
  size_t own = known->at.count ? known->at.count - 1 : 0;
  bool good = nest_move(nest, above, known->at.steps, own, &tongue);
  if (good && is_bare(known)) return open_bare(&turn, known, fields, err);
  if (!good || (known->at.count && !nest_enter(nest, &known->at.steps[own], &tongue)))
    return err_set(err, OUT_SPEC, "\"%.*s\" is no path of a record in JSON", STR_ARG(record->at));
  nest->base[record->depth] = nest->count;
  for (size_t i = 0; i < record->field_count; i++)
    if (value_is_present(&fields[i]) &&
        add_field(&turn, record->fields[i], &known->fields[i], &fields[i], &tongue, err))
      return err->outcome;
  if (record->once) nest_leave_to(nest, nest->base[record->depth], &tongue);
  return OUT_OK;
}

/* The list that it stands in stays open for the next one. */
static enum outcome close(struct writer *writer, const struct record *record, struct buf *out,
                          struct err *err) {
  struct turn turn = { writer, out };
  const struct nest_tongue tongue = { enter, leave, &turn };
  size_t base = writer->nest.base[record->depth];
  (void)err;
  nest_leave_to(&writer->nest, base ? base - 1 : 0, &tongue);
  return OUT_OK;
}

static void end(struct writer *writer, struct buf *out) {
  struct turn turn = { writer, out };
  const struct nest_tongue tongue = { enter, leave, &turn };
  nest_leave_to(&writer->nest, 0, &tongue);
  buf_add(out, STR("}\n"));
}

const struct format_writer json_writer = { "json", start, open, close, end };
