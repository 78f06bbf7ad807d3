"""QRESYNC (RFC 7162) by wire for caches of before a checkpoint, a restart or a kill -9, also below the traces' floor."""

import json
import re

from mail import message
from roost import Lines, Server, wait_for

FAST = True
PACKAGES = []

MESSAGES = 40
CHECKPOINT_SECONDS_MAX = 60
# Checkpoints every few records; and so few traces that the older ones go.
CONFIG = "[mail]\ntail_bytes_min = 65536\ntail_records_max = 10\ntraces_per_mailbox_max = 10\n"


def connect(server):
    client = Lines(server.connect())
    client.response()
    client.login()
    client.ok(b"ENABLE QRESYNC")
    return client


def uids_of(text):
    uids = set()
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        uids.update(range(int(first), int(last or first) + 1))
    return uids


class Opened:
    """What SELECT said."""

    def __init__(self, client, mailbox, parameter=b""):
        responses = client.ok(b"SELECT " + mailbox + (b" (QRESYNC (" + parameter + b"))" if parameter else b""))
        text = b"".join(responses)
        self.validity = re.search(rb"\[UIDVALIDITY (\d+)\]", text)[1]
        self.highest = re.search(rb"\[HIGHESTMODSEQ (\d+)\]", text)[1]
        earlier = re.findall(rb"^\* VANISHED \(EARLIER\) (\S+)\r", text, re.M)
        self.vanished = set().union(*map(uids_of, earlier))
        self.changed = {int(uid): flags for uid, flags in
                        re.findall(rb"^\* \d+ FETCH \(UID (\d+) FLAGS \(([^)]*)\) MODSEQ \(\d+\)\)\r", text, re.M)}
        assert text.count(b" FETCH ") == len(self.changed), text


def difference(server, mailbox, before, more=b""):
    """What a client whose cache is of `before` is told to have vanished and changed."""
    client = connect(server)
    opened = Opened(client, mailbox, before.validity + b" " + before.highest + more)
    assert opened.validity == before.validity
    client.close()
    return opened.vanished, opened.changed


def expunge(client, uids):
    """One after the other: a trace each, where they are no neighbours."""
    client.ok(b"UID STORE " + b",".join(b"%d" % uid for uid in uids) + b" +FLAGS.SILENT (\\Deleted)")
    for uid in uids:
        client.ok(b"UID EXPUNGE %d" % uid)


def checkpoint(server):
    """Changes elsewhere, until one has been made."""
    def made():
        return json.loads(server.command("status", "--json"))["checkpoints"]

    client, before = connect(server), made()

    def look():
        client.ok(b"SUBSCRIBE elsewhere")
        client.ok(b"UNSUBSCRIBE elsewhere")
        return made() > before

    wait_for(look, "a checkpoint", CHECKPOINT_SECONDS_MAX)
    client.close()


def restart(server):
    server.restart()


def kill(server):
    server.kill()
    server.start()


def checkpoint_and_restart(server):
    checkpoint(server)
    server.restart()


def checkpoint_and_kill(server):
    checkpoint(server)
    kill(server)


def fill(client, mailbox):
    client.ok(b"CREATE " + mailbox)
    for number in range(1, MESSAGES + 1):
        append(client, mailbox, number)


def append(client, mailbox, number):
    data = message(number)
    client.ok(b"APPEND " + mailbox + b" {%d+}\r\n" % len(data) + data)


def exact_difference(server, mailbox, passing):
    """Changes before and after what passes; none of the expunges is forgotten."""
    client = connect(server)
    fill(client, mailbox)
    client.ok(b"SELECT " + mailbox)
    expunge(client, [2])
    before = Opened(client, mailbox)
    expunge(client, [5, 6, 7, 12])
    client.ok(b"UID STORE 3,9 +FLAGS.SILENT (\\Flagged)")
    client.ok(b"UID MOVE 20 INBOX")
    append(client, mailbox, MESSAGES + 1)
    client.close()
    passing(server)
    client = connect(server)
    client.ok(b"SELECT " + mailbox)
    client.ok(b"UID STORE 9 +FLAGS.SILENT (\\Seen)")
    client.ok(b"UID STORE 14 FLAGS.SILENT ($Work)")
    expunge(client, [15])
    client.close()

    changed = {3: b"\\Flagged", 9: b"\\Flagged \\Seen", 14: b"$Work", MESSAGES + 1: b""}
    check(server, mailbox, before, b"", {5, 6, 7, 12, 15, 20}, changed)
    check(server, mailbox, before, b" 1,3:10", {5, 6, 7}, {uid: changed[uid] for uid in (3, 9)})
    check(server, mailbox, before, b" 1,3:40 (1,3,11,39 1,4,12,40)", {5, 6, 7, 12, 15, 20},
          {uid: changed[uid] for uid in (3, 9, 14)})
    check(server, mailbox, Opened(connect(server), mailbox), b"", set(), {})


def check(server, mailbox, before, more, vanished, changed):
    got = difference(server, mailbox, before, more)
    flags = {uid: b" ".join(f for f in sorted(text.split()) if f != b"\\Recent") for uid, text in got[1].items()}
    assert (got[0], flags) == (vanished, changed), (mailbox, more, got, vanished, changed)


def below_the_floor(server, mailbox, passing):
    """Of expunges that are forgotten, all UIDs that are not there are told, but none that the client says to have not."""
    client = connect(server)
    fill(client, mailbox)
    client.ok(b"SELECT " + mailbox)
    expunge(client, [2, 4])
    before = Opened(client, mailbox)
    gone = set(range(11, MESSAGES, 2))
    expunge(client, [*sorted(gone), 36])
    last_but_one = Opened(client, mailbox)
    expunge(client, [38])
    client.close()
    passing(server)

    check(server, mailbox, before, b"", gone | {2, 4, 36, 38}, {})
    check(server, mailbox, before, b" 1,3,5:40", gone | {36, 38}, {})
    # Numbers and UIDs that agree up to UID 10, so that what is missing below went before.
    check(server, mailbox, before, b" 1:40 (1,3,8,20 1,5,10,22)", gone | {36, 38}, {})
    check(server, mailbox, before, b" 1:40 (1,10 1,12)", gone | {2, 4, 36, 38}, {})
    # The last one is remembered.
    check(server, mailbox, last_but_one, b"", {38}, {})
    # UID FETCH answers likewise.
    client = connect(server)
    client.ok(b"SELECT " + mailbox)
    told = client.ok(b"UID FETCH 1:14 (FLAGS) (CHANGEDSINCE " + before.highest + b" VANISHED)")
    assert told[0] == b"* VANISHED (EARLIER) 2,4,11,13\r\n" and len(told) == 2, told
    client.close()


PASSING = (checkpoint, restart, kill, checkpoint_and_restart, checkpoint_and_kill)


def with_each(work):
    with Server(config=CONFIG) as server:
        for passing in PASSING:
            work(server, passing.__name__.encode(), passing)


def test_a_cache_of_before_gets_exactly_the_difference():
    with_each(exact_difference)


def test_forgotten_expunges_are_told_by_what_is_not_there():
    with_each(below_the_floor)
