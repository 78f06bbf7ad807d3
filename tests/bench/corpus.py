#!/usr/bin/env python3
"""Makes the mail that servers are measured with: the same octets for the same seed and count.

usage: tests/bench/corpus.py FILE [--messages N] [--seed N]

FILE is, for each message, its size in decimal, LF, its octets. FILE.json holds what a search in it must find: UIDs, if
the messages are appended in order to a new mailbox. Sizes, encodings, charsets, attachments and threads are about what
an office's mailbox has: 17 KB in the mean, half of the messages below 7 KB, one in nine with attachments.
"""

import argparse
import base64
import json
import math
import pathlib
import quopri
import random

RARE_WORD = "quetzalcoatlus"  # in the texts (decoded) of a few messages, and in the subjects of a few others
RARE_EVERY = 1250
THREAD_OPEN_MAX = 300
CHARSETS = [  # charset, share, words that need it
    ("us-ascii", 40, []),
    ("utf-8", 40, ["größer", "déjà", "naïve", "żółw", "ελλάδα", "москва", "東京", "😀"]),
    ("iso-8859-1", 8, ["größer", "déjà", "señor", "façade"]),
    ("windows-1252", 6, ["größer", "€uro", "naïve"]),
    ("koi8-r", 2, ["москва", "привет", "письмо"]),
    ("iso-8859-2", 2, ["żółw", "kraków", "příliš"]),
    ("iso-2022-jp", 1, ["東京", "日本語"]),
    ("gb2312", 1, ["北京", "中文"]),
]
SYLLABLES = "ba co di fu ga he in jo ka le mo nu op pa qui ro sa te un va wo xi yo ze er an st al or".split()
NAMES = "Ada Ben Chloe Dmitri Elena Farid Greta Hiro Ines Jan Kofi Lena Mikael Nadia Omar Priya".split()


class Corpus:
    def __init__(self, seed):
        self.random = random.Random(seed)
        words = set()
        while len(words) < 8000:
            words.add("".join(self.random.choices(SYLLABLES, k=self.random.choice((1, 2, 2, 3, 3, 4)))))
        self.words = sorted(words)
        self.random.shuffle(self.words)
        weights = [1 / (rank + 3) for rank in range(len(self.words))]
        # Drawing from a sample keeps the shares of the words and is many times faster.
        self.pool = self.random.choices(self.words, weights, k=200_000)
        self.open_threads = []

    def text(self, octets, special, rare):
        lines, length = [], 0
        while length < octets:
            at = self.random.randrange(len(self.pool) - 20)
            line = self.pool[at:at + self.random.randint(4, 13)]
            if special and self.random.random() < 0.3:
                line[0] = self.random.choice(special)
            lines.append(" ".join(line))
            length += len(lines[-1]) + 2
            if self.random.random() < 0.15:
                lines.append("")
        if rare:
            lines.insert(self.random.randrange(len(lines) + 1), "a " + RARE_WORD + " flew by")
        return "\r\n".join(lines) + "\r\n"

    def encoded(self, text, charset, encoding):
        data = text.encode(charset, "replace")
        if encoding == "base64":
            return base64.encodebytes(data).replace(b"\n", b"\r\n")
        if encoding == "quoted-printable":
            return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        return data

    def text_part(self, octets, html, rare):
        charset, _, special = self.random.choices(CHARSETS, [c[1] for c in CHARSETS])[0]
        if charset in ("us-ascii", "iso-2022-jp"):
            encoding = "7bit"
        else:
            encoding = self.random.choices(("quoted-printable", "base64", "8bit"), (60, 25, 15))[0]
        text = self.text(octets, special, rare)
        if html:
            paragraphs = text.replace("\r\n\r\n", "</p>\r\n<p class=\"MsoNormal\">")
            text = f"<html><body>\r\n<p>{paragraphs}</p></body></html>\r\n"
        head = f"Content-Type: text/{'html' if html else 'plain'}; charset={charset}\r\n"
        head += f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
        return head.encode() + self.encoded(text, charset, encoding)

    def attachment(self, number):
        octets = int(min(800_000, max(2_000, self.random.lognormvariate(math.log(22_000), 1.0))))
        kind, name = self.random.choice((("application/pdf", "report.pdf"), ("image/jpeg", "photo.jpg"),
                                         ("application/zip", "files.zip")))
        data = base64.encodebytes(self.random.randbytes(octets)).replace(b"\n", b"\r\n")
        return (f"Content-Type: {kind}; name=\"{number}-{name}\"\r\nContent-Transfer-Encoding: base64\r\n"
                f"Content-Disposition: attachment; filename=\"{number}-{name}\"\r\n\r\n").encode() + data

    def multipart(self, kind, parts, boundary):
        head = f"Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n".encode()
        mark = b"--" + boundary.encode()
        return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"

    def content(self, number, rare):
        octets = int(min(100_000, max(300, self.random.lognormvariate(math.log(2_200), 0.9))))
        shape = self.random.random()
        if shape < 0.35:
            return self.text_part(octets, False, rare)
        parts = [self.text_part(octets, False, rare), self.text_part(octets * 2, True, False)]
        body = self.multipart("alternative", parts, f"alt-{number}")
        if shape < 0.89:
            return body
        attachments = [self.attachment(n) for n in range(self.random.choice((1, 1, 1, 2, 3)))]
        return self.multipart("mixed", [body, *attachments], f"mix-{number}")

    def thread(self, number):
        """Subject and References: a new conversation, or the answer to one that is still open."""
        if self.open_threads and self.random.random() < 0.6:
            thread = self.random.choice(self.open_threads)
            subject, references = "Re: " + thread["subject"], thread["ids"][-10:]
        else:
            thread = {"subject": " ".join(self.random.choices(self.pool, k=self.random.randint(2, 7))), "ids": []}
            self.open_threads = self.open_threads[-THREAD_OPEN_MAX:] + [thread]
            subject, references = thread["subject"], []
        thread["ids"].append(f"<{number}.{self.random.getrandbits(48):012x}@mail.example.org>")
        return subject, references, thread["ids"][-1]

    def message(self, number, rare_text, rare_subject):
        subject, references, own_id = self.thread(number)
        sender, receiver = self.random.choice(NAMES), self.random.choice(NAMES)
        minutes = number * 7
        hops = "".join(
            f"Received: from hop{hop}.example.net (hop{hop}.example.net [192.0.2.{hop + 1}])\r\n"
            f"\tby mx{hop}.example.org with ESMTPS id {self.random.getrandbits(40):x};\r\n"
            f"\t{self.date(minutes)}\r\n" for hop in range(self.random.randint(1, 4)))
        head = (f"{hops}From: {sender} Example <{sender.lower()}@example.org>\r\n"
                f"To: {receiver} Example <{receiver.lower()}@example.com>, list{number % 7}@example.com\r\n"
                f"Subject: {subject}{' ' + RARE_WORD if rare_subject else ''}\r\n"
                f"Date: {self.date(minutes)}\r\nMessage-ID: {own_id}\r\n")
        if references:
            head += f"In-Reply-To: {references[-1]}\r\nReferences: " + "\r\n ".join(references) + "\r\n"
        return (head + "MIME-Version: 1.0\r\n").encode() + self.content(number, rare_text)

    @staticmethod
    def date(minutes):
        day, minute = divmod(minutes, 1440)
        month, day = divmod(day, 28)
        year, month = divmod(month, 12)
        months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
        return f"{day + 1} {months[month]} {2024 + year} {minute // 60:02}:{minute % 60:02}:00 +0000"


def make(path, messages, seed):
    corpus, in_text, in_subject, octets = Corpus(seed), [], [], 0
    with open(path, "wb") as file:
        for n in range(messages):
            rare_text, rare_subject = n % RARE_EVERY == RARE_EVERY // 2, n % RARE_EVERY == RARE_EVERY // 3
            in_text += [n + 1] if rare_text else []
            in_subject += [n + 1] if rare_subject else []
            message = corpus.message(n, rare_text, rare_subject)
            octets += len(message)
            file.write(b"%d\n" % len(message) + message)
    manifest = {"seed": seed, "messages": messages, "octets": octets, "word": RARE_WORD, "body": in_text,
                "text": sorted(in_text + in_subject)}
    pathlib.Path(str(path) + ".json").write_text(json.dumps(manifest))
    return manifest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(make(options.file, options.messages, options.seed)))


if __name__ == "__main__":
    main()
