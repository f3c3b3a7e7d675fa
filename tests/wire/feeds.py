"""wire/feeds: what the local SP-API makes of the feeds it is given: listings, orders, processing reports.

    feeds.py SPAPI [SCHEMAS]       prints "feeds: N of N"

SCHEMAS: the folder of Amazon's schemas; the reports of listings feeds are held against theirs, where it and jsonschema are.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

US = "ATVPDKIKX0DER"
AGENT = "feeds/1 (Language=Python)"
FILES = ["refuse.txt", "drop.txt", "dropped.txt", "dropped-count", "nameless.txt", "late.txt", "now.txt", "fba.tsv", "account.txt"]
FOLDERS = ["listings", "orders", "adjustments", "reports", "served", "results"]


class Amazon:
    """The server, its state, and the calls of a seller."""

    def __init__(self, spapi, state):
        self.state = state
        words = [spapi, "--state", state, "--speed", "1000000", "--until-eof"]
        if os.environ.get("WIRE_LOG"):  # to be held against Amazon's models
            words += ["--log", os.environ["WIRE_LOG"]]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        form = {"grant_type": "refresh_token", "refresh_token": "Atzr|sandbox", "client_secret": "sandbox-secret",
                "client_id": "amzn1.application-oa2-client.sandbox"}
        with urllib.request.urlopen(self.url + "/auth/o2/token", urllib.parse.urlencode(form).encode()) as answer:
            self.token = json.load(answer)["access_token"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def fresh(self, **files):
        for name in FOLDERS:
            shutil.rmtree(os.path.join(self.state, name), ignore_errors=True)
        for name in FILES:
            if os.path.exists(os.path.join(self.state, name)):
                os.remove(os.path.join(self.state, name))
        for name, text in {"now": "2026-11-20T00:00:00Z", **files}.items():
            self.put(name + ".txt", text)

    def put(self, name, text):
        path = os.path.join(self.state, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def get(self, name):
        path = os.path.join(self.state, name)
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as text:
            return text.read()

    def call(self, method, path, body=None, raw=False):
        headers = {"x-amz-access-token": self.token, "User-Agent": AGENT, "Content-Type": "application/json"}
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        return text if raw else json.loads(text)

    def document(self, url):
        with urllib.request.urlopen(url) as answer:
            return answer.read().decode()

    def submit(self, kind, body):
        """The feed's id."""
        document = self.call("POST", "/feeds/2021-06-30/documents", {"contentType": "text/plain; charset=UTF-8"})
        put = urllib.request.Request(document["url"], body.encode(), {"Content-Type": "text/plain; charset=UTF-8"}, method="PUT")
        urllib.request.urlopen(put).close()
        asked = {"feedType": kind, "marketplaceIds": [US], "inputFeedDocumentId": document["feedDocumentId"]}
        return self.call("POST", "/feeds/2021-06-30/feeds", asked)["feedId"]

    def result(self, feed):
        """How it ended, its report, and how often it had to be asked."""
        for polls in range(1, 50):
            shown = self.call("GET", f"/feeds/2021-06-30/feeds/{feed}")
            if shown["processingStatus"] != "IN_PROGRESS":
                url = self.call("GET", f"/feeds/2021-06-30/documents/{shown['resultFeedDocumentId']}")["url"]
                return shown["processingStatus"], self.document(url), polls
        raise RuntimeError("the feed never ends")

    def feed(self, kind, body):
        return self.result(self.submit(kind, body))[1]

    def order(self, order):
        return json.loads(self.get(f"orders/{order}.json"))


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what, good, said=""):
        self.passed += bool(good)
        if not good:
            self.failed += 1
            print(f"feeds: {what}\n{said}", file=sys.stderr)


# --- listings ---


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
    check("one message is processed and accepted", feed.summary == {"errors": 0, "warnings": 0, "messagesProcessed": 1, "messagesAccepted": 1, "messagesInvalid": 0}, feed.summary)
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
    feed.one("PAN 10/A", patch("replace", AVAILABILITY, stock(None, "AMAZON_NA")), patch("delete", AVAILABILITY, {"fulfillment_channel_code": "DEFAULT"}))
    check("a switch of the channel is a deletion and an addition", feed.attribute("PAN 10/A", AVAILABILITY) == [stock(None, "AMAZON_NA")] and not feed.report["issues"])
    feed.submit([{"messageId": 1, "sku": "PAN 10/A", "operationType": "DELETE"}])
    check("a deletion removes the listing", feed.listing("PAN 10/A") is None)


def check_prices(check, feed):
    feed.amazon.fresh()
    sale = {"discounted_price": [{"schedule": [{"value_with_tax": 8, "start_at": "2026-11-01", "end_at": "2026-12-01"}]}]}
    feed.submit([whole(1, "POT", "UPDATE", purchasable_offer=[offer(12, **sale)], fulfillment_availability=[stock(3)])])
    text = json.dumps({"header": {"sellerId": "A", "version": "2.0"}, "messages": [message(1, "POT", patch("merge", OFFER, offer("@")))]})
    feed.submit(text.replace('"@"', "9.90"))
    check("a price keeps its digits", '"value_with_tax": 9.90' in feed.amazon.get("listings/POT.json"), feed.amazon.get("listings/POT.json"))
    check("merging a price keeps the sale", "discounted_price" in feed.attribute("POT", OFFER)[0])
    shown = feed.amazon.call("GET", f"/listings/2021-08-01/items/A1/POT?marketplaceIds={US}", raw=True)
    check("getListingsItem shows them so", '"value_with_tax":9.90' in shown, shown)
    check("and all three in one form", set(json.loads(shown)) == {"sku", "productType", "attributes"}, shown)
    feed.one("POT", patch("merge", OFFER, {**offer(5), "currency": "CAD"}))
    check("another currency is another offer", [o["currency"] for o in feed.attribute("POT", OFFER)] == ["USD", "CAD"])
    feed.one("POT", patch("merge", OFFER, {**offer(7), "audience": "B2B"}))
    check("another audience too", [o.get("audience") for o in feed.attribute("POT", OFFER)] == ["ALL", "ALL", "B2B"])
    feed.one("POT", patch("replace", OFFER, offer(11)))
    check("replacing a price drops the sale", "discounted_price" not in feed.attribute("POT", OFFER)[0] and len(feed.attribute("POT", OFFER)) == 3)
    for price in (0, -1.5):
        check(f"a price of {price} is refused", is_refused(feed.one("POT", patch("merge", OFFER, offer(price))), "90244"), feed.report)
    check("its attribute is named", feed.report["issues"][0]["attributeName"] == "purchasable_offer.our_price", feed.report)
    check("a price that is a text is refused", is_refused(feed.one("POT", patch("merge", OFFER, offer("9.90"))), "99022"), feed.report)
    check("a sale price of zero is refused", is_refused(feed.one("POT", patch("merge", OFFER, offer(9, discounted_price=[{"schedule": [{"value_with_tax": 0}]}]))), "90244"))
    check("an offer without a currency is refused", is_refused(feed.one("POT", patch("merge", OFFER, {"marketplace_id": US, "our_price": [{"schedule": [{"value_with_tax": 2}]}]})), "90220"), feed.report)
    check("and nothing of it is applied", feed.attribute("POT", OFFER)[0]["our_price"] == offer(11)["our_price"])
    feed.submit([whole(1, "POT", "PARTIAL_UPDATE", fulfillment_availability=[stock(9)])])
    check("a partial update replaces what it names", feed.attribute("POT", AVAILABILITY) == [stock(9)])
    check("and leaves the rest", len(feed.attribute("POT", OFFER)) == 3)
    feed.submit([whole(1, "POT", "UPDATE", fulfillment_availability=[stock(1)])])
    check("an update replaces the whole", set(feed.listing("POT")["attributes"]) == {AVAILABILITY})
    url = f"/listings/2021-08-01/items/A1/POT?marketplaceIds={US}"
    asked = {"productType": "PRODUCT", "patches": [patch("merge", AVAILABILITY, stock(4))]}
    check("patchListingsItem changes the same file", feed.amazon.call("PATCH", url, asked)["status"] == "ACCEPTED" and feed.attribute("POT", AVAILABILITY) == [stock(4)])
    asked["patches"] = [patch("merge", AVAILABILITY, stock(-1))]
    said = feed.amazon.call("PATCH", url, asked)
    check("and refuses what a feed refuses", said["status"] == "INVALID" and said["issues"][0]["code"] == "99010" and feed.attribute("POT", AVAILABILITY) == [stock(4)], said)


def check_refusals(check, feed):
    feed.amazon.fresh()
    feed.submit([whole(1, "CUP", "UPDATE", fulfillment_availability=[stock(3)])])
    put = lambda *value: feed.one("CUP", patch("merge", AVAILABILITY, *value))  # noqa: E731
    check("a patch of no listing is refused", is_refused(feed.one("NONE", patch("merge", AVAILABILITY, stock(1))), "8541"), feed.report)
    check("so is its partial update", is_refused(feed.submit([whole(1, "NONE", "PARTIAL_UPDATE", fulfillment_availability=[stock(1)])]), "8541"))
    check("the issue names message and SKU", (feed.report["issues"][0]["messageId"], feed.report["issues"][0]["sku"]) == (1, "NONE"), feed.report)
    check("the summary counts it", (feed.summary["messagesInvalid"], feed.summary["messagesAccepted"], feed.summary["errors"]) == (1, 0, 1), feed.summary)
    check("a negative quantity is refused", is_refused(put(stock(-3)), "99010", "-3"), feed.report)
    check("a broken quantity is refused", is_refused(put(stock(1.5)), "99010"), feed.report)
    check("no channel code is a bad request", is_refused(put({"quantity": 3}), "BAD_REQUEST", "Invalid parameters provided"), feed.report)
    check("an unknown channel code is refused", is_refused(put(stock(3, "default")), "99010"), feed.report)
    check("DEFAULT needs a quantity", is_refused(feed.one("CUP", patch("replace", AVAILABILITY, stock(None))), "90220"), feed.report)
    check("unless the listing has one and it is merged", put(stock(None, lead_time_to_ship_max_days=3)) == [], feed.report)
    check("none of it changed the quantity", feed.attribute("CUP", AVAILABILITY)[0]["quantity"] == 3)
    check("a patch needs a product type", is_refused(feed.one("CUP", patch("merge", AVAILABILITY, stock(1)), productType=""), "4000001", "productType"), feed.report)
    check("and patches", is_refused(feed.one("CUP"), "4000001", "patches"), feed.report)
    check("and no attributes", is_refused(feed.one("CUP", patch("merge", AVAILABILITY, stock(1)), attributes={"a": []}), "4000001", "attributes"), feed.report)
    check("an update needs attributes", is_refused(feed.submit([whole(1, "CUP", "UPDATE")]), "4000001", "attributes"), feed.report)
    check("an operation that is none is refused", is_refused(feed.one("CUP", operationType="PUT"), "4000001", "PUT"), feed.report)
    check("a deep path is refused", is_refused(feed.one("CUP", patch("replace", "fulfillment_availability/0", stock(1))), "4000001"), feed.report)
    check("an op that is none is refused", is_refused(feed.one("CUP", patch("test", AVAILABILITY, stock(1))), "4000001"), feed.report)
    issues = feed.submit([message(5, "CUP", patch("merge", AVAILABILITY, stock(6))), message(5, "CUP", patch("merge", AVAILABILITY, stock(9)))])
    check("the second message of an id is refused", is_refused(issues, "4000001", "5") and feed.attribute("CUP", AVAILABILITY)[0]["quantity"] == 6, issues)
    check("an id from 1 on is needed", len(feed.submit([message(0, "CUP", patch("merge", AVAILABILITY, stock(6)))])) == 1 and "messageId" not in feed.report["issues"][0], feed.report)
    feed.amazon.put("listings/A-REFUSED.json", '{"sku": "A-REFUSED", "productType": "X", "attributes": {}}')
    check("what holds REFUSE is refused", is_refused(feed.one("A-REFUSED", patch("merge", AVAILABILITY, stock(6))), "8541"), feed.report)
    issues = feed.one("CUP", patch("replace", AVAILABILITY, stock(None, "AMAZON_NA")))
    check("a double offer is a warning", len(issues) == 1 and issues[0]["code"] == "99300" and issues[0]["severity"] == "WARNING", issues)
    check("and is applied all the same", len(feed.attribute("CUP", AVAILABILITY)) == 2 and feed.summary["messagesAccepted"] == 1 and feed.summary["warnings"] == 1, feed.summary)
    issues = put(stock(2))
    check("so is a quantity of a SKU that Amazon holds", len(issues) == 1 and issues[0]["code"] == "99300", issues)
    check("not when the message deletes Amazon's", feed.one("CUP", patch("merge", AVAILABILITY, stock(2)), patch("delete", AVAILABILITY, stock(None, "AMAZON_NA"))) == [], feed.report)


def check_headers(check, feed):
    feed.amazon.fresh()
    good = [whole(1, "CUP", "UPDATE", fulfillment_availability=[stock(3)])]
    for what, header in (("no sellerId", {"version": "2.0"}), ("version 1.0", {"sellerId": "A", "version": "1.0"})):
        issues = feed.submit(good, header)
        check(f"a header of {what} refuses the feed", len(issues) == 1 and "messageId" not in issues[0] and feed.status == "FATAL", feed.report)
    check("what is no JSON is refused", len(feed.submit("{")) == 1 and feed.status == "FATAL", feed.report)
    check("no messages are refused", len(feed.submit([])) == 1 and feed.status == "FATAL", feed.report)
    feed.amazon.put("account.txt", "seller-id = A1OURS\n")
    check("another seller is refused", len(feed.submit(good)) == 1 and feed.status == "FATAL", feed.report)
    check("none of them is applied", feed.listing("CUP") is None)
    check("the seller himself is not", feed.submit(good, {"sellerId": "A1OURS", "version": "2.0"}) == [] and feed.status == "DONE", feed.report)


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
    check("the count goes on", amazon.get("dropped-count").strip() == "9" and amazon.get("dropped.txt").split() == ["PAN", "MUG", "LID"], amazon.get("dropped.txt"))
    check("a dropped change leaves what was there", feed.attribute("LID", AVAILABILITY) == [stock(5)])
    amazon.put("results/JSON_LISTINGS_FEED", '{"header": {"sellerId": "A", "version": "2.0", "feedId": "1"}, "issues": [], "summary": {"errors": 0, "warnings": 0, "messagesProcessed": 9, "messagesAccepted": 9, "messagesInvalid": 0}}')
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
    check("the listings make the report", said == {"CUP": ("9.5", "3", "DEFAULT", "Active"), "POT": ("7", "", "AMAZON_NA", "Active"), "PAN": ("7", "0", "DEFAULT", "Inactive")}, said)
    check("a tab in a name is a blank", rows["CUP"]["item-name"] == "A pan" and rows["CUP"]["item-is-marketplace"] == "")
    check("it may be asked for again", len(rows_of(feed.amazon, kind)) == 3)
    feed.amazon.put(f"reports/{kind}/a.txt", "seller-sku\nONE\n")
    check("a document that lies there goes before", rows_of(feed.amazon, kind) == [{"seller-sku": "ONE"}])
    check("and is served once", rows_of(feed.amazon, kind) == "CANCELLED")
    check("no FBA stock: cancelled", rows_of(feed.amazon, fba) == "CANCELLED")
    feed.amazon.put("fba.tsv", "sku\tafn-fulfillable-quantity\nPOT\t12\n")
    check("fba.tsv is the report of FBA stock", rows_of(feed.amazon, fba) == [{"sku": "POT", "afn-fulfillable-quantity": "12"}])


# --- orders ---


def make_order(amazon, number="1", status="UNSHIPPED", by="MERCHANT"):
    items = [{"orderItemId": f"9{number}{n}", "quantityOrdered": quantity, "product": {"sellerSku": f"SKU-{n}"},
              "proceeds": {"breakdowns": [{"type": "ITEM", "subtotal": {"amount": "20.00", "currencyCode": "USD"}}]},
              "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": quantity}} for n, quantity in ((1, 3), (2, 1))]
    order = {"orderId": f"900-000000{number}-0000001", "createdTime": "2026-11-14T10:00:00Z", "lastUpdatedTime": "2026-11-14T10:30:00Z",
             "salesChannel": {"channelName": "AMAZON"}, "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": by}, "orderItems": items}
    amazon.put(f"orders/{order['orderId']}.json", json.dumps(order))
    return order["orderId"]


def envelope(kind, *bodies, numbers=None):
    messages = "".join(f"<Message><MessageID>{(numbers or range(1, 99))[i]}</MessageID><{kind}>{body}</{kind}></Message>" for i, body in enumerate(bodies))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope><Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>A1</MerchantIdentifier></Header><MessageType>{kind}</MessageType>{messages}</AmazonEnvelope>'


def element(name, *inner):
    return f"<{name}>{''.join(str(one) for one in inner)}</{name}>"


def parcel(order, *items, date="2026-11-15T10:00:00Z", carrier=element("CarrierCode", "UPS"), tracking="1Z1"):
    data = element("FulfillmentData", carrier, element("ShippingMethod", "Ground"), element("ShipperTrackingNumber", tracking))
    rows = [element("Item", element("AmazonOrderItemCode", code), element("Quantity", quantity)) for code, quantity in items]
    return element("AmazonOrderID", order) + element("FulfillmentDate", date) + data + "".join(rows)


class Report:
    """An XML processing report: its counts and its results."""

    def __init__(self, text):
        self.text, root = text, ET.fromstring(text)
        count = lambda name: int(root.find(f".//ProcessingSummary/{name}").text)  # noqa: E731
        self.counts = tuple(count("Messages" + name) for name in ("Processed", "Successful", "WithError", "WithWarning"))
        self.status = root.find(".//StatusCode").text
        self.results = [tuple(result.findtext(name) for name in ("MessageID", "ResultCode", "ResultMessageCode")) for result in root.iter("Result")]
        self.infos = [{e.tag: e.text for e in result.find("AdditionalInfo") or []} for result in root.iter("Result")]

    def refused(self, code):
        return self.counts == (1, 0, 1, 0) and [r[1:] for r in self.results] == [("Error", code)]


def shipments(amazon, *bodies, **more):
    return Report(amazon.feed("POST_ORDER_FULFILLMENT_DATA", envelope("OrderFulfillment", *bodies, **more)))


def status_of(amazon, order):
    return amazon.order(order)["fulfillment"]["fulfillmentStatus"]


def counts_of(amazon, order):
    return [(i["fulfillment"]["quantityFulfilled"], i["fulfillment"]["quantityUnfulfilled"]) for i in amazon.order(order)["orderItems"]]


def check_shipments(check, amazon):
    amazon.fresh()
    said = shipments(amazon, parcel("900-0000009-0000009"))
    check("without orders every shipment is accepted", said.counts == (1, 1, 0, 0) and said.status == "Complete" and not said.results, said.text)
    order = make_order(amazon)
    said = shipments(amazon, parcel("900-0000009-0000009"))
    check("an order that is not known is refused", said.refused("18032") and said.infos == [{"AmazonOrderID": "900-0000009-0000009"}], said.text)
    said = shipments(amazon, parcel(order, ("911", 2)))
    check("a part is shipped", said.counts == (1, 1, 0, 0) and status_of(amazon, order) == "PARTIALLY_SHIPPED" and counts_of(amazon, order) == [(2, 1), (0, 1)], said.text)
    package = amazon.order(order)["packages"][0]
    check("a package has its tracking number", (package["trackingNumber"], package["carrier"], package["shipTime"], package["packageItems"]) ==
          ("1Z1", "UPS", "2026-11-15T10:00:00Z", [{"orderItemId": "911", "quantity": 2}]), package)
    said = shipments(amazon, parcel(order, ("911", 2)))
    check("the same shipment again is a warning", said.counts == (1, 1, 0, 1) and said.results == [("1", "Warning", "18039")], said.text)
    check("and changes nothing", counts_of(amazon, order) == [(2, 1), (0, 1)] and len(amazon.order(order)["packages"]) == 1)
    amazon.put("now.txt", "2026-11-21T00:00:00Z")
    shipments(amazon, parcel(order, ("911", 2)))
    check("not even the time of its change", amazon.order(order)["lastUpdatedTime"] == "2026-11-20T00:00:00Z")
    said = shipments(amazon, parcel(order, ("911", 2), tracking="1Z2"))
    check("more than is left is refused", said.refused("18034") and said.infos == [{"SKU": "SKU-1", "AmazonOrderID": order, "AmazonOrderItemCode": "911"}], said.text)
    said = shipments(amazon, parcel(order, ("919", 1), tracking="1Z2"))
    check("an item of another order is refused", said.refused("18033"), said.text)
    said = shipments(amazon, parcel(order, tracking="1Z3"))
    check("without items all that is left is shipped", said.counts == (1, 1, 0, 0) and status_of(amazon, order) == "SHIPPED" and counts_of(amazon, order) == [(3, 0), (1, 0)], said.text)
    check("nothing left is refused", shipments(amazon, parcel(order, tracking="1Z4")).refused("18034"))
    shown = amazon.call("GET", f"/orders/2026-01-01/orders/{order}?includedData=PACKAGES")["order"]
    check("getOrder shows both packages", [p["packageReferenceId"] for p in shown["packages"]] == ["1", "2"], shown)
    check("and when it changed", shown["lastUpdatedTime"] == "2026-11-21T00:00:00Z", shown)
    for status, by in (("CANCELLED", "MERCHANT"), ("PENDING", "MERCHANT"), ("UNSHIPPED", "AMAZON")):
        other = make_order(amazon, "2", status, by)
        check(f"an order {status} by {by} is refused", shipments(amazon, parcel(other)).refused("18038"))


def check_shape(check, amazon):
    amazon.fresh()
    order = make_order(amazon)
    head, date = element("AmazonOrderID", order), element("FulfillmentDate", "2026-11-15T10:00:00Z")
    data = element("FulfillmentData", element("CarrierCode", "UPS"))
    item = element("Item", element("AmazonOrderItemCode", "911"), element("Quantity", 1))
    for what, body, code in (
        ("no order", date + data, "5001"),
        ("no date", head + data, "5001"),
        ("the date before the order", date + head + data, "5001"),
        ("an item before the parcel", head + date + item + data, "5001"),
        ("an unknown element", head + date + data + element("Colour", "red"), "5001"),
        ("no carrier", head + date + element("FulfillmentData", element("ShippingMethod", "x")), "5001"),
        ("the carrier's name after the method", head + date + element("FulfillmentData", element("ShippingMethod", "x"), element("CarrierCode", "UPS")), "5001"),
        ("a date that is none", parcel(order, date="yesterday"), "5002"),
        ("a quantity of none", parcel(order, ("911", 0)), "5002"),
        ("a date to come", parcel(order, date="2099-01-01T00:00:00Z"), "18035"),
        ("a date before the order's", parcel(order, date="2026-11-14T09:59:59Z"), "18036"),
        ("Other without a name", parcel(order, carrier=element("CarrierCode", "Other")), "18037"),
        ("what holds REFUSE", parcel(order, tracking="REFUSED"), "18028"),
    ):
        said = shipments(amazon, body)
        check(f"{what} is refused", said.counts == (1, 0, 1, 0) and all(r[1:] == ("Error", code) for r in said.results) and said.results, said.text)
    check("nothing of it was shipped", counts_of(amazon, order) == [(0, 3), (0, 1)])
    amazon.put("now.txt", "2026-11-15T09:00:00Z")
    check("now.txt is the time", shipments(amazon, parcel(order)).refused("18035"))
    amazon.put("now.txt", "2026-11-20T00:00:00Z")
    said = shipments(amazon, parcel(order, date="2026-11-14T02:00:00-08:00", carrier=element("CarrierCode", "Other") + element("CarrierName", "The Ox & Cart".replace("&", "&amp;"))))
    check("Other with a name is not, nor a date with a zone", said.counts == (1, 1, 0, 0) and amazon.order(order)["packages"][0]["carrier"] == "The Ox & Cart", said.text)
    kind = "POST_ORDER_FULFILLMENT_DATA"
    for what, text in (("broken XML", "<AmazonEnvelope>"), ("another root", "<Feed/>"), ("no header", re.sub("<Header>.*</Header>", "", envelope("OrderFulfillment", parcel(order)))),
                       ("another message type", envelope("OrderAdjustment", parcel(order)))):
        said = Report(amazon.feed(kind, text))
        check(f"{what} refuses the feed", said.status == "Rejected" and said.counts == (0, 0, 1, 0) and said.results[0][0] == "0", said.text)
    said = shipments(amazon, parcel(make_order(amazon, "3")), parcel(make_order(amazon, "4")), numbers=[7, 7])
    check("a message id twice is refused", said.counts == (2, 1, 1, 0) and said.results == [("7", "Error", "5001")], said.text)


def check_order_files(check, amazon):
    amazon.fresh()
    orders = [make_order(amazon, str(n)) for n in range(1, 6)]
    amazon.put("refuse.txt", f"{orders[0]} 18061 Not <this> one\nWARNING {orders[1]} 18062 Mind\n")
    amazon.put("nameless.txt", "2\n")
    said = shipments(amazon, *(parcel(order) for order in orders))
    check("refuse.txt and nameless.txt: the counts", said.counts == (5, 2, 3, 0), said.text)
    check("only those of refuse.txt are named", said.results == [("1", "Error", "18061"), ("2", "Warning", "18062")], said.text)
    check("two are refused without a name", [status_of(amazon, o) for o in orders] == ["UNSHIPPED"] * 3 + ["SHIPPED"] * 2, said.text)
    said = Report(amazon.feed("POST_INVOICE_CONFIRMATION_DATA", envelope("InvoiceConfirmation", "<A/>", "<B>REFUSE</B>", "<C/>", "<D/>")))
    check("what is not known is accepted, but for REFUSE and the nameless", said.counts == (4, 1, 3, 0) and said.results == [("2", "Error", "18028")], said.text)


def acknowledge(amazon, *bodies):
    return Report(amazon.feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", envelope("OrderAcknowledgement", *bodies)))


def check_acknowledgements(check, amazon):
    amazon.fresh()
    order = make_order(amazon)
    head = element("AmazonOrderID", order)
    item = lambda code, reason="": element("Item", element("AmazonOrderItemCode", code), reason and element("CancelReason", reason))  # noqa: E731
    success, failure = element("StatusCode", "Success"), element("StatusCode", "Failure")
    said = acknowledge(amazon, head + element("MerchantOrderID", "SL-100") + success)
    check("an acknowledgement keeps our number", said.counts == (1, 1, 0, 0) and amazon.order(order)["orderAliases"] == [{"aliasId": "SL-100", "aliasType": "SELLER_ORDER_ID"}], said.text)
    for what, body, code in (("a status that is none", head + element("StatusCode", "Maybe"), "5002"), ("no status", head, "5001"),
                             ("a reason that is none", head + failure + item("911", "Whim"), "5002"), ("an item of another order", head + failure + item("999", "NoInventory"), "18033"),
                             ("our number after the status", head + success + element("MerchantOrderID", "X"), "5001")):
        said = acknowledge(amazon, body)
        check(f"acknowledgement: {what} is refused", said.counts == (1, 0, 1, 0) and all(r[2] == code for r in said.results), said.text)
    shipped = Report(amazon.feed("POST_ORDER_FULFILLMENT_DATA", envelope("OrderFulfillment", parcel(order, ("911", 1)).replace(head, element("MerchantOrderID", "SL-100")))))
    check("by which it can be shipped", shipped.counts == (1, 1, 0, 0) and counts_of(amazon, order)[0] == (1, 2), shipped.text)
    check("a shipped order cannot fail", acknowledge(amazon, head + failure).refused("18038"))
    other = make_order(amazon, "2")
    said = acknowledge(amazon, element("AmazonOrderID", other) + failure + item("921", "NoInventory"))
    check("a failure cancels the order", said.counts == (1, 1, 0, 0) and status_of(amazon, other) == "CANCELLED" and counts_of(amazon, other) == [(0, 0), (0, 0)], said.text)
    check("by whom and why", amazon.order(other)["orderItems"][0]["cancellation"]["cancellationExecution"] == {"cancelledBy": "MERCHANT", "cancelReason": "NoInventory"})
    check("a second one is a warning", acknowledge(amazon, element("AmazonOrderID", other) + failure).counts == (1, 1, 0, 1))
    check("a success after it is refused", acknowledge(amazon, element("AmazonOrderID", other) + success).refused("18038"))


def adjustment(order, code="911", reason="CustomerReturn", amount="15.00", kind="Principal", number="R1", action="Refund", cancelled=""):
    price = element("ItemPriceAdjustments", element("Component", element("Type", kind), f'<Amount currency="USD">{amount}</Amount>')) if amount else ""
    return (element("AmazonOrderID", order) + element("ActionType", action) +
            element("AdjustedItem", element("AmazonOrderItemCode", code), element("MerchantAdjustmentItemID", number), element("AdjustmentReason", reason), price,
                    cancelled and element("QuantityCancelled", cancelled)))


def check_adjustments(check, amazon):
    amazon.fresh()
    order = make_order(amazon)
    adjust = lambda *bodies: Report(amazon.feed("POST_PAYMENT_ADJUSTMENT_DATA", envelope("OrderAdjustment", *bodies)))  # noqa: E731
    check("a refund before the shipment is refused", adjust(adjustment(order)).refused("18038"))
    said = adjust(adjustment(order, "912", "NoInventory", "", action="Cancel", cancelled="1"))
    check("an item is cancelled", said.counts == (1, 1, 0, 0) and counts_of(amazon, order) == [(0, 3), (0, 0)] and status_of(amazon, order) == "UNSHIPPED", said.text)
    check("not more than is left", adjust(adjustment(order, "912", "NoInventory", "", action="Cancel", cancelled="1", number="R9")).refused("18034"))
    shipments(amazon, parcel(order))
    said = adjust(adjustment(order))
    check("a refund after it is accepted", said.counts == (1, 1, 0, 0), said.text)
    kept = json.loads(amazon.get(f"adjustments/{order}.json"))
    check("and kept", [(k["orderItemId"], k["reason"], k["merchantItem"], k["components"]) for k in kept] ==
          [("911", "CustomerReturn", "R1", [{"type": "Principal", "amount": "15.00", "currency": "USD"}])], kept)
    said = adjust(adjustment(order))
    check("a refund twice is a warning", said.counts == (1, 1, 0, 1) and len(json.loads(amazon.get(f"adjustments/{order}.json"))) == 1, said.text)
    check("more than was paid is refused", adjust(adjustment(order, amount="5.01", number="R2")).refused("18041"))
    for what, body, code in (("a reason that is none", adjustment(order, reason="Whim", number="R3"), "5002"), ("a component that is none", adjustment(order, kind="Tip", number="R3"), "5002"),
                             ("an amount that is none", adjustment(order, amount="x", number="R3"), "5002"), ("an action that is none", adjustment(order, action="Pay", number="R3"), "5002"),
                             ("no currency", adjustment(order, number="R3").replace(' currency="USD"', ""), "5001"), ("no item", element("AmazonOrderID", order), "5001"),
                             ("an item of another order", adjustment(order, "999", number="R3"), "18033")):
        check(f"adjustment: {what} is refused", adjust(body).refused(code), amazon)


# --- flat files ---

COLUMNS = ["order-id", "order-item-id", "quantity", "ship-date", "carrier-code", "carrier-name", "tracking-number", "ship-method"]


class Flat:
    def __init__(self, text):
        self.text = text
        numbers = [int(n) for n in re.findall(r"Number of records \w+\t+(\d+)", text)]
        self.processed, self.good = numbers
        self.rows = [tuple(line.split("\t")[:4]) for line in text.split("original-record-number")[1].strip().split("\n")[1:]]

    def refused(self, code):
        return (self.processed, self.good) == (1, 0) and [r[2:] for r in self.rows] == [(code, "Error")]


def check_flat(check, amazon):
    amazon.fresh()
    flat = lambda *rows, columns=COLUMNS: Flat(amazon.feed("POST_FLAT_FILE_FULFILLMENT_DATA", "\r\n".join("\t".join(row) for row in [columns, *rows]) + "\r\n"))  # noqa: E731
    row = lambda order, item="", quantity="", date="2026-11-15T10:00:00Z", code="UPS", name="", tracking="1Z1": (order, item, quantity, date, code, name, tracking, "Ground")  # noqa: E731
    said = flat(row("900-1"), row("900-2"))
    check("flat: without orders all is accepted", (said.processed, said.good, said.rows) == (2, 2, []), said.text)
    order = make_order(amazon)
    said = flat(row(order, "911", "2"), row(order, "912", "1"), row("900-2"))
    check("flat: a row names what is refused", (said.processed, said.good, said.rows) == (3, 2, [("3", "900-2", "18032", "Error")]), said.text)
    check("flat: two rows make one package", counts_of(amazon, order) == [(2, 1), (1, 0)] and len(amazon.order(order)["packages"]) == 1 and status_of(amazon, order) == "PARTIALLY_SHIPPED")
    said = flat(row(order, "911", "2"))
    check("flat: the same again is a warning", (said.processed, said.good, said.rows) == (1, 1, [("1", order, "18039", "Warning")]), said.text)
    for what, cells, code in (("more than is left", row(order, "911", "2", tracking="1Z2"), "18034"), ("an item of another order", row(order, "999", "1"), "18033"),
                              ("a quantity that is none", row(order, "911", "two"), "5002"), ("a quantity of no item", row(order, "", "1"), "5001"), ("no date", row(order, date=""), "5001"),
                              ("no carrier", row(order, code=""), "5001"), ("Other without a name", row(order, code="Other"), "18037"),
                              ("a date to come", row(order, date="2099-01-01"), "18035"), ("a day before the order's", row(order, date="2026-11-13"), "18036"),
                              ("what holds REFUSE", row(order, tracking="REFUSED"), "18028")):
        said = flat(cells)
        check(f"flat: {what} is refused", said.refused(code), said.text)
    check("flat: the day of the order is good", flat(row(order, date="2026-11-14", tracking="1Z9")).good == 1 and status_of(amazon, order) == "SHIPPED")
    said = flat(row(order), columns=["order", *COLUMNS[1:]])
    check("flat: a header without order-id refuses all", (said.processed, said.good, said.rows[0][0]) == (1, 0, "0"), said.text)
    other = make_order(amazon, "2")
    amazon.put("refuse.txt", f"{other} 18061 Not this one\n")
    check("flat: refuse.txt", flat(row(other)).rows == [("1", other, "18061", "Error")])
    said = Flat(amazon.feed("POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA", f"TemplateType=OrderCancellation\norder-id\tcancellation-reason-code\n{order}\tNoInventory\nREFUSED-1\tNoInventory\n"))
    check("another flat file: only REFUSE is refused", (said.processed, said.good, said.rows) == (2, 1, [("2", "REFUSED-1", "18028", "Error")]), said.text)


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


def main(spapi, schemas=None):
    state, check = tempfile.mkdtemp(prefix="sluice-feeds-"), Checks()
    amazon = Amazon(spapi, state)
    try:
        listings = Listings(amazon, schema_of(schemas))
        for group in (check_patches, check_prices, check_refusals, check_headers, check_state_files, check_reports):
            group(check, listings)
        for group in (check_shipments, check_shape, check_order_files, check_acknowledgements, check_adjustments, check_flat):
            group(check, amazon)
        if listings.schema:
            check(f"the {listings.reports} reports are as Amazon's schema says", not listings.wrong, listings.wrong[:5])
    finally:
        amazon.close()
        shutil.rmtree(state)
    print(f"feeds: {check.passed} of {check.passed + check.failed}")
    return check.failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
