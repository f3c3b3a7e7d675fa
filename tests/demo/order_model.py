"""demo/order_model: an Amazon order as every report sees it; amounts are whole cents, the line's total.

Nothing here is real: names say that they are examples, order ids begin with
900, e-mail aliases end in .example.
"""
from dataclasses import dataclass, field
from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)


def seconds(text):
    return int((datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") - EPOCH) / timedelta(seconds=1))


@dataclass
class Item:
    code: str  # order-item-id
    sku: str
    title: str
    quantity: int
    price: int
    tax: int = 0
    ship: int = 0
    ship_tax: int = 0
    wrap: int = 0
    wrap_tax: int = 0
    offers: tuple = ()  # (promotion id, discount on the item)
    freight: tuple = ()  # (promotion id, discount on its shipping)
    gift: str = ""
    custom: str = ""
    shipped: int = 0
    cancelled: bool = False

    @property
    def asin(self):
        return f"B0DEMO{int(self.code[-4:]):04d}"

    @property
    def off(self):
        return sum(discount for _, discount in self.offers)

    @property
    def ship_off(self):
        return sum(discount for _, discount in self.freight)

    @property
    def total(self):
        return (self.price + self.tax + self.ship + self.ship_tax + self.wrap + self.wrap_tax
                - self.off - self.ship_off)


@dataclass
class Order:
    number: str
    placed: int  # seconds since 1970, UTC
    items: list
    status: str = "Unshipped"  # Pending, Unshipped, PartiallyShipped, Shipped, Cancelled
    amazon: bool = False  # fulfilled by Amazon
    market: str = "Amazon.com"
    currency: str = "USD"
    level: str = "Standard"
    name: str = ""
    lines: tuple = ("", "", "")
    city: str = ""
    state: str = ""
    code: str = ""  # postal code
    country: str = "US"
    phone: str = ""
    buyer: str = ""
    company: str = ""
    purchase_order: str = ""
    prime: bool = False
    replaces: str = ""
    asks_to_cancel: bool = False
    payments: tuple = ()  # (method, amount)
    updated: int = 0
    ship_days: int = 2

    @property
    def priced(self):
        return self.status not in ("Pending", "Cancelled")

    @property
    def business(self):
        return bool(self.purchase_order)

    @property
    def changed(self):
        return self.updated or self.placed + 1800

    @property
    def due(self):
        """The last second of the day by which it has to be shipped."""
        return self.placed - self.placed % 86400 + self.ship_days * 86400 + 86399

    @property
    def email(self):
        return f"demo{self.number[-7:]}@marketplace.amazon.example"

    @property
    def total(self):
        return sum(item.total for item in self.items if not item.cancelled)


@dataclass
class Parcel:
    """One row of the report on Amazon's shipments."""
    order: Order
    item: Item
    quantity: int
    sent: int
    shipment: str
    carrier: str
    tracking: str
    share: tuple = field(default=(1, 1))  # of the item's amounts


def stamp(when):
    return (EPOCH + timedelta(seconds=when)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def zulu(when):
    return (EPOCH + timedelta(seconds=when)).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(cents):
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
