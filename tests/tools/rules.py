"""House rules on the text of the sources. `rules.py --list` names them, `rules.py NAME` checks one."""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
LONGEST_FILE = 600
LONGEST_FUNCTION = 80
# "room/file.c:function": why it may be longer. Only an interpreter's switch has a good reason.
LONG_FUNCTIONS = {}
# "room/file.c": why the word double or float stands in it (SL's FLOAT columns, at the edge).
FLOATING = {}
BANNED = "alloca asctime atof atoi atol ctime gets sprintf strcat strcpy strtod strtok vsprintf"


def files(*patterns):
    for pattern in patterns:
        for path in sorted(TOP.glob(pattern)):
            if path.is_file() and "build" not in path.relative_to(TOP).parts:
                yield path.relative_to(TOP), path.read_text(errors="replace")


def sources():
    return files("etl/**/*.[ch]")


def all_c():
    return files("etl/**/*.[ch]", "tests/**/*.[ch]")


def blank(text):
    """The code alone: comments and literals become spaces, lines stay where they are."""
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return token.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def words(text, pattern):
    for number, line in enumerate(text.splitlines(), 1):
        for found in re.finditer(pattern, line):
            yield number, found.group().strip()


def file_size():
    for path, text in all_c():
        count = text.count("\n")
        if count > LONGEST_FILE:
            yield f"{path}: {count} lines, {LONGEST_FILE} at most"


def function_size():
    """A function begins in column 0 with its name and an open brace at the line's end (clang-format)."""
    for path, text in all_c():
        name, start = None, 0
        lines = blank(text).splitlines()
        for number, line in enumerate(lines, 1):
            if name is None and re.match(r"[A-Za-z_].*\)\s*\{$|\s.*\)\s*\{$", line):
                head, first = line, number
                while not re.match(r"[A-Za-z_]", head) and first > 1:  # a signature over several lines
                    first -= 1
                    head = lines[first - 1] + head
                called = re.search(r"(\w+)\s*\(", head)
                name, start = called.group(1) if called else "?", first
            elif name is not None and line.startswith("}"):
                length = number - start + 1
                key = f"{'/'.join(path.parts[1:])}:{name}"
                if length > LONGEST_FUNCTION and key not in LONG_FUNCTIONS:
                    yield f"{path}:{start}: {name} has {length} lines, {LONGEST_FUNCTION} at most"
                name = None


def no_floating_point():
    for path, text in sources():
        if "/".join(path.parts[1:]) not in FLOATING:
            for number, word in words(blank(text), r"\b(?:double|float)\b"):
                yield f"{path}:{number}: {word}"


def no_banned_functions():
    pattern = r"\b(?:" + "|".join(BANNED.split()) + r")\s*(?=\()"
    for path, text in sources():
        for number, word in words(blank(text), pattern):
            yield f"{path}:{number}: {word}"


def first_lines():
    """The first line of a file is its line in the floor plan: its own name and one idea."""
    for path, text in sources():
        if not text.startswith(f"/* {path.parts[1]}/{path.stem}: "):
            yield f"{path}:1: does not begin with /* {path.parts[1]}/{path.stem}: "


def nothing_left_over():
    """No reminders to oneself, and no places of one machine."""
    pattern = r"\b(?:TO" r"DO|FIX" r"ME)\b|(?<![\w.}*-])/(?:(?:root|home)/\w|work/(?:main|shared)\b)"
    where = ["Makefile", "*.md", "etl/**/*", "feeds/**/*", "schemas/**/*", "transforms/**/*", "tests/**/*"]
    for path, text in files(*where):
        for number, word in words(text, pattern):
            yield f"{path}:{number}: {word}"


RULES = [file_size, function_size, no_floating_point, no_banned_functions, first_lines, nothing_left_over]


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(rule.__name__.replace("_", "-") for rule in RULES))
        return 0
    (rule,) = [rule for rule in RULES if rule.__name__.replace("_", "-") == sys.argv[1]]
    problems = list(rule())
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
