"""METADATA (RFC 5464): annotations of mailboxes and of the server, private and shared."""

from model import expect
from operation import Operation, answered, some_name, wire_name

ENTRIES = ["/private/comment", "/shared/comment", "/private/vendor/x/a", "/private/vendor/x/a/b",
           "/private/vendor/x/a/b/c", "/shared/vendor/x/a"]
SCOPES = ["/private", "/shared", "/private/vendor/x", "/private/vendor/x/a"]
OURS = frozenset(e.encode() for e in ENTRIES)


def target(world, name):
    """What has the annotations: a mailbox, the server (""), or None where there is none."""
    return world.account if name == "" else world.account.mailboxes.get(name)


def some_target(world, rng):
    return "" if rng.random() < 0.25 else some_name(world, rng)


def on_wire(c, name, rng):
    return wire_name(c, name, rng) if name else '""'


def some_value(rng):
    return rng.choice([None, b"", b"short", b"a longer value, of more than thirty octets", b"two\r\nlines", b"a\0b"])


def value_pieces(value):
    """NIL, a quoted string, a literal or a binary literal."""
    if value is None:
        return [b"NIL"]
    if b"\0" in value:
        return [b"~{%d+}\r\n" % len(value), value, b""]
    if b"\r" in value:
        return [b"{%d+}\r\n" % len(value), value, b""]
    return [b'"' + value + b'"']


def set_metadata(world, c, rng):
    name = some_target(world, rng)
    values = {entry: some_value(rng) for entry in rng.sample(ENTRIES, rng.randint(1, 3))}
    pieces = [f"SETMETADATA {on_wire(c, name, rng)} (".encode()]
    for number, (entry, value) in enumerate(values.items()):
        more = value_pieces(value)
        as_sent = entry.upper() if rng.random() < 0.1 else entry
        pieces[-1] += (" " if number else "").encode() + as_sent.encode() + b" " + more[0]
        pieces += more[1:]
    pieces[-1] += b")\r\n"

    def finish(command, response):
        holder, of_operator = target(world, name), name == "" and any(e.startswith("/shared") for e in values)
        if name in world.account.mailboxes and holder is None:
            answered(response, "OK", "NO")  # a name that cannot be selected
            return c.absorb(command)
        answered(response, "NO" if holder is None or of_operator else "OK")
        if response.name == "OK":
            for watcher in world.watchers:
                watcher.await_metadata(name, [e for e, v in values.items() if holder.annotations.get(e) != v])
            holder.annotations.update(values)
            holder.annotations = {e: v for e, v in holder.annotations.items() if v is not None}
        c.absorb(command)

    return Operation("", finish, pieces)


def values_told(responses):
    """{entry: value}, without those that are not ours."""
    found = {}
    for r in responses:
        if r.name == "METADATA" and r.value[1] is not None:
            found.update({entry.lower().decode(): value for entry, value in r.value[1] if entry.lower() in OURS})
    return found


def check_values(told, right):
    """NIL of an entry is as good as nothing."""
    told = {e: v for e, v in told.items() if v is not None}
    expect(told == right, lambda: f"the annotations {told}, they should be {right}")


def get_metadata(world, c, rng):
    name, depth = some_target(world, rng), rng.choice([None, "0", "1", "infinity"])
    entries = rng.sample(SCOPES + ENTRIES if depth else ENTRIES, rng.randint(1, 3))
    most = rng.choice([None, None, 10, 1000])
    options = ([f"DEPTH {depth}"] if depth else []) + ([f"MAXSIZE {most}"] if most else [])
    text = f"GETMETADATA {'(' + ' '.join(options) + ') ' if options else ''}{on_wire(c, name, rng)}"

    def finish(command, response):
        holder = target(world, name)
        if name in world.account.mailboxes and holder is None:
            answered(response, "OK", "NO")
            return c.absorb(command)
        answered(response, "NO" if holder is None else "OK")
        if holder:
            right = {e: v for e, v in holder.annotations.items()
                     if any(is_below(e, top, depth) for top in entries) and len(v) <= (most or len(v))}
            check_values(values_told(command.told), right)
        c.absorb(command)

    return Operation(f"{text} ({' '.join(entries)})", finish)


def is_below(entry, top, depth):
    if entry == top:
        return True
    levels = entry.removeprefix(top + "/").count("/") + 1 if entry.startswith(top + "/") else 0
    return levels == 1 and depth == "1" or levels > 0 and depth == "infinity"
