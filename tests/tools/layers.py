"""Checks every #include in etl/ against etl/LAYERS: rooms point downward, a library belongs to one room."""

import fnmatch
import pathlib
import re
import sys

ETL = pathlib.Path(__file__).resolve().parents[2] / "etl"
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]*)"|<([^>]*)>)')


def read_layers(problems):
    """The rooms with what each may include, and the owner of each library header (a pattern)."""
    rooms, owners = {}, []
    for number, line in enumerate((ETL / "LAYERS").read_text().splitlines(), 1):
        name, colon, rest = line.split("#")[0].strip().partition(":")
        if not name:
            continue
        if not colon:
            problems.append(f"etl/LAYERS:{number}: no colon after {name}")
        if name.startswith("<"):
            owners.append((name.strip("<>"), rest.strip()))
            continue
        for other in rest.split():
            if other not in rooms:
                problems.append(f"etl/LAYERS:{number}: {name} names {other}, which is not above it")
        rooms[name] = set(rest.split()) | {name}
    return rooms, owners


def fault_of(room, own, library, rooms, owners):
    """What is wrong with one include, or None."""
    if own is not None:
        target, slash, _ = own.partition("/")
        if not slash or not (ETL / own).is_file():
            return f'"{own}" is no file of etl/ (write "room/name.h")'
        if target not in rooms[room]:
            return f"{room} may not include {target}"
    else:
        for pattern, owner in owners:
            if fnmatch.fnmatch(library, pattern) and room != owner:
                return f"<{library}> belongs to {owner}"
    return None


def main():
    problems = []
    rooms, owners = read_layers(problems)
    for path in sorted(ETL.glob("**/*.[ch]")):
        where = path.relative_to(ETL)
        room = where.parts[0]
        if len(where.parts) != 2 or room not in rooms:
            problems.append(f"etl/{where}: not in a room of etl/LAYERS")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            fault = found and fault_of(room, *found.groups(), rooms, owners)
            if fault:
                problems.append(f"etl/{where}:{number}: {fault}")
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
