#!/usr/bin/env python3
"""demo/back/make_catalogue: a warehouse of so many made-up items, as the CSV of schema sl.stock that a site without ODBC drops, and its listings.

    make_catalogue.py COUNT --stock FILE --listings FILE [--round N]

Each round has other quantities. The listings are those of round 0, as tests/tools/amazon_state.sh takes them.
"""
import argparse
import csv

COLUMNS = ("InvtID SKU StkUnit SoldUnit Factor Tag Backorder SiteID QtyOnHand QtyNotAvail QtyShipNotInv QtyAllocBM QtyAllocIN "
           "QtyAllocPORet QtyAllocSD QtyAllocProjIN QtyCustOrd PrjINQtyShipNotInv PrjINQtyAllocIN PrjINQtyAllocPORet "
           "PrjINQtyCustOrd").split()


def on_hand(item, turn):
    return (item * 7919 + turn * 104729) % 400


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--stock", required=True)
    parser.add_argument("--listings")
    parser.add_argument("--round", type=int, default=1)
    given = parser.parse_args()
    with open(given.stock, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        for item in range(given.count):
            name = f"CAT-{item:07}"
            ordered = item % 3
            rows.writerow([name, name, "EA", "EA", 1, "", "N", "MAIN", on_hand(item, given.round) + ordered, 0, 0, 0, 0, 0, 0, 0, ordered,
                           0, 0, 0, 0])
    if given.listings:
        with open(given.listings, "w", encoding="utf-8") as out:
            for item in range(given.count):
                out.write(f"CAT-{item:07}\tDEFAULT\t{on_hand(item, 0)}\t{5 + item % 90}.99\n")


if __name__ == "__main__":
    main()
