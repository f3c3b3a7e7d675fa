/* job/overlap: two files of a feed that hold the same document, of which the second was worked through before
 * it could know of the first. */
#include "job/overlap.h"
#include "base/map.h"
#include "io/file.h"
#include "io/in.h"
#include "job/state_file.h"

struct overlap {
  struct arena *arena;
  struct map *keys; /* "receivable\t900-0000001-0000001\tpayment" */
};

bool overlap_matters(const struct feed *feed) {
  for (size_t i = 0; i < feed->load_count; i++) {
    const struct feed_load *load = &feed->loads[i];
    bool goes_out = load->to.kind == PLACE_NAME || load->to.kind == PLACE_SUBMIT;
    if (goes_out && load->written && schema_option(load->written, "document")) return true;
  }
  return false;
}

struct overlap *overlap_new(void) {
  struct overlap *overlap = mem_alloc(sizeof *overlap);
  overlap->arena = arena_new();
  overlap->keys = map_new(overlap->arena);
  return overlap;
}

void overlap_free(struct overlap *overlap) {
  if (!overlap) return;
  arena_free(overlap->arena);
  mem_free(overlap);
}

/* --- the keys of a state's file --- */

typedef bool each_key(void *user, str key); /* false: no more */

static enum outcome keys_of(str text, str name, const struct schema *schema, each_key *each, void *user,
                            struct err *err) {
  struct arena *arena = arena_new();
  struct state_file file;
  const struct record *record = schema->records[0];
  enum outcome out = state_file_parse(name, text, arena, &file, err);
  bool more = true;
  for (size_t i = 0; !out && more && i < file.line_count; i++) {
    str key = states_folder(schema);
    for (size_t j = 0; j < record->key_count; j++) {
      ptrdiff_t column = state_file_column(&file, record->keys[j]);
      str cell = column < 0 ? STR_NONE : file.lines[i].cells[column];
      key = arena_printf(arena, "%.*s\t%.*s", STR_ARG(key), STR_ARG(cell));
    }
    more = each(user, key);
  }
  arena_free(arena);
  return out;
}

static enum outcome keys_of_file(const char *path, const struct schema *schema, each_key *each, void *user,
                                 struct err *err) {
  struct arena *arena = arena_new();
  str text;
  enum outcome out = in_read_whole(path, STATE_BYTES_MOST, arena, &text, err);
  if (!out) out = keys_of(text, str_of(path), schema, each, user, err);
  arena_free(arena);
  return out;
}

static bool add_key(void *user, str key) {
  struct overlap *overlap = user;
  *map_put(overlap->keys, key) = overlap;
  return true;
}

struct finding {
  const struct overlap *overlap;
  struct arena *arena;
  str *what;
};

static bool find_key(void *user, str key) {
  struct finding *finding = user;
  str rest = key, part, shown = STR_NONE;
  if (!map_has(finding->overlap->keys, key)) return true;
  while (str_split(&rest, '\t', &part))
    shown = arena_printf(finding->arena, "%.*s%s%.*s", STR_ARG(shown), shown.len ? " " : "", STR_ARG(part));
  *finding->what = shown;
  return false;
}

/* --- in one run --- */

enum outcome overlap_add(struct overlap *overlap, const char *folder, const struct outlet_file *files,
                         size_t count, struct err *err) {
  for (size_t i = 0; i < count; i++)
    if (keys_of_file(file_join(overlap->arena, folder, files[i].name), files[i].schema, add_key, overlap,
                     err))
      return err->outcome;
  return OUT_OK;
}

enum outcome overlap_find(const struct overlap *overlap, const char *folder, const struct outlet_file *files,
                          size_t count, struct arena *arena, str *what, struct err *err) {
  struct finding finding = { overlap, arena, what };
  *what = STR_NONE;
  for (size_t i = 0; i < count && !what->len; i++)
    if (keys_of_file(file_join(arena, folder, files[i].name), files[i].schema, find_key, &finding, err))
      return err->outcome;
  return OUT_OK;
}

/* --- by a later yes --- */

struct counted {
  const struct custody *custody;
  const struct feed *feed;
  struct states *states;
};

static const struct schema *state_of(const struct feed *feed, str folder) {
  const struct program *last = feed->programs[feed->program_count - 1];
  for (size_t i = 0; i < last->into_count; i++)
    if (last->into[i]->format == FORMAT_STATE && str_eq(states_folder(last->into[i]), folder))
      return last->into[i];
  return NULL;
}

/* Only a table that the feed looks things up in is one by which it knows what it has written. */
static enum outcome add_table(struct overlap *overlap, const struct counted *counted,
                              const struct schema *schema, struct err *err) {
  str *names;
  size_t count = states_read(counted->states, overlap->arena, &names);
  struct buf text = buf_new(STATE_BYTES_MOST);
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < count && !out; i++)
    if (str_eq(names[i], schema->name) && !(out = states_text(counted->states, schema->name, &text, err)))
      out = keys_of(buf_str(&text), schema->name, schema, add_key, overlap, err);
  buf_free(&text);
  return out;
}

static enum outcome compare(const struct counted *counted, str k, const struct ledger_entry *built, str *what,
                            struct err *err) {
  struct arena *arena = counted->custody->site->arena;
  struct overlap *overlap = overlap_new();
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < built->word_count && !out && !what->len; i++) {
    str name = built->words[i].value, rest = name, folder;
    if (!str_eq(built->words[i].name, STR("state")) || !str_split(&rest, '/', &folder)) continue;
    struct outlet_file file = { .schema = state_of(counted->feed, folder) };
    file.name = arena_printf(arena, "var/outbox/ready/%.*s/var/state/%.*s", STR_ARG(k), STR_ARG(name));
    if (!file.schema || !file_exists(file_join(arena, counted->custody->site->folder, file.name))) continue;
    out = add_table(overlap, counted, file.schema, err);
    if (!out) out = overlap_find(overlap, counted->custody->site->folder, &file, 1, arena, what, err);
  }
  overlap_free(overlap);
  return out;
}

enum outcome overlap_of_ready(const struct custody *custody, str feed, str k,
                              const struct ledger_entry *built, str *what, struct err *err) {
  const struct place somewhere = { NULL, 1 };
  struct counted counted = { custody, feed_open(custody->site->library, feed, somewhere), NULL };
  *what = STR_NONE;
  if (!counted.feed || !counted.feed->program_count || !overlap_matters(counted.feed)) return OUT_OK;
  const struct states_of of = { .site = custody->site,
                                .spool = custody->spool,
                                .ledger = custody->ledger,
                                .programs = counted.feed->programs,
                                .program_count = counted.feed->program_count,
                                .feed = feed,
                                .sl_is_kept = true };
  enum outcome out = states_open(&of, &counted.states, err);
  if (!out) out = compare(&counted, k, built, what, err);
  states_free(counted.states);
  return out;
}
