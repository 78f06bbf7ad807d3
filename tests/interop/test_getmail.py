"""getmail: fetches what it has not seen, waits in IDLE for more, and deletes on the server when told to."""

import json
import re
import subprocess

from filling import fill
from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok
from roost import wait_for

FAST = True
PACKAGES = ["getmail6"]


def configure(server, tls, name, options):
    directory = server.data / f"fetched-{name}"
    directory.mkdir()
    rc = server.data / f"getmailrc-{name}"
    connection = (f"type = SimpleIMAPSSLRetriever\nport = {server.ports['imaps']}\nca_certs = {server.certificate}\n"
                  if tls else f"type = SimpleIMAPRetriever\nport = {server.ports['imap']}\n")
    rc.write_text(
        f"[retriever]\n{connection}server = localhost\nusername = alice\npassword = {PASSWORD}\n"
        f'mailboxes = ("INBOX", "Work/Größe")\n\n'
        # It refuses to write a Maildir as root, but not to start a program.
        f"[destination]\ntype = MDA_external\npath = /bin/sh\nallow_root_commands = true\n"
        f"""arguments = ("-c", 'cat > "$(mktemp {directory}/XXXXXXXX)"')\n\n"""
        f"[options]\nreceived = false\ndelivered_to = false\n{options}\n")
    return rc, directory


def getmail(server, rc):
    """Gives how many messages were fetched."""
    done = subprocess.run(["getmail", "--getmaildir", server.data, "--rcfile", rc], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    retrieved = re.search(r"^  (\d+) messages \(\d+ bytes\) retrieved, ", done.stdout, re.M)
    assert done.returncode == 0 and retrieved and "rror" not in done.stdout, done.stdout
    return int(retrieved[1])


def idle(server, rc, directory, client):
    """It stays, and fetches what comes."""
    words = ["getmail", "--getmaildir", server.data, "--rcfile", rc, "--idle", "INBOX"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for number in (10, 11):
            wait_for(lambda: json.loads(server.command("status", "--json"))["idling"] == 1, "it does not wait")
            ok(client.append("INBOX", None, None, message(number)))
            wait_for(lambda n=number: bodies(directory) == expected(*range(1, n + 1), 100), f"{number} did not come")
    finally:
        process.kill()  # it loses an interrupt that comes while it stores a message
        process.wait(30)


def bodies(directory):
    """What was fetched, without the fields that getmail adds."""
    added = re.compile(rb"^(?:Return-Path|X-getmail-retrieved-from-mailbox): .*\n", re.M)
    return sorted(added.sub(b"", file.read_bytes()) for file in directory.iterdir())


def expected(*numbers):
    return sorted(message(n).replace(b"\r\n", b"\n") for n in numbers)


def work(server, tls):
    server.command("mailbox", "create", "alice", "Work/Größe")
    client = imap(server, tls)
    fill(server, "INBOX", [message(n) for n in range(1, 9)])
    ok(client.append('"Work/Gr&APYA3w-e"', None, None, message(100)))

    rc, directory = configure(server, tls, "keep", "read_all = false\ndelete = false")
    assert getmail(server, rc) == 9
    assert bodies(directory) == expected(*range(1, 9), 100)
    ok(client.append("INBOX", None, None, message(9)))
    assert getmail(server, rc) == 1
    assert getmail(server, rc) == 0
    assert bodies(directory) == expected(*range(1, 10), 100)
    assert ok(client.select()) == [b"9"]
    assert ok(client.search(None, "SEEN")) == [b""]

    idle(server, rc, directory, client)

    # A second one takes everything away.
    rc, directory = configure(server, tls, "take", "read_all = true\ndelete = true")
    assert getmail(server, rc) == 12
    assert bodies(directory) == expected(*range(1, 12), 100)
    assert ok(client.select()) == [b"0"]
    assert ok(client.select('"Work/Gr&APYA3w-e"')) == [b"0"]
    client.logout()


def test_takes_new_mail_once_waits_in_idle_and_deletes_when_told_to():
    in_clear_and_with_tls(work)
