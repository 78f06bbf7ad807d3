"""XAPPLEPUSHSERVICE end to end: a device registers, mail arrives, and a server that stands for Apple's is told."""

import contextlib
import hashlib
import json
import pathlib
import queue
import shutil
import smtplib
import subprocess
import sys
import tempfile
import threading

from mail import PASSWORD, message
from roost import Lines, Server, wait_for

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "sasl"))

from certificates import openssl  # noqa: E402

FAST = True
PACKAGES = ["nodejs"]

TOPIC = "com.apple.mail.XServer.e0205478-5a2f-464e-bc31-3643044d6e9d"
ACCOUNT = "0715A26B-CA09-4730-A419-793000CA982E"
SECONDS_MAX = 60


class Apns:
    """The server that stands for Apple's, and certificates for it and for its client."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="roost-apns-"))
        self.issue("authority", "/CN=Test")
        self.issue("service", "/CN=localhost", "subjectAltName=IP:127.0.0.1")
        self.issue("client", f"/UID={TOPIC}/CN=APSP/C=US")
        self.lines = queue.Queue()

    def path(self, name):
        return self.directory / name

    def issue(self, name, subject, extension=None):
        words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", subject, "-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem")]
        if name != "authority":
            words += ["-CA", self.path("authority.pem"), "-CAkey", self.path("authority.key")]
        if extension:
            words += ["-addext", extension]
        openssl(*words)

    def __enter__(self):
        self.process = subprocess.Popen(
            ["node", HERE / "apns.mjs", self.path("service.pem"), self.path("service.key"), self.path("authority.pem")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        self.port = self.lines.get(timeout=SECONDS_MAX)["port"]
        return self

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(SECONDS_MAX)
        self.reader.join()
        self.process.stdout.close()
        shutil.rmtree(self.directory)

    def config(self):
        return f"""
[apple_push]
certificate_file = "{self.path('client.pem')}"
key_file = "{self.path('client.key')}"
authorities_file = "{self.path('authority.pem')}"
endpoint = "https://127.0.0.1:{self.port}"
"""

    def request(self):
        return self.lines.get(timeout=SECONDS_MAX)


@contextlib.contextmanager
def served():
    with Apns() as apns, Server(apns.config()) as server:
        yield apns, server


def logged_in(server):
    client = Lines(server.connect())
    client.line()
    client.login("alice", PASSWORD)
    return client


def register(server, token, mailboxes="INBOX", commands=()):
    client = logged_in(server)
    for command in commands:
        client.ok(command)
    answer = client.ok(f"XAPPLEPUSHSERVICE aps-version 2 aps-account-id {ACCOUNT} aps-device-token {token} "
                       f"aps-subtopic com.apple.mobilemail mailboxes ({mailboxes})".encode())
    assert answer[0] == f'* XAPPLEPUSHSERVICE aps-version "2" aps-topic "{TOPIC}"\r\n'.encode(), answer
    client.close()


def deliver(server, number=1):
    smtplib.LMTP("127.0.0.1", server.ports["lmtp"], timeout=60).sendmail("s@example.net", ["alice"], message(number))


def registered(server):
    client = logged_in(server)
    answer = client.ok(b'GETMETADATA "" (DEPTH infinity) /private/vendor/roost')
    client.close()
    return answer[0] if len(answer) == 2 else b""


def digest(mailbox):
    return hashlib.md5(mailbox.encode()).hexdigest()


def test_wakes_a_device_when_mail_is_delivered():
    with served() as (apns, server):
        register(server, "AB" * 32)
        deliver(server)
        request = apns.request()
        assert request["method"] == "POST" and request["path"] == "/3/device/" + "ab" * 32, request
        assert request["topic"] == TOPIC and request["type"] == "background" and request["client"] == TOPIC, request
        assert request["expiration"] > 1_700_000_000, request
        assert json.loads(request["body"]) == {"aps": {"account-id": ACCOUNT, "m": [digest("INBOX")]}}, request


def test_wakes_it_for_the_mailboxes_that_it_named_and_no_others():
    with served() as (apns, server):
        client = logged_in(server)
        for name in ("Lists", "Notes", "Entw&APw-rfe"):
            client.ok(f"CREATE {name}".encode())
        register(server, "ab" * 32, "Notes Entw&APw-rfe")
        deliver(server)
        for name in ("Lists", "Entw&APw-rfe"):
            text = message(1)
            client.ok(f"APPEND {name} {{{len(text)}+}}\r\n".encode() + text)
        client.close()
        request = apns.request()
        assert json.loads(request["body"])["aps"]["m"] == [digest("Entw&APw-rfe")], request


def test_a_registration_outlives_the_server():
    with served() as (apns, server):
        register(server, "ab" * 32)
        server.kill()
        server.start()
        deliver(server)
        assert apns.request()["token"] == "ab" * 32


def test_a_device_that_is_gone_is_forgotten():
    with served() as (apns, server):
        register(server, "dead" * 16)
        assert b"dead" in registered(server)
        deliver(server)
        assert apns.request()["status"] == 410
        wait_for(lambda: not registered(server), "the registration is still there", SECONDS_MAX)
        register(server, "ab" * 32)
        deliver(server, 2)
        assert apns.request()["token"] == "ab" * 32, "nothing more for the device that is gone"


def test_tries_again_when_the_service_is_down():
    with served() as (apns, server):
        register(server, "5b" * 32)
        deliver(server)
        assert [apns.request()["status"] for _ in range(2)] == [503, 200]


def test_what_waits_is_sent_when_the_server_stops():
    with served() as (apns, server):
        client = logged_in(server)
        client.ok(b"CREATE Notes")
        register(server, "ab" * 32, "INBOX Notes")
        deliver(server)
        assert json.loads(apns.request()["body"])["aps"]["m"] == [digest("INBOX")]
        text = message(1)
        client.ok(f"APPEND Notes {{{len(text)}+}}\r\n".encode() + text)  # too soon for another push
        client.close()
        server.stop()
        assert json.loads(apns.request()["body"])["aps"]["m"] == [digest("Notes")]
        server.start()


def test_mail_does_not_wait_for_the_service():
    """It is not there at all; and the server stops at once nevertheless."""
    with Apns() as apns:
        config = apns.config()
    with Apns() as other:  # whose certificates are read
        config = other.config().replace(f":{other.port}", f":{apns.port}")
        with Server(config) as server:
            register(server, "ab" * 32, commands=(b"ENABLE IMAP4rev2",))
            for number in range(3):
                deliver(server, number)
            client = logged_in(server)
            assert b"* STATUS INBOX (MESSAGES 3)\r\n" in client.ok(b"STATUS INBOX (MESSAGES)")
            client.close()
            wait_for(lambda: "push_service_does_not_answer" in server.log_text(), "the log says nothing", SECONDS_MAX)


def test_a_certificate_without_a_topic_stops_the_start():
    with Apns() as apns:
        config = apns.config().replace("client.", "service.")
        server = Server(config)
        try:
            server.start()
            raise AssertionError("it started")
        except AssertionError as refused:
            assert "it started" not in str(refused), refused
            assert "apple_push.certificate_file" in server.log_text(), server.log_text()
        finally:
            server.process = None
            server.__exit__(None)
