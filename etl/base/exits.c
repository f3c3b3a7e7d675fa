/* base/exits: how a run ends, as a number that a scheduler reads. */
#include "base/exits.h"

#include <stddef.h>

static const struct {
  int code;
  const char *meaning;
} worst_first[] = {
  { EXIT_USAGE, "called in a way it does not know" },
  { EXIT_CONFIG, "wrong configuration" },
  { EXIT_PROOF, "a proof failed" },
  { EXIT_DATA, "unusable data" },
  { EXIT_UNAVAILABLE, "the other side or the disk said no" },
  { EXIT_AGAIN, "to be tried again later" },
  { EXIT_REVIEW, "something needs a look" },
};
enum { CODES = sizeof worst_first / sizeof *worst_first };

int exit_of(enum outcome outcome) {
  switch (outcome) {
  case OUT_OK:
  case OUT_END: return EXIT_CLEAN;
  case OUT_SPEC: return EXIT_CONFIG;
  case OUT_RETRY: return EXIT_AGAIN;
  case OUT_REFUSED: return EXIT_PROOF;
  case OUT_UNCERTAIN:
  case OUT_SYSTEM: return EXIT_UNAVAILABLE;
  case OUT_DATA:
  case OUT_BUG: break;
  }
  return EXIT_DATA;
}

int exit_of_item(enum outcome outcome) { return outcome == OUT_END ? EXIT_REVIEW : exit_of(outcome); }

int exit_worse(int a, int b) {
  for (size_t i = 0; i < CODES; i++)
    if (a == worst_first[i].code || b == worst_first[i].code) return worst_first[i].code;
  return EXIT_CLEAN;
}

bool exit_is_final(int code) { return exit_is_good(code) || code == EXIT_PROOF || code == EXIT_DATA; }

bool exit_is_good(int code) { return code == EXIT_CLEAN || code == EXIT_REVIEW; }

const char *exit_meaning(int code) {
  for (size_t i = 0; i < CODES; i++)
    if (code == worst_first[i].code) return worst_first[i].meaning;
  return "clean";
}
