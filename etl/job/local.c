/* job/local: the local SP-API, played by a child of ours for as long as a command needs it. */
#include "job/local.h"
#include "io/file.h"
#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 127, URL_MOST = 200 };

struct local {
  pid_t pid;
  int hold; /* its standard input: it ends when this is closed, by us or with us */
  char url[URL_MOST];
};

static const char sandbox_keys[] = "# the local SP-API's own; worth nothing anywhere else\n"
                                   "client-id     = amzn1.application-oa2-client.sandbox\n"
                                   "client-secret = sandbox-secret\n"
                                   "refresh-token = Atzr|sandbox\n"
                                   "seller-id     = A1SANDBOX\n";

static const char *state_of(const char *site, struct arena *arena) {
  return file_join(arena, site, STR("var/sandbox/amazon"));
}

enum outcome local_keys(const char *site, struct arena *arena, const char **path, struct err *err) {
  *path = file_join(arena, state_of(site, arena), STR("amazon.key"));
  if (file_exists(*path)) return OUT_OK;
  if (file_make_folders(state_of(site, arena), 0700, err)) return err->outcome;
  return file_put(*path, 0600, str_of(sandbox_keys), err);
}

/* It lies beside this very program. */
static enum outcome program_of(struct arena *arena, const char **program, struct err *err) {
  char path[PATH_MAX];
  ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
  while (len > 0 && path[len - 1] != '/') len--;
  *program = arena_printf(arena, "%.*ssluice-spapi", (int)(len > 0 ? len : 0), path).at;
  if (len > 0 && access(*program, X_OK) == 0) return OUT_OK;
  return err_set(err, OUT_SYSTEM, "%s is not there: the local SP-API cannot be played", *program);
}

enum outcome local_command(const char *site, struct arena *arena, const char *last, const char *const **words,
                           struct err *err) {
  const char *program, *state = state_of(site, arena);
  if (program_of(arena, &program, err) || file_make_folders(state, 0700, err)) return err->outcome;
  const char **all = ARENA_ARRAY(arena, const char *, 8);
  all[0] = program;
  all[1] = "--state";
  all[2] = state;
  all[3] = "--log";
  all[4] = file_join(arena, state, STR("log.jsonl"));
  all[5] = last;
  *words = all;
  return OUT_OK;
}

static void become(const char *const *words, int input, int output) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0) _exit(NOT_STARTED);
  execv(words[0], (char *const *)(uintptr_t)words);
  _exit(NOT_STARTED);
}

/* Its first line is its address. */
static bool read_url(struct local *local, int output) {
  size_t len = 0;
  while (len + 1 < sizeof local->url) {
    ssize_t got = fd_read(output, local->url + len, 1);
    if (got <= 0) return false;
    if (local->url[len] == '\n') break;
    len++;
  }
  local->url[len] = '\0';
  return len > 0;
}

static bool make_pipes(int input[2], int output[2]) {
  if (pipe(input)) return false;
  if (pipe(output)) {
    close(input[0]), close(input[1]);
    return false;
  }
  int all[] = { input[0], input[1], output[0], output[1] };
  for (size_t i = 0; i < 4; i++) fcntl(all[i], F_SETFD, FD_CLOEXEC);
  return true;
}

enum outcome local_start(const char *site, struct arena *arena, struct local **local, struct err *err) {
  const char *const *words;
  int input[2], output[2];
  *local = NULL;
  if (local_command(site, arena, "--until-eof", &words, err)) return err->outcome;
  if (!make_pipes(input, output)) return err_errno(err, "cannot start %s", words[0]);
  struct local *new = mem_alloc(sizeof *new);
  new->pid = fork();
  if (new->pid == 0) become(words, input[0], output[1]);
  new->hold = input[1];
  close(input[0]);
  close(output[1]);
  bool good = new->pid > 0 && read_url(new, output[0]);
  close(output[0]);
  if (good) *local = new;
  else {
    local_stop(new);
    return err_set(err, OUT_SYSTEM, "%s did not begin to listen", words[0]);
  }
  return OUT_OK;
}

const char *local_url(const struct local *local) { return local->url; }

void local_stop(struct local *local) {
  int status;
  if (!local) return;
  close(local->hold);
  while (local->pid > 0 && waitpid(local->pid, &status, 0) < 0 && errno == EINTR) continue;
  mem_free(local);
}
