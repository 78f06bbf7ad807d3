"""Commands in what a client sends: RFC 3501 2.2.1, 4.3, RFC 7888. Which octets are a command depends on the answers."""

import re
from typing import Any

TAG = re.compile(rb"([!#$&',\-./0-9:;<=>?@A-Z\[\]^_`a-z|}~]+)(?= |\r?$)")
ANNOUNCED = re.compile(rb"(~?)\{([0-9]{1,18})(\+?)\}$")
ATOM_END = re.compile(rb"[() \"\[]")


class Text(bytes):
    """A quoted string or a literal, as opposed to an atom."""


class Command:
    """`args`: nested lists of atoms (str) and strings (Text); None where it makes no sense."""

    def __init__(self, tag, line):
        self.tag = tag  # None where there is none
        self.pieces = [line]  # lines, with the literals between them
        self.complete = False
        self.args: Any = None
        self.verb = ""
        self.by_uid = False
        self.told = []  # the responses that came while it was in progress
        self.notes = {}  # of the rules that hold while it is in progress
        self.read_head()

    def read_head(self):
        words = self.pieces[0].split(b" ", 3)
        self.verb = words[1].upper().decode("latin-1") if len(words) > 1 else ""
        if self.verb == "UID" and len(words) > 2:
            self.verb, self.by_uid = words[2].upper().decode("latin-1"), True

    def finish(self):
        self.complete = True
        try:
            self.args = tokens(self.pieces)[3 if self.by_uid else 2:]
        except (ValueError, IndexError):
            self.args = None

    def __str__(self):
        text = b"".join(p if len(p) < 300 else p[:280] + b"...(%d)" % len(p) for p in self.pieces)
        return text.decode("latin-1", "replace")


def tokens(pieces):
    """Of lines, each but the last of which ends with a literal's announcement, and the literals."""
    stack = [[]]
    for number, piece in enumerate(pieces):
        if number % 2:
            stack[-1].append(Text(piece))
            continue
        announced = ANNOUNCED.search(piece) if number + 1 < len(pieces) else None
        line_tokens(piece[:announced.start()] if announced else piece, stack)
    if len(stack) != 1:
        raise ValueError("parentheses")
    return stack[0]


def line_tokens(line, stack):
    at = 0
    while at < len(line):
        c = line[at:at + 1]
        if c == b" ":
            at += 1
        elif c == b"(":
            stack.append([])
            at += 1
        elif c == b")":
            inner = stack.pop()
            stack[-1].append(inner)
            at += 1
        elif c == b'"':
            found = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.S).match(line, at)
            if not found:
                raise ValueError("quoted")
            stack[-1].append(Text(re.sub(rb"\\(.)", rb"\1", found[1])))
            at = found.end()
        else:
            at = atom(line, at, stack[-1])


def atom(line, at, into):
    """An atom, or BODY[…]<…> as one."""
    end = at
    while end < len(line):
        found = ATOM_END.search(line, end)
        end = found.start() if found else len(line)
        if not found or found[0] != b"[":
            break
        close = line.find(b"]", end)
        if close < 0:
            raise ValueError("bracket")
        end = close + 1
    into.append(line[at:end].decode("latin-1"))
    return end


class ClientStream:
    """Feed with what the client sent, in the order in which the server read it; commands come out as they begin.

    Stands still where the meaning of what follows depends on the server's answer: `waiting` is the command it is about.
    """

    def __init__(self, begun):
        self.begun = begun  # called with each Command, when its first line is there
        self.buffer = bytearray()
        self.waiting = None
        self.expected = ""  # what "+" would ask for: "literal" or "line"
        self.command = None  # whose literal or further lines are expected
        self.octets = 0
        self.state = "line"  # or "literal", "answer", "skip", "ended"

    def feed(self, data):
        if self.state != "ended":
            self.buffer += data
            self.pump()

    def pump(self):
        while self.waiting is None and self.state != "ended" and self.step():
            pass

    def step(self):
        if self.state in ("literal", "skip"):
            return self.take_literal()
        end = self.buffer.find(b"\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        del self.buffer[:end + 1]
        line = line.removesuffix(b"\r")
        if self.state == "answer":
            self.answered()
        elif self.state == "rest":
            self.discard(line)
        else:
            self.take_line(line)
        return True

    def take_literal(self):
        if len(self.buffer) < self.octets:
            return False
        if self.state == "literal":
            self.command.pieces.append(bytes(self.buffer[:self.octets]))
            self.state = "line"
        else:
            self.state = "rest"
        del self.buffer[:self.octets]
        return True

    def take_line(self, line):
        if self.command:
            self.command.pieces.append(line)
        else:
            tag = TAG.match(line)
            self.command = Command(tag[1] if tag else None, line)
            self.begun(self.command)
        command, announced = self.command, ANNOUNCED.search(line)
        if announced:
            self.octets = int(announced[2])
            self.state = "literal"
            if not announced[3]:
                self.waiting, self.expected = command, "literal"
            return
        self.command = None
        command.finish()
        if command.verb in ("AUTHENTICATE", "IDLE", "STARTTLS", "COMPRESS", "UNAUTHENTICATE"):
            self.waiting, self.expected = command, "line"
        if command.verb == "LOGOUT" and command.args == []:
            self.waiting = command

    def discard(self, line):
        """What follows a refused literal belongs to the refused command, further literals too."""
        announced = ANNOUNCED.search(line)
        self.state = "line"
        if announced and announced[3]:
            self.octets, self.state = int(announced[2]), "skip"

    def answered(self):
        self.state = "line"
        if self.idling.verb == "AUTHENTICATE":
            self.waiting, self.expected = self.idling, "line"

    def continued(self):
        """The server sent "+": the command that it is for, if one waits for it."""
        command = self.waiting
        silent = ("STARTTLS", "COMPRESS", "LOGOUT", "UNAUTHENTICATE")
        if command is None or command.verb in silent and self.expected == "line":
            return None
        self.waiting = None
        if self.expected == "line":
            self.idling, self.state = command, "answer"
        self.pump()
        return command

    def completed(self, command):
        """The tagged response came, perhaps before all of the command did."""
        if self.waiting is command:
            self.waiting = None
            if self.state == "literal":
                # RFC 7888 4 and prudence: octets that were sent without waiting are the literal's, not commands.
                self.command, self.state = None, "skip" if self.buffer else "line"
        elif self.command is command:
            self.command = None
            self.state = {"literal": "skip", "line": "rest"}.get(self.state, self.state)
        elif self.state == "answer" and self.idling is command:
            self.state = "line"

    def end(self):
        self.state = "ended"
        self.buffer.clear()

    def partial_tag(self):
        """Of a line whose end has not come."""
        tag = TAG.match(self.buffer[:200])
        return tag[1] if tag and self.state == "line" and not self.command else None

    def drop_partial_line(self):
        self.state = "rest"
