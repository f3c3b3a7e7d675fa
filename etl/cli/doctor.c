/* cli/doctor: `sluice doctor`: what would fail tonight. */
#include "cli/cli.h"
#include "io/file.h"
#include "job/doctor.h"

#include <stdlib.h>
#include <time.h>

static int run_doctor(struct cli *cli) {
  struct err err = { 0 };
  const char *scratch = getenv("TMPDIR");
  struct doctor doctor = { .library = cli_library(cli),
                           .now = (int64_t)time(NULL),
                           .scratch = scratch && *scratch ? scratch : "/tmp" };
  if (!library_has_conf(doctor.library))
    return cli_usage(cli, "%s is no site: it has no sluice.conf", cli->site);
  if (spool_open(cli->site, cli->arena, &doctor.spool, &err)) return cli_fail(&err);
  int code = doctor_look(&doctor, &err) ? cli_fail(&err) : EXIT_CLEAN;
  struct buf text = buf_new(1 << 24);
  if (cli->json) checkup_json(doctor.lines, doctor.count, &text);
  else checkup_text(doctor.lines, doctor.count, &text);
  cli_print(buf_str(&text));
  buf_free(&text);
  for (size_t i = 0; i < doctor.count; i++)
    if (!doctor.lines[i].good) code = exit_worse(code, EXIT_REVIEW);
  spool_close(doctor.spool);
  return exit_worse(code, cli_complaints(doctor.library));
}

const struct command command_doctor = {
  "doctor", "", "what would fail tonight: specs, folders, modes, disk, clock, keys", NULL, 0, 0, run_doctor
};
