"""Fills cells of a workbook as a spreadsheet program does: fill_xlsx.py FROM TO CELL=TEXT.. (I2=yes, I2:n=4010).

CELL=TEXT writes a text, CELL:n=NUMBER a number, CELL:f=FORMULA a formula.
"""

import re
import sys
import zipfile
from xml.sax.saxutils import escape


def cell(name, kind, text):
    if kind == "n":
        return f'<c r="{name}"><v>{escape(text)}</v></c>'
    if kind == "f":
        return f'<c r="{name}" t="str"><f>{escape(text)}</f><v>x</v></c>'
    return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def main():
    source, target, *fills = sys.argv[1:]
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name).decode("utf-8")
            if name == "xl/worksheets/sheet1.xml":
                for fill in fills:
                    place, text = fill.split("=", 1)
                    place, _, kind = place.partition(":")
                    found = re.search(rf'<c r="{place}"[^>]*?(?:/>|>.*?</c>)', data)
                    if not found:
                        sys.exit(f"no cell {place}")
                    data = data[: found.start()] + cell(place, kind, text) + data[found.end():]
            new.writestr(name, data)


main()
