"""Two clients at once on one mailbox: each hears of what the other does."""

import time

from mail import message
from roost import Lines, Server

FAST = True
PACKAGES = []


def literal(data):
    return b"{%d+}\r\n" % len(data) + data


def next_but_recent(connection):
    """The next line, but not RECENT: which of two sessions has the recent ones is the server's choice."""
    while b" RECENT\r\n" in (line := connection.line()):
        pass
    return line


def test_idle_hears_of_mail_flags_and_expunges_at_once():
    with Server() as server:
        idler, worker = Lines(server.connect()), Lines(server.connect())
        idler.line()
        worker.line()
        idler.login()
        worker.login()
        idler.ok(b"SELECT INBOX")
        worker.ok(b"SELECT INBOX")
        idler.send(b"i IDLE\r\n")
        assert idler.line().startswith(b"+ ")
        delays = []
        for number in range(1, 21):
            started = time.perf_counter()
            worker.ok(b"APPEND INBOX " + literal(message(number)))
            assert next_but_recent(idler) == b"* %d EXISTS\r\n" % number
            delays.append(time.perf_counter() - started)
        print(f"      APPEND sent, to EXISTS on the idle connection: median {sorted(delays)[10] * 1000:.2f} ms")
        worker.ok(rb"STORE 2 +FLAGS (\Flagged)")
        flags = next_but_recent(idler)
        assert flags.startswith(b"* 2 FETCH (") and rb"\Flagged" in flags, flags
        worker.ok(rb"STORE 3:5 +FLAGS.SILENT (\Deleted)")
        for _ in range(3):
            assert rb"\Deleted" in idler.line()
        worker.ok(b"EXPUNGE")
        assert [idler.line() for _ in range(3)] == [b"* 5 EXPUNGE\r\n", b"* 4 EXPUNGE\r\n", b"* 3 EXPUNGE\r\n"]
        idler.send(b"DONE\r\n")
        assert idler.until(b"i")[-1].startswith(b"i OK")


def test_sequence_numbers_hold_until_the_client_was_told():
    with Server() as server:
        one, two = Lines(server.connect()), Lines(server.connect())
        for c in (one, two):
            c.line()
            c.login()
        for number in range(1, 6):
            one.ok(b"APPEND INBOX " + literal(message(number)))
        one.ok(b"SELECT INBOX")
        two.ok(b"SELECT INBOX")
        one.ok(rb"STORE 2 +FLAGS.SILENT (\Deleted)")
        one.ok(b"EXPUNGE")
        # The second client still counts five, and message 2 is still readable for it.
        fetched = two.ok(b"FETCH 2,5 (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        text = b"".join(fetched)
        assert b"* 2 FETCH" in text and b"Message 2" in text and b"UID 5" in text, text
        assert not any(b"EXPUNGE" in r for r in fetched)
        assert b"* 2 EXPUNGE\r\n" in two.ok(b"NOOP")
        assert b"UID 5" in b"".join(two.ok(b"FETCH 4 (UID)"))
