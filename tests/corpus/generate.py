#!/usr/bin/env python3
"""Writes the corpus of ugly messages: NAME.eml, and NAME.expected beside it.

    generate.py            rewrites the files in this directory
    generate.py --check    fails if a file differs from what would be written
    generate.py --big DIR  writes the messages that are too large to keep

The expectations are worked out here, from RFC 3501, 9051, 5322, 2045-2047 and 2231, and never from what Roost says:
strings are written down by hand, octets and lines are counted by Python. A line of an .expected file is

    envelope TEXT     what FETCH ENVELOPE gives in IMAP4rev1
    structure TEXT    what FETCH BODYSTRUCTURE gives in IMAP4rev1
    finds TEXT        a string (UTF-8) that SEARCH TEXT finds

with \\\\, \\r, \\n and \\xHH for the octets that would not survive otherwise. Where the RFCs leave a choice, the comment at
the message says which one is meant.
"""

import pathlib
import sys

from messages import MESSAGES, big_messages

HERE = pathlib.Path(__file__).parent


def escape(octets):
    out = ""
    for o in octets:
        if o == 0x5C:
            out += "\\\\"
        elif o == 0x0D:
            out += "\\r"
        elif o == 0x0A:
            out += "\\n"
        elif o < 0x20 or o > 0x7E:
            out += f"\\x{o:02x}"
        else:
            out += chr(o)
    return out


def to_octets(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def expected(message):
    lines = []
    if message.envelope is not None:
        lines.append("envelope " + escape(to_octets(message.envelope)))
    if message.structure is not None:
        lines.append("structure " + escape(to_octets(message.structure)))
    lines += ["finds " + escape(to_octets(text)) for text in message.finds]
    return ("\n".join(lines) + "\n").encode("ascii")


def files():
    for message in MESSAGES:
        yield HERE / "messages" / f"{message.name}.eml", message.octets
        yield HERE / "messages" / f"{message.name}.expected", expected(message)


def main(arguments):
    if arguments[:1] == ["--big"]:
        directory = pathlib.Path(arguments[1])
        directory.mkdir(parents=True, exist_ok=True)
        for name, octets in big_messages():
            (directory / f"{name}.eml").write_bytes(octets)
        return 0
    if arguments == ["--check"]:
        wrong = [path.name for path, octets in files() if not path.exists() or path.read_bytes() != octets]
        if wrong:
            print("not as generated:", ", ".join(wrong), file=sys.stderr)
        return 1 if wrong else 0
    (HERE / "messages").mkdir(exist_ok=True)
    for path, octets in files():
        path.write_bytes(octets)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
