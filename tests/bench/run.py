#!/usr/bin/env python3
"""Measures a Roost of its own with roost-load, and prints the figures beside the machine's own limits.

usage: tests/bench/run.py [--quick]
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from roost import BINARY, Server  # noqa: E402

LOAD = BINARY.parent / "roost-load"
PASSWORD = "bench-pw 1"
QUICK = "--quick" in sys.argv
CONFIG = "[limits]\nconnections_max = 50000\nconnections_per_block_max = 50000\n"


def load(server, scenario, tls=False, **options):
    words = [LOAD, scenario, "--port", str(server.ports["imaps" if tls else "imap"])]
    if tls:
        words.append("--tls")
    for name, value in options.items():
        words += ["--" + name.replace("_", "-"), str(value)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=1200)
    print("  " + (done.stdout + done.stderr).strip(), flush=True)


def fdatasync_rate(directory):
    """Synced writes of 4 KB, one after the other, on the same disk."""
    with tempfile.NamedTemporaryFile(dir=directory) as file:
        started, count = time.perf_counter(), 0
        while time.perf_counter() - started < 1:
            os.write(file.fileno(), b"x" * 4096)
            os.fdatasync(file.fileno())
            count += 1
        return count


def measure_mail(server, many):
    print(f"fdatasync of 4 KB, one after the other: {fdatasync_rate(server.data)}/s")
    print("durable APPENDs of 4 KB")
    load(server, "append", messages=2_000)
    load(server, "append", connections=8, users=8, messages=10_000)
    load(server, "append", connections=64, users=64, messages=40_000)
    load(server, "append", connections=8, users=1, messages=10_000, user="bench1")
    print("STORE +FLAGS, durable")
    load(server, "store", messages=2_000)
    load(server, "store", connections=64, users=64, messages=40_000)
    print(f"a mailbox of {many} messages")
    server.command("mailbox", "create", "bench0", "many")
    load(server, "fill", mailbox="many", messages=many, bytes=1500)
    load(server, "select", mailbox="many")
    load(server, "fetch-flags", mailbox="many")
    load(server, "fetch-envelope", mailbox="many")
    load(server, "fetch-bodies", mailbox="many")
    server.command("checkpoint", "bench0")
    server.restart()
    print("after a restart")
    load(server, "select", mailbox="many")
    print("a change reaches an IDLE session")
    load(server, "idle-latency", messages=500, user="bench2")
    load(server, "idle-latency", messages=500, user="bench2", tls=True)


def main():
    many, idle = (10_000, 1_000) if QUICK else (100_000, 10_000)
    users = {f"bench{n}": PASSWORD for n in range(100)}
    with Server(users=users, config=CONFIG, strict=False) as server:
        measure_mail(server, many)
    with Server(users=users, config=CONFIG, strict=False) as server:
        print("memory")
        load(server, "large-message", bytes=50_000_000, user="bench3", server_pid=server.process.pid)
        load(server, "idle-memory", connections=idle, users=100, server_pid=server.process.pid)
    with Server(users=users, config=CONFIG, strict=False) as server:
        load(server, "idle-memory", connections=idle, users=100, server_pid=server.process.pid, tls=True)
        print("commands")
        load(server, "noop", connections=100, users=100, messages=1_000_000)


if __name__ == "__main__":
    main()
