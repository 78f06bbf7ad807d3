"""fetchmail: fetches what is unseen and keeps it, fetches and deletes, and waits in IDLE for more."""

import re
import subprocess

from filling import fill
from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok
from roost import Server, wait_for

FAST = True
PACKAGES = ["fetchmail"]
NOTHING_NEW = 1


def configure(server, tls, name, options):
    """With `tls` None, STARTTLS."""
    fetched = server.data / f"fetched-{name}"
    fetched.mkdir()
    connection = {True: f"ssl sslcertck sslcertfile {server.certificate}", False: "sslproto ''",
                  None: f"sslproto TLS1.2+ sslcertck sslcertfile {server.certificate}"}[tls]
    rc = server.data / f"fetchmailrc-{name}"
    rc.write_text(
        f"poll localhost service {server.ports['imaps' if tls else 'imap']} protocol imap timeout 60\n"
        f"  user alice password \"{PASSWORD}\" {connection} {options}\n"
        f"  mda \"cat > $(mktemp {fetched}/XXXXXXXX)\"\n")
    rc.chmod(0o600)
    words = ["fetchmail", "--fetchmailrc", rc, "--idfile", server.data / "fetchids", "--pidfile",
             server.data / f"fetchmail-{name}.pid", "--nosyslog", "--nobounce", "--invisible"]
    return words, fetched


def fetchmail(words, status=0):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=120, check=False)
    assert done.returncode == status, done.stdout


def bodies(fetched):
    return sorted(file.read_bytes() for file in fetched.iterdir())


def expected(*numbers):
    return sorted(message(n).replace(b"\r\n", b"\n") for n in numbers)


def idle(words, fetched, client):
    process = subprocess.Popen([*words, "--idle"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(lambda: bodies(fetched) == expected(31), lambda: f"fetched {bodies(fetched)}")
        for number in (32, 33):
            ok(client.append("INBOX", None, None, message(number)))
            wait_for(lambda n=number: bodies(fetched) == expected(*range(31, n + 1)), f"{number} was not fetched")
        wait_for(lambda: ok(client.status("INBOX", "(MESSAGES)")) == [b"INBOX (MESSAGES 0)"], "not deleted")
    finally:
        process.terminate()
        process.communicate(timeout=30)


def work(server, tls):
    client = imap(server, tls)
    fill(server, "INBOX", [(rb"(\Seen)" if n > 15 else b"()", message(n)) for n in range(1, 21)])
    words, fetched = configure(server, tls, "keep", "keep")
    fetchmail(words)
    assert bodies(fetched) == expected(*range(1, 16))
    fetchmail(words, NOTHING_NEW)
    assert ok(client.select()) == [b"20"]
    assert ok(client.search(None, "UNSEEN")) == [b""]

    words, fetched = configure(server, tls, "take", "fetchall nokeep")
    fetchmail(words)
    assert bodies(fetched) == expected(*range(1, 21))
    assert ok(client.select()) == [b"0"]

    # A mailbox of the user's own, and headers only where a message is too large.
    server.command("mailbox", "create", "alice", "Lists")
    ok(client.append("Lists", None, None, message(21)))
    ok(client.append("Lists", None, None, message(22, body="x" * 60 + "\n" + "y" * 6000)))
    words, fetched = configure(server, tls, "lists", "nokeep folder Lists limit 3000")
    fetchmail(words)
    assert bodies(fetched) == expected(21)
    assert ok(client.select("Lists")) == [b"1"]
    ok(client.close())

    ok(client.append("INBOX", None, None, message(31)))
    idle(*configure(server, tls, "idle", "nokeep"), client)
    client.logout()


def test_fetches_keeps_deletes_and_waits_in_idle():
    in_clear_and_with_tls(work)


def test_fetches_over_starttls():
    with Server() as server:
        fill(server, "INBOX", [message(1)])
        words, fetched = configure(server, None, "starttls", "nokeep")
        fetchmail(words)
        assert bodies(fetched) == expected(1)
        assert re.findall(r" login .* tls=(\S+)", server.log_text())[-1] != "none"
