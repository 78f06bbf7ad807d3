"""interimap: keeps two accounts the same over QRESYNC, and transfers nothing when nothing changed."""

import re
import subprocess

from filling import fill
from mail import PASSWORD, imap, in_clear_and_with_tls, message, octets_sent, ok
from roost import Server

FAST = True
PACKAGES = ["interimap"]


def configure(server, tls):
    """With `tls` None, STARTTLS."""
    connection = (f"type = imaps\nport = {server.ports['imaps']}\nSSL_CAfile = {server.certificate}\n" if tls else
                  f"type = imap\nport = {server.ports['imap']}\nSTARTTLS = {'YES' if tls is None else 'NO'}\n"
                  f"SSL_CAfile = {server.certificate}\n")
    account = f"host = localhost\n{connection}password = {PASSWORD}\n"
    config = server.data / "interimap.conf"
    config.write_text(f"database = {server.data}/interimap.db\n\n"
                      f"[local]\nusername = alice\ncompress = {'YES' if tls else 'NO'}\n{account}\n"
                      f"[remote]\nusername = bob\ncompress = YES\n{account}")
    return config


def interimap(config, *words):
    done = subprocess.run(["interimap", f"--config={config}", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    # CREATE of Work/x makes Work too, before interimap comes to it.
    warnings = [w for w in re.findall(".*(?:WARNING|ERROR|PANIC).*", done.stdout) if "[ALREADYEXISTS]" not in w]
    assert done.returncode == 0 and not warnings, done.stdout
    return done.stdout


def content(client, mailbox="INBOX"):
    """What is in a mailbox: subject, date of arrival, flags and text of each message, in no order."""
    ok(client.select(mailbox, readonly=True))
    found = []
    for item in ok(client.uid("fetch", "1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")):
        if isinstance(item, tuple):
            flags = set(re.search(rb"FLAGS \(([^)]*)\)", item[0])[1].split()) - {rb"\Recent"}
            found.append((item[1], re.search(rb'INTERNALDATE "([^"]*)"', item[0])[1], frozenset(flags)))
    return sorted(found, key=lambda m: m[0])


def uid_of(client, subject):
    return ok(client.uid("search", None, "SUBJECT", f'"{subject}"'))[0].decode()


def make_changes(alice, bob):
    ok(alice.select())
    ok(bob.select())
    ok(alice.uid("store", uid_of(alice, "Message 14"), "+FLAGS", r"(\Flagged $Label1)"))
    ok(bob.uid("store", uid_of(bob, "Message 15"), "FLAGS", r"(\Answered \Seen)"))
    ok(alice.uid("store", uid_of(alice, "Message 16"), "+FLAGS", r"(\Deleted)"))
    ok(alice.expunge())
    ok(bob.uid("move", uid_of(bob, "Message 17"), "Archive"))
    ok(bob.append("INBOX", r"(\Draft)", None, message(200)))
    ok(alice.append("Archive", None, None, message(201)))
    ok(bob.rename("Old", "Older"))


def work(server, tls):
    alice, bob = imap(server, tls), imap(server, tls, user="bob")
    fill(server, "INBOX", [(rb"(\Seen)" if n % 2 else b"()", message(n)) for n in range(1, 130)])
    ok(alice.append("INBOX", r"(\Seen $Label2)", '"01-Jan-2024 03:04:05 +0000"', message(130)))
    ok(bob.append("INBOX", r"(\Flagged)", None, message(131)))
    ok(bob.create("Work/Gr&APYA3w-e"))
    ok(bob.append("Work/Gr&APYA3w-e", None, None, message(132)))
    ok(bob.create("Old"))
    config = configure(server, tls)
    interimap(config)
    assert len(content(alice)) == 131 and content(alice) == content(bob)
    assert content(alice, "Work/Gr&APYA3w-e") == content(bob, "Work/Gr&APYA3w-e") != []

    make_changes(alice, bob)
    interimap(config, "--target=local", "--target=database", "--rename", "Old", "Older")
    interimap(config)
    for mailbox, count in (("INBOX", 130), ("Archive", 2), ("Older", 0)):
        assert content(alice, mailbox) == content(bob, mailbox), mailbox
        assert len(content(alice, mailbox)) == count, mailbox
    flags = {re.search(rb"Subject: (.*)\r", text)[1]: flags for text, _, flags in content(alice)}
    assert flags[b"Message 14"] == {rb"\Flagged", b"$Label1"}, flags
    assert flags[b"Message 15"] == {rb"\Answered", rb"\Seen"}, flags
    assert flags[b"Message 200"] == {rb"\Draft"} and b"Message 16" not in flags, flags

    # Nothing is left to do: no mailbox is opened.
    sent = octets_sent(server, lambda: interimap(config), others=2)
    assert len(sent) == 2 and max(sent) < 1200, sent
    alice.logout()
    bob.logout()


USERS = (("alice", PASSWORD), ("bob", PASSWORD))


def test_keeps_two_accounts_the_same():
    in_clear_and_with_tls(work, users=USERS)


def test_synchronises_over_starttls():
    with Server(users=USERS) as server:
        fill(server, "INBOX", [message(1)])
        interimap(configure(server, None))
        assert len(content(imap(server, False, user="bob"))) == 1
        assert re.findall(r" login .* tls=(\S+)", server.log_text())[-2] != "none"
