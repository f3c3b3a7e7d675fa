#!/usr/bin/env python3
"""tools/order_play: lives of orders, played step by step on a sandbox company, all side by side in one site.

    order_play.py LIVES        in an empty folder; LIVES has one a line: who ships (M merchant, A Amazon) and the steps

    O  Amazon tells of the order          S  Process Manager works the queue (tests/fake)
    R  the buyer asks to cancel           T  the clerk confirms the shipper, SL invoices
    C  the order is cancelled             X  the clerk cancels the shipper
    F  Amazon ships it                    -  a night in which nothing happens to it

Each step is a night of its own. What is known of an order is told again every night, as the trailing windows of the reports do;
after the last step a further night must change nothing. Prints a line for each life: how the order stands in SL, its shippers,
and what was asked.
"""
import csv
import glob
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta

TOP = os.environ["TOP"]
sys.path.insert(0, os.path.join(TOP, "tests", "demo"))
from order_model import Item, Order, seconds  # noqa: E402
from order_reports import SearchOrders, Shipments  # noqa: E402

COMPANY = "var/sandbox/company.db"
FEEDS = ("fba-orders", "cancellations", "fba-shipments")
PLACED = seconds("2026-11-14T12:00:00Z")


class Life:
    def __init__(self, at, line):
        self.who, *self.steps = line.split()
        self.line = " ".join(line.split())
        self.number = f"901-{at:07d}-{at:07d}"
        self.told = ""
        self.shipped = False
        self.asked = []

    def order(self):
        item = Item(f"{91000000000000 + int(self.number[-7:])}", "HOK-PAN-CI-10", "Pan", 2, 5798)
        status = "Cancelled" if self.told == "C" else "Unshipped"
        return Order(self.number, PLACED, [item], status=status, amazon=self.who == "A", asks_to_cancel=self.told == "R",
                     name="Example Buyer", lines=("1 Example Street", "", ""), city="Exampleton", state="NJ", code="07000")


class Parcel:
    carrier, share = "UPS", (1, 1)

    def __init__(self, order):
        self.order, self.item, self.quantity = order, order.items[0], 2
        self.shipment = f"PLAY{order.number[-4:]}"
        self.tracking = f"1ZPLAY{order.number[-4:]}"
        self.sent = PLACED + 86400


def make_site():
    for folder in ("feeds", "schemas", "transforms"):
        shutil.copytree(os.path.join(TOP, folder), folder)
    ours = {"sl-connection": "sandbox", **{f"{feed}.release": "auto" for feed in FEEDS}}
    with open(os.path.join(TOP, "sluice.conf"), encoding="utf-8") as conf:
        lines = [line for line in conf if line.split("=")[0].strip() not in ("keys", *ours)]
    with open("sluice.conf", "w", encoding="utf-8") as conf:
        conf.writelines(lines + [f"{name} = {value}\n" for name, value in ours.items()])
    for feed in FEEDS:
        os.makedirs(f"inbox/{feed}")
    call("sandbox")


def call(*words):
    done = subprocess.run([os.environ["SLUICE"], *words], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"sluice {' '.join(words)} ended {done.returncode}\n{done.stdout}{done.stderr}")


def fake(step, lives, now):
    if lives:
        subprocess.run([sys.executable, "-B", os.path.join(TOP, "tests/fake/process_manager.py"), COMPANY, step,
                        *(life.number for life in lives), "--now", now], check=True, stdout=subprocess.DEVNULL)


def drop(feed, name, text):
    path = f"inbox/{feed}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.utime(path, (1767312000, 1767312000))


def report(writer, things):
    return writer.begin() + "".join(writer.one(thing) for thing in things) + writer.end()


def night(lives, at):
    """Amazon's news first, then the feeds, then what happens in SL by day."""
    day = datetime(2026, 11, 20) + timedelta(days=at)
    steps = {life: life.steps[at] if at < len(life.steps) else "-" for life in lives}
    for life, step in steps.items():
        life.told = step if step in "RC" else life.told
        life.shipped = life.shipped or step == "F"
    fresh = [life.order() for life, step in steps.items() if step == "O"]
    news = [life.order() for life in lives if life.told]
    parcels = [Parcel(life.order()) for life in lives if life.shipped]
    for feed, name, writer, things in (("fba-orders", "orders.json", SearchOrders(), fresh),
                                       ("cancellations", "news.json", SearchOrders(), news),
                                       ("fba-shipments", "shipments.txt", Shipments(), parcels)):
        if things:
            drop(feed, name, report(writer, things))
            call("run", feed, "--now", day.strftime("%Y-%m-%dT10:00:00Z"))
    for letter, step in (("S", "work"), ("T", "confirm"), ("X", "cancel-shippers")):
        fake(step, [life for life, now in steps.items() if now == letter], day.strftime("%Y-%m-%dT12:00:00"))


def questions(lives):
    """Of all review sheets, in the order they were asked."""
    known = {life.number: life for life in lives}
    seen = set()
    for path in sorted(glob.glob("outbox/review/*.csv"), key=lambda name: int(re.search(r"-(\d+)\.csv$", name)[1])):
        with open(path, encoding="utf-8-sig", newline="") as sheet:
            for row in csv.reader(sheet):
                text = re.sub(r" \(known since .*", "", next((cell for cell in row if re.match(r"order 90\d-", cell)), ""))
                life = known.get(text[6:25])
                if life and (life.number, text) not in seen:
                    seen.add((life.number, text))
                    life.asked.append(text[25:].lstrip(": "))


def standing(life, company):
    found = company.execute("SELECT OrdNbr, Status, Cancelled, AdminHold FROM SOHeader WHERE CustOrdNbr = ?", (life.number,)).fetchall()
    if not found:
        return "not in SL"
    words = []
    for number, status, cancelled, hold in found:
        lines = company.execute("SELECT GROUP_CONCAT(Status, '') FROM SOLine WHERE OrdNbr = ?", (number,)).fetchone()[0]
        words.append("cancelled" if cancelled else "closed" if status == "C" else "open")
        words[-1] += (", on hold" if hold else "") + (f", lines {lines}" if lines != status else "")
    for status, confirmed, cancelled, units in company.execute(
            "SELECT h.Status, h.ShippingConfirmed, h.Cancelled, (SELECT SUM(QtyShip) FROM SOShipLine l WHERE l.ShipperID = h.ShipperID) "
            "FROM SOShipHeader h WHERE h.CustOrdNbr = ? ORDER BY h.ShipperID", (life.number,)):
        words.append(f"shipper {'cancelled' if cancelled else 'shipped' if confirmed else 'open'} ({units:g})")
    return "; ".join(words)


def masked(text):
    return re.sub(r"\b(AZ|S)0\d+", r"\1..", text)


def dump(company):
    tables = ("SOHeader", "SOLine", "SOSched", "SOShipHeader", "SOShipLine", "SOEvent", "ProcessQueue", "sluice_control")
    return [company.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def main():
    with open(sys.argv[1], encoding="utf-8") as play:
        lines = [line for line in play if line.strip() and not line.startswith("#")]
    lives = [Life(at + 1, line) for at, line in enumerate(lines)]
    make_site()
    nights = max(len(life.steps) for life in lives)
    for at in range(nights + 1): # the last steps are told once more: what SL did by day is met by the windows
        night(lives, at)
    company = sqlite3.connect(COMPANY)
    before = dump(company)
    night(lives, nights + 1)
    print("a further night changes " + ("nothing" if dump(company) == before else "something"))
    questions(lives)
    for life in lives:
        print(f"{life.line}: {standing(life, company)}")
        for text in life.asked:
            print("    ? " + masked(text))


if __name__ == "__main__":
    main()
