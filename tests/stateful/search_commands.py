"""SEARCH with its extensions: a key, and what it is true of; result options, and "$" (RFC 4731, 5182, 9394)."""

import re
import time
from datetime import datetime

from content import ADDRESSES, MONTHS
from model import Unknown, expect
from operation import FLAGS, Operation, Target, answered, expand
from sorting import instant

CLOCK_SECONDS = 300  # so near to a limit of time the model says nothing
DAY_SECONDS = 86400
NUMBERS = re.compile(r"(?<![\w:,])\*")  # a key that is a message number


# Keys, each (text, predicate of UID and message).

def flag_key(c, rng):
    flag = rng.choice(["Seen", "Answered", "Flagged", "Deleted", "Draft"])
    if rng.random() < 0.5:
        return "UN" + flag.upper(), lambda u, m: "\\" + flag not in m.flags
    return flag.upper(), lambda u, m: "\\" + flag in m.flags


def keyword_key(c, rng):
    word = rng.choice([f for f in FLAGS if f[0] != "\\"])
    return f"KEYWORD {word}", lambda u, m: word in m.flags


def size_key(c, rng):
    size = rng.choice([60, 100, 500, 2000])
    if rng.random() < 0.5:
        return f"LARGER {size}", lambda u, m: known(m.size) > size
    return f"SMALLER {size}", lambda u, m: known(m.size) < size


def uid_key(c, rng):
    uids = rng.sample(c.view, min(len(c.view), 3)) or [1]
    kind = rng.random()
    if kind < 0.2:
        return f"UIDAFTER {uids[0]}", lambda u, m: u > uids[0]
    if kind < 0.4:
        return f"UIDBEFORE {uids[0]}", lambda u, m: u < uids[0]
    return f"UID {','.join(map(str, uids))}", lambda u, m: u in uids


def saved_key(c, rng):
    return "$", lambda u, m: u in known(c.saved)


def number_key(c, rng):
    return "*", lambda u, m: u == c.view[-1]


def subject_key(c, rng):
    colour = rng.choice(["red", "GREEN", "blue"])
    return f"SUBJECT {colour}", lambda u, m: colour.lower() in (header_of(m, "Subject") or "").lower()


def address_key(c, rng):
    field = rng.choice(["From", "To", "Cc"])
    _, mailbox, host = rng.choice(list(ADDRESSES.values()))
    word = f"{mailbox}@{host}"
    return f"{field.upper()} {word}", lambda u, m: word in (header_of(m, field) or "")


def header_key(c, rng):
    field = rng.choice(["References", "In-Reply-To", "Cc"])
    return f'HEADER {field} ""', lambda u, m: header_of(m, field) is not None


def text_key(c, rng):
    word = rng.choice(["another", "LINE", "word", "nowhere"])
    return f"BODY {word}", lambda u, m: bool(known(m.body)) and word.lower().encode() in m.content.decoded()


def date_key(c, rng):
    """RFC 3501 6.4.4: without the time and the zone."""
    verb = rng.choice(["BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE"])
    day = datetime(rng.randint(1995, 2024), rng.randint(1, 12), rng.randint(1, 28))
    sent, how = verb.startswith("SENT"), verb.removeprefix("SENT")

    def true(u, m):
        text = header_of(m, "Date") if sent else known(m.date).decode().strip('" ').replace("-", " ", 2)
        date = datetime.strptime(" ".join(known(text).split()[:3]), "%d %b %Y")
        return {"BEFORE": date < day, "ON": date == day, "SINCE": date >= day}[how]

    return f"{verb} {day.day}-{MONTHS[day.month - 1]}-{day.year}", true


def age_key(c, rng):
    """RFC 5032"""
    seconds = rng.choice([DAY_SECONDS, 3650 * DAY_SECONDS, 7300 * DAY_SECONDS])
    older = rng.random() < 0.5

    def true(u, m):
        age = time.time() - instant(m.date)
        if abs(age - seconds) < CLOCK_SECONDS:
            raise Unknown
        return (age > seconds) == older

    return f"{'OLDER' if older else 'YOUNGER'} {seconds}", true


def save_date_key(c, rng):
    """RFC 8514: all of these were saved lately."""
    if "SAVEDATE" not in c.session.capabilities:
        return flag_key(c, rng)
    return rng.choice([("SAVEDSINCE 2-Feb-2000", lambda u, m: True), ("SAVEDBEFORE 2-Feb-2000", lambda u, m: False),
                       ("SAVEDON 2-Feb-2000", lambda u, m: False), ("SAVEDATESUPPORTED", lambda u, m: True)])


def mod_sequence_key(c, rng):
    least = rng.randint(1, c.mailbox.highest + 1)
    return f"MODSEQ {least}", lambda u, m: known(m.mod_sequence) >= least


def email_id_key(c, rng):
    ids = [m.content.email_id for m in c.mailbox.messages.values() if m.content.email_id]
    wanted = rng.choice(ids) if ids else b"none"
    return f"EMAILID {wanted.decode()}", lambda u, m: known(m.content.email_id) == wanted


PLAIN = {flag_key: 4, keyword_key: 2, size_key: 2, uid_key: 2, saved_key: 1, number_key: 0.3, subject_key: 2,
         address_key: 1, header_key: 1, text_key: 2, date_key: 2, age_key: 1, save_date_key: 0.7, mod_sequence_key: 0.7,
         email_id_key: 0.5}


def known(value):
    if value is None:
        raise Unknown
    return value


def header_of(message, field):
    known(message.body)
    return message.content.field(field)


def some_key(c, rng, depth=0):
    kind = rng.randint(0, 9 if depth < 2 else 5)
    if kind <= 5:
        return rng.choices(list(PLAIN), list(PLAIN.values()))[0](c, rng)
    first, first_true = some_key(c, rng, depth + 1)
    if kind == 6:
        return f"NOT {first}", lambda u, m: not first_true(u, m)
    second, second_true = some_key(c, rng, depth + 1)
    if kind <= 8:
        return f"OR {first} {second}", lambda u, m: first_true(u, m) | second_true(u, m)
    return f"({first} {second})", lambda u, m: first_true(u, m) & second_true(u, m)


def found_by(world, c, true):
    """The UIDs that a key is true of, ascending; None where the model cannot say."""
    messages = c.mailbox.messages
    limited = world.limit and len(c.view) > world.limit
    if limited or any(u not in messages for u in c.view) or Target(c, "1", by_uid=True).untold:
        return None
    try:
        return [u for u in c.view if true(u, messages[u])]
    except Unknown:
        return None


def search_answered(c, key, by_uid, response):
    """False where it was refused, as it had to be, or might."""
    numbers = bool(NUMBERS.search(key))
    if c.session.uid_only and (not by_uid or numbers):
        answered(response, "BAD")
    else:
        answered(response, "OK", *(["BAD"] if numbers and not c.view else []))
    return response.name == "OK"


OPTIONS = [None, None, "", "ALL", "COUNT", "MIN MAX", "ALL COUNT MIN MAX", "SAVE", "SAVE ALL", "SAVE MIN",
           "SAVE MAX MIN", "SAVE COUNT", "PARTIAL", "PARTIAL COUNT", "SAVE PARTIAL"]


def some_options(rng):
    options = rng.choice(OPTIONS)
    first, last, sign = rng.randint(1, 9), rng.randint(1, 9), rng.choice(["", "", "-"])
    return options and options.replace("PARTIAL", f"PARTIAL {sign}{first}:{sign}{last}")


def search(world, c, rng):
    by_uid = rng.random() < (0.9 if c.session.uid_only else 0.5)
    key, true = some_key(c, rng)
    options = some_options(rng)
    returned = "" if options is None else f"RETURN ({options}) "

    def finish(command, response):
        saves = options is not None and "SAVE" in options
        if search_answered(c, key, by_uid, response):
            expected = found_by(world, c, true)
            if expected is not None:
                check_result(c, command, expected, by_uid)
            if saves:
                c.saved = saved(expected, options) if expected is not None else None
        elif saves:
            c.saved = None
        c.absorb(command)

    return Operation(f"{'UID ' if by_uid else ''}SEARCH {returned}{key}", finish)


def saved(uids, options):
    """RFC 5182 2.1 and 2.4, RFC 9394 3.2: all, unless nothing but ends and a part is asked for."""
    words = options.split()
    if not {"MIN", "MAX", "PARTIAL"} & set(words) or {"ALL", "COUNT"} & set(words):
        return uids
    ends = ([uids[:1]] if "MIN" in words else []) + ([uids[-1:]] if "MAX" in words else [])
    asked = [part_of(uids, w) for w in words if ":" in w]
    return sorted({u for part in ends + asked for u in part})


def part_of(found, asked):
    """`asked`: as in PARTIAL."""
    low, high = sorted(abs(int(n)) for n in asked.split(":"))
    if not asked.startswith("-"):
        return found[low - 1:high]
    return found[max(0, len(found) - high):max(0, len(found) - low + 1)]


def check_result(c, command, uids, by_uid):
    numbers = uids if by_uid else [c.view.index(u) + 1 for u in uids]
    for r in command.told:
        if r.name == "SEARCH":
            expect(sorted(r.value[0]) == numbers, lambda: f"SEARCH found {r.value[0]}, it should be {numbers}")
        if r.name == "ESEARCH":
            check_extended(r.value[2], numbers)


def check_extended(items, numbers):
    """`numbers`: in the order of the result (RFC 5267 3.2)."""
    right = {"COUNT": len(numbers), "MIN": (numbers or [None])[0], "MAX": (numbers or [None])[-1]}
    for name, value in right.items():
        expect(items.get(name, value) == value, lambda: f"{name} is {items[name]}, it should be {value}")
    if "ALL" in items:
        expect(expand(items["ALL"]) == numbers, lambda: f"ALL is {items['ALL']}, not {numbers}")
    if "PARTIAL" in items:
        (first, last, backwards), part = items["PARTIAL"]
        sign = "-" if backwards else ""
        wanted = part_of(numbers, f"{sign}{first}:{sign}{last}")
        expect(expand(part) == wanted, lambda: f"PARTIAL is {part}, not {wanted}")
