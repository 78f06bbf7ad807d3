"""What a client knows after its own STORE with .SILENT, of which it is told nothing (RFC 3501 6.4.6)."""


def expanded(ranges):
    return {n for first, last in ranges for n in range(first, last + 1)}


def numbered(view, command):
    """[(UID or message number, UID, entry)], None for what is not known. With UIDONLY there are only those that were told."""
    if view.by_uid:
        return [(uid, uid, entry) for uid, entry in view.by_uid.items()]
    return [(entry.uid if command.by_uid else place, entry.uid, entry) for place, entry in enumerate(view.entries, 1)]


def chosen(view, command):
    """{entry: whether it is certainly meant}; None where the set cannot be read, as "$"."""
    parts = [part.split(":") for part in command.args[0].split(",")]
    if not all(len(p) <= 2 and all(e == "*" or e.isdigit() for e in p) for p in parts):
        return None
    grown = any(r.name in ("EXISTS", "EXPUNGE", "VANISHED") for r in command.told)
    last = None if view.by_uid or not view.entries else view.entries[-1].uid if command.by_uid else len(view.entries)
    found = {}
    for number, _, entry in numbered(view, command):
        if number is None or "*" in command.args[0] and (grown or last is None):
            found[entry] = False
            continue
        ends = [[last if e == "*" else int(e) for e in part] for part in parts]
        if any(min(e) <= number <= max(e) for e in ends):
            found[entry] = True
    return found


def processed(meant, view, command, response):
    """RFC 9738 3.1: from the highest UID down to the one that MESSAGELIMIT names."""
    lowest = next((r.value[1] for r in [response, *command.told] if r.code == "MESSAGELIMIT" and r.value[1]), None)
    if meant is None or lowest is None:
        return meant
    uids = {entry: uid for _, uid, entry in numbered(view, command)}
    return {e: sure and uids[e] is not None for e, sure in meant.items() if uids[e] is None or uids[e] >= lowest}


def note(view, command, response):
    """After the tagged response. Flags that cannot be known are None; what was told during the command stands."""
    args = command.args or []
    how = next((a for a in args[1:3] if isinstance(a, str) and a.upper().endswith("FLAGS.SILENT")), None)
    stored = response.name == "OK" or response.code in ("EXPUNGEISSUED", "MODIFIED")
    if how is None or not stored or not isinstance(args[0], str):
        return
    flags = args[-1] if isinstance(args[-1], list) else args[args.index(how) + 1:]
    refused = expanded(response.value) if response.code == "MODIFIED" else set()
    meant = processed(chosen(view, command), view, command, response)
    for number, _, entry in numbered(view, command):
        if entry.told_by is command or entry.flags is None:
            continue
        if meant is None:
            entry.flags = None
        elif entry in meant and number not in refused:
            entry.flags = changed(entry.flags, how, flags) if meant[entry] else None


def changed(known, how, flags):
    named = {str(f).lower() for f in flags}
    others = {f for f in known if f.lower() not in named}
    if how[0] == "+":
        return others | {str(f) for f in flags}
    if how[0] == "-":
        return others
    return {f for f in others if f.lower() == "\\recent"} | {str(f) for f in flags}
