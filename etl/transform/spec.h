/* transform/spec: a .transform file as it is written, before its names have a meaning.
 *
 * One struct for each construct of the grammar (transforms/README.md). Nothing
 * here is checked beyond the grammar; check.c does that against the schemas.
 */
#ifndef SLUICE_TRANSFORM_SPEC_H
#define SLUICE_TRANSFORM_SPEC_H

#include "model/schema.h"

struct setting_spec {
  str name, help;
  struct place place;
  struct type_spec type;
  bool broken;  /* complained of: config.NAME is of any type */
  str *choices; /* one of */
  size_t choice_count;
  struct ast **fallback; /* one, or several for a list */
  size_t fallback_count;
};

struct pair_spec { /* on NAME [= expr] [exact] */
  str name;
  struct place place;
  struct ast *expr; /* NULL: the column of that name */
  bool exact;
};

struct take_spec {
  str name;
  struct place place;
  struct type_spec type;
};

struct assign_spec {
  str name;
  struct place place;
  struct ast *expr;
};

struct lookup_spec {
  str name, from; /* from: a sheet's file name, or a schema's path */
  struct place place, from_place;
  bool sheet, many, broken;
  struct pair_spec *pairs;
  size_t pair_count;
  struct take_spec *takes;
  size_t take_count;
  struct assign_spec *misses;
  size_t miss_count;
};

enum rule_kind { RULE_SKIP, RULE_REJECT, RULE_HOLD, RULE_REVIEW, RULE_WARN };
extern const char *const rule_words[5];

struct path_spec {
  str name;
  struct place place;
};

struct rule_spec {
  enum rule_kind kind;
  bool file;
  struct place place;
  struct ast *text, *about, *suggest, *when;
  struct ast **keys; /* per */
  size_t key_count;
  struct path_spec answer; /* the lookup whose sheet gets the answer; "" = none */
  struct path_spec *ons;   /* its key columns that the answer is about; none: all */
  size_t on_count;
};

struct output_spec {
  str name, label;
  struct place place;
  struct place each_place;
  str each;
  struct ast **keys; /* per */
  size_t key_count;
  struct ast *when;
  struct ast **sorted;
  size_t sorted_count;
  struct assign_spec *lets, *assigns;
  size_t let_count, assign_count;
  struct rule_spec *rules;
  size_t rule_count;
  struct take_spec *copies; /* names and places only */
  size_t copy_count;
  bool broken; /* its own line was complained of: nothing can be said of what is in it */
  struct output_spec **kids, **everys; /* everys: name and assigns only */
  size_t kid_count, every_count;
};

struct prove_spec {
  str text, per;
  struct place place, per_place;
  struct ast *expr;
};

struct transform_spec {
  str name;
  struct place place;
  struct path_spec from, *into;
  size_t into_count;
  struct ast *header;
  bool header_stated; /* though its condition may have been complained of */
  struct setting_spec *settings;
  size_t setting_count;
  struct lookup_spec *lookups;
  size_t lookup_count;
  struct assign_spec *lets;
  size_t let_count;
  struct rule_spec *rules;
  size_t rule_count;
  struct output_spec **outputs;
  size_t output_count;
  struct prove_spec *proofs;
  size_t proof_count;
};

struct transform_spec *transform_parse(const struct source *source, struct arena *arena,
                                       struct complaints *wrong);

#endif
