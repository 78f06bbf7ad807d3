"""Messages and connections that the tests of real clients share."""

import email.message
import email.policy
import email.utils
import imaplib
import re
import ssl

from roost import Server, wait_for

PASSWORD = "wonder-land 1"


def message(number, subject=None, body=None):
    m = email.message.EmailMessage()
    m["From"] = "Bob <bob@example.org>"
    m["To"] = "alice@example.org"
    m["Subject"] = subject or f"Message {number}"
    m["Date"] = email.utils.formatdate(1_700_000_000 + number * 60)
    m["Message-ID"] = f"<{number}.{abs(hash(subject)) % 10**8}@example.org>"
    m.set_content(body or f"This is the body of message {number}.\nGrüße!\n")
    return m.as_bytes(policy=email.policy.SMTP)


def tls_context(server):
    context = ssl.create_default_context(cafile=str(server.certificate))
    return context


def imap(server, tls, user="alice", password=PASSWORD):
    """imaplib, logged in: over TLS from the first octet, or in clear."""
    if tls:
        client = imaplib.IMAP4_SSL("localhost", server.ports["imaps"], ssl_context=tls_context(server), timeout=60)
    else:
        client = imaplib.IMAP4("localhost", server.ports["imap"], timeout=60)
    client.login(user, password)
    return client


def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]


def octets_sent(server, work, others):
    """What each session sent that work() began and ended, while so many others stay open.

    The server writes a session's end down after its client was told, so it is waited for: before and after.
    """

    def ended():
        log = server.log_text()
        ends = re.findall(r" session_end .*bytes_in=(\d+)", log)
        return ends if len(re.findall(r" login user=", log)) == len(ends) + others else None

    wait_for(lambda: ended() is not None, "not every session before has ended", 60)
    before = len(ended())
    work()
    wait_for(lambda: ended() is not None, "not every session has ended", 60)
    return [int(octets) for octets in ended()[before:]]


def in_clear_and_with_tls(work, **server_options):
    """Runs work(server, tls) twice, each time on a fresh server."""
    for tls in (False, True):
        with Server(**server_options) as server:
            work(server, tls)
