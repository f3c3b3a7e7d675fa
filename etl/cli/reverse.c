/* cli/reverse: `sluice reverse ITEM..`: the mirror of every journal of an item, released (R11). */
#include "cli/answers.h"
#include "job/reverse.h"

static enum outcome reverse(const struct custody *custody, str item, void *user, str *said, struct err *err) {
  struct reversal reversal;
  struct buf text = buf_new(1 << 20);
  (void)user;
  enum outcome out = reverse_item(custody, item, &reversal, err);
  if (!out) {
    buf_printf(&text, "%.*s is reversed:", STR_ARG(reversal.key));
    for (size_t i = 0; i < reversal.count; i++)
      buf_printf(&text, "\n  %.*s\n    mirrors %.*s", STR_ARG(reversal.outputs[i]),
                 STR_ARG(reversal.mirrors[i]));
    *said = arena_str(custody->site->arena, buf_str(&text));
  }
  buf_free(&text);
  return out;
}

static int run_reverse(struct cli *cli) { return cli_answers(cli, 0, reverse, NULL); }

const struct command command_reverse = {
  "reverse", "ITEM..",   "the mirror journal of what was released, by key or file", answer_options, 1,
  10000,     run_reverse
};
