"""mutt at a terminal: a day with a header cache, and the next one, when QRESYNC says what happened in between."""

import re

from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok
from terminal import Terminal

FAST = True
PACKAGES = ["mutt", "python3-pyte"]

# mutt asks a question if what was edited is younger than its clock, as it may be for a moment: time() stands still for
# some milliseconds at a time, what a file system writes down does not. So the editor's work is given an older date.
EDITOR = """#!/bin/sh
echo 'written in an editor' >> "$1" && touch -d '1 minute ago' "$1"
"""


def start(server, tls):
    folder = f"imaps://localhost:{server.ports['imaps']}" if tls else f"imap://localhost:{server.ports['imap']}"
    editor = server.data / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    rc = server.data / "muttrc"
    rc.write_text(
        f"set imap_user=alice imap_pass='{PASSWORD}' folder='{folder}/' spoolfile='+INBOX' postponed='+Drafts'\n"
        f"set certificate_file='{server.certificate}' ssl_starttls={'yes' if tls else 'no'} ssl_force_tls=no\n"
        f"set header_cache='{server.data}/headers/' message_cachedir='{server.data}/bodies/' tmpdir='{server.data}'\n"
        "set imap_condstore=yes imap_qresync=yes imap_deflate=yes imap_idle=yes\n"
        "set sleep_time=0 delete=yes move=no confirmappend=no confirmcreate=no wait_key=no timeout=1 mail_check=1\n"
        f"set quit=yes sort=date beep=no mark_old=no postpone=yes editor='{editor}'\n"
        "set from='alice@example.org' use_envelope_from=no use_domain=no hostname=example.org index_format='%4C|%Z|%s' to_chars=' '\n")
    for directory in ("headers", "bodies"):
        (server.data / directory).mkdir(exist_ok=True)
    return Terminal(["mutt", "-n", "-F", str(rc), "-d", "3"], server.data)


def row(number, flags, subject):
    """A line of the index: new or deleted, signed or encrypted, tagged or flagged."""
    return "^" + re.escape(f"{number:4}|{flags}|{subject}") + "$"


def first_day(server, tls, client):
    with start(server, tls) as mutt:
        mutt.wait_for(row(12, "N  ", "Message 12"))
        mutt.type("1\n\n", "This is the body of message 1.\nGrüße!")
        mutt.type("i", row(1, "   ", "Message 1"))
        mutt.type("2\nF", row(2, "N !", "Message 2"))
        mutt.type("3\nd", row(3, "ND ", "Message 3"))
        mutt.type("T~s 'Message [45]$'\n", row(5, "N *", "Message 5"))
        mutt.type(";s=Archive\n", row(5, "ND ", "Message 5"))
        mutt.type("6\nC=Copies\n")
        mutt.type("7\nN", row(7, "   ", "Message 7"))
        mutt.type("l=b needle\n", r"(?s)\A(?!.*Message 7$).*Message 8$")  # the server searches
        mutt.type("lall\n", "Message 7$")
        mutt.type("$", row(9, "N  ", "Message 12"))
        mutt.type("m", "^To:")
        mutt.type("bob@example.org\n", "^Subject:")
        mutt.type("A draft\n", "-- Attachments")
        mutt.type("q", row(9, "N  ", "Message 12"))
        ok(client.append("INBOX", None, None, message(13, subject="Fresh mail")))
        mutt.wait_for(row(10, "N  ", "Fresh mail"))
        mutt.type("q")
        mutt.end()


def check_first_day(client):
    assert ok(client.select()) == [b"10"]
    assert ok(client.search(None, "SEEN")) == [b"1 4"]  # read, and marked by hand (message 7)
    assert ok(client.search(None, "FLAGGED")) == [b"2"]
    assert subjects(client) == [f"Message {n}" for n in (1, 2, 6, 7, 8, 9, 10, 11, 12)] + ["Fresh mail"]
    ok(client.select("Archive"))
    assert subjects(client) == ["Message 4", "Message 5"]
    ok(client.select("Copies"))
    assert subjects(client) == ["Message 6"]
    assert ok(client.select("Drafts")) == [b"1"]
    assert ok(client.search(None, "DRAFT", "SUBJECT", '"A draft"', "BODY", '"written in an editor"')) == [b"1"]


def subjects(client):
    fetched = ok(client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))
    return [part[1].decode().strip().removeprefix("Subject: ") for part in fetched if isinstance(part, tuple)]


def change_meanwhile(client):
    ok(client.select())
    ok(client.store("1:2", "+FLAGS", r"(\Deleted)"))
    ok(client.expunge())
    ok(client.store("3", "+FLAGS", r"(\Flagged)"))
    ok(client.append("INBOX", None, None, message(14, subject="While away")))


def next_day(server, tls):
    with start(server, tls) as mutt:
        mutt.wait_for(row(9, "N  ", "While away"))
        for line in (row(1, "N  ", "Message 6"), row(2, "   ", "Message 7"), row(3, "N !", "Message 8")):
            assert re.search(line, mutt.text, re.M), mutt.text
        mutt.type("9\n\n", "body of message 14")
        mutt.type("ix")
        mutt.end()
    said = (server.data / ".muttdebug0").read_text(errors="replace")
    assert re.search(r"UID FETCH 1:13 \(FLAGS\) \(CHANGEDSINCE \d+ VANISHED\)$", said, re.M), said
    assert re.search(r"< \* VANISHED \(EARLIER\) 1:5$", said, re.M), said
    assert re.findall(r" FETCH (\S+) \(UID FLAGS INTERNALDATE", said) == ["8:9"], said  # what came since, no other
    assert "COMPRESS DEFLATE" in said


def work(server, tls):
    client = imap(server, tls)
    for number in range(1, 13):
        ok(client.append("INBOX", None, None, message(number, body="a needle\n" if number == 8 else None)))
    first_day(server, tls, client)
    check_first_day(client)
    change_meanwhile(client)
    next_day(server, tls)
    client.logout()


def test_works_for_a_day_and_resynchronises_on_the_next():
    in_clear_and_with_tls(work)
