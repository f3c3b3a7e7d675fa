/* cli/main: the command line, read by the tables of the commands. */
#include "cli/cli.h"

#include <stdarg.h>
#include <string.h>

static const struct command *const commands[] = {
  &command_night,   &command_run,    &command_status,  &command_review,    &command_why,     &command_log,
  &command_fetch,   &command_send,   &command_find,    &command_adopt,     &command_reverse, &command_resend,
  &command_confirm, &command_unlock, &command_init,    &command_rejoin,    &command_replay,  &command_archive,
  &command_check,   &command_doctor, &command_explain, &command_transform, &command_sandbox, &command_watch,
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static const struct command *command_by_name(const char *name) {
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(commands[i]->name, name) == 0) return commands[i];
  return NULL;
}

static void print_usage(FILE *to, const struct command *command) {
  fprintf(to, "usage: sluice [-C SITE] %s", command->name);
  for (const struct cli_option *o = command->options; o && o->name; o++)
    fprintf(to, o->value ? " [%s %s]" : " [%s%s]", o->name, o->value ? o->value : "");
  fprintf(to, "%s%s\n", *command->words ? " " : "", command->words);
}

static int help_of(const struct command *command) {
  print_usage(stdout, command);
  printf("%s\n", command->help);
  for (const struct cli_option *o = command->options; o && o->name; o++) {
    int width = printf("  %s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    printf("%*s  %s\n", width < 24 ? 24 - width : 0, "", o->help);
  }
  return EXIT_CLEAN;
}

static int help(void) {
  printf("usage: sluice [-C SITE] COMMAND ...\n\n");
  for (size_t i = 0; i < COMMANDS; i++) {
    int width = printf("  %s%s%s", commands[i]->name, *commands[i]->words ? " " : "", commands[i]->words);
    printf("%*s  %s\n", width < 28 ? 28 - width : 0, "", commands[i]->help);
  }
  printf("\n  -C SITE   the site's folder (else this one)\n"
         "  --json    for machines, where a command has it\n"
         "  --help    of the program, or after a command of that one\n");
  return EXIT_CLEAN;
}

static int unknown_command(const char *name, struct arena *arena) {
  str names[COMMANDS];
  for (size_t i = 0; i < COMMANDS; i++) names[i] = str_of(commands[i]->name);
  str near = suggest(arena, str_of(name), names, COMMANDS);
  fprintf(stderr, "sluice: no command \"%s\"%.*s\n", name, STR_ARG(near));
  return EXIT_USAGE;
}

int cli_usage(const struct cli *cli, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "sluice: ");
  vfprintf(stderr, format, args);
  fprintf(stderr, "\n");
  va_end(args);
  if (cli->command) print_usage(stderr, cli->command);
  return EXIT_USAGE;
}

const char *cli_option(const struct cli *cli, const char *name) {
  for (size_t i = 0; cli->command->options && cli->command->options[i].name; i++)
    if (strcmp(cli->command->options[i].name, name) == 0) return cli->given[i];
  return NULL;
}

/* Takes one option and its value; false when the command does not know it or the value is missing. */
static bool take_option(struct cli *cli, char **argv, int count, int *at) {
  const char *word = argv[*at];
  const char *equals = strchr(word, '=');
  size_t len = equals ? (size_t)(equals - word) : strlen(word);
  for (size_t i = 0; cli->command->options && cli->command->options[i].name; i++) {
    const struct cli_option *option = &cli->command->options[i];
    if (strlen(option->name) != len || strncmp(option->name, word, len) != 0) continue;
    if (!option->value && equals) return false;
    if (!option->value) cli->given[i] = "";
    else if (equals) cli->given[i] = equals + 1;
    else if (*at + 1 < count) cli->given[i] = argv[++*at];
    else return false;
    return true;
  }
  return false;
}

static int take_words(struct cli *cli, int count, char **argv, bool *done) {
  bool only_words = false;
  size_t options = 0;
  while (cli->command->options && cli->command->options[options].name) options++;
  cli->given = ARENA_ARRAY(cli->arena, const char *, options + 1);
  cli->words = ARENA_ARRAY(cli->arena, const char *, (size_t)count + 1);
  for (int i = 0; i < count; i++) {
    if (only_words || argv[i][0] != '-' || !argv[i][1]) cli->words[cli->word_count++] = argv[i];
    else if (strcmp(argv[i], "--") == 0) only_words = true;
    else if (strcmp(argv[i], "--json") == 0) cli->json = true;
    else if (strcmp(argv[i], "-C") == 0 && i + 1 < count) cli->site = argv[++i];
    else if (strcmp(argv[i], "--help") == 0) {
      *done = true;
      return help_of(cli->command);
    } else if (!take_option(cli, argv, count, &i))
      return *done = true, cli_usage(cli, "%s: no such option, or its value is missing", argv[i]);
  }
  if (cli->word_count >= cli->command->least && cli->word_count <= cli->command->most) return EXIT_CLEAN;
  *done = true;
  return cli_usage(cli, "%s takes %s", cli->command->name,
                   *cli->command->words ? cli->command->words : "no words");
}

static int run(struct cli *cli, int argc, char **argv) {
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; at++) {
    if (strcmp(argv[at], "-C") == 0 && at + 1 < argc) cli->site = argv[++at];
    else if (strcmp(argv[at], "--json") == 0) cli->json = true;
    else if (strcmp(argv[at], "--help") == 0) return help();
    else return cli_usage(cli, "%s: no such option, or its value is missing", argv[at]);
  }
  if (at == argc) {
    cli_usage(cli, "a command is missing; \"sluice --help\" lists them");
    return EXIT_USAGE;
  }
  cli->command = command_by_name(argv[at]);
  if (!cli->command) return unknown_command(argv[at], cli->arena);
  bool done = false;
  int code = take_words(cli, argc - at - 1, argv + at + 1, &done);
  return done ? code : cli->command->run(cli);
}

int main(int argc, char **argv) {
  struct cli cli = { .site = ".", .arena = arena_new() };
  int code = run(&cli, argc, argv);
  arena_free(cli.arena);
  if (fflush(stdout) == 0 && !ferror(stdout)) return code;
  fprintf(stderr, "sluice: what was to be printed could not be written\n");
  return code ? code : EXIT_UNAVAILABLE;
}
