/* transform/check: gives every name in a transform its meaning, and says what is wrong.
 *
 * After an error the checker takes the value for any type and goes on, so that
 * one slip gives one message. What comes out clean can be run; a program that
 * was complained of must not be.
 */
#ifndef SLUICE_TRANSFORM_CHECK_H
#define SLUICE_TRANSFORM_CHECK_H

#include "transform/program.h"

/* How the checker gets at what stands in other files. */
struct check_files {
  void *user;
  /* NULL after a complaint at `place`. */
  struct schema *(*schema)(void *user, str name, struct place place);
  const struct sheet *(*sheet)(void *user, str name, struct place place);
  /* A setting's text in sluice.conf; false when it is not there. `conf` is true when there is a sluice.conf.
   */
  bool (*setting)(void *user, str name, str *text, struct place *place);
  bool conf;
  bool later; /* what sluice.conf has not is only noted (setting.missing): the caller asks for it, or does not
               */
};

/* Complains of one that is missing, once. */
void setting_ask(struct setting *setting, struct complaints *wrong);

struct program *transform_check(struct transform_spec *spec, const struct check_files *files,
                                struct arena *arena, struct complaints *wrong);

/* An expression of a feed's line, in a checked program: in the place of one of its blocks (NULL: the file).
 * With `level`, a file's expression may name columns: *level gets the level that it is computed for, NULL
 * when it names none. Columns and totals that it uses are added to the program: plan a run after this. */
struct node *check_feed_expr(struct program *program, const struct ast *ast, const struct block *block,
                             struct level **level, struct complaints *wrong);

#endif
