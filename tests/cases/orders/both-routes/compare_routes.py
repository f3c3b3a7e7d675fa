"""The orders of two companies, column by column: what ODBC wrote and what Transaction Import made of the file.

    compare_routes.py ODBC.db TI.db [all]

An item whose id holds a quote cannot be named in a Transaction Import file; its order must be missing there, and no other.
Not compared: the order's number and SL's own numbers of rows, and stamps. What is known to differ, and why, is in STATED; a column
that stands there and never differs is told with "all", so that the list stays true.
"""
import sqlite3
import sys

TABLES = {"SOHeader": "", "SOLine": ", LineRef", "SOSched": ", LineRef", "SOMisc": ", MiscChrgRef", "SOTax": ", TaxID", "SOEvent": "",
          "ProcessQueue": ""}
NUMBERS = {"ordnbr", "soordnbr", "eventid", "processqueueid", "tstamp", "linenbr"}
STAMPS = {f"{kind}_{what}" for kind in ("crtd", "lupd") for what in ("datetime", "prog", "user")}
STATED = {
    "SOHeader.SlsperID": "the screen takes the customer's salesperson",
    "SOLine.SlsperID": "as its order's",
    "SOLine.AlternateID": "an item that is typed by its own id has no alternate",
    "SOLine.AltIDType": "so",
    "SOEvent.Descr": "SL's words, or ours with the source's name",
}


def rows(company, table, order):
    """By Amazon's number, so that the two numberings do not matter."""
    reference = "SOOrdNbr" if table == "ProcessQueue" else "OrdNbr"
    found = company.execute(f"SELECT h.CustOrdNbr AS amazon, t.* FROM {table} t JOIN SOHeader h ON h.CpnyID = t.CpnyID AND "
                            f"h.OrdNbr = t.{reference} ORDER BY h.CustOrdNbr{order}")
    return [dict(row) for row in found]


def bare(cell):
    """A quote in free text is an apostrophe in the file."""
    return cell.rstrip().replace('"', "'") if isinstance(cell, str) else cell


def compare(table, left, right, seen):
    for one, other in zip(left, right):
        for column, cell in one.items():
            if column.lower() in NUMBERS | STAMPS or bare(cell) == bare(other[column]):
                continue
            name = f"{table}.{column}"
            seen.add(name)
            if name not in STATED:
                print(f"{one['amazon']} {name}: ODBC {cell!r}, TI {other[column]!r}")


def only_by_odbc(left, right):
    """Orders that the file could not hold; what else is missing on a side is told."""
    quoted = {row["amazon"] for row in rows(left, "SOLine", "") if '"' in row["InvtID"]}
    here, there = ({row["amazon"] for row in rows(company, "SOHeader", "")} for company in (left, right))
    for order in sorted((here ^ there) ^ quoted):
        print(f"{order} is in one company only, or in both with a quote in an item's id")
    return quoted


def main():
    left, right = companies = [sqlite3.connect(path) for path in sys.argv[1:3]]
    for company in companies:
        company.row_factory = sqlite3.Row
    seen, quoted = set(), only_by_odbc(left, right)
    print(f"{len(quoted)} orders by ODBC only: the id of an item holds a quote")
    for table, order in TABLES.items():
        here, there = ([row for row in rows(company, table, order) if row["amazon"] not in quoted] for company in companies)
        same = [row["amazon"] for row in here] == [row["amazon"] for row in there]
        print(f"{table}: {len(here)} rows, {'as many' if same else 'others'} by Transaction Import")
        compare(table, here, there, seen)
    for name in sorted(set(STATED) - seen) if sys.argv[3:] == ["all"] else []:
        print(f"{name} is said to differ, and does not")


main()
