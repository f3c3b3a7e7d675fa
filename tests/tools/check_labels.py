"""tools/check_labels: proves that gl-accounts.csv places every known settlement label, without a tie.

A second implementation of the sheet rules (transforms/README.md), on purpose
unlike the engine's own, so that the two check each other:

  keys are folded (case, blanks, - and _ dropped); * matches any run of characters;
  columns are compared from the left: exact, then patterns by letters, then * alone;
  equal keys with equal answers are one row, any other tie is an error.

The labels are those of tests/demo/known-labels.tsv, each with the class and
account that an accountant expects. When the reference list of known triples is
at hand ($TRIPLES, or beside the repository), both lists must hold the same labels.
Exit 0 when all is well, 1 with every fault listed.
"""
import csv
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOKUPS = ROOT / "transforms/lookups"
KNOWN = ROOT / "tests/demo/known-labels.tsv"
REFERENCE = ROOT.parent / "shared/reference/amazon/settlement-v2-known-triples.tsv"

KEYS = ("transaction-type", "amount-type", "amount-description", "marketplace-name", "fulfillment-id")
ANSWERS = ("account", "sub", "label", "class", "tax-code", "rate")
WIDTHS = {"account": 10, "sub": 24, "label": 30, "class": 16}  # SL: GLTran.Acct, Sub, TranDesc
CLASSES = {
    "income", "refund", "fee", "promotion", "tax-collected", "tax-withheld", "tax-prepaid", "reimbursement",
    "reserve-kept", "reserve-back", "loan", "clearing", "ar-clearing", "suspense",
}
PLACES = (("", ""), ("Amazon.com", "AFN"), ("Amazon.de", "MFN"))  # marketplace-name, fulfillment-id

# Labels made up on purpose: whatever the sheet does not know must stay unplaced, never be guessed.
STRANGERS = (
    ("Order_Mystery", "ItemPrice", "Principal"),
    ("Orders", "ItemPrice", "Principal"),
    ("Order", "ItemMystery", "Principal"),
    ("Order", "ItemFees", "MysteryFee"),
    ("Mystery Fee", "Mystery Fee", "Base fee"),
    ("FBAFees", "FBA Mystery Fee", "Mystery"),
    ("AmazonFees", "Mystery", "Credit"),
    ("other-transaction", "Mystery", "Storage Fee"),
    ("other-transaction", "other-transaction", "Mystery"),
    ("Transfers", "Transfer", "Transfer"),
    ("", "", ""),
)

# Siblings that Amazon may send tomorrow, and the account they must land in.
SIBLINGS = (
    ("FBAFees", "FBA Something New Fee", "Tax on fee", "6020"),
    ("FBAFees", "FBA Storage Utilisation Surcharge", "Base fee", "6030"),
    ("AmazonFees", "Deal Something Fee", "Discount on Fee", "6040"),
    ("AmazonFees", "Brand New Programme Fee", "Base fee", "6090"),
    ("Order", "ItemFees", "FBAWeightBasedFee", "6020"),
    ("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-GiftWrap", "2310"),
    ("ORDER", "item_price", "gift wrap-tax", "2310"),
    ("other-transaction", "FBA Inventory Reimbursement", "CUSTOMER_SERVICE_ISSUE", "4050"),
    ("CouponRedemptionFee", "CouponRedemptionFee", "Code: SAVE10-2026; \"10% off\"", "6040"),
)


def fold(text):
    return re.sub(r"[\s_-]", "", text).lower()


def matches(pattern, text):
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def rank(pattern):
    """What is compared between two rows, the larger the more specific."""
    if "*" not in pattern:
        return (2, 0)
    return (1, len(pattern.replace("*", ""))) if pattern.strip("*") else (0, 0)


def meet(one, two):
    """Whether some text matches both patterns: walks both at once, each * standing for any run."""
    todo, seen = [(0, 0)], set()
    while todo:
        i, j = at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        if i == len(one) and j == len(two):
            return True
        first, second = one[i:i + 1], two[j:j + 1]
        if first == "*":
            todo += [(i + 1, j)] + ([(i, j + 1)] if second else [])
        if second == "*":
            todo += [(i, j + 1)] + ([(i + 1, j)] if first else [])
        if first and first == second:
            todo.append((i + 1, j + 1))
    return False


class Sheet:
    def __init__(self, path):
        self.rows, self.faults, self.found = [], [], {}
        known = {}
        with open(path, encoding="utf-8", newline="") as file:
            for number, line in enumerate(csv.DictReader(file), 2):
                key = tuple(fold(line[name]) for name in KEYS)
                answer = {name: line[name] for name in ANSWERS}
                if key in known and known[key][1] == answer:
                    continue
                known.setdefault(key, (number, answer))
                self.rows.append((number, key, answer))
        self.find_ties()

    def find_ties(self):
        for at, (number, key, _) in enumerate(self.rows):
            for other, other_key, _ in self.rows[at + 1:]:
                if list(map(rank, key)) == list(map(rank, other_key)) and all(map(meet, key, other_key)):
                    self.faults.append(f"lines {number} and {other} could match the same label, equally specific")

    def find(self, *labels):
        """The answer of the most specific row, or None."""
        if labels not in self.found:
            texts = [fold(label) for label in labels]
            hits = [row for row in self.rows if all(map(matches, row[1], texts))]
            self.found[labels] = max(hits, key=lambda row: list(map(rank, row[1])))[2] if hits else None
        return self.found[labels]


def variants(triple):
    """The label itself, and, where it holds a placeholder or dates, other texts of the same kind."""
    yield triple
    if any(re.search(r"\(any\)|<.*>|\d\d\.\d\d\.\d{4}|\bGB\b", part) for part in triple):
        for period, country in (("01.01.2027 - 30.06.2027", "DE"), ("01.07.2025 - 31.12.2025", "Belgium, IT")):
            changed = (re.sub(r"\d\d\.\d\d\.\d{4} - \d\d\.\d\d\.\d{4}", period, part) for part in triple)
            changed = (re.sub(r"\(any\)|<.*>|\bGB\b", country, part) for part in changed)
            yield tuple(changed)


def read_tsv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [line.rstrip("\r\n").split("\t") for line in file][1:]


def check_known(sheet, faults):
    labels = read_tsv(KNOWN)
    for *triple, group, account in labels:
        for text in variants(tuple(triple)):
            for place in PLACES:
                answer = sheet.find(*text, *place)
                got = (answer["class"], answer["account"]) if answer else ("suspense", "")
                if got != (group, account):
                    faults.append(f"{' / '.join(text)}: expected {group} {account}, the sheet says {' '.join(got)}")
                    break
    for triple in STRANGERS:
        if sheet.find(*triple, "", ""):
            faults.append(f"{' / '.join(triple)}: unknown, but the sheet places it")
    for *triple, account in SIBLINGS:
        answer = sheet.find(*triple, "", "")
        if not answer or answer["account"] != account:
            faults.append(f"{' / '.join(triple)}: expected {account}, the sheet says {answer and answer['account']}")
    return labels


def check_cells(sheet, faults):
    charts = {}
    for column, name, key in (("account", "chart-of-accounts.csv", "acct"), ("sub", "subaccounts.csv", "sub")):
        with open(LOOKUPS / name, encoding="utf-8", newline="") as file:
            charts[column] = {line[key] for line in csv.DictReader(file) if line["active"] == "yes"}
    for number, _, answer in sheet.rows:
        for column, width in WIDTHS.items():
            if not 0 < len(answer[column]) <= width:
                faults.append(f"line {number}: {column} must have 1 to {width} characters: {answer[column]!r}")
        for column, chart in charts.items():
            if answer[column] not in chart:
                faults.append(f"line {number}: {column} {answer[column]} is not active in the chart")
        if answer["class"] not in CLASSES:
            faults.append(f"line {number}: no such class: {answer['class']}")


def check_reference(labels, faults):
    path = Path(os.environ.get("TRIPLES", REFERENCE))
    if not path.exists():
        print("skipped: the reference list of known triples is not here; only the repository's own list is checked")
        return
    reference = read_tsv(path)
    ours, theirs = ({tuple(map(fold, row[:3])) for row in rows} for rows in (labels, reference))
    faults += [f"{' / '.join(row)}: in the reference list, not in {KNOWN.name}"
               for row in reference if tuple(map(fold, row[:3])) not in ours]
    faults += [f"{' / '.join(key)}: in {KNOWN.name}, not in the reference list" for key in sorted(ours - theirs)]
    print(f"{len(reference)} reference labels ({len(theirs)} different after folding) are in {KNOWN.name}")


def main():
    sheet = Sheet(LOOKUPS / "gl-accounts.csv")
    faults = sheet.faults
    check_cells(sheet, faults)
    labels = check_known(sheet, faults)
    check_reference(labels, faults)
    for fault in faults:
        print(f"check_labels: {fault}", file=sys.stderr)
    if not faults:
        print(f"{len(labels)} known labels placed by {len(sheet.rows)} rows, no ties")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
