"""neomutt at a terminal: SCRAM, header cache, flags, moving a message, deleting one."""

import os
import pty
import re
import select
import subprocess
import time

from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok

FAST = True
PACKAGES = ["neomutt"]


class Terminal:
    """A program on a pseudo-terminal: keys go in, the screen's bytes come out."""

    def __init__(self, words, env):
        self.screen = b""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True)
        os.close(slave)

    def wait_for(self, pattern, seconds=60):
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.screen):
            left = deadline - time.monotonic()
            assert left > 0, f"{pattern!r} did not show: {self.screen[-1500:]!r}"
            if select.select([self.master], [], [], left)[0]:
                try:
                    self.screen += os.read(self.master, 65536)
                except OSError:
                    break
        assert re.search(pattern, self.screen), self.screen[-1500:]

    def type(self, keys):
        self.screen = b""
        os.write(self.master, keys)

    def end(self, seconds=60):
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    os.read(self.master, 65536)
                except OSError:
                    break
        assert self.process.wait(10) == 0
        os.close(self.master)


def start(server, tls):
    folder = f"imaps://localhost:{server.ports['imaps']}" if tls else f"imap://localhost:{server.ports['imap']}"
    rc = server.data / "neomuttrc"
    rc.write_text(
        f"set imap_user=alice imap_pass='{PASSWORD}' folder='{folder}/' spoolfile='+INBOX'\n"
        f"set ssl_ca_certificates_file='{server.certificate}' certificate_file='{server.certificate}'\n"
        f"set ssl_starttls={'yes' if tls else 'no'} ssl_force_tls=no header_cache='{server.data}/cache/'\n"
        "set imap_authenticators='scram-sha-256:plain:login' imap_idle=yes sleep_time=0 delete=yes move=no\n"
        "set confirmappend=no wait_key=no timeout=1 mail_check=1 quit=yes sort=date\n"
        "color index default default '~A'\n")
    (server.data / "cache").mkdir(exist_ok=True)
    env = dict(os.environ, TERM="xterm", HOME=str(server.data), LINES="40", COLUMNS="120", LANG="C.UTF-8")
    return Terminal(["neomutt", "-n", "-F", str(rc)], env)


def work(server, tls):
    client = imap(server, tls)
    for number in range(1, 6):
        ok(client.append("INBOX", None, None, message(number)))
    mutt = start(server, tls)
    mutt.wait_for(rb"Message 5")
    mutt.type(b"1\n\n")  # to message 1, and open it
    mutt.wait_for(rb"body of message 1")
    mutt.type(b"i")
    mutt.wait_for(rb"Message 5")
    mutt.type(b"2\nF")  # flag message 2
    mutt.type(b"3\nd")  # delete message 3
    mutt.type(b"4\ns=Archive\n")  # save (move) message 4
    mutt.type(b"$")
    mutt.wait_for(rb"Purge 2 deleted messages")
    mutt.type(b"y")
    # New mail shows by itself.
    ok(client.append("INBOX", None, None, message(6, subject="Fresh mail")))
    mutt.wait_for(rb"Fresh mail")
    mutt.type(b"q")
    mutt.end()

    assert ok(client.select()) == [b"4"]
    assert ok(client.search(None, "SEEN")) == [b"1"]
    assert ok(client.search(None, "FLAGGED")) == [b"2"]
    assert ok(client.search(None, "SUBJECT", '"Message 3"')) == [b""]
    assert ok(client.search(None, "SUBJECT", '"Message 4"')) == [b""]
    assert ok(client.select("Archive")) == [b"1"]
    assert ok(client.search(None, "SUBJECT", '"Message 4"')) == [b"1"]
    client.logout()


def test_reads_flags_moves_deletes_and_hears_of_new_mail():
    in_clear_and_with_tls(work)
