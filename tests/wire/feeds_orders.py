"""wire/feeds_orders: shipments, acknowledgements and adjustments change the orders, in XML and in flat files."""
import json
import re
import xml.etree.ElementTree as ET

def make_order(amazon, number="1", status="UNSHIPPED", by="MERCHANT"):
    items = [{"orderItemId": f"9{number}{n}", "quantityOrdered": quantity, "product": {"sellerSku": f"SKU-{n}"},
              "proceeds": {"breakdowns": [{"type": "ITEM", "subtotal": {"amount": "20.00", "currencyCode": "USD"}}]},
              "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": quantity}} for n, quantity in ((1, 3), (2, 1))]
    order = {"orderId": f"900-000000{number}-0000001", "createdTime": "2026-11-14T10:00:00Z", "lastUpdatedTime": "2026-11-14T10:30:00Z",
             "salesChannel": {"channelName": "AMAZON"}, "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": by}, "orderItems": items}
    amazon.put(f"orders/{order['orderId']}.json", json.dumps(order))
    return order["orderId"]


def envelope(kind, *bodies, numbers=None):
    numbers = numbers or range(1, 99)
    messages = [f"<Message><MessageID>{number}</MessageID><{kind}>{body}</{kind}></Message>" for number, body in zip(numbers, bodies)]
    header = "<Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>A1</MerchantIdentifier></Header>"
    return f"<AmazonEnvelope>{header}<MessageType>{kind}</MessageType>{''.join(messages)}</AmazonEnvelope>"


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
        self.results = [tuple(result.findtext(name) for name in ("MessageID", "ResultCode", "ResultMessageCode"))
                        for result in root.iter("Result")]
        self.infos = [{e.tag: e.text for e in result.find("AdditionalInfo") or []} for result in root.iter("Result")]

    def taken(self):
        return self.counts == (1, 1, 0, 0)

    def refused(self, code):
        return self.counts == (1, 0, 1, 0) and [r[1:] for r in self.results] == [("Error", code)]


def shipments(amazon, *bodies, **more):
    return Report(amazon.feed("POST_ORDER_FULFILLMENT_DATA", envelope("OrderFulfillment", *bodies, **more)))


def status_of(amazon, order):
    return amazon.order(order)["fulfillment"]["fulfillmentStatus"]


def counts_of(amazon, order):
    return [(i["fulfillment"]["quantityFulfilled"], i["fulfillment"]["quantityUnfulfilled"]) for i in amazon.order(order)["orderItems"]]


def stands(amazon, order, status, *counts):
    """The order's status, and of each item what is shipped and what is left."""
    return status_of(amazon, order) == status and counts_of(amazon, order) == list(counts)


def check_shipments(check, amazon):
    amazon.fresh()
    said = shipments(amazon, parcel("900-0000009-0000009"))
    check("without orders every shipment is accepted", said.taken() and said.status == "Complete" and not said.results,
          said.text)
    order = make_order(amazon)
    said = shipments(amazon, parcel("900-0000009-0000009"))
    check("an order that is not known is refused", said.refused("18032") and said.infos == [{"AmazonOrderID": "900-0000009-0000009"}],
          said.text)
    said = shipments(amazon, parcel(order, ("911", 2)))
    check("a part is shipped", said.taken() and stands(amazon, order, "PARTIALLY_SHIPPED", (2, 1), (0, 1)), said.text)
    package = amazon.order(order)["packages"][0]
    check("a package has its tracking number",
          (package["trackingNumber"], package["carrier"], package["shipTime"], package["packageItems"]) ==
          ("1Z1", "UPS", "2026-11-15T10:00:00Z", [{"orderItemId": "911", "quantity": 2}]), package)
    said = shipments(amazon, parcel(order, ("911", 2)))
    check("the same shipment again is a warning", said.counts == (1, 1, 0, 1) and said.results == [("1", "Warning", "18039")], said.text)
    check("and changes nothing", counts_of(amazon, order) == [(2, 1), (0, 1)] and len(amazon.order(order)["packages"]) == 1)
    amazon.put("now.txt", "2026-11-21T00:00:00Z")
    shipments(amazon, parcel(order, ("911", 2)))
    check("not even the time of its change", amazon.order(order)["lastUpdatedTime"] == "2026-11-20T00:00:00Z")
    said = shipments(amazon, parcel(order, ("911", 2), tracking="1Z2"))
    check("more than is left is refused",
          said.refused("18034") and said.infos == [{"SKU": "SKU-1", "AmazonOrderID": order, "AmazonOrderItemCode": "911"}], said.text)
    said = shipments(amazon, parcel(order, ("919", 1), tracking="1Z2"))
    check("an item of another order is refused", said.refused("18033"), said.text)
    said = shipments(amazon, parcel(order, tracking="1Z3"))
    check("without items all that is left is shipped", said.taken() and stands(amazon, order, "SHIPPED", (3, 0), (1, 0)), said.text)
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
        ("the carrier's name after the method",
         head + date + element("FulfillmentData", element("ShippingMethod", "x"), element("CarrierCode", "UPS")), "5001"),
        ("a date that is none", parcel(order, date="yesterday"), "5002"),
        ("a quantity of none", parcel(order, ("911", 0)), "5002"),
        ("a date to come", parcel(order, date="2099-01-01T00:00:00Z"), "18035"),
        ("a date before the order's", parcel(order, date="2026-11-14T09:59:59Z"), "18036"),
        ("Other without a name", parcel(order, carrier=element("CarrierCode", "Other")), "18037"),
        ("what holds REFUSE", parcel(order, tracking="REFUSED"), "18028"),
    ):
        said = shipments(amazon, body)
        check(f"{what} is refused", said.counts == (1, 0, 1, 0) and all(r[1:] == ("Error", code) for r in said.results) and said.results,
              said.text)
    check("nothing of it was shipped", counts_of(amazon, order) == [(0, 3), (0, 1)])
    amazon.put("now.txt", "2026-11-15T09:00:00Z")
    check("now.txt is the time", shipments(amazon, parcel(order)).refused("18035"))
    amazon.put("now.txt", "2026-11-20T00:00:00Z")
    said = shipments(amazon,
                     parcel(order, date="2026-11-14T02:00:00-08:00",
                            carrier=element("CarrierCode", "Other") + element("CarrierName", "The Ox & Cart".replace("&", "&amp;"))))
    check("Other with a name is not, nor a date with a zone",
          said.taken() and amazon.order(order)["packages"][0]["carrier"] == "The Ox & Cart", said.text)
    kind = "POST_ORDER_FULFILLMENT_DATA"
    for what, text in (("broken XML", "<AmazonEnvelope>"), ("another root", "<Feed/>"),
                       ("no header", re.sub("<Header>.*</Header>", "", envelope("OrderFulfillment", parcel(order)))),
                       ("another message type", envelope("OrderAdjustment", parcel(order)))):
        said = Report(amazon.feed(kind, text))
        check(f"{what} refuses the feed", said.status == "Rejected" and said.counts == (0, 0, 1, 0) and said.results[0][0] == "0",
              said.text)
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
    check("what is not known is accepted, but for REFUSE and the nameless",
          said.counts == (4, 1, 3, 0) and said.results == [("2", "Error", "18028")], said.text)


def acknowledge(amazon, *bodies):
    return Report(amazon.feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", envelope("OrderAcknowledgement", *bodies)))


def check_acknowledgements(check, amazon):
    amazon.fresh()
    order = make_order(amazon)
    head = element("AmazonOrderID", order)
    item = lambda code, reason: element("Item", element("AmazonOrderItemCode", code), element("CancelReason", reason))  # noqa: E731
    success, failure = element("StatusCode", "Success"), element("StatusCode", "Failure")
    said = acknowledge(amazon, head + element("MerchantOrderID", "SL-100") + success)
    alias = [{"aliasId": "SL-100", "aliasType": "SELLER_ORDER_ID"}]
    check("an acknowledgement keeps our number", said.taken() and amazon.order(order)["orderAliases"] == alias, said.text)
    for what, body, code in (
        ("a status that is none", head + element("StatusCode", "Maybe"), "5002"),
        ("no status", head, "5001"),
        ("a reason that is none", head + failure + item("911", "Whim"), "5002"),
        ("an item of another order", head + failure + item("999", "NoInventory"), "18033"),
        ("our number after the status", head + success + element("MerchantOrderID", "X"), "5001"),
    ):
        said = acknowledge(amazon, body)
        check(f"acknowledgement: {what} is refused", said.counts == (1, 0, 1, 0) and all(r[2] == code for r in said.results), said.text)
    said = shipments(amazon, parcel(order, ("911", 1)).replace(head, element("MerchantOrderID", "SL-100")))
    check("by which it can be shipped", said.taken() and stands(amazon, order, "PARTIALLY_SHIPPED", (1, 2), (0, 1)), said.text)
    check("a shipped order cannot fail", acknowledge(amazon, head + failure).refused("18038"))
    other = make_order(amazon, "2")
    said = acknowledge(amazon, element("AmazonOrderID", other) + failure + item("921", "NoInventory"))
    check("a failure cancels the order", said.taken() and stands(amazon, other, "CANCELLED", (0, 0), (0, 0)), said.text)
    cancelled = amazon.order(other)["orderItems"][0]["cancellation"]["cancellationExecution"]
    check("by whom and why", cancelled == {"cancelledBy": "MERCHANT", "cancelReason": "NoInventory"}, cancelled)
    check("a second one is a warning", acknowledge(amazon, element("AmazonOrderID", other) + failure).counts == (1, 1, 0, 1))
    check("a success after it is refused", acknowledge(amazon, element("AmazonOrderID", other) + success).refused("18038"))


def adjustment(order, code="911", reason="CustomerReturn", amount="15.00", kind="Principal", number="R1", action="Refund", cancelled=""):
    price = element("ItemPriceAdjustments",
                    element("Component", element("Type", kind), f'<Amount currency="USD">{amount}</Amount>')) if amount else ""
    return (element("AmazonOrderID", order) + element("ActionType", action) +
            element("AdjustedItem", element("AmazonOrderItemCode", code), element("MerchantAdjustmentItemID", number),
                    element("AdjustmentReason", reason), price,
                    cancelled and element("QuantityCancelled", cancelled)))


def check_adjustments(check, amazon):
    amazon.fresh()
    order = make_order(amazon)
    adjust = lambda *bodies: Report(amazon.feed("POST_PAYMENT_ADJUSTMENT_DATA", envelope("OrderAdjustment", *bodies)))  # noqa: E731
    check("a refund before the shipment is refused", adjust(adjustment(order)).refused("18038"))
    said = adjust(adjustment(order, "912", "NoInventory", "", action="Cancel", cancelled="1"))
    check("an item is cancelled", said.taken() and stands(amazon, order, "UNSHIPPED", (0, 3), (0, 0)), said.text)
    check("not more than is left",
          adjust(adjustment(order, "912", "NoInventory", "", action="Cancel", cancelled="1", number="R9")).refused("18034"))
    shipments(amazon, parcel(order))
    said = adjust(adjustment(order))
    check("a refund after it is accepted", said.taken(), said.text)
    kept = json.loads(amazon.get(f"adjustments/{order}.json"))
    check("and kept", [(k["orderItemId"], k["reason"], k["merchantItem"], k["components"]) for k in kept] ==
          [("911", "CustomerReturn", "R1", [{"type": "Principal", "amount": "15.00", "currency": "USD"}])], kept)
    said = adjust(adjustment(order))
    check("a refund twice is a warning", said.counts == (1, 1, 0, 1) and len(json.loads(amazon.get(f"adjustments/{order}.json"))) == 1,
          said.text)
    check("more than was paid is refused", adjust(adjustment(order, amount="5.01", number="R2")).refused("18041"))
    for what, body, code in (
        ("a reason that is none", adjustment(order, reason="Whim", number="R3"), "5002"),
        ("a component that is none", adjustment(order, kind="Tip", number="R3"), "5002"),
        ("an amount that is none", adjustment(order, amount="x", number="R3"), "5002"),
        ("an action that is none", adjustment(order, action="Pay", number="R3"), "5002"),
        ("no currency", adjustment(order, number="R3").replace(' currency="USD"', ""), "5001"),
        ("no item", element("AmazonOrderID", order), "5001"),
        ("an item of another order", adjustment(order, "999", number="R3"), "18033"),
    ):
        check(f"adjustment: {what} is refused", adjust(body).refused(code))


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


def row(order, item="", quantity="", date="2026-11-15T10:00:00Z", code="UPS", name="", tracking="1Z1"):
    return (order, item, quantity, date, code, name, tracking, "Ground")


def confirm(amazon, *rows):
    return Flat(amazon.feed("POST_FLAT_FILE_FULFILLMENT_DATA", "".join("\t".join(cells) + "\r\n" for cells in rows)))


def check_flat(check, amazon):
    amazon.fresh()
    flat = lambda *rows, columns=COLUMNS: confirm(amazon, columns, *rows)  # noqa: E731
    said = flat(row("900-1"), row("900-2"))
    check("flat: without orders all is accepted", (said.processed, said.good, said.rows) == (2, 2, []), said.text)
    order = make_order(amazon)
    said = flat(row(order, "911", "2"), row(order, "912", "1"), row("900-2"))
    check("flat: a row names what is refused", (said.processed, said.good, said.rows) == (3, 2, [("3", "900-2", "18032", "Error")]),
          said.text)
    check("flat: two rows ship both", stands(amazon, order, "PARTIALLY_SHIPPED", (2, 1), (1, 0)))
    check("flat: in one package", len(amazon.order(order)["packages"]) == 1)
    said = flat(row(order, "911", "2"))
    check("flat: the same again is a warning", (said.processed, said.good, said.rows) == (1, 1, [("1", order, "18039", "Warning")]),
          said.text)
    for what, cells, code in (
        ("more than is left", row(order, "911", "2", tracking="1Z2"), "18034"),
        ("an item of another order", row(order, "999", "1"), "18033"),
        ("a quantity that is none", row(order, "911", "two"), "5002"),
        ("a quantity of no item", row(order, "", "1"), "5001"),
        ("no date", row(order, date=""), "5001"),
        ("no carrier", row(order, code=""), "5001"),
        ("Other without a name", row(order, code="Other"), "18037"),
        ("a date to come", row(order, date="2099-01-01"), "18035"),
        ("a day before the order's", row(order, date="2026-11-13"), "18036"),
        ("what holds REFUSE", row(order, tracking="REFUSED"), "18028"),
    ):
        said = flat(cells)
        check(f"flat: {what} is refused", said.refused(code), said.text)
    check("flat: the day of the order is good",
          flat(row(order, date="2026-11-14", tracking="1Z9")).good == 1 and status_of(amazon, order) == "SHIPPED")
    said = flat(row(order), columns=["order", *COLUMNS[1:]])
    check("flat: a header without order-id refuses all", (said.processed, said.good, said.rows[0][0]) == (1, 0, "0"), said.text)
    other = make_order(amazon, "2")
    amazon.put("refuse.txt", f"{other} 18061 Not this one\n")
    check("flat: refuse.txt", flat(row(other)).rows == [("1", other, "18061", "Error")])
    rows = f"TemplateType=OrderCancellation\norder-id\tcancellation-reason-code\n{order}\tNoInventory\nREFUSED-1\tNoInventory\n"
    said = Flat(amazon.feed("POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA", rows))
    check("another flat file: only REFUSE is refused",
          (said.processed, said.good, said.rows) == (2, 1, [("2", "REFUSED-1", "18028", "Error")]), said.text)


GROUPS = (check_shipments, check_shape, check_order_files, check_acknowledgements, check_adjustments, check_flat)
