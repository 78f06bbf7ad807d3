#!/usr/bin/env python3
"""Replays scenarios against the built server: what is sent, and every line that must come back.

usage: tests/conformance/run.py [FILE…]      all *.txt below this folder by default

All scenarios share one server; each has a user of its own, whose name is <user> and whose password is <password>.
Each that has an @login is played twice: as it stands, and with ENABLE IMAP4rev2 after @login. Then rev2.py says what is
expected on those connections in place of what only IMAP4rev1 has.

A scenario is a text file. Its lines (a digit after the first letter or word is the number of the connection, 1 where
there is none; a connection is opened by its first use):

    # a comment
    @login                       the greeting, and LOGIN as the scenario's user
    @visit2                      likewise as another user, who is called <other>
    @ok COMMAND                  a command that must end with OK, whatever else is said
    @fill MAILBOX COUNT          small messages, "Subject: message 1" and so on, by APPEND on a connection of its own
    @append MAILBOX FILE [MORE]  messages/FILE, likewise; MORE is what stands between the name and the literal
    @server OPTION = VALUE       the scenario has a server of its own with this in its configuration; first of all
    @tls                         the handshake, after STARTTLS
    @deflate                     compressed from here on, after COMPRESS
    @clear                       what is sent is not compressed any more; nor what comes behind the next tagged response
    @rev1, @rev2, @both          the lines that follow are for this mode only, or again for both; @rev1 before the
                                 first line of a scenario: it is not played in the other mode
    C: text                      sent, with CRLF
    C- text                      sent without CRLF
    C=FILE                       the octets of messages/FILE are sent
    S: text                      the next line that must come
    S> text                      likewise, after untagged OKs with codes, which more extensions make more of
    S- text                      the next octets that must come, whatever follows them
    S=FILE                       the octets of messages/FILE must come
    S~ text                      lines that may come in any order with the other S~ around them
    S!                           the server closes the connection

In expected text, "..." stands for anything, and <name> for a word that must be the same at each place. In sent text
<name> is what it stood for. \\xNN is an octet, {size:FILE} the number of octets of messages/FILE, {base64:text} the text
in base64, and {scram:CHALLENGE} SCRAM-SHA-256's final message, if the first one was "n,,n=<user>,r=abc". In messages,
every line end is CRLF. The RFCs' examples that cannot be replayed: NOT_REPLAYED.md.
"""

import base64
import concurrent.futures
import hashlib
import hmac
import pathlib
import re
import ssl
import sys
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import rev2  # noqa: E402
from deflated import Deflated  # noqa: E402
from roost import Lines, Server  # noqa: E402

SECONDS_MAX = 20  # that a line may take
AT_ONCE = 4  # scenarios
WORD = rb"<[a-z]\w*>"
MODES = ("rev1", "rev2")
CONFIG = 'imap.administrators = ["alice"]\n'  # who sets the quotas of the scenarios' users


class Mismatch(Exception):
    pass


def message(name):
    data = (HERE / "messages" / name).read_bytes()
    return re.sub(rb"(?<!\r)\n", b"\r\n", data)


def octets(text):
    """Of a line of a scenario, before its words are filled in."""
    text = re.sub(r"\{size:([\w.-]+)\}", lambda m: str(len(message(m[1]))), text)
    return re.sub(rb"\\x([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())


def in_base64(data):
    return re.sub(rb"\{base64:([^}]*)\}", lambda m: base64.b64encode(m[1]), data)


def scram_final(user, password, challenge):
    """RFC 5802 3, RFC 7677."""
    challenge = base64.b64decode(challenge)
    nonce, salt, iterations = (field[2:] for field in challenge.split(b",")[:3])
    salted = hashlib.pbkdf2_hmac("sha256", password, base64.b64decode(salt), int(iterations))
    key = hmac.digest(salted, b"Client Key", "sha256")
    final = b"c=biws,r=" + nonce
    message_of_all = b"n=%s,r=abc,%s,%s" % (user, challenge, final)
    signature = hmac.digest(hashlib.sha256(key).digest(), message_of_all, "sha256")
    return final + b",p=" + base64.b64encode(bytes(k ^ s for k, s in zip(key, signature)))


class Scenario:
    def __init__(self, lines, mode, server, user):
        self.lines = lines
        self.mode = mode
        self.spoken = "both"  # the mode that the lines are for
        self.server = server
        self.words = {b"user": user.encode(), b"password": user.encode() + b"-pw"}
        self.connections = {}
        self.rev2 = set()  # the connections on which IMAP4rev2 is enabled
        self.waiting = {}  # commands that have not been answered, by connection
        self.unordered = []
        self.number = 0

    def opened(self):
        connection = Lines(self.server.connect())
        connection.socket.settimeout(SECONDS_MAX)
        return connection

    def connection(self, which):
        if which not in self.connections:
            self.connections[which] = self.opened()
        return self.connections[which]

    def filled(self, data):
        data = re.sub(WORD, lambda m: self.words.get(m[0][1:-1], m[0]), data)
        scram = re.fullmatch(rb"\{scram:(.*)\}", data)
        if scram:
            data = b"{base64:%s}" % scram_final(self.words[b"user"], self.words[b"password"], scram[1])
        return in_base64(data)

    def matches(self, expected, line):
        pattern, seen = b"", set()
        for part in re.split(rb"(\.\.\.|%s)" % WORD, expected):
            name = part[1:-1]
            if part == b"...":
                pattern += b".*"
            elif re.fullmatch(WORD, part) and name in self.words:
                pattern += re.escape(self.words[name])
            elif re.fullmatch(WORD, part):
                pattern += (b"(?P=%s)" if name in seen else rb"(?P<%s>[^ \])\r\n]+)") % name
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
            line = self.next_line(which)
            hit = next((i for i, (w, e) in enumerate(pending) if w == which and self.matches(e, line)), None)
            if hit is None:
                raise Mismatch(f"expected one of {[e for _, e in pending]}, got {line!r}")
            del pending[hit]

    def next_line(self, which):
        """Without the LIST of SELECT, which IMAP4rev1 does not have and a scenario for both need not name."""
        line = self.connection(which).line()
        waiting = self.waiting.get(which, [])
        if self.is_translated(which) and any(rev2.is_list_of(line, command) for command in waiting):
            line = self.connection(which).line()
        self.waiting[which] = [command for command in waiting if command.split(b" ")[0] != line.split(b" ")[0]]
        return line

    def is_translated(self, which):
        return which in self.rev2 and self.spoken == "both"

    def in_mode(self, expected, which):
        if not self.is_translated(which):
            return expected
        searches = (c for c in self.waiting.get(which, []) if re.match(rb"\S+ (UID )?SEARCH ", c, re.I))
        return rev2.translated(expected, next(searches, b""))

    def step(self, line):
        if line in ("@rev1", "@rev2", "@both"):
            self.spoken = line[1:]
            return None
        if self.spoken not in ("both", self.mode):
            return None
        directive = re.fullmatch(r"@([a-z]+)(\d*)(?: (.*))?", line)
        if directive:
            self.settle_unordered()
            return self.setup(directive[1], directive[2] or "1", directive[3] or "")
        directive = re.fullmatch(r"([CS])(\d*)([:>~=!-])(?: (.*)|(.*))", line)
        if not directive:
            raise Mismatch("not a line of a scenario")
        side, which, kind = directive[1], directive[2] or "1", directive[3]
        text = octets(directive[4] if directive[4] is not None else directive[5])
        if side == "S" and kind in ":>~":
            text = self.in_mode(text, which)
            if text is None:
                return None
        if side + kind == "S~":
            self.unordered.append((which, text))
            return None
        self.settle_unordered()
        if side == "C":
            return self.send(which, kind, text)
        return self.expect(which, kind, text)

    def send(self, which, kind, text):
        if kind == "=":
            return self.connection(which).send(message(text.decode()))
        text = self.filled(text)
        commands = [line for line in text.split(b"\r\n") if re.match(rb"\S+ [A-Za-z]{3}", line)]
        self.waiting.setdefault(which, []).extend(commands)
        return self.connection(which).send(text + (b"\r\n" if kind == ":" else b""))

    def expect(self, which, kind, text):
        if kind in ":>":
            got = self.next_line(which)
            while kind == ">" and got.startswith(b"* OK ["):
                got = self.next_line(which)
            if not self.matches(in_base64(text), got):
                raise Mismatch(f"expected {text!r}, got {got!r}")
            return
        text = {"!": b"", "=": message(text.decode()) if kind == "=" else b"", "-": text}[kind]
        got = self.connection(which).file.read(len(text) if text else -1)
        if got != text:
            raise Mismatch(f"expected {text!r}, got {got!r}")

    def setup(self, verb, which, text):
        if verb == "fill":
            mailbox, count = text.rsplit(" ", 1)
            body = "From: a@example.org\r\nSubject: message %d\r\n\r\nText of message %d.\r\n"
            return self.append(mailbox, "", [(body % (n, n)).encode() for n in range(1, int(count) + 1)])
        if verb == "append":
            mailbox, file, *more = text.split(" ", 2)
            return self.append(mailbox, "".join(more) + " " if more else "", [message(file)])
        connection = self.connection(which)
        if verb == "login":
            self.log_in(connection, which, self.words[b"user"])
        elif verb == "visit":
            if b"other" not in self.words:
                self.words[b"other"] = add_user(self.server, self.words[b"user"].decode() + "-other").encode()
            self.log_in(connection, which, self.words[b"other"])
        elif verb == "ok":
            connection.ok(self.filled(octets(text)))
        elif verb == "tls":
            context = ssl.create_default_context(cafile=self.server.certificate)
            context.check_hostname = False
            self.connections[which] = Lines(context.wrap_socket(connection.socket))
        elif verb == "deflate":
            self.connections[which] = Deflated(connection)
        elif verb == "clear":
            connection.ending = True
        else:
            raise Mismatch(f"@{verb} is not known")

    def log_in(self, connection, which, user):
        connection.line()
        connection.ok(b"LOGIN %s %s-pw" % (user, user))
        if self.mode == "rev2":
            connection.ok(b"ENABLE IMAP4rev2")
            self.rev2.add(which)

    def append(self, mailbox, more, messages):
        connection = self.opened()
        connection.line()
        connection.login(self.words[b"user"].decode(), self.words[b"password"].decode())
        for one in messages:
            connection.ok(f"APPEND {mailbox} {more}{{{len(one)}+}}\r\n".encode() + one)
        connection.close()

    def run(self):
        try:
            for self.number, line in self.lines:
                self.step(line)
            self.settle_unordered()
        finally:
            for connection in self.connections.values():
                connection.close()


def over_tls(server):
    context = ssl.create_default_context(cafile=server.certificate)
    connection = Lines(context.wrap_socket(server.connect("imaps"), server_hostname="localhost"))
    connection.line()
    return connection


def check_index(server):
    """docs/rfc/index.tsv says complete for what CAPABILITY announces, and for nothing else that is one.

    What only a configuration turns on is an option there.
    """
    rows = [line.split("\t") for line in (HERE.parent.parent / "docs/rfc/index.tsv").read_text().splitlines()[1:]]
    complete = {c for r in rows if r[2] == "complete" for c in r[3].split() if c != "-"}
    other = {c for r in rows if r[2] != "complete" for c in r[3].split() if c != "-"}
    connection = Lines(server.connect())
    connection.line()
    before = connection.ok(b"CAPABILITY")[0].decode().split()[2:]
    before += over_tls(server).ok(b"CAPABILITY")[0].decode().split()[2:]
    connection.ok(b"LOGIN alice alice-pw")
    after = connection.ok(b"CAPABILITY")[0].decode().split()[2:]
    connection.close()
    announced = {c.split("=")[0] if c.startswith("APPENDLIMIT") else c for c in before + after}
    announced -= {"STARTTLS", "AUTH=LOGIN"}  # STARTTLS is RFC 3501's own; LOGIN has no RFC
    missing, unlisted, planned = complete - announced, announced - complete, announced & other
    if missing or unlisted or planned:
        raise Mismatch(f"complete but not announced: {missing}; announced but not complete: {unlisted | planned}")


def failure_of(run):
    """What is wrong, or nothing."""
    try:
        run()
        return None
    except (Mismatch, EOFError, AssertionError) as e:
        return str(e) or repr(e)
    except Exception:  # pylint: disable=broad-except
        return traceback.format_exc()


def lines_of(path):
    """With their numbers, without comments."""
    lines = enumerate(path.read_text().splitlines(), 1)
    return [(number, line) for number, line in lines if line.strip() and not line.startswith("#")]


def plays(paths):
    """Each scenario in each mode that it is for."""
    for path in paths:
        lines = lines_of(path)
        only = next(line for _, line in lines if not OWN_SERVER.fullmatch(line))[1:]
        logs_in = any(re.match(r"@login\d*$", line) for _, line in lines)
        for mode in (only,) if only in MODES else MODES if logs_in else MODES[:1]:
            yield path, lines, mode


def add_user(server, user):
    server.command("user", "add", user, "--password-stdin", "--no-mailboxes", stdin=user + "-pw\n")
    return user


OWN_SERVER = re.compile(r"@server (\w+)\.(\w+ = .+)")


def play(server, job, number):
    """On the server that all share, or on the scenario's own."""
    path, lines, mode = job
    own = [found for _, line in lines if (found := OWN_SERVER.fullmatch(line))]
    if not own:
        return play_on(server, job, number)
    config = "".join(f"[{section}]\n{option}\n" for section, option in (found.groups() for found in own))
    with Server(config=config, users={}) as own_server:
        return play_on(own_server, (path, [line for line in lines if not OWN_SERVER.fullmatch(line[1])], mode), number)


def play_on(server, job, number):
    path, lines, mode = job
    user = add_user(server, f"u{number}")
    scenario = Scenario(lines, mode, server, user)
    why = failure_of(scenario.run)
    name = path.relative_to(HERE) if path.is_relative_to(HERE) else path
    return f"FAIL  {name}:{scenario.number} ({mode}): {why}" if why else f"ok    {name} ({mode})"


def main():
    paths = [pathlib.Path(p).resolve() for p in sys.argv[1:]] or sorted(HERE.glob("*/*.txt"))
    lines = []
    with Server(CONFIG, users={"alice": "alice-pw"}) as server:
        if not sys.argv[1:]:
            why = failure_of(lambda: check_index(server))
            lines.append(f"FAIL  docs/rfc/index.tsv: {why}" if why else "ok    docs/rfc/index.tsv agrees with CAPABILITY")
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            lines += pool.map(lambda job: play(server, job[1], job[0]), enumerate(plays(paths), 1))
    print("\n".join(lines))
    failed = sum(line.startswith("FAIL") for line in lines)
    print(f"{len(lines) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
