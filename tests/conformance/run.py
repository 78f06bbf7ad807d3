#!/usr/bin/env python3
"""Replays scenarios against the built server: what is sent, and every line that must come back.

usage: tests/conformance/run.py [FILE…]      all *.txt below this folder by default

A scenario is a text file. Its lines:

    # a comment
    @user NAME          an account of this name (alice is there already); its password is the name and "-pw"
    @deliver NAME MAILBOX FILE   a message from the folder messages/, by the command line
    C: text             sent, with CRLF; "C2: text" on a second connection, and so on. \\xNN is an octet
    C- text             sent without CRLF
    C=FILE              the octets of messages/FILE, as a literal's content (no CRLF after it)
    S: text             the next line that must come (S2: on the second connection)
    S~ text             lines that may come in any order with the other S~ around them
    S!                  the server closes the connection

In expected text, "..." stands for anything, and <name> for a word that must be the same at each place. In sent text
<name> is what it stood for. {size:FILE} is the number of octets of messages/FILE.
"""

import pathlib
import re
import shlex
import sys
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from roost import Lines, Server  # noqa: E402


class Mismatch(Exception):
    pass


def message(name):
    data = (HERE / "messages" / name).read_bytes()
    return re.sub(rb"(?<!\r)\n", b"\r\n", data)


def octets(text):
    text = re.sub(r"\{size:([\w.-]+)\}", lambda m: str(len(message(m[1]))), text)
    return re.sub(rb"\\x([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())


class Scenario:
    def __init__(self, path):
        self.path = path
        self.server = Server(users={"alice": "alice-pw"})
        self.connections = {}
        self.words = {}
        self.unordered = []
        self.number = 0

    def connection(self, which):
        if which not in self.connections:
            self.connections[which] = Lines(self.server.connect())
        return self.connections[which]

    def filled(self, data):
        return re.sub(rb"<(\w+)>", lambda m: self.words.get(m[1], m[0]), data)

    def matches(self, expected, line):
        pattern, seen, words = b"", set(), dict(self.words)
        for part in re.split(rb"(\.\.\.|<\w+>)", expected):
            name = part[1:-1]
            if part == b"...":
                pattern += b".*"
            elif re.fullmatch(rb"<\w+>", part) and name in words:
                pattern += re.escape(words[name])
            elif re.fullmatch(rb"<\w+>", part):
                pattern += (b"(?P=%s)" if name in seen else b"(?P<%s>[^ \\])]+)") % name
                seen.add(name)
            else:
                pattern += re.escape(part)
        found = re.fullmatch(pattern + rb"\r\n", line, re.S)
        if found:
            self.words.update({k.encode(): v for k, v in found.groupdict().items()})
        return bool(found)

    def settle_unordered(self):
        """What was expected in any order must all have come before anything else is sent or expected."""
        pending, self.unordered = self.unordered, []
        while pending:
            which, _ = pending[0]
            line = self.connection(which).line()
            hit = next((i for i, (w, e) in enumerate(pending) if w == which and self.matches(e, line)), None)
            if hit is None:
                raise Mismatch(f"expected one of {[e for _, e in pending]}, got {line!r}")
            del pending[hit]

    def step(self, line):
        directive = re.fullmatch(r"([CS])(\d*)([:~=!-])(?: (.*)|(.*))", line)
        if line.startswith("@"):
            return self.setup(shlex.split(line[1:]))
        if not directive:
            raise Mismatch("not a line of a scenario")
        side, which, kind = directive[1], directive[2] or "1", directive[3]
        text = octets(directive[4] if directive[4] is not None else directive[5])
        connection = self.connection(which)
        if side + kind == "S~":
            self.unordered.append((which, text))
            return None
        self.settle_unordered()
        if side == "C":
            connection.send(message(text.decode()) if kind == "=" else self.filled(text) + (b"\r\n" if kind == ":" else b""))
        elif kind == "!":
            rest = connection.file.read()
            if rest:
                raise Mismatch(f"expected the end, got {rest!r}")
        else:
            got = connection.line()
            if not self.matches(text, got):
                raise Mismatch(f"expected {text!r}, got {got!r}")
        return None

    def setup(self, words):
        if words[0] == "user":
            self.server.command("user", "add", words[1], "--password-stdin", stdin=words[1] + "-pw\n")
        elif words[0] == "deliver":
            self.server.command("deliver", words[1], "--mailbox", words[2],
                                stdin=message(words[3]).decode("latin-1"))
        else:
            raise Mismatch(f"@{words[0]} is not known")

    def run(self):
        with self.server:
            for self.number, line in enumerate(self.path.read_text().splitlines(), 1):
                if line.strip() and not line.startswith("#"):
                    self.step(line)
            self.settle_unordered()
            for connection in self.connections.values():
                connection.close()


def check_index():
    """docs/rfc/index.tsv says complete for what CAPABILITY announces, and for nothing else that is one."""
    rows = [line.split("\t") for line in (HERE.parent.parent / "docs/rfc/index.tsv").read_text().splitlines()[1:]]
    complete = {c for r in rows if r[2] == "complete" for c in r[3].split() if c != "-"}
    other = {c for r in rows if r[2] != "complete" for c in r[3].split() if c != "-"}
    with Server(users={"alice": "alice-pw"}) as server:
        connection = Lines(server.connect())
        connection.line()
        before = connection.ok(b"CAPABILITY")[0].decode().split()[2:]
        connection.ok(b"LOGIN alice alice-pw")
        after = connection.ok(b"CAPABILITY")[0].decode().split()[2:]
    announced = {c.split("=")[0] if c.startswith("APPENDLIMIT") else c for c in before + after}
    announced -= {"STARTTLS", "AUTH=LOGIN"}  # STARTTLS is RFC 3501's own; LOGIN has no RFC
    missing, unlisted, planned = complete - announced, announced - complete, announced & other
    if missing or unlisted or planned:
        raise Mismatch(f"complete but not announced: {missing}; announced but not complete: {unlisted | planned}")


def main():
    paths = [pathlib.Path(p) for p in sys.argv[1:]] or sorted(HERE.glob("*/*.txt"))
    failed = 0
    if not sys.argv[1:]:
        try:
            check_index()
            print("ok    docs/rfc/index.tsv agrees with CAPABILITY", flush=True)
        except Mismatch as e:
            failed += 1
            print(f"FAIL  docs/rfc/index.tsv: {e}", flush=True)
    total = len(paths) + (0 if sys.argv[1:] else 1)
    for path in paths:
        scenario = Scenario(path)
        try:
            scenario.run()
            print(f"ok    {path.relative_to(HERE) if path.is_relative_to(HERE) else path}", flush=True)
        except Exception as e:  # pylint: disable=broad-except
            failed += 1
            why = str(e) if isinstance(e, (Mismatch, EOFError)) else traceback.format_exc()
            print(f"FAIL  {path}:{scenario.number}: {why}", flush=True)
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
