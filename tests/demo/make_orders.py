"""demo/make_orders: writes Amazon order reports of a made-up shop, the same bytes every time.

    python3 tests/demo/make_orders.py --demo tests/demo/orders          the demo's files
    python3 tests/demo/make_orders.py --source xml --megabytes 500 -o orders.xml
    python3 tests/demo/make_orders.py --source search-orders --orders 1000 -o -

With the same --seed and --orders all sources hold the same orders at the same
amounts. Amounts, names and addresses are invented from the seed.
"""
import argparse
import contextlib
import sys
from pathlib import Path

import demo_orders
from order_model import Item, Order, seconds
from order_reports import SOURCES, Shipments
from settlement_rows import PRODUCTS, Chance, share

FIRST = ("Erika", "Otto", "Paula", "Zoë", "Łucja", "Ben", "Mara", "Jörg", "Ana", "Ida")
LAST = ("Example", "Muster", "Placeholder", "Beispiel", "Przykładowa", "Sample", "Ejemplo", "Exemple")
STATES = ("WA", "NY", "OR", "TX", "CA", "Illinois", "New York", "Georgia", "CO", "FL", "OH", "mi")
TAXES = (0, 600, 725, 825, 888, 1000)  # in 1/100 of a percent


def made_up(chance, number, start):
    """One order; the number makes its ids, so no two are alike."""
    rate, items = chance.pick(TAXES), []
    for place in range(1 + (chance.below(4) == 0) + (chance.below(9) == 0)):
        sku, price, _, _ = chance.pick(PRODUCTS)
        quantity = 1 if chance.below(6) else 2 + chance.below(4)
        goods = price * quantity - (chance.below(100) if quantity > 1 else 0)  # so that unit prices leave a rest
        freight = chance.pick((0, 0, 399, 599))
        wrap = 399 if chance.one_in(40) else 0
        offers = (("DEMO-AUTUMN-10", share(goods, 1000)),) if chance.one_in(10) else ()
        free = (("DEMO-FREE-SHIPPING", freight),) if freight and chance.one_in(3) else ()
        items.append(Item(f"9{number:010d}{place:03d}", sku, f"Hollow Oak {sku.lower()} & more", quantity, goods,
                          tax=share(goods, rate), ship=freight, ship_tax=0 if free else share(freight, rate), wrap=wrap,
                          wrap_tax=share(wrap, rate), offers=offers, freight=free,
                          gift="Made up with love" if wrap else ""))
    street, flat = f"{1 + chance.below(999)} Sample Street", f"Apt {1 + chance.below(99)}"
    return Order(f"900-{number // 10_000_000:07d}-{number % 10_000_000:07d}", start + number * 7, items,
                 name=f"{chance.pick(FIRST)} {chance.pick(LAST)}", lines=(street, flat if chance.one_in(5) else "", ""),
                 city="Exampleton", state=chance.pick(STATES), code=f"{10000 + chance.below(89999)}",
                 phone=f"555-01{chance.below(100):02d}",
                 level=chance.pick(("Standard", "Standard", "Standard", "Expedited")), prime=chance.one_in(4))


def many(options):
    chance, number = Chance(options.seed), 0
    while options.orders is None or number < options.orders:
        number += 1
        yield made_up(chance, number, options.start)


def write(out, writer, orders, limit=None, charset="utf-8"):
    """Returns how many orders were written; limit is in bytes, the end comes on top."""
    size, count = out.write(writer.begin().encode(charset)), 0
    for order in orders:
        size += out.write(writer.one(order).encode(charset))
        count += 1
        if limit is not None and size >= limit:
            break
    out.write(writer.end().encode(charset))
    return count


def write_demo(folder):
    folder.mkdir(parents=True, exist_ok=True)
    mine, amazons, changed = demo_orders.MERCHANT, demo_orders.FBA, demo_orders.later()
    several = [order for order in mine if order.number[-3:] in ("001", "002", "004", "005", "011")]
    for name, kind, orders, charset in (
            ("orders.xml", "xml", mine, "utf-8"), ("order-report.txt", "tsv", mine, "utf-8"),
            ("order-report-de.txt", "tsv", demo_orders.GERMAN, "windows-1252"),
            ("actionable.txt", "actionable", mine, "utf-8"),
            ("all-orders.txt", "all-orders", mine + amazons, "utf-8"),
            ("all-orders.xml", "all-orders-xml", mine + amazons, "utf-8"),
            ("all-orders-later.txt", "all-orders", changed, "utf-8"),
            ("search-orders-merchant.json", "search-orders", several, "utf-8"),
            ("search-orders-fba.json", "search-orders", amazons, "utf-8"),
            ("search-orders-later.json", "search-orders", changed, "utf-8")):
        with open(folder / name, "wb") as out:
            write(out, SOURCES[kind](), orders, charset=charset)
    for name, second in (("fba-shipments.txt", False), ("fba-shipments-later.txt", True)):
        with open(folder / name, "wb") as out:
            write(out, Shipments(), demo_orders.parcels(second))


def parse_options():
    parser = argparse.ArgumentParser(description="Makes Amazon order reports of a made-up shop.")
    add = parser.add_argument
    add("-o", "--output", default="-", help="file to write; - is standard output")
    add("--demo", metavar="FOLDER", type=Path, help="write the demo's files into FOLDER instead")
    add("--source", choices=SOURCES, default="xml")
    add("--seed", type=int, default=1)
    add("--orders", type=int, metavar="N", help="so many orders")
    add("--megabytes", type=int, metavar="N", help="or as many as make a file of N MB")
    add("--start", type=seconds, default=seconds("2026-11-01T00:00:00Z"), metavar="TIME",
        help="when the first was placed")
    options = parser.parse_args()
    if options.orders is None and options.megabytes is None:
        options.orders = 100
    return options


def main():
    options = parse_options()
    if options.demo:
        write_demo(options.demo)
        return
    limit = None if options.megabytes is None else options.megabytes * 1_000_000
    with contextlib.ExitStack() as stack:
        out = sys.stdout.buffer if options.output == "-" else stack.enter_context(open(options.output, "wb"))
        write(out, SOURCES[options.source](), many(options), limit)


if __name__ == "__main__":
    main()
