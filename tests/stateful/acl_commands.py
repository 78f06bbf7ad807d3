"""ACL (RFC 4314): what the owner grants, and what somebody else can do with it."""

import time

from arriving import arrived
from checks import check_message
from client import Client
from content import Content, some_message
from model import expect
from operation import Operation, answered, in_utf7, quoted, some_name, wire_name

RIGHTS = "lrswipkxtea"
OWNERS = frozenset(RIGHTS)
GUEST = "guest"
IDENTIFIERS = [GUEST, GUEST, "anyone", "-guest"]


def real(rights):
    """Without the virtual ones, "c" and "d"."""
    return frozenset(rights) & OWNERS


def some_rights(rng):
    if rng.random() < 0.3:
        return rng.choice(["", "l", "lr", "lrs", "lrswi", "lrswipkxtea"])
    return "".join(rng.sample(RIGHTS, rng.randint(0, 5)))


def set_acl(world, c, rng):
    """The owner's own rights are left alone."""
    name, identifier = some_name(world, rng), rng.choice(IDENTIFIERS)
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
    """Another user, who sees the mailboxes under "Other Users/"."""


    def visit(self, rng):
        if self.socket is None:
            self.connect()
            self.world.simple(self, f"LOGIN {GUEST} {self.world.password}", rng)
        if "ACL" not in self.session.capabilities:
            return
        self.check_list(rng)
        for act in rng.sample([self.check_rights, self.check_status, self.open_mailbox, self.bring], 2):
            names = [n for n, m in self.world.account.mailboxes.items() if m and m.acl is not None]
            if names:
                name = rng.choice(names)
                act(name, rights_of_guest(self.world.account.mailboxes[name]), rng)

    def path(self, name):
        return quoted(in_utf7(f"Other Users/{self.world.user}/{name}"))

    def ask(self, text, rng, pieces=None):
        """(what was told, the tagged response)"""
        answer = []
        self.run([Operation(text, lambda command, response: answer.extend([command.told, response]), pieces)], rng)
        return answer

    def check_list(self, rng):
        """RFC 4314 4: with "l", and with nothing else, it is there."""
        told, response = self.ask(f"LIST \"\" {quoted(f'Other Users/{self.world.user}/*')}", rng)
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
        told, response = self.ask(f"STATUS {self.path(name)} (MESSAGES UIDVALIDITY)", rng)
        answered(response, "OK" if "r" in rights else "NO")
        for r in told:
            if r.name == "STATUS":
                count = len(self.world.account.mailboxes[name].messages)
                expect(r.value[1]["MESSAGES"] == count, lambda: f"STATUS {r.value[1]}, there are {count}")

    def open_mailbox(self, name, rights, rng):
        box = self.world.account.mailboxes[name]
        told, response = self.ask(f"{rng.choice(['SELECT', 'EXAMINE'])} {self.path(name)}", rng)
        answered(response, "OK" if "r" in rights else "NO")
        if response.name == "OK":
            self.check_messages(box, rng)
            self.ask("UNSELECT", rng)

    def check_messages(self, box, rng):
        told, response = self.ask("UID FETCH 1:* (FLAGS RFC822.SIZE EMAILID BODY.PEEK[HEADER])", rng)
        answered(response, "OK")
        found = {r.value["UID"]: r.value for r in told if r.name == "FETCH"}
        there = sorted(found)
        expect(self.world.limit or there == box.uids(), lambda: f"the guest finds {there}, there are {box.uids()}")
        for uid, items in found.items():
            check_message(self.world.account, box.messages[uid], items)

    def bring(self, name, rights, rng):
        """APPEND needs "i", and without it no literal is worth sending."""
        body, started = some_message(self.world.new_serial(), rng), time.time()
        self.world.made.add(body)
        pieces = [f"APPEND {self.path(name)} {{{len(body)}+}}\r\n".encode(), body, b"\r\n"]
        _, response = self.ask("", rng, pieces)
        answered(response, "OK" if "i" in rights else "NO")
        if response.name != "OK":
            return
        box = self.world.account.mailboxes[name]
        if response.code == "APPENDUID":
            arrived(self.world, box, response.value, [(Content(body), set(), None)], started)
        else:
            self.world.uncertain = True
