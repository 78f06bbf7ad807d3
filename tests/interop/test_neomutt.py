"""neomutt at a terminal: header cache, flags, moving a message, deleting one."""

from mail import PASSWORD, imap, in_clear_and_with_tls, message, ok
from terminal import Terminal

FAST = True
PACKAGES = ["neomutt", "python3-pyte"]


def start(server, tls):
    folder = f"imaps://localhost:{server.ports['imaps']}" if tls else f"imap://localhost:{server.ports['imap']}"
    rc = server.data / "neomuttrc"
    rc.write_text(
        f"set imap_user=alice imap_pass='{PASSWORD}' folder='{folder}/' spoolfile='+INBOX'\n"
        f"set ssl_ca_certificates_file='{server.certificate}' certificate_file='{server.certificate}'\n"
        f"set ssl_starttls={'yes' if tls else 'no'} ssl_force_tls=no header_cache='{server.data}/cache/'\n"
        "set imap_idle=yes sleep_time=0 delete=yes move=no\n"
        "set confirmappend=no wait_key=no timeout=1 mail_check=1 quit=yes sort=date "
        f"tmpdir='{server.data}' index_format='%4C|%Z|%s' to_chars=' '\n")
    (server.data / "cache").mkdir(exist_ok=True)
    return Terminal(["neomutt", "-n", "-F", str(rc)], server.data)


def work(server, tls):
    client = imap(server, tls)
    for number in range(1, 6):
        ok(client.append("INBOX", None, None, message(number)))
    with start(server, tls) as mutt:
        mutt.wait_for("Message 5$")
        mutt.type("1\n\n", "body of message 1")
        mutt.type("i", "Message 5$")
        mutt.type("2\nF", r"\|N !\|Message 2$")
        mutt.type("3\nd", r"\|ND \|Message 3$")
        mutt.type("4\ns=Archive\n", r"\|ND \|Message 4$")  # moves it
        mutt.type("$", r"^   3\|N  \|Message 5$")
        ok(client.append("INBOX", None, None, message(6, subject="Fresh mail")))
        mutt.wait_for("Fresh mail$")
        mutt.type("q")
        mutt.end()

    assert ok(client.select()) == [b"4"]
    assert ok(client.search(None, "SEEN")) == [b"1"]
    assert ok(client.search(None, "FLAGGED")) == [b"2"]
    assert ok(client.search(None, "SUBJECT", '"Message 3"')) == [b""]
    assert ok(client.search(None, "SUBJECT", '"Message 4"')) == [b""]
    assert ok(client.select("Archive")) == [b"1"]
    assert ok(client.search(None, "SUBJECT", '"Message 4"')) == [b"1"]
    client.logout()


def test_reads_flags_moves_deletes_and_hears_of_new_mail():
    in_clear_and_with_tls(work)
