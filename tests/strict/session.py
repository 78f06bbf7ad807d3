"""One connection, as a client that believes nothing sees it: every response by its grammar and by the state it is in."""

import zlib
from collections import deque

import completion
import notified
import rules
import silent
from client_stream import ClientStream
from grammar import Wrong
from responses import next_response, parse
from view import View

MODES = ("CONDSTORE", "QRESYNC", "IMAP4REV2", "UTF8=ACCEPT", "UIDONLY", "METADATA", "METADATA-SERVER")
SELECTING = ("SELECT", "EXAMINE")


class Session:
    """Feed with what the server read and wrote, in that order. Throws Wrong. The server answers one after the other.

    `lost`: what the client sent can no longer be told apart into commands; only the grammar of responses is checked.
    """

    def __init__(self, tls=False):
        self.client = ClientStream(self.begun)
        self.server = bytearray()
        self.outstanding = deque()
        self.greeted = self.bye = self.lost = self.logged_in = False
        self.tls = tls
        self.condstore_asked = False  # perhaps by a command that failed: MODSEQ may come then
        self.capabilities = set()
        self.enabled = set()
        self.view = None
        self.notified = notified.Notified()
        self.inflate = self.deflate = None  # of what the server wrote, of what the client sent
        self.behind_deflate = b""  # sent behind a compressed UNAUTHENTICATE
        self.commands = self.responses = 0
        self.last = deque(maxlen=40)
        self.heard_hook = self.finished = None  # called with each response, and with each command and its tagged one
        self.told_hook = None  # called with the command in progress, if any, and each untagged response

    # What comes in.

    def from_client(self, data):
        if self.deflate:
            self.from_deflated_client(data)
        else:
            self.client.feed(self.behind_deflate + data)
            self.behind_deflate = b""

    def from_deflated_client(self, data):
        """Behind UNAUTHENTICATE the client may go on in clear at once (RFC 8437 4.1)."""
        ahead = self.deflate.copy()
        try:
            inflated = ahead.decompress(data)
            may_end = b"UNAUTHENTICATE" in (bytes(self.client.buffer) + inflated).upper()
        except zlib.error:
            may_end = True
        if not may_end:
            self.deflate = ahead
            self.client.feed(inflated)
            return
        for at in range(len(data)):
            if self.is_unauthenticating():
                self.behind_deflate += data[at:]
                return
            self.client.feed(self.deflate.decompress(data[at:at + 1]))

    def is_unauthenticating(self):
        return self.client.waiting is not None and self.client.waiting.verb == "UNAUTHENTICATE"

    def from_server(self, data):
        self.server += self.inflate.decompress(data) if self.inflate else data
        at = 0
        while (end := next_response(self.server, at)) is not None:
            compressed_from_here = self.heard(bytes(self.server[at:end]))
            at = end
            if compressed_from_here:
                self.server, at = bytearray(self.inflate.decompress(bytes(self.server[at:]))), 0
        del self.server[:at]

    def closed_by_server(self, client_was_gone):
        """`client_was_gone`: it had closed its end, or the network failed."""
        if self.server and not client_was_gone:
            raise Wrong(f"the last response has no end: {bytes(self.server[-200:])!r}")
        if not self.bye and not client_was_gone and self.greeted:
            raise Wrong("the connection ended without BYE")

    # Commands.

    def begun(self, command):
        self.commands += 1
        self.outstanding.append(command)
        self.last.append(("C", command))

    @property
    def condstore(self):
        return "CONDSTORE" in self.enabled or "QRESYNC" in self.enabled

    @property
    def rev2(self):
        return "IMAP4REV2" in self.enabled

    @property
    def uid_only(self):
        return "UIDONLY" in self.enabled

    @property
    def utf8(self):
        return self.rev2 or "UTF8=ACCEPT" in self.enabled

    def current(self):
        return self.outstanding[0] if self.outstanding else None

    # Responses.

    def heard(self, data):
        """True if what follows is compressed."""
        self.responses += 1
        self.last.append(("S", data))
        if self.heard_hook:
            self.heard_hook(data)
        response = parse(data, self.utf8)
        if self.bye and not (response.kind == "tagged" and self.is_logout(response)):
            raise Wrong(f"{data[:100]!r} after BYE")
        if not self.greeted:
            return self.greeting(response)
        if self.lost:
            self.bye = self.bye or response.kind == "untagged" and response.name == "BYE"
            return False
        if response.kind == "+":
            return self.continuation(response)
        if response.kind == "untagged":
            return self.untagged(response)
        return self.tagged(response)

    def is_logout(self, response):
        command = self.current()
        return command is not None and command.verb == "LOGOUT" and response.name == "OK"

    def greeting(self, response):
        if response.kind != "untagged" or response.name not in ("OK", "PREAUTH", "BYE"):
            raise Wrong("the greeting is none")
        self.greeted = True
        self.bye = response.name == "BYE"
        self.note_capabilities(response)
        return False

    def continuation(self, response):
        command = self.client.waiting
        if command is None or command is not self.current():
            raise Wrong("+ without a command that waits for it")
        if self.client.continued() is None:
            raise Wrong(f"+ in answer to {command.verb}")
        return False

    def untagged(self, response):
        command = self.current()
        if response.name == "BYE":
            self.bye = True
            return False
        if command is None or command.tag is None:
            if response.name == "BAD" and command is not None:
                self.done(command)
                return False
            if command is None and response.name == "BAD" and self.client.state == "line":
                self.client.drop_partial_line()  # an endless one
                return False
        rules.check_allowed(self, command, response)
        if command is not None:
            command.told.append(response)
        self.note_capabilities(response)
        self.take_mailbox_data(command, response)
        if self.told_hook:
            self.told_hook(command, response)
        return False

    def tagged(self, response):
        command = self.current()
        if command is None or command.tag != response.tag:
            if command is None and response.name == "BAD" and self.client.partial_tag() == response.tag:
                self.client.drop_partial_line()
                return False
            raise Wrong(f"tagged {response.tag!r}, while {command.tag if command else 'nothing'!r} is in progress")
        if response.name == "OK" and not command.complete:
            raise Wrong("OK before the command was complete")
        completion.check(self, command, response)
        self.note_capabilities(response)
        self.apply(command, response)
        if self.finished:
            self.finished(command, response)
        self.done(command)
        if command.verb == "COMPRESS" and response.name == "OK":
            self.deflate, self.inflate = zlib.decompressobj(-15), zlib.decompressobj(-15)
            rest = bytes(self.client.buffer)
            self.client.buffer.clear()
            self.from_client(rest)
            return True
        return False

    def done(self, command):
        self.outstanding.popleft()
        self.client.completed(command)
        self.client.pump()

    def note_capabilities(self, response):
        if "CAPABILITY" in (response.code, response.name):
            rules.check_capabilities(self, response.value)
            self.capabilities = {c.upper() for c in response.value}

    # What they mean.

    def selected(self, command):
        """The view that message data belongs to now."""
        if command is not None and command.verb in SELECTING and "view" in command.notes:
            return command.notes["view"]
        return self.view

    def take_mailbox_data(self, command, response):
        name = response.name
        if name == "ENABLED":
            self.enabled |= {c.upper() for c in response.value} & set(MODES)
        if command is not None and command.verb in SELECTING:
            self.open_view(command, response)
        elif response.code == "CLOSED":
            self.view = None
        if response.code == "NOTIFICATIONOVERFLOW" and self.notified.used:
            self.notified = notified.read([], None)  # RFC 5465 5.8
        view = self.selected(command)
        if name in rules.MESSAGE_DATA and view is None:
            raise Wrong(f"{name}, and no mailbox is selected")
        if name == "FLAGS":
            view.flags = response.value
        elif name == "EXISTS":
            view.exists(response.number)
        elif name == "RECENT":
            view.set_recent(response.number)
        elif name in ("EXPUNGE", "VANISHED"):
            self.take_expunges(view, command, response)
        elif name == "UIDFETCH":
            view.fetched_by_uid(response.number, response.value)
            if "FLAGS" in response.value:
                view.by_uid[response.number].told_by = command
        elif name == "FETCH":
            view.fetched(response.number, response.value)
            if "FLAGS" in response.value:
                view.at(response.number).told_by = command
        elif view is not None:
            self.take_code(view, response)

    def take_expunges(self, view, command, response):
        if response.name == "EXPUNGE":
            gone = {view.expunge(response.number)}
        else:
            before = set(view.gone)
            earlier, ranges = response.value
            (view.gone_earlier if earlier else view.vanished)(ranges)
            gone = view.gone - before
        if command is not None:
            command.notes.setdefault("gone", set()).update(gone)

    def open_view(self, command, response):
        if "view" in command.notes:
            if response.code == "CLOSED":
                raise Wrong("CLOSED twice, or with nothing selected")
            return
        if response.code == "CLOSED":
            self.view = None
            command.notes["closed"] = True
        if self.view is None:
            command.notes["view"] = View(rules.mailbox_of(self, command), command.verb == "EXAMINE")

    def take_code(self, view, response):
        if response.code == "UIDVALIDITY":
            view.uidvalidity = response.value
        elif response.code == "UIDNEXT":
            view.uidnext = response.value
        elif response.code == "HIGHESTMODSEQ":
            view.highest = response.value
        elif response.code == "UNSEEN":
            view.at(response.value)
        elif response.code == "PERMANENTFLAGS" and not response.value <= view.flags | {"\\*"}:
            raise Wrong("PERMANENTFLAGS has what FLAGS has not")

    def apply(self, command, response):
        verb, ok = command.verb, response.name == "OK"
        if verb in ("LOGIN", "AUTHENTICATE") and ok:
            self.logged_in = True
        if rules.enables_condstore(command):
            self.condstore_asked = True
            if ok:
                self.enabled.add("CONDSTORE")
        if rules.may_enable_condstore(command):
            self.condstore_asked = True
        if verb == "STORE" and self.view is not None:
            silent.note(self.view, command, response)
        if verb in SELECTING:
            if ok:
                self.view = command.notes["view"]
                self.view.read_only = response.code == "READ-ONLY"
            elif response.name == "NO":
                self.view = None
        elif verb in ("CLOSE", "UNSELECT") and ok:
            self.view = None
        elif verb == "STARTTLS" and ok:
            self.tls = True
            self.client.buffer.clear()
        elif verb == "UNAUTHENTICATE" and ok:
            self.unauthenticated()
        elif verb == "NOTIFY" and ok:
            self.notified = notified.read(command.args or [], rules.response_item)
        elif verb == "LOGOUT" and ok:
            self.client.end()
        if self.view is not None and response.code == "HIGHESTMODSEQ":
            self.view.highest = response.value

    def unauthenticated(self):
        """RFC 8437 3: all state but that of TLS is gone."""
        self.logged_in = self.condstore_asked = False
        self.enabled = set()
        self.notified = notified.Notified()
        self.view = None
        if self.deflate:
            self.inflate = self.deflate = None
            # What is left of a flush; no command begins with such octets.
            self.client.buffer += self.behind_deflate.lstrip(b"\x00\x01\x02\xff")
            self.behind_deflate = b""

    def transcript(self):
        """The last of what was said, for people."""
        lines = []
        for side, what in self.last:
            text = str(what) if side == "C" else what.decode("latin-1")
            lines.append(f"    {side}: {text[:400].rstrip()}")
        return "\n".join(lines)
