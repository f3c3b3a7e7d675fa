/* report/explain_operators: the operators of a plan in the order in which records meet them, and their
 * memory. */
#include "report/explain.h"
#include "transform/sheet.h"

static void operator(struct buf *text, const char *name, str what, const char *memory) {
  size_t start = text->len;
  buf_printf(text, "  %s", name);
  explain_pad(text, start, 17);
  buf_add(text, what);
  explain_pad(text, start, 58);
  buf_printf(text, "%s\n", memory);
}

/* A piece of text of its own, freed by the caller. */
static struct buf piece(void) { return buf_new(64 * 1024); }

static bool is_tree(const struct program *program) {
  enum format format = program->from->format;
  bool deep = program->streamed->record && program->streamed->record->kid_count;
  return deep || format == FORMAT_XML || format == FORMAT_JSON;
}

static void lookups(const struct program *program, struct buf *text) {
  for (size_t i = 0; i < program->lookup_count; i++) {
    const struct lookup *lookup = program->lookups[i];
    struct buf what = piece();
    buf_printf(&what, "%.*s in %.*s%s", STR_ARG(lookup->name), STR_ARG(lookup->from),
               lookup->many ? ", many" : "");
    if (lookup->sheet)
      buf_printf(&what, ", %zu row%s", lookup->sheet->row_count, lookup->sheet->row_count == 1 ? "" : "s");
    bool state = lookup->table && lookup->table->schema->format == FORMAT_STATE;
    operator(text, "lookup", buf_str(&what),
             state ? "the table as the run found it; 65,536 answers remembered"
                   : "the table, columns used; 65,536 answers remembered");
    buf_free(&what);
  }
}

static void block_name(const struct block *block, struct buf *what) {
  buf_add(what, block->record->name);
  if (block->label.len) buf_printf(what, " \"%.*s\"", STR_ARG(block->label));
}

static void groups(const struct program *program, bool gather, struct buf *text) {
  for (size_t i = 0; i < program->block_count; i++) {
    const struct block *block = program->blocks[i];
    if (block->repeat != REPEAT_PER || block->group->gather != gather) continue;
    struct buf what = piece();
    block_name(block, &what);
    buf_printf(&what, ": %zu key%s, %zu sum%s", block->group->key_count,
               block->group->key_count == 1 ? "" : "s", block->group->aggregate_count,
               block->group->aggregate_count == 1 ? "" : "s");
    if (gather)
      operator(text, "gather", buf_str(&what), "sorted in 32 MiB runs; one group, 16 MiB at the most");
    else operator(text, "fold", buf_str(&what), "one entry a group; over 16 MiB in temporary files");
    buf_free(&what);
  }
}

static void maps(const struct program *program, struct buf *text) {
  for (size_t i = 0; i < program->block_count; i++) {
    const struct block *block = program->blocks[i];
    if (block->repeat != REPEAT_EACH) continue;
    struct buf what = piece();
    block_name(block, &what);
    buf_printf(&what, " each %.*s", STR_ARG(block->each->name));
    operator(text, "map", buf_str(&what), block->sorted_count ? "sorted in 32 MiB runs" : "constant");
    buf_free(&what);
  }
}

struct uses {
  bool prior, is_last, of, apportion, distinct;
};

static void find_uses(const struct node *node, struct uses *uses, size_t depth);

static void aggregate_uses(const struct aggregate *aggregate, struct uses *uses, size_t depth) {
  uses->distinct |= aggregate->kind == AGG_DISTINCT;
  uses->of |= aggregate->within != NULL;
  find_uses(aggregate->of, uses, depth);
  find_uses(aggregate->where, uses, depth);
}

static void find_uses(const struct node *node, struct uses *uses, size_t depth) {
  if (!node || depth > 60) return;
  uses->prior |= node->op == OP_PRIOR;
  uses->is_last |= node->op == OP_IS_LAST;
  uses->apportion |= node->op == OP_APPORTION;
  if (node->aggregate) aggregate_uses(node->aggregate, uses, depth + 1);
  for (size_t i = 0; i < node->kid_count; i++) find_uses(node->kids[i], uses, depth + 1);
}

static void rule_uses(const struct rule *rules, size_t count, struct uses *uses) {
  for (size_t i = 0; i < count; i++) {
    find_uses(rules[i].when, uses, 0);
    find_uses(rules[i].text, uses, 0);
  }
}

static struct uses program_uses(const struct program *program) {
  struct uses uses = { 0 };
  for (size_t i = 0; i < program->block_count; i++) {
    const struct block *block = program->blocks[i];
    find_uses(block->when, &uses, 0);
    for (size_t j = 0; j < block->let_count; j++) find_uses(block->lets[j].node, &uses, 0);
    for (size_t j = 0; j < block->record->field_count; j++) find_uses(block->assigns[j].node, &uses, 0);
    rule_uses(block->rules, block->rule_count, &uses);
  }
  rule_uses(program->rules, program->rule_count, &uses);
  for (size_t i = 0; i < program->proof_count; i++) find_uses(program->proofs[i].node, &uses, 0);
  return uses;
}

static void look_around(const struct uses *uses, struct buf *text) {
  if (uses->prior) operator(text, "look-around", STR("prior"), "one running value");
  if (uses->is_last) operator(text, "look-around", STR("is-last"), "one group ahead");
  if (uses->of) operator(text, "look-around", STR("of"), "the siblings under one parent");
  if (uses->apportion) operator(text, "look-around", STR("apportion"), "the siblings under one parent");
}

static bool has_assigned(const struct record *record) {
  for (size_t i = 0; i < record->field_count; i++)
    if (record->fields[i]->assigned.len) return true;
  return false;
}

static void closes(const struct program *program, struct buf *text) {
  for (size_t i = 0; i < program->block_count; i++) {
    const struct block *block = program->blocks[i];
    if (!block->after_kids && !has_assigned(block->record)) continue;
    struct buf what = piece();
    block_name(block, &what);
    buf_add(&what, block->after_kids ? STR(" waits for what is below it") : STR(" waits for its number"));
    operator(text, "close", buf_str(&what),
             block->streams ? "that record until its children are done, 16 MiB"
                            : "free: its groups are at hand");
    buf_free(&what);
  }
}

/* A `once` record of a tree whose fields may come after what uses them. */
static void late_fields(const struct program *program, struct buf *text) {
  if (program->from->format != FORMAT_XML && program->from->format != FORMAT_JSON) return;
  for (size_t i = 1; i < program->level_count; i++) {
    const struct level *level = program->levels[i];
    if (!level->once || !level->column_count) continue;
    operator(text, "late field", level->name, "uses wait for it: outcomes only, 16 MiB");
  }
}

static void writes(const struct program *program, struct buf *text) {
  for (size_t i = 0; i < program->into_count; i++) {
    bool state = program->into[i]->format == FORMAT_STATE;
    operator(text, state ? "state" : "write", program->into[i]->name,
             state ? "one line a row in the run's own file" : "64 KiB");
  }
}

void explain_operators(const struct program *program, struct buf *text) {
  struct uses uses = program_uses(program);
  size_t file_rules = 0;
  for (size_t i = 0; i < program->rule_count; i++) file_rules += program->rules[i].file;
  struct buf what = piece();
  buf_printf(&what, "%.*s, %zu columns", STR_ARG(program->streamed->name), program->streamed->column_count);
  buf_add(text, STR("\noperators                                                 memory\n"));
  operator(text, "read, split", buf_str(&what), "two 256 KiB blocks a worker");
  buf_free(&what);
  if (is_tree(program))
    operator(text, "tree", program->streamed->name, "one such record with all below it, 16 MiB");
  if (program->header) operator(text, "header", STR("one record, taken out"), "constant");
  what = piece();
  buf_printf(&what, "%zu let%s, %zu rule%s", program->let_count, program->let_count == 1 ? "" : "s",
             program->rule_count - file_rules, program->rule_count - file_rules == 1 ? "" : "s");
  operator(text, "derive, rules", buf_str(&what), "constant; counts, and each text once");
  buf_free(&what);
  lookups(program, text);
  maps(program, text);
  groups(program, false, text);
  groups(program, true, text);
  look_around(&uses, text);
  closes(program, text);
  late_fields(program, text);
  what = piece();
  buf_printf(&what, "%zu proof%s, %zu file rule%s", program->proof_count,
             program->proof_count == 1 ? "" : "s", file_rules, file_rules == 1 ? "" : "s");
  operator(text, "prove", buf_str(&what),
           uses.distinct ? "accumulators; distinct spills like fold" : "accumulators");
  buf_free(&what);
  writes(program, text);
}
