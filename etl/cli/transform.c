/* cli/transform: `sluice transform NAME [FILE]`: a plain filter, no site state touched. */
#include "cli/cli.h"
#include "io/file.h"
#include "job/outlet.h"
#include "job/state.h"
#include "report/summary.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct filter {
  struct program *program;
  const struct site *site;
  struct outlets *outlets;
  FILE *out; /* what is written before the file proves itself */
};

struct state_source {
  struct spool *spool;
  struct ledger *ledger;
  struct states *states;
};

static enum outcome put(void *user, str bytes, struct err *err) {
  struct filter *filter = user;
  if (fwrite(bytes.at, 1, bytes.len, filter->out) == bytes.len) return OUT_OK;
  return err_errno(err, "the output could not be written");
}

static enum outcome begin(void *user, struct sink *sink, struct err *err) {
  struct filter *filter = user;
  outlets_free(filter->outlets);
  filter->outlets = NULL;
  if (filter->out != stdout) rewind(filter->out);
  if (filter->out != stdout && ftruncate(fileno(filter->out), 0))
    return err_errno(err, "a temporary file could not be emptied");
  filter->outlets = outlets_for_stream(filter->program, filter->site->zone, put, filter);
  *sink = outlets_sink(filter->outlets);
  return OUT_OK;
}

static void show_reject(const struct reject *reject) {
  if (reject->row) fprintf(stderr, "sluice: row %llu: ", (unsigned long long)reject->row);
  else fprintf(stderr, "sluice: ");
  fprintf(stderr, "%.*s\n", STR_ARG(reject->text));
}

static void show_messages(const struct tally *tally) {
  for (size_t i = 0; i < tally->message_count; i++) {
    const struct message *m = tally->messages[i];
    fprintf(stderr, "sluice: %s: %.*s", rule_words[m->kind], STR_ARG(m->text));
    if (m->count > 1) fprintf(stderr, " (%llu times)", (unsigned long long)m->count);
    fputc('\n', stderr);
  }
  for (size_t i = 0; i < tally->reject_count && i < 20; i++) show_reject(&tally->rejects[i]);
  for (size_t i = 0; i < tally->proof_count; i++) {
    const struct proof_result *p = &tally->proofs[i];
    if (!p->holds)
      fprintf(stderr, "sluice: proof fails: %.*s: %.*s%s%.*s\n", STR_ARG(p->proof->text), STR_ARG(p->left),
              p->each ? "" : " against ", STR_ARG(p->right));
  }
}

/* Nothing can refuse the file at its end, and nothing can ask to read it again: records go out as they are
 * made. */
static bool may_stream(const struct program *program) {
  bool stated = str_find(schema_option_word(program->from, "charset", 0), 'u') == 0; /* utf-8 */
  bool tried = !stated || schema_option(program->from, "decimal") != NULL;
  for (size_t i = 0; i < program->rule_count; i++) tried = tried || program->rules[i].file;
  return !tried && !program->proof_count;
}

/* What was held back until the proofs held goes to stdout now. */
static bool copy_out(FILE *from) {
  char block[65536];
  size_t got;
  rewind(from);
  while ((got = fread(block, 1, sizeof block, from)) > 0)
    if (fwrite(block, 1, got, stdout) != got) return false;
  return !ferror(from);
}

/* A pipe can be read once only; a file may have to be read again. */
static enum outcome to_file(const char **path, struct arena *arena, struct err *err) {
  const char *folder = getenv("TMPDIR");
  char *name = arena_alloc(arena, 4096);
  snprintf(name, 4096, "%s/sluice-XXXXXX", folder && *folder ? folder : "/tmp");
  char block[65536];
  ssize_t got;
  int fd = mkstemp(name);
  if (fd < 0) return err_errno(err, "cannot make a temporary file");
  while ((got = read(STDIN_FILENO, block, sizeof block)) > 0)
    if (write(fd, block, (size_t)got) != got) break;
  close(fd);
  *path = name;
  return got == 0 ? OUT_OK : err_errno(err, "cannot copy standard input");
}

static bool asks_tables(const struct program *program, bool of_site) {
  for (size_t i = 0; i < program->lookup_count; i++)
    if (program->lookups[i]->table &&
        (!of_site || program->lookups[i]->table->schema->format == FORMAT_STATE))
      return true;
  return false;
}

/* What earlier runs of the site left is read, when there were any, and SL where the site has it; nothing is
 * written. */
static enum outcome read_states(struct cli *cli, const struct site *site, struct program *program,
                                struct state_source *source, struct err *err) {
  const char *var = file_join(cli->arena, cli->site, STR("var"));
  struct states_of of = { .site = site, .programs = &program, .program_count = 1, .asks_sl = true };
  size_t torn;
  *source = (struct state_source){ .spool = NULL };
  if (!asks_tables(program, false)) return OUT_OK;
  bool any = asks_tables(program, true) && file_is_folder(file_join(cli->arena, var, STR("state"))) &&
             file_is_folder(file_join(cli->arena, var, STR("ledger")));
  if (any && (spool_open(cli->site, cli->arena, &source->spool, err) ||
              ledger_open(var, &source->ledger, &torn, err)))
    return err->outcome;
  of.spool = source->spool;
  of.ledger = source->ledger;
  return states_open(&of, &source->states, err);
}

static void close_states(struct state_source *source) {
  states_free(source->states);
  if (source->ledger) ledger_close(source->ledger);
  spool_close(source->spool);
}

static int run_filter(struct cli *cli, struct site *site, struct program *program, const char *path) {
  struct state_source source;
  struct filter filter = { .program = program, .site = site, .out = stdout };
  struct exec_request request;
  struct exec_result result;
  struct err err = { 0 };
  int64_t workers;
  if (!may_stream(program)) filter.out = tmpfile();
  if (!filter.out) return err_errno(&err, "cannot make a temporary file"), cli_fail(&err);
  site_request(site, program, path, &request);
  enum outcome out = read_states(cli, site, program, &source, &err);
  request.states = source.states;
  const char *stated = cli_option(cli, "--workers"), *block = cli_option(cli, "--block");
  if (stated && str_to_int(str_of(stated), &workers) && workers > 0) request.workers = (size_t)workers;
  if (block && str_to_int(str_of(block), &workers) && workers > 0) request.chunk_size = (size_t)workers;
  request.plain = cli_option(cli, "--row-by-row") != NULL;
  request.user = &filter;
  request.begin = begin;
  result = (struct exec_result){ 0 };
  if (!out) out = exec_file(&request, &result, &err);
  if (!out) out = outlets_finish(filter.outlets, &err);
  if (result.tally) show_messages(result.tally);
  int code = out                                            ? cli_fail(&err)
             : filter.out == stdout || copy_out(filter.out) ? EXIT_CLEAN
                                                            : EXIT_UNAVAILABLE;
  for (size_t i = 0; result.tally && i < result.tally->proof_count; i++)
    if (!code && !result.tally->proofs[i].holds) code = EXIT_PROOF; /* about each record: some are held */
  if (!code && result.tally &&
      (tally_rejected(result.tally) || tally_held(result.tally) || result.tally->dropped))
    code = EXIT_REVIEW;
  exec_result_free(&result);
  outlets_free(filter.outlets);
  close_states(&source);
  if (filter.out != stdout) fclose(filter.out);
  return code;
}

static int run_transform(struct cli *cli) {
  struct library *library = cli_library(cli);
  struct site site;
  struct err err = { 0 };
  const struct place somewhere = { NULL, 1 };
  struct program *program = library_transform(library, str_of(cli->words[0]), somewhere);
  enum outcome out = site_open(library, str_of(cli_option(cli, "--now")), &site, &err);
  int code = cli_complaints(library);
  if (!code && out) code = cli_fail(&err);
  const char *path = cli->word_count > 1 ? cli->words[1] : "-";
  bool piped = strcmp(path, "-") == 0;
  if (!code && piped && to_file(&path, cli->arena, &err)) code = cli_fail(&err);
  if (!code) code = run_filter(cli, &site, program, path);
  if (piped && strcmp(path, "-") != 0) unlink(path);
  site_close(&site);
  return code;
}

static const struct cli_option options[] = {
  { "--now", "TIME", "the run's stated time, as 2026-11-21T02:00:00Z" },
  { "--workers", "N", "threads; else one for each processor" },
  { "--block", "BYTES", "how much each reads at a time; it changes nothing in the output" },
  { "--row-by-row", NULL, "without the quick way; it changes nothing in the output" },
  { NULL, NULL, NULL },
};

const struct command command_transform = {
  "transform", "NAME [FILE]", "a plain filter: records in, records out", options, 1, 2, run_transform
};
