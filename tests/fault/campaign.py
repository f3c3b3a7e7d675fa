"""The campaign: every call that changes a file is killed, failed and cut short, one after the other.

    python3 tests/fault/campaign.py --program ./sluice --library build/release-gcc/fault.so
        --every K          only each K-th point (another spread for each kind)
        --scenario NAME, --kind KIND, --point N      only these
        --keep DIR         with --point: the site is left there, as the run that follows left it

For each scenario, each kind of fault and n = 1, 2, 3 .. until a run passes untouched: a site as it stood before the
step in which call n comes, that step with the fault; then the step again without one. What stands then must be
what stands after an undisturbed step; if not, the rest of the steps is played, and their end must be the
undisturbed end (play.py says what is compared). Kinds:

  kill, kill-after          the process dies before, or after, the call
  EIO, EDQUOT               the call fails, once
  ENOSPC, short             the disk is full from this call on, or after half of this write, until the step ends
  half, EINTR               what POSIX allows at any time: the step is not given again, it must end as ever
  power-none, power-names   the power is cut after the call (powerloss.py says what survives)
  read-only                 outbox/ is on a read-only disk during step n
  ledger-cut                the ledger is cut down to n bytes at the end, then all files are dropped again, and
                            run twice: outbox/ must be as it was, and no dropped file lost

An error that a step does not name (errno's words) must have done no harm: then the step is not given again.
"""

import argparse
import collections
import errno
import multiprocessing
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import play  # noqa: E402
import powerloss  # noqa: E402
import scenarios  # noqa: E402

ROOM = {"create", "write", "mkdir", "link", "rename", "fsync"}
WAITS = {"open", "create", "truncate-open", "write", "fsync", "cut", "close"}
KINDS = {  # kind: calls that it can meet; None: all
    "kill": None,
    "kill-after": None,
    "EIO": None,
    "EDQUOT": ROOM,
    "ENOSPC": ROOM,
    "short": {"write"},
    "half": {"write"},
    "EINTR": WAITS,
}
GENTLE = ("half", "EINTR")
WORDS = {kind: os.strerror(getattr(errno, kind)) for kind in ("EIO", "EDQUOT", "ENOSPC")}
WORDS["short"] = WORDS["ENOSPC"]
ALL_KINDS = [*KINDS, *(f"power-{model}" for model in powerloss.MODELS), "read-only", "ledger-cut"]


class Undisturbed:
    """A scenario that nothing happened to: how it ends, and the record of its calls."""

    def __init__(self, tools, scenario, scratch):
        self.scenario, self.codes, self.bounds, self.after = scenario, {}, {}, {}
        self.kept = scratch / scenario.name  # the site before each step
        self.kept.mkdir()
        self.site, log = scratch / "undisturbed", self.kept / "log"
        play.make_site(self.site, scenario)
        play.copy_site(self.site, self.kept / "0")
        counter = play.Counter(self.kept / "count")
        play.play(
            tools,
            self.site,
            scenario,
            play.faulty(tools, self.site, counter, log=log),
            watch=lambda *step: self.note(counter, *step),
        )
        self.record = powerloss.read_record(log)
        self.calls = [line.split("\t")[1] for line in log.read_text().splitlines()]
        self.ledger_size = (self.site / "var/ledger/ledger.txt").stat().st_size

    def note(self, counter, index, _, ended):
        self.bounds[index] = counter.read()[0]
        self.after[index] = play.picture(self.site)
        play.copy_site(self.site, self.kept / str(index + 1))
        if ended:
            self.codes[index] = ended.code

    def step_of(self, point):
        """The step in which the call comes; the last one, when there are not so many."""
        return next((index for index, bound in self.bounds.items() if point <= bound), len(self.bounds) - 1)

    def points(self, kind):
        if kind.startswith("power-"):
            return list(range(len(self.calls) + 1))
        if kind == "read-only":
            return [index + 1 for index in self.codes]
        if kind == "ledger-cut":
            return list(range(self.ledger_size))
        meets = KINDS[kind]
        # One beyond the last: a run that passes untouched.
        return [n for n, call in enumerate(self.calls, 1) if meets is None or call in meets] + [len(self.calls) + 1]


class Point:
    """One try; what went wrong is in `wrong`, which is empty when it survived."""

    def __init__(self, tools, baseline, kind, number, scratch):
        self.tools, self.baseline, self.scenario = tools, baseline, baseline.scenario
        self.kind, self.number, self.scratch = kind, number, scratch
        self.site, self.met, self.wrong = scratch / "site", "", []

    def run(self):
        if self.kind.startswith("power-"):
            self.power()
        elif self.kind == "ledger-cut":
            self.cut_ledger()
        elif self.kind == "read-only":
            self.read_only()
        else:
            self.fault()
        return self

    def go_on(self, index):
        """The steps from index on, until all is as it would have been, or at the end is not."""
        different = ["no step was played"]

        def watch(step, _, ended):
            if ended and (ended.code < 0 or ended.code in (2, 70, 78)):
                self.wrong.append(f"step {step + 1}, undisturbed, ended {ended.code}: {ended.said.strip()}")
            different[:] = play.differences(self.baseline.after[step], self.seen())
            return not different

        play.play(self.tools, self.site, self.scenario, play.environment(self.tools), first=index, watch=watch)
        self.wrong += different
        self.prove_archive()

    def seen(self):
        """A power cut at the very end brings back the empty lock of a build; the next run of its feed takes it away,
        and when nothing is due there is none."""
        now = play.picture(self.site)
        back = [name for name, what in now.items() if name.startswith("var/outbox/build/") and what[1] == b""]
        for name in back if self.kind == "power-none" else []:
            del now[name]
        return now

    def prove_archive(self):
        """All that was archived makes the same files again."""
        ended = play.command(self.tools, self.site, ("replay", scenarios.DAY), play.environment(self.tools))
        if ended.code and "nothing was archived" not in ended.said:
            self.wrong.append(f"a replay from the archive ended {ended.code}: {ended.said.strip()}")

    def fault(self):
        index = self.baseline.step_of(self.number)
        counter = play.Counter(self.scratch / "count")
        counter.write(self.baseline.bounds.get(index - 1, 0))
        play.copy_site(self.baseline.kept / str(index), self.site)
        env = play.faulty(self.tools, self.site, counter, f"{self.kind}:{self.number}")
        ended = play.command(self.tools, self.site, self.scenario.steps[index][1], env)
        count, struck, self.met = counter.read()
        if struck != (self.number <= len(self.baseline.calls)):
            self.wrong.append(f"the fault was {'' if struck else 'not '}met; {count} calls were counted")
        if struck:
            self.judge(index, ended)
        else:
            self.wrong += play.differences(self.baseline.after[index], play.picture(self.site))

    def judge(self, index, ended):
        again = True  # else: what stands already must be right
        if self.kind.startswith("kill"):
            if ended.code != -9 and "died of signal 9" not in ended.said:  # a night's child
                self.wrong.append(f"the step was to be killed, and ended {ended.code}")
        elif ended.code < 0:
            self.wrong.append(f"the step was ended by signal {-ended.code}")
        elif self.kind in GENTLE:
            again = False
            if ended.code != self.baseline.codes[index]:
                self.wrong.append(f"the step ended {ended.code}: {ended.said.strip()}")
        else:
            again = WORDS[self.kind] in ended.said
        if again:
            self.go_on(index)
        else:
            self.wrong += play.differences(self.baseline.after[index], play.picture(self.site))

    def power(self):
        play.make_site(self.site, self.scenario)
        disk = powerloss.Disk(powerloss.read_tree(self.site))
        index = powerloss.cut_at(
            disk, self.baseline.record, self.baseline.bounds, self.scenario, self.tools.settlements, self.number
        )
        shutil.rmtree(self.site)
        disk.write(self.site, self.kind.partition("-")[2])
        play.be_itself(self.site)
        if 0 < self.number <= len(self.baseline.calls):
            self.met = self.baseline.calls[self.number - 1]
        self.go_on(index)

    def read_only(self):
        index, counter = self.number - 1, play.Counter(self.scratch / "count")
        counter.write(0)
        play.copy_site(self.baseline.kept / str(index), self.site)
        env = play.faulty(self.tools, self.site / "outbox", counter, "EROFS:1")
        ended = play.command(self.tools, self.site, self.scenario.steps[index][1], env)
        if counter.read()[1] and os.strerror(errno.EROFS) not in ended.said:
            self.wrong.append(f"the step ended {ended.code} and did not say why: {ended.said.strip()}")
        self.go_on(index)

    def cut_ledger(self):
        play.copy_site(self.baseline.kept / str(len(self.scenario.steps)), self.site)
        with open(self.site / "var/ledger/ledger.txt", "r+b") as ledger:
            ledger.truncate(self.number)
        dropped = {name for kind, names in self.scenario.steps if kind == "drop" for name in names}
        play.put_drops(self.tools, self.site, sorted(dropped))
        env = play.environment(self.tools)
        for _ in range(2):
            ended = play.command(self.tools, self.site, scenarios.run()[1], env)
            if ended.code not in (0, 1, 3, 65):
                self.wrong.append(f"the run after the cut ended {ended.code}: {ended.said.strip()}")
        self.compare_files(dropped)

    def compare_files(self, dropped):
        last, now = self.baseline.after[len(self.scenario.steps) - 1], play.picture(self.site)
        files = [{name: what for name, what in each.items() if name.startswith("outbox")} for each in (last, now)]
        self.wrong += play.differences(*files)
        bytes_kept = {what[1] for name, what in now.items() if name.startswith(("inbox/", "var/inbox/"))}
        self.wrong += [f"{name} is lost" for name in dropped if (self.tools.settlements / name).read_bytes() not in bytes_kept]


def report(point):
    print(f"FAIL {point.scenario.name} {point.kind} {point.number} ({point.met.strip() or 'not met'})")
    for each in point.wrong[:8]:
        print(f"    {each}")
    print(
        "    alone: python3 tests/fault/campaign.py --keep DIR "
        f"--scenario {point.scenario.name} --kind {point.kind} --point {point.number}",
        flush=True,
    )


# --- all of them, two at a time ---

SHARED = {}


def try_one(task):
    name, kind, number = task
    scratch = SHARED["scratch"] / str(os.getpid())
    scratch.mkdir(exist_ok=True)
    point = Point(SHARED["tools"], SHARED["baselines"][name], kind, number, scratch).run()
    return point.kind, point


def spread(points, every, offset):
    """Each K-th, but five at least: kinds that meet few calls are not left out."""
    every = min(every, max(len(points) // 5, 1))
    return points[offset % every :: every]


def tasks(options, baselines):
    for offset, kind in enumerate(ALL_KINDS):
        for baseline in baselines.values():
            points = baseline.points(kind) if kind != "ledger-cut" or baseline.scenario.cut else []
            if options.point is not None:
                points = [options.point]
            else:
                points = spread(points, options.every, offset * 5)
            if options.kind in (None, kind):
                yield from ((baseline.scenario.name, kind, number) for number in points)


def work_off(options, all_tasks):
    tried, survived = collections.Counter(), collections.Counter()
    with multiprocessing.Pool(options.jobs) as pool:
        for kind, point in pool.imap_unordered(try_one, all_tasks, chunksize=4):
            tried[kind] += 1
            survived[kind] += not point.wrong
            if point.wrong:
                report(point)
    return tried, survived


def keep_one(options, task):
    _, point = try_one(task)
    if point.wrong:
        report(point)
    play.copy_site(point.site, options.keep)
    print(f"{'lost' if point.wrong else 'survived'}; the site is in {options.keep}")
    return 1 if point.wrong else 0


def parse():
    parser = argparse.ArgumentParser(description="Kills, fails and cuts short every call that changes a file.")
    add = parser.add_argument
    add("--program", default=os.environ.get("SLUICE", str(scenarios.TOP / "sluice")))
    add("--library", default=str(scenarios.TOP / os.environ.get("BUILD", "build/release-gcc") / "fault.so"))
    add("--every", type=int, default=1)
    add("--scenario", choices=[each.name for each in scenarios.SCENARIOS])
    add("--kind", choices=ALL_KINDS)
    add("--point", type=int)
    add("--keep")
    add("--jobs", type=int, default=int(os.environ.get("JOBS", "2")))
    return parser.parse_args()


def campaign(options, scratch):
    for needed in (options.program, options.library):
        if not pathlib.Path(needed).exists():
            sys.exit(f"campaign: there is no {needed}; \"make fault-programs\" builds it")
    settlements = scratch / "settlements"
    settlements.mkdir()
    scenarios.make_settlements(settlements)
    tools = play.Tools(pathlib.Path(options.program).resolve(), str(pathlib.Path(options.library).resolve()), settlements)
    chosen = [each for each in scenarios.SCENARIOS if options.scenario in (None, each.name)]
    baselines = {each.name: Undisturbed(tools, each, scratch) for each in chosen}
    SHARED.update(tools=tools, baselines=baselines, scratch=scratch)
    all_tasks = list(tasks(options, baselines))
    if options.keep:
        return keep_one(options, all_tasks[0])
    tried, survived = work_off(options, all_tasks)
    for kind in tried:
        print(f"{kind:12} {tried[kind]:6} points, {survived[kind]:6} survived")
    total, good = sum(tried.values()), sum(survived.values())
    print(f"fault:   {good} of {total} points survived, in {len(baselines)} scenarios")
    play.tally(good, total)
    return 0 if total and good == total else 1


def main():
    scratch = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="sluice-campaign-")))
    try:
        return campaign(parse(), scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
