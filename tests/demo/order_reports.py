"""demo/order_reports: orders as Amazon's reports write them: one writer for each source, all of the same orders.

Each writer takes orders one by one, so that a report may be as large as a
bench wants it: begin(), one(order) for each, end().
"""
import json
from xml.sax.saxutils import escape

from order_model import money, stamp, zulu

ORDER_REPORT = (
    "order-id order-item-id purchase-date payments-date buyer-email buyer-name buyer-phone-number sku product-name "
    "quantity-purchased currency item-price item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax "
    "gift-message-text ship-service-level recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city "
    "ship-state ship-postal-code ship-country ship-phone-number item-promotion-discount item-promotion-id "
    "ship-promotion-discount ship-promotion-id delivery-start-date delivery-end-date delivery-time-zone "
    "delivery-Instructions sales-channel earliest-ship-date latest-ship-date is-business-order "
    "purchase-order-number price-designation is-prime tax-collection-model "
    "tax-collection-responsible-party").split()
ACTIONABLE = (
    "order-id order-item-id purchase-date payments-date reporting-date promise-date days-past-promise buyer-email "
    "buyer-name buyer-phone-number sku product-name quantity-purchased quantity-shipped quantity-to-ship "
    "ship-service-level recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city ship-state "
    "ship-postal-code ship-country is-business-order purchase-order-number price-designation is-prime").split()
ALL_ORDERS = (
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel "
    "sales-channel order-channel ship-service-level product-name sku asin item-status quantity currency item-price "
    "item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount "
    "ship-promotion-discount ship-city ship-state ship-postal-code ship-country promotion-ids is-business-order "
    "purchase-order-number price-designation").split()
SHIPMENTS = (
    "amazon-order-id merchant-order-id shipment-id shipment-item-id amazon-order-item-id merchant-order-item-id "
    "purchase-date payments-date shipment-date reporting-date buyer-email buyer-name buyer-phone-number sku "
    "product-name quantity-shipped currency item-price item-tax shipping-price shipping-tax gift-wrap-price "
    "gift-wrap-tax ship-service-level recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city "
    "ship-state ship-postal-code ship-country ship-phone-number bill-address-1 bill-address-2 bill-address-3 "
    "bill-city bill-state bill-postal-code bill-country item-promotion-discount ship-promotion-discount carrier "
    "tracking-number estimated-arrival-date fulfillment-center-id fulfillment-channel sales-channel").split()


def some(cents):
    return money(cents) if cents else ""


def yes(value):
    return "true" if value else "false"


class Table:
    """A flat file: no quoting, the columns by name."""
    columns = ()

    def begin(self):
        return "\t".join(self.columns) + "\n"

    def one(self, order):
        return "".join("\t".join(str(row.get(name, "")) for name in self.columns) + "\n" for row in self.rows(order))

    def end(self):
        return ""


def where_to(order):
    return {"recipient-name": order.name, "ship-address-1": order.lines[0], "ship-address-2": order.lines[1],
            "ship-address-3": order.lines[2], "ship-city": order.city, "ship-state": order.state,
            "ship-postal-code": order.code, "ship-country": order.country}


def who(order):
    return {"buyer-email": order.email if order.name else "", "buyer-name": order.buyer or order.name,
            "buyer-phone-number": order.phone, "is-business-order": yes(order.business),
            "purchase-order-number": order.purchase_order,
            "price-designation": "Business Price" if order.business else "", "is-prime": yes(order.prime)}


class OrderReport(Table):
    """GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING: an item's row once for each promotion."""
    columns = ORDER_REPORT

    def rows(self, order):
        for item in order.items:
            for turn in range(max(len(item.offers), len(item.freight), 1)):
                offer = item.offers[min(turn, len(item.offers) - 1)] if item.offers else ("", 0)
                freight = item.freight[min(turn, len(item.freight) - 1)] if item.freight else ("", 0)
                yield {**where_to(order), **who(order), "order-id": order.number, "order-item-id": item.code,
                       "purchase-date": stamp(order.placed), "payments-date": stamp(order.placed + 600),
                       "sku": item.sku, "product-name": item.title, "quantity-purchased": item.quantity,
                       "currency": order.currency, "item-price": money(item.price), "item-tax": money(item.tax),
                       "shipping-price": money(item.ship), "shipping-tax": money(item.ship_tax),
                       "gift-wrap-price": some(item.wrap), "gift-wrap-tax": some(item.wrap_tax),
                       "gift-message-text": item.gift, "ship-service-level": order.level,
                       "ship-phone-number": order.phone, "item-promotion-discount": some(offer[1]),
                       "item-promotion-id": offer[0], "ship-promotion-discount": some(freight[1]),
                       "ship-promotion-id": freight[0], "sales-channel": order.market,
                       "latest-ship-date": stamp(order.due), "tax-collection-model": collected(item)[0],
                       "tax-collection-responsible-party": collected(item)[1]}


def collected(item):
    taxed = item.tax or item.ship_tax or item.wrap_tax
    return ("MarketplaceFacilitator", "Amazon Services, Inc.") if taxed else ("", "")


class Actionable(Table):
    """GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING: what waits to be shipped, without a price."""
    columns = ACTIONABLE

    def rows(self, order):
        for item in order.items:
            yield {**where_to(order), **who(order), "order-id": order.number, "order-item-id": item.code,
                   "purchase-date": stamp(order.placed), "payments-date": stamp(order.placed + 600),
                   "reporting-date": stamp(order.placed + 1200), "promise-date": stamp(order.due),
                   "days-past-promise": "-1", "sku": item.sku, "product-name": item.title,
                   "quantity-purchased": item.quantity, "quantity-shipped": item.shipped,
                   "quantity-to-ship": item.quantity - item.shipped, "ship-service-level": order.level}


class AllOrders(Table):
    """GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL: every order, no street, no order-item-id."""
    columns = ALL_ORDERS

    def rows(self, order):
        for item in order.items:
            row = {"amazon-order-id": order.number, "purchase-date": stamp(order.placed),
                   "last-updated-date": stamp(order.changed), "order-status": order.status,
                   "fulfillment-channel": "Amazon" if order.amazon else "Merchant", "sales-channel": order.market,
                   "ship-service-level": order.level, "product-name": item.title, "sku": item.sku,
                   "asin": item.asin, "item-status": "Cancelled" if item.cancelled else order.status,
                   "quantity": 0 if item.cancelled or order.status == "Cancelled" else item.quantity,
                   "ship-city": order.city, "ship-state": order.state, "ship-postal-code": order.code,
                   "ship-country": order.country, "is-business-order": yes(order.business),
                   "purchase-order-number": order.purchase_order,
                   "promotion-ids": ",".join(name for name, _ in (*item.offers, *item.freight))}
            if order.priced and not item.cancelled:
                row.update({"currency": order.currency, "item-price": money(item.price), "item-tax": money(item.tax),
                            "shipping-price": money(item.ship), "shipping-tax": money(item.ship_tax),
                            "gift-wrap-price": money(item.wrap), "gift-wrap-tax": money(item.wrap_tax),
                            "item-promotion-discount": some(item.off), "ship-promotion-discount": some(item.ship_off)})
            yield row


class Shipments(Table):
    """GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL: one row for each item in a parcel."""
    columns = SHIPMENTS

    def rows(self, parcel):
        order, item, (part, whole) = parcel.order, parcel.item, parcel.share
        yield {"amazon-order-id": order.number, "shipment-id": parcel.shipment,
               "shipment-item-id": f"{parcel.shipment}-{item.code[-4:]}", "amazon-order-item-id": item.code,
               "purchase-date": stamp(order.placed), "payments-date": stamp(parcel.sent + 300),
               "shipment-date": stamp(parcel.sent), "reporting-date": stamp(parcel.sent + 7200), "sku": item.sku,
               "product-name": item.title, "quantity-shipped": parcel.quantity, "currency": order.currency,
               "item-price": money(item.price * part // whole), "item-tax": money(item.tax * part // whole),
               "shipping-price": money(item.ship * part // whole), "shipping-tax": money(item.ship_tax * part // whole),
               "gift-wrap-price": money(0), "gift-wrap-tax": money(0), "ship-service-level": order.level,
               "ship-city": order.city, "ship-state": order.state, "ship-postal-code": order.code,
               "ship-country": order.country, "item-promotion-discount": money(item.off * part // whole),
               "ship-promotion-discount": money(item.ship_off * part // whole), "carrier": parcel.carrier,
               "tracking-number": parcel.tracking, "estimated-arrival-date": stamp(parcel.sent + 172800),
               "fulfillment-center-id": "DEMO1", "fulfillment-channel": "AFN", "sales-channel": order.market}


def tag(name, text):
    return f"<{name}>{escape(str(text))}</{name}>" if text != "" else ""


def components(item, currency):
    parts = (("Principal", item.price), ("Shipping", item.ship), ("Tax", item.tax), ("ShippingTax", item.ship_tax),
             ("GiftWrap", item.wrap), ("GiftWrapTax", item.wrap_tax))
    return "".join(component(name, cents, currency) for name, cents in parts if cents or name == "Principal")


def component(name, cents, currency):
    return f'<Component><Type>{name}</Type><Amount currency="{currency}">{money(cents)}</Amount></Component>'


class OrderXml:
    """GET_ORDER_REPORT_DATA_SHIPPING."""

    def __init__(self):
        self.number = 0

    def begin(self):
        return ('<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope>\n'
                "<Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>DEMO_HOLLOW_OAK</MerchantIdentifier>"
                "</Header>\n<MessageType>OrderReport</MessageType>\n")

    def one(self, order):
        self.number += 1
        address = "".join(tag(*pair) for pair in (
            ("Name", order.name), ("AddressFieldOne", order.lines[0]), ("AddressFieldTwo", order.lines[1]),
            ("AddressFieldThree", order.lines[2]), ("City", order.city), ("StateOrRegion", order.state),
            ("PostalCode", order.code), ("CountryCode", order.country), ("PhoneNumber", order.phone)))
        billing = "".join(tag(*pair) for pair in (
            ("BuyerEmailAddress", order.email if order.name else ""), ("BuyerName", order.buyer or order.name),
            ("BuyerPhoneNumber", order.phone)))
        items = "".join(self.item(item, order.currency) for item in order.items)
        return (f"<Message>\n<MessageID>{self.number}</MessageID>\n<OrderReport>\n{tag('AmazonOrderID', order.number)}\n"
                f"{tag('OrderDate', stamp(order.placed))}{tag('OrderPostedDate', stamp(order.placed + 600))}\n"
                f"<BillingData>{billing}</BillingData>\n"
                f"<FulfillmentData><FulfillmentMethod>Ship</FulfillmentMethod>"
                f"{tag('FulfillmentServiceLevel', order.level)}\n<Address>{address}</Address></FulfillmentData>\n"
                f"{tag('IsBusinessOrder', yes(order.business))}{tag('PurchaseOrderNumber', order.purchase_order)}"
                f"{tag('IsPrime', yes(order.prime))}\n{items}</OrderReport>\n</Message>\n")

    def item(self, item, currency):
        promotions = "".join(
            f"<Promotion>{tag('MerchantPromotionID', name)}{component(kind, -off, currency)}</Promotion>\n"
            for kind, offers in (("Principal", item.offers), ("Shipping", item.freight)) for name, off in offers)
        custom = f"<CustomizationInfo><Type>Engraving</Type>{tag('Data', item.custom)}</CustomizationInfo>\n"
        return (f"<Item>\n{tag('AmazonOrderItemCode', item.code)}{tag('SKU', item.sku)}{tag('Title', item.title)}"
                f"{tag('Quantity', item.quantity)}\n<ItemPrice>{components(item, currency)}</ItemPrice>\n{promotions}"
                f"{tag('GiftMessageText', item.gift)}{custom if item.custom else ''}</Item>\n")

    def end(self):
        return "</AmazonEnvelope>\n"


class AllOrdersXml:
    """GET_XML_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL."""

    def begin(self):
        return ('<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope>\n'
                "<Header><DocumentVersion>1.00</DocumentVersion></Header>\n<MessageType>AllOrdersReport</MessageType>\n")

    def one(self, order):
        address = "".join(tag(*pair) for pair in (("City", order.city), ("State", order.state),
                                                  ("PostalCode", order.code), ("Country", order.country)))
        items = "".join(self.item(order, item) for item in order.items)
        return (f"<Message><Order>\n{tag('AmazonOrderID', order.number)}{tag('PurchaseDate', stamp(order.placed))}"
                f"{tag('LastUpdatedDate', stamp(order.changed))}{tag('OrderStatus', order.status)}"
                f"{tag('SalesChannel', order.market)}{tag('IsBusinessOrder', yes(order.business))}\n"
                f"<FulfillmentData>{tag('FulfillmentChannel', 'Amazon' if order.amazon else 'Merchant')}"
                f"{tag('ShipServiceLevel', order.level)}<Address>{address}</Address></FulfillmentData>\n"
                f"{items}</Order></Message>\n")

    def item(self, order, item):
        gone = item.cancelled or order.status == "Cancelled"
        price = f"<ItemPrice>{components(item, order.currency)}</ItemPrice>" if order.priced and not gone else ""
        promotion = ""
        if price and (item.offers or item.freight):
            promotion = (f"<Promotion>{tag('PromotionIDs', ','.join(name for name, _ in (*item.offers, *item.freight)))}"
                         f"{tag('ItemPromotionDiscount', some(item.off))}"
                         f"{tag('ShipPromotionDiscount', some(item.ship_off))}</Promotion>")
        return (f"<OrderItem>{tag('AmazonOrderItemCode', item.code)}{tag('ASIN', item.asin)}{tag('SKU', item.sku)}"
                f"{tag('ItemStatus', 'Cancelled' if gone else order.status)}{tag('ProductName', item.title)}"
                f"{tag('Quantity', 0 if gone else item.quantity)}{price}{promotion}</OrderItem>\n")

    def end(self):
        return "</AmazonEnvelope>\n"


class SearchOrders:
    """The answer of searchOrders, Orders API 2026-01-01."""
    statuses = {"Pending": "PENDING", "Unshipped": "UNSHIPPED", "PartiallyShipped": "PARTIALLY_SHIPPED",
                "Shipped": "SHIPPED", "Cancelled": "CANCELLED"}

    def __init__(self):
        self.mark = ""

    def begin(self):
        return '{"orders":[\n'

    def one(self, order):
        mark, self.mark = self.mark, ",\n"
        return mark + json.dumps(self.order(order), ensure_ascii=False, separators=(",", ":"))

    def end(self):
        return '\n],"pagination":{},"lastUpdatedBefore":"2026-11-20T00:00:00Z"}\n'

    def order(self, order):
        foreign = order.market.startswith("Non-Amazon")
        out = {"orderId": order.number, "createdTime": zulu(order.placed), "lastUpdatedTime": zulu(order.changed),
               "programs": ["PRIME"] * order.prime + ["AMAZON_BUSINESS"] * order.business,
               "salesChannel": {"channelName": "NON_AMAZON"} if foreign
               else {"channelName": "AMAZON", "marketplaceName": order.market}}
        if order.replaces:
            out["associatedOrders"] = [{"orderId": order.replaces, "associationType": "REPLACEMENT_ORIGINAL_ID"}]
        if order.name and not order.amazon:
            out["buyer"] = {"buyerName": order.buyer or order.name, "buyerEmail": order.email}
            if order.company:
                out["buyer"]["buyerCompanyName"] = order.company
            if order.purchase_order:
                out["buyer"]["buyerPurchaseOrderNumber"] = order.purchase_order
        out["recipient"] = {"deliveryAddress": self.address(order)}
        if order.priced:
            out["proceeds"] = {"grandTotal": self.money(order, order.total)}
        if order.payments:
            out["payment"] = {"paymentExecutions": [
                {"paymentMethod": method, "paymentAmount": self.money(order, cents)} for method, cents in order.payments]}
        out["fulfillment"] = {"fulfillmentStatus": self.statuses[order.status],
                              "fulfilledBy": "AMAZON" if order.amazon else "MERCHANT",
                              "fulfillmentServiceLevel": order.level.upper(),
                              "shipByWindow": {"earliestDateTime": zulu(order.placed), "latestDateTime": zulu(order.due)}}
        out["orderItems"] = [self.item(order, item) for item in order.items]
        return out

    def address(self, order):
        full = {"name": order.name, "addressLine1": order.lines[0], "addressLine2": order.lines[1],
                "addressLine3": order.lines[2], "phone": order.phone} if not order.amazon else {}
        full.update({"city": order.city, "stateOrRegion": order.state, "postalCode": order.code,
                     "countryCode": order.country})
        return {name: text for name, text in full.items() if text}

    def money(self, order, cents):
        return {"amount": money(cents), "currencyCode": order.currency}

    def item(self, order, item):
        out = {"orderItemId": item.code, "quantityOrdered": item.quantity,
               "product": {"asin": item.asin, "title": item.title, "sellerSku": item.sku}}
        if item.custom:
            out["product"]["customization"] = {"customizedUrl": f"https://demo.example/custom/{item.code}"}
        if order.priced and not item.cancelled:
            out["proceeds"] = self.proceeds(order, item)
        if item.offers or item.freight:
            out["promotion"] = {"breakdowns": [{"promotionId": name} for name, _ in (*item.offers, *item.freight)]}
        if order.asks_to_cancel:
            out["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Ordered by mistake"}}
        if item.cancelled or order.status == "Cancelled":
            out["cancellation"] = {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "Changed mind"}}
        shipped = item.quantity if order.status == "Shipped" else item.shipped
        out["fulfillment"] = {"quantityFulfilled": shipped, "quantityUnfulfilled": item.quantity - shipped}
        if item.gift:
            out["fulfillment"]["packing"] = {"giftOption": {"giftMessage": item.gift, "giftWrapLevel": "PREMIUM"}}
        if collected(item)[0]:
            out["tax"] = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR",
                                              "responsibleParty": "Amazon Services, Inc."}]}
        return out

    def proceeds(self, order, item):
        plain = (("ITEM", item.price), ("SHIPPING", item.ship), ("GIFT_WRAP", item.wrap))
        parts = [{"type": name, "subtotal": self.money(order, cents)} for name, cents in plain if cents or name == "ITEM"]
        taxes = (("ITEM", item.tax), ("SHIPPING", item.ship_tax), ("GIFT_WRAP", item.wrap_tax))
        discounts = (("ITEM", item.off), ("SHIPPING", item.ship_off))
        for name, sign, shares in (("TAX", 1, taxes), ("DISCOUNT", -1, discounts)):
            total = sum(cents for _, cents in shares)
            if total:
                parts.append({"type": name, "subtotal": self.money(order, sign * total), "detailedBreakdowns": [
                    {"subtype": kind, "value": self.money(order, sign * cents)} for kind, cents in shares if cents]})
        return {"proceedsTotal": self.money(order, item.total), "breakdowns": parts}


SOURCES = {"xml": OrderXml, "tsv": OrderReport, "actionable": Actionable, "all-orders": AllOrders,
           "all-orders-xml": AllOrdersXml, "search-orders": SearchOrders}
