"""tools/demo_totals: what the demo's orders came to in the sandbox company, and that SL's totals tie to Amazon's.

    demo_totals.py SLUICE COMPANY

For each source that has prices: of the orders that stand in SL, SL's total and the tax that Amazon remits
are Amazon's total, to the cent. Exit 1 when they are not.
"""
import csv
import io
import sqlite3
import subprocess
import sys
from decimal import Decimal

SOURCES = {"order-from-xml": "orders.xml", "order-from-search-orders": "search-orders-fba.json"}
GOODS = ("item-price", "shipping-price", "gift-wrap-price", "other-price")
TAXES = ("item-tax", "shipping-tax", "gift-wrap-tax", "other-tax")
OFF = ("item-discount", "ship-discount")


def cents(row, names):
    return sum(Decimal(row[name] or 0) for name in names)


def amazon(sluice, transform, name):
    """By order: Amazon's total with tax, and the tax in it."""
    said = subprocess.run([sluice, "transform", transform, f"tests/demo/orders/{name}"], capture_output=True, text=True)
    totals = {}
    for row in csv.DictReader(io.StringIO(said.stdout)):
        total, tax = totals.get(row["order-id"], (Decimal(0), Decimal(0)))
        own = cents(row, TAXES)
        totals[row["order-id"]] = (total + cents(row, GOODS) - cents(row, OFF) + own, tax + own)
    return totals


def main(sluice, path):
    company = sqlite3.connect(path)
    print("In the company now:")
    rows = company.execute("""
        SELECT TRIM(SOTypeID), CASE WHEN Cancelled = 1 THEN 'cancelled' WHEN AdminHold = 1 THEN 'on hold' ELSE 'open' END,
               COUNT(*), SUM(ROUND(CuryTotOrd * 100)) FROM SOHeader GROUP BY 1, 2 ORDER BY 1, 2""")
    for kind, state, count, total in rows:
        print(f"  {kind:4} {state:10} {count:3} orders {Decimal(int(total)) / 100:10.2f}")
    shippers, tracked = company.execute("SELECT COUNT(*), SUM(TrackingNbr <> ' ') FROM SOShipHeader").fetchone()
    print(f"  {shippers} shippers, {tracked or 0} with a tracking number")
    written = {order.strip(): Decimal(int(total)) / 100
               for order, total in company.execute("SELECT CustOrdNbr, ROUND(CuryTotOrd * 100) FROM SOHeader")}
    bad = 0
    for transform, name in SOURCES.items():
        known = {order: sides for order, sides in amazon(sluice, transform, name).items() if order in written}
        sl, tax = sum(written[order] for order in known), sum(tax for _, tax in known.values())
        total = sum(total for total, _ in known.values())
        ties = all(written[order] + tax == total for order, (total, tax) in known.items())
        bad += not ties or not known
        print(f"  {name}: {len(known)} orders, SL {sl:.2f} + tax that Amazon remits {tax:.2f} = Amazon {total:.2f}"
              f"{'' if ties else '  THEY DO NOT TIE'}")
    return 1 if bad else 0


sys.exit(main(*sys.argv[1:]))
