/* cli/archive: `sluice archive list|get|purge|rotate`: what is kept, one item of it, its end, its keys. */
#include "cli/session.h"
#include "io/file.h"
#include "job/retain.h"
#include "report/summary.h"
#include "report/table.h"

#include <time.h>

/* --- list --- */

static str state_of(const struct session *session, const struct retain_day *day, struct arena *arena) {
  return retain_is_over(&session->site, day) ? STR("may be purged")
                                             : arena_printf(arena, "kept until %.*s", STR_ARG(day->until));
}

static int list_days(struct cli *cli, struct session *session) {
  static const struct table_column columns[] = {
    { "day", false }, { "files of", false }, { "items", true }, { "state", false }
  };
  const struct custody custody = { &session->site, session->spool, session->ledger };
  struct retain_day *days;
  struct err err = { 0 };
  size_t count;
  if (retain_days(&custody, true, &days, &count, &err)) return cli_fail(&err);
  struct table *table = table_new(cli->arena, columns, sizeof columns / sizeof *columns);
  for (size_t i = 0; i < count; i++)
    table_row(table,
              (str[]){ days[i].day, days[i].feed.len ? days[i].feed : STR("the books"),
                       with_commas(days[i].count, cli->arena), state_of(session, &days[i], cli->arena) });
  struct buf text = buf_new((size_t)1 << 28);
  table_text(table, 0, &text);
  if (!count) buf_add(&text, STR("the archive is empty\n"));
  buf_printf(&text, "%s",
             archive_is_sealed(session->site.archive)
                 ? ""
                 : "\nThe archive is not sealed: the setting \"keys\" names no folder of keys.\n");
  cli_print(buf_str(&text));
  buf_free(&text);
  return EXIT_CLEAN;
}

static void list_account(const struct archive_account *account, struct arena *arena, struct buf *text) {
  static const struct table_column columns[] = {
    { "kind", false }, { "bytes", true }, { "SHA-256", false }, { "name", false }
  };
  struct table *table = table_new(arena, columns, sizeof columns / sizeof *columns);
  for (size_t i = 0; i < account->count; i++) {
    const struct archive_member *member = &account->members[i];
    table_row(table, (str[]){ str_of(archive_kinds[member->kind]), with_commas(member->bytes, arena),
                              arena_printf(arena, "%.12s", member->digest), member->name });
  }
  buf_printf(text, "%.*s, item %.*s of %.*s, by the clock %.*s\n", STR_ARG(account->file),
             STR_ARG(account->id), STR_ARG(account->feed), STR_ARG(account->time));
  table_text(table, 2, text);
}

/* --- one item --- */

/* An item by its id, key, file or output, as the ledger knows it. */
static const struct ledger_entry *find(struct session *session, str name) {
  static const char *const words[] = { "id", "key", "file", "output" };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    struct ledger_found found = ledger_having(session->ledger, words[i], name);
    for (size_t j = found.count; j > 0; j--)
      if (ledger_word(found.entries[j - 1], "day").len && ledger_word(found.entries[j - 1], "id").len)
        return found.entries[j - 1];
  }
  return NULL;
}

static int open_account(struct cli *cli, struct session *session, str name, str *day,
                        struct archive_account *account) {
  struct err err = { 0 };
  const struct ledger_entry *entry = find(session, name);
  *day = STR_NONE;
  *account = (struct archive_account){ .count = 0 };
  if (!entry) {
    err_set(&err, OUT_DATA, "nothing archived is called %.*s: an item's id or key, a file or an output",
            STR_ARG(name));
    return cli_fail(&err);
  }
  str when;
  *day = arena_str(cli->arena, ledger_word(entry, "day"));
  enum outcome out = archive_read(session->site.archive, entry->feed, *day, ledger_word(entry, "id"),
                                  cli->arena, account, &err);
  if (out && retain_when_purged(session->ledger, entry->feed, *day, cli->arena, &when))
    err_set(&err, OUT_DATA, "%.*s was purged on %.10s, as kept long enough", STR_ARG(name), when.at);
  if (!out) return EXIT_CLEAN;
  if (err.outcome == OUT_END) err.outcome = OUT_DATA;
  return cli_fail(&err);
}

static int list_item(struct cli *cli, struct session *session, str name) {
  struct archive_account account;
  str day;
  int code = open_account(cli, session, name, &day, &account);
  if (code) return code;
  struct buf text = buf_new((size_t)1 << 26);
  list_account(&account, cli->arena, &text);
  cli_print(buf_str(&text));
  buf_free(&text);
  return EXIT_CLEAN;
}

static int get_item(struct cli *cli, struct session *session, str name) {
  struct archive_account account;
  struct err err = { 0 };
  str day;
  const char *stated = cli_option(cli, "--to"), *to = stated ? stated : arena_text(cli->arena, name);
  int code = open_account(cli, session, name, &day, &account);
  for (size_t i = 0; i < account.count && !code; i++) {
    const struct archive_member *member = &account.members[i];
    const char *inner = member->kind == ARCHIVE_ORIGINAL ? file_join(cli->arena, to, STR("original")) : to;
    const char *path = file_join(cli->arena, inner, member->name);
    str above = str_of(path);
    while (above.at[above.len - 1] != '/') above.len--;
    if (file_exists(path)) err_set(&err, OUT_DATA, "%s is there already", path);
    else if (!file_make_folders(arena_text(cli->arena, str_sub(above, 0, above.len - 1)), 0700, &err))
      archive_fetch(session->site.archive, day, &account, member, path, &err);
    if (err.outcome) code = cli_fail(&err);
    else printf("%s\n", path);
  }
  return code;
}

/* --- the end, and keys --- */

static int purge(struct cli *cli, struct session *session) {
  const struct custody custody = { &session->site, session->spool, session->ledger };
  bool rehearse = cli_option(cli, "--dry-run") != NULL;
  struct retain_day *days;
  struct err err = { 0 };
  size_t count;
  if (retain_days(&custody, false, &days, &count, &err)) return cli_fail(&err);
  for (size_t i = 0; i < count; i++) {
    struct archive_purged gone = { 0 };
    if (!rehearse && retain_purge(&custody, &days[i], &gone, &err)) return cli_fail(&err);
    str of = days[i].feed.len ? days[i].feed : STR("the books");
    printf("%.*s: %zu item%s of %.*s %s", STR_ARG(days[i].day), days[i].count, days[i].count == 1 ? "" : "s",
           STR_ARG(of), rehearse ? "would be purged\n" : "purged: ");
    if (!rehearse)
      printf("%zu files, %s bytes%s\n", gone.files, with_commas(gone.bytes, cli->arena).at,
             archive_is_sealed(session->site.archive) ? "; the day's key is destroyed" : "");
  }
  if (!count) printf("nothing is older than it has to be kept\n");
  return EXIT_CLEAN;
}

static int rotate(struct cli *cli, struct session *session) {
  struct err err = { 0 };
  const char *id;
  size_t days;
  (void)cli;
  if (!archive_is_sealed(session->site.archive)) {
    err_set(&err, OUT_SPEC, "the setting \"keys\" names no folder of keys");
    return cli_fail(&err);
  }
  if (archive_rotate(session->site.archive, &id, &days, &err)) return cli_fail(&err);
  printf(
      "master key %s is current; %zu day keys are wrapped under it. Keep a copy of it elsewhere; the older "
      "masters may go once no backup of day keys needs them\n",
      id, days);
  return EXIT_CLEAN;
}

/* A copy of a site, or a clock that runs ahead, must not take the real one's keys. */
static int may_destroy(struct cli *cli, struct session *session) {
  struct err err = { 0 };
  if (cli_option(cli, "--dry-run")) return EXIT_CLEAN;
  if (session->site.now.seconds <= (int64_t)time(NULL)) return session_guard(session);
  err_set(&err, OUT_DATA,
          "--now is later than the clock: nothing is destroyed before its time (--dry-run says "
          "what would be)");
  return cli_fail(&err);
}

static int run_archive(struct cli *cli) {
  struct session session;
  str verb = str_of(cli->words[0]), name = cli->word_count > 1 ? str_of(cli->words[1]) : STR_NONE;
  bool list = str_eq(verb, STR("list")), get = str_eq(verb, STR("get"));
  bool alone = str_eq(verb, STR("purge")) || str_eq(verb, STR("rotate"));
  if (!list && !get && !alone) return cli_usage(cli, "archive takes list, get, purge or rotate");
  if ((get && !name.len) || (alone && name.len))
    return cli_usage(cli, "archive get takes one item, the others none");
  int code = session_open(cli, &session);
  if (code) return code;
  if (alone && (code = may_destroy(cli, &session))) {
    session_close(&session);
    return code;
  }
  if (list) code = name.len ? list_item(cli, &session, name) : list_days(cli, &session);
  else if (get) code = get_item(cli, &session, name);
  else code = str_eq(verb, STR("purge")) ? purge(cli, &session) : rotate(cli, &session);
  session_close(&session);
  return code;
}

static const struct cli_option options[] = {
  { "--to", "FOLDER", "get: where to; else a folder of the item's name" },
  { "--dry-run", NULL, "purge: only says what would go" },
  { "--now", "TIME", "the stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_archive = {
  "archive",
  "list|get|purge|rotate [ITEM]",
  "what is kept: by day, one item's files, the end of old days, new keys",
  options,
  1,
  2,
  run_archive
};
