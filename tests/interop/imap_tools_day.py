"""The day's work (days_work.py) with imap-tools. Run by Debian's Python, where it is installed."""

import datetime
import pathlib
import ssl
import sys

from imap_tools import AND, OR, MailBox, MailBoxTls, MailBoxUnencrypted

PORT, SECURITY, USER, PASSWORD, CERTIFICATE, FOLDER = sys.argv[1:]
ARRIVED = datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


def connect():
    if SECURITY != "clear":
        kind = MailBox if SECURITY == "tls" else MailBoxTls
        box = kind("localhost", int(PORT), ssl_context=ssl.create_default_context(cafile=CERTIFICATE))
    else:
        box = MailBoxUnencrypted("localhost", int(PORT))
    return box.login(USER, PASSWORD)


def raw(number):
    return (pathlib.Path(FOLDER) / f"{number}.eml").read_bytes()


def uids(box, criteria):
    return [int(u) for u in box.uids(criteria, charset="UTF-8")]


def main():
    box = connect()
    folders = {f.name: f.flags for f in box.folder.list()}
    assert "\\Sent" in folders["Sent"] and "INBOX" in folders, folders
    for name in ("Work/Größe", "Old"):
        box.folder.create(name)
    assert box.folder.exists("Work/Größe")
    for number in range(1, 9):
        box.append(raw(number), "INBOX", ARRIVED, ["\\Seen"] if number == 1 else None)
    box.folder.set("INBOX")
    messages = list(box.fetch(mark_seen=False, bulk=True))
    assert [int(m.uid) for m in messages] == list(range(1, 9))
    (third,) = box.fetch(AND(uid="3"), mark_seen=False)
    assert third.subject == "Grüße 3" and third.from_values.email == "bob@example.org"
    assert third.text == "Part one of 3: Grüße\r\n" or third.text == "Part one of 3: Grüße", repr(third.text)
    assert [(a.filename, a.payload) for a in third.attachments] == [("a.bin", bytes([3]) * 3000)]
    assert third.obj.as_bytes().replace(b"\r\n", b"\n") == raw(3).replace(b"\r\n", b"\n")
    assert third.size_rfc822 == len(raw(3)) and third.flags == (), third.flags

    assert uids(box, AND(seen=True)) == [1]
    assert uids(box, AND(subject="grüße 7")) == [7]
    assert uids(box, AND(body="part one of 4")) == [4]
    assert uids(box, OR(AND(seen=True), AND(uid="5:6"))) == [1, 5, 6]
    box.flag(["2", "3", "4"], ["\\Flagged", "$Label1"], True)
    box.flag("4", "\\Flagged", False)
    assert uids(box, AND(flagged=True, keyword="$Label1")) == [2, 3]
    box.copy("5", "Work/Größe")
    box.move(["6", "7"], "Work/Größe")
    box.delete("8")
    assert uids(box, "ALL") == [1, 2, 3, 4, 5]

    with box.idle as idle, connect() as other:
        other.append(raw(9), "INBOX", ARRIVED)
        assert any(b" EXISTS" in r for r in idle.poll(timeout=30))
    box.folder.rename("Work/Größe", "Work/Done")
    assert box.folder.status("Work/Done")["MESSAGES"] == 3
    box.folder.delete("Old")
    box.folder.subscribe("Junk", False)
    assert "Junk" not in [f.name for f in box.folder.list(subscribed_only=True)]
    box.logout()
    print("all is well")


main()
