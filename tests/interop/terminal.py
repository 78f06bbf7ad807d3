"""Programs that want a terminal: they get one, keys go in, and tests read the screen as a person would."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's pyte serves a Python from elsewhere too
import pyte  # pylint: disable=wrong-import-position

from mail import imap, in_clear_and_with_tls, message, ok  # pylint: disable=wrong-import-position

ROWS, COLUMNS = 40, 120


class Terminal:
    """A program on a pseudo-terminal of its own. As a context manager it is killed if a test fails midway."""

    def __init__(self, words, home, **environment):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.screen.write_process_input = lambda data: os.write(self.master, data.encode())  # answers to its questions
        self.stream = pyte.ByteStream(self.screen)
        self.process = subprocess.Popen(
            words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, cwd=home,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=dict(os.environ, TERM="linux", HOME=str(home), LANG="C.UTF-8", LC_ALL="C.UTF-8", **environment))
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.master)

    @property
    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds):
        """Takes what the program writes within that time; False at its end."""
        if select.select([self.master], [], [], seconds)[0]:
            try:
                self.stream.feed(os.read(self.master, 65536))
            except OSError:
                return False
        return True

    def wait_until(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            alive = time.monotonic() < deadline and self.read(0.1)
            assert alive or condition(), f"{what}; the screen is:\n{self.text}"

    def wait_for(self, pattern, seconds=60):
        self.wait_until(lambda: re.search(pattern, self.text, re.M), f"{pattern!r} did not show", seconds)

    def wait_for_end_of(self, pattern, seconds=60):
        self.wait_until(lambda: not re.search(pattern, self.text, re.M), f"{pattern!r} did not go", seconds)

    def type(self, keys, pattern=None):
        """Types; then waits for a screen that was not there before, if a pattern says which."""
        os.write(self.master, keys.encode())
        if pattern:
            self.wait_for(pattern)

    def end(self, seconds=60):
        """Waits for the program to end by itself, well."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline and self.read(0.1):
            pass
        assert self.process.wait(10) == 0, self.text


def a_day_at_a_terminal(start, use, check, needle):
    """start(server, tls), with eight messages, one of which has a needle; use(terminal, client) at it; check(client)."""

    def work(server, tls):
        client = imap(server, tls)
        for number in range(1, 9):
            ok(client.append("INBOX", None, None, message(number, body="a needle\n" if number == needle else None)))
        with start(server, tls) as terminal:
            use(terminal, client)
        check(client)
        client.logout()

    in_clear_and_with_tls(work)
