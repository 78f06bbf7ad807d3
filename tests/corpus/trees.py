"""Messages grown at random from SEED: trees of parts in many charsets and encodings, whose structure is known because the
tree was there before the octets."""

import base64
import quopri
import random

from expect import Envelope, Fields, Leaf, Multipart, Nested, address
from model import SEED, add, crlf

COUNT = 40
DEPTH_MAX = 4
WORDS = [  # charset, Python's codec, words
    ("us-ascii", "ascii", "quick brown fox jumps over lazy dogs"),
    ("utf-8", "utf-8", "Grüße naïve Привет 日本語 ﬁn Ångström"),
    ("iso-8859-1", "latin-1", "crème brûlée Müßiggang señor"),
    ("iso-8859-15", "iso-8859-15", "œuvre 5€ être"),
    ("windows-1251", "cp1251", "съешь ещё этих мягких булок"),
    ("koi8-r", "koi8-r", "широкая электрификация южных губерний"),
    ("shift_jis", "shift_jis", "いろはにほへと ちりぬるを"),
    ("gb18030", "gb18030", "天地玄黄 宇宙洪荒"),
    ("euc-kr", "euc-kr", "키스의 고유조건은"),
]
ENCODERS = {
    "base64": lambda octets: base64.encodebytes(octets).replace(b"\n", b"\r\n")[:-2],
    "quoted-printable": lambda octets: quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n"),
    "8bit": lambda octets: octets,
}


class Tree:
    """One message in the making. `needles` are words that its text parts have, `hidden` those of its attachments."""

    def __init__(self, rng):
        self.rng = rng
        self.needles = []
        self.hidden = []
        self.serial = 0

    def word(self):
        self.serial += 1
        return f"n{self.serial}x{self.rng.randrange(16**6):06x}"

    def encoded_word(self):
        """(as it stands in a header, what it says)"""
        charset, codec, words = self.rng.choice(WORDS)
        said = f"{self.rng.choice(words.split())} {self.word()}"
        octets = said.encode(codec)
        if self.rng.random() < 0.5:
            return f"=?{charset}?B?{base64.b64encode(octets).decode()}?=", said
        return f"=?{charset}?Q?{''.join('_' if o == 32 else f'={o:02X}' for o in octets)}?=", said

    def envelope(self):
        """(header lines, Envelope, what Subject says)"""
        raw, said = self.encoded_word()
        person, _ = self.encoded_word()
        date = f"{self.rng.randrange(1, 29)} Nov {self.rng.randrange(1990, 2030)} 12:{self.rng.randrange(10, 60)}:00 +0100"
        lines = f"Subject: {raw}\nFrom: {person} <{self.word()}@example.org>\nDate: {date}\n"
        author = lines.split("<")[1].split(">")[0]
        return lines, Envelope(date=date, subject=raw, author=(address(author, person),)), said

    def part(self, depth):
        """(header lines, structure with its body)"""
        roll = self.rng.random()
        if depth < DEPTH_MAX and roll < 0.35:
            return self.multipart(depth)
        if depth < DEPTH_MAX and roll < 0.5:
            return self.nested(depth)
        return self.attachment() if roll < 0.65 else self.text()

    def text(self):
        charset, codec, words = self.rng.choice(WORDS)
        lines = []
        for _ in range(self.rng.randrange(1, 5)):
            line = f"{self.rng.choice(words.split())} {self.word()}"
            self.needles.append(line)
            lines.append(f"{' '.join(self.rng.choices(words.split(), k=3))} {line}")
        encoding = self.rng.choice(list(ENCODERS))
        body = ENCODERS[encoding]("\r\n".join(lines).encode(codec))
        subtype = self.rng.choice(["plain", "html", "x-odd"])
        head = f"Content-Type: text/{subtype}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n"
        return head, Leaf(body, "TEXT", subtype.upper(), {"charset": charset}, encoding.upper())

    def attachment(self):
        word = self.word()
        self.hidden.append(word)
        body = ENCODERS["base64"](word.encode() + self.rng.randbytes(self.rng.randrange(300)))
        head = (
            f'Content-Type: application/octet-stream; name="{word[:4]}.bin"\nContent-Transfer-Encoding: base64\n'
            f"Content-Disposition: attachment;\n filename*0={word[:2]}; filename*1={word[2:4]}.bin\nContent-ID: <{self.serial}@b>\n"
        )
        fields = Fields(id=f"<{self.serial}@b>", disposition=("ATTACHMENT", {"filename": f"{word[:4]}.bin"}))
        return head, Leaf(body, "APPLICATION", "OCTET-STREAM", {"name": f"{word[:4]}.bin"}, "BASE64", fields)

    def multipart(self, depth):
        boundary = f"={self.rng.choice(['_', '-', '='])}{self.word()}"
        subtype = self.rng.choice(["mixed", "alternative", "related", "parallel"])
        body = self.rng.choice([b"", crlf("preamble of no interest\n")])
        parts = []
        for _ in range(self.rng.randrange(1, 4)):
            head, part = self.part(depth + 1)
            part.header = crlf(head + "\n")
            body += crlf(f"--{boundary}\n") + part.header + part.body + b"\r\n"
            parts.append(part)
        body += crlf(f"--{boundary}--") + self.rng.choice([b"", b"\r\n", crlf("\nepilogue of no interest\n")])
        head = f'Content-Type: multipart/{subtype};\n\tboundary="{boundary}"\n'
        return head, Multipart(parts, subtype.upper(), boundary, body=body)

    def nested(self, depth):
        lines, envelope, _ = self.envelope()
        head, inner = self.part(depth + 1)
        inner_header = crlf(lines + head + "\n")
        part = Nested(inner_header + inner.body, envelope=envelope, inner=inner, inner_header=inner_header)
        return "Content-Type: message/rfc822\n", part


def grow(number):
    tree = Tree(random.Random(SEED + number))
    lines, envelope, said = tree.envelope()
    head, root = tree.part(0)
    octets = crlf(lines + "MIME-Version: 1.0\n" + head + "\n") + root.body
    also = {"subject": [said], "body": tree.needles, "lacks": tree.hidden}
    add(f"tree-{number:02}", octets, envelope, root, [said, *tree.needles], also, why=f"grown at random, number {number}")


for one in range(COUNT):
    grow(one)
