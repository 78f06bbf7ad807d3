#!/usr/bin/env python3
"""Runs the tests, in steps. What `./test` calls once the packages are there.

usage: ./test [STEP…]       all steps, or those named
       ./test --list        what the steps are
       ./test --quick       the steps that need the release build only
"""

import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/test-logs"
FUZZ_RUNS = 50_000
STATEFUL_EPISODES = 140  # about two minutes; and the same ones on every machine
SIMULATION_SEEDS = 2_000
SOAK_SECONDS = 120
SANITIZER_ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:suppressions=" + str(ROOT / "tests/tsan.supp"),
}


def build(preset, *targets):
    configure = [] if (ROOT / f"build/{preset}/build.ninja").exists() else [["cmake", "--preset", preset]]
    command = ["cmake", "--build", "--preset", preset]
    if targets:
        command += ["--target", *targets]
    return configure + [command]


def unit(preset, *modules):
    pattern = ["-R", "^(" + "|".join(modules) + ")$"] if modules else []
    return [["ctest", "--test-dir", f"build/{preset}", "--output-on-failure", "--no-tests=error", "-j2", *pattern]]


TSAN_MODULES = ["rt", "store", "accounts", "net", "imapd"]

# name: (what it shows, commands, whether it is quick)
STEPS = {
    "style": ("clang-format agrees with every file", [["tools/format", "--check"]], True),
    "build": ("the release build, with tests and benchmarks", build("release", "all"), True),
    "unit": ("unit tests, beside the source", unit("release"), True),
    "simulation": (f"the whole server on simulated time, {SIMULATION_SEEDS} seeds",
                   [["build/release/roost-sim", "--count", str(SIMULATION_SEEDS)]], True),
    "conformance": ("scenarios of the RFCs, by wire, and the strict parser that listens in on these and all that follow",
                    [["tests/strict/test_session.py"], ["tests/conformance/run.py"]], True),
    "sasl": ("logins by every mechanism, and what must not log in", [["tests/sasl/run.py"]], True),
    "corpus": ("ugly mail: FETCH and SEARCH of every message of the corpus", [["tests/corpus/run.py"]], True),
    "hostile": ("bad input, while others are served; rights, logs and logins",
                [["tests/hostile/run.py"], ["tests/hostile/security.py"]], True),
    "interop": ("real clients, in clear and with TLS", [["tests/interop/run.py"]], True),
    "crash": ("kill -9 of the server, ten rounds; twenty power cuts and ten failed syncs under the real engine",
              [["tests/crash/run.py", "--rounds", "10", "--seed", "1"], ["tests/crash/power_cuts.py", "--cuts", "20"]],
              True),
    "undelete": ("what was deleted comes back, and what was purged does not", [["tests/undelete/run.py"]], True),
    "search_index": ("SEARCH with an index that is behind, killed, dropped and made anew",
                     [["tests/search_index/run.py"]], True),
    "backup": ("backups while serving, what comes back of them, four kills", [["tests/backup/run.py"]], True),
    "full_disk": ("a disk that fills up", [["tests/full_disk/run.py"]], True),
    "rot": ("damaged bodies and settings of the store, also while it serves",
            [["tests/rot/run.py", "body", "table", "index", "current", "format", "mark", "users"]], True),
    "soak": (f"mixed load for {SOAK_SECONDS} s against models; memory and descriptors stay as they are",
             [["tests/soak/run.py", "--seed", "1", "--seconds", str(SOAK_SECONDS)]], True),
    "asan": ("unit tests under address and undefined behaviour sanitizers", build("fuzz") + unit("fuzz"), False),
    "fuzz": (f"every fuzzer, {FUZZ_RUNS} inputs each", [["tools/fuzz", "--runs", str(FUZZ_RUNS)]], False),
    "stateful": ("random sessions, pipelined and cut, against a model, under address and undefined behaviour sanitizers",
                 build("fuzz", "roost") + [["tests/stateful/run.py", "--seed", "1", "--episodes", str(STATEFUL_EPISODES)]],
                 False),
    "tsan": ("unit tests of what has threads, under the thread sanitizer",
             build("tsan", *(m + "_test" for m in TSAN_MODULES)) + unit("tsan", *TSAN_MODULES), False),
    "tidy": ("clang-tidy: moves and coroutines", [["tools/tidy"]], False),
}


def count(text):
    """Tests passed and failed, as the step's own runner says, or one for a step that says nothing."""
    passed = failed = 0
    for match in re.finditer(r"^(\d+) passed, (\d+) failed$", text, re.M):
        passed, failed = passed + int(match[1]), failed + int(match[2])
    for match in re.finditer(r"(\d+)% tests passed, (\d+) tests failed out of (\d+)", text):
        passed, failed = passed + int(match[3]) - int(match[2]), failed + int(match[2])
    return passed, failed


def run_step(name):
    what, commands, _ = STEPS[name]
    print(f"== {name}: {what}", flush=True)
    started = time.monotonic()
    status, text = 0, ""
    with open(LOGS / f"{name}.log", "w") as log:
        for command in commands:
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  errors="replace", stdin=subprocess.DEVNULL,
                                  env=dict(os.environ, **SANITIZER_ENVIRONMENT))
            log.write(done.stdout)
            text += done.stdout
            status = done.returncode
            if status != 0:
                break
    passed, failed = count(text)
    if passed + failed == 0:
        passed, failed = (1, 0) if status == 0 else (0, 1)
    failed = max(failed, 1 if status != 0 else 0)
    print(f"   {passed} passed, {failed} failed in {time.monotonic() - started:.0f} s", flush=True)
    for line in re.findall(r"^UNSTEADY.*$", text, re.M):
        print(f"   {line}", flush=True)
    if failed:
        print(text[-6000:], flush=True)
        print(f"   (whole output: {LOGS / (name + '.log')})", flush=True)
    return passed, failed


def main():
    arguments = sys.argv[1:]
    if "--help" in arguments or "-h" in arguments:
        print(__doc__)
        return 0
    if "--list" in arguments:
        for name, (what, _, quick) in STEPS.items():
            print(f"{name:<12} {what}{'' if quick else ' (not with --quick)'}")
        return 0
    names = [a for a in arguments if not a.startswith("-")]
    unknown = [n for n in names if n not in STEPS]
    if unknown:
        print(f"There is no step '{unknown[0]}'; see ./test --list.", file=sys.stderr)
        return 2
    if not names:
        names = [n for n, step in STEPS.items() if step[2] or "--quick" not in arguments]
    LOGS.mkdir(parents=True, exist_ok=True)
    results = [run_step(name) for name in names]
    passed, failed = sum(r[0] for r in results), sum(r[1] for r in results)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
