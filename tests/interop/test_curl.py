"""curl: one login for each command."""

import subprocess

from mail import PASSWORD, in_clear_and_with_tls, message

FAST = True
PACKAGES = ["curl"]


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
