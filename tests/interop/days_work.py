"""A day's work, which a script in each library's language does in its own words; the end is the same for all of them.

A script is called with the port, `clear`, `tls` or `starttls`, the user, the password, the server's certificate (PEM)
and a folder with the messages 1.eml to 9.eml. On the empty account of `alice` it

 1. finds INBOX, and Sent by its \\Sent where the library knows special use, and makes Work/Größe and Old;
 2. appends 1 to 8 to INBOX, the first with \\Seen, all with INTERNALDATE 2-Jan-2024 03:04:05 +0000;
 3. reads 3: ENVELOPE (its subject is `Grüße 3`), two parts, the second 3000 octets 3 (base64), and its octets exactly;
 4. searches: SEEN is 1; SUBJECT `grüße 7` is 7; BODY `part one of 4` is 4;
 5. gives 2 to 4 \\Flagged and $Label1, and takes \\Flagged from 4;
 6. copies 5 to Work/Größe, moves 6 and 7 there, deletes and expunges 8;
 7. hears in IDLE (or by NOOP, if the library has no IDLE) that a second connection appended 9 to INBOX;
 8. renames Work/Größe to Work/Done, finds 3 messages in it by STATUS, deletes Old, unsubscribes Junk;
 9. logs out and says `all is well`.

It reads without setting \\Seen, and checks every step by content.
"""

import base64
import os
import re
import subprocess

from mail import PASSWORD, imap, ok
from roost import Server

MESSAGES = 9


def message(number):
    attachment = base64.encodebytes(bytes([number]) * 3000).replace(b"\n", b"\r\n")
    return (
        f"From: Bob <bob@example.org>\r\nTo: alice@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe_{number}?=\r\n"
        f"Date: Tue, 02 Jan 2024 03:04:05 +0000\r\nMessage-ID: <day.{number}@example.org>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\nPreamble\r\n"
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\nPart one of {number}: Grüße\r\n--b\r\n"
        "Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=a.bin\r\n\r\n").encode() + attachment + b"--b--\r\n"


def content(client, mailbox):
    """{number of the message: its flags}; each message must be what was appended."""
    ok(client.select(mailbox, readonly=True))
    found = {}
    for item in ok(client.uid("fetch", "1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")):
        if isinstance(item, tuple):
            number = int(re.search(rb"<day\.(\d+)@", item[1])[1])
            assert item[1] == message(number) and number not in found, item
            assert number == 9 or b'" 2-Jan-2024 03:04:05 +0000"' in item[0], item[0]
            found[number] = set(re.search(rb"FLAGS \(([^)]*)\)", item[0])[1].decode().split()) - {"\\Recent"}
    return found


def check_end(server):
    client = imap(server, False)
    assert content(client, "INBOX") == {1: {"\\Seen"}, 2: {"\\Flagged", "$Label1"}, 3: {"\\Flagged", "$Label1"},
                                        4: {"$Label1"}, 5: set(), 9: set()}, content(client, "INBOX")
    assert content(client, "Work/Done") == {5: set(), 6: set(), 7: set()}, content(client, "Work/Done")
    names = {line.split(b'"/" ')[1] for line in ok(client.list())}
    assert names == {b"Archive", b"Drafts", b"INBOX", b"Junk", b"Sent", b"Trash", b"Work", b"Work/Done"}, names
    assert not any(line.endswith(b" Junk") for line in ok(client.lsub()))
    client.logout()


def do_with(*words, securities=("clear", "tls", "starttls"), **environment):
    """Runs the script `words` in clear, with TLS and with STARTTLS, each time on a fresh server, and checks the end."""
    for security in securities:
        with Server() as server:
            folder = server.data / "messages"
            folder.mkdir()
            for number in range(1, MESSAGES + 1):
                (folder / f"{number}.eml").write_bytes(message(number))
            port = server.ports["imaps" if security == "tls" else "imap"]
            done = subprocess.run([*words, str(port), security, "alice", PASSWORD, server.certificate, folder],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  errors="replace", timeout=120, check=False, env=dict(os.environ, **environment))
            assert done.returncode == 0 and done.stdout.endswith("all is well\n"), (security, done.stdout[-4000:])
            check_end(server)
            logins = re.findall(r" login user=alice .* tls=(\S+)", server.log_text())
            assert [tls == "none" for tls in logins[:-1]] == [security == "clear"] * (len(logins) - 1), logins
