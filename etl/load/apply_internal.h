/* load/apply_internal: what the files of load/apply* share: a load, its tables, its documents at hand.
 *
 *   apply.c          the way of a file: looked through, read in pieces, each piece looked up, numbered,
 * written apply_plan.c     tables: which column gets what apply_rows.c     a document's rows completed, its
 * digest taken apply_write.c    groups of documents in transactions, and what to do when one fails
 *   apply_change.c   rows that are changed
 *   apply_again.c    another try: pauses, new connections
 *   apply_adopt.c    what stands in SL already, without us
 *   apply_compare.c  rows of SL beside ours
 *   apply_diff.c     what would be written
 */
#ifndef SLUICE_LOAD_APPLY_INTERNAL_H
#define SLUICE_LOAD_APPLY_INTERNAL_H

#include "io/digest.h"
#include "load/apply.h"
#include "load/control.h"
#include "load/counter.h"
#include "load/places.h"
#include "load/rows_read.h"

enum { PIECE = 500, NOWHERE = -1 };

/* A column of a statement, and where its value comes from: the first of these that is there. */
struct apply_column {
  struct db_column db;
  ptrdiff_t cell;                     /* of the rows file */
  ptrdiff_t above_table, above_index; /* a key that the row above has too */
  str otherwise;                      /* SL's blank, a stamp; at == NULL: not set (changes only) */
  enum places_class places;
  bool found_by; /* of a change */
};

/* One = line of the file: a table and what is done to it. */
struct apply_table {
  const struct rows_kind *kind;
  const struct record *record;
  struct apply_column *columns;
  size_t count;
  bool *volatile_cells;                /* by the kind's columns: not part of the digest */
  const struct field *control;         /* whose value gets a control row of its own; NULL: none */
  ptrdiff_t control_cell, control_ref; /* it, and the row's own part of the key, among the kind's columns */
  struct db_insert *insert;
  struct apply_item **row_items; /* of the transaction at hand: whose row is it? */
  size_t row_count, row_room;
};

struct apply_row {
  struct apply_table *table;
  str *cells; /* by the table's columns */
};

/* A document at hand. */
struct apply_item {
  struct apply_document *told;
  struct rows_document document;
  struct apply_row *rows;
  char digest[DIGEST_TEXT];
  str number;
  bool adopted;  /* SL has it, without us, under `number`: only its control row is written */
  bool is_bad;   /* the transaction failed because of it */
  bool is_stale; /* a row that it changes is another by now */
  str why;
};

struct load {
  const struct apply_settings *settings; /* `given`, its time to the second */
  struct apply_settings given;
  struct apply_result *result;
  struct arena *told; /* the caller's */
  struct arena *plan, *piece;
  struct db *db;
  struct rows_reader *reader;
  struct apply_table *tables; /* as the = lines stand in the file */
  size_t table_count;
  const struct counter *counter;
  ptrdiff_t number_table, number_cell; /* where the number is asked for */
  struct places places;
  struct db_insert *control;
  struct apply_item **control_items;
  size_t control_count;
  size_t position; /* documents read so far */
};

/* apply_plan.c */
enum outcome plan_tables(struct load *load, struct err *err);
enum outcome plan_open(struct load *load, struct err *err); /* the inserts, on the connection at hand */
void plan_close(struct load *load);

/* apply_rows.c: OUT_DATA: the document cannot be written, and why. */
enum outcome rows_complete(struct load *load, struct apply_item *item, struct err *err);
void rows_digest(struct load *load, struct digest *digest, struct apply_item *item);
/* The number's company and order type. False: the document asks for none. */
bool rows_wants_number(const struct load *load, const struct apply_item *item, str *company, str *type);

str rows_company(const struct apply_item *item); /* the first row's CpnyID */

/* apply_change.c: the item is bad when its row is not there as it should be. */
enum outcome change_rows(struct load *load, struct apply_item *item, struct err *err);
str change_not_found(const struct apply_row *row, struct arena *arena); /* which row, for the one who looks */

/* apply_adopt.c: marks those that SL has without us. */
enum outcome adopt_items(struct load *load, struct apply_item **items, size_t count, struct err *err);

/* apply_compare.c */
/* The columns that a document of this table is known by, the first one of `document` first, then CpnyID; 0:
 * the file does not set them all. `keys`: room for ROWS_COLUMNS_MOST. */
size_t compare_document(const struct load *load, const struct apply_table *table, size_t *keys);
bool compare_cell(enum db_type type, str ours, str theirs);
/* Appends "ShipViaID: UPS in SL, FEDEX here"; of a person's data only that they differ. */
void compare_tell(const struct apply_table *table, size_t column, str ours, str theirs, struct buf *what);
/* SL's row, by the table's columns; only those are filled that our row states. */
typedef void compare_row(void *user, const str *theirs);
/* The row that would be changed; OUT_END: there is none. */
enum outcome compare_changed(struct load *load, const struct apply_row *row, compare_row *told, void *user,
                             struct err *err);
/* All rows that have one of the list in this column. */
enum outcome compare_list(struct load *load, const struct apply_table *table, size_t column, const str *list,
                          size_t count, compare_row *told, void *user, struct err *err);

/* apply_write.c */
enum outcome write_items(struct load *load, struct apply_item **items, size_t count, struct err *err);
void item_refused(struct load *load, struct apply_item *item, str why);
/* By its control row: known, or with other content. */
void item_known(struct load *load, struct apply_item *item, const struct control_row *row);
/* "SOLine.Descr: what was wrong" */
str why_text(const struct err *err, struct arena *arena);

/* apply_again.c: did it fail in a way that another try may mend? Then it has waited, and there is a
 * connection. When not, err says what to tell the caller. */
bool try_again(struct load *load, uint32_t *tried, struct err *err);
enum outcome load_connect(struct load *load, struct err *err);
/* --- apply.c --- */

void load_init(struct load *load, const struct apply_settings *settings, struct arena *told,
               struct apply_result *result);
/* Every line is read once before the first is written; fills the result's documents. */
enum outcome load_look_through(struct load *load, const char *path, struct err *err);
enum outcome load_start(struct load *load, const char *path,
                        struct err *err); /* connect, read the head, plan */
void load_end(struct load *load);
/* The next documents, PIECE of them, fewer only at the end, their digests taken. What was read before is
 * gone. */
enum outcome load_piece(struct load *load, struct apply_item **items, size_t *count, struct err *err);
/* Those that have a control row. */
enum outcome load_mark_known(struct load *load, struct apply_item **items, size_t count, struct err *err);
/* Its rows, with a placeholder where a number is asked for. */
enum outcome load_complete(struct load *load, struct apply_item *item, struct err *err);

#endif
