/* cli/carried: couriers, for the commands that send them. */
#include "cli/carried.h"

static int carry(struct session *session, const struct feed **feeds, size_t count, bool out,
                 struct carried *told) {
  struct err err = { 0 };
  struct carry all = {
    .site = &session->site, .spool = session->spool, .ledger = session->ledger, .told = *told
  };
  all.guard = &session->guard;
  all.feeds = ARENA_ARRAY(session->site.arena, const struct feed *, count + 1);
  for (size_t i = 0; i < count; i++)
    if (feeds[i] && carry_is_asked(&session->site, feeds[i], out)) all.feeds[all.count++] = feeds[i];
  if (!all.count) return EXIT_CLEAN;
  enum outcome outcome = out ? carry_out(&all, &err) : carry_in(&all, &err);
  *told = all.told;
  return outcome ? cli_fail(&err) : all.code;
}

int carried_in(struct session *session, const struct feed **feeds, size_t count, struct carried *told) {
  return carry(session, feeds, count, false, told);
}

int carried_out(struct session *session, const struct feed **feeds, size_t count, struct carried *told) {
  return carry(session, feeds, count, true, told);
}

int carried_feeds(struct cli *cli, struct session *session, const struct feed ***feeds, size_t *count) {
  static const struct place somewhere = { NULL, 1 };
  str *names, near;
  size_t name_count;
  library_names(session->library, "feeds", ".feed", &names, &name_count);
  *count = 0;
  *feeds = ARENA_ARRAY(cli->arena, const struct feed *, name_count + cli->word_count + 1);
  for (size_t i = 0; i < cli->word_count; i++) {
    if (!cli_is_feed(session->library, str_of(cli->words[i]), &near))
      return cli_usage(cli, "no feed \"%s\"%.*s", cli->words[i], STR_ARG(near));
    (*feeds)[(*count)++] = feed_open(session->library, str_of(cli->words[i]), somewhere);
  }
  /* Of all feeds only those count that a night would run. */
  for (size_t i = 0; i < name_count && !cli->word_count; i++) {
    const struct feed *feed = feed_open(session->library, names[i], somewhere);
    if (feed && feed->when != WHEN_ASKED) (*feeds)[(*count)++] = feed;
  }
  return cli_complaints(session->library);
}

void carried_print(struct cli *cli, const struct carried *told) {
  struct buf text = buf_new((size_t)1 << 26);
  if (cli->json) carried_json(told, &text);
  else if (told->count) carried_text(told, cli->arena, &text);
  else buf_add(&text, STR("nothing is to be carried\n"));
  cli_print(buf_str(&text));
  buf_free(&text);
}
