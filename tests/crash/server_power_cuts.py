#!/usr/bin/env python3
"""Cuts the power of a whole server under load, and checks that everything it acknowledged is there.

usage: tests/crash/server_power_cuts.py [--cuts N] [--seed S] [--seconds-max T]

The server lives on a mount (FUSE: needs /dev/fuse) that knows what was synced. When the power goes, what was not is
there, missing, torn, zeros or garbage, and names whose directory was not synced are there or not, as
tests/crash/power_cuts.py does it below the store alone. The writers are those of tests/crash/run.py: IMAP and LMTP, also
between accounts, while checkpoints are written and what is dead is collected. One cut in three falls into the start of
the server that finds what the last one left.
"""

import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import under_load  # noqa: E402
from roost import ROOT, wait_for  # noqa: E402
from under_load import CONFIG, LaterServer, Load, acknowledged, report, verify  # noqa: E402

MOUNT = ROOT / "build/release/power-cut-mount"
OPENING_STEPS_MAX = 150  # changes and syncs that a start makes; a few more than it does
SECONDS_MAX = 60


class Disk:
    """A directory on a mount, until its power is cut."""

    def __init__(self, directory, place, seed):
        self.directory, self.place = directory, place
        place.mkdir(exist_ok=True)
        self.target = directory.with_name(f"{int(directory.name) + 1}")
        self.mount = subprocess.Popen([MOUNT, directory, place, str(seed)], text=True, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)
        assert self.mount.stdout.readline() == "ready\n", "the disk is not mounted"

    def cut_at(self, step):
        """Before anything is on it."""
        self.tell(f"at {step} {self.target}")

    def cut(self):
        """Unless it was cut already."""
        self.tell(f"cut {self.target}")
        assert self.mount.stdout.readline() == "cut\n", "the power does not go"

    def tell(self, line):
        self.mount.stdin.write(line + "\n")
        self.mount.stdin.flush()

    def unmount(self):
        """Gives what the cut left."""
        subprocess.run(["fusermount3", "-u", "-z", self.place], check=True)
        self.mount.wait(SECONDS_MAX)
        shutil.rmtree(self.directory)
        return self.target


class Machine:
    """A server, its disk, and what makes the power go."""

    def __init__(self, scratch, seed):
        self.random = random.Random(seed)
        self.place = scratch / "mount"
        self.directory = scratch / "0"
        self.directory.mkdir()
        self.server = LaterServer(data=self.directory, users=under_load.users(), config=CONFIG)
        for name, password in self.server.users.items():
            self.server.command("user", "add", name, "--password-stdin", stdin=password + "\n")
        self.server.data = self.place
        self.disk = None

    def switch_on(self):
        self.disk = Disk(self.directory, self.place, self.random.randrange(2**63))

    def switch_off(self):
        """Once the power is cut, and with it the server."""
        if self.server.process:
            self.server.kill()
        self.server.log.close()
        self.directory = self.disk.unmount()
        self.disk = None

    def cut_while_starting(self):
        self.switch_on()
        self.disk.cut_at(self.random.randrange(1, OPENING_STEPS_MAX))
        try:
            self.server.start()
        except AssertionError:
            self.server.process = None  # its syncs failed from some moment on
        self.disk.cut()
        self.switch_off()

    def cut_under_load(self, writers, seconds):
        """Checks what is there first. Gives how often the keeper did its work."""
        self.switch_on()
        self.server.start()
        for writer in writers:
            verify(self.server, writer)
        load = Load(self.server, writers)
        time.sleep(seconds)  # the moment of the cut is the input here
        self.disk.cut()
        self.server.kill()
        kept = load.join()
        self.switch_off()
        return kept

    def look(self, writers):
        """Once the power stays on."""
        self.switch_on()
        self.server.start()
        for writer in writers:
            verify(self.server, writer)
        print(self.server.command("check"), end="")
        self.server.stop()
        self.disk.cut()
        self.switch_off()
        self.server.tap.check()

    def give_up(self):
        """Whatever state things are in."""
        if self.server.process and self.server.process.poll() is None:
            self.server.kill()
        if self.disk:
            subprocess.run(["fusermount3", "-u", "-z", self.place], check=False)
            self.disk.mount.wait(SECONDS_MAX)


def cut_again_and_again(machine, writers, arguments):
    kept = 0
    for number in range(1, arguments.cuts + 1):
        if number % 3 == 0:
            machine.cut_while_starting()
        else:
            kept += machine.cut_under_load(writers, machine.random.uniform(0.1, arguments.seconds_max))
        print(f"cut {number}: {acknowledged(writers)} operations acknowledged so far", flush=True)
    machine.look(writers)
    report(writers, kept)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--seconds-max", type=float, default=2.5)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    subprocess.run([ROOT / "tools/install", "packages", "fuse3", "libfuse3-dev"], check=True)
    subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "power-cut-mount"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="roost-power-") as scratch:
        machine = Machine(pathlib.Path(scratch), arguments.seed)
        try:
            cut_again_and_again(machine, under_load.writers(arguments.seed), arguments)
        except BaseException:
            machine.give_up()
            raise
    print(f"{arguments.cuts} passed, 0 failed")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as e:
        print(f"FAIL  {e}\n0 passed, 1 failed")
        sys.exit(1)
