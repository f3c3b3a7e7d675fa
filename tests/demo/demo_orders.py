"""demo/demo_orders: the demo's orders, written by hand; each shows one thing, and names say that they are examples."""
from copy import deepcopy

from order_model import Item, Order, Parcel, seconds

TITLES = {
    "HOK-KETTLE-1.5L-BLK": "Hollow Oak Kettle 1.5 l, black", "HOK-KETTLE-1.0L-RED": "Hollow Oak Kettle 1.0 l, red",
    "HOK-KNIFE-CHEF-8IN": "Hollow Oak Chef's Knife 8 in", "HOK-KNIFE-PARING": "Hollow Oak Paring Knife",
    "HOK-PAN-CI-10": "Hollow Oak Cast Iron Pan 10 in", "HOK-PAN-CI-12": "Hollow Oak Cast Iron Pan 12 in",
    "HOK-APRON-LINEN-GRN": "Hollow Oak Linen Apron, green", "HOK-MILL-PEPPER": "Hollow Oak Pepper Mill",
    "HOK-JAR-6PK": "Hollow Oak Jars, 6", "HOK-TEATOWEL-3PK": "Hollow Oak Tea Towels, 3",
    "HOK-BOARD-18\"-OAK": "Hollow Oak Board 18\", oak", "HOK-BUNDLE-TEA": "Hollow Oak Tea Time: kettle & towels",
}
LONG_KNOWN = "HOK-KNIFE-CHEF-8IN-GIFTBOX-ENGRAVED-2026"  # skus.csv says which item it is
LONG_UNKNOWN = "HOK-PAN-CI-12-WITH-GLASS-LID-AND-COOKBOOK"


def item(number, sku, quantity, price, **more):
    return Item(f"9000000000{number:04d}", sku, TITLES.get(sku, f"Hollow Oak item {sku.lower()}"), quantity, price, **more)


def order(number, day, items, **more):
    place = {"name": "Erika Example", "lines": (f"{number} Sample Street", "", ""), "city": "Exampleton",
             "state": "WA", "code": "98000", "phone": "555-0100"}
    return Order(f"900-0000{number:03d}-0000{number:03d}", seconds(f"2026-11-{day}Z"), items, **{**place, **more})


MERCHANT = [
    order(1, "14T16:02:11", [item(1, "HOK-JAR-6PK", 1, 2699, tax=273, ship=599, ship_tax=61)],
          payments=(("CreditCard", 2632), ("GiftCard", 1000))),
    order(2, "14T18:40:00", [item(2, "HOK-TEATOWEL-3PK", 3, 1000, tax=88),  # unit prices leave cents
                             item(3, "HOK-APRON-LINEN-GRN", 2, 4390, tax=384),
                             item(4, "HOK-MILL-PEPPER", 7, 12345, tax=1080, ship=899, ship_tax=79)],
          name="Otto Muster", state="NY", code="10000", level="Expedited"),
    order(3, "14T20:15:30", [item(5, "HOK-BUNDLE-TEA", 2, 10999, tax=957)],
          name="Paula Placeholder", state="OR", code="97000"),
    order(4, "14T22:59:59", [item(6, "HOK-KETTLE-1.0L-RED", 1, 3499, tax=304, wrap=399, wrap_tax=35,
                                  gift="Happy birthday to a made-up aunt, from all of your made-up nephews and nieces")],
          name="Gustav Gift", state="TX", code="75000"),
    order(5, "15T03:12:00", [item(7, "HOK-PAN-CI-10", 2, 5798, tax=420, ship=499,
                                  offers=(("DEMO-AUTUMN-10", 580), ("DEMO-CLUB", 200)),
                                  freight=(("DEMO-FREE-SHIPPING", 499),)),
                             item(8, "HOK-KNIFE-PARING", 1, 1295, tax=113)],
          name="Conny Coupon", state="CA", code="94000", payments=(("CreditCard", 6846),)),
    order(6, "15T07:30:00", [item(9, "HOK-PAN-CI-12", 1, 3799, tax=332)], name="Łucja Przykładowa",
          lines=("ul. Próbna 7", "Końcówka 5, Łódź", ""), city="Exampleton", state="il", code="60000"),
    order(7, "15T09:00:00", [item(10, "HOK-KETTLE-1.5L-BLK", 1, 3999, tax=355)], name="Zoë Ångström-Beispiel",
          lines=("12 Rue de l'Exemple", "", ""), city="Façade", state="New York", code="12000"),
    order(8, "15T11:45:10", [item(11, "HOK-APRON-LINEN-GRN", 1, 2195, tax=0)], name="Lena Longaddress",
          lines=("4711 North Made Up Avenue", "Building of the Invented Trade Association, Third Floor",
                 "c/o Department of Imaginary Parcels"), state="Oregon", code="97001"),
    order(9, "15T13:00:00", [item(12, "HOK-NO-SUCH-ITEM", 1, 1999, tax=174), item(13, "HOK-JAR-6PK", 1, 2699, tax=235)],
          name="Udo Unknown", state="GA", code="30000"),
    order(10, "15T14:20:00", [item(14, LONG_KNOWN, 1, 6995, tax=612, custom="For M. Example")],
          name="Mara Example", state="CO", code="80000"),
    order(11, "15T15:00:00", [item(15, "HOK-BOARD-18\"-OAK", 12, 34020, tax=0)], name="Receiving Dock 3",
          buyer="Petra Purchaser", company="Example & Sons Canteens",
          lines=("Example & Sons Canteens", "99 Invoice Road", "Dock 3"), state="D.C.", code="20000",
          purchase_order="PO-2026-00117"),
    order(12, "15T16:30:00", [item(16, LONG_UNKNOWN, 1, 8999, tax=787)], name="Loni Label", state="NV", code="89000"),
    order(13, "15T17:10:00", [item(17, "HOK-MILL-PEPPER", 1, 1850, tax=162)], name="", lines=("", "", ""),
          city="Exampleton", state="AZ", code="85000", phone=""),  # the keys lack the role for names and addresses
]

GERMAN = [
    order(21, "15T08:00:00", [item(21, "HOK-KNIFE-CHEF-8IN", 1, 5990)], market="Amazon.de", currency="EUR",
          name="Jörg Müßiggang-Beispiel", lines=("Musterstraße 1", "", ""), city="Köln-Musterstadt",
          state="Nordrhein-Westfalen", code="50000", country="DE", phone=""),
    order(22, "15T08:30:00", [item(22, "HOK-TEATOWEL-3PK", 2, 3180, ship=450)], market="Amazon.de", currency="EUR",
          name="Änne Österreicher", lines=("Beispielgasse 2", "Stiege 3", ""), city="Wien", state="", code="1000",
          country="AT", phone=""),
]

FBA = [
    order(51, "14T10:00:00", [item(51, "HOK-KETTLE-1.5L-BLK", 1, 3999, tax=350)], amazon=True, code="98001"),
    order(52, "14T11:00:00", [item(52, "HOK-PAN-CI-10", 1, 2899, tax=254), item(53, "HOK-KNIFE-PARING", 2, 2590, tax=227)],
          amazon=True, state="NJ", code="07000", prime=True),
    order(53, "14T12:00:00", [item(54, "HOK-TEATOWEL-3PK", 5, 7495, tax=655, ship=399,
                                   freight=(("DEMO-FREE-SHIPPING", 399),))],
          amazon=True, state="FL", code="33000", prime=True),
    order(54, "14T13:00:00", [item(55, "HOK-MILL-PEPPER", 1, 1850, tax=162)], amazon=True, status="Shipped", state="OH",
          code="43000"),
    order(55, "14T14:00:00", [item(56, "HOK-APRON-LINEN-GRN", 1, 2195)], amazon=True, status="Pending", state="",
          code="", city=""),
    order(56, "14T15:00:00", [item(57, "HOK-APRON-LINEN-GRN", 1, 2195)], amazon=True, status="Cancelled", state="UT",
          code="84000"),
    order(57, "14T16:00:00", [item(58, "HOK-JAR-6PK", 1, 2699)], amazon=True, market="Non-Amazon US", state="MA",
          code="02000"),
    order(58, "14T17:00:00", [item(59, "HOK-KETTLE-1.0L-RED", 1, 0)], amazon=True, replaces="900-0000051-0000051",
          code="98001"),
    order(59, "14T18:00:00", [item(60, "HOK-TEATOWEL-3PK", 1, 1499, tax=131), item(61, "HOK-TEATOWEL-3PK", 1, 1499, tax=131)],
          amazon=True, state="MI", code="48000"),  # the same SKU twice
]


def later():
    """By the next night: an FBA and a merchant order cancelled, an item of another, a buyer who asks to cancel."""
    changed = seconds("2026-11-16T05:00:00Z")
    number = {one.number[-3:]: one for one in deepcopy(MERCHANT + FBA)}
    gone, mine, part, asks = (number[name] for name in ("051", "007", "002", "003"))
    gone.status = mine.status = "Cancelled"
    part.items[1].cancelled = True
    asks.asks_to_cancel = True
    shipped = [number[name] for name in ("052", "053")]
    shipped[0].status, shipped[1].status = "Shipped", "PartiallyShipped"
    shipped[1].items[0].shipped = 2
    for one in (gone, mine, part, asks, *shipped):
        one.updated = changed
    return [gone, mine, part, asks, *shipped]


def parcels(second):
    """Amazon's shipments: the first night's, and those of the next, which repeats one row and brings the rest."""
    number = {one.number[-3:]: one for one in FBA}
    two, five, one = number["052"], number["053"], number["054"]
    night1 = [
        Parcel(two, two.items[0], 1, seconds("2026-11-15T06:00:00Z"), "DEMOSHIP1", "UPS", "1Z000DEMO0000000001"),
        Parcel(two, two.items[1], 2, seconds("2026-11-15T06:00:00Z"), "DEMOSHIP1", "UPS", "1Z000DEMO0000000001"),
        Parcel(five, five.items[0], 2, seconds("2026-11-15T09:00:00Z"), "DEMOSHIP2", "AMZN_US", "TBADEMO02", (2, 5)),
        Parcel(one, one.items[0], 1, seconds("2026-11-15T10:00:00Z"), "DEMOSHIP3", "USPS",
               "420430009400000000000000000000000003"),  # longer than SL's column
    ]
    night2 = [
        night1[2],
        Parcel(five, five.items[0], 3, seconds("2026-11-16T09:00:00Z"), "DEMOSHIP4", "AMZN_US", "TBADEMO04", (3, 5)),
    ]
    return night2 if second else night1
