"""What one writer's mailboxes must hold: every acknowledged operation, and of the one under way all or nothing."""

import copy
import dataclasses
import hashlib
import re


@dataclasses.dataclass
class Message:
    digest: str
    flags: frozenset = frozenset()


@dataclasses.dataclass
class Mailbox:
    uidvalidity: int = 0
    messages: dict = dataclasses.field(default_factory=dict)  # uid: Message
    arriving: list = dataclasses.field(default_factory=list)  # Messages whose UIDs only the server knows, in order
    uid_seen: int = 0     # the highest that was ever given
    modseq_seen: int = 0  # the highest HIGHESTMODSEQ that was ever told


class Model:
    """Mailboxes by name. An operation changes a copy; which of the two is true, only a crash leaves open."""

    def __init__(self):
        self.mailboxes = {}
        self.next = None  # as it is if the operation under way happened

    def begin(self):
        self.next = copy.deepcopy(self.mailboxes)
        return self.next

    def done(self):
        assert not any(m.arriving for m in self.next.values()), "an acknowledged message has no UID"
        self.mailboxes, self.next = self.next, None

    def refused(self):
        self.next = None

    def explains(self, found):
        """Whether the operation under way happened whole, or not at all."""
        return not differences(self.mailboxes, found) or self.next is not None and not differences(self.next, found)

    def settle(self, found):
        """Compares with what the server has (name: Mailbox), and adopts it. Gives the differences."""
        wrong = differences(self.mailboxes, found)
        if wrong and self.next is not None:
            wrong_if_done = differences(self.next, found)
            if wrong_if_done:
                wrong += ["or, had it happened:"] + wrong_if_done
            else:
                wrong = []
                self.mailboxes = self.next
        self.next = None
        if not wrong:
            adopt(self.mailboxes, found)
        return wrong


def differences(expected, found):
    """One sentence each."""
    wrong = [f"mailbox {name} is lost" for name in expected.keys() - found.keys()]
    wrong += [f"mailbox {name} is back" for name in found.keys() - expected.keys()]
    for name in expected.keys() & found.keys():
        wrong += [f"{name}: {what}" for what in mailbox_differences(expected[name], found[name])]
    return wrong


def mailbox_differences(expected, found):
    wrong = []
    if expected.uidvalidity and expected.uidvalidity != found.uidvalidity:
        wrong.append(f"UIDVALIDITY was {expected.uidvalidity} and is {found.uidvalidity}")
    if found.modseq_seen < expected.modseq_seen:
        wrong.append(f"HIGHESTMODSEQ went back from {expected.modseq_seen} to {found.modseq_seen}")
    if found.uid_seen < expected.uid_seen:
        wrong.append(f"UIDNEXT went back to {found.uid_seen + 1} from {expected.uid_seen + 1}")
    for uid, message in expected.messages.items():
        if uid not in found.messages:
            wrong.append(f"uid {uid} is lost")
        elif found.messages[uid].digest != message.digest:
            wrong.append(f"uid {uid} has other octets")
        elif found.messages[uid].flags != message.flags:
            wrong.append(f"uid {uid} has {set(found.messages[uid].flags)} and not {set(message.flags)}")
    surplus = [found.messages[uid] for uid in sorted(found.messages.keys() - expected.messages.keys())]
    old = [uid for uid in found.messages.keys() - expected.messages.keys() if uid <= expected.uid_seen]
    if old:
        wrong.append(f"uids {sorted(old)} are back, or were given twice")
    if surplus != expected.arriving:
        wrong.append(f"{len(surplus)} messages that were not there before, and {len(expected.arriving)} under way")
    return wrong


def adopt(expected, found):
    for name, mailbox in expected.items():
        mailbox.messages = dict(found[name].messages)
        mailbox.arriving = []
        mailbox.uidvalidity = found[name].uidvalidity
        mailbox.uid_seen = max(mailbox.uid_seen, found[name].uid_seen)
        mailbox.modseq_seen = max(mailbox.modseq_seen, found[name].modseq_seen)


def number_in(responses, pattern):
    return next((int(m[1]) for r in responses if (m := re.search(pattern, r))), 0)


def read_mailbox(connection, name):
    """What the server says of it, every octet of every message included."""
    told = connection.ok(f'EXAMINE "{name}" (CONDSTORE)'.encode())
    mailbox = Mailbox(uidvalidity=number_in(told, rb"UIDVALIDITY (\d+)"), uid_seen=number_in(told, rb"UIDNEXT (\d+)") - 1,
                      modseq_seen=number_in(told, rb"HIGHESTMODSEQ (\d+)"))
    if number_in(told, rb"^\* (\d+) EXISTS") == 0:
        return mailbox
    for response in connection.ok(b"UID FETCH 1:* (UID FLAGS BODY.PEEK[])")[:-1]:
        head = re.match(rb"\* \d+ FETCH \((.*?)BODY\[\] \{(\d+)\}\r\n", response, re.S)
        assert head, f"not a FETCH with a body: {response[:200]!r}"
        data = response[head.end():head.end() + int(head[2])]
        around = head[1] + response[head.end() + int(head[2]):]
        flags = re.search(rb"FLAGS \(([^)]*)\)", around)[1].decode().split()
        mailbox.messages[int(re.search(rb"UID (\d+)", around)[1])] = Message(digest_of(data),
                                                                           frozenset(flags) - {"\\Recent"})
    return mailbox


def read_all(connection, prefix):
    """Every mailbox whose name begins so."""
    found = {}
    for response in connection.ok(f'LIST "" "{prefix}*"'.encode())[:-1]:
        quoted, atom = re.search(rb'(?:"([^"]+)"|([^" ]+))\r\n$', response).groups()
        name = (quoted or atom).decode()
        if b"\\NonExistent" not in response and b"\\Noselect" not in response:
            found[name] = read_mailbox(connection, name)
    return found


def digest_of(data):
    """Without what LMTP puts before a message, which holds the time."""
    start = data.find(b"Subject: ")
    return hashlib.sha256(data[max(start, 0):]).hexdigest()
