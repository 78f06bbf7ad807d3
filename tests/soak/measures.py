"""What the processes of a server hold, over time."""

import os
import pathlib
import statistics
import threading

SECONDS_BETWEEN = 1
MIB = 1 << 20
# What the last third may hold more than the one before: a leak that matters grows with every command, and what grows
# only until a cache is full has long done so after two hours.
GROWTH = 1.25
MEMORY_SLACK_BYTES = 64 * MIB
DESCRIPTORS_SLACK = 100


def processes_of(group):
    """The ids of a process group's members."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            found.append(entry)
    return found


def memory_of(process):
    """Octets, a page that several share counted in parts (PSS)."""
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no Pss")


def descriptors_of(process):
    """What they lead to; what is closed meanwhile is left out."""
    found = []
    for entry in (process / "fd").iterdir():
        try:
            found.append(os.readlink(entry))
        except FileNotFoundError:
            pass
    return found


def sockets(group):
    return sum(name.startswith("socket:") for process in processes_of(group) for name in descriptors_of(process))


class Measures(threading.Thread):
    """Looks at a server's processes until end() is called."""

    def __init__(self, group):
        super().__init__(daemon=True)
        self.group = group
        self.over = threading.Event()
        self.memory, self.descriptors = [], []

    def run(self):
        while not self.over.wait(SECONDS_BETWEEN):
            try:
                processes = processes_of(self.group)
                memory = sum(map(memory_of, processes))
                descriptors = sum(len(descriptors_of(process)) for process in processes)
            except OSError:
                continue  # one of them has just ended, or closed what was looked at
            self.memory.append(memory)
            self.descriptors.append(descriptors)

    def end(self):
        self.over.set()
        self.join()

    def check(self):
        """Prints medians, and gives what is wrong: one sentence each."""
        wrong = []
        for what, values, slack, unit in (("memory", self.memory, MEMORY_SLACK_BYTES, MIB),
                                          ("descriptors", self.descriptors, DESCRIPTORS_SLACK, 1)):
            first, middle, last = thirds(values)
            print(f"{what}: {first // unit}, {middle // unit}, {last // unit}{' MiB' if unit == MIB else ''} "
                  "(medians of the thirds)")
            if last > middle * GROWTH + slack:
                wrong.append(f"{what} grow: {middle} in the second third, {last} in the last")
        return wrong


def thirds(values):
    size = len(values) // 3
    assert size > 0, "too short a time to measure anything"
    return [int(statistics.median(values[i * size:(i + 1) * size])) for i in range(3)]
