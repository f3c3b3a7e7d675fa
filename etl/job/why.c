/* job/why: an output line back to the source rows that made it, and a source row forward. */
#include "job/why.h"
#include "io/digest.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct asked {
  struct site *site;
  const struct feed *feed;
  struct arena *arena;
  const char *scratch;
  struct outlets *outlets;
  struct exec_result result;
  /* rows of one group's key are wanted, or the groups of one row */
  const struct group *group;
  str key;
  uint64_t row; /* of the source, when a row is asked for */
  struct why *why;
};

static const struct ledger_entry *find_source(const struct ledger *ledger, str source) {
  str name = source;
  for (size_t i = source.len; i > 0; i--)
    if (source.at[i - 1] == '/') {
      name = str_sub(source, i, source.len);
      break;
    }
  for (size_t i = ledger_count(ledger); i > 0; i--) {
    const struct ledger_entry *entry = ledger_at(ledger, i - 1);
    bool good = str_eq(entry->event, STR("released")) || str_eq(entry->event, STR("ready"));
    if (good && str_eq(ledger_word(entry, "file"), name)) return entry;
  }
  return NULL;
}

static enum outcome begin(void *user, struct sink *sink, struct err *err) {
  struct asked *asked = user;
  outlets_free(asked->outlets);
  asked->outlets = NULL;
  enum outcome out = outlets_for_feed(asked->feed, asked->scratch, asked->site->zone, &asked->outlets, err);
  *sink = outlets_sink(asked->outlets);
  return out;
}

static void watch(void *user, const struct block *block, str key, const struct instance *instance,
                  struct ctx *ctx) {
  outlets_watch(((struct asked *)user)->outlets, block, key, instance, ctx);
}

static str show_cells(struct arena *arena, str cells) {
  struct buf text = buf_new(1 << 20);
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

static bool is_wanted_key(const struct asked *asked, const struct group *group, str key) {
  if (asked->group) return group == asked->group && str_eq(key, asked->key);
  return !group->block; /* the file's own lines: every row */
}

static void hit(void *user, const struct group *group, str key, uint64_t place, str cells) {
  struct asked *asked = user;
  struct why *why = asked->why;
  if (!is_wanted_key(asked, group, key)) return;
  why->row_count++;
  if (why->kept < WHY_ROWS_SHOWN)
    *ARENA_PUSH(asked->arena, why->rows, why->kept) =
        (struct why_row){ place, show_cells(asked->arena, cells) };
}

/* Rows come in order; a place is turned into a number only when all chunks are counted, so all are noted. */
struct noted {
  uint64_t place;
  const struct group *group;
  str key;
  str cells;
};

struct noting {
  struct asked *asked;
  struct noted *items;
  size_t count;
};

static enum outcome run(struct asked *asked, rows_hit *each, void *user, struct err *err) {
  struct exec_request request;
  site_request(asked->site, asked->feed->programs[0], asked->why->original, &request);
  request.user = user;
  request.begin = begin;
  request.watch = watch;
  request.hit = each;
  exec_result_free(&asked->result);
  enum outcome out = exec_file(&request, &asked->result, err);
  return out ? out : outlets_finish(asked->outlets, err);
}

static enum outcome open_item(struct asked *asked, struct spool *spool, const struct ledger_entry *entry,
                              struct err *err) {
  const struct place somewhere = { NULL, 1 };
  struct why *why = asked->why;
  asked->feed = feed_open(asked->site->library, entry->feed, somewhere);
  if (complaints_count(library_wrong(asked->site->library)))
    return complaints_first(library_wrong(asked->site->library), err);
  why->source = ledger_word(entry, "file");
  why->id = ledger_word(entry, "id");
  why->key = ledger_word(entry, "key");
  why->original = spool_original(spool, ledger_word(entry, "day"), why->id);
  if (!why->original)
    return err_set(err, OUT_DATA, "the original of %.*s is not in the archive any more",
                   STR_ARG(why->source));
  char digest[DIGEST_TEXT];
  if (digest_file(why->original, digest, err)) return err->outcome;
  if (!str_eq(str_of(digest), ledger_word(entry, "sha256")))
    return err_set(err, OUT_DATA, "%s is not the file that was read: its SHA-256 differs", why->original);
  why->changed = !str_eq(batch_k(asked->site, why->id), ledger_word(entry, "k"));
  return OUT_OK;
}

static enum outcome make_scratch(struct asked *asked, struct err *err) {
  const char *folder = getenv("TMPDIR");
  char *name = arena_alloc(asked->arena, 4096);
  str made = arena_printf(asked->arena, "%s/sluice-why-XXXXXX", folder && *folder ? folder : "/tmp");
  memcpy(name, made.at, made.len + 1);
  if (!mkdtemp(name)) return err_errno(err, "cannot make a folder for the second run");
  asked->scratch = name;
  return OUT_OK;
}

static void end(struct asked *asked) {
  struct err ignored = { 0 };
  outlets_free(asked->outlets);
  exec_result_free(&asked->result);
  if (asked->scratch) file_remove_folder(asked->scratch, &ignored);
}

static void list_lines(struct asked *asked) {
  const struct outlet_file *files;
  size_t count = outlets_files(asked->outlets, &files);
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < files[i].line_count; j++) {
      struct why_line *line = ARENA_PUSH(asked->arena, asked->why->lines, asked->why->line_count);
      *line = (struct why_line){ arena_str(asked->arena, files[i].name), files[i].lines[j] };
      line->line.key = arena_str(asked->arena, line->line.key);
      line->line.shown.detail = arena_str(asked->arena, line->line.shown.detail);
      line->line.shown.sum = arena_str(asked->arena, line->line.shown.sum);
    }
}

static enum outcome rows_of_line(struct asked *asked, str output, uint64_t line, struct err *err) {
  struct why *why = asked->why;
  const struct why_line *wanted = NULL;
  for (size_t i = 0; i < why->line_count; i++)
    if (str_eq(why->lines[i].output, output) && why->lines[i].line.shown.line == line)
      wanted = &why->lines[i];
  if (!wanted)
    return err_set(err, OUT_DATA, "%.*s has no line %llu", STR_ARG(output), (unsigned long long)line);
  why->lines[0] = *wanted;
  why->line_count = 1;
  asked->group = wanted->line.group;
  asked->key = wanted->line.key;
  enum outcome out = run(asked, hit, asked, err);
  for (size_t i = 0; i < why->kept && !out; i++)
    why->rows[i].row = exec_row_number(&asked->result, why->rows[i].row);
  return out;
}

enum outcome why_output(struct site *site, struct spool *spool, struct ledger *ledger, str output,
                        uint64_t line, struct why *why, struct err *err) {
  *why = (struct why){ 0 };
  struct asked asked = { .site = site, .arena = site->arena, .why = why };
  while (str_starts(output, STR("./"))) output = str_sub(output, 2, output.len);
  const struct ledger_entry *entry = ledger_by_output(ledger, output);
  if (!entry) return err_set(err, OUT_DATA, "%.*s was not released by this site", STR_ARG(output));
  enum outcome out = open_item(&asked, spool, entry, err);
  if (!out) out = make_scratch(&asked, err);
  if (!out) out = run(&asked, NULL, &asked, err);
  if (!out) list_lines(&asked);
  if (!out && line) out = rows_of_line(&asked, output, line, err);
  end(&asked);
  return out;
}

static void note(void *user, const struct group *group, str key, uint64_t place, str cells) {
  struct noting *noting = user;
  struct arena *arena = noting->asked->arena;
  uint64_t chunk_row = place & 0xffffff;
  if (chunk_row + 1 > noting->asked->row) return; /* a chunk before it only makes the number larger */
  *ARENA_PUSH(arena, noting->items, noting->count) =
      (struct noted){ place, group, arena_str(arena, key), arena_str(arena, cells) };
}

static enum outcome note_begin(void *user, struct sink *sink, struct err *err) {
  struct noting *noting = user;
  noting->count = 0;
  noting->items = NULL;
  return begin(noting->asked, sink, err);
}

static void note_watch(void *user, const struct block *block, str key, const struct instance *instance,
                       struct ctx *ctx) {
  watch(((struct noting *)user)->asked, block, key, instance, ctx);
}

static bool line_has(const struct why_line *line, const struct noted *noted) {
  if (!line->line.group) return !noted->group->block;
  return line->line.group == noted->group && str_eq(line->line.key, noted->key);
}

enum outcome why_source(struct site *site, struct spool *spool, struct ledger *ledger, str source,
                        uint64_t row, struct why *why, struct err *err) {
  *why = (struct why){ 0 };
  struct asked asked = { .site = site, .arena = site->arena, .why = why, .row = row };
  struct noting noting = { .asked = &asked };
  const struct ledger_entry *entry = find_source(ledger, source);
  if (!entry) return err_set(err, OUT_DATA, "no source %.*s was released by this site", STR_ARG(source));
  enum outcome out = open_item(&asked, spool, entry, err);
  if (!out) out = make_scratch(&asked, err);
  if (!out) {
    struct exec_request request;
    site_request(site, asked.feed->programs[0], why->original, &request);
    request.user = &noting;
    request.begin = note_begin;
    request.watch = note_watch;
    request.hit = note;
    out = exec_file(&request, &asked.result, err);
  }
  if (!out) out = outlets_finish(asked.outlets, err);
  if (!out) list_lines(&asked);
  struct why_line *all = why->lines;
  size_t count = why->line_count;
  why->lines = NULL;
  why->line_count = 0;
  for (size_t i = 0; i < noting.count && !out; i++) {
    if (exec_row_number(&asked.result, noting.items[i].place) != row) continue;
    if (!why->kept)
      *ARENA_PUSH(asked.arena, why->rows, why->kept) =
          (struct why_row){ row, show_cells(asked.arena, noting.items[i].cells) };
    for (size_t j = 0; j < count; j++)
      if (line_has(&all[j], &noting.items[i])) *ARENA_PUSH(asked.arena, why->lines, why->line_count) = all[j];
  }
  why->row_count = why->kept;
  if (!out && !why->kept)
    out = err_set(err, OUT_DATA, "%.*s has no row %llu that went into an output", STR_ARG(source),
                  (unsigned long long)row);
  end(&asked);
  return out;
}
