"""A Postfix of a test's own, in front of a Roost: configuration, queue and ports are all its own.

Its programs come from the system's Postfix, or from build/postfix, where tools/install unpacks the Debian package
without installing it: an installed one would start, and would put out another mail server that is there.
"""

import os
import pathlib
import pwd
import signal
import socket
import subprocess
import tempfile
import shutil

from roost import ROOT, wait_for

UNPACKED = ROOT / "build/postfix"
# Any two that no other part of Postfix runs as.
OWNER = "postfix" if any(p.pw_name == "postfix" for p in pwd.getpwall()) else "mail"
GROUP = "postdrop" if OWNER == "postfix" else "daemon"

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
daemon_directory = {root}/usr/lib/postfix/sbin
command_directory = {root}/usr/sbin
shlib_directory = {root}/usr/lib/postfix
meta_directory = {directory}
mail_owner = {owner}
setgid_group = {group}
import_environment = MAIL_CONFIG LD_LIBRARY_PATH LANG=C
export_environment = MAIL_CONFIG LD_LIBRARY_PATH LANG=C
maillog_file = {directory}/maillog
maillog_file_prefixes = {directory}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mynetworks = 127.0.0.0/8
alias_maps =
message_size_limit = 50000000
minimal_backoff_time = 1s
queue_run_delay = 1s
default_transport = error:outside
relay_transport = error:outside
{settings}
"""

MASTER_CF = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
proxymap  unix - - n - - proxymap
error     unix - - n - - error
retry     unix - - n - - error
lmtp      unix - - n - - lmtp
anvil     unix - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def root():
    system = pathlib.Path("/")
    return system if (system / "usr/lib/postfix/sbin/master").exists() else UNPACKED


def as_root():
    return [] if os.geteuid() == 0 else ["sudo", "-n"]


class Postfix:
    """Use as a context manager. `settings` is what is added to main.cf, `files` what lies beside it (CONFIG there)."""

    def __init__(self, settings, files=()):
        self.settings = settings
        self.files = dict(files)
        self.port = free_port()

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="roost-postfix-"))
        self.directory.chmod(0o755)
        for name in ("queue", "data", "config"):
            (self.directory / name).mkdir()
        for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "pid",
                     "private", "public", "saved", "trace"):
            (self.directory / "queue" / name).mkdir()
        prefix = "" if root() == pathlib.Path("/") else root()
        values = dict(directory=self.directory, root=prefix, owner=OWNER, group=GROUP, port=self.port,
                      settings=self.settings.replace("CONFIG", str(self.directory / "config")))
        for name, text in self.files.items():
            (self.directory / "config" / name).write_text(text)
        (self.directory / "config/main.cf").write_text(MAIN_CF.format(**values))
        (self.directory / "config/master.cf").write_text(MASTER_CF.format(**values))
        owned = [self.directory / "data"] + [d for d in (self.directory / "queue").iterdir() if d.name != "pid"]
        subprocess.run([*as_root(), "chown", OWNER, *owned], check=True)
        subprocess.run([*as_root(), "chown", "root:root", self.directory / "config", self.directory / "queue",
                        self.directory / "queue/pid", *(self.directory / "config").iterdir()], check=True)
        self.process = subprocess.Popen(
            [*as_root(), "env", f"LD_LIBRARY_PATH={prefix}/usr/lib/postfix", f"MAIL_CONFIG={self.directory}/config",
             f"{prefix}/usr/lib/postfix/sbin/master", "-d", "-c", self.directory / "config"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        wait_for(self.answers, lambda: "Postfix does not answer: " + self.log())
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"Postfix ended: {self.process.stderr.read().decode()} {self.log()}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as s:
                return s.recv(4) == b"220 "
        except OSError:
            return False

    def log(self):
        read = subprocess.run([*as_root(), "cat", self.directory / "maillog"], capture_output=True, text=True, check=False)
        return read.stdout

    def __exit__(self, *_):
        if self.process.poll() is None:
            if as_root():
                subprocess.run([*as_root(), "kill", "-TERM", str(self.process.pid)], check=False)
            else:
                self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        if as_root():
            subprocess.run([*as_root(), "rm", "-rf", self.directory], check=False)
        else:
            shutil.rmtree(self.directory, ignore_errors=True)
