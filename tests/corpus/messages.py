"""The messages of the corpus, one function each. generate.py says what the expectations mean."""

import base64
import binascii
import dataclasses
import random

SEED = 20260101  # of everything that is random here


@dataclasses.dataclass
class Message:
    name: str
    octets: bytes
    envelope: object = None
    structure: object = None
    finds: tuple = ()


MESSAGES = []


def message(function):
    name = function.__name__.replace("_", "-")
    octets, envelope, structure, finds = function()
    MESSAGES.append(Message(name, octets, envelope, structure, tuple(finds)))
    return function


def crlf(text):
    """Line ends as on the wire. Octets that are no UTF-8 are written as \\udcXX."""
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def octets_lines(body):
    """A size in octets and in text lines. A line is what ends in a line end: in RFC 3501's own example 4554 octets of
    base64 are 73 lines of 62 octets and 28 octets more, which are not counted."""
    return f"{len(body)} {body.count(bytes([10]))}"


US_ASCII = '("CHARSET" "US-ASCII")'
NO_EXTENSION = "NIL NIL NIL NIL"
EMPTY_ENVELOPE = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"
FRED = '(("Fred Foobar" NIL "foobar" "example.org"))'
FRED_THRICE = f"{FRED} {FRED} {FRED}"
# What stands in a multipart that has no part: clients need one. RFC 9051's grammar wants 1*body.
NO_PART = f'("TEXT" "PLAIN" {US_ASCII} NIL NIL "7BIT" 0 0 {NO_EXTENSION})'


def text(body, parameters=US_ASCII, subtype="PLAIN", encoding="7BIT"):
    return f'("TEXT" "{subtype}" {parameters} NIL NIL "{encoding}" {octets_lines(body)} {NO_EXTENSION})'


def multipart(parts, subtype, boundary):
    return f'({"".join(parts)} "{subtype}" ("BOUNDARY" "{boundary}") NIL NIL NIL)'


# ---- headers ----


@message
def simple():
    """RFC 3501's own example of an ENVELOPE, as far as it goes."""
    head = """Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
From: Terry Gray <gray@cac.washington.edu>
Subject: IMAP4rev1 WG mtg summary and minutes
To: imap@cac.washington.edu
cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
Message-Id: <B27397-0100000@cac.washington.edu>
MIME-Version: 1.0
Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

"""
    body = crlf("The minutes\nare long.\n")
    gray = '(("Terry Gray" NIL "gray" "cac.washington.edu"))'
    envelope = (
        '("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev1 WG mtg summary and minutes" '
        f'{gray} {gray} {gray} ((NIL NIL "imap" "cac.washington.edu")) '
        '((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL '
        '"<B27397-0100000@cac.washington.edu>")'
    )
    return crlf(head) + body, envelope, text(body), ["minutes", "terry gray"]


@message
def no_fields():
    """A header that is only its blank line."""
    body = crlf("Nobody wrote this.\n")
    return crlf("\n") + body, EMPTY_ENVELOPE, text(body), ["nobody wrote"]


@message
def empty():
    return b"", EMPTY_ENVELOPE, text(b""), []


@message
def only_a_header():
    """No blank line and no body."""
    octets = crlf("Subject: just this\nFrom: Fred Foobar <foobar@example.org>\n")
    return octets, f'(NIL "just this" {FRED_THRICE} NIL NIL NIL NIL NIL)', text(b""), ["just this"]


@message
def header_cut_off():
    """The message ends within a field."""
    octets = b"Subject: cut o"
    return octets, '(NIL "cut o" NIL NIL NIL NIL NIL NIL NIL NIL)', text(b""), ["cut o"]


@message
def no_blank_line():
    """The sender forgot the blank line. The header ends before the first line that can be no field (RFC 5322 2.2)."""
    body = crlf("Hello Fred,\nwhere is the blank line?\n")
    octets = crlf("Subject: forgotten\nFrom: Fred Foobar <foobar@example.org>\n") + body
    return octets, f'(NIL "forgotten" {FRED_THRICE} NIL NIL NIL NIL NIL)', text(body), ["where is the blank"]


@message
def line_without_colon():
    """A fold that lost its blank: the line is no field, but the header goes on to its blank line."""
    body = crlf("body\n")
    octets = crlf("Subject: a long\nsubject\nFrom: Fred Foobar <foobar@example.org>\n\n") + body
    return octets, f'(NIL "a long" {FRED_THRICE} NIL NIL NIL NIL NIL)', text(body), ["body"]


@message
def mbox_from_line():
    """Left over from an mbox file: no field, and in nobody's way."""
    body = crlf("body\n")
    octets = crlf("From fred Sat Jan  3 01:05:34 1996\nSubject: out of an mbox\n\n") + body
    return octets, '(NIL "out of an mbox" NIL NIL NIL NIL NIL NIL NIL NIL)', text(body), ["out of an mbox"]


@message
def present_but_empty():
    """RFC 9051 7.5.2: empty strings where the field is there, NIL for empty address lists, From for Sender."""
    octets = crlf(
        "Date:\nSubject: \nFrom: Fred Foobar <foobar@example.org>\nSender:\nReply-To: \nTo:\nCc: ,\nBcc: ()\n"
        "In-Reply-To:\nMessage-ID: \n\n"
    )
    return octets, f'("" "" {FRED_THRICE} NIL NIL NIL "" "")', text(b""), []


@message
def doubled_fields():
    """RFC 5322 4.5.3: several To, Cc, Bcc count as one. For others nothing is said: the first is meant here."""
    body = crlf("<p>first type</p>\n")
    octets = (
        crlf(
            "Subject: first\nSubject: second\nFrom: Fred Foobar <foobar@example.org>\nFrom: other@example.org\n"
            "To: a@example.org\nTo: b@example.org, c@example.org\nMessage-ID: <1@example.org>\n"
            "Message-ID: <2@example.org>\nContent-Type: text/html\nContent-Type: image/png\n\n"
        )
        + body
    )
    to = '((NIL NIL "a" "example.org")(NIL NIL "b" "example.org")(NIL NIL "c" "example.org"))'
    envelope = f'(NIL "first" {FRED_THRICE} {to} NIL NIL NIL "<1@example.org>")'
    return octets, envelope, text(body, subtype="HTML"), ["first type", "second"]


@message
def sender_and_reply_to():
    body = crlf("x\n")
    octets = (
        crlf(
            "From: Fred Foobar <foobar@example.org>\nSender: sec@example.org\nReply-To: list@example.org\n"
            "In-Reply-To: <0@example.org>\nBcc: hidden@example.org\n\n"
        )
        + body
    )
    envelope = (
        f'(NIL NIL {FRED} ((NIL NIL "sec" "example.org")) ((NIL NIL "list" "example.org")) NIL NIL '
        '((NIL NIL "hidden" "example.org")) "<0@example.org>" NIL)'
    )
    return octets, envelope, text(body), ["list@example.org"]


@message
def groups():
    """RFC 5322 A.1.3: a group starts with its name and a NIL host, and ends with NIL for both."""
    body = crlf("Testing.\n")
    octets = (
        crlf(
            "From: Pete <pete@silly.example>\n"
            "To: A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;\n"
            "Cc: Undisclosed recipients:;\n"
            "Date: Thu, 13 Feb 1969 23:32:54 -0330\nMessage-ID: <testabcd.1234@silly.example>\n\n"
        )
        + body
    )
    pete = '(("Pete" NIL "pete" "silly.example"))'
    envelope = (
        f'("Thu, 13 Feb 1969 23:32:54 -0330" NIL {pete} {pete} {pete} '
        '((NIL NIL "A Group" NIL)("Ed Jones" NIL "c" "a.test")(NIL NIL "joe" "where.test")'
        '("John" NIL "jdoe" "one.test")(NIL NIL NIL NIL)) '
        '((NIL NIL "Undisclosed recipients" NIL)(NIL NIL NIL NIL)) NIL NIL "<testabcd.1234@silly.example>")'
    )
    return octets, envelope, text(body), ["undisclosed recipients"]


@message
def comments_everywhere():
    """RFC 5322 A.5, except that it has no line with the time cut by folds."""
    body = crlf("Testing.\n")
    octets = (
        crlf(
            "From: Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>\n"
            "To:A Group(Some people)\n     :Chris Jones <c@(Chris's host.)public.example>,\n         joe@example.org,\n"
            "  John <jdoe@one.test> (my dear friend); (the end of the group)\n"
            "Cc:(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;\n"
            "Message-ID:              <testabcd.1234@silly.test>\n\n"
        )
        + body
    )
    pete = '(("Pete" NIL "pete" "silly.test"))'
    envelope = (
        f"(NIL NIL {pete} {pete} {pete} "
        '((NIL NIL "A Group" NIL)("Chris Jones" NIL "c" "public.example")(NIL NIL "joe" "example.org")'
        '("John" NIL "jdoe" "one.test")(NIL NIL NIL NIL)) '
        '((NIL NIL "Hidden recipients" NIL)(NIL NIL NIL NIL)) NIL NIL "<testabcd.1234@silly.test>")'
    )
    return octets, envelope, text(body), ["testing"]


@message
def obsolete_addresses():
    """RFC 5322 A.6.1 and A.6.3: unquoted dots, source routes, empty elements, blanks around dots."""
    body = crlf("Testing.\n")
    octets = (
        crlf(
            "From: Joe Q. Public <john.q.public@example.com>\n"
            "To: Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example\n"
            "Date: Tue, 1 Jul 2003 10:52:37 +0200\nMessage-ID: <5678.21-Nov-1997@example.com>\n\n"
        )
        + body
    )
    joe = '(("Joe Q. Public" NIL "john.q.public" "example.com"))'
    envelope = (
        f'("Tue, 1 Jul 2003 10:52:37 +0200" NIL {joe} {joe} {joe} '
        '(("Mary Smith" "@node.test" "mary" "example.net")(NIL NIL "jdoe" "test.example")) NIL NIL NIL '
        '"<5678.21-Nov-1997@example.com>")'
    )
    return octets, envelope, text(body), ["mary smith"]


@message
def old_name_comments():
    """The form of RFC 822's time: the comment is what RFC 3501 calls the personal name."""
    body = crlf("x\n")
    octets = crlf("From: foobar@example.org (Fred Foobar)\n\n") + body
    return octets, f"(NIL NIL {FRED_THRICE} NIL NIL NIL NIL NIL)", text(body), ["fred foobar"]


@message
def quoted_names():
    """Quoting is of RFC 5322, and undone; what IMAP's own strings need is quoted again."""
    body = crlf("x\n")
    octets = (
        crlf('From: "Foobar, \\"Fred\\" \\\\o/" <"fred foobar"@example.org>\nTo: "a@b"@example.org, <"c"@d.example>\n\n')
        + body
    )
    fred = '(("Foobar, \\"Fred\\" \\\\o/" NIL "fred foobar" "example.org"))'
    envelope = (
        f"(NIL NIL {fred} {fred} {fred} "
        '((NIL NIL "a@b" "example.org")(NIL NIL "c" "d.example")) NIL NIL NIL NIL)'
    )
    return octets, envelope, text(body), []


@message
def broken_addresses():
    """No RFC says what these are. A host that is missing is empty and not NIL, which would begin a group."""
    body = crlf("x\n")
    octets = (
        crlf(
            "From: Fred Foobar foobar@example.org\nTo: me@example.org <me@example.org>; root,\n <a@b\n"
            "Cc: undisclosed recipients\n\n"
        )
        + body
    )
    envelope = (
        f"(NIL NIL {FRED_THRICE} "
        '(("me@example.org" NIL "me" "example.org")(NIL NIL "root" "")(NIL NIL "a" "b")) '
        '(("undisclosed recipients" NIL "" "")) NIL NIL NIL)'
    )
    return octets, envelope, text(body), []


@message
def folded_fields():
    """RFC 5322 2.2.3: unfolding removes the line ends and leaves the white space."""
    body = crlf("x\n")
    octets = crlf("Subject: one\n two\n\tthree\n   \nFrom:\n Fred Foobar\n <foobar@example.org>\n\n") + body
    return octets, f'(NIL "one two\tthree" {FRED_THRICE} NIL NIL NIL NIL NIL)', text(body), ["one two"]


@message
def blank_before_the_colon():
    """RFC 5322 4.5.8."""
    body = crlf("x\n")
    octets = crlf("Subject : obsolete\nFROM\t: Fred Foobar <foobar@example.org>\n\n") + body
    return octets, f'(NIL "obsolete" {FRED_THRICE} NIL NIL NIL NIL NIL)', text(body), []


@message
def encoded_words():
    """ENVELOPE gives encoded words as they came; SEARCH sees what they mean, joined over folds and within characters."""
    body = crlf("x\n")
    octets = (
        crlf(
            "Subject: =?utf-8?Q?Gr=C3?=\n =?utf-8?Q?=BC=C3=9Fe?= aus =?koi8-r?B?7c/Ty9fZ?=\n"
            "From: =?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>\n"
            "To: =?utf-8?Q?Doe,_J=C3=B6?= <j@example.org>\n"
            "X-Japanese: =?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=\nX-Chinese: =?big5?B?pKSk5Q==?=\n"
            "X-Arabic: =?windows-1256?Q?=E3=D1=CD=C8=C7?=\nX-Thai: =?tis-620?B?yuDHyrk=?=\n\n"
        )
        + body
    )
    andre = '(("=?ISO-8859-1?Q?Andr=E9?= Pirard" NIL "PIRARD" "vm1.ulg.ac.be"))'
    envelope = (
        '(NIL "=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?= aus =?koi8-r?B?7c/Ty9fZ?=" '
        f'{andre} {andre} {andre} (("=?utf-8?Q?Doe,_J=C3=B6?=" NIL "j" "example.org")) NIL NIL NIL NIL)'
    )
    finds = ["Grüße aus москвы", "andré pirard", "DOE, JÖ", "日本語", "中文", "مرحبا"]
    return octets, envelope, text(body), finds


@message
def raw_utf8_header():
    """8-bit octets are not for a quoted string in IMAP4rev1: a literal (RFC 3501 4.3)."""
    body = crlf("Grüße\n")
    octets = crlf("Subject: Grüße\nFrom: Jörg <j@example.org>\nContent-Type: text/plain; charset=utf-8\n\n") + body
    joerg = b'(({5}\r\nJ\xc3\xb6rg NIL "j" "example.org"))'
    envelope = b"(NIL {7}\r\nGr\xc3\xbc\xc3\x9fe " + b" ".join([joerg] * 3) + b" NIL NIL NIL NIL NIL)"
    return octets, envelope, text(body, '("CHARSET" "utf-8")'), ["GRÜSSE".replace("SS", "ß"), "jörg"]


@message
def raw_latin1_header():
    """In no charset that was named. The octets go out as they came; SEARCH takes them for windows-1252."""
    body = crlf("caf\udce9\n")
    octets = crlf("Subject: caf\udce9\n\n") + body
    envelope = b"(NIL {4}\r\ncaf\xe9 NIL NIL NIL NIL NIL NIL NIL NIL)"
    return octets, envelope, text(body), ["café"]


@message
def nul_and_control_octets():
    """CHAR8 has no NUL (RFC 3501 9): it is left out of strings. A bare CR is no line end."""
    body = b"a\x00b\rc\r\n"
    octets = b"Subject: a\x00b\x01c\r\n\r\n" + body
    return octets, b'(NIL "ab\x01c" NIL NIL NIL NIL NIL NIL NIL NIL)', text(body), []


@message
def many_addresses():
    body = crlf("x\n")
    names = [f"user{i}" for i in range(100)]
    octets = crlf("To: " + ",\n ".join(f"{n}@example.org" for n in names) + "\n\n") + body
    to = "".join(f'(NIL NIL "{n}" "example.org")' for n in names)
    return octets, f"(NIL NIL NIL NIL NIL ({to}) NIL NIL NIL NIL)", text(body), ["user99@example.org"]


# ---- content types and parameters ----


@message
def type_is_invalid():
    """RFC 2045 5.2: what is no valid Content-Type is text/plain in US-ASCII."""
    body = crlf("x\n")
    return crlf("MIME-Version: 1.0\nContent-Type: text\n\n") + body, EMPTY_ENVELOPE, text(body), ["x"]


@message
def type_without_quotes():
    """Blanks and specials that should have been quoted, a semicolon too many, one too few."""
    body = crlf("x\n")
    octets = crlf("Content-Type: application/x-thing charset=x;; name=my file (1).thing ; last\n\n") + body
    structure = (
        '("APPLICATION" "X-THING" ("CHARSET" "x" "NAME" "my file (1).thing") NIL NIL "7BIT" '
        f"{len(body)} {NO_EXTENSION})"
    )
    return octets, EMPTY_ENVELOPE, structure, []


@message
def parameters_continued():
    """RFC 2231. Continuations are joined; an extended value is given to IMAP4rev1 clients as an extended value."""
    body = crlf("x\n")
    octets = (
        crlf(
            "Content-Type: application/x-stuff;\n title*0*=us-ascii'en'This%20is%20even%20more%20;\n"
            ' title*1*=%2A%2A%2Afun%2A%2A%2A%20;\n title*2="isn\'t it!"\n'
            "Content-Disposition: attachment; filename*1=ending.txt; filename*0=long-\n\n"
        )
        + body
    )
    title = "us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn%27t%20it!"
    structure = (
        f'("APPLICATION" "X-STUFF" ("TITLE*" "{title}") NIL NIL "7BIT" {len(body)} NIL '
        '("ATTACHMENT" ("FILENAME" "long-ending.txt")) NIL NIL)'
    )
    return octets, EMPTY_ENVELOPE, structure, []


@message
def all_body_fields():
    body = crlf("x\n")
    octets = (
        crlf(
            "Content-Type: TEXT/plain; Charset=\"utf-8\"; format=flowed\nContent-ID: <id@example.org>\n"
            'Content-Description: a "thing"\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\n'
            "Content-Transfer-Encoding: 8bit (yes)\n"
            "Content-Disposition: inline; filename=\"a b.txt\"; size=3\nContent-Language: de, en-GB\n"
            "Content-Location: http://example.org/x\n\n"
        )
        + body
    )
    structure = (
        '("TEXT" "PLAIN" ("CHARSET" "utf-8" "FORMAT" "flowed") "<id@example.org>" "a \\"thing\\"" "8BIT" '
        f'{octets_lines(body)} "Q2hlY2sgSW50ZWdyaXR5IQ==" ("INLINE" ("FILENAME" "a b.txt" "SIZE" "3")) '
        '("de" "en-GB") "http://example.org/x")'
    )
    return octets, EMPTY_ENVELOPE, structure, []


# ---- transfer encodings ----


@message
def quoted_printable():
    body = crlf("caf=E9 au la=\nit, =\n=41=\n nd \t\n")
    head = "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: Quoted-Printable\n\n"
    structure = text(body, '("CHARSET" "iso-8859-1")', encoding="QUOTED-PRINTABLE")
    return crlf(head) + body, EMPTY_ENVELOPE, structure, ["café au lait, A nd"]


@message
def base64_with_rubbish():
    data = base64.b64encode("Привет из Москвы".encode("koi8-r")).decode()
    body = crlf(f"{data[:6]}!{data[6:]}\n\n--\nnot base64\n")
    head = "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n"
    structure = text(body, '("CHARSET" "koi8-r")', encoding="BASE64")
    return crlf(head) + body, EMPTY_ENVELOPE, structure, ["привет из москвы"]


@message
def uuencoded():
    data = binascii.b2a_uu(b"The cat sat on the mat.").decode()
    body = crlf(f"begin 644 cat.txt\n{data}`\nend\n")
    head = "Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\n"
    return crlf(head) + body, EMPTY_ENVELOPE, text(body, encoding="X-UUENCODE"), ["sat on the mat"]


@message
def unknown_encoding():
    """Given as it is; BINARY cannot decode it (UNKNOWN-CTE)."""
    body = crlf("as it is\n")
    head = "Content-Transfer-Encoding: X-Rot13\n\n"
    return crlf(head) + body, EMPTY_ENVELOPE, text(body, encoding="X-ROT13"), ["as it is"]


@message
def encoded_multipart():
    """RFC 2045 6.4 allows a multipart no encoding: it has none, whatever it says."""
    part = crlf("inside")
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\ninside\n--b--\n"
    )
    return octets, EMPTY_ENVELOPE, multipart([text(part)], "MIXED", "b"), ["inside"]


@message
def encoded_message():
    """RFC 2046 5.2.1 allows message/rfc822 no encoding. It is not looked into, and seems to be an empty message."""
    body = base64.encodebytes(crlf("Subject: hidden\n\nhidden\n")).replace(b"\n", b"\r\n")
    octets = crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n") + body
    structure = (
        f'("MESSAGE" "RFC822" NIL NIL NIL "BASE64" {len(body)} {EMPTY_ENVELOPE} {NO_PART} {body.count(b"%c" % 10)} '
        f"{NO_EXTENSION})"
    )
    return octets, EMPTY_ENVELOPE, structure, []


# ---- multiparts ----


@message
def mixed():
    """The usual case: text in two forms, and an attachment. The CRLF before a boundary belongs to the boundary."""
    rng = random.Random(SEED)
    data = base64.encodebytes(bytes(rng.randrange(256) for _ in range(200))).replace(b"\n", b"\r\n")
    plain = crlf("Hello Fred,\n\nsee below.\n")
    html = crlf("<p>Hello <b>Fred</b></p>\n")
    octets = (
        crlf(
            "Subject: usual\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_outer\"\n\n"
            "This is a MIME message.\n--=_outer\nContent-Type: multipart/alternative; boundary=\"=_inner\"\n\n"
            "--=_inner\nContent-Type: text/plain; charset=utf-8\n\n"
        )
        + plain
        + crlf("\n--=_inner\nContent-Type: text/html; charset=utf-8\n\n")
        + html
        + crlf(
            "\n--=_inner--\n\n--=_outer\nContent-Type: application/pdf; name=\"r.pdf\"\n"
            "Content-Disposition: attachment; filename=\"r.pdf\"\nContent-Transfer-Encoding: base64\n\n"
        )
        + data
        + crlf("\n--=_outer--\nepilogue\n")
    )
    utf8 = '("CHARSET" "utf-8")'
    pdf = (
        f'("APPLICATION" "PDF" ("NAME" "r.pdf") NIL NIL "BASE64" {len(data)} NIL '
        '("ATTACHMENT" ("FILENAME" "r.pdf")) NIL NIL)'
    )
    inner = multipart([text(plain, utf8), text(html, utf8, "HTML")], "ALTERNATIVE", "=_inner")
    envelope = '(NIL "usual" NIL NIL NIL NIL NIL NIL NIL NIL)'
    return octets, envelope, multipart([inner, pdf], "MIXED", "=_outer"), ["see below", "hello <b>"]


@message
def boundary_without_parameter():
    """Not a valid multipart: RFC 2045 5.2's default."""
    body = crlf("--b\n\npart\n--b--\n")
    return crlf("Content-Type: multipart/mixed\n\n") + body, EMPTY_ENVELOPE, text(body), ["part"]


@message
def multipart_without_parts():
    octets = crlf("Content-Type: multipart/mixed; boundary=b\n\nno boundary ever comes\n")
    return octets, EMPTY_ENVELOPE, multipart([NO_PART], "MIXED", "b"), []


@message
def multipart_closed_at_once():
    octets = crlf("Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b--\nepilogue\n")
    return octets, EMPTY_ENVELOPE, multipart([NO_PART], "MIXED", "b"), []


@message
def multipart_unclosed():
    """The last part goes on to the end of the message."""
    last = crlf("two\nand no more\n")
    octets = crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\n") + last
    return octets, EMPTY_ENVELOPE, multipart([text(b"one"), text(last)], "MIXED", "b"), ["no more"]


@message
def inner_multipart_unclosed():
    """An outer boundary ends everything inside (RFC 2046 5.1.2)."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: multipart/mixed; boundary=in\n\n"
        "--in\n\none\n--in\n\ntwo\n--out\n\nthree\n--out--\n"
    )
    inner = multipart([text(b"one"), text(b"two")], "MIXED", "in")
    return octets, EMPTY_ENVELOPE, multipart([inner, text(b"three")], "MIXED", "out"), ["three"]


@message
def parts_without_anything():
    """Parts that are empty, that have no blank line, or no header."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\n--b\nContent-Type: text/html\n\n--b\n"
        "Content-Type: text/html\n--b\nno header here\n--b--\n"
    )
    html = text(b"", subtype="HTML")
    parts = [text(b""), text(b""), html, html, text(b"no header here")]
    return octets, EMPTY_ENVELOPE, multipart(parts, "MIXED", "b"), ["no header here"]


@message
def boundary_prefixes():
    """One boundary begins with the other; white space may follow a boundary (RFC 2046 5.1.1)."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=\"x y\"\n\n--x y  \t\nContent-Type: multipart/mixed; boundary=\"x yz\"\n\n"
        "--x yz\n\none\n--x yz-- \n--x y\n\ntwo\n --x y\n--x\n--x y--\n--x y\n\nepilogue\n"
    )
    inner = multipart([text(b"one")], "MIXED", "x yz")
    outer = multipart([inner, text(crlf("two\n --x y\n--x"))], "MIXED", "x y")
    return octets, EMPTY_ENVELOPE, outer, ["two"]


@message
def same_boundary_twice():
    """Where both have one boundary, the inner one's it is, until it closes."""
    octets = crlf(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n"
        "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n"
    )
    inner = multipart([text(b"one")], "ALTERNATIVE", "b")
    return octets, EMPTY_ENVELOPE, multipart([inner, text(b"two")], "MIXED", "b"), ["two"]


@message
def bare_line_feeds():
    """Stored and counted as they came."""
    part = b"one\ntwo\n"
    octets = b"Subject: unix\nContent-Type: multipart/mixed;\n boundary=b\n\n--b\n\n" + part + b"\n--b--\n"
    envelope = '(NIL "unix" NIL NIL NIL NIL NIL NIL NIL NIL)'
    return octets, envelope, multipart([text(part)], "MIXED", "b"), ["two"]


@message
def mixed_line_ends():
    part = b"one\r\ntwo\nthree\r"
    octets = b"Content-Type: multipart/mixed; boundary=b\n\r\n--b\r\n\n" + part + b"\n--b--"
    # The part ends in a bare CR and the LF makes a CRLF of it, which is the boundary's.
    return octets, EMPTY_ENVELOPE, multipart([text(part[:-1])], "MIXED", "b"), ["three"]


@message
def digest():
    """RFC 2046 5.1.5: parts are messages unless they say otherwise."""
    one = crlf("Subject: one\nFrom: Fred Foobar <foobar@example.org>\n\nfirst\n")
    octets = (
        crlf("Content-Type: multipart/digest; boundary=b\n\n--b\n\n")
        + one
        + crlf("\n--b\nContent-Type: text/plain\n\nnot a message\n--b--\n")
    )
    inner = crlf("first\n")
    first = (
        f'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" {len(one)} (NIL "one" {FRED_THRICE} NIL NIL NIL NIL NIL) '
        f'{text(inner)} {one.count(b"%c" % 10)} {NO_EXTENSION})'
    )
    return octets, EMPTY_ENVELOPE, multipart([first, text(b"not a message")], "DIGEST", "b"), ["first"]


@message
def messages_ten_deep():
    octets = crlf("Subject: innermost\n\ndeep down\n")
    structure = text(crlf("deep down\n"))
    envelope = '(NIL "innermost" NIL NIL NIL NIL NIL NIL NIL NIL)'
    for level in range(10):
        structure = (
            f'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" {len(octets)} {envelope} {structure} '
            f'{octets.count(b"%c" % 10)} {NO_EXTENSION})'
        )
        octets = crlf(f"Subject: level {level}\nContent-Type: message/rfc822\n\n") + octets
        envelope = f'(NIL "level {level}" NIL NIL NIL NIL NIL NIL NIL NIL)'
    return octets, envelope, structure, ["deep down", "innermost"]


@message
def message_in_multipart():
    """The encapsulated message ends where the outer boundary's CRLF begins, at every level."""
    inner = crlf(
        "Subject: inner\nContent-Type: multipart/mixed; boundary=in\n\n--in\n\nthree one\n--in--"
    )
    octets = (
        crlf("Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: message/rfc822\n\n")
        + inner
        + crlf("\n--out--\n")
    )
    structure = (
        f'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" {len(inner)} (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) '
        f'{multipart([text(b"three one")], "MIXED", "in")} {inner.count(b"%c" % 10)} {NO_EXTENSION})'
    )
    return octets, EMPTY_ENVELOPE, multipart([structure], "MIXED", "out"), ["three one"]


@message
def message_global():
    """RFC 3501 knows nothing of it: in IMAP4rev1 a part like any other (RFC 9755 allows both)."""
    body = crlf("Subject: Grüße\n\nGrüße\n")
    octets = crlf("Content-Type: message/global\nContent-Transfer-Encoding: 8bit\n\n") + body
    structure = f'("MESSAGE" "GLOBAL" NIL NIL NIL "8BIT" {len(body)} {NO_EXTENSION})'
    return octets, EMPTY_ENVELOPE, structure, ["grüße"]


@message
def delivery_report():
    """RFC 6522. message/delivery-status is no message, and has text that is worth finding."""
    human = crlf("It could not be delivered.\n")
    status = crlf("Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; nobody@example.org\nStatus: 5.1.1\n")
    header = crlf("Subject: returned\n")
    octets = (
        crlf(
            "Content-Type: multipart/report; report-type=delivery-status;\n boundary=b\n\n--b\n\n"
        )
        + human
        + crlf("\n--b\nContent-Type: message/delivery-status\n\n")
        + status
        + crlf("\n--b\nContent-Type: text/rfc822-headers\n\n")
        + header
        + crlf("\n--b--\n")
    )
    delivery = f'("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" {len(status)} {NO_EXTENSION})'
    structure = (
        f'({text(human)}{delivery}{text(header, subtype="RFC822-HEADERS")} "REPORT" '
        '("REPORT-TYPE" "delivery-status" "BOUNDARY" "b") NIL NIL NIL)'
    )
    return octets, EMPTY_ENVELOPE, structure, ["could not be delivered", "nobody@example.org"]


def big_messages():
    """Too large to keep. Yields (name, octets)."""
    rng = random.Random(SEED)
    parts = "".join(f"--b\nContent-Type: text/plain\n\npart {i}\n" for i in range(10_000))
    yield "parts-10000", crlf("Subject: parts\nContent-Type: multipart/mixed; boundary=b\n\n" + parts + "--b--\n")
    yield "field-1mb", crlf("Subject: " + "long " * 200_000 + "needle\n\nbody\n")
    yield "folded-field-1mb", crlf("To: " + ",\n ".join(f"u{i}@example.org" for i in range(60_000)) + "\n\nbody\n")
    data = base64.encodebytes(rng.randbytes(37_000_000)).replace(b"\n", b"\r\n")
    yield "attachment-50mb", (
        crlf(
            "Subject: big\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee attachment\n--b\n"
            "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
            "Content-Disposition: attachment; filename=big.bin\n\n"
        )
        + data
        + crlf("\n--b--\n")
    )
    nested = "".join(
        f"--{i}\nContent-Type: multipart/mixed; boundary={i + 1}\n\n" for i in range(5_000)
    )
    yield "multiparts-5000-deep", crlf("Content-Type: multipart/mixed; boundary=0\n\n" + nested)
