"""fake/company: a sandbox company of SL's as the stand-ins see it: rows by column name, and SL's way of writing whole rows.

The company is in the sandbox's SQLite file, or in the PostgreSQL that PGHOST, PGPORT, PGUSER and PGDATABASE name.
"""
import sqlite3
import subprocess
from decimal import Decimal


def literal(value):
    if isinstance(value, (int, Decimal)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


class Sqlite:
    def __init__(self, path):
        self.connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True)

    def rows(self, sql):
        return [[cell.rstrip() if isinstance(cell, str) else cell for cell in row] for row in self.connection.execute(sql)]

    def run(self, sql):
        self.connection.execute(sql)

    def columns(self, table):
        return [(row[1], row[2].upper()) for row in self.connection.execute(f'PRAGMA table_info("{table}")')]

    def end(self):
        self.connection.commit()

    def undo(self):
        self.connection.rollback()


class Psql:
    """Reads one by one; what changes is sent in one transaction at the end of each step."""

    def __init__(self):
        self.waiting = []

    @staticmethod
    def call(sql):
        done = subprocess.run(["psql", "-XAtq", "-F", "\x1f", "-v", "ON_ERROR_STOP=1"], input=sql, text=True, check=True,
                              capture_output=True)
        return done.stdout

    def rows(self, sql):
        self.end()
        return [[cell.rstrip() for cell in line.split("\x1f")] for line in self.call(sql + ";").splitlines()]

    def run(self, sql):
        self.waiting.append(sql)

    def columns(self, table):
        return [(name, kind.upper()) for name, kind in self.rows(
            f"SELECT column_name, data_type FROM information_schema.columns WHERE lower(table_name) = '{table.lower()}' "
            "ORDER BY ordinal_position")]

    def end(self):
        if self.waiting:
            self.call("BEGIN;" + ";".join(self.waiting) + ";COMMIT;")
        self.waiting = []

    def undo(self):
        self.waiting = []


class Company:
    def __init__(self, database, now):
        self.db = database
        self.now = now
        self.lists = {}

    def columns(self, table):
        if table not in self.lists:
            self.lists[table] = self.db.columns(table)
        return self.lists[table]

    def blank(self, kind):
        if "CHAR" in kind or "TEXT" in kind:
            return " "
        return "1900-01-01 00:00:00" if "DATE" in kind or "TIME" in kind else 0

    def read(self, table, where, order=""):
        names = [name for name, _ in self.columns(table)]
        found = self.db.rows(f'SELECT {", ".join(names)} FROM {table} WHERE {where} {order}')
        return [{name.lower(): cell for name, cell in zip(names, row)} for row in found]

    def insert(self, table, values):
        """Like SL, names every column; identities and row versions are the database's."""
        wanted = {name.lower(): value for name, value in values.items()}
        names, cells = [], []
        for name, kind in self.columns(table):
            if name.lower() in ("tstamp", "eventid", "processqueueid", "recordid"):
                continue
            value = wanted.get(name.lower(), self.blank(kind))
            names.append(name)
            cells.append(literal(value if value != "" else " "))
        self.db.run(f'INSERT INTO {table} ({", ".join(names)}) VALUES ({", ".join(cells)})')

    def update(self, table, where, **values):
        sets = ", ".join(f"{name} = {literal(value)}" for name, value in values.items())
        self.db.run(f"UPDATE {table} SET {sets} WHERE {where}")


def number(cell):
    return Decimal(str(cell))


def key(row, *names):
    return " AND ".join(f"{name} = {literal(row[name.lower()])}" for name in names)


def next_number(company, table, where, column, places=6):
    last = company.read(table, where)[0][column.lower()]
    after = str(int(last or 0) + 1).zfill(len(last) or places)
    company.update(table, where, **{column: after})
    return after
