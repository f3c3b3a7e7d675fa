/* fake/spapi/routes: the operations that it plays, what they ask for, and how often. Its own table, not the
 * client's. */
#include "spapi.h"

#define ORDERS                                                                                               \
  "createdAfter,createdBefore,lastUpdatedAfter,lastUpdatedBefore,fulfillmentStatuses,marketplaceIds,"        \
  "fulfilledBy,maxResultsPerPage,paginationToken,includedData"

const struct route routes[] = {
  { "getReports", "GET", "/reports/2021-06-30/reports", 222, 10, "",
    "reportTypes,processingStatuses,marketplaceIds,pageSize,createdSince,createdUntil,nextToken", false,
    answer_get_reports },
  { "createReport", "POST", "/reports/2021-06-30/reports", 167, 15, "", "", false, answer_create_report },
  { "getReport", "GET", "/reports/2021-06-30/reports/{}", 20000, 15, "", "", false, answer_get_report },
  { "getReportDocument", "GET", "/reports/2021-06-30/documents/{}", 167, 15, "",
    "enableContentEncodingUrlHeader", false, answer_get_report_document },
  { "getReportSchedules", "GET", "/reports/2021-06-30/schedules", 222, 10, "reportTypes", "reportTypes",
    false, answer_get_schedules },
  { "createReportSchedule", "POST", "/reports/2021-06-30/schedules", 222, 10, "", "", false,
    answer_create_schedule },
  { "cancelReportSchedule", "DELETE", "/reports/2021-06-30/schedules/{}", 222, 10, "", "", false,
    answer_cancel_schedule },
  { "getFeeds", "GET", "/feeds/2021-06-30/feeds", 222, 10, "",
    "feedTypes,marketplaceIds,pageSize,processingStatuses,createdSince,createdUntil,nextToken", false,
    answer_get_feeds },
  { "createFeed", "POST", "/feeds/2021-06-30/feeds", 83, 15, "", "", false, answer_create_feed },
  { "getFeed", "GET", "/feeds/2021-06-30/feeds/{}", 20000, 15, "", "", false, answer_get_feed },
  { "createFeedDocument", "POST", "/feeds/2021-06-30/documents", 5000, 15, "", "", false,
    answer_create_feed_document },
  { "getFeedDocument", "GET", "/feeds/2021-06-30/documents/{}", 222, 10, "", "enableContentEncodingUrlHeader",
    false, answer_get_feed_document },
  { "searchOrders", "GET", "/orders/2026-01-01/orders", 56, 20, "", ORDERS, false, answer_search_orders },
  { "getOrder", "GET", "/orders/2026-01-01/orders/{}", 5000, 30, "", "includedData", false,
    answer_get_order },
  { "createRestrictedDataToken", "POST", "/tokens/2021-03-01/restrictedDataToken", 10000, 10, "", "", false,
    answer_restricted_token },
  { "getInventorySummaries", "GET", "/fba/inventory/v1/summaries", 20000, 2,
    "granularityType,granularityId,marketplaceIds",
    "details,granularityType,granularityId,startDateTime,sellerSkus,sellerSku,nextToken,marketplaceIds",
    false, answer_inventory },
  { "getListingsItem", "GET", "/listings/2021-08-01/items/{}/{}", 50000, 10, "marketplaceIds",
    "marketplaceIds,issueLocale,includedData", false, answer_get_listing },
  { "patchListingsItem", "PATCH", "/listings/2021-08-01/items/{}/{}", 50000, 5, "marketplaceIds",
    "marketplaceIds,includedData,mode,issueLocale", false, answer_patch_listing },
  { "listTransactions", "GET", "/finances/2024-06-19/transactions", 5000, 10, "",
    "postedAfter,postedBefore,marketplaceId,transactionStatus,relatedIdentifierName,relatedIdentifierValue,"
    "nextToken",
    false, answer_transactions },
  { "listBalances", "GET", "/finances/2024-06-19/balances", 5000, 10, "",
    "marketplaceIds,balanceType,accountType,asOfDate,nextToken", false, answer_balances },
  { "getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations", 160, 15, "", "", false,
    answer_participations },
  { "getSubscription", "GET", "/notifications/v1/subscriptions/{}", 10000, 5, "", "payloadVersion", false,
    answer_get_subscription },
  { "createSubscription", "POST", "/notifications/v1/subscriptions/{}", 10000, 5, "", "", false,
    answer_create_subscription },
  { "deleteSubscriptionById", "DELETE", "/notifications/v1/subscriptions/{}/{}", 10000, 5, "", "", true,
    answer_delete_subscription },
  { "getDestinations", "GET", "/notifications/v1/destinations", 10000, 5, "", "", true,
    answer_get_destinations },
  { "createDestination", "POST", "/notifications/v1/destinations", 10000, 5, "", "", true,
    answer_create_destination },
};
const size_t route_count = sizeof routes / sizeof *routes;
