"""Transfer encodings (RFC 2045 6), right and wrong."""

import base64
import binascii

from expect import EMPTY_ENVELOPE, NO_PART, Envelope, Leaf, Multipart, Nested, text
from model import add, crlf, message


def encoded(name, encoding, body, decoded, why, charset=None, shown=None, lacks=()):
    """Text in that encoding. `decoded`: what BINARY gives; it is also found."""
    kind = "text/plain" + (f"; charset={charset}" if charset else "")
    octets = crlf(f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n") + body
    also = {"lacks": list(lacks)}
    finds = []
    if decoded is not None:
        also["binary"] = {"1": decoded}
        words = decoded.decode(charset or "utf-8").strip()
        also["body"] = finds = [words] if words else []
    add(f"cte-{name}", octets, EMPTY_ENVELOPE, text(body, charset, encoding=shown or encoding.upper()), finds, also, why=why)


def qp(name, body, decoded, why, charset="utf-8"):
    encoded(f"qp-{name}", "quoted-printable", crlf(body), crlf(decoded), why, charset)


qp("plain", "Gr=C3=BC=C3=9Fe\n", "Grüße\n", "RFC 2045 6.7 (1)")
qp("lower-case", "Gr=c3=bc=c3=9fe\n", "Grüße\n", "not legal, often seen")
qp("soft-break", "one=\n two=\n", "one two", "(5)")
qp("soft-break-blanks", "one= \t\n two\n", "one two\n", "blanks after the = were added on the way (3)")
qp("soft-break-at-the-end", "one=", "one", "a soft break whose line end went to a boundary: RFC 2045 leaves it open")
qp("soft-break-in-character", "Gr=C3=\n=BCn\n", "Grün\n", "a character over two lines")
qp("blanks-at-line-end", "one \t\ntwo=20\n", "one\ntwo \n", "blanks before a line end were added on the way (3)")
qp("not-hex", "50=% =ZZ =4 =\tx\n", "50=% =ZZ =4 =\tx\n", "what is no escape stays")
qp("cut-off", "a=4", "a=4", "likewise")
qp("raw-8bit", "Grüße =C3=9F\n", "Grüße ß\n", "octets that should have been encoded")
qp("line-ends", "a=0D=0Ab\n", "a\nb\n", "encoded line ends")
qp("long-line", "word " * 1_000 + "=\nend\n", "word " * 1_000 + "end\n", "longer than 76")
qp("dots", ".\n..\n", ".\n..\n", "nothing to do with SMTP")
qp("latin1", "caf=E9\n", "caf\udce9\n", "another charset", "iso-8859-1")


def b64(name, body, decoded, why, charset="utf-8"):
    encoded(f"base64-{name}", "base64", crlf(body), decoded.encode(charset), why, charset)


GREETING = base64.b64encode("Grüße aus Köln".encode()).decode()  # R3LDvMOfZSBhdXMgS8O2bG4=
b64("plain", f"{GREETING}\n", "Grüße aus Köln", "RFC 2045 6.8")
b64("no-padding", GREETING.rstrip("=") + "\n", "Grüße aus Köln", "cut short")
b64("too-much-padding", f"{GREETING}===\n", "Grüße aus Köln", "ends where it ends")
b64("one-digit-a-line", "\n".join(GREETING) + "\n", "Grüße aus Köln", "lines of any length")
b64("one-line", base64.b64encode("Grüße ".encode() * 500).decode() + "\n", "Grüße " * 500, "likewise")
b64("blanks", "  " + "  \t".join(GREETING) + "\n", "Grüße aus Köln", "no digits")
b64("rubbish", "!" + "*-".join(GREETING) + "\n", "Grüße aus Köln", "passed over (RFC 2045 6.8)")
b64("two-texts", "R3LDvMOfZQ==\nIGF1cyBLw7Zsbg==\n", "Grüße aus Köln", "padding in the middle: put together by hand")
b64("cut-in-group", "R3LDvMOfZSBhdXMgS8O2bG5\n", "Grüße aus Köln", "a digit that says nothing alone")
b64("empty", "\n", "", "nothing")
b64("koi8", base64.b64encode("Привет".encode("koi8-r")).decode() + "\n", "Привет", "another charset", "koi8-r")
b64("utf16", base64.b64encode("Привет".encode("utf-16-be")).decode() + "\n", "Привет", "with NULs", "utf-16be")

encoded("7bit-of-8bit", "7bit", crlf("Grüße\n"), crlf("Grüße\n"), "8-bit all the same", "utf-8")
encoded("8bit", "8bit", crlf("Grüße\n"), crlf("Grüße\n"), "RFC 2045 6.2", "utf-8")
encoded("binary", "binary", b"a\rb\nGr\xc3\xbc\xc3\x9fe\r\n", b"a\rb\nGr\xc3\xbc\xc3\x9fe\r\n", "any line ends", "utf-8")
encoded("any-case", "BaSe64", crlf(f"{GREETING}\n"), "Grüße aus Köln".encode(), "RFC 2045 6.1", "utf-8")
encoded("comment", "(what?) base64 (that)", crlf(f"{GREETING}\n"), "Grüße aus Köln".encode(), "RFC 2045 6: comments",
        "utf-8", "BASE64")
encoded("semicolon", "base64;", crlf(f"{GREETING}\n"), "Grüße aus Köln".encode(), "not legal", "utf-8", "BASE64")
encoded("unknown", "X-Rot13", crlf("as it is\n"), None, "given as it is; BINARY cannot decode it (UNKNOWN-CTE)")
encoded("eight-hyphen-bit", "8-bit", crlf("as it is\n"), None, "likewise")
encoded("empty", "", crlf("x\n"), crlf("x\n"), "7BIT is the default", None, "7BIT")
encoded("text-as-base64", "base64", crlf("*** ... ***\n"), b"", "no digit in it", lacks=["***"])
encoded("text-as-qp", "quoted-printable", crlf("1+1=2, a=b\n"), crlf("1+1=2, a=b\n"), "no escape in it")


@message
def quoted_printable():
    body = crlf("caf=E9 au la=\nit, =\n=41=\n nd \t\n")
    head = "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: Quoted-Printable\n\n"
    structure = text(body, "iso-8859-1", encoding="QUOTED-PRINTABLE")
    return crlf(head) + body, EMPTY_ENVELOPE, structure, ["café au lait, A nd"], {"body": ["CAFÉ AU LAIT"]}


@message
def base64_with_rubbish():
    data = base64.b64encode("Привет из Москвы".encode("koi8-r")).decode()
    body = crlf(f"{data[:6]}!{data[6:]}\n\n--\nnot base64\n")
    head = "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n"
    return crlf(head) + body, EMPTY_ENVELOPE, text(body, "koi8-r", encoding="BASE64"), ["привет из москвы"]


def uuencode(data):
    lines = [binascii.b2a_uu(data[i:i + 45], backtick=True).decode() for i in range(0, len(data), 45)]
    return "begin 644 cat.txt\n" + "".join(lines) + "`\nend\n"


CAT = b"The cat sat on the mat, as cats do, and nothing else happened that day.\n"


def uu(name, body, why, encoding="x-uuencode"):
    encoded(f"uu-{name}", encoding, crlf(body), CAT, why)


uu("plain", uuencode(CAT), "POSIX uuencode")
uu("uuencode", uuencode(CAT), "without the x-", "uuencode")
uu("x-uue", uuencode(CAT), "another name", "X-UUE")
uu("text-around", "Here it is:\n\n" + uuencode(CAT) + "\nThat was it.\n", "before begin and after end")
uu("blanks", uuencode(CAT).replace("`", " "), "blanks for backquotes, as first written")
uu("no-end", uuencode(CAT).replace("`\nend\n", ""), "cut off")


@message
def uuencoded():
    data = binascii.b2a_uu(b"The cat sat on the mat.").decode()
    body = crlf(f"begin 644 cat.txt\n{data}`\nend\n")
    head = "Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\n"
    return crlf(head) + body, EMPTY_ENVELOPE, text(body, encoding="X-UUENCODE"), ["sat on the mat"]


@message
def uuencode_without_saying_so():
    """No transfer encoding is named: it is text (RFC 2045 6.1)."""
    body = crlf("See:\n" + uuencode(CAT))
    return crlf("\n") + body, EMPTY_ENVELOPE, text(body), ["begin 644 cat.txt"], {"lacks": ["sat on the mat"]}


@message
def encoded_multipart():
    """RFC 2045 6.4 allows a multipart no encoding: it has none, whatever it says."""
    part = crlf("inside")
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\ninside\n--b--\n"
    )
    return octets, EMPTY_ENVELOPE, Multipart([text(part)]), ["inside"], {"body": ["inside"]}


@message
def encoded_message():
    """RFC 2046 5.2.1 allows message/rfc822 no encoding. It is not looked into, and seems to be an empty message; SEARCH
    finds what it decodes to."""
    body = base64.encodebytes(crlf("Subject: hidden\n\nsecret\n")).replace(b"\n", b"\r\n")
    octets = crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n") + body
    structure = Nested(body, encoding="BASE64", inner=NO_PART)
    return octets, EMPTY_ENVELOPE, structure, ["secret"], {"body": ["hidden"]}


@message
def encoded_message_in_quoted_printable():
    """Likewise."""
    body = crlf("Subject: hidden\n\nGr=C3=BC=C3=9Fe\n")
    octets = crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n") + body
    structure = Nested(body, encoding="QUOTED-PRINTABLE", inner=NO_PART)
    return octets, EMPTY_ENVELOPE, structure, ["grüße"], {"body": ["GRÜßE"]}


@message
def encoded_message_in_8bit():
    """RFC 2046 5.2.1 allows 7bit, 8bit and binary."""
    inner = crlf("Subject: seen\n\nGrüße\n")
    octets = crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\n") + inner
    body = crlf("Grüße\n")
    structure = Nested(inner, encoding="8BIT", envelope=Envelope(subject="seen"), inner=text(body))
    return octets, EMPTY_ENVELOPE, structure, ["grüße", "seen"], {"body": ["GRÜßE"]}


@message
def attachment_is_not_searched():
    """What is no text is not decoded to text."""
    body = base64.b64encode(b"needle in a picture") + b"\r\n"
    octets = crlf("Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n") + body
    also = {"lacks": ["needle"], "binary": {"1": b"needle in a picture"}}
    return octets, EMPTY_ENVELOPE, Leaf(body, "IMAGE", "PNG", encoding="BASE64"), ["image/png"], also
