"""demo/make_settlement: writes a settlement report V2 (flat file) of a made-up shop, the same bytes every time.

    python3 tests/demo/make_settlement.py --settlement-id 70000000011 --rows 150 -o us.txt

The first row is the summary, as Amazon writes it; its total-amount is the exact
sum of the others. The options under "faults" break the file afterwards, on
purpose, and leave the summary as it was.
"""
import argparse
import sys
from datetime import datetime, timedelta

from settlement_rows import MARKETS, Chance, Row, Shop

COLUMNS = (
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency transaction-type "
    "order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type amount-description amount "
    "fulfillment-id posted-date posted-date-time order-item-code merchant-order-item-id merchant-adjustment-item-id "
    "sku quantity-purchased promotion-id").split()
AMOUNT, POSTED, STAMP = COLUMNS.index("amount"), COLUMNS.index("posted-date"), COLUMNS.index("posted-date-time")
LABELS = [COLUMNS.index(name) for name in ("transaction-type", "amount-type", "amount-description")]

ISO_STAMP = "%Y-%m-%d %H:%M:%S UTC"
NOTATIONS = {  # decimal mark, thousands mark (with --thousands), posted-date, other stamps
    "us": (".", ",", "%m/%d/%Y", ISO_STAMP),
    "eu": (",", ".", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S UTC"),
    "eu-space": (",", "\u00a0", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S UTC"),
    "jp": ("", ",", "%Y/%m/%d", ISO_STAMP),
}
EPOCH = datetime(1970, 1, 1)
RESERVE = ("other-transaction", "other-transaction")
STRANGER = ("Regulatory Surcharge", "Regulatory Surcharge", "Base fee")


def seconds(text):
    return int((datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") - EPOCH) / timedelta(seconds=1))


def minor_units(text, places):
    whole, _, part = text.partition(".")
    if len(part) > places or not (whole + part).isdigit():
        return None
    return int(whole + part.ljust(places, "0"))


class Notation:
    def __init__(self, name, places, thousands):
        self.mark, self.group, self.date_form, self.stamp_form = NOTATIONS[name]
        self.places = places
        if not thousands and name != "eu-space":
            self.group = ""

    def amount(self, minor):
        sign, digits = "-" if minor < 0 else "", str(abs(minor)).zfill(self.places + 1)
        cut = len(digits) - self.places
        whole = f"{int(digits[:cut]):,}".replace(",", self.group)
        return sign + whole + (self.mark + digits[cut:] if self.places else "")

    def date(self, when):
        return (EPOCH + timedelta(seconds=when)).strftime(self.date_form)

    def stamp(self, when):
        return (EPOCH + timedelta(seconds=when)).strftime(self.stamp_form)


def month_end_after(when):
    day = EPOCH + timedelta(seconds=when)
    following = datetime(day.year + day.month // 12, day.month % 12 + 1, 1)
    return int((following - EPOCH) / timedelta(seconds=1))


class Clock:
    """Spreads the rows over the window; with a month end to look at, one event falls a second before it, one
    on it and one 90 minutes later, so that the ledger's time zone decides their period."""

    def __init__(self, options):
        self.start, self.span, self.rows = options.start, options.end - options.start, options.rows
        midnight = month_end_after(options.start)
        self.pins = [midnight - 1, midnight, midnight + 5400] if options.split_month else []

    def at(self, row, chance):
        when = self.start + self.span * row // self.rows + chance.below(max(self.span // self.rows, 1))
        if self.pins and when >= self.pins[0]:
            return self.pins.pop(0)
        return when


def make_rows(options):
    chance = Chance(options.seed)
    shop, clock, rows = Shop(chance, options.currency, options.tax_residual, options.labels), Clock(options), []
    if options.previous_reserve:
        rows.append(Row(options.start + 60, *RESERVE, "Previous Reserve Amount Balance", options.previous_reserve))
    if options.advertising:
        rows += shop.advertising(options.start + 7200, options.advertising)
    room = options.rows - (options.reserve is not None)
    other_every = 12 if options.rows < 1000 else 90
    next_other = next_refund = other_every
    while len(rows) < room:
        when = clock.at(len(rows), chance)
        if len(rows) >= next_other:
            event, next_other = shop.other(when), next_other + other_every
        elif len(rows) >= next_refund + 20:
            event, next_refund = shop.refund(when), next_refund + 70
        else:
            event = shop.order(when)
        rows += event if len(rows) + len(event) <= room else shop.advertising(when)
    if options.reserve is not None:
        kept = sum(row.amount for row in rows) if options.reserve == "all" else options.reserve
        rows.append(Row(options.end - 1, *RESERVE, "Current Reserve Amount", -kept))
    return rows


def summary_cells(options, notation, total):
    cells = [options.settlement_id, notation.stamp(options.start), notation.stamp(options.end),
             notation.stamp(options.end + 2 * 86400), notation.amount(total), options.currency]
    return cells + [""] * (len(COLUMNS) - len(cells))


def detail_cells(options, notation, row, stamps):
    if row.when not in stamps:
        stamps.clear()
        stamps[row.when] = (notation.date(row.when), notation.stamp(row.when))
    return [options.settlement_id, "", "", "", "", "", row.kind, row.order, "", row.adjustment, row.shipment,
            row.marketplace, row.family, row.label, notation.amount(row.amount), row.channel, *stamps[row.when],
            row.item, "", row.adjusted, row.sku, row.quantity, row.promotion]


def break_rows(options, notation, cells):
    """cells[0] is the header, cells[1] the summary; rows are counted from 1 after it."""
    def row(number):
        return cells[number + 1]

    if options.unknown_label:
        for column, text in zip(LABELS, STRANGER):
            row(options.unknown_label)[column] = text
    if options.bad_amount:
        row(options.bad_amount)[AMOUNT] += "x"
    if options.old_date:
        when = seconds("1995-03-14T07:49:55Z")
        row(options.old_date)[POSTED:STAMP + 1] = [notation.date(when), notation.stamp(when)]
    if options.foreign_row:
        row(options.foreign_row)[0] = str(int(options.settlement_id) + 1)
    if options.drop_row:
        del cells[options.drop_row + 1]
    if options.omit_column:
        at = cells[0].index(options.omit_column)
        for line in cells:
            del line[at]
    if options.extra_column:
        for line in cells:
            line.append("")
        cells[0][-1] = options.extra_column


def render(options, notation, rows):
    total = sum(row.amount for row in rows)
    stamps = {}
    cells = [list(COLUMNS), summary_cells(options, notation, total)]
    cells += [detail_cells(options, notation, row, stamps) for row in rows]
    break_rows(options, notation, cells)
    lines = ["\t".join(line) for line in cells]
    if options.short_rows:
        lines = [line.rstrip("\t") for line in lines]
    newline = "\r\n" if options.crlf else "\n"
    text = ("\ufeff" if options.bom else "") + newline.join(lines) + newline
    data = text.encode(options.charset)
    return data[:len(data) - options.truncate]


def write_expected(path, rows):
    """Sums by label in minor units, then the total: what a test compares with."""
    sums = {}
    for row in rows:
        key = (row.kind, row.family, row.label)
        count, amount = sums.get(key, (0, 0))
        sums[key] = (count + 1, amount + row.amount)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for key in sorted(sums):
            print(*key, *sums[key], sep="\t", file=file)
        print("total", "", "", len(rows), sum(row.amount for row in rows), sep="\t", file=file)


def parse_options():
    parser = argparse.ArgumentParser(description="Makes a settlement report V2 of a made-up shop.")
    add = parser.add_argument
    add("-o", "--output", default="-", help="file to write; - is standard output")
    add("--seed", type=int, default=1)
    add("--rows", type=int, default=150, help="detail rows, reserve rows included")
    add("--notation", choices=NOTATIONS, default="us")
    add("--thousands", action="store_true", help="write the thousands mark of the notation (eu-space always does)")
    add("--currency", choices=MARKETS, default="USD")
    add("--start", type=seconds, default="2026-10-02T07:12:45Z", metavar="TIME")
    add("--end", type=seconds, default="2026-10-16T07:12:45Z", metavar="TIME")
    add("--settlement-id", default="70000000001")
    add("--previous-reserve", metavar="AMOUNT", help="what the settlement before kept")
    add("--reserve", metavar="AMOUNT|all", help="what this one keeps; all: the total is zero")
    add("--advertising", metavar="AMOUNT", help="one more advertising invoice; a large one makes the total negative")
    add("--tax-residual", type=int, default=0, metavar="N", help="orders whose tax Amazon withholds only in part")
    add("--split-month", action="store_true", help="three events around the month end, seen from UTC")
    add("--labels", choices=("new", "old"), default="new", help="names of fees: 2024 and later, or before")
    add("--short-rows", action="store_true", help="empty cells at the end of a row are cut off")
    add("--crlf", action="store_true")
    add("--bom", action="store_true")
    add("--charset", default="utf-8")
    add("--expect", metavar="FILE", help="also write the sums by label, in minor units")
    faults = parser.add_argument_group("faults").add_argument
    faults("--drop-row", type=int, metavar="N", help="leave the N-th detail row out")
    faults("--truncate", type=int, default=0, metavar="BYTES", help="cut so many bytes off the end")
    faults("--unknown-label", type=int, metavar="N", help="a label that no sheet knows; the sum still ties")
    faults("--bad-amount", type=int, metavar="N", help="an amount that is no number")
    faults("--old-date", type=int, metavar="N", help="a row posted in 1995")
    faults("--foreign-row", type=int, metavar="N", help="a row of another settlement")
    faults("--extra-column", metavar="NAME", help="append an empty column; price-type makes it look like V1")
    faults("--omit-column", metavar="NAME")
    options = parser.parse_args()
    places = 0 if options.currency == "JPY" else 2
    if (options.notation == "jp") != (places == 0):
        parser.error("notation jp and currency JPY go together")
    for name in ("previous_reserve", "reserve", "advertising"):
        text = getattr(options, name)
        if text not in (None, "all"):
            setattr(options, name, minor_units(text, places))
            if getattr(options, name) is None:
                parser.error(f"not an amount of this currency: {text}")
    return options, Notation(options.notation, places, options.thousands)


def main():
    options, notation = parse_options()
    rows = make_rows(options)
    data = render(options, notation, rows)
    if options.expect:
        write_expected(options.expect, rows)
    if options.output == "-":
        sys.stdout.buffer.write(data)
    else:
        with open(options.output, "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
