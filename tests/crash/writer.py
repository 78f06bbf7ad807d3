"""A client that writes until the server dies or it shall end, and knows what it was told."""

import hashlib
import random
import re
import threading

from writer_model import Mailbox, Message, Model, digest_of
from roost import Lines

PASSWORD = "crash and return 1"
MESSAGES_MAX = 25   # of a mailbox; more are expunged
MAILBOXES_MAX = 6
FLAGS = ["\\Seen", "\\Flagged", "\\Answered", "$Work"]
CHANCES = {"append": 30, "deliver": 12, "store": 20, "copy": 8, "move": 10, "expunge": 8, "create": 4, "rename": 3,
           "delete": 2, "replace_flags": 3}


class Writer(threading.Thread):
    """Its mailboxes are those whose names begin with its prefix; nobody else's begin so. One lies in the next account."""

    def __init__(self, number, accounts, seed):
        super().__init__(daemon=True)
        self.number = number
        self.user = f"user{number % accounts}"
        self.prefix = f"w{number}"
        self.neighbour = f"user{(number + 1) % accounts}"
        self.away = f"Other Users/{self.neighbour}/{self.prefix}-"
        self.random = random.Random(f"{seed}/{number}")
        self.model = Model()
        self.serial = 0
        self.between_accounts = 0  # copies and moves
        self.operations = {}  # what: how many were acknowledged
        self.under_way = None
        self.wrong = None     # what the server said that it must not say

    def begin(self, server):
        self.server = server
        self.ending = False
        threading.Thread.__init__(self, daemon=True)
        self.start()

    def run(self):
        try:
            self.imap = self.open_imap()
            self.lmtp = self.open_lmtp()
            if not self.model.mailboxes:
                self.operate("create")
            if f"{self.away}away" not in self.model.mailboxes:
                self.operate("share")
            while not self.ending:
                names = list(CHANCES)
                self.operate(self.random.choices(names, [CHANCES[n] for n in names])[0])
            self.imap.close()
            self.lmtp.close()
        except (OSError, EOFError, ValueError):
            return  # the server was killed
        except AssertionError as e:
            self.wrong = str(e)

    def open_imap(self):
        imap = Lines(self.server.connect())
        imap.line()
        imap.login(self.user, PASSWORD)
        self.selected = None
        return imap

    def share(self):
        """The neighbour lets it have a mailbox there (RFC 4314), which may be there since before a crash."""
        self.model.begin()[f"{self.away}away"] = Mailbox()
        imap = Lines(self.server.connect())
        imap.line()
        imap.login(self.neighbour, PASSWORD)
        imap.command(f"CREATE {self.prefix}-away".encode())
        answer = imap.command(f"SETACL {self.prefix}-away {self.user} lrswite".encode())[-1]
        assert answer.startswith(b"t OK"), answer
        imap.close()
        return True

    def open_lmtp(self):
        lmtp = Lines(self.server.connect("lmtp"))
        lmtp.line()
        lmtp.send(b"LHLO crash.example\r\n")
        while lmtp.line()[3:4] == b"-":
            pass
        return lmtp

    def operate(self, what):
        self.under_way = what
        if getattr(self, what)():
            self.model.done()
            self.operations[what] = self.operations.get(what, 0) + 1
        else:
            self.model.refused()
        self.under_way = None

    # --- what it does; true where there was something to do ---

    def append(self):
        """One message or three by one command (MULTIAPPEND)."""
        name = self.some_mailbox()
        if len(self.model.mailboxes[name].messages) > MESSAGES_MAX:
            return False
        bodies = [self.body() for _ in range(self.random.choice([1, 1, 1, 3]))]
        arriving = [Message(digest_of(b), frozenset(["\\Seen"])) for b in bodies]
        self.model.begin()[name].arriving = arriving
        text = b"".join(b" (\\Seen) {%d+}\r\n" % len(b) + b for b in bodies)
        answer = self.ok(f'APPEND "{name}"'.encode() + text)[-1]
        self.arrived(name, arriving, re.search(rb"APPENDUID (\d+) ([\d:,]+)", answer))
        return True

    def deliver(self):
        name = self.some_own_mailbox()
        body = self.body()
        arriving = [Message(digest_of(body))]
        self.model.begin()[name].arriving = arriving
        self.lmtp.send(b"MAIL FROM:<>\r\n" + f"RCPT TO:<{self.user}+{name}>\r\n".encode() + b"DATA\r\n")
        replies = [self.lmtp.line()[:3] for _ in range(3)]
        assert replies == [b"250", b"250", b"354"], replies
        self.lmtp.send(body + b".\r\n")
        assert self.lmtp.line().startswith(b"250"), "LMTP refused a message"
        told = self.ok(f'STATUS "{name}" (UIDNEXT UIDVALIDITY)'.encode())[0]
        uid = int(re.search(rb"UIDNEXT (\d+)", told)[1]) - 1
        mailbox = self.model.next[name]
        mailbox.messages[uid] = arriving[0]
        mailbox.arriving, mailbox.uid_seen = [], max(mailbox.uid_seen, uid)
        return True

    def store(self):
        name, uids = self.some_messages()
        if not uids:
            return False
        flag = self.random.choice(FLAGS)
        self.change_flags(name, uids, lambda flags: flags | {flag})
        self.ok(f"UID STORE {numbers(uids)} +FLAGS.SILENT ({flag})".encode())
        return True

    def replace_flags(self):
        name, uids = self.some_messages()
        if not uids:
            return False
        flags = frozenset(self.random.sample(FLAGS, 2))
        self.change_flags(name, uids, lambda _: flags)
        self.ok(f"UID STORE {numbers(uids)} FLAGS ({' '.join(flags)})".encode())
        return True

    def copy(self):
        return self.transfer("COPY")

    def move(self):
        return self.transfer("MOVE")

    def transfer(self, command):
        name, uids = self.some_messages()
        target = self.some_mailbox()
        if not uids or target == name or len(self.model.mailboxes[target].messages) > MESSAGES_MAX:
            return False
        after = self.model.begin()
        arriving = [after[name].messages[uid] for uid in uids]
        after[target].arriving = arriving
        if command == "MOVE":
            for uid in uids:
                del after[name].messages[uid]
        told = self.ok(f'UID {command} {numbers(uids)} "{target}"'.encode())
        if name.startswith(self.away) != target.startswith(self.away):
            self.between_accounts += 1
        copied = next(m for r in told if (m := re.search(rb"COPYUID (\d+) [\d:,]+ ([\d:,]+)", r)))
        self.arrived(target, arriving, copied)
        return True

    def expunge(self):
        name, uids = self.some_messages()
        if not uids:
            return False
        self.change_flags(name, uids, lambda flags: flags | {"\\Deleted"})
        self.ok(f"UID STORE {numbers(uids)} +FLAGS.SILENT (\\Deleted)".encode())
        self.model.done()
        after = self.model.begin()
        for uid in uids:
            del after[name].messages[uid]
        self.ok(f"UID EXPUNGE {numbers(uids)}".encode())
        return True

    def create(self):
        if len(self.model.mailboxes) >= MAILBOXES_MAX:
            return False
        name = self.new_name()
        self.model.begin()[name] = Mailbox()
        self.ok(f'CREATE "{name}"'.encode())
        return True

    def rename(self):
        name, new = self.some_own_mailbox(), self.new_name()
        after = self.model.begin()
        after[new] = after.pop(name)
        self.unselect()
        self.ok(f'RENAME "{name}" "{new}"'.encode())
        return True

    def delete(self):
        if len(self.model.mailboxes) < 4:
            return False
        name = self.some_own_mailbox()
        del self.model.begin()[name]
        self.unselect()
        self.ok(f'DELETE "{name}"'.encode())
        return True

    # --- what these stand on ---

    def ok(self, text):
        responses = self.imap.command(text)
        assert responses[-1].startswith(b"t OK"), f"{text[:80]!r}: {responses[-1]!r}"
        return responses

    def arrived(self, name, messages, told):
        """`told`: UIDVALIDITY and the set of UIDs that the server gave them."""
        mailbox = self.model.next[name]
        assert mailbox.uidvalidity in (0, int(told[1])), "another UIDVALIDITY"
        mailbox.uidvalidity = int(told[1])
        uids = [n for part in told[2].split(b",") for n in in_range(part)]
        assert len(uids) == len(messages) and uids[0] > mailbox.uid_seen, f"uids {uids} after {mailbox.uid_seen}"
        mailbox.messages.update(zip(uids, messages))
        mailbox.arriving, mailbox.uid_seen = [], uids[-1]

    def change_flags(self, name, uids, change):
        messages = self.model.begin()[name].messages
        for uid in uids:
            messages[uid] = Message(messages[uid].digest, frozenset(change(messages[uid].flags)))

    def some_mailbox(self):
        return self.random.choice(sorted(self.model.mailboxes))

    def some_own_mailbox(self):
        return self.random.choice(sorted(name for name in self.model.mailboxes if not name.startswith(self.away)))

    def some_messages(self):
        """Of a mailbox that is then selected: one or a few, by UID."""
        name = self.some_mailbox()
        uids = sorted(self.model.mailboxes[name].messages)
        if not uids:
            return name, []
        if self.selected != name:
            self.ok(f'SELECT "{name}"'.encode())
            self.selected = name
        return name, sorted(self.random.sample(uids, min(len(uids), self.random.choice([1, 1, 2, 6]))))

    def unselect(self):
        if self.selected:
            self.ok(b"UNSELECT")
            self.selected = None

    def new_name(self):
        self.serial += 1
        return f"{self.prefix}-{self.serial}"

    def body(self):
        self.serial += 1
        size = self.random.choice([200, 2_000, 20_000, 20_000, 300_000])
        line = hashlib.sha256(f"{self.number}/{self.serial}".encode()).hexdigest()
        text = f"Subject: {self.number}/{self.serial}\r\nMessage-ID: <{self.number}.{self.serial}@crash.example>\r\n\r\n"
        return (text + (line + "\r\n") * (size // 66 + 1)).encode()


def in_range(part):
    ends = [int(n) for n in part.split(b":")]
    return range(ends[0], ends[-1] + 1)


def numbers(uids):
    return ",".join(map(str, uids))
