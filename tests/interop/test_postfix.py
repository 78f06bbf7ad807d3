"""Postfix in front, as most sites have it: by SMTP in, by LMTP on, by IMAP out."""

import email
import smtplib

from mail import imap, message, ok
from postfix import Postfix
from roost import ROOT, Server, wait_for

FAST = True
PACKAGES = ["libdb5.3", "libnsl2", "libsasl2-2"]

USERS = {"alice": "wonder-land 1", "bob": "builder 22"}
SENDER = "sender@elsewhere.example"


def messages(server, user):
    """Every message of INBOX, whole."""
    client = imap(server, False, user, USERS[user])
    count = int(ok(client.select("INBOX"))[0])
    found = [ok(client.fetch(str(n), "(BODY.PEEK[])"))[0][1] for n in range(1, count + 1)]
    client.logout()
    return found


def arrives(server, postfix, user, count):
    wait_for(lambda: len(messages(server, user)) >= count, lambda: f"{count} messages for {user}\n{postfix.log()}")
    return messages(server, user)[count - 1]


def work_through(server, postfix):
    smtp = smtplib.SMTP("127.0.0.1", postfix.port, timeout=60)
    smtp.ehlo("client.example")

    # Two recipients, one of them unknown: one copy arrives, and the sender is told of the other.
    smtp.sendmail(SENDER, ["alice@example.org", "nobody@example.org"], message(1))
    got = arrives(server, postfix, "alice", 1)
    assert got.endswith(message(1)), got
    parsed = email.message_from_bytes(got)
    assert parsed["Return-Path"] == f"<{SENDER}>"
    assert parsed["Delivered-To"] == "alice@example.org"
    received = parsed.get_all("Received")
    assert len(received) == 2 and "with LMTP" in received[0] and "with ESMTP" in received[1], received
    wait_for(lambda: "550 5.1.1" in postfix.log() and "status=bounced" in postfix.log(), postfix.log)

    # The bounce of a mail from one of ours comes back to him, with an empty return path.
    smtp.sendmail("bob@example.org", ["nobody@example.org"], message(2))
    bounce = email.message_from_bytes(arrives(server, postfix, "bob", 1))
    assert bounce["Return-Path"] == "<>" and bounce.get_content_type() == "multipart/report", bounce

    # 8-bit, byte for byte.
    eight_bit = message(3, body="Grüße aus Köln\n").replace(b"Content-Transfer-Encoding: base64", b"X: y")
    eight_bit = eight_bit.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n" + "Grüße aus Köln €\r\n.dot\r\n..\r\n".encode()
    smtp.sendmail(SENDER, ["alice@example.org"], eight_bit, mail_options=["BODY=8BITMIME"])
    assert arrives(server, postfix, "alice", 2).endswith(eight_bit)

    # SMTPUTF8: an address and a subject that are no ASCII.
    utf8 = ("From: <grün@elsewhere.example>\r\nSubject: Grüße\r\nMessage-ID: <utf8@elsewhere.example>\r\n"
            "Date: Tue, 05 May 2026 12:00:00 +0000\r\n\r\nä\r\n").encode()
    smtp.sendmail("grün@elsewhere.example", ["alice@example.org"], utf8, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    got = arrives(server, postfix, "alice", 3)
    assert got.endswith(utf8), got
    assert got.startswith("Return-Path: <grün@elsewhere.example>\r\n".encode()), got
    assert b"with UTF8LMTP" in got, got

    # A large one, for both: stored once, whole in both.
    large = message(4, body="\n".join(f"{n:070d}" for n in range(150_000)))
    smtp.sendmail(SENDER, ["alice@example.org", "bob@example.org"], large)
    assert arrives(server, postfix, "alice", 4).endswith(large)
    assert arrives(server, postfix, "bob", 2).endswith(large)

    # A detail comes through as it was sent.
    server.command("mailbox", "create", "alice", "lists")
    smtp.sendmail(SENDER, ["alice+lists@example.org"], message(5))
    wait_for(lambda: '"messages": 1' in server.command("mailbox", "status", "alice", "lists", "--json"), postfix.log)
    smtp.quit()


CONFIG = '[lmtp]\nlocal_domains = ["example.org"]\n'


def everything(transport):
    """Postfix knows no user: what Roost refuses bounces."""
    return f"mydestination = example.org\nlocal_recipient_maps =\nlocal_transport = {transport}\nsmtputf8_enable = yes\n"


def documented(port):
    """The main.cf of docs/operator/postfix.md, with the port and the place of the files changed."""
    page = (ROOT / "docs/operator/postfix.md").read_text()
    block = page.split("```\n# /etc/postfix/main.cf\n", 1)[1].split("```", 1)[0]
    assert "127.0.0.1:24\n" in block and "/etc/postfix/" in block, block
    return block.replace("127.0.0.1:24\n", f"127.0.0.1:{port}\n").replace("/etc/postfix/", "CONFIG/")


def test_delivers_what_comes_by_smtp():
    with Server(users=USERS, config=CONFIG) as server:
        with Postfix(everything(f"lmtp:inet:127.0.0.1:{server.ports['lmtp']}")) as postfix:
            work_through(server, postfix)
        assert "all is well" in server.command("check")


def test_refuses_unknown_users_at_once_when_set_up_as_documented():
    with Server(users=USERS, config=CONFIG) as server:
        users = "alice@example.org x\nbob@example.org x\n"
        with Postfix(documented(server.ports["lmtp"]), {"roost-users": users}) as postfix:
            with smtplib.SMTP("127.0.0.1", postfix.port, timeout=60) as smtp:
                refused = smtp.sendmail(SENDER, ["alice@example.org", "nobody@example.org"], message(1))
                assert list(refused) == ["nobody@example.org"] and refused["nobody@example.org"][0] == 550, refused
                assert arrives(server, postfix, "alice", 1).endswith(message(1))
                server.command("mailbox", "create", "alice", "lists")
                smtp.sendmail(SENDER, ["alice+lists@example.org"], message(2))
                smtp.sendmail(SENDER, ["alice+other@example.org"], message(3))
            assert arrives(server, postfix, "alice", 2).endswith(message(3))
            wait_for(lambda: '"messages": 1' in server.command("mailbox", "status", "alice", "lists", "--json"),
                     postfix.log)


def test_keeps_mail_while_roost_is_down():
    with Server(users=USERS, config=CONFIG) as server:
        with Postfix(everything(f"lmtp:unix:{server.data}/lmtp.sock")) as postfix:
            server.data.chmod(0o755)  # a test's socket may lie in its data directory, for anybody
            server.stop()
            with smtplib.SMTP("127.0.0.1", postfix.port, timeout=60) as smtp:
                smtp.sendmail(SENDER, ["alice@example.org"], message(1))
            wait_for(lambda: "status=deferred" in postfix.log(), postfix.log)
            server.start()
            (server.data / "lmtp.sock").chmod(0o666)
            assert arrives(server, postfix, "alice", 1).endswith(message(1))
