"""Messages and connections that the tests of real clients share."""

import email.message
import email.policy
import email.utils
import imaplib
import ssl

from roost import Server

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


def in_clear_and_with_tls(work, **server_options):
    """Runs work(server, tls) twice, each time on a fresh server."""
    for tls in (False, True):
        with Server(**server_options) as server:
            work(server, tls)
