#!/usr/bin/env python3
"""tools/export_sl: what a site without ODBC drops instead of being asked: the queries of a schema as CSV files.

    export_sl.py DATABASE SCHEMA FOLDER NAME=VALUE..        SCHEMA: schemas/sl/read.schema; NAME=VALUE: settings that its queries bind

DATABASE is a sandbox company in SQLite. {config.NAME} is taken from NAME=VALUE, {today()} and {add-days(today(), N)} from today=YYYY-MM-DD.
"""
import csv
import re
import sqlite3
import sys
from datetime import date, timedelta
from pathlib import Path


def records(path):
    """Name and query of each; a query goes on in deeper lines."""
    name, query, depth = None, [], 0
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        found = re.match(r" +record (\S+)", line)
        if found or (query and len(line) - len(line.lstrip()) <= depth):
            if query:
                yield name, " ".join(query)
            query = []
        if found:
            name = found[1]
        elif line.lstrip().startswith("query "):
            depth = len(line) - len(line.lstrip())
            query = [line.strip()[len("query "):]]
        elif query:
            query.append(line.strip())
    if query:
        yield name, " ".join(query)


def bound(sql, settings):
    values = []

    def take(found):
        words = found[1]
        if words.startswith("config."):
            values.append(settings[words[len("config."):]])
        else:
            days = re.fullmatch(r"add-days\(today\(\), (-?\d+)\)", words)
            values.append(f"{date.fromisoformat(settings['today']) + timedelta(days=int(days[1]) if days else 0)} 00:00:00")
        return "?"

    return re.sub(r"\{([^}]*)\}", take, sql), values


def main():
    database, schema, folder = sys.argv[1:4]
    settings = dict(word.split("=", 1) for word in sys.argv[4:])
    Path(folder).mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    for name, query in records(schema):
        found = connection.execute(*bound(query, settings))
        with open(Path(folder) / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(column[0] for column in found.description)
            for row in found:
                cells = [str(cell).rstrip() if cell is not None else "" for cell in row]
                writer.writerow([re.sub(r"^1900-01-01.*", "", re.sub(r"^(\d{4}-\d\d-\d\d) 00:00:00$", r"\1", re.sub(r"^(-?\d+)\.0$", r"\1", cell)))
                                 for cell in cells])


if __name__ == "__main__":
    sys.exit(main())
