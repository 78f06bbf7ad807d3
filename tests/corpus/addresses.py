"""Addresses (RFC 5322 3.4, 4.4, RFC 3501 7.4.2): groups, comments, routes, quoting, and what is no address."""

from expect import FRED, Address, Envelope, address, group, named, text
from model import add, crlf, message

BODY = crlf("ordinary text\n")


def to(name, value, addresses, why, find=(), **also):
    """A message whose To field is `value`."""
    octets = crlf(f"From: Fred Foobar <foobar@example.org>\nTo: {value}\n\n") + BODY
    add(f"to-{name}", octets, named(to=tuple(addresses)), text(BODY), [], {"to": list(find), **also}, why=why)


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
    members = [address("c@a.test", "Ed Jones"), address("joe@where.test"), address("jdoe@one.test", "John")]
    envelope = Envelope(
        date="Thu, 13 Feb 1969 23:32:54 -0330", author=(address("pete@silly.example", "Pete"),),
        to=group("A Group", *members), cc=group("Undisclosed recipients"), message_id="<testabcd.1234@silly.example>",
    )
    also = {"to": ["a group", "joe@where"], "cc": ["undisclosed"], "sent": "13-Feb-1969"}
    return octets, envelope, text(body), ["undisclosed recipients"], also


@message
def group_as_author():
    """RFC 6854 allows groups in From, Sender and Reply-To."""
    octets = crlf("From: Managing Partners:ben@example.com,carol@example.com;\nReply-To: nobody:;\n\n") + BODY
    managing = group("Managing Partners", address("ben@example.com"), address("carol@example.com"))
    envelope = Envelope(author=managing, reply_to=group("nobody"))
    return octets, envelope, text(BODY), [], {"from": ["managing", "carol"]}


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
            "Date: Thu,\n      13\n        Feb\n          1969\n      23:32\n               -0330 (Newfoundland Time)\n"
            "Message-ID:              <testabcd.1234@silly.test>\n\n"
        )
        + body
    )
    members = [address("c@public.example", "Chris Jones"), address("joe@example.org"), address("jdoe@one.test", "John")]
    envelope = Envelope(
        date="Thu,      13        Feb          1969      23:32               -0330 (Newfoundland Time)",
        author=(address("pete@silly.test", "Pete"),), to=group("A Group", *members), cc=group("Hidden recipients"),
        message_id="<testabcd.1234@silly.test>",
    )
    return octets, envelope, text(body), ["testing"], {"from": ["pete@silly.test"], "to": ["c@public.example"], "sent": "13-Feb-1969"}


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
    envelope = Envelope(
        date="Tue, 1 Jul 2003 10:52:37 +0200", author=(address("john.q.public@example.com", "Joe Q. Public"),),
        to=(address("mary@example.net", "Mary Smith", "@node.test"), address("jdoe@test.example")),
        message_id="<5678.21-Nov-1997@example.com>",
    )
    return octets, envelope, text(body), ["mary smith"], {"from": ["joe q. public"], "to": ["mary@example.net", "jdoe@test.example"]}


@message
def old_name_comments():
    """The form of RFC 822's time: the comment is what RFC 3501 calls the personal name."""
    octets = crlf("From: foobar@example.org (Fred Foobar)\n\n") + BODY
    return octets, named(), text(BODY), ["fred foobar"], {"from": ["fred foobar"]}


@message
def quoted_names():
    """Quoting is of RFC 5322, and undone; what IMAP's own strings need is quoted again."""
    octets = (
        crlf('From: "Foobar, \\"Fred\\" \\\\o/" <"fred foobar"@example.org>\nTo: "a@b"@example.org, <"c"@d.example>\n\n')
        + BODY
    )
    author = Address("fred foobar", "example.org", 'Foobar, "Fred" \\o/')
    return octets, Envelope(author=(author,), to=(Address("a@b", "example.org"), address("c@d.example"))), text(BODY), [], {"from": ['foobar, "fred" \\o/']}


@message
def broken_addresses():
    """No RFC says what these are. A host that is missing is empty and not NIL, which would begin a group."""
    octets = (
        crlf(
            "From: Fred Foobar foobar@example.org\nTo: me@example.org <me@example.org>; root,\n <a@b\n"
            "Cc: undisclosed recipients\n\n"
        )
        + BODY
    )
    envelope = Envelope(
        author=(FRED,), to=(address("me@example.org", "me@example.org"), Address("root", ""), address("a@b")),
        cc=(Address("", "", "undisclosed recipients"),),
    )
    return octets, envelope, text(BODY), [], {"to": ["root"], "cc": ["undisclosed"]}


@message
def many_addresses():
    names = [f"user{i}@example.org" for i in range(100)]
    octets = crlf("To: " + ",\n ".join(names) + "\n\n") + BODY
    return octets, Envelope(to=[address(n) for n in names]), text(BODY), ["user99@example.org"], {"to": ["user98@"]}


@message
def several_authors():
    """RFC 5322 A.1.2 and 3.6.2: all of them; Sender is who sent it."""
    octets = crlf("From: a@example.org, \"B, C\" <b@example.org>\nSender: c@example.org\n\n") + BODY
    envelope = Envelope(
        author=(address("a@example.org"), address("b@example.org", "B, C")), sender=(address("c@example.org"),)
    )
    return octets, envelope, text(BODY), ['"b, c"'], {"from": ["a@example", "b@example"]}


ANNA = address("a@b.example", "Anna")
BARE = address("a@b.example")

# ---- legal ----
to("comment-before", "(Anna) a@b.example", [ANNA], "the only comment is the name")
to("comments-nested", "a@b.example (Anna (of (the) hills) B.)", [address("a@b.example", "Anna (of (the) hills) B.")],
   "RFC 5322 3.2.2: comments nest")
to("comment-quoted", "a@b.example (Anna \\(B\\) \\\\)", [address("a@b.example", "Anna (B) \\")], "quoted-pair")
to("comment-between", "a(x)@(y)b.example(Anna)", [ANNA], "CFWS around the @; the last comment is the name")
to("comment-after-angle", "<a@b.example> (Anna)", [ANNA], "no phrase: the comment")
to("comment-and-phrase", "Anna (the great) <a@b.example> (of b)", [ANNA], "a phrase: comments are only that")
to("comment-empty", "a@b.example ()", [BARE], "an empty comment is no name")
to("comment-with-at", "a@b.example (x@y, <z>;:)", [address("a@b.example", "x@y, <z>;:")], "ctext")
to("no-phrase", "<a@b.example>", [BARE], "angle-addr alone")
to("phrase-of-atoms", "Anna van  der\tB <a@b.example>", [address("a@b.example", "Anna van der B")],
   "words of a phrase with one blank between them")
to("phrase-mixed", "Anna \"van der\" B. <a@b.example>", [address("a@b.example", "Anna van der B.")],
   "quoted and unquoted words")
to("phrase-quoted-empty", "\"\" <a@b.example>", [BARE], "clients would show an empty name instead of the address")
to("phrase-quoted-blanks", "\"  Anna  \" <a@b.example>", [address("a@b.example", "  Anna  ")],
   "white space in a quoted string is text (RFC 5322 3.2.4)")
to("phrase-folded", "\"Anna\n B\" <a@b.example>", [address("a@b.example", "Anna B")],
   "a fold within a quoted string leaves its blank")
to("phrase-with-specials", "\"<x@y>, (z); \" <a@b.example>", [address("a@b.example", "<x@y>, (z); ")], "qtext")
to("phrase-of-an-encoded-word", "=?utf-8?Q?Anna,_B=C3=A4r?= <a@b.example>",
   [address("a@b.example", "=?utf-8?Q?Anna,_B=C3=A4r?=")], "given as it came (RFC 3501 7.4.2)", ["anna, bär"])
to("phrase-of-encoded-words", "=?utf-8?Q?An?= =?utf-8?Q?na?= B <a@b.example>",
   [address("a@b.example", "=?utf-8?Q?An?= =?utf-8?Q?na?= B")], "likewise", ["anna b"])
to("comment-encoded", "a@b.example (=?utf-8?Q?B=C3=A4r?=)", [address("a@b.example", "=?utf-8?Q?B=C3=A4r?=")],
   "RFC 2047 5 (2)", ["bär"])
to("local-dots", "<a.b.c@d.example>", [address("a.b.c@d.example")], "dot-atom")
to("local-quoted-at", "<\"a@b\"@c.example>", [Address("a@b", "c.example")], "quoted local part, quotes taken off")
to("local-quoted-blank", "\"a b\"@c.example", [Address("a b", "c.example")], "likewise")
to("local-quoted-empty", "<\"\"@c.example>", [Address("", "c.example")], "likewise")
to("local-quoted-quote", "<\"a\\\"b\\\\c\"@d.example>", [Address('a"b\\c', "d.example")], "quoted-pair", ['a"b\\c@d'])
to("local-special", "<!#$%&'*+-/=?^_`{|}~@b.example>", [address("!#$%&'*+-/=?^_`{|}~@b.example")], "atext")
to("local-percent", "a%b@c.example", [address("a%b@c.example")], "a route of old; atext all the same")
to("local-bang", "host!b!a@c.example", [address("host!b!a@c.example")], "likewise")
to("local-x400", "</G=Anna/S=B/OU=c/@d.example>", [address("/G=Anna/S=B/OU=c/@d.example")], "likewise")
to("literal-v4", "a@[192.0.2.1]", [address("a@[192.0.2.1]")], "domain-literal")
to("literal-v6", "<a@[IPv6:2001:db8::1]>", [address("a@[IPv6:2001:db8::1]")], "likewise")
to("literal-blanks", "a@[ 192.0.2.1\n ]", [address("a@[192.0.2.1]")], "FWS in a domain-literal")
to("domain-final-dot", "a@b.example.", [address("a@b.example.")], "not legal, but in DNS it is the same")

# ---- obsolete (RFC 5322 4.4) ----
to("route-of-one", "<@x.example:a@b.example>", [address("a@b.example", None, "@x.example")], "obs-route")
to("route-of-many", "Anna <@x.example,@y.example:a@b.example>",
   [address("a@b.example", "Anna", "@x.example,@y.example")], "obs-domain-list")
to("route-with-blanks", "<@x.example , @y.example : a @ b.example>",
   [address("a@b.example", None, "@x.example,@y.example")], "CFWS within")
to("blanks-around-dots", "<a . b @ c . example>", [address("a.b@c.example")], "obs-local-part, obs-domain",
   ["a.b@c.example"])
to("local-quoted-words", "<\"a b\".c@d.example>", [Address("a b.c", "d.example")], "obs-local-part")
to("empty-elements", ",, a@b.example ,,(x), c@d.example,", [BARE, address("c@d.example")], "obs-addr-list")
to("group-empty-elements", "G: ,a@b.example,, ;", group("G", BARE), "obs-group-list")
to("group-of-commas", "G:,,;", group("G"), "likewise")
to("group-quoted", "\"A: Group\": a@b.example;", group("A: Group", BARE), "a phrase")
to("groups-two", "A:;, B: a@b.example;, c@d.example", [*group("A"), *group("B", BARE), address("c@d.example")],
   "address-list")
to("group-and-comment", "G (x): a@b.example (Anna); (y)", group("G", ANNA), "CFWS")

# ---- broken: no RFC says what these are ----
to("group-unclosed", "G: a@b.example, c@d.example", group("G", BARE, address("c@d.example")), "it ends with the field")
to("group-in-group", "G: a@b.example, H: c@d.example;", group("G", BARE, address("c@d.example")),
   "groups do not nest: the inner name goes")
to("groups-without-comma", "A:; B:;", [*group("A"), *group("B")], "the semicolon separates")
to("semicolon", "a@b.example; c@d.example;", [BARE, address("c@d.example")], "Outlook's separator")
to("angle-empty", "<>", [Address("", "")], "the null path is no address")
to("angle-empty-named", "Mailer <>", [Address("", "", "Mailer")], "likewise")
to("angle-unclosed", "Anna <a@b.example", [ANNA], "it ends with the field")
to("angle-unclosed-then-more", "Anna <a@b.example, c@d.example", [ANNA, address("c@d.example")], "or with the comma")
to("angle-twice", "Anna <<a@b.example>>", [ANNA], "one too many")
to("angle-no-at", "Anna <a>", [Address("a", "", "Anna")], "a local user")
to("angle-only-host", "Anna <@b.example>", [Address("", "b.example", "Anna")], "no colon, so it is no route")
to("route-without-commas", "<@x.example@y.example:a@b.example>", [address("a@b.example", None, "@x.example@y.example")],
   "as it came")
to("name-and-comment", "anna (Anna B)", [Address("anna", "", "Anna B")], "one word may be a local user, of that name")
to("name-only", "Anna", [Address("Anna", "")], "one word may be a local user")
to("names-only", "Anna B", [Address("", "", "Anna B")], "several may not: something for people to read")
to("name-with-comma", "B, Anna <a@b.example>", [Address("B", ""), ANNA], "the name lacks its quotes")
to("name-is-address", "a@b.example <a@b.example>", [address("a@b.example", "a@b.example")], "lacks its quotes")
to("no-angle", "Anna a@b.example", [ANNA], "lacks its angle brackets")
to("two-ats", "<a@b@c.example>", [Address("a", "b@c.example")], "the first @ counts; nothing is lost")
to("at-only", "@", [Address("", "")], "nothing")
to("at-at-the-end", "a@", [Address("a", "")], "no host")
to("quote-unclosed", "\"Anna <a@b.example>", [Address("Anna <a@b.example>", "")], "a quoted string to the end")
to("comment-unclosed", "Anna <a@b.example> (oh", [ANNA], "a comment to the end")
to("stray-parenthesis", "Anna) <a@b.example>", [ANNA], "passed over")
to("mailto", "<mailto:a@b.example>", [address("mailto:a@b.example")], "as it came")
to("trailing-text", "<a@b.example> and more", [BARE], "passed over")
to("only-comment", "(nobody)", [], "an empty list is NIL")
to("only-punctuation", ",;,;", [], "likewise")
