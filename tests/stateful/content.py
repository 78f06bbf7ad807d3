"""What messages say: made up at random, and read again by the model."""

import base64
import re

ADDRESSES = {  # as in a field: (display name, mailbox, host)
    "anna@a.example": ("", "anna", "a.example"),
    "Zoe <bert@B.example>": ("Zoe", "bert", "B.example"),
    '"adam, the first" <Zora@c.example>': ("adam, the first", "Zora", "c.example"),
    "=?utf-8?Q?=C3=84nne?= <carl@d.example>": ("Änne", "carl", "d.example"),
    "Bo <anna@d.example>": ("Bo", "anna", "d.example"),
}
COLOURS = ["red", "green", "blue"]
SUBJECT_BEGINNINGS = ["", "", "", "Re: ", "re[2]: ", "Fwd: ", "[list] ", "Re: [list] fw: ", "RE:"]
SUBJECT_ENDS = ["", "", "", " (fwd)", "  "]
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
ZONES = ["+0000", "-0500", "+0230"]
PREVIEW_CHARACTERS_MAX = 256  # RFC 8970 3.1


class Content:
    """One message's octets; its copies share them (RFC 8474 5.1). `body`: None where the server may have chosen them."""

    def __init__(self, body=None, size=None):
        self.body = body
        self.size = len(body) if body is not None else size
        self.email_id = self.thread_id = None

    def header(self):
        return self.body.split(b"\r\n\r\n", 1)[0].decode("latin-1") + "\r\n"

    def text(self):
        return self.body.split(b"\r\n\r\n", 1)[1]

    def field(self, name):
        found = re.search(rf"(?im)^{name}:[ \t]*((?:[^\r]|\r\n[ \t])*)\r\n", self.header())
        return found[1].replace("\r\n", "") if found else None

    def decoded(self):
        """Of the only part."""
        encoded = (self.field("Content-Transfer-Encoding") or "").lower() == "base64"
        return base64.b64decode(self.text()) if encoded else self.text()


def some_date(rng, zone="+0000", year_first=1990):
    month = rng.choice(MONTHS)
    return f"{rng.randint(1, 28):2}-{month}-{rng.randint(year_first, 2024)} {rng.randint(0, 23):02}:34:56 {zone}"


def some_subject(rng):
    base = f"{rng.choice(COLOURS)} {rng.randint(1, 2)}"
    if rng.random() < 0.1:
        return f"[Fwd: {base}]"
    text = rng.choice(SUBJECT_BEGINNINGS) + base + rng.choice(SUBJECT_ENDS)
    return text.upper() if rng.random() < 0.1 else text


def message_id(serial):
    return f"<m{serial}@roost.example>"


def some_header(serial, rng):
    """`serial`: the message's own; it answers some of those before, or of those that come, or none that there is."""
    fields = [("From", rng.choice(list(ADDRESSES)))]
    if rng.random() < 0.95:
        fields.append(("Subject", some_subject(rng)))
    for name in ("To", "Cc"):
        if rng.random() < 0.7:
            fields.append((name, ", ".join(rng.choices(list(ADDRESSES), k=rng.choice([1, 2])))))
    if rng.random() < 0.8:
        fields.append(("Date", some_date(rng, rng.choice(ZONES), 2015).strip().replace("-", " ", 2)))
    if rng.random() < 0.95:
        number = serial if rng.random() < 0.9 else rng.randint(1, serial)
        fields.append(("Message-ID", message_id(number)))
    if rng.random() < 0.5:
        near = [message_id(rng.randint(max(1, serial - 12), serial + 2)) for _ in range(rng.randint(1, 4))]
        fields.append((rng.choice(["References", "References", "In-Reply-To"]), " ".join(near)))
    return [f"{name}: {value}" for name, value in fields]


def some_text(rng):
    text = "".join(rng.choice(["word ", "line\r\n", "another "]) for _ in range(rng.choice([1, 5, 40, 400])))
    return text.encode()


def some_message(serial, rng):
    header, text = some_header(serial, rng), some_text(rng)
    if rng.random() < 0.2:
        header += ["MIME-Version: 1.0", "Content-Type: text/plain", "Content-Transfer-Encoding: base64"]
        text = base64.encodebytes(text).replace(b"\n", b"\r\n")
    return ("\r\n".join(header) + "\r\n\r\n").encode() + text


def addresses(value):
    """Of a field that was made here: [(display name, mailbox, host)]"""
    found = []
    while value:
        text = next(t for t in sorted(ADDRESSES, key=len, reverse=True) if value.startswith(t))
        found.append(ADDRESSES[text])
        value = value[len(text):].lstrip(", ")
    return found


REPLY_OR_FORWARD = re.compile(r"(?i)^(?:\[[^\[\]]*\]\s*)*(?:re|fwd?)\s*(?:\[[^\[\]]*\]\s*)?:")
BLOB = re.compile(r"^\[[^\[\]]*\]\s*")
WRAPPED = re.compile(r"(?i)^\[fwd:(.*)\]$")


def base_subject(text):
    """RFC 5256 2.1: (base, whether it is a reply or forward)"""
    text, answers = re.sub(r"\s+", " ", text or ""), False
    while True:
        while trailer := re.search(r"(?i)(\(fwd\)| )$", text):
            text, answers = text[:trailer.start()], answers or trailer[0] != " "
        text, removed = without_leaders(text)
        answers = answers or removed
        wrapped = WRAPPED.match(text)
        if not wrapped:
            return text, answers
        text, answers = wrapped[1], True


def without_leaders(text):
    removed = False
    while True:
        leader, blob = REPLY_OR_FORWARD.match(text), BLOB.match(text)
        if text.startswith(" "):
            text = text[1:]
        elif leader:
            text, removed = text[leader.end():], True
        elif blob and blob.end() < len(text):
            text = text[blob.end():]
        else:
            return text, removed
