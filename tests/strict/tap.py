"""Listens in on a server under test, and holds what it said to everybody against the strict parser."""

import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from grammar import Wrong  # noqa: E402
from session import Session  # noqa: E402

HEAD = struct.Struct("=IIc3xI")
LIBRARY = HERE.parent.parent / "build/strict_tap.so"
FAILURES_SHOWN_MAX = 5


def library():
    """tap.c, compiled when it is newer."""
    source = HERE / "tap.c"
    if not LIBRARY.exists() or LIBRARY.stat().st_mtime < source.stat().st_mtime:
        LIBRARY.parent.mkdir(exist_ok=True)
        fresh = LIBRARY.with_suffix(f".{os.getpid()}")
        subprocess.run(["clang-19", "-O2", "-shared", "-fPIC", "-o", fresh, source, "-ldl"], check=True)
        fresh.rename(LIBRARY)
    return LIBRARY


class Tap:
    """Of one Server, over all its starts."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="roost-tap-"))
        self.file = self.directory / "octets"
        self.ports = {}  # of IMAP: whether TLS comes first

    def environment(self):
        return dict(os.environ, LD_PRELOAD=str(library()), ROOST_TAP=str(self.file))

    def note_ports(self, ports):
        self.ports.update({ports[name]: name == "imaps" for name in ("imap", "imaps") if name in ports})

    def check(self):
        """Throws AssertionError where the server said what it may not say; the record is kept then."""
        failures, sessions = [], []
        for connection in connections(self.file, self.ports):
            sessions.append(connection.session)
            connection.run()
            if connection.failure:
                failures.append(connection.failure)
        if failures:
            shown = "\n".join(failures[:FAILURES_SHOWN_MAX])
            raise AssertionError(f"{len(failures)} connections on which the server said what it may not say "
                                 f"(all octets: {self.file}):\n{shown}")
        self.discard()

    def discard(self):
        shutil.rmtree(self.directory, ignore_errors=True)


class Connection:
    def __init__(self, tls):
        self.session = Session(tls)
        self.events = []
        self.client_gone = False
        self.failure = None

    def run(self):
        try:
            for kind, data in self.events:
                self.take(kind, data)
        except Wrong as wrong:
            self.failure = f"  {wrong}\n{self.session.transcript()}"

    def take(self, kind, data):
        if kind == b"R":
            self.session.from_client(data)
        elif kind == b"W":
            self.session.from_server(data)
        elif kind == b"E":
            self.client_gone = True
        elif kind == b"C":
            self.session.closed_by_server(self.client_gone)


def connections(path, ports):
    """Those to IMAP, in the order in which they were accepted. One that a kill cut off has no end."""
    found, at_descriptor = [], {}
    with open(path, "rb") as file:
        while len(head := file.read(HEAD.size)) == HEAD.size:
            process, descriptor, kind, size = HEAD.unpack(head)
            data = file.read(size)
            if len(data) < size:
                break
            if kind == b"A":
                at_descriptor.pop((process, descriptor), None)
                port = int.from_bytes(data, sys.byteorder)
                if port in ports:
                    found.append(Connection(ports[port]))
                    at_descriptor[process, descriptor] = found[-1]
            elif (process, descriptor) in at_descriptor:
                at_descriptor[process, descriptor].events.append((kind, data))
    return found


def main():
    """usage: tests/strict/tap.py FILE PORT [TLS-PORT]      a record that a failed test has left"""
    ports = {int(sys.argv[2]): False, **({int(sys.argv[3]): True} if len(sys.argv) > 3 else {})}
    failed = 0
    for connection in connections(sys.argv[1], ports):
        connection.run()
        if connection.failure:
            failed += 1
            print(connection.failure)
    print(f"{failed} connections are wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
