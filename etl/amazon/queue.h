/* amazon/queue: an Amazon SQS queue: messages are received, and deleted when what they tell has been done.
 *
 * It speaks AWS's JSON protocol, signed with Signature V4 (net/http does it). A message that is not deleted
 * comes again after its visibility timeout, so nothing is lost when we die; the same message twice is nothing
 * new.
 *
 *   struct queue *queue = queue_new(&attempts, "https://sqs.us-east-1.amazonaws.com/123456789012/sluice",
 * key, secret); queue_receive(queue, 20, &messages, &count, &err);      waits up to 20 s; runs the loop
 *   queue_delete(queue, messages[0].receipt, &err);
 *   queue_free(queue);
 */
#ifndef SLUICE_AMAZON_QUEUE_H
#define SLUICE_AMAZON_QUEUE_H

#include "amazon/account.h"
#include "base/memory.h"
#include "net/attempt.h"

struct queue_message {
  str id, receipt, body;
};

struct queue;
/* The address's host says the region (sqs.REGION.amazonaws.com; else us-east-1). All live longer than the
 * queue. */
struct queue *queue_new(struct attempts *attempts, const char *address, const struct account *account);
/* Ten at the most; they live until the next call. OUT_SPEC: the keys do not hold. OUT_RETRY: not now. */
enum outcome queue_receive(struct queue *queue, int64_t wait_seconds, const struct queue_message **messages,
                           size_t *count, struct err *err);
enum outcome queue_delete(struct queue *queue, str receipt, struct err *err);
void queue_free(struct queue *queue);

/* What a message tells, in either casing of its keys. */
struct notification {
  str type; /* "REPORT_PROCESSING_FINISHED" */
  str what; /* the report or feed type that it is about; "" = none */
};
/* OUT_DATA: it is no notification. The texts live in the arena. */
enum outcome notification_read(str body, struct arena *arena, struct notification *notification,
                               struct err *err);

#endif
