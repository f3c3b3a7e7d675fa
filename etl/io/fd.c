/* io/fd: what is asked of the system again when only a signal came between. */
#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int fd_open(const char *path, int flags, unsigned mode) {
  int fd;
  do fd = open(path, flags | O_CLOEXEC | O_NOCTTY, (mode_t)mode);
  while (fd < 0 && errno == EINTR);
  return fd;
}

ssize_t fd_read(int fd, void *to, size_t room) {
  ssize_t len;
  do len = read(fd, to, room);
  while (len < 0 && errno == EINTR);
  return len;
}

bool fd_write_at(int fd, const void *bytes, size_t len, off_t at) {
  for (size_t done = 0; done < len;) {
    ssize_t wrote = pwrite(fd, (const char *)bytes + done, len - done, at + (off_t)done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote == 0) errno = EIO;
    if (wrote <= 0) return false;
    done += (size_t)wrote;
  }
  return true;
}

bool fd_sync(int fd) {
  int result;
  do result = fsync(fd);
  while (result < 0 && errno == EINTR);
  return result == 0;
}

bool fd_lock(int fd, bool wait) {
  int got;
  do got = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
  while (got && errno == EINTR);
  return got == 0;
}
