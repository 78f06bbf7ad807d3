#!/usr/bin/env python3
"""Writes the corpus of ugly messages: NAME.eml, and NAME.expected beside it.

    generate.py               rewrites the files in messages/
    generate.py --check       fails if a file differs from what would be written, or should not be there
    generate.py --large DIR   writes the messages that are too large to keep

README.md says what the files mean.
"""

import pathlib
import sys

sys.dont_write_bytecode = True

import addresses  # noqa: E402, F401
import content_types  # noqa: E402, F401
import dates  # noqa: E402, F401
import examples  # noqa: E402, F401
import headers  # noqa: E402, F401
import multiparts  # noqa: E402, F401
import nested  # noqa: E402, F401
import transfer  # noqa: E402, F401
import trees  # noqa: E402, F401
import words  # noqa: E402, F401
from large import large_messages  # noqa: E402
from model import MESSAGES, expected  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent / "messages"


def files():
    out = {}
    for message in MESSAGES:
        out[HERE / f"{message.name}.eml"] = message.octets
        out[HERE / f"{message.name}.expected"] = expected(message)
    return out


def write_large(directory):
    directory.mkdir(parents=True, exist_ok=True)
    for one in large_messages():
        (directory / f"{one.name}.eml").write_bytes(one.octets)


def check():
    wanted = files()
    wrong = [path.name for path, octets in wanted.items() if not path.exists() or path.read_bytes() != octets]
    wrong += [path.name for path in HERE.iterdir() if path not in wanted]
    if wrong:
        print("not as generated:", ", ".join(sorted(wrong)), file=sys.stderr)
    return 1 if wrong else 0


def main(arguments):
    if arguments[:1] == ["--large"]:
        write_large(pathlib.Path(arguments[1]))
        return 0
    if arguments == ["--check"]:
        return check()
    HERE.mkdir(exist_ok=True)
    wanted = files()
    for path in HERE.iterdir():
        if path not in wanted:
            path.unlink()
    for path, octets in wanted.items():
        path.write_bytes(octets)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
