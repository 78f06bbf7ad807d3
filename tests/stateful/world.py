"""One episode: a user's account, its model, the connections to it, and what is done to them, all from one seed."""

import random

import mailbox_commands as mailbox
import message_commands as message
from client import Client, Gone, check_message
from model import Account, Mailbox, Message, expect
from operation import Operation, answered, in_utf7, quoted

CLIENTS = 4
STORM_CLIENTS = 3
BATCH_COMMANDS_MAX = 10
# name of a generator: how often
ANYWHERE = {mailbox.noop: 6, mailbox.plain: 1, mailbox.create: 2, mailbox.delete: 1,
            mailbox.rename: 1.2, mailbox.subscribe: 1, mailbox.listing: 1.5, mailbox.status: 2, mailbox.select: 3,
            mailbox.append: 6}
SELECTED = {mailbox.close: 0.7, message.fetch: 8, message.store: 9, message.search: 6, message.expunge: 4, message.copy: 4,
            message.replace: 2}


def pick(weights, rng):
    return rng.choices(list(weights), list(weights.values()))[0]


def in_selected_state(generator):
    """What needs a mailbox is BAD where there is none by then."""
    def generate(world, c, rng):
        operation = generator(world, c, rng)
        inner = operation.finish

        def finish(command, response):
            if c.mailbox is None:
                answered(response, "BAD")
            else:
                inner(command, response)

        operation.finish = finish
        return operation

    return generate


class Cache:
    """What a QRESYNC client had when it went away."""

    def __init__(self, c):
        view = c.session.view
        self.uidvalidity, self.mod_sequence = view.uidvalidity, c.claim
        self.flags = {e.uid: e.flags - {"\\Recent"} for e in view.entries}

    def known_uids(self, rng):
        """RFC 7162 3.2.5.1: may be left out."""
        return " " + ",".join(map(str, self.flags)) if self.flags and rng.random() < 0.5 else ""

    def check(self, selected, command, just_known):
        """With what SELECT told, it is the mailbox as it is; where UIDs were named, as far as these go."""
        if selected.uidvalidity != self.uidvalidity:
            return
        flags = dict(self.flags)
        for r in command.told:
            if r.name == "VANISHED":
                for uid in [u for u in flags if any(a <= u <= b for a, b in r.value[1])]:
                    del flags[uid]
            if r.name == "FETCH":
                flags[r.value["UID"]] = r.value["FLAGS"] - {"\\Recent"}
        there = {uid for uid in selected.messages if not just_known or uid in self.flags}
        expect(set(flags) == there,
               lambda: f"resynchronised from MODSEQ {self.mod_sequence} the client knows {sorted(flags)}, there are "
                       f"{sorted(there)}")
        for uid, told in flags.items():
            expect(set(told) == selected.messages[uid].flags,
                   lambda: f"resynchronised from MODSEQ {self.mod_sequence}: UID {uid} has flags {set(told)}, not "
                           f"{selected.messages[uid].flags}")


class World:
    def __init__(self, server, user, password):
        self.server, self.user, self.password = server, user, password
        self.trace = []
        self.account = Account()
        self.by_uidvalidity = {}
        self.caches = {}
        self.serial = 0
        self.uncertain = False  # the server chose; the model must look
        self.clients = [Client(n, self) for n in range(1, CLIENTS + 1)]
        self.observer = Client(0, self)
        self.commands = 0

    # Connections.

    def ensure(self, c, rng):
        """Connected, logged in, not idling, and mostly with a mailbox selected. What the model did not follow (an idle
        connection that was ended since) is looked up first: from here on it foretells."""
        if self.uncertain:
            self.adopt()
        if c.socket is not None and c.idle:
            self.end_idle(c)
        if c.socket is not None:
            return
        self.log_in(c, rng)
        if rng.random() < 0.5:
            c.run([mailbox.enable(self, c, rng)], rng)
        if rng.random() < 0.9:
            c.run([mailbox.select(self, c, rng)], rng)

    def log_in(self, c, rng):
        c.connect(tls=rng.random() < 0.03)
        if rng.random() < 0.03 and not c.session.tls:
            self.simple(c, "STARTTLS", rng)
            c.wrap()
        self.simple(c, f"LOGIN {self.user} {self.password}", rng)
        if rng.random() < 0.15:
            self.simple(c, "COMPRESS DEFLATE", rng)

    def simple(self, c, text, rng):
        told = []

        def finish(command, response):
            answered(response, "OK")
            told.extend(command.told)

        c.run([Operation(text, finish)], rng)
        return told

    def end_idle(self, c):
        rng = random.Random(0)
        c.idle = False
        c.queue(b"DONE\r\n")
        c.send_now(rng)
        c.until(lambda: not c.pending)
        c.run([mailbox.noop(self, c, rng)], rng)

    def gone(self, c):
        """The server ended it: may it?"""
        c.close()
        doomed = c.mailbox is not None and c.mailbox.deleted
        expect(doomed or self.uncertain, f"connection {c.number}: BYE without a reason")
        self.uncertain = self.uncertain or bool(c.pending)  # it may have been done, without an answer

    # The model and the server.

    def by_observer(self, text, rng):
        if self.observer.socket is None:
            self.log_in(self.observer, rng)
        kept, self.uncertain = self.uncertain, False
        try:
            return self.simple(self.observer, text, rng)
        finally:
            self.uncertain = kept

    def look(self):
        """{name: (UIDVALIDITY, UIDNEXT, {UID: items}), or None}, through a connection of its own."""
        rng = random.Random(1)
        found = {}
        for r in self.by_observer('LIST "" *', rng):
            if r.name != "LIST":
                continue
            name = r.value[2].decode()
            if {a.lower() for a in r.value[0]} & {"\\noselect", "\\nonexistent"}:
                found[name] = None
                continue
            codes = {x.code: x.value for x in self.by_observer("EXAMINE " + quoted(in_utf7(name)), rng)}
            told = self.by_observer("UID FETCH 1:* (FLAGS MODSEQ RFC822.SIZE INTERNALDATE)", rng)
            messages = {x.value["UID"]: x.value for x in told if x.name == "FETCH"}
            found[name] = codes["UIDVALIDITY"], codes["UIDNEXT"], messages
            self.by_observer("UNSELECT", rng)  # a deleted mailbox would end the connection
        return found

    def compare(self):
        found = self.look()
        names = {n for n, m in self.account.mailboxes.items() if m is not None}
        expect({n for n, m in found.items() if m} == names, lambda: f"there are {sorted(found)}, not {sorted(names)}")
        for name in names:
            uidvalidity, uidnext, messages = found[name]
            box = self.account.mailboxes[name]
            mailbox.learn_counters(box, uidvalidity, uidnext, None)
            expect(list(messages) == box.uids(), lambda: f"{name} has {list(messages)}, it should have {box.uids()}")
            for uid, items in messages.items():
                check = box.messages[uid]
                check_message(check, items)
                box.saw_mod_sequence(check, items["MODSEQ"])

    def adopt(self):
        """Takes the server's word, where it had a choice; messages that were known must be the same."""
        found = self.look()
        subscribed = self.by_observer('LSUB "" *', random.Random(1))
        self.account.subscribed = {r.value[2].decode() for r in subscribed if r.name == "LSUB"}
        for box in self.account.mailboxes.values():
            if box is not None and box.uidvalidity is not None:
                self.by_uidvalidity[box.uidvalidity] = box
        self.account.mailboxes = {name: told and self.adopted(*told) for name, told in found.items()}
        there = set(map(id, self.account.mailboxes.values()))
        for box in self.by_uidvalidity.values():
            box.deleted = id(box) not in there
        self.uncertain = False

    def adopted(self, uidvalidity, uidnext, messages):
        box = self.by_uidvalidity.setdefault(uidvalidity, Mailbox())
        box.uidvalidity, box.uidnext = uidvalidity, uidnext
        for uid in [u for u in box.messages if u not in messages]:
            del box.messages[uid]
        for uid, items in messages.items():
            known = box.messages.get(uid) or Message(uid, (), size=items["RFC822.SIZE"], date=items["INTERNALDATE"])
            known.flags = set(items["FLAGS"]) - {"\\Recent"}
            known.mod_sequence = items["MODSEQ"]
            box.highest = max(box.highest, items["MODSEQ"])
            box.messages[uid] = known
        box.messages = dict(sorted(box.messages.items()))
        return box

    def settle(self, clients, rng):
        """After something that the model did not follow: it looks, and these must know what there is after a NOOP."""
        if self.uncertain:
            self.adopt()
        for c in clients:
            if c.socket is None:
                continue
            view = c.session.view
            box = self.by_uidvalidity.get(view.uidvalidity) if view else None
            if view and (box is None or box.deleted):
                c.close()
                continue
            c.mailbox, c.view, c.saved = box, None, None
            c.read_only = bool(view) and view.read_only
            try:
                c.run([mailbox.noop(self, c, rng)], rng)
            except Gone:
                self.gone(c)

    def reset(self):
        """An account with an empty INBOX and nothing else."""
        rng = random.Random(2)
        names = {r.value[2].decode() for r in self.by_observer('LIST "" *', rng) if r.name == "LIST"}
        for name in sorted(names - {"INBOX"}, reverse=True):  # children first
            self.by_observer("DELETE " + quoted(in_utf7(name)), rng)
        for r in self.by_observer('LSUB "" *', rng):
            if r.name == "LSUB":
                self.by_observer("UNSUBSCRIBE " + quoted(in_utf7(r.value[2].decode())), rng)
        self.by_observer("SELECT INBOX", rng)
        self.by_observer("UID STORE 1:* +FLAGS.SILENT (\\Deleted)", rng)
        self.by_observer("EXPUNGE", rng)
        self.by_observer("UNSELECT", rng)
        self.uncertain = True
        self.adopt()

    def cache_for(self, name):
        box = self.account.mailboxes.get(name)
        return self.caches.get(box.uidvalidity) if box else None

    def keep_cache(self, c):
        """What a client that goes away would keep."""
        view = c.session.view if c.socket is not None else None
        if view is None or "QRESYNC" not in c.session.enabled or c.pending or view.uidvalidity is None:
            return
        if all(e.uid is not None and e.flags is not None for e in view.entries):
            self.caches[view.uidvalidity] = Cache(c)

    def close(self):
        for c in self.clients + [self.observer]:
            self.commands += c.session.commands if hasattr(c, "session") else 0
            c.close()
