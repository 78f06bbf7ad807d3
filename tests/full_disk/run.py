#!/usr/bin/env python3
"""A server whose disk fills up: a file system of a few megabytes, of its own.

usage: tests/full_disk/run.py [--simulated]

What was expunged and is only kept for undelete goes first. Then new mail is refused (NO [LIMIT], LMTP 452), while reading,
flags, moving and expunging go on; so they do when the disk is truly full, because the server gives its reserve back; and
all is well once there is room again. Nothing that was acknowledged is missing at any point.

The small disk is a tmpfs in a mount namespace of this test's own, which takes root or unprivileged user namespaces.
Where neither is to be had (or with --simulated) the test says so, and the server is told how much room there is by a
statvfs() of ours (space.c). It is never skipped.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from roost import Lines, Server  # noqa: E402

DISK_BYTES = 96 << 20
FREE_BYTES_MIN = 24 << 20
RESERVE_BYTES = 4 << 20
CONFIG = f"""
[store]
free_bytes_min = {FREE_BYTES_MIN}
reserve_bytes = {RESERVE_BYTES}
write_buffer_bytes_max = 1048576
wal_bytes_max = 1048576
"""
LOGIN = ("alice", "wonder-land 1")
BODY = b"Subject: x\r\n\r\n" + b"0123456789abcdef" * 1000 + b"\r\n"
LARGE_BODY = b"Subject: large\r\n\r\n" + b"0123456789abcdef" * 20_000 + b"\r\n"


class Disk:
    def bodies(self):
        """How many large bodies lie on it."""
        return len(list((self.directory / "data/store/blobs").glob("??/*/*")))


class SimulatedDisk(Disk):
    """As large as it is; only what the server hears of it is made up."""

    is_real = False

    def __init__(self, directory):
        self.directory = directory
        self.library = directory / "space.so"
        self.told = directory / "data/store/space"  # which the sandbox lets the server read
        source = pathlib.Path(__file__).resolve().parent / "space.c"
        subprocess.run(["clang-19", "-O1", "-shared", "-fPIC", "-o", self.library, source], check=True)

    def environment(self, environment):
        loaded = f"{environment.get('LD_PRELOAD', '')}:{self.library}".strip(":")
        return dict(environment, LD_PRELOAD=loaded, ROOST_SPACE=str(self.told))

    def leave(self, bytes_free):
        reserve = self.directory / "data/store/reserve"
        now = self.told.with_suffix(".new")
        now.write_text(f"{bytes_free} {0 if not reserve.exists() else RESERVE_BYTES} {reserve}\n")
        now.rename(self.told)


class SmallDisk(Disk):
    """A small file system, and a file that takes what is left of it."""

    is_real = True

    def __init__(self, directory):
        self.directory = self.mount = directory
        self.ballast = directory / "ballast"

    def environment(self, environment):
        return environment

    def free(self):
        about = os.statvfs(self.mount)
        return about.f_bavail * about.f_frsize

    def leave(self, bytes_free):
        """Fills it up to there, or makes room again."""
        size = self.ballast.stat().st_size if self.ballast.exists() else 0
        size = max(0, size + self.free() - bytes_free)
        with open(self.ballast, "ab") as file:
            file.truncate(min(size, file.tell()))
            if size > file.tell():
                os.posix_fallocate(file.fileno(), 0, size)


class ServerOnDisk(Server):
    def __init__(self, disk, **arguments):
        super().__init__(**arguments)
        self.disk = disk

    def environment(self):
        return self.disk.environment(super().environment())


class Client:
    def __init__(self, server):
        self.server = server
        self.lines = Lines(server.connect())
        self.lines.line()
        self.lines.login(*LOGIN)
        self.lines.ok(b"SELECT INBOX")
        self.messages = {}  # uid: octets, as acknowledged

    def append(self, body=BODY):
        """The tagged answer."""
        answer = self.lines.command(b"APPEND INBOX {%d+}\r\n" % len(body) + body)[-1]
        if answer.startswith(b"t OK"):
            self.messages[int(re.search(rb"APPENDUID \d+ (\d+)", answer)[1])] = body
        return answer

    def deliver(self, body=BODY):
        """The answers to DATA's end."""
        lmtp = Lines(self.server.connect("lmtp"))
        lmtp.line()
        lmtp.send(b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<alice>\r\nDATA\r\n")
        while not lmtp.line().startswith(b"354"):
            pass
        lmtp.send(body + b".\r\n")
        answer = lmtp.line()
        lmtp.close()
        return answer

    def verify(self):
        """Every acknowledged message, octet for octet."""
        for uid, body in self.messages.items():
            response = self.lines.ok(b"UID FETCH %d BODY.PEEK[]" % uid)[0]
            assert b"{%d}\r\n" % len(body) + body in response, f"uid {uid}: {response[:200]!r}"

    def goes_on(self):
        """What must work however full the disk is: reading, flags, moving, expunging."""
        self.verify()
        first, second = sorted(self.messages)[:2]
        self.lines.ok(b"UID STORE %d +FLAGS (\\Flagged)" % first)
        self.lines.ok(b"UID STORE %d +FLAGS (\\Deleted)" % first)
        self.lines.ok(b"UID EXPUNGE %d" % first)
        self.lines.ok(b"UID MOVE %d Trash" % second)
        del self.messages[first], self.messages[second]
        self.verify()


def refused(answer, how):
    assert answer.startswith(how), answer


def what_was_expunged_goes_first(disk, client):
    """Its bodies lie on the disk until that fills up; then mail is taken in their place."""
    before = set(client.messages)
    for _ in range(10):
        refused(client.append(LARGE_BODY), b"t OK")
    for uid in set(client.messages) - before:
        client.lines.ok(b"UID STORE %d +FLAGS.SILENT (\\Deleted)" % uid)
        client.lines.ok(b"UID EXPUNGE %d" % uid)
        del client.messages[uid]
    kept = disk.bodies()
    disk.leave(FREE_BYTES_MIN - len(LARGE_BODY))
    refused(client.append(LARGE_BODY), b"t OK" if disk.is_real else b"t NO")
    assert disk.bodies() < kept, "what was expunged is still there"
    client.verify()
    disk.leave(FREE_BYTES_MIN + 4 * RESERVE_BYTES)
    refused(client.append(), b"t OK")


def nearly_full(disk, client):
    disk.leave(FREE_BYTES_MIN // 2)
    refused(client.append(), b"t NO [LIMIT]")
    refused(client.append(LARGE_BODY), b"t NO [LIMIT]")
    refused(client.deliver(), b"452")
    refused(client.deliver(LARGE_BODY), b"452")
    refused(client.lines.command(b"COPY 1 Trash")[-1], b"t NO [LIMIT]")
    client.goes_on()


def truly_full(disk, client, reserve):
    assert reserve.stat().st_size == RESERVE_BYTES
    disk.leave(FREE_BYTES_MIN // 40)  # below what is left for flags
    client.goes_on()
    assert not reserve.exists(), "the reserve was not given back"
    refused(client.append(), b"t NO [LIMIT]")
    refused(client.deliver(), b"452")


def play(disk):
    data = disk.directory / "data"
    data.mkdir()
    with ServerOnDisk(disk, config=CONFIG, data=data, users=(LOGIN,)) as server:
        client = Client(server)
        for _ in range(10):
            refused(client.append(), b"t OK")
        refused(client.append(LARGE_BODY), b"t OK")
        refused(client.deliver(), b"250")
        what_was_expunged_goes_first(disk, client)
        nearly_full(disk, client)
        truly_full(disk, client, data / "store/reserve")
        server.restart()  # on a full disk
        messages, client = client.messages, Client(server)
        client.messages = messages
        client.goes_on()
        disk.leave(FREE_BYTES_MIN + 4 * RESERVE_BYTES)
        refused(client.append(), b"t OK")
        refused(client.append(LARGE_BODY), b"t OK")
        refused(client.deliver(), b"250")
        assert (data / "store/reserve").stat().st_size == RESERVE_BYTES, "the reserve was not made again"
        client.verify()
        print(server.command("check"), end="")


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="roost-full-"))
    mounted = "--simulated" not in sys.argv and mount(directory)
    try:
        play(SmallDisk(directory) if mounted else SimulatedDisk(directory))
    except AssertionError as e:
        print(f"FAIL  {e}\n0 passed, 1 failed")
        return 1
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", directory])
        shutil.rmtree(directory, ignore_errors=True)
    print("1 passed, 0 failed")
    return 0


def mount(directory):
    """In our own namespace, where we came by unshare."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", directory], capture_output=True)
    if done.returncode != 0:
        print("No small file system can be mounted here: the server is told of one.", flush=True)
    return done.returncode == 0


def start():
    """Again in a mount namespace of our own, where that is allowed."""
    mine = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if os.environ.get("ROOST_FULL_DISK") is None and subprocess.run([*mine, "true"], capture_output=True).returncode == 0:
        os.environ["ROOST_FULL_DISK"] = "in a namespace"
        os.execvp(mine[0], [*mine, sys.executable, *sys.argv])
    if os.environ.get("ROOST_FULL_DISK") is None:
        sys.argv.append("--simulated")
        print("No mount namespace can be had here: the server is told of a small disk.", flush=True)
    return main()


if __name__ == "__main__":
    sys.exit(start())
