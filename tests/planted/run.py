#!/usr/bin/env python3
"""Plants one bug after the other and shows which test finds it, and after how many seeds.

usage: tests/planted/run.py [--seeds N] [BUG…]     all, or those named
       tests/planted/run.py --list

Builds the preset `planted`, in which src/base/planted.h knows bugs; the environment's ROOST_BUG chooses one. Each is run
with its test under the seeds 1, 2, … until the test fails. The test must pass without a bug, and find every one.
docs/promises.md has a table of what this printed.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/planted"
ROUNDS = 20          # of each seed; the simulation's is one run
SECONDS_MAX = 1200   # for one run of a test

POWER_CUT = ("store_test", "PowerCut.*")
KILL = ("store_test", "Crash.*")
FAILED_SYNC = ("store_test", "FailedSync.*")
SIMULATION = ("roost-sim", "simulation")

BUGS = {
    "commit_not_synced": POWER_CUT,
    "answered_before_the_write": KILL,
    "cas_skipped": POWER_CUT,
    "body_after_its_record": POWER_CUT,
    "large_body_after_its_record": KILL,
    "large_body_not_synced": POWER_CUT,
    "large_body_directory_not_synced": POWER_CUT,
    "owner_directory_not_synced": POWER_CUT,
    "link_not_synced": POWER_CUT,
    "removal_not_synced": POWER_CUT,
    "page_after_its_root": POWER_CUT,
    "tail_trimmed": POWER_CUT,
    "account_id_not_synced": POWER_CUT,
    "failed_sync_forgotten": FAILED_SYNC,
    "planned_on_old_snapshot": SIMULATION,
    "unknown_taken_for_stored": SIMULATION,
    "condition_not_tested": SIMULATION,
    "change_not_told": SIMULATION,
    "dead_list_dropped": SIMULATION,
    "returned_body_left_dead": SIMULATION,
    "retention_forgotten": SIMULATION,
}


def finds(test, bug, seed):
    """In which round the test failed, or None."""
    program, tests = test
    if test == SIMULATION:
        command = [BUILD / program, "--first", str(seed), "--count", "1", "--no-shrink"]
    else:
        command = [BUILD / program, f"--gtest_filter={tests}"]
    environment = dict(os.environ, ROOST_ROUNDS=str(ROUNDS), ROOST_SEED=str(seed))
    environment.pop("ROOST_BUG", None)
    if bug:
        environment["ROOST_BUG"] = bug
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment,
                          timeout=SECONDS_MAX)
    if done.returncode == 0:
        return None
    where = re.search(r"^(\d+) (?:cuts|kills|failed syncs|seeds) ", done.stdout.replace(",", ""), re.M)
    return f"round {where[1]}" if where else f"status {done.returncode}"


def build():
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "planted"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    programs = sorted({program for program, _ in BUGS.values()})
    subprocess.run(["cmake", "--build", "--preset", "planted", "--target", *programs], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bugs", nargs="*", metavar="BUG")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(BUGS))
        return 0
    build()
    failed = 0
    chosen = arguments.bugs or list(BUGS)
    for test in sorted({BUGS[bug] for bug in chosen}):
        where = finds(test, None, 1)
        print(f"{'no bug':<34} {test[1]:<16} {'nothing found' if where is None else 'FAILS: ' + where}", flush=True)
        failed += where is not None
    for bug in chosen:
        test = BUGS[bug]
        where = seed = None
        runs = ROUNDS if test == SIMULATION else 1  # to a seed of the others
        for seed in range(1, runs * arguments.seeds + 1):
            where = finds(test, bug, seed)
            if where:
                break
        print(f"{bug:<34} {test[1]:<16} {f'found: seed {seed}, {where}' if where else 'NOT FOUND'}", flush=True)
        failed += where is None
    found = len(chosen) - failed
    print(f"{found} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
