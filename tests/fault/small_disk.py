"""A disk that is really full: a night on a small tmpfs, of every size from too small for anything to large enough.

    python3 tests/fault/small_disk.py --program ./sluice --library build/release-gcc/fault.so [--every K]

On each disk the night is run twice while it is full, then the disk grows and the night is run again: what stands
then must be what stands after a night with room. The preload library is not used, only the program's own calls.
A mount namespace of its own is needed; where there is none, that is said and nothing is tried.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import campaign  # noqa: E402
import play  # noqa: E402
import scenarios  # noqa: E402

PAGE, ROOM = 4096, 64 << 20
SCENARIO = next(each for each in scenarios.SCENARIOS if each.name == "nights")
NIGHT = SCENARIO.steps[1][1]


def mount(folder, size):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=True)


def used(folder):
    about = os.statvfs(folder)
    return (about.f_blocks - about.f_bfree) * about.f_frsize


def start(tools, folder, size):
    """The site with its drops, on a disk that has room for `size` bytes more."""
    mount(folder, ROOM)
    site = folder / "site"
    play.make_site(site, SCENARIO)
    play.put_drops(tools, site, SCENARIO.steps[0][1])
    before = used(folder)
    subprocess.run(["mount", "-o", f"remount,size={before + size}", str(folder)], check=True)
    return site, before


def one_size(tools, folder, size, want):
    """(was the disk too small, what was wrong)"""
    env, wrong = play.environment(tools), []
    site, _ = start(tools, folder, size)
    full = False
    for _ in range(2):
        ended = play.command(tools, site, NIGHT, env)
        if ended.code in (0, 1, 3, 65):
            continue
        full = True
        if ended.code != 69 or "No space left" not in ended.said:
            wrong.append(f"ended {ended.code}: {ended.said.strip()}")
    subprocess.run(["mount", "-o", f"remount,size={ROOM}", str(folder)], check=True)
    play.command(tools, site, NIGHT, env)
    wrong += play.differences(want, play.picture(site))
    subprocess.run(["umount", str(folder)], check=True)
    return full, wrong


def try_sizes(options, scratch):
    settlements, folder = scratch / "settlements", scratch / "disk"
    settlements.mkdir()
    folder.mkdir()
    scenarios.make_settlements(settlements)
    tools = play.Tools(pathlib.Path(options.program).resolve(), options.library, settlements)
    site, before = start(tools, folder, ROOM // 2)
    play.command(tools, site, NIGHT, play.environment(tools))
    want, pages = play.picture(site), (used(folder) - before) // PAGE
    subprocess.run(["umount", str(folder)], check=True)
    tried = survived = too_small = 0
    for page in range(0, pages + 16, options.every):
        full, wrong = one_size(tools, folder, page * PAGE + 1, want)
        tried, survived, too_small = tried + 1, survived + (not wrong), too_small + full
        for each in wrong[:5]:
            print(f"FAIL {page} pages: {each[:300]}", flush=True)
    print(f"disks:   {survived} of {tried} sizes survived; {too_small} of them were too small for the night")
    play.tally(survived, tried)
    return 0 if too_small and survived == tried else 1


def main():
    options = campaign.parse()
    if "SLUICE_SMALL_DISK" not in os.environ:
        inside = {**os.environ, "SLUICE_SMALL_DISK": "1"}
        try:
            possible = subprocess.run(["unshare", "-rm", "true"], stderr=subprocess.DEVNULL).returncode == 0
        except FileNotFoundError:
            possible = False
        if not possible:
            print("disks:   skipped, a mount namespace cannot be had here")
            return 0
        return subprocess.run(["unshare", "-rm", sys.executable, *sys.argv], env=inside).returncode
    scratch = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="sluice-disks-")))
    try:
        return try_sizes(options, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
