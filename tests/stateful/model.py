"""The mailboxes of one user, by the words of the RFCs. What a server may choose (UIDs, MODSEQs) is learned and held to."""

import re


class Divergence(Exception):
    """The server did what the model says it may not do."""


def expect(condition, what):
    if not condition:
        raise Divergence(what() if callable(what) else what)


class Message:
    def __init__(self, uid, flags, body=None, size=None, date=None):
        self.uid, self.flags, self.body, self.date = uid, set(flags), body, date
        self.size = len(body) if body is not None else size
        self.mod_sequence = None  # where it is known
        self.floor = 0  # it is above this

    def copy(self, uid):
        return Message(uid, self.flags, self.body, self.size, self.date)


class Mailbox:
    def __init__(self):
        self.messages = {}  # uid: Message, ascending
        self.uidvalidity = None
        self.uidnext = 1
        self.highest = 0  # of the MODSEQs that anybody was told
        self.deleted = False  # by DELETE; sessions may still hold it

    def uids(self):
        return list(self.messages)

    def add(self, message):
        expect(message.uid >= self.uidnext, lambda: f"UID {message.uid} is given again, UIDNEXT was {self.uidnext}")
        message.floor = self.highest
        self.messages[message.uid] = message
        self.uidnext = message.uid + 1

    def remove(self, uids):
        for uid in uids:
            del self.messages[uid]

    def set_flags(self, uid, how, flags):
        message = self.messages[uid]
        new = {"+": message.flags | flags, "-": message.flags - flags, "": set(flags)}[how]
        if new != message.flags:
            message.flags, message.mod_sequence, message.floor = new, None, self.highest
        else:  # RFC 7162 3.1.3 lets a server count this as a change, or not
            message.floor = max(message.floor, (message.mod_sequence or 1) - 1)
            message.mod_sequence = None

    def saw_mod_sequence(self, message, value):
        if message.mod_sequence is None:
            expect(value > message.floor, lambda: f"UID {message.uid} changed, and its MODSEQ {value} is not above "
                                                  f"{message.floor}")
        expect(message.mod_sequence in (None, value), lambda: f"UID {message.uid} has MODSEQ {value}, had "
                                                              f"{message.mod_sequence}, and did not change")
        message.mod_sequence = value
        self.highest = max(self.highest, value)

    def deleted_uids(self):
        return [uid for uid, m in self.messages.items() if "\\Deleted" in m.flags]


class Account:
    """Mailboxes by name. A None is a name that is there and cannot be selected."""

    def __init__(self):
        self.mailboxes = {"INBOX": Mailbox()}
        self.subscribed = set()

    def children(self, name):
        return [n for n in self.mailboxes if n.startswith(name + "/")]

    def create(self, name):
        """RFC 3501 6.3.3, with what is above it."""
        parts = name.split("/")
        for depth in range(1, len(parts)):
            self.mailboxes.setdefault("/".join(parts[:depth]), Mailbox())
        self.mailboxes[name] = Mailbox()

    def delete(self, name):
        """RFC 3501 6.3.4: what has children stays, and cannot be selected."""
        self.mailboxes[name].deleted = True
        if self.children(name):
            self.mailboxes[name] = None
        else:
            del self.mailboxes[name]

    def rename(self, old, new):
        """RFC 3501 6.3.5."""
        parts = new.split("/")
        for depth in range(1, len(parts)):
            self.mailboxes.setdefault("/".join(parts[:depth]), Mailbox())
        for name in [old] + self.children(old):
            self.mailboxes[new + name[len(old):]] = self.mailboxes.pop(name)


SET_PART = re.compile(r"(\d+|\*)(?::(\d+|\*))?$")


def resolve(text, view, by_uid):
    """The UIDs in `view` that a set names; None if a message number is above EXISTS (RFC 9051 9: BAD)."""
    named = set()
    top = (view[-1] if view else 0) if by_uid else len(view)
    for part in text.split(","):
        first, last = SET_PART.match(part).groups()
        ends = [top if e == "*" else int(e) for e in (first, last or first)]
        low, high = min(ends), max(ends)
        if by_uid:
            named.update(u for u in view if low <= u <= high)
        elif low < 1 or high > len(view):
            return None
        else:
            named.update(view[low - 1:high])
    return sorted(named)
