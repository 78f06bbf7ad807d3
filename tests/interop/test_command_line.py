"""The command line as scripts rely on it: the same with the server up and down, exit statuses, one sentence, JSON."""

import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import tempfile

from roost import BINARY, ROOT, Lines, Server

FAST = True
PACKAGES = ["mandoc"]

COMMANDS_WITHOUT_VERB = ["serve", "config check", "config template"]
MESSAGE = "Subject: hello\n\nworld\n"


def roost(*words, stdin="", **options):
    return subprocess.run([BINARY, *words], input=stdin, capture_output=True, text=True, timeout=60, check=False, **options)


def subcommands(*path):
    """Names under "Subcommands:" of a command's help."""
    text = roost(*path, "--help").stdout
    return re.findall(r"^  ([\w-]+) ", text.split("Subcommands:\n", 1)[1], re.M) if "Subcommands:" in text else []


def all_commands():
    found = []

    def look_below(path):
        below = subcommands(*path)
        for name in below:
            look_below((*path, name))
        if not below:
            found.append(" ".join(path))

    look_below(())
    return found


def one_sentence(text):
    return re.fullmatch(r"[^\n]+[.?]\n", text)


def work_through(server):
    """Every verb once, each with what it must print."""

    def run(*words, stdin=""):
        done = server.command(*words, stdin=stdin, check=False)
        assert (done.returncode, done.stderr) == (0, ""), (words, done)
        return done.stdout

    def fails(status, *words, stdin=""):
        done = server.command(*words, stdin=stdin, check=False)
        assert done.returncode == status and done.stdout == "" and one_sentence(done.stderr), (words, done)

    used = set()

    def verb(name, *words, stdin="", prints=False):
        used.add(name)
        out = run(*name.split(), *words, stdin=stdin)
        assert out, name
        return out

    def data(name, *words, stdin=""):
        used.add(name)
        return json.loads(run(*name.split(), *words, "--json", stdin=stdin))

    verb("user add", "dora", "--password-stdin", stdin="secret 12\n")
    fails(1, "user", "add", "dora", "--password-stdin", stdin="secret 12\n")
    fails(2, "user", "add", "eve", "--password-stdin", stdin="\n")
    fails(2, "user", "add", "eve")
    fails(1, "user", "add", "e/ve", "--password-stdin", stdin="x\n")
    verb("user passwd", "dora", "--password-stdin", stdin="secret 13\n")
    verb("user disable", "dora")
    assert [u["state"] for u in data("user list") if u["name"] == "dora"] == ["disabled"]
    verb("user enable", "dora")
    password = data("user app-password add", "dora", "Handy (grün)")["password"]
    assert re.fullmatch(r"([a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}", password), password
    assert verb("user app-password add", "dora", "Laptop") != password
    fails(1, "user", "app-password", "add", "dora", "Laptop")
    fails(1, "user", "app-password", "add", "dora", "x" * 65)
    apps = data("user app-password list", "dora")
    assert [(a["device"], a["last_used"]) for a in apps] == [("Handy (grün)", "never"), ("Laptop", "never")], apps
    verb("user app-password remove", "dora", "Laptop")
    fails(1, "user", "app-password", "remove", "dora", "Laptop")
    assert len(data("user app-password list", "dora")) == 1
    verb("mailbox create", "dora", "Work/Größe")
    verb("mailbox rename", "dora", "Work", "Done")
    verb("mailbox unsubscribe", "dora", "Sent")
    verb("mailbox subscribe", "dora", "Sent")
    assert data("deliver", "dora", stdin=MESSAGE)["uid"] == 1
    assert data("mailbox status", "dora", "INBOX")["messages"] == 1
    assert {"Done/Größe", "INBOX", "Sent"} <= {m["name"] for m in data("mailbox list", "dora")}
    verb("mailbox grant", "dora", "Done", "fred", "lr")
    verb("mailbox grant", "dora", "Done", "fred", "+s")
    fails(1, "mailbox", "grant", "dora", "Done", "fred", "lQ")
    assert {"identifier": "fred", "rights": "lrs"} in data("mailbox acl", "dora", "Done")
    verb("mailbox revoke", "dora", "Done", "fred")
    assert [a["identifier"] for a in data("mailbox acl", "dora", "Done")] == ["dora"]
    verb("mailbox delete", "dora", "Done/Größe")
    assert [q["limit"] for q in data("user quota", "dora")] == [None] * 4
    quota = {q["resource"]: q for q in data("user quota", "dora", "--storage-kib", "2048", "--messages", "none")}
    assert quota["storage-kib"] == {"resource": "storage-kib", "used": 1, "limit": 2048, "set_by": "user"}, quota
    fails(1, "user", "quota", "dora", "--messages", "-1")
    fails(1, "user", "quota", "dora", "--messages", "1", "--default")
    assert data("user quota", "dora", "--default")[0]["set_by"] == "configuration"
    verb("mailbox rename", "dora", "INBOX", "Old")
    verb("mailbox delete", "dora", "Old")
    assert [(m["mailbox"], m["messages"]) for m in data("deleted", "dora")] == [("Done/Größe", 0), ("Old", 1)]
    back = {m["mailbox"]: m for m in data("undelete", "dora", "--since", "1h")["mailboxes"]}
    assert back.keys() == {"Done/Größe", "Old"}, back
    assert back["Old"] == {"mailbox": "Old", "created": True, "messages": 1}, back
    assert data("mailbox status", "dora", "Old")["messages"] == 1
    fails(1, "undelete", "nobody", "--since", "1h")
    fails(1, "deleted", "nobody")
    assert data("purge", "dora")["purged"]
    assert data("deleted", "dora") == []
    verb("checkpoint", "dora")
    verb("index rebuild", "dora")
    indexed = data("index status", "dora")
    assert indexed["state"] == "up to date" and indexed["indexed_bodies"] == 1, indexed
    verb("index drop", "dora")
    assert data("index status", "dora")["state"] in ("none", "up to date")  # whoever has it open makes it anew
    assert data("check")["problems"] == []
    assert data("status")["server"] == ("up" if server.process else "down")
    with tempfile.TemporaryDirectory() as backups:
        path = data("backup", backups, "--keep", "1", "--verify")["path"]
        assert pathlib.Path(path).parent == pathlib.Path(backups)
        assert data("restore", backups, "dora", "Old") == {"messages": 0, "damaged": 0}
        assert data("restore", path, "dora", "--damaged") == {"messages": 0, "damaged": 0}
        fails(1, "restore", backups)
        fails(1, "restore", backups, "nobody")
        fails(1, "restore", str(pathlib.Path(backups) / "nowhere"), "dora")
        fails(1, "backup", str(server.data / "backups"))
        fails(1, "backup", backups, "--keep", "0")
    verb("freeze")
    fails(1, "freeze")
    verb("thaw")
    for name in ("backup", "restore"):
        fails(2, name)
    with_directories = {"backup", "restore", "freeze", "thaw"}
    for name in used - with_directories - {"check", "status", "user list", "user add", "deleted", "undelete"}:
        more = {"mailbox list": 0, "mailbox rename": 2, "mailbox revoke": 2, "mailbox grant": 3,
                "user app-password add": 1, "user app-password remove": 1}
        fails(1, *name.split(), "nobody", *["x"] * more.get(name, 1 if name[:7] == "mailbox" else 0),
              *(["--password-stdin"] if name == "user passwd" else []), stdin=MESSAGE)
        fails(2, *name.split())
    verb("user remove", "dora")
    assert used == set(all_commands()) - set(COMMANDS_WITHOUT_VERB), used ^ set(all_commands())


def test_every_verb_works_with_the_server_up_and_down():
    with Server() as server:
        work_through(server)
        server.stop()
        work_through(server)
        server.start()
        client = server.connect()
        client.close()


def test_a_verb_right_after_the_server_was_told_to_stop_finds_the_store_free():
    with Server() as server:
        for _ in range(3):
            idle = server.connect("lmtp")
            server.stop()
            assert json.loads(server.command("user", "list", "--json"))[0]["name"] == "alice"
            idle.close()
            server.start()


def test_a_server_that_has_hardly_begun_ends_cleanly():
    with Server() as server:
        for _ in range(15):
            server.restart()


def test_wrong_usage_is_2_and_says_where_to_read():
    for words in ([], ["nonsense"], ["user"], ["user", "nonsense"], ["--nonsense"], ["status", "extra"], ["status"],
                  ["serve"], ["mailbox", "create", "a"]):
        done = roost(*words, env={})
        assert done.returncode == 2 and done.stdout == "" and one_sentence(done.stderr.replace(". ", " ")), (words, done)
    for words in (["--help"], ["user", "--help"], ["user", "add", "--help"], ["serve", "--help"], ["--version"]):
        done = roost(*words)
        assert done.returncode == 0 and done.stdout and not done.stderr, (words, done)


def test_a_data_directory_that_is_not_there_is_not_made_up():
    for verb in (["user", "list"], ["status"], ["check"]):
        done = roost("--data", "/tmp/roost-that-is-not-there", *verb)
        assert done.returncode == 1 and "no data directory" in done.stderr, done
    assert not os.path.exists("/tmp/roost-that-is-not-there")


def test_the_manual_page_has_every_command_and_every_option():
    page = (ROOT / "docs/roost.1").read_text()
    items = re.findall(r"^\.It Ic (.*)$", page, re.M)
    described = {re.split(r" (?:Ar|Oo|Op|Fl) ", item + " Ar ")[0] for item in items}
    assert described == set(all_commands()), described ^ set(all_commands())
    for command in all_commands():
        item = next(i for i in items if re.match(re.escape(command) + r"( |$)", i))
        for option in re.findall(r"^  (?:-\w,)?--([\w-]+)", roost(*command.split(), "--help").stdout, re.M):
            if option not in ("help", "json"):
                assert f"Fl Fl {option}" in item, (command, option)
    lint = subprocess.run(["mandoc", "-Tlint", "-W", "warning", ROOT / "docs/roost.1"], capture_output=True, text=True,
                          check=False)
    assert lint.returncode == 0, lint.stdout


def test_the_template_has_every_option_with_its_meaning_and_is_a_configuration():
    template = roost("config", "template").stdout
    lines = template.splitlines()
    options = [n for n, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    assert len(options) > 40
    assert all(lines[n - 1].startswith("# ") for n in options)
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(template)
        file.flush()
        done = roost("--config", file.name, "config", "check")
        assert done.returncode == 0, done


def test_a_mistake_in_the_configuration_is_named_with_its_line_and_stops_the_start():
    mistakes = {
        "[server]\n\nthreds = 1\n": ":3: there is no option 'server.threds'; did you mean 'server.threads'",
        "[server]\nthreads = -1\n": ":2: server.threads must be a whole number",
        "[listen]\n# x\nimap = ['nonsense']\n": ":3: listen.imap ",
        "[listen]\ntrusted_networks = ['10.0.0.1/8']\n": ":2: listen.trusted_networks ",
        "[tls]\ncertificate_file = 'x'\n": ":2: tls.certificate_file ",
        "[imap]\nautologout_ms = 1000\n": ":2: imap.autologout_ms must be a whole number from 1800000",
        "[server\n": ":1: ",
        "threads = 1\n": ":1: 'threads' stands outside of any [section]",
    }
    with tempfile.TemporaryDirectory() as data:
        for text, expected in mistakes.items():
            path = os.path.join(data, "roost.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            for words in (["config", "check"], ["serve"]):
                done = roost("--data", data, *words)
                assert done.returncode == 1 and one_sentence(done.stderr), done
                assert done.stderr.startswith(path + expected), (expected, done.stderr)


def test_the_help_of_every_verb_explains_each_argument():
    for verb in ("user add", "user passwd", "user disable", "user enable", "user remove", "mailbox list",
                 "mailbox create", "mailbox rename", "deliver", "check", "checkpoint"):
        positionals = roost(*verb.split(), "--help").stdout.split("Positionals:")[1].split("Options:")[0]
        for line in positionals.strip().splitlines():
            assert len(line.split()) > 4, (verb, line)


def test_a_port_that_is_taken_stops_the_start_with_one_sentence():
    with tempfile.TemporaryDirectory() as data, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        done = roost("serve", "--data", data, "--imap", where)
        assert done.returncode == 1 and done.stderr == f"imap: cannot listen on {where}: bind: Address already in use.\n", done


def test_a_second_server_on_the_same_data_is_refused():
    with Server() as server:
        done = roost("serve", "--data", server.data, "--imap", "127.0.0.1:0")
        assert done.returncode == 1, done  # what it logged, if anything, comes before
        said = done.stderr.splitlines()[-1]
        assert re.fullmatch(re.escape(f"{server.data}/auth is in use by process ") + r"\d+\.", said), done
        server.command("status")


def test_root_leaves_nothing_behind_that_the_owner_cannot_read():
    if os.geteuid() != 0:
        return
    owner = pwd.getpwnam("nobody")
    data = tempfile.mkdtemp(prefix="roost-owned-")
    backups = tempfile.mkdtemp(prefix="roost-owned-backups-")
    try:
        os.chown(data, owner.pw_uid, owner.pw_gid)
        assert roost("--data", data, "user", "add", "alice", "--password-stdin", stdin="secret\n").returncode == 0
        assert roost("--data", data, "deliver", "alice", stdin=MESSAGE).returncode == 0
        assert roost("--data", data, "backup", backups).returncode == 0
        assert roost("--data", data, "restore", backups, "alice").returncode == 0
        shutil.rmtree(os.path.join(data, "store"))
        shutil.rmtree(os.path.join(data, "auth"))
        assert roost("--data", data, "restore", backups).returncode == 0
        assert '"messages": 1' in roost("--data", data, "mailbox", "status", "alice", "INBOX", "--json").stdout
        for directory, _, files in os.walk(data):
            for path in [directory] + [os.path.join(directory, f) for f in files]:
                assert os.lstat(path).st_uid == owner.pw_uid, path
    finally:
        shutil.rmtree(data)
        shutil.rmtree(backups)


def test_a_user_who_is_removed_is_sent_away():
    with Server(users={"alice": "alice-pw", "bob": "bob-pw"}) as server:
        idling, waiting, other = (Lines(server.connect()) for _ in range(3))
        for client, user in ((idling, "alice"), (waiting, "alice"), (other, "bob")):
            client.line()
            client.login(user, f"{user}-pw")
        idling.ok(b"SELECT INBOX")
        idling.send(b"i IDLE\r\n")
        assert idling.line() == b"+ idling\r\n"
        server.command("user", "remove", "alice")
        for client in (idling, waiting):
            assert client.line() == b"* BYE The account was removed.\r\n"
            assert client.file.read() == b""
        other.ok(b"NOOP")
        assert "fault" not in server.log_text()
