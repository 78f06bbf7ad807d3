"""Commands about messages: FETCH, STORE, SEARCH, EXPUNGE, COPY, MOVE, by number and by UID."""

from model import Message, expect
from operation import (FLAGS, Operation, Target, answered, expand, some_flags, some_name, some_set, wire_name)

FETCH_ITEMS = ["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "BODY", "BODY.PEEK[]", "BODY[]",
               "BODY.PEEK[HEADER]", "BODY[TEXT]", "BODY.PEEK[TEXT]<2.5>", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]", "RFC822",
               "MODSEQ", "BODY.PEEK[1]", "BODY.PEEK[1.MIME]", "BODY[3]", "PREVIEW", "EMAILID", "SAVEDATE"]
SEEING = {"BODY[]", "BODY[TEXT]", "RFC822", "BODY[3]"}


def choose(c, rng):
    """(set, by UID, "UID " or nothing); "$" where it is known what it stands for."""
    by_uid = rng.random() < 0.5
    text = "$" if c.saved is not None and rng.random() < 0.1 else some_set(c, rng, by_uid)
    return text, by_uid, "UID " if by_uid else ""


def target_of(world, c, text, by_uid, response, writes):
    """What the set names, where a command could be done; None where it must have been refused, and was."""
    if text == "$" and c.saved is None:  # a SEARCH failed meanwhile
        world.uncertain = True
        return None
    target = Target(c, text, by_uid)
    if target.bad:
        answered(response, "BAD", *(["NO"] if writes and c.read_only else []))
        return None
    if writes and c.read_only:
        answered(response, "NO")
        return None
    answered(response, "OK", *(["NO"] if target.ghosts and not by_uid else []))
    if writes and (target.untold or response.name == "NO"):
        world.uncertain = True  # RFC 2180 4 leaves it to the server
        return None
    return target


def offered(c, item):
    needs = {"PREVIEW": "PREVIEW", "EMAILID": "OBJECTID", "SAVEDATE": "SAVEDATE", "MODSEQ": "CONDSTORE"}
    return needs.get(item, "IMAP4REV1") in c.session.capabilities


def fetch(world, c, rng):
    text, by_uid, uid = choose(c, rng)
    items = [i for i in rng.sample(FETCH_ITEMS, rng.choice([1, 1, 2, 4])) if offered(c, i)] or ["FLAGS"]
    since = rng.randint(1, c.mailbox.highest + 1) if rng.random() < 0.15 else None
    modifier = f" (CHANGEDSINCE {since}{vanished(c, rng, by_uid)})" if since else ""

    def finish(command, response):
        target = target_of(world, c, text, by_uid, response, False)
        if target and not c.read_only and SEEING & set(items):
            fetched = {r.number for r in command.told if r.name == "FETCH"}
            for u in target.live:
                if since is None or c.view.index(u) + 1 in fetched:
                    c.mailbox.set_flags(u, "+", {"\\Seen"})
        if target and since is not None and not SEEING & set(items):
            check_changed(c, command, target, since)
        c.absorb(command)

    return Operation(f"{uid}FETCH {text} ({' '.join(items)}){modifier}", finish)


def vanished(c, rng, by_uid):
    return " VANISHED" if by_uid and "QRESYNC" in c.session.enabled and rng.random() < 0.5 else ""


def check_changed(c, command, target, since):
    """RFC 7162 3.1.4.1: those whose MODSEQ is above."""
    got = {c.view[r.number - 1] for r in command.told if r.name == "FETCH" and r.number <= len(c.view)}
    for uid in target.live:
        known = c.mailbox.messages[uid].mod_sequence
        expect(known is None or known <= since or uid in got, lambda: f"UID {uid}, MODSEQ {known}, is not told")


def store(world, c, rng):
    text, by_uid, uid = choose(c, rng)
    how, flags = rng.choice(["+", "+", "-", ""]), some_flags(rng)
    silent = ".SILENT" if rng.random() < 0.4 else ""
    unless = rng.randint(0, c.mailbox.highest + 1) if rng.random() < 0.15 else None
    condition = f" (UNCHANGEDSINCE {unless})" if unless is not None else ""

    def finish(command, response):
        target = target_of(world, c, text, by_uid, response, True)
        if target:
            refused = modified(c, command, response, target, by_uid, unless, how)
            for u in target.live:
                if u not in refused:
                    c.mailbox.set_flags(u, how, flags)
        c.absorb(command)

    return Operation(f"{uid}STORE {text}{condition} {how}FLAGS{silent} ({' '.join(flags)})", finish)


def modified(c, command, response, target, by_uid, unless, how):
    """RFC 7162 3.1.3: which messages failed the test, and that no others did; 3.1.12: +FLAGS and -FLAGS need not fail."""
    numbers = expand(response.value) if response.code == "MODIFIED" else []
    refused = set(numbers) if by_uid else {c.view[n - 1] for n in numbers}
    expect(refused <= set(target.live), lambda: f"MODIFIED names {refused - set(target.live)}")
    if unless is None:
        expect(not refused, "MODIFIED without UNCHANGEDSINCE")
    for uid in target.live if unless is not None else []:
        known = c.mailbox.messages[uid].mod_sequence
        expect(known is None or (known > unless) == (uid in refused) or how and known > unless,
               lambda: f"UNCHANGEDSINCE {unless}: UID {uid} has MODSEQ {known}, and MODIFIED is {refused}")
    return refused


def expunge(world, c, rng):
    by_uid = rng.random() < 0.5
    text = some_set(c, rng, True)

    def finish(command, response):
        answered(response, "NO" if c.read_only else "OK")
        if not c.read_only:
            gone = c.mailbox.deleted_uids()
            if by_uid:
                target = Target(c, text, True)
                if target.untold:
                    world.uncertain = True
                    return
                gone = [u for u in gone if u in target.live]
            c.mailbox.remove(gone)
        c.absorb(command)
        if not c.read_only:
            expect(c.view == c.mailbox.uids(), lambda: f"after EXPUNGE the client knows {c.view}, there are "
                                                       f"{c.mailbox.uids()}")

    return Operation(f"UID EXPUNGE {text}" if by_uid else "EXPUNGE", finish)


def copy(world, c, rng):
    text, by_uid, uid = choose(c, rng)
    name, moves = some_name(world, rng, 0.95), rng.random() < 0.4

    def finish(command, response):
        destination = world.account.mailboxes.get(name)
        target = Target(c, text, by_uid) if text != "$" or c.saved is not None else None
        if target and not target.bad and destination is None:
            answered(response, "NO", *(["OK"] if not target.live else []))
            return c.absorb(command)
        target = target_of(world, c, text, by_uid, response, moves)
        if target and target.untold:
            world.uncertain = True
        elif target and response.name == "OK":
            code = next((r.value for r in command.told + [response] if r.code == "COPYUID"), None)
            copied(c.mailbox, destination, target.live, code)
            if moves:
                c.mailbox.remove(target.live)
        c.absorb(command)

    return Operation(f"{uid}{'MOVE' if moves else 'COPY'} {text} {wire_name(c, name, rng)}", finish)


def replace(world, c, rng):
    """RFC 8508: one message comes, another goes."""
    by_uid = rng.random() < 0.5
    text = some_set(c, rng, by_uid).replace(":", ",").split(",")[0]
    name, flags = some_name(world, rng, 0.95), some_flags(rng)
    world.serial += 1
    body = f"Subject: serial {world.serial} replaces\r\n\r\nText.\r\n".encode()
    command = f"{'UID ' if by_uid else ''}REPLACE {text} {wire_name(c, name, rng)} ({' '.join(flags)})"
    pieces = [f"{command} {{{len(body)}+}}\r\n".encode(), body, b"\r\n"]

    def finish(command, response):
        target, destination = Target(c, text, by_uid), world.account.mailboxes.get(name)
        if target.untold:
            world.uncertain = True
        elif target.bad or c.read_only or destination is None or not target.live:
            answered(response, "BAD" if target.bad and not c.read_only else "NO")
        else:
            answered(response, "OK")
            code = next(r.value for r in command.told if r.code == "APPENDUID")
            expect(destination.uidvalidity in (None, code[0]), "APPENDUID has another UIDVALIDITY")
            destination.add(Message(expand(code[1])[0], flags, body))
            c.mailbox.remove(target.live)
        c.absorb(command)

    return Operation("", finish, pieces)


def copied(source, destination, uids, code):
    """RFC 4315 3: which message became which."""
    expect(bool(code) == bool(uids), lambda: f"COPYUID {code}, for {uids}")
    if not code:
        return
    expect(destination.uidvalidity in (None, code[0]), "COPYUID has another UIDVALIDITY")
    expect(expand(code[1]) == uids, lambda: f"COPYUID's source is {code[1]}, it should be {uids}")
    for old, new in zip(uids, expand(code[2]), strict=True):
        destination.add(source.messages[old].copy(new))


# SEARCH: a key, and what it is true of.

def some_key(c, rng, depth=0):
    """(text, predicate of UID and message)"""
    kind = rng.randint(0, 9 if depth < 2 else 5)
    if kind <= 1:
        flag = rng.choice(["Seen", "Answered", "Flagged", "Deleted", "Draft"])
        if rng.random() < 0.5:
            return "UN" + flag.upper(), lambda u, m: "\\" + flag not in m.flags
        return flag.upper(), lambda u, m: "\\" + flag in m.flags
    if kind == 2:
        word = rng.choice([f for f in FLAGS if f[0] != "\\"])
        return f"KEYWORD {word}", lambda u, m: word in m.flags
    if kind == 3:
        size = rng.choice([60, 100, 500, 2000])
        return f"LARGER {size}", lambda u, m: m.size > size
    if kind == 4:
        uids = rng.sample(c.view, min(len(c.view), 3)) or [1]
        return f"UID {','.join(map(str, uids))}", lambda u, m: u in uids
    if kind == 5:
        colour = rng.choice(["red", "GREEN", "blue"])
        return f"SUBJECT {colour}", lambda u, m: colour.lower().encode() in m.body.split(b"\r\n\r\n")[0]
    first, first_true = some_key(c, rng, depth + 1)
    if kind == 6:
        return f"NOT {first}", lambda u, m: not first_true(u, m)
    second, second_true = some_key(c, rng, depth + 1)
    if kind <= 8:
        return f"OR {first} {second}", lambda u, m: first_true(u, m) or second_true(u, m)
    return f"({first} {second})", lambda u, m: first_true(u, m) and second_true(u, m)


def search(world, c, rng):
    by_uid = rng.random() < 0.5
    key, true = some_key(c, rng)
    options = rng.choice([None, None, "", "ALL", "COUNT", "MIN MAX", "ALL COUNT MIN MAX", "SAVE", "SAVE ALL"])
    returned = "" if options is None else f"RETURN ({options}) "

    def finish(command, response):
        answered(response, "OK")
        messages = c.mailbox.messages
        known = all(messages[u].body is not None for u in c.view if u in messages)
        expected = [u for u in c.view if u in messages and true(u, messages[u])] if known else None
        ghosts = any(u not in messages for u in c.view)
        if expected is not None and not ghosts and not Target(c, "1", by_uid=True).untold:
            check_result(c, command, expected, by_uid)
        saves = options is not None and "SAVE" in options
        if saves:
            c.saved = expected if expected is not None and not ghosts else None
        c.absorb(command)

    return Operation(f"{'UID ' if by_uid else ''}SEARCH {returned}{key}", finish)


def check_result(c, command, uids, by_uid):
    numbers = uids if by_uid else [c.view.index(u) + 1 for u in uids]
    for r in command.told:
        if r.name == "SEARCH":
            expect(sorted(r.value[0]) == numbers, lambda: f"SEARCH found {r.value[0]}, it should be {numbers}")
        if r.name == "ESEARCH":
            items = r.value[2]
            right = {"COUNT": len(numbers), "MIN": min(numbers, default=None), "MAX": max(numbers, default=None)}
            for name, value in right.items():
                expect(items.get(name, value) == value, lambda: f"{name} is {items[name]}, it should be {value}")
            if "ALL" in items:
                expect(sorted(expand(items["ALL"])) == numbers, lambda: f"ALL is {items['ALL']}, not {numbers}")
