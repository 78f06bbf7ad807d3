"""Commands about messages: FETCH, STORE, EXPUNGE, COPY, MOVE, UIDBATCHES, by number and by UID."""

import re
import time

from arriving import CLOCK_SECONDS
from model import changeable, expect
from operation import FLAGS, Operation, Target, answered, expand, some_flags, some_name, some_set, wire_name
from quotas import exceeds, verdicts

FETCH_ITEMS = [
    "UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "BODY", "BODY.PEEK[]", "BODY[]",
    "BODY.PEEK[HEADER]", "BODY[TEXT]", "BODY.PEEK[TEXT]<2.5>", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]", "RFC822", "MODSEQ",
    "BODY.PEEK[1]", "BODY.PEEK[1.MIME]", "BODY[3]", "PREVIEW", "PREVIEW (LAZY)", "EMAILID", "THREADID", "SAVEDATE",
    "BINARY[1]", "BINARY.PEEK[1]", "BINARY.PEEK[1]<1.3>", "BINARY.SIZE[1]", "BINARY.SIZE[]"]
SEEING = {"BODY[]", "BODY[TEXT]", "RFC822", "BODY[3]", "BINARY[1]"}
SIZE_OF_BATCH_MIN = 500  # RFC 10022 3.1.3


def choose(c, rng):
    """(set, by UID, "UID " or nothing); "$" where it is known what it stands for."""
    by_uid = rng.random() < (0.9 if c.session.uid_only else 0.5)
    text = "$" if c.saved is not None and rng.random() < 0.1 else some_set(c, rng, by_uid)
    return text, by_uid, "UID " if by_uid else ""


def target_of(world, c, text, by_uid, command, response, writes, forbidden=False):
    """What the set names, where a command could be done; None where it must have been refused, and was. `forbidden`: by
    rights, as soon as there is a message."""
    if c.session.uid_only and not by_uid:
        answered(response, "BAD")  # RFC 9586 3.2; the strict parser looks for UIDREQUIRED
        return None
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
    if forbidden:
        answered(response, "NO", *(["OK"] if target.untold or not target.live else []))
        return None
    answered(response, "OK", *(["NO"] if target.ghosts and not by_uid else []))
    target.limit(world.limit, command)
    if writes and (target.untold or response.name == "NO"):
        world.uncertain = True  # RFC 2180 4 leaves it to the server
        return None
    return target


def offered(c, item):
    needs = {"PREVIEW": "PREVIEW", "EMAILID": "OBJECTID", "THREADID": "OBJECTID", "SAVEDATE": "SAVEDATE",
             "MODSEQ": "CONDSTORE", "BINARY": "BINARY"}
    return needs.get(re.match(r"\w*", item)[0], "IMAP4REV1") in c.session.capabilities


def has_strange_encoding(message):
    """Noise may have spoilt the field (RFC 3516 4.3)."""
    return message.body is None or (message.content.field("Content-Transfer-Encoding") or "base64").lower() != "base64"


def fetch(world, c, rng):
    text, by_uid, uid = choose(c, rng)
    items = [i for i in rng.sample(FETCH_ITEMS, rng.choice([1, 1, 2, 4])) if offered(c, i)] or ["FLAGS"]
    since = rng.randint(1, c.mailbox.highest + 1) if rng.random() < 0.15 else None
    modifier = f" (CHANGEDSINCE {since}{vanished(c, rng, by_uid)})" if since else ""

    def finish(command, response):
        if response.code == "UNKNOWN-CTE" and any(i.startswith("BINARY") for i in items):
            expect(any(map(has_strange_encoding, c.mailbox.messages.values())), "UNKNOWN-CTE, and all of them are known")
            world.uncertain = True  # which of the others were seen
            return
        target = target_of(world, c, text, by_uid, command, response, False)
        if target and not c.read_only and SEEING & set(items) and "s" in c.rights(c.mailbox):
            fetched = {u for u, _ in c.fetched(command.told)}
            for u in target.live:
                if since is None or u in fetched:
                    c.mailbox.set_flags(u, "+", {"\\Seen"})
        if target and since is not None and not SEEING & set(items):
            check_changed(c, command, target, since)
        c.absorb(command)

    return Operation(f"{uid}FETCH {text} ({' '.join(items)}){modifier}", finish)


def fetch_part(world, c, rng):
    """RFC 9394 3.3: by their places among what the set names."""
    text, items = some_set(c, rng, True), rng.sample(["FLAGS", "UID", "RFC822.SIZE", "BODY.PEEK[HEADER]"], 2)
    first, last = rng.randint(1, 8), rng.randint(1, 8)
    backwards = rng.random() < 0.4
    sign = "-" if backwards else ""

    def finish(command, response):
        low, high = sorted((first, last))
        if world.limit and high - low >= world.limit:
            answered(response, "NO", "OK")
            return c.absorb(command)
        answered(response, "OK")
        target = Target(c, text, True)
        if not target.untold and not target.ghosts:
            live = target.live[::-1] if backwards else target.live
            got = [u for u, told in c.fetched(command.told) if set(told) - {"FLAGS", "UID", "MODSEQ"}]
            wanted = live[low - 1:high] if {"RFC822.SIZE", "BODY.PEEK[HEADER]"} & set(items) else got
            expect(sorted(got) == sorted(wanted), lambda: f"the part is {got}, it should be {wanted}")
        c.absorb(command)

    return Operation(f"UID FETCH {text} ({' '.join(items)}) (PARTIAL {sign}{first}:{sign}{last})", finish)


def batches(world, c, rng):
    """RFC 10022: a mailbox as small as these is one batch."""
    size = rng.choice([SIZE_OF_BATCH_MIN, 2000, 2000, SIZE_OF_BATCH_MIN - 1])
    which = rng.choice(["", "", " 1:1", " 1:3", " 2:5"])

    def finish(command, response):
        answered(response, "OK" if size >= SIZE_OF_BATCH_MIN else "NO")
        if response.name == "OK" and c.view == c.mailbox.uids():
            ranges = next(r.value[1] for r in command.told if r.name == "UIDBATCHES")
            wanted = [(c.view[-1], 1)] if c.view and which != " 2:5" else []
            expect(ranges == wanted, lambda: f"the batches {ranges}, of {c.view}")
        c.absorb(command)

    return Operation(f"UIDBATCHES {size}{which}", finish)


def vanished(c, rng, by_uid):
    return " VANISHED" if by_uid and "QRESYNC" in c.session.enabled and rng.random() < 0.5 else ""


def check_changed(c, command, target, since):
    """RFC 7162 3.1.4.1: those whose MODSEQ is above."""
    got = {u for u, _ in c.fetched(command.told)}
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
        rights = c.rights(c.mailbox)
        forbidden = bool(flags or not how) and not changeable(flags if how else FLAGS, rights)
        target = target_of(world, c, text, by_uid, command, response, True, forbidden)
        if target:
            refused = modified(c, command, response, target, by_uid, unless, how)
            for u in target.live:
                if u not in refused:
                    before = c.mailbox.messages[u].flags
                    others = set() if how else before - changeable(before, rights)
                    c.mailbox.set_flags(u, how, changeable(flags, rights) | others)
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
        allowed = not c.read_only and "e" in c.rights(c.mailbox)
        answered(response, "OK" if allowed else "NO")
        if allowed:
            gone = c.mailbox.deleted_uids()
            if by_uid:
                target = Target(c, text, True)
                if target.untold:
                    world.uncertain = True
                    return c.absorb(command)
                gone = [u for u in gone if u in target.live][-(world.limit or len(gone)):]
            c.mailbox.remove(gone)
        c.absorb(command)
        if allowed:
            expect(c.view == c.mailbox.uids(), lambda: f"after EXPUNGE the client knows {c.view}, there are "
                                                       f"{c.mailbox.uids()}")

    return Operation(f"UID EXPUNGE {text}" if by_uid else "EXPUNGE", finish)


def copy(world, c, rng):
    text, by_uid, uid = choose(c, rng)
    name, moves = some_name(world, rng, 0.95), rng.random() < 0.4
    started = time.time()

    def finish(command, response):
        destination = world.account.mailboxes.get(name)
        target = Target(c, text, by_uid) if text != "$" or c.saved is not None else None
        if c.session.uid_only and not by_uid:
            answered(response, "BAD")
            return c.absorb(command)
        if target and not target.bad and destination is None:
            answered(response, "NO", *(["OK"] if not target.live else []))
            return c.absorb(command)
        if target and world.limit and len(target.live) > world.limit and not moves and not target.bad:
            answered(response, "NO")  # RFC 9738 3.1
            return c.absorb(command)
        rights = c.rights(destination) if destination else None
        if rights is None:  # nobody has looked yet
            world.uncertain = True
            return c.absorb(command)
        forbidden = "i" not in rights or moves and not c.rights(c.mailbox) >= {"t", "e"}
        sizes = [c.mailbox.messages[u].size for u in target.live] if target and not moves else []
        over = exceeds(world.account, sizes)
        if over is None and response.name == "NO":
            return c.absorb(command)
        target = target_of(world, c, text, by_uid, command, response, moves, forbidden or over)
        if target and target.untold:
            world.uncertain = True
        elif target and response.name == "OK":
            code = next((r.value for r in command.told + [response] if r.code == "COPYUID"), None)
            copied(c.mailbox, destination, target.live, code, started, rights)
            if moves:
                c.mailbox.remove(target.live)
        c.absorb(command)

    return Operation(f"{uid}{'MOVE' if moves else 'COPY'} {text} {wire_name(c, name, rng)}", finish)


def copied(source, destination, uids, code, started, rights):
    """RFC 4315 3: which message became which. RFC 4314 4: without the flags that may not be set there."""
    expect(bool(code) == bool(uids), lambda: f"COPYUID {code}, for {uids}")
    if not code:
        return
    expect(destination.uidvalidity in (None, code[0]), "COPYUID has another UIDVALIDITY")
    expect(expand(code[1]) == uids, lambda: f"COPYUID's source is {code[1]}, it should be {uids}")
    saved = started - CLOCK_SECONDS, time.time() + CLOCK_SECONDS
    for old, new in zip(uids, expand(code[2]), strict=True):
        destination.add(source.messages[old].copy(new, saved))
        source.strip(destination.messages[new], rights)
