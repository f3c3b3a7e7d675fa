/* net/http: the network as a wire (net/wire.h): HTTPS by libcurl, many exchanges at once, in one thread.
 *
 * TLS 1.2 or newer, the certificate and the host's name are always verified; plain http goes to the loopback
 * alone. Redirects are not followed, nothing is decompressed, no cookie is kept, no file of the user (.netrc)
 * is read, and the proxy is the one that the settings name, not the environment's. An exchange that gets no
 * byte for a minute is broken off.
 *
 *   struct http *http;
 *   http_open(&(struct http_settings){ .agent = "sluice/1.0 (Language=C)" }, &http, &err);
 *   struct loop *loop = loop_new(http_wire(http));
 *   ...
 *   http_close(http);
 */
#ifndef SLUICE_NET_HTTP_H
#define SLUICE_NET_HTTP_H

#include "net/wire.h"

struct http_settings {
  const char *agent;
  const char *ca_file;  /* NULL: the system's */
  const char *proxy;    /* NULL: none */
  int64_t idle_seconds; /* 0: 60 */
};

struct http;
/* The texts live as long as it. OUT_SPEC: ca_file cannot be read. */
enum outcome http_open(const struct http_settings *settings, struct http **http, struct err *err);
struct wire *http_wire(struct http *http);
void http_close(struct http *http); /* what is under way is broken off, and not told */

/* Percent-encoded as RFC 3986 has it: letters, digits and -._~ stay. */
void http_escape(str text, struct buf *to);

#endif
