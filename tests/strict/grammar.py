"""The words that all responses are made of: RFC 3501 9, RFC 9051 9. A reader over bytes that are wholly there."""

import re

ATOM = re.compile(rb"[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")
ASTRING = re.compile(rb"[!#$&'+,\-./0-9:;<=>?@A-Z\[\]^_`a-z|}~]+")
NUMBER = re.compile(rb"[0-9]+")
QUOTED = re.compile(rb'"((?:[^"\\\r\n\0\x80-\xff]|\\["\\])*)"')
QUOTED_UTF8 = re.compile(rb'"((?:[^"\\\r\n\0]|\\["\\])*)"')
LITERAL = re.compile(rb"(~?)\{([0-9]+)\}\r\n")
FLAG = re.compile(rb"\\?[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")
TEXT = re.compile(rb"[^\r\n\0\x80-\xff]*")
TEXT_UTF8 = re.compile(rb"[^\r\n\0]*")
BAD_URL = re.compile(rb'"([^\]"\\\r\n\0\x80-\xff ]+)"')
CODE_DATA = re.compile(rb"[^\]\r\n\0\x80-\xff]+")
SET = re.compile(rb"[0-9]+(?::[0-9]+)?(?:,[0-9]+(?::[0-9]+)?)*")
DATE_TIME = re.compile(
    rb'"(?: [1-9]|[0-3][0-9])-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-[0-9]{4} '
    rb'[0-2][0-9]:[0-5][0-9]:[0-6][0-9] [+-][0-9]{4}"')
BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
UTF7_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
NUMBER_MAX = 2**32 - 1
NUMBER64_MAX = 2**63 - 1


class Wrong(Exception):
    """A server said what it may not say."""


class Reader:
    """`utf8`: UTF8=ACCEPT or IMAP4rev2 is on, so quoted strings and texts may hold UTF-8."""

    __slots__ = ("data", "at", "utf8")

    def __init__(self, data, utf8=False):
        self.data, self.at, self.utf8 = data, 0, utf8

    def wrong(self, what):
        return Wrong(f"expected {what} at {self.data[max(0, self.at - 60):self.at]!r} <HERE> "
                     f"{self.data[self.at:self.at + 60]!r}")

    def take(self, pattern, what):
        found = pattern.match(self.data, self.at)
        if not found or found.end() == self.at:
            raise self.wrong(what)
        self.at = found.end()
        return found

    def opt(self, word):
        if self.data.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def need(self, word):
        if not self.opt(word):
            raise self.wrong(repr(word))

    def next_is(self, word):
        return self.data.startswith(word, self.at)

    def atom(self):
        return self.take(ATOM, "an atom")[0]

    def word(self):
        """A keyword of the protocol, in capitals."""
        return self.take(ATOM, "a word")[0].upper().decode()

    def number(self, low=0, high=NUMBER_MAX):
        digits = self.take(NUMBER, "a number")[0]
        value = int(digits) if len(digits) < 25 else high + 1
        if not low <= value <= high or (len(digits) > 1 and digits[:1] == b"0"):
            raise self.wrong(f"a number from {low} to {high} before this")
        return value

    def nz_number(self):
        return self.number(1)

    def number64(self):
        return self.number(0, NUMBER64_MAX)

    def mod_sequence(self):
        return self.number(1, NUMBER64_MAX)

    def in_parentheses(self, element):
        """"(" element ")" """
        self.need(b"(")
        value = element()
        self.need(b")")
        return value

    def list(self, element, empty=False):
        """"(" element *(SP element) ")" """
        self.need(b"(")
        if empty and self.opt(b")"):
            return []
        values = [element()]
        while self.opt(b" "):
            values.append(element())
        self.need(b")")
        return values

    def literal(self, binary=False):
        found = self.take(LITERAL, "a literal")
        if found[1] and not binary:
            raise self.wrong("a literal without ~ before this")
        size = int(found[2])
        value = self.data[self.at:self.at + size]
        if len(value) < size:
            raise self.wrong(f"{size} octets")
        if not found[1] and b"\0" in value:
            raise self.wrong("a literal without NUL")
        self.at += size
        return value

    def quoted(self):
        inside = self.take(QUOTED_UTF8 if self.utf8 else QUOTED, "a quoted string")[1]
        if self.utf8:
            self.check_utf8(inside)
        return inside.replace(b'\\"', b'"').replace(b"\\\\", b"\\") if b"\\" in inside else inside

    def check_utf8(self, text):
        try:
            text.decode()
        except UnicodeDecodeError:
            raise self.wrong("UTF-8 before this") from None

    def string(self):
        return self.quoted() if self.next_is(b'"') else self.literal()

    def nil(self):
        """True if NIL stands here, as a word of its own."""
        found = ATOM.match(self.data, self.at)
        if found and found[0].upper() == b"NIL":
            self.at = found.end()
            return True
        return False

    def nstring(self):
        return None if self.nil() else self.string()

    def astring(self):
        if self.next_is(b'"') or self.next_is(b"{"):
            return self.string()
        return self.take(ASTRING, "an astring")[0]

    def mailbox(self):
        """As bytes of UTF-8. RFC 3501 5.1.3: modified UTF-7, in its only form, unless UTF-8 is on."""
        name = self.astring()
        if name.upper() == b"INBOX":
            return b"INBOX"
        if self.utf8:
            self.check_utf8(name)
            return name
        return from_utf7(name, self)

    def flag(self):
        return self.take(FLAG, "a flag")[0].decode()

    def flag_perm(self):
        return "\\*" if self.opt(b"\\*") else self.flag()

    def flags(self, element=None):
        flags = self.list(element or self.flag, empty=True)
        if len({f.lower() for f in flags}) != len(flags):
            raise self.wrong("no flag twice before this")
        return frozenset(flags)

    def set(self, ascending=True):
        """Ranges, as pairs. A server sends no "*"."""
        ranges = []
        for part in self.take(SET, "a set")[0].split(b","):
            first, _, last = part.partition(b":")
            first, last = int(first), int(last or first)
            if not 1 <= first <= last <= NUMBER_MAX or (ascending and ranges and first <= ranges[-1][1]):
                raise self.wrong("an ascending set before this")
            ranges.append((first, last))
        return ranges

    def date_time(self):
        return self.take(DATE_TIME, "a date-time")[0]

    def text(self):
        text = self.take(TEXT_UTF8 if self.utf8 else TEXT, "a text")[0]
        if self.utf8:
            self.check_utf8(text)
        return text

    def end(self):
        if self.data[self.at:] != b"\r\n":
            raise self.wrong("the end of the line")


def size_of(ranges):
    return sum(last - first + 1 for first, last in ranges)


def from_utf7(name, reader):
    """RFC 3501 5.1.3: printable ASCII for itself, "&-" for "&", everything else in modified base64."""
    if any(c < 0x20 or c > 0x7e for c in name):
        raise reader.wrong("a mailbox name in modified UTF-7 before this")
    text = name.decode()
    decoded = UTF7_SHIFTED.sub(lambda m: "&" if not m[1] else from_shifted(m[1], reader), text)
    if "&" in UTF7_SHIFTED.sub("", text) or re.search(r"&[^-]+-&[^-]", text):
        raise reader.wrong("a mailbox name in modified UTF-7 before this")
    return decoded.encode("utf-8", "surrogatepass")


def from_shifted(text, reader):
    import binascii
    padded = text.replace(",", "/") + "=" * (-len(text) % 4)
    try:
        decoded = binascii.a2b_base64(padded, strict_mode=True).decode("utf-16-be")
    except (ValueError, UnicodeDecodeError):
        raise reader.wrong("modified base64 of UTF-16 before this") from None
    again = binascii.b2a_base64(decoded.encode("utf-16-be"), newline=False).decode().rstrip("=").replace("/", ",")
    if again != text or any(" " <= c <= "~" for c in decoded):
        raise reader.wrong("the shortest modified UTF-7 before this")
    return decoded
