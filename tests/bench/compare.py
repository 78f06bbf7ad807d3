#!/usr/bin/env python3
"""Runs the same work against Roost and Debian's Dovecot in turn, on one disk, and writes one table.

usage: tests/bench/compare.py [--quick] [--pairs N] [--peers FLAVOUR,…] [--where DIR] [--output FILE] [ROW…]

Each row is measured in turn (A B, A B, …), `--pairs` times (default 3), with the machine's own limit between; what
stands in the table is the median, and how many times better the median of Roost is. CPU is that of all of a server's
processes, for each operation. --quick: few operations and one pair, to see that everything runs.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import corpus  # noqa: E402
from peers import FLAVOURS, Dovecot  # noqa: E402
from roost import BINARY, Lines, Server, wait_for  # noqa: E402
from rows import ROWS, options_of  # noqa: E402

LOAD = BINARY.parent / "roost-load"
BUILD = BINARY.parent.parent / "bench"
PASSWORD = "bench-pw 1"
CONFIG = "[limits]\nconnections_max = 50000\nconnections_per_block_max = 50000\n"
LOAD_SECONDS_MAX = 1800
INDEX_SECONDS_MAX = 600


class Roost(Server):
    """With what Dovecot (peers.py) has as well."""

    name = "Roost"

    @property
    def pid(self):
        return self.process.pid

    def add_users(self, users):
        def add(user):
            self.command("user", "add", user, "--password-stdin", "--no-mailboxes", stdin=PASSWORD + "\n")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(add, users))

    def durable(self):
        """And what follows the mail is done."""
        wait_for(lambda: json.loads(self.command("status", "--json"))["unindexed_accounts"] == 0,
                 "the search indexes do not follow", INDEX_SECONDS_MAX)


class Load:
    """roost-load, with the corpus and the sizes of this run."""

    def __init__(self, options):
        self.quick, self.where = options.quick, options.where
        self.corpus_file = BUILD / ("corpus-quick" if options.quick else "corpus")
        self.manifest = corpus.make(self.corpus_file, 1500 if options.quick else 10_000, 1)
        self.sizes = {"accounts": options.accounts, "octets": self.manifest["octets"]}

    def run(self, scenario, options, server=None, listener="imap"):
        """The figures by name, or None where the server cannot do it."""
        words = [LOAD, scenario]
        if server:
            words += ["--port", server.ports[listener], "--server-pid", server.pid, "--imap-port", server.ports["imap"]]
        words += ["--tls"] if listener == "imaps" else []
        words += [word for name, value in options.items() for word in ("--" + name, value)]
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=LOAD_SECONDS_MAX)
        if done.returncode != 0:
            print(f"  ({server.name if server else scenario}: {done.stderr.strip()[:300]})", flush=True)
            return None
        return {name: float(value) for name, value in re.findall(r"(\w+)=([-\d.e+]+)", done.stdout)}

    def limit(self, row):
        if not row.limit:
            return None
        options = {name: self.sizes.get(value, value) for name, value in row.limit_options.items()}
        return self.run(row.limit, {"directory": self.where, **options})


def forget_files(directory):
    """Drops what the system keeps of these files in memory."""
    os.sync()
    for path in pathlib.Path(directory).rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def time_start(server):
    """From the start to the first answer to SELECT."""
    server.stop()
    begin = time.perf_counter()
    server.start()
    lines = Lines(server.connect())
    lines.line()
    lines.login("bench0", PASSWORD)
    lines.ok(b"SELECT many")
    seconds = time.perf_counter() - begin
    lines.close()
    return {"start_ms": seconds * 1e3}


def measure_once(load, row, server):
    if row.scenario == "start":
        return time_start(server)
    if row.cold:
        server.stop()
        forget_files(server.data)
        server.start()
    return load.run(row.scenario, options_of(row, load), server, row.listener)


def measure(load, row, servers, pairs):
    """For each server, and last for the machine: the figures of each round."""
    rounds = []
    for _ in range(pairs):
        rounds.append([measure_once(load, row, server) for server in servers] + [load.limit(row)])
    return list(zip(*rounds))


def median(figures, name):
    found = [f[name] for f in figures if f and name in f]
    return statistics.median(found) if found else None


def times_better(row, ours, theirs):
    if not ours or not theirs:
        return None
    return theirs / ours if row.less_is_better else ours / theirs


def cell(number):
    if number is None:
        return "–"
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def table_head(servers):
    peers = servers[1:]
    names = ["operation", "figure", servers[0].name]
    names += [name for peer in peers for name in (peer.name, "times better")]
    names += [f"µs CPU, {server.name}" for server in servers] + ["limit"]
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def table_line(row, found):
    *servers, limit = found
    ours, *theirs = (median(figures, row.figure) for figures in servers)
    cells = [row.name, row.figure, cell(ours)]
    cells += [text for figure in theirs for text in (cell(figure), cell(times_better(row, ours, figure)))]
    cells += [cell(median(figures, "cpu_us")) for figures in servers]
    cells += [cell(median(limit, row.limit_figure or row.figure))]
    return f"| {' | '.join(cells)} |"


def prepare(load, server, options):
    """Fills mailboxes: bench0 has the corpus and `many`, and the first 64 something to change in INBOX."""
    lines = Lines(server.connect())
    lines.line()
    lines.login("bench0", PASSWORD)
    lines.ok(b"CREATE corpus")
    lines.ok(b"CREATE many")
    lines.close()
    fills = [{"corpus": load.corpus_file, "mailbox": "corpus", "user": "bench0"},
             {"messages": options.many, "bytes": 600, "mailbox": "many", "user": "bench0"},
             {"messages": 100, "users": 64}, {"messages": options.inbox, "users": options.filled}]
    for fill in fills:
        if load.run("fill", fill, server) is None:
            raise SystemExit(f"{server.name} could not be filled")
    server.durable()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--peers", default="tuned", help=f"of {', '.join(FLAVOURS)}; empty: Roost alone")
    parser.add_argument("--where", type=pathlib.Path, default=BUILD, help="where all mail is put (default build/bench)")
    parser.add_argument("--output", type=pathlib.Path, default=BUILD / "comparison.md")
    parser.add_argument("--many", type=int, help="messages in the large mailbox (default 100000)")
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--filled", type=int, default=8, help="accounts with --inbox messages (default 8)")
    parser.add_argument("--inbox", type=int, default=1000)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="of: " + " ".join(ROWS))
    options = parser.parse_args()
    if unknown := [name for name in options.rows if name not in ROWS]:
        parser.error(f"there is no row {unknown[0]}; there are {', '.join(ROWS)}")
    options.pairs = options.pairs or (1 if options.quick else 3)
    options.many = options.many or (5_000 if options.quick else 100_000)
    return options


def run(options, load, servers):
    for server in servers:
        server.add_users([f"bench{n}" for n in range(options.accounts)])
        prepare(load, server, options)
    lines = [table_head(servers)]
    print(lines[0], flush=True)
    for name in options.rows or ROWS:
        lines.append(table_line(ROWS[name], measure(load, ROWS[name], servers, options.pairs)))
        print(lines[-1], flush=True)
        options.output.write_text("\n".join(lines) + "\n")


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end, and limits go back
    BUILD.mkdir(parents=True, exist_ok=True)
    load = Load(options)
    flavours = [flavour for flavour in options.peers.split(",") if flavour]
    with tempfile.TemporaryDirectory(dir=options.where) as directory:
        servers = [Roost(users=(), config=CONFIG, data=directory, strict=False)]
        servers += [Dovecot(flavour, options.where / "peers") for flavour in flavours]
        with contextlib.ExitStack() as stack:
            run(options, load, [stack.enter_context(server) for server in servers])


if __name__ == "__main__":
    sys.exit(main())
