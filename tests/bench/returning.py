#!/usr/bin/env python3
"""How long phones take to come back after a restart, when no login is remembered: by how passwords are kept.

usage: tests/bench/returning.py [--users N] [--phones N] [--where DIR]

Of each scheme of passwords, N users (default 200, as fewer than auth.hash_queue_max may wait for a hash) log in at once
after a restart, each once, with LOGIN, then SELECT and LOGOUT: with their own passwords and with app passwords, in clear
and over TLS. The last rows have accounts that were opened before: what is left is the login alone. The rate gives the
time for `--phones` (default 100,000). "The hash alone" is what OpenSSL or libsodium takes for it in this process, which
is the least that a login with such a password can cost.
"""

import argparse
import concurrent.futures
import ctypes
import hashlib
import json
import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from compare import BUILD, CONFIG, PASSWORD, Load, Roost  # noqa: E402

SCHEMES = ("scram-sha-256", "argon2id")
ITERATIONS = 65_536  # auth.iterations as Roost ships
ARGON2ID_PASSES, ARGON2ID_BYTES, ARGON2ID13 = 2, 19_456 * 1024, 2  # as Roost stores them; the last is libsodium's name
LISTENERS = {"imap": "in clear", "imaps": "TLS"}


def scram():
    hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"0123456789abcdef", ITERATIONS)


def argon2id(sodium=ctypes.CDLL("libsodium.so.23")):
    sodium.sodium_init()  # chooses the code for this processor
    key = ctypes.create_string_buffer(32)
    numbers = ctypes.c_ulonglong(len(PASSWORD)), b"0123456789abcdef", ctypes.c_ulonglong(ARGON2ID_PASSES)
    done = sodium.crypto_pwhash(key, ctypes.c_ulonglong(32), PASSWORD.encode(), *numbers,
                                ctypes.c_size_t(ARGON2ID_BYTES), ARGON2ID13)
    if done != 0:
        raise SystemExit("libsodium has no memory for argon2id")


def measure_alone(scheme, phones, tries=50):
    """The hash alone, on one core."""
    hash_once = {"scram-sha-256": scram, "argon2id": argon2id}[scheme]
    begin, cpu = time.monotonic(), time.process_time()
    for _ in range(tries):
        hash_once()
    per_s = tries / (time.monotonic() - begin)
    cpu_us = (time.process_time() - cpu) / tries * 1e6
    print(f"| {scheme}, the hash alone | – | {per_s:,.0f} | {cpu_us:,.0f} | {phones / per_s:,.0f} s |", flush=True)


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
        measure_alone(scheme, options.phones)
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
