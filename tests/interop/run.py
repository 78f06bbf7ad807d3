#!/usr/bin/env python3
"""Runs real mail programs against the built server, in clear and with TLS.

usage: tests/interop/run.py             the fast half, as ./test does
       tests/interop/run.py --all       every client
       tests/interop/run.py NAME…       each file test_NAME.py here
       tests/interop/run.py --list      what there is

A test file says with FAST whether it belongs to the fast half (a few seconds), and with PACKAGES which Debian packages
its client needs: each a line of its own with a plain value, because tools/install reads them too. A missing package is
installed when there is the right to do so. Where it cannot be, a slow client is skipped and named; a fast one fails.

Programs at a terminal and scripts of others have races of their own, so a test that fails is run a second time, on a new
server. One that passes then is shown with what it said at first, and named at the end as UNSTEADY: the cause is either
mended in the test or is a fault of the server that seldom shows. It is never to be left.
"""

import ast
import importlib
import os
import pathlib
import shutil
import subprocess
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


class Client:
    """A test file, as far as it can be known without the client that it needs."""

    def __init__(self, path):
        self.name = path.stem.removeprefix("test_")
        said = {}
        for statement in ast.parse(path.read_text()).body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) in ("FAST", "PACKAGES"):
                said[statement.targets[0].id] = ast.literal_eval(statement.value)
        if said.keys() != {"FAST", "PACKAGES"}:
            sys.exit(f"{path} must say FAST and PACKAGES")
        self.fast, self.packages = said["FAST"], said["PACKAGES"]

    def missing(self):
        """The packages that are not there, also after trying to install them."""
        missing = [p for p in self.packages if not is_installed(p)]
        if missing and os.geteuid() == 0:
            subprocess.run([HERE.parents[1] / "tools/install", "packages", *missing], check=False)
            missing = [p for p in missing if not is_installed(p)]
        return missing

    def run(self):
        """Runs the file's tests; gives how many passed and failed, and the names of those that did both."""
        passed = failed = 0
        unsteady = []
        try:
            module = importlib.import_module("test_" + self.name)
        except Exception:  # pylint: disable=broad-except
            print(f"FAIL  {self.name}\n{traceback.format_exc()}", flush=True)
            return 0, 1, []
        for name in [f for f in vars(module) if f.startswith("test_")]:
            what = f"{self.name}: {name[5:].replace('_', ' ')}"
            if succeeds(getattr(module, name), what):
                passed += 1
            elif succeeds(getattr(module, name), what):
                passed += 1
                unsteady.append(what)
            else:
                failed += 1
        return passed, failed, unsteady


def succeeds(test, what):
    """Runs it once, and says how it went."""
    started = time.monotonic()
    try:
        test()
        print(f"ok    {what} ({time.monotonic() - started:.1f} s)", flush=True)
        return True
    except Exception:  # pylint: disable=broad-except
        print(f"FAIL  {what}\n{traceback.format_exc()}", flush=True)
        return False


def is_installed(package):
    """Or a command of that name is there: Node.js often comes from elsewhere, with its npm."""
    if shutil.which(package):
        return True
    done = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True, check=False)
    return done.stdout == "install ok installed"


def chosen(clients, arguments):
    """The clients that the arguments mean, by name."""
    names = [a for a in arguments if not a.startswith("-")]
    unknown = [n for n in names if n not in clients] + [a for a in arguments if a.startswith("-") and a != "--all"]
    if unknown:
        sys.exit(f"There is no '{unknown[0]}'.\n\n{__doc__}")
    if names:
        return [clients[n] for n in names]
    return [c for c in clients.values() if c.fast or "--all" in arguments]


def main():
    clients = {c.name: c for c in map(Client, sorted(HERE.glob("test_*.py")))}
    if "--list" in sys.argv[1:]:
        for client in clients.values():
            print(f"{client.name:<14} {'fast' if client.fast else 'slow'}  {' '.join(client.packages)}".rstrip())
        return 0
    passed = failed = 0
    skipped, unsteady = [], []
    for client in chosen(clients, sys.argv[1:]):
        missing = client.missing()
        if not missing:
            done = client.run()
            passed, failed = passed + done[0], failed + done[1]
            unsteady += done[2]
        elif client.fast:
            failed += 1
            print(f"FAIL  {client.name}: not installed: {' '.join(missing)}", flush=True)
        else:
            skipped.append(client.name)
            print(f"SKIP  {client.name}: NOT TESTED, not installed: {' '.join(missing)}", flush=True)
    for what in unsteady:
        print(f"UNSTEADY, failed and then passed: {what}")
    if skipped:
        print(f"{len(skipped)} SKIPPED, because a package is missing: {' '.join(skipped)}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
