/* transform/check_internal: what the files of the checker share. */
#ifndef SLUICE_TRANSFORM_CHECK_INTERNAL_H
#define SLUICE_TRANSFORM_CHECK_INTERNAL_H

#include "transform/check.h"
#include "transform/functions.h"

struct check {
  struct program *program;
  struct transform_spec *spec;
  const struct check_files *files;
  struct arena *arena;
  struct complaints *wrong;
  const struct let *busy[64]; /* lets being expanded, to find circles */
  size_t busy_count;
  struct node **expanded; /* each use of a let above the blocks */
  size_t expanded_count;
  size_t unfolded;              /* lets met so far: each use is a copy */
  const struct block *frame;    /* whose blocks are being made */
  bool proving;                 /* a proof without "per" */
  bool lacks_per;               /* a proof: the message that asks for "per" has been given */
  const struct record *written; /* inside an aggregate over written records: the deepest of them */
};

enum { UNFOLDED_MOST = 50000 };

#define PUSH(check, items, count) ARENA_PUSH((check)->arena, (items), (count))

/* expressions */
struct node *check_expr(struct check *check, const struct ast *ast, const struct standing *standing);
/* What is named in it belongs to where it stands: columns of a group follow from its keys. */
struct node *check_stands(struct check *check, struct node *node, const struct standing *standing);
struct node *check_condition(struct check *check, const struct ast *ast, const struct standing *standing);
struct node *check_text(struct check *check, const struct ast *ast, const struct standing *standing);
struct node *check_inner(struct check *check, const struct ast *ast, const struct standing *standing);
void check_shared(struct check *check); /* last: nothing of the program changes any more */
/* check_fold.c: conditions that the site's settings decide. */
struct node *check_fold(struct check *check, struct node *node);
struct node *check_call(struct check *check, const struct ast *ast, const struct standing *standing);
struct node *check_path(struct check *check, const struct ast *ast, const struct standing *standing);
struct node *node_new(struct check *check, enum op op, enum type type, struct place place);
struct node *node_wrong(struct check *check, struct place place);
void node_add(struct check *check, struct node *node, struct node *kid);
bool type_joins(enum type a, enum type b, enum type *both);
/* Complains unless the node can be stored in a field of this type. */
void check_fits(struct check *check, const struct node *node, const struct type_spec *type, str name);

/* names */
struct level *level_by_name(const struct check *check, str name);
/* One record of it is certain where `around` (NULL: the file) is current: it, one around it, or a `once`
 * below. */
bool level_at_hand(const struct level *around, const struct level *level);
const struct record *output_record(const struct check *check, str name);
struct lookup *lookup_by_name(const struct check *check, str name);
struct setting *setting_by_name(const struct check *check, str name);
/* The deepest level that the expression names outside aggregates; NULL: none. */
struct level *deepest_level(struct check *check, const struct ast *ast);
/* The deepest output record named in it, lets expanded; NULL: none. */
const struct record *deepest_written(struct check *check, const struct ast *ast);
struct let *top_let(const struct check *check, str name);
const struct standing *each_of(struct check *check, struct level *level, const struct standing *outer);
struct level *standing_level(const struct standing *standing); /* of the current record */

/* Complains of a let that has the name of a column: the column keeps it. */
bool let_hides(struct check *check, const struct assign_spec *spec);

/* check_answer.c: what a rule asks of a person. */
void check_asks(struct check *check, struct rule *rule, const struct rule_spec *spec,
                const struct standing *standing);
/* What a record asks that is held because a proof about it fails. */
struct rule *check_proof_asks(struct check *check, const struct proof *proof, struct block *block,
                              const struct node *condition);

/* check_personal.c: does its value tell a personal one; what of the rule's words is to be hidden. */
bool check_names_personal(const struct node *node);
void check_secrets(struct check *check, struct rule *rule);

/* blocks, in check_blocks.c */
void check_blocks(struct check *check);
void check_order(struct check *check); /* check_order.c */
struct block *block_of_record(const struct standing *standing, const struct record *record);
bool block_writes(const struct check *check, const struct block *block, const struct record *record);

#endif
