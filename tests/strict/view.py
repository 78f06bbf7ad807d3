"""What a client knows of the mailbox that it has selected, from what it was told and nothing else."""

from grammar import Wrong

# RFC 9051 2.3.1.1: these may not change while the message is there.
CHANGING = {"FLAGS", "MODSEQ", "UID", "PREVIEW"}


class Entry:
    """One message: what is known of it."""

    __slots__ = ("uid", "flags", "mod_sequence", "facts", "told_by")

    def __init__(self):
        self.told_by = None  # the command with which the flags were told last
        self.uid = self.flags = self.mod_sequence = None
        self.facts = {}


class View:
    def __init__(self, mailbox=b"", read_only=False):
        self.mailbox = mailbox
        self.read_only = read_only
        self.entries = []
        self.by_uid = {}  # where UIDONLY is enabled; then nothing is known of the places in `entries`
        self.gone = set()  # UIDs that were expunged before our eyes
        self.flags = None  # of FLAGS
        self.recent = 0
        self.uidvalidity = self.uidnext = self.highest = None
        self.exists_told = False

    def exists(self, number):
        """RFC 3501 7.3.1, 5.2: only EXPUNGE and VANISHED make it less."""
        if number < len(self.entries):
            raise Wrong(f"{number} EXISTS, of {len(self.entries)} that there are, without EXPUNGE")
        self.entries += [Entry() for _ in range(number - len(self.entries))]
        self.exists_told = True

    def set_recent(self, number):
        if number > len(self.entries):
            raise Wrong(f"{number} RECENT, of {len(self.entries)} that there are")
        self.recent = number

    def at(self, number):
        if not 1 <= number <= len(self.entries):
            raise Wrong(f"message {number}, of {len(self.entries)} that there are")
        return self.entries[number - 1]

    def expunge(self, number):
        """Gives its UID, None where that is not known."""
        uid = self.at(number).uid
        if uid is not None:
            self.gone.add(uid)
        del self.entries[number - 1]
        self.recent = min(self.recent, len(self.entries))
        return uid

    def vanished(self, ranges):
        """RFC 7162 3.2.10: each of these is a message that the client was told of."""
        count = sum(last - first + 1 for first, last in ranges)
        if count > len(self.entries):
            raise Wrong(f"VANISHED of {count}, of {len(self.entries)} that there are")
        for first, last in ranges:
            for uid in range(first, last + 1):
                place = self.place_of(uid)
                if self.entries[place].uid is None:
                    self.forget_around(place)
                del self.entries[place]
                self.by_uid.pop(uid, None)
                self.gone.add(uid)
        self.recent = min(self.recent, len(self.entries))

    def forget_around(self, place):
        """Which of several messages without a known UID it is, nobody can say."""
        for step in (-1, 1):
            at = place
            while 0 <= at < len(self.entries) and self.entries[at].uid is None:
                self.entries[at] = Entry()
                at += step

    def place_of(self, uid):
        """Of a message with this UID. One whose UID is not known counts, if it may have this one."""
        candidate = None
        for place, entry in enumerate(self.entries):
            if entry.uid == uid:
                return place
            if entry.uid is None:
                candidate = place if candidate is None else candidate
            elif entry.uid > uid:
                break
            else:
                candidate = None
        if candidate is None or uid in self.gone:
            raise Wrong(f"VANISHED {uid}, which is not there")
        return candidate

    def gone_earlier(self, ranges):
        """RFC 7162 3.2.6: VANISHED (EARLIER) names none that is there."""
        for entry in self.entries:
            if entry.uid is not None and any(first <= entry.uid <= last for first, last in ranges):
                raise Wrong(f"VANISHED (EARLIER) of {entry.uid}, which is there")

    def fetched(self, number, items):
        entry = self.at(number)
        if "UID" in items:
            self.learn_uid(number, entry, items["UID"])
        self.learn(number, entry, items)

    def fetched_by_uid(self, uid, items):
        """RFC 9586 3.3"""
        if items.get("UID", uid) != uid:
            raise Wrong(f"UIDFETCH of {uid} with UID {items['UID']}")
        if uid in self.gone:
            raise Wrong(f"UIDFETCH of {uid}, which was expunged")
        entry = self.by_uid.setdefault(uid, Entry())
        if len(self.by_uid) > len(self.entries):
            raise Wrong(f"UIDFETCH of more messages than the {len(self.entries)} that there are")
        self.learn(uid, entry, items)

    def learn(self, number, entry, items):
        self.learn_flags(entry, items)
        for name, value in items.items():
            if name in CHANGING:
                continue
            if name.endswith(">") and value is not None:
                name = f"{name} of {len(value)} octets"  # the request's length is not in the answer (RFC 9051 7.5.2)
            value = hash(value)
            if entry.facts.setdefault(name, value) != value:
                raise Wrong(f"{name} of message {number} changed")
        self.check_sizes(number, items)

    def learn_uid(self, number, entry, uid):
        if entry.uid == uid:
            return
        if entry.uid is not None:
            raise Wrong(f"message {number} has UID {uid}, and had {entry.uid}")
        # RFC 3501 2.3.1.1: ascending, and what is not known in between must have room.
        for step, limit in ((-1, -1), (1, len(self.entries))):
            place = number - 1 + step
            while place != limit and self.entries[place].uid is None:
                place += step
            other = self.entries[place].uid if place != limit else (0 if step < 0 else 2**32)
            room = abs(number - 1 - place)
            if (uid - other) * -step < room:
                raise Wrong(f"message {number} has UID {uid}, and message {place + 1} has {other}")
        if uid in self.gone:
            raise Wrong(f"message {number} has UID {uid}, which was expunged")
        entry.uid = uid

    def learn_flags(self, entry, items):
        flags, mod_sequence = items.get("FLAGS"), items.get("MODSEQ")
        if flags is not None and self.flags is not None:
            unknown = {f.lower() for f in flags} - {f.lower() for f in self.flags} - {"\\recent"}
            if unknown:
                raise Wrong(f"flags {unknown} are not in FLAGS")
        if mod_sequence is not None:
            before = entry.mod_sequence or 0
            if mod_sequence < before:
                raise Wrong(f"MODSEQ {mod_sequence} after {before}")
            settled = flags is not None and entry.flags is not None and mod_sequence == before
            if settled and flags - {"\\Recent"} != entry.flags - {"\\Recent"}:
                raise Wrong(f"flags {set(flags)} after {set(entry.flags)} with the same MODSEQ {before}")
            if flags is None and mod_sequence > before:
                entry.flags = None
            entry.mod_sequence = mod_sequence
        if flags is not None:
            entry.flags = flags

    def check_sizes(self, number, items):
        whole = items.get("BODY[]", items.get("RFC822"))
        size = items.get("RFC822.SIZE")
        if whole is not None and size is not None and len(whole) != size:
            raise Wrong(f"message {number} has {len(whole)} octets, and RFC822.SIZE {size}")

    def uids(self):
        return [entry.uid for entry in self.entries]
