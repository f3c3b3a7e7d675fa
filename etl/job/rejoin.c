/* job/rejoin: what stands in a site's folders and is not in its ledger. */
#include "job/rejoin.h"
#include "io/file.h"
#include "job/naming.h"

enum { ID_LENGTH = 16, DEEPEST = 32 };

struct looking {
  const struct custody *custody;
  struct arena *arena;
  struct forgotten *forgotten;
};

static bool is_beside(str name) {
  return str_ends(name, STR(".proof")) || str_ends(name, STR(".proof.json")) ||
         str_starts(name, STR("README")) || str_starts(name, STR("."));
}

/* `place` is the file from the site's folder on. */
static void judge_output(struct looking *looking, str place, str name) {
  struct forgotten *forgotten = looking->forgotten;
  str released = naming_released(looking->arena, place);
  if (is_beside(name) || ledger_by_output(looking->custody->ledger, released)) return;
  *ARENA_PUSH(looking->arena, forgotten->outputs, forgotten->output_count) = place;
}

static void judge_original(struct looking *looking, str place, str name) {
  struct forgotten *forgotten = looking->forgotten;
  struct ledger *ledger = looking->custody->ledger;
  if (name.len <= ID_LENGTH || name.at[ID_LENGTH] != '-') return;
  str id = str_sub(name, 0, ID_LENGTH);
  if (ledger_by_id(ledger, id) || ledger_having(ledger, "of", id).count) return;
  *ARENA_PUSH(looking->arena, forgotten->originals, forgotten->original_count) = place;
}

typedef void judge_file(struct looking *looking, str place, str name);

static enum outcome look_below(struct looking *looking, str folder, int depth, judge_file *judge,
                               struct err *err) {
  str *names;
  size_t count;
  const char *path = file_join(looking->arena, looking->custody->site->folder, folder);
  if (!file_is_folder(path) || depth == DEEPEST) return OUT_OK;
  if (file_list(path, looking->arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    str place = arena_printf(looking->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
    if (!file_is_folder(file_join(looking->arena, path, names[i]))) judge(looking, place, names[i]);
    else if (look_below(looking, place, depth + 1, judge, err)) return err->outcome;
  }
  return OUT_OK;
}

enum outcome rejoin_look(const struct custody *custody, struct forgotten *forgotten, struct err *err) {
  struct looking looking = { custody, custody->site->arena, forgotten };
  *forgotten = (struct forgotten){ 0 };
  if (look_below(&looking, STR("outbox"), 0, judge_output, err) ||
      look_below(&looking, STR("var/inbox/archive"), 0, judge_original, err))
    return err->outcome;
  return ledger_trouble(custody->ledger, err);
}

static enum outcome append(const struct custody *custody, const char *event, const struct ledger_word *words,
                           size_t count, struct err *err) {
  str time = batch_time(custody->site, custody->site->arena);
  return ledger_append(custody->ledger, time, str_of(event), STR_NONE, words, count, err);
}

enum outcome rejoin_append(const struct custody *custody, const struct forgotten *forgotten, uint64_t run,
                           struct err *err) {
  struct arena *arena = custody->site->arena;
  struct ledger_word words[] = {
    { STR("run"), arena_printf(arena, "%llu", (unsigned long long)run) },
    { STR("reason"), arena_printf(arena,
                                  "restored from an older copy; %zu outputs and %zu originals are "
                                  "not in it",
                                  forgotten->output_count, forgotten->original_count) },
  };
  return append(custody, "rejoined", words, sizeof words / sizeof *words, err);
}

enum outcome rejoin_taken_over(const struct custody *custody, const struct guard *guard, struct err *err) {
  struct ledger_word words[] = {
    { STR("site"), guard->id },
    { STR("reason"), arena_printf(custody->site->arena, "the site at %.*s on %.*s is now at %.*s on %.*s",
                                  STR_ARG(guard->told_place), STR_ARG(guard->told_host),
                                  STR_ARG(guard->place), STR_ARG(guard->host)) },
  };
  return append(custody, "taken-over", words, sizeof words / sizeof *words, err);
}
