/* cli/cli: what the commands share: the site's library, complaints, exit codes. */
#include "cli/cli.h"
#include <unistd.h>
#include "io/file.h"

#include <stdlib.h>

#ifndef SLUICE_SHARE
#define SLUICE_SHARE "/usr/local/share/sluice"
#endif

const char *cli_share(void) {
  const char *stated = getenv("SLUICE_SHARE");
  const char *share = stated && *stated ? stated : SLUICE_SHARE;
  return file_is_folder(share) ? share : NULL;
}

struct library *cli_library(struct cli *cli) {
  return library_open(cli->site, cli_share(), cli->arena, complaints_new(cli->arena));
}

int cli_complaints(struct library *library) {
  struct complaints *wrong = library_wrong(library);
  if (!complaints_count(wrong)) return EXIT_CLEAN;
  struct buf text = buf_new(1 << 20);
  complaints_format(wrong, &text);
  fwrite(text.at, 1, text.len, stderr);
  buf_free(&text);
  return EXIT_CONFIG;
}

bool cli_is_feed(struct library *library, str name, str *near) {
  str *names;
  size_t count;
  library_names(library, "feeds", ".feed", &names, &count);
  for (size_t i = 0; i < count; i++)
    if (str_eq(names[i], name)) return true;
  *near = suggest(library_arena(library), name, names, count);
  return false;
}

int cli_fail(const struct err *err) {
  char text[ERR_TEXT_MOST + ERR_FILE_MOST + 64];
  err_format(err, text, sizeof text);
  fprintf(stderr, "sluice: %s\n", text);
  return exit_of(err->outcome);
}

void cli_print(str text) { fwrite(text.at, 1, text.len, stdout); }

bool cli_colour(void) { return isatty(STDOUT_FILENO) && !getenv("NO_COLOR"); }
