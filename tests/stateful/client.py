"""A connection of the fuzzer: batches of pipelined commands, cut anywhere, every answer through the strict parser."""

import select
import socket
import ssl
import time
import zlib
from collections import deque

from checks import check_message, same_flags
from grammar import Wrong
from model import OWNERS, Divergence, expect
from session import Session

ANSWER_SECONDS_MAX = 60  # what is not answered by then hangs: an asan build on a loaded machine
WAIT = object()  # in a command: the next octets follow the continuation request
READ_BYTES = 65536


class Gone(Exception):
    """The server ended the connection, with BYE."""


class Client:
    """One of the user's sessions. `mailbox` and `view`: the model of what it has selected, and the UIDs it was told of."""

    def __init__(self, number, world):
        self.number, self.world = number, world
        self.server, self.trace = world.server, world.trace
        self.socket = None
        self.serial = 0
        self.forget(False)

    def forget(self, tls):
        """Nothing is known, as before the greeting."""
        self.session = Session(tls)
        self.session.heard_hook = self.note_heard
        self.session.finished = self.finished
        self.pending = deque()  # (tag, operation), in the order in which they were sent
        self.outgoing = b""
        self.deflate = None
        self.mailbox = self.view = None
        self.idle = self.read_only = False
        self.saved = None  # "$" (RFC 5182), where it is known
        self.claim = self.uidnext = 0

    def connect(self, tls=False):
        self.close()
        self.forget(tls)
        self.socket = self.server.connect("imaps" if tls else "imap")
        self.trace.append((self.number, "-", "connects" + (" with TLS" if tls else "")))
        if tls:
            self.wrap()
        else:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.until(lambda: self.session.greeted)

    def wrap(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None
            self.trace.append((self.number, "-", "goes away"))

    # Sending.

    def run(self, operations, rng):
        """Pipelines them, and returns when all are answered."""
        self.start(operations, rng)
        self.until(lambda: not self.pending)

    def start(self, operations, rng):
        for operation in operations:
            self.serial += 1
            tag = f"c{self.number}n{self.serial}"
            self.pending.append((tag.encode(), operation))
            self.send_command(tag, operation, rng)
        self.send_now(rng)

    def send_command(self, tag, operation, rng):
        first = True
        for piece in operation.pieces:
            if piece is WAIT:
                self.send_now(rng)
                self.until(lambda: self.session.client.waiting is None)
                if not any(t == tag.encode() for t, _ in self.pending):
                    return  # it was refused
                continue
            self.queue((tag.encode() + b" " if first else b"") + piece)
            first = False

    def queue(self, data):
        self.trace.append((self.number, "C", data))
        self.outgoing += data

    def send_now(self, rng):
        data, self.outgoing = self.outgoing, b""
        self.send_raw(data, rng)

    def send_raw(self, data, rng):
        if self.deflate:
            data = self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        self.session.from_client(data)
        at = 0
        while at < len(data):
            cut = len(data) if rng.random() < 0.6 else rng.randint(at + 1, len(data))
            at += self.send_some(data[at:cut])

    def send_some(self, data):
        try:
            self.socket.settimeout(0.2)
            return self.socket.send(data)
        except (TimeoutError, ssl.SSLWantWriteError):
            self.read(0)  # the server waits for us to read
            return 0
        except OSError:
            self.read(0)
            raise Gone() from None

    # Reading.

    def readable(self, seconds):
        if isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
            return True
        return bool(select.select([self.socket], [], [], seconds)[0])

    def read(self, seconds):
        """What there is; False if nothing came in time."""
        if not self.readable(seconds):
            return False
        try:
            self.socket.settimeout(ANSWER_SECONDS_MAX)
            data = self.socket.recv(READ_BYTES)
        except OSError as e:
            raise Gone() from e
        if not data:
            self.session.closed_by_server(False)
            raise Gone()
        self.session.from_server(data)
        return True

    def until(self, condition):
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        while not condition():
            if not self.read(max(0, deadline - time.monotonic())):
                raise Divergence(f"connection {self.number}: no answer in {ANSWER_SECONDS_MAX} s; "
                                 f"in progress: {[str(c)[:100] for c in self.session.outstanding]}")

    def read_until(self, beginning, seconds):
        """Of a line; or until nothing comes any more, because the server waits for the rest of a literal."""
        while self.read(seconds):
            if any(what.startswith(beginning) for side, what in self.session.last if side == "S"):
                return

    def drain(self):
        """What an idle session hears, as far as it is there."""
        while self.read(0):
            pass

    # Hooks of the strict parser.

    def note_heard(self, data):
        self.trace.append((self.number, "S", data))

    def finished(self, command, response):
        tag, operation = self.pending[0]
        if command.tag != tag:
            raise Wrong(f"{command.tag!r} answered, {tag!r} expected")
        self.pending.popleft()
        if command.verb == "COMPRESS" and response.name == "OK":
            self.deflate = zlib.compressobj(wbits=-15)
        if command.verb == "UNAUTHENTICATE" and response.name == "OK":
            self.deflate = None
            self.select(None)
        command.answer = response
        if not self.world.uncertain:
            operation.finish(command, response)
        self.note_claim(command, response)

    def note_claim(self, command, response):
        """The HIGHESTMODSEQ that a client may take to be in step with (RFC 7162 6)."""
        codes = [r.value for r in command.told + [response] if r.code == "HIGHESTMODSEQ"]
        seen = [r.value["MODSEQ"] for r in command.told if r.name in ("FETCH", "UIDFETCH") and "MODSEQ" in r.value]
        self.claim = codes[-1] if codes else max([self.claim] + seen)

    # The mailbox.

    prefix = ""  # what stands before the names of the account

    def rights(self, mailbox):  # pylint: disable=unused-argument
        """RFC 4314: those of this user; None where nobody knows them."""
        return OWNERS

    def own(self, mailbox):
        """As this user sees it."""
        return mailbox

    def select(self, mailbox):
        self.mailbox = self.own(mailbox)
        self.view = mailbox.uids() if mailbox else None
        self.read_only = bool(mailbox) and self.session.view.read_only
        self.uidnext = mailbox.uidnext if mailbox else 0
        self.saved = [] if mailbox else None

    def absorb(self, command):
        """What was told with a command, against the model as it is after it."""
        if self.mailbox is None or self.view is None or self.world.uncertain:
            return
        for response in command.told:
            handler = getattr(self, "told_" + response.name.lower(), None)
            if handler:
                handler(response)

    def told_expunge(self, response):
        uid = self.view.pop(response.number - 1)
        expect(uid not in self.mailbox.messages, lambda: f"EXPUNGE of UID {uid}, which is there")

    def told_vanished(self, response):
        earlier, ranges = response.value
        for first, last in ranges:
            for uid in range(first, last + 1):
                expect(uid not in self.mailbox.messages, lambda: f"VANISHED {uid}, which is there")
                if not earlier:
                    expect(uid in self.view, lambda: f"VANISHED {uid}, which this client does not know")
                    self.view.remove(uid)

    def told_exists(self, response):
        self.view += [uid for uid in self.mailbox.messages if uid >= self.uidnext]
        self.uidnext = self.mailbox.uidnext
        expect(len(self.view) == response.number, lambda: f"{response.number} EXISTS, it should be {len(self.view)}")

    def fetched(self, told):
        """[(UID, items)], as far as it is known which these are."""
        found = [(r.number, r.value) for r in told if r.name == "UIDFETCH"]
        return found + [(self.view[r.number - 1], r.value) for r in told
                        if r.name == "FETCH" and r.number <= len(self.view)]

    def told_fetch(self, response):
        uid = response.number if response.name == "UIDFETCH" else self.view[response.number - 1]
        items = response.value
        expect(items.get("UID", uid) == uid, lambda: f"message {response.number} has UID {items['UID']}, not {uid}")
        message = self.mailbox.messages.get(uid)
        if message is None:
            return
        if "FLAGS" in items:
            self.mailbox.learn(uid, items["FLAGS"])
        check_message(self.world.account, message, items)
        if "MODSEQ" in items:
            self.mailbox.saw_mod_sequence(message, items["MODSEQ"])

    told_uidfetch = told_fetch

    def check_view(self):
        """All has been told: this client knows the mailbox as it is."""
        uids = self.mailbox.uids()
        entries = self.session.view.entries
        if self.view is None:  # after IDLE
            self.view, self.uidnext = uids, self.mailbox.uidnext
        expect(len(entries) == len(uids) and self.view == uids,
               lambda: f"connection {self.number} was told of {len(entries)} messages ({self.view}), there are {uids}")
        for entry, uid in zip(entries, uids):
            expect(entry.uid in (None, uid), lambda: f"the client knows UID {entry.uid}, it is {uid}")
            self.check_flags(entry, uid)
        for uid, entry in self.session.view.by_uid.items():
            expect(uid in self.mailbox.messages, lambda: f"the client knows UID {uid}, there are {uids}")
            self.check_flags(entry, uid)

    def check_flags(self, entry, uid):
        if entry.flags is not None:
            self.mailbox.learn(uid, entry.flags)
        flags = self.mailbox.messages[uid].flags
        expect(entry.flags is None or same_flags(entry.flags, flags),
               lambda: f"the client knows flags {set(entry.flags or ())} of UID {uid}, they are {flags}")
