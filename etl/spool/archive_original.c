/* spool/archive_original: an original from work into the archive, sealed on the way. */
#include "io/file.h"
#include "spool/archive_internal.h"
#include "spool/spool_internal.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { WORTH_A_CHILD = 8 * 1024 * 1024 };

/* A child that seals var/inbox/work/FEED/NAME into var/inbox/sealing/FEED/NAME.sealed. */
struct sealing {
  pid_t child;
  const char *path; /* with ".sealed" */
};

static const char *sealing_path(const struct archive *archive, const char *work) {
  str whole = spool_name_of(work), name = spool_fitting(whole, ARCHIVE_NAME_MOST);
  const char *above = arena_text(archive->arena, (str){ work, (size_t)(whole.at - work) - 1 });
  const char *folder = file_join(archive->arena, archive->site, STR("var/inbox/sealing"));
  folder = file_join(archive->arena, folder, spool_name_of(above));
  return file_join(archive->arena, folder, arena_printf(archive->arena, "%.*s.sealed", STR_ARG(name)));
}

static enum outcome seal(struct archive *archive, const char *work, const char *to, str series, str day,
                         struct err *err) {
  struct seal_key *key;
  if (archive_make_folder_of(archive, to, err) || archive_key(archive, series, day, &key, err))
    return err->outcome;
  struct seal_key *old = NULL;
  enum outcome out = archive_key_of(archive, series, work, &old, err);
  if (!out) out = old ? seal_again(work, old, to, 0600, key, err) : seal_file(work, to, 0600, key, err);
  seal_key_free(old);
  seal_key_free(key);
  return out;
}

struct sealing *archive_begin(struct archive *archive, const char *work, str day, str series) {
  struct stat about;
  struct err unsaid = { 0 };
  struct seal_key *key;
  if (!archive->keyring || stat(work, &about) || about.st_size < WORTH_A_CHILD) return NULL;
  const char *path = sealing_path(archive, work);
  /* The day's key, and its master, are made by us: what a child makes is not in our memory. */
  if (archive_key(archive, series, day, &key, &unsaid)) return NULL;
  seal_key_free(key);
  pid_t parent = getpid(), child = fork();
  if (child < 0) return NULL; /* it is sealed later on, by us */
  if (child == 0) {
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* what nobody waits for must not appear later */
#endif
    bool orphan = getppid() != parent;
    _exit(orphan || seal(archive, work, path, series, day, &unsaid) ? 1 : 0);
  }
  struct sealing *sealing = mem_alloc(sizeof *sealing);
  *sealing = (struct sealing){ child, path };
  return sealing;
}

static bool wait_for(const struct sealing *sealing) {
  int status;
  pid_t ended;
  do ended = waitpid(sealing->child, &status, 0);
  while (ended < 0 && errno == EINTR);
  return ended == sealing->child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void archive_give_up(struct sealing *sealing) {
  struct err unsaid = { 0 };
  if (!sealing) return;
  kill(sealing->child, SIGKILL);
  wait_for(sealing);
  if (file_exists(sealing->path)) file_remove(sealing->path, &unsaid);
  mem_free(sealing);
}

/* Whatever the child could not do is done again here, where it can be said why. */
static enum outcome seal_into(struct archive *archive, struct sealing *sealing, const char *work,
                              const char *sealed, str series, str day, struct err *err) {
  bool done = sealing && wait_for(sealing);
  const char *made = sealing_path(archive, work);
  mem_free(sealing);
  if (!done && seal(archive, work, made, series, day, err)) return err->outcome;
  if (file_exists(sealed) && file_remove(sealed, err)) return err->outcome;
  return file_move(made, sealed, err);
}

enum outcome archive_original(struct archive *archive, struct sealing *sealing, const char *work, str day,
                              str series, str id, str name, struct err *err) {
  const char *path = archive_original_path(archive, day, id, name);
  enum outcome out = spool_need_name(day, "day", err);
  if (!out) out = archive_make_folder_of(archive, path, err);
  if (out) {
    archive_give_up(sealing);
    return out;
  }
  if (!archive->keyring) {
    chmod(work, 0600); /* not ours to change when another user dropped it; the folder is closed anyway */
    if (file_exists(path) && file_remove(path, err)) return err->outcome;
    return file_move(work, path, err);
  }
  const char *sealed = arena_printf(archive->arena, "%s.sealed", path).at;
  out = seal_into(archive, sealing, work, sealed, series, day, err);
  return out ? out : file_remove(work, err);
}
