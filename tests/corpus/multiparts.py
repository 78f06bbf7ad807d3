"""Multiparts (RFC 2046 5.1): nested, broken, empty, unclosed, with boundaries to stumble over."""

import base64
import random

from expect import EMPTY_ENVELOPE, NO_PART, Envelope, Fields, Leaf, Multipart, Nested, named, text
from model import SEED, crlf, message

HEAD = "Content-Type: multipart/mixed; boundary=b\n\n"


def parts(*bodies):
    return [text(body) for body in bodies]


@message
def mixed():
    """The usual case: text in two forms, and an attachment. The CRLF before a boundary belongs to the boundary."""
    rng = random.Random(SEED)
    data = base64.encodebytes(bytes(rng.randrange(256) for _ in range(200))).replace(b"\n", b"\r\n")
    plain = crlf("Hello Fred,\n\nsee below.\n")
    html = crlf("<p>Hello <b>Fred</b></p>\n")
    plain_head = crlf("Content-Type: text/plain; charset=utf-8\n\n")
    html_head = crlf("Content-Type: text/html; charset=utf-8\n\n")
    inner_head = crlf('Content-Type: multipart/alternative; boundary="=_inner"\n\n')
    pdf_head = crlf(
        'Content-Type: application/pdf; name="r.pdf"\n'
        'Content-Disposition: attachment; filename="r.pdf"\nContent-Transfer-Encoding: base64\n\n'
    )
    inner_body = (
        crlf("--=_inner\n") + plain_head + plain + crlf("\n--=_inner\n") + html_head + html + crlf("\n--=_inner--\n")
    )
    body = (
        crlf("This is a MIME message.\n--=_outer\n") + inner_head + inner_body + crlf("\n--=_outer\n") + pdf_head + data
        + crlf("\n--=_outer--\nepilogue\n")
    )
    octets = crlf('Subject: usual\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=_outer"\n\n') + body
    fields = Fields(disposition=("ATTACHMENT", {"filename": "r.pdf"}))
    pdf = Leaf(data, "APPLICATION", "PDF", {"name": "r.pdf"}, "BASE64", fields, pdf_head)
    both = [text(plain, "utf-8", header=plain_head), text(html, "utf-8", "HTML", header=html_head)]
    inner = Multipart(both, "ALTERNATIVE", "=_inner", body=inner_body, header=inner_head)
    structure = Multipart([inner, pdf], "MIXED", "=_outer", body=body)
    also = {
        "body": ["see below"], "lacks": ["MIME message", "epilogue"],
        "sections": {"3": None, "1.3": None, "1.1.1": None, "2.HEADER": None, "1.TEXT": None},
        "binary": {"2": base64.b64decode(data)},
    }
    return octets, Envelope(subject="usual"), structure, ["see below", "hello <b>"], also


@message
def boundary_without_parameter():
    """Not a valid multipart: RFC 2045 5.2's default."""
    body = crlf("--b\n\npart\n--b--\n")
    return crlf("Content-Type: multipart/mixed\n\n") + body, EMPTY_ENVELOPE, text(body), ["part"]


@message
def boundary_empty():
    """Likewise (RFC 2046 5.1.1: at least one character)."""
    body = crlf("--\n\npart\n----\n")
    return crlf('Content-Type: multipart/mixed; boundary=""\n\n') + body, EMPTY_ENVELOPE, text(body), ["part"]


@message
def boundary_too_long():
    """RFC 2046 5.1.1 allows 70 characters. Longer ones are seen; beyond 256 they are none."""
    long = "x" * 300
    body = crlf(f"--{long}\n\npart\n--{long}--\n")
    return crlf(f"Content-Type: multipart/mixed; boundary={long}\n\n") + body, EMPTY_ENVELOPE, text(body), ["part"]


@message
def boundary_of_200():
    boundary = "y" * 200
    octets = crlf(f"Content-Type: multipart/mixed; boundary={boundary}\n\n--{boundary}\n\npart\n--{boundary}--\n")
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"part"), boundary=boundary), ["part"]


@message
def boundary_of_all_characters():
    """bchars, a blank within, and what only looks like the boundary."""
    boundary = "'()+_,-./:=? az"
    octets = crlf(
        f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n--{boundary}\n\none\n--\'()+_,-./:=?\n'
        f"--{boundary}\n\ntwo\n--{boundary}--\n"
    )
    one = crlf("one\n--'()+_,-./:=?")
    return octets, EMPTY_ENVELOPE, Multipart(parts(one, b"two"), boundary=boundary), ["two"]


@message
def boundary_ends_in_a_blank():
    """RFC 2046 5.1.1: no boundary ends in white space, as it may be lost on the way."""
    octets = crlf('Content-Type: multipart/mixed; boundary="b "\n\n--b\n\none\n--b \n\ntwo\n--b--\n')
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one", b"two"), boundary="b "), ["two"]


@message
def boundary_of_dashes():
    """The delimiter is "---"; with "--" behind it closes."""
    octets = crlf("Content-Type: multipart/mixed; boundary=-\n\n---\n\none\n---\n\ntwo\n-----\nepilogue\n")
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one", b"two"), boundary="-"), ["two"], {"lacks": ["epilogue"]}


@message
def boundary_in_8bit():
    """Not legal; octets are compared."""
    octets = crlf('Content-Type: multipart/mixed; boundary="ü"\n\n--ü\n\none\n--ü--\n')
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one"), boundary="ü"), ["one"]


@message
def boundary_continued():
    """RFC 2231 3."""
    octets = crlf("Content-Type: multipart/mixed; boundary*0=ab; boundary*1=cd\n\n--abcd\n\none\n--abcd--\n")
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one"), boundary="abcd"), ["one"]


@message
def boundary_in_another_case():
    """RFC 2046 5.1.1: no case is ignored."""
    octets = crlf("Content-Type: multipart/mixed; boundary=Bo\n\n--Bo\n\none\n--bo\n--Bo--\n")
    return octets, EMPTY_ENVELOPE, Multipart(parts(crlf("one\n--bo")), boundary="Bo"), ["--bo"]


@message
def boundary_prefixes():
    """One boundary begins with the other; white space may follow a boundary (RFC 2046 5.1.1)."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=\"x y\"\n\n--x y  \t\nContent-Type: multipart/mixed; boundary=\"x yz\"\n\n"
        "--x yz\n\none\n--x yz-- \n--x y\n\ntwo\n --x y\n--x\n--x y--\n--x y\n\nepilogue\n"
    )
    inner = Multipart(parts(b"one"), boundary="x yz")
    outer = Multipart([inner, text(crlf("two\n --x y\n--x"))], boundary="x y")
    return octets, EMPTY_ENVELOPE, outer, ["two"], {"lacks": ["epilogue"]}


@message
def boundary_prefixes_the_other_way():
    """The outer boundary begins with the inner one; an outer delimiter ends both, though the inner one fits as well."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=ab\n\n--ab\nContent-Type: multipart/mixed; boundary=a\n\n"
        "--a\n\none\n--a\n\ntwo\n--ab\n\nthree\n--ab--\n"
    )
    inner = Multipart(parts(b"one", b"two"), boundary="a")
    return octets, EMPTY_ENVELOPE, Multipart([inner, text(b"three")], boundary="ab"), ["three"]


@message
def boundary_that_closes_the_other():
    """The inner boundary is the outer's close-delimiter: the longest that fits is meant."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a--\n\n"
        "--a--\n\none\n--a----\n--a\n\ntwo\n--a--\n"
    )
    inner = Multipart(parts(b"one"), boundary="a--")
    return octets, EMPTY_ENVELOPE, Multipart([inner, text(b"two")], boundary="a"), ["two"]


@message
def same_boundary_twice():
    """Where both have one boundary, the inner one's it is, until it closes."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n"
        "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n"
    )
    inner = Multipart(parts(b"one"), "ALTERNATIVE")
    return octets, EMPTY_ENVELOPE, Multipart([inner, text(b"two")]), ["two"]


@message
def delimiter_with_text_behind():
    """RFC 2046 5.1.1: it is enough that the line begins with the boundary."""
    octets = crlf(HEAD + "--b and more\n\none\n--bc\n\ntwo\n--b-\n\nthree\n--b--and more\n\nepilogue\n")
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one", b"two", b"three")), ["three"], {"lacks": ["epilogue"]}


@message
def delimiter_first():
    """No preamble, and no CRLF of its own before it but the blank line's."""
    octets = crlf(HEAD + "--b\n\none\n--b--")
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one")), ["one"]


@message
def delimiter_instead_of_the_blank_line():
    """The header ends where its own boundary comes: no field can look like it."""
    octets = crlf("Subject: hurried\nContent-Type: multipart/mixed;\n boundary=b\n--b\n\none\n--b\n\ntwo\n--b--\n")
    return octets, Envelope(subject="hurried"), Multipart(parts(b"one", b"two")), ["two"], {"body": ["one"]}


@message
def multipart_without_parts():
    """Nothing but preamble, which SEARCH finds because there is nothing else to be shown."""
    octets = crlf(HEAD + "no boundary ever comes\n")
    return octets, EMPTY_ENVELOPE, Multipart([NO_PART]), ["no boundary ever"], {"body": ["ever comes"]}


@message
def multipart_closed_at_once():
    octets = crlf(HEAD + "preamble\n--b--\nepilogue\n")
    return octets, EMPTY_ENVELOPE, Multipart([NO_PART]), ["preamble"]


@message
def multipart_of_nothing():
    """The message ends with its header."""
    octets = crlf(HEAD)
    return octets, EMPTY_ENVELOPE, Multipart([NO_PART], body=b""), [], {"sections": {"1": b""}}


@message
def multipart_unclosed():
    """The last part goes on to the end of the message."""
    last = crlf("two\nand no more\n")
    octets = crlf(HEAD + "--b\n\none\n--b\n\n") + last
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one", last)), ["no more"], {"body": ["no more"]}


@message
def multipart_cut_in_a_header():
    """The message ends within a part's header."""
    octets = crlf(HEAD + "--b\n\none\n--b\nContent-Type: text/ht")
    return octets, EMPTY_ENVELOPE, Multipart([text(b"one"), text(b"", subtype="HT")]), ["one"]


@message
def multipart_cut_in_a_delimiter():
    """"--" alone is text."""
    octets = crlf(HEAD + "--b\n\none\n--")
    return octets, EMPTY_ENVELOPE, Multipart(parts(crlf("one\n--"))), ["one"]


@message
def multipart_ends_with_a_delimiter():
    """A part begins, and there is nothing of it."""
    octets = crlf(HEAD + "--b\n\none\n--b\n")
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one", b"")), ["one"]


@message
def inner_multipart_unclosed():
    """An outer boundary ends everything inside (RFC 2046 5.1.2)."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: multipart/mixed; boundary=in\n\n"
        "--in\n\none\n--in\n\ntwo\n--out\n\nthree\n--out--\n"
    )
    inner = Multipart(parts(b"one", b"two"), boundary="in")
    return octets, EMPTY_ENVELOPE, Multipart([inner, text(b"three")], boundary="out"), ["three"]


@message
def closed_by_the_outer_one():
    """The outer close-delimiter ends everything inside."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: multipart/mixed; boundary=in\n\n"
        "--in\n\none\n--out--\n--in\n\nepilogue\n"
    )
    inner = Multipart(parts(b"one"), boundary="in")
    return octets, EMPTY_ENVELOPE, Multipart([inner], boundary="out"), ["one"], {"lacks": ["epilogue"]}


@message
def inner_boundary_after_its_close():
    """It means nothing any more: text of the inner epilogue."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: multipart/mixed; boundary=in\n\n"
        "--in\n\none\n--in--\n--in\n\nnot a part\n--out\n\ntwo\n--out--\n"
    )
    inner = Multipart(parts(b"one"), boundary="in")
    outer = Multipart([inner, text(b"two")], boundary="out")
    return octets, EMPTY_ENVELOPE, outer, ["two"], {"lacks": ["not a part"]}


@message
def parts_without_anything():
    """Parts that are empty, that have no blank line, or no header."""
    octets = crlf(
        HEAD + "--b\n--b\n\n--b\nContent-Type: text/html\n\n--b\nContent-Type: text/html\n--b\nno header here\n--b--\n"
    )
    html = text(b"", subtype="HTML")
    five = [text(b""), text(b""), html, html, text(b"no header here")]
    headers = [b"", b"\r\n", crlf("Content-Type: text/html\n\n"), crlf("Content-Type: text/html\n"), b""]
    also = {"sections": {f"{i}.MIME": header for i, header in enumerate(headers, 1)}}
    return octets, EMPTY_ENVELOPE, Multipart(five), ["no header here"], also


@message
def parts_of_line_ends():
    """Only the last CRLF belongs to the boundary."""
    octets = crlf(HEAD + "--b\n\n\n--b\n\n\n\n--b--\n")
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"", crlf("\n"))), []


@message
def part_with_other_fields():
    """Only Content-* means something in a part (RFC 2046 5.1)."""
    head = crlf("Subject: of the part\nX-Thing: y\nContent-Description: d\n\n")
    octets = crlf("Subject: of the message\n" + HEAD + "--b\n") + head + crlf("one\n--b--\n")
    part = text(b"one", header=head, fields=Fields(description="d"))
    also = {"subject": ["of the message"]}
    return octets, Envelope(subject="of the message"), Multipart([part]), ["of the part"], also


@message
def part_header_folded():
    head = crlf("Content-Type:\n text/html;\n\tcharset=\"utf-8\"\nContent-Transfer-Encoding:\n base64\n\n")
    octets = crlf(HEAD + "--b\n") + head + crlf("R3LDvMOfZQ==\n--b--\n")
    part = text(b"R3LDvMOfZQ==", "utf-8", "HTML", "BASE64", header=head)
    return octets, EMPTY_ENVELOPE, Multipart([part]), ["grüße"], {"body": ["GRÜßE"], "binary": {"1": "Grüße".encode()}}


@message
def bare_line_feeds_in_parts():
    """Stored and counted as they came."""
    octets = b"Subject: unix\nContent-Type: multipart/mixed;\n boundary=b\n\n--b\n\none\ntwo\n\n--b--\n"
    return octets, Envelope(subject="unix"), Multipart(parts(b"one\ntwo\n")), ["two"], {"body": ["one\ntwo"]}


@message
def mixed_line_ends():
    """The part ends in a bare CR, and the LF makes a CRLF of it, which is the boundary's."""
    octets = b"Content-Type: multipart/mixed; boundary=b\n\r\n--b\r\n\none\r\ntwo\nthree\r\n--b--"
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one\r\ntwo\nthree")), ["three"]


@message
def carriage_returns_in_parts():
    """A bare CR begins no line: no delimiter."""
    octets = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r--b\r\n--b--\r\n"
    return octets, EMPTY_ENVELOPE, Multipart(parts(b"one\r--b")), ["one"]


@message
def multipart_of_an_unknown_kind():
    """RFC 2046 5.1.7: treated as mixed."""
    octets = crlf("Content-Type: multipart/x-thing; boundary=b; a=c\n\n--b\n\none\n--b--\n")
    structure = Multipart(parts(b"one"), "X-THING", parameters={"boundary": "b", "a": "c"})
    return octets, EMPTY_ENVELOPE, structure, ["one"]


@message
def multipart_with_fields():
    """Extension data of a multipart (RFC 3501 7.4.2)."""
    octets = crlf(
        "Content-Type: Multipart/Related; Boundary=b; type=\"text/html\"; start=\"<a@b>\"\n"
        "Content-Disposition: inline; filename=x\nContent-Language: de\nContent-Location: http://example.org/\n"
        "Content-ID: <c@d>\n\n--b\nContent-ID: <a@b>\nContent-Type: text/html\n\n<p>\n--b--\n"
    )
    fields = Fields(disposition=("INLINE", {"filename": "x"}), language="de", location="http://example.org/")
    part = text(b"<p>", subtype="HTML", fields=Fields(id="<a@b>"))
    given = {"boundary": "b", "type": "text/html", "start": "<a@b>"}
    return octets, EMPTY_ENVELOPE, Multipart([part], "RELATED", parameters=given, fields=fields), ["<p>"]


@message
def multipart_deep():
    """Twenty multiparts, each in the one before."""
    octets, structure = crlf("\ninnermost"), text(b"innermost")
    for i in range(20):
        octets = crlf(f"Content-Type: multipart/mixed; boundary=x{i}x\n\n--x{i}x\n") + octets + crlf(f"\n--x{i}x--\n")
        structure = Multipart([structure], boundary=f"x{i}x")
    return octets, EMPTY_ENVELOPE, structure, ["innermost"], {"body": ["innermost"]}


@message
def delivery_report():
    """RFC 6522. message/delivery-status is no message, and has text that is worth finding."""
    human = crlf("It could not be delivered.\n")
    status = crlf("Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; nobody@example.org\nStatus: 5.1.1\n")
    header = crlf("Subject: returned\n")
    octets = (
        crlf("Content-Type: multipart/report; report-type=delivery-status;\n boundary=b\n\n--b\n\n")
        + human
        + crlf("\n--b\nContent-Type: message/delivery-status\n\n")
        + status
        + crlf("\n--b\nContent-Type: text/rfc822-headers\n\n")
        + header
        + crlf("\n--b--\n")
    )
    three = [text(human), Leaf(status, "MESSAGE", "DELIVERY-STATUS"), text(header, subtype="RFC822-HEADERS")]
    structure = Multipart(three, "REPORT", parameters={"report-type": "delivery-status", "boundary": "b"})
    return octets, EMPTY_ENVELOPE, structure, ["could not be delivered", "nobody@example.org"], {"body": ["5.1.1"]}


@message
def digest():
    """RFC 2046 5.1.5: parts are messages unless they say otherwise."""
    head, inner = crlf("Subject: one\nFrom: Fred Foobar <foobar@example.org>\n\n"), crlf("first\n")
    octets = (
        crlf("Content-Type: multipart/digest; boundary=b\n\n--b\n\n")
        + head + inner
        + crlf("\n--b\nContent-Type: text/plain\n\nnot a message\n--b--\n")
    )
    first = Nested(head + inner, header=crlf("\n"), envelope=named(subject="one"), inner=text(inner), inner_header=head)
    structure = Multipart([first, text(b"not a message")], "DIGEST")
    return octets, EMPTY_ENVELOPE, structure, ["first"], {"body": ["not a message"]}


@message
def digest_of_oddities():
    """A part whose type is invalid counts as one without; a message may lack its blank line,
    and its header keeps its line end then; a multipart says what it is."""
    octets = crlf(
        "Content-Type: multipart/digest; boundary=b\n\n--b\nContent-Type: rubbish\n\nSubject: one\n\nx\n"
        "--b\nX-Note: y\n\nSubject: two\n--b\nContent-Type: multipart/mixed; boundary=in\n\n--in\n\nz\n--in--\n--b--\n"
    )
    one = Nested(crlf("Subject: one\n\nx"), envelope=Envelope(subject="one"), inner=text(b"x"))
    two = Nested(crlf("Subject: two\n"), envelope=Envelope(subject="two"), inner=text(b""))
    three = Multipart(parts(b"z"), boundary="in")
    return octets, EMPTY_ENVELOPE, Multipart([one, two, three], "DIGEST"), ["z"], {"body": ["x"]}
