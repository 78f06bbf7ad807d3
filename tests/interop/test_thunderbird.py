"""Thunderbird, headless: a day of reading and filing while mail arrives, and the next one, when it catches up."""

import base64
import re
import smtplib
import ssl

from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok
from roost import wait_for
from thunderbird import Thunderbird

FAST = False
PACKAGES = ["thunderbird"]

SECONDS_MAX = 120  # that it takes to hear of a change
NEW_FOLDER = "Größe & Maß"  # as `NEW_FOLDER_UTF7` on the wire without UTF8=ACCEPT
NEW_FOLDER_UTF7 = '"Gr&APYA3w-e &- Ma&AN8-"'
BIG = "".join(f"{n:070d}\n" for n in range(5000))  # Thunderbird fetches it in chunks


def find(client, mailbox, *criteria):
    """The UIDs that the server finds there."""
    ok(client.select(mailbox, readonly=True))
    return [int(uid) for uid in ok(client.uid("SEARCH", *criteria))[0].split()]


def becomes(wanted, get, what):
    seen = None

    def looks_right():
        nonlocal seen
        seen = get()
        return seen == wanted

    wait_for(looks_right, lambda: f"{what}: {seen} is not {wanted}", SECONDS_MAX)


def names(numbers):
    return [f"Message {n}" for n in numbers]


def subjects(thunderbird, path):
    return [m["subject"] for m in thunderbird.tell("messages", path)]


def having(thunderbird, path, what):
    """The subjects of messages for which a property holds in Thunderbird's database."""
    return [m["subject"] for m in thunderbird.tell("messages", path) if m[what]]


def refresh(thunderbird, path):
    """Asked again when it is not known to be done."""
    wait_for(lambda: thunderbird.tell("refresh", path), f"a refresh of {path}", SECONDS_MAX)


def open_account(thunderbird, server, tls):
    """CONDSTORE is Thunderbird's choice to offer, and off by default; with TLS it is on here."""
    certificate = None
    if tls:
        certificate = base64.b64encode(ssl.PEM_cert_to_DER_cert(server.certificate.read_text())).decode()
    thunderbird.tell("openAccount", server.ports["imaps" if tls else "imap"], certificate, tls)
    thunderbird.tell("logIn", PASSWORD)
    wanted = {"imap://alice@localhost/" + n for n in ("INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash")}
    wait_for(lambda: wanted <= set(thunderbird.tell("folders")), "the folders that every account has",
             SECONDS_MAX)


def downloads(thunderbird, sources):
    refresh(thunderbird, "INBOX")
    thunderbird.tell("download", "INBOX")
    becomes(names(range(1, 9)), lambda: having(thunderbird, "INBOX", "offline"), "downloaded")
    rows = thunderbird.tell("messages", "INBOX")
    assert [m["uid"] for m in rows] == list(range(1, 9)), rows
    assert [m["subject"] for m in rows] == names(range(1, 9)), rows
    assert [m["subject"] for m in rows if m["read"]] == names([8]), rows
    for name, source in zip(names(range(1, 9)), sources):
        got = without_status(base64.b64decode(thunderbird.tell("source", "INBOX", name)))
        assert got.replace(b"\r\n", b"\n") == source.replace(b"\r\n", b"\n"), (name, got[:2000])


def without_status(source):
    """Thunderbird keeps flags of its own before a message that it has stored."""
    return re.sub(rb"\A(?:X-Mozilla-[A-Za-z0-9]+:.*\r?\n)+", b"", source)


def marks(thunderbird, client):
    thunderbird.tell("markRead", "INBOX", "Message 1")
    thunderbird.tell("markFlagged", "INBOX", "Message 2")
    thunderbird.tell("markAnswered", "INBOX", "Message 3")
    thunderbird.tell("tag", "INBOX", "Message 1", "$label1")
    for criteria, uids in (("SEEN", [1, 8]), ("FLAGGED", [2]), ("ANSWERED", [3]), ("KEYWORD $Label1", [1])):
        becomes(uids, lambda c=criteria: find(client, "INBOX", c), criteria)
    rows = {m["subject"]: m for m in thunderbird.tell("messages", "INBOX")}
    assert rows["Message 1"]["read"] and rows["Message 1"]["keywords"] == ["$label1"], rows
    assert rows["Message 2"]["flagged"] and rows["Message 3"]["answered"], rows


def files(thunderbird, client):
    thunderbird.tell("createFolder", NEW_FOLDER)
    wait_for(lambda: client.status(NEW_FOLDER_UTF7, "(MESSAGES)")[0] == "OK", "the new folder on the server",
             SECONDS_MAX)
    thunderbird.tell("move", "INBOX", "Message 4", "Archive")
    thunderbird.tell("copy", "INBOX", "Message 1", "Archive")
    thunderbird.tell("move", "INBOX", "Message 5", NEW_FOLDER)
    thunderbird.tell("remove", "INBOX", "Message 6")
    for mailbox, criteria, uids in (
            ("Archive", "SUBJECT 4", [1]), ("Archive", "SEEN KEYWORD $Label1 SUBJECT 1", [2]), ("Archive", "ALL", [1, 2]),
            (NEW_FOLDER_UTF7, "ALL", [1]), ("Trash", "SUBJECT 6", [1]), ("INBOX", "ALL", [1, 2, 3, 7, 8])):
        becomes(uids, lambda m=mailbox, c=criteria: find(client, m, c), f"{mailbox} {criteria}")
    for path, numbers in (("Archive", [4, 1]), (NEW_FOLDER, [5]), ("Trash", [6])):
        refresh(thunderbird, path)
        becomes(names(numbers), lambda p=path: subjects(thunderbird, p), path)
    becomes(names([1, 2, 3, 7, 8]), lambda: subjects(thunderbird, "INBOX"), "INBOX")


def hears(thunderbird, server, client):
    """All this comes to Thunderbird while it is idle in INBOX, where nobody asks it to look."""
    refresh(thunderbird, "INBOX")
    wait_for_idle(thunderbird, "INBOX")
    smtplib.LMTP("127.0.0.1", server.ports["lmtp"], timeout=60).sendmail("bob@example.org", ["alice"], message(9))
    becomes(names([1, 2, 3, 7, 8, 9]), lambda: subjects(thunderbird, "INBOX"), "new mail")

    wait_for_idle(thunderbird, "INBOX")
    ok(client.select())
    ok(client.uid("STORE", "9", "+FLAGS", r"(\Flagged)"))
    becomes(names([2, 9]), lambda: having(thunderbird, "INBOX", "flagged"), "a flag")

    wait_for_idle(thunderbird, "INBOX")
    ok(client.uid("STORE", "7", "+FLAGS.SILENT", r"(\Deleted)"))
    ok(client.expunge())
    becomes(names([1, 2, 3, 8, 9]), lambda: subjects(thunderbird, "INBOX"), "an expunge")


def wait_for_idle(thunderbird, path):
    """Not by how many of its connections are: the one that looks after the list of folders never is."""
    wait_for(lambda: thunderbird.last_command(path) == "IDLE",
             lambda: f"IDLE, in place of {thunderbird.last_command(path)}", SECONDS_MAX)


def happens_meanwhile(client):
    ok(client.select())
    ok(client.uid("STORE", "2", "-FLAGS", r"(\Flagged)"))
    ok(client.uid("STORE", "3", "+FLAGS", r"(\Seen)"))
    ok(client.uid("STORE", "8", "+FLAGS.SILENT", r"(\Deleted)"))
    ok(client.expunge())
    ok(client.append("INBOX", None, None, message(10)))


def work(server, tls):
    client = imap(server, tls)
    sources = [message(n, body={7: "There is a needle here.\n", 8: BIG}.get(n)) for n in range(1, 9)]
    for number, source in enumerate(sources, 1):
        ok(client.append("INBOX", r"(\Seen)" if number == 8 else None, None, source))
    home = server.data / "home"
    with Thunderbird(home) as thunderbird:
        open_account(thunderbird, server, tls)
        downloads(thunderbird, sources)
        marks(thunderbird, client)
        assert thunderbird.tell("search", "INBOX", "needle") == ["Message 7"]
        files(thunderbird, client)
        hears(thunderbird, server, client)
    happens_meanwhile(client)
    with Thunderbird(home) as thunderbird:
        assert subjects(thunderbird, "INBOX") == names([1, 2, 3, 8, 9])
        thunderbird.tell("logIn", PASSWORD)
        refresh(thunderbird, "INBOX")
        becomes(names([1, 2, 3, 9, 10]), lambda: subjects(thunderbird, "INBOX"), "the next day's INBOX")
        becomes(names([9]), lambda: having(thunderbird, "INBOX", "flagged"), "the next day's flags")
        becomes(names([1, 3]), lambda: having(thunderbird, "INBOX", "read"), "the next day's read ones")
    client.logout()


def test_works_for_a_day_and_catches_up_on_the_next():
    in_clear_and_with_tls(work)
