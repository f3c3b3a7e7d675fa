"""What a disk holds after a power cut: the record of a run, replayed up to a point, and only what was fsynced.

Two models of a file system bracket what real ones do:
  none   nothing that was not fsynced survives: a file has the bytes it had at its last fsync, a folder the names
         it had at its own (a rename that was synced in its new folder only shows the file twice)
  names  all names and modes survive, as with a journal that orders metadata only, but bytes that were not
         fsynced do not: a new file is empty then
In both, what was dropped into the inbox by others is whole.

    python3 tests/fault/campaign.py --kind power-none --scenario drops --point 80
"""

import os
import stat

from scenarios import dropped_as

MODELS = ("none", "names")


class File:
    def __init__(self, mode, data=b""):
        self.mode, self.data = mode, bytearray(data)
        self.sync()

    def sync(self):
        self.kept = (self.mode, bytes(self.data))


class Folder:
    def __init__(self, mode):
        self.mode, self.names = mode, {}
        self.sync()

    def sync(self):
        self.kept = (self.mode, dict(self.names))


def read_tree(path):
    """A folder as it lies on the disk, all of it durable."""
    folder = Folder(stat.S_IMODE(path.stat().st_mode))
    for each in path.iterdir():
        folder.names[each.name] = (
            read_tree(each) if each.is_dir() else File(stat.S_IMODE(each.stat().st_mode), each.read_bytes())
        )
    folder.sync()
    return folder


class Disk:
    """Follows a record, call by call."""

    def __init__(self, root):
        self.root = root

    def find(self, path):
        node = self.root
        for name in path.split("/") if path != "." else []:
            node = node.names.get(name) if isinstance(node, Folder) else None
        return node

    def above(self, path):
        folder, _, name = path.rpartition("/")
        return self.find(folder or "."), name

    def drop(self, path, data):
        """Whole on the disk, its name too; the folder's other names are as durable as they were."""
        folder, name = self.above(path)
        folder.names[name] = file = File(0o600, data)
        folder.kept[1][name] = file

    def follow(self, call, path, other, number, data):
        node = self.find(path)
        folder, name = self.above(path)
        if call == "create":
            folder.names.setdefault(name, File(number))
        elif call == "mkdir":
            folder.names[name] = Folder(number)
        elif call in ("unlink", "rmdir"):
            folder.names.pop(name, None)  # a library may have made it by a call that is not recorded
        elif call == "rename":
            to, new = self.above(other)
            to.names[new] = folder.names.pop(name)
        elif call == "link":
            to, new = self.above(other)
            to.names[new] = node
        elif node is None and path.endswith(" (deleted)"):
            pass
        elif call == "chmod":
            node.mode = number
        elif call == "fsync":
            node.sync()
        elif call == "write":
            node.data[number : number + len(data)] = data
        elif call == "cut":
            node.data[:] = node.data[:number].ljust(number, b"\0")
        elif call == "truncate-open":
            node.data.clear()
        elif call not in ("open", "close"):
            raise ValueError(f"the record has a call {call} that is not known here")

    def survivors(self, node, model):
        """(mode, names or bytes) of a node after the cut."""
        mode = node.kept[0] if model == "none" else node.mode
        if isinstance(node, File):
            return mode, node.kept[1]
        return mode, node.kept[1] if model == "none" else node.names

    def write(self, path, model, node=None):
        node = node or self.root
        mode, inside = self.survivors(node, model)
        if isinstance(node, File):
            path.write_bytes(inside)
            os.utime(path, (1767312000, 1767312000))
        else:
            path.mkdir(exist_ok=True)
            for name, each in inside.items():
                self.write(path / name, model, each)
        path.chmod(mode)


def read_record(path):
    """[(number, call, path, other, number, bytes)] of the calls that succeeded, in their order."""
    calls = []
    for line in path.read_text().splitlines():
        number, call, good, where, other, value, data = line.split("\t")
        if good == "1":
            calls.append((int(number), call, where, other, int(value), bytes.fromhex(data)))
    return calls


def cut_at(disk, record, bounds, scenario, settlements, point):
    """The disk when call `point` is done; the index of the step that was under way then."""
    done = 0
    for index, (kind, words) in enumerate(scenario.steps):
        if kind == "drop":
            for name in words:
                where, settlement = dropped_as(name)
                disk.drop(where, (settlements / settlement).read_bytes())
            continue
        for number, *call in record:
            if done < number <= min(bounds[index], point):
                disk.follow(*call)
        done = bounds[index]
        if point < done:
            return index
    return len(scenario.steps) - 1
