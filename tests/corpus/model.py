"""What a message of the corpus is, and how it is written down."""

import dataclasses

from expect import Envelope, inner_sections, octets_of

SEED = 20260101  # of everything that is random here
PLAIN_WORDS_MAX = 60
SECTION_BYTES_MAX = 2_000  # longer ones are not written down a second time, unless they are asked for
MESSAGES = []


@dataclasses.dataclass
class Message:
    """`octets` as on the wire, and what must come of them. `text` is what SEARCH TEXT finds; `also` more of that:

    subject, from, to, cc, bcc, body   strings that SEARCH of that key finds
    lacks                              strings that SEARCH TEXT does not find
    sent                               the day that SENTON finds, "17-Jul-1996", or "none"
    sections                           {"1.MIME": octets} of BODY[…], or None for NIL
    binary                             {"1": octets} of BINARY[…]
    """

    octets: bytes
    envelope: Envelope
    structure: object
    text: tuple = ()
    also: dict = dataclasses.field(default_factory=dict)
    name: str = ""
    why: str = ""

    def sections(self):
        found = inner_sections(self.structure, "")
        body = self.structure.body
        if body is not None:
            assert self.octets.endswith(body), self.name
            header = self.octets[:len(self.octets) - len(body)]
            found += [("TEXT", body), ("HEADER", header)]
        found = [(name, octets) for name, octets in found if len(octets) <= SECTION_BYTES_MAX]
        return found + list(self.also.get("sections", {}).items())


def add(name, *what, why):
    message = Message(*what, name=name, why=" ".join(why.split()))
    assert not any(m.name == name for m in MESSAGES), name
    MESSAGES.append(message)


def message(function):
    """A message of the function's name, from (octets, envelope, structure, text[, also]); the reason is its docstring."""
    add(function.__name__.replace("_", "-"), *function(), why=function.__doc__ or "")
    return function


def crlf(text):
    """Line ends as on the wire. Octets that are no UTF-8 are written as \\udcXX."""
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def escape(octets):
    """One line of printable ASCII that does not end in a blank."""
    named = {0x5C: "\\\\", 0x0D: "\\r", 0x0A: "\\n"}
    out = "".join(named.get(o) or (chr(o) if 0x20 <= o < 0x7F else f"\\x{o:02x}") for o in octets)
    return out[:-1] + "\\x20" if out.endswith(" ") else out


def plain_words(message, key):
    """What is found of a message of which nothing else is known: words that stand there as they are."""
    words = b""
    if key == "subject":
        words = octets_of(message.envelope.subject or "")
    elif key == "body" and getattr(message.structure, "type", "") == "TEXT" and message.structure.encoding == "7BIT":
        words = message.structure.body.strip()
    plain = all(0x20 <= o < 0x7F for o in words) and b"=?" not in words
    return [words[:PLAIN_WORDS_MAX]] if words and plain else []


def expectations(message):
    """The lines of the .expected file: (key, octets)."""
    both = [
        ("envelope", message.envelope.render),
        ("body", lambda utf8: message.structure.render(utf8, extensible=False)),
        ("structure", message.structure.render),
    ]
    lines = [(key, render(False)) for key, render in both]
    lines += [(key + "-utf8", render(True)) for key, render in both if render(True) != render(False)]
    for name, octets in message.sections():
        lines.append((f"section {name}", b"NIL") if octets is None else (f"section {name}", b"=" + octets))
    lines += [(f"binary {name}", octets) for name, octets in message.also.get("binary", {}).items()]
    lines += [("find text", octets_of(words)) for words in message.text]
    for key in ("subject", "from", "to", "cc", "bcc", "body"):
        lines += [(f"find {key}", octets_of(words)) for words in message.also.get(key) or plain_words(message, key)]
    lines += [("lacks", octets_of(words)) for words in message.also.get("lacks", ())]
    if "sent" in message.also:
        lines.append(("sent", octets_of(message.also["sent"])))
    return lines


def expected(message):
    why = f"# {message.why}\n" if message.why else ""
    return (why + "".join(f"{key} {escape(octets)}\n" for key, octets in expectations(message))).encode()
