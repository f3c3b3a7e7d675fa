"""One site and what is done with it: made, played step by step, looked at, compared.

The site's specs are the demo's, read from the repository, so that a site is one file and its inbox. The umask
is 077: what others must be able to read has to be opened to them, at whatever point a run dies.

Two ends are the same when inbox/, outbox/ and var/ hold the same names, bytes and modes. Left out, and why:
the lines of the ledger themselves (a dead run has lines of its own; what they say of each item is compared:
its state and all words of the entry that decides, how often it was released or reversed), the keepsakes
ledger.torn-N of a dead writer, locks (one is there once it was taken, and names a process), which folder the site is in,
the bytes of sealed files, whose keys are new each time: the archive is proved by a replay from it; and the review
sheets, which are called after the run that wrote them: a dead run has a number of its own, and what is asked follows
from the items and the ledger.
"""

import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import urllib.parse

from scenarios import NOW, TOP, dropped_as, specs_like_the_demo

SECONDS = 60
POSTING = ("released", "reversed", "adopted", "confirmed")
ABOUT = ("ready", "held", "rejected", "skipped", "refused", "returned") + POSTING


class Tools:
    """Where things are: the program, the preload library, the made settlements."""

    def __init__(self, program, library, settlements):
        self.program, self.library, self.settlements = str(program), str(library), settlements


def make_site(folder, scenario):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "inbox/settlement").mkdir(parents=True)
    conf = (TOP / "sluice.conf").read_text()
    if "keys" not in scenario.settings:  # a plain archive: its bytes are compared
        conf = re.sub(r"(?m)^keys\s*=.*\n", "", conf)
    conf = re.sub(r"(?m)^sl-connection\s*=.*\n", "", conf)  # no SL is asked whether it has the journals
    conf = re.sub(r"(?m)^amazon-\S+\s*=.*\n", "", conf)  # nothing is carried
    for key, value in scenario.settings.items():
        conf, count = re.subn(rf"(?m)^{re.escape(key)}(\s*)=.*$", rf"{key}\1= {value}", conf)
        conf += "" if count else f"{key} = {value}\n"
    (folder / "sluice.conf").write_text(conf)
    for feed in scenario.feeds:
        (folder / f"inbox/{feed}").mkdir()
        for name, text in specs_like_the_demo(feed):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)


def put_drops(tools, folder, names):
    """As a person does it, long before the run; the files last (the power is not lost while they are copied)."""
    for name in names:
        where, settlement = dropped_as(name)
        to = folder / where
        shutil.copyfile(tools.settlements / settlement, to)
        os.utime(to, (1767312000, 1767312000))


class Counter:
    """The state that the preload library shares with us."""

    def __init__(self, path):
        self.path = path

    def write(self, count):
        self.path.write_bytes(struct.pack("=QQQ", count, 0, 0))

    def read(self):
        """(calls counted, was one of them met, which)"""
        if not self.path.exists():
            return 0, False, ""
        data = self.path.read_bytes()
        count, struck, _ = struct.unpack_from("=QQQ", data)
        return count, bool(struck), data[24:].split(b"\0")[0].decode()


def environment(tools, **more):
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("SLUICE_", "LD_"))}
    return {**plain, "SLUICE_SHARE": str(TOP), "LC_ALL": "C.UTF-8", "TZ": "UTC", **more}


def faulty(tools, folder, counter, fault=None, log=None):
    more = {"LD_PRELOAD": tools.library, "SLUICE_FAULT_ROOT": str(folder), "SLUICE_FAULT_STATE": str(counter.path)}
    if fault:
        more["SLUICE_FAULT"] = fault
    if log:
        more["SLUICE_FAULT_LOG"] = str(log)
    return environment(tools, **more)


class Ended:
    def __init__(self, code, said):
        self.code, self.said = code, said


def command(tools, folder, words, env):
    try:
        done = subprocess.run(
            [tools.program, "-C", str(folder), *words, *(() if words[0] == "replay" or "--now" in words else ("--now", NOW))],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            umask=0o077,
        )
    except subprocess.TimeoutExpired:
        return Ended(-signal.SIGALRM, f"took longer than {SECONDS} s")
    return Ended(done.returncode, done.stdout.decode(errors="replace"))


def play(tools, folder, scenario, env, first=0, watch=None):
    """The steps from `first` on; watch(index, step, ended) may say stop (True). Returns where it stopped."""
    for index in range(first, len(scenario.steps)):
        kind, words = scenario.steps[index]
        if kind == "drop":
            put_drops(tools, folder, words)
            ended = None
        else:
            ended = command(tools, folder, words, env)
        if watch and watch(index, scenario.steps[index], ended):
            return index
    return None


def tally(good, total):
    """For the sum that the suite prints."""
    if "TALLY" in os.environ:
        with open(os.environ["TALLY"], "a") as lines:
            print("fault", good, total - good, file=lines)


# --- what a site looks like ---


def read_ledger(path):
    """(event, feed, [(name, value)..]) of each whole line."""
    lines = path.read_bytes().decode().split("\n")[:-1] if path.exists() else []
    for line in lines:
        _, event, feed, *words = line.split(" ")[:-1]
        yield event, feed, [tuple(urllib.parse.unquote(part) for part in word.split("=", 1)) for word in words]


def items(path):
    """What the ledger says of each item: {(feed, id or key): [state, words]}, {(feed, id, event): times}."""
    states, posted = {}, {}
    for event, feed, words in read_ledger(path):
        said = dict(words)
        item = said.get("id") or said.get("of") or said.get("key")
        if not item or event not in ABOUT + ("releasing",):
            continue
        if event in POSTING:
            name = (feed, item, event, said.get("name", ""))
            posted[name] = posted.get(name, 0) + 1
        known = states.get((feed, item))
        copy = event == "skipped" and known and known[0] in ("released", "ready", "adopted", "reversed")
        if event != "confirmed" and not copy:
            states[feed, item] = [event, sorted(words)]
    return states, posted


def picture(folder):
    """{path: what is there}, and what the ledger says."""
    seen = {}
    for name in ("inbox", "outbox", "var"):
        top = folder / name
        paths = [top, *sorted(top.rglob("*"))] if top.exists() else []
        for path in paths:
            inner = str(path.relative_to(folder))
            if inner.startswith(("outbox/review", "inbox/review", "var/outbox/sheets")):
                continue
            if inner.startswith(("var/ledger/ledger.torn-", "var/lock/")):
                continue  # a lock is there once it was taken
            about = path.lstat()
            what = "" if path.is_dir() else path.read_bytes() if path.is_file() else os.readlink(path)
            if inner in ("var/ledger/ledger.txt", "var/ledger/site.txt"):
                what = "kept"
            if isinstance(what, bytes) and what.startswith(b"sluice-archive 1\n"):
                what = re.sub(rb"\nrun \d+\n", b"\nrun N\n", what, count=1)  # a dead run has a number too
            if isinstance(what, bytes) and what.startswith(b"sluice-seal "):
                what = "sealed"
            seen[inner] = (oct(about.st_mode), what)
    seen["the ledger's items"], seen["postings"] = items(folder / "var/ledger/ledger.txt")
    return seen


def odd(state, other):
    """Of an item's state: what the other does not say too."""
    return [state[0], [word for word in state[1] if word not in other[1]]]


def differences(want, got):
    """Sentences: what is otherwise than in the undisturbed end."""
    for name in sorted(set(want) | set(got)):
        if name not in got:
            yield f"{name} is missing"
        elif name not in want:
            yield f"{name} is there, and should not be"
        elif isinstance(want[name], dict):
            for each in differences(want[name], got[name]):
                yield f"{name}: {each}"
        elif want[name] != got[name] and isinstance(want[name], list):
            yield f"{name} is {odd(got[name], want[name])}, should be {odd(want[name], got[name])}"
        elif want[name] != got[name]:
            yield f"{name} is {str(got[name])[:700]}, should be {str(want[name])[:700]}"


def copy_site(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    be_itself(pathlib.Path(target))
    return pathlib.Path(target)


def be_itself(folder):
    """A copied site only rehearses; this one is to be taken for the first."""
    about = folder / "var/ledger/site.txt"
    if about.exists():
        about.write_text(re.sub(r" path .*", f" path {os.path.realpath(folder)}", about.read_text()))
