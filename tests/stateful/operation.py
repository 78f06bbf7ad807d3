"""What the commands' generators share: an operation is what is sent, and what must be true once it is answered."""

import re

from model import expect, resolve

FLAGS = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Deleted", "\\Draft", "$Work", "$Forwarded", "kw1", "kw2"]
NAMES = ["INBOX", "A", "B", "C", "A/x", "A/y", "B/x", "Grüße", "d & e"]
UID_MAX = 2**32 - 1


class Operation:
    """`pieces`: octets, and WAIT where the continuation request must come first. `finish(command, response)`."""

    def __init__(self, text, finish, pieces=None):
        self.pieces = pieces or [text.encode() + b"\r\n"]
        self.finish = finish


def answered(response, *names):
    expect(response.name in names, lambda: f"answered with {response.name} {response.code}, not {' or '.join(names)}")


def in_utf7(name):
    """RFC 3501 5.1.3."""
    import base64
    out, shifted = "", ""

    def flush():
        nonlocal shifted
        if not shifted:
            return ""
        text = base64.b64encode(shifted.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        shifted = ""
        return f"&{text}-"

    for c in name:
        if " " <= c <= "~":
            out += flush() + ("&-" if c == "&" else c)
        else:
            shifted += c
    return out + flush()


def wire_name(client, name, rng):
    text = name if client.session.utf8 else in_utf7(name)
    if name == "INBOX":
        text = rng.choice(["INBOX", "inbox", "Inbox"])
    text = client.prefix + text
    may_be_atom = re.fullmatch(r"[A-Za-z0-9/&+,.=-]+", text) and text.upper() != "NIL"
    return text if may_be_atom and rng.random() < 0.7 else quoted(text)


def quoted(text):
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def some_name(world, rng, existing=0.85):
    names = [n for n, m in world.account.mailboxes.items() if m is not None]
    return rng.choice(names) if rng.random() < existing else rng.choice(NAMES)


def some_flags(rng, most=3):
    return set(rng.choice(FLAGS) for _ in range(rng.randint(0, most)))


def some_set(client, rng, by_uid):
    """Mostly of what is there; sometimes beyond, or huge."""
    view = client.view or []
    top = (view[-1] + 2 if view else 3) if by_uid else max(1, len(view))

    def end():
        chance = rng.random()
        if chance < 0.08:
            return "*"
        if chance < 0.1:
            return str(rng.choice([top + 1, top + 3, UID_MAX]))
        if by_uid and view and chance < 0.7:
            return str(rng.choice(view))
        return str(rng.randint(1, top))

    parts = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        parts.append(end() if rng.random() < 0.5 else f"{end()}:{end()}")
    return ",".join(parts)


class Target:
    """What a command's set names when the command runs: the UIDs that are there, and those that are gone."""

    def __init__(self, client, text, by_uid):
        self.bad = False
        if text == "$":
            uids = [u for u in client.saved if u in client.view]
        else:
            uids = resolve(text, client.view, by_uid)
            self.bad = uids is None
        messages = client.mailbox.messages
        self.live = [u for u in uids or [] if u in messages]
        self.ghosts = [u for u in uids or [] if u not in messages]
        # Arrived, and this client was not told: whether a UID names them is the server's choice.
        self.untold = by_uid and any(u >= client.uidnext for u in messages)

    def limit(self, most, command):
        """RFC 9738 3.1: `most` messages are processed, the highest UIDs, where there is such a limit."""
        if not most or len(self.live) + len(self.ghosts) <= most:
            return
        codes = [r.value for r in command.told + [command.answer] if r.code == "MESSAGELIMIT"]
        uncounted = b"CHANGEDSINCE" in command.pieces[0] or len(self.live) <= most  # what has not changed, what is gone
        expect(bool(codes) or uncounted, f"{len(self.live)} messages, and no MESSAGELIMIT")
        if not codes:
            return
        expect(codes[0][0] == most, lambda: f"MESSAGELIMIT {codes[0]}, it is {most}")
        if codes[0][1] is not None:
            self.live = [u for u in self.live if u >= codes[0][1]]
            expect(uncounted or len(self.live) <= most,
                   lambda: f"{len(self.live)} messages were processed, {most} may be")


def expand(ranges):
    return [u for first, last in ranges for u in range(first, last + 1)]
