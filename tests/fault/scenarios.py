"""What the campaign plays: small settlements, and lists of steps over them.

A scenario is a start (the demo site without files), settings that differ from the demo's, and steps: drop(..)
puts files into the inbox, run(..) and sluice(..) are command lines. A new scenario is one more entry at the
end of this file; nothing else needs to know it.
"""

import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
NOW = "2026-11-21T02:00:00Z"
DAY = "2026-11-20"  # the books' day of that instant

# name: options of make_settlement.py, or another name whose bytes it has, or bytes
SETTLEMENTS = {
    "plain.txt": "--seed 1 --rows 7 --settlement-id 90000000001",
    "split.txt": "--seed 2 --rows 9 --settlement-id 90000000002 --split-month "
    "--start 2026-10-30T07:12:45Z --end 2026-11-13T07:12:45Z",
    "other.txt": "--seed 3 --rows 7 --settlement-id 90000000001",  # known id, other content: held
    "torn.txt": "--seed 4 --rows 8 --settlement-id 90000000004 --drop-row 3",  # does not tie: rejected
    "copy.txt": "plain.txt",
    "empty.txt": b"",
    "history.txt": "--seed 5 --rows 6 --settlement-id 90000000005 "
    "--start 2026-08-02T07:12:45Z --end 2026-08-16T07:12:45Z",
    "second.txt": "--seed 6 --rows 6 --settlement-id 90000000006",
    "third.txt": "--seed 7 --rows 6 --settlement-id 90000000007",
}


def make_settlements(folder):
    for name, how in SETTLEMENTS.items():
        path = folder / name
        if isinstance(how, bytes):
            path.write_bytes(how)
        elif how in SETTLEMENTS:
            path.write_bytes((folder / how).read_bytes())
        else:
            maker = [sys.executable, str(TOP / "tests/demo/make_settlement.py"), "-o", str(path)]
            subprocess.run(maker + how.split(), check=True)


class Scenario:
    """cut: may the ledger be cut short at its end (every released file must still lie where it was released)?
    feeds: others beside the demo's `settlement`, each a copy of it with an inbox, outbox and state of its own."""

    def __init__(self, name, steps, cut=False, feeds=(), **settings):
        self.name, self.steps, self.cut, self.feeds = name, steps, cut, feeds
        self.settings = {key.replace("_", "-"): value for key, value in settings.items()}


def drop(*names):
    """Names of SETTLEMENTS; "FEED/NAME" goes into the inbox of that feed."""
    return ("drop", names)


def dropped_as(name):
    """(where in the site a name of drop(..) lies, which settlement that is)"""
    feed, _, name = name.rpartition("/")
    return f"inbox/{feed or 'settlement'}/{name}", name


def specs_like_the_demo(feed):
    """(path, text) of a feed with an inbox, an outbox and a state table of its own."""
    text = (TOP / "feeds/settlement.feed").read_text()
    text = text.replace("feed settlement\n", f"feed {feed}\n").replace("inbox/settlement", f"inbox/{feed}")
    text = text.replace("outbox/sl/settlement", f"outbox/sl/{feed}")
    yield f"feeds/{feed}.feed", text.replace("transform settlement-to-journal", f"transform {feed}-to-journal")
    text = (TOP / "transforms/settlement-to-journal.transform").read_text()
    text = text.replace("transform settlement-to-journal", f"transform {feed}-to-journal")
    yield f"transforms/{feed}-to-journal.transform", text.replace("state.settlement", f"state.{feed}")
    text = (TOP / "schemas/state/settlement.schema").read_text()
    yield f"schemas/state/{feed}.schema", text.replace("schema state.settlement", f"schema state.{feed}")


def sluice(*words):
    return ("command", words)


def run():
    return sluice("run", "settlement", "--workers", "1")


def night(day):
    return sluice("night", "--now", f"{day}T02:00:00Z")


JOURNAL = "outbox/sl/settlement/journal-{}.txt".format

SCENARIOS = [
    # Everything that can become of a file: released (one and two journals), known, held, rejected, skipped.
    Scenario(
        "drops",
        [
            drop("plain.txt"),
            run(),
            drop("copy.txt", "empty.txt", "history.txt", "other.txt", "split.txt", "torn.txt"),
            run(),
        ],
        cut=True,
    ),
    # What waits for a yes gets a yes and a no; what is held goes back, is held again, and gets a no.
    Scenario(
        "answers",
        [
            drop("plain.txt", "second.txt", "third.txt"),
            run(),
            sluice("review", "--yes", "90000000001"),
            sluice("review", "--no", "90000000006"),
            drop("other.txt"),
            run(),
            sluice("review", "--yes", "other.txt"),
            run(),
            sluice("review", "--no", "other.txt"),
            run(),
        ],
        **{"settlement.release": "hold"},
    ),
    # With keys: the archive is sealed, its master and the day's key are made on the way.
    Scenario("sealed", [drop("plain.txt", "second.txt"), run(), drop("third.txt", "torn.txt"), run()], keys="keys"),
    # After the release: booked already, imported, taken back, released anew under another name.
    Scenario(
        "afterwards",
        [
            sluice("adopt", "settlement", "90000000006"),
            drop("plain.txt", "second.txt"),
            run(),
            sluice("confirm", JOURNAL("90000000001")),
            sluice("reverse", "90000000001"),
            sluice("resend", "90000000001"),
            run(),
        ],
    ),
    # Two nights over three feeds: every run is a child that may die alone, or the night itself dies.
    # Each releases one file a night: the run that follows sees the states of what is out, and says so in its account.
    Scenario(
        "nights",
        [
            drop("plain.txt", "torn.txt", "east/second.txt", "east/empty.txt", "west/third.txt"),
            night("2026-11-21"),
            drop("copy.txt", "east/other.txt", "west/split.txt"),
            night("2026-11-22"),
            night("2026-11-23"),  # finds nothing, and puts in order what a power cut has brought back
        ],
        feeds=("east", "west"),
        **{
            "night-feeds": "1",  # one after the other, so that calls come in one order
            "workers": "1",
            "east.start-date": "2026-10-01",
            "east.release": "auto",
            "west.start-date": "2026-10-01",
            "west.release": "hold",
        },
    ),
]
