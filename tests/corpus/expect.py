"""What FETCH must say of a message, as values that are written in the form of IMAP4rev1 or, after ENABLE IMAP4rev2 or
UTF8=ACCEPT, with UTF-8 (RFC 3501 7.4.2 and 9, RFC 9051 7.5.2 and 9).

Everything is given by whoever wrote the message; nothing here reads one. Strings are str (of UTF-8) or bytes."""

import dataclasses

QUOTED_BYTES_MAX = 1024  # RFC 3501 9 sets no bound; a longer string goes out as a literal


def octets_of(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def is_utf8(octets):
    try:
        octets.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def string(value, utf8):
    """nstring. QUOTED-CHAR is 7-bit in RFC 3501 and UTF-8 in RFC 9051; what does not fit is a literal."""
    if value is None:
        return b"NIL"
    value = octets_of(value)
    plain = all(o < 0x80 for o in value) or (utf8 and is_utf8(value))
    plain = plain and b"\r" not in value and b"\n" not in value
    if plain and len(value) <= QUOTED_BYTES_MAX:
        return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return b"{%d}\r\n%s" % (len(value), value)


def listed(items):
    return b"(" + b" ".join(items) + b")" if items else b"NIL"


@dataclasses.dataclass
class Address:
    """RFC 3501 7.4.2, ENVELOPE. No host: a group begins; nor a mailbox: it ends."""

    mailbox: object = None
    host: object = None
    name: object = None
    route: object = None

    def render(self, utf8):
        return listed([string(s, utf8) for s in (self.name, self.route, self.mailbox, self.host)])


def address(spec, name=None, route=None):
    """Of "mailbox@host"; the last @ counts."""
    mailbox, _, host = spec.rpartition("@")
    return Address(mailbox, host, name, route)


def group(name, *members):
    return [Address(mailbox=name), *members, Address()]


@dataclasses.dataclass
class Envelope:
    """Sender and Reply-To are From where they are not given."""

    date: object = None
    subject: object = None
    author: tuple = ()  # From
    sender: tuple = ()
    reply_to: tuple = ()
    to: tuple = ()
    cc: tuple = ()
    bcc: tuple = ()
    in_reply_to: object = None
    message_id: object = None

    def render(self, utf8):
        def addresses(those):
            return b"(" + b"".join(a.render(utf8) for a in those) + b")" if those else b"NIL"

        lists = [self.author, self.sender or self.author, self.reply_to or self.author, self.to, self.cc, self.bcc]
        members = [string(self.date, utf8), string(self.subject, utf8)]
        members += [addresses(those) for those in lists]
        members += [string(self.in_reply_to, utf8), string(self.message_id, utf8)]
        return listed(members)


@dataclasses.dataclass
class Parameter:
    """`extended`: RFC 2231's charset'language'%XX, kept so for IMAP4rev1 under the name with "*"; `decoded` is what
    UTF-8 mode gives under that name (RFC 9051 7.5.2)."""

    name: str
    value: object
    decoded: object = None

    def render(self, utf8):
        value = self.decoded if utf8 and self.decoded is not None else self.value
        return string(self.name, utf8) + b" " + string(value, utf8)


def parameters(given):
    """From {"name": value} or a list of Parameters; names in upper case, as Roost writes them."""
    if isinstance(given, dict):
        return [Parameter(name.upper(), value) for name, value in given.items()]
    return list(given)


def rendered(those, utf8):
    return listed([p.render(utf8) for p in those])


@dataclasses.dataclass
class Fields:
    """What a part's header says besides its type."""

    id: object = None
    description: object = None
    md5: object = None
    disposition: object = None  # (type, parameters)
    language: object = None  # a string, or several
    location: object = None

    def tail(self, utf8):
        disposition = b"NIL"
        if self.disposition:
            kind, given = self.disposition
            disposition = listed([string(kind, utf8), rendered(parameters(given), utf8)])
        language = self.language
        if isinstance(language, (list, tuple)):
            language = listed([string(tag, utf8) for tag in language])
        else:
            language = string(language, utf8)
        return [disposition, language, string(self.location, utf8)]


@dataclasses.dataclass
class Leaf:
    """A part that is not looked into. `body` is all of it, without the line end that belongs to a boundary; `header`,
    where it is known, is the part's own, with its blank line."""

    body: bytes
    type: str = "TEXT"
    subtype: str = "PLAIN"
    parameters: object = None
    encoding: object = "7BIT"
    fields: Fields = dataclasses.field(default_factory=Fields)
    header: object = None

    def render(self, utf8, extensible=True):
        given = self.parameters
        if given is None:  # RFC 2045 5.2
            given = {"charset": "US-ASCII"} if self.type == "TEXT" else {}
        out = [string(self.type, utf8), string(self.subtype, utf8), rendered(parameters(given), utf8)]
        out += [string(self.fields.id, utf8), string(self.fields.description, utf8), string(self.encoding, utf8)]
        out += [b"%d" % len(self.body), *self.inside(utf8, extensible)]
        if extensible:
            out += [string(self.fields.md5, utf8), *self.fields.tail(utf8)]
        return listed(out)

    def inside(self, utf8, extensible):
        """A line is what ends in a line end: in RFC 3501's example 4554 octets of base64 are 73 lines of 62 octets and
        28 octets more, which are not counted."""
        return [b"%d" % self.body.count(b"\n")] if self.type == "TEXT" else []

    def sections(self, number):
        found = [(number, self.body)]
        if self.header is not None:
            found.append((f"{number}.MIME", self.header))
        return found


@dataclasses.dataclass
class Nested(Leaf):
    """message/rfc822, or message/global, which RFC 3501 does not know: for IMAP4rev1 a part like any other (RFC 9755
    allows both). `inner_header` is the encapsulated message's."""

    type: str = "MESSAGE"
    subtype: str = "RFC822"
    envelope: Envelope = dataclasses.field(default_factory=Envelope)
    inner: object = None
    inner_header: object = None

    def inside(self, utf8, extensible):
        if self.subtype != "RFC822" and not utf8:
            return []
        lines = b"%d" % self.body.count(b"\n")
        return [self.envelope.render(utf8), self.inner.render(utf8, extensible), lines]

    def sections(self, number):
        found = super().sections(number)
        if self.inner_header is not None:
            found.append((f"{number}.HEADER", self.inner_header))
            found.append((f"{number}.TEXT", self.body[len(self.inner_header):]))
        return found + inner_sections(self.inner, number)


@dataclasses.dataclass
class Multipart:
    parts: list
    subtype: str = "MIXED"
    boundary: object = "b"
    parameters: object = None  # where there is more than the boundary
    fields: Fields = dataclasses.field(default_factory=Fields)
    body: object = None
    header: object = None

    def render(self, utf8, extensible=True):
        out = [b"".join(part.render(utf8, extensible) for part in self.parts), string(self.subtype, utf8)]
        if extensible:
            given = {"boundary": self.boundary} if self.parameters is None else self.parameters
            out += [rendered(parameters(given), utf8), *self.fields.tail(utf8)]
        return listed(out)

    def sections(self, number):
        found = [] if self.body is None else [(number, self.body)]
        if self.header is not None:
            found.append((f"{number}.MIME", self.header))
        return found + inner_sections(self, number)


def inner_sections(root, number):
    """Of a message: its parts, or its only body as part 1 (RFC 3501 6.4.5)."""
    prefix = f"{number}." if number else ""
    if isinstance(root, Multipart):
        return [found for i, part in enumerate(root.parts, 1) for found in part.sections(f"{prefix}{i}")]
    return [] if root is None else root.sections(f"{prefix}1")


# What stands in a multipart that has no part, and in a message that is encoded: clients need one, and RFC 9051's
# grammar wants 1*body.
NO_PART = Leaf(b"")
EMPTY_ENVELOPE = Envelope()
FRED = address("foobar@example.org", "Fred Foobar")


def text(body, charset=None, subtype="PLAIN", encoding="7BIT", **more):
    given = None if charset is None else {"charset": charset}
    return Leaf(body, subtype=subtype, parameters=given, encoding=encoding, **more)


def named(**members):
    """An envelope from Fred."""
    return Envelope(author=(FRED,), **members)
