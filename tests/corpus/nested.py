"""Messages within messages (RFC 2046 5.2.1, RFC 6532)."""

from expect import EMPTY_ENVELOPE, FRED, Envelope, Leaf, Multipart, Nested, Parameter, address, group, text
from model import crlf, message

HEAD = "Content-Type: message/rfc822\n\n"


@message
def message_in_message():
    """RFC 3501 6.4.5: the message is part 1, and its only body is part 1 of that."""
    header, body = crlf("Subject: inner\nX-Inner: yes\n\n"), crlf("inside\n")
    inner = header + body
    structure = Nested(inner, envelope=Envelope(subject="inner"), inner=text(body), inner_header=header)
    also = {
        "subject": ["outer"], "body": ["inside"],
        "sections": {"2": None, "1.2": None, "1.1.1": None, "1.1.HEADER": None},
    }
    return crlf("Subject: outer\n" + HEAD) + inner, Envelope(subject="outer"), structure, ["inner", "x-inner: yes"], also


@message
def messages_ten_deep():
    octets, structure = crlf("Subject: innermost\n\ndeep down\n"), text(crlf("deep down\n"))
    envelope = Envelope(subject="innermost")
    for level in range(10):
        structure = Nested(octets, envelope=envelope, inner=structure)
        octets = crlf(f"Subject: level {level}\nContent-Type: message/rfc822\n\n") + octets
        envelope = Envelope(subject=f"level {level}")
    return octets, envelope, structure, ["deep down", "innermost"], {"body": ["deep down"]}


@message
def messages_without_end():
    """The 100th level (mime_depth_max) is not looked into any more: an opaque part."""
    depth = 130
    octets, structure, envelope = crlf("\ndeep down\n"), None, EMPTY_ENVELOPE
    for level in range(depth, 0, -1):
        if level == 101:
            structure = Leaf(octets, "APPLICATION", "OCTET-STREAM")
        elif level < 101:
            structure = Nested(octets, envelope=envelope, inner=structure)
        envelope = Envelope(subject=f"level {level}")
        octets = crlf(f"Subject: level {level}\n" + HEAD) + octets
    return octets, envelope, structure, ["level 99"]


@message
def message_in_multipart():
    """The encapsulated message ends where the outer boundary's CRLF begins, at every level."""
    header = crlf("Subject: inner\nContent-Type: multipart/mixed; boundary=in\n\n")
    parts = crlf("--in\n\nthree one\n--in--")
    octets = (
        crlf("Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: message/rfc822\n\n")
        + header + parts
        + crlf("\n--out--\n")
    )
    inner = Multipart([text(b"three one", header=crlf("\n"))], boundary="in", body=parts)
    nested = Nested(
        header + parts, header=crlf(HEAD), envelope=Envelope(subject="inner"), inner=inner, inner_header=header
    )
    also = {"body": ["three one"], "sections": {"1.1.HEADER": None, "1.2": None}}
    return octets, EMPTY_ENVELOPE, Multipart([nested], boundary="out"), ["three one"], also


@message
def message_cut_by_a_boundary():
    """Its header has no end: the outer boundary ends it. The header keeps its last line end, as fields must have one."""
    octets = crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n" + HEAD + "Subject: cut\n--b\n\nafter\n--b--\n")
    nested = Nested(crlf("Subject: cut\n"), envelope=Envelope(subject="cut"), inner=text(b""))
    return octets, EMPTY_ENVELOPE, Multipart([nested, text(b"after")]), ["cut"], {"body": ["after"]}


@message
def message_of_nothing():
    """Empty, and so is all that is said of it."""
    octets = crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n" + HEAD + "--b--\n")
    return octets, EMPTY_ENVELOPE, Multipart([Nested(b"", inner=text(b""))]), []


@message
def message_without_header():
    """The blank line comes first: no fields, and then text."""
    octets = crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n" + HEAD + "\nwho wrote this?\n--b--\n")
    nested = Nested(crlf("\nwho wrote this?"), inner=text(b"who wrote this?"), inner_header=crlf("\n"))
    return octets, EMPTY_ENVELOPE, Multipart([nested]), ["who wrote"], {"body": ["who wrote"]}


@message
def message_with_an_envelope():
    """All members of an encapsulated message's ENVELOPE, 8-bit octets included."""
    header = crlf(
        "Date: Wed, 17 Jul 1996 02:23:25 -0700\nSubject: Grüße\nFrom: Fred Foobar <foobar@example.org>\n"
        "Sender: s@example.org\nReply-To: r@example.org\nTo: G: Jörg <j@example.org>;\nCc: c@example.org\n"
        "Bcc: b@example.org\nIn-Reply-To: <1@a>\nMessage-ID: <2@a>\n\n"
    )
    body = crlf("x\n")
    envelope = Envelope(
        "Wed, 17 Jul 1996 02:23:25 -0700", "Grüße", (FRED,), (address("s@example.org"),), (address("r@example.org"),),
        group("G", address("j@example.org", "Jörg")), (address("c@example.org"),), (address("b@example.org"),), "<1@a>",
        "<2@a>",
    )
    structure = Nested(header + body, envelope=envelope, inner=text(body))
    return crlf(HEAD) + header + body, EMPTY_ENVELOPE, structure, ["grüße"]


@message
def message_forwarded_twice():
    """As clients make it: text, and the other message with its attachment."""
    inner_header = crlf("Subject: first\nFrom: a@example.org\nContent-Type: multipart/mixed; boundary=in\n\n")
    head = crlf("Content-Type: text/plain; name*=utf-8''%C3%9F.txt\nContent-Disposition: attachment\n\n")
    inner_body = crlf("--in\n\nfirst text\n--in\n") + head + crlf("attached\n--in--\n")
    outer = (
        crlf("Subject: Fwd: first\nContent-Type: multipart/mixed; boundary=out\n\n--out\n\nsee below\n--out\n"
             "Content-Type: message/rfc822; name=first.eml\nContent-Disposition: inline\n\n")
        + inner_header + inner_body + crlf("\n--out--\n")
    )
    name = [Parameter("CHARSET", "US-ASCII"), Parameter("NAME*", "utf-8''%C3%9F.txt", "ß.txt")]
    attached = text(b"attached", header=head)
    attached.parameters = name
    attached.fields.disposition = ("ATTACHMENT", {})
    inner = Multipart([text(b"first text"), attached], boundary="in", body=inner_body)
    nested = Nested(
        inner_header + inner_body, parameters={"name": "first.eml"}, inner_header=inner_header, inner=inner,
        envelope=Envelope(subject="first", author=(address("a@example.org"),)),
    )
    nested.fields.disposition = ("INLINE", {})
    also = {"subject": ["fwd: first"], "body": ["attached", "first text", "see below"]}
    return outer, Envelope(subject="Fwd: first"), Multipart([text(b"see below"), nested], boundary="out"), [], also


@message
def message_global():
    """RFC 6532. RFC 3501 does not know it: a part like any other in IMAP4rev1, a message in UTF-8 mode."""
    body = crlf("Grüße\n")
    inner = crlf("Subject: Grüße\n\n") + body
    octets = crlf("Content-Type: message/global\nContent-Transfer-Encoding: 8bit\n\n") + inner
    structure = Nested(
        inner, subtype="GLOBAL", encoding="8BIT", envelope=Envelope(subject="Grüße"), inner=text(body)
    )
    return octets, EMPTY_ENVELOPE, structure, ["grüße"], {"body": ["GRÜßE"]}


@message
def message_in_a_part_that_names_no_type():
    """A text/plain part that looks like a message is text."""
    part = crlf("From: a@example.org\nSubject: quoted\n\nnot a message")
    octets = crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n") + part + crlf("\n--b--\n")
    return octets, EMPTY_ENVELOPE, Multipart([text(part)]), ["subject: quoted"], {"body": ["subject: quoted"]}
