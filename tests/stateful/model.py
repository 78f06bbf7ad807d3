"""The mailboxes of one user, by the words of the RFCs. What a server may choose (UIDs, MODSEQs) is learned and held to."""

import re


RIGHTS = "lrswipkxtea"  # RFC 4314 2.1
OWNERS = frozenset(RIGHTS)


class Divergence(Exception):
    """The server did what the model says it may not do."""


def expect(condition, what):
    if not condition:
        raise Divergence(what() if callable(what) else what)


class Unknown(Exception):
    """The model cannot say: the server chose, and nobody has looked yet."""


class Message:
    """`date`: as FETCH says it, where that is known. `saved`: between these two moments, in seconds since 1970."""

    def __init__(self, uid, flags, content, date=None, saved=None):
        self.uid, self.flags, self.content, self.date, self.saved = uid, set(flags), content, date, saved
        self.mod_sequence = None  # where it is known
        self.floor = 0  # it is above this
        self.guest_seen = False  # where the guest has a \\Seen of his own; None where that is not known

    @property
    def body(self):
        return self.content.body

    @property
    def size(self):
        return self.content.size

    def copy(self, uid, saved=None):
        copy = Message(uid, self.flags, self.content, self.date, saved)
        copy.guest_seen = self.guest_seen
        return copy

    def strip(self, rights, kept=frozenset()):
        """Of flags that may not be set."""
        self.flags = changeable(self.flags, rights) | self.flags & kept


def changeable(flags, rights):
    """Of these flags, those that the rights allow to change (RFC 4314 4)."""
    needs = {"\\Seen": "s", "\\Deleted": "t"}
    return {f for f in flags if needs.get(f, "w") in rights}


class Mailbox:
    def __init__(self):
        self.messages = {}  # uid: Message, ascending
        self.uidvalidity = None
        self.uidnext = 1
        self.highest = 0  # of the MODSEQs that anybody was told
        self.deleted = False  # by DELETE; sessions may still hold it
        self.object_id = None  # MAILBOXID, where it is known
        self.use = None  # RFC 6154
        self.annotations = {}  # RFC 5464: {entry: value}
        self.acl = None  # RFC 4314: {identifier: rights}, without the owner's, where it is known

    box = property(lambda self: self)  # OwnView

    def uids(self):
        return list(self.messages)

    def learn(self, uid, flags):
        """What was told is foretold."""

    def strip(self, message, rights):
        message.strip(rights)

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
        self.annotations = {}  # the server's
        self.limits = {}  # RFC 9208: {resource: limit}
        self.contents = {}  # by EMAILID

    def forget_guest(self):
        """What he has seen nobody knows any more."""
        for mailbox in self.mailboxes.values():
            for message in mailbox.messages.values() if mailbox else ():
                message.guest_seen = None

    def name_of(self, mailbox):
        return next((n for n, m in self.mailboxes.items() if m is mailbox), None)

    def saw_email_id(self, content, email_id):
        """RFC 8474 5.1: content keeps its EMAILID, and no other has it."""
        expect(content.email_id in (None, email_id), lambda: f"EMAILID {email_id}, after {content.email_id}")
        content.email_id = email_id
        known = self.contents.setdefault(email_id, content)
        known.body = content.body if known.body is None else known.body
        content.body = known.body if content.body is None else content.body
        expect(known is content or known.body == content.body, lambda: f"two messages have EMAILID {email_id}")

    def saw_object_id(self, mailbox, object_id):
        """RFC 8474 4: a mailbox keeps its MAILBOXID, and no other has it."""
        expect(mailbox.object_id in (None, object_id), lambda: f"MAILBOXID {object_id}, after {mailbox.object_id}")
        mailbox.object_id = object_id
        same = [n for n, m in self.mailboxes.items() if m and m is not mailbox and m.object_id == object_id]
        expect(not same, lambda: f"MAILBOXID {object_id} is that of {same} as well")

    def children(self, name):
        return [n for n in self.mailboxes if n.startswith(name + "/")]

    def missing_above(self, name):
        """How many names CREATE makes above it."""
        parts = name.split("/")
        return sum("/".join(parts[:depth]) not in self.mailboxes for depth in range(1, len(parts)))

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
