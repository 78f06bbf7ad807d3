#!/usr/bin/env python3
"""Kills the server at random moments under load, and checks that everything it acknowledged is there.

usage: tests/crash/run.py [--rounds N] [--seed S] [--seconds-max T]

Eight writers, each in a mailbox of its own (two to an account), append, flag, move and expunge, and note what was
acknowledged. kill -9 goes to the whole process group. After the restart each writer's mailbox must hold exactly what
was acknowledged; what was under way when the server died may be there, wholly, or not.
"""

import argparse
import hashlib
import random
import re
import sys
import pathlib
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from roost import Lines, Server  # noqa: E402

WRITERS = 8
ACCOUNTS = 4
PASSWORD = "crash and return 1"


def body(writer, serial, random_source):
    size = random_source.choice([200, 2_000, 20_000, 20_000, 300_000])
    line = hashlib.sha256(f"{writer}/{serial}".encode()).hexdigest()
    text = f"Subject: {writer}/{serial}\r\nMessage-ID: <{writer}.{serial}@crash.example>\r\n\r\n"
    return (text + (line + "\r\n") * (size // 66 + 1)).encode()


class Writer(threading.Thread):
    """Knows, by UID, what must be in its mailbox, and which operation has no answer yet."""

    def __init__(self, number, seed):
        super().__init__(daemon=True)
        self.number = number
        self.user = f"user{number % ACCOUNTS}"
        self.mailbox = f"box{number}"
        self.random = random.Random(f"{seed}/{number}")
        self.messages = {}   # uid: [serial, flags, digest]
        self.archived = {}   # serial: digest, in the other mailbox
        self.serial = 0
        self.pending = None  # (what, details)
        self.operations = 0
        self.highest_uid = 0

    def begin(self, server):
        self.server = server
        threading.Thread.__init__(self, daemon=True)
        self.start()

    def run(self):
        try:
            connection = Lines(self.server.connect())
            connection.line()
            connection.login(self.user, PASSWORD)
            connection.ok(f"SELECT {self.mailbox}".encode())
            while True:
                self.one_operation(connection)
                self.operations += 1
        except (OSError, EOFError, ValueError):
            return  # the server was killed

    def acknowledged(self, connection, text):
        responses = connection.command(text)
        if not responses[-1].startswith(b"t OK"):
            raise AssertionError(f"{text[:80]!r}: {responses[-1]!r}")
        return responses

    def one_operation(self, connection):
        what = self.random.choices(["append", "flag", "move", "expunge"], [50, 30, 10, 10])[0]
        uids = sorted(self.messages)
        if what == "append" or not uids:
            self.serial += 1
            data = body(self.number, self.serial, self.random)
            digest = hashlib.sha256(data).hexdigest()
            self.pending = ("append", self.serial, digest)
            answer = self.acknowledged(connection, f"APPEND {self.mailbox} {{{len(data)}+}}\r\n".encode() + data)[-1]
            uid = int(re.search(rb"APPENDUID \d+ (\d+)", answer)[1])
            self.messages[uid] = [self.serial, set(), digest]
            self.highest_uid = uid
        elif what == "flag":
            uid = self.random.choice(uids)
            flag = self.random.choice(["\\Seen", "\\Flagged", "\\Answered", "$Work"])
            self.pending = ("flag", uid, flag)
            self.acknowledged(connection, f"UID STORE {uid} +FLAGS.SILENT ({flag})".encode())
            self.messages[uid][1].add(flag)
        elif what == "move":
            uid = self.random.choice(uids)
            self.pending = ("move", uid)
            self.acknowledged(connection, f"UID MOVE {uid} {self.mailbox}-old".encode())
            serial, _, digest = self.messages.pop(uid)
            self.archived[serial] = digest
        else:
            uid = self.random.choice(uids)
            self.pending = ("delete", uid)
            self.acknowledged(connection, f"UID STORE {uid} +FLAGS.SILENT (\\Deleted)".encode())
            self.messages[uid][1].add("\\Deleted")
            self.pending = ("expunge", uid)
            self.acknowledged(connection, f"UID EXPUNGE {uid}".encode())
            del self.messages[uid]
        self.pending = None


def read_mailbox(connection, mailbox):
    """uid: (digest, flags) of everything in it, by one FETCH."""
    exists = connection.ok(f"EXAMINE {mailbox}".encode())
    if any(r.startswith(b"* 0 EXISTS") for r in exists):
        return {}
    found = {}
    for response in connection.ok(b"UID FETCH 1:* (UID FLAGS BODY.PEEK[])")[:-1]:
        head = re.match(rb"\* \d+ FETCH \((.*?)BODY\[\] \{(\d+)\}\r\n", response, re.S)
        if not head:
            raise AssertionError(f"not a FETCH with a body: {response[:200]!r}")
        data = response[head.end():head.end() + int(head[2])]
        around = head[1] + response[head.end() + int(head[2]):]
        uid = int(re.search(rb"UID (\d+)", around)[1])
        flags = set(re.search(rb"FLAGS \(([^)]*)\)", around)[1].decode().split()) - {"\\Recent"}
        found[uid] = (hashlib.sha256(data).hexdigest(), flags)
    return found


def verify(server, writer):
    """Compares, and adopts what the unanswered operation turned out to have done."""
    connection = Lines(server.connect())
    connection.line()
    connection.login(writer.user, PASSWORD)
    found = read_mailbox(connection, writer.mailbox)
    old = {digest for digest, _ in read_mailbox(connection, writer.mailbox + "-old").values()}
    connection.close()
    pending = writer.pending or ("nothing",)
    where = f"writer {writer.number}, pending {pending}"

    if pending[0] == "append":
        new = [u for u in found if u > writer.highest_uid]
        assert len(new) <= 1, f"{where}: {new} appeared"
        for uid in new:
            assert found[uid] == (pending[2], set()), f"{where}: half a message, uid {uid}"
            writer.messages[uid] = [pending[1], set(), pending[2]]
            writer.highest_uid = uid
    if pending[0] in ("move", "expunge") and pending[1] not in found:
        serial, _, digest = writer.messages.pop(pending[1])
        if pending[0] == "move":
            assert digest in old, f"{where}: lost by a move"
            writer.archived[serial] = digest
    for uid, (serial, flags, digest) in writer.messages.items():
        assert uid in found, f"{where}: message {serial}, uid {uid}, is lost"
        assert found[uid][0] == digest, f"{where}: message {serial}, uid {uid}, has other bytes"
        extra = found[uid][1] - flags
        missing = flags - found[uid][1]
        assert not missing, f"{where}: uid {uid} lost {missing}"
        unanswered = {pending[2]} if pending[0] == "flag" and pending[1] == uid else set()
        unanswered |= {"\\Deleted"} if pending[0] == "delete" and pending[1] == uid else set()
        assert extra <= unanswered, f"{where}: uid {uid} has {extra}"
        flags |= extra
    surplus = set(found) - set(writer.messages)
    assert not surplus, f"{where}: {surplus} are back"
    assert set(writer.archived.values()) == old, f"{where}: the other mailbox differs"
    writer.pending = None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--seconds-max", type=float, default=2.5)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    source = random.Random(arguments.seed)
    writers = [Writer(n, arguments.seed) for n in range(WRITERS)]
    users = {f"user{n}": PASSWORD for n in range(ACCOUNTS)}
    # Small tails: checkpoints are under way when the server dies.
    with Server(users=users, config="[mail]\ntail_bytes_min = 65536\n[store]\nwrite_buffer_bytes_max = 4194304\n") as server:
        for writer in writers:
            for name in (writer.mailbox, writer.mailbox + "-old"):
                server.command("mailbox", "create", writer.user, name)
        for round_number in range(1, arguments.rounds + 1):
            for writer in writers:
                writer.begin(server)
            time.sleep(source.uniform(0.2, arguments.seconds_max))  # the moment of death is the input here
            server.kill()
            for writer in writers:
                writer.join(30)
            server.start()
            for writer in writers:
                verify(server, writer)
            operations = sum(w.operations for w in writers)
            print(f"round {round_number}: {operations} operations acknowledged so far, all there", flush=True)
        server.command("check")
    print(f"{arguments.rounds} passed, 0 failed")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as e:
        print(f"FAIL  {e}\n0 passed, 1 failed")
        sys.exit(1)
