/* job/state: the state tables of a run, as they stood when it started. */
#include "job/state_internal.h"

enum { TRIES = 8, NUMBER_MOST = 1000 };

str states_folder(const struct schema *schema) {
  static const size_t start = sizeof "state." - 1;
  return str_sub(schema->name, start, schema->name.len);
}

str states_key(const struct schema *schema, struct arena *arena) {
  const struct record *record = schema->records[0];
  str key = STR_NONE;
  for (size_t i = 0; i < record->key_count; i++)
    key = arena_printf(arena, "%.*s%s%.*s", STR_ARG(key), i ? "," : "", STR_ARG(record->keys[i]));
  return key;
}

/* --- which tables --- */

struct state_table *state_table_of(const struct states *states, str schema) {
  for (size_t i = 0; i < states->table_count; i++)
    if (str_eq(states->tables[i].known_as, schema)) return &states->tables[i];
  return NULL;
}

static void add_table(struct states *states, const struct schema *schema, bool looked_up) {
  int64_t keep = 0;
  for (size_t i = 0; i < states->table_count; i++)
    if (str_eq(states->tables[i].known_as, schema->name)) {
      states->tables[i].looked_up = states->tables[i].looked_up || looked_up;
      return;
    }
  str_to_int(schema_option_word(schema, "keep", 0), &keep);
  *ARENA_PUSH(states->arena, states->tables, states->table_count) =
      (struct state_table){ .name = states_folder(schema),
                            .known_as = schema->name,
                            .schema = schema,
                            .record = schema->records[0],
                            .keep = keep,
                            .looked_up = looked_up,
                            .folder.kept_from = INT32_MIN };
}

static bool asks_state(const struct lookup *lookup) {
  return lookup->table && lookup->table->schema->format == FORMAT_STATE;
}

static bool asks_sl(const struct lookup *lookup) { return lookup->table && lookup->query.sql.len; }

static const struct feed_supply *supply_of(const struct states *states, const struct lookup *lookup) {
  bool report = lookup->table && !asks_state(lookup) && !asks_sl(lookup);
  for (size_t i = 0; report && i < states->of.supply_count; i++)
    if (str_eq(states->of.supplies[i].lookup, lookup->name)) return &states->of.supplies[i];
  return NULL;
}

static str known_as(const struct states *states, const struct lookup *lookup) {
  const struct record *record = lookup->table;
  if (asks_state(lookup)) return record->schema->name;
  return arena_printf(states->arena, "%.*s.%.*s", STR_ARG(record->schema->name), STR_ARG(record->name));
}

static void add_sl_table(struct states *states, const struct program *program, const struct lookup *lookup) {
  str name = known_as(states, lookup);
  *ARENA_PUSH(states->arena, states->lookups, states->lookup_count) = lookup;
  if (state_table_of(states, name)) return;
  *ARENA_PUSH(states->arena, states->tables, states->table_count) =
      (struct state_table){ .name = name,
                            .known_as = name,
                            .asked = lookup,
                            .supply = supply_of(states, lookup),
                            .program = program,
                            .schema = lookup->table->schema,
                            .record = lookup->table,
                            .looked_up = true };
}

static void add_program(struct states *states, const struct program *program) {
  for (size_t i = 0; i < program->lookup_count; i++) {
    if (asks_sl(program->lookups[i]) || supply_of(states, program->lookups[i]))
      add_sl_table(states, program, program->lookups[i]);
    if (!asks_state(program->lookups[i])) continue;
    add_table(states, program->lookups[i]->table->schema, true);
    *ARENA_PUSH(states->arena, states->lookups, states->lookup_count) = program->lookups[i];
  }
  for (size_t i = 0; i < program->into_count; i++)
    if (program->into[i]->format == FORMAT_STATE) add_table(states, program->into[i], false);
}

/* --- as the site has it --- */

static enum outcome check_key(const struct state_table *table, const struct state_release *release,
                              struct arena *arena, struct err *err) {
  str key = states_key(table->schema, arena);
  if (!release->key.len || str_eq(release->key, key)) return OUT_OK;
  char day[DATE_TEXT_MOST];
  size_t len = date_format(release->day, STR("YYYY-MM-DD"), day);
  return err_set(err, OUT_DATA,
                 "%.*s: its key is %.*s now, and rows released on %.*s have the key %.*s; put that back, or "
                 "give the schema another name, which begins an empty table",
                 STR_ARG(table->schema->name), STR_ARG(key), (int)len, day, STR_ARG(release->key));
}

static enum outcome read_release(struct state_rows *rows, const struct state_release *release,
                                 struct arena *arena, struct err *err) {
  struct state_span span;
  struct state_table *table = rows->table;
  if (!state_counts(rows->states, table, release) || release->rests) return OUT_OK;
  enum outcome out = check_key(table, release, arena, err);
  if (out || !table->looked_up) return out;
  out = state_span(rows->states, table, &table->folder, release, arena, &span, err);
  if (!out) out = state_rows_add(rows, span.file, span.from, span.count, release->name, err);
  return out == OUT_END ? OUT_OK : out;
}

static enum outcome read_table(const struct states *states, struct state_table *table, struct err *err) {
  struct state_rows rows = state_rows_begin(states, table);
  struct arena *passing = arena_new();
  arena_reset(states->reading);
  enum outcome out = state_look(states, table, states->arena, &table->folder, err);
  for (size_t i = 0; i < table->folder.history.released && !out; i++) {
    out = read_release(&rows, &table->folder.history.releases[i], passing, err);
    arena_reset(passing);
  }
  arena_free(passing);
  state_rows_end(&rows);
  return out;
}

/* A file goes while it is read when another run puts the table in order; what it was put into stands then. */
enum outcome state_read_from_site(const struct states *states, struct state_table *table, struct err *err) {
  enum outcome out = OUT_RETRY;
  for (int try = 0; try < TRIES && out == OUT_RETRY; try++) {
    *err = (struct err){ 0 };
    out = read_table(states, table, err);
  }
  return out;
}

/* --- a run's tables --- */

void state_bind(struct states *states) {
  states->bound = ARENA_ARRAY(states->arena, struct past *, states->lookup_count + 1);
  for (size_t i = 0; i < states->lookup_count; i++) {
    const struct state_table *table = state_table_of(states, known_as(states, states->lookups[i]));
    states->bound[i] = past_new(states->lookups[i], states->arena);
    if (table->asked) past_choose_none(states->bound[i]);
    for (size_t j = 0; j < table->row_count; j++) past_add(states->bound[i], table->rows[j]);
  }
}

enum outcome states_open(const struct states_of *of, struct states **made, struct err *err) {
  struct states *states = *made = mem_alloc(sizeof *states);
  *states = (struct states){ .of = *of, .arena = arena_new(), .reading = arena_new() };
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < of->program_count; i++) add_program(states, of->programs[i]);
  for (size_t i = 0; i < states->table_count && !out; i++) {
    bool is_sl = states->tables[i].asked != NULL;
    if (is_sl && of->sl_is_kept) continue;
    if (!of->spool && !(is_sl && of->asks_sl && state_sl_is_there(states, &states->tables[i]))) continue;
    out = is_sl ? state_from_sl(states, &states->tables[i], err)
                : state_read_from_site(states, &states->tables[i], err);
    if (!out && of->may_write && !is_sl) out = state_tidy(states, &states->tables[i], err);
  }
  if (!out) state_bind(states);
  arena_reset(states->reading);
  return out;
}

void states_free(struct states *states) {
  if (!states) return;
  arena_free(states->reading);
  arena_free(states->arena);
  mem_free(states);
}

const struct past *states_past(const struct states *states, const struct lookup *lookup) {
  for (size_t i = 0; states && i < states->lookup_count; i++)
    if (states->lookups[i] == lookup) return states->bound[i];
  return NULL;
}

str states_member(str schema, struct arena *arena) {
  if (!str_starts(schema, STR("state."))) return arena_printf(arena, "var/sl/%.*s.csv", STR_ARG(schema));
  return arena_printf(arena, "var/state/%.*s.csv", (int)(schema.len - 6), schema.at + 6);
}

str states_file(const struct states *states, str name, struct arena *arena) {
  static const char above[] = "var/state/";
  str table = STR_NONE, rest = str_sub(name, sizeof above - 1, name.len), each;
  if (!states || !str_split(&rest, '/', &table)) return name;
  const struct state_table *known = NULL;
  for (size_t i = 0; i < states->table_count; i++)
    if (!states->tables[i].asked && str_eq(states->tables[i].name, table)) known = &states->tables[i];
  str stem = str_sub(rest, 0, rest.len - (sizeof ".csv" - 1));
  each = rest;
  for (int n = 2; known && state_history_find(&known->folder.history, each) && n < NUMBER_MOST; n++)
    each = arena_printf(arena, "%.*s-%d.csv", STR_ARG(stem), n);
  return arena_printf(arena, "%s%.*s/%.*s", above, STR_ARG(table), STR_ARG(each));
}
