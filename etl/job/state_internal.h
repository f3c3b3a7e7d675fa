/* job/state_internal: one table of a run: what state.c reads and state_tidy.c puts in order. */
#ifndef SLUICE_JOB_STATE_INTERNAL_H
#define SLUICE_JOB_STATE_INTERNAL_H

#include "job/state.h"
#include "job/state_file.h"
#include "job/state_history.h"

/* Rows of one release, wherever they lie. */
struct state_span {
  str name;
  const struct state_file *file;
  size_t from, count;
  bool merged;
};

/* What lies in the folder, read against the ledger. */
struct state_folder {
  struct state_history history;
  str *names;
  size_t name_count;
  struct state_span *spans; /* by release of the history, of merged files; no file: it is in none */
  size_t strangers;         /* releases in merged files that the history does not have */
  size_t merged_count, single_count;
  int32_t kept_from; /* what was released before may have been removed */
};

struct state_table {
  str name;                         /* the folder */
  str known_as;                     /* state.settlement; of a table of SL's: sl.read.item */
  const struct lookup *asked;       /* a table of SL's: the lookup that states its query; NULL: a state */
  const struct feed_supply *supply; /* of a report: where its file lies */
  const struct program *program;    /* that it stands in */
  const struct schema *schema;
  const struct record *record;
  int64_t keep; /* days; 0: for good */
  bool looked_up;
  struct state_folder folder;
  value **rows; /* those that count, as they were released */
  size_t row_count;
};

/* Rows on their way into a table, in the order of their release. */
struct state_rows {
  const struct states *states;
  struct state_table *table;
  struct map *latest; /* key to the place of its latest row, from 1 */
  value *read;        /* the row that is being read */
  struct buf key;
};

struct states {
  struct states_of of;
  struct arena *arena;
  struct arena *reading; /* what is needed only until the tables stand: merged files, names in folders */
  struct state_table *tables;
  size_t table_count;
  struct map *verdicts; /* by table, file and message; NULL: not read yet */
  const struct lookup **lookups;
  struct past **bound; /* one for each of them */
  size_t lookup_count;
};

/* state_folder.c. Lists, and reads the ledger (into `arena`) and the merged files. OUT_RETRY: a file went
 * meanwhile. */
enum outcome state_look(const struct states *states, const struct state_table *table, struct arena *arena,
                        struct state_folder *folder, struct err *err);
/* Does it count today: released, not reversed, not older than `keep`? */
bool state_counts(const struct states *states, const struct state_table *table,
                  const struct state_release *release);
/* Its rows; those of a file of its own in `arena`. OUT_END: they were removed, being old. OUT_RETRY: its file
 * went meanwhile. */
enum outcome state_span(const struct states *states, const struct state_table *table,
                        const struct state_folder *folder, const struct state_release *release,
                        struct arena *arena, struct state_span *span, struct err *err);
bool state_is_merged_name(str name, uint64_t *number); /* merged-12.csv */
extern const char state_kept_from[];                   /* name of the file that says so */

/* state_rows.c: empties the table, fills it, and drops the rows whose keys came again. Nothing of the file is
 * needed afterwards. */
struct state_rows state_rows_begin(const struct states *states, struct state_table *table);
/* `release`: the file's name in the table's folder, by which verdicts are found; "" for what is no state. */
enum outcome state_rows_add(struct state_rows *rows, const struct state_file *file, size_t from, size_t count,
                            str release, struct err *err);
void state_rows_end(struct state_rows *rows);

/* state.c. NULL: no transform of the run names it. */
struct state_table *state_table_of(const struct states *states, str schema);
void state_bind(struct states *states); /* the lookups find what the tables hold now */

/* state_sl.c. A table of SL's, from the database or from the file that stands for it. */
bool state_sl_is_there(const struct states *states,
                       const struct state_table *table); /* the one or the other */
enum outcome state_from_sl(const struct states *states, struct state_table *table, struct err *err);

/* state_supply.c. A report's newest file as a state's text, and its name. OUT_RETRY: there is none that is
 * young enough. */
enum outcome state_from_supply(const struct states *states, struct state_table *table, str *text, str *name,
                               struct err *err);

/* state_verdict.c. The verdicts on messages of feeds, when the first row asks; and whether the row is to be
 * sent again, and so counts no more. `message`: of its column. */
enum outcome state_verdicts(struct states *states, struct err *err);
bool state_is_withdrawn(const struct states *states, str table, str release, str message);
/* state.c: a table as the site has it, into its rows. */
enum outcome state_read_from_site(const struct states *states, struct state_table *table, struct err *err);

/* state_tidy.c. Another run's lock is no error: it does the same. */
enum outcome state_tidy(const struct states *states, const struct state_table *table, struct err *err);

#endif
