/* amazon/result: how many messages of a feed were taken, by Amazon's processing report, whatever its form.
 *
 *   struct feed_result result;
 *   if (feed_result_read(text, &result)) printf("%lld of %lld refused", result.refused, result.processed);
 *
 * Three forms: XML (MessagesProcessed, MessagesWithError), JSON (summary.messagesProcessed, messagesInvalid),
 * and the flat file's text ("Number of records processed", "Number of records successful").
 */
#ifndef SLUICE_AMAZON_RESULT_H
#define SLUICE_AMAZON_RESULT_H

#include "base/memory.h"

struct feed_result {
  int64_t processed, refused;
};

bool feed_result_read(str text, struct feed_result *result); /* false: it says neither */
/* Of a feed that Amazon ended as FATAL or CANCELLED, with a report of its own or without: one in the form
 * that its file asks for (.xml, .json, .txt), which refuses all of it with the state as its code. So there is
 * one way to read what became of a feed. */
str feed_result_of_none(str name, str state, str feed_id, struct arena *arena);

#endif
