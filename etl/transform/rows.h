/* transform/rows: works through blocks of rows, one worker for each thread.
 *
 * Every worker has its own groups, counts and messages; rows_join adds up the latter two, fold_close_part
 * the groups.
 * Nothing that comes out depends on how the rows were cut into blocks or how
 * many workers there were (tests/unit/transform/test_rows.c tries many).
 *
 *   struct rows_worker *worker = rows_worker_new(&plan, sink);
 *   rows_block(worker, &rows, &err);              for every block
 *   rows_end(worker, &err);                       then join the others into the first
 *   rows_join(worker, other);
 */
#ifndef SLUICE_TRANSFORM_ROWS_H
#define SLUICE_TRANSFORM_ROWS_H

#include "transform/emit.h"
#include "transform/plan.h"

struct rows_worker;

/* `sink` takes what blocks with `each` write; it may be NULL when there are none. `memory_most` is for
 * groups. */
struct rows_worker *rows_worker_new(const struct plan *plan, const struct sink *sink, size_t memory_most);
enum outcome rows_block(struct rows_worker *worker, const struct rows *rows, struct err *err);
enum outcome rows_end(struct rows_worker *worker, struct err *err);
void rows_join(struct rows_worker *worker, struct rows_worker *other); /* counts and messages; not groups */
void rows_worker_free(struct rows_worker *worker);

struct tally *rows_tally(struct rows_worker *worker);
struct fold **rows_folds(struct rows_worker *worker); /* by group->index; not closed */
struct emitter *
rows_emitter(struct rows_worker *worker); /* of blocks with `each`; NULL when there are none */
struct gather **rows_gathers(struct rows_worker *worker, size_t *count); /* not sorted */
/* False once an amount was met that the other notation could not have meant. */
bool rows_other_notation_lives(const struct rows_worker *worker);
uint64_t rows_bad_numbers(const struct rows_worker *worker);

/* `sluice why`: calls `hit` for every row that stays and every group it goes to. */
typedef void rows_hit(void *user, const struct group *group, str key, uint64_t place, str cells);
void rows_trace(struct rows_worker *worker, rows_hit *hit, void *user);

#endif
