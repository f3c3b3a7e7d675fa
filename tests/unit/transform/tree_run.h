/* unit/transform/tree_run: transforms over records made by hand; what they write is told as the sink hears it.
 *
 *   tree_run_open(&run, "transform x\n  from in\n  into out\n ...");
 *   give(&run, "A-1 9.00 CUP:1:2.50 MUG:2:3.00");     an order with its total, and items sku:qty:price; - is absent
 *
 * Heard: mark ( order id=A-1 ... ( line ... ) ) keep, and hold, drop, undo.
 */
#ifndef SLUICE_TESTS_TREE_RUN_H
#define SLUICE_TESTS_TREE_RUN_H

#include "job/close.h"
#include "transform/chain.h"
#include "transform/check.h"
#include "transform/trees.h"

#include <stdlib.h>
#include <string.h>

static const char *const run_schemas[][2] = {
  { "in", "schema in  format xml\n"
          "  record page once\n"
          "    shop text(20)\n"
          "    record order\n"
          "      id text(20) required\n"
          "      total decimal\n"
          "      record item\n"
          "        sku text(20)\n"
          "        qty integer\n"
          "        price decimal\n" },
  { "out", "schema out  format csv\n"
           "  record order key id\n"
           "    id text(20) required\n"
           "    total decimal(2)\n"
           "    record line\n"
           "      sku text(20) required\n"
           "      qty integer\n"
           "      amount decimal\n" },
  { "last", "schema last  format csv\n"
            "  record sale\n"
            "    id text(20)\n"
            "    sum decimal\n"
            "    record row\n"
            "      sku text(20)\n"
            "      amount decimal\n" },
  { "paged", "schema paged  format json\n"
             "  record top once\n"
             "    shop text(20)\n"
             "    record one\n"
             "      id text(20)\n" },
};
enum { PAGE = 1, ORDER, ITEM, SCHEMAS = sizeof run_schemas / sizeof *run_schemas };

struct tree_run {
  struct arena *arena;
  struct complaints *wrong;
  struct schema *schemas[SCHEMAS];
  struct sheet sheet;
  struct program *program;
  struct run run;
  struct sink sink;
  struct trees_worker *worker;
  struct shapes shapes;
  struct tree *tree;
  struct buf heard;
  struct err err;
  uint64_t number;
};

static inline struct schema *run_schema(void *user, str name, struct place place) {
  struct tree_run *run = user;
  (void)place;
  for (size_t i = 0; i < SCHEMAS; i++) {
    if (!str_eq(name, str_of(run_schemas[i][0]))) continue;
    struct source *source = ARENA_NEW(run->arena, struct source);
    *source = (struct source){ run_schemas[i][0], str_of(run_schemas[i][1]) };
    if (!run->schemas[i]) run->schemas[i] = schema_parse(source, run->arena, run->wrong);
    return run->schemas[i];
  }
  abort();
}

/* parts.csv: SET has two parts, DUO one. */
static inline const struct sheet *run_sheet(void *user, str name, struct place place) {
  struct tree_run *run = user;
  static str columns[] = { { "sku", 3 }, { "part", 4 }, { "pieces", 6 } };
  static const str cells[][3] = { { { "SET", 3 }, { "CUP", 3 }, { "2", 1 } },
                                  { { "DUO", 3 }, { "MUG", 3 }, { "1", 1 } },
                                  { { "SET", 3 }, { "POT", 3 }, { "1", 1 } } };
  static struct sheet_row rows[] = { { cells[0], 3, 2 }, { cells[1], 3, 3 }, { cells[2], 3, 4 } };
  static const struct source source = { "parts.csv", { "", 0 } };
  (void)name, (void)place;
  run->sheet = (struct sheet){ .source = &source, .columns = columns, .column_count = 3, .rows = rows, .row_count = 3 };
  return &run->sheet;
}

static inline bool run_setting(void *user, str name, str *text, struct place *place) {
  (void)user, (void)name, (void)text, (void)place;
  return false;
}

/* --- what is heard --- */

static inline enum outcome hear_word(struct tree_run *run, const char *word, const struct record *record) {
  if (run->heard.len) buf_char(&run->heard, ' ');
  buf_add(&run->heard, str_of(word));
  if (record) buf_printf(&run->heard, " %.*s", STR_ARG(record->name));
  return OUT_OK;
}
static inline enum outcome hear_hold(void *user, const struct record *record, struct err *err) {
  (void)err;
  return hear_word(user, "hold", record);
}
static inline enum outcome hear_open(void *user, const struct written *written, struct err *err) {
  struct tree_run *run = user;
  (void)err;
  hear_word(run, "(", written->record);
  for (size_t i = 0; i < written->record->field_count; i++)
    if (value_is_present(&written->fields[i]))
      buf_printf(&run->heard, " %.*s", STR_ARG(value_show(&written->fields[i], NULL, run->arena)));
  return OUT_OK;
}
static inline enum outcome hear_close(void *user, const struct record *record, struct err *err) {
  (void)record, (void)err;
  return hear_word(user, ")", NULL);
}
static inline enum outcome hear_drop(void *user, const struct record *record, struct err *err) {
  (void)err;
  return hear_word(user, "drop", record);
}
static inline enum outcome hear_mark(void *user, struct err *err) {
  (void)err;
  return hear_word(user, "mark", NULL);
}
static inline enum outcome hear_keep(void *user, struct err *err) {
  (void)err;
  return hear_word(user, "keep", NULL);
}
static inline enum outcome hear_undo(void *user, struct err *err) {
  (void)err;
  return hear_word(user, "undo", NULL);
}

/* --- running --- */

static inline struct program *run_program(struct tree_run *run, const char *text) {
  struct source *source = ARENA_NEW(run->arena, struct source);
  *source = (struct source){ "x.transform", str_of(text) };
  struct transform_spec *spec = transform_parse(source, run->arena, run->wrong);
  struct check_files files = { .user = run, .schema = run_schema, .sheet = run_sheet, .setting = run_setting };
  struct program *program = spec ? transform_check(spec, &files, run->arena, run->wrong) : NULL;
  struct err err = { 0 };
  if (complaints_first(run->wrong, &err)) fail_msg("%llu: %s", (unsigned long long)err.line, err.text);
  program_layout(program);
  return program;
}

static inline void run_fill(struct tree_run *run, struct program *program, struct run *of) {
  *of = (struct run){ .program = program, .notation = { .decimal = DEC_PLAIN, .places_most = -1 } };
  of->finders = ARENA_ARRAY(run->arena, struct finder *, program->lookup_count + 1);
  for (size_t i = 0; i < program->lookup_count; i++)
    of->finders[i] = finder_new(program->lookups[i], run->arena, run->wrong);
}

static inline void tree_run_begin(struct tree_run *run) {
  *run = (struct tree_run){ .arena = arena_new() };
  run->wrong = complaints_new(run->arena);
  run->heard = buf_new(1 << 24);
  run->sink = (struct sink){ run, hear_hold, hear_open, hear_close, hear_drop, hear_mark, hear_keep, hear_undo, NULL, NULL };
}

static inline enum outcome tree_run_start(struct tree_run *run, struct program *program) {
  run->program = program;
  run_fill(run, program, &run->run);
  run->shapes = trees_shapes(program);
  run->tree = tree_new(&run->shapes);
  return trees_worker_new(&run->run, 1 << 20, &run->sink, &run->worker, &run->err);
}

static inline void tree_run_open(struct tree_run *run, const char *text) {
  tree_run_begin(run);
  assert_int_equal(tree_run_start(run, run_program(run, text)), OUT_OK);
}

static inline void tree_run_close(struct tree_run *run) {
  trees_worker_free(run->worker);
  tree_free(run->tree);
  buf_free(&run->heard);
  arena_free(run->arena);
}

static inline void run_cell(struct tree_run *run, struct rec *rec, const char *name, str text) {
  const struct shape *shape = &run->shapes.items[rec->level->index];
  for (size_t i = 0; i < shape->field_count; i++)
    if (str_eq(shape->fields[i]->name, str_of(name)) && !str_eq(text, STR("-")))
      tree_cell(run->tree, rec, i, text);
}

static inline struct rec *make_order(struct tree_run *run, const char *text) {
  static const char *const names[] = { "sku", "qty", "price" };
  str rest = str_of(text), word = STR("-"), cell;
  struct rec *order = tree_open(run->tree, ORDER, NULL);
  order->row = ++run->number << TREE_ROW_BITS;
  str_split(&rest, ' ', &word);
  run_cell(run, order, "id", word);
  word = STR("-");
  str_split(&rest, ' ', &word);
  run_cell(run, order, "total", word);
  while (str_split(&rest, ' ', &word)) {
    struct rec *item = tree_open(run->tree, ITEM, order);
    item->row = order->row + 1;
    for (size_t i = 0; i < 3 && str_split(&word, ':', &cell); i++) run_cell(run, item, names[i], cell);
  }
  return order;
}

static inline void give(struct tree_run *run, const char *text) {
  struct rec *order = make_order(run, text);
  assert_int_equal(trees_record(run->worker, order, NULL, tree_arena(run->tree), &run->err), OUT_OK);
  tree_clear(run->tree);
}

static inline enum outcome finish_run(const struct run *of, struct trees_worker *worker, struct err *err) {
  size_t spilled = 0;
  struct fold **folds[1] = { trees_folds(worker) };
  const struct close_request request = { of, folds, 1 };
  enum outcome out = trees_worker_end(worker, err);
  if (!out) out = close_groups(&request, &spilled, err);
  return out ? out : emitter_finish(trees_emitter(worker), err);
}

static inline void expect_heard(struct tree_run *run, const char *want) {
  if (!str_eq(buf_str(&run->heard), str_of(want)))
    fail_msg("\n%.*s\nnot\n%s", STR_ARG(buf_str(&run->heard)), want);
  buf_clear(&run->heard);
}

#endif
