/* load/nest: which elements or keys are open while records are written to XML or JSON. */
#include "load/nest.h"
#include "codec/json_text.h"

/* --- paths --- */

static struct nest_step step_of(str name, enum nest_kind kind, struct arena *arena) {
  struct buf key = buf_new(1 << 16);
  json_text(&key, name);
  buf_char(&key, ':');
  struct nest_step step = { name, arena_str(arena, buf_str(&key)), kind };
  buf_free(&key);
  return step;
}

static void add_steps(struct nest_path *path, str part, struct arena *arena) {
  bool list = str_ends(part, STR("[]"));
  str name = list ? str_sub(part, 0, part.len - 2) : part;
  if (str_eq(part, STR("."))) return;
  *ARENA_PUSH(arena, path->steps, path->count) = step_of(name, list ? NEST_LIST : NEST_NAMED, arena);
  if (list) *ARENA_PUSH(arena, path->steps, path->count) = (struct nest_step){ .kind = NEST_ITEM };
}

static struct nest_path path_of(str text, bool is_record, struct arena *arena) {
  struct nest_path path = { 0 };
  str part;
  while (text.len && str_split(&text, '/', &part)) {
    ptrdiff_t mark = str_find(part, '@');
    if (mark > 0) {
      add_steps(&path, str_sub(part, 0, (size_t)mark), arena);
      part = str_sub(part, (size_t)mark, part.len);
    }
    bool list = str_ends(part, STR("[]"));
    str name = list ? str_sub(part, 0, part.len - 2) : part;
    if (!text.len && !is_record) path.own = step_of(name, list ? NEST_LIST : NEST_NAMED, arena);
    else add_steps(&path, part, arena);
  }
  return path;
}

static void add_record(struct nest_plan *plan, const struct record *record, struct arena *arena) {
  struct nest_record *made = ARENA_PUSH(arena, plan->records, plan->count);
  struct nest_path *fields = ARENA_ARRAY(arena, struct nest_path, record->field_count + 1);
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    fields[i] = path_of(field->at.len ? field->at : field->name, false, arena);
  }
  bool document = record->once && !record->parent && !record->at.len && record->schema->format == FORMAT_JSON;
  str at = document ? STR_NONE : record->at.len ? record->at : record->name;
  *made = (struct nest_record){ record, path_of(at, true, arena), fields };
  for (size_t i = 0; i < record->kid_count; i++) add_record(plan, record->kids[i], arena);
}

struct nest_plan nest_plan(const struct schema *schema, struct arena *arena) {
  struct nest_plan plan = { 0 };
  for (size_t i = 0; i < schema->record_count; i++) add_record(&plan, schema->records[i], arena);
  return plan;
}

const struct nest_record *nest_record(const struct nest_plan *plan, const struct record *record) {
  size_t i = 0;
  while (plan->records[i].record != record) i++;
  return &plan->records[i];
}

/* --- what is open --- */

bool nest_enter(struct nest *nest, const struct nest_step *step, const struct nest_tongue *tongue) {
  if (nest->count == NEST_MOST) return false;
  tongue->enter(tongue->user, nest, step);
  nest->begun[nest->count] = true;
  nest->open[nest->count++] = step;
  nest->begun[nest->count] = false;
  return true;
}

void nest_leave_to(struct nest *nest, size_t count, const struct nest_tongue *tongue) {
  while (nest->count > count) {
    const struct nest_step *step = nest->open[--nest->count];
    tongue->leave(tongue->user, nest, step);
  }
}

static bool same(const struct nest_step *a, const struct nest_step *b) {
  return a == b || (a->kind == b->kind && str_eq(a->name, b->name));
}

bool nest_move(struct nest *nest, size_t base, const struct nest_step *steps, size_t count,
               const struct nest_tongue *tongue) {
  size_t kept = 0;
  while (kept < count && base + kept < nest->count && same(nest->open[base + kept], &steps[kept])) kept++;
  nest_leave_to(nest, base + kept, tongue);
  for (size_t i = kept; i < count; i++)
    if (!nest_enter(nest, &steps[i], tongue)) return false;
  return true;
}
