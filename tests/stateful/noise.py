"""Damage to commands: nonsense, wrong numbers, cut and doubled pieces."""

import re

from client import WAIT

HUGE = [b"0", b"4294967295", b"4294967296", b"18446744073709551616", b"-1", b"00001", b"9" * 40]
PIECES = [b"(", b")", b"((", b'"', b"\\", b"{", b"}", b"{5}", b"{3+}\r\nabc", b"~{2+}\r\nab", b"*", b"%", b"\0", b"\r", b"\n",
          b"\xff", b"\xc3\xa9", b" ", b"  ", b"NIL", b"&", b"&AGE-", b",", b":", b"$", b"\\Seen", b"[", b"]", b"BODY[", b"<0.1>",
          b"NOT ", b"OR ", b"(MODSEQ 1)", b"UID ", b"+", b"1:*", b"{99999999999}"]


def damaged(commands, rng):
    """`commands`: the pieces of each. All of it with tags, some of it broken."""
    out = b""
    for number, pieces in enumerate(commands):
        text = b"n%d " % number + b"".join(p for p in pieces if p is not WAIT)
        for _ in range(rng.choice([0, 1, 1, 2, 4])):
            text = rng.choice(DAMAGES)(text, rng)
        out += text
    return out


def insert(text, rng):
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(PIECES) + text[at:]


def delete(text, rng):
    at = rng.randint(0, len(text))
    return text[:at] + text[at + rng.choice([1, 1, 2, 8]):]


def flip(text, rng):
    at = rng.randrange(max(1, len(text)))
    return text[:at] + bytes([rng.randrange(256)]) + text[at + 1:]


def number(text, rng):
    found = list(re.finditer(rb"[0-9]+", text))
    if not found:
        return text
    one = rng.choice(found)
    return text[:one.start()] + rng.choice(HUGE) + text[one.end():]


def double(text, rng):
    first, last = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
    return text[:last] + text[first:last][:200] * rng.choice([1, 3, 50]) + text[last:]


def swap_words(text, rng):
    words = text.split(b" ")
    a, b = rng.randrange(len(words)), rng.randrange(len(words))
    words[a], words[b] = words[b], words[a]
    return b" ".join(words)


DAMAGES = [insert, insert, delete, flip, number, double, swap_words]
