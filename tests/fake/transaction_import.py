#!/usr/bin/env python3
"""fake/transaction_import: stands in for SL's Transaction Import (98.500.00), which runs on Windows only, in a sandbox company.

    transaction_import.py DATABASE FILE --control CONTRACT [--log LOG] [--now TIME]

DATABASE is the sandbox's SQLite file, or "psql". CONTRACT is what `sluice explain sl.sales-order-ti` prints (or the schema itself): it
stands for the site's control file, so a field is known by its place in the line and nothing else. The log is in SL's form:

    'System Message 8004: Data File Record/Line Number: 5 Column: 1
    'System Message 8013: Item not found, please reenter. Control: cinvtid Key Value: ""AAB$"" Column 1

What it takes for SL's way of working is listed in tests/fake/ASSUMPTIONS.md; nothing of it is part of the product.
"""
import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import receivables
import ti_screens
from company import Company, Psql, Sqlite
from ti_screens import Refused

SCREENS = {**ti_screens.SCREENS, **receivables.SCREENS}


@dataclass
class Level:
    record: str
    depth: int
    fields: list = field(default_factory=list)  # (column, control, type)


@dataclass
class Record:
    number: int  # of its line
    word: str
    level: Level
    cells: list
    inner: list = field(default_factory=list)

    def values(self):
        """By column; an empty field is left to the screen."""
        kept = {}
        for place, (cell, (column, control, kind)) in enumerate(zip(self.cells, self.level.fields)):
            if cell != "":
                kept[column.lower()] = (day(cell, place, control) if kind.startswith("date") else cell)
        return kept

    def place_of(self, column):
        for place, (name, control, _) in enumerate(self.level.fields):
            if name.lower() == column.lower():
                return place + 1, control, self.cells[place] if place < len(self.cells) else ""
        return 0, "c" + column.lower(), ""


def day(cell, place, control):
    found = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", cell)
    if not found:
        raise Refused(control, "Invalid date", place=place + 1, value=cell)
    return f"{found[3]}-{found[1]}-{found[2]} 00:00:00"


def contract(path):
    """Screen, and levels by their word. Records without a word write no line."""
    screen, levels, level = None, {}, None
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        text = line.split("#")[0].rstrip()
        found = re.match(r"schema .*screen \"?([0-9.]+)\"?", text)
        if found:
            screen = found[1]
        found = re.match(r"( *)record (\S+)(?: \"([^\"]+)\")?", text)
        if found:
            level = Level(found[2], len(found[1]))
            if found[3]:
                levels[found[3].lower()] = level
        found = re.match(r" +(\S+) .*\bcontrol (\S+)", text) if level and not found else None
        if found:
            # a `like` schema leaves types to the table: only dates look different in the file
            level.fields.append((found[1], found[2], "date" if "date(" in text else "text"))
    return screen, levels


def cells_of(line):
    """Quoted or bare, between commas; a quote has no escape."""
    cells, at = [], 0
    while at <= len(line):
        if line[at:at + 1] == '"':
            end = line.index('"', at + 1)
            cells.append(line[at + 1:end])
            at = end + 2
            if line[end + 1:end + 2] not in ("", ","):
                raise ValueError(line)
        else:
            end = line.find(",", at)
            end = len(line) if end < 0 else end
            cells.append(line[at:end].strip())
            at = end + 1
    return cells


class Log:
    def __init__(self):
        self.lines = []

    def say(self, number, text):
        self.lines.append(f"'System Message {number}: {text}")

    def refuse(self, record, error):
        place, control, value = record.place_of(error.column)
        place, value = error.place or place, error.value if error.value is not None else value
        self.say(8004, f"Data File Record/Line Number: {record.number} Column: {place}")
        if error.missing:
            self.say(8013, f'{error.text} Control: {control} Key Value: ""{value}"" Column {place}')
        else:
            self.lines.append(f"'{error.text}")
        self.say(8034, f"Error in Field: {control} Value: {value}")
        self.say(8055, "========Error Processing Document Data Line========")


def records_of(path, levels, log):
    for number, line in enumerate(Path(path).read_bytes().decode("windows-1252").split("\r\n"), 1):
        if not line:
            continue
        cells = cells_of(line)
        level = levels.get(cells[0].lower())
        if level is None:
            log.say(8004, f"Data File Record/Line Number: {number} Column: 0")
            log.say(8021, "Invalid Level specified. Treated as a comment Line")
        else:
            yield Record(number, cells[0], level, cells[1:])


def documents_of(records):
    """The first level of each; a record of a lower level belongs to the document before it."""
    top, last = None, None
    for record in records:
        top = record.level.depth if top is None else min(top, record.level.depth)
        if record.level.depth == top or last is None:
            if last is not None:
                yield last
            last = record
        else:
            last.inner.append(record)
    if last is not None:
        yield last


def load(company, screen, documents, log):
    """Documents of a screen with batches fall with their batch record; else each stands for itself."""
    dead, done = False, 0
    for document in documents:
        at = [document]  # the record that the screen is at, for the log
        try:
            if dead:
                raise Refused(document.level.fields[0][0], "Data must be entered in this field")
            done += 1 if screen.document(company, document, at) else 0
            company.db.end()
        except Refused as error:
            company.db.undo()
            log.refuse(at[0], error)
            dead = screen.batches and at[0] is document
            for record in document.inner if dead else []:
                log.refuse(record, Refused(record.level.fields[0][0], "Data must be entered in this field"))
        for record, error in screen.left_out:
            log.refuse(record, error)
        screen.left_out.clear()
    return done


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("file")
    parser.add_argument("--control", required=True)
    parser.add_argument("--log")
    parser.add_argument("--now", default="2026-11-20 00:00:00")
    given = parser.parse_args()
    company = Company(Psql() if given.database == "psql" else Sqlite(given.database), given.now.replace("T", " "))
    name, levels = contract(given.control)
    log, screen = Log(), SCREENS[name]()
    done = load(company, screen, documents_of(records_of(given.file, levels, log)), log)
    if given.log:
        Path(given.log).write_text("".join(f"{line}\r\n" for line in log.lines), encoding="windows-1252", newline="")
    print(f"{name}: {done} documents")


if __name__ == "__main__":
    sys.exit(main())
