"""What FETCH says of a message, against the model of it."""

from content import PREVIEW_CHARACTERS_MAX
from model import expect
from sorting import instant

SAVE_SECONDS = 1  # that are lost in a date


def same_flags(told, flags):
    return {f.lower() for f in told} - {"\\recent"} == {f.lower() for f in flags}


def check_message(account, message, items):
    """What the model does not know yet it learns."""
    uid, content = message.uid, message.content
    if "FLAGS" in items:
        expect(same_flags(items["FLAGS"], message.flags),
               lambda: f"UID {uid} has flags {set(items['FLAGS'])}, it should have {message.flags}")
    if "RFC822.SIZE" in items:
        content.size = items["RFC822.SIZE"] if content.size is None else content.size
        expect(items["RFC822.SIZE"] == content.size,
               lambda: f"UID {uid}: size {items['RFC822.SIZE']}, not {content.size}")
    if "INTERNALDATE" in items:
        message.date = message.date or items["INTERNALDATE"]
        expect(items["INTERNALDATE"] == message.date, lambda: f"UID {uid}: date {items['INTERNALDATE']}")
    if "EMAILID" in items:
        account.saw_email_id(content, items["EMAILID"])
    if items.get("THREADID") is not None:
        content.thread_id = content.thread_id or items["THREADID"]
        expect(items["THREADID"] == content.thread_id, lambda: f"UID {uid}: THREADID {items['THREADID']}")
    if "SAVEDATE" in items and message.saved is not None:
        check_save_date(message, instant(items["SAVEDATE"]))
    if content.body is not None:
        check_body(message, items)


def check_save_date(message, told):
    """RFC 8514 4.2: when it came into this mailbox."""
    first, last = message.saved
    expect(first - SAVE_SECONDS <= told <= last, lambda: f"UID {message.uid} was saved at {told}, from {first} to {last}")
    message.saved = told, told


def check_body(message, items):
    body, text = message.body, message.content.text()
    header = body[:len(body) - len(text)]
    right = {"BODY[]": body, "RFC822": body, "BINARY.SIZE[]": len(body), "BODY[HEADER]": header, "BODY[TEXT]": text,
             "BODY[TEXT]<2>": text[2:7]}
    if any(name.startswith("BINARY") for name in items):
        decoded = message.content.decoded()
        right.update({"BINARY[1]": decoded, "BINARY[1]<1>": decoded[1:4], "BINARY.SIZE[1]": len(decoded)})
    for name, value in right.items():
        expect(items.get(name, value) == value, lambda: f"UID {message.uid}: {name} is {items[name]!r}, not {value!r}")
    if items.get("PREVIEW") is not None:
        check_preview(message, items["PREVIEW"].decode())


def check_preview(message, preview):
    """RFC 8970 3.1: the beginning of the text, where the white space may differ."""
    words = "".join(message.content.decoded().decode().split())
    told = "".join(preview.split())
    expect(words.startswith(told) and bool(told) == bool(words) and len(preview) <= PREVIEW_CHARACTERS_MAX,
           lambda: f"UID {message.uid} has the preview {preview!r}")
