"""Thunderbird without a display, in a home of its own, driven over Marionette; thunderbird.js has what it can be told."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess

from roost import wait_for

SCRIPT = pathlib.Path(__file__).with_suffix(".js")
STARTS_MAX = 3
START_SECONDS_MAX = 120
ANSWER_SECONDS_MAX = 120

# Only what is asked for here happens: no first-run page, no talk with the world outside, no check of mail by the clock.
PREFERENCES = {
    "marionette.port": 0,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "app.donation.eoy.version.viewed": 999,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "dom.push.connection.enabled": False,
    "extensions.blocklist.enabled": False,
    "extensions.update.enabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.spotlight.firstRunDone": True,
    "mail.server.default.autosync_offline_stores": False,
    "mail.server.default.check_new_mail": False,
    "mail.server.default.login_at_startup": False,
    "mailnews.start_page.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}


class Thunderbird:
    """A running Thunderbird; a context manager. The next one with the same home goes on where it ended."""

    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.profile = self.home / "profile"
        self.port_file = self.profile / "MarionetteActivePort"
        self.protocol_log = self.home / "imap.moz_log"
        self.commands = 0

    def __enter__(self):
        self.profile.mkdir(parents=True, exist_ok=True)
        preferences = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
        (self.profile / "user.js").write_text("".join(preferences))
        for starts_left in reversed(range(STARTS_MAX)):
            self.start()
            try:
                self.connect()
                return self
            except TimeoutError:  # Marionette sometimes misses the first window, and waits for it for ever
                self.kill()
                if starts_left == 0:
                    raise
            except BaseException:
                self.kill()
                raise

    def start(self):
        self.port_file.unlink(missing_ok=True)
        environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        environment.update(HOME=str(self.home), TMPDIR=str(self.home), LC_ALL="C.UTF-8",
                           MOZ_LOG="IMAP:5,sync", MOZ_LOG_FILE=str(self.home / "imap"))
        with open(self.home / "output", "wb") as output:
            self.process = subprocess.Popen(
                ["thunderbird", "--headless", "--marionette", "--remote-allow-system-access", "--no-remote",
                 "--profile", self.profile],
                env=environment, cwd=self.home, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True)

    def __exit__(self, failure, *_):
        try:
            if failure is None:
                self.command("Marionette:Quit", flags=["eAttemptQuit"])
                assert self.process.wait(ANSWER_SECONDS_MAX) == 0
        finally:
            self.kill()

    def kill(self):
        """Leaves nothing of it behind, the child processes included."""
        self.close()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def connect(self):
        wait_for(lambda: self.port_file.exists() and self.port_file.read_text(),
                 lambda: "no Marionette: " + self.output(), START_SECONDS_MAX)
        self.socket = socket.create_connection(("127.0.0.1", int(self.port_file.read_text())), ANSWER_SECONDS_MAX)
        self.file = self.socket.makefile("rb")
        self.receive()
        self.command("WebDriver:NewSession", timeouts={"script": 1000 * ANSWER_SECONDS_MAX})
        self.command("Marionette:SetContext", value="chrome")

    def close(self):
        if hasattr(self, "socket"):
            self.file.close()
            self.socket.close()

    def output(self):
        return (self.home / "output").read_text(errors="replace")[-2000:]

    def receive(self):
        """One message: its length, a colon, JSON."""
        digits = b""
        while (octet := self.file.read(1)) != b":":
            if not octet:
                raise AssertionError("Thunderbird is gone: " + self.output())
            digits += octet
        return json.loads(self.file.read(int(digits)))

    def command(self, name, **parameters):
        self.commands += 1
        data = json.dumps([0, self.commands, name, parameters]).encode()
        self.socket.sendall(b"%d:" % len(data) + data)
        _, number, error, result = self.receive()
        assert number == self.commands and error is None, error
        return result

    def tell(self, function, *arguments):
        """Calls a function of thunderbird.js and gives what its promise gives."""
        answer = self.command("WebDriver:ExecuteAsyncScript", script=SCRIPT.read_text(), args=[function, *arguments],
                              sandbox="system", newSandbox=True)["value"]
        assert "failure" not in answer, f"{function}: {answer['failure']}\n{self.protocol()[-3000:]}"
        return answer.get("value")

    def protocol(self):
        """What was said between it and the server since it started."""
        return self.protocol_log.read_text(errors="replace") if self.protocol_log.exists() else ""

    def last_command(self, folder):
        """The last line, without its tag, that was sent on the connection that has the folder selected."""
        said = re.findall(rf":S-{re.escape(folder)}:SendData: (.*)", self.protocol())
        return said[-1].strip().split(" ", 1)[-1] if said else None
