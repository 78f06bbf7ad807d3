"""Commands about mailboxes: CREATE, DELETE, RENAME, SUBSCRIBE, SELECT, and those about nothing."""

from list_commands import learn_counters
from model import expect
from operation import NAMES, Operation, answered, some_name, wire_name
from quotas import exceeds, verdicts

USES = ["\\Sent", "\\Drafts", "\\Trash", "\\Junk", "\\Archive"]
ENABLED_SOMETIMES = {"CONDSTORE": 3, "QRESYNC": 3, "UTF8=ACCEPT": 2, "IMAP4rev2": 2, "UIDONLY": 2}


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
    names = set(rng.choices(list(ENABLED_SOMETIMES), list(ENABLED_SOMETIMES.values()), k=rng.randint(1, 4)))
    names = sorted(n for n in names if n.upper() in c.session.capabilities)
    text = " ".join(["ENABLE", *names] + (["X-NO"] if not names or rng.random() < 0.3 else []))

    def finish(command, response):
        # RFC 5161 3.1 has ENABLE in the authenticated state; some servers allow it later as well.
        answered(response, "OK", "BAD")
        c.absorb(command)

    return Operation(text, finish)


def create(world, c, rng):
    name, account = rng.choice(NAMES), world.account
    use = rng.choice(USES) if rng.random() < 0.3 else None

    def finish(command, response):
        taken = use and any(m and m.use == use for m in account.mailboxes.values())
        over = exceeds(account, mailboxes=1 + account.missing_above(name))
        answered(response, *(["NO"] if account.mailboxes.get(name) is not None else verdicts(over)),
                 *(["NO"] if taken else []))
        if response.name == "OK":
            account.create(name)
            account.mailboxes[name].use = use
            if response.code == "MAILBOXID":
                account.saw_object_id(account.mailboxes[name], response.value)
        c.absorb(command)

    return Operation(f"CREATE {wire_name(c, name, rng)}" + (f" (USE ({use}))" if use else ""), finish)


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
        elif exceeds(account, mailboxes=account.missing_above(new)):
            answered(response, "NO")
        else:
            answered(response, "OK")
            account.rename(old, new)
            for watcher in world.watchers:
                watcher.forget_uncovered()
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
            if r.code == "MAILBOXID":
                world.account.saw_object_id(mailbox, r.value[0] if isinstance(r.value, list) else r.value)
            if r.name in ("FETCH", "UIDFETCH"):
                c.told_fetch(r)
        if cache:
            cache.check(mailbox, command, bool(known_uids))

    return Operation(f"{verb} {wire_name(c, name, rng)}{parameter}", finish)


def close(world, c, rng):
    verb = rng.choice(["CLOSE", "UNSELECT"])

    def finish(command, response):
        answered(response, "OK" if c.mailbox else "BAD")
        if c.mailbox and verb == "CLOSE" and not c.read_only and "e" in c.rights(c.mailbox):
            c.mailbox.remove(c.mailbox.deleted_uids())
        c.select(None)

    return Operation(verb, finish)
