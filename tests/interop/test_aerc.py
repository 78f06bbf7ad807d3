"""aerc at a terminal: reads, flags, copies, moves many at once, searches, makes a folder, postpones, hears of new mail."""

import re
import urllib.parse

from mail import PASSWORD, message, ok
from terminal import Terminal, a_day_at_a_terminal

FAST = True
PACKAGES = ["aerc", "less", "python3-pyte"]


def start(server, tls):
    scheme, port = ("imaps", server.ports["imaps"]) if tls else ("imap+insecure", server.ports["imap"])
    directory = server.data / "config/aerc"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "accounts.conf").write_text(
        f"[roost]\nsource = {scheme}://alice:{urllib.parse.quote(PASSWORD)}@localhost:{port}\n"
        "from = Alice <alice@example.org>\noutgoing = /bin/true\ndefault = INBOX\npostpone = Drafts\ncopy-to = Sent\n"
        "cache-headers = true\n")
    (directory / "accounts.conf").chmod(0o600)
    (directory / "aerc.conf").write_text(
        f"[general]\nlog-file={server.data}/aerc.log\nlog-level=trace\n"
        "[ui]\nindex-format=|%Z|%s|\ndirlist-format=%n %>r\nnext-message-on-delete=false\nsort=-r date\n"
        "[viewer]\npager=less -R\n"
        "[compose]\neditor=sh -c 'echo written in an editor >> \"$0\"'\n"
        "[filters]\ntext/plain=cat\n")
    (directory / "binds.conf").write_text("[messages]\n[view]\n[compose]\n[compose::editor]\n[terminal]\n")
    environment = {"XDG_CONFIG_HOME": str(server.data / "config"), "XDG_CACHE_HOME": str(server.data / "cache")}
    if tls:
        environment["SSL_CERT_FILE"] = str(server.certificate)
    return Terminal(["aerc"], server.data, **environment)


def row(flags, subject):
    """A line of the index: N or O for unread, ! for flagged, * for marked."""
    return re.escape(f"|{flags:>4}|{subject}|")


def use(aerc, client):
    """Newest first: row 0 is the last message."""

    def command(text, pattern=None):
        aerc.type(f":{text}\n", pattern)

    aerc.wait_for(row("O", "Message 1"))
    command("select-message 7")
    command("view", "This is the body of message 1.\nGrüße!")
    command("close", row("", "Message 1"))
    command("select-message 6")
    command("flag", row("O!", "Message 2"))
    command("select-message 5")
    command("delete")
    aerc.wait_for_end_of(r"\|Message 3\|")
    command("select-message 0")
    command("mark")
    command("next")
    command("mark", row("O*", "Message 7"))
    command("move Archive", "moved to Archive")
    aerc.wait_for_end_of(r"\|Message [78]\|")
    command("mkdir Copies", r"\(no messages\)")
    command("cf INBOX", row("O", "Message 6"))
    command("select-message 0")
    command("copy Copies", "Messages copied")
    command("read", row("", "Message 6"))
    command("filter -b needle")
    aerc.wait_for_end_of(r"\|Message [1246]\|")
    aerc.wait_for(r"\|Message 5\|")
    command("clear", r"\|Message 4\|")
    command('compose -H "Subject: A draft" -H "To: bob@example.org"', r"Send this email\?")
    command("postpone", "postponed")
    ok(client.append("INBOX", None, None, message(9, subject="Fresh mail")))
    aerc.wait_for(r"\|Fresh mail\|")
    command("quit")
    aerc.end()


def check(client):
    assert ok(client.select()) == [b"6"]
    assert ok(client.uid("SEARCH", "ALL")) == [b"1 2 4 5 6 9"]
    assert ok(client.uid("SEARCH", "SEEN")) == [b"1 6"]
    assert ok(client.uid("SEARCH", "FLAGGED")) == [b"2"]
    for folder, subjects in (("Archive", [7, 8]), ("Copies", [6])):
        assert ok(client.select(folder)) == [str(len(subjects)).encode()]
        for number in subjects:
            assert ok(client.search(None, "SUBJECT", f'"Message {number}"')) != [b""]
    assert ok(client.select("Drafts")) == [b"1"]
    assert ok(client.search(None, "SEEN", "SUBJECT", '"A draft"', "BODY", '"written in an editor"')) == [b"1"]


def test_does_a_days_work_and_hears_of_new_mail():
    a_day_at_a_terminal(start, use, check, needle=5)
