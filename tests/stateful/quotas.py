"""QUOTA (RFC 9208): what an account may hold, and what is refused for it."""

from model import expect
from operation import Operation, answered

KIB = 1024


def usage(account):
    """In octets and pieces; None where a message's size is not known."""
    boxes = [m for m in account.mailboxes.values() if m is not None]
    sizes = [message.size for box in boxes for message in box.messages.values()]
    return {"STORAGE": None if None in sizes else sum(sizes), "MESSAGE": len(sizes), "MAILBOX": len(boxes)}


def in_units(resource, amount):
    return -(-amount // KIB) if resource == "STORAGE" else amount


def exceeds(account, sizes=(), mailboxes=0, instead_of=()):
    """Whether messages of these sizes, or so many mailboxes, are too much; None where that is not known. What takes no
    more than what goes away is never refused."""
    used, verdict = usage(account), False
    more = {"STORAGE": None if None in (*sizes, *instead_of) else sum(sizes) - sum(instead_of),
            "MESSAGE": len(sizes) - len(instead_of), "MAILBOX": mailboxes}
    for resource, limit in account.limits.items():
        if more[resource] is not None and more[resource] <= 0:
            continue
        if more[resource] is None or used[resource] is None:
            verdict = None if verdict is False else verdict
        elif in_units(resource, used[resource] + more[resource]) > limit:
            verdict = True
    return verdict


def verdicts(over):
    """How what is right otherwise is answered."""
    return {True: ["NO"], False: ["OK"], None: ["OK", "NO"]}[over]


def some_limits(account, rng):
    """Near what there is."""
    limits = {}
    for resource, used in usage(account).items():
        if used is not None and rng.random() < 0.5:
            limits[resource] = max(0, in_units(resource, used) + rng.randint(-1, 4))
    return limits


def check_told(account, told):
    """All of its resources that are limited, and no others."""
    used = usage(account)
    for r in told:
        if r.name != "QUOTA":
            continue
        found = {name: limit for name, (_, limit) in r.value[1].items()}
        expect(found == account.limits, lambda: f"the limits are {found}, they should be {account.limits}")
        for name, (taken, _) in r.value[1].items():
            known = used[name]
            expect(known is None or taken == in_units(name, known), lambda: f"{name} is {taken}, it should be {known}")


def look_at_quota(world, c, rng):
    text = rng.choice([f'GETQUOTA "{root_of(world.user)}"', "GETQUOTAROOT INBOX"])

    def finish(command, response):
        answered(response, "OK")
        check_told(world.account, command.told)
        c.absorb(command)

    return Operation(text, finish)


def root_of(user):
    return f"#user/{user}"


def set_quota(limits, user):
    return f'SETQUOTA "{root_of(user)}" ({" ".join(f"{name} {limit}" for name, limit in limits.items())})'
