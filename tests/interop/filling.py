"""Many messages in one MULTIAPPEND, so that a test of a client waits for one commit and not for a hundred."""

from mail import PASSWORD
from roost import Lines


def fill(server, mailbox, messages, user="alice"):
    """Appends `messages`, each the octets, or (flags, octets) with flags such as rb"(\\Seen)"."""
    words = [f"APPEND {mailbox}".encode()]
    for one in messages:
        flags, octets = one if isinstance(one, tuple) else (b"()", one)
        words.append(b"%s {%d+}\r\n%s" % (flags, len(octets), octets))
    connection = Lines(server.connect())
    connection.line()
    connection.login(user, PASSWORD)
    connection.ok(b" ".join(words))
    connection.close()
