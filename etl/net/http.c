/* net/http: the network as a wire (net/wire.h): HTTPS by libcurl, many exchanges at once, in one thread. */
#include "net/http.h"
#include "base/memory.h"
#include "io/file.h"
#include "io/secret.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { CONNECT_SECONDS = 20, IDLE_SECONDS = 60, WAIT_MOST = 60 * 1000 };

struct http {
  struct wire wire; /* first: the wire is the http */
  struct http_settings settings;
  CURLM *multi;
  struct own *under_way; /* a list */
};

/* One exchange as curl has it. */
struct own {
  struct http *http;
  struct exchange *exchange;
  CURL *easy;
  struct curl_slist *headers;
  FILE *upload;
  char trouble[CURL_ERROR_SIZE];
  struct own *next, *previous;
};

/* --- what curl calls --- */

static bool is_good(CURL *easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 && status < 300;
}

static size_t take_body(char *bytes, size_t each, size_t count, void *user) {
  struct own *own = user;
  struct exchange *exchange = own->exchange;
  str piece = { bytes, each * count };
  exchange->bytes += piece.len;
  if (exchange->bytes > exchange->bytes_most) {
    err_set(&exchange->err, OUT_DATA, "the answer is larger than %llu bytes",
            (unsigned long long)exchange->bytes_most);
    return 0;
  }
  if (!exchange->sink || !is_good(own->easy)) {
    buf_add(&exchange->answer, piece);
    return piece.len;
  }
  return exchange->sink(exchange->sink_user, piece, &exchange->err) ? 0 : piece.len;
}

static void keep(char *to, size_t room, str value) {
  size_t len = 0;
  value = str_trim(value);
  for (size_t i = 0; i < value.len && len + 1 < room; i++)
    if ((unsigned char)value.at[i] >= ' ') to[len++] = value.at[i];
  to[len] = '\0';
}

static size_t take_header(char *bytes, size_t each, size_t count, void *user) {
  struct exchange *exchange = ((struct own *)user)->exchange;
  str rest = { bytes, each * count }, name;
  size_t len = rest.len;
  if (!str_split(&rest, ':', &name)) return len;
  if (str_eq_fold(name, STR("x-amzn-RequestId"))) keep(exchange->request_id, WIRE_HEADER_MOST, rest);
  else if (str_eq_fold(name, STR("x-amz-request-id")) && !exchange->request_id[0])
    keep(exchange->request_id, WIRE_HEADER_MOST, rest);
  else if (str_eq_fold(name, STR("x-amzn-RateLimit-Limit")))
    keep(exchange->rate_limit, sizeof exchange->rate_limit, rest);
  else if (str_eq_fold(name, STR("Content-Type"))) keep(exchange->content_type, WIRE_HEADER_MOST, rest);
  else if (str_eq_fold(name, STR("Content-Encoding")))
    keep(exchange->encoding, sizeof exchange->encoding, rest);
  else if (str_eq_fold(name, STR("Date"))) keep(exchange->date, sizeof exchange->date, rest);
  return len;
}

/* --- starting --- */

static bool is_loopback(const char *url) {
  return str_starts(str_of(url), STR("http://127.0.0.1:")) ||
         str_starts(str_of(url), STR("http://localhost:")) || str_starts(str_of(url), STR("http://[::1]:"));
}

static void set_body(struct own *own) {
  struct exchange *exchange = own->exchange;
  CURL *easy = own->easy;
  if (own->upload) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READDATA, own->upload);
    fseek(own->upload, 0, SEEK_END);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ftell(own->upload));
    rewind(own->upload);
  } else if (exchange->body.len || strcmp(exchange->method, "POST") == 0) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body.len);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->body.at);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, exchange->method);
}

static void set_headers(struct own *own) {
  const struct exchange *exchange = own->exchange;
  for (size_t i = 0; i < exchange->header_count; i++)
    own->headers = curl_slist_append(own->headers, exchange->headers[i]);
  /* curl would sign a header that it leaves out. */
  if (!exchange->sign.len) own->headers = curl_slist_append(own->headers, "Expect:");
  curl_easy_setopt(own->easy, CURLOPT_HTTPHEADER, own->headers);
}

static void set_safety(struct own *own) {
  const struct http_settings *settings = &own->http->settings;
  CURL *easy = own->easy;
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, is_loopback(own->exchange->url) ? "http,https" : "https");
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (settings->ca_file) curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_file);
  curl_easy_setopt(easy, CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                   (long)(settings->idle_seconds ? settings->idle_seconds : IDLE_SECONDS));
  /* curl sends a request again by itself when a connection that it kept turns out to be dead: it may have
   * been heard. */
  if (own->exchange->once) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  if (own->exchange->seconds_most) curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)own->exchange->seconds_most);
}

static void set_signature(struct own *own) {
  const struct exchange *exchange = own->exchange;
  char scope[WIRE_HEADER_MOST], key[WIRE_HEADER_MOST * 2];
  if (!exchange->sign.len) return;
  snprintf(scope, sizeof scope, "%.*s", STR_ARG(exchange->sign));
  snprintf(key, sizeof key, "%.*s", STR_ARG(exchange->sign_key));
  curl_easy_setopt(own->easy, CURLOPT_AWS_SIGV4, scope); /* it copies both */
  curl_easy_setopt(own->easy, CURLOPT_USERPWD, key);
  secret_wipe(key, sizeof key);
}

static int64_t now_ms(struct wire *wire) {
  struct timespec now;
  (void)wire;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void link_in(struct own *own) {
  struct http *http = own->http;
  own->next = http->under_way;
  if (own->next) own->next->previous = own;
  http->under_way = own;
}

static void start(struct wire *wire, struct exchange *exchange) {
  struct own *own = exchange->own = mem_alloc(sizeof *own);
  own->http = (struct http *)(void *)wire;
  own->exchange = exchange;
  own->easy = curl_easy_init();
  link_in(own);
  exchange->began = now_ms(wire);
  if (exchange->body_file && !(own->upload = fopen(exchange->body_file, "rbe")))
    err_errno(&exchange->err, "cannot read %s", exchange->body_file);
  curl_easy_setopt(own->easy, CURLOPT_PRIVATE, own);
  curl_easy_setopt(own->easy, CURLOPT_URL, exchange->url);
  curl_easy_setopt(own->easy, CURLOPT_USERAGENT, own->http->settings.agent);
  curl_easy_setopt(own->easy, CURLOPT_ERRORBUFFER, own->trouble);
  curl_easy_setopt(own->easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(own->easy, CURLOPT_WRITEDATA, own);
  curl_easy_setopt(own->easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(own->easy, CURLOPT_HEADERDATA, own);
  curl_easy_setopt(own->easy, CURLOPT_BUFFERSIZE, 256L * 1024);
  set_safety(own);
  set_signature(own);
  set_body(own);
  set_headers(own);
  if (!exchange->err.outcome) curl_multi_add_handle(own->http->multi, own->easy);
}

/* --- ending --- */

/* Before the first byte of the request went out nothing can have been heard. */
static bool was_sent(CURL *easy) {
  curl_off_t prepared = 0;
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &prepared);
  return prepared > 0;
}

/* curl's words may hold an address; they hold no header and no body. */
static enum outcome judge(struct own *own, CURLcode code) {
  struct exchange *exchange = own->exchange;
  const char *said = own->trouble[0] ? own->trouble : curl_easy_strerror(code);
  if (exchange->err.outcome) return exchange->err.outcome;
  switch (code) {
  case CURLE_OK: return OUT_OK;
  case CURLE_PEER_FAILED_VERIFICATION:
    return err_set(&exchange->err, OUT_REFUSED, "its certificate does not hold: %s", said);
  case CURLE_SSL_CACERT_BADFILE: return err_set(&exchange->err, OUT_SPEC, "%s", said);
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_URL_MALFORMAT: return err_set(&exchange->err, OUT_SPEC, "no address of ours: %s", said);
  default: break;
  }
  if (!was_sent(own->easy)) return err_set(&exchange->err, OUT_RETRY, "no connection: %s", said);
  return err_set(&exchange->err, OUT_UNCERTAIN, "no whole answer: %s", said);
}

static void let_go(struct own *own) {
  if (own->previous) own->previous->next = own->next;
  else own->http->under_way = own->next;
  if (own->next) own->next->previous = own->previous;
  curl_multi_remove_handle(own->http->multi, own->easy);
  curl_easy_cleanup(own->easy);
  curl_slist_free_all(own->headers);
  if (own->upload) fclose(own->upload);
  mem_free(own);
}

static struct exchange *finish(struct own *own, CURLcode code) {
  struct exchange *exchange = own->exchange;
  long status = 0;
  curl_easy_getinfo(own->easy, CURLINFO_RESPONSE_CODE, &status);
  exchange->outcome = judge(own, code);
  if (!exchange->outcome && exchange->answer.full)
    exchange->outcome = err_set(&exchange->err, OUT_DATA, "the answer is larger than %llu bytes",
                                (unsigned long long)exchange->bytes_most);
  exchange->status = exchange->outcome ? 0 : (int)status;
  exchange->milliseconds = now_ms(&own->http->wire) - exchange->began;
  let_go(own);
  exchange->own = NULL;
  return exchange;
}

static struct exchange *one_done(struct http *http) {
  int left;
  for (struct own *own = http->under_way; own; own = own->next)
    if (own->exchange->err.outcome == OUT_SYSTEM && own->exchange->body_file && !own->upload)
      return finish(own, CURLE_READ_ERROR);
  for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &left));) {
    struct own *own;
    if (message->msg != CURLMSG_DONE) continue;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&own);
    return finish(own, message->data.result);
  }
  return NULL;
}

static struct exchange *wait_for(struct wire *wire, int64_t until) {
  struct http *http = (struct http *)(void *)wire;
  for (;;) {
    int running;
    curl_multi_perform(http->multi, &running);
    struct exchange *ended = one_done(http);
    if (ended) return ended;
    int64_t left = until == INT64_MAX ? WAIT_MOST : until - now_ms(wire);
    if (left <= 0) return NULL;
    curl_multi_poll(http->multi, NULL, 0, (int)(left < WAIT_MOST ? left : WAIT_MOST), NULL);
  }
}

static uint32_t chance(struct wire *wire) {
  uint32_t number;
  (void)wire;
  secret_fill_random(&number, sizeof number);
  return number;
}

/* --- opening, closing --- */

enum outcome http_open(const struct http_settings *settings, struct http **http, struct err *err) {
  *http = NULL;
  if (settings->ca_file && !file_exists(settings->ca_file))
    return err_set(err, OUT_SPEC, "there is no file of certificates %s", settings->ca_file);
  struct http *new = mem_alloc(sizeof *new);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  new->settings = *settings;
  new->wire = (struct wire){ now_ms, start, wait_for, chance };
  new->multi = curl_multi_init();
  *http = new;
  return OUT_OK;
}

struct wire *http_wire(struct http *http) {
  return &http->wire;
}

void http_close(struct http *http) {
  if (!http) return;
  while (http->under_way) let_go(http->under_way);
  curl_multi_cleanup(http->multi);
  curl_global_cleanup();
  mem_free(http);
}

void http_escape(str text, struct buf *to) {
  static const char kept[] = "-._~";
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.at[i];
    bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(kept, c));
    if (plain) buf_char(to, (char)c);
    else buf_printf(to, "%%%02X", c);
  }
}
