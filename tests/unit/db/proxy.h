/* unit/db/proxy: a connection that breaks when the server has answered a COMMIT, before its client hears of
 * it. */
#ifndef SLUICE_TESTS_PROXY_H
#define SLUICE_TESTS_PROXY_H

#define PROXY_SAYS "COMMIT"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static inline struct sockaddr_in proxy_address(int port) {
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static inline bool proxy_holds(const char *bytes, ssize_t len, const char *word) {
  for (ssize_t i = 0; i + (ssize_t)strlen(word) <= len; i++)
    if (memcmp(bytes + i, word, strlen(word)) == 0) return true;
  return false;
}

/* One piece from one side to the other; false at its end. */
static inline bool proxy_pass(int from, int to, bool *commit) {
  static char bytes[1 << 16];
  ssize_t len = read(from, bytes, sizeof bytes);
  if (len <= 0) return false;
  if (commit) *commit = proxy_holds(bytes, len, PROXY_SAYS);
  return write(to, bytes, (size_t)len) == len;
}

static inline void proxy_serve(int listener, int server_port) {
  struct sockaddr_in address = proxy_address(server_port);
  int client = accept(listener, NULL, NULL), server = socket(AF_INET, SOCK_STREAM, 0);
  if (client < 0 || connect(server, (struct sockaddr *)&address, sizeof address)) _exit(1);
  struct pollfd ends[] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
  for (bool commit = false; !commit && poll(ends, 2, -1) > 0;) {
    if (ends[0].revents && !proxy_pass(client, server, &commit)) _exit(0);
    if (!commit && ends[1].revents && !proxy_pass(server, client, NULL)) _exit(0);
  }
  char answer;
  if (read(server, &answer, 1) != 1) _exit(1); /* it is committed */
  _exit(0);
}

/* Returns the port to connect to; *child is to be waited for. */
static inline int proxy_start(int server_port, pid_t *child) {
  struct sockaddr_in address = proxy_address(0);
  socklen_t len = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1) ||
      getsockname(listener, (struct sockaddr *)&address, &len))
    abort();
  *child = fork();
  if (*child == 0) proxy_serve(listener, server_port);
  close(listener);
  return ntohs(address.sin_port);
}

#endif
