"""What FETCH says of a message: msg-att, envelope, body (RFC 3501 9, RFC 9051 9, and the extensions' items)."""

import re

DEPTH_MAX = 200
SECTION = re.compile(rb"\[([1-9][0-9]*(?:\.[1-9][0-9]*)*)?(\.?)(HEADER(?:\.FIELDS(?:\.NOT)?)?|TEXT|MIME)?", re.I)


def message_attributes(r):
    """{item: value}; items in capitals, sections as in "BODY[1.HEADER]<0>"."""
    items = {}

    def one():
        name, value = attribute(r)
        if name in items and items[name] != value:
            raise r.wrong(f"{name} with one value only before this")
        items[name] = value

    r.list(one)
    return items


def attribute(r):
    name = r.word()
    if "[" in name:
        r.at -= len(name) - name.index("[")
        return with_section(r, name[:name.index("[")])
    if name not in READERS:
        raise r.wrong(f"an item that there is, not {name}, before this")
    r.need(b" ")
    return name, READERS[name](r)


def object_id(r):
    value = r.atom()
    if len(value) > 255 or not all(chr(c).isalnum() or c in b"_-" for c in value):
        raise r.wrong("an objectid before this")  # RFC 8474 7
    return value


def save_date(r):
    return None if r.nil() else r.date_time()


READERS = {
    "FLAGS": lambda r: r.flags(),
    "UID": lambda r: r.nz_number(),
    "MODSEQ": lambda r: r.in_parentheses(r.mod_sequence),
    "INTERNALDATE": lambda r: r.date_time(),
    "SAVEDATE": save_date,
    "RFC822.SIZE": lambda r: r.number64(),
    "RFC822": lambda r: r.nstring(),
    "RFC822.HEADER": lambda r: r.nstring(),
    "RFC822.TEXT": lambda r: r.nstring(),
    "ENVELOPE": lambda r: envelope(r),
    "BODY": lambda r: body(r, False, 0),
    "BODYSTRUCTURE": lambda r: body(r, True, 0),
    "EMAILID": lambda r: r.in_parentheses(lambda: object_id(r)),
    "THREADID": lambda r: None if r.nil() else r.in_parentheses(lambda: object_id(r)),
    "PREVIEW": lambda r: r.nstring(),
}


def with_section(r, name):
    """BODY[…]<n>, BINARY[…]<n> and BINARY.SIZE[…], which come here with "[" next."""
    if name not in ("BODY", "BINARY", "BINARY.SIZE"):
        raise r.wrong("BODY, BINARY or BINARY.SIZE before this")
    name += section(r, text_allowed=name == "BODY")
    if name.startswith("BINARY.SIZE"):
        r.need(b" ")
        return name, r.number()
    if r.opt(b"<"):
        name += f"<{r.number64()}>"
        r.need(b">")
    r.need(b" ")
    if name.startswith("BINARY") and r.next_is(b"~"):
        return name, r.literal(binary=True)
    return name, r.nstring()


def section(r, text_allowed):
    """As text, in capitals; the names of fields without their quotes."""
    part, dot, text = (group or b"" for group in r.take(SECTION, "a section").groups())
    text = text.upper()
    if bool(dot) != bool(part and text) or (text and not text_allowed) or (text == b"MIME" and not part):
        raise r.wrong("a section-spec before this")
    value = (part + dot + text).decode()
    if text.startswith(b"HEADER.FIELDS"):
        r.need(b" ")
        value += " (" + " ".join(f.decode("latin-1").upper() for f in r.list(r.astring)) + ")"
    r.need(b"]")
    return f"[{value}]"


def envelope(r):
    r.need(b"(")
    fields = [r.nstring()]
    r.need(b" ")
    fields.append(r.nstring())
    for _ in range(6):
        r.need(b" ")
        fields.append(addresses(r))
    for _ in range(2):
        r.need(b" ")
        fields.append(r.nstring())
    r.need(b")")
    return tuple(fields)


def addresses(r):
    if r.nil():
        return None
    found = []
    r.need(b"(")
    while not found or r.next_is(b"("):
        r.need(b"(")
        address = [r.nstring()]
        for _ in range(3):
            r.need(b" ")
            address.append(r.nstring())
        r.need(b")")
        found.append(tuple(address))
    r.need(b")")
    check_groups(r, found)
    return tuple(found)


def check_groups(r, found):
    """RFC 3501 7.4.2: a NIL host begins a group, if there is a mailbox, and ends it, if there is none."""
    inside = False
    for _, _, mailbox, host in found:
        if host is None and inside == (mailbox is not None):
            raise r.wrong("groups that begin and end before this")
        inside = inside != (host is None)
    if inside:
        raise r.wrong("the end of a group before this")


def body(r, extensible, depth):
    """Tuples, as they stand."""
    if depth > DEPTH_MAX:
        raise r.wrong("less nesting")
    r.need(b"(")
    value = multipart(r, extensible, depth) if r.next_is(b"(") else one_part(r, extensible, depth)
    r.need(b")")
    return value


def multipart(r, extensible, depth):
    parts = []
    while r.next_is(b"("):
        parts.append(body(r, extensible, depth + 1))
    r.need(b" ")
    value = [tuple(parts), r.string()]
    if r.next_is(b" ") and extensible:
        r.need(b" ")
        value.append(parameters(r))
        value += extension_data(r)
    return tuple(value)


def one_part(r, extensible, depth):
    media = r.string()
    r.need(b" ")
    subtype = r.string()
    r.need(b" ")
    value = [media, subtype, parameters(r)]
    for element in (r.nstring, r.nstring, r.string, r.number):
        r.need(b" ")
        value.append(element())
    if media.upper() == b"MULTIPART":
        raise r.wrong("no multipart without parts before this")
    # RFC 3501 knows a message only in message/rfc822; RFC 9051 and RFC 9755 know it in message/global too.
    if media.upper() == b"MESSAGE" and subtype.upper() in ((b"RFC822", b"GLOBAL") if r.utf8 else (b"RFC822",)):
        r.need(b" ")
        value.append(envelope(r))
        r.need(b" ")
        value.append(body(r, extensible, depth + 1))
        r.need(b" ")
        value.append(r.number64())
    elif media.upper() == b"TEXT":
        r.need(b" ")
        value.append(r.number64())
    if r.next_is(b" ") and extensible:
        r.need(b" ")
        value.append(r.nstring())
        value += extension_data(r)
    return tuple(value)


def parameters(r):
    if r.nil():
        return None

    def pair():
        name = r.string()
        r.need(b" ")
        return name, r.string()

    return tuple(r.list(pair))


def extension_data(r):
    """[SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]"""
    values = []
    for element in (disposition, languages, lambda r: r.nstring()):
        if not r.opt(b" "):
            break
        values.append(element(r))
    return values


def disposition(r):
    if r.nil():
        return None
    r.need(b"(")
    kind = r.string()
    r.need(b" ")
    value = kind, parameters(r)
    r.need(b")")
    return value


def languages(r):
    return tuple(r.list(r.string)) if r.next_is(b"(") else r.nstring()
