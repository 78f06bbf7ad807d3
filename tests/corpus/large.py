"""Messages that are too large to keep, or to parse in full. They are made when they are needed, always the same octets."""

import base64
import dataclasses
import random

from model import SEED, crlf


@dataclasses.dataclass
class Large:
    """`find`: (key, words) that SEARCH finds. `section`: (name, octets) of BODY[…]."""

    name: str
    octets: bytes
    find: tuple = ()
    section: tuple = ()


def parts_10000():
    """As many parts as are looked into, and more: the last one holds what follows."""
    parts = "".join(f"--b\nContent-Type: text/plain\n\npart {i}\n" for i in range(1, 10_001))
    octets = crlf("Subject: parts\nContent-Type: multipart/mixed; boundary=b\n\n" + parts + "--b--\n")
    return octets, [("BODY", "part 9998"), ("SUBJECT", "parts")], [("1", b"part 1"), ("9998", b"part 9998")]


def parts_tiny_100000():
    """Delimiters and nothing else."""
    octets = crlf("Subject: delimiters\nContent-Type: multipart/mixed; boundary=b\n\n" + "--b\n" * 100_000)
    return octets, [("SUBJECT", "delimiters")], [("5", b"")]


def field_1mb():
    octets = crlf("Subject: " + "long " * 200_000 + "needle\n\nbody\n")
    return octets, [("SUBJECT", "long needle"), ("TEXT", "long needle"), ("BODY", "body")], [("TEXT", crlf("body\n"))]


def encoded_field_1mb():
    """Encoded words without end, each character cut in two: wherever a reader cuts, it must not show."""
    word = "=?utf-8?Q?=BCx_Gr=C3?="
    octets = crlf("Subject: " + "\n ".join(["=?utf-8?Q?Gr=C3?="] + [word] * 45_000 + ["=?utf-8?Q?=BC_needle?="]) + "\n\nbody\n")
    return octets, [("SUBJECT", "grüx grüx grü needle"), ("TEXT", "grüx grü needle")], [("TEXT", crlf("body\n"))]


def folded_field_1mb():
    names = ",\n ".join(f"u{i}@example.org" for i in range(60_000))
    return crlf(f"To: {names}\n\nbody\n"), [("TO", "u59999@example"), ("TEXT", "u42000@")], [("TEXT", crlf("body\n"))]


def fields_100000():
    fields = "".join(f"X-Field-{i}: {i}\n" for i in range(100_000))
    octets = crlf(fields + "Subject: last\n\nbody\n")
    return octets, [("SUBJECT", "last"), ("TEXT", "x-field-99999: 99999")], [("TEXT", crlf("body\n"))]


def comments_1m_deep():
    """Parentheses in a Subject mean nothing; in From they nest, a million deep."""
    octets = crlf("From: " + "(" * 1_000_000 + ")" * 1_000_000 + " a@example.org\nSubject: deep\n\nbody\n")
    return octets, [("SUBJECT", "deep"), ("FROM", "a@example.org")], [("TEXT", crlf("body\n"))]


def multiparts_1m_deep():
    head = "".join(f"--{i}\nContent-Type: multipart/mixed; boundary={i + 1}\n\n" for i in range(1_000_000))
    return crlf("Subject: abyss\nContent-Type: multipart/mixed; boundary=0\n\n" + head), [("SUBJECT", "abyss")], []


def messages_1m_deep():
    return crlf("Content-Type: message/rfc822\n\n" * 1_000_000), [("TEXT", "message/rfc822")], []


def line_20mb():
    """One line of text, and its end is found."""
    octets = crlf("Subject: one line\n\n") + b"x" * 20_000_000 + b" needle\r\n"
    return octets, [("BODY", "x needle")], []


def attachment_50mb():
    rng = random.Random(SEED)
    data = base64.encodebytes(rng.randbytes(37_000_000)).replace(b"\n", b"\r\n")
    octets = (
        crlf(
            "Subject: big\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee attachment\n--b\n"
            "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
            "Content-Disposition: attachment; filename=big.bin\n\n"
        )
        + data
        + crlf("\n--b\n\nafter it\n--b--\n")
    )
    return octets, [("BODY", "see attachment"), ("BODY", "after it")], [("3", b"after it"), ("2", data)]


MAKERS = [
    parts_10000, parts_tiny_100000, field_1mb, encoded_field_1mb, folded_field_1mb, fields_100000, comments_1m_deep,
    multiparts_1m_deep, messages_1m_deep, line_20mb, attachment_50mb,
]


def large_messages():
    for make in MAKERS:
        yield Large(make.__name__.replace("_", "-"), *make())
