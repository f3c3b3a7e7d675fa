/* amazon/result: how many messages of a feed were taken, by Amazon's processing report, whatever its form. */
#include "amazon/result.h"

/* The first number behind a word, within a line's length of it. */
static bool number_after(str text, const char *word, int64_t *number) {
  str mark = str_of(word);
  for (size_t i = 0; i + mark.len <= text.len; i++) {
    if (!str_starts(str_sub(text, i, text.len), mark)) continue;
    size_t at = i + mark.len, end;
    for (end = at; at < text.len && at - i < mark.len + 8 && (text.at[at] < '0' || text.at[at] > '9');) at++;
    for (end = at; end < text.len && text.at[end] >= '0' && text.at[end] <= '9';) end++;
    return end > at && str_to_int(str_sub(text, at, end), number);
  }
  return false;
}

bool feed_result_read(str text, struct feed_result *result) {
  int64_t good;
  if (number_after(text, "<MessagesProcessed>", &result->processed))
    return number_after(text, "<MessagesWithError>", &result->refused);
  if (number_after(text, "\"messagesProcessed\"", &result->processed))
    return number_after(text, "\"messagesInvalid\"", &result->refused);
  if (!number_after(text, "Number of records processed", &result->processed) ||
      !number_after(text, "Number of records successful", &good))
    return false;
  result->refused = result->processed - good;
  return true;
}

str feed_result_of_none(str name, str state, str feed_id, struct arena *arena) {
  static const char words[] = "Amazon ended the feed before it was done";
  if (str_ends(name, STR(".xml")))
    return arena_printf(
        arena,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AmazonEnvelope><Message><ProcessingReport>"
        "<DocumentTransactionID>%.*s</DocumentTransactionID><StatusCode>Rejected</StatusCode>"
        "<Result><MessageID>0</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>%.*s"
        "</ResultMessageCode><ResultDescription>%s</ResultDescription></Result>"
        "</ProcessingReport></Message></AmazonEnvelope>\n",
        STR_ARG(feed_id), STR_ARG(state), words);
  if (str_ends(name, STR(".json")))
    return arena_printf(arena,
                        "{\"header\":{\"feedId\":\"%.*s\"},\"issues\":[{\"code\":\"%.*s\",\"severity\":"
                        "\"ERROR\",\"message\":\"%s\"}],\"summary\":{}}\n",
                        STR_ARG(feed_id), STR_ARG(state), words);
  return arena_printf(arena,
                      "Feed Processing Summary:\n\tNumber of records processed\t\t0\n\tNumber of records "
                      "successful\t\t0\n\noriginal-record-number\torder-id\terror-code\terror-type\t"
                      "error-message\n0\t\t%.*s\tError\t%s\n",
                      STR_ARG(state), words);
}
