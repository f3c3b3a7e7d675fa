#!/usr/bin/env python3
"""tools/schema_queries: the queries of the shipped schemas as T-SQL statements, for a parser to judge.

    schema_queries.py [SCHEMA..]    each as one statement that ends in ";", what is bound as @p; all of schemas/ without one
"""
import glob
import re
import sys


def queries(text):
    """A query goes on over deeper lines, up to the first field of its record."""
    lines = iter(text.splitlines())
    found = None
    for line in lines:
        start = re.match(r"( *)query (.*)", line)
        if start:
            found = [start.group(2)]
            depth = len(start.group(1))
            continue
        if found is None:
            continue
        if line.strip() and len(line) - len(line.lstrip()) > depth:
            found.append(line.strip())
            continue
        yield " ".join(found)
        found = None
    if found:
        yield " ".join(found)


def main():
    names = sys.argv[1:] or sorted(glob.glob("schemas/**/*.schema", recursive=True))
    for name in names:
        with open(name, encoding="utf-8") as source:
            for query in queries(source.read()):
                print(re.sub(r"\{[^}]*\}", "@p", query) + ";")


if __name__ == "__main__":
    main()
