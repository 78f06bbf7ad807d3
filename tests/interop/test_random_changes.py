"""Two accounts are changed at random and kept the same by a client: interimap, mbsync and offlineimap in turn.

Between rounds the server is checkpointed or started again. ROOST_SEED chooses other changes.
"""

import concurrent.futures
import os
import random
import re
import subprocess

from filling import fill
from mail import PASSWORD, imap, message, ok
from roost import Server
from test_interimap import configure as configure_interimap

FAST = False
PACKAGES = ["interimap", "isync", "offlineimap3"]
ROUNDS = 15
CHANGES_PER_ROUND_MAX = 12
MAILBOXES = ["INBOX", "Archive", "Work"]
USERS = (("alice", PASSWORD), ("bob", PASSWORD))
FLAGS = ["\\Seen", "\\Flagged", "\\Answered", "\\Draft"]


def state(client):
    """{(mailbox, Message-ID): flags}; no message may be there twice."""
    found = {}
    for mailbox in MAILBOXES:
        ok(client.select(mailbox, readonly=True))
        for item in ok(client.uid("fetch", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")):
            if isinstance(item, tuple):
                flags = set(re.search(rb"FLAGS \(([^)]*)\)", item[0])[1].decode().split()) - {"\\Recent"}
                key = mailbox, item[1].strip().decode()
                assert key not in found, f"{key} is there twice"
                found[key] = flags
    return found


class Changes:
    def __init__(self):
        self.seed = int(os.environ.get("ROOST_SEED", "1"))
        self.random = random.Random(self.seed)
        self.messages = 0

    def append(self, client, mailbox):
        self.messages += 1
        flags = " ".join(self.random.sample(FLAGS, self.random.randint(0, 2)))
        ok(client.append(mailbox, f"({flags})", None, message(self.messages)))

    def change_carelessly(self, client):
        """By number, whatever that is by now."""
        mailbox = self.random.choice(MAILBOXES[:2])
        count = int(ok(client.select(mailbox))[0])
        if count < 5 or self.random.random() < 0.4:
            self.append(client, mailbox)
        elif self.random.random() < 0.7:
            client.store(str(self.random.randint(1, count)), self.random.choice(["+FLAGS", "-FLAGS"]),
                         f"({self.random.choice(FLAGS)})")
        else:
            client.store(str(self.random.randint(1, count)), "+FLAGS", "(\\Deleted)")
            ok(client.expunge())

    def change(self, client, taken):
        """One change by a client. No message is changed on both sides in one round: which side wins is the client's."""
        mailbox = self.random.choice(MAILBOXES)
        ok(client.select(mailbox))
        uids = [u.decode() for u in ok(client.uid("search", None, "ALL"))[0].split()]
        free = [u for u in uids if self.message_id(client, u) not in taken]
        what = self.random.choice(["append", "append", "flag", "flag", "unflag", "expunge", "move", "copy"])
        if what == "append" or not free:
            self.append(client, mailbox)
            return
        chosen = self.random.sample(free, min(len(free), self.random.randint(1, 3)))
        taken |= {self.message_id(client, u) for u in chosen}
        uid_set = ",".join(chosen)
        if what in ("flag", "unflag"):
            sign = "+" if what == "flag" else "-"
            ok(client.uid("store", uid_set, sign + "FLAGS", f"({self.random.choice(FLAGS)})"))
        elif what == "expunge":
            ok(client.uid("store", uid_set, "+FLAGS", "(\\Deleted)"))
            ok(client.expunge())
        elif what == "move":
            self.move(client, mailbox, chosen)
        else:
            self.copy_once(client, mailbox, chosen[0])

    def make(self, alice, bob):
        taken = set()
        for _ in range(self.random.randint(0, CHANGES_PER_ROUND_MAX)):
            self.change(self.random.choice([alice, bob]), taken)

    @staticmethod
    def message_id(client, uid):
        data = ok(client.uid("fetch", uid, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"))
        return next(item[1] for item in data if isinstance(item, tuple)).strip().decode()

    def move(self, client, mailbox, uids):
        """To where there is none of them yet."""
        there = self.random.choice([m for m in MAILBOXES if m != mailbox])
        present = {key[1] for key in state(client) if key[0] == there}
        ok(client.select(mailbox))
        free = [u for u in uids if self.message_id(client, u) not in present]
        if free:
            ok(client.uid("move", ",".join(free), there))

    def copy_once(self, client, mailbox, uid):
        there = self.random.choice([m for m in MAILBOXES if m != mailbox])
        present = {key[1] for key in state(client) if key[0] == there}
        ok(client.select(mailbox))
        if self.message_id(client, uid) not in present:
            ok(client.uid("copy", uid, there))


def keep_the_same(synchronise):
    """`synchronise(server)` runs the client, which must leave both accounts with the same messages and flags."""
    changes = Changes()
    with Server(users=USERS) as server:
        for user in ("alice", "bob"):
            server.command("mailbox", "create", user, "Work")
        changes.messages = 40
        fill(server, "INBOX", [message(n) for n in range(1, 41)])
        for number in range(ROUNDS):
            expected = one_round(server, changes, synchronise, f"seed {changes.seed}, round {number}")
            what = changes.random.choice(["checkpoint", "restart", "nothing"])
            if what == "restart":
                server.restart()
            elif what == "checkpoint":
                server.command("checkpoint", "alice")
            assert state(imap(server, False)) == expected, f"seed {changes.seed}, round {number}, after {what}"


def one_round(server, changes, synchronise, where):
    """Gives what must be in the account of alice now."""
    synchronise(server)
    alice, bob = imap(server, False), imap(server, False, user="bob")
    here, there = state(alice), state(bob)
    assert here == there, (where, differences(here, there))
    changes.make(alice, bob)
    here = state(alice)
    alice.logout()
    bob.logout()
    return here


def differences(here, there):
    keys = here.keys() | there.keys()
    return {key: (here.get(key), there.get(key)) for key in keys if here.get(key) != there.get(key)}


def run(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0 and not re.search("ERROR|PANIC|rror:", done.stdout), done.stdout[-3000:]


def interimap(server):
    run("interimap", f"--config={configure_interimap(server, False)}")


def test_interimap():
    keep_the_same(interimap)


def test_interimap_while_the_accounts_change():
    """What comes and goes while it works is told to it in any order; once the accounts rest, they become the same."""
    changes = Changes()
    with Server(users=USERS) as server, concurrent.futures.ThreadPoolExecutor() as pool:
        server.command("mailbox", "create", "alice", "Work")
        for number in range(ROUNDS):
            alice, bob = imap(server, False), imap(server, False, user="bob")
            client = pool.submit(interimap, server)
            while not client.done():
                changes.change_carelessly(changes.random.choice([alice, bob]))
            client.result()
            interimap(server)
            here, there = state(alice), state(bob)
            assert here == there, (f"seed {changes.seed}, round {number}", differences(here, there))
            alice.logout()
            bob.logout()


def test_mbsync():
    def synchronise(server):
        rc = server.data / "mbsyncrc"
        (server.data / "mbsync").mkdir(exist_ok=True)
        accounts = "".join(
            f"IMAPAccount {user}\nHost localhost\nPort {server.ports['imap']}\nSSLType None\nAuthMechs LOGIN\n"
            f'User {user}\nPass "{PASSWORD}"\n\nIMAPStore {user}\nAccount {user}\n\n' for user in ("alice", "bob"))
        rc.write_text(accounts + "Channel all\nFar :alice:\nNear :bob:\nPatterns *\nCreate Both\nExpunge Both\n"
                      f"SyncState {server.data}/mbsync/\n")
        run("mbsync", "--config", rc, "all")

    keep_the_same(synchronise)


def test_offlineimap():
    def synchronise(server):
        rc = server.data / "offlineimaprc"
        repositories = "".join(
            f"[Repository {user}]\ntype = IMAP\nremotehost = localhost\nremoteport = {server.ports['imap']}\nssl = no\n"
            f"starttls = no\nremoteuser = {user}\nremotepass = {PASSWORD}\n\n" for user in ("alice", "bob"))
        rc.write_text(f"[general]\nmetadata = {server.data}/offlineimap\naccounts = both\nui = basic\nfsync = no\n\n"
                      "[Account both]\nlocalrepository = bob\nremoterepository = alice\n\n" + repositories)
        run("offlineimap", "-o", "-c", rc)

    keep_the_same(synchronise)
