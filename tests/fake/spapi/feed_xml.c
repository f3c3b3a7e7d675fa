/* fake/spapi/feed_xml: an AmazonEnvelope: its messages are worked one by one, its processing report is XML
 * too.
 *
 *   <AmazonEnvelope><Header>..</Header><MessageType>OrderFulfillment</MessageType>
 *    <Message><MessageID>1</MessageID><OrderFulfillment>..</OrderFulfillment></Message></AmazonEnvelope>
 */
#include "feed.h"

#include <libxml/parser.h>
#include <string.h>

static const struct kind {
  const char *feed, *message;
} kinds[] = { { "POST_ORDER_FULFILLMENT_DATA", "OrderFulfillment" },
              { "POST_ORDER_ACKNOWLEDGEMENT_DATA", "OrderAcknowledgement" },
              { "POST_PAYMENT_ADJUSTMENT_DATA", "OrderAdjustment" } };

static enum message_kind kind_of(const char *type) {
  enum message_kind kind = MESSAGE_SHIPMENT;
  while (kind < MESSAGE_OTHER && strcmp(kinds[kind].feed, type)) kind++;
  return kind;
}

/* --- messages --- */

static bool holds(const xmlNode *node, const char *mark) {
  xmlBufferPtr text = xmlBufferCreate();
  xmlNodeDump(text, node->doc, (xmlNode *)(uintptr_t)node, 0, 0);
  bool found = strstr((const char *)xmlBufferContent(text), mark) != NULL;
  xmlBufferFree(text);
  return found;
}

static void refuse_marked(struct feed *feed, const xmlNode *message) {
  if (holds(message, "REFUSE"))
    issue_error(&feed->issues, "18028", NULL, "The data you submitted is not valid");
}

static const xmlNode *body_of(const xmlNode *message) {
  const xmlNode *child = node_element(message->children);
  while (child && (node_is(child, "MessageID") || node_is(child, "OperationType")))
    child = node_element(child->next);
  return child;
}

static void work_message(struct feed *feed, enum message_kind kind, const xmlNode *message) {
  struct arena *arena = feed->request->arena;
  const xmlNode *body = body_of(message);
  int64_t number = 0;
  bool numbered =
      str_to_int(str_of(node_text(arena, node_child(message, "MessageID"))), &number) && number > 0;
  const char *order = node_text(arena, node_child(body, "AmazonOrderID"));
  feed_begin(feed, numbered ? (long)number : 0,
             order ? order : node_text(arena, node_child(body, "MerchantOrderID")));
  refuse_marked(feed, message);
  if (numbered && feed_is_again(feed, (long)number))
    issue_error(&feed->issues, "5001", NULL, "MessageID %lld is used by an earlier message.",
                (long long)number);
  if (!body) issue_error(&feed->issues, "5001", NULL, "The message is empty.");
  else if (kind != MESSAGE_OTHER && !node_is(body, kinds[kind].message))
    issue_error(&feed->issues, "5001", NULL, "%s is no %s.", (const char *)body->name, kinds[kind].message);
  else shape_check(kind, body, &feed->issues);
  if (body && kind != MESSAGE_OTHER) message_work(feed, kind, body);
  else feed_take(feed);
}

/* --- the report --- */

static void add_text(struct buf *text, const char *name, const char *value) {
  buf_printf(text, "<%s>", name);
  for (const char *c = value; *c; c++)
    if (*c == '<') buf_add(text, STR("&lt;"));
    else if (*c == '&') buf_add(text, STR("&amp;"));
    else buf_char(text, *c);
  buf_printf(text, "</%s>", name);
}

static void add_result(struct buf *text, const struct issue *issue) {
  buf_printf(text, "<Result><MessageID>%ld</MessageID><ResultCode>%s</ResultCode>", issue->message,
             issue->is_error ? "Error" : "Warning");
  add_text(text, "ResultMessageCode", issue->code);
  add_text(text, "ResultDescription", issue->text);
  if (issue->name || issue->item) buf_add(text, STR("<AdditionalInfo>"));
  if (issue->sku) add_text(text, "SKU", issue->sku);
  if (issue->name) add_text(text, "AmazonOrderID", issue->name);
  if (issue->item) add_text(text, "AmazonOrderItemCode", issue->item);
  if (issue->name || issue->item) buf_add(text, STR("</AdditionalInfo>"));
  buf_add(text, STR("</Result>\n"));
}

static void write_report(struct feed *feed, bool is_rejected) {
  struct buf *text = &feed->report;
  long errors = feed->processed - feed->accepted + (is_rejected && !feed->processed);
  buf_printf(text,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AmazonEnvelope><Header><DocumentVersion>1.02"
             "</DocumentVersion><MerchantIdentifier>%s</MerchantIdentifier></Header><MessageType>"
             "ProcessingReport</MessageType><Message><MessageID>1</MessageID><ProcessingReport>"
             "<DocumentTransactionID>%s</DocumentTransactionID><StatusCode>%s</StatusCode>"
             "<ProcessingSummary><MessagesProcessed>%ld</MessagesProcessed><MessagesSuccessful>%ld"
             "</MessagesSuccessful><MessagesWithError>%ld</MessagesWithError><MessagesWithWarning>%ld"
             "</MessagesWithWarning></ProcessingSummary>\n",
             state_account(feed->request, "seller-id", "A1SANDBOX"), feed->id,
             is_rejected ? "Rejected" : "Complete", feed->processed, feed->accepted, errors,
             feed->with_warning);
  for (size_t i = 0; i < feed->issues.count; i++) add_result(text, &feed->issues.list[i]);
  buf_add(text, STR("</ProcessingReport></Message></AmazonEnvelope>\n"));
}

/* --- the whole feed --- */

static bool is_envelope_good(struct feed *feed, enum message_kind kind, const xmlNode *root) {
  const char *type = node_text(feed->request->arena, node_child(root, "MessageType"));
  if (!root) issue_error(&feed->issues, "5000", NULL, "XML Parsing Fatal Error.");
  else shape_check_envelope(root, &feed->issues);
  if (!feed->issues.bad && kind != MESSAGE_OTHER && strcmp(type ? type : "", kinds[kind].message))
    issue_error(&feed->issues, "5001", NULL, "MessageType must be %s for %s.", kinds[kind].message,
                feed->type);
  return !feed->issues.bad;
}

void feed_work_xml(struct feed *feed) {
  enum message_kind kind = kind_of(feed->type);
  xmlDoc *document =
      xmlReadMemory(feed->body.at, (int)feed->body.len, NULL, NULL,
                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE);
  const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
  feed_begin(feed, 0, NULL);
  bool good = is_envelope_good(feed, kind, root);
  for (const xmlNode *one = good ? node_element(root->children) : NULL; one; one = node_element(one->next))
    if (node_is(one, "Message")) work_message(feed, kind, one);
  write_report(feed, !good);
  xmlFreeDoc(document);
}
