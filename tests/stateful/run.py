#!/usr/bin/env python3
"""Random sessions on one account against a server under the address sanitizer, held against a model of the mailboxes.

usage: tests/stateful/run.py [--seconds N] [--steps N] [--seed N] [--episodes N]

A step is a command with its answer. Each episode has a seed; every fourth has a server with a MESSAGELIMIT, and every
third one where guests have a \\Seen of their own. One that fails is replayed with less and less of it, and what was said
in the shortest is printed and kept in build/test-logs. `--seed N --episodes 1` replays that one. ROOST names another
server than build/fuzz/roost.
"""

import argparse
import os
import pathlib
import random
import sys
import tempfile
import time
import traceback
import typing

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
os.environ.setdefault("ROOST", str(ROOT / "build/fuzz/roost"))
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "strict")]

from acl_commands import GUEST  # noqa: E402
from roost import Server  # noqa: E402
from steps import take  # noqa: E402
from world import SETTINGS, USER, World  # noqa: E402

PASSWORD = "fuzz-pw-1"
STEPS_PER_EPISODE = 120
SHRINK_SECONDS_MAX = 240
TRACE_LINES_SHOWN = 80
# Small tails, so that checkpoints are made all the time. At its end the leak sanitizer traces the process, which the
# sandbox forbids: it would wait for ever.
CONFIG = """
[server]
sandbox = false
[mail]
tail_bytes_min = 65536
tail_records_max = 200
""" + SETTINGS
MESSAGE_LIMIT = 5


class Failed(Exception):
    def __init__(self, why, trace):
        super().__init__(why)
        self.why, self.trace = why, trace


class Arena:
    """A server for each variant, started again after it has failed."""

    def __init__(self):
        self.servers = {}
        self.commands = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers.values():
            server.__exit__(None)

    def fresh(self, variant):
        if variant not in self.servers:
            if os.access("/dev/shm", os.W_OK):
                tempfile.tempdir = "/dev/shm"  # syncs cost nothing there
            config = CONFIG + (f"messages_per_command_max = {variant.limit}\n" if variant.limit else "")
            config += "private_seen = true\n" if variant.private_seen else ""
            self.servers[variant] = Server(config=config, users={USER: PASSWORD, GUEST: PASSWORD}, strict=False)
            self.servers[variant].__enter__()
        return self.servers[variant]

    def throw_away(self, variant):
        server = self.servers.pop(variant)
        if server.process is not None:  # it did not end by itself, nor in a restart that failed
            try:
                server.kill()
            except OSError:
                server.process = None
        server.__exit__(None)

    def play(self, seeds, variant):
        """Throws Failed."""
        world = World(self.fresh(variant), PASSWORD, *variant)
        try:
            world.reset()
            for seed in seeds:
                take(world, seed)
            world.compare()
            world.close()
        except Exception as e:  # pylint: disable=broad-except
            why = f"{type(e).__name__}: {e}\n{traceback.format_exc()}\n" + autopsy(self.servers[variant])
            world.close()
            raise Failed(why, world.trace) from e
        finally:
            self.commands += world.commands

    def fails(self, seeds, variant):
        try:
            self.play(seeds, variant)
            return None
        except Failed as failed:
            self.throw_away(variant)
            return failed


def autopsy(server):
    """The sanitizers' word, if the server died."""
    log = server.log_text()
    at = max(log.find("ERROR: AddressSanitizer"), log.find("runtime error"))
    return log[at:at + 6000] if at >= 0 else log[-600:]


class Variant(typing.NamedTuple):
    """Of a server: its limit of messages (RFC 9738), and whether guests have a \\Seen of their own."""

    limit: int | None
    private_seen: bool

    @staticmethod
    def of(episode):
        return Variant(MESSAGE_LIMIT if episode % 4 == 3 else None, episode % 3 == 2)


def seeds_of(episode):
    rng = random.Random(episode)
    return [rng.randrange(2**48) for _ in range(STEPS_PER_EPISODE)]


def shrunk(arena, seeds, variant, failed):
    """Leaves out what is not needed for a failure of the same kind, as far as the time allows."""
    deadline, size = time.monotonic() + SHRINK_SECONDS_MAX, len(seeds) // 2
    kind = failed.why.split(":")[0]
    while size > 0:
        at = 0
        while at < len(seeds) and time.monotonic() < deadline:
            less = seeds[:at] + seeds[at + size:]
            again = arena.fails(less, variant)
            if again and again.why.split(":")[0] == kind:
                seeds, failed = less, again
            else:
                at += size
        size //= 2
    return seeds, failed


def report(episode, seeds, failed):
    lines = []
    for number, side, what in failed.trace:
        text = what if isinstance(what, str) else repr(what)[2:-1].removesuffix("\\r\\n")
        lines.append(f"{number} {side}: {text[:400]}")
    log = ROOT / f"build/test-logs/stateful-{episode}.trace"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(lines) + "\n\n" + failed.why)
    print(f"FAIL  episode {episode}; {len(seeds)} steps are enough:\n" + "\n".join(lines[-TRACE_LINES_SHOWN:]))
    print(f"{failed.why}\n(all of it: {log}; again: tests/stateful/run.py --seed {episode} --episodes 1)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, help="120, unless there are --steps or --episodes")
    parser.add_argument("--steps", type=int, default=10**12)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--episodes", type=int, default=10**9)
    parser.add_argument("--no-shrink", action="store_true")
    arguments = parser.parse_args()
    if arguments.seconds is None:
        arguments.seconds = 120 if arguments.steps == 10**12 and arguments.episodes == 10**9 else 10**9
    print(f"seed {arguments.seed}", flush=True)
    started, passed = time.monotonic(), 0
    with Arena() as arena:
        for episode in range(arguments.seed, arguments.seed + arguments.episodes):
            if time.monotonic() - started > arguments.seconds or arena.commands >= arguments.steps:
                break
            seeds, variant = seeds_of(episode), Variant.of(episode)
            failed = arena.fails(seeds, variant)
            if failed:
                if not arguments.no_shrink:
                    seeds, failed = shrunk(arena, seeds, variant, failed)
                report(episode, seeds, failed)
                print(f"{passed} passed, 1 failed")
                return 1
            passed += 1
        seconds = time.monotonic() - started
        print(f"{arena.commands} commands in {seconds:.0f} s, {arena.commands / seconds:.0f}/s")
    print(f"{passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
