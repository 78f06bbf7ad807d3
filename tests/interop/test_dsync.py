"""Dovecot's dsync over imapc: a backup, two-way synchronisation, a run that does nothing; and imapc as a mail store."""

import mailbox
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import tempfile

from filling import fill
from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok

FAST = False
PACKAGES = ["dovecot-core"]
# Dovecot opens no mail as root.
OWNER = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())

CONFIG = """
base_dir = {directory}
log_path = /dev/stderr
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_home = {directory}/home
mail_location = maildir:{directory}/maildir:LAYOUT=fs
imapc_host = 127.0.0.1
imapc_port = {port}
imapc_user = alice
imapc_password = {password}
imapc_ssl = {ssl}
ssl_client_ca_file = {directory}/certificate.pem
imapc_features = rfc822.size fetch-headers fetch-bodystructure search modseq send-id
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


class Doveadm:
    def __init__(self, server, tls):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="roost-dsync-"))
        shutil.copy(server.certificate, self.directory / "certificate.pem")
        (self.directory / "home").mkdir()
        for path in (self.directory, *self.directory.iterdir()):
            shutil.chown(path, OWNER.pw_uid, OWNER.pw_gid)
        (self.directory / "dovecot.conf").write_text(CONFIG.format(
            directory=self.directory, uid=OWNER.pw_uid, gid=OWNER.pw_gid, password=PASSWORD,
            port=server.ports["imaps" if tls else "imap"], ssl="imaps" if tls else "no"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, *words, stdin=""):
        as_owner = {"user": OWNER.pw_uid, "group": OWNER.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        environment = dict(os.environ, USER=OWNER.pw_name, HOME=str(self.directory / "home"))
        done = subprocess.run(["doveadm", "-c", self.directory / "dovecot.conf", *words], input=stdin, text=True,
                              capture_output=True, timeout=120, check=False, env=environment, cwd="/", **as_owner)
        assert done.returncode == 0 and not re.search("Error|Panic|Warning", done.stderr), (words, done)
        return done.stdout

    def remote(self, *words, stdin=""):
        """With Roost as Dovecot's store."""
        command, *rest = words
        return self.run("-o", "mail_location=imapc:", command, *rest, stdin=stdin)

    def subjects(self, name=""):
        """{subject: flags} of a local mailbox."""
        return {m["Subject"]: m.get_flags() for m in mailbox.Maildir(self.directory / "maildir" / name, create=False)}


def back_up(doveadm):
    doveadm.run("backup", "-R", "imapc:")
    assert doveadm.subjects() == {f"Message {n}": "S" if n % 2 else "" for n in range(1, 31)}
    assert doveadm.subjects("Work/Gr&APYA3w-e") == {"Message 100": "R"}
    stored = {m.as_bytes() for m in mailbox.Maildir(doveadm.directory / "maildir", create=False)}
    assert message(17).replace(b"\r\n", b"\n") in stored


def synchronise_both_ways(doveadm, client):
    doveadm.run("flags", "add", r"\Flagged", "mailbox", "INBOX", "uid", "4")
    doveadm.run("expunge", "mailbox", "INBOX", "uid", "5")
    doveadm.run("save", "-m", "INBOX", stdin=message(200).decode())
    ok(client.create("New"))
    ok(client.select())
    ok(client.uid("store", "9", "+FLAGS", r"(\Deleted)"))
    ok(client.expunge())
    ok(client.uid("store", "10", "+FLAGS", r"(\Answered)"))
    ok(client.uid("move", "11", "Archive"))
    doveadm.run("sync", "imapc:")
    ok(client.select())
    assert ok(client.uid("search", None, "FLAGGED")) == [b"4"]
    assert ok(client.uid("search", None, "UID", "1:12")) == [b"1 2 3 4 6 7 8 10 12"]
    assert len(ok(client.uid("search", None, "SUBJECT", '"Message 200"'))[0].split()) == 1
    here = doveadm.subjects()
    assert len(here) == 28 and here["Message 10"] == "R" and here["Message 4"] == "F", here
    assert list(doveadm.subjects("Archive")) == ["Message 11"] and not doveadm.subjects("New")


def do_nothing(doveadm, server):
    def state():
        names = ("INBOX", "Archive", "New")
        statuses = [server.command("mailbox", "status", "alice", name, "--json") for name in names]
        return statuses, sorted((doveadm.directory / "maildir").rglob("*:2,*"))

    before = state()
    doveadm.run("sync", "imapc:")  # without a state of its own: it reads a header of each message
    assert state() == before


def use_as_a_store(doveadm, client):
    assert "messages=28" in doveadm.remote("mailbox", "status", "messages", "INBOX")
    found = doveadm.remote("fetch", "uid flags body", "mailbox", "INBOX", "subject", "Message 7")
    assert "uid: 7\n" in found and "This is the body of message 7.\nGrüße!" in found.replace("\r", ""), found
    doveadm.remote("flags", "add", r"\Flagged $Label1", "mailbox", "INBOX", "uid", "7")
    doveadm.remote("move", "Trash", "mailbox", "INBOX", "uid", "8")
    doveadm.remote("copy", "Trash", "mailbox", "INBOX", "uid", "10")
    doveadm.remote("expunge", "mailbox", "INBOX", "uid", "12")
    doveadm.remote("save", "-m", "Trash", stdin=message(300).decode())
    doveadm.remote("mailbox", "rename", "New", "Newer")
    ok(client.select())
    assert ok(client.uid("search", None, "UID", "1:12")) == [b"1 2 3 4 6 7 10"]
    assert ok(client.uid("search", None, "KEYWORD", "$Label1")) == [b"7"]
    assert ok(client.select("Trash")) == [b"3"]
    assert ok(client.select("Newer")) == [b"0"]


def work(server, tls):
    fill(server, "INBOX", [(rb"(\Seen)" if n % 2 else b"()", message(n)) for n in range(1, 31)])
    client = imap(server, tls)
    ok(client.create("Work/Gr&APYA3w-e"))
    ok(client.append("Work/Gr&APYA3w-e", r"(\Answered)", None, message(100)))
    with Doveadm(server, tls) as doveadm:
        back_up(doveadm)
        synchronise_both_ways(doveadm, client)
        do_nothing(doveadm, server)
        use_as_a_store(doveadm, client)
    client.logout()


def test_synchronises_and_uses_roost_as_a_store():
    in_clear_and_with_tls(work)
