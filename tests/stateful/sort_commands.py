"""SORT, with ESORT and PARTIAL, and THREAD (RFC 5256, 5267, 5957)."""

from model import Unknown, expect
from operation import Operation
from search_commands import check_extended, found_by, search_answered, some_key, some_options
from sorting import ALGORITHMS, CRITERIA, in_order


def sort(world, c, rng):
    criteria = [(rng.random() < 0.3, rng.choice(CRITERIA)) for _ in range(rng.randint(1, 3))]
    program = " ".join(("REVERSE " if reverse else "") + key for reverse, key in criteria)
    options = some_options(rng)
    options = None if options is None or "SAVE" in options else options
    returned = "" if options is None else f"RETURN ({options}) "

    def check(command, uids, by_uid):
        order = in_order([c.mailbox.messages[u] for u in uids], criteria)
        numbers = order if by_uid else [c.view.index(u) + 1 for u in order]
        for r in command.told:
            if r.name == "SORT":
                expect(r.value[0] == numbers, lambda: f"sorted as {r.value[0]}, it should be {numbers}")
            if r.name == "ESEARCH":
                check_extended(r.value[2], numbers)

    return ordering(world, c, rng, f"SORT {returned}({program})", check)


def thread(world, c, rng):
    announced = [a for a in ALGORITHMS if f"THREAD={a}" in c.session.capabilities]
    algorithm = rng.choice(announced)

    def check(command, uids, by_uid):
        trees = ALGORITHMS[algorithm]([c.mailbox.messages[u] for u in uids])
        trees = trees if by_uid else numbered(trees, c.view)
        told = next(r.value for r in command.told if r.name == "THREAD")
        expect(told == trees, lambda: f"threaded as {told}, it should be {trees}")

    return ordering(world, c, rng, f"THREAD {algorithm}", check)


def numbered(trees, view):
    return [(uid and view.index(uid) + 1, numbered(below, view)) for uid, below in trees]


def ordering(world, c, rng, text, check):
    by_uid = rng.random() < (0.9 if c.session.uid_only else 0.5)
    key, true = some_key(c, rng) if rng.random() < 0.5 else ("ALL", lambda u, m: True)

    def finish(command, response):
        if response.name == "NO" and world.limit and len(c.view) > world.limit:
            expect(response.code == "MESSAGELIMIT", "NO without MESSAGELIMIT")
        elif search_answered(c, key, by_uid, response):
            uids = found_by(world, c, true)
            try:
                if uids is not None and all(c.mailbox.messages[u].body is not None for u in uids):
                    check(command, uids, by_uid)
            except Unknown:
                pass
        c.absorb(command)

    return Operation(f"{'UID ' if by_uid else ''}{text} UTF-8 {key}", finish)
