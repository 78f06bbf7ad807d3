#!/usr/bin/env python3
"""Appends every message of the corpus to a server and holds what FETCH and SEARCH say against what the RFCs ask for.

usage: tests/corpus/run.py [NAME…]     all messages by default, the large ones too
"""

import pathlib
import re
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from generate import MESSAGES, large_messages  # noqa: E402
from model import expectations  # noqa: E402
from roost import Lines, Server  # noqa: E402

CONFIG = "[mail]\nmessage_bytes_max = 67108864\n"
RESIDENT_BYTES_MAX = 700 * 1024 * 1024
SECONDS_MAX = 60  # that any one command may take
PIECE_BYTES = 7  # of a partial FETCH
QUERIES_AT_ONCE = 20


class Mismatch(Exception):
    pass


def short(octets):
    return repr(octets if len(octets) <= 300 else octets[:150] + b" ... " + octets[-150:])


def expect(what, got, wanted):
    if got != wanted:
        raise Mismatch(f"{what}: expected {short(wanted)}, got {short(got)}")


def literal(octets):
    return b"{%d+}\r\n%s" % (len(octets), octets)


def as_sent(octets):
    """A literal has no NUL (RFC 3501 9, CHAR8): 0x80 stands for it. Only BINARY gives it as it is."""
    return octets if octets is None else octets.replace(b"\0", b"\x80")


def nstring(value):
    """The octets, or nothing for NIL."""
    if value == b"NIL":
        return None
    counted = re.match(rb"~?\{(\d+)\}\r\n", value)
    if counted:
        octets = value[counted.end():]
        if len(octets) != int(counted[1]):
            raise Mismatch(f"literal of {counted[1]} octets has {len(octets)}")
        return octets
    if not (value.startswith(b'"') and value.endswith(b'"')):
        raise Mismatch(f"no string: {short(value)}")
    return re.sub(rb'\\(["\\])', rb"\1", value[1:-1])


class Mailbox:
    """A connection on which the corpus is selected, the number of a message being its UID."""

    def __init__(self, server):
        self.lines = Lines(server.connect())
        self.lines.socket.settimeout(SECONDS_MAX)
        self.lines.line()
        self.lines.login()
        self.capabilities = self.lines.ok(b"CAPABILITY")[0].split()

    def select(self):
        self.lines.ok(b"SELECT INBOX")

    def append(self, octets):
        """Gives the UID that the message has."""
        answer = self.lines.ok(b"APPEND INBOX " + literal(octets))[-1]
        return int(re.search(rb"\[APPENDUID \d+ (\d+)\]", answer)[1])

    def ask(self, commands):
        """Sends all of them in one go, and gives the untagged responses to each."""
        out = []
        for at in range(0, len(commands), QUERIES_AT_ONCE):
            batch = list(enumerate(commands[at:at + QUERIES_AT_ONCE]))
            self.lines.send(b"".join(b"q%d %s\r\n" % one for one in batch))
            for number, command in batch:
                *untagged, tagged = self.lines.until(b"q%d" % number)
                if not tagged.startswith(b"q%d OK" % number):
                    raise Mismatch(f"{short(command)}: {tagged!r}")
                out.append(untagged)
        return out

    def fetch(self, uid, items):
        """What FETCH gives for each of (item, its name in the response)."""
        answers = self.ask([b"UID FETCH %d %s" % (uid, item) for item, _ in items])
        return [self.fetched(answer, name) for answer, (_, name) in zip(answers, items)]

    @staticmethod
    def fetched(answer, name):
        inside = re.fullmatch(rb"\* \d+ FETCH \((.*)\)\r\n", b"".join(answer), re.S)
        if not inside:
            raise Mismatch(f"no FETCH response: {short(b''.join(answer))}")
        value = inside[1]
        for uid in (re.match(rb"UID \d+ ", value), re.search(rb" UID \d+$", value)):
            if uid:
                value = value.replace(uid[0], b"", 1) if uid.start() == 0 else value[:uid.start()]
        if not value.startswith(name + b" "):
            raise Mismatch(f"{name} is missing in {short(value)}")
        return value[len(name) + 1:]

    def finds(self, uid, keys):
        """Which of the search keys the message matches."""
        answers = self.ask([b"UID SEARCH CHARSET UTF-8 UID %d %s" % (uid, key) for key in keys])
        return [b"".join(answer).split()[2:] == [b"%d" % uid] for answer in answers]


def check_lists(box, uid, message, suffix):
    """ENVELOPE, BODY and BODYSTRUCTURE, in the form of the mode that the connection is in."""
    forms = dict((key, octets) for key, octets in expectations(message) if key.split("-")[0] in ITEMS)
    items = [(ITEMS[key], ITEMS[key]) for key in ITEMS]
    for key, got in zip(ITEMS, box.fetch(uid, items)):
        expect(key + suffix, got, forms.get(key + suffix, forms[key]))


ITEMS = {"envelope": b"ENVELOPE", "body": b"BODY", "structure": b"BODYSTRUCTURE"}


def check_sections(box, uid, message):
    items, wanted = [(b"BODY.PEEK[]", b"BODY[]")], [as_sent(message.octets)]
    for name, octets in message.sections():
        octets = as_sent(octets)
        section = b"[%s]" % name.encode()
        items.append((b"BODY.PEEK" + section, b"BODY" + section))
        wanted.append(octets)
        if octets is None:
            continue
        for begin in (0, len(octets) // 2, len(octets)):
            items.append((b"BODY.PEEK%s<%d.%d>" % (section, begin, PIECE_BYTES), b"BODY%s<%d>" % (section, begin)))
            wanted.append(octets[begin:begin + PIECE_BYTES])
    for (item, _), got, octets in zip(items, box.fetch(uid, items), wanted):
        got = nstring(got)
        if got is None or octets is None:
            expect(item.decode(), repr(got).encode(), repr(octets).encode())
        else:
            expect(item.decode(), got, octets)


def header_fields(header):
    """(name in lower case, octets with folds) of each field of a header, and its blank line (RFC 5322 2.2)."""
    fields, blank = [], b""
    for line in re.findall(rb"[^\n]*\n|[^\n]+", header):
        name = re.match(rb"([!-9;-~]+)[ \t]*:", line[:998])
        if line in (b"\r\n", b"\n"):
            blank = line
        elif line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
        else:
            fields.append((name[1].lower() if name else None, [line]))
    return [(name, b"".join(lines)) for name, lines in fields if name], blank


ASKED_FOR = [b"SUBJECT", b"FROM", b"TO", b"DATE", b"CONTENT-TYPE", b"X-NOBODY-HAS"]


def check_header_fields(box, uid):
    """HEADER and TEXT are the message; HEADER.FIELDS and its opposite take fields of HEADER, octet for octet."""
    names = b"(" + b" ".join(ASKED_FOR) + b")"
    sections = [b"[]", b"[HEADER]", b"[TEXT]", b"[HEADER.FIELDS %s]" % names, b"[HEADER.FIELDS.NOT %s]" % names]
    got = box.fetch(uid, [(b"BODY.PEEK" + section, b"BODY" + section) for section in sections])
    whole, header, rest, only, others = map(nstring, got)
    expect("BODY[HEADER] BODY[TEXT]", header + rest, whole)
    fields, blank = header_fields(header)
    wanted = {name.lower() for name in ASKED_FOR}
    expect("HEADER.FIELDS", only, b"".join(octets for name, octets in fields if name in wanted) + blank)
    expect("HEADER.FIELDS.NOT", others, b"".join(octets for name, octets in fields if name not in wanted) + blank)


def check_binary(box, uid, message):
    if b"BINARY" not in box.capabilities:
        return
    for name, octets in message.also.get("binary", {}).items():
        section = b"BINARY[%s]" % name.encode()
        got = box.fetch(uid, [(section.replace(b"[", b".PEEK[", 1), section)])
        expect(section.decode(), nstring(got[0]), octets)


def search_keys(message):
    """(what, whether it must match, the key as SEARCH takes it)"""
    for key, octets in expectations(message):
        word, _, name = key.partition(" ")
        if word == "find":
            yield f"{name} {octets!r}", True, name.upper().encode() + b" " + literal(octets)
        elif word == "lacks":
            yield f"TEXT {octets!r}", False, b"TEXT " + literal(octets)
        elif word == "sent" and octets != b"none":
            yield f"SENTON {octets!r}", True, b"SENTON " + octets
        elif word == "sent":
            yield "any SENT", False, b"SENTSINCE 1-Jan-1000"


def check_searches(box, uid, message):
    keys = list(search_keys(message))
    for (what, wanted, _), got in zip(keys, box.finds(uid, [key for _, _, key in keys])):
        if got != wanted:
            raise Mismatch(f"SEARCH {what} {'does not find' if wanted else 'finds'} it")


def check_message(boxes, uid, message):
    for box, suffix in boxes:
        check_lists(box, uid, message, suffix)
    box = boxes[0][0]
    check_sections(box, uid, message)
    check_header_fields(box, uid)
    check_binary(box, uid, message)
    check_searches(box, uid, message)


def check_large(box, large):
    uid = box.append(large.octets)
    got = nstring(box.fetch(uid, [(b"BODY.PEEK[]", b"BODY[]")])[0])
    if got != large.octets:
        raise Mismatch("BODY[] is not what was appended")
    box.fetch(uid, [(b"ENVELOPE", b"ENVELOPE"), (b"BODYSTRUCTURE", b"BODYSTRUCTURE")])
    for name, octets in large.section:
        section = b"[%s]" % name.encode()
        expect(f"BODY[{name}]", nstring(box.fetch(uid, [(b"BODY.PEEK" + section, b"BODY" + section)])[0]), octets)
    for (key, words), found in zip(large.find, box.finds(uid, [f"{k} ".encode() + literal(w.encode()) for k, w in large.find])):
        if not found:
            raise Mismatch(f"SEARCH {key} {words!r} does not find it")


def utf8_mode(server):
    """A connection in it, where the server has it."""
    box = Mailbox(server)
    for capability in (b"IMAP4rev2", b"UTF8=ACCEPT"):
        if capability in box.capabilities:
            box.lines.ok(b"ENABLE " + capability)
            return [(box, "-utf8")]
    return []


def outcome(name, check, *arguments):
    started = time.monotonic()
    try:
        check(*arguments)
    except (Mismatch, EOFError, AssertionError) as e:
        return f"FAIL  {name}: {e}"
    except Exception:  # pylint: disable=broad-except
        return f"FAIL  {name}: {traceback.format_exc()}"
    return f"ok    {name} ({time.monotonic() - started:.2f} s)"


def check_memory(server):
    resident = server.resident_bytes()
    if resident > RESIDENT_BYTES_MAX:
        raise Mismatch(f"the server holds {resident >> 20} MiB")


def run(server, names):
    boxes = [(Mailbox(server), ""), *utf8_mode(server)]
    messages = [m for m in MESSAGES if m.octets and (not names or m.name in names)]  # APPEND takes no empty message
    uids = [boxes[0][0].append(message.octets) for message in messages]
    for box, _ in boxes:
        box.select()
    for uid, message in zip(uids, messages):
        yield outcome(message.name, check_message, boxes, uid, message)
    for large in large_messages():
        if not names or large.name in names:
            yield outcome(large.name, check_large, boxes[0][0], large)
    yield outcome("memory", check_memory, server)


def main():
    with Server(CONFIG) as server:
        lines = list(run(server, sys.argv[1:]))
    print("\n".join(lines))
    failed = sum(line.startswith("FAIL") for line in lines)
    print(f"{len(lines) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
