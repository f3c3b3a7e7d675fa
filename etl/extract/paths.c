/* extract/paths: builds source records out of the walk through an XML or JSON file. */
#include "extract/paths.h"

#include <string.h>

enum { DEPTH_MOST = 256, BATCH_BYTES = 256 * 1024, FREE_MOST = 64, UNKNOWN_MOST = 200, NOTHING = -1 };

/* One step of the paths. */
struct step {
  str name;
  const char *known; /* where the parser keeps this name: the same name is mostly the same pointer */
  struct step **kids;
  size_t kid_count;
  struct step *above;
  ptrdiff_t shape; /* of the record that begins here; NOTHING: none */
  const struct field *field;
  size_t field_shape;
  ptrdiff_t cell; /* of the field in its shape; NOTHING: the plan does not use it */
  bool unknown;
};

struct paths {
  const struct schema *schema;
  struct shapes shapes;
  struct arena *arena;
  struct step *root, *other, *at[DEPTH_MOST]; /* other: any name that is neither known nor told */
  size_t depth;
  struct tree *once_tree, *free[FREE_MOST];
  size_t free_count;
  struct rec *once[SHAPES_MOST], *open[SHAPES_MOST];
  struct tree_batch batch, *ready; /* small records with many fields: a few hundred in one block */
  size_t ready_from, ready_end, ready_room;
  size_t begun_at; /* bytes in the batch when the open record began */
  const char *flaw;
  uint64_t count, below;
  bool once_met[SHAPES_MOST], once_is_known; /* known: from an earlier look through the file */
  bool *once_seen[SHAPES_MOST];              /* by field: this time */
  bool late, met;
  str *unknown, first_name;
  size_t unknown_count;
};

/* --- the paths of a schema --- */

static struct step *step_below(struct paths *paths, struct step *above, str name) {
  for (size_t i = 0; i < above->kid_count; i++)
    if (str_eq(above->kids[i]->name, name)) return above->kids[i];
  struct step *step = ARENA_NEW(paths->arena, struct step);
  *step = (struct step){
    .name = arena_str(paths->arena, name), .above = above, .shape = NOTHING, .cell = NOTHING
  };
  return *ARENA_PUSH(paths->arena, above->kids, above->kid_count) = step;
}

/* Header/MerchantIdentifier, Amount@currency, orders[]: each part a step; "." is where it stands. */
static struct step *walk_path(struct paths *paths, struct step *from, str path) {
  str part;
  while (str_split(&path, '/', &part)) {
    if (str_eq(part, STR("."))) continue;
    ptrdiff_t mark = str_find(part, '@');
    size_t cut = mark > 0 ? (size_t)mark : 0; /* Amount@currency: two steps */
    if (cut) from = step_below(paths, from, str_sub(part, 0, cut));
    from = step_below(paths, from, str_sub(part, cut, part.len));
  }
  return from;
}

static ptrdiff_t cell_of(const struct shape *shape, const struct field *field) {
  for (size_t i = 0; i < shape->field_count; i++)
    if (shape->fields[i] == field) return (ptrdiff_t)i;
  return NOTHING;
}

/* JSON's outermost object has no name: a record that the file has once, without a path, is it. */
static bool is_document(const struct paths *paths, size_t index) {
  const struct shape *shape = &paths->shapes.items[index];
  return paths->schema->format == FORMAT_JSON && shape->once && !shape->parent && !shape->record->at.len;
}

static void add_record(struct paths *paths, size_t index, struct step **begins) {
  const struct shape *shape = &paths->shapes.items[index];
  const struct record *record = shape->record;
  struct step *step = begins[shape->parent];
  if (is_document(paths, index)) {
    paths->once[index] = paths->open[index] = tree_open(paths->once_tree, index, paths->open[shape->parent]);
  } else {
    step = walk_path(paths, step, record->at.len ? record->at : record->name);
    step->shape = (ptrdiff_t)index;
  }
  begins[index] = step;
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    struct step *own = walk_path(paths, step, field->at.len ? field->at : field->name);
    own->field = field;
    own->field_shape = index;
    own->cell = cell_of(shape, field);
  }
}

struct paths *paths_new(const struct schema *schema, const struct shapes *shapes) {
  struct paths *paths = mem_alloc(sizeof *paths);
  *paths = (struct paths){ .schema = schema, .shapes = *shapes, .arena = arena_new() };
  paths->root = ARENA_NEW(paths->arena, struct step);
  paths->other = ARENA_NEW(paths->arena, struct step);
  *paths->root = *paths->other = (struct step){ .shape = NOTHING, .cell = NOTHING };
  paths->other->unknown = true;
  paths->at[0] = paths->root;
  paths->once_tree = tree_new(shapes);
  paths->once[0] = paths->open[0] = tree_open(paths->once_tree, 0, NULL);
  struct step **begins = ARENA_ARRAY(paths->arena, struct step *, shapes->count);
  begins[0] = paths->root;
  for (size_t i = 0; i < shapes->count; i++)
    paths->once_seen[i] = ARENA_ARRAY(paths->arena, bool, shapes->items[i].field_count + 1);
  for (size_t i = 1; i < shapes->count; i++)
    if (shapes->items[i].record) add_record(paths, i, begins);
  return paths;
}

void paths_free(struct paths *paths) {
  if (!paths) return;
  for (size_t i = 0; i < paths->free_count; i++) tree_free(paths->free[i]);
  for (size_t i = paths->ready_from; i < paths->ready_end; i++) tree_free(paths->ready[i].tree);
  mem_free(paths->ready);
  tree_free(paths->batch.tree);
  tree_free(paths->once_tree);
  arena_free(paths->arena);
  mem_free(paths);
}

/* --- batches --- */

static void begin_batch(struct paths *paths) {
  struct tree *tree = paths->free_count ? paths->free[--paths->free_count] : tree_new(&paths->shapes);
  paths->batch = (struct tree_batch){ .tree = tree };
}

static void end_batch(struct paths *paths) {
  if (!paths->batch.tree) return;
  if (paths->ready_end == paths->ready_room) {
    paths->ready_room = paths->ready_room ? 2 * paths->ready_room : 16;
    paths->ready = mem_grow(paths->ready, paths->ready_room * sizeof *paths->ready);
  }
  paths->ready[paths->ready_end++] = paths->batch;
  paths->batch = (struct tree_batch){ 0 };
}

bool paths_take(struct paths *paths, struct tree_batch *batch) {
  if (paths->ready_from == paths->ready_end) return false;
  *batch = paths->ready[paths->ready_from++];
  if (paths->ready_from == paths->ready_end) paths->ready_from = paths->ready_end = 0;
  return true;
}

void paths_give_back(struct paths *paths, struct tree_batch *batch) {
  if (!batch->tree) return;
  tree_clear(batch->tree);
  if (paths->free_count < FREE_MOST) paths->free[paths->free_count++] = batch->tree;
  else tree_free(batch->tree);
  *batch = (struct tree_batch){ 0 };
}

/* --- the walk --- */

/* Its place: which of the file's records it is about. */
static enum outcome in_record(const struct paths *paths, enum outcome out, struct err *err) {
  char text[ERR_TEXT_MOST];
  str name = paths->shapes.items[paths->shapes.streamed].record->name;
  memcpy(text, err->text, sizeof text);
  if (!paths->count) return out;
  return err_set(err, out, "%s (%.*s %llu of the file)", text, STR_ARG(name),
                 (unsigned long long)paths->count);
}

static enum outcome begin_once(struct paths *paths, size_t shape, struct err *err) {
  str name = paths->at[paths->depth]->name;
  if (paths->once_met[shape]) return err_set(err, OUT_DATA, "%.*s stands twice", STR_ARG(name));
  paths->once_met[shape] = true;
  if (paths->once[shape]) return OUT_OK;
  struct rec *parent = paths->open[paths->shapes.items[shape].parent];
  paths->once[shape] = paths->open[shape] = tree_open(paths->once_tree, shape, parent);
  return OUT_OK;
}

static enum outcome begin_record(struct paths *paths, size_t shape, struct err *err) {
  const struct shape *kind = &paths->shapes.items[shape];
  if (kind->once) return begin_once(paths, shape, err);
  bool streamed = shape == paths->shapes.streamed;
  if (streamed) {
    if (paths->batch.tree && arena_size(tree_arena(paths->batch.tree)) > BATCH_BYTES) end_batch(paths);
    if (!paths->batch.tree) begin_batch(paths);
    paths->begun_at = arena_size(tree_arena(paths->batch.tree));
    paths->count++;
    paths->below = 0;
    paths->flaw = NULL;
  }
  struct rec *rec = tree_open(paths->batch.tree, shape, paths->open[kind->parent]);
  rec->row = paths->count << TREE_ROW_BITS | paths->below;
  if (paths->below + 1 < (uint64_t)1 << TREE_ROW_BITS) paths->below++;
  paths->open[shape] = rec;
  return OUT_OK;
}

static void end_record(struct paths *paths) {
  struct arena *arena = tree_arena(paths->batch.tree);
  size_t flaws = paths->batch.count;
  *ARENA_PUSH(arena, paths->batch.flaws, flaws) = paths->flaw;
  *ARENA_PUSH(arena, paths->batch.items, paths->batch.count) = paths->open[paths->shapes.streamed];
  paths->open[paths->shapes.streamed] = NULL;
}

/* What says where a schema lies is no news; nor is what a file of rejected records has besides
 * (extract/again.h): it comes back with the corrected copy. */
static bool is_news(const struct paths *paths, const struct step *above, str name) {
  if (above == paths->root || above == paths->other) return false;
  return !str_starts(name, STR("@xmlns")) && !str_starts(name, STR("@xsi:")) &&
         !str_eq(name, STR("sluice-error"));
}

/* Keys may be data ({"111-1": {...}}): only so many are kept. */
static struct step *unknown_step(struct paths *paths, struct step *above, str name) {
  if (!is_news(paths, above, name) || paths->unknown_count == UNKNOWN_MOST) return paths->other;
  struct step *step = step_below(paths, above, name);
  step->unknown = true;
  *ARENA_PUSH(paths->arena, paths->unknown, paths->unknown_count) =
      above->above ? arena_printf(paths->arena, "%.*s/%.*s", STR_ARG(above->name), STR_ARG(step->name))
                   : step->name;
  return step;
}

static enum outcome enter(void *user, str name, struct err *err) {
  struct paths *paths = user;
  struct step *above = paths->at[paths->depth], *step = NULL;
  if (paths->depth + 1 == DEPTH_MOST)
    return err_set(err, OUT_DATA, "elements nest deeper than %d", DEPTH_MOST);
  if (!paths->first_name.len) paths->first_name = arena_str(paths->arena, str_left_chars(name, 60));
  for (size_t i = 0; i < above->kid_count && !step; i++)
    if (above->kids[i]->known == name.at && above->kids[i]->name.len == name.len) step = above->kids[i];
  if (!step || !str_eq(step->name, name)) {
    step = NULL;
    for (size_t i = 0; i < above->kid_count && !step; i++)
      if (str_eq(above->kids[i]->name, name)) step = above->kids[i];
    if (!step) step = unknown_step(paths, above, name);
    step->known = name.at;
  }
  paths->at[++paths->depth] = step;
  if (!step->unknown) paths->met = true;
  if (step->shape == NOTHING) return OUT_OK;
  return begin_record(paths, (size_t)step->shape, err);
}

/* A list without items is a file of this kind all the same. */
static void list(void *user, str name) {
  struct paths *paths = user;
  const struct step *above = paths->at[paths->depth];
  if (!paths->first_name.len) paths->first_name = arena_str(paths->arena, str_left_chars(name, 60));
  for (size_t i = 0; i < above->kid_count; i++)
    if (!above->kids[i]->unknown && str_eq(above->kids[i]->name, name)) paths->met = true;
}

static bool wanted(void *user) {
  const struct paths *paths = user;
  const struct step *step = paths->at[paths->depth];
  return !step->unknown &&
         (step->kid_count || step->cell != NOTHING || (step->field && step->field->refused.len));
}

/* Of a record that the file has once: known from an earlier look, or kept for the records to come. */
static enum outcome once_text(struct paths *paths, const struct step *step, str text, struct err *err) {
  bool *seen = &paths->once_seen[step->field_shape][step->cell];
  if (*seen) return err_set(err, OUT_DATA, "%.*s stands twice", STR_ARG(step->field->name));
  *seen = true;
  if (paths->once_is_known) return OUT_OK;
  if (paths->count) paths->late = true;
  tree_cell(paths->once_tree, paths->open[step->field_shape], (size_t)step->cell, text);
  return OUT_OK;
}

static enum outcome text(void *user, str text, bool quoted, struct err *err) {
  struct paths *paths = user;
  const struct step *step = paths->at[paths->depth];
  (void)quoted;
  if (!step->field || !str_trim(text).len) return OUT_OK;
  if (step->field->refused.len)
    return in_record(paths, err_set(err, OUT_DATA, "%.*s", STR_ARG(step->field->refused)), err);
  if (step->cell == NOTHING) return OUT_OK;
  if (paths->shapes.items[step->field_shape].once) return once_text(paths, step, text, err);
  struct tree *tree = paths->batch.tree;
  if (tree_cell(tree, paths->open[step->field_shape], (size_t)step->cell, text) || paths->flaw) return OUT_OK;
  paths->flaw =
      arena_printf(tree_arena(tree), "%.*s stands twice in one record", STR_ARG(step->field->name)).at;
  return OUT_OK;
}

static enum outcome leave(void *user, struct err *err) {
  struct paths *paths = user;
  const struct step *step = paths->at[paths->depth--];
  if (step->shape == NOTHING || paths->shapes.items[step->shape].once) return OUT_OK;
  if (arena_size(tree_arena(paths->batch.tree)) - paths->begun_at > TREE_MOST)
    return in_record(paths, err_set(err, OUT_DATA, "one record takes more than %d MiB", TREE_MOST >> 20),
                     err);
  if ((size_t)step->shape == paths->shapes.streamed) end_record(paths);
  return OUT_OK;
}

void paths_again(struct paths *paths) {
  struct tree_batch batch;
  while (paths_take(paths, &batch)) paths_give_back(paths, &batch);
  paths_give_back(paths, &paths->batch);
  paths->once_is_known = true;
  paths->late = false;
  for (size_t i = 0; i < paths->shapes.count; i++)
    memset(paths->once_seen[i], 0, paths->shapes.items[i].field_count * sizeof(bool));
  paths->count = paths->depth = 0;
  memset(paths->once_met, 0, sizeof paths->once_met);
}

bool paths_once_is_complete(const struct paths *paths) {
  for (size_t i = 1; i < paths->shapes.count; i++) {
    const struct shape *shape = &paths->shapes.items[i];
    if (!shape->once || !shape->field_count) continue;
    for (size_t j = 0; j < shape->field_count; j++)
      if (!paths->once[i] || !paths->once[i]->cells[j].at) return false;
  }
  return true;
}

struct events paths_events(struct paths *paths) {
  return (struct events){ paths, enter, wanted, text, leave, list };
}

enum outcome paths_end(struct paths *paths, struct err *err) {
  end_batch(paths);
  if (paths->met) return OUT_OK;
  size_t outermost = is_document(paths, 1) && paths->shapes.count > 2 ? 2 : 1;
  const struct record *record = paths->shapes.items[outermost].record;
  str wanted_name = record->at.len ? record->at : record->name;
  if (!paths->first_name.len)
    return err_set(err, OUT_DATA, "this is no %.*s: nothing stands in it", STR_ARG(paths->schema->name));
  return err_set(err, OUT_DATA, "this is no %.*s: it begins with \"%.*s\", not with \"%.*s\"",
                 STR_ARG(paths->schema->name), STR_ARG(paths->first_name), STR_ARG(wanted_name));
}

struct rec *const *paths_once(const struct paths *paths) {
  return paths->once;
}
bool paths_is_late(const struct paths *paths) { return paths->late; }

size_t paths_unknown(const struct paths *paths, const str **names) {
  *names = paths->unknown;
  return paths->unknown_count;
}
