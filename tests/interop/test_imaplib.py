"""Python's imaplib: every command that it has, checked by content."""

import email
import imaplib
import re

from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok, tls_context
from roost import Server

FAST = True
PACKAGES = []


def uid_list(data):
    return [int(x) for x in data[0].split()]


def work_through(server, tls):
    client = imap(server, tls)
    assert "IMAP4REV1" in client.capabilities
    ok(client.create("Work/2026"))
    names = {re.search(rb'"/" (.*)$', line).group(1).strip(b'"') for line in ok(client.list())}
    assert {b"INBOX", b"Work", b"Work/2026", b"Sent", b"Trash"} <= names, names

    for number in range(1, 6):
        ok(client.append("INBOX", r"(\Flagged)" if number == 1 else None, imaplib.Time2Internaldate(1_700_000_000),
                         message(number)))
    assert ok(client.select("INBOX")) == [b"5"]
    assert ok(client.search(None, "FLAGGED")) == [b"1"]
    assert ok(client.search(None, "SUBJECT", '"Message 3"')) == [b"3"]
    assert ok(client.search("UTF-8", "BODY", '"of message 4"')) == [b"4"]

    data = ok(client.fetch("2", "(UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[])"))
    assert data[0][1] == message(2)
    assert b"RFC822.SIZE %d" % len(message(2)) in data[0][0] + data[1]
    data = ok(client.fetch("2", "(BODY[])"))
    assert b"\\Seen" in data[1] or b"\\Seen" in data[0][0] or len(data) > 2, data
    assert ok(client.search(None, "SEEN")) == [b"2"]
    header = ok(client.fetch("3", "(BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)])"))[0][1]
    assert email.message_from_bytes(header)["Subject"] == "Message 3"
    assert ok(client.fetch("3", "(BODY.PEEK[TEXT]<8.4>)"))[0][1] == b"the "

    ok(client.store("4", "+FLAGS", r"(\Deleted $Forwarded)"))
    assert b"$Forwarded" in ok(client.fetch("4", "(FLAGS)"))[0]
    ok(client.copy("1:2", "Work/2026"))
    assert ok(client.status("Work/2026", "(MESSAGES UNSEEN UIDNEXT)")) == [b"Work/2026 (MESSAGES 2 UIDNEXT 3 UNSEEN 1)"] or \
        b"MESSAGES 2" in ok(client.status("Work/2026", "(MESSAGES UNSEEN UIDNEXT)"))[0]
    assert ok(client.expunge()) == [b"4"]
    assert uid_list(ok(client.uid("search", None, "ALL"))) == [1, 2, 3, 5]
    ok(client.uid("move", "5", "Trash"))
    assert uid_list(ok(client.uid("search", None, "ALL"))) == [1, 2, 3]

    ok(client.rename("Work", "Done"))
    assert ok(client.select("Done/2026", readonly=True)) == [b"2"]
    assert client.store("1", "+FLAGS", r"(\Seen)")[0] == "NO"
    ok(client.unsubscribe("Drafts"))
    assert not any(b"Drafts" in (line or b"") for line in ok(client.lsub()))
    ok(client.close())
    ok(client.delete("Done/2026"))
    assert client.select("Done/2026")[0] == "NO"
    ok(client.namespace())
    ok(client.noop())
    client.logout()


def test_does_a_days_work():
    in_clear_and_with_tls(work_through)


def test_starttls_then_login():
    with Server() as server:
        client = imaplib.IMAP4("localhost", server.ports["imap"], timeout=60)
        client.starttls(tls_context(server))
        client.login("alice", PASSWORD)
        assert ok(client.select()) == [b"0"]
        client.logout()


def test_a_wrong_password_and_an_unknown_user_look_alike():
    with Server() as server:
        answers = []
        for user, password in (("alice", "wrong"), ("nobody", PASSWORD)):
            client = imaplib.IMAP4("localhost", server.ports["imap"], timeout=60)
            try:
                client.login(user, password)
                raise AssertionError("logged in")
            except imaplib.IMAP4.error as e:
                answers.append(str(e))
            client.shutdown()
        assert answers[0] == answers[1], answers
        assert "wrong" not in server.log_text()
        assert PASSWORD not in server.log_text()


def test_everything_survives_a_restart():
    with Server() as server:
        client = imap(server, False)
        for number in range(1, 21):
            ok(client.append("INBOX", r"(\Seen)", None, message(number)))
        ok(client.select())
        ok(client.store("1:10", "+FLAGS", r"(\Answered)"))
        ok(client.store("20", "+FLAGS", r"(\Deleted)"))
        ok(client.expunge())
        validity = client.response("UIDVALIDITY")
        client.logout()
        server.restart()
        client = imap(server, False)
        assert ok(client.select()) == [b"19"]
        assert client.response("UIDVALIDITY")[1] == validity[1] or validity[1] == [None]
        assert len(ok(client.search(None, "ANSWERED"))[0].split()) == 10
        assert ok(client.fetch("7", "(BODY.PEEK[])"))[0][1] == message(7)
        client.logout()
        assert "all is well" in server.command("check")
