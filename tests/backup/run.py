#!/usr/bin/env python3
"""Backups while mail comes in, and what comes back of them: everything, an account, a mailbox.

usage: tests/backup/run.py [--kills N] [--only NAME]     N backups and restores killed at any moment

A client that resynchronises (QRESYNC) and has seen the time since the backup converges: after it has applied what it is
told, it has what the server has, and never a message under another one's UID.
"""

import argparse
import hashlib
import json
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from roost import BINARY, Lines, Server  # noqa: E402

LOGIN = ("alice", "wonder-land 1")
GUEST = ("bob", "wonder-land 2")
CONFIG = "[imap]\nprivate_seen = true\n"
LARGE = 200_000


def body(subject, size=0):
    text = f"Subject: {subject}\r\n\r\n".encode()
    return text + b"".join(hashlib.sha256(b"%d" % n).hexdigest().encode() + b"\r\n" for n in range(size // 66)) + b"end\r\n"


class Client(Lines):
    """Keeps a cache of mailboxes as a client with QRESYNC does."""

    def __init__(self, server, cache=None):
        super().__init__(server.connect())
        self.line()
        self.login(*LOGIN)
        self.ok(b"ENABLE QRESYNC")
        # mailbox: [uidvalidity, modseq, {uid: (flags, octets)}, highest uid]
        self.cache = cache if cache is not None else {}

    def append(self, mailbox, data, flags=""):
        self.ok(f"APPEND {mailbox} ({flags}) ".encode() + b"{%d+}\r\n" % len(data) + data)

    def expunge(self, mailbox, uids):
        self.ok(f"SELECT {mailbox}".encode())
        self.ok(f"UID STORE {uids} +FLAGS.SILENT (\\Deleted)".encode())
        self.ok(f"UID EXPUNGE {uids}".encode())
        self.ok(b"UNSELECT")

    def body_of(self, uid):
        response = next(r for r in self.ok(b"UID FETCH %d BODY.PEEK[]" % uid) if b"BODY[]" in r)
        found = re.search(rb"BODY\[\] \{(\d+)\}\r\n", response)
        return response[found.end():found.end() + int(found[1])]

    def resynchronise(self, mailbox):
        known = self.cache.get(mailbox)
        command = f"SELECT {mailbox}"
        if known:
            command += f" (QRESYNC ({known[0]} {known[1]} 1:{max(known[3], 1)}))"
        told = self.ok(command.encode())
        validity = int(next(m[1] for r in told if (m := re.search(rb"UIDVALIDITY (\d+)", r))))
        modseq = int(next(m[1] for r in told if (m := re.search(rb"HIGHESTMODSEQ (\d+)", r))))
        if not known or known[0] != validity:
            known = self.cache[mailbox] = [validity, 0, {}, 0]
        newer = self.ok(f"UID FETCH {known[3] + 1}:* (FLAGS)".encode())
        for response in told + newer:
            if found := re.match(rb"\* VANISHED (?:\(EARLIER\) )?([\d:,]+)", response):
                for part in found[1].split(b","):
                    first, last = (part.split(b":") * 2)[:2]
                    for uid in [u for u in known[2] if int(first) <= u <= int(last)]:
                        del known[2][uid]
            elif response.startswith(b"* ") and b" FETCH " in response:
                uid = int(re.search(rb"UID (\d+)", response)[1])
                flags = frozenset(re.search(rb"FLAGS \(([^)]*)\)", response)[1].split()) - {b"\\Recent"}
                octets = known[2][uid][1] if uid in known[2] else self.body_of(uid)
                known[2][uid] = (flags, octets)
        known[1] = max(known[1], modseq)
        known[3] = max(known[3], 0, *known[2])
        self.ok(b"UNSELECT")

    def converges(self, mailbox):
        """What the cache has after a resynchronisation is what is there, octet for octet."""
        before = self.cache[mailbox][0]
        self.resynchronise(mailbox)
        assert self.cache[mailbox][0] == before, "another UIDVALIDITY"
        fresh = Client.__new__(Client)
        fresh.__dict__.update(self.__dict__, cache={})
        fresh.resynchronise(mailbox)
        assert self.cache[mailbox][2] == fresh.cache[mailbox][2], (
            f"{mailbox}: the client has {sorted(self.cache[mailbox][2])}, there is {sorted(fresh.cache[mailbox][2])}")
        return {octets for _, octets in fresh.cache[mailbox][2].values()}


def backup(server, directory, *words):
    return json.loads(server.command("backup", directory, *words, "--json"))


def fill(client):
    for n in range(6):
        client.append("INBOX", body(f"before {n}", LARGE if n == 2 else 0), "\\Flagged" if n == 1 else "")
    client.ok(b"CREATE Work")
    client.append("Work", body("work", LARGE))
    client.expunge("INBOX", "6")
    client.resynchronise("INBOX")
    client.resynchronise("Work")


def live_on(client):
    """The time that will be lost, which the client sees all of."""
    client.append("INBOX", body("lost 1"))
    client.append("INBOX", body("lost 2", LARGE))
    client.expunge("INBOX", "1")
    client.ok(b"SELECT INBOX")
    client.ok(b"UID STORE 2:3 +FLAGS (\\Answered)")
    client.ok(b"UNSELECT")
    client.append("Work", body("lost work"))
    client.resynchronise("INBOX")
    client.resynchronise("Work")


def make(client, mailbox, subject):
    """Made again in the lost time, it has other octets under the same UID."""
    if mailbox in client.cache:
        client.ok(f"DELETE {mailbox}".encode())
    client.ok(f"CREATE {mailbox}".encode())
    client.append(mailbox, body(subject))
    client.resynchronise(mailbox)


def is_the_old_one(client, mailbox, subject):
    """The client does not take it for the one that it saw last, whose UIDVALIDITY is never given again."""
    lost = client.cache[mailbox][0]
    client.resynchronise(mailbox)
    assert client.cache[mailbox][0] != lost
    assert client.converges(mailbox) == {body(subject)}
    make(client, mailbox, "new")
    assert client.cache[mailbox][0] > lost


def lose_everything(server):
    server.stop()
    shutil.rmtree(server.data / "store")
    shutil.rmtree(server.data / "auth")


def bring_back_everything(server, backups):
    for name in ("store", "auth", "tls"):
        shutil.rmtree(server.data / name)
    (server.data / "roost.toml").unlink()
    server.command("restore", backups)
    assert (server.data / "roost.toml").read_text() == CONFIG and server.certificate.exists()


def guest_sees(server):
    """What the guest finds in the mailbox that he has rights on: UID and flags."""
    guest = Lines(server.connect())
    guest.line()
    guest.login(*GUEST)
    guest.ok(b'EXAMINE "Other Users/alice/Work"')
    responses = guest.ok(b"UID FETCH 1:* (FLAGS)")
    guest.close()
    return {int(re.search(rb"UID (\d+)", r)[1]): b"\\Seen" in r for r in responses if r.startswith(b"* ") and b" FETCH " in r}


def settle_in(server, client):
    """All that belongs to an account beside its messages."""
    server.command("mailbox", "grant", "alice", "Work", "bob", "lrs")
    server.command("user", "quota", "alice", "--messages", "1000")
    server.command("mailbox", "unsubscribe", "alice", "Drafts")
    client.ok(b'SETMETADATA Work (/private/comment "mine" /shared/comment "ours")')
    guest = Lines(server.connect())
    guest.line()
    guest.login(*GUEST)
    guest.ok(b'SELECT "Other Users/alice/Work"')
    guest.ok(b"UID STORE 1 +FLAGS (\\Seen)")
    guest.close()


def belongings(server, client):
    subscribed = sorted(m["name"] for m in json.loads(server.command("mailbox", "list", "alice", "--json"))
                        if m["subscribed"])
    return {"acl": json.loads(server.command("mailbox", "acl", "alice", "Work", "--json")),
            "quota": [q["limit"] for q in json.loads(server.command("user", "quota", "alice", "--json"))],
            "subscribed": subscribed,
            "metadata": client.ok(b"GETMETADATA Work (/private/comment /shared/comment)")[:-1]}


def test_everything(server, client, backups):
    fill(client)
    settle_in(server, client)
    there = {octets for _, octets in client.cache["INBOX"][2].values()}
    had = belongings(server, client), guest_sees(server)
    assert set(had[1].values()) == {True}, had
    make(client, "Again", "again")
    backup(server, backups)
    live_on(client)
    make(client, "Again", "lost again")
    server.stop()
    assert server.command("restore", backups, check=False).returncode == 1, "over a store that is there"
    bring_back_everything(server, backups)
    # What came after the first restore is lost as well, and its UIDs are not given out again either.
    server.start()
    client = Client(server, client.cache)
    for n in range(3):
        client.append("INBOX", body(f"lost after the first time {n}"))
    client.resynchronise("INBOX")
    server.stop()
    bring_back_everything(server, backups)
    server.start()
    server.command("check")
    client = Client(server, client.cache)
    client.append("INBOX", body("after"))
    assert client.converges("INBOX") == there | {body("after")}
    assert client.converges("Work") == {body("work", LARGE)}
    assert (belongings(server, client), guest_sees(server)) == had
    back = json.loads(server.command("undelete", "alice", "INBOX", "--since", "1d", "--json"))
    assert [m["messages"] for m in back["mailboxes"]] == [1], back
    is_the_old_one(client, "Again", "again")


def test_an_account(server, client, backups):
    fill(client)
    settle_in(server, client)
    there = {octets for _, octets in client.cache["INBOX"][2].values()}
    had = belongings(server, client), guest_sees(server)
    make(client, "Again", "again")
    backup(server, backups)
    live_on(client)
    make(client, "Again", "lost again")
    server.command("user", "remove", LOGIN[0])
    server.command("purge", LOGIN[0])
    server.command("restore", backups, LOGIN[0])
    server.command("user", "passwd", LOGIN[0], "--password-stdin", stdin=LOGIN[1] + "\n")
    server.command("check")
    client = Client(server, client.cache)
    client.append("INBOX", body("after"))
    assert client.converges("INBOX") == there | {body("after")}
    assert client.converges("Work") == {body("work", LARGE)}
    assert (belongings(server, client), guest_sees(server)) == had
    back = json.loads(server.command("undelete", "alice", "INBOX", "--since", "1d", "--json"))
    assert [m["messages"] for m in back["mailboxes"]] == [1], back
    is_the_old_one(client, "Again", "again")


def test_a_mailbox(server, client, backups):
    fill(client)
    settle_in(server, client)
    there = {octets for _, octets in client.cache["INBOX"][2].values()}
    had = belongings(server, client)
    backup(server, backups)
    live_on(client)
    client.expunge("INBOX", "2:4")
    client.resynchronise("INBOX")
    server.command("purge", LOGIN[0])
    restored = json.loads(server.command("restore", backups, LOGIN[0], "INBOX", "--json"))
    assert restored == {"messages": 4, "damaged": 0}, restored
    assert client.converges("INBOX") == there | {body("lost 1"), body("lost 2", LARGE)}
    client.ok(b"DELETE Work")
    server.command("purge", LOGIN[0])
    assert json.loads(server.command("restore", backups, LOGIN[0], "Work", "--json"))["messages"] == 1
    assert belongings(server, client) == had
    assert len(guest_sees(server)) == 1
    server.stop()
    assert json.loads(server.command("restore", backups, LOGIN[0], "--json"))["messages"] == 0, "twice"
    said = server.command("restore", backups, LOGIN[0], "Nowhere", check=False)
    assert said.returncode == 1 and "Nowhere" in said.stderr, said
    assert not list((server.data / "store/restoring").glob("*"))
    server.start()
    server.command("check")


def test_it_copies_what_is_new_and_keeps_what_was_asked_for(server, client, backups):
    fill(client)
    first = backup(server, backups)
    client.append("INBOX", body("more", LARGE))
    second = backup(server, backups + "/")
    assert second["copied_bytes"] < first["copied_bytes"] and second["files"] > second["copied_files"], (first, second)
    server.stop()
    third = backup(server, backups, "--keep", "2")
    server.start()
    kept = sorted(str(p) for p in pathlib.Path(backups).iterdir() if p.is_dir())
    assert kept == sorted([second["path"], third["path"]]), kept
    assert not list((server.data / "store/frozen").glob("*"))
    # Whatever rots in what they share is found when it is looked for.
    table = flip(third["path"], "store/db/*.sst")
    assert backup(server, backups)["damaged_before"] == []
    verified = backup(server, backups, "--verify")
    assert [pathlib.Path(p).name for p in verified["damaged_before"]] == [table.name], verified
    lose_everything(server)
    server.command("restore", backups)
    server.start()
    server.command("check")


def flip(backup_path, pattern):
    """Another octet in the middle of a file, whose other names share it."""
    path = max(pathlib.Path(backup_path).glob(pattern), key=lambda p: p.stat().st_size)
    with open(path, "r+b") as file:
        file.seek(path.stat().st_size // 2)
        octet = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([octet[0] ^ 1]))
    return path


def test_what_is_damaged_is_named(server, client, backups):
    fill(client)
    there = {octets for _, octets in client.cache["INBOX"][2].values()}
    sound = backup(server, backups)["path"]
    client.append("INBOX", body("more", LARGE))
    path = pathlib.Path(backup(server, backups)["path"])
    manifest = (path / "manifest").read_bytes()
    lose_everything(server)

    def refused(words, *named):
        said = server.command("restore", *words, check=False)
        assert said.returncode == 1 and all(n in said.stderr for n in named), (said, named)
        assert not (server.data / "store").exists()

    for damaged in (manifest[:-1], manifest[:len(manifest) // 2], b"", manifest.replace(b"store/db", b"store/dc", 1),
                    manifest[:20].replace(b"1", b"2") + manifest[20:]):
        (path / "manifest").write_bytes(damaged)
        refused([backups], str(path / "manifest"))
    (path / "manifest").write_bytes(manifest)
    body_file = flip(path, "store/blobs/*/*/*")
    refused([backups], str(body_file))
    (path / "store/format").unlink()
    refused([backups], "store/format", str(body_file))
    shutil.copy(pathlib.Path(sound) / "store/format", path / "store/format")
    server.command("restore", backups, "--damaged")
    server.start()
    said = server.command("check", check=False)
    assert said.returncode == 1 and "body" in said.stdout, said
    client = Client(server)
    client.ok(b"SELECT INBOX")
    whole = 0
    for uid in (1, 2, 3, 4, 5, 7):
        whole += client.command(b"UID FETCH %d BODY.PEEK[]" % uid)[-1].startswith(b"t OK")
    client.ok(b"SELECT Work")
    whole += client.command(b"UID FETCH 1 BODY.PEEK[]")[-1].startswith(b"t OK")
    assert whole == 6, f"{whole} of 7 messages can be read, and one is damaged"
    lose_everything(server)
    # With a broken body in the backup's store, an account comes back without that message.
    server.command("user", "add", LOGIN[0], "--password-stdin", stdin=LOGIN[1] + "\n")
    server.start()
    said = server.command("restore", str(path), LOGIN[0], check=False)
    assert said.returncode == 1 and "1 messages of the backup are damaged" in said.stderr, said
    client = Client(server)
    client.resynchronise("INBOX")
    client.resynchronise("Work")
    found = {octets for mailbox in client.cache.values() for _, octets in mailbox[2].values()}
    assert len(found) == 6 and len(found & there) >= 4, len(found)
    table = flip(sound, "store/db/*.sst")
    lose_everything(server)
    refused([sound], str(table))


def limit_file_size():
    """As good as a full disk: what is written beyond this fails in the middle."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGE // 2, LARGE // 2))


def test_no_room(server, client, backups):
    """A backup that cannot be written is none, and the one before it is whole."""
    fill(client)
    first = backup(server, backups)
    client.append("INBOX", body("more", LARGE))
    done = subprocess.run([BINARY, "--data", server.data, "backup", backups], preexec_fn=limit_file_size,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "File too large" in done.stderr, done
    assert [str(p) for p in pathlib.Path(backups).iterdir() if p.is_dir()] == [first["path"]]
    assert not list((server.data / "store/frozen").glob("*"))
    lose_everything(server)
    done = subprocess.run([BINARY, "--data", server.data, "restore", backups], preexec_fn=limit_file_size,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "File too large" in done.stderr, done
    assert not (server.data / "store").exists() and not (server.data / "store.restoring").exists()
    server.command("restore", backups)
    server.start()
    server.command("check")


def test_while_serving(server, client, backups):
    """What was acknowledged before a backup began is in it, whole."""
    stop = threading.Event()
    sent = []

    def deliver():
        while not stop.is_set():
            octets = body(f"load {len(sent)}", LARGE if len(sent) % 5 == 0 else 0)
            client.append("INBOX", octets)
            sent.append(octets)

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        while len(sent) < 5:
            thread.join(0.05)
            assert thread.is_alive(), "the client failed"
        for _ in range(2):
            acknowledged = list(sent)
            path = backup(server, backups)["path"]
    finally:
        stop.set()
        thread.join()
    server.stop()
    shutil.rmtree(server.data / "store")
    server.command("restore", path)
    server.start()
    server.command("check")
    client = Client(server)
    client.resynchronise("INBOX")
    there = {octets for _, octets in client.cache["INBOX"][2].values()}
    assert set(acknowledged) <= there <= set(sent), f"{len(acknowledged)} before, {len(there)} there, {len(sent)} sent"


def finish(server, words):
    """A restore goes on in the server when its command has gone: until it is over, another one is refused."""
    deadline = time.monotonic() + 120
    while True:
        done = server.command(*words, check=False)
        if done.returncode == 0:
            return
        assert "under way" in done.stderr and time.monotonic() < deadline, done
        time.sleep(0.05)


def test_kills(server, client, backups, kills, source):
    """The command or the server dies: what was there before is there, and the same command again does it."""
    fill(client)
    there = {octets for _, octets in client.cache["INBOX"][2].values()}
    backup(server, backups)
    for number in range(kills):
        words = [["backup", backups], ["restore", backups, LOGIN[0], "INBOX"], ["restore", backups]][number % 3]
        everything = len(words) == 2 and words[0] == "restore"
        if everything:
            server.stop()
            shutil.rmtree(server.data / "store")
        elif words[0] == "restore":
            Client(server).expunge("INBOX", "1:*")
        process = subprocess.Popen([BINARY, "--data", server.data, *words], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(source.random() * 0.2)  # where it is killed is left to chance; what must hold does not depend on it
        if everything or source.random() < 0.5:
            process.kill()
            process.wait(120)
        else:
            server.kill()
            process.wait(120)  # without a server it does what is left by itself, and has the store until then
            server.start()
        if everything and (server.data / "store").exists():
            server.start()  # it was over before, so this is a whole store
            server.command("check")
            server.stop()
            shutil.rmtree(server.data / "store")
        finish(server, words)
        if everything:
            server.start()
        client = Client(server, client.cache)
        assert there <= client.converges("INBOX")
        server.command("check")
    assert not list(pathlib.Path(backups).glob("*.unfinished"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    passed = 0
    for test in (test_everything, test_an_account, test_a_mailbox, test_while_serving,
                 test_it_copies_what_is_new_and_keeps_what_was_asked_for, test_what_is_damaged_is_named, test_no_room,
                 test_kills):
        if arguments.only and arguments.only not in test.__name__:
            continue
        data = pathlib.Path(tempfile.mkdtemp(prefix="roost-backup-"))
        (data / "data").mkdir()
        try:
            with Server(CONFIG, data=data / "data", users=(LOGIN, GUEST)) as server:
                more = [arguments.kills, random.Random(arguments.seed)] if test is test_kills else []
                test(server, Client(server), str(data / "backups"), *more)
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
