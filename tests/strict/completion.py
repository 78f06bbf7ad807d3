"""What must have been said before a command's OK: RFC 3501 6, 9051 6, and the extensions."""

import rules
from grammar import Wrong, size_of

REQUIRED = {  # untagged responses, by RFC 3501 6
    "CAPABILITY": "CAPABILITY",
    "NAMESPACE": "NAMESPACE",
    "ID": "ID",
    "ENABLE": "ENABLED",
    "STATUS": "STATUS",
    "UIDBATCHES": "UIDBATCHES",
    "GETACL": "ACL",  # RFC 4314 3
    "LISTRIGHTS": "LISTRIGHTS",
    "MYRIGHTS": "MYRIGHTS",
    "GETQUOTA": "QUOTA",
    "GETQUOTAROOT": "QUOTAROOT",
    "SETQUOTA": "QUOTA",
}
CODES_ON = {  # codes that belong to some commands only
    "TOOFEW": ("UIDBATCHES",),
    "APPENDUID": ("APPEND", "REPLACE"),
    "BADURL": ("APPEND", "REPLACE"),
    "MODIFIED": ("STORE",),
    "READ-WRITE": ("SELECT",),
    "NOTSAVED": ("SEARCH",),
    "COMPRESSIONACTIVE": ("COMPRESS",),
    "HASCHILDREN": ("DELETE",),
}


def check(session, command, response):
    code = response.code
    if code in CODES_ON and command.verb not in CODES_ON[code]:
        raise Wrong(f"[{code}] in answer to {command.verb}")
    if code == "UIDREQUIRED" and not (session.uid_only and response.name == "BAD"):
        raise Wrong("[UIDREQUIRED] where numbers are allowed, or not in a BAD")
    by_numbers = session.uid_only and command.verb in rules.TAKE_NUMBERS and not command.by_uid
    if by_numbers and (response.name != "BAD" or code != "UIDREQUIRED" and session.view is not None):
        raise Wrong(f"{command.verb} by numbers, and no [UIDREQUIRED]")  # RFC 9586 3.2
    if code == "INPROGRESS":
        raise Wrong("INPROGRESS with a tag")  # RFC 9585 4
    if code == "COPYUID":
        check_copy_uid(session, command, response)
    if command.verb == "UNAUTHENTICATE" and response.name == "NO":
        raise Wrong("NO to UNAUTHENTICATE")  # RFC 8437 3
    if response.name != "OK":
        return
    needed = REQUIRED.get(command.verb)
    told = sum(r.name == needed for r in command.told)
    if needed and told != 1 and not (told > 1 and session.notified.allows(session, needed)):
        raise Wrong(f"OK to {command.verb} without one {needed}")
    if command.verb in CHECKS and command.args is not None:
        CHECKS[command.verb](session, command, response)


def check_copy_uid(session, command, response):
    _, source, target = response.value
    if size_of(source) != size_of(target):
        raise Wrong("COPYUID's sets have different sizes")
    # A message may be expunged by somebody else once it has been copied, and that be told first.
    uids = {*(session.view.uids() if session.view else []), *command.notes.get("gone", ())}
    # MOVE tells COPYUID before it tells the EXPUNGEs; a tagged one comes after them (RFC 6851 4.3).
    if command.verb == "COPY" and None not in uids and not all(u in uids for first, last in source
                                                               for u in range(first, last + 1)):
        raise Wrong("COPYUID names what is not there")


def check_select(session, command, response):
    told, codes = {r.name for r in command.told}, {r.code for r in command.told}
    missing = {"FLAGS", "EXISTS"} - told | {"UIDVALIDITY", "UIDNEXT", "PERMANENTFLAGS"} - codes
    missing |= {"LIST" if session.rev2 else "RECENT"} - told
    if "CONDSTORE" in session.capabilities and not {"HIGHESTMODSEQ", "NOMODSEQ"} & codes:
        missing.add("HIGHESTMODSEQ")
    if missing:
        raise Wrong(f"OK to {command.verb} without {missing}")
    if response.code not in ("READ-ONLY", "READ-WRITE") or command.verb == "EXAMINE" and response.code != "READ-ONLY":
        raise Wrong(f"[{response.code}] in answer to {command.verb}")
    if "view" not in command.notes:
        raise Wrong("the mailbox before was not CLOSED")  # RFC 7162 3.2.11
    view = command.notes["view"]
    if any(e.uid is not None and e.uid >= view.uidnext for e in view.entries):
        raise Wrong("a UID from UIDNEXT on")
    if view.highest is not None and any((e.mod_sequence or 0) > view.highest for e in view.entries):
        raise Wrong("a MODSEQ above HIGHESTMODSEQ")


def numbers_of(text, view):
    """The messages that a set names, as places in the view; None for "$"."""
    count, found = len(view.entries), set()
    for part in text.split(","):
        ends = part.split(":")
        if not all(e == "*" or e.isdigit() for e in ends) or len(ends) > 2:
            return None
        ends = [count if e == "*" else int(e) for e in ends]
        found.update(range(min(ends), min(max(ends), count) + 1))
    return found


def check_fetch(session, command, response):
    """By numbers, and nothing gone meanwhile: all that was asked for came, of every message."""
    if command.by_uid or rules.fetch_modifier(command, "CHANGEDSINCE") or session.view is None:
        return
    if "MESSAGELIMIT" in (response.code, *(r.code for r in command.told)):
        return
    asked = rules.requested_items(command)
    wanted = numbers_of(command.args[0], session.view)
    if asked is None or wanted is None:
        return
    got = {}
    for r in command.told:
        if r.name == "FETCH":
            got.setdefault(r.number, set()).update(r.value)
        elif r.name == "EXISTS":  # "*" meant the last one of before
            return
    for number in wanted:
        if asked - got.get(number, set()):
            raise Wrong(f"FETCH did not answer {asked - got.get(number, set())} of message {number}")


def check_store(session, command, response):
    """RFC 3501 6.4.6: the new flags of every message, unless .SILENT."""
    args = command.args
    if command.by_uid or len(args) < 3 or not isinstance(args[1], str) or session.view is None:
        return
    if "MESSAGELIMIT" in (response.code, *(r.code for r in command.told)):
        return
    wanted = numbers_of(args[0], session.view)
    if "SILENT" in args[1].upper() or wanted is None or any(r.name == "EXISTS" for r in command.told):
        return
    told = {r.number for r in command.told if r.name == "FETCH" and "FLAGS" in r.value}
    if wanted - told:
        raise Wrong(f"STORE did not answer with the flags of {wanted - told}")


def check_search(session, command, response):
    options = rules.return_options(command)
    plain = options is None and not (session.rev2 and command.verb == "SEARCH")
    name = command.verb if plain else "ESEARCH"
    expected = 0 if options == ["SAVE"] else 1
    if sum(r.name == name for r in command.told) != expected:
        raise Wrong(f"OK to {command.verb} without {expected} {name}")


def check_append(session, command, response):
    """RFC 4315 3, 3502: one UID for each message, in order."""
    if response.code != "APPENDUID" or any(b"CATENATE" in p.upper() for p in command.pieces[::2]):
        return
    messages = max(1, sum(len(p) > 0 for p in command.pieces[1::2]))
    ranges = response.value[1]
    mailbox_is_literal = command.pieces[0].split(b" ")[-1:] and len(command.pieces[0].split(b" ")) == 3
    if size_of(ranges) not in (messages, messages - bool(mailbox_is_literal)):
        raise Wrong(f"APPENDUID of {size_of(ranges)} messages, of {messages}")


def check_replace(session, command, response):
    """RFC 8508 4.3: APPENDUID of one message, in an untagged OK before the EXPUNGE."""
    told = [r.name if r.code != "APPENDUID" else "APPENDUID" for r in command.told]
    if told.count("APPENDUID") != 1 or {"EXPUNGE", "VANISHED"} & set(told[:told.index("APPENDUID")]):
        raise Wrong(f"OK to REPLACE after {told}")
    if any(r.code == "APPENDUID" and size_of(r.value[1]) != 1 for r in command.told):
        raise Wrong("REPLACE made more than one message")


def check_enable(session, command, response):
    enabled = next(r.value for r in command.told if r.name == "ENABLED")
    asked = {str(a).upper() for a in command.args}
    if not {c.upper() for c in enabled} <= asked:
        raise Wrong(f"ENABLED {enabled}, asked for {asked}")


def check_logout(session, command, response):
    if not session.bye:
        raise Wrong("OK to LOGOUT without BYE")


CHECKS = {
    "SELECT": check_select,
    "EXAMINE": check_select,
    "FETCH": check_fetch,
    "STORE": check_store,
    "SEARCH": check_search,
    "SORT": check_search,
    "THREAD": check_search,
    "APPEND": check_append,
    "REPLACE": check_replace,
    "ENABLE": check_enable,
    "LOGOUT": check_logout,
}
