"""offlineimap: two-way synchronisation with a Maildir, then a run that changes nothing."""

import mailbox
import re
import subprocess

from filling import fill
from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok
from roost import Server

FAST = True
PACKAGES = ["offlineimap3"]


def configure(server, tls):
    """With `tls` None, STARTTLS."""
    maildir = server.data / "maildir"
    connection = (f"remoteport = {server.ports['imaps']}\nssl = yes\nsslcacertfile = {server.certificate}\n" if tls else
                  f"remoteport = {server.ports['imap']}\nssl = no\nstarttls = {'yes' if tls is None else 'no'}\n"
                  f"sslcacertfile = {server.certificate}\n")
    rc = server.data / "offlineimaprc"
    rc.write_text(
        f"[general]\nmetadata = {server.data}/offlineimap\naccounts = roost\nui = basic\nfsync = no\n\n"
        f"[Account roost]\nlocalrepository = near\nremoterepository = far\n\n"
        f"[Repository near]\ntype = Maildir\nlocalfolders = {maildir}\n\n"
        f"[Repository far]\ntype = IMAP\nremotehost = localhost\n{connection}"
        f"remoteuser = alice\nremotepass = {PASSWORD}\n")
    return rc, maildir


def synchronise(rc):
    done = subprocess.run(["offlineimap", "-o", "-c", rc], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0 and "ERROR" not in done.stdout, done.stdout
    return done.stdout


def near(maildir, name="INBOX"):
    return mailbox.Maildir(maildir / name, create=False)


def numbers(client, *criteria):
    return [int(n) for n in ok(client.uid("search", None, *criteria))[0].split()]


def work(server, tls):
    client = imap(server, tls)
    fill(server, "INBOX", [(rb"(\Seen)" if n % 2 else b"()", message(n)) for n in range(1, 41)])
    ok(client.create("Work/2026"))
    ok(client.append("Work/2026", r"(\Answered)", None, message(100)))
    rc, maildir = configure(server, tls)
    synchronise(rc)
    inbox = near(maildir)
    assert {m.as_bytes() for m in inbox} == {message(n).replace(b"\r\n", b"\n") for n in range(1, 41)}
    assert sum("S" in m.get_flags() for m in inbox) == 20
    assert [m.get_flags() for m in near(maildir, "Work.2026")] == ["R"]

    # Changes on both sides meet: flags, new messages, messages that are gone, a new mailbox.
    key, flagged = next((k, m) for k, m in inbox.iteritems() if m["Subject"] == "Message 4")
    flagged.add_flag("F")
    flagged.set_subdir("cur")
    inbox[key] = flagged
    inbox.remove(next(k for k, m in inbox.iteritems() if m["Subject"] == "Message 5"))
    inbox.add(message(200).replace(b"\r\n", b"\n"))
    mailbox.Maildir(maildir / "New", create=True).add(message(300).replace(b"\r\n", b"\n"))
    ok(client.select())
    ok(client.store("9", "+FLAGS", r"(\Deleted)"))
    ok(client.expunge())
    ok(client.uid("store", "10", "+FLAGS", r"(\Answered \Seen)"))
    ok(client.append("INBOX", None, None, message(201)))
    synchronise(rc)
    ok(client.select())
    assert numbers(client, "FLAGGED") == [4]
    assert numbers(client, "UID", "1:10") == [1, 2, 3, 4, 6, 7, 8, 10]
    (new,) = numbers(client, "SUBJECT", '"Message 200"')
    assert ok(client.uid("fetch", str(new), "(BODY.PEEK[])"))[0][1] == message(200)
    assert ok(client.status("New", "(MESSAGES)")) == [b"New (MESSAGES 1)"]
    subjects = {m["Subject"]: m.get_flags() for m in near(maildir)}
    assert len(subjects) == 40 and "Message 9" not in subjects and "Message 201" in subjects, subjects
    assert subjects["Message 10"] == "RS" and subjects["Message 4"] == "F", subjects

    # Nothing is left to do.
    def state():
        names = ("INBOX", "New", "Work/2026")
        statuses = [server.command("mailbox", "status", "alice", name, "--json") for name in names]
        return statuses, sorted(maildir.rglob("*:2,*"))

    before = state()
    said = synchronise(rc)
    assert state() == before
    assert not any(word in said for word in ("Copy message", "Adding flag", "Deleting", "Removing flag")), said
    client.logout()


def test_synchronises_both_ways_and_then_does_nothing():
    in_clear_and_with_tls(work)


def test_synchronises_over_starttls():
    with Server() as server:
        fill(server, "INBOX", [message(1)])
        rc, maildir = configure(server, None)
        synchronise(rc)
        assert [m["Subject"] for m in near(maildir)] == ["Message 1"]
        assert re.findall(r" login .* tls=(\S+)", server.log_text())[-1] != "none"
