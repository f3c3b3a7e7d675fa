/* job/why: an output line back to the source rows that made it, and a source row forward. */
#include "job/why.h"
#include "io/digest.h"
#include "io/file.h"
#include "job/exec_trees.h"
#include "job/naming.h"
#include "job/state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_MOST = 1 << 20, CELLS_MOST = 1 << 20, CHUNKS_MOST = 1 << 24 };

struct noted { /* a group that the row asked for goes to */
  const struct group *group;
  str key;
};

/* The plan runs twice: once for the lines, once more, when it is known what is wanted, for the rows. */
struct asked {
  struct site *site, then;        /* site: `then` once its clock was set back */
  struct archive_account account; /* of the item; empty: not kept */
  struct ledger *ledger;
  const struct feed *feed;
  struct arena *arena;
  const struct ledger_entry *entry;
  const char *scratch, *original; /* where the original can be read */
  str k, release;                 /* by the specs of today; what files are called whose names say it */
  struct outlets *outlets;
  struct states *states; /* as they stood before the item was released */
  struct exec_result result;
  const struct why_line *wanted; /* the rows of this line */
  uint64_t place;                /* or the groups of the row at this place */
  struct noted *noted;
  size_t noted_count;
  bool is_trees; /* places are numbers of records; `place` is one */
  bool traces;   /* each line is noted with what it was made of */
  bool summed;   /* the wanted line sums one column; cell number `column` of a row */
  size_t column;
  struct why *why;
};

/* --- which item --- */

static bool is_event(const struct ledger_entry *entry, const char *event) {
  return entry && str_eq(entry->event, str_of(event));
}

static const struct ledger_entry *find_source(struct ledger *ledger, str source) {
  str name = source;
  for (size_t i = source.len; i > 0; i--)
    if (source.at[i - 1] == '/') {
      name = str_sub(source, i, source.len);
      break;
    }
  const struct ledger_found found[] = { ledger_having(ledger, "file", name),
                                        ledger_having(ledger, "id", source) };
  const struct ledger_entry *latest = NULL;
  for (size_t i = 0; i < 2; i++)
    for (size_t j = 0; j < found[i].count; j++) {
      const struct ledger_entry *entry = found[i].entries[j];
      bool built = is_event(entry, "released") || is_event(entry, "ready");
      if (built && (!latest || entry->line > latest->line)) latest = entry;
    }
  return latest;
}

/* Outputs and what they mirror stand in pairs. */
static str mirrored_by(const struct ledger_entry *entry, str output) {
  for (size_t i = 0; i + 1 < entry->word_count; i++)
    if (str_eq(entry->words[i].name, STR("output")) && str_eq(entry->words[i].value, output) &&
        str_eq(entry->words[i + 1].name, STR("mirrors")))
      return entry->words[i + 1].value;
  return STR_NONE;
}

static enum outcome open_item(struct asked *asked, struct err *err) {
  const struct place somewhere = { NULL, 1 };
  const struct ledger_entry *entry = asked->entry;
  struct why *why = asked->why;
  asked->feed = feed_open(asked->site->library, entry->feed, somewhere);
  if (complaints_count(library_wrong(asked->site->library)))
    return complaints_first(library_wrong(asked->site->library), err);
  why->source = ledger_word(entry, "file");
  why->id = ledger_word(entry, "id");
  why->key = ledger_word(entry, "key");
  why->state = entry->event;
  why->time = entry->time;
  if (batch_original(asked->site, asked->ledger, entry, asked->scratch, &asked->original, &why->original,
                     err))
    return err->outcome;
  asked->k = batch_k(asked->site, asked->feed, asked->arena, why->id);
  why->changed = !str_eq(asked->k, ledger_word(entry, "k"));
  enum format format = asked->feed->programs[0]->from->format;
  why->counts_records = format == FORMAT_XML || format == FORMAT_JSON;
  return OUT_OK;
}

/* --- a run --- */

/* Called anew for each reading of the file: what an earlier one found is forgotten. */
static enum outcome begin(void *user, struct sink *sink, struct err *err) {
  struct asked *asked = user;
  asked->why->row_count = asked->why->kept = asked->noted_count = 0;
  asked->why->rows = NULL;
  asked->noted = NULL;
  asked->why->sum = dec_of(0);
  asked->why->has_sum = asked->summed;
  outlets_free(asked->outlets);
  asked->outlets = NULL;
  enum outcome out =
      outlets_for_feed(asked->feed, asked->scratch, asked->release, asked->site->zone, &asked->outlets, err);
  if (!out && asked->traces) outlets_trace(asked->outlets);
  *sink = outlets_sink(asked->outlets);
  return out;
}

static void watch(void *user, const struct block *block, str key, const struct instance *instance,
                  struct ctx *ctx) {
  outlets_watch(((struct asked *)user)->outlets, block, key, instance, ctx);
}

/* What the second transform is handed is a record that streams there, with all below it. */
static void watch_first(void *user, const struct block *block, str key, const struct instance *instance,
                        struct ctx *ctx) {
  const struct asked *asked = user;
  (void)instance, (void)ctx;
  if (!block) outlets_source(asked->outlets, NULL, STR_NONE);
  else if (block->record == asked->feed->programs[1]->streamed->record)
    outlets_source(asked->outlets, block->group, key);
}

static enum outcome run(struct asked *asked, rows_hit *hit, struct err *err) {
  struct exec_request request;
  site_request(asked->site, asked->feed->programs[0], asked->original, &request);
  request.source_file = asked->why->source;
  request.user = asked;
  request.begin = begin;
  request.watch = watch;
  request.watch_first = watch_first;
  request.hit = hit;
  request.states = asked->states;
  request.then = asked->feed->programs + 1;
  request.then_count = asked->feed->program_count - 1;
  exec_result_free(&asked->result);
  enum outcome out = exec_file(&request, &asked->result, err);
  return out ? out : outlets_finish(asked->outlets, err);
}

static bool is_for_sl(const struct outlet_file *file) {
  return file->load && file->load->to.kind == PLACE_ODBC;
}

/* What was released under a name of its own (journal-1-2.txt) is built under the plain one, and rows for SL
 * under one without K. */
static str released_name(const struct asked *asked, const struct outlet_file *built) {
  const struct ledger_entry *entry = asked->entry;
  for (size_t i = 0; i < entry->word_count; i++) {
    str name = entry->words[i].value;
    if (!str_eq(entry->words[i].name, STR("output"))) continue;
    if (naming_is_of(asked->arena, name, built->name)) return name;
    if (is_for_sl(built) && naming_is_but_k(name, built->name, ".rows")) return name;
  }
  return arena_str(asked->arena, built->name);
}

/* Numbers of rows, or of records, instead of places: they outlive the run. */
static void keep_numbers(struct asked *asked, struct outlet_line *line) {
  uint64_t *numbers = ARENA_ARRAY(asked->arena, uint64_t, line->place_count + 1);
  for (size_t i = 0; i < line->place_count; i++)
    numbers[i] = exec_row_number(&asked->result, line->places[i]);
  line->places = numbers;
}

/* Sums of a chain's later transforms over what its first one summed: nobody knows of which rows. */
static bool is_unknown(const struct asked *asked, const struct outlet_line *line) {
  bool of_all = true;
  for (const struct block *block = line->block; block; block = block->parent)
    of_all = of_all && block->repeat == REPEAT_ONCE;
  return asked->feed->program_count > 1 && !line->place_count && !line->source && !of_all;
}

static void list_lines(struct asked *asked) {
  const struct outlet_file *files;
  size_t count = outlets_files(asked->outlets, &files);
  for (size_t i = 0; i < count; i++) {
    str name = released_name(asked, &files[i]);
    for (size_t j = 0; j < files[i].line_count; j++) {
      struct why_line *line = ARENA_PUSH(asked->arena, asked->why->lines, asked->why->line_count);
      *line = (struct why_line){ .output = name, .line = files[i].lines[j] };
      line->line.key = arena_str(asked->arena, line->line.key);
      line->line.source_key = arena_str(asked->arena, line->line.source_key);
      line->line.shown.detail = arena_str(asked->arena, line->line.shown.detail);
      line->line.shown.sum = arena_str(asked->arena, line->line.shown.sum);
      keep_numbers(asked, &line->line);
      line->unknown = is_unknown(asked, &line->line);
      line->first = line->line.shown.line;
      if (is_for_sl(&files[i])) line->line.shown.line = line->line.last; /* "+KEY" stands before it */
    }
  }
}

/* The run of then, by its own clock: days stand in names and in records. */
static enum outcome go_back(struct asked *asked, struct err *err) {
  struct archive_account account;
  struct err unread = { 0 };
  enum outcome out = archive_read(asked->site->archive, asked->entry->feed, ledger_word(asked->entry, "day"),
                                  asked->why->id, asked->arena, &account, &unread);
  if (!out) asked->account = account;
  asked->then = *asked->site;
  asked->site = &asked->then;
  if (site_set_clock(asked->site, out ? asked->entry->time : account.time, err)) return err->outcome;
  asked->release = arena_printf(asked->arena, "%.*s-%.*s", STR_ARG(batch_day(asked->site, asked->arena)),
                                STR_ARG(asked->k));
  return OUT_OK;
}

/* What was read from SL, and reports that were looked up in, as the item's run had them: the archive has
 * that. */
static enum outcome load_kept(struct asked *asked, struct err *err) {
  struct archive *archive = asked->site->archive;
  struct archive_account *account = &asked->account;
  str *schemas, day = ledger_word(asked->entry, "day");
  size_t count = states_read(asked->states, asked->arena, &schemas), kept = 0;
  for (size_t i = 0; i < count; i++)
    if (!str_starts(schemas[i], STR("state."))) schemas[kept++] = schemas[i];
  enum outcome out = OUT_OK;
  if (kept && !account->id.len) /* says why not */
    out = archive_read(archive, asked->entry->feed, day, asked->why->id, asked->arena, account, err);
  for (size_t i = 0; i < kept; i++)
    for (size_t j = 0; !out && j < account->count; j++) {
      str name = states_member(schemas[i], asked->arena);
      if (account->members[j].kind != ARCHIVE_TABLE || !str_eq(account->members[j].name, name)) continue;
      const char *path = arena_printf(asked->arena, "%s/table-%zu", asked->scratch, i).at;
      out = archive_fetch(archive, day, account, &account->members[j], path, err);
      if (!out) out = states_load(asked->states, schemas[i], path, err);
    }
  return out;
}

static enum outcome read_states(struct asked *asked, struct err *err) {
  struct spool *spool;
  if (spool_open(asked->site->folder, asked->arena, &spool, err)) return err->outcome;
  const struct states_of of = { .site = asked->site,
                                .spool = spool,
                                .ledger = asked->ledger,
                                .programs = asked->feed->programs,
                                .program_count = asked->feed->program_count,
                                .sl_is_kept = true,
                                .feed = asked->feed->name,
                                .supplies = asked->feed->supplies,
                                .supply_count = asked->feed->supply_count,
                                .before = asked->entry->line };
  enum outcome out = states_open(&of, &asked->states, err);
  return out ? out : load_kept(asked, err);
}

static enum outcome find_lines(struct asked *asked, struct err *err) {
  if (file_make_scratch(asked->arena, &asked->scratch, err) || open_item(asked, err) || go_back(asked, err) ||
      read_states(asked, err) || run(asked, NULL, err))
    return err->outcome;
  list_lines(asked);
  return OUT_OK;
}

static void end(struct asked *asked) {
  struct err ignored = { 0 };
  outlets_free(asked->outlets);
  exec_result_free(&asked->result);
  states_free(asked->states);
  if (asked->scratch) file_remove_folder(asked->scratch, &ignored);
}

/* --- rows of a line --- */

static str show_cells(struct arena *arena, str cells) {
  struct buf text = buf_new(CELLS_MOST);
  str piece;
  while (str_split(&cells, '\t', &piece)) {
    if (!str_trim(piece).len) continue;
    if (text.len) buf_add(&text, STR("  "));
    buf_add(&text, piece);
  }
  str shown = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return shown;
}

static const struct field *summed_field(const struct asked *asked) {
  const struct program *program = asked->feed->programs[0];
  if (asked->feed->program_count > 1) return NULL;
  const struct group *group = asked->wanted->line.group ? asked->wanted->line.group : program->file;
  for (size_t i = 0; i < group->aggregate_count; i++) {
    const struct aggregate *aggregate = group->aggregates[i];
    if (aggregate->kind == AGG_SUM && !aggregate->where)
      return aggregate->of->op == OP_COLUMN ? aggregate->of->field : NULL;
  }
  return NULL;
}

/* Where the summed column stands in the file; only TSV has cells that can be counted without a reader. */
static enum outcome find_column(struct asked *asked, struct err *err) {
  const struct field *field = summed_field(asked);
  if (!field || asked->feed->programs[0]->from->format != FORMAT_TSV) return OUT_OK;
  struct in *in;
  size_t got = 0;
  if (in_open(asked->original, in_default_limits, &in, err)) return err->outcome;
  char *block = mem_alloc(HEADER_MOST);
  enum outcome out = in_read(in, block, HEADER_MOST, &got, err);
  in_close(in);
  str text = { block, got }, line, name, wanted = header_fold(field->name, asked->arena);
  if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_sub(text, 3, text.len);
  if (!str_split(&text, '\n', &line)) line = STR_NONE;
  for (size_t at = 0; !asked->summed && str_split(&line, '\t', &name); at++)
    if (str_eq(header_fold(str_trim(name), asked->arena), wanted)) asked->summed = true, asked->column = at;
  mem_free(block);
  return out == OUT_END ? OUT_OK : out;
}

static void add_amount(struct asked *asked, str cells) {
  struct why *why = asked->why;
  str cell = STR_NONE;
  dec amount;
  for (size_t i = 0; i <= asked->column; i++)
    if (!str_split(&cells, '\t', &cell)) return; /* a short row: absent */
  if (!str_trim(cell).len) return;
  if (!dec_parse(cell, asked->result.notation.decimal, &amount) || !dec_add(why->sum, amount, &why->sum))
    why->has_sum = false;
}

static bool is_wanted_key(const struct why_line *line, const struct group *group, str key) {
  if (line->unknown) return false;
  if (line->line.source) return group == line->line.source && str_eq(key, line->line.source_key);
  if (line->line.group) return group == line->line.group && str_eq(key, line->line.key);
  return !group->block; /* the file's own lines: every row */
}

static void hit(void *user, const struct group *group, str key, uint64_t place, str cells) {
  struct asked *asked = user;
  struct why *why = asked->why;
  if (!is_wanted_key(asked->wanted, group, key)) return;
  if (why->kept && why->rows[why->kept - 1].row == place) return; /* once for each sum of its group */
  why->row_count++;
  if (why->has_sum) add_amount(asked, cells);
  if (why->kept < WHY_ROWS_SHOWN)
    *ARENA_PUSH(asked->arena, why->rows, why->kept) =
        (struct why_row){ place, show_cells(asked->arena, cells) };
}

static int by_number(const void *a, const void *b) {
  uint64_t x = ((const struct why_row *)a)->row, y = ((const struct why_row *)b)->row;
  return (x > y) - (x < y);
}

/* Sorted, each once. */
static void settle_rows(struct why *why) {
  size_t kept = 0;
  if (why->kept) qsort(why->rows, why->kept, sizeof *why->rows, by_number);
  for (size_t i = 0; i < why->kept; i++)
    if (!kept || why->rows[kept - 1].row != why->rows[i].row) why->rows[kept++] = why->rows[i];
  if (why->row_count == why->kept) why->row_count = kept;
  why->kept = kept;
}

static void rows_traced(struct asked *asked) {
  const struct outlet_line *line = &asked->wanted->line;
  struct why *why = asked->why;
  why->kept = 0;
  for (size_t i = 0; i < line->place_count && why->kept < WHY_ROWS_SHOWN; i++)
    *ARENA_PUSH(asked->arena, why->rows, why->kept) = (struct why_row){ line->places[i], STR_NONE };
  why->row_count = line->place_count;
  settle_rows(why);
}

static enum outcome rows_of_line(struct asked *asked, str output, uint64_t number, struct err *err) {
  struct why *why = asked->why;
  const struct why_line *wanted = NULL;
  for (size_t i = 0; i < why->line_count; i++)
    if (str_eq(why->lines[i].output, output) && why->lines[i].first <= number &&
        number <= why->lines[i].line.last)
      wanted = &why->lines[i];
  if (!wanted)
    return err_set(err, OUT_DATA, "%.*s has no record in line %llu", STR_ARG(output),
                   (unsigned long long)number);
  why->lines[0] = *wanted;
  why->line_count = 1;
  asked->wanted = &why->lines[0];
  if (wanted->line.place_count) {
    why->has_sum = false;
    return rows_traced(asked), OUT_OK;
  }
  if (wanted->unknown)
    return err_set(err, OUT_DATA, "%.*s, line %llu, is a sum of sums: which rows it came of is not known",
                   STR_ARG(output), (unsigned long long)number);
  if (find_column(asked, err) || run(asked, hit, err)) return err->outcome;
  for (size_t i = 0; i < why->kept; i++) why->rows[i].row = exec_row_number(&asked->result, why->rows[i].row);
  settle_rows(why);
  return OUT_OK;
}

static void only_of(struct why *why, str output) {
  size_t kept = 0;
  for (size_t i = 0; i < why->line_count; i++)
    if (str_eq(why->lines[i].output, output)) why->lines[kept++] = why->lines[i];
  why->line_count = kept;
}

enum outcome why_output(struct site *site, struct ledger *ledger, str output, uint64_t line, struct why *why,
                        struct err *err) {
  *why = (struct why){ 0 };
  struct asked asked = { .site = site, .ledger = ledger, .arena = site->arena, .why = why };
  str name = naming_released(site->arena, output);
  asked.entry = ledger_by_output(ledger, name);
  if (is_event(asked.entry, "reversed")) {
    name = why->mirror_of = mirrored_by(asked.entry, name);
    asked.entry = ledger_by_output(ledger, name);
  }
  if (!asked.entry && find_source(ledger, output))
    return err_set(err, OUT_DATA, "%.*s is a source, not an output: which row of it? as: sluice why %.*s 2",
                   STR_ARG(output), STR_ARG(output));
  if (!asked.entry) return err_set(err, OUT_DATA, "%.*s was not released by this site", STR_ARG(output));
  asked.traces = line > 0;
  enum outcome out = find_lines(&asked, err);
  if (!out && line) out = rows_of_line(&asked, name, line, err);
  else if (!out) only_of(why, name);
  end(&asked);
  return out;
}

/* --- lines of a row --- */

/* Chunk by chunk: the row numbers at which they start are known after a run. */
static uint64_t place_of_row(const struct exec_result *result, uint64_t row) {
  uint64_t chunk = 0, start = 1;
  while (chunk < CHUNKS_MOST) {
    uint64_t next = exec_row_number(result, (chunk + 1) << 24);
    if (next < start || next > row) break; /* behind the last chunk it begins at 1 again */
    start = next;
    chunk++;
  }
  return chunk << 24 | (row - start);
}

static void note(void *user, const struct group *group, str key, uint64_t place, str cells) {
  struct asked *asked = user;
  struct why *why = asked->why;
  if (asked->is_trees ? tree_number(place) != asked->place : place != asked->place) return;
  *ARENA_PUSH(asked->arena, asked->noted, asked->noted_count) =
      (struct noted){ group, arena_str(asked->arena, key) };
  if (why->kept) return;
  *ARENA_PUSH(asked->arena, why->rows, why->kept) =
      (struct why_row){ place, show_cells(asked->arena, cells) };
  why->row_count = 1;
}

static bool went_to(const struct asked *asked, const struct why_line *line, uint64_t row) {
  for (size_t i = 0; i < line->line.place_count; i++)
    if (line->line.places[i] == row) return true;
  for (size_t i = 0; i < asked->noted_count && !line->line.place_count; i++)
    if (is_wanted_key(line, asked->noted[i].group, asked->noted[i].key)) return true;
  return false;
}

enum outcome why_source(struct site *site, struct ledger *ledger, str source, uint64_t row, struct why *why,
                        struct err *err) {
  *why = (struct why){ 0 };
  struct asked asked = { .site = site, .ledger = ledger, .arena = site->arena, .why = why };
  asked.entry = find_source(ledger, source);
  if (!asked.entry)
    return err_set(err, OUT_DATA, "no source %.*s was released by this site", STR_ARG(source));
  asked.traces = true;
  enum outcome out = row ? find_lines(&asked, err) : OUT_OK;
  if (!out && row) {
    asked.is_trees = exec_is_trees(asked.feed->programs[0]);
    asked.place = asked.is_trees ? row : place_of_row(&asked.result, row);
    out = run(&asked, note, err);
  }
  for (size_t i = 0; i < why->line_count && !out && !why->kept; i++)
    if (went_to(&asked, &why->lines[i], row)) {
      *ARENA_PUSH(asked.arena, why->rows, why->kept) = (struct why_row){ row, STR_NONE };
      why->row_count = 1;
    }
  if (!out && !why->kept)
    out = err_set(err, OUT_DATA,
                  why->counts_records
                      ? "%.*s has no record %llu that went into an output; lines are not counted"
                      : "%.*s has no row %llu that went into an output",
                  STR_ARG(source), (unsigned long long)row);
  size_t kept = 0;
  for (size_t i = 0; i < why->line_count && !out; i++)
    if (went_to(&asked, &why->lines[i], row)) why->lines[kept++] = why->lines[i];
  why->line_count = kept;
  if (!out) why->rows[0].row = row;
  end(&asked);
  return out;
}
