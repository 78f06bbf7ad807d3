#!/usr/bin/env python3
"""A long day of one server: mixed load of clients that check every answer; memory and descriptors stay as they are.

usage: tests/soak/run.py [--seconds N] [--seed N]

In one account random sessions as of tests/stateful (in clear and TLS, compressed, pipelined, IDLE, NOTIFY, QRESYNC,
SEARCH, SORT, THREAD, ACL, METADATA, moves, expunges, mailboxes made and removed, noise), each answer foretold by the
model. In four others the writers of tests/crash: IMAP and LMTP, large messages, moves between accounts; at the end their
mailboxes are what was acknowledged. Meanwhile the accounts are checkpointed and collected. Two hours are --seconds 7200.
"""

import argparse
import os
import pathlib
import random
import sys
import tempfile
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)] + [str(HERE.parent / name) for name in ("stateful", "crash", "strict", ".")]

import under_load  # noqa: E402
from acl_commands import GUEST  # noqa: E402
from measures import Measures, sockets  # noqa: E402
from roost import Server, wait_for  # noqa: E402
from steps import STEPS, restart, take  # noqa: E402
from under_load import Load, acknowledged, report, verify  # noqa: E402
from world import SETTINGS, USER, World  # noqa: E402

PASSWORD = "soak-pw-1"  # of the random sessions
STEPS_PER_EPISODE = 120
TRACE_LINES_SHOWN = 80
SECONDS_TO_SETTLE = 60
CONFIG = """
[mail]
tail_bytes_min = 65536
tail_records_max = 500
retention_seconds = 3600
""" + SETTINGS


class Sessions(threading.Thread):
    """Episodes of random sessions, until it shall end."""

    steps = {step: weight for step, weight in STEPS.items() if step is not restart}

    def __init__(self, server, seed):
        super().__init__(daemon=True)
        self.server, self.seed = server, seed
        self.ending = False
        self.episodes = self.commands = 0
        self.wrong = None

    def run(self):
        while not self.ending and self.wrong is None:
            self.play(self.seed + self.episodes)
            self.episodes += 1

    def play(self, episode):
        rng = random.Random(episode)
        world = World(self.server, PASSWORD)
        try:
            world.reset()
            for _ in range(STEPS_PER_EPISODE):
                if self.ending:
                    break
                take(world, rng.randrange(2**48), self.steps)
            world.compare()
        except Exception:  # pylint: disable=broad-except
            said = "\n".join(f"{number} {side}: {str(what)[:400]}" for number, side, what in
                             world.trace[-TRACE_LINES_SHOWN:])
            self.wrong = f"{said}\nepisode {episode}: {traceback.format_exc()}"
        finally:
            world.close()
            self.commands += world.commands


def soak(server, arguments):
    """Gives what is wrong."""
    group = server.process.pid
    sockets_before = sockets(group)
    writers = under_load.writers(arguments.seed)
    measures, sessions, load = Measures(group), Sessions(server, arguments.seed), Load(server, writers)
    measures.start()
    sessions.start()
    deadline = time.monotonic() + arguments.seconds
    while time.monotonic() < deadline and sessions.wrong is None and not any(w.wrong for w in writers):
        time.sleep(0.5)  # the time is the input here
    measures.end()
    sessions.ending = True
    for writer in writers:
        writer.ending = True
    kept = load.join()
    sessions.join(SECONDS_TO_SETTLE)
    for writer in writers:
        verify(server, writer)
    wait_for(lambda: sockets(group) <= sockets_before, lambda: f"{sockets(group)} sockets are left, there were "
             f"{sockets_before}", SECONDS_TO_SETTLE)
    report(writers, kept)
    print(f"{sessions.commands} commands of {sessions.episodes} episodes, {acknowledged(writers)} of writers")
    print(server.command("check"), end="")
    return [sessions.wrong] if sessions.wrong else measures.check()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    if os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"  # syncs cost nothing there
    users = under_load.users() | {USER: PASSWORD, GUEST: PASSWORD}
    with Server(users=users, config=CONFIG, strict=False) as server:
        wrong = soak(server, arguments)
    for what in wrong:
        print(f"FAIL  {what}")
    print(f"{0 if wrong else 1} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as e:
        print(f"FAIL  {e}\n0 passed, 1 failed")
        sys.exit(1)
