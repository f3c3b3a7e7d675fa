/* transform/layout: gives every aggregate of a program the place of its state. */
#include "transform/accumulate.h"

static size_t lay_out(struct aggregate *const *aggregates, size_t count) {
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    at = acc_align(aggregates[i]->kind, at);
    aggregates[i]->offset = at;
    at += acc_size(aggregates[i]->kind);
  }
  return at;
}

/* Every group also counts its records: the proof says how many rows made each line. */
static void count_records(struct program *program, struct group *group) {
  for (size_t i = 0; i < group->aggregate_count; i++)
    if (group->aggregates[i]->kind == AGG_COUNT && !group->aggregates[i]->where) return;
  struct aggregate *count = ARENA_NEW(program->arena, struct aggregate);
  *count = (struct aggregate){
    .kind = AGG_COUNT, .type = TYPE_INTEGER, .group = group, .slot = group->aggregate_count
  };
  count->level = group->level ? group->level : program->streamed;
  count->own = true;
  *ARENA_PUSH(program->arena, group->aggregates, group->aggregate_count) = count;
}

void program_layout(struct program *program) {
  for (size_t i = 0; i < program->fold_count; i++) {
    struct group *group = program->folds[i];
    count_records(program, group);
    group->state_size = lay_out(group->aggregates, group->aggregate_count);
  }
  for (size_t i = 0; i < program->block_count; i++)
    program->blocks[i]->totals_size = lay_out(program->blocks[i]->totals, program->blocks[i]->total_count);
  program->totals_size = lay_out(program->totals, program->total_count);
}

bool level_is_under(const struct level *level, const struct level *above) {
  for (; level; level = level->parent)
    if (level == above) return true;
  return false;
}
