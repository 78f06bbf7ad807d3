#!/usr/bin/env python3
"""SEARCH BODY and TEXT with the search index: the same answers as without it, whatever happens to it.

usage: tests/search_index/run.py [--rounds N] [--messages N] [--seed S]

Each round appends messages, kills the server (kill -9) while the index may be behind, and searches after the restart, before
the index has caught up and after. What must be found is known from the messages. Between rounds messages are expunged, moved
and copied, and the index is dropped or made anew. At the end a server that keeps no index gives the same answers, `roost
check` finds nothing wrong, and the index is smaller than half of the messages.
"""

import argparse
import json
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from roost import Lines, Server, wait_for  # noqa: E402

WORDS = [f"{a}{b}{c}" for a in ("ka", "lo", "mi", "nu") for b in ("re", "st", "zy", "qu") for c in ("m", "bel", "tax")]
RARE = ["zyzzyva", "xylophone", "Übermut", "straße", "日本語"]
KEEP_SECONDS_MAX = 1.5  # from the last answer to the kill: within and beyond the time the index takes to follow


class Mailbox:
    """What a mailbox holds, by UID."""

    def __init__(self):
        self.texts = {}

    def matching(self, needle):
        return sorted(uid for uid, text in self.texts.items() if needle.casefold() in text.casefold())


class Round:
    def __init__(self, server, random_source, mailboxes):
        self.server = server
        self.random = random_source
        self.mailboxes = mailboxes
        self.connect()

    def connect(self):
        self.lines = Lines(self.server.connect())
        self.lines.line()
        self.lines.login()

    def text(self):
        words = self.random.choices(WORDS, k=self.random.randint(5, 120))
        if self.random.random() < 0.1:
            words.append(self.random.choice(RARE))
        return " ".join(words)

    def append(self, count):
        box = self.mailboxes["INBOX"]
        next_uid = max(box.texts, default=0) + 1
        texts = [self.text() for _ in range(count)]
        command = b"t APPEND INBOX"
        for text in texts:
            message = ("Subject: words\r\nContent-Type: text/plain; charset=utf-8\r\n"
                       f"Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n").encode()
            command += b" {%d+}\r\n" % len(message) + message
        self.lines.send(command + b"\r\n")
        answer = self.lines.until(b"t")[-1]
        assert answer.startswith(b"t OK [APPENDUID "), answer
        first = int(answer.split()[4].rstrip(b"]").split(b":")[0])
        assert first >= next_uid, answer
        box.texts.update({first + i: text for i, text in enumerate(texts)})

    def needles(self):
        word = self.random.choice(WORDS)
        return RARE + [word, word[1:5], word[:2], f"{word} {self.random.choice(WORDS)}", "nowhere to be found"]

    def search(self, name):
        self.lines.ok(b"SELECT " + name.encode())
        for needle in self.needles():
            for key in (b"BODY", b"TEXT"):
                literal = needle.encode()
                self.lines.send(b"t UID SEARCH CHARSET UTF-8 %s {%d+}\r\n%s\r\n" % (key, len(literal), literal))
                responses = self.lines.until(b"t")
                assert responses[-1].startswith(b"t OK"), responses[-1]
                found = [int(n) for line in responses if line.startswith(b"* SEARCH") for n in line.split()[2:]]
                expected = self.mailboxes[name].matching(needle)
                assert sorted(found) == expected, f"{key} {needle!r} in {name}: {found} instead of {expected}"

    def search_all(self):
        for name in self.mailboxes:
            self.search(name)

    def shuffle(self):
        """Copies some messages, moves some, expunges some."""
        inbox, box = self.mailboxes["INBOX"], self.mailboxes["Box"]
        for command in (b"COPY", b"MOVE"):
            uid = self.random.choice(sorted(inbox.texts))
            self.lines.ok(b"SELECT INBOX")
            responses = self.lines.ok(b"UID %s %d Box" % (command, uid))
            code = next(line for line in responses if b"[COPYUID " in line)
            target = int(code[code.index(b"[COPYUID "):].split()[3].rstrip(b"]"))
            box.texts[target] = inbox.texts[uid]
            if command == b"MOVE":
                del inbox.texts[uid]
        uid = self.random.choice(sorted(inbox.texts))
        self.lines.ok(b"UID STORE %d +FLAGS.SILENT (\\Deleted)" % uid)
        self.lines.ok(b"EXPUNGE")
        del inbox.texts[uid]


def status(server):
    return json.loads(server.command("index", "status", "alice", "--json"))


def is_up_to_date(server):
    return status(server)["state"] == "up to date"


def one_round(server, random_source, mailboxes, messages):
    here = Round(server, random_source, mailboxes)
    here.append(messages)
    here.search("INBOX")
    if random_source.random() < 0.5:
        here.shuffle()
    time.sleep(random_source.uniform(0, KEEP_SECONDS_MAX))
    server.kill()
    server.start()
    here = Round(server, random_source, mailboxes)
    here.search_all()
    wait_for(lambda: is_up_to_date(server), lambda: f"the index does not follow: {status(server)}", 60)
    here.search_all()
    verb = random_source.choice(["drop", "rebuild", "status"])
    server.command("index", verb, "alice")
    here.search_all()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--messages", type=int, default=150)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    source = random.Random(arguments.seed)
    mailboxes = {"INBOX": Mailbox(), "Box": Mailbox()}
    with Server() as server:
        first = Lines(server.connect())
        first.line()
        first.login()
        first.ok(b"CREATE Box")
        first.close()
        for _ in range(arguments.rounds):
            one_round(server, source, mailboxes, arguments.messages)
        server.command("index", "rebuild", "alice")
        now = status(server)
        assert now["state"] == "up to date" and now["index_bytes"] * 2 <= now["message_bytes"], now
        server.command("check")
        (server.data / "roost.toml").write_text("[search]\nindex = false\n")
        server.restart()
        Round(server, source, mailboxes).search_all()
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
