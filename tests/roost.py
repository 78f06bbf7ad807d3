"""A Roost server of a test's own: a fresh data directory, ports that the system chose, users, and an end."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "strict"))

from tap import Tap  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("ROOST", ROOT / "build/release/roost"))
READY_SECONDS_MAX = 60


class Server:
    """Use as a context manager, or start() and stop(). `config` is TOML text.

    All that it says over IMAP is held against the strict parser (tests/strict) when the context ends; `strict=False`
    where what is said is too much for that, or is checked otherwise.
    """

    def __init__(self, config="", data=None, users=(("alice", "wonder-land 1"),), strict=True):
        self.own_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="roost-test-"))
        self.config = config
        self.users = dict(users)
        self.process = None
        self.ports = {}
        self.tap = Tap() if strict else None
        (self.data / "roost.toml").write_text(config)

    def __enter__(self):
        for name, password in self.users.items():
            self.command("user", "add", name, "--password-stdin", stdin=password + "\n")
        return self.start()

    def __exit__(self, failure, *_):
        self.stop()
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)
        if self.tap and failure is None:
            self.tap.check()
        elif self.tap:
            self.tap.discard()

    def command(self, *words, stdin="", check=True):
        """Runs `roost --data DIR words…` and gives what it printed."""
        done = subprocess.run(
            [BINARY, "--data", self.data, *words], input=stdin, capture_output=True, text=True, timeout=120
        )
        if check and done.returncode != 0:
            raise AssertionError(f"roost {' '.join(map(str, words))}: {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout if check else done

    def arguments(self):
        return ["--imap", "127.0.0.1:0", "--imaps", "127.0.0.1:0", "--lmtp", "127.0.0.1:0",
                "--lmtp", f"unix:{self.data}/lmtp.sock"]

    def environment(self):
        return self.tap.environment() if self.tap else dict(os.environ)

    def start(self):
        self.log = open(self.data / "server.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", self.data, *self.arguments()],
            stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, text=True, start_new_session=True,
            env=self.environment(),
        )
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            self.process.wait(READY_SECONDS_MAX)
            raise AssertionError(f"the server did not start: {line!r}; {self.log_text()[-2000:]}")
        self.ports = {}
        for listener in line[len("ready "):].strip().split(", "):
            name, where = listener.split(" ", 1)
            if not where.startswith("unix:"):
                self.ports[name] = int(where.rsplit(":", 1)[1])
        if self.tap:
            self.tap.note_ports(self.ports)
        return self

    def stop(self, seconds=30):
        """SIGTERM; it must end cleanly."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the server did not end on SIGTERM: " + self.log_text()[-2000:])
        self.process = None
        if status != 0:
            raise AssertionError(f"the server ended with status {status}: {self.log_text()[-3000:]}")

    def kill(self):
        """SIGKILL to the whole process group, the auth child included."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def restart(self):
        self.stop()
        return self.start()

    def log_text(self):
        return (self.data / "server.log").read_text(errors="replace")

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    @property
    def certificate(self):
        return self.data / "tls/certificate.pem"

    def connect(self, name="imap"):
        return socket.create_connection(("127.0.0.1", self.ports[name]), timeout=60)


class Lines:
    """A bare IMAP or LMTP connection: send bytes, read lines, as they are."""

    def __init__(self, connection):
        self.socket = connection
        self.file = connection.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        line = self.file.readline()
        if not line:
            raise EOFError("the server closed the connection")
        return line

    def response(self):
        """One response, with the literals it holds."""
        whole = b""
        while True:
            line = self.line()
            whole += line
            if not line.endswith(b"}\r\n"):
                return whole
            digits = line[line.rindex(b"{") + 1:-3]
            if not digits.isdigit():
                return whole
            whole += self.file.read(int(digits))

    def until(self, tag):
        """All responses up to and with the tagged one."""
        responses = []
        while True:
            responses.append(self.response())
            if responses[-1].startswith(tag + b" "):
                return responses

    def command(self, text, tag=b"t"):
        self.send(tag + b" " + text + b"\r\n")
        return self.until(tag)

    def ok(self, text, tag=b"t"):
        responses = self.command(text, tag)
        assert responses[-1].startswith(tag + b" OK"), responses[-1]
        return responses

    def login(self, user="alice", password="wonder-land 1"):
        return self.ok(f'LOGIN "{user}" "{password}"'.encode())

    def close(self):
        self.file.close()
        self.socket.close()


def wait_for(condition, what, seconds=30):
    """Polls, because what is waited for is another program's doing; fails by name."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"in {seconds} s: {what() if callable(what) else what}")
