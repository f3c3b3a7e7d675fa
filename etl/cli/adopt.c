/* cli/adopt: `sluice adopt FEED KEY..`: already booked by other means; a later file with that key is skipped
 * (R2). */
#include "cli/answers.h"

static enum outcome adopt(const struct custody *custody, str key, void *user, str *said, struct err *err) {
  return answer_adopt(custody, str_of(user), key, said, err);
}

static int run_adopt(struct cli *cli) {
  str feed = str_of(cli->words[0]), near;
  const struct place somewhere = { NULL, 1 };
  struct library *library = cli_library(cli);
  if (library_has_conf(library)) {
    if (!cli_is_feed(library, feed, &near))
      return cli_usage(cli, "no feed \"%.*s\"%.*s", STR_ARG(feed), STR_ARG(near));
    const struct feed *opened = feed_open(library, feed, somewhere);
    int code = cli_complaints(library);
    if (code) return code;
    if (opened && !opened->key)
      return cli_usage(cli, "feed %.*s has no key, so there is nothing to adopt by", STR_ARG(feed));
  }
  return cli_answers(cli, 1, adopt, (void *)(uintptr_t)cli->words[0]);
}

const struct command command_adopt = {
  "adopt",
  "FEED KEY..",
  "already booked: a later file with that key is archived, never released",
  answer_options,
  2,
  10000,
  run_adopt
};
