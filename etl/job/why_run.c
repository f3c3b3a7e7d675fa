/* job/why_run: an item's outputs made once more, in a scratch folder, for `sluice why`: their lines. */
#include "io/file.h"
#include "job/naming.h"
#include "job/state.h"
#include "job/why_internal.h"

/* --- which item --- */

bool why_is_event(const struct ledger_entry *entry, const char *event) {
  return entry && str_eq(entry->event, str_of(event));
}

const struct ledger_entry *why_find_source(struct ledger *ledger, str source) {
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
      bool built = why_is_event(entry, "released") || why_is_event(entry, "ready");
      if (built && (!latest || entry->line > latest->line)) latest = entry;
    }
  return latest;
}

/* Outputs and what they mirror stand in pairs. */
str why_mirrored_by(const struct ledger_entry *entry, str output) {
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
  (void)err;
  asked->outlets = outlets_for_feed(asked->feed, asked->scratch, asked->release, asked->site->zone);
  if (asked->traces) outlets_trace(asked->outlets);
  *sink = outlets_sink(asked->outlets);
  return OUT_OK;
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

enum outcome why_run(struct asked *asked, rows_hit *hit, struct err *err) {
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

enum outcome why_find_lines(struct asked *asked, struct err *err) {
  if (file_make_scratch(asked->arena, &asked->scratch, err) || open_item(asked, err) || go_back(asked, err) ||
      read_states(asked, err) || why_run(asked, NULL, err))
    return err->outcome;
  list_lines(asked);
  return OUT_OK;
}

void why_end(struct asked *asked) {
  struct err ignored = { 0 };
  outlets_free(asked->outlets);
  exec_result_free(&asked->result);
  states_free(asked->states);
  if (asked->scratch) file_remove_folder(asked->scratch, &ignored);
}
