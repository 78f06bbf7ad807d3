#!/usr/bin/env python3
"""Kills the server at random moments under load, and checks that everything it acknowledged is there.

usage: tests/crash/run.py [--rounds N] [--seed S] [--seconds-max T]

Eight writers, two to an account, append, deliver by LMTP, set flags, copy, move, expunge, create, rename and delete
mailboxes, and note what was acknowledged; each copies and moves into a mailbox of another account as well. Meanwhile
checkpoints are written and what is dead is collected: each restart finds the wall clock two hours on, past the
retention time. kill -9 goes to the whole process group. After the restart each writer's mailboxes must be exactly what
was acknowledged, UIDVALIDITY and UIDs included; the operation that was under way has happened whole, or not at all.
"""

import argparse
import collections
import pathlib
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from model import read_all  # noqa: E402
from roost import Lines, Server  # noqa: E402
from writer import PASSWORD, Writer  # noqa: E402

WRITERS = 8
ACCOUNTS = 4
SECONDS_AHEAD = 7200  # more at each restart
SECONDS_TO_SETTLE = 60
# Small tails and little memory: checkpoints, flushes and compactions are under way when the server dies.
CONFIG = """
[mail]
tail_bytes_min = 16384
retention_seconds = 3600
[store]
write_buffer_bytes_max = 4194304
"""


class LaterServer(Server):
    """Its wall clock is ahead, by more at each start."""

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.ahead = 0
        self.clock = self.data / "clock.so"
        source = pathlib.Path(__file__).resolve().parent / "clock.c"
        subprocess.run(["clang-19", "-O1", "-shared", "-fPIC", "-o", self.clock, source], check=True)

    def environment(self):
        environment = super().environment()
        loaded = f"{environment.get('LD_PRELOAD', '')}:{self.clock}".strip(":")
        return dict(environment, LD_PRELOAD=loaded, ROOST_CLOCK_AHEAD=str(self.ahead))

    def start(self):
        self.ahead += SECONDS_AHEAD
        return super().start()


class Keeper(threading.Thread):
    """Has one account after the other checkpointed and collected. The last time may be by the dead server's heir: a
    verb that finds no server does its work itself."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.ending = False
        self.done = 0
        self.start()

    def run(self):
        while not self.ending and self.server.command("checkpoint", f"user{self.done % ACCOUNTS}",
                                                      check=False).returncode == 0:
            self.done += 1


def read_mailboxes(connection, writer):
    return {**read_all(connection, writer.prefix + "-"), **read_all(connection, writer.away)}


def verify(server, writer):
    assert writer.wrong is None, f"writer {writer.number}: {writer.wrong}"
    connection = Lines(server.connect())
    connection.line()
    connection.login(writer.user, PASSWORD)
    found = read_mailboxes(connection, writer)
    # A move between accounts that was cut in two is finished soon after the server is up again.
    deadline = time.monotonic() + SECONDS_TO_SETTLE
    while writer.under_way == "move" and not writer.model.explains(found) and time.monotonic() < deadline:
        found = read_mailboxes(connection, writer)
    wrong = writer.model.settle(found)
    connection.close()
    assert not wrong, f"writer {writer.number}, under way: {writer.under_way}\n  " + "\n  ".join(wrong)


def run_round(server, writers, seconds):
    """Gives how often the keeper did its work."""
    for writer in writers:
        writer.begin(server)
    keeper = Keeper(server)
    time.sleep(seconds)  # the moment of death is the input here
    server.kill()
    keeper.ending = True
    for thread in [*writers, keeper]:
        thread.join(60)
        assert not thread.is_alive(), "a client waits for a dead server"
    server.start()
    for writer in writers:
        verify(server, writer)
    return keeper.done


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--seconds-max", type=float, default=2.5)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    source = random.Random(arguments.seed)
    writers = [Writer(n, ACCOUNTS, arguments.seed) for n in range(WRITERS)]
    kept = 0
    with LaterServer(users={f"user{n}": PASSWORD for n in range(ACCOUNTS)}, config=CONFIG) as server:
        for number in range(1, arguments.rounds + 1):
            kept += run_round(server, writers, source.uniform(0.2, arguments.seconds_max))
            operations = sum(sum(w.operations.values()) for w in writers)
            print(f"round {number}: {operations} operations acknowledged so far, all there", flush=True)
        print(server.command("check"), end="")
    total = sum((collections.Counter(w.operations) for w in writers), collections.Counter())
    print(", ".join(f"{count} {what}" for what, count in total.most_common()) + f", {kept} checkpoints and collections, "
          f"{sum(w.between_accounts for w in writers)} between accounts")
    print(f"{arguments.rounds} passed, 0 failed")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as e:
        print(f"FAIL  {e}\n0 passed, 1 failed")
        sys.exit(1)
