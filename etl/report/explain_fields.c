/* report/explain_fields: for every target field, the source columns that reach it. */
#include "report/explain.h"
#include "transform/functions.h"

enum { DEPTH_MOST = 60 };

/* What was met on the way from a field back to its sources, each once, in the order of meeting. */
struct trail {
  const struct program *program;
  struct arena *arena;
  str *names;
  size_t count;
  struct lookup_use {
    const struct lookup *lookup;
    str column;
  } * lookups; /* of the whole transform */
  size_t lookup_count;
};

static void meet(struct trail *trail, str name) {
  for (size_t i = 0; i < trail->count; i++)
    if (str_eq(trail->names[i], name)) return;
  *ARENA_PUSH(trail->arena, trail->names, trail->count) = name;
}

static str dotted(struct trail *trail, str first, str second) {
  return arena_printf(trail->arena, "%.*s.%.*s", STR_ARG(first), STR_ARG(second));
}

/* A column by its own name where the source has one level of records, else with its record. */
static str column_name(struct trail *trail, const struct node *node) {
  size_t records = 0;
  for (size_t i = 1; i < trail->program->level_count; i++) records++;
  return records > 1 ? dotted(trail, node->level->name, node->text) : node->text;
}

static void meet_lookup(struct trail *trail, const struct lookup *lookup, str column) {
  for (size_t i = 0; i < trail->lookup_count; i++)
    if (trail->lookups[i].lookup == lookup && str_eq(trail->lookups[i].column, column)) return;
  *ARENA_PUSH(trail->arena, trail->lookups, trail->lookup_count) = (struct lookup_use){ lookup, column };
}

static void walk(struct trail *trail, const struct node *node, size_t depth);

static void walk_aggregate(struct trail *trail, const struct aggregate *aggregate, size_t depth) {
  if (!aggregate->of && !aggregate->record)
    meet(trail, arena_printf(trail->arena, "count(%.*s)", STR_ARG(aggregate->level->name)));
  if (!aggregate->of && aggregate->record)
    meet(trail, arena_printf(trail->arena, "count(%.*s)", STR_ARG(aggregate->record->name)));
  walk(trail, aggregate->of, depth);
  walk(trail, aggregate->where, depth);
}

/* A field of a written record: what all the blocks that write it put there. */
static void walk_written(struct trail *trail, const struct node *node, size_t depth) {
  for (size_t i = 0; i < trail->program->block_count; i++) {
    const struct block *block = trail->program->blocks[i];
    if (block->record == node->record) walk(trail, block->assigns[node->field->index].node, depth);
  }
  if (node->field->assigned.len) meet(trail, dotted(trail, node->record->name, node->field->name));
}

static void walk_call(struct trail *trail, const struct node *node) {
  if (!node->kid_count) meet(trail, arena_printf(trail->arena, "%s()", node->function->name));
}

static void walk(struct trail *trail, const struct node *node, size_t depth) {
  if (!node || depth > DEPTH_MOST) return;
  depth++;
  switch (node->op) {
  case OP_COLUMN:
    meet(trail, column_name(trail, node));
    if (node->level->many) meet_lookup(trail, node->level->many, node->text);
    return;
  case OP_HEADER: meet(trail, dotted(trail, STR("header"), node->field->name)); return;
  case OP_KEY: walk(trail, node->group->keys[node->index], depth); return;
  case OP_LOOKUP:
    meet(trail, node->text);
    meet_lookup(trail, node->lookup,
                str_sub(node->text, node->lookup->name.len + 1, node->text.len)); /* LOOKUP.COLUMN */
    return;
  case OP_FOUND:
    meet(trail, node->text);
    meet_lookup(trail, node->lookup, STR_NONE);
    return;
  case OP_LET: walk(trail, node->block->lets[node->index].node, depth); return;
  case OP_FIELD: walk_written(trail, node, depth); return;
  case OP_AGGREGATE:
  case OP_PRIOR: walk_aggregate(trail, node->aggregate, depth); return;
  case OP_CONST:
    if (node->text.len) meet(trail, dotted(trail, STR("config"), node->text));
    return;
  case OP_COUNTER: meet(trail, STR("counter()")); return;
  case OP_COUNTER_IN_FILE: meet(trail, STR("counter-in-file()")); return;
  case OP_WINDOW: meet(trail, STR("window.start")); return;
  case OP_CALL: walk_call(trail, node); break;
  default: break;
  }
  for (size_t i = 0; i < node->kid_count; i++) walk(trail, node->kids[i], depth);
}

static void add_constant(const struct node *node, struct trail *trail) {
  if (node && node->op == OP_CONST && !node->text.len && value_is_present(&node->constant)) {
    str shown = value_show(&node->constant, NULL, trail->arena);
    bool quoted = node->constant.type == TYPE_TEXT;
    meet(trail, arena_printf(trail->arena, quoted ? "\"%.*s\"" : "%.*s", STR_ARG(shown)));
  }
}

/* The wrap keeps long lists readable; continuation lines stand below the first name. */
static void print_sources(const struct trail *trail, size_t start, size_t indent, struct buf *text) {
  for (size_t i = 0; i < trail->count; i++) {
    if (i) buf_add(text, STR(", "));
    if (i && text->len - start + trail->names[i].len > 118) {
      text->len--;
      start = text->len + 1;
      buf_printf(text, "\n%*s", (int)indent, "");
    }
    buf_add(text, trail->names[i]);
  }
  buf_char(text, '\n');
}

static const char *unset_reason(const struct field *field) {
  if (field->assigned.len) return "(given by the other system)";
  const struct record *parent = field->record->parent;
  for (size_t i = 0; parent && i < parent->key_count; i++)
    if (str_eq(parent->keys[i], field->name)) return "(the parent's)";
  return "(empty)";
}

static void explain_field(struct trail *trail, const struct record *record, size_t index, size_t width,
                          struct buf *text) {
  const struct field *field = record->fields[index];
  size_t start = text->len;
  trail->count = 0;
  trail->names = NULL;
  for (size_t i = 0; i < trail->program->block_count; i++) {
    const struct block *block = trail->program->blocks[i];
    if (block->record != record) continue;
    walk(trail, block->assigns[index].node, 0);
    add_constant(block->assigns[index].node, trail);
  }
  buf_printf(text, "  %.*s.%.*s", STR_ARG(record->name), STR_ARG(field->name));
  explain_pad(text, start, width);
  buf_add(text, STR("<- "));
  if (trail->count) print_sources(trail, start, width + 3, text);
  else buf_printf(text, "%s\n", unset_reason(field));
}

static void explain_record(struct trail *trail, const struct record *record, size_t width, struct buf *text) {
  bool written = false;
  for (size_t i = 0; i < trail->program->block_count; i++)
    written = written || trail->program->blocks[i]->record == record;
  for (size_t i = 0; written && i < record->field_count; i++) explain_field(trail, record, i, width, text);
  for (size_t i = 0; i < record->kid_count; i++) explain_record(trail, record->kids[i], width, text);
}

static size_t widest(const struct record *record) {
  size_t most = 0;
  for (size_t i = 0; i < record->field_count; i++)
    if (record->name.len + record->fields[i]->name.len > most)
      most = record->name.len + record->fields[i]->name.len;
  for (size_t i = 0; i < record->kid_count; i++) {
    size_t below = widest(record->kids[i]);
    if (below > most) most = below;
  }
  return most;
}

static void explain_lookup(const struct trail *trail, const struct lookup *lookup, struct buf *text) {
  size_t met = 0;
  for (size_t i = 0; i < trail->lookup_count; i++) {
    const struct lookup_use *use = &trail->lookups[i];
    if (use->lookup != lookup) continue;
    buf_add(text, met++ ? STR(", ") : STR("  "));
    if (use->column.len) buf_printf(text, "%.*s.%.*s", STR_ARG(lookup->name), STR_ARG(use->column));
    else buf_printf(text, "found(%.*s)", STR_ARG(lookup->name));
  }
  if (!met) return;
  buf_printf(text, " <- %.*s by ", STR_ARG(lookup->from));
  explain_keys(lookup, text);
  buf_char(text, '\n');
}

void explain_fields(const struct program *program, struct buf *text) {
  struct trail trail = { .program = program, .arena = arena_new() };
  buf_add(text, STR("\nfields <- the source columns that reach them\n"));
  for (size_t i = 0; i < program->into_count; i++)
    for (size_t j = 0; j < program->into[i]->record_count; j++) {
      const struct record *record = program->into[i]->records[j];
      explain_record(&trail, record, widest(record) + 5, text);
    }
  if (trail.lookup_count) buf_add(text, STR("\nlookups <- the sheet or table, by its keys\n"));
  for (size_t i = 0; i < program->lookup_count; i++) explain_lookup(&trail, program->lookups[i], text);
  arena_free(trail.arena);
}
