"""Content-Type and the other Content-* fields (RFC 2045 5, RFC 2183, RFC 2231, RFC 3282)."""

from expect import EMPTY_ENVELOPE, Envelope, Fields, Leaf, Parameter, text
from model import add, crlf, message

BODY = crlf("ordinary text\n")


def content_type(name, value, structure, why, find=()):
    """A message of that Content-Type; the structure is given a body."""
    octets = crlf(f"Content-Type: {value}\n\n") + BODY
    searched = structure.type in ("TEXT", "MESSAGE")  # what reports and the like are made of
    also = {"body": ["ordinary text"]} if searched else {"lacks": ["ordinary text"]}
    add(f"type-{name}", octets, EMPTY_ENVELOPE, structure, list(find), also, why=why)


def plain(parameters=None, subtype="PLAIN"):
    return Leaf(BODY, subtype=subtype, parameters=parameters)


def other(kind, subtype, parameters=None):
    return Leaf(BODY, kind, subtype, parameters)


# ---- RFC 2045 5.2: what is no valid Content-Type is text/plain in US-ASCII ----
content_type("no-subtype", "text", plain(), "RFC 2045 5.2")
content_type("no-subtype-slash", "text/", plain(), "likewise")
content_type("no-type", "/html", plain(), "likewise")
content_type("empty", "", plain(), "likewise")
content_type("only-parameters", "; charset=utf-8", plain(), "likewise: its parameters mean nothing")
content_type("words", "plain text, what else", plain(), "likewise")
content_type("quoted", '"text/html"', plain(), "likewise: no token")
content_type("eight-bit", "tëxt/html", plain(), "likewise")
content_type("too-long", "text/" + "x" * 200, plain(), "RFC 6838 4.2: 127 characters at most")

# ---- legal ----
content_type("any-case", "TeXt/HtMl; ChArSeT=Utf-8", plain({"charset": "Utf-8"}, "HTML"),
             "types and names in any case; a value stays as it is")
content_type("no-charset", "text/html", plain(None, "HTML"), "US-ASCII is the default of all text (RFC 2046 4.1.2)")
content_type("charset-elsewhere", "text/plain; format=flowed",
             plain({"charset": "US-ASCII", "format": "flowed"}), "the default, and what was given")
content_type("comments", "(a) text (b) / (c) html (d) ; (e) charset (f) = (g) utf-8 (h)",
             plain({"charset": "utf-8"}, "HTML"), "RFC 2045 5.1: comments, as RFC 822 has them")
content_type("folded", "text/plain;\n\tcharset=\n utf-8;\n format=flowed",
             plain({"charset": "utf-8", "format": "flowed"}), "folds")
content_type("quoted-value", 'application/x; name="a \\"b\\" (c); d=e"',
             other("APPLICATION", "X", {"name": 'a "b" (c); d=e'}), "quoted-string, quoted-pair")
content_type("empty-value", 'application/x; name=""', other("APPLICATION", "X", {"name": ""}), "an empty value")
content_type("specials-in-token", "application/x; a={b}!#$%&'*+-.^_`|~; c=d",
             other("APPLICATION", "X", {"a": "{b}!#$%&'*+-.^_`|~", "c": "d"}), "all of a token's characters")
content_type("subtype-tree", "application/vnd.oasis.opendocument.text+xml", other(
    "APPLICATION", "VND.OASIS.OPENDOCUMENT.TEXT+XML"), "dots and a plus")
content_type("image", "image/png; name=x.png", other("IMAGE", "PNG", {"name": "x.png"}), "no lines are counted")
content_type("video", "video/mp4", other("VIDEO", "MP4"), "likewise")
content_type("unknown", "x-thing/y", other("X-THING", "Y"), "a type that nobody knows")
content_type("message-partial", "message/partial; id=\"a@b\"; number=1; total=2",
             other("MESSAGE", "PARTIAL", {"id": "a@b", "number": "1", "total": "2"}),
             "RFC 2046 5.2.2: only message/rfc822 has an envelope")
content_type("external-body", "message/external-body; access-type=local-file; name=/x",
             other("MESSAGE", "EXTERNAL-BODY", {"access-type": "local-file", "name": "/x"}), "RFC 2046 5.2.3: likewise")

# ---- seen all the same ----
content_type("no-quotes", "application/x-thing charset=x;; name=my file (1).thing ; last",
             other("APPLICATION", "X-THING", {"charset": "x", "name": "my file (1).thing"}),
             "blanks and specials that should have been quoted, a semicolon too many, one too few")
content_type("semicolon-at-the-end", "text/plain; charset=utf-8;", plain({"charset": "utf-8"}), "one too many")
content_type("no-semicolon", "text/plain charset=utf-8", plain({"charset": "utf-8"}), "one too few")
content_type("name-without-value", "text/plain; charset; format=flowed",
             plain({"charset": "US-ASCII", "format": "flowed"}), "no parameter")
content_type("value-without-name", "text/plain; =utf-8; format=flowed",
             plain({"charset": "US-ASCII", "format": "flowed"}), "no parameter")
content_type("no-value", "text/plain; charset=; format=flowed",
             plain({"charset": "", "format": "flowed"}), "empty")
content_type("unclosed-quote", 'application/x; name="a; b=c', other("APPLICATION", "X", {"name": "a; b=c"}),
             "it ends with the field")
content_type("text-after-quote", 'application/x; name="a" b; c=d', other("APPLICATION", "X", {"name": "a", "c": "d"}),
             "passed over")
content_type("doubled-parameter", "application/x; name=a; name=b", other("APPLICATION", "X", [
    Parameter("NAME", "a"), Parameter("NAME", "b")]), "both are told")
content_type("raw-utf8-value", 'application/x; name="Grüße.txt"', other("APPLICATION", "X", {"name": "Grüße.txt"}),
             "RFC 6532 allows it: UTF-8 mode quotes it", ["grüße.txt"])
content_type("raw-latin1-value", 'application/x; name="caf\udce9.txt"', other(
    "APPLICATION", "X", {"name": b"caf\xe9.txt"}), "a literal in either mode", ["café.txt"])
content_type("encoded-word-value", "application/x; name==?utf-8?Q?Gr=C3=BC=C3=9Fe?=", other(
    "APPLICATION", "X", {"name": "=?utf-8?Q?Gr=C3=BC=C3=9Fe?="}),
    "RFC 2047 5 forbids it; it is often seen: given as it came", ["grüße"])
content_type("encoded-word-quoted", 'application/x; name="=?utf-8?Q?Gr=C3=BC=C3=9Fe?="', other(
    "APPLICATION", "X", {"name": "=?utf-8?Q?Gr=C3=BC=C3=9Fe?="}), "likewise", ["grüße"])
content_type("backslashes", 'application/x; name="C:\\\\a\\b"', other("APPLICATION", "X", {"name": "C:\\ab"}),
             "a quoted-pair is undone whatever was meant")
content_type("many-parameters", "application/x" + "".join(f"; p{i}={i}" for i in range(150)), other(
    "APPLICATION", "X", {f"p{i}": str(i) for i in range(100)}), "a hundred are kept")

# ---- RFC 2231 ----


def extended(name, value, given, why):
    """SEARCH TEXT finds what the parameters say."""
    said = given.values() if isinstance(given, dict) else [p.decoded or p.value for p in given]
    find = [value for value in said if isinstance(value, str) and "\0" not in value]
    content_type(f"rfc2231-{name}", f"application/x; {value}", other("APPLICATION", "X", given), why, find)


extended("continued", 'a*0="b "; a*1=c; a*2="; d"', {"a": "b c; d"}, "RFC 2231 3")
extended("out-of-order", "a*2=d; a*0=b; a*1=c", {"a": "bcd"}, "the numbers count")
extended("apart", "a*0=b; x=y; a*1=c", {"a": "bc", "x": "y"}, "others may stand between")
extended("eleven", "; ".join(f"a*{i}={i}," for i in range(11)).replace(",", "-"),
         {"a": "0-1-2-3-4-5-6-7-8-9-10-"}, "numbers, not digits")
extended("gap", "a*0=b; a*1=c; a*3=d", {"a": "bc"}, "what follows a gap belongs to nothing")
extended("first-missing", "a*1=b; a*2=c", {"a": "bc"}, "no RFC says: what is there")
extended("same-number", "a*0=b; a*0=c; a*1=d", {"a": "bd"}, "no RFC says: the first")
extended("name-in-any-case", "A*0=b; a*1=c", {"a": "bc"}, "one name")
extended("charset", "a*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", [
    Parameter("A*", "us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "This is ***fun***")],
    "RFC 2231 4: IMAP4rev1 gives the extended value, UTF-8 mode the text (RFC 9051 7.5.2)")
extended("utf8", "a*=UTF-8''Gr%C3%BC%c3%9fe", [Parameter("A*", "utf-8''Gr%C3%BC%C3%9Fe", "Grüße")], "likewise")
extended("koi8", "a*=koi8-r'ru'%ED%CF%D3%CB%D7%C1", [
    Parameter("A*", "koi8-r'ru'%ED%CF%D3%CB%D7%C1", "Москва")], "likewise")
extended("no-charset", "a*=''plain%20text", [Parameter("A*", "''plain%20text", "plain text")],
         "RFC 2231 4: charset and language may be empty")
extended("no-quotes", "a*=plain%20text", [Parameter("A*", "''plain%20text", "plain text")], "not legal: the quotes lack")
extended("unknown-charset", "a*=x-nobody''caf%E9", [Parameter("A*", "x-nobody''caf%E9", "café")],
         "taken for UTF-8 where it is, else windows-1252")
extended("bad-percent", "a*=utf-8''50%ZZ%4", [Parameter("A*", "utf-8''50%25ZZ%254", "50%ZZ%4")],
         "what is no escape stays, and is escaped")
extended("apostrophes", "a*=utf-8''it's''so", [Parameter("A*", "utf-8''it%27s%27%27so", "it's''so")],
         "the first two count")
extended("continued-charset", "a*0*=utf-8''Gr%C3%BC; a*1*=%C3%9F; a*2=\"e 50%25\"", [
    Parameter("A*", "utf-8''Gr%C3%BC%C3%9Fe%2050%2525", "Grüße 50%25")],
    "RFC 2231 4.1: only segments with a star are decoded")
extended("split-character", "a*0*=utf-8''Gr%C3; a*1*=%BC%C3%9Fe", [Parameter("A*", "utf-8''Gr%C3%BC%C3%9Fe", "Grüße")],
         "a character may be cut between segments")
extended("star-later", "a*0=b; a*1*=%20c", [Parameter("A*", "''b%20c", "b c")], "not legal, but plain enough")
extended("both", "a=plain.txt; a*=utf-8''Gr%C3%BC%C3%9Fe.txt", [
    Parameter("A", "plain.txt"), Parameter("A*", "utf-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt")],
    "for old clients and new ones: both are told")
extended("nul", "a*=utf-8''x%00y", [Parameter("A*", "utf-8''x%00y", "xy")], "no NUL in a string")
extended("line-end", "a*=utf-8''x%0D%0Ay", [Parameter("A*", "utf-8''x%0D%0Ay", b"x\r\ny")],
         "a literal may have it (RFC 3501 9)")


@message
def charset_extended():
    """RFC 2231 goes for every parameter, charset and boundary too."""
    body = crlf("caf\udce9\n")
    octets = crlf("Content-Type: text/plain; charset*=us-ascii''iso-8859-%31\n\n") + body
    given = [Parameter("CHARSET*", "us-ascii''iso-8859-1", "iso-8859-1")]
    return octets, EMPTY_ENVELOPE, Leaf(body, parameters=given), ["café"], {"body": ["CAFÉ"]}


@message
def parameters_continued():
    """RFC 2231 4.1's example, and a file name in parts that are out of order."""
    octets = (
        crlf(
            "Content-Type: application/x-stuff;\n title*0*=us-ascii'en'This%20is%20even%20more%20;\n"
            ' title*1*=%2A%2A%2Afun%2A%2A%2A%20;\n title*2="isn\'t it!"\n'
            "Content-Disposition: attachment; filename*1=ending.txt; filename*0=long-\n\n"
        )
        + BODY
    )
    title = Parameter(
        "TITLE*", "us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn%27t%20it!",
        "This is even more ***fun*** isn't it!",
    )
    fields = Fields(disposition=("ATTACHMENT", {"filename": "long-ending.txt"}))
    return octets, EMPTY_ENVELOPE, Leaf(BODY, "APPLICATION", "X-STUFF", [title], fields=fields), [
        "long-ending.txt", "***fun*** isn't it!"]


@message
def charset_in_quotes():
    """Apostrophes are no quotes (RFC 2045 5.1) and stand in no charset's name: SEARCH does without them."""
    body = crlf("\udcb1\udcb6\n")
    octets = crlf("Content-Type: text/plain; charset='iso-8859-2'\n\n") + body
    return octets, EMPTY_ENVELOPE, text(body, "'iso-8859-2'"), ["ąś"], {"body": ["ĄŚ"]}


@message
def charset_unknown():
    """Taken for UTF-8 where it is, else for windows-1252."""
    body = crlf("Grüße caf\udce9\n")
    octets = crlf("Content-Type: text/plain; charset=x-nobody-knows\n\n") + body
    return octets, EMPTY_ENVELOPE, text(body, "x-nobody-knows"), ["grüße café"], {"body": ["GRÜßE CAFÉ"]}


# ---- the other fields ----


@message
def all_body_fields():
    octets = (
        crlf(
            "Content-Type: TEXT/plain; Charset=\"utf-8\"; format=flowed\nContent-ID: <id@example.org>\n"
            'Content-Description: a "thing"\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\n'
            "Content-Transfer-Encoding: 8bit (yes)\n"
            "Content-Disposition: inline; filename=\"a b.txt\"; size=3\nContent-Language: de, en-GB\n"
            "Content-Location: http://example.org/x\n\n"
        )
        + BODY
    )
    fields = Fields(
        id="<id@example.org>", description='a "thing"', md5="Q2hlY2sgSW50ZWdyaXR5IQ==",
        disposition=("INLINE", {"filename": "a b.txt", "size": "3"}), language=["de", "en-GB"],
        location="http://example.org/x",
    )
    structure = Leaf(BODY, parameters={"charset": "utf-8", "format": "flowed"}, encoding="8BIT", fields=fields)
    return octets, EMPTY_ENVELOPE, structure, ["a b.txt"]


@message
def body_fields_doubled():
    """Nothing is said of several: the first of each."""
    octets = crlf(
        "Content-ID: <1@a>\nContent-ID: <2@a>\nContent-Description: one\nContent-Description: two\n"
        "Content-Disposition: inline\nContent-Disposition: attachment\nContent-Language: de\nContent-Language: fr\n"
        "Content-Location: a\nContent-Location: b\nContent-Transfer-Encoding: 8bit\n"
        "Content-Transfer-Encoding: base64\n\n"
    ) + BODY
    fields = Fields(id="<1@a>", description="one", disposition=("INLINE", {}), language="de", location="a")
    return octets, EMPTY_ENVELOPE, Leaf(BODY, encoding="8BIT", fields=fields), ["two"], {"body": ["x"]}


@message
def body_fields_empty():
    """nstring: empty strings, where a list cannot be empty NIL."""
    octets = crlf(
        "Content-ID:\nContent-Description: \nContent-MD5:\nContent-Disposition: ;\nContent-Language: ,\n"
        "Content-Location:\nContent-Transfer-Encoding:\n\n"
    ) + BODY
    return octets, EMPTY_ENVELOPE, Leaf(BODY, fields=Fields(id="", description="", md5="", location="")), []


@message
def body_fields_eight_bit():
    """Encoded words and raw UTF-8 as they came."""
    octets = crlf(
        "Content-Description: Grüße =?utf-8?Q?=C3=9F?=\nContent-Disposition: attachment; filename=\"Grüße\";\n"
        " name*=utf-8''%C3%9F\nContent-Location: /grüße\nContent-ID: <ü@example.org>\n\n"
    ) + BODY
    given = [Parameter("FILENAME", "Grüße"), Parameter("NAME*", "utf-8''%C3%9F", "ß")]
    fields = Fields(
        id="<ü@example.org>", description="Grüße =?utf-8?Q?=C3=9F?=", disposition=("ATTACHMENT", given),
        location="/grüße",
    )
    return octets, EMPTY_ENVELOPE, Leaf(BODY, fields=fields), ["grüße ß"]


@message
def disposition_without_parameters():
    octets = crlf("Content-Disposition: ATTACHMENT (really)\nContent-Language: en (English), (or) de\n\n") + BODY
    fields = Fields(disposition=("ATTACHMENT", {}), language=["en", "de"])
    return octets, EMPTY_ENVELOPE, Leaf(BODY, fields=fields), ["really"]


@message
def attachment_at_the_root():
    """A message that is one file."""
    octets = crlf(
        "Subject: file\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=b.pdf\n\n"
    ) + BODY
    fields = Fields(disposition=("ATTACHMENT", {"filename": "b.pdf"}))
    structure = Leaf(BODY, "APPLICATION", "PDF", {"name": "a.pdf"}, fields=fields)
    return octets, Envelope(subject="file"), structure, ["b.pdf"], {"subject": ["file"]}
