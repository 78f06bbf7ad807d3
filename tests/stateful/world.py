"""One episode: a user's account, its model, the connections to it, and what is done to them, all from one seed."""

import random

import acl_commands as acls
import arriving
import list_commands as lists
import mailbox_commands as mailbox
import message_commands as message
import metadata_commands as metadata
import quotas
import search_commands as searches
import sort_commands as sorts
import sorting
from checks import check_message
from client import Client, Gone
from content import Content
from model import Account, Mailbox, Message, expect
from operation import Operation, answered, in_utf7, quoted
from watcher import Watcher

USER = "fuzz"
# What a server must allow. The section [imap] is the last one.
SETTINGS = """
[limits]
connections_per_block_max = 1000
[imap]
administrators = ["guest"]
bad_commands_max = 1000
login_ms_max = 600000
"""
CLIENTS = 4
WATCHERS = 2
STORM_CLIENTS = 3
BATCH_COMMANDS_MAX = 10
# name of a generator: how often
ANYWHERE = {mailbox.noop: 6, mailbox.plain: 1, mailbox.create: 2, mailbox.delete: 1, mailbox.rename: 1.2,
            mailbox.subscribe: 1, mailbox.select: 3, lists.listing: 2, lists.status: 2, arriving.append: 7,
            metadata.set_metadata: 1, metadata.get_metadata: 1, acls.set_acl: 2, acls.look_at_acl: 0.7, quotas.look_at_quota: 0.5}
SELECTED = {mailbox.close: 0.7, message.fetch: 8, message.fetch_part: 1, message.store: 9, message.expunge: 4,
            message.copy: 4, message.batches: 0.5, arriving.replace: 2, searches.search: 6, sorts.sort: 3, sorts.thread: 2}
ALL_ITEMS = "FLAGS MODSEQ RFC822.SIZE INTERNALDATE EMAILID THREADID SAVEDATE"


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


def all_flags(view):
    """{UID: flags}, where the client knows them all; else None."""
    known = view.by_uid or {e.uid: e for e in view.entries}
    complete = len(known) == len(view.entries) and all(u is not None and e.flags is not None for u, e in known.items())
    return {uid: known[uid].flags for uid in sorted(known)} if complete else None


class Cache:
    """What a QRESYNC client had when it went away."""

    def __init__(self, c):
        view = c.session.view
        self.uidvalidity, self.mod_sequence = view.uidvalidity, c.claim
        self.flags = {uid: flags - {"\\Recent"} for uid, flags in all_flags(view).items()}

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
            if r.name in ("FETCH", "UIDFETCH"):
                flags[r.value.get("UID", r.number)] = r.value["FLAGS"] - {"\\Recent"}
        there = {uid for uid in selected.messages if not just_known or uid in self.flags}
        expect(set(flags) == there,
               lambda: f"resynchronised from MODSEQ {self.mod_sequence} the client knows {sorted(flags)}, there are "
                       f"{sorted(there)}")
        for uid, told in flags.items():
            expect(set(told) == selected.messages[uid].flags,
                   lambda: f"resynchronised from MODSEQ {self.mod_sequence}: UID {uid} has flags {set(told)}, not "
                           f"{selected.messages[uid].flags}")


def questions_of(name):
    on_wire = quoted(in_utf7(name))  # UNSELECT: a deleted mailbox would end the connection
    return [f"EXAMINE {on_wire}", f"UID FETCH 1:* ({ALL_ITEMS})", "UNSELECT",
            f"GETMETADATA (DEPTH infinity) {on_wire} (/private /shared)", f"GETACL {on_wire}"]


class Seen:
    """A mailbox, as the observer found it."""

    def __init__(self, attributes):
        self.use = next((u for u in mailbox.USES if u.lower() in attributes), None)
        self.codes, self.messages, self.annotations, self.exists, self.acl = {}, {}, {}, 0, None

    def take(self, told):
        self.codes |= {r.code: r.value for r in told if r.code}
        self.exists = next((r.number for r in told if r.name == "EXISTS"), self.exists)
        fetched = {r.value["UID"]: r.value for r in told if r.name == "FETCH"}
        self.messages = dict(sorted((self.messages | fetched).items()))
        self.annotations |= {e: v for e, v in metadata.values_told(told).items() if v is not None}
        self.acl = next((acls.acl_of(r, USER) for r in told if r.name == "ACL"), self.acl)


class World:
    def __init__(self, server, password, limit=None, private_seen=False):
        self.server, self.user, self.password = server, USER, password
        self.limit = limit  # MESSAGELIMIT
        self.private_seen = private_seen  # guests have a \\Seen of their own
        self.trace = []
        self.account = Account()
        self.by_uidvalidity = {}
        self.caches = {}
        self.serial = 0
        self.made = set()  # the messages that were made up
        self.uncertain = False  # the server chose; the model must look
        self.clients = [Client(n, self) for n in range(1, CLIENTS + 1)]
        self.watchers = [Watcher(CLIENTS + n, self) for n in range(1, WATCHERS + 1)]
        self.guest = acls.Guest(CLIENTS + WATCHERS + 1, self)
        self.observer = Client(0, self)
        self.commands = 0

    def new_serial(self):
        self.serial += 1
        return self.serial

    def everybody(self):
        return self.clients + self.watchers + [self.guest, self.observer]

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
        self.open(c, rng)
        self.begin(c, rng)

    def open(self, c, rng):
        c.connect(tls=rng.random() < 0.03)
        if rng.random() < 0.03 and not c.session.tls:
            self.simple(c, "STARTTLS", rng)
            c.wrap()

    def begin(self, c, rng):
        self.log_in(c, rng)
        if rng.random() < 0.5:
            c.run([mailbox.enable(self, c, rng)], rng)
        if rng.random() < 0.9:
            c.run([mailbox.select(self, c, rng)], rng)

    def log_in(self, c, rng):
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

    def by_observer(self, text):
        return self.ask([text])[0]

    def ask(self, texts):
        """Of the observer, all at once: what was told with each."""
        rng, answers = random.Random(1), [[] for _ in texts]
        if self.observer.socket is None:
            self.open(self.observer, rng)
            self.log_in(self.observer, rng)

        def keep(told):
            def finish(command, response):
                answered(response, "OK")
                told.extend(command.told)
            return finish

        kept, self.uncertain = self.uncertain, False
        try:
            self.observer.run([Operation(text, keep(told)) for text, told in zip(texts, answers)], rng)
        finally:
            self.uncertain = kept
        return answers

    def look(self):
        """{name: Seen, or None}, through a connection of its own."""
        found = {}
        for r in self.by_observer('LIST "" * RETURN (SPECIAL-USE)'):
            if r.name == "LIST":
                attributes = {a.lower() for a in r.value[0]}
                found[r.value[2].decode()] = None if attributes & {"\\noselect", "\\nonexistent"} else Seen(attributes)
        questions = [(name, text) for name, seen in found.items() if seen for text in questions_of(name)]
        for (name, _), told in zip(questions, self.ask([text for _, text in questions])):
            found[name].take(told)
        for name, seen in found.items():
            if seen:
                self.look_at_the_rest(name, seen)
        return found

    def look_at_the_rest(self, name, seen):
        """Of messages that are new, what they say; and what a limit left out."""
        examine = f"EXAMINE {quoted(in_utf7(name))}"
        while self.limit and seen.messages and len(seen.messages) < seen.exists:
            rest = f"UID FETCH 1:{min(seen.messages) - 1} ({ALL_ITEMS})"
            seen.take([r for told in self.ask([examine, rest, "UNSELECT"]) for r in told])
        unknown = [u for u, items in seen.messages.items() if items["EMAILID"] not in self.account.contents]
        bodies = {}
        while set(unknown) - set(bodies):
            missing = ",".join(str(u) for u in unknown if u not in bodies)
            told = self.ask([examine, f"UID FETCH {missing} (BODY.PEEK[])", "UNSELECT"])[1]
            bodies |= {r.value["UID"]: r.value["BODY[]"] for r in told if r.name == "FETCH"}
        for uid, body in bodies.items():
            # What noise damaged and what was catenated unseen is anything; a NUL is told as the server chooses.
            content = Content(body) if body in self.made else Content(size=len(body))
            self.account.saw_email_id(content, seen.messages[uid]["EMAILID"])

    def compare(self):
        found = self.look()
        names = {n for n, m in self.account.mailboxes.items() if m is not None}
        expect({n for n, m in found.items() if m} == names, lambda: f"there are {sorted(found)}, not {sorted(names)}")
        for name in names:
            self.compare_mailbox(name, found[name], self.account.mailboxes[name])

    def compare_mailbox(self, name, seen, box):
        lists.learn_counters(box, seen.codes["UIDVALIDITY"], seen.codes["UIDNEXT"], None)
        self.account.saw_object_id(box, seen.codes["MAILBOXID"])
        expect(list(seen.messages) == box.uids(), lambda: f"{name} has {list(seen.messages)}, it should have {box.uids()}")
        expect(seen.use == box.use, lambda: f"{name} is {seen.use}, it should be {box.use}")
        metadata.check_values(seen.annotations, box.annotations)
        acls.check_acl(box, seen.acl)
        for uid, items in seen.messages.items():
            check_message(self.account, box.messages[uid], items)
            box.saw_mod_sequence(box.messages[uid], items["MODSEQ"])

    def adopt(self):
        """Takes the server's word, where it had a choice; messages that were known must be the same."""
        found = self.look()
        subscribed, told = self.ask(['LSUB "" *', 'GETMETADATA (DEPTH infinity) "" (/private /shared)'])
        self.account.subscribed = {r.value[2].decode() for r in subscribed if r.name == "LSUB"}
        self.account.annotations = {e: v for e, v in metadata.values_told(told).items() if v is not None}
        for box in self.account.mailboxes.values():
            if box is not None and box.uidvalidity is not None:
                self.by_uidvalidity[box.uidvalidity] = box
        self.account.mailboxes = {name: seen and self.adopted(seen) for name, seen in found.items()}
        there = set(map(id, self.account.mailboxes.values()))
        for box in self.by_uidvalidity.values():
            box.deleted = id(box) not in there
        self.uncertain = False
        for watcher in self.watchers:
            watcher.nothing_is_foretold()

    def adopted(self, seen):
        box = self.by_uidvalidity.setdefault(seen.codes["UIDVALIDITY"], Mailbox())
        box.uidvalidity, box.uidnext = seen.codes["UIDVALIDITY"], seen.codes["UIDNEXT"]
        box.use, box.annotations, box.acl = seen.use, seen.annotations, seen.acl
        expect(box.object_id in (None, seen.codes["MAILBOXID"]), "another MAILBOXID")
        box.object_id = seen.codes["MAILBOXID"]
        known = {uid: box.messages.get(uid) or self.adopted_message(uid, items) for uid, items in seen.messages.items()}
        box.messages = known
        for uid, items in seen.messages.items():
            known[uid].flags = set(items["FLAGS"]) - {"\\Recent"}
            check_message(self.account, known[uid], items)
            known[uid].mod_sequence = items["MODSEQ"]
            box.highest = max(box.highest, items["MODSEQ"])
        return box

    def adopted_message(self, uid, items):
        saved = sorting.instant(items["SAVEDATE"])
        message = Message(uid, (), self.account.contents[items["EMAILID"]], items["INTERNALDATE"], (saved, saved))
        message.guest_seen = None  # a copy, perhaps
        return message

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
            c.mailbox, c.view, c.saved = c.own(box), None, None
            c.read_only = bool(view) and view.read_only
            try:
                c.run([mailbox.noop(self, c, rng)], rng)
            except Gone:
                self.gone(c)

    def reset(self):
        """An account with an empty INBOX and nothing else."""
        names = {r.value[2].decode() for r in self.by_observer('LIST "" *') if r.name == "LIST"}
        subscribed = {r.value[2].decode() for r in self.by_observer('LSUB "" *') if r.name == "LSUB"}
        private = [entry for entry in metadata.ENTRIES if entry.startswith("/private")]
        self.ask([f"DELETE {quoted(in_utf7(name))}" for name in sorted(names - {"INBOX"}, reverse=True)] +  # children first
                 [f"UNSUBSCRIBE {quoted(in_utf7(name))}" for name in subscribed] +
                 [f"SETMETADATA {name} ({' '.join(entry + ' NIL' for entry in entries)})"
                  for name, entries in (('""', private), ("INBOX", metadata.ENTRIES))])
        left = None
        while left != 0:  # a limit may stand for STORE, never for EXPUNGE
            told = self.ask(["SELECT INBOX", "UID STORE 1:* +FLAGS.SILENT (\\Deleted)", "EXPUNGE", "UNSELECT",
                             "STATUS INBOX (MESSAGES)"])
            left = told[-1][0].value[1]["MESSAGES"]
        self.guest.limit({}, random.Random(1))
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
        if all_flags(view) is not None:
            self.caches[view.uidvalidity] = Cache(c)

    def close(self):
        for c in self.everybody():
            self.commands += c.session.commands if hasattr(c, "session") else 0
            c.close()
