#!/usr/bin/env python3
"""Sends what nobody should, while a bystander's NOOPs are timed: a clear answer, nothing lost, nobody harmed.

usage: tests/hostile/run.py [NAME…]
"""

import pathlib
import re
import socket
import sys
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from roost import Lines, Server  # noqa: E402

MB = 1024 * 1024


class Bystander(threading.Thread):
    """NOOPs on a connection of its own until stopped; remembers how long each took."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.connection = fresh(server)
        self.times = []
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.is_set():
            started = time.perf_counter()
            self.connection.ok(b"NOOP")
            self.times.append(time.perf_counter() - started)
            self.ended.wait(0.002)

    def stop(self):
        self.ended.set()
        self.join(30)
        assert not self.is_alive(), "the bystander is stuck"
        times = sorted(self.times)
        return f"bystander's NOOP: median {times[len(times) // 2] * 1e3:.1f} ms, " \
               f"p99 {times[len(times) * 99 // 100] * 1e3:.1f} ms, worst {times[-1] * 1e3:.1f} ms of {len(times)}"


def fresh(server, login=True, select=False):
    c = Lines(server.connect())
    assert c.line().startswith(b"* OK")
    if login:
        c.login()
    if select:
        c.ok(b"SELECT INBOX")
    return c


def last(connection, text):
    return connection.command(text)[-1]


def refused(answer):
    assert answer.startswith((b"t BAD", b"t NO")), answer


def closed_or_refused(connection, data):
    """Sends, and gives what came back before the end or the tagged answer."""
    try:
        connection.send(data)
        while True:
            line = connection.line()
            if line.startswith((b"t BAD", b"t NO", b"* BYE")):
                return line
    except (EOFError, OSError):
        return b"closed"


def append(connection, data, mailbox=b"INBOX"):
    return connection.ok(b"APPEND " + mailbox + b" {%d+}\r\n" % len(data) + data)


def test_endless_lines_end_the_connection_or_get_bad(server):
    for login in (False, True):
        answer = closed_or_refused(fresh(server, login), b"t NOOP " + b"x" * (8 * MB))
        assert answer.startswith((b"t BAD", b"* BYE", b"closed")), answer


def test_impossible_literals_are_refused(server):
    for size in (b"4294967296", b"9223372036854775808", b"18446744073709551616", b"-1", b"99999999999999999999999"):
        for plus in (b"", b"+"):
            for command in (b"t LOGIN {", b"t APPEND INBOX {", b"t SELECT {"):
                answer = closed_or_refused(fresh(server), command + size + plus + b"}\r\n")
                assert answer.startswith((b"t BAD", b"t NO", b"* BYE")), (command, size, plus, answer)


def test_a_refused_literal_is_never_run_as_a_command(server):
    c = fresh(server)
    smuggled = b"s1 CREATE smuggled\r\n"
    c.send(b"t APPEND no-such-box {%d+}\r\n" % len(smuggled) + smuggled + b"\r\n" + b"u NOOP\r\n")
    responses = c.until(b"u")
    assert not any(r.startswith(b"s1 ") for r in responses), responses
    assert b"smuggled" not in b"".join(c.ok(b'LIST "" *'))


def test_sets_of_100000_elements(server):
    c = fresh(server, select=True)
    c.ok(b"UID FETCH " + b",".join(b"%d" % n for n in range(1, 30_001)) + b" (FLAGS)")
    refused_or_ok = closed_or_refused(fresh(server, select=True),
                                      b"t UID SEARCH UID " + b",".join(b"%d" % (2 * n) for n in range(1, 100_001)) + b"\r\nt BAD\r\n")
    assert refused_or_ok, refused_or_ok


def test_deep_nesting_is_bad_or_costs_nothing(server):
    c = fresh(server, select=True)
    refused(last(c, b"SEARCH " + b"(" * 10_000 + b"ALL" + b")" * 10_000))
    for chain in (b"NOT " * 9_000, b"OR ALL " * 4_000):  # no nesting to those who parse without recursion
        c.ok(b"SEARCH " + chain + b"ALL")
    refused(last(c, b"FETCH 1 " + b"(" * 10_000))
    c.ok(b"NOOP")


def test_octets_that_may_not_be(server):
    for line in (b"t NOOP\0", b"t NO\rOP", b't LOGIN "a\0b" c', b"t SELECT \"\xff\xfe\"", b"t CREATE &AAAA&", b"t CREATE &!!-",
                 b"t CREATE \"a\x07b\"", b"\0\0\0\0", b"t", b" ", b"* NOOP", b"t+ NOOP", b't SELECT "unclosed'):
        c = fresh(server)
        c.send(line + b"\r\nt2 NOOP\r\n")
        responses = c.until(b"t2")
        assert any(b"BAD" in r or b" NO" in r for r in responses[:-1]), (line, responses)
        c.close()


def test_names_are_only_names(server):
    c = fresh(server)
    for name in (b"../../etc/passwd", b"a/../b", b"..", b"~root", b"a\\b", b"CON", b"a%00b"):
        answer = last(c, b'CREATE "' + name.replace(b"\\", b"\\\\") + b'"')
        assert answer.startswith((b"t OK", b"t NO", b"t BAD")), answer
    refused(last(c, b"CREATE " + b"/".join([b"d"] * 10_000)))
    refused(last(c, b"CREATE " + b"n" * 100_000))
    refused(last(c, b'CREATE ""'))


def test_patterns_that_backtrack(server):
    c = fresh(server)
    c.ok(b"CREATE " + b"a" * 200)
    started = time.monotonic()
    c.ok(b'LIST "" "' + b"%*" * 500 + b'x"')
    c.ok(b'LIST "" "' + b"*a" * 200 + b'b"')
    assert time.monotonic() - started < 10


def test_an_append_cut_off_leaves_nothing(server):
    for size in (10_000, 5 * MB):
        c = fresh(server)
        c.send(b"t APPEND INBOX {%d+}\r\n" % size + b"x" * (size // 2))
        c.close()
    c = fresh(server)
    assert b"MESSAGES 0" in b"".join(c.ok(b"STATUS INBOX (MESSAGES)"))


def test_10000_pipelined_commands_are_all_answered(server):
    c = fresh(server, select=True)
    sender = threading.Thread(target=lambda: [c.send(b"".join(b"p%d NOOP\r\n" % n for n in range(k, k + 100)))
                                              for k in range(0, 10_000, 100)])
    sender.start()
    for n in range(10_000):
        assert c.line().startswith(b"p%d OK" % n)
    sender.join()
    c.ok(b"NOOP")


def test_slow_loris_is_cut(server):
    crowd = [Lines(server.connect()) for _ in range(100)]
    for c in crowd:
        c.line()
        c.send(b"t LOG")
    c = fresh(server)
    c.ok(b"NOOP")
    for other in crowd:
        other.socket.settimeout(20)
        text = other.file.read()  # until the server gives up on it
        assert text == b"" or text.startswith(b"* BYE"), text


def test_mime_bombs(server):
    c = fresh(server)
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5_000))
    wide = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000 + b"--b--\r\n"
    rfc822 = b"Content-Type: message/rfc822\r\n\r\n" * 5_000 + b"Subject: end\r\n\r\nx"
    headers = b"X: y\r\n" * 200_000 + b"\r\nbody"
    one_line = b"Subject: " + b"a" * MB + b"\r\n\r\nbody"
    addresses = b"To: " + b"a@b.example, " * 80_000 + b"c@d\r\n\r\nbody"
    for bomb in (deep, wide, rfc822, headers, one_line, addresses):
        append(c, bomb)
    c.ok(b"SELECT INBOX")
    whole = c.ok(b"FETCH 1:* (UID ENVELOPE BODYSTRUCTURE RFC822.SIZE)")
    assert len(whole) == 7, len(whole)
    for number, bomb in enumerate((deep, wide, rfc822, headers, one_line, addresses), 1):
        response = c.ok(b"FETCH %d (BODY.PEEK[])" % number)[0]
        assert bomb in response, number
    c.ok(b'SEARCH TEXT "nothing of the kind"')


def test_100000_keywords_meet_a_limit(server):
    c = fresh(server)
    append(c, b"Subject: x\r\n\r\ny")
    c.ok(b"SELECT INBOX")
    answer = b""
    for k in range(0, 100_000, 1000):
        answer = last(c, b"STORE 1 +FLAGS.SILENT (" + b" ".join(b"k%d" % n for n in range(k, k + 1000)) + b")")
        if not answer.startswith(b"t OK"):
            break
    refused(answer)
    c.ok(b"FETCH 1 (FLAGS)")


def test_what_comes_before_the_tls_handshake_is_thrown_away(server):
    import ssl

    raw = server.connect()
    raw.recv(4096)
    raw.sendall(b"t STARTTLS\r\nevil CREATE injected\r\n")
    answer = raw.recv(4096)
    assert answer.startswith(b"t OK"), answer
    context = ssl.create_default_context(cafile=str(server.certificate))
    try:
        wrapped = context.wrap_socket(raw, server_hostname="localhost")
    except (ssl.SSLError, OSError):
        return  # the injected octets broke the handshake: thrown away as well
    c = Lines(wrapped)
    c.send(b"t NOOP\r\n")
    assert b"evil" not in b"".join(c.until(b"t"))


def test_a_reader_that_does_not_read_holds_up_nobody(server):
    c = fresh(server)
    append(c, b"Subject: big\r\n\r\n" + b"z" * (8 * MB))
    c.ok(b"SELECT INBOX")
    before = server.resident_bytes()
    lazy = []
    for _ in range(8):
        l = fresh(server, select=True)
        l.send(b"t FETCH 1 (BODY.PEEK[])\r\n" * 20)
        lazy.append(l)
    for _ in range(500):
        c.ok(b"NOOP")
    grown = server.resident_bytes() - before
    assert grown < 64 * MB, f"{grown / MB:.0f} MB for readers that do not read"
    for l in lazy:
        l.close()


def test_a_connection_flood_is_bounded(server):
    crowd = []
    for _ in range(250):
        s = socket.create_connection(("127.0.0.1", server.ports["imap"]), timeout=10)
        crowd.append(s)
    greetings = [s.recv(200) for s in crowd]
    assert any(g.startswith(b"* BYE") or g == b"" for g in greetings), "no limit"
    for s in crowd:
        s.close()


CONFIG = "[imap]\nlogin_ms_max = 5000\n[mail]\nretention_seconds = 3600\n"


def main():
    tests = {n.removeprefix("test_"): f for n, f in globals().items() if n.startswith("test_")}
    names = sys.argv[1:] or list(tests)
    failed = 0
    for name in names:
        try:
            with Server(config=CONFIG) as server:
                bystander = Bystander(server)
                tests[name](server)
                figure = bystander.stop()
                assert not re.search(r"\berror\b", server.log_text()), server.log_text()[-2000:]
            print(f"ok    {name.replace('_', ' ')} ({figure})", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"FAIL  {name}\n{traceback.format_exc()}", flush=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
