"""mbsync: two-way synchronisation with a Maildir, then a run that transfers nothing."""

import mailbox
import subprocess

from mail import PASSWORD, imap, in_clear_and_with_tls, message, octets_sent, ok

FAST = True
PACKAGES = ["isync"]


def configure(server, tls):
    maildir = server.data / "maildir"
    maildir.mkdir(exist_ok=True)
    connection = (f"Port {server.ports['imaps']}\nSSLType IMAPS\nCertificateFile {server.certificate}\n" if tls else
                  f"Port {server.ports['imap']}\nSSLType None\nAuthMechs LOGIN\n")
    rc = server.data / "mbsyncrc"
    rc.write_text(
        f"IMAPAccount roost\nHost localhost\n{connection}User alice\nPass \"{PASSWORD}\"\n\n"
        f"IMAPStore far\nAccount roost\n\n"
        f"MaildirStore near\nPath {maildir}/\nInbox {maildir}/INBOX\nSubFolders Verbatim\n\n"
        f"Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nRemove Both\nExpunge Both\nSyncState *\n")
    return rc, maildir


def mbsync(rc):
    done = subprocess.run(["mbsync", "--verbose", "--config", rc, "all"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def work(server, tls):
    client = imap(server, tls)
    for number in range(1, 61):
        ok(client.append("INBOX", r"(\Seen)" if number % 2 else None, None, message(number)))
    ok(client.append("Archive", None, None, message(100)))
    rc, maildir = configure(server, tls)
    mbsync(rc)
    inbox = mailbox.Maildir(maildir / "INBOX", create=False)
    assert len(inbox) == 60
    bodies = {m.as_bytes().replace(b"\r\n", b"\n") for m in inbox}
    assert message(17).replace(b"\r\n", b"\n") in {strip_tuid(b) for b in bodies}
    assert sum("S" in m.get_flags() for m in inbox) == 30

    # Changes on both sides meet.
    key, flagged = next((k, m) for k, m in inbox.iteritems() if m["Subject"] == "Message 4")
    flagged.add_flag("F")
    inbox[key] = flagged
    new = mailbox.MaildirMessage(message(200))
    inbox.add(new)
    ok(client.select())
    ok(client.store("9", "+FLAGS", r"(\Deleted)"))
    ok(client.expunge())
    mbsync(rc)
    ok(client.select())
    assert ok(client.search(None, "FLAGGED")) == [b"4"]
    assert len(ok(client.search(None, "SUBJECT", '"Message 200"'))[0].split()) == 1
    assert len(mailbox.Maildir(maildir / "INBOX", create=False)) == 60

    # Nothing is left to do.
    before = (server.command("mailbox", "list", "alice"), sorted(maildir.rglob("*:2,*")))
    sent = octets_sent(server, lambda: mbsync(rc), others=1)
    assert (server.command("mailbox", "list", "alice"), sorted(maildir.rglob("*:2,*"))) == before
    assert len(sent) == 1 and sent[0] < 1500, f"{sent} octets to say that nothing is to do"
    client.logout()


def strip_tuid(body):
    """Without the header field that mbsync adds to what it has not seen confirmed."""
    return b"\n".join(line for line in body.split(b"\n") if not line.startswith(b"X-TUID: "))


def test_synchronises_both_ways_and_then_does_nothing():
    in_clear_and_with_tls(work)
