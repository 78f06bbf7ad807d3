"""A server that writers keep busy until it dies, and what must be there when it is up again."""

import collections
import pathlib
import struct
import subprocess
import tempfile
import threading
import time

from writer_model import read_all
from roost import Lines, Server
from writer import PASSWORD, Writer

WRITERS = 8
ACCOUNTS = 4
SECONDS_AHEAD = 7200  # more at each restart
SECONDS_TO_SETTLE = 60
# Small tails and little memory: checkpoints, flushes and compactions are under way when the server dies.
CONFIG = """
[mail]
tail_bytes_min = 16384
retention_seconds = 3600
[store]
write_buffer_bytes_max = 4194304
"""


class LaterServer(Server):
    """Its wall clock is ahead, by more at each start, and jumps ahead by jump()."""

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.ahead = 0
        self.tools = tempfile.TemporaryDirectory(prefix="roost-clock-")
        self.clock, self.told = (pathlib.Path(self.tools.name) / name for name in ("clock.so", "ahead"))
        self.told.write_bytes(struct.pack("q", 0))
        source = pathlib.Path(__file__).resolve().parent / "clock.c"
        subprocess.run(["clang-19", "-O1", "-shared", "-fPIC", "-o", self.clock, source], check=True)

    def environment(self):
        environment = super().environment()
        loaded = f"{environment.get('LD_PRELOAD', '')}:{self.clock}".strip(":")
        return dict(environment, LD_PRELOAD=loaded, ROOST_CLOCK_FILE=str(self.told))

    def start(self):
        self.jump(SECONDS_AHEAD)
        return super().start()

    def jump(self, seconds):
        self.ahead += seconds
        with open(self.told, "r+b") as told:
            told.write(struct.pack("q", self.ahead))


class Keeper(threading.Thread):
    """Has one account after the other checkpointed and collected. The last time may be by the dead server's heir: a
    verb that finds no server does its work itself."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.ending = False
        self.done = 0
        self.start()

    def run(self):
        while not self.ending and self.server.command("checkpoint", f"user{self.done % ACCOUNTS}",
                                                      check=False).returncode == 0:
            self.done += 1


def read_mailboxes(connection, writer):
    return {**read_all(connection, writer.prefix + "-"), **read_all(connection, writer.away)}


def verify(server, writer):
    assert writer.wrong is None, f"writer {writer.number}: {writer.wrong}"
    connection = Lines(server.connect())
    connection.line()
    connection.login(writer.user, PASSWORD)
    found = read_mailboxes(connection, writer)
    # A move between accounts that was cut in two is finished soon after the server is up again.
    deadline = time.monotonic() + SECONDS_TO_SETTLE
    while writer.under_way == "move" and not writer.model.explains(found) and time.monotonic() < deadline:
        found = read_mailboxes(connection, writer)
    wrong = writer.model.settle(found)
    connection.close()
    assert not wrong, f"writer {writer.number}, under way: {writer.under_way}\n  " + "\n  ".join(wrong)


def users():
    return {f"user{n}": PASSWORD for n in range(ACCOUNTS)}


def writers(seed):
    return [Writer(n, ACCOUNTS, seed) for n in range(WRITERS)]


class Load:
    """All writers and the keeper at work, from now until the server is dead."""

    def __init__(self, server, writers):
        self.writers = writers
        for writer in writers:
            writer.begin(server)
        self.keeper = Keeper(server)

    def join(self):
        """Once the server is dead. Gives how often the keeper did its work."""
        self.keeper.ending = True
        for thread in [*self.writers, self.keeper]:
            thread.join(SECONDS_TO_SETTLE)
            assert not thread.is_alive(), "a client waits for a dead server"
        return self.keeper.done


def report(writers, kept):
    total = sum((collections.Counter(w.operations) for w in writers), collections.Counter())
    print(", ".join(f"{count} {what}" for what, count in total.most_common()) + f", {kept} checkpoints and collections, "
          f"{sum(w.between_accounts for w in writers)} between accounts")


def acknowledged(writers):
    return sum(sum(w.operations.values()) for w in writers)
