#!/usr/bin/env python3
"""How many octets Roost writes to its disk for those that it is given, and what it holds in memory meanwhile.

usage: tests/bench/writes.py [--messages N] [--where DIR]

Each row is a load, followed by all that the server then does by itself (until it has written nothing for a while). What
is written is what the kernel counts for the server's processes, file system metadata left out; DIR must be on a disk,
since nothing counts on a tmpfs. Memory is proportional (PSS), before a load and at its highest.
"""

import argparse
import pathlib
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "soak")]

from compare import BUILD, CONFIG, PASSWORD, Load, Roost  # noqa: E402
from measures import memory_of, processes_of  # noqa: E402
from roost import Lines  # noqa: E402

USERS = 8
CORPUS_USER = "corpus"
MESSAGE_BYTES = 4096
SECONDS_QUIET = 3
SECONDS_QUIET_MAX = 120
SECONDS_BETWEEN_LOOKS = 0.05
MB = 1e6


def written(group):
    """Octets that the processes have given to the disk, or will have."""
    total = 0
    for process in processes_of(group):
        counts = dict(line.split(": ") for line in (process / "io").read_text().splitlines())
        total += int(counts["write_bytes"]) - int(counts["cancelled_write_bytes"])
    return total


class Highest(threading.Thread):
    """The most memory that the processes held since it was begun."""

    def __init__(self, group):
        super().__init__(daemon=True)
        self.group, self.over, self.octets = group, threading.Event(), 0
        self.start()

    def run(self):
        while not self.over.is_set():
            self.octets = max(self.octets, memory(self.group))
            self.over.wait(SECONDS_BETWEEN_LOOKS)

    def end(self):
        self.over.set()
        self.join()
        return self.octets


def memory(group):
    return sum(map(memory_of, processes_of(group)))


def wait_until_quiet(group):
    deadline = time.monotonic() + SECONDS_QUIET_MAX
    before = None
    while (now := written(group)) != before and time.monotonic() < deadline:
        before = now
        time.sleep(SECONDS_QUIET)


def measure(server, name, given, operations, work):
    """Does the work, which gives the server `given` octets in so many operations, and prints its row."""
    group = server.pid
    wait_until_quiet(group)
    before, at_rest, highest = written(group), memory(group), Highest(group)
    work()
    wait_until_quiet(group)
    octets, peak = written(group) - before, highest.end()
    ratio = f"{octets / given:.2f}" if given else "–"
    print(f"| {name} | {given / MB:,.0f} | {octets / MB:,.1f} | {ratio} | {octets / operations:,.0f} "
          f"| {at_rest / MB:,.0f} | {peak / MB:,.0f} |", flush=True)


def checkpoint(server, users):
    for user in users:
        server.command("checkpoint", user)


def expunge_every_other(server):
    lines = Lines(server.connect())
    lines.line()
    lines.login(CORPUS_USER, PASSWORD)
    count = next(int(line.split()[1]) for line in lines.ok(b"SELECT INBOX") if line.endswith(b" EXISTS\r\n"))
    for first in range(1, count + 1, 1000):
        uids = ",".join(map(str, range(first, min(first + 1000, count + 1), 2)))
        lines.ok(f"UID STORE {uids} +FLAGS.SILENT (\\Deleted)".encode())
    lines.ok(b"EXPUNGE")
    lines.close()
    server.command("purge", CORPUS_USER)


def rows(load, server, messages):
    users = [f"bench{n}" for n in range(USERS)]
    several = {"connections": USERS, "users": USERS}
    small = {"messages": messages, "bytes": MESSAGE_BYTES, **several}
    octets = messages * MESSAGE_BYTES
    corpus = load.manifest["octets"]
    count = load.manifest["messages"]
    measure(server, "APPEND of 4 KB, 8 connections", octets, messages, lambda: load.run("append", small, server))
    measure(server, "LMTP of 4 KB, 8 connections", octets, messages,
            lambda: load.run("lmtp", small, server, "lmtp"))
    measure(server, "MULTIAPPEND of the corpus", corpus, count,
            lambda: load.run("fill", {"corpus": load.corpus_file, "user": CORPUS_USER}, server))
    measure(server, "STORE of a flag, 8 connections", 0, messages,
            lambda: load.run("store", {"messages": messages, **several}, server))
    measure(server, "checkpoint of these accounts", 0, len(users) + 1, lambda: checkpoint(server, [*users, CORPUS_USER]))
    measure(server, "every other message of the corpus expunged and purged", 0, count // 2,
            lambda: expunge_every_other(server))
    measure(server, "checkpoint and collection after it", 0, 1, lambda: checkpoint(server, [CORPUS_USER]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--where", type=pathlib.Path, default=BUILD)
    options = parser.parse_args()
    options.quick, options.accounts = False, 0
    options.where.mkdir(parents=True, exist_ok=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    load = Load(options)
    tempfile.tempdir = str(options.where)
    with Roost(config=CONFIG, users=(), strict=False) as server:
        server.add_users([CORPUS_USER, *(f"bench{n}" for n in range(USERS))])
        print("| load | MB given | MB written | times | octets for each | MB of memory before | at most |\n"
              f"|{'---|' * 7}", flush=True)
        rows(load, server, options.messages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
