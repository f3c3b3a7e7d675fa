"""T-SQL scripts to the shapes of their statements, each once on a line: what is left for a slow parser to judge.

Names in brackets, texts in quotes and numbers stand for themselves alone: which one it is makes no difference to
the grammar. So [CpnyID] becomes [n], 'x' becomes 't', 12.5 becomes 1, and of columns or values in a row that look
the same one is kept. What is no well-formed name, text or number stays as it is, and is judged as it is.
"""

import re
import sys

TOKEN = re.compile(r"(?P<name>\[[^\[\]]+\])|(?P<text>N?'(?:[^']|'')*')|(?P<number>(?<![\w.])\d+(?:\.\d+)?(?![\w.]))")


def plain(match):
    if match["name"]:
        return "[n]"
    return "'t'" if match["text"] else "1"


def once(items):
    return list(dict.fromkeys(items))


def shape(statement):
    text = re.sub(r"(\[n\]|'t'|1)(?:, \1)+", r"\1", TOKEN.sub(plain, statement))
    # Items of a list: between commas outside of inner brackets, one level is enough. Columns in any order.
    text = re.sub(r"\((?:[^()]|\([^()]*\))*\)", lambda m: "(" + ", ".join(sorted(once(
        item.strip() for item in re.split(r",(?![^()]*\))", m[0][1:-1])), key=lambda item: (item[:1] != "[", item))) + ")", text)
    head, word, rows = text.partition("VALUES")
    if word:
        text = head + word + " " + ", ".join(once(row.strip() for row in re.split(r"(?<=\)),\s*", rows)))
    return text.strip()


def main():
    shapes = []
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as script:
            lines = "".join(line for line in script if not line.startswith("--"))
        shapes += [shape(piece) for piece in lines.split(";\n") if piece.strip()]
    for each in once(shapes):
        print(re.sub(r"\s+", " ", each))


main()
