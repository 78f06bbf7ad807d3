"""Commands that bring messages: APPEND with CATENATE, binary literals and several at once, and REPLACE."""

import time
from urllib.parse import quote

from client import WAIT
from content import Content, some_date, some_message
from model import Message, expect
from operation import Operation, Target, answered, expand, some_flags, some_name, some_set, wire_name
from quotas import exceeds, verdicts

CLOCK_SECONDS = 5  # that SAVEDATE may be off


class Coming:
    """One message on its way. `pieces` begin and end with text; `content()` is what arrives, None if it is refused."""

    def __init__(self, pieces, content):
        self.pieces, self.content = pieces, content


def whole(world, rng):
    """In one literal, perhaps a binary one (RFC 3516 4.4), perhaps with a NUL."""
    body, binary = some_message(world.new_serial(), rng), rng.random() < 0.15
    content = Content(body)
    world.made.add(body)
    if binary and rng.random() < 0.4:
        header = body.split(b"\r\n\r\n")[0].split(b"\r\nMIME-Version")[0]
        body = header + b"\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\r\n\0word\r\n"
        content = Content()
    return Coming(literal(b"", body, rng, binary), lambda: content)


def literal(before, data, rng, binary=False):
    waits = rng.random() < 0.2
    announced = f"{'~' if binary else ''}{{{len(data)}{'' if waits else '+'}}}\r\n".encode()
    return [before + announced] + ([WAIT] if waits else []) + [data, b""]


def catenated(world, rng):
    """RFC 4469: a text, then parts of messages that are there, or not."""
    body = some_message(world.new_serial(), rng).replace(b"Content-Transfer-Encoding: base64\r\n", b"")
    pieces, parts = literal(b"CATENATE (TEXT ", body, rng), [lambda: body]
    for _ in range(rng.randint(1, 3)):
        if rng.random() < 0.3:
            text = b"more text\r\n"
            more = literal(b" TEXT ", text, rng)
            parts.append(lambda: text)
        else:
            url, part = some_url(world, rng)
            more = [b' URL "' + url.encode() + b'"']
            parts.append(part)
        pieces = followed(pieces, more)
    return Coming(followed(pieces, [b")"]), lambda: composed(parts))


def followed(pieces, more):
    """What ends with text and what begins with it have one piece of it between them."""
    return pieces[:-1] + [pieces[-1] + more[0]] + more[1:]


def composed(parts):
    octets = [part() for part in parts]
    if any(o is None for o in octets):
        return None
    return Content() if any(o is ... for o in octets) else Content(b"".join(octets))


def some_url(world, rng):
    """RFC 5092, and URL-PARTIAL of RFC 5550: (URL, what it stands for when it is followed; None: nothing)"""
    name = some_name(world, rng, 0.95)
    box = world.account.mailboxes.get(name)
    uid = rng.choice(box.uids()) if box and box.messages and rng.random() < 0.9 else rng.randint(1, 50)
    validity = box.uidvalidity if box and rng.random() < 0.4 else None
    section = rng.choice(["", "", "HEADER", "TEXT", "1"])
    length = rng.randint(1, 30) if rng.random() < 0.3 else None
    url = f"/{quote(name)}" + (f";UIDVALIDITY={validity}" if validity else "") + f"/;UID={uid}"
    url += (f"/;SECTION={section}" if section else "") + (f"/;PARTIAL=0.{length}" if length else "")

    def part():
        mailbox = world.account.mailboxes.get(name)
        message = mailbox.messages.get(uid) if mailbox else None
        if message is None or validity and mailbox.uidvalidity != validity:
            return None
        if message.body is None:
            return ...
        content = message.content
        header = message.body[:-len(content.text())] if content.text() else message.body
        return {"": message.body, "HEADER": header}.get(section, content.text())[:length]

    return url, part


def coming_and_how(world, rng):
    """A message with its flags and date: (pieces, Coming, flags, date)"""
    coming = catenated(world, rng) if rng.random() < 0.15 else whole(world, rng)
    flags, date = some_flags(rng), some_date(rng) if rng.random() < 0.6 else None
    head = (f" ({' '.join(flags)})" if flags or rng.random() < 0.3 else "") + (f' "{date}"' if date else "") + " "
    return [head.encode() + coming.pieces[0]] + coming.pieces[1:], coming, flags, f'"{date}"'.encode() if date else None


def append(world, c, rng):
    name = some_name(world, rng, 0.95)
    pieces, messages = [f"APPEND {wire_name(c, name, rng)}".encode()], []
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        more, coming, flags, date = coming_and_how(world, rng)
        pieces = followed(pieces, more)
        messages.append((coming, flags, date))
    pieces[-1] += b"\r\n"
    started = time.time()

    def finish(command, response):
        mailbox = world.account.mailboxes.get(name)
        contents = [coming.content() for coming, _, _ in messages]
        if len(messages) > (world.limit or len(messages)):
            answered(response, "NO")
        else:
            over = exceeds(world.account, [c.size for c in contents if c])
            answered(response, *(verdicts(over) if mailbox and None not in contents else ["NO"]))
        if response.name == "OK":
            arrived(world, mailbox, response.value, [(c, f, d) for c, (_, f, d) in zip(contents, messages)], started)
        elif mailbox and None in contents and not world.limit and not world.account.limits:
            expect(response.code == "BADURL", lambda: f"NO [{response.code}] to a URL that leads nowhere")
        c.absorb(command)

    return Operation("", finish, pieces)


def arrived(world, mailbox, code, messages, started):
    uidvalidity, ranges = code
    expect(mailbox.uidvalidity in (None, uidvalidity), "APPENDUID has another UIDVALIDITY")
    mailbox.uidvalidity = uidvalidity
    saved = started - CLOCK_SECONDS, time.time() + CLOCK_SECONDS
    for uid, (content, flags, date) in zip(expand(ranges), messages, strict=True):
        mailbox.add(Message(uid, flags, content, date=date, saved=saved))


def replace(world, c, rng):
    """RFC 8508: one message comes, another goes."""
    by_uid = c.session.uid_only or rng.random() < 0.5
    text = some_set(c, rng, by_uid).replace(":", ",").split(",")[0]
    name = some_name(world, rng, 0.95)
    more, coming, flags, date = coming_and_how(world, rng)
    command = f"{'UID ' if by_uid else ''}REPLACE {text} {wire_name(c, name, rng)}".encode()
    pieces = [command + more[0]] + more[1:]
    pieces[-1] += b"\r\n"
    started = time.time()

    def finish(command, response):
        if c.session.uid_only and not by_uid:
            answered(response, "BAD")
            return c.absorb(command)
        target, destination = Target(c, text, by_uid), world.account.mailboxes.get(name)
        content = coming.content()
        if target.untold:
            world.uncertain = True
        elif target.bad or c.read_only or not destination or not target.live or content is None:
            answered(response, *(["BAD", "NO"] if target.bad else ["NO"]))
        else:
            going = [c.mailbox.messages[u].size for u in target.live]
            answered(response, *verdicts(exceeds(world.account, [content.size], instead_of=going)))
            if response.name == "OK":
                code = next(r.value for r in command.told if r.code == "APPENDUID")
                arrived(world, destination, code, [(content, flags, date)], started)
                c.mailbox.remove(target.live)
        c.absorb(command)

    return Operation("", finish, pieces)
