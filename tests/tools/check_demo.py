"""tools/check_demo: proves that the demo's settlements are what tests/demo/README.md says.

Runs each command line of the README again and compares the bytes, then reads
the reports on its own: rows add up to the total, every label is placed, posted
times lie in the window, windows and reserves of one currency join, periods are
open.
Exit 0 when all is well, 1 with every fault listed.
"""
import csv
import re
import shlex
import subprocess
import sys
import tempfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from check_labels import KEYS, LOOKUPS, ROOT, Sheet

README = ROOT / "tests/demo/README.md"
BYTES_MOST = 60 * 1024
BROKEN = "cases-data"  # files there are wrong on purpose


def stamp(text):
    form = "%Y-%m-%d %H:%M:%S UTC" if text[4] == "-" else "%d.%m.%Y %H:%M:%S UTC"
    return datetime.strptime(text, form)


def amount(text):
    return Decimal(text.replace(",", "."))  # the demo's files have no thousands marks


def read(data):
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("windows-1252")
    names, *lines = (line.split("\t") for line in text.splitlines())
    return [dict(zip(names, line + [""] * (len(names) - len(line)))) for line in lines]


def open_days():
    with open(LOOKUPS / "fiscal-calendar.csv", encoding="utf-8", newline="") as file:
        return [(row["start"], row["end"]) for row in csv.DictReader(file) if row["status"] == "open"]


def check_report(name, data, sheet, days):
    """The faults found, and the summary row with what was given back and kept."""
    faults = []
    summary, *rows = read(data)
    total = sum(amount(row["amount"]) for row in rows)
    if total != amount(summary["total-amount"]):
        faults.append(f"{name}: rows add up to {total}, the summary says {summary['total-amount']}")
    start, end = stamp(summary["settlement-start-date"]), stamp(summary["settlement-end-date"])
    for number, row in enumerate(rows, 3):
        if not start <= stamp(row["posted-date-time"]) < end:
            faults.append(f"{name}:{number}: posted outside the window: {row['posted-date-time']}")
        keys = [row[key] for key in KEYS]
        if sheet.find(*keys) is None and BROKEN not in name:
            faults.append(f"{name}:{number}: not placed: {' / '.join(keys[:3])}")
    for reserve in ("Previous Reserve Amount Balance", "Current Reserve Amount"):
        summary[reserve] = sum(amount(row["amount"]) for row in rows if row["amount-description"] == reserve)
    for day in (start, end):
        if not any(first <= day.strftime("%Y-%m-%d") <= last for first, last in days):
            faults.append(f"{name}: {day} lies in no open period")
    return faults, summary


def check_chain(summaries):
    faults, last = [], {}
    for summary in sorted(summaries, key=lambda row: (row["currency"], stamp(row["settlement-end-date"]))):
        before, name = last.get(summary["currency"]), summary["settlement-id"]
        if before and before["settlement-end-date"] != summary["settlement-start-date"]:
            faults.append(f"{name} does not start where {before['settlement-id']} ends")
        if before and before["Current Reserve Amount"] + summary["Previous Reserve Amount Balance"]:
            faults.append(f"{name} does not give back what {before['settlement-id']} kept")
        last[summary["currency"]] = summary
    return faults


def large_of_script():
    script = (ROOT / "tests/tools/demo.sh").read_text("utf-8").replace("\\\n", " ")
    return shlex.split(re.search(r"python3 (.*?) -o ", script)[1])


def main():
    sheet, days, faults, summaries = Sheet(LOOKUPS / "gl-accounts.csv"), open_days(), [], []
    commands = re.findall(r"^python3 (tests/demo/make_settlement\.py .*) -o (\S+)$", README.read_text("utf-8"), re.M)
    for command, target in commands:
        with tempfile.NamedTemporaryFile() as made:
            subprocess.run([sys.executable, "-B", *shlex.split(command), "-o", made.name], check=True, cwd=ROOT)
            data = Path(made.name).read_bytes()
        if not target.startswith("build/"):
            kept = ROOT / target
            if not kept.exists() or kept.read_bytes() != data:
                faults.append(f"{target}: differs from what its command line makes")
            if len(data) >= BYTES_MOST:
                faults.append(f"{target}: {len(data)} bytes, at most {BYTES_MOST - 1}")
        found, summary = check_report(target, data, sheet, days)
        faults += found
        print(f"{Path(target).name}: {summary['total-amount']} {summary['currency']}, {len(data)} bytes")
        if BROKEN not in target:
            summaries.append(summary)
    large = next(command for command, target in commands if target.startswith("build/"))
    if shlex.split(large) != large_of_script():
        faults.append("demo.sh makes the large file by another command line than the README's")
    faults += check_chain(summaries)
    for fault in faults:
        print(f"check_demo: {fault}", file=sys.stderr)
    return 1 if faults or len(commands) < 6 else 0


if __name__ == "__main__":
    sys.exit(main())
