#!/usr/bin/env python3
"""How long phones take to come back after a restart, when no login is remembered: by how passwords are kept.

usage: tests/bench/returning.py [--users N] [--phones N] [--where DIR]

Of each scheme of passwords, N users (default 200, as fewer than auth.hash_queue_max may wait for a hash) log in at once
after a restart, each once, with LOGIN, then SELECT and LOGOUT: with their own passwords and with app passwords, in clear
and over TLS. The last rows have accounts that were opened before: what is left is the login alone. The rate gives the
time for `--phones` (default 100,000).
"""

import argparse
import concurrent.futures
import json
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from compare import BUILD, CONFIG, PASSWORD, Load, Roost  # noqa: E402

SCHEMES = ("scram-sha-256", "argon2id")
LISTENERS = {"imap": "in clear", "imaps": "TLS"}


def add_app_passwords(server, users):
    def add(user):
        return json.loads(server.command("user", "app-password", "add", user, "Phone", "--json"))["password"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(add, users))


def measure(load, what, server, passwords, options, open_before=False):
    """Prints a row for each kind of connection."""
    file = server.data / "passwords"
    file.write_text("".join(f"{password}\n" for password in passwords))
    for listener, how in LISTENERS.items():
        server.stop()
        server.start()
        of_each = {"messages": options.users, "connections": options.users, "users": options.users, "passwords": file}
        figures = load.run("login", of_each, server, listener)
        if open_before and figures:
            figures = load.run("login", {**of_each, "messages": 10 * options.users}, server, listener)
        if figures is None:
            raise SystemExit("the logins failed")
        print(f"| {what} | {how} | {figures['per_s']:,.0f} | {figures['cpu_us']:,.0f} "
              f"| {options.phones / figures['per_s']:,.0f} s |", flush=True)


def measure_scheme(load, scheme, options):
    with Roost(users=(), config=f'{CONFIG}[auth]\nscheme = "{scheme}"\n', strict=False) as server:
        users = [f"bench{n}" for n in range(options.users)]
        server.add_users(users)
        measure(load, scheme, server, [PASSWORD] * len(users), options)
        apps = add_app_passwords(server, users)
        measure(load, f"app password, {scheme}", server, apps, options)
        measure(load, f"the same, {scheme}, accounts open", server, apps, options, open_before=True)


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
        measure_scheme(load, scheme, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
