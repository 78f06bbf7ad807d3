#!/usr/bin/env python3
"""Installs Debian's Dovecot and runs it beside Roost, on loopback, with a configuration and directories of its own.

usage: tests/bench/peers.py install        its packages; no service of the system is started or stopped
       tests/bench/peers.py serve FLAVOUR  runs one in build/bench/peers until it is interrupted; prints its ports

A FLAVOUR is one of shipped, tuned, newest and newest-tuned. All keep mail as sdbox and sync it as Dovecot ships
(mail_fsync = optimized). `tuned` has what its documentation gives for many clients: login processes that serve many,
imap processes that are used again, higher limits. `newest` is a Dovecot from 2.4 on that is installed elsewhere:
ROOST_BENCH_DOVECOT names its prefix. With 100 users named bench0 to bench99.
"""

import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from dovecot_config import BASE, BASE_24, SHIPPED, TUNED, in_24

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PEERS = ROOT / "build/bench/peers"
PACKAGES = ["dovecot-imapd", "dovecot-lmtpd"]
POLICY = pathlib.Path("/usr/sbin/policy-rc.d")
OWN_USER = "roost-peer"
INOTIFY = pathlib.Path("/proc/sys/fs/inotify/max_user_instances")
INOTIFY_INSTANCES = 20_000
READY_SECONDS_MAX = 30
NEWEST = "ROOST_BENCH_DOVECOT"
FLAVOURS = {"shipped": SHIPPED, "tuned": TUNED, "newest": in_24(SHIPPED), "newest-tuned": in_24(TUNED)}
PASSWORD = "bench-pw 1"


def install():
    missing = [p for p in PACKAGES if subprocess.run(["dpkg", "-s", p], capture_output=True).returncode != 0]
    if missing:
        # While this file is there, Debian's packages start nothing.
        ours = not POLICY.exists()
        if ours:
            POLICY.write_text("#!/bin/sh\nexit 101\n")
            POLICY.chmod(0o755)
        try:
            subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True,
                           env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"), stdout=subprocess.DEVNULL)
        finally:
            if ours:
                POLICY.unlink()
    if os.geteuid() == 0 and subprocess.run(["id", OWN_USER], capture_output=True).returncode != 0:
        subprocess.run(["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin",
                        OWN_USER], check=True)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def program_of(flavour):
    if flavour.startswith("newest"):
        if NEWEST not in os.environ:
            raise SystemExit(f"Set {NEWEST} to where a Dovecot 2.4 is installed (its prefix).")
        return os.environ[NEWEST] + "/sbin/dovecot"
    if not os.access("/usr/sbin/dovecot", os.X_OK):
        raise SystemExit("There is no dovecot here: tests/bench/peers.py install")
    return "/usr/sbin/dovecot"


class Dovecot:
    """A context manager, with the same `ports`, `pid`, `data`, `start()` and `stop()` as a Roost of the tests has.

    It syncs nothing until durable() is called, so that large mailboxes are filled in good time.
    """

    def __init__(self, flavour, where=PEERS):
        self.program = program_of(flavour)
        self.name, self.flavour, self.fsync = f"Dovecot ({flavour})", flavour, "never"
        self.data = pathlib.Path(where) / flavour
        self.process = None
        self.ports = dict(zip(("imap", "imaps", "lmtp"), free_ports(3)))
        self.inotify_before = None

    def __enter__(self):
        shutil.rmtree(self.data, ignore_errors=True)
        (self.data / "home").mkdir(parents=True)
        (self.data / "state").mkdir()
        (self.data / "users").touch()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=peer",
                        "-keyout", self.data / "key.pem", "-out", self.data / "certificate.pem"],
                       check=True, capture_output=True)
        if self.flavour.endswith("tuned"):
            self.raise_inotify()
        return self.start()

    def __exit__(self, *_):
        self.stop()
        if self.inotify_before is not None:
            INOTIFY.write_text(self.inotify_before)
        shutil.rmtree(self.data, ignore_errors=True)

    def add_users(self, users):
        (self.data / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users))

    def durable(self):
        """From now on as it ships."""
        self.stop()
        self.fsync = "optimized"
        self.start()

    def connect(self, name="imap"):
        return socket.create_connection(("127.0.0.1", self.ports[name]), timeout=60)

    def configuration(self):
        root = os.geteuid() == 0
        own = pwd.getpwnam(OWN_USER) if root else pwd.getpwuid(os.geteuid())
        if root:
            os.chown(self.data / "home", own.pw_uid, own.pw_gid)
        group = subprocess.run(["id", "-gn", own.pw_name], capture_output=True, text=True, check=True).stdout.strip()
        if self.flavour.startswith("newest"):
            said = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout
            base, version = BASE_24, re.match(r"[\d.]+", said)[0]
        else:
            base, version = BASE, None
        return base.format(
            version=version, dir=self.data, user=own.pw_name, group=group, fsync=self.fsync, **self.ports, **FLAVOURS[self.flavour],
            internal_user="dovecot" if root else own.pw_name, internal_group="dovecot" if root else group,
            login_user="dovenull" if root else own.pw_name, login_chroot="" if root else "chroot =")

    def raise_inotify(self):
        try:
            before = INOTIFY.read_text()
            INOTIFY.write_text(str(INOTIFY_INSTANCES))
            self.inotify_before = before
        except OSError as error:
            print(f"  ({INOTIFY} stays at {INOTIFY.read_text().strip()}: {error.strerror})")

    def start(self):
        (self.data / "dovecot.conf").write_text(self.configuration())
        self.process = subprocess.Popen([self.program, "-F", "-c", self.data / "dovecot.conf"],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=raise_files,
                                        start_new_session=True)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while True:
            try:
                with self.connect() as connection:
                    if connection.recv(100).startswith(b"* OK"):
                        return self
            except OSError:
                pass
            if time.monotonic() > deadline or self.process.poll() is not None:
                log = self.data / "dovecot.log"
                raise SystemExit("dovecot did not start: " + (log.read_text()[-2000:] if log.exists() else "no log"))
            time.sleep(0.05)

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            self.process = None

    @property
    def pid(self):
        return self.process.pid


def raise_files():
    """Dovecot's processes take their limit of open files from the master's."""
    import resource
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main():
    words = sys.argv[1:]
    if words == ["install"]:
        return install()
    if len(words) == 2 and words[0] == "serve" and words[1] in FLAVOURS:
        with Dovecot(words[1]) as dovecot:
            dovecot.add_users([f"bench{n}" for n in range(100)])
            dovecot.durable()
            print(dovecot.ports, flush=True)
            try:
                signal.pause()
            except KeyboardInterrupt:
                return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
