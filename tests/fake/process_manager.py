#!/usr/bin/env python3
"""fake/process_manager: stands in for SL's Process Manager, which runs on Windows only, in a sandbox company.

    process_manager.py DATABASE work [ORDER..] [--now TIME]   works the rows of ProcessQueue: makes shippers
    process_manager.py DATABASE confirm [ORDER..]             as a clerk does in 40.110.00, then the Sales Journal closes the shipper
    process_manager.py DATABASE ship ORDER=TRACKING..         the same, with the day and the parcel's number
    process_manager.py DATABASE bill [ORDER..]                the Sales Journal's invoices, where the site has them
    process_manager.py DATABASE release                       AR Release: invoices, memos, payments
    process_manager.py DATABASE cancel-shippers [ORDER..]     as a clerk does in 40.110.00

ORDER is a customer order number, and TIME on SL's clock, such as 2026-11-21T02:00:00: later rows wait.

DATABASE is the sandbox's SQLite file, or "psql" for the PostgreSQL that PGHOST, PGPORT, PGUSER and PGDATABASE name.
What it takes for SL's way of working is listed in tests/fake/ASSUMPTIONS.md; nothing of it is part of the product.
"""
import argparse
import sys
from decimal import ROUND_HALF_UP, Decimal

import receivables
from company import Company, Psql, Sqlite, key, literal, number

SHIPS = ("CS", "SO", "TR", "WC")
OURS = "process_manager"


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def shipper_number(company, kind):
    """The order type's counter, or that of the type it points to."""
    counter = kind
    if kind["shippertype"]:
        counter = company.read("SOType", f"CpnyID = {literal(kind['cpnyid'])} AND SOTypeID = {literal(kind['shippertype'])}")[0]
    last = counter["lastshippernbr"]
    after = str(int(last or 0) + 1).zfill(len(last) or 6)
    company.update("SOType", key(counter, "CpnyID", "SOTypeID"), LastShipperNbr=after)
    return kind["shipperprefix"] + after


def shipped(company, line):
    found = company.db.rows(
        "SELECT COALESCE(SUM(l.QtyShip), 0) FROM SOShipLine l JOIN SOShipHeader h ON h.CpnyID = l.CpnyID AND h.ShipperID = "
        f"l.ShipperID WHERE h.Cancelled = 0 AND l.CpnyID = {literal(line['cpnyid'])} AND l.OrdNbr = {literal(line['ordnbr'])} "
        f"AND l.OrdLineRef = {literal(line['lineref'])}")
    return number(found[0][0])


def open_schedules(company, order):
    """What is to be shipped: lines and schedules that are open, and not cancelled by their date."""
    for line in company.read("SOLine", key(order, "CpnyID", "OrdNbr") + " AND Status = 'O'", "ORDER BY LineRef"):
        units = number(line["qtyord"]) - shipped(company, line)
        schedules = company.read("SOSched", key(line, "CpnyID", "OrdNbr", "LineRef") +
                                 f" AND Status = 'O' AND CancelDate > {literal(company.now)}", "ORDER BY SchedRef")
        if units > 0 and schedules:
            yield line, schedules[0], units


def may_ship(company, order):
    kind = company.read("SOType", key(order, "CpnyID", "SOTypeID"))[0]
    return kind if (kind["behavior"] in SHIPS and int(kind["noautocreateshippers"]) == 0 and order["status"] == "O"
                    and int(order["cancelled"]) == 0 and int(order["adminhold"]) == 0 and int(order["credithold"]) == 0
                    and order["nextfunctionid"] == "4041000" and order["nextfunctionclass"] == "") else None


def make_shipper(company, order):
    kind = may_ship(company, order)
    wanted = list(open_schedules(company, order)) if kind else []
    if not wanted:
        return None
    shipper = shipper_number(company, kind)
    stamps = {"Crtd_DateTime": company.now, "LUpd_DateTime": company.now, "Crtd_Prog": "40400", "LUpd_Prog": "40400",
              "Crtd_User": OURS[:10], "LUpd_User": OURS[:10]}
    total = sum(add_line(company, shipper, at + 1, line, schedule, units, stamps)
                for at, (line, schedule, units) in enumerate(wanted))
    earlier = company.read("SOShipHeader", key(order, "CpnyID", "OrdNbr") + " AND Cancelled = 0")
    misc = Decimal(0) if earlier else number(order["curytotmisc"])
    company.insert("SOShipHeader", {
        **order, **stamps, "ShipperID": shipper, "Status": "O", "NextFunctionID": "4011000", "NextFunctionClass": "0550",
        "Cancelled": 0, "LineCntr": len(wanted), "SiteID": wanted[0][1]["siteid"], "ShipDatePlan": company.now[:10],
        "CuryTotMerch": total, "TotMerch": total, "CuryTotMisc": misc, "TotMisc": misc, "CuryTotInvc": total + misc,
        "TotInvc": total + misc, "User1": " ", "User9": "1900-01-01 00:00:00"})
    count_units(company, order)
    return shipper


def add_line(company, shipper, at, line, schedule, units, stamps):
    reference = str(at).zfill(5)
    whole = units == number(line["qtyord"])
    amount = number(line["curytotord"]) if whole else cents(number(line["curyslsprice"]) * units)
    company.insert("SOShipLine", {
        **line, **stamps, "ShipperID": shipper, "LineRef": reference, "OrdLineRef": line["lineref"], "LineNbr": at,
        "QtyShip": units, "QtyPick": units, "Status": "O", "CuryTotMerch": amount, "TotMerch": amount,
        "CuryTotInvc": amount, "TotInvc": amount})
    company.insert("SOShipSched", {
        **stamps, "CpnyID": line["cpnyid"], "ShipperID": shipper, "ShipperLineRef": reference, "OrdNbr": line["ordnbr"],
        "OrdLineRef": line["lineref"], "OrdSchedRef": schedule["schedref"], "QtyPick": units,
        "ReqDate": schedule["reqdate"]})
    return amount


def count_units(company, order):
    """SOLine and SOSched hold what is in shippers, open and closed."""
    company.db.end()
    for line in company.read("SOLine", key(order, "CpnyID", "OrdNbr")):
        for column, confirmed in (("QtyOpenShip", 0), ("QtyCloseShip", 1)):
            found = company.db.rows(
                "SELECT COALESCE(SUM(l.QtyShip), 0) FROM SOShipLine l JOIN SOShipHeader h ON h.CpnyID = l.CpnyID AND "
                f"h.ShipperID = l.ShipperID WHERE h.Cancelled = 0 AND h.ShippingConfirmed = {confirmed} AND "
                f"l.OrdNbr = {literal(line['ordnbr'])} AND l.OrdLineRef = {literal(line['lineref'])} AND "
                f"l.CpnyID = {literal(line['cpnyid'])}")
            company.update("SOLine", key(line, "CpnyID", "OrdNbr", "LineRef"), **{column: number(found[0][0])})
            company.update("SOSched", key(line, "CpnyID", "OrdNbr", "LineRef") + " AND SchedRef = '00001'",
                           **{column: number(found[0][0])})
    company.db.end()


def is_meant(names, row):
    return not names or row["custordnbr"] in names


def work(company, names):
    """In the order of the queue; an order is looked at once, whatever asks for it."""
    queue = company.read("ProcessQueue", f"ProcessAt <= {literal(company.now)}", "ORDER BY ProcessAt, ProcessPriority, ProcessQueueID")
    seen = set()
    for row in queue:
        place = (row["cpnyid"], row["soordnbr"])
        orders = company.read("SOHeader", key({"cpnyid": place[0], "ordnbr": place[1]}, "CpnyID", "OrdNbr")) if place[1] else []
        if orders and not is_meant(names, orders[0]):
            continue
        if orders and place not in seen:
            seen.add(place)
            count_units(company, orders[0])
            shipper = make_shipper(company, orders[0])
            if shipper:
                print(f"shipper {shipper} of {orders[0]['custordnbr'] or place[1]}")
        company.db.run(f"DELETE FROM ProcessQueue WHERE ProcessQueueID = {row['processqueueid']}")
        company.db.end()


def open_shippers(company, names):
    found = company.read("SOShipHeader", "Status = 'O' AND ShippingConfirmed = 0 AND Cancelled = 0", "ORDER BY ShipperID")
    return [shipper for shipper in found if is_meant(names, shipper)]


def confirm(company, names):
    """Confirmed, then invoiced and closed by the Sales Journal; lines whose units have all left are closed."""
    for shipper in open_shippers(company, names):
        company.update("SOShipHeader", key(shipper, "CpnyID", "ShipperID"), ShippingConfirmed=1, Status="C", NextFunctionID=" ",
                       NextFunctionClass=" ", ShipRegisterID="SR000001")
        company.update("SOShipLine", key(shipper, "CpnyID", "ShipperID"), Status="C")
        company.db.end()
        order = company.read("SOHeader", key(shipper, "CpnyID", "OrdNbr"))[0]
        count_units(company, order)
        close_shipped(company, order)
        print(f"confirmed {shipper['shipperid']}")


def ship(company, names):
    """As a clerk does in 40.110.00: ORDER=TRACKING; nothing behind the sign: no number was entered."""
    for name in names:
        order, _, tracking = name.partition("=")
        for shipper in open_shippers(company, [order]):
            company.update("SOShipHeader", key(shipper, "CpnyID", "ShipperID"), ShipDateAct=company.now[:10] + " 00:00:00",
                           TrackingNbr=tracking or " ", LUpd_DateTime=company.now)
        company.db.end()
        confirm(company, [order])


def cancel_shippers(company, names):
    """Like CancelShippersWS: closed, cancelled, and two rows in the queue."""
    for shipper in open_shippers(company, names):
        company.update("SOShipHeader", key(shipper, "CpnyID", "ShipperID"), Cancelled=1, Status="C", DateCancelled=company.now)
        for kind, priority in (("PLNSH", 250), ("PRCSH", 255)):
            company.insert("ProcessQueue", {"ProcessType": kind, "ProcessPriority": priority, "ProcessAt": company.now,
                                            "CpnyID": shipper["cpnyid"], "SOShipperID": shipper["shipperid"]})
        company.db.end()
        count_units(company, company.read("SOHeader", key(shipper, "CpnyID", "OrdNbr"))[0])
        print(f"cancelled {shipper['shipperid']}")


def close_shipped(company, order):
    lines = company.read("SOLine", key(order, "CpnyID", "OrdNbr"))
    left = 0
    for line in lines:
        done = number(line["qtycloseship"]) >= number(line["qtyord"])
        left += line["status"] == "O" and not done
        if done and line["status"] == "O":
            company.update("SOLine", key(line, "CpnyID", "OrdNbr", "LineRef"), Status="C")
            company.update("SOSched", key(line, "CpnyID", "OrdNbr", "LineRef"), Status="C")
    if not left:
        company.update("SOHeader", key(order, "CpnyID", "OrdNbr"), Status="C", NextFunctionID=" ", NextFunctionClass=" ")
    company.db.end()


STEPS = {"work": work, "confirm": confirm, "ship": ship, "bill": receivables.bill, "release": receivables.release, "cancel-shippers": cancel_shippers}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("order", nargs="*")
    parser.add_argument("--now")
    given = parser.parse_args()
    database = Psql() if given.database == "psql" else Sqlite(given.database)
    last = given.now or database.rows("SELECT MAX(ProcessAt) FROM ProcessQueue")[0][0] or "2026-11-20 00:00:00"
    company = Company(database, last.replace("T", " "))
    STEPS[given.step](company, given.order)
    database.end()


if __name__ == "__main__":
    sys.exit(main())
