"""alpine at a terminal: reads, flags, deletes, moves into a new folder, searches, answers, postpones, expunges."""

import re

from mail import PASSWORD, message, ok
from terminal import Terminal, a_day_at_a_terminal

FAST = True
PACKAGES = ["alpine", "python3-pyte"]

SEND, POSTPONE, REFRESH = "\x18", "\x0f", "\x0c"  # what Control does with X, O and L


def start(server, tls):
    how = f"localhost:{server.ports['imaps']}/ssl" if tls else f"localhost:{server.ports['imap']}/notls"
    account = "{" + how + "/user=alice}"
    features = ("enable-flag-cmd", "enable-aggregate-command-set", "expunge-without-confirm", "quit-without-confirm",
                "disable-password-file-saving")
    sendmail = server.data / "sendmail"
    sendmail.write_text("#!/bin/sh\ncat > sent\n")
    sendmail.chmod(0o700)
    rc = server.data / "pinerc"
    rc.write_text(
        "last-version-used=6.26\nlast-time-prune-questioned=226.10\n"  # nothing is said to a new user
        f"user-id=alice\npersonal-name=Alice\nuser-domain=example.org\nfeature-list={','.join(features)}\n"
        f"inbox-path={account}INBOX\nfolder-collections=Roost {account}[]\n"
        f"postponed-folder={account}Drafts\ndefault-fcc={account}Sent\nsendmail-path={sendmail}\n"
        f"disable-these-authenticators={'' if tls else 'PLAIN'}\n"
        f"system-certs-file={server.certificate}\n"
        "index-format=MSGNO STATUS SUBJECT\nsort-key=Arrival\nstatus-message-delay=0\n")
    return Terminal(["alpine", "-p", str(rc), "-P", "/dev/null", "-i"], server.data)


def row(number, flags, subject):
    """A line of the index: * for important; then N, D or A."""
    return "^" + re.escape(f"  {number} {flags:<3} {subject}") + "$"


def use(alpine, client):
    alpine.wait_for("ENTER PASSWORD:")
    alpine.type(PASSWORD + "\r", row(8, "  N", "Message 8"))
    alpine.type("1\r")
    alpine.type("\r", "This is the body of message 1.\nGrüße!")
    alpine.type("<", row(1, "", "Message 1"))
    alpine.type("2\r*\r", row(2, "* N", "Message 2"))
    alpine.type("3\rD", row(3, "  D", "Message 3"))
    alpine.type("4\rS", "^SAVE Msg #4 to folder")
    alpine.type("Copies\r", r"^Folder \"Copies\" doesn't exist\.  Create\?")
    alpine.type("y", row(4, "  D", "Message 4"))
    alpine.type(";TA", "^String in message")  # selects by text, which the server searches for
    alpine.type("needle\r", row(7, "X N", "Message 7"))
    alpine.type("AS", "^SAVE Msg #7 to folder")
    alpine.type("Archive\r", row(7, "X D", "Message 7"))
    alpine.type("5\rR", "^Include original message in Reply")
    alpine.type("n", "^Reply to all recipients")
    alpine.type("n", "^Subject : Re: Message 5")
    alpine.type("written as an answer" + SEND, "^Send message")
    alpine.type("y", row(5, "  A", "Message 5"))
    alpine.type("C", "^To      :")
    alpine.type("bob@example.org\r\r\rA draft\rwritten as a draft" + POSTPONE, "MESSAGE INDEX")
    ok(client.append("INBOX", None, None, message(9, subject="Fresh mail")))
    alpine.type(REFRESH, row(9, "  N", "Fresh mail"))
    alpine.type("X", row(4, "  N", "Message 6"))
    alpine.type("Q")
    alpine.end()


def check(client):
    assert ok(client.select()) == [b"6"]
    assert ok(client.uid("SEARCH", "ALL")) == [b"1 2 5 6 8 9"]
    assert ok(client.uid("SEARCH", "SEEN")) == [b"1"]
    assert ok(client.uid("SEARCH", "FLAGGED")) == [b"2"]
    assert ok(client.uid("SEARCH", "ANSWERED")) == [b"5"]
    for folder, text in (("Copies", "body of message 4"), ("Archive", "a needle"), ("Sent", "written as an answer"),
                         ("Drafts", "written as a draft")):
        assert ok(client.select(folder)) == [b"1"], folder
        assert ok(client.search(None, "BODY", f'"{text}"')) == [b"1"], folder
    assert ok(client.search(None, "SUBJECT", '"A draft"', "UNSEEN")) == [b"1"]


def test_does_a_days_work():
    a_day_at_a_terminal(start, use, check, needle=7)
