/* transform/rec_bytes: a source record with all that is below it as bytes, and back. */
#include "transform/rec_bytes.h"

#include <string.h>

/* Before the fields of each record. */
struct head {
  uint64_t row;
  uint32_t rows, other_count, below_count;
  uint16_t shape;
  bool has_values;
};

static enum outcome add_fields(const struct rec *rec, const struct shape *shape, struct buf *bytes,
                               struct err *err) {
  for (size_t i = 0; i < shape->field_count; i++) {
    if (!rec->values) {
      uint32_t len = rec->cells[i].at ? (uint32_t)rec->cells[i].len : UINT32_MAX; /* absent */
      buf_bytes(bytes, &len, sizeof len);
      buf_add(bytes, rec->cells[i]);
      continue;
    }
    buf_char(bytes, (char)rec->values[i].type);
    if (value_key(&rec->values[i], bytes, err)) return err->outcome;
  }
  return OUT_OK;
}

static uint32_t count_below(const struct rec *rec, const struct shapes *shapes) {
  size_t count = 0;
  for (size_t i = 0; rec->below && i < shapes->count; i++) count += rec->below[i].count;
  return (uint32_t)count;
}

static size_t shape_of(const struct rec *rec, const struct shapes *shapes) {
  size_t at = 0;
  while (at + 1 < shapes->count && shapes->items[at].level != rec->level) at++;
  return at;
}

enum outcome rec_to_bytes(const struct rec *rec, const struct shapes *shapes, struct buf *bytes,
                          struct err *err) {
  struct head head = { .row = rec->row, .rows = rec->rows, .other_count = (uint32_t)rec->other_count };
  head.below_count = count_below(rec, shapes);
  head.shape = (uint16_t)shape_of(rec, shapes);
  head.has_values = rec->values != NULL;
  buf_bytes(bytes, &head, sizeof head);
  buf_bytes(bytes, rec->others, sizeof *rec->others * rec->other_count);
  if (add_fields(rec, &shapes->items[head.shape], bytes, err)) return err->outcome;
  for (size_t i = 0; rec->below && i < shapes->count; i++)
    for (size_t j = 0; j < rec->below[i].count; j++)
      if (rec_to_bytes(rec->below[i].items[j], shapes, bytes, err)) return err->outcome;
  return OUT_OK;
}

/* --- back --- */

struct reading {
  str bytes;
  size_t at;
  const struct shapes *shapes;
  struct arena *arena;
};

static void take(struct reading *reading, void *to, size_t len) {
  if (len) memcpy(to, reading->bytes.at + reading->at, len);
  reading->at += len;
}

static void take_cells(struct reading *reading, struct rec *rec, size_t count) {
  str *cells = ARENA_ARRAY(reading->arena, str, count + 1);
  for (size_t i = 0; i < count; i++) {
    uint32_t len;
    take(reading, &len, sizeof len);
    if (len == UINT32_MAX) continue;
    cells[i] = (str){ reading->bytes.at + reading->at, len };
    reading->at += len;
  }
  rec->cells = cells;
}

static void take_values(struct reading *reading, struct rec *rec, size_t count) {
  value *values = ARENA_ARRAY(reading->arena, value, count + 1);
  for (size_t i = 0; i < count; i++) {
    enum type type = (enum type)(unsigned char)reading->bytes.at[reading->at++];
    values[i] = value_of_key(reading->bytes, &reading->at, type);
  }
  rec->values = values;
}

static struct rec *take_rec(struct reading *reading, struct rec *parent) {
  struct rec *rec = ARENA_NEW(reading->arena, struct rec);
  struct head head;
  take(reading, &head, sizeof head);
  const struct shape *shape = &reading->shapes->items[head.shape];
  *rec = (struct rec){ .level = shape->level, .parent = parent, .row = head.row, .rows = head.rows };
  uint64_t *others = ARENA_ARRAY(reading->arena, uint64_t, head.other_count + 1);
  take(reading, others, sizeof *others * head.other_count);
  rec->others = others;
  rec->other_count = head.other_count;
  if (head.has_values) take_values(reading, rec, shape->field_count);
  else take_cells(reading, rec, shape->field_count);
  if (head.below_count) rec->below = ARENA_ARRAY(reading->arena, struct recs, reading->shapes->count);
  for (uint32_t i = 0; i < head.below_count; i++) {
    struct rec *below = take_rec(reading, rec);
    recs_add(&rec->below[shape_of(below, reading->shapes)], below, reading->arena);
  }
  return rec;
}

struct rec *rec_of_bytes(str bytes, const struct shapes *shapes, struct arena *arena) {
  struct reading reading = { bytes, 0, shapes, arena };
  return take_rec(&reading, NULL);
}
