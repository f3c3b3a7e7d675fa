/* fake/spapi/feed_shape: the elements that an XML message may have, their order and their values.
 *
 * A table is a sequence, as in Amazon's schemas: what must be there has least 1, "A|B" is a choice of names.
 * They are written from Amazon's descriptions; the order is theirs.
 */
#include "feed.h"

#include <string.h>

enum { MANY = 100000 };
enum value { ANY, WHOLE, ABOVE_ZERO, AMOUNT };

struct part {
  const char *names;
  int least, most;
  const struct part *inside; /* ends with names NULL; NULL: a value, or what is not looked at */
  const char *choices;       /* by blanks */
  enum value value;
};

#define CANCEL_REASONS                                                                                       \
  "NoInventory ShippingAddressUndeliverable CustomerExchange BuyerCanceled GeneralAdjustment "               \
  "CarrierCreditDecision RiskAssessmentInformationNotValid CarrierCoverageFailure CustomerReturn "           \
  "MerchandiseNotReceived CannotVerifyInformation PricingError RejectOrder WeatherDelay"
#define ADJUSTMENT_REASONS                                                                                   \
  "Abandoned CarrierCoverageFailure CarrierCreditDecision CouldNotShip CustomerAddressIncorrect "            \
  "CustomerCancel CustomerReturn DifferentItem Exchange GeneralAdjustment NoInventory Other PriceError "     \
  "ProductOutofStock RefusedDelivery RiskAssessmentInformationNotValid TransactionRecord Undeliverable"
#define COMPONENTS                                                                                           \
  "Principal Shipping Tax ShippingTax GiftWrap GiftWrapTax RestockingFee RestockingFeeTax ReturnShipping "   \
  "Goodwill ExportCharge COD CODTax Surcharge FreeReplacementReturnShipping"

static const struct part header[] = { { "DocumentVersion", 1, 1, NULL, NULL, ANY },
                                      { "MerchantIdentifier", 1, 1, NULL, NULL, ANY },
                                      { NULL, 0, 0, NULL, NULL, ANY } };
static const struct part message[] = { { "MessageID", 1, 1, NULL, NULL, ABOVE_ZERO },
                                       { "OperationType", 0, 1, NULL, "Update Delete PartialUpdate", ANY },
                                       { "*", 1, 1, NULL, NULL, ANY },
                                       { NULL, 0, 0, NULL, NULL, ANY } };
static const struct part envelope[] = { { "Header", 1, 1, header, NULL, ANY },
                                        { "MessageType", 1, 1, NULL, NULL, ANY },
                                        { "MarketplaceName", 0, 1, NULL, NULL, ANY },
                                        { "PurgeAndReplace", 0, 1, NULL, "true false", ANY },
                                        { "EffectiveDate", 0, 1, NULL, NULL, ANY },
                                        { "Message", 1, MANY, NULL, NULL, ANY },
                                        { NULL, 0, 0, NULL, NULL, ANY } };

static const struct part parcel[] = { { "CarrierCode", 0, 1, NULL, NULL, ANY },
                                      { "CarrierName", 0, 1, NULL, NULL, ANY },
                                      { "ShippingMethod", 0, 1, NULL, NULL, ANY },
                                      { "ShipperTrackingNumber", 0, 1, NULL, NULL, ANY },
                                      { NULL, 0, 0, NULL, NULL, ANY } };
static const struct part shipped_item[] = { { "AmazonOrderItemCode|MerchantOrderItemID", 1, 1, NULL, NULL,
                                              ANY },
                                            { "MerchantFulfillmentItemID", 0, 1, NULL, NULL, ANY },
                                            { "Quantity", 0, 1, NULL, NULL, ABOVE_ZERO },
                                            { "TransparencyCode", 0, 10, NULL, NULL, ANY },
                                            { NULL, 0, 0, NULL, NULL, ANY } };
static const struct part shipment[] = { { "AmazonOrderID|MerchantOrderID", 1, 1, NULL, NULL, ANY },
                                        { "MerchantFulfillmentID", 0, 1, NULL, NULL, ANY },
                                        { "FulfillmentDate", 1, 1, NULL, NULL, ANY },
                                        { "FulfillmentData", 0, 1, parcel, NULL, ANY },
                                        { "CODCollectionMethod", 0, 1, NULL, "DirectPayment", ANY },
                                        { "Item", 0, MANY, shipped_item, NULL, ANY },
                                        { "ShipFromAddress", 0, 1, NULL, NULL, ANY },
                                        { "ShipFromSupplySourceId", 0, 1, NULL, NULL, ANY },
                                        { NULL, 0, 0, NULL, NULL, ANY } };

static const struct part acknowledged_item[] = { { "AmazonOrderItemCode", 1, 1, NULL, NULL, ANY },
                                                 { "MerchantOrderItemID", 0, 1, NULL, NULL, ANY },
                                                 { "CancelReason", 0, 1, NULL, CANCEL_REASONS, ANY },
                                                 { "Quantity", 0, 1, NULL, NULL, ABOVE_ZERO },
                                                 { NULL, 0, 0, NULL, NULL, ANY } };
static const struct part acknowledgement[] = { { "AmazonOrderID", 1, 1, NULL, NULL, ANY },
                                               { "MerchantOrderID", 0, 1, NULL, NULL, ANY },
                                               { "StatusCode", 1, 1, NULL, "Success Failure", ANY },
                                               { "Item", 0, MANY, acknowledged_item, NULL, ANY },
                                               { NULL, 0, 0, NULL, NULL, ANY } };

static const struct part component[] = { { "Type", 1, 1, NULL, COMPONENTS, ANY },
                                         { "Amount", 1, 1, NULL, NULL, AMOUNT },
                                         { NULL, 0, 0, NULL, NULL, ANY } };
static const struct part prices[] = { { "Component", 1, MANY, component, NULL, ANY },
                                      { NULL, 0, 0, NULL, NULL, ANY } };
static const struct part adjusted_item[] = { { "AmazonOrderItemCode|MerchantOrderItemID", 1, 1, NULL, NULL,
                                               ANY },
                                             { "MerchantAdjustmentItemID", 0, 1, NULL, NULL, ANY },
                                             { "AdjustmentReason", 1, 1, NULL, ADJUSTMENT_REASONS, ANY },
                                             { "ItemPriceAdjustments", 0, 1, prices, NULL, ANY },
                                             { "PromotionAdjustments", 0, MANY, NULL, NULL, ANY },
                                             { "DirectPaymentAdjustments", 0, 1, NULL, NULL, ANY },
                                             { "QuantityCancelled", 0, 1, NULL, NULL, WHOLE },
                                             { "Quantity", 0, 1, NULL, NULL, ABOVE_ZERO },
                                             { NULL, 0, 0, NULL, NULL, ANY } };
static const struct part adjustment[] = { { "AmazonOrderID|MerchantOrderID", 1, 1, NULL, NULL, ANY },
                                          { "ActionType", 0, 1, NULL, "Refund Cancel", ANY },
                                          { "CODCollectionMethod", 0, 1, NULL, "DirectPayment", ANY },
                                          { "AdjustedItem", 1, MANY, adjusted_item, NULL, ANY },
                                          { NULL, 0, 0, NULL, NULL, ANY } };

/* --- elements --- */

const xmlNode *node_element(const xmlNode *node) {
  while (node && node->type != XML_ELEMENT_NODE) node = node->next;
  return node;
}

bool node_is(const xmlNode *node, const char *name) {
  return node && !strcmp((const char *)node->name, name);
}

const xmlNode *node_child(const xmlNode *node, const char *name) {
  const xmlNode *child = node ? node_element(node->children) : NULL;
  while (child && !node_is(child, name)) child = node_element(child->next);
  return child;
}

const char *node_text(struct arena *arena, const xmlNode *node) {
  if (!node) return NULL;
  xmlChar *content = xmlNodeGetContent(node);
  const char *text = arena_text(arena, str_trim(str_of((const char *)content)));
  xmlFree(content);
  return text;
}

/* --- the check --- */

static bool fits(const struct part *part, const xmlNode *node) {
  str rest = str_of(part->names), one;
  if (!node || !strcmp(part->names, "*")) return node != NULL;
  while (str_split(&rest, '|', &one))
    if (str_eq(one, str_of((const char *)node->name))) return true;
  return false;
}

static void check_value(const struct part *part, const xmlNode *node, struct issues *issues) {
  const char *text = node_text(issues->arena, node), *name = (const char *)node->name;
  int64_t whole = 0;
  dec amount;
  bool number = str_to_int(str_of(text), &whole);
  if (!*text) issue_error(issues, "5001", NULL, "%s is empty.", name);
  else if (part->choices && !word_in(part->choices, text))
    issue_error(issues, "5002", NULL, "%s: '%s' is none of %s.", name, text, part->choices);
  else if ((part->value == WHOLE && (!number || whole < 0)) ||
           (part->value == ABOVE_ZERO && (!number || whole < 1)))
    issue_error(issues, "5002", NULL, "%s: '%s' is no quantity.", name, text);
  else if (part->value == AMOUNT && (!dec_parse(str_of(text), DEC_PLAIN, &amount) || dec_sign(amount) < 0))
    issue_error(issues, "5002", NULL, "%s: '%s' is no amount.", name, text);
  else if (part->value == AMOUNT && !xmlHasProp(node, BAD_CAST "currency"))
    issue_error(issues, "5001", NULL, "%s has no currency.", name);
}

static void check(const struct part *parts, const xmlNode *node, struct issues *issues) {
  const xmlNode *child = node_element(node->children);
  for (const struct part *part = parts; part->names; part++) {
    int count = 0;
    for (; count < part->most && fits(part, child); count++, child = node_element(child->next)) {
      if (part->inside) check(part->inside, child, issues);
      else if (!node_element(child->children)) check_value(part, child, issues);
    }
    if (count < part->least)
      issue_error(issues, "5001", NULL, "%s is missing in %s, or out of its place.", part->names,
                  (const char *)node->name);
  }
  if (child)
    issue_error(issues, "5001", NULL, "%s is not expected here in %s.", (const char *)child->name,
                (const char *)node->name);
}

void shape_check_envelope(const xmlNode *root, struct issues *issues) {
  if (!node_is(root, "AmazonEnvelope")) issue_error(issues, "5001", NULL, "The root is no AmazonEnvelope.");
  else check(envelope, root, issues);
}

void shape_check(enum message_kind kind, const xmlNode *body, struct issues *issues) {
  static const struct part *const parts[] = { shipment, acknowledgement, adjustment, NULL };
  const xmlNode *data = node_child(body, "FulfillmentData");
  check(message, body->parent, issues);
  if (!parts[kind]) return;
  check(parts[kind], body, issues);
  if (data && !node_child(data, "CarrierCode") && !node_child(data, "CarrierName"))
    issue_error(issues, "5001", NULL, "CarrierCode or CarrierName is missing in FulfillmentData.");
}
