"""Headers: fields that are missing, doubled, folded, broken, long or 8-bit."""

from expect import EMPTY_ENVELOPE, Envelope, address, group, named, text
from model import crlf, message

FROM_FRED = "From: Fred Foobar <foobar@example.org>\n"


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
    envelope = Envelope(
        date="Wed, 17 Jul 1996 02:23:25 -0700 (PDT)",
        subject="IMAP4rev1 WG mtg summary and minutes",
        author=(address("gray@cac.washington.edu", "Terry Gray"),),
        to=(address("imap@cac.washington.edu"),),
        cc=(address("minutes@CNRI.Reston.VA.US"), address("KLENSIN@MIT.EDU", "John Klensin")),
        message_id="<B27397-0100000@cac.washington.edu>",
    )
    also = {
        "subject": ["wg MTG"], "from": ["terry", "GRAY@CAC"], "to": ["imap@cac"], "cc": ["klensin"],
        "body": ["minutes\r\nare"], "lacks": ["gray hair"], "sent": "17-Jul-1996", "binary": {"1": body},
    }
    return crlf(head) + body, envelope, text(body), ["minutes", "terry gray"], also


@message
def no_fields():
    """A header that is only its blank line."""
    body = crlf("Nobody wrote this.\n")
    return crlf("\n") + body, EMPTY_ENVELOPE, text(body), ["nobody wrote"], {"sent": "none"}


@message
def empty():
    return b"", EMPTY_ENVELOPE, text(b""), []


@message
def only_line_ends():
    """The first blank line ends the header, the others are text."""
    return crlf("\n\n\n"), EMPTY_ENVELOPE, text(crlf("\n\n")), []


@message
def blank_line_first():
    """What comes after the blank line is text, even if it looks like fields (RFC 5322 2.1)."""
    body = crlf("Subject: too late\n" + FROM_FRED + "\nHello.\n")
    return crlf("\n") + body, EMPTY_ENVELOPE, text(body), ["too late"], {"body": ["too late"]}


@message
def only_a_header():
    """No blank line and no body."""
    octets = crlf("Subject: just this\n" + FROM_FRED)
    return octets, named(subject="just this"), text(b""), ["just this"], {"sections": {"HEADER": octets, "TEXT": b""}}


@message
def header_cut_off():
    """The message ends within a field."""
    return b"Subject: cut o", Envelope(subject="cut o"), text(b""), ["cut o"], {"subject": ["cut o"]}


@message
def no_blank_line():
    """The sender forgot the blank line. The header ends before the first line that can be no field (RFC 5322 2.2)."""
    body = crlf("Hello Fred,\nwhere is the blank line?\n")
    octets = crlf("Subject: forgotten\n" + FROM_FRED) + body
    return octets, named(subject="forgotten"), text(body), ["where is the blank"], {"body": ["hello fred"]}


@message
def line_without_colon():
    """A fold that lost its blank: the line is no field, but the header goes on to its blank line."""
    body = crlf("body\n")
    octets = crlf("Subject: a long\nsubject\n" + FROM_FRED + "\n") + body
    return octets, named(subject="a long"), text(body), ["body"], {"from": ["fred foobar"]}


@message
def mbox_from_line():
    """Left over from an mbox file: no field, and in nobody's way."""
    body = crlf("body\n")
    octets = crlf("From fred Sat Jan  3 01:05:34 1996\nSubject: out of an mbox\n\n") + body
    return octets, Envelope(subject="out of an mbox"), text(body), ["out of an mbox"]


@message
def mbox_quoted_from_line():
    """Quoted for an mbox file and never unquoted."""
    body = crlf(">From here on it is text.\n")
    octets = crlf(">From fred Sat Jan  3 01:05:34 1996\n" + FROM_FRED + "\n") + body
    return octets, named(), text(body), ["from here on"], {"from": ["fred"]}


@message
def byte_order_mark():
    """A name may have no 8-bit octet (RFC 5322 3.6.8): the first line is no field, the others are."""
    body = crlf("body\n")
    octets = crlf("\udcef\udcbb\udcbfSubject: marked\n" + FROM_FRED + "\n") + body
    return octets, named(), text(body), ["marked"]


@message
def fold_before_any_field():
    """There is nothing to fold: no field."""
    body = crlf("body\n")
    octets = crlf(" Subject: not this\n\tnor this\nSubject: this\n\n") + body
    return octets, Envelope(subject="this"), text(body), ["nor this"], {"subject": ["this"]}


@message
def names_that_are_none():
    """Empty, with a blank within, with a control octet: no fields."""
    body = crlf("body\n")
    octets = crlf(": nothing\nSub ject: no\nSub\x01ject: no\nSubject: yes\n\n") + body
    return octets, Envelope(subject="yes"), text(body), ["nothing"]


@message
def name_without_end():
    """RFC 5322 2.1.1: no line is longer than 998 octets, so no name is. It would be a field otherwise."""
    body = crlf("body\n")
    octets = crlf("X-" + "9" * 1_000 + ": y\n" + FROM_FRED + "\n") + body
    return octets, named(), text(body), ["9: y"]


@message
def names_in_any_case():
    """RFC 5234 2.3."""
    body = crlf("x\n")
    octets = crlf("sUBJECT: case\nfROM: Fred Foobar <foobar@example.org>\nMESSAGE-ID: <1@example.org>\n\n") + body
    return octets, named(subject="case", message_id="<1@example.org>"), text(body), [], {"subject": ["CASE"]}


@message
def no_blank_after_the_colon():
    body = crlf("x\n")
    octets = crlf("Subject:tight\nFrom:Fred Foobar <foobar@example.org>\nTo:<a@example.org>\n\n") + body
    return octets, named(subject="tight", to=(address("a@example.org"),)), text(body), [], {"subject": ["tight"]}


@message
def blank_before_the_colon():
    """RFC 5322 4.5.8."""
    body = crlf("x\n")
    octets = crlf("Subject : obsolete\nFROM\t: Fred Foobar <foobar@example.org>\n\n") + body
    return octets, named(subject="obsolete"), text(body), ["obsolete"], {"subject": ["obsolete"], "from": ["fred"]}


@message
def present_but_empty():
    """RFC 9051 7.5.2: empty strings where the field is there, NIL for empty address lists, From for Sender."""
    octets = crlf(
        "Date:\nSubject: \n" + FROM_FRED + "Sender:\nReply-To: \nTo:\nCc: ,\nBcc: ()\nIn-Reply-To:\nMessage-ID: \n\n"
    )
    envelope = named(date="", subject="", in_reply_to="", message_id="")
    return octets, envelope, text(b""), [], {"sent": "none"}


@message
def present_but_blank():
    """The same with folds and white space only."""
    octets = crlf("Date: \n \nSubject:\n\t\n \n" + FROM_FRED + "Reply-To:\n \nMessage-ID:\t\n\n")
    return octets, named(date="", subject="", message_id=""), text(b""), []


@message
def doubled_fields():
    """RFC 5322 4.5.3: several To, Cc, Bcc count as one. For others nothing is said: the first is meant here."""
    body = crlf("<p>first type</p>\n")
    octets = (
        crlf(
            "Date: Wed, 17 Jul 1996 02:23:25 -0700\nDate: Thu, 18 Jul 1996 02:23:25 -0700\n"
            "Subject: first\nSubject: second\n" + FROM_FRED + "From: other@example.org\n"
            "Sender: one@example.org\nSender: two@example.org\nReply-To: three@example.org\nReply-To: four@example.org\n"
            "To: a@example.org\nTo: b@example.org, c@example.org\nCc: d@example.org\nCC: e@example.org\n"
            "Bcc: f@example.org\nbcc: g@example.org\nIn-Reply-To: <5@example.org>\nIn-Reply-To: <6@example.org>\n"
            "Message-ID: <1@example.org>\nMessage-ID: <2@example.org>\n"
            "Content-Type: text/html\nContent-Type: image/png\n\n"
        )
        + body
    )
    envelope = named(
        date="Wed, 17 Jul 1996 02:23:25 -0700", subject="first",
        sender=(address("one@example.org"),), reply_to=(address("three@example.org"),),
        to=tuple(address(f"{c}@example.org") for c in "abc"), cc=tuple(address(f"{c}@example.org") for c in "de"),
        bcc=tuple(address(f"{c}@example.org") for c in "fg"),
        in_reply_to="<5@example.org>", message_id="<1@example.org>",
    )
    also = {"subject": ["first"], "to": ["c@example"], "cc": ["e@example"], "bcc": ["g@example"], "sent": "17-Jul-1996"}
    return octets, envelope, text(body, subtype="HTML"), ["first type", "second"], also


@message
def resent():
    """RFC 5322 3.6.6: Resent-* are no part of the ENVELOPE."""
    body = crlf("x\n")
    octets = crlf(
        "Resent-From: other@example.org\nResent-To: third@example.org\nResent-Date: Mon, 24 Nov 1997 14:22:01 -0800\n"
        "Resent-Message-ID: <78910@example.net>\n" + FROM_FRED + "To: a@example.org\n\n"
    ) + body
    also = {"from": ["fred"], "sent": "none"}
    return octets, named(to=(address("a@example.org"),)), text(body), ["third@example.org"], also


@message
def sender_and_reply_to():
    body = crlf("x\n")
    octets = (
        crlf(
            FROM_FRED + "Sender: sec@example.org\nReply-To: list@example.org\n"
            "In-Reply-To: <0@example.org>\nBcc: hidden@example.org\n\n"
        )
        + body
    )
    envelope = named(
        sender=(address("sec@example.org"),), reply_to=(address("list@example.org"),),
        bcc=(address("hidden@example.org"),), in_reply_to="<0@example.org>",
    )
    return octets, envelope, text(body), ["list@example.org"], {"bcc": ["hidden"]}


@message
def sender_without_from():
    """Nothing says that From were Sender: NIL, and Reply-To follows From."""
    body = crlf("x\n")
    octets = crlf("Sender: sec@example.org\n\n") + body
    return octets, Envelope(sender=(address("sec@example.org"),)), text(body), ["sec@"]


@message
def folded_fields():
    """RFC 5322 2.2.3: unfolding removes the line ends and leaves the white space."""
    body = crlf("x\n")
    octets = crlf("Subject: one\n two\n\tthree\n   \nFrom:\n Fred Foobar\n <foobar@example.org>\n\n") + body
    return octets, named(subject="one two\tthree"), text(body), ["one two"], {"subject": ["one two\tthree"]}


@message
def folded_everywhere():
    """RFC 5322 A.5 and 4.2: folds wherever white space may stand, some of them lines of blanks only."""
    body = crlf("x\n")
    octets = crlf(
        "Subject:\n \n  late \n \t \n end\n"
        "From:\n Fred\n Foobar\n\t<\n foobar\n @\n example.org\n >\n"
        "To: A\n Group\n :\n a\n @b.example\n ,\n ;\n"
        "Message-ID:\n <1@example.org>\n\n"
    ) + body
    envelope = named(subject="late  \t  end", to=group("A Group", address("a@b.example")), message_id="<1@example.org>")
    return octets, envelope, text(body), ["late"]


@message
def white_space_kept():
    """Within a value, white space is as it came; at its ends it is none of the value."""
    body = crlf("x\n")
    octets = crlf("Subject: \t  two  blanks\tand a tab \t \n\n") + body
    return octets, Envelope(subject="two  blanks\tand a tab"), text(body), ["two  blanks\tand"]


@message
def long_line():
    """RFC 5322 2.1.1 allows 998 octets in a line."""
    body = b"y" * 5_000 + b" needle\r\n"
    subject = "x" * 900
    octets = crlf(f"Subject: {subject}\n\n") + body
    return octets, Envelope(subject=subject), text(body), ["y needle"], {"subject": ["xxxx"], "body": ["needle"]}


@message
def long_subject():
    """Too long to be quoted with good manners."""
    body = crlf("x\n")
    subject = "long " * 1_000 + "needle"
    return crlf(f"Subject: {subject}\n\n") + body, Envelope(subject=subject), text(body), [], {"subject": ["needle"]}


@message
def raw_utf8_header():
    """8-bit octets are not for a quoted string in IMAP4rev1: a literal (RFC 3501 4.3)."""
    body = crlf("Grüße\n")
    octets = crlf("Subject: Grüße\nFrom: Jörg <j@example.org>\nContent-Type: text/plain; charset=utf-8\n\n") + body
    envelope = Envelope(subject="Grüße", author=(address("j@example.org", "Jörg"),))
    also = {"subject": ["GRÜßE"], "from": ["jörg"], "body": ["grüße"]}
    return octets, envelope, text(body, "utf-8"), ["GRÜßE", "jörg"], also


@message
def raw_latin1_header():
    """In no charset that was named. The octets go out as they came; SEARCH takes them for windows-1252."""
    body = crlf("caf\udce9\n")
    octets = crlf("Subject: caf\udce9\n\n") + body
    return octets, Envelope(subject=b"caf\xe9"), text(body), ["café"], {"subject": ["café"], "body": ["CAFÉ"]}


@message
def raw_octets_of_both():
    """What is UTF-8 is taken for it, octet by octet; the rest for windows-1252."""
    body = crlf("x\n")
    octets = crlf("Subject: Grüße \udc93caf\udce9\udc94 日\n\n") + body
    subject = "Grüße ".encode() + b"\x93caf\xe9\x94 " + "日".encode()
    return octets, Envelope(subject=subject), text(body), ["grüße “café” 日"], {"subject": ["“café” 日"]}


@message
def utf8_everywhere():
    """RFC 6532: UTF-8 in phrases, quoted strings, local parts, domains, groups, comments and message IDs."""
    body = crlf("x\n")
    octets = crlf(
        "From: Jürgen Müßig <jürgen@müßig.example>\nTo: \"Дед Мороз\" <\"дед мороз\"@пример.example>, имя@пример.example (Имя)\n"
        "Cc: 仲間: 太郎@例.example;\nMessage-ID: <größe@example.org>\nSubject: 𝔘𝔫𝔦 🎉\n\n"
    ) + body
    envelope = Envelope(
        subject="𝔘𝔫𝔦 🎉", author=(address("jürgen@müßig.example", "Jürgen Müßig"),),
        to=(address("дед мороз@пример.example", "Дед Мороз"), address("имя@пример.example", "Имя")),
        cc=group("仲間", address("太郎@例.example")), message_id="<größe@example.org>",
    )
    also = {"from": ["JÜRGEN@"], "to": ["мороз", "имя@"], "cc": ["仲間", "太郎"], "subject": ["𝔘𝔫𝔦", "🎉"]}
    return octets, envelope, text(body), ["ДЕД МОРОЗ"], also


@message
def nul_and_control_octets():
    """CHAR8 has no NUL (RFC 3501 9): it is left out of strings. A bare CR is no line end."""
    body = b"a\x00b\rc\r\n"
    octets = b"Subject: a\x00b\x01c\r\n\r\n" + body
    return octets, Envelope(subject=b"ab\x01c"), text(body), []


@message
def bare_line_feeds():
    """Stored, counted and given as they came."""
    body = b"one\ntwo\n"
    octets = b"Subject: unix\nFrom: Fred Foobar\n <foobar@example.org>\n\n" + body
    return octets, named(subject="unix"), text(body), ["one\ntwo"], {"body": ["two"]}


@message
def bare_carriage_returns():
    """No line ends (RFC 5322 2.2): all of it is one field, whose value has them left out."""
    octets = b"Subject: mac\rFrom: fred@example.org\r\rHello.\r"
    return octets, Envelope(subject="macFrom: fred@example.orgHello."), text(b""), ["hello"], {"subject": ["mac"]}


@message
def two_carriage_returns():
    """Each line end converted twice. A line of CRs is not the blank line, nor a field: the text begins there."""
    body = b"\r\r\nHello.\r\r\n"
    octets = b"Subject: twice\r\r\nFrom: Fred Foobar <foobar@example.org>\r\r\n" + body
    return octets, named(subject="twice"), text(body), ["hello"], {"body": ["hello"]}


@message
def line_feed_and_carriage_return_mixed():
    body = b"one\r\ntwo\nthree"
    octets = b"Subject: mixed\nFrom: Fred Foobar <foobar@example.org>\r\n\n" + body
    return octets, named(subject="mixed"), text(body), ["three"], {"subject": ["mixed"]}


@message
def quotes_in_a_subject():
    """What IMAP's own strings need is quoted, once."""
    body = crlf("x\n")
    octets = crlf('Subject: "quoted" \\ (no comment) {3}\n\n') + body
    return octets, Envelope(subject='"quoted" \\ (no comment) {3}'), text(body), ['\\ (no'], {"subject": ['"quoted"']}


@message
def several_references():
    """In-Reply-To as it came, words and folds included."""
    body = crlf("x\n")
    octets = crlf(
        'In-Reply-To: Your message of "Wed, 17 Jul 1996" <1@example.org>\n <2@example.org>\n'
        "References: <0@example.org> <1@example.org>\nMessage-ID: no-brackets@example.org (why?)\n\n"
    ) + body
    envelope = Envelope(
        in_reply_to='Your message of "Wed, 17 Jul 1996" <1@example.org> <2@example.org>',
        message_id="no-brackets@example.org (why?)",
    )
    return octets, envelope, text(body), ["<0@example.org>"]


@message
def no_mime_version():
    """RFC 2045 4 wants it; mail without it is MIME for all clients and servers."""
    body = crlf("Grüße\n")
    octets = crlf("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n") + body
    return octets, EMPTY_ENVELOPE, text(body, "utf-8", encoding="8BIT"), ["grüße"], {"body": ["GRÜßE"]}


@message
def odd_mime_version():
    """RFC 2045 4: comments, and versions that do not exist."""
    body = crlf("<p>x</p>\n")
    octets = crlf("MIME-Version: (produced by X) 9.(none)9\nContent-Type: text/html\n\n") + body
    return octets, EMPTY_ENVELOPE, text(body, subtype="HTML"), ["<p>x"]


@message
def many_fields():
    """As a message has that passed many hands."""
    body = crlf("x\n")
    trace = "".join(f"Received: from a{i} by b{i};\n\tWed, 17 Jul 1996 02:23:25 -0700\nX-Hop-{i}: {i}\n" for i in range(150))
    octets = crlf(trace + FROM_FRED + "Subject: after all that\n\n") + body
    return octets, named(subject="after all that"), text(body), ["from a149 by"], {"from": ["fred"]}
