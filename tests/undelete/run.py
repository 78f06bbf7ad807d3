#!/usr/bin/env python3
"""What was deleted comes back, and what was purged does not: by the command line, with the server up and down, and over IMAP.

usage: tests/undelete/run.py [--seed S]
"""

import argparse
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS), str(TESTS / "crash")]

from roost import BINARY, Lines, Server  # noqa: E402
from under_load import LaterServer  # noqa: E402

LOGIN = ("alice", "wonder-land 1")
LARGE = 200_000
DAY_SECONDS = 24 * 3600
CONFIG = '[imap]\nhistory_tree = "History"\n'


def body(subject, size=0):
    text = f"Subject: {subject}\r\n\r\n".encode()
    return text + b"".join(b"%060d\r\n" % n for n in range(size // 62)) + b"end\r\n"


class Client(Lines):
    def __init__(self, server):
        super().__init__(server.connect())
        self.line()
        self.login(*LOGIN)

    def append(self, mailbox, data, flags=""):
        self.ok(f"APPEND {mailbox} ({flags}) ".encode() + b"{%d+}\r\n" % len(data) + data)

    def expunge(self, mailbox, uids):
        self.ok(f"SELECT {mailbox}".encode())
        self.ok(f"UID STORE {uids} +FLAGS.SILENT (\\Deleted)".encode())
        self.ok(f"UID EXPUNGE {uids}".encode())

    def messages(self, mailbox):
        """{octets: flags}"""
        self.ok(f"SELECT {mailbox}".encode())
        out = {}
        for response in self.ok(b"UID FETCH 1:* (FLAGS BODY.PEEK[])"):
            if found := re.search(rb"FLAGS \(([^)]*)\).*?BODY\[\] \{(\d+)\}\r\n", response, re.S):
                octets = response[found.end():found.end() + int(found[2])]
                out[octets] = set(found[1].split()) - {b"\\Recent"}
        return out


def undelete(server, *words):
    return json.loads(server.command("undelete", LOGIN[0], *words, "--json"))


def test_messages_come_back_with_their_flags(server, client):
    client.append("INBOX", body("one"), "\\Flagged $Work")
    client.append("INBOX", body("two", LARGE))
    before = client.messages("INBOX")
    client.expunge("INBOX", "1:*")
    listed = json.loads(server.command("deleted", LOGIN[0], "--json"))
    assert [(r["mailbox"], r["messages"]) for r in listed] == [("INBOX", 2)], listed
    watching = Client(server)
    watching.ok(b"SELECT INBOX")
    assert undelete(server, "--since", "1h")["messages"] == 2
    assert any(b" 2 EXISTS" in r for r in watching.ok(b"NOOP")), "a session is not told"
    watching.close()
    assert client.messages("INBOX") == before
    assert undelete(server, "--since", "1h")["messages"] == 0, "twice"


def test_a_mailbox_comes_back_while_the_server_is_down(server, client):
    client.ok(b"CREATE Work/Old")
    client.append("Work/Old", body("old"), "\\Seen")
    before = client.messages("Work/Old")
    client.ok(b"CLOSE")
    client.ok(b"DELETE Work/Old")
    server.command("checkpoint", LOGIN[0])
    server.stop()
    assert undelete(server, "Work/Old", "--since", "1h")["mailboxes"][0]["created"]
    server.start()
    assert Client(server).messages("Work/Old") == before


def test_as_it_was_at_a_time(server, client):
    client.append("INBOX", body("stays"))
    client.append("INBOX", body("moved"))
    then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    client.ok(b"SELECT INBOX")
    uid = client.ok(b"UID SEARCH SUBJECT moved")[0].split()[-1].decode()
    client.ok(f"UID MOVE {uid} Archive".encode())
    assert undelete(server, "INBOX", "--since", then)["messages"] == 0
    assert undelete(server, "INBOX", "--at", then)["messages"] == 1
    assert body("moved") in client.messages("INBOX") and body("moved") in client.messages("Archive")


def test_a_purge_is_for_good(server, client):
    client.append("INBOX", body("secret", LARGE))
    client.ok(b"SELECT INBOX")
    uid = client.ok(b"UID SEARCH SUBJECT secret")[0].split()[-1].decode()
    client.expunge("INBOX", uid)
    there = client.messages("INBOX")
    large = len(list((server.data / "store/blobs").glob("??/*/*")))
    server.command("purge", LOGIN[0])
    assert len(list((server.data / "store/blobs").glob("??/*/*"))) == large - 1
    assert undelete(server, "--at", "1970-01-01")["messages"] == 0
    assert undelete(server, "--since", "1h")["messages"] == 0
    assert client.messages("INBOX") == there
    server.command("check")


def test_a_removed_user_comes_back(server, client):
    before = client.messages("INBOX")
    server.command("user", "remove", LOGIN[0])
    assert json.loads(server.command("deleted", "--json"))[0]["name"] == LOGIN[0]
    server.restart()
    assert server.command("undelete", LOGIN[0], "--since", "2999-01-01", check=False).returncode == 1
    undelete(server, "--since", "1h")
    server.command("user", "passwd", LOGIN[0], "--password-stdin", stdin=LOGIN[1] + "\n")
    assert Client(server).messages("INBOX") == before
    assert json.loads(server.command("deleted", "--json")) == []


def noon_of_tomorrow(server):
    """Moves the server's clock there, and gives the day that is over then."""
    now = int(time.time()) + server.ahead
    server.jump(DAY_SECONDS + DAY_SECONDS // 2 - now % DAY_SECONDS)
    return time.strftime("%Y-%m-%d", time.gmtime(now))


def test_a_user_helps_himself(server, client):
    """Two days go by, by a clock that jumps: what INBOX held is below History/, until it is purged."""
    noon_of_tomorrow(server)
    texts = {name: body(name, LARGE if name == "moved" else 0) for name in ("gone", "moved", "stays")}
    for text in texts.values():
        client.append("INBOX", text, "\\Flagged")
    before = client.messages("INBOX")
    inbox = f"History/{noon_of_tomorrow(server)}/INBOX"
    client.expunge("INBOX", "1")
    client.ok(b"UID MOVE 2 Archive")
    client.append("INBOX", body("new"))
    assert client.messages(inbox) == before
    assert f" {inbox}".encode() not in b"".join(client.ok(b'LIST "" *'))
    assert b"NO " in client.command(b"STORE 1 +FLAGS (\\Seen)")[-1]
    client.ok(f"SELECT {inbox}".encode())
    client.ok(b"SEARCH SUBJECT gone")
    assert b"[COPYUID " in client.ok(b"UID COPY 1 INBOX")[-1]
    assert set(client.messages("INBOX")) == {texts["gone"], texts["stays"], body("new")}
    server.command("checkpoint", LOGIN[0])
    client.close()
    server.restart()
    client = Client(server)
    assert client.messages(inbox) == before
    server.command("purge", LOGIN[0])
    assert set(client.messages(inbox)) == {texts["stays"]}
    assert texts["gone"] in client.messages("INBOX") and texts["moved"] in client.messages("Archive")
    server.command("check")


def test_kills(server, client, source):
    """Undelete and purge, killed at any moment: all of it or none, and check finds nothing."""
    for number in range(6):
        client = Client(server)
        mailbox = f"Kill{number}"
        client.ok(f"CREATE {mailbox}".encode())
        for n in range(20):
            client.append(mailbox, body(f"kill {number}-{n}", LARGE if n == 0 else 0))
        before = client.messages(mailbox)
        client.expunge(mailbox, "1:*")
        verb = source.choice([["undelete", LOGIN[0], mailbox, "--since", "1h"], ["purge", LOGIN[0]]])
        process = subprocess.Popen([BINARY, "--data", server.data, *verb], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(source.random() * 0.05)  # where it is killed is left to chance; what must hold does not depend on it
        server.kill()
        acknowledged = process.wait(60) == 0
        server.start()
        server.command("check")
        check_after_kill(server, verb[0], acknowledged, mailbox, before)


def check_after_kill(server, verb, acknowledged, mailbox, before):
    after = Client(server).messages(mailbox)
    if verb == "purge":
        assert after == {}, f"{len(after)} messages are back after a purge"
        if not acknowledged:
            server.command("purge", LOGIN[0])
        assert undelete(server, mailbox, "--since", "1h")["messages"] == 0
        return
    expected = (before,) if acknowledged else ({}, before)
    assert after in expected, f"{len(after)} of {len(before)} messages are back"
    if not after:
        undelete(server, mailbox, "--since", "1h")
        assert Client(server).messages(mailbox) == before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    source = random.Random(parser.parse_args().seed)
    passed = 0
    for test in (test_messages_come_back_with_their_flags, test_a_mailbox_comes_back_while_the_server_is_down,
                 test_as_it_was_at_a_time, test_a_purge_is_for_good, test_a_removed_user_comes_back,
                 test_a_user_helps_himself, test_kills):
        data = pathlib.Path(tempfile.mkdtemp(prefix="roost-undelete-"))
        kind = LaterServer if test is test_a_user_helps_himself else Server
        try:
            with kind(config=CONFIG, data=data, users=(LOGIN,)) as server:
                arguments = (server, Client(server))
                test(*arguments, *([source] if test is test_kills else []))
        except AssertionError as e:
            print(f"FAIL  {test.__name__}: {e}\n{passed} passed, 1 failed")
            return 1
        finally:
            shutil.rmtree(data, ignore_errors=True)
        print(f"{test.__name__[5:].replace('_', ' ')}: passed", flush=True)
        passed += 1
    print(f"{passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
