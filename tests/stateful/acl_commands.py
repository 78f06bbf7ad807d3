"""ACL (RFC 4314): what the owner grants, and what somebody else can do with it."""

import time

import message_commands as message
from arriving import arrived
from checks import check_message
from client import Client
from content import Content, some_message
from list_commands import learn_counters
from mailbox_commands import noop
from model import OWNERS, RIGHTS, expect
from operation import Operation, answered, in_utf7, quoted, some_name, wire_name
from own_seen import OwnView
from quotas import check_told, exceeds, set_quota, some_limits, verdicts

GUEST = "guest"
IDENTIFIERS = [GUEST, GUEST, "anyone", "-guest"]


def real(rights):
    """Without the virtual ones, "c" and "d"."""
    return frozenset(rights) & OWNERS


def some_rights(rng):
    if rng.random() < 0.7:
        return rng.choice(["", "l", "lr", "lrs", "lrswi", "lrswite", "lrswite", "lrte", "lrit", "lrwie", "lrswipkxtea"])
    return "".join(rng.sample(RIGHTS, rng.randint(0, 5)))


def set_acl(world, c, rng):
    """The owner's own rights are left alone."""
    name, identifier = some_name(world, rng), rng.choice(IDENTIFIERS)
    if world.guest.mailbox is not None and rng.random() < 0.3:
        name = world.account.name_of(world.guest.mailbox.box) or name
    how, rights = rng.choice(["", "", "+", "-"]), some_rights(rng)
    deletes = rng.random() < 0.2
    words = f"DELETEACL {wire_name(c, name, rng)} {identifier}" if deletes else (
        f"SETACL {wire_name(c, name, rng)} {identifier} {quoted(how + rights)}")

    def finish(command, response):
        box = world.account.mailboxes.get(name)
        if box is None and name in world.account.mailboxes:
            answered(response, "OK", "NO")  # a name that cannot be selected
            return c.absorb(command)
        answered(response, "NO" if box is None else "OK")
        if box is not None and box.acl is not None:
            before = box.acl.pop(identifier, frozenset())
            new = {"": frozenset(rights), "+": before | set(rights), "-": before - set(rights)}[how]
            if new and not deletes:
                box.acl[identifier] = new
        c.absorb(command)

    return Operation(words, finish)


def look_at_acl(world, c, rng):
    """What the owner sees of it."""
    name = some_name(world, rng)
    verb = rng.choice(["GETACL", "MYRIGHTS", "LISTRIGHTS"])

    def finish(command, response):
        box = world.account.mailboxes.get(name)
        if box is None and name in world.account.mailboxes:
            answered(response, "OK", "NO")
            return c.absorb(command)
        answered(response, "NO" if box is None else "OK")
        for r in command.told:
            if r.name == "ACL":
                check_acl(box, acl_of(r, world.user))
            if r.name == "MYRIGHTS":
                expect(real(as_text(r.value[1])) == OWNERS, lambda: f"the owner's rights are {r.value[1]}")
        c.absorb(command)

    return Operation(f"{verb} {wire_name(c, name, rng)}{' ' + GUEST if verb == 'LISTRIGHTS' else ''}", finish)


def as_text(rights):
    return {chr(r) if isinstance(r, int) else r for r in (rights.decode() if isinstance(rights, bytes) else rights)}


def acl_of(response, owner):
    """{identifier: rights}, without the owner's entry."""
    entries = {(i.decode() if isinstance(i, bytes) else i): real(as_text(r)) for i, r in response.value[1].items()}
    return {i: r for i, r in entries.items() if i != owner}


def check_acl(box, told):
    """What a new mailbox takes from the one above it is the server's choice."""
    if box.acl is None:
        box.acl = told
    expect(told == box.acl, lambda: f"the rights {told}, they should be {box.acl}")


def rights_of_guest(box):
    """RFC 4314 2; None where the model does not know."""
    if box.acl is None:
        return None
    granted = box.acl.get(GUEST, frozenset()) | box.acl.get("anyone", frozenset())
    return granted - box.acl.get("-" + GUEST, frozenset())


class Guest(Client):
    """Another user, who sees the mailboxes under "Other Users/", and keeps one of them open; and who sets the quota."""

    @property
    def prefix(self):
        return f"Other Users/{self.world.user}/"

    def rights(self, mailbox):
        return rights_of_guest(mailbox)

    def own(self, mailbox):
        return OwnView(mailbox) if mailbox and self.world.private_seen else mailbox

    def visit(self, rng):
        self.arrive(rng)
        if "ACL" not in self.session.capabilities:
            return
        if self.mailbox is None:
            self.open_any(rng)
        for _ in range(rng.randint(1, 3)):
            if self.mailbox is not None and not self.world.uncertain:
                self.work(rng)
        if self.world.uncertain:
            return
        self.check_list(rng)
        acts = [self.check_rights, self.check_status, self.open_mailbox, self.bring, self.set_limits]
        for act in rng.sample(acts, 2):
            names = [n for n, m in self.world.account.mailboxes.items() if m and m.acl is not None]
            if names and not self.world.uncertain:
                name = rng.choice(names)
                act(name, rights_of_guest(self.world.account.mailboxes[name]), rng)

    def arrive(self, rng):
        if self.socket is None:
            self.connect()
            self.world.simple(self, f"LOGIN {GUEST} {self.world.password}", rng)
            if rng.random() < 0.3 and "CONDSTORE" in self.session.capabilities:
                self.world.simple(self, "ENABLE CONDSTORE", rng)

    def path(self, name):
        return quoted(in_utf7(self.prefix + name))

    def ask(self, text, rng, pieces=None, then=None):
        """(what was told, the tagged response). `then(response)` comes before what was told is looked at."""
        answer = []

        def finish(command, response):
            answer.extend([command.told, response])
            if then:
                then(response)
            self.absorb(command)

        self.run([Operation(text, finish, pieces)], rng)
        return answer

    # With a mailbox open.

    def work(self, rng):
        """With the rights as they are by now."""
        rights = self.rights(self.mailbox)
        if self.mailbox.deleted or rights is None or "r" not in rights:
            return self.lose(rng)
        acts = rng.choices(list(WORK), list(WORK.values()), k=rng.randint(1, 6))
        self.run([act(self.world, self, rng) for act in acts], rng)
        return None

    def lose(self, rng):
        """RFC 4314 5.1.1: without "r" it closes, whatever is asked; one that was deleted ends the connection."""
        text = rng.choice(["NOOP", "FETCH 1:* FLAGS", "UID STORE 1:* +FLAGS (\\Seen)", "UID COPY 1:* INBOX"])
        _, response = self.ask(text, rng, then=lambda _: self.select(None))
        answered(response, *(["OK"] if text == "NOOP" else ["NO", "BAD"]))
        expect(self.session.view is None, "a mailbox that may not be read is still open")

    def open_any(self, rng):
        """One that may be read."""
        rights = {n: rights_of_guest(m) for n, m in self.world.account.mailboxes.items() if m}
        names = [n for n, r in rights.items() if r and "r" in r]
        if names:
            name = rng.choice(names)
            self.open_mailbox(name, rights[name], rng)

    def close_mailbox(self, rng):
        if self.mailbox is not None:
            self.ask("UNSELECT", rng, then=lambda _: self.select(None))

    # Without.

    def check_list(self, rng):
        """RFC 4314 4: with "l", and with nothing else, it is there."""
        told, response = self.ask(f"LIST \"\" {quoted(self.prefix + '*')}", rng)
        answered(response, "OK")
        listed = {r.value[2].decode().split("/", 2)[2] for r in told
                  if r.name == "LIST" and not {a.lower() for a in r.value[0]} & {"\\noselect", "\\nonexistent"}}
        for name, box in self.world.account.mailboxes.items():
            rights = rights_of_guest(box) if box else None
            if rights is not None:
                expect((name in listed) == ("l" in rights), lambda: f"with {set(rights)} LIST has {listed}: {name!r}?")

    def check_rights(self, name, rights, rng):
        told, response = self.ask(f"MYRIGHTS {self.path(name)}", rng)
        if rights & set("lrikxa"):
            answered(response, "OK")
        for r in told:
            if r.name == "MYRIGHTS":
                found = real(as_text(r.value[1]))
                expect(found == rights, lambda: f"the guest's rights on {name!r} are {found}, they should be {rights}")

    def check_status(self, name, rights, rng):
        told, response = self.ask(f"STATUS {self.path(name)} (MESSAGES UNSEEN UIDVALIDITY)", rng)
        answered(response, "OK" if "r" in rights else "NO")
        for r in told:
            if r.name == "STATUS":
                messages = self.own(self.world.account.mailboxes[name]).messages.values()
                count = len(messages)
                expect(r.value[1]["MESSAGES"] == count, lambda: f"STATUS {r.value[1]}, there are {count}")
                unseen = sum("\\Seen" not in m.flags for m in messages)
                known = not self.world.private_seen or all(m.guest_seen is not None for m in messages)
                expect(not known or r.value[1]["UNSEEN"] == unseen, lambda: f"STATUS {r.value[1]}, {unseen} are unseen")

    def open_mailbox(self, name, rights, rng):
        box = self.world.account.mailboxes[name]
        self.close_mailbox(rng)
        _, response = self.ask(f"{rng.choice(['SELECT', 'SELECT', 'EXAMINE'])} {self.path(name)}", rng)
        answered(response, "OK" if "r" in rights else "NO")
        if response.name != "OK":
            return
        view = self.session.view
        highest = None if self.world.private_seen else view.highest  # his own counts there
        learn_counters(box, view.uidvalidity, view.uidnext, highest)
        self.select(box)
        self.check_messages(self.mailbox, rng)
        if rng.random() < 0.3:
            self.close_mailbox(rng)

    def check_messages(self, box, rng):
        told, response = self.ask("UID FETCH 1:* (FLAGS RFC822.SIZE EMAILID BODY.PEEK[HEADER])", rng)
        answered(response, "OK")
        found = {r.value["UID"]: r.value for r in told if r.name == "FETCH"}
        there = sorted(found)
        expect(self.world.limit or there == box.uids(), lambda: f"the guest finds {there}, there are {box.uids()}")
        for uid, items in found.items():
            box.learn(uid, items["FLAGS"])
            check_message(self.world.account, box.messages[uid], items)

    def bring(self, name, rights, rng):
        """APPEND needs "i", and without it no literal is worth sending."""
        body, started = some_message(self.world.new_serial(), rng), time.time()
        self.world.made.add(body)
        pieces = [f"APPEND {self.path(name)} {{{len(body)}+}}\r\n".encode(), body, b"\r\n"]
        box = self.world.account.mailboxes[name]

        def then(response):
            over = exceeds(self.world.account, [len(body)])
            answered(response, *(verdicts(over) if "i" in rights else ["NO"]))
            if response.code == "APPENDUID":
                arrived(self.world, box, response.value, [(Content(body), set(), None)], started)
            elif response.name == "OK":
                self.world.uncertain = True

        self.ask("", rng, pieces, then)

    # As an administrator.

    def set_limits(self, name, rights, rng):  # pylint: disable=unused-argument
        account = self.world.account
        self.limit({} if account.limits or rng.random() < 0.3 else some_limits(account, rng), rng)

    def limit(self, limits, rng):
        self.arrive(rng)
        if "QUOTASET" not in self.session.capabilities:
            return
        told, response = self.ask(set_quota(limits, self.world.user), rng)
        answered(response, "OK")
        self.world.account.limits = limits
        check_told(self.world.account, told)


WORK = {noop: 3, message.fetch: 4, message.fetch_part: 1, message.store: 6, message.expunge: 2, message.copy: 4}
