/* transform/program: a checked transform, every name resolved: what the executor runs.
 *
 * Levels   the tree of source records; level 0 is the file, a lookup with
 *          `many` is a level below the one that finds it.
 * Places   where an expression stands: at the file, at one record of a level
 *          (each), or at a group of records of a level (per).
 * Nodes    expressions. A node knows its type; its leaves are columns of a
 *          level, keys of a group, lets and fields of a block, aggregates.
 * Folds    groups with the running aggregates of a place that streams by.
 * Blocks   output records, in written order.
 *
 * All of it lives in the specs' arena and is read-only once checked.
 */
#ifndef SLUICE_TRANSFORM_PROGRAM_H
#define SLUICE_TRANSFORM_PROGRAM_H

#include "transform/spec.h"

enum { LEVELS_MOST = 24, NODE_KIDS_MOST = 40 };

struct lookup;
struct sheet;

struct level {
  str name;
  const struct record *record; /* NULL: the file, or a many lookup */
  struct lookup *many;
  struct level *parent;
  size_t index, depth; /* index in program->levels */
  bool once;
  const struct field **columns; /* those that the plan uses; a column node's index is its place here */
  size_t column_count;
};

enum op {
  OP_CONST,
  OP_COLUMN, /* level, field, index */
  OP_HEADER, /* field, index: column of the header record */
  OP_KEY,    /* group, index */
  OP_LOOKUP, /* lookup, index: its take column; kids: its keys */
  OP_FOUND,  /* lookup; kids: its keys */
  OP_LET,    /* block, index */
  OP_FIELD,  /* record, field: of an output record being written */
  OP_IS,     /* record, text: the block's label */
  OP_AGGREGATE,
  OP_PRIOR,   /* aggregate */
  OP_COUNTER, /* block */
  OP_COUNTER_IN_FILE,
  OP_IS_LAST,   /* block */
  OP_APPORTION, /* level: shares among siblings */
  OP_WINDOW,
  OP_CALL, /* function; kids */
  OP_ADD,
  OP_SUBTRACT,
  OP_MULTIPLY,
  OP_DIVIDE,
  OP_NEGATE,
  OP_EQUAL,
  OP_UNEQUAL,
  OP_LESS,
  OP_LESS_EQUAL,
  OP_GREATER,
  OP_GREATER_EQUAL,
  OP_AND,
  OP_OR,
  OP_NOT,
  OP_PRESENT,
  OP_ABSENT,
  OP_LIKE,
  OP_IN,
  OP_IN_LIST, /* kids: value, a list setting */
  OP_IF,
  OP_OTHERWISE,
  OP_TEMPLATE
};

struct function;
struct aggregate;
struct group;
struct block;

struct node {
  enum op op;
  enum type type;
  struct place place;
  struct node **kids;
  size_t kid_count;
  size_t index;
  value constant;
  const struct field *field;
  const struct record *record;
  struct level *level;
  struct lookup *lookup;
  struct group *group;
  struct block *block;
  struct aggregate *aggregate;
  const struct function *function;
  str text;
  const struct let *let; /* of the program, written out here; NULL: of none */
  size_t shared;         /* from 1: worked out once while a streamed record stands (check_shared.c) */
  bool shares_sums;      /* over records below it */
};

enum aggregate_kind {
  AGG_SUM,
  AGG_COUNT,
  AGG_DISTINCT,
  AGG_MIN,
  AGG_MAX,
  AGG_FIRST,
  AGG_LAST,
  AGG_SAME,
  AGG_ANY,
  AGG_ALL,
  AGG_LIST
};

/* Over source records of `level` under a place (loop: the records are at hand; otherwise slot `slot` of the
 * place's running aggregates), or over the written records `record` under a block (NULL: the file). */
struct aggregate {
  enum aggregate_kind kind;
  struct node *of, *where; /* of: NULL for count */
  enum type type;          /* of the result */
  struct level *level;
  struct level *within; /* `of LEVEL`: the records under that one */
  struct group *group;  /* where it is kept: a group (per), or the file's */
  bool loop;
  size_t slot, offset;         /* offset: of its state (layout.c) */
  const struct record *record; /* of written records */
  struct block *scope;         /* block under whose instance they are summed; NULL = the file */
  struct place place;
  bool own; /* not asked for by the spec: counts rows for the proof (layout.c) */
};

/* Records of `level` with equal keys. The file itself is the group without keys. */
struct group {
  struct group *outer;
  struct level *level; /* of the grouped records; NULL for the file */
  struct node **keys;  /* at one record of that level; only this group's own */
  size_t key_count;
  struct aggregate **aggregates; /* its slots, source aggregates that stream */
  size_t aggregate_count, state_size;
  struct block *block;
  size_t index; /* among the program's folds */
  bool gather;  /* the records themselves are needed: an `each` stands inside */
};

enum place_kind { PLACE_FILE, PLACE_EACH, PLACE_GROUP };

/* Where an expression stands. */
struct standing {
  enum place_kind kind;
  struct standing *outer;
  struct level *level; /* each: the current record's; group, file: of the records around it */
  struct group *group; /* group, file */
  struct block *block; /* innermost output block, NULL at the top */
  bool in_aggregate;   /* inside the brackets of an aggregate */
};

struct let {
  str name;
  struct place place;
  struct ast *ast;
  struct node *node; /* of a block's let */
};

struct assign {
  const struct field *field;
  struct place place;
  struct node *node; /* NULL: absent */
};

struct rule {
  enum rule_kind kind;
  bool file;
  bool after_output; /* names written records */
  struct level *level;
  struct node *text, *about, *suggest, *when;
  struct lookup *answer;    /* an answer becomes a row of its sheet; NULL: none */
  struct node **answer_ons; /* by its keys: the cell of the new row; NULL: any value, "*" */
  str written, field;       /* the text as the spec has it; what `about` names, or the keys asked about */
  struct node **secrets;    /* what of text and suggest is personal: hidden in ledger, sheets and answers */
  size_t secret_count;
  bool personal_about;
  struct standing *standing;
  struct block *block; /* whose record it is about; NULL: the file's or the source record's */
  struct group *group; /* per: asked once for each group under that record; its block writes nothing */
  struct place place;
};

enum repeat { REPEAT_ONCE, REPEAT_EACH, REPEAT_PER };

struct block {
  const struct record *record;
  str label;
  struct place place;
  struct block *parent;
  struct block **kids;
  size_t kid_count;
  enum repeat repeat;
  struct level *each;
  struct group *group;       /* of REPEAT_PER */
  struct standing *standing; /* inside it */
  struct node *when;
  struct node **sorted;
  size_t sorted_count;
  struct let *lets;
  size_t let_count;
  struct assign *assigns; /* one for each field of the record, in its order */
  struct rule *rules;
  size_t rule_count;
  struct aggregate **totals; /* over records written under one of it */
  size_t total_count, totals_size;
  bool after_kids; /* a field of it needs what its children sum up to */
  bool streams;    /* runs while records stream by; otherwise after them, from folds */
  bool uses_is_last;
  bool frame;   /* stands around all that is written into its file: what stands in it is an outermost block */
  bool broken;  /* complained of, and so not looked into */
  size_t index; /* among the program's blocks */
  size_t depth;
};

struct proof {
  str text;
  struct place place;
  struct node *node;
  struct block **per; /* the blocks that write the record named after "per" */
  struct node **per_nodes;
  struct rule **per_rules; /* what is asked of a record that is held by it */
  size_t per_count;
};

struct setting {
  str name, help;
  struct place place;
  struct type_spec type;
  const str *choices; /* one of; none: any */
  size_t choice_count;
  value value; /* from sluice.conf or its default */
  bool stated, has_default;
  bool missing; /* sluice.conf has to state it and does not */
};

struct take {
  str name;
  struct type_spec type;
  struct node *miss; /* NULL: absent */
};

/* Of a record that is read from SL: "?" for each parameter. */
struct query {
  str sql;
  struct node **parameters;
  size_t parameter_count;
};

struct lookup {
  str name, from;
  struct place place;
  bool is_sheet, many;
  const struct sheet *sheet;  /* loaded; NULL for tables that are not sheets */
  const struct record *table; /* of a schema */
  struct query query;         /* of a table that is read by one; else without text */
  struct pair_spec *pairs;
  struct node **keys; /* one for each pair, at the record that asks */
  struct ast **key_asts;
  size_t key_count;
  struct take *takes;
  size_t take_count;
  struct level *level; /* the level that it makes (many), or the deepest that its keys name */
  size_t index;
};

struct program {
  str name;
  struct schema *from;
  struct schema **into;
  size_t into_count;
  struct arena *arena;
  struct level *levels[LEVELS_MOST];
  size_t level_count;
  struct level *streamed; /* the first level below the once records */
  struct query query;     /* that reads it from SL; without text: it comes in files only */
  struct node *header;    /* condition, at one streamed record */
  const struct field **header_columns;
  size_t header_column_count;
  struct setting *settings;
  size_t setting_count;
  struct lookup **lookups;
  size_t lookup_count;
  struct let *lets;
  size_t let_count;
  struct rule *rules;
  size_t rule_count;
  struct block **blocks; /* all, outer before inner */
  size_t block_count;
  struct block **outputs; /* outermost */
  size_t output_count;
  struct group *file;
  struct group **folds; /* folds[0] = the file's */
  size_t fold_count;
  struct aggregate **totals; /* over written records of the whole file */
  size_t total_count, totals_size;
  struct proof *proofs;
  size_t proof_count;
  struct transform_spec *spec;
};

/* Gives every aggregate the place of its state; once, before the program is run (layout.c). */
void program_layout(struct program *program);

/* layout.c: below it, or the same. */
bool level_is_under(const struct level *level, const struct level *above);

bool node_same(const struct node *a, const struct node *b);
bool aggregate_same(const struct aggregate *a, const struct aggregate *b);

#endif
