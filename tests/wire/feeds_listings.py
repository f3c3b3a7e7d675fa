"""wire/feeds_listings: listings feeds change the listings, and the report says which did not."""
import json
import os
import re
import urllib.parse

from seller import US

class Listings:
    """Listings feeds; each report is held against the schema."""

    def __init__(self, amazon, schema):
        self.amazon, self.schema, self.wrong, self.reports = amazon, schema, [], 0

    def submit(self, messages, header=None):
        header = header or {"sellerId": "A1SANDBOX", "version": "2.0"}
        content = messages if isinstance(messages, str) else json.dumps({"header": header, "messages": messages})
        self.status, text, self.polls = self.amazon.result(self.amazon.submit("JSON_LISTINGS_FEED", content))
        self.report = json.loads(text)
        if self.schema:
            self.reports += 1
            self.wrong += [error.message for error in self.schema.iter_errors(self.report)]
        self.summary = self.report["summary"]
        return self.report["issues"]

    def one(self, sku, *patches, **more):
        return self.submit([message(1, sku, *patches, **more)])

    def listing(self, sku):
        text = self.amazon.get(f"listings/{urllib.parse.quote(sku, safe='')}.json")
        return json.loads(text) if text else None

    def attribute(self, sku, name):
        return self.listing(sku)["attributes"].get(name)


def message(number, sku, *patches, **more):
    return {"messageId": number, "sku": sku, "operationType": "PATCH", "productType": "PRODUCT", "patches": list(patches), **more}


def whole(number, sku, operation, **attributes):
    return {"messageId": number, "sku": sku, "operationType": operation, "productType": "COOKWARE", "attributes": attributes}


def patch(op, name, *value):
    return {"op": op, "path": "/attributes/" + name, **({"value": list(value)} if value else {})}


def stock(quantity, code="DEFAULT", **more):
    return {"fulfillment_channel_code": code, **({} if quantity is None else {"quantity": quantity}), **more}


def offer(price, **more):
    return {"marketplace_id": US, "currency": "USD", "audience": "ALL", "our_price": [{"schedule": [{"value_with_tax": price}]}], **more}


def is_refused(issues, code, word=""):
    return len(issues) == 1 and issues[0]["code"] == code and issues[0]["severity"] == "ERROR" and word in issues[0]["message"]


AVAILABILITY, OFFER = "fulfillment_availability", "purchasable_offer"


def check_patches(check, feed):
    feed.amazon.fresh()
    issues = feed.submit([whole(1, "PAN 10/A", "UPDATE", item_name=[{"value": "Pan", "marketplace_id": US, "language_tag": "en_US"}],
                                fulfillment_availability=[stock(5, lead_time_to_ship_max_days=2)])])
    check("an update makes a listing", not issues and feed.listing("PAN 10/A")["productType"] == "COOKWARE", issues)
    check("its file is named by the SKU, odd bytes escaped", feed.amazon.get("listings/PAN%2010%2FA.json"))
    check("one message is processed and accepted",
          feed.summary == {"errors": 0, "warnings": 0, "messagesProcessed": 1, "messagesAccepted": 1, "messagesInvalid": 0}, feed.summary)
    check("the report names the feed", feed.report["header"]["feedId"] not in ("", "0"), feed.report)
    feed.one("PAN 10/A", patch("merge", AVAILABILITY, stock(7)))
    check("merge keeps what it does not name", feed.attribute("PAN 10/A", AVAILABILITY) == [stock(7, lead_time_to_ship_max_days=2)])
    feed.one("PAN 10/A", patch("replace", AVAILABILITY, stock(8)))
    check("replace does not", feed.attribute("PAN 10/A", AVAILABILITY) == [stock(8)])
    feed.one("PAN 10/A", patch("merge", "item_name", {"value": "Pfanne", "marketplace_id": US, "language_tag": "de_DE"}))
    check("merge adds an element of a new selector", [e["value"] for e in feed.attribute("PAN 10/A", "item_name")] == ["Pan", "Pfanne"])
    feed.one("PAN 10/A", patch("replace", "item_name", {"value": "Pan 10", "marketplace_id": US, "language_tag": "en_US"}))
    check("replace leaves other selectors", [e["value"] for e in feed.attribute("PAN 10/A", "item_name")] == ["Pan 10", "Pfanne"])
    feed.one("PAN 10/A", patch("delete", "item_name", {"marketplace_id": US, "language_tag": "de_DE"}))
    check("delete removes those with the selector", [e["value"] for e in feed.attribute("PAN 10/A", "item_name")] == ["Pan 10"])
    feed.one("PAN 10/A", patch("delete", "item_name"))
    check("delete without a value removes the attribute", feed.attribute("PAN 10/A", "item_name") is None)
    feed.one("PAN 10/A", patch("add", "brand", {"value": "HOK", "marketplace_id": US}))
    check("add adds an attribute", feed.attribute("PAN 10/A", "brand") == [{"value": "HOK", "marketplace_id": US}])
    feed.one("PAN 10/A", patch("replace", AVAILABILITY, stock(None, "AMAZON_NA")),
             patch("delete", AVAILABILITY, {"fulfillment_channel_code": "DEFAULT"}))
    check("a switch of the channel is a deletion and an addition",
          feed.attribute("PAN 10/A", AVAILABILITY) == [stock(None, "AMAZON_NA")] and not feed.report["issues"])
    shown = feed.amazon.call("GET", f"/listings/2021-08-01/items/A1/PAN%2010%2fA?marketplaceIds={US}")
    check("getListingsItem knows it by its escaped SKU", shown.get("sku") == "PAN 10/A", shown)
    feed.submit([{"messageId": 1, "sku": "PAN 10/A", "operationType": "DELETE"}])
    check("a deletion removes the listing", feed.listing("PAN 10/A") is None)


def check_prices(check, feed):
    feed.amazon.fresh()
    sale = {"discounted_price": [{"schedule": [{"value_with_tax": 8, "start_at": "2026-11-01", "end_at": "2026-12-01"}]}]}
    feed.submit([whole(1, "POT", "UPDATE", purchasable_offer=[offer(12, **sale)], fulfillment_availability=[stock(3)])])
    text = json.dumps({"header": {"sellerId": "A", "version": "2.0"}, "messages": [message(1, "POT", patch("merge", OFFER, offer("@")))]})
    feed.submit(text.replace('"@"', "9.90"))
    check("a price keeps its digits", '"value_with_tax": 9.90' in feed.amazon.get("listings/POT.json"),
          feed.amazon.get("listings/POT.json"))
    numbers = "[0.10, -1.50e+3, 12345678901234567890, 7]"
    feed.submit(json.dumps({"header": {"sellerId": "A", "version": "2.0"},
                            "messages": [message(1, "POT", patch("add", "odd", {"value": "@"}))]}).replace('"@"', numbers))
    check("so does any number", re.sub(r"\s+", "", numbers) in re.sub(r"\s+", "", feed.amazon.get("listings/POT.json")),
          feed.amazon.get("listings/POT.json"))
    feed.one("POT", patch("delete", "odd"))
    check("merging a price keeps the sale", "discounted_price" in feed.attribute("POT", OFFER)[0])
    shown = feed.amazon.call("GET", f"/listings/2021-08-01/items/A1/POT?marketplaceIds={US}", raw=True)
    check("getListingsItem shows them so", '"value_with_tax":9.90' in shown, shown)
    check("and all three in one form", set(json.loads(shown)) == {"sku", "productType", "attributes"}, shown)
    feed.one("POT", patch("merge", OFFER, {**offer(5), "currency": "CAD"}))
    check("another currency is another offer", [o["currency"] for o in feed.attribute("POT", OFFER)] == ["USD", "CAD"])
    feed.one("POT", patch("merge", OFFER, {**offer(7), "audience": "B2B"}))
    check("another audience too", [o.get("audience") for o in feed.attribute("POT", OFFER)] == ["ALL", "ALL", "B2B"])
    feed.one("POT", patch("replace", OFFER, offer(11)))
    check("replacing a price drops the sale",
          "discounted_price" not in feed.attribute("POT", OFFER)[0] and len(feed.attribute("POT", OFFER)) == 3)
    for price in (0, -1.5):
        check(f"a price of {price} is refused", is_refused(feed.one("POT", patch("merge", OFFER, offer(price))), "90244"), feed.report)
    check("its attribute is named", feed.report["issues"][0]["attributeName"] == "purchasable_offer.our_price", feed.report)
    check("a price that is a text is refused", is_refused(feed.one("POT", patch("merge", OFFER, offer("9.90"))), "99022"), feed.report)
    check("a sale price of zero is refused",
          is_refused(feed.one("POT", patch("merge", OFFER, offer(9, discounted_price=[{"schedule": [{"value_with_tax": 0}]}]))), "90244"))
    check("an offer without a currency is refused",
          is_refused(feed.one("POT",
                              patch("merge", OFFER,
                                    {"marketplace_id": US, "our_price": [{"schedule": [{"value_with_tax": 2}]}]})), "90220"), feed.report)
    check("and nothing of it is applied", feed.attribute("POT", OFFER)[0]["our_price"] == offer(11)["our_price"])
    feed.submit([whole(1, "POT", "PARTIAL_UPDATE", fulfillment_availability=[stock(9)])])
    check("a partial update replaces what it names", feed.attribute("POT", AVAILABILITY) == [stock(9)])
    check("and leaves the rest", len(feed.attribute("POT", OFFER)) == 3)
    feed.submit([whole(1, "POT", "UPDATE", fulfillment_availability=[stock(1)])])
    check("an update replaces the whole", set(feed.listing("POT")["attributes"]) == {AVAILABILITY})
    url = f"/listings/2021-08-01/items/A1/POT?marketplaceIds={US}"
    asked = {"productType": "PRODUCT", "patches": [patch("merge", AVAILABILITY, stock(4))]}
    check("patchListingsItem changes the same file",
          feed.amazon.call("PATCH", url, asked)["status"] == "ACCEPTED" and feed.attribute("POT", AVAILABILITY) == [stock(4)])
    asked["patches"] = [patch("merge", AVAILABILITY, stock(-1))]
    said = feed.amazon.call("PATCH", url, asked)
    check("and refuses what a feed refuses", said["status"] == "INVALID" and said["issues"][0]["code"] == "99010", said)
    check("and leaves it", feed.attribute("POT", AVAILABILITY) == [stock(4)])


def check_refusals(check, feed):
    feed.amazon.fresh()
    feed.submit([whole(1, "CUP", "UPDATE", fulfillment_availability=[stock(3)])])
    put = lambda *value: feed.one("CUP", patch("merge", AVAILABILITY, *value))  # noqa: E731
    check("a patch of no listing is refused", is_refused(feed.one("NONE", patch("merge", AVAILABILITY, stock(1))), "8541"), feed.report)
    check("so is its partial update",
          is_refused(feed.submit([whole(1, "NONE", "PARTIAL_UPDATE", fulfillment_availability=[stock(1)])]), "8541"))
    check("the issue names message and SKU", (feed.report["issues"][0]["messageId"], feed.report["issues"][0]["sku"]) == (1, "NONE"),
          feed.report)
    check("the summary counts it",
          (feed.summary["messagesInvalid"], feed.summary["messagesAccepted"], feed.summary["errors"]) == (1, 0, 1), feed.summary)
    check("a negative quantity is refused", is_refused(put(stock(-3)), "99010", "-3"), feed.report)
    check("a broken quantity is refused", is_refused(put(stock(1.5)), "99010"), feed.report)
    check("no channel code is a bad request", is_refused(put({"quantity": 3}), "BAD_REQUEST", "Invalid parameters provided"), feed.report)
    check("an unknown channel code is refused", is_refused(put(stock(3, "default")), "99010"), feed.report)
    check("DEFAULT needs a quantity", is_refused(feed.one("CUP", patch("replace", AVAILABILITY, stock(None))), "90220"), feed.report)
    check("unless the listing has one and it is merged", put(stock(None, lead_time_to_ship_max_days=3)) == [], feed.report)
    check("none of it changed the quantity", feed.attribute("CUP", AVAILABILITY)[0]["quantity"] == 3)
    check("a patch needs a product type",
          is_refused(feed.one("CUP", patch("merge", AVAILABILITY, stock(1)), productType=""), "4000001", "productType"), feed.report)
    check("and patches", is_refused(feed.one("CUP"), "4000001", "patches"), feed.report)
    check("and no attributes",
          is_refused(feed.one("CUP", patch("merge", AVAILABILITY, stock(1)), attributes={"a": []}), "4000001", "attributes"), feed.report)
    check("an update needs attributes", is_refused(feed.submit([whole(1, "CUP", "UPDATE")]), "4000001", "attributes"), feed.report)
    check("an operation that is none is refused", is_refused(feed.one("CUP", operationType="PUT"), "4000001", "PUT"), feed.report)
    check("a deep path is refused", is_refused(feed.one("CUP", patch("replace", "fulfillment_availability/0", stock(1))), "4000001"),
          feed.report)
    check("an op that is none is refused", is_refused(feed.one("CUP", patch("test", AVAILABILITY, stock(1))), "4000001"), feed.report)
    issues = feed.submit([message(5, "CUP", patch("merge", AVAILABILITY, stock(6))),
                          message(5, "CUP", patch("merge", AVAILABILITY, stock(9)))])
    check("the second message of an id is refused",
          is_refused(issues, "4000001", "5") and feed.attribute("CUP", AVAILABILITY)[0]["quantity"] == 6, issues)
    check("an id from 1 on is needed",
          len(feed.submit([message(0, "CUP",
                                   patch("merge", AVAILABILITY,
                                         stock(6)))])) == 1 and "messageId" not in feed.report["issues"][0], feed.report)
    feed.amazon.put("listings/A-REFUSED.json", '{"sku": "A-REFUSED", "productType": "X", "attributes": {}}')
    check("what holds REFUSE is refused", is_refused(feed.one("A-REFUSED", patch("merge", AVAILABILITY, stock(6))), "8541"), feed.report)
    issues = feed.one("CUP", patch("replace", AVAILABILITY, stock(None, "AMAZON_NA")))
    check("a double offer is a warning", len(issues) == 1 and issues[0]["code"] == "99300" and issues[0]["severity"] == "WARNING", issues)
    check("and is applied all the same",
          len(feed.attribute("CUP",
                             AVAILABILITY)) == 2 and feed.summary["messagesAccepted"] == 1 and feed.summary["warnings"] == 1, feed.summary)
    issues = put(stock(2))
    check("so is a quantity of a SKU that Amazon holds", len(issues) == 1 and issues[0]["code"] == "99300", issues)
    check("not when the message deletes Amazon's",
          feed.one("CUP", patch("merge", AVAILABILITY, stock(2)),
                   patch("delete", AVAILABILITY, stock(None, "AMAZON_NA"))) == [], feed.report)


def check_headers(check, feed):
    feed.amazon.fresh()
    good = [whole(1, "CUP", "UPDATE", fulfillment_availability=[stock(3)])]
    for what, header in (("no sellerId", {"version": "2.0"}), ("version 1.0", {"sellerId": "A", "version": "1.0"})):
        issues = feed.submit(good, header)
        check(f"a header of {what} refuses the feed", len(issues) == 1 and "messageId" not in issues[0] and feed.status == "FATAL",
              feed.report)
    check("what is no JSON is refused", len(feed.submit("{")) == 1 and feed.status == "FATAL", feed.report)
    check("no messages are refused", len(feed.submit([])) == 1 and feed.status == "FATAL", feed.report)
    feed.amazon.put("account.txt", "seller-id = A1OURS\n")
    check("another seller is refused", len(feed.submit(good)) == 1 and feed.status == "FATAL", feed.report)
    check("none of them is applied", feed.listing("CUP") is None)
    check("the seller himself is not", feed.submit(good, {"sellerId": "A1OURS", "version": "2.0"}) == [] and feed.status == "DONE",
          feed.report)


def check_state_files(check, feed):
    amazon = feed.amazon
    amazon.fresh(refuse="A%20B 90057 The words of it\nWARNING CUP 99999 Only a word\n", drop="3\n", late="4\n")
    skus = ["A B", "CUP", "POT", "PAN", "LID", "JAR", "MUG"]
    issues = feed.submit([whole(i, sku, "UPDATE", fulfillment_availability=[stock(i)]) for i, sku in enumerate(skus, 1)])
    check("refuse.txt names whom to refuse, by which words", [(i["sku"], i["code"], i["severity"], i["message"]) for i in issues] ==
          [("A B", "90057", "ERROR", "The words of it"), ("CUP", "99999", "WARNING", "Only a word")], issues)
    check("the refused one is not applied, the other is", feed.listing("A B") is None and feed.listing("CUP"))
    check("late.txt: so many polls", feed.polls == 5, feed.polls)
    check("every third accepted message is dropped", [sku for sku in skus if not feed.listing(sku)] == ["A B", "PAN", "MUG"])
    check("but counted as accepted", feed.summary["messagesAccepted"] == 6, feed.summary)
    check("dropped.txt names them", amazon.get("dropped.txt").split("\n") == ["PAN", "MUG", ""])
    feed.submit([whole(i, sku, "UPDATE", fulfillment_availability=[stock(9)]) for i, sku in enumerate(skus[2:5], 1)])
    check("the count goes on", amazon.get("dropped-count").strip() == "9" and amazon.get("dropped.txt").split() == ["PAN", "MUG", "LID"],
          amazon.get("dropped.txt"))
    check("a dropped change leaves what was there", feed.attribute("LID", AVAILABILITY) == [stock(5)])
    counts = {"errors": 0, "warnings": 0, "messagesProcessed": 9, "messagesAccepted": 9, "messagesInvalid": 0}
    header = {"sellerId": "A", "version": "2.0", "feedId": "1"}
    amazon.put("results/JSON_LISTINGS_FEED", json.dumps({"header": header, "issues": [], "summary": counts}))
    feed.submit([{"messageId": 1, "sku": "CUP", "operationType": "DELETE"}])
    check("a report that was laid down is given, and nothing is worked", feed.summary["messagesProcessed"] == 9 and feed.listing("CUP"))


def rows_of(amazon, kind):
    report = amazon.call("POST", "/reports/2021-06-30/reports", {"reportType": kind, "marketplaceIds": [US]})["reportId"]
    for _ in range(5):
        shown = amazon.call("GET", f"/reports/2021-06-30/reports/{report}")
        if "reportDocumentId" in shown or shown["processingStatus"] == "CANCELLED":
            break
    if "reportDocumentId" not in shown:
        return shown["processingStatus"]
    url = amazon.call("GET", f"/reports/2021-06-30/documents/{shown['reportDocumentId']}")["url"]
    lines = [line.split("\t") for line in amazon.document(url).rstrip("\n").split("\n")]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def check_reports(check, feed):
    kind, fba = "GET_MERCHANT_LISTINGS_ALL_DATA", "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"
    feed.amazon.fresh()
    check("no listings: the report is cancelled", rows_of(feed.amazon, kind) == "CANCELLED")
    name = [{"value": "A\tpan", "marketplace_id": US}]
    feed.submit([whole(1, "CUP", "UPDATE", item_name=name, purchasable_offer=[offer(9.5)], fulfillment_availability=[stock(3)]),
                 whole(2, "POT", "UPDATE", purchasable_offer=[offer(7)], fulfillment_availability=[stock(None, "AMAZON_NA")]),
                 whole(3, "PAN", "UPDATE", purchasable_offer=[offer(7)], fulfillment_availability=[stock(0)])])
    rows = {row["seller-sku"]: row for row in rows_of(feed.amazon, kind)}
    said = {sku: (row["price"], row["quantity"], row["fulfillment-channel"], row["status"]) for sku, row in rows.items()}
    check("the listings make the report",
          said == {"CUP": ("9.5", "3", "DEFAULT", "Active"), "POT": ("7", "", "AMAZON_NA", "Active"),
                   "PAN": ("7", "0", "DEFAULT", "Inactive")}, said)
    check("a tab in a name is a blank", rows["CUP"]["item-name"] == "A pan" and rows["CUP"]["item-is-marketplace"] == "")
    check("it may be asked for again", len(rows_of(feed.amazon, kind)) == 3)
    feed.amazon.put(f"reports/{kind}/a.txt", "seller-sku\nONE\n")
    check("a document that lies there goes before", rows_of(feed.amazon, kind) == [{"seller-sku": "ONE"}])
    check("and is served once", rows_of(feed.amazon, kind) == "CANCELLED")
    check("no FBA stock: cancelled", rows_of(feed.amazon, fba) == "CANCELLED")
    feed.amazon.put("fba.tsv", "sku\tafn-fulfillable-quantity\nPOT\t12\n")
    check("fba.tsv is the report of FBA stock", rows_of(feed.amazon, fba) == [{"sku": "POT", "afn-fulfillable-quantity": "12"}])


def schema_of(folder):
    path = os.path.join(folder or "", "listings-feed-processing-report-schema-v2.json")
    try:
        import jsonschema
    except ImportError:
        return None
    if not folder or not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as text:
        return jsonschema.Draft7Validator(json.load(text))


GROUPS = (check_patches, check_prices, check_refusals, check_headers, check_state_files, check_reports)
