"""gsasl, the command of GNU SASL: STARTTLS, a login by the mechanism that it is told, LOGOUT."""

import pathlib
import subprocess
import sys
import tempfile

from mail import PASSWORD
from roost import ROOT, Server

sys.path.insert(0, str(ROOT / "tests/sasl"))

from certificates import Authority  # noqa: E402

FAST = True
PACKAGES = ["gsasl", "openssl"]

TLS_1_2 = ["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2"]


def gsasl(server, mechanism, *options):
    done = subprocess.run(
        ["gsasl", "--imap", "--mechanism", mechanism, "--connect", f"localhost:{server.ports['imap']}", "--starttls",
         "--x509-ca-file", str(server.certificate), *map(str, options)],
        input=b"", capture_output=True, timeout=120, check=False)
    return done.returncode == 0 and b" OK [CAPABILITY " in done.stdout, done.stdout + done.stderr


def logs_in(server, mechanism, *options):
    through, said = gsasl(server, mechanism, *options)
    assert through, (mechanism, options, said)


def test_logs_in_with_a_password_in_every_way():
    user = ["--authentication-id", "alice", "--password", PASSWORD]
    with Server("[auth]\nscram_sha_1 = true\ncram_md5 = true\n") as server:
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS",
                          "SCRAM-SHA-256-PLUS"):
            more = [] if mechanism.endswith("-PLUS") else ["--no-cb"]
            logs_in(server, mechanism, *user, *more)
        logs_in(server, "SCRAM-SHA-256-PLUS", *user, *TLS_1_2)
        wrong = ["--authentication-id", "alice", "--password", "wrong"]
        assert not gsasl(server, "SCRAM-SHA-256-PLUS", *wrong)[0]
        assert not gsasl(server, "CRAM-MD5", *wrong)[0]


def test_logs_in_anonymously():
    with Server("[auth]\nanonymous_user = 'alice'\n") as server:
        logs_in(server, "ANONYMOUS", "--anonymous-token", "sirhc")


def test_logs_in_with_a_certificate():
    with tempfile.TemporaryDirectory(prefix="roost-gsasl-") as folder:
        authority = Authority(pathlib.Path(folder))
        certificate, key = authority.issue("alice", "/CN=alice")
        config = f"[tls]\nclient_authorities_file = '{authority.certificate}'\nclient_name = 'common-name'\n"
        with Server(config) as server:
            shown = ["--x509-cert-file", certificate, "--x509-key-file", key]
            logs_in(server, "EXTERNAL", "--authorization-id", "alice", *shown)
            assert not gsasl(server, "EXTERNAL", "--authorization-id", "bob", *shown)[0]
