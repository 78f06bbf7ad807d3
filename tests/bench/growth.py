#!/usr/bin/env python3
"""How the cost of what Roost does grows with what it holds: a plot (SVG) for each of messages in a mailbox, mailboxes
of an account, sessions, and accounts.

usage: tests/bench/growth.py [--largest N] [--where DIR] [--output DIR] [messages|mailboxes|sessions|accounts …]

Costs are the server's CPU, for one operation or, where a command is about all of a mailbox, for each of its messages:
a flat line is a cost that does not grow. --largest leaves out all sizes above N.
"""

import argparse
import os
import pathlib
import re
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import plot  # noqa: E402
from compare import BUILD, CONFIG, PASSWORD, Load, Roost, time_start  # noqa: E402
from roost import Lines  # noqa: E402

SIZES = {
    "messages": [1_000, 10_000, 100_000, 1_000_000],
    "mailboxes": [1, 10, 100, 1_000, 10_000],
    "sessions": [1, 10, 100, 1_000, 10_000],
    "accounts": [1, 10, 100, 1_000, 10_000, 100_000],
}
SMALL_MESSAGE_BYTES = 600
USERS_OF_SESSIONS = 100
ACTIVE_ACCOUNTS = 1_000
CREATED_AT_ONCE = 50
RECIPIENTS_AT_ONCE = 100
# Shorter than this, and the kernel's ticks of 10 ms are too coarse for a figure.
CPU_SECONDS_MIN = 0.3
TICKS = os.sysconf("SC_CLK_TCK")


class Points:
    """Of one chart: the figures of each operation at each size."""

    def __init__(self):
        self.lines = {}

    def add(self, name, size, value):
        if value:
            self.lines.setdefault(name, []).append((size, value))
            print(f"  {size:>9,}  {name}: {value:.4g}", flush=True)


def cpu_seconds(pid):
    """Of the process and those that it started."""
    ticks = 0
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[2]) == pid:  # the server leads a process group of its own
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def cpu_us_each(server, work):
    """Microseconds for one call, of as many calls as give a figure."""
    begin, calls = cpu_seconds(server.pid), 0
    while True:
        work()
        calls += 1
        used = cpu_seconds(server.pid) - begin if calls & (calls - 1) == 0 else 0
        if used >= CPU_SECONDS_MIN:
            return used / calls * 1e6


def proportional_mb(pid):
    """Of the process and those that it started, which is where the users are."""
    kib = 0
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[2]) == pid:
                kib += int(re.search(r"^Pss:\s+(\d+)", (stat.parent / "smaps_rollup").read_text(), re.M)[1])
        except OSError:
            continue
    return kib / 1024


def client(server, user):
    lines = Lines(server.connect())
    lines.line()
    lines.login(user, PASSWORD)
    return lines


def messages(load, server, sizes, charts):
    server.add_users(["bench0"])
    lines = client(server, "bench0")
    points = charts["messages"] = Points()
    for size in sizes:
        mailbox = f"of-{size}"
        lines.ok(f"CREATE {mailbox}".encode())
        of_one = {"mailbox": mailbox}
        load.run("fill", {"messages": size, "bytes": SMALL_MESSAGE_BYTES, **of_one}, server)
        for scenario, options in (("append", {"messages": 2000, "bytes": SMALL_MESSAGE_BYTES}), ("select", {}),
                                  ("store", {"messages": 2000})):
            figures = load.run(scenario, {**of_one, **options}, server) or {}
            points.add(scenario.upper(), size, figures.get("cpu_us"))
        figures = load.run("fetch-flags", of_one, server) or {}
        points.add("FETCH FLAGS, each", size, figures.get("cpu_us"))
        for scenario in ("sort", "thread"):
            figures = load.run(scenario, of_one, server) or {}
            points.add(f"{scenario.upper()}, each", size, figures.get("cpu_us", 0) / size)
    lines.close()


def create(lines, begin, end):
    """Many at once in flight, so that their writes go together."""
    for first in range(begin, end, CREATED_AT_ONCE):
        numbers = range(first, min(first + CREATED_AT_ONCE, end))
        lines.send(b"".join(b"c%d CREATE box-%d\r\n" % (n, n) for n in numbers))
        for n in numbers:
            answer = lines.until(b"c%d" % n)[-1]
            assert b" OK" in answer, answer


def mailboxes(load, server, sizes, charts):
    del load
    server.add_users(["boxes"])
    lines = client(server, "boxes")
    points = charts["mailboxes"] = Points()
    made = 0
    for size in sizes:
        create(lines, made, size)
        made = size
        last = b"box-%d" % (size - 1)
        extra = iter(range(1_000_000))

        def come_and_go():
            name = b"extra-%d" % next(extra)
            lines.ok(b"CREATE " + name)
            lines.ok(b"DELETE " + name)

        points.add("CREATE and DELETE", size, cpu_us_each(server, come_and_go))
        points.add("APPEND", size, cpu_us_each(server, lambda: lines.ok(b"APPEND " + last + b" {6+}\r\nA: b\r\n")))
        points.add("SELECT", size, cpu_us_each(server, lambda: lines.ok(b"SELECT " + last)))
        points.add("LIST of one", size, cpu_us_each(server, lambda: lines.ok(b'LIST "" ' + last)))
        points.add("LIST, each", size, cpu_us_each(server, lambda: lines.ok(b'LIST "" box-*')) / size)
    lines.close()


def sessions(load, server, sizes, charts):
    users = [f"bench{n}" for n in range(USERS_OF_SESSIONS)]
    server.add_users(users)
    load.run("fill", {"messages": 10, "bytes": SMALL_MESSAGE_BYTES, "users": USERS_OF_SESSIONS}, server)
    points = charts["sessions"] = Points()
    memory = charts["sessions-memory"] = Points()
    for size in sizes:
        several = {"connections": size, "users": min(size, USERS_OF_SESSIONS)}
        figures = load.run("noop", {"messages": max(100_000, 20 * size), **several}, server) or {}
        points.add("NOOP, pipelined", size, figures.get("cpu_us"))
        figures = load.run("fan-out", {"connections": size, "messages": 20, "user": "bench0"}, server) or {}
        points.add("a change told, each", size, figures.get("cpu_us", 0) / size)
        server.stop()
        server.start()
        if size >= USERS_OF_SESSIONS:  # fewer drown in what the server itself grows by
            for listener, name in (("imap", "plain"), ("imaps", "TLS")):
                figures = load.run("idle-memory", several, server, listener) or {}
                memory.add(name, size, figures.get("kb_each"))


def make_accounts(server, begin, end):
    """Users as the first one is, in their file, since each `user add` writes it anew; and a message for each."""
    if begin == 0:
        server.add_users(["bench0"])
    server.stop()
    file = server.data / "auth/users"
    first = next(line for line in file.read_text().splitlines() if line.startswith("bench0\t")).split("\t")
    lines = ["\t".join([f"bench{n}", str(n + 1), *first[2:5]]) for n in range(end)]
    file.write_text("roost-users 2\n" + "".join(line + "\n" for line in lines))
    server.start()
    lines = Lines(server.connect("lmtp"))
    lines.line()
    lines.send(b"LHLO growth\r\n")
    while lines.line()[3:4] == b"-":
        pass
    for at in range(begin, end, RECIPIENTS_AT_ONCE):
        recipients = range(at, min(at + RECIPIENTS_AT_ONCE, end))
        lines.send(b"MAIL FROM:<>\r\n" + b"".join(b"RCPT TO:<bench%d>\r\n" % n for n in recipients) + b"DATA\r\n")
        answers = [lines.line() for _ in range(len(recipients) + 2)]
        assert answers[-1].startswith(b"354 ") and all(a.startswith(b"250 ") for a in answers[:-1]), answers
        lines.send(b"Subject: one of many\r\n\r\nx\r\n.\r\n")
        assert all(lines.line().startswith(b"250 ") for _ in recipients)
    lines.close()


def accounts(load, server, sizes, charts):
    points = charts["accounts"] = Points()
    memory = charts["accounts-memory"] = Points()
    made = 0
    for size in sizes:
        make_accounts(server, made, size)
        active = min(size, ACTIVE_ACCOUNTS)
        new = max(0, min(size, ACTIVE_ACCOUNTS) - made)
        for n in range(made, made + new):
            load.run("fill", {"messages": 100, "bytes": SMALL_MESSAGE_BYTES, "user": f"bench{n}"}, server)
        if made == 0:
            lines = client(server, "bench0")
            lines.ok(b"CREATE many")
            lines.close()
        made = size
        memory.add("start to the first SELECT, ms", size, time_start(server)["start_ms"])
        figures = load.run("login", {"messages": max(2000, 2 * active), "connections": 8, "users": active}, server) or {}
        points.add("LOGIN, SELECT, LOGOUT", size, figures.get("cpu_us"))
        memory.add(f"MB, {ACTIVE_ACCOUNTS:,} of them active", size, proportional_mb(server.pid))


DIMENSIONS = {"messages": messages, "mailboxes": mailboxes, "sessions": sessions, "accounts": accounts}
EACH = "µs of CPU"
AXES = {
    "messages": ("Cost by the messages in a mailbox", "messages in the mailbox", EACH),
    "mailboxes": ("Cost by the mailboxes of an account", "mailboxes of the account", EACH),
    "sessions": ("Cost by the sessions that are open", "sessions", EACH),
    "sessions-memory": ("Memory of an idle session", "sessions", "KiB for each"),
    "accounts": ("Cost by the accounts of a server", "accounts", EACH),
    "accounts-memory": ("Start and memory by the accounts of a server", "accounts", "ms, MB"),
}


def measure(name, options, load):
    print(f"{name}:", flush=True)
    charts = {}
    sizes = [size for size in SIZES[name] if size <= options.largest]
    with tempfile.TemporaryDirectory(dir=options.where) as directory:
        with Roost(users=(), config=CONFIG, data=directory, strict=False) as server:
            begin = time.monotonic()
            DIMENSIONS[name](load, server, sizes, charts)
            print(f"  ({time.monotonic() - begin:.0f} s)", flush=True)
    for chart, points in charts.items():
        if points.lines:
            (options.output / f"{chart}.svg").write_text(plot.chart(*AXES[chart], points.lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--where", type=pathlib.Path, default=BUILD, help="where all mail is put (default build/bench)")
    parser.add_argument("--output", type=pathlib.Path, default=HERE.parent.parent / "docs/performance")
    parser.add_argument("dimensions", nargs="*", metavar="DIMENSION", help="of: " + " ".join(DIMENSIONS))
    options = parser.parse_args()
    if unknown := [name for name in options.dimensions if name not in DIMENSIONS]:
        parser.error(f"there is no dimension {unknown[0]}; there are {', '.join(DIMENSIONS)}")
    options.output.mkdir(parents=True, exist_ok=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    options.quick, options.accounts = True, USERS_OF_SESSIONS
    load = Load(options)
    for name in options.dimensions or DIMENSIONS:
        measure(name, options, load)


if __name__ == "__main__":
    sys.exit(main())
