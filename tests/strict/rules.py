"""Which response may come when: RFC 3501 7, 9051 7, 7162, and the extensions' own words."""

import re
import unicodedata

import notified
from client_stream import Text
from grammar import NUMBER_MAX, Reader, Wrong, from_utf7

MESSAGE_DATA = ("EXISTS", "RECENT", "EXPUNGE", "VANISHED", "FETCH", "UIDFETCH", "FLAGS")
TAKE_NUMBERS = ("FETCH", "STORE", "SEARCH", "SORT", "THREAD", "COPY", "MOVE", "REPLACE")  # and have a namesake with UID
# What comes only in answer, and to what. RFC 9051 6.3.2, 6.3.6 and 6.3.12 let some answer with LIST.
ANSWERS = {
    "CAPABILITY": ("CAPABILITY", "LOGIN", "AUTHENTICATE"),
    "ENABLED": ("ENABLE",),
    "ID": ("ID",),
    "NAMESPACE": ("NAMESPACE",),
    "LIST": ("LIST", "SELECT", "EXAMINE", "CREATE", "RENAME", "DELETE", "APPEND", "REPLACE"),
    "LSUB": ("LSUB",),
    "QUOTA": ("GETQUOTA", "GETQUOTAROOT", "SETQUOTA"),
    "QUOTAROOT": ("GETQUOTAROOT",),
    "XLIST": ("XLIST",),
    "UIDBATCHES": ("UIDBATCHES",),
    "XAPPLEPUSHSERVICE": ("XAPPLEPUSHSERVICE",),
    "STATUS": ("STATUS", "LIST"),
    "ACL": ("GETACL", "SETACL", "DELETEACL"),
    "LISTRIGHTS": ("LISTRIGHTS",),
    "MYRIGHTS": ("MYRIGHTS", "LIST"),
    "SEARCH": ("SEARCH",),
    "ESEARCH": ("SEARCH", "SORT"),
    "SORT": ("SORT",),
    "THREAD": ("THREAD",),
}
LIST_ATTRIBUTES = frozenset(a.lower() for a in r"""
    \NoAccess \Noinferiors \Noselect \Marked \Unmarked \HasChildren \HasNoChildren \NonExistent \Subscribed \Remote
    \All \Archive \Drafts \Flagged \Junk \Sent \Trash \Important""".split())
XLIST_ATTRIBUTES = frozenset(("\\inbox", "\\allmail", "\\spam", "\\starred"))  # Gmail's, beside those
FETCH_MACROS = {
    "ALL": ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"],
    "FAST": ["FLAGS", "INTERNALDATE", "RFC822.SIZE"],
    "FULL": ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"],
}


def check_capabilities(session, names):
    upper = [n.upper() for n in names]
    if len(set(upper)) != len(upper):
        raise Wrong("a capability twice")
    if not {"IMAP4REV1", "IMAP4REV2"} & set(upper):
        raise Wrong("CAPABILITY without IMAP4rev1 or IMAP4rev2")
    if session.tls and "STARTTLS" in upper:
        raise Wrong("STARTTLS is announced under TLS")
    if session.logged_in and {"STARTTLS", "LOGINDISABLED"} & set(upper):
        raise Wrong("STARTTLS or LOGINDISABLED after the login")


def check_allowed(session, command, response):
    name, verb = response.name, command.verb if command else None
    if name == "PREAUTH":
        raise Wrong("PREAUTH after the greeting")
    unasked = session.notified.allows(session, name) or verb == "NOTIFY" and name in ("STATUS", "LIST", "METADATA")
    if name in ANSWERS and verb not in ANSWERS[name] and not unasked:
        raise Wrong(f"{name} in answer to {verb}")
    if not session.logged_in and name not in ("OK", "NO", "BAD", "CAPABILITY", "ID"):
        raise Wrong(f"{name} before the login")
    if name == ("FETCH" if session.uid_only else "UIDFETCH") or session.uid_only and response.code == "UNSEEN":
        raise Wrong(f"{response.code or name} with UIDONLY {'on' if session.uid_only else 'off'}")  # RFC 9586 3
    if response.code == "INPROGRESS":
        check_progress(session, command, response)
    if name in ("EXISTS", "RECENT", "EXPUNGE", "VANISHED", "FETCH", "UIDFETCH"):
        notified.check_message_data(session, command, response)
    if name == "STATUS" and command is None:
        notified.check_status(response)
    if name == "METADATA":
        notified.check_metadata(session, command, response)
    if name in ("EXPUNGE", "VANISHED"):
        check_expunge(session, command, response)
    if name == "RECENT" and session.rev2:
        raise Wrong("RECENT in IMAP4rev2")  # RFC 9051 appendix E
    if command is not None and name in SPECIFIC:
        SPECIFIC[name](session, command, response)


def check_expunge(session, command, response):
    """RFC 3501 7.4.1, 7162 3.2.10: never where a client may be using numbers that would shift."""
    earlier = response.name == "VANISHED" and response.value[0]
    by_uid = "QRESYNC" in session.enabled or session.uid_only
    if response.name == "EXPUNGE" and by_uid or response.name == "VANISHED" and not by_uid:
        raise Wrong(f"{response.name} with QRESYNC or UIDONLY {'on' if by_uid else 'off'}")
    if earlier:
        asked = command is not None and (command.verb in ("SELECT", "EXAMINE") or
                                         command.verb == "FETCH" and command.by_uid and has_vanished(command))
        if not asked:
            raise Wrong("VANISHED (EARLIER), and nobody asked")
    elif command is None:
        return  # check_message_data
    elif not command.complete:
        raise Wrong(f"{response.name} while no command is in progress")
    elif command.verb in ("FETCH", "STORE", "SEARCH", "SORT", "THREAD") and not command.by_uid:
        raise Wrong(f"{response.name} during {command.verb}")
    elif command.verb == "SEARCH" and uses_numbers(command.args or []) and not session.uid_only:
        # With UIDONLY nothing has a number, and the command is refused (RFC 9586 3).
        raise Wrong(f"{response.name} during UID SEARCH with message numbers")


def has_vanished(command):
    return any(isinstance(a, list) and any(isinstance(w, str) and w.upper() == "VANISHED" for w in a)
               for a in (command.args or [])[2:])


SET = re.compile(r"[0-9*][0-9*:,]*")
# Keys of SEARCH whose argument begins with a digit, and is no message number.
TAKE_A_NUMBER = ("UID", "UIDAFTER", "UIDBEFORE", "LARGER", "SMALLER", "OLDER", "YOUNGER", "MODSEQ", "ALL")


def uses_numbers(args):
    """A SEARCH by message numbers (RFC 7162 3.2.10). `UID 1:2` is none."""
    before = ""
    for a in args:
        if isinstance(a, list) and before != "RETURN" and uses_numbers(a):
            return True
        if isinstance(a, str):
            if SET.fullmatch(a) and before not in TAKE_A_NUMBER:
                return True
            before = a.upper()
        elif isinstance(a, Text):
            before = ""
    return False


def requested_items(command):
    """What a FETCH asks for, named as in its responses; None where it makes no sense."""
    if not command.args or len(command.args) < 2 or not isinstance(command.args[0], str):
        return None
    items = command.args[1]
    if isinstance(items, str):
        items = FETCH_MACROS.get(items.upper(), [items])
    names = [i for i in items if not isinstance(i, list)]  # PREVIEW (LAZY)
    if isinstance(items, Text) or any(not isinstance(i, str) for i in names):
        return None
    return {response_item(i) for i in names}


def response_item(text):
    """BODY.PEEK[header.fields (a)]<0.5> is answered as BODY[HEADER.FIELDS (A)]<0>."""
    text = text.upper().replace('"', "").replace(".PEEK[", "[")
    head, angle, partial = text.partition("]<")
    return head + "]<" + partial.split(".")[0] + ">" if angle else text


def fetch_modifier(command, name):
    for a in (command.args or [])[2:]:
        if isinstance(a, list) and any(isinstance(w, str) and w.upper() == name for w in a):
            return True
    return False


def enables_condstore(command):
    """RFC 7162 3.1: after these every FETCH with FLAGS has MODSEQ as well."""
    args = command.args or []
    if command.verb in ("SELECT", "EXAMINE"):
        words = args[1] if len(args) > 1 and isinstance(args[1], list) else []
        return any(isinstance(w, str) and w.upper() in ("CONDSTORE", "QRESYNC") for w in words)
    if command.verb == "STATUS":
        return len(args) > 1 and isinstance(args[1], list) and "HIGHESTMODSEQ" in [str(w).upper() for w in args[1]]
    if command.verb == "FETCH":
        return "MODSEQ" in (requested_items(command) or ()) or fetch_modifier(command, "CHANGEDSINCE")
    if command.verb == "STORE":
        return any(isinstance(a, list) and a and str(a[0]).upper() == "UNCHANGEDSINCE" for a in args[1:2])
    return command.verb == "SEARCH" and searches_mod_sequence(args)


def may_enable_condstore(command):
    """RFC 7162 3.1 names STATUS and SEARCH, not what else has their words."""
    if command.verb == "LIST":
        return "HIGHESTMODSEQ" in [str(w).upper() for w in status_words(command)]
    return command.verb in ("SORT", "THREAD") and searches_mod_sequence(command.args or [])


def searches_mod_sequence(args):
    """However deep the parentheses go: a command that is refused may have a million."""
    left = [args]
    while left:
        for a in left.pop():
            if isinstance(a, list):
                left.append(a)
            elif isinstance(a, str) and a.upper() == "MODSEQ":
                return True
    return False


def check_fetch(session, command, response):
    """What was asked for, and what may come unasked: FLAGS, UID and MODSEQ."""
    items = set(response.value)
    has_uid = "UID" in items or response.name == "UIDFETCH"
    asked = requested_items(command) if command.verb == "FETCH" else set()
    surplus = set() if asked is None else items - asked - {"FLAGS", "UID", "MODSEQ"} - session.notified.items
    if surplus:
        raise Wrong(f"nobody asked for {surplus}")
    if command.by_uid and command.verb in ("FETCH", "STORE") and not has_uid:
        raise Wrong(f"no UID in answer to UID {command.verb}")
    aware = session.condstore or session.condstore_asked or enables_condstore(command) or may_enable_condstore(command)
    if "MODSEQ" in items and not aware:
        raise Wrong("MODSEQ, and CONDSTORE is off")
    if "FLAGS" in items and session.condstore and "MODSEQ" not in items:
        raise Wrong("FLAGS without MODSEQ (RFC 7162 3.1)")
    unasked = command.verb not in ("FETCH", "STORE")
    if unasked and "QRESYNC" in session.enabled and not has_uid:
        raise Wrong("no UID in what comes unasked (RFC 7162 3.2.4)")


def check_progress(session, command, response):
    """RFC 9585 4: in an untagged OK, of a command that is being worked on."""
    tag, _, _ = response.value
    if response.name != "OK" or command is None or tag not in (None, command.tag):
        raise Wrong(f"INPROGRESS of {tag!r} in {response.name}")


def check_enabled(session, command, response):
    """RFC 5161 3.1: what was on already is not enabled again."""
    again = {c.upper() for c in response.value} & session.enabled
    if again:
        raise Wrong(f"{again} was enabled before")


def check_list(session, command, response):
    attributes, _, name, extended = response.value
    lower = {a.lower() for a in attributes}
    unknown = lower - LIST_ATTRIBUTES - (XLIST_ATTRIBUTES if response.name == "XLIST" else set())
    if unknown:
        raise Wrong(f"the mailbox attributes {unknown}")
    if {"\\haschildren", "\\hasnochildren"} <= lower or {"\\noinferiors", "\\haschildren"} <= lower:
        raise Wrong(f"{set(attributes)} together")
    unasked = session.notified.allows(session, "LIST") or command.verb == "NOTIFY"
    if command.verb == response.name != "LSUB":
        seen = command.notes.setdefault("listed", set())
        if name in seen and not unasked:
            raise Wrong(f"{name!r} is listed twice")
        seen.add(name)
    elif command.verb not in ("LSUB", "XLIST") and not session.rev2 and not unasked:
        raise Wrong(f"LIST in answer to {command.verb}")
    if unasked and command.verb not in ("LIST", "NOTIFY") and not session.rev2:
        notified.check_list(session, lower, extended)
    if "\\noaccess" in lower and not unasked:
        raise Wrong(r"\NoAccess without NOTIFY")
    if "OLDNAME" in extended and not session.rev2 and not unasked:
        raise Wrong("OLDNAME without IMAP4rev2 or NOTIFY")


def check_acl(session, command, response):
    if response.value[0] != in_nfc(mailbox_of(session, command)):
        raise Wrong(f"{response.name} of {response.value[0]!r}, which is another mailbox")


def check_list_rights(session, command, response):
    """RFC 4314 3.4: the identifier comes back as it was spelled."""
    check_acl(session, command, response)
    asked = command.args[1]
    if response.value[1] != (bytes(asked) if isinstance(asked, Text) else asked.encode("latin-1")):
        raise Wrong(f"LISTRIGHTS as another identifier: {response.value[1]!r} for {asked!r}")


def check_my_rights(session, command, response):
    if command.verb == "MYRIGHTS":
        return check_acl(session, command, response)
    seen = command.notes.setdefault("rights", set())
    if response.value[0] in seen or response.value[0] not in command.notes.get("listed", ()):
        raise Wrong("MYRIGHTS twice, or before its LIST")  # RFC 8440 3
    seen.add(response.value[0])
    return None


def check_status(session, command, response):
    name, items = response.value
    words = {str(w).upper() for w in status_words(command)}
    seen = command.notes.setdefault("status", set())
    another = name in seen or command.verb == "STATUS" and name != in_nfc(mailbox_of(session, command))
    if command.verb == "NOTIFY" or session.notified.allows(session, "STATUS") and (set(items) != words or another):
        return notified.check_status(response)
    if set(items) != words:
        raise Wrong(f"STATUS of {set(items)}, asked for {words}")
    if another:
        raise Wrong(f"STATUS of {name!r} twice, or instead of another")
    seen.add(name)
    for part in ("RECENT", "UNSEEN", "DELETED"):
        if items.get(part, 0) > items.get("MESSAGES", NUMBER_MAX):
            raise Wrong(f"more {part} than MESSAGES")
    if session.rev2 and "RECENT" in items and "RECENT" not in words:
        raise Wrong("RECENT in IMAP4rev2")


def status_words(command):
    args = command.args or []
    if command.verb == "STATUS":
        return args[1] if len(args) == 2 and isinstance(args[1], list) else []
    returned = args[-1] if args and isinstance(args[-1], list) else []
    for word, following in zip(returned, returned[1:]):
        if isinstance(word, str) and word.upper() == "STATUS" and isinstance(following, list):
            return following
    return []


def mailbox_of(session, command):
    """As in the responses: UTF-8, and INBOX in capitals."""
    name = command.args[0] if command.args else ""
    name = bytes(name) if isinstance(name, Text) else name.encode("latin-1") if isinstance(name, str) else b""
    if name[:6].upper() in (b"INBOX", b"INBOX/"):
        name = b"INBOX" + name[5:]
    if session.utf8:
        return name
    try:
        return from_utf7(name, Reader(name))
    except Wrong:
        return name


def in_nfc(name):
    """As the server keeps it, RFC 9051 5.1."""
    try:
        return unicodedata.normalize("NFC", name.decode()).encode()
    except UnicodeDecodeError:
        return name


def return_options(command):
    """Of SEARCH RETURN (…), or None."""
    args = command.args or []
    if len(args) > 1 and isinstance(args[0], str) and args[0].upper() == "RETURN" and isinstance(args[1], list):
        return [str(w).upper() for w in args[1]] or ["ALL"]
    return None


def check_search(session, command, response):
    """RFC 3501 7.2.5, 4731 3.1, 7162 3.1.5; of SORT, RFC 5256 4 and 7162 3.1.6."""
    if return_options(command) is not None or session.rev2 and response.name == "SEARCH":
        raise Wrong(f"{response.name} where ESEARCH is asked for")
    numbers, mod_sequence = response.value
    if len(set(numbers)) != len(numbers):
        raise Wrong("a message found twice")
    check_found(session, command, numbers)
    if (mod_sequence is not None) != (bool(numbers) and searches_mod_sequence(command.args or [])):
        raise Wrong(f"MODSEQ in {response.name}, or none where it belongs")


def check_threads(session, command, response):
    """RFC 5256 4: each message once."""
    numbers, left = [], list(response.value)
    while left:
        number, below = left.pop()
        numbers += [number] if number else []
        left += below
    if len(set(numbers)) != len(numbers):
        raise Wrong("a message in two threads")
    check_found(session, command, numbers)


def check_esearch(session, command, response):
    options = return_options(command)
    if options is None and not (session.rev2 and command.verb == "SEARCH"):
        raise Wrong("ESEARCH where SEARCH is asked for")
    tag, by_uid, items = response.value
    if tag != command.tag or by_uid != command.by_uid:
        raise Wrong(f"ESEARCH for {tag!r}, UID {by_uid}")
    if set(items) - set(options or ["ALL"]) - {"MODSEQ"}:
        raise Wrong(f"{set(items)}, asked for {options}")
    if "MODSEQ" in items and not searches_mod_sequence(command.args or []):
        raise Wrong("MODSEQ in ESEARCH, and nobody asked")
    (first, last, _), part = items.get("PARTIAL", ((1, 1, False), []))
    if sum(to - start + 1 for start, to in part) > abs(last - first) + 1:
        raise Wrong("a part that is larger than was asked for")
    ranges = items.get("ALL", part)
    numbers = [n for first, last in ranges for n in range(first, last + 1)] if ranges and ranges[-1][1] < 10**7 else []
    check_found(session, command, numbers + [items[i] for i in ("MIN", "MAX") if i in items])
    if numbers and "ALL" in items:
        # RFC 5267 3.2: in the order of the sort.
        ends = (numbers[0], numbers[-1]) if command.verb == "SORT" else (min(numbers), max(numbers))
        expected = {"MIN": ends[0], "MAX": ends[1], "COUNT": len(numbers)}
        if any(items[k] != v for k, v in expected.items() if k in items):
            raise Wrong(f"{items} do not agree")


def check_found(session, command, numbers):
    view = session.view
    if view is None:
        raise Wrong("a result of a search, and no mailbox is selected")
    if not command.by_uid:
        if numbers and max(numbers) > len(view.entries):
            raise Wrong(f"found message {max(numbers)}, of {len(view.entries)} that there are")
        return
    uids = view.uids()
    if None not in uids and set(numbers) - set(uids):
        raise Wrong(f"found {set(numbers) - set(uids)}, which are not there")


def check_uid_batches(session, command, response):
    """RFC 10022 3.1: of this command, of what the mailbox has, and no more of it than was asked for."""
    tag, ranges = response.value
    if tag != command.tag:
        raise Wrong(f"UIDBATCHES for {tag!r}")
    if session.view is None:
        raise Wrong("UIDBATCHES, and no mailbox is selected")
    size = int(command.args[0])
    if (len(ranges) - 1) * size >= max(len(session.view.entries), 1):
        raise Wrong(f"{len(ranges)} batches of {size}, of {len(session.view.entries)} messages")


SPECIFIC = {
    "UIDBATCHES": check_uid_batches,
    "XLIST": check_list,
    "ENABLED": check_enabled,
    "FETCH": check_fetch,
    "UIDFETCH": check_fetch,
    "LIST": check_list,
    "LSUB": check_list,
    "STATUS": check_status,
    "ACL": check_acl,
    "LISTRIGHTS": check_list_rights,
    "MYRIGHTS": check_my_rights,
    "SEARCH": check_search,
    "ESEARCH": check_esearch,
    "SORT": check_search,
    "THREAD": check_threads,
}
