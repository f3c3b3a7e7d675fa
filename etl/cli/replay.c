/* cli/replay: `sluice replay WHAT`: a past day, run or item once more, from the archive. */
#include "cli/session.h"
#include "codec/csv.h"
#include "io/file.h"
#include "job/replay.h"
#include "report/table.h"

static str end_words(const struct replay *replay, const struct replay_item *item, struct arena *arena) {
  size_t differing = 0;
  for (size_t i = 0; i < item->count; i++) differing += !item->files[i].same;
  switch (item->end) {
  case REPLAY_SAME: return replay->with ? STR("the same") : STR("the same, byte for byte");
  case REPLAY_DIFFERS: return arena_printf(arena, "%zu of %zu files differ", differing, item->count);
  case REPLAY_REFUSED: return STR("refused now");
  default: return STR("cannot be replayed");
  }
}

static str sign_of(const struct replay_file *file) {
  if (!file->there_now) return STR("not written now");
  if (!file->there_before) return STR("new");
  return file->same ? STR("the same") : STR("differs: then (-), now (+)");
}

static void show_item(const struct replay_item *item, struct buf *text) {
  if (item->end == REPLAY_SAME) return;
  buf_printf(text, "\n%.*s\n", STR_ARG(item->file.len ? item->file : item->id));
  if (item->why.len) buf_printf(text, "  %.*s\n", STR_ARG(item->why));
  for (size_t i = 0; i < item->count; i++) {
    const struct replay_file *file = &item->files[i];
    str rest = file->difference, line, what = sign_of(file);
    if (file->same) continue;
    buf_printf(text, "  %.*s: %.*s\n", STR_ARG(file->name), STR_ARG(what));
    while (rest.len && str_split(&rest, '\n', &line))
      if (line.len) buf_printf(text, "    %.*s\n", STR_ARG(line));
  }
}

static void show_text(const struct replay *replay, struct arena *arena, struct buf *text) {
  static const struct table_column columns[] = {
    { "day", false }, { "feed", false }, { "item", false }, { "file", false }, { "replayed", false }
  };
  struct table *table = table_new(arena, columns, sizeof columns / sizeof *columns);
  for (size_t i = 0; i < replay->count; i++) {
    const struct replay_item *item = &replay->items[i];
    table_row(table, (str[]){ item->day, item->feed, item->key.len ? item->key : item->id, item->file,
                              end_words(replay, item, arena) });
  }
  table_text(table, 0, text);
  for (size_t i = 0; i < replay->count; i++) show_item(&replay->items[i], text);
}

static void csv_line(const str *cells, size_t count, struct buf *text) {
  for (size_t i = 0; i < count; i++) {
    if (i) buf_char(text, ',');
    csv_write_field(text, cells[i], ',');
  }
  buf_add(text, STR("\r\n"));
}

/* One row for each line that only one side has, or for a file that only one side has. */
static void show_csv(const struct replay *replay, struct buf *text) {
  csv_line(
      (str[]){ STR("day"), STR("feed"), STR("item"), STR("file"), STR("output"), STR("side"), STR("line") },
      7, text);
  for (size_t i = 0; i < replay->count; i++) {
    const struct replay_item *item = &replay->items[i];
    str name = item->key.len ? item->key : item->id;
    if (item->end == REPLAY_REFUSED || item->end == REPLAY_CANNOT)
      csv_line((str[]){ item->day, item->feed, name, item->file, STR_NONE, STR_NONE, item->why }, 7, text);
    for (size_t j = 0; j < item->count; j++) {
      const struct replay_file *file = &item->files[j];
      str rest = file->difference, line;
      if (!file->same && !rest.len)
        csv_line((str[]){ item->day, item->feed, name, item->file, file->name,
                          file->there_now ? STR("now") : STR("then"), STR_NONE },
                 7, text);
      while (rest.len && str_split(&rest, '\n', &line))
        if (line.len > 2)
          csv_line((str[]){ item->day, item->feed, name, item->file, file->name,
                            line.at[0] == '-' ? STR("then") : STR("now"), str_sub(line, 2, line.len) },
                   7, text);
    }
  }
}

/* A replay from the archive that is not the same, or cannot be made, wants a look; a difference that was
 * asked for does not. */
static int code_of(const struct replay *replay) {
  int code = EXIT_CLEAN;
  for (size_t i = 0; i < replay->count; i++) {
    bool asked_for = replay->with && replay->items[i].end == REPLAY_DIFFERS;
    if (replay->items[i].end != REPLAY_SAME && !asked_for) code = EXIT_REVIEW;
  }
  return code;
}

static int run_replay(struct cli *cli) {
  struct session session;
  struct err err = { 0 };
  int code = session_open(cli, &session);
  if (code) return code;
  struct replay replay = { .site = &session.site, .ledger = session.ledger, .share = cli_share() };
  replay.with = cli_option(cli, "--with");
  if (replay.with && !file_exists(file_join(cli->arena, replay.with, STR("sluice.conf")))) {
    session_close(&session);
    return cli_usage(cli, "%s is no site: it has no sluice.conf", replay.with);
  }
  if (replay_run(&replay, str_of(cli->words[0]), &err)) code = cli_fail(&err);
  else {
    struct buf text = buf_new((size_t)1 << 30);
    if (cli_option(cli, "--csv")) show_csv(&replay, &text);
    else show_text(&replay, cli->arena, &text);
    cli_print(buf_str(&text));
    buf_free(&text);
    code = code_of(&replay);
  }
  session_close(&session);
  return code;
}

static const struct cli_option options[] = {
  { "--with", "SITE", "by that site's specs as they stand today, and what would come out otherwise" },
  { "--csv", NULL, "the differences as rows for a spreadsheet" },
  { NULL, NULL, NULL },
};

const struct command command_replay = {
  "replay", "DAY|RUN|ITEM", "a past day once more, from the archive; nothing is released", options, 1,
  1,        run_replay
};
