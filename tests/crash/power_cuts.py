#!/usr/bin/env python3
"""Cuts the power of the real engine, kills it, and fails its disk's syncs, again and again, against a model.

usage: tests/crash/power_cuts.py [--cuts N] [--kills N] [--failed-syncs N] [--seed S]

Runs the store's own tests (src/store/rocksdb/power_cut_test.cc, crash_test.cc) for longer than the unit tests do. In
each of the rounds thirteen writers make every call that the store has; then the power goes (what was not synced is
there, missing, torn, zeros or garbage; names whose directory was not synced are there or not), or the process is
killed, or a sync fails and it must end by itself. What was acknowledged must be there, octet for octet, what was not
wholly or not at all, and what was deleted must stay so.
"""

import argparse
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("ROOST_STORE_TEST", ROOT / "build/release/store_test"))


def run(test, rounds, seed):
    """True if it passed; says what it found."""
    if rounds == 0:
        return True
    done = subprocess.run([PROGRAM, f"--gtest_filter={test}.*"], capture_output=True, text=True, errors="replace",
                          env=dict(os.environ, ROOST_ROUNDS=str(rounds), ROOST_SEED=str(seed)))
    said = [line for line in done.stdout.splitlines() if "operations acknowledged" in line]
    print(said[0] if said else f"{test}: it ended with status {done.returncode}", flush=True)
    if done.returncode != 0:
        print(done.stdout[-4000:] + done.stderr[-2000:], flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--failed-syncs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rounds = {"PowerCut": arguments.cuts, "Crash": arguments.kills, "FailedSync": arguments.failed_syncs}
    passed = [run(test, count, arguments.seed) for test, count in rounds.items()]
    print(f"{sum(passed)} passed, {len(passed) - sum(passed)} failed")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
