"""Every library reads the corpus of ugly mail: its parser takes each ENVELOPE and BODYSTRUCTURE, and the octets are right.

The scripts in ugly_mail/ are called with the port, the user and the password, and say of each message in INBOX its UID,
how many parts are no multipart, and the SHA-256 of its octets.
"""

import hashlib
import os
import pathlib
import subprocess

import npm
from filling import fill
from mail import PASSWORD
from roost import ROOT, Server

FAST = False
PACKAGES = ["libmail-imapclient-perl", "ruby", "php8.2-cli", "php8.2-imap", "nodejs", "npm", "golang-go",
            "golang-github-emersion-go-imap-dev", "libmail-java", "default-jdk-headless"]
HERE = pathlib.Path(__file__).with_name("ugly_mail")
MESSAGES = sorted((ROOT / "tests/corpus/messages").glob("*.eml"))


def leaves(structure):
    """Of an .expected file's BODYSTRUCTURE: parts that are no multipart; message/rfc822 counts as one."""
    if not structure.startswith("(("):
        return 1
    count, depth, quoted, start = 0, 0, False, 0
    position = 1
    while structure[position] == "(":
        start = position
        while True:
            c = structure[position]
            if quoted:
                position += c == "\\"
                quoted = c != '"'
            elif c == '"':
                quoted = True
            else:
                depth += (c == "(") - (c == ")")
            position += 1
            if depth == 0 and not quoted:
                break
        count += leaves(structure[start:position])
    return count


def expected(number, path):
    lines = path.with_suffix(".expected").read_text().splitlines()
    structure = next(line for line in lines if line.startswith("structure "))[len("structure "):]
    octets = path.read_bytes().replace(b"\0", b"\x80")  # no NUL in a literal: RFC 3501 9
    return f"{number} {leaves(structure)} {hashlib.sha256(octets).hexdigest()}"


def read_with(*words, unread=(), **environment):
    """`unread`: the names of what the library does not understand, and why not is said by the test."""
    with Server() as server:
        wanted = [path for path in MESSAGES if path.stat().st_size > 0 and path.stem not in unread]
        fill(server, "INBOX", [path.read_bytes() for path in wanted])
        arguments = [str(server.ports["imap"]), "alice", PASSWORD]
        done = subprocess.run([*words, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
                              check=False, env=dict(os.environ, **environment))
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
        said = done.stdout.splitlines()
        wrong = [(path.name, got, want) for path, got, want in
                 zip(wanted, said, (expected(n, p) for n, p in enumerate(wanted, 1)), strict=True) if got != want]
        assert not wrong, wrong


def test_perl():
    read_with("perl", HERE / "mail_imapclient.pl")


def test_ruby():
    read_with("ruby", "-W0", HERE / "net_imap.rb")


def test_php():
    read_with("php", HERE / "php_imap.php")


def test_imapflow():
    # It leaves out what lies within more than 100 parentheses.
    read_with("node", HERE / "imapflow.mjs", unread=["messages-without-end"],
              ROOST_NODE_MODULES=npm.install())


def test_node_imap():
    read_with("node", HERE / "node_imap.js", ROOST_NODE_MODULES=npm.install())


def test_go():
    build = ROOT / "build/go"
    subprocess.run(["go", "build", "-o", build / "ugly_mail", HERE / "go_imap.go"], check=True, timeout=600,
                   env=dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOCACHE=str(build / "cache")))
    read_with(build / "ugly_mail")


def test_java():
    libraries = "/usr/share/java/javax.mail.jar:/usr/share/java/javax.activation.jar"
    # It turns UTF8=ACCEPT on, and does not know that message/global is a message then (RFC 9755).
    read_with("java", "-Dfile.encoding=UTF-8", "-cp", libraries, HERE / "JavaMailUglyMail.java",
              unread=["message-global"])
