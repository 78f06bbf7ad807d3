"""LIST with all that it selects and returns (RFC 5258, 5819, 6154, 9590), LSUB, XLIST and STATUS."""

from metadata_commands import ENTRIES, check_values, values_told
from model import expect
from operation import Operation, answered, quoted, some_name, wire_name

# text: the names that it must list, of an account
SELECTIONS = {
    'LIST "" *': lambda a: existing(a),
    'XLIST "" *': lambda a: existing(a),
    'LIST "" %': lambda a: {n for n in existing(a) if "/" not in n},
    'LIST "" (A* B*)': lambda a: {n for n in existing(a) if n[0] in "AB"},
    'LIST (SPECIAL-USE) "" *': lambda a: {n for n in existing(a) if a.mailboxes[n].use},
    'LIST (SUBSCRIBED) "" *': lambda a: a.subscribed,
    'LSUB "" *': lambda a: a.subscribed,
    'LIST (SUBSCRIBED RECURSIVEMATCH) "" %': lambda a: {n.split("/")[0] for n in a.subscribed},
}
STATUS_ITEMS = ["MESSAGES", "UNSEEN", "UIDNEXT", "UIDVALIDITY", "SIZE", "DELETED", "MAILBOXID"]
RETURNS = ["CHILDREN", "SUBSCRIBED", "SPECIAL-USE", "STATUS", "METADATA"]


def existing(account):
    return {n for n, m in account.mailboxes.items() if m is not None}


def listing(world, c, rng):
    text, wanted = rng.choice(list(SELECTIONS.items()))
    extended = text.startswith(("LIST (", 'LIST "" (')) or text.startswith("LIST") and rng.random() < 0.5
    returns = rng.sample(RETURNS, rng.randint(0, 3)) if extended else []
    entries = rng.sample(ENTRIES, 2)
    words = {"STATUS": f"STATUS ({' '.join(some_items(rng))})",
             "METADATA": f"METADATA ({' '.join(map(quoted, entries))})"}
    command = text + (f" RETURN ({' '.join(words.get(w, w) for w in returns)})" if extended else "")

    def finish(command, response):
        answered(response, "OK")
        told = {r.value[2].decode(): {a.lower() for a in r.value[0]}
                for r in command.told if r.name in ("LIST", "LSUB", "XLIST")}
        by_subscription = "SUB" in text
        names = {n for n, a in told.items() if by_subscription or not a & {"\\noselect", "\\nonexistent"}}
        right = wanted(world.account)
        expect(names == right, lambda: f"{text} named {names}, there are {right}")
        check_attributes(world.account, told, returns)
        check_more(world.account, command, entries)
        c.absorb(command)

    return Operation(command, finish)


def check_attributes(account, told, returns):
    """Those that were asked for, of what there is."""
    for name, attributes in told.items():
        box = account.mailboxes.get(name)
        if box is None:
            continue
        right = {"CHILDREN": {"\\haschildren" if account.children(name) else "\\hasnochildren"},
                 "SUBSCRIBED": {"\\subscribed"} if name in account.subscribed else set(),
                 "SPECIAL-USE": {box.use.lower()} if box.use else set()}
        for what in set(returns) & set(right):
            expect(right[what] <= attributes, lambda: f"{name!r} is listed with {attributes}, without {right[what]}")
        if "SUBSCRIBED" in returns and not right["SUBSCRIBED"]:
            expect("\\subscribed" not in attributes, lambda: f"{name!r} is not subscribed")


def check_more(account, command, entries):
    """STATUS and METADATA of what was listed."""
    for r in command.told:
        if r.name == "STATUS":
            check_status(account, account.mailboxes[r.value[0].decode()], r.value[1])
        if r.name == "METADATA" and r.value[1] is not None:
            box = account.mailboxes.get(r.value[0].decode())
            if box:
                check_values(values_told([r]), {e: v for e, v in box.annotations.items() if e in entries})


def status(world, c, rng):
    items = some_items(rng)
    name = some_name(world, rng)

    def finish(command, response):
        mailbox = world.account.mailboxes.get(name)
        answered(response, "OK" if mailbox else "NO")
        for r in command.told:
            if r.name == "STATUS":
                check_status(world.account, mailbox, r.value[1])
        c.absorb(command)

    return Operation(f"STATUS {wire_name(c, name, rng)} ({' '.join(items)})", finish)


def some_items(rng):
    items = rng.sample(STATUS_ITEMS, rng.randint(1, 5))
    return items + (["HIGHESTMODSEQ"] if rng.random() < 0.2 else [])


def check_status(account, mailbox, items):
    messages = mailbox.messages.values()
    exact = {"MESSAGES": len(messages), "UNSEEN": sum("\\Seen" not in m.flags for m in messages),
             "DELETED": len(mailbox.deleted_uids())}
    if all(m.size is not None for m in messages):
        exact["SIZE"] = sum(m.size for m in messages)
    for name, value in exact.items():
        expect(items.get(name, value) == value, lambda: f"STATUS {name} {items[name]}, it is {value}")
    learn_counters(mailbox, items.get("UIDVALIDITY"), items.get("UIDNEXT"), items.get("HIGHESTMODSEQ"))
    if "MAILBOXID" in items:
        account.saw_object_id(mailbox, items["MAILBOXID"])


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
