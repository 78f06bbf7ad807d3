"""Examples of the RFCs' own: what everybody must get right."""

from expect import Address, Envelope, Leaf, Multipart, Nested, address, text
from model import crlf, message


@message
def rfc2046_simple_boundary():
    """RFC 2046 5.1.1: a part without fields, one with, and the line break that is no part of the first."""
    first = crlf("This is implicitly typed plain US-ASCII text.\nIt does NOT end with a linebreak.")
    second = crlf("This is explicitly typed plain US-ASCII text.\nIt DOES end with a linebreak.\n")
    second_head = crlf("Content-type: text/plain; charset=us-ascii\n\n")
    body = (
        crlf(
            "This is the preamble.  It is to be ignored, though it\nis a handy place for composition agents to include an\n"
            "explanatory note to non-MIME conformant readers.\n\n--simple boundary\n\n"
        )
        + first + crlf("\n--simple boundary\n") + second_head + second
        + crlf("\n--simple boundary--\n\nThis is the epilogue.  It is also to be ignored.\n")
    )
    octets = crlf(
        "From: Nathaniel Borenstein <nsb@bellcore.com>\nTo: Ned Freed <ned@innosoft.com>\n"
        "Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)\nSubject: Sample message\nMIME-Version: 1.0\n"
        'Content-type: multipart/mixed; boundary="simple boundary"\n\n'
    ) + body
    envelope = Envelope(
        date="Sun, 21 Mar 1993 23:56:48 -0800 (PST)", subject="Sample message",
        author=(address("nsb@bellcore.com", "Nathaniel Borenstein"),), to=(address("ned@innosoft.com", "Ned Freed"),),
    )
    parts = [text(first, header=crlf("\n")), text(second, "us-ascii", header=second_head)]
    structure = Multipart(parts, boundary="simple boundary", body=body)
    also = {"sent": "21-Mar-1993", "subject": ["sample"], "body": ["does not end"], "lacks": ["preamble", "epilogue"]}
    return octets, envelope, structure, ["explicitly typed"], also


@message
def rfc2049_complex():
    """RFC 2049, appendix A: five parts, one of them a multipart, one a message."""
    first = crlf("  ... Some text appears here ...\n\n[It could have been done with explicit typing.]\n")
    second = crlf("This could have been part of the previous part, but\nillustrates explicit versus implicit typing.\n")
    audio = crlf("  ... base64-encoded 8000 Hz single-channel\n      mu-law-format audio data goes here ...\n")
    image = crlf("  ... base64-encoded image data goes here ...\n")
    enriched = crlf("This is <bold><italic>enriched.</italic></bold>\n\nIsn't it\n<bigger><bigger>cool?</bigger></bigger>\n")
    inner = crlf("  ... Additional text in ISO-8859-1 goes here ...\n")
    inner_header = crlf(
        "From: (mailbox in US-ASCII)\nTo: (address in US-ASCII)\nSubject: (subject in US-ASCII)\n"
        "Content-Type: Text/plain; charset=ISO-8859-1\nContent-Transfer-Encoding: Quoted-printable\n\n"
    )
    parallel = (
        crlf("--unique-boundary-2\nContent-Type: audio/basic\nContent-Transfer-Encoding: base64\n\n") + audio
        + crlf("\n--unique-boundary-2\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n") + image
        + crlf("\n--unique-boundary-2--\n")
    )
    octets = (
        crlf(
            "MIME-Version: 1.0\nFrom: Nathaniel Borenstein <nsb@nsb.fv.com>\nTo: Ned Freed <ned@innosoft.com>\n"
            "Date: Fri, 07 Oct 1994 16:15:05 -0700 (PDT)\nSubject: A multipart example\nContent-Type: multipart/mixed;\n"
            "              boundary=unique-boundary-1\n\nThis is the preamble area of a multipart message.\n\n"
            "--unique-boundary-1\n\n"
        )
        + first + crlf("\n--unique-boundary-1\nContent-type: text/plain; charset=US-ASCII\n\n") + second
        + crlf("\n--unique-boundary-1\nContent-Type: multipart/parallel; boundary=unique-boundary-2\n\n") + parallel
        + crlf("\n--unique-boundary-1\nContent-type: text/enriched\n\n") + enriched
        + crlf("\n--unique-boundary-1\nContent-Type: message/rfc822\n\n") + inner_header + inner
        + crlf("\n--unique-boundary-1--\n")
    )
    envelope = Envelope(
        date="Fri, 07 Oct 1994 16:15:05 -0700 (PDT)", subject="A multipart example",
        author=(address("nsb@nsb.fv.com", "Nathaniel Borenstein"),), to=(address("ned@innosoft.com", "Ned Freed"),),
    )
    both = [Leaf(audio, "AUDIO", "BASIC", encoding="BASE64"), Leaf(image, "IMAGE", "JPEG", encoding="BASE64")]
    nested = Nested(
        inner_header + inner, envelope=Envelope(subject="(subject in US-ASCII)"), inner_header=inner_header,
        inner=text(inner, "ISO-8859-1", encoding="QUOTED-PRINTABLE"),
    )
    five = [
        text(first), text(second, "US-ASCII"), Multipart(both, "PARALLEL", "unique-boundary-2", body=parallel),
        text(enriched, subtype="ENRICHED"), nested,
    ]
    also = {"sent": "7-Oct-1994", "subject": ["multipart example"], "body": ["enriched.", "additional text"]}
    return octets, envelope, Multipart(five, boundary="unique-boundary-1"), ["(mailbox in us-ascii)"], also


@message
def rfc2231_encoded_word():
    """RFC 2231 5."""
    body = crlf("x\n")
    octets = crlf("From: =?US-ASCII*EN?Q?Keith_Moore?= <moore@cs.utk.edu>\n\n") + body
    envelope = Envelope(author=(address("moore@cs.utk.edu", "=?US-ASCII*EN?Q?Keith_Moore?="),))
    return octets, envelope, text(body), ["keith moore"], {"from": ["keith moore"]}


@message
def rfc5322_trace():
    """RFC 5322 A.4."""
    body = crlf("This is a message just to say hello.\nSo, \"Hello\".\n")
    octets = crlf(
        "Received: from x.y.test\n   by example.net\n   via TCP\n   with ESMTP\n   id ABC12345\n   for <mary@example.net>;"
        "  21 Nov 1997 10:05:43 -0600\nReceived: from node.example by x.y.test; 21 Nov 1997 10:01:22 -0600\n"
        "From: John Doe <jdoe@node.example>\nTo: Mary Smith <mary@example.net>\nSubject: Saying Hello\n"
        "Date: Fri, 21 Nov 1997 09:55:06 -0600\nMessage-ID: <1234@local.node.example>\n\n"
    ) + body
    envelope = Envelope(
        date="Fri, 21 Nov 1997 09:55:06 -0600", subject="Saying Hello", author=(Address("jdoe", "node.example", "John Doe"),),
        to=(address("mary@example.net", "Mary Smith"),), message_id="<1234@local.node.example>",
    )
    return octets, envelope, text(body), ["abc12345"], {"sent": "21-Nov-1997", "from": ["john doe"]}
