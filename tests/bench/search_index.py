#!/usr/bin/env python3
"""What the search index gives, and what it costs: SEARCH with it and without it, its size, the CPU of keeping it.

usage: tests/bench/search_index.py [--messages N] [--appends N] [--where DIR]

Prints one table. The messages are those of corpus.py. CPU is that of all processes of the server, until the index has
followed.
"""

import argparse
import email
import email.policy
import json
import pathlib
import tempfile
import types

from compare import BUILD, CONFIG, Load, Roost
from growth import cpu_seconds
from roost import wait_for

USER = "bench0"
FOLLOWS_SECONDS_MAX = 600
NO_INDEX = CONFIG + "[search]\nindex = false\n"


def status(server, user=USER):
    return json.loads(server.command("index", "status", user, "--json"))


def wait_for_index(server, user=USER):
    wait_for(lambda: status(server, user)["state"] == "up to date", lambda: f"the index stays {status(server, user)}",
             FOLLOWS_SECONDS_MAX)


def text_octets(corpus_file):
    """Of the header and of the text parts, decoded, in UTF-8."""
    octets = 0
    with open(corpus_file, "rb") as file:
        while size := file.readline():
            message = email.message_from_bytes(file.read(int(size)), policy=email.policy.compat32)
            for part in message.walk():
                octets += sum(len(name) + len(str(value)) + 4 for name, value in part.items())
                if part.get_content_maintype() == "text":
                    text = part.get_payload(decode=True).decode(part.get_content_charset("us-ascii"), "replace")
                    octets += len(text.encode())
    return octets


def cpu_us_each(server, count, work):
    begin = cpu_seconds(server.pid)
    work()
    return (cpu_seconds(server.pid) - begin) * 1e6 / count


def search(load, server, key):
    options = {"mailbox": "INBOX", "user": USER, "word": load.manifest["word"],
               "expect": ",".join(map(str, load.manifest[key]))}
    return load.run(f"search-{key}", options, server)


def appended_cpu_us(load, server, appends, indexed):
    """Of an APPEND of 4 KB, by eight connections to eight users."""
    users = [f"bench{n}" for n in range(8)]
    options = {"messages": appends, "connections": 8, "users": 8, "bytes": 4096, "user": "bench%d"}

    def work():
        load.run("append", options, server)
        for user in users if indexed else []:
            wait_for_index(server, user)

    return cpu_us_each(server, appends, work)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--appends", type=int, default=20_000)
    parser.add_argument("--where", type=pathlib.Path, default=BUILD)
    options = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    load = Load(types.SimpleNamespace(quick=options.messages < 10_000, where=options.where, accounts=8))
    messages, octets = load.manifest["messages"], load.manifest["octets"]
    with tempfile.TemporaryDirectory(dir=options.where) as directory:
        with Roost(users=(), config=CONFIG, data=directory, strict=False) as server:
            server.add_users([f"bench{n}" for n in range(9)])
            load.run("fill", {"corpus": load.corpus_file, "mailbox": "INBOX", "user": USER}, server)
            wait_for_index(server)
            followed = status(server)
            narrowed = {key: search(load, server, key) for key in ("body", "text")}
            rebuilding = cpu_us_each(server, messages, lambda: server.command("index", "rebuild", USER))
            rebuilt = status(server)
            kept = appended_cpu_us(load, server, options.appends, True)
            server.stop()
            (server.data / "roost.toml").write_text(NO_INDEX)
            server.start()
            plain = {key: search(load, server, key) for key in ("body", "text")}
            unkept = appended_cpu_us(load, server, options.appends, False)
    text = text_octets(load.corpus_file)
    print(f"{messages} messages of {octets / 1e6:.0f} MB, {text / 1e6:.1f} MB of text\n")
    print("|  | with the index | without |\n|---|---|---|")
    for key in ("body", "text"):
        for figure, of in (("p50_ms", "ms"), ("cpu_us", "µs CPU")):
            cells = f"{narrowed[key][figure]:,.1f} | {plain[key][figure]:,.1f}"
            print(f"| SEARCH {key.upper()} of a rare word, {of} | {cells} |")
    print(f"| APPEND of 4 KB, µs CPU | {kept:.0f} | {unkept:.0f} |")
    for name, index in (("followed", followed), ("made anew", rebuilt)):
        print(f"| size, {name}: MB; of the text; blocks | {index['index_bytes'] / 1e6:.1f}; "
              f"{index['index_bytes'] / text:.0%}; {index['blocks']} | |")
    print(f"| making it anew, µs CPU for each message | {rebuilding:.0f} | |")


if __name__ == "__main__":
    main()
