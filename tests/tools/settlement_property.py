"""tools/settlement_property: made-up settlements of every kind must tie, or be refused.

    SLUICE=./sluice python3 tests/tools/settlement_property.py [SEEDS [FIRST]]

For each seed a settlement of random notation, currency, size, reserves and month ends is made twice: whole,
and with one amount row left out. One run of the feed takes them all. Each whole one must be released, and its
journals are read back here with nothing of sluice: debits = credits = control total, each period's lines come
to that period's rows in the books' time zone, deposits come to Amazon's total, the carry account to zero. Each
other one must be refused and leave nothing. Then `sluice transform` must write the same bytes for every number
of threads, every block size, and row by row.
"""
import csv
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "demo"))
import make_settlement  # noqa: E402
from settlement_rows import Chance  # noqa: E402

SLUICE = os.environ.get("SLUICE", str(TOP / "sluice"))
ZONE = ZoneInfo("America/Los_Angeles")
NOW = "2027-01-05T02:00:00Z"
SPLITS = [["--workers", "1"], ["--workers", "2"], ["--workers", "3"], ["--workers", "3", "--block", "4096"],
          ["--workers", "2", "--block", "65536"], ["--workers", "2", "--block", "262144"], ["--row-by-row"]]


def choose(seed):
    """The options of make_settlement for this seed, without --settlement-id."""
    chance = Chance(seed * 7919 + 17)
    notation, currency = chance.pick((("us", "USD"), ("us", "GBP"), ("eu", "EUR"), ("eu-space", "EUR"), ("jp", "JPY")))
    rows = chance.pick((5, 12, 40, 150, 600, 3000))
    options = ["--seed", str(seed), "--notation", notation, "--currency", currency, "--rows", str(rows)]
    options += chance.pick(([], ["--thousands"])) + chance.pick(([], ["--labels", "old"]))
    if chance.one_in(2):
        options += ["--start", "2026-10-25T07:12:45Z", "--end", "2026-11-08T08:12:45Z", "--split-month"]
    if chance.one_in(3):
        options += ["--previous-reserve", "1234" if currency == "JPY" else "1234.50"]
    if chance.one_in(3):
        options += ["--reserve", chance.pick(("all", "250"))]
    if chance.one_in(4):
        options += ["--advertising", "99999"]
    for form in ("--short-rows", "--crlf", "--bom"):
        options += [form] if chance.one_in(3) else []
    if chance.one_in(4):
        options += ["--tax-residual", "2"]
    return options


def make(arguments):
    sys.argv = ["make_settlement.py", *arguments]
    options, notation = make_settlement.parse_options()
    rows = make_settlement.make_rows(options)
    return make_settlement.render(options, notation, rows), rows, notation.places


def settings(site):
    for name in ("feeds", "schemas", "transforms"):
        shutil.copytree(TOP / name, site / name)
    shutil.copy(TOP / "sluice.conf", site)
    (site / "inbox" / "settlement").mkdir(parents=True)


def month(when):
    day = datetime.fromtimestamp(when, timezone.utc).astimezone(ZONE)
    return f"{day.year}{day.month:02}"


def cents(row, at):
    return Decimal(row[at + 1]) - Decimal(row[at])  # credit less debit


def check_journals(site, number, rows, places):
    """What is wrong with the journals of one settlement, as texts."""
    wrong, periods, total, carried, deposit = [], {}, Decimal(0), Decimal(0), Decimal(0)
    for row in rows:
        amount = Decimal(row.amount).scaleb(-places)
        periods[month(row.when)] = periods.get(month(row.when), 0) + amount
        total += amount
    paths = sorted((site / "outbox" / "sl" / "settlement").glob(f"journal-{number}*.txt"))
    if len(paths) != len(periods):
        wrong.append(f"{len(paths)} journals, rows of {len(periods)} periods")
    for path in paths:
        lines = list(csv.reader(io.StringIO(path.read_bytes().decode("cp1252"))))
        batch = [line for line in lines if line[0] == "Batch"]
        transactions = [line for line in lines if line[0] == "Transaction"]
        debits, credits = (sum(Decimal(line[at]) for line in transactions) for at in (8, 9))
        if len(batch) != 1 or not debits == credits == Decimal(batch[0][4]):
            wrong.append(f"{path.name}: debits {debits}, credits {credits}, batch {batch}")
        mine = Decimal(0)
        for line in transactions:
            if line[7] in ("Carried in", "Carried forward"):
                carried += cents(line, 8)
            elif line[7].startswith("Deposit "):
                deposit -= cents(line, 8)
            else:
                mine += cents(line, 8)
            if line[6] != number:
                wrong.append(f"{path.name}: ExtRefNbr {line[6]}")
        if mine != periods.get(batch[0][2]):
            wrong.append(f"{path.name}: lines come to {mine}, the rows of {batch[0][2]} to {periods.get(batch[0][2])}")
    if carried != 0 or deposit != total:
        wrong.append(f"carried {carried}, deposited {deposit} of {total}")
    return wrong


def check_same_output(site, path):
    outputs = {}
    for split in SPLITS:
        done = subprocess.run([SLUICE, "-C", site, "transform", "settlement-to-journal", path, "--now", NOW, *split],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        outputs.setdefault((done.returncode, done.stdout), []).append(" ".join(split))
    if len(outputs) == 1 and next(iter(outputs))[0] == 0:
        return []
    return [f"outputs of transform: {[(key[0], len(key[1]), names) for key, names in outputs.items()]}"]


def check_broken(site, name, number):
    why = site / "var" / "inbox" / "reject" / "settlement" / f"{name}.why"
    left = list(site.glob(f"outbox/**/*{number}*")) + list(site.glob(f"var/outbox/**/*{number}*"))
    text = why.read_text(encoding="utf-8") if why.exists() else "it was not refused"
    if text.startswith("the rows add up to Amazon's total: ") and not left:
        return []
    return [f"one row left out: {text.splitlines()[0]}; left in outbox: {[str(each) for each in left]}"]


def drop_one(rows, seed):
    """1-based: a row whose amount is not zero."""
    candidates = [at for at, row in enumerate(rows, 1) if row.amount]
    return Chance(seed).pick(candidates)


def main():
    count, first = (int(text) for text in (sys.argv[1:] + ["40", "1"][len(sys.argv) - 1:]))
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        site, made = pathlib.Path(folder), []
        settings(site)
        for seed in range(first, first + count):
            options, number = choose(seed), str(80000000000 + seed)
            data, rows, places = make([*options, "--settlement-id", number])
            (site / f"{seed}.txt").write_bytes(data)
            (site / "inbox" / "settlement" / f"{seed}.txt").write_bytes(data)
            other = str(81000000000 + seed)
            data, _, _ = make([*options, "--settlement-id", other, "--drop-row", str(drop_one(rows, seed))])
            (site / "inbox" / "settlement" / f"{seed}-broken.txt").write_bytes(data)
            made.append((seed, options, number, other, rows, places))
        done = subprocess.run([SLUICE, "-C", site, "run", "settlement", "--now", NOW], capture_output=True, check=False)
        if done.returncode != 3:
            print(f"the run ended {done.returncode}, not 3: {done.stderr.decode()}")
            failures += 1
        for seed, options, number, other, rows, places in made:
            wrong = check_journals(site, number, rows, places) + check_broken(site, f"{seed}-broken.txt", other)
            wrong += check_same_output(site, site / f"{seed}.txt")
            failures += bool(wrong)
            for text in wrong:
                print(f"seed {seed}: {text}\n    make_settlement.py {' '.join(options)}")
    print(f"{count} settlements: {failures or 'nothing'} wrong")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
