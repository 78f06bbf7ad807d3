"""curl: one login for each command."""

import pathlib
import subprocess
import sys
import tempfile

from mail import PASSWORD, in_clear_and_with_tls, message
from roost import ROOT, Server

sys.path.insert(0, str(ROOT / "tests/sasl"))

from tokens import AUDIENCE, ISSUER, Issuer, good_claims, write_jwks  # noqa: E402

FAST = True
PACKAGES = ["curl", "openssl"]


def curl(server, tls, path, *options, stdin=None):
    scheme, port = ("imaps", server.ports["imaps"]) if tls else ("imap", server.ports["imap"])
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "60", "--cacert", server.certificate, "--user",
         f"alice:{PASSWORD}", f"{scheme}://localhost:{port}/{path}", *options],
        input=stdin, capture_output=True, timeout=90)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout


def upload(server, tls, path, data):
    file = server.data / "upload.eml"
    file.write_bytes(data)
    curl(server, tls, path, "--upload-file", str(file))


def work(server, tls):
    assert b"INBOX" in curl(server, tls, "")
    upload(server, tls, "INBOX", message(1))
    upload(server, tls, "INBOX", message(2, subject="Zwei"))
    assert curl(server, tls, "INBOX;MAILINDEX=1") == message(1)
    assert curl(server, tls, "INBOX;UID=2;SECTION=TEXT") == message(2, subject="Zwei").split(b"\r\n\r\n", 1)[1]
    assert curl(server, tls, "INBOX?SUBJECT%20Zwei").strip() == b"* SEARCH 2"
    curl(server, tls, "INBOX", "--request", r"STORE 1 +FLAGS \Deleted")
    curl(server, tls, "INBOX", "--request", "EXPUNGE")
    assert b"MESSAGES 1" in curl(server, tls, "", "--request", "STATUS INBOX (MESSAGES)")


def test_uploads_reads_searches_and_deletes():
    in_clear_and_with_tls(work)


def with_token(server, mechanism, token):
    """Whether curl logs in with it."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "60", "--cacert", server.certificate, "--user", "alice:",
         "--oauth2-bearer", token, "--login-options", f"AUTH={mechanism}", f"imaps://localhost:{server.ports['imaps']}/"],
        capture_output=True, timeout=90, check=False)
    assert done.returncode in (0, 67), (done.returncode, done.stderr)  # 67: the login was refused
    return done.returncode == 0 and b"INBOX" in done.stdout


def test_logs_in_with_a_token():
    with tempfile.TemporaryDirectory(prefix="roost-curl-") as folder:
        issuer = Issuer(folder)
        keys = pathlib.Path(folder) / "keys.json"
        write_jwks(keys, issuer)
        with Server(f"[oauth]\nkeys_file = '{keys}'\nissuer = '{ISSUER}'\naudiences = ['{AUDIENCE}']\n") as server:
            for mechanism in ("OAUTHBEARER", "XOAUTH2"):
                assert with_token(server, mechanism, issuer.token(good_claims("alice")))
                assert not with_token(server, mechanism, issuer.token(good_claims("bob")))
