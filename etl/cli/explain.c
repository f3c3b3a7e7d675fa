/* cli/explain: the compiled plan of a transform. */
#include "cli/cli.h"
static int run_explain(struct cli *cli) { (void)cli; return 0; }
const struct command command_explain = { "explain", "NAME", "x", NULL, 1, 1, run_explain };
