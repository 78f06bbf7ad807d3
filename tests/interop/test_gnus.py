"""Gnus, in batch: a day of reading and filing, and the next one, when QRESYNC says what happened in between."""

import os
import pathlib
import re
import subprocess

from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok

FAST = True
PACKAGES = ["emacs-nox"]

SCRIPT = pathlib.Path(__file__).with_name("gnus.el")


def gnus(server, tls, function):
    """Runs a function of the script; gives the IMAP commands that Gnus sent."""
    home = server.data / "home"
    home.mkdir(exist_ok=True)
    (home / "authinfo").write_text(f'machine localhost login alice password "{PASSWORD}"\n')
    done = subprocess.run(
        ["emacs", "--batch", "-Q", "-l", SCRIPT, "-f", function,
         str(server.ports["imaps" if tls else "imap"]), "tls" if tls else "plain", server.certificate],
        capture_output=True, text=True, timeout=120, cwd=home, env=dict(os.environ, HOME=str(home), LC_ALL="C.UTF-8"))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def work(server, tls):
    client = imap(server, tls)
    for number in range(1, 9):
        ok(client.append("INBOX", None, None, message(number, body="a needle\n" if number == 8 else None)))
    said = gnus(server, tls, "gnus-test-first-day")
    assert "UID MOVE 4" in said, said

    ok(client.select())
    assert ok(client.uid("SEARCH", "ALL")) == [b"1 2 5 6 7 8"]
    assert ok(client.uid("SEARCH", "SEEN")) == [b"1 2 7"]
    assert ok(client.uid("SEARCH", "FLAGGED")) == [b"2"]
    assert ok(client.uid("SEARCH", "ANSWERED")) == [b"6"]
    for folder, number in (("Archive", 4), ("Copies", 5)):
        assert ok(client.select(folder)) == [b"1"]
        assert ok(client.search(None, "BODY", f'"body of message {number}"')) == [b"1"]

    ok(client.select())
    ok(client.uid("STORE", "7", "+FLAGS", r"(\Deleted)"))
    ok(client.expunge())
    ok(client.uid("STORE", "5", "+FLAGS", r"(\Seen)"))
    ok(client.uid("STORE", "8", "+FLAGS", r"(\Flagged)"))
    ok(client.append("INBOX", None, None, message(9, subject="While away")))
    said = gnus(server, tls, "gnus-test-next-day")
    assert re.search(r'EXAMINE "INBOX" \(QRESYNC \(\d+ \d+\)\)$', said, re.M), said
    assert "FETCH 1:* FLAGS" not in said, said
    client.logout()


def test_works_for_a_day_and_resynchronises_on_the_next():
    in_clear_and_with_tls(work)
