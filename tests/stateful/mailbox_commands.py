"""Commands about mailboxes: LIST, STATUS, CREATE, DELETE, RENAME, SELECT, APPEND, and those about nothing."""

from client import WAIT
from model import Message, expect
from operation import NAMES, Operation, answered, expand, some_flags, some_name, wire_name

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def noop(world, c, rng):
    def finish(command, response):
        answered(response, "OK")
        c.absorb(command)
        if c.mailbox:
            c.check_view()

    return Operation("NOOP", finish)


def plain(world, c, rng):
    text = rng.choice(["CHECK", "CAPABILITY", "NAMESPACE", 'ID ("name" "fuzz")', "ID NIL"])

    def finish(command, response):
        answered(response, "OK" if c.mailbox or text != "CHECK" else "BAD")
        c.absorb(command)

    return Operation(text, finish)


def enable(world, c, rng):
    names = [n for n in ("CONDSTORE", "QRESYNC", "UTF8=ACCEPT", "IMAP4rev2") if n.upper() in c.session.capabilities]
    text = "ENABLE " + " ".join(rng.sample(names, rng.randint(1, len(names))) + rng.sample(["X-NO"], rng.randint(0, 1)))

    def finish(command, response):
        # RFC 5161 3.1 has ENABLE in the authenticated state; some servers allow it later as well.
        answered(response, "OK", "BAD")
        c.absorb(command)

    return Operation(text, finish)


def create(world, c, rng):
    name, account = rng.choice(NAMES), world.account

    def finish(command, response):
        answered(response, "NO" if account.mailboxes.get(name) is not None else "OK")
        if response.name == "OK":
            account.create(name)
        c.absorb(command)

    return Operation(f"CREATE {wire_name(c, name, rng)}", finish)


def delete(world, c, rng):
    name, account = rng.choice(NAMES), world.account

    def finish(command, response):
        mailbox = account.mailboxes.get(name)
        if name in account.mailboxes and mailbox is None:
            answered(response, "OK", "NO")
            expect(not (account.children(name) and response.name == "OK"), "a name with children was deleted twice")
            if response.name == "OK":
                del account.mailboxes[name]
        else:
            answered(response, "NO" if name == "INBOX" or mailbox is None else "OK")
            if response.name == "OK":
                account.delete(name)
        if c.session.view is None:  # it was the selected one
            c.select(None)
        c.absorb(command)

    return Operation(f"DELETE {wire_name(c, name, rng)}", finish)


def rename(world, c, rng):
    old, new, account = some_name(world, rng), rng.choice(NAMES), world.account

    def finish(command, response):
        mailboxes = account.mailboxes
        targets = [new + n[len(old):] for n in [old] + account.children(old)]
        if old not in mailboxes or mailboxes.get(new) is not None:
            answered(response, "NO")
        elif old == "INBOX" or mailboxes[old] is None or new.startswith(old + "/") or set(targets) & set(mailboxes):
            answered(response, "OK", "NO")
            world.uncertain = True
        else:
            answered(response, "OK")
            account.rename(old, new)
        c.absorb(command)

    return Operation(f"RENAME {wire_name(c, old, rng)} {wire_name(c, new, rng)}", finish)


def subscribe(world, c, rng):
    name, account = rng.choice(NAMES), world.account
    add = rng.random() < 0.6

    def finish(command, response):
        if add:
            answered(response, "OK", *([] if account.mailboxes.get(name) is not None else ["NO"]))
        else:
            answered(response, "OK", *([] if name in account.subscribed else ["NO"]))
        if response.name == "OK":
            (account.subscribed.add if add else account.subscribed.discard)(name)
        c.absorb(command)

    return Operation(f"{'' if add else 'UN'}SUBSCRIBE {wire_name(c, name, rng)}", finish)


def listing(world, c, rng):
    text, kind = rng.choice([
        ('LIST "" *', "all"), ('LIST "" "*" RETURN (CHILDREN SUBSCRIBED)', "all"), ('LIST "" %', "top"),
        ('LIST (SUBSCRIBED) "" *', "subscribed"), ('LSUB "" *', "subscribed"),
        ('LIST "" (A* B*) RETURN (STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY))', "a or b")])

    def finish(command, response):
        answered(response, "OK")
        told = {r.value[2].decode(): {a.lower() for a in r.value[0]} for r in command.told if r.name in ("LIST", "LSUB")}
        names = {n for n, a in told.items() if not a & {"\\noselect", "\\nonexistent"}}
        there = {n for n, m in world.account.mailboxes.items() if m is not None}
        wanted = {"all": there, "top": {n for n in there if "/" not in n},
                  "a or b": {n for n in there if n[0] in "AB"}}.get(kind)
        if kind == "subscribed":
            names, wanted = set(told), world.account.subscribed
        expect(names == wanted, lambda: f"{text} named {names}, there are {wanted}")
        for r in command.told:
            if r.name == "STATUS":
                check_status(world.account.mailboxes[r.value[0].decode()], r.value[1])
        c.absorb(command)

    return Operation(text, finish)


def status(world, c, rng):
    items = rng.sample(["MESSAGES", "UNSEEN", "UIDNEXT", "UIDVALIDITY", "SIZE"], rng.randint(1, 5))
    if rng.random() < 0.2:
        items.append("HIGHESTMODSEQ")
    name = some_name(world, rng)

    def finish(command, response):
        mailbox = world.account.mailboxes.get(name)
        answered(response, "OK" if mailbox else "NO")
        for r in command.told:
            if r.name == "STATUS":
                check_status(mailbox, r.value[1])
        c.absorb(command)

    return Operation(f"STATUS {wire_name(c, name, rng)} ({' '.join(items)})", finish)


def check_status(mailbox, items):
    messages = mailbox.messages.values()
    exact = {"MESSAGES": len(messages), "UNSEEN": sum("\\Seen" not in m.flags for m in messages)}
    if all(m.size is not None for m in messages):
        exact["SIZE"] = sum(m.size for m in messages)
    for name, value in exact.items():
        expect(items.get(name, value) == value, lambda: f"STATUS {name} {items[name]}, it is {value}")
    learn_counters(mailbox, items.get("UIDVALIDITY"), items.get("UIDNEXT"), items.get("HIGHESTMODSEQ"))


def learn_counters(mailbox, uidvalidity, uidnext, highest):
    if uidvalidity is not None:
        expect(mailbox.uidvalidity in (None, uidvalidity), "another UIDVALIDITY")
        mailbox.uidvalidity = uidvalidity
    if uidnext is not None:
        expect(uidnext >= mailbox.uidnext, lambda: f"UIDNEXT {uidnext}, after {mailbox.uidnext}")
        mailbox.uidnext = uidnext
    if highest is not None:
        expect(highest >= mailbox.highest, lambda: f"HIGHESTMODSEQ {highest}, after {mailbox.highest}")
        mailbox.highest = highest


def select(world, c, rng):
    name, verb = some_name(world, rng), rng.choice(["SELECT", "SELECT", "EXAMINE"])
    cache = world.cache_for(name) if "QRESYNC" in c.session.enabled and rng.random() < 0.7 else None
    parameter = " (CONDSTORE)" if rng.random() < 0.2 else ""
    known_uids = cache.known_uids(rng) if cache else ""
    if cache:
        parameter = f" (QRESYNC ({cache.uidvalidity} {cache.mod_sequence}{known_uids}))"

    def finish(command, response):
        mailbox = world.account.mailboxes.get(name)
        answered(response, "OK" if mailbox else "NO")
        if not mailbox:
            return c.select(None)
        view = c.session.view
        expect(len(view.entries) == len(mailbox.messages),
               lambda: f"{len(view.entries)} EXISTS, there are {mailbox.uids()}")
        learn_counters(mailbox, view.uidvalidity, view.uidnext, view.highest)
        c.select(mailbox)
        for r in command.told:
            if r.name == "FETCH":
                c.told_fetch(r)
        if cache:
            cache.check(mailbox, command, bool(known_uids))

    return Operation(f"{verb} {wire_name(c, name, rng)}{parameter}", finish)


def close(world, c, rng):
    verb = rng.choice(["CLOSE", "UNSELECT"])

    def finish(command, response):
        answered(response, "OK" if c.mailbox else "BAD")
        if c.mailbox and verb == "CLOSE" and not c.read_only:
            c.mailbox.remove(c.mailbox.deleted_uids())
        c.select(None)

    return Operation(verb, finish)


def new_message(world, rng):
    world.serial += 1
    header = f"From: a@example.org\r\nSubject: serial {world.serial} {rng.choice(['red', 'green', 'blue'])}\r\n"
    body = "".join(rng.choice(["word ", "line\r\n", "another "]) for _ in range(rng.choice([1, 5, 40, 400])))
    return (header + "\r\n" + body).encode()


def some_date(rng):
    return f"{rng.randint(1, 28):2}-{rng.choice(MONTHS)}-{rng.randint(1990, 2030)} 12:34:56 +0000"


def append(world, c, rng):
    name = some_name(world, rng, 0.95)
    pieces, messages = [f"APPEND {wire_name(c, name, rng)}".encode()], []
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        body, flags = new_message(world, rng), some_flags(rng)
        date = some_date(rng) if rng.random() < 0.4 else None
        head = (f" ({' '.join(flags)})" if flags or rng.random() < 0.3 else "") + (f' "{date}"' if date else "")
        waits = rng.random() < 0.2
        pieces[-1] += f"{head} {{{len(body)}{'' if waits else '+'}}}\r\n".encode()
        pieces += ([WAIT] if waits else []) + [body]
        messages.append((flags, body, f'"{date}"'.encode() if date else None))
    pieces.append(b"\r\n")

    def finish(command, response):
        mailbox = world.account.mailboxes.get(name)
        answered(response, "OK" if mailbox else "NO")
        if mailbox:
            uidvalidity, ranges = response.value
            learn_counters(mailbox, uidvalidity, None, None)
            for uid, (flags, body, date) in zip(expand(ranges), messages, strict=True):
                mailbox.add(Message(uid, flags, body, date=date))
        c.absorb(command)

    return Operation("", finish, pieces)
