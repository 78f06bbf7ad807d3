#!/usr/bin/env python3
"""How long phones take to come back after a restart, when no login is remembered: by how passwords are kept.

usage: tests/bench/returning.py [--users N] [--phones N] [--where DIR]

Of each scheme of passwords, N users (default 200) log in at once after a restart, each once, with LOGIN, then SELECT
and LOGOUT; in clear and over TLS. The rate gives the time for `--phones` (default 100,000).
"""

import argparse
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from compare import BUILD, CONFIG, Load, Roost  # noqa: E402

SCHEMES = ("scram-sha-256", "argon2id")
LISTENERS = {"imap": "in clear", "imaps": "TLS"}


def measure(load, scheme, options):
    with Roost(users=(), config=f'{CONFIG}[auth]\nscheme = "{scheme}"\n', strict=False) as server:
        server.add_users([f"bench{n}" for n in range(options.users)])
        for listener, how in LISTENERS.items():
            server.stop()
            server.start()
            of_each = {"messages": options.users, "connections": options.users, "users": options.users}
            figures = load.run("login", of_each, server, listener)
            if figures is None:
                raise SystemExit("the logins failed")
            print(f"| {scheme} | {how} | {figures['per_s']:,.0f} | {figures['cpu_us']:,.0f} "
                  f"| {options.phones / figures['per_s']:,.0f} s |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--phones", type=int, default=100_000)
    parser.add_argument("--where", type=pathlib.Path, default=BUILD)
    options = parser.parse_args()
    options.quick, options.accounts = True, 0  # the corpus is not used
    options.where.mkdir(parents=True, exist_ok=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    load = Load(options)
    tempfile.tempdir = str(options.where)
    print(f"| passwords | connections | logins in a second | µs of CPU for each | {options.phones:,} phones |\n"
          f"|{'---|' * 5}", flush=True)
    for scheme in SCHEMES:
        measure(load, scheme, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
