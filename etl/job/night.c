/* job/night: runs feeds as child processes, each after those that it waits for, the others side by side. */
#include "job/night.h"
#include "job/batch.h"
#include "job/carry.h"
#include "base/exits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FEEDS_MOST = 64, ACCOUNT_MOST = 64 * 1024 * 1024, NOT_STARTED = 127 };

/* The program that is running, though another has been installed over it since. */
static const char program[] = "/proc/self/exe";

enum stage { WAITING, RUNNING, ENDED };
enum role { FEED, FETCH, SEND, READ, ANSWER };

struct child {
  enum role role;
  size_t feed; /* of the schedule; of a FEED, and of those that read what Amazon answered, before the feeds
                  (READ) and after them (ANSWER) */
  enum stage stage;
  pid_t pid;
  FILE *said, *told; /* its stdout and stderr: files without a name */
  time_t began;
  struct night_row *row;
};

struct watch {
  struct night *night;
  struct child *children; /* in the order */
  size_t count, shown, running;
  sigset_t signals, before;
  bool stopped;
};

size_t night_feeds(const struct site *site) {
  int64_t stated;
  str text = site_setting(site, STR_NONE, "night-feeds");
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  if (str_to_int(text, &stated) && stated > 0) return stated < FEEDS_MOST ? (size_t)stated : FEEDS_MOST;
  return processors < 1 ? 1 : processors > FEEDS_MOST ? FEEDS_MOST : (size_t)processors;
}

/* --- one child --- */

static void close_files(struct child *child) {
  if (child->said) fclose(child->said);
  if (child->told) fclose(child->told);
  child->said = child->told = NULL;
}

static bool open_files(struct child *child) {
  child->said = tmpfile();
  child->told = tmpfile();
  if (!child->said || !child->told) return false;
  return fcntl(fileno(child->said), F_SETFD, FD_CLOEXEC) == 0 &&
         fcntl(fileno(child->told), F_SETFD, FD_CLOEXEC) == 0;
}

static str read_file(struct arena *arena, FILE *file) {
  long size = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
  if (size <= 0) return STR_NONE;
  size_t most = size < ACCOUNT_MOST ? (size_t)size : ACCOUNT_MOST;
  char *text = arena_alloc(arena, most);
  rewind(file);
  return (str){ text, fread(text, 1, most, file) };
}

/* Has it anything for couriers, in or out? */
static bool is_carried(const struct night *night, size_t feed, bool out) {
  const struct feed *one = night->schedule->feeds[feed].feed;
  return one && !night->dry_run && carry_is_asked(night->site, one, out);
}

static bool runs_feed(const struct child *child) { return child->role != FETCH && child->role != SEND; }

static size_t add_feeds(const struct watch *watch, const struct child *child, const char **words) {
  const struct night *night = watch->night;
  struct arena *arena = night->site->arena;
  size_t count = 0;
  bool one = runs_feed(child);
  if (one) words[count++] = arena_text(arena, night->schedule->feeds[child->feed].name);
  for (size_t i = 0; i < watch->count && !one; i++)
    if (watch->children[i].role == FEED && is_carried(night, watch->children[i].feed, child->role == SEND))
      words[count++] = arena_text(arena, watch->children[i].row->feed);
  return count;
}

static const char **command_of(const struct watch *watch, const struct child *child) {
  static const char *const commands[] = { "run", "fetch", "send", "run", "run" };
  const struct night *night = watch->night;
  struct arena *arena = night->site->arena;
  const char **words = ARENA_ARRAY(arena, const char *, 12 + watch->count);
  size_t count = 0;
  words[count++] = "sluice";
  words[count++] = "-C";
  words[count++] = night->site->folder;
  words[count++] = commands[child->role];
  words[count++] = "--now";
  words[count++] = arena_text(arena, batch_time(night->site, arena));
  if (runs_feed(child)) {
    words[count++] = "--wait";
    words[count++] = arena_printf(arena, "%lld", (long long)night->wait).at;
    if (night->dry_run) words[count++] = "--dry-run";
    else words[count++] = "--couriers-ran";
  }
  if (night->json) words[count++] = "--json";
  add_feeds(watch, child, words + count);
  return words;
}

/* Between fork and exec only what a signal handler may call. */
static void become(const struct watch *watch, const struct child *child, const char **words) {
  if (dup2(fileno(child->said), STDOUT_FILENO) < 0 || dup2(fileno(child->told), STDERR_FILENO) < 0)
    _exit(NOT_STARTED);
  sigprocmask(SIG_SETMASK, &watch->before, NULL);
  execv(program, (char *const *)words);
  _exit(NOT_STARTED);
}

static void end(struct child *child, int code, str messages) {
  child->stage = ENDED;
  child->row->code = code;
  child->row->meaning = str_of(exit_meaning(code));
  child->row->messages = messages;
}

static void begin(struct watch *watch, struct child *child) {
  struct arena *arena = watch->night->site->arena;
  const char **words = command_of(watch, child);
  child->began = time(NULL);
  child->pid = open_files(child) ? fork() : -1;
  if (child->pid == 0) become(watch, child, words);
  if (child->pid < 0) {
    end(child, EXIT_UNAVAILABLE, arena_printf(arena, "sluice: cannot start it: %s\n", strerror(errno)));
    close_files(child);
    return;
  }
  child->stage = RUNNING;
  child->row->ran = true;
  watch->running++;
}

/* --- how it ended --- */

static int code_of(int status, bool stopped) {
  static const int known[] = { EXIT_CLEAN,       EXIT_REVIEW, EXIT_PROOF, EXIT_DATA,
                               EXIT_UNAVAILABLE, EXIT_AGAIN,  EXIT_CONFIG };
  if (!WIFEXITED(status)) return stopped ? EXIT_AGAIN : EXIT_UNAVAILABLE;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (WEXITSTATUS(status) == known[i]) return known[i];
  return WEXITSTATUS(status) == EXIT_USAGE ? EXIT_CONFIG : EXIT_UNAVAILABLE;
}

static void reap(struct watch *watch, struct child *child) {
  int status;
  struct arena *arena = watch->night->site->arena;
  pid_t got = waitpid(child->pid, &status, WNOHANG);
  if (got == 0 || (got < 0 && errno == EINTR)) return;
  str said = read_file(arena, child->told);
  if (got < 0) status = 0;
  bool killed = got < 0 || WIFSIGNALED(status);
  if (killed)
    said = arena_printf(arena, "%.*ssluice: its run died%s; it is due again\n", STR_ARG(said),
                        got < 0 ? "" : arena_printf(arena, " of signal %d", WTERMSIG(status)).at);
  child->row->account = read_file(arena, child->said);
  child->row->seconds = (int64_t)(time(NULL) - child->began);
  end(child, got < 0 ? EXIT_UNAVAILABLE : code_of(status, watch->stopped), said);
  close_files(child);
  watch->running--;
}

/* --- all of them --- */

static struct child *child_of(const struct watch *watch, size_t feed) {
  for (size_t i = 0; i < watch->count; i++)
    if (watch->children[i].role == FEED && watch->children[i].feed == feed) return &watch->children[i];
  return NULL;
}

/* Couriers, answers of earlier nights, feeds, couriers, answers of this night. */
static bool is_before(const struct child *other, const struct child *child) {
  static const int order[] = { [FETCH] = 0, [READ] = 1, [FEED] = 2, [SEND] = 3, [ANSWER] = 4 };
  return order[other->role] < order[child->role];
}

/* Have all ended that it is after? Those that failed are noted. */
static bool may_begin(const struct watch *watch, struct child *child) {
  for (size_t i = 0; i < watch->count; i++) {
    const struct child *other = &watch->children[i];
    if (is_before(other, child) && other->stage != ENDED) return false;
  }
  if (child->role != FEED) return true;
  const struct schedule_feed *one = &watch->night->schedule->feeds[child->feed];
  str note = STR_NONE;
  for (size_t i = 0; i < one->after_count; i++) {
    const struct child *before = child_of(watch, one->after[i]);
    if (!before || one->in_circle) continue;
    if (before->stage != ENDED) return false;
    if (exit_is_good(before->row->code)) continue;
    note = arena_printf(watch->night->site->arena, "%.*s%safter %.*s, which ended %d", STR_ARG(note),
                        note.len ? ", " : "", STR_ARG(before->row->feed), before->row->code);
  }
  child->row->note = note;
  return true;
}

/* One that ends at once may be what another waits for: so it is asked until nothing moves. */
static void begin_all(struct watch *watch) {
  bool moved = true;
  while (moved) {
    moved = false;
    for (size_t i = 0; i < watch->count; i++) {
      struct child *child = &watch->children[i];
      if (child->stage != WAITING) continue;
      bool circle = child->role == FEED && watch->night->schedule->feeds[child->feed].in_circle;
      if (circle) end(child, EXIT_CONFIG, STR("sluice: not run: it waits for itself\n"));
      else if (watch->stopped) end(child, EXIT_AGAIN, STR("sluice: not run: the night was stopped\n"));
      else if (watch->running >= watch->night->most || !may_begin(watch, child)) continue;
      else begin(watch, child);
      moved = true;
    }
  }
}

static void show(struct watch *watch) {
  for (; watch->shown < watch->count; watch->shown++) {
    const struct child *child = &watch->children[watch->shown];
    if (child->stage != ENDED) return;
    if (watch->night->ended) watch->night->ended(watch->night->user, child->row);
  }
}

static void pass_on(struct watch *watch, int number) {
  watch->stopped = true;
  for (size_t i = 0; i < watch->count; i++)
    if (watch->children[i].stage == RUNNING) kill(watch->children[i].pid, number);
}

static void await(struct watch *watch) {
  siginfo_t info;
  int got = sigwaitinfo(&watch->signals, &info);
  if (got > 0 && got != SIGCHLD) pass_on(watch, got);
  for (size_t i = 0; i < watch->count; i++)
    if (watch->children[i].stage == RUNNING) reap(watch, &watch->children[i]);
}

/* Signals are taken one at a time, where we wait: no handler, and none is lost between two looks. One that
 * whoever started us has switched off stays off. */
static enum outcome block_signals(struct watch *watch, struct sigaction *child_before, struct err *err) {
  static const int stops[] = { SIGTERM, SIGINT, SIGHUP };
  struct sigaction usual = { .sa_handler = SIG_DFL }, now;
  sigemptyset(&watch->signals);
  sigaddset(&watch->signals, SIGCHLD);
  for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
    if (!sigaction(stops[i], NULL, &now) && now.sa_handler != SIG_IGN) sigaddset(&watch->signals, stops[i]);
  if (sigaction(SIGCHLD, &usual, child_before) || sigprocmask(SIG_BLOCK, &watch->signals, &watch->before))
    return err_errno(err, "cannot wait for signals");
  return OUT_OK;
}

/* The couriers of all feeds in one child, before and after them. */
static void plan_couriers(struct night *night, struct watch *watch, enum role role, const size_t *order,
                          size_t feeds) {
  size_t carried = 0;
  for (size_t i = 0; i < feeds; i++) carried += is_carried(night, order[i], role == SEND);
  if (!carried) return;
  str why = arena_printf(night->site->arena, "for %zu feed%s", carried, carried == 1 ? "" : "s");
  struct night_row *row = &night->rows[watch->count];
  *row =
      (struct night_row){ .feed = role == SEND ? STR("send") : STR("fetch"), .why = why, .couriers = true };
  watch->children[watch->count++] = (struct child){ .role = role, .row = row };
}

/* What Amazon answers to this night's feeds is read in the same night; what came since the last one, or was
 * answered by a person, before they run. A feed of answers need not be switched on for it. */
static void plan_answers(struct night *night, struct watch *watch, enum role role, const size_t *order,
                         size_t feeds) {
  for (size_t i = 0; i < feeds; i++) {
    const struct feed *one = night->schedule->feeds[order[i]].feed;
    if (!is_carried(night, order[i], true) || !one->answer.len) continue;
    const struct schedule_feed *reads = schedule_find(night->schedule, one->answer);
    size_t at = (size_t)(reads - night->schedule->feeds);
    bool planned = false;
    for (size_t j = 0; j < watch->count; j++)
      planned = planned || (watch->children[j].role == role && watch->children[j].feed == at);
    if (planned) continue;
    struct night_row *row = &night->rows[watch->count];
    *row = (struct night_row){ .feed = reads->name, .why = STR("Amazon's answers") };
    watch->children[watch->count++] = (struct child){ .role = role, .feed = at, .row = row };
  }
}

static void plan(struct night *night, struct watch *watch) {
  struct arena *arena = night->site->arena;
  size_t feeds, *order = schedule_order(night->schedule, night->picked, arena, &feeds);
  watch->children = ARENA_ARRAY(arena, struct child, 3 * feeds + 3);
  night->rows = ARENA_ARRAY(arena, struct night_row, 3 * feeds + 3);
  plan_couriers(night, watch, FETCH, order, feeds);
  plan_answers(night, watch, READ, order, feeds);
  for (size_t i = 0; i < feeds; i++) {
    const struct schedule_feed *one = &night->schedule->feeds[order[i]];
    struct night_row *row = &night->rows[watch->count];
    *row = (struct night_row){ .feed = one->name, .why = one->why };
    watch->children[watch->count++] = (struct child){ .feed = order[i], .row = row };
  }
  plan_couriers(night, watch, SEND, order, feeds);
  plan_answers(night, watch, ANSWER, order, feeds);
  night->count = watch->count;
}

enum outcome night_run(struct night *night, struct err *err) {
  struct watch watch = { .night = night };
  struct sigaction child_before;
  plan(night, &watch);
  if (block_signals(&watch, &child_before, err)) return err->outcome;
  begin_all(&watch);
  show(&watch);
  while (watch.running) {
    await(&watch);
    begin_all(&watch);
    show(&watch);
  }
  for (size_t i = 0; i < watch.count; i++) /* nothing that it waits for will ever end */
    if (watch.children[i].stage == WAITING)
      end(&watch.children[i], EXIT_CONFIG, STR("sluice: not run: it waits for itself\n"));
  show(&watch);
  sigprocmask(SIG_SETMASK, &watch.before, NULL);
  sigaction(SIGCHLD, &child_before, NULL);
  return OUT_OK;
}
