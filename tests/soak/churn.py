#!/usr/bin/env python3
"""Thirty days of mail that comes and goes, by a clock that jumps: the disk holds no more than it must.

usage: tests/soak/churn.py [--days N] [--live-mib N] [--seed N]

Each day as much mail arrives, by LMTP and APPEND, in messages of all sizes, as makes up a tenth of what the user keeps;
then the flags of many messages change, and the same amount is expunged, old mail and new. What the store's directory
holds then, once the engine has done its work, is at most 1.3 times the live mail, and what retention asks for: the mail
expunged within its time. What the engine holds whatever the amount of mail comes on top: its log and the file that is
given back when the disk is full.
"""

import argparse
import base64
import pathlib
import random
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "crash")]

from roost import Lines, wait_for  # noqa: E402
from under_load import LaterServer  # noqa: E402

USER, PASSWORD = "alice", "churn-pw-1"
MIB = 1 << 20
DAY_SECONDS = 24 * 3600
JUMPS_PER_DAY = 4
RETENTION_DAYS = 2
FACTOR = 1.3
WAL_BYTES_MAX = 4 * MIB
RESERVE_BYTES = MIB
SECONDS_TO_SETTLE = 120
SIZES = {700: 8, 3_000: 8, 8_000: 8, 30_000: 6, 100_000: 3, 400_000: 1}  # octets: how often
CONFIG = f"""
[mail]
retention_seconds = {RETENTION_DAYS * DAY_SECONDS}
[store]
wal_bytes_max = {WAL_BYTES_MAX}
write_buffer_bytes_max = {WAL_BYTES_MAX}
reserve_bytes = {RESERVE_BYTES}
"""


class Mail:
    """What is in INBOX, and what was expunged when."""

    def __init__(self, server, seed):
        self.server = server
        self.random = random.Random(seed)
        self.live = {}     # uid: octets
        self.expunged = []  # octets of each day
        self.imap = Lines(server.connect())
        self.imap.line()
        self.imap.login(USER, PASSWORD)
        self.lmtp = Lines(server.connect("lmtp"))
        self.lmtp.line()
        self.lmtp.send(b"LHLO churn.example\r\n")
        while self.lmtp.line()[3:4] == b"-":
            pass
        self.imap.ok(b"SELECT INBOX")

    def live_bytes(self):
        return sum(self.live.values())

    def message(self):
        """Nothing that a packer makes smaller."""
        size = self.random.choices(list(SIZES), list(SIZES.values()))[0]
        text = base64.b64encode(self.random.randbytes(size * 3 // 4)).decode()
        lines = "".join(text[at:at + 76] + "\r\n" for at in range(0, len(text), 76))
        return f"Subject: {self.random.randrange(10**9)}\r\nFrom: <a@churn.example>\r\n\r\n{lines}".encode()

    def arrive(self, octets):
        while octets > 0:
            body = self.message()
            octets -= len(body)
            if self.random.random() < 0.5:
                self.imap.ok(b"APPEND INBOX {%d+}\r\n%s" % (len(body), body))
                continue
            self.lmtp.send(b"MAIL FROM:<>\r\nRCPT TO:<alice>\r\nDATA\r\n")
            replies = [self.lmtp.line()[:3] for _ in range(3)]
            assert replies == [b"250", b"250", b"354"], replies
            self.lmtp.send(body + b".\r\n")
            assert self.lmtp.line().startswith(b"250"), "LMTP refused a message"
        self.look()

    def look(self):
        told = self.imap.ok(b"UID FETCH 1:* (RFC822.SIZE)")
        found = {}
        for response in told:
            if b"RFC822.SIZE" in response:
                uid, size = (int(re.search(item + rb" (\d+)", response)[1]) for item in (b"UID", b"RFC822.SIZE"))
                found[uid] = size
        assert self.live.items() <= found.items(), "messages are lost"
        self.live = found

    def flag(self):
        for _ in range(20):
            some = self.random.sample(sorted(self.live), min(len(self.live), 50))
            flag = self.random.choice(["\\Seen", "\\Flagged", "\\Answered", "$Work"])
            sign = self.random.choice("+-")
            self.imap.ok(f"UID STORE {','.join(map(str, some))} {sign}FLAGS.SILENT ({flag})".encode())

    def expunge(self, octets):
        """Half of it the oldest."""
        goes, left = [], octets
        while left > 0 and self.live:
            uid = min(self.live) if self.random.random() < 0.5 else self.random.choice(sorted(self.live))
            left -= self.live.pop(uid)
            goes.append(uid)
        for at in range(0, len(goes), 100):
            some = ",".join(map(str, goes[at:at + 100])).encode()
            self.imap.ok(b"UID STORE " + some + b" +FLAGS.SILENT (\\Deleted)")
            self.imap.ok(b"UID EXPUNGE " + some)
        self.expunged.append(octets - left)


def disk_bytes(directory):
    return sum(disk_bytes_by_kind(directory).values())


def disk_bytes_by_kind(directory):
    """By the ending of the files' names; large bodies' have none."""
    kinds = {}
    for path in directory.rglob("*"):
        try:
            kinds[path.suffix] = kinds.get(path.suffix, 0) + path.stat().st_blocks * 512
        except FileNotFoundError:
            pass  # a file that the engine has just replaced
    return kinds


def pass_a_day(server):
    """Everything is looked at a few times a day, as a server does that runs on."""
    for _ in range(JUMPS_PER_DAY):
        server.jump(DAY_SECONDS // JUMPS_PER_DAY)
        server.command("checkpoint", USER)


def churn(server, arguments):
    """Gives what is wrong."""
    mail = Mail(server, arguments.seed)
    target = arguments.live_mib * MIB
    mail.arrive(target)
    fixed = 2 * WAL_BYTES_MAX + RESERVE_BYTES
    for day in range(1, arguments.days + 1):
        mail.arrive(target // 10)
        mail.flag()
        mail.expunge(max(0, mail.live_bytes() - target))
        pass_a_day(server)
        most = FACTOR * mail.live_bytes() + sum(mail.expunged[-RETENTION_DAYS - 1:]) + fixed
        wait_for(lambda most=most: disk_bytes(server.data) <= most,
                 lambda most=most: f"day {day}: the disk holds {disk_bytes(server.data)} octets for "
                 f"{mail.live_bytes()} of mail; at most {most:.0f}; {disk_bytes_by_kind(server.data)}", SECONDS_TO_SETTLE)
        print(f"day {day}: {mail.live_bytes() // MIB} MiB of mail, {disk_bytes(server.data) // MIB} MiB on the disk, "
              f"{int(most) // MIB} at most", flush=True)
    mail.look()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--live-mib", type=int, default=64)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with LaterServer(users={USER: PASSWORD}, config=CONFIG, strict=False) as server:
        started = time.monotonic()
        churn(server, arguments)
        print(server.command("check"), end="")
        print(f"{arguments.days} days in {time.monotonic() - started:.0f} s")
    print("1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as e:
        print(f"FAIL  {e}\n0 passed, 1 failed")
        sys.exit(1)
