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
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import under_load  # noqa: E402
from under_load import CONFIG, LaterServer, Load, acknowledged, report, verify  # noqa: E402


def run_round(server, writers, seconds):
    """Gives how often the keeper did its work."""
    load = Load(server, writers)
    time.sleep(seconds)  # the moment of death is the input here
    server.kill()
    kept = load.join()
    server.start()
    for writer in writers:
        verify(server, writer)
    return kept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--seconds-max", type=float, default=2.5)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    source = random.Random(arguments.seed)
    writers = under_load.writers(arguments.seed)
    kept = 0
    with LaterServer(users=under_load.users(), config=CONFIG) as server:
        for number in range(1, arguments.rounds + 1):
            kept += run_round(server, writers, source.uniform(0.2, arguments.seconds_max))
            print(f"round {number}: {acknowledged(writers)} operations acknowledged so far, all there", flush=True)
        print(server.command("check"), end="")
    report(writers, kept)
    print(f"{arguments.rounds} passed, 0 failed")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as e:
        print(f"FAIL  {e}\n0 passed, 1 failed")
        sys.exit(1)
