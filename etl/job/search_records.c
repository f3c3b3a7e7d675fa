/* job/search_records: a text in the records of an archived XML or JSON file, which are counted as `sluice
 * why` does. */
#include "extract/trees.h"
#include "job/search_records.h"
#include "job/exec_trees.h"
#include "job/feed.h"
#include "transform/trees.h"

struct looking {
  const struct shapes *shapes;
  str wanted;
};

static bool holds(str text, str wanted) {
  for (size_t i = 0; i + wanted.len <= text.len; i++)
    if (str_eq(str_sub(text, i, i + wanted.len), wanted)) return true;
  return false;
}

static bool record_holds(const struct looking *looking, const struct rec *rec, size_t shape) {
  const struct shape *kind = &looking->shapes->items[shape];
  for (size_t i = 0; i < kind->field_count; i++)
    if (rec->cells[i].at && holds(rec->cells[i], looking->wanted)) return true;
  for (size_t i = 0; rec->below && i < looking->shapes->count; i++)
    for (size_t j = 0; j < rec->below[i].count; j++)
      if (record_holds(looking, rec->below[i].items[j], i)) return true;
  return false;
}

static enum outcome read_all(const struct search_records *search, const struct program *program,
                             struct err *err) {
  const struct trees_settings settings = { program->from, trees_shapes(program), CHARSET_UTF_8,
                                           in_default_limits };
  const struct looking looking = { &settings.shapes, search->wanted };
  struct trees *trees = NULL;
  struct tree_batch batch;
  enum outcome out = trees_open(search->path, &settings, &trees, err);
  while (!out && !(out = trees_next(trees, &batch, err))) {
    for (size_t i = 0; i < batch.count; i++)
      if (record_holds(&looking, batch.items[i], settings.shapes.streamed))
        search->found(search->user, tree_number(batch.items[i]->row));
    trees_give_back(trees, &batch);
  }
  trees_close(trees);
  return out;
}

bool search_records(const struct search_records *search) {
  const struct place quiet = { NULL, 0 };
  struct complaints *wrong = complaints_new(search->arena);
  struct library *library = library_again(search->library, STR_NONE, STR_NONE, search->arena, wrong);
  struct feed *feed = feed_open(library, search->feed, quiet);
  struct err err = { 0 };
  if (!feed || complaints_count(wrong) || !feed->program_count) return false;
  struct program *program = feed->programs[0];
  if (program->from->format != FORMAT_XML && program->from->format != FORMAT_JSON) return false;
  program_layout(program);
  return read_all(search, program, &err) == OUT_END;
}
