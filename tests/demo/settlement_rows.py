"""demo/settlement_rows: what happens in a made-up shop between two payouts, as rows of a settlement.

Every id, SKU and amount is invented here from the seed; nothing is copied from
a real report, and settlements hold no personal data. Amounts are whole minor
units (cents, pence, yen), positive when the seller gets them.
"""
from typing import NamedTuple


class Row(NamedTuple):
    when: int  # seconds since 1970, UTC
    kind: str  # transaction-type
    family: str  # amount-type
    label: str  # amount-description
    amount: int
    order: str = ""
    adjustment: str = ""
    shipment: str = ""
    marketplace: str = ""
    channel: str = ""
    item: str = ""
    adjusted: str = ""
    sku: str = ""
    quantity: str = ""
    promotion: str = ""


class Market(NamedTuple):
    name: str
    order_prefixes: tuple
    tax_rates: tuple  # in 1/100 of a percent; what Amazon collects and pays itself
    taxed_one_in: int  # 1: every order; 6: only orders from abroad, prices include VAT otherwise
    tax_name: str


MARKETS = {
    "USD": Market("Amazon.com", ("111", "112", "113", "114"), (0, 600, 725, 825, 888, 1000), 1, "Tax"),
    "EUR": Market("Amazon.de", ("028", "302", "303", "304", "305", "306"), (1900,), 6, "VAT"),
    "GBP": Market("Amazon.co.uk", ("026", "202", "203", "204", "205", "206"), (2000,), 6, "VAT"),
    "JPY": Market("Amazon.co.jp", ("249", "250", "503"), (0,), 1, "Tax"),
}

PRODUCTS = (  # sku, price, fulfilment fee per unit, channel
    ("HOK-KETTLE-1.5L-BLK", 3999, 742, "AFN"), ("HOK-KETTLE-1.0L-RED", 3499, 698, "AFN"),
    ("HOK-BOARD-14\"-OAK", 2450, 611, "AFN"), ("HOK-BOARD-18\"-OAK", 3150, 702, "MFN"),
    ("HOK-KNIFE-CHEF-8IN", 5495, 421, "AFN"), ("HOK-KNIFE-PARING", 1295, 338, "AFN"),
    ("HOK-PAN-CI-10", 2899, 855, "AFN"), ("HOK-PAN-CI-12", 3799, 1049, "AFN"),
    ("HOK-APRON-LINEN-GRN", 2195, 377, "AFN"), ("HOK-MILL-PEPPER", 1850, 365, "AFN"),
    ("HOK-JAR-6PK", 2699, 933, "MFN"), ("HOK-SCALE-5KG", 2299, 402, "AFN"),
    ("00417", 899, 322, "AFN"), ("00418", 1099, 322, "AFN"),
    ("HOK-TEATOWEL-3PK", 1499, 331, "AFN"), ("HOK-ROLLING-PIN", 1650, 358, "AFN"),
)
DEAR = ("HOK-RANGE-COPPER-LTD", 114118, 0, "MFN")  # 1141.18: an amount with a thousands mark in some notations

REIMBURSEMENTS = (
    "WAREHOUSE_LOST", "WAREHOUSE_DAMAGE", "MISSING_FROM_INBOUND", "CS_ERROR_ITEMS", "COMPENSATED_CLAWBACK",
)


class Chance:
    """SplitMix64: the same numbers from the same seed on every machine and Python."""
    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.state = seed & self.MASK

    def below(self, limit):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return (z ^ (z >> 31)) % limit

    def one_in(self, count):
        return self.below(count) == 0

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def digits(self, count):
        return str(self.below(10 ** count)).zfill(count)

    def letters(self, count):
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"
        return "".join(self.pick(alphabet) for _ in range(count))


def share(amount, rate):
    """rate in 1/100 of a percent, rounded half up; amount is not negative."""
    return (amount * rate + 5000) // 10000


class Shop:
    def __init__(self, chance, currency, residuals, labels):
        self.chance = chance
        self.market = MARKETS[currency]
        self.residuals = residuals  # how many orders shall be taxed 7 more than Amazon withholds
        self.others = OLD_EVENTS if labels == "old" else NEW_EVENTS
        self.sold = []  # lately, for refunds
        self.orders, self.turn = 0, 0

    def order(self, when):
        chance = self.chance
        number = f"{chance.pick(self.market.order_prefixes)}-{chance.digits(7)}-{chance.digits(7)}"
        rate = chance.pick(self.market.tax_rates) if chance.one_in(self.market.taxed_one_in) else 0
        self.orders += 1
        product = DEAR if self.orders == 5 or chance.one_in(700) else chance.pick(PRODUCTS)
        bought = [product]
        if chance.one_in(10):  # the same SKU and quantity twice in one order, now and then
            bought.append(product if chance.one_in(3) else chance.pick(PRODUCTS[:12]))
        shipment, rows = chance.letters(9), []
        for product in bought:
            rows += self.item(when, number, shipment, product, rate)
        return rows

    def item(self, when, number, shipment, product, rate):
        chance = self.chance
        sku, price, fee, channel = product
        quantity = 2 if chance.one_in(12) else 1
        principal = price * quantity
        code, rows = chance.digits(14), []

        def add(family, label, amount, **more):
            if amount:
                rows.append(Row(when, "Order", family, label, amount, order=number, shipment=shipment,
                                marketplace=self.market.name, channel=channel, item=code, sku=sku, **more))

        tax = share(principal, rate)
        add("ItemPrice", "Principal", principal, quantity=str(quantity))
        add("ItemPrice", "Tax", tax, quantity=str(quantity))
        if chance.one_in(12):
            off = share(principal, 1000)
            coupon = f"PAWS-V2-{chance.digits(14)}-{chance.digits(3)}"
            add("Promotion", "Principal", -off, promotion=coupon)
            add("Promotion", "TaxDiscount", -share(tax, 1000), promotion=coupon)
            tax -= share(tax, 1000)
        self.delivery(add, channel, rate)
        if chance.one_in(60):
            add("ItemPrice", "GiftWrap", 399, quantity=str(quantity))
            add("ItemFees", "GiftwrapChargeback", -399)
        commission = share(principal, 1500)
        add("ItemFees", "Commission", -commission)
        add("ItemFees", "FBAPerUnitFulfillmentFee", -fee * quantity if channel == "AFN" else 0)
        self.withhold(add, tax)
        self.sold = self.sold[-199:] + [(number, code, sku, channel, principal, tax, commission)]
        return rows

    def withhold(self, add, tax):
        kept_back = 7 if tax > 7 and self.residuals > 0 else 0
        self.residuals -= kept_back > 0
        add("ItemWithheldTax", f"MarketplaceFacilitator{self.market.tax_name}-Principal", kept_back - tax)

    def delivery(self, add, channel, rate):
        chance = self.chance
        if not chance.one_in(2 if channel == "MFN" else 6):
            return
        paid = chance.pick((399, 499, 599, 899))
        tax = share(paid, rate)
        add("ItemPrice", "Shipping", paid)
        if channel == "AFN" and chance.one_in(2):
            add("Promotion", "Shipping", -paid, promotion="Core Free Shipping \"Autumn\" 2026")
            return
        add("ItemPrice", "ShippingTax", tax)
        add("ItemFees", "ShippingChargeback", -paid if channel == "AFN" else 0)
        add("ItemWithheldTax", f"MarketplaceFacilitator{self.market.tax_name}-Shipping", -tax)

    def refund(self, when):
        chance = self.chance
        if not self.sold:
            return []
        number, code, sku, channel, principal, tax, commission = self.sold.pop(chance.below(len(self.sold)))
        adjustment, adjusted, rows = f"amzn1:crow:{chance.letters(22)}", chance.digits(14), []
        market = "" if chance.one_in(20) else self.market.name  # empty in some live rows
        fee = min(share(commission, 2000), 500)
        for family, label, amount in (
                ("ItemPrice", "Principal", -principal), ("ItemPrice", "Tax", -tax),
                ("ItemFees", "Commission", commission), ("ItemFees", "RefundCommission", -fee),
                ("ItemWithheldTax", f"MarketplaceFacilitator{self.market.tax_name}-Principal", tax)):
            if amount:
                rows.append(Row(when, "Refund", family, label, amount, order=number, adjustment=adjustment,
                                marketplace=market, channel=channel, item=code, adjusted=adjusted, sku=sku))
        return rows

    def advertising(self, when, amount=0):
        amount = amount or 1500 + self.chance.below(3500)
        return [Row(when, "ServiceFee", "Cost of Advertising", "TransactionTotalAmount", -amount)]

    def other(self, when):
        """The events that belong to no order, one after the other."""
        kind, family, label, least, span, detail = self.others[self.turn % len(self.others)]
        self.turn += 1
        chance = self.chance
        amount = least + chance.below(span) if span else least
        more = {}
        if detail == "inbound":  # Amazon writes the shipment's id where order ids stand
            more["order"] = f"FBA15{chance.letters(7).upper()}"
        elif detail == "unit":
            more = {"sku": chance.pick(PRODUCTS)[0], "quantity": "1", "adjustment": chance.digits(10), "channel": "AFN"}
            label = label or chance.pick(REIMBURSEMENTS)
            amount = -amount if "CLAWBACK" in label else amount
        elif detail == "coupon":
            offer = "10 % auf Küchenbretter" if self.market.name == "Amazon.de" else "Save 10% on kitchen oak"
            label, more["marketplace"] = f"{chance.letters(8).upper()}: {offer}", self.market.name
        elif detail == "market":
            more["marketplace"] = self.market.name
        return [Row(when, kind, family, label, amount, **more)]


REIMBURSED = ("other-transaction", "FBA Inventory Reimbursement", "", 900, 2600, "unit")
NEW_EVENTS = (  # kind, family, label, least amount, span, detail
    ("ServiceFee", "Cost of Advertising", "TransactionTotalAmount", -4800, 2900, ""),
    REIMBURSED,
    ("FBAFees", "FBA Inventory Storage Fee", "Base fee", -2900, 1400, ""),
    ("FBAFees", "FBA Inventory Storage Fee", "Tax on fee", -210, 90, ""),
    ("FBAFees", "FBA Inbound Placement Service Fee", "Base fee", -1600, 900, "inbound"),
    ("CouponRedemptionFee", "CouponRedemptionFee", "", -60, 0, "coupon"),
    ("FBAFees", "FBA Amazon-Partnered Carrier Shipment Fee", "Base fee", -2200, 900, "inbound"),
    ("FBAFees", "FBA Removal Order: Disposal Fee", "Base fee", -260, 150, ""),
    ("other-transaction", "other-transaction", "Subscription Fee", -3999, 0, ""),
    ("AmazonFees", "Deal Participation Fee", "Base fee", -7000, 0, "market"),
    ("AmazonFees", "Vine Enrollment Fee", "Base fee", -7500, 0, "market"),
    ("FBAFees", "FBA Long Term Storage Fee", "Base fee", -900, 500, ""),
    ("ServiceFee", "Refund for Advertiser", "TransactionTotalAmount", 300, 500, ""),
)
OLD_EVENTS = (  # the names of the generation before
    ("ServiceFee", "Cost of Advertising", "TransactionTotalAmount", -4800, 2900, ""),
    REIMBURSED,
    ("other-transaction", "other-transaction", "Storage Fee", -2900, 1400, ""),
    ("other-transaction", "other-transaction", "StorageRenewalBilling", -900, 500, ""),
    ("other-transaction", "other-transaction", "FBAInboundTransportationFee", -2200, 900, "inbound"),
    ("other-transaction", "other-transaction", "DisposalComplete", -260, 150, ""),
    ("other-transaction", "other-transaction", "Subscription Fee", -3900, 0, ""),
    ("AmazonFees", "Eco-contribution for EPR Pay on Behalf - DE - Packaging - (Period 01.07.2026 - 30.09.2026)",
     "Base fee", -2100, 900, "market"),
    ("CouponRedemptionFee", "CouponRedemptionFee", "", -60, 0, "coupon"),
)
