"""LMTP: what a mail transfer agent says, and what the recipients find."""

import email
import smtplib

from mail import imap, message, ok
from roost import Lines, Server

FAST = True
PACKAGES = []

USERS = {"alice": "wonder-land 1", "bob": "builder 22", "carol@example.org": "carol 333"}


def lmtp(server):
    client = smtplib.LMTP("127.0.0.1", server.ports["lmtp"], timeout=60)
    return client


def only_message(server, user, mailbox="INBOX"):
    client = imap(server, False, user, USERS[user])
    assert ok(client.select(f'"{mailbox}"')) == [b"1"], mailbox
    data = ok(client.fetch("1", "(BODY.PEEK[])"))[0][1]
    client.logout()
    return data


def test_delivers_to_several_recipients_each_with_a_reply():
    with Server(users=USERS) as server:
        refused = lmtp(server).sendmail("sender@example.net",
                                        ["alice@localhost", "carol@example.org", "nobody@localhost"], message(1))
        assert list(refused) == ["nobody@localhost"] and refused["nobody@localhost"][0] == 550, refused
        for user, address in (("alice", "alice@localhost"), ("carol@example.org", "carol@example.org")):
            data = only_message(server, user)
            assert data.endswith(message(1)), data
            parsed = email.message_from_bytes(data)
            assert parsed["Return-Path"] == "<sender@example.net>"
            assert parsed["Delivered-To"] == address
            assert "with LMTP" in parsed["Received"]


def test_a_large_message_reaches_all_recipients_whole():
    body = "\n".join(f"{n:070d}" for n in range(100_000))
    big = message(7, body=body)
    with Server(users=USERS) as server:
        assert lmtp(server).sendmail("", ["alice", "bob", "carol@example.org"], big) == {}
        for user in USERS:
            assert only_message(server, user).endswith(big)
        assert "all is well" in server.command("check")


def test_detail_goes_to_a_folder_of_that_name_or_to_inbox():
    with Server(users=USERS) as server:
        server.command("mailbox", "create", "alice", "lists")
        lmtp(server).sendmail("a@b.example", ["alice+lists@localhost"], message(1))
        lmtp(server).sendmail("a@b.example", ["alice+nothing@localhost"], message(2))
        assert only_message(server, "alice", "lists").endswith(message(1))
        assert only_message(server, "alice").endswith(message(2))


def test_pipelining_chunking_and_refusals():
    with Server(users=USERS, config="[mail]\nmessage_bytes_max = 100000\n") as server:
        client = Lines(server.connect("lmtp"))
        assert client.line().startswith(b"220 ")
        client.send(b"LHLO test.example\r\n")
        offered = []
        while not offered or offered[-1][3:4] == b"-":
            offered.append(client.line())
        text = b"".join(offered)
        for extension in (b"PIPELINING", b"8BITMIME", b"SMTPUTF8", b"CHUNKING", b"ENHANCEDSTATUSCODES", b"SIZE 100000"):
            assert extension in text, extension
        body = b"Subject: x\r\n\r\n.dots\r\n..\r\n"
        client.send(b"MAIL FROM:<> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<alice>\r\nRCPT TO:<nobody>\r\nRCPT TO:<bob>\r\n"
                    b"BDAT 10\r\n" + body[:10] + b"BDAT %d LAST\r\n" % (len(body) - 10) + body[10:] + b"NOOP\r\n")
        codes = [client.line()[:3] for _ in range(8)]
        assert codes == [b"250", b"250", b"550", b"250", b"250", b"250", b"250", b"250"], codes
        client.send(b"MAIL FROM:<a@b> SIZE=100001\r\nDATA\r\nMAIL FROM:<a@b>\r\nDATA\r\nRSET\r\nNONSENSE\r\n")
        codes = [client.line()[:3] for _ in range(6)]
        assert codes == [b"552", b"503", b"250", b"503", b"250", b"500"], codes
        client.send(b"MAIL FROM:<a@b>\r\nRCPT TO:<bob>\r\nDATA\r\n" + b"x" * 99 * 1024 + b"\r\n.\r\nQUIT\r\n")
        codes = [client.line()[:3] for _ in range(5)]
        assert codes == [b"250", b"250", b"354", b"552", b"221"], codes
        assert only_message(server, "bob").endswith(body)
