"""Encoded words (RFC 2047, RFC 2231 5) and charsets: ENVELOPE gives them as they came; SEARCH sees what they mean."""

import base64

from expect import Envelope, address, text
from model import add, crlf, message

BODY = crlf("ordinary text\n")


def subject(name, value, finds, why, unfolded=None, lacks=()):
    octets = crlf(f"Subject: {value}\n\n") + BODY
    envelope = Envelope(subject=value if unfolded is None else unfolded)
    add(f"word-{name}", octets, envelope, text(BODY), finds, {"subject": list(finds), "lacks": list(lacks)}, why=why)


@message
def encoded_words():
    """Joined over folds and within characters; in every field."""
    octets = (
        crlf(
            "Subject: =?utf-8?Q?Gr=C3?=\n =?utf-8?Q?=BC=C3=9Fe?= aus =?koi8-r?B?7c/Ty9fZ?=\n"
            "From: =?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>\n"
            "To: =?utf-8?Q?Doe,_J=C3=B6?= <j@example.org>\n"
            "X-Japanese: =?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=\nX-Chinese: =?big5?B?pKSk5Q==?=\n"
            "X-Arabic: =?windows-1256?Q?=E3=D1=CD=C8=C7?=\nX-Thai: =?tis-620?B?yuDHyrk=?=\n\n"
        )
        + BODY
    )
    envelope = Envelope(
        subject="=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?= aus =?koi8-r?B?7c/Ty9fZ?=",
        author=(address("PIRARD@vm1.ulg.ac.be", "=?ISO-8859-1?Q?Andr=E9?= Pirard"),),
        to=(address("j@example.org", "=?utf-8?Q?Doe,_J=C3=B6?="),),
    )
    finds = ["Grüße aus москвы", "andré pirard", "DOE, JÖ", "日本語", "中文", "مرحبا", "สเวสน"]
    also = {"subject": ["GRÜßE AUS"], "from": ["andré"], "to": ["doe, jö"]}
    return octets, envelope, text(BODY), finds, also


# ---- RFC 2047 8: the examples ----
subject("rfc2047-a", "(=?ISO-8859-1?Q?a?=)", ["(a)"], "RFC 2047 8")
subject("rfc2047-a-b", "(=?ISO-8859-1?Q?a?= b)", ["(a b)"], "likewise")
subject("rfc2047-ab", "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", ["(ab)"], "likewise: the blank is not shown")
subject("rfc2047-ab-blanks", "(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", ["(ab)"], "likewise")
subject("rfc2047-ab-fold", "(=?ISO-8859-1?Q?a?=\n    =?ISO-8859-1?Q?b?=)", ["(ab)"], "likewise",
        "(=?ISO-8859-1?Q?a?=    =?ISO-8859-1?Q?b?=)")
subject("rfc2047-a-b-in", "(=?ISO-8859-1?Q?a_b?=)", ["(a b)"], "likewise: a blank within")
subject("rfc2047-a-b-out", "(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", ["(a b)"], "likewise: two charsets")
subject("rfc2047-base64", "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
        ["if you can read this you understand the example."], "likewise",
        "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=")
subject("language", "=?us-ascii*en-US?Q?Keith_Moore?=", ["keith moore"], "RFC 2231 5: the language is no part of the charset")

# ---- forms ----
subject("lower-case", "=?UTF-8?q?Gr=c3=bc=c3=9fe?= =?utf-8?b?R3LDvMOfZQ==?=", ["GrüßeGrüße"], "coding and digits in any case")
subject("empty", "a =?utf-8?Q??= b", ["a  b"], "a word without text")
subject("mixed-codings", "=?utf-8?Q?Gr=C3=BC?= =?utf-8?B?w59l?=", ["grüße"], "Q and B side by side")
subject("split-in-base64", "=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", ["grüße"], "a character split between words, which RFC 2047 5 forbids and many do")
subject("split-iso-2022-jp", "=?ISO-2022-JP?B?GyRCRnw=?= =?ISO-2022-JP?B?S1w4bBsoQg==?=", ["日本語"], "the shift state goes over as well")
subject("shift-in-each", "=?ISO-2022-JP?B?GyRCRnwbKEI=?= =?ISO-2022-JP?B?GyRCS1wbKEI=?=", ["日本"], "as RFC 2047 3 wants it")
subject("text-around", "Re: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= und so", ["re: grüße und so"], "blanks next to text are shown")
subject("question-mark", "=?utf-8?Q?who=3F?= =?utf-8?Q?_me=5F=3D?=", ["who? me_="], "what Q must encode")
subject("in-quotes", '"=?utf-8?Q?Gr=C3=BC=C3=9Fe?="', ["grüße"], "RFC 2047 5 forbids it; senders do it, and readers show it")
subject("adjoining", "=?utf-8?Q?Gr=C3=BC?==?utf-8?Q?=C3=9Fe?=", ["grüße"], "no blank between words: not legal, often seen")
subject("adjoining-text", "a=?utf-8?Q?Gr=C3=BC=C3=9Fe?=z", ["agrüßez"], "likewise")
subject("blanks-within", "=?utf-8?Q?Gr=C3=BC=C3=9Fe aus Rom?=", ["grüße aus rom"], "not legal, often seen")
subject("long", "=?utf-8?Q?" + "Gr=C3=BC=C3=9Fe_" * 40 + "?=", ["grüße grüße"], "longer than the 75 octets of RFC 2047 2")
subject("many", "\n ".join(["=?utf-8?Q?Gr=C3=BC=C3=9Fe_?="] * 200), ["grüße grüße grüße"], "many of them",
        " ".join(["=?utf-8?Q?Gr=C3=BC=C3=9Fe_?="] * 200))
subject("control", "=?utf-8?Q?a=0D=0AX-Evil:_b=00c?=", ["a  x-evil: bc"], "line ends and NUL become harmless")

# ---- broken: text ----
subject("no-end", "=?utf-8?Q?Gr=C3=BC", ["=?utf-8?q?gr=c3=bc"], "not closed: text", lacks=["grü"])
subject("no-coding", "=?utf-8?Gr=C3=BC?=", ["=?utf-8?gr=c3=bc?="], "text")
subject("unknown-coding", "=?utf-8?X?Gr=C3=BC?=", ["=?utf-8?x?gr=c3=bc?="], "text")
subject("no-charset", "=??Q?Gr=C3=BC?=", ["=??q?gr=c3=bc?="], "text")
subject("bad-hex", "=?utf-8?Q?a=4?= =?utf-8?Q?b=XYc?=", ["a=4b=xyc"], "what is no escape stays")
subject("bad-base64", "=?utf-8?B?R3LDvM*OfZQ?=", ["grüße"], "RFC 2045 6.8: what is no digit is passed over, padding may be missing")
subject("unknown-charset", "=?x-nobody-knows?Q?Gr=C3=BC=C3=9Fe?= =?x-nobody-knows?Q?caf=E9?=", ["grüße", "café"],
        "taken for UTF-8 where it is, else windows-1252")
subject("unknown-8bit", "=?unknown-8bit?Q?caf=E9?=", ["café"], "RFC 1428's name for it")
subject("quoted-charset", "=?'iso-8859-2'?Q?=B1=B6?=", ["ąś"], "quotes that do not belong there")
subject("iso-8859-1-of-windows", "=?iso-8859-1?Q?=93a=94_=80?=", ["“a” €"], "windows-1252 under the wrong name")
subject("invalid-utf8", "=?utf-8?Q?caf=E9?=", ["café"], "not UTF-8: windows-1252")
subject("invalid-us-ascii", "=?us-ascii?Q?Gr=C3=BC=C3=9Fe?=", ["grüße"], "UTF-8 under the wrong name")

# ---- charsets ----
CHARSETS = [  # the name in the mail, Python's codec, text of that script
    ("us-ascii", "ascii", "plain"), ("ANSI_X3.4-1968", "ascii", "plain"), ("utf-8", "utf-8", "Grüße 日本 🎉"),
    ("unicode-1-1-utf-7", "utf-7", "Grüße 日本"), ("utf-7", "utf-7", "Grüße 日本"), ("utf-16", "utf-16", "Grüße 日本"),
    ("utf-16be", "utf-16-be", "Grüße 日本 🎉"), ("utf-16le", "utf-16-le", "Grüße 日本 🎉"), ("utf-32", "utf-32", "Grüße"),
    ("utf-32be", "utf-32-be", "Grüße"), ("utf-32le", "utf-32-le", "Grüße"), ("iso-8859-1", "iso-8859-1", "Grüße café"),
    ("latin1", "iso-8859-1", "Grüße"), ("iso-8859-2", "iso-8859-2", "Łódź žluťoučký"), ("iso-8859-3", "iso-8859-3", "Ĉiuĵaŭde"),
    ("iso-8859-4", "iso-8859-4", "ķirsis ģimene"), ("iso-8859-5", "iso-8859-5", "Привет"),
    ("iso-8859-6", "iso-8859-6", "مرحبا"), ("iso-8859-7", "iso-8859-7", "Καλημέρα"), ("iso-8859-8", "iso-8859-8", "שלום"),
    ("iso-8859-8-i", "iso-8859-8", "שלום"), ("iso-8859-9", "iso-8859-9", "ğüşıöç"), ("iso-8859-10", "iso-8859-10", "þórður"),
    ("iso-8859-11", "iso-8859-11", "สวัสดี"), ("iso-8859-13", "iso-8859-13", "žąsis"), ("iso-8859-14", "iso-8859-14", "ŵythnos"),
    ("iso-8859-15", "iso-8859-15", "œuvre 5 €"),
    ("windows-1250", "cp1250", "„Łódź”"), ("windows-1251", "cp1251", "«Привет» №"), ("windows-1252", "cp1252", "“Grüße” €"),
    ("windows-1253", "cp1253", "Καλημέρα"), ("windows-1254", "cp1254", "ğüşıöç €"), ("windows-1255", "cp1255", "שלום ₪"),
    ("windows-1256", "cp1256", "مرحبا"), ("windows-1257", "cp1257", "žąsis €"), ("windows-1258", "cp1258", "đươ\u0300ng"),
    ("windows-874", "cp874", "สวัสดี"), ("tis-620", "tis-620", "สวัสดี"), ("koi8-r", "koi8-r", "Привет"),
    ("koi8-u", "koi8-u", "Їжак ґанок"), ("macintosh", "mac-roman", "Grüße"), ("x-mac-cyrillic", "mac-cyrillic", "Привет"),
    ("x-mac-greek", "mac-greek", "Καλημ"), ("ibm437", "cp437", "Grüße"), ("cp850", "cp850", "Grüße"),
    ("ibm852", "cp852", "Łódź"), ("ibm855", "cp855", "Привет"), ("ibm857", "cp857", "ğüş"), ("ibm862", "cp862", "שלום"),
    ("cp866", "cp866", "Привет"), ("ibm037", "cp037", "Gruss"), ("ibm500", "cp500", "Grüße"), ("ibm1026", "cp1026", "ğüş"),
    ("gb2312", "gb2312", "你好世界"), ("gbk", "gbk", "你好鎔"), ("gb18030", "gb18030", "你好鎔𠀀"), ("hz-gb-2312", "hz", "你好世界"),
    ("big5", "big5", "中文"), ("big5-hkscs", "big5hkscs", "中文"), ("shift_jis", "shift_jis", "日本語カナ"),
    ("windows-31j", "cp932", "日本語①"), ("euc-jp", "euc-jp", "日本語カナ"), ("iso-2022-jp", "iso-2022-jp", "日本語カナ"),
    ("iso-2022-jp-2", "iso-2022-jp-2", "日本語"), ("euc-kr", "euc-kr", "안녕하세요"), ("ks_c_5601-1987", "cp949", "안녕 똠방각하"),
    ("iso-2022-kr", "iso-2022-kr", "안녕하세요"),
]



def in_charset(name, codec, words):
    octets = words.encode(codec)
    encoded = base64.b64encode(octets).decode()
    quoted = "".join("_" if o == 0x20 else f"={o:02X}" for o in octets)
    lines = base64.encodebytes((words + "\r\n").encode(codec)).replace(b"\n", b"\r\n")
    head = (
        f"Subject: =?{name}?B?{encoded}?=\nFrom: =?{name}?Q?{quoted}?= <a@example.org>\n"
        f"Content-Type: text/plain; charset={name}\nContent-Transfer-Encoding: base64\n\n"
    )
    envelope = Envelope(
        subject=f"=?{name}?B?{encoded}?=", author=(address("a@example.org", f"=?{name}?Q?{quoted}?="),)
    )
    also = {"subject": [words], "from": [words], "body": [words]}
    add("charset-" + name.lower().replace(".", "-").replace("_", "-"), crlf(head) + lines, envelope, text(lines, name, encoding="BASE64"), [words], also,
        why=f"header and text in {name}")


for one in CHARSETS:
    in_charset(*one)
