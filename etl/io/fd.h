/* io/fd: what is asked of the system again when only a signal came between (EINTR). */
#ifndef SLUICE_IO_FD_H
#define SLUICE_IO_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* O_CLOEXEC and O_NOCTTY are added. -1 and errno. */
int fd_open(const char *path, int flags, unsigned mode);
ssize_t fd_read(int fd, void *to, size_t room);
bool fd_write_at(int fd, const void *bytes, size_t len, off_t at); /* all of it */
bool fd_sync(int fd);
/* Waits for the lock, or not; false: errno says why. */
bool fd_lock(int fd, bool wait);

#endif
