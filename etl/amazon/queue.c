/* amazon/queue: an Amazon SQS queue: messages are received, and deleted when what they tell has been done. */
#include "amazon/queue.h"
#include "amazon/amazon.h"
#include "codec/json_text.h"

#include <string.h>

enum { ANSWER_MOST = 8 * 1024 * 1024, BODY_MOST = 16 * 1024, HIDDEN_SECONDS = 900, PATIENCE = 120 * 1000 };

struct queue {
  struct attempts *attempts;
  const struct account *account;
  struct arena *arena, *round;
  const char *address, *endpoint; /* the protocol goes to the root of its host, and names the queue inside */
  str sign;
  struct attempt attempt;
  struct queue_message *messages;
  size_t count;
};

static str region_of(str host) {
  str piece;
  if (!str_starts(host, STR("sqs."))) return STR("us-east-1");
  str_split(&host, '.', &piece);
  return str_split(&host, '.', &piece) ? piece : STR("us-east-1");
}

struct queue *queue_new(struct attempts *attempts, const char *address, const struct account *account) {
  struct queue *queue = mem_alloc(sizeof *queue);
  queue->attempts = attempts;
  queue->account = account;
  queue->arena = arena_new();
  queue->round = arena_new();
  queue->address = address;
  str region = region_of(str_of(amazon_host(queue->arena, address)));
  str rest = str_of(address), scheme = STR_NONE;
  str_split(&rest, ':', &scheme);
  queue->endpoint =
      arena_printf(queue->arena, "%.*s://%s/", STR_ARG(scheme), amazon_host(queue->arena, address)).at;
  queue->sign = arena_printf(queue->arena, "aws:amz:%.*s:sqs", STR_ARG(region));
  return queue;
}

void queue_free(struct queue *queue) {
  if (!queue) return;
  exchange_free(&queue->attempt.exchange);
  arena_free(queue->round);
  arena_free(queue->arena);
  mem_free(queue);
}

static void ended(struct attempt *attempt) { (void)attempt; }

/* The key and secret stand together only here, in memory that is wiped. */
static enum outcome ask(struct queue *queue, const char *action, str body, struct answer **answer,
                        struct err *err) {
  struct credential both = { .len = 0 };
  const struct account *account = queue->account;
  const char *headers[] = { arena_printf(queue->round, "X-Amz-Target: AmazonSQS.%s", action).at,
                            "Content-Type: application/x-amz-json-1.0" };
  size_t id = strlen(account->aws_key);
  if (id + account->aws_secret.len + 2 > sizeof both.text)
    return err_set(err, OUT_SPEC, "the AWS keys are too long");
  memcpy(both.text, account->aws_key, id);
  both.text[id] = ':';
  memcpy(both.text + id + 1, account->aws_secret.text, account->aws_secret.len);
  both.len = id + 1 + account->aws_secret.len;
  struct attempt *attempt = &queue->attempt;
  exchange_free(&attempt->exchange);
  *attempt = (struct attempt){
    .exchange = { .method = "POST",
                  .url = queue->endpoint,
                  .headers = headers,
                  .header_count = 2,
                  .body = body,
                  .bytes_most = ANSWER_MOST,
                  .seconds_most = 60,
                  .sign = queue->sign,
                  .sign_key = { both.text, both.len } },
    .name = "queue",
    .host = amazon_host(queue->round, queue->address),
    .repeatable = true,
    .deadline = loop_now(queue->attempts->loop) + PATIENCE,
    .ended = ended,
  };
  attempt_start(queue->attempts, attempt);
  loop_run(queue->attempts->loop);
  credential_wipe(&both);
  int status = attempt->exchange.status;
  if (attempt->outcome) return err_set(err, attempt->outcome, "the queue: %s", attempt->exchange.err.text);
  if (status == 403 || status == 401)
    return err_set(err, OUT_SPEC, "the queue does not take the AWS keys (status %d)", status);
  if (status != 200) return err_set(err, OUT_RETRY, "the queue answers with status %d", status);
  if (answer_read(queue->round, buf_str(&attempt->exchange.answer), answer, err))
    return err->outcome = OUT_RETRY;
  return OUT_OK;
}

enum outcome queue_receive(struct queue *queue, int64_t wait_seconds, const struct queue_message **messages,
                           size_t *count, struct err *err) {
  struct answer *answer;
  struct buf body = buf_new(BODY_MOST);
  arena_reset(queue->round);
  queue->messages = NULL;
  queue->count = 0;
  buf_add(&body, STR("{\"QueueUrl\": "));
  json_text(&body, str_of(queue->address));
  buf_printf(&body, ", \"MaxNumberOfMessages\": 10, \"WaitTimeSeconds\": %lld, \"VisibilityTimeout\": %d}",
             (long long)wait_seconds, HIDDEN_SECONDS);
  enum outcome out = ask(queue, "ReceiveMessage", buf_str(&body), &answer, err);
  buf_free(&body);
  for (const struct answer *one = out ? NULL : answer_part(answer, "Messages[]"); one; one = answer_same(one))
    *ARENA_PUSH(queue->round, queue->messages, queue->count) =
        (struct queue_message){ answer_text(one, "MessageId"), answer_text(one, "ReceiptHandle"),
                                answer_text(one, "Body") };
  *messages = queue->messages;
  *count = queue->count;
  return out;
}

enum outcome queue_delete(struct queue *queue, str receipt, struct err *err) {
  struct answer *answer;
  struct buf body = buf_new(BODY_MOST);
  buf_add(&body, STR("{\"QueueUrl\": "));
  json_text(&body, str_of(queue->address));
  buf_add(&body, STR(", \"ReceiptHandle\": "));
  json_text(&body, receipt);
  buf_char(&body, '}');
  enum outcome out = ask(queue, "DeleteMessage", buf_str(&body), &answer, err);
  buf_free(&body);
  return out;
}

/* ORDER_CHANGE says NotificationType and Payload, reports and feeds say notificationType and payload. */
static str either(const struct answer *answer, const char *upper, const char *lower) {
  str text = answer_text(answer, upper);
  return text.len ? text : answer_text(answer, lower);
}

enum outcome notification_read(str body, struct arena *arena, struct notification *notification,
                               struct err *err) {
  struct answer *answer;
  *notification = (struct notification){ STR_NONE, STR_NONE };
  if (answer_read(arena, body, &answer, err)) return err->outcome;
  notification->type = either(answer, "NotificationType", "notificationType");
  notification->what = either(answer, "Payload.reportProcessingFinishedNotification.reportType",
                              "payload.reportProcessingFinishedNotification.reportType");
  if (!notification->what.len)
    notification->what = either(answer, "Payload.feedProcessingFinishedNotification.feedType",
                                "payload.feedProcessingFinishedNotification.feedType");
  return notification->type.len ? OUT_OK : err_set(err, OUT_DATA, "a message without notificationType");
}
