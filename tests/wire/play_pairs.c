/* wire/play_pairs: plays each of Amazon's static sandbox pairs through our client, against the local SP-API
 * that answers with them.
 *
 *   play_pairs URL PAIRS        prints what differs, and "pairs: N played, N as Amazon says"
 */
#include "amazon/amazon.h"
#include "io/in.h"
#include "net/http.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 64 * 1024 * 1024 };

static const char keys[] = "client-id = amzn1.application-oa2-client.sandbox\nclient-secret = "
                           "sandbox-secret\nrefresh-token = Atzr|sandbox\n";

struct play {
  json_t *pair;
  bool good, ended;
};

/* Lists are said by commas. */
static str text_of(struct arena *arena, const json_t *value) {
  struct buf text = buf_new(64 * 1024);
  size_t i;
  json_t *one;
  if (json_is_string(value)) buf_add(&text, str_of(json_string_value(value)));
  else if (json_is_boolean(value)) buf_add(&text, str_of(json_is_true(value) ? "true" : "false"));
  else if (json_is_integer(value)) buf_printf(&text, "%lld", (long long)json_integer_value(value));
  json_array_foreach(value, i, one) buf_printf(&text, "%s%s", i ? "," : "", json_string_value(one));
  str copy = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return copy;
}

static void ended(struct call *call) {
  struct play *play = call->user;
  json_t *wanted = json_object_get(play->pair, "body");
  json_t *got = call->body.len ? json_loadb(call->body.at, call->body.len, JSON_DECODE_ANY, NULL) : NULL;
  int status = (int)json_integer_value(json_object_get(play->pair, "status"));
  bool same_body = (json_is_null(wanted) && !got) || json_equal(wanted, got);
  bool same_meaning = (status < 300) == (call->outcome == OUT_OK);
  play->ended = true;
  play->good = call->status == status && same_body && same_meaning;
  if (!play->good)
    printf("%s: status %d for %d, outcome %d %s\n", call->operation->name, call->status, status,
           (int)call->outcome, call->err.text);
  json_decref(got);
}

static const struct operation *find(const char *name, enum operation_name *number) {
  for (int i = 0; i < OPERATIONS; i++)
    if (!strcmp(operations[i].name, name)) return *number = (enum operation_name)i, &operations[i];
  return NULL;
}

static void start(struct amazon *amazon, struct play *play) {
  enum operation_name number = OPERATIONS;
  const struct operation *operation =
      find(json_string_value(json_object_get(play->pair, "operation")), &number);
  if (!operation) return;
  struct call *call = call_new(amazon, number, ended, play);
  str rest = str_of(operation->path), piece;
  json_t *asked = json_object_get(play->pair, "asked"), *value;
  const char *name;
  for (size_t i = 0; str_split(&rest, '/', &piece);)
    if (str_starts(piece, STR("{")))
      call_path(call, arena_text(call->arena, str_sub(piece, 1, piece.len - 1)),
                text_of(call->arena, json_array_get(json_object_get(play->pair, "path"), i++)));
  json_object_foreach(json_object_get(play->pair, "parameters"), name, value)
      call_query(call, arena_text(call->arena, str_of(name)), text_of(call->arena, value));
  char *body = asked ? json_dumps(asked, JSON_COMPACT) : NULL;
  if (body) call_body(call, str_of(body));
  free(body);
  call_start(call);
}

static struct account *own_account(struct err *err) {
  char path[] = "/tmp/sluice-pairs-XXXXXX";
  struct account *account = NULL;
  int fd = mkstemp(path);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
  if (!file) return NULL;
  fputs(keys, file);
  fclose(file);
  account_read(str_of(path), STR_NONE, &account, err);
  remove(path);
  return account;
}

int main(int count, char **words) {
  struct err err = { 0 };
  struct http *http = NULL;
  struct arena *arena = arena_new();
  str text, line;
  static struct play plays[1000];
  size_t played = 0, good = 0;
  if (count != 3 || in_read_whole(words[2], FILE_MOST, arena, &text, &err)) return 2;
  const struct http_settings settings = { .agent = amazon_agent };
  struct account *account = own_account(&err);
  if (!account || http_open(&settings, &http, &err)) return 2;
  struct limits *limits = limits_open(NULL);
  struct loop *loop = loop_new(http_wire(http));
  struct attempts attempts = { .loop = loop, .limits = limits };
  struct amazon_means means = { &attempts, account, words[1],
                                arena_printf(arena, "%s/auth/o2/token", words[1]).at, 600000 };
  struct amazon *amazon = amazon_new(&means);
  for (; str_split(&text, '\n', &line) && played < 1000;)
    if (line.len && (plays[played].pair = json_loadb(line.at, line.len, 0, NULL)))
      start(amazon, &plays[played++]);
  loop_run(loop);
  for (size_t i = 0; i < played; i++) good += plays[i].good, json_decref(plays[i].pair);
  printf("pairs: %zu played, %zu as Amazon says\n", played, good);
  amazon_free(amazon);
  loop_free(loop);
  limits_close(limits);
  http_close(http);
  account_free(account);
  arena_free(arena);
  return played && good == played ? 0 : 1;
}
