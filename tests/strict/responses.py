"""One response, read by its grammar (RFC 3501 9, RFC 9051 9, and the extensions): what it is, and what it says."""

import re
from typing import Any, NamedTuple

from grammar import BAD_URL, BASE64, CODE_DATA, NUMBER64_MAX, Reader, Wrong
from message_data import message_attributes

TAG = re.compile(rb"[!#$&',\-./0-9:;<=>?@A-Z\[\]^_`a-z|}~]+")
LITERAL_AT_END = re.compile(rb"\{([0-9]+)\}\r\n$")
STATUS_LINE = re.compile(rb"(?:\* (?:OK|NO|BAD|BYE|PREAUTH) |[^*+])", re.I)


class Response(NamedTuple):
    kind: str  # "tagged", "untagged" or "+"
    name: str  # OK, FETCH, EXISTS, …; "" of a continuation request
    tag: bytes = b""
    number: int = 0
    code: str = ""  # of OK, NO, BAD, BYE and PREAUTH
    value: Any = None  # of the code, or of the response


def next_response(data, begin):
    """Where the response that begins there ends; None if it is not all there."""
    at = begin
    while True:
        end = data.find(b"\n", at)
        if end < 0:
            return None
        at = end + 1
        announced = LITERAL_AT_END.search(data, max(begin, at - 30), at)
        if not announced or STATUS_LINE.match(data, begin, begin + 12):
            return at
        at += int(announced[1])
        if at > len(data):
            return None


def parse(data, utf8=False):
    r = Reader(data, utf8)
    if r.opt(b"+"):
        return continuation(r)
    if r.opt(b"* "):
        response = untagged(r)
    else:
        tag = r.take(TAG, "a tag")[0]
        r.need(b" ")
        name = r.word()
        if name not in ("OK", "NO", "BAD"):
            raise r.wrong("OK, NO or BAD before this")
        code, value = resp_text(r)
        response = Response("tagged", name, tag=tag, code=code, value=value)
    r.end()
    return response


def continuation(r):
    """continue-req = "+" SP (resp-text / base64) CRLF"""
    r.need(b" ")
    rest = r.data[r.at:-2]
    if not (r.data.endswith(b"\r\n") and BASE64.fullmatch(rest)):
        resp_text(r, b"")
        r.end()
    return Response("+", "", value=rest)


def resp_text(r, space=b" "):
    """The code and its value. The text may not be empty (RFC 3501)."""
    r.need(space)
    code, value = "", None
    if r.opt(b"["):
        code = r.word()
        value = code_value(r, code)
        r.need(b"] ")
    r.text()
    return code, value


# RFC 3501 7.1, 9051 7.1, 5530 and the extensions' codes without data.
BARE_CODES = frozenset("""
    ALERT PARSE READ-ONLY READ-WRITE TRYCREATE UIDNOTSTICKY UNAVAILABLE AUTHENTICATIONFAILED AUTHORIZATIONFAILED EXPIRED
    PRIVACYREQUIRED CONTACTADMIN NOPERM INUSE EXPUNGEISSUED CORRUPTION SERVERBUG CLIENTBUG CANNOT LIMIT OVERQUOTA
    ALREADYEXISTS NONEXISTENT NOTSAVED HASCHILDREN CLOSED UNKNOWN-CTE NOMODSEQ COMPRESSIONACTIVE USEATTR TOOBIG UIDREQUIRED TOOFEW
    NOTIFICATIONOVERFLOW
    """.split())


def object_id_code(r):
    r.need(b" ")
    return r.in_parentheses(r.atom)


def spaced(element):
    def read(r):
        r.need(b" ")
        return element(r)
    return read


def append_uid(r):
    validity = r.nz_number()
    r.need(b" ")
    return validity, r.set()


def copy_uid(r):
    validity = r.nz_number()
    r.need(b" ")
    source = r.set(ascending=False)
    r.need(b" ")
    return validity, source, r.set(ascending=False)


def bad_charset(r):
    return r.list(r.astring) if r.opt(b" ") else []


def atoms(r):
    found = [r.atom().decode()]
    while r.opt(b" "):
        found.append(r.atom().decode())
    return found


def bad_url(r):
    """RFC 4469 5: url-resp-text, with the quotes of its appendix A."""
    r.need(b" ")
    return r.take(BAD_URL, "a URL in quotes")[1]


def message_limit(r):
    """RFC 9738 5: (limit, the lowest UID that was processed, or None)"""
    r.need(b" ")
    return r.nz_number(), r.nz_number() if r.opt(b" ") else None


def in_progress(r):
    """RFC 9585 5: (tag, done, goal)"""
    if not r.opt(b" ("):
        return None, None, None
    tag = None if r.nil() else r.quoted()
    r.need(b" ")
    done = None if r.nil() else r.number()
    r.need(b" ")
    goal = None if r.nil() else r.nz_number()
    r.need(b")")
    if goal is not None and (done is None or done >= goal):
        raise r.wrong("a goal above what is done before this")
    return tag, done, goal


def metadata_code(r):
    """RFC 5464 5: (word, number)"""
    r.need(b" ")
    word = r.word()
    if word in ("LONGENTRIES", "MAXSIZE"):
        r.need(b" ")
        return word, r.number()
    if word not in ("TOOMANY", "NOPRIVATE"):
        raise r.wrong("LONGENTRIES, MAXSIZE, TOOMANY or NOPRIVATE before this")
    return word, None


def bad_event(r):
    """RFC 5465 8: the events that there are."""
    r.need(b" ")
    names = r.list(r.word)
    if not set(names) <= EVENTS:
        raise r.wrong("events that there are before this")
    return names


EVENTS = {"MESSAGENEW", "MESSAGEEXPUNGE", "FLAGCHANGE", "ANNOTATIONCHANGE", "MAILBOXNAME", "SUBSCRIPTIONCHANGE",
          "MAILBOXMETADATACHANGE", "SERVERMETADATACHANGE"}

CODES = {
    "BADURL": bad_url,
    "MESSAGELIMIT": message_limit,
    "INPROGRESS": in_progress,
    "METADATA": metadata_code,
    "BADEVENT": bad_event,
    "BADCHARSET": bad_charset,
    "CAPABILITY": spaced(atoms),
    "PERMANENTFLAGS": spaced(lambda r: r.flags(r.flag_perm)),
    "UIDNEXT": spaced(lambda r: r.nz_number()),
    "UIDVALIDITY": spaced(lambda r: r.nz_number()),
    "UNSEEN": spaced(lambda r: r.nz_number()),
    "HIGHESTMODSEQ": spaced(lambda r: r.mod_sequence()),
    "MODIFIED": spaced(lambda r: r.set()),
    "APPENDUID": spaced(append_uid),
    "COPYUID": spaced(copy_uid),
    "MAILBOXID": object_id_code,
}


def code_value(r, code):
    if code in CODES:
        return CODES[code](r)
    if code not in BARE_CODES:
        raise r.wrong("a response code that there is before this")
    # RFC 9051 7.1 allows data, after what RFC 5530 defines without any: none is sent.
    return r.take(CODE_DATA, "data")[0] if r.opt(b" ") else None


def untagged(r):
    if r.data[r.at:r.at + 1].isdigit():
        return message_response(r)
    name = r.word()
    if name in ("OK", "NO", "BAD", "BYE", "PREAUTH"):
        code, value = resp_text(r)
        return Response("untagged", name, code=code, value=value)
    if name not in UNTAGGED:
        raise r.wrong("a response that there is before this")
    return Response("untagged", name, value=UNTAGGED[name](r))


def message_response(r):
    number = r.number()
    r.need(b" ")
    name = r.word()
    if name in ("EXISTS", "RECENT"):
        return Response("untagged", name, number=number)
    if number == 0 or name not in ("EXPUNGE", "FETCH", "UIDFETCH"):
        raise r.wrong("EXISTS, RECENT, EXPUNGE, FETCH or UIDFETCH before this")
    if name == "EXPUNGE":
        return Response("untagged", name, number=number)
    r.need(b" ")
    return Response("untagged", name, number=number, value=message_attributes(r))


def enabled(r):
    return atoms(r) if r.opt(b" ") else []


def listed(r):
    """(attributes, separator, name, {extended item: value})"""
    r.need(b" ")
    attributes = r.flags()
    r.need(b" ")
    separator = None if r.nil() else r.quoted()
    if separator is not None and len(separator) != 1:
        raise r.wrong("a separator of one character before this")
    r.need(b" ")
    name = r.mailbox()
    extended = {}
    if r.opt(b" "):
        extended = dict(r.list(lambda: extended_item(r)))
    return attributes, separator, name, extended


def extended_item(r):
    """RFC 5258 6: tagged-ext-label SP tagged-ext-val, of those that there are."""
    label = r.astring().upper().decode()
    r.need(b" ")
    if label == "CHILDINFO":
        return label, r.list(r.quoted)
    if label == "OLDNAME":
        return label, r.in_parentheses(r.mailbox)
    raise r.wrong("CHILDINFO or OLDNAME before this")


STATUS_ITEMS = {
    "MESSAGES": lambda r: r.number(),
    "RECENT": lambda r: r.number(),
    "UIDNEXT": lambda r: r.nz_number(),
    "UIDVALIDITY": lambda r: r.nz_number(),
    "UNSEEN": lambda r: r.number(),
    "DELETED": lambda r: r.number(),
    "SIZE": lambda r: r.number64(),
    "DELETED-STORAGE": lambda r: r.number64(),
    "HIGHESTMODSEQ": lambda r: r.number(0, NUMBER64_MAX),
    "APPENDLIMIT": lambda r: None if r.nil() else r.number(),
    "MAILBOXID": lambda r: r.in_parentheses(r.atom),
}


def status(r):
    r.need(b" ")
    name = r.mailbox()
    r.need(b" ")
    items = {}

    def item():
        word = r.word()
        if word not in STATUS_ITEMS or word in items:
            raise r.wrong("a status item that there is, once, before this")
        r.need(b" ")
        items[word] = STATUS_ITEMS[word](r)

    r.list(item, empty=True)
    return name, items


def metadata(r):
    """RFC 5464 5: (mailbox, [(entry, value)] or None, [entries that changed] or None); the server is no mailbox."""
    r.need(b" ")
    name = b"" if r.opt(b'""') else r.mailbox()
    r.need(b" ")
    if r.next_is(b"("):
        return name, r.list(lambda: entry_value(r)), None
    names = [entry(r)]
    while r.opt(b" "):
        names.append(entry(r))
    return name, None, names


def entry(r):
    """RFC 5464 3.2"""
    name = r.astring()
    scoped = name.lower().startswith((b"/private", b"/shared"))
    if not scoped or name.endswith(b"/") or b"//" in name or any(c < 0x1a or c > 0x7e or c in b"*%" for c in name):
        raise r.wrong("an entry's name before this")
    return name


def entry_value(r):
    name = entry(r)
    r.need(b" ")
    if r.nil():
        return name, None
    return name, r.literal(binary=True) if r.next_is(b"~") else r.string()


def namespaces(r):
    found = []
    for _ in range(3):
        r.need(b" ")
        if r.nil():
            found.append(None)
            continue
        r.need(b"(")
        group = []
        while not group or r.next_is(b"("):
            r.need(b"(")
            prefix = r.string()
            r.need(b" ")
            group.append((prefix, r.nstring()))
            r.need(b")")
        r.need(b")")
        found.append(group)
    return found


def vanished(r):
    """(earlier, ranges)"""
    r.need(b" ")
    earlier = r.opt(b"(EARLIER) ")
    return earlier, r.set()


def search(r):
    """(numbers, MODSEQ)"""
    numbers = []
    while r.opt(b" "):
        if r.opt(b"("):
            if r.word() != "MODSEQ" or not numbers:
                raise r.wrong("MODSEQ after numbers before this")
            r.need(b" ")
            mod_sequence = r.mod_sequence()
            r.need(b")")
            return numbers, mod_sequence
        numbers.append(r.nz_number())
    return numbers, None


THREAD_DEPTH_MAX = 1000


def threads(r, depth=0):
    """RFC 5256 5: [(number, or None where the parent is not there, [the threads below])]"""
    if depth > THREAD_DEPTH_MAX:
        raise r.wrong("fewer levels than before this")
    found = []
    while r.opt(b"("):
        found.append(thread(r, depth))
    return found


def thread(r, depth):
    """A chain, which may end in two chains or more."""
    if r.next_is(b"("):
        whole = None, forks(r, depth)
    else:
        below = []
        whole = r.nz_number(), below
        while r.opt(b" "):
            if r.next_is(b"("):
                below += forks(r, depth)
                break
            below.append((r.nz_number(), []))
            below = below[0][1]
    r.need(b")")
    return whole


def forks(r, depth):
    found = threads(r, depth + 1)
    if len(found) < 2:
        raise r.wrong("two chains before this")
    return found


def partial(r):
    """RFC 9394 4: (range, ranges of the result)"""
    r.need(b"(")
    sign = b"-" if r.opt(b"-") else b""
    first = r.nz_number()
    r.need(b":" + sign)
    asked = (first, r.nz_number(), bool(sign))
    r.need(b" ")
    found = [] if r.opt(b"NIL") else r.set(ascending=False)
    r.need(b")")
    return asked, found


ESEARCH_ITEMS = {
    "MIN": lambda r: r.nz_number(),
    "MAX": lambda r: r.nz_number(),
    "COUNT": lambda r: r.number(),
    "ALL": lambda r: r.set(ascending=False),
    "PARTIAL": partial,
    "MODSEQ": lambda r: r.mod_sequence(),
}


def esearch(r):
    """(tag, by uid, {item: value})"""
    tag, uid, items = None, False, {}
    if r.opt(b" (TAG "):
        tag = r.string()
        r.need(b")")
    while r.opt(b" "):
        name = r.word()
        if name == "UID" and not items and not uid:
            uid = True
            continue
        if name not in ESEARCH_ITEMS or name in items:
            raise r.wrong("a search result that there is, once, before this")
        r.need(b" ")
        items[name] = ESEARCH_ITEMS[name](r)
    return tag, uid, items


def uid_batches(r):
    """RFC 10022: (tag, ranges), each from its highest UID to its lowest"""
    r.need(b" (TAG ")
    tag, ranges = r.string(), []
    r.need(b")")
    while r.opt(b"," if ranges else b" "):
        highest = r.nz_number()
        r.need(b":")
        ranges.append((highest, r.nz_number()))
        before = ranges[-2][1] if len(ranges) > 1 else 2**32
        if not ranges[-1][1] <= highest < before:
            raise r.wrong("ranges that descend before this")
    return tag, ranges


def identification(r):
    r.need(b" ")
    if r.nil():
        return None

    def field():
        name = r.string()
        r.need(b" ")
        return name.lower(), r.nstring()

    return dict(r.list(field, empty=True))


RIGHTS = b"lrswipkxtecda"


def rights(r):
    """RFC 4314 7: rights of section 2.1 only, c and d wherever one of their members is (2.1.1)."""
    given = r.astring()
    if set(given) - set(RIGHTS) or len(set(given)) != len(given):
        raise Wrong(f"the rights {given!r}")
    return given


def with_virtual(given):
    for virtual, members in ((b"c", b"kx"), (b"d", b"te")):
        if (virtual in given) != bool(set(members) & set(given)):
            raise Wrong(f"the rights {given!r}: RFC 4314 2.1.1")
    return given


def acl(r):
    """(mailbox, {identifier: rights})"""
    r.need(b" ")
    mailbox, found = r.mailbox(), {}
    while r.opt(b" "):
        identifier = r.astring()
        r.need(b" ")
        if identifier in found:
            raise Wrong(f"{identifier!r} has two entries")
        found[identifier] = with_virtual(rights(r))
    return mailbox, found


def my_rights(r):
    """(mailbox, rights)"""
    r.need(b" ")
    mailbox = r.mailbox()
    r.need(b" ")
    return mailbox, with_virtual(rights(r))


def list_rights(r):
    """(mailbox, identifier, required, [tied])"""
    r.need(b" ")
    mailbox = r.mailbox()
    r.need(b" ")
    identifier = r.astring()
    r.need(b" ")
    required, optional = rights(r), []
    while r.opt(b" "):
        optional.append(rights(r))
    every = required + b"".join(optional)
    if len(set(every)) != len(every):
        raise Wrong("LISTRIGHTS names a right twice")  # RFC 4314 3.7
    with_virtual(every)
    return mailbox, identifier, required, optional


def apple_push(r):
    """In no RFC: aps-version and aps-topic, each with a string, as Apple's servers have it."""
    found = {}
    for name in (b"aps-version", b"aps-topic"):
        r.need(b" " + name + b" ")
        found[name.decode()] = r.quoted()
    return found


def quota(r):
    """RFC 9208 7: quota-response; 4.2.1 lets the list be empty. (root, {resource: (usage, limit)})"""
    r.need(b" ")
    root = r.astring()
    r.need(b" ")
    if r.opt(b"()"):
        return root, {}
    return root, dict(r.list(lambda: quota_resource(r)))


def quota_resource(r):
    name = r.atom().decode()
    if name not in ("STORAGE", "MESSAGE", "MAILBOX", "ANNOTATION-STORAGE"):
        raise r.wrong("a resource that there is before this")
    r.need(b" ")
    usage = r.number64()
    r.need(b" ")
    return name, (usage, r.number64())


def quota_root(r):
    r.need(b" ")
    mailbox, roots = r.mailbox(), []
    while r.opt(b" "):
        roots.append(r.astring())
    return mailbox, roots


UNTAGGED = {
    "ACL": acl,
    "LISTRIGHTS": list_rights,
    "MYRIGHTS": my_rights,
    "QUOTA": quota,
    "QUOTAROOT": quota_root,
    "CAPABILITY": spaced(atoms),
    "ENABLED": enabled,
    "FLAGS": spaced(lambda r: r.flags()),
    "LIST": listed,
    "LSUB": listed,
    "XLIST": listed,
    "UIDBATCHES": uid_batches,
    "STATUS": status,
    "NAMESPACE": namespaces,
    "METADATA": metadata,
    "VANISHED": vanished,
    "SEARCH": search,
    "ESEARCH": esearch,
    "SORT": search,
    "THREAD": lambda r: threads(r) if r.opt(b" ") else [],
    "ID": identification,
    "XAPPLEPUSHSERVICE": apple_push,
}
