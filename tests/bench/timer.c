/* bench/timer: runs one command, and writes down what it took.
 *
 *   timer RESULT OUTPUT COMMAND [ARG...]
 *
 * stdout of the command goes to OUTPUT. RESULT gets one line: wall, user and
 * system time in microseconds, peak memory in KiB (the largest process among
 * the command and the children it waited for), exit status (128 + signal).
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* BSD's call, which POSIX left out: the only one that gives one child's own usage. */
pid_t wait4(pid_t child, int *status, int options, struct rusage *usage);

static void die(const char *what) {
  perror(what);
  exit(126);
}

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t us_of(struct timeval time) { return (int64_t)time.tv_sec * 1000000 + time.tv_usec; }

static void child_run(const char *output, char **command) {
  int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0) die(output);
  close(fd);
  execvp(command[0], command);
  die(command[0]);
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fputs("usage: timer RESULT OUTPUT COMMAND [ARG...]\n", stderr);
    return 2;
  }
  int64_t start = now_us();
  pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) child_run(argv[2], argv + 3);
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) die("wait4");
  int64_t wall = now_us() - start;
  FILE *result = fopen(argv[1], "w");
  if (!result) die(argv[1]);
  fprintf(result, "%" PRId64 " %" PRId64 " %" PRId64 " %ld %d\n", wall, us_of(usage.ru_utime),
          us_of(usage.ru_stime), usage.ru_maxrss,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return fclose(result) ? 126 : 0;
}
