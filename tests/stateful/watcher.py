"""A connection with NOTIFY (RFC 5465): what must be told without being asked for is told, and nothing else is."""

from checks import same_flags
from client import Client
from list_commands import learn_counters
from model import expect
from notify_rules import Rules
from operation import Operation, answered, some_name, wire_name

MODES = ["CONDSTORE", "QRESYNC", "UTF8=ACCEPT", "IMAP4rev2", "UIDONLY", "METADATA"]

FIRST_STATUS = {"MessageNew": {"MESSAGES", "UIDNEXT", "UIDVALIDITY"}, "FlagChange": {"UIDVALIDITY", "HIGHESTMODSEQ"}}


class Watcher(Client):
    def forget(self, tls):
        super().forget(tls)
        self.session.told_hook = self.told
        self.rules = None  # before the first NOTIFY; afterwards what it asked for
        self.rules_before = None  # while a NOTIFY is in progress: what waits may be told first
        self.counts = {}  # {mailbox: (its name then, MESSAGES and UIDNEXT as they were told last)}
        self.names = None  # the mailboxes' names, where changes of these are told
        self.subscribed = None
        self.awaited = []  # annotations of which the change must be told: (name, mailbox or None, entry)

    # What it does.

    def attend(self, rng):
        if self.world.uncertain:
            self.world.adopt()
        if self.socket is None:
            return self.begin(rng)
        if self.rules is not None:
            self.check(rng)
        acts = {self.ask: 1, self.choose_mailbox: 1, self.toggle_idle: 2, self.leave: 1, self.stay: 2}
        return rng.choices(list(acts), list(acts.values()))[0](rng)

    def begin(self, rng):
        self.world.open(self, rng)
        self.world.log_in(self, rng)
        if self.deflate is None and rng.random() < 0.3:
            self.world.simple(self, "COMPRESS DEFLATE", rng)
        modes = [m for m in rng.sample(MODES, rng.randint(0, 2)) if m.upper() in self.session.capabilities]
        if modes:
            self.world.simple(self, f"ENABLE {' '.join(modes)}", rng)
        self.choose_mailbox(rng)
        self.ask(rng)

    def leave(self, rng):
        self.close()

    def stay(self, rng):
        pass

    def toggle_idle(self, rng):
        if self.idle:
            return self.wake(rng)
        self.start([Operation("IDLE", lambda command, response: answered(response, "OK"))], rng)
        self.until(lambda: self.session.client.waiting is None)
        self.idle = True

    def wake(self, rng):
        if self.idle:
            self.idle = False
            self.queue(b"DONE\r\n")
            self.send_now(rng)
            self.until(lambda: not self.pending)

    def choose_mailbox(self, rng):
        self.wake(rng)
        if self.mailbox and rng.random() < 0.3:
            self.world.simple(self, "UNSELECT", rng)
            return self.forget_counts(None)
        name = some_name(self.world, rng, 1)
        told = self.world.simple(self, f"{rng.choice(['SELECT', 'EXAMINE'])} {wire_name(self, name, rng)}", rng)
        expect(bool(told), "SELECT told nothing")
        mailbox = self.world.account.mailboxes[name]
        learn_counters(mailbox, self.session.view.uidvalidity, self.session.view.uidnext, None)
        return self.forget_counts(mailbox)

    def forget_counts(self, selected):
        """Of the mailbox that was selected before, nothing was told as of others."""
        self.note_counts([self.mailbox, selected])
        self.select(selected)

    def ask(self, rng):
        self.wake(rng)
        if rng.random() < 0.1:
            self.rules = None
            self.world.simple(self, "NOTIFY NONE", rng)
            return
        rules, wants_status = Rules(rng), rng.random() < 0.4
        self.rules_before, self.rules = self.rules, rules
        account = self.world.account
        self.counts = {}
        self.note_counts([m for m in account.mailboxes.values() if m])
        self.names = {n for n, m in account.mailboxes.items() if m}
        self.subscribed = set(account.subscribed)
        self.awaited = []
        told = self.world.simple(self, f"NOTIFY SET {'STATUS ' if wants_status else ''}{rules.text(self, rng)}", rng)
        self.rules_before = None
        if wants_status:
            self.check_first_statuses({r.value[0].decode(): r.value[1] for r in told if r.name == "STATUS"})

    def note_counts(self, mailboxes):
        for box in mailboxes:
            if box is not None:
                self.counts[id(box)] = self.world.account.name_of(box), len(box.messages)

    def check_first_statuses(self, told):
        """RFC 5465 3.1"""
        for name, box in self.world.account.mailboxes.items():
            if box is None or box is self.mailbox:
                continue
            events = self.rules.sure_events(name)
            for event in events & set(FIRST_STATUS):
                missing = FIRST_STATUS[event] - set(told.get(name, ()))
                expect(not missing, lambda: f"STATUS of {name!r} without {missing}")

    # What it is told.

    def told(self, command, response):
        """Each untagged response, also those between commands."""
        if self.rules is None:
            return
        handler = getattr(self, "heard_" + response.name.lower(), None)
        if handler:
            handler(command, response)

    def events(self, name):
        return self.rules.events(name) | (self.rules_before.events(name) if self.rules_before else set())

    def heard_status(self, command, response):
        name, items = response.value[0].decode(), response.value[1]
        asked = self.events(name) & {"MessageNew", "MessageExpunge", "FlagChange"}
        expect(bool(asked), lambda: f"STATUS of {name!r}, and nobody asked")
        if "MESSAGES" in items:
            mailbox = self.world.by_uidvalidity.get(items.get("UIDVALIDITY"))  # known by another name before, perhaps
            for key, (known, _) in self.counts.items():
                if known == name or key == id(mailbox):
                    self.counts[key] = name, items["MESSAGES"]

    def heard_list(self, command, response):
        if command is not None and command.verb in ("SELECT", "EXAMINE"):
            return
        attributes, _, name, extended = response.value
        name, old = name.decode(), extended.get("OLDNAME", b"").decode()
        events = self.events(name) | (self.events(old) if old else set())
        expect(bool(events & {"MailboxName", "SubscriptionChange"}), lambda: f"LIST of {name!r}, and nobody asked")
        if self.names is None:
            return
        attributes = {a.lower() for a in attributes}
        if old:
            self.note_renamed(old, name)
        gone = bool(attributes & {"\\nonexistent", "\\noselect"})
        (self.names.discard if gone else self.names.add)(name)
        if not gone or "\\subscribed" in attributes:
            (self.subscribed.add if "\\subscribed" in attributes else self.subscribed.discard)(name)

    def note_renamed(self, old, new):
        """Of its children nothing is told."""
        below = {n for n in self.names if n.startswith(old + "/")} if old != "INBOX" else set()
        self.names = self.names - below - ({old} if old != "INBOX" else set())
        self.names |= {new + n[len(old):] for n in below}

    def heard_metadata(self, command, response):
        name, _, names = response.value
        name = name.decode()
        told = {n.decode().lower() for n in names or ()}
        of_server = any(rules and rules.hears_of_server() for rules in (self.rules, self.rules_before))
        asked = "MailboxMetadataChange" in self.events(name) if name else of_server
        expect(asked, lambda: f"METADATA of {name!r}, and nobody asked")
        self.awaited = [one for one in self.awaited if one[0] != name or one[2] not in told]

    def await_metadata(self, name, entries):
        """Another session set these on the mailbox of this name, or on the server ("")."""
        if self.rules is None or self.socket is None:
            return
        events = self.rules.sure_events(name) if name else set()
        if "MailboxMetadataChange" in events or not name and self.rules.hears_of_server():
            mailbox = self.world.account.mailboxes.get(name)
            self.awaited += [(name, mailbox, entry) for entry in entries]

    def nothing_is_foretold(self):
        """What else happened than the model knows need not be told of as it thinks."""
        self.awaited, self.names = [], None
        if self.rules is not None and "MessageNew" not in self.rules.events_everywhere():
            self.counts = {}  # one may have been renamed there and back

    def forget_uncovered(self):
        """After a renaming. What arrives while a mailbox has a name that was not asked about is not told of later."""
        for name, box in self.world.account.mailboxes.items():
            if id(box) in self.counts and (self.rules is None or "MessageNew" not in self.rules.sure_events(name)):
                del self.counts[id(box)]

    # What it must know by now.

    def check(self, rng):
        if self.rules.delayed and not self.idle:
            self.world.simple(self, "NOOP", rng)
        for what in (self.misses_count, self.misses_name, self.misses_metadata, self.misses_messages, self.misses_flags):
            self.until_told(what)

    def until_told(self, what):
        """`what()` is None once it is."""
        try:
            self.until(lambda: what() is None)
        except Exception as e:
            missing = what()
            raise type(e)(f"{e}; never told: {missing}") if missing else e

    def misses_count(self):
        for name, box in self.world.account.mailboxes.items():
            if box is None or box is self.mailbox or "MessageNew" not in self.rules.sure_events(name):
                continue
            known, count = self.counts.get(id(box), (None, None))
            if known == name and count != len(box.messages):
                return f"STATUS of {name!r}: {len(box.messages)} messages, not {count}"
        return None

    def misses_name(self):
        """Where all names are told of; a part of them may be left by a renaming."""
        account = self.world.account
        everywhere = self.rules.events_everywhere()
        there = {n for n, m in account.mailboxes.items() if m}
        if "MailboxName" in everywhere and self.names is not None and self.names != there:
            return f"LIST: there are {there}, not {self.names}"
        if {"MailboxName", "SubscriptionChange"} <= everywhere and self.names is not None:
            known = self.subscribed & there
            if known != account.subscribed & there:
                return f"LIST: {account.subscribed & there} are subscribed, not {known}"
        return None

    def misses_metadata(self):
        """Not of a mailbox that was renamed or deleted since: it may have been told of under its new name, or not at all."""
        there = self.world.account.mailboxes
        missing = [(name, entry) for name, mailbox, entry in self.awaited if there.get(name) is mailbox]
        return f"METADATA: {missing}" if missing else None

    def misses_messages(self):
        if self.mailbox is None or "MessageNew" not in self.rules.selected or self.mailbox.deleted:
            return None
        count, known = len(self.mailbox.messages), len(self.session.view.entries)
        return f"{count} messages, not {known}" if count != known else None

    def misses_flags(self):
        if self.mailbox is None or self.mailbox.deleted or "FlagChange" not in self.rules.selected:
            return None
        view = self.session.view
        known = list(view.by_uid.items()) or list(zip(self.mailbox.uids(), view.entries))
        for uid, entry in known:
            message = self.mailbox.messages.get(uid)
            if message is None or entry.uid not in (None, uid):
                return f"UID {uid} is not there"
            if entry.flags is not None and not same_flags(entry.flags, message.flags):
                return f"UID {uid} has flags {message.flags}, not {set(entry.flags)}"
        return None
