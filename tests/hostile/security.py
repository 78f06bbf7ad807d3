#!/usr/bin/env python3
"""What a stranger, and a process that was taken over, must not be able to do: rights, sandbox, logs, logins.

usage: tests/hostile/security.py [NAME…]      tests that need root run through sudo where there is one, else are skipped
"""

import base64
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from roost import BINARY, Lines, Server, wait_for  # noqa: E402

ELSEWHERE = "10.99.0.1"  # an address of this machine, in a network namespace of a test's own, that is not loopback
ACCOUNT = "roosttest"
AUTH_ACCOUNT = "roosttest-auth"


class Skipped(Exception):
    pass


def need_root():
    if os.geteuid() != 0:
        raise Skipped("needs root")


def status_of(path):
    return dict(line.split(":\t", 1) for line in (path / "status").read_text().splitlines() if ":\t" in line)


def children(pid):
    """Of a process, with theirs."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child)] + children(int(child))
    return found


def fresh(server, address="127.0.0.1", name="imap", tls=False):
    raw = socket.create_connection((address, server.ports[name]), timeout=60)
    if tls:
        context = ssl.create_default_context(cafile=str(server.certificate))
        raw = context.wrap_socket(raw, server_hostname="localhost")
    c = Lines(raw)
    c.greeting = c.line()
    return c


def plain(user, password):
    return base64.b64encode(f"\0{user}\0{password}".encode())


def test_the_program_is_built_hardened():
    def readelf(*options):
        return subprocess.run(["readelf", "-W", *options, BINARY], capture_output=True, text=True, check=True).stdout

    assert re.search(r"Type:\s+DYN \(Position-Independent", readelf("-h"))
    assert "BIND_NOW" in readelf("-d") and "RELRO" in readelf("-l")
    assert re.search(r"GNU_STACK.* RW ", readelf("-l"))
    assert "RUNPATH" not in readelf("-d") and "RPATH" not in readelf("-d")
    symbols = readelf("--dyn-syms")
    assert "__stack_chk_fail" in symbols and "_chk@" in symbols
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", BINARY, "--section=.text"], stdout=subprocess.PIPE, check=True)
    assert code.stdout.count(b"endbr64") > 1000  # CET


def test_every_thread_is_confined_and_so_is_the_auth_child():
    with Server() as server:
        Lines(server.connect()).close()
        for task in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir():
            status = status_of(task)
            assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1"), status
        assert "landlock=true" in server.log_text() or "landlock=false" in server.log_text()
        family = children(server.process.pid)
        assert len(family) == 2, family
        watcher, worker = (status_of(pathlib.Path(f"/proc/{pid}")) for pid in family)
        for status in (watcher, worker):
            assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1"), status
        # The child refuses all but what it needs, on top of what no process of the server may do.
        filters = [int(status["Seccomp_filters"]) for status in (watcher, worker)]
        assert filters[1] == filters[0] + 1, filters
        names = [pathlib.Path(f"/proc/{pid}/comm").read_text() for pid in family]
        assert names == ["roost-auth\n"] * 2, names
        # The child holds its socket and its own files; nothing of the server's.
        if os.geteuid() == 0:
            for pid in family:
                held = {os.readlink(fd) for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir()}
                assert not any("/store" in h or h == str(server.data) for h in held), held


def test_a_signal_to_the_whole_group_leaves_logins_working():
    with Server() as server:
        os.killpg(server.process.pid, 1)  # SIGHUP, as when a terminal goes away
        wait_for(lambda: "reload" in server.log_text(), "the certificate read again")
        c = fresh(server)
        c.login()
        assert len(children(server.process.pid)) == 2


@contextlib.contextmanager
def system_user(name):
    made = subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name], check=False)
    try:
        yield pwd.getpwnam(name)
    finally:
        if made.returncode == 0:
            subprocess.run(["userdel", name], check=False)


def test_rights_are_dropped_to_the_configured_users():
    need_root()
    with system_user(ACCOUNT) as user, system_user(AUTH_ACCOUNT) as keeper:
        parent = pathlib.Path(tempfile.mkdtemp(prefix="roost-user-"))
        parent.chmod(0o755)
        data = parent / "data"
        data.mkdir(mode=0o700)
        shutil.chown(data, ACCOUNT, user.pw_gid)
        config = f'[server]\nuser = "{ACCOUNT}"\n'
        try:
            for _ in range(2):  # the second time, with everything there
                with Server(data=data, config=config, users={}) as server:
                    if "alice" not in server.command("user", "list"):
                        server.command("user", "add", "alice", "--password-stdin", stdin="wonder-land 1\n")
                    check_dropped(server, user, user)
            # From now on the passwords are another user's.
            config += f'[auth]\nuser = "{AUTH_ACCOUNT}"\n'
            for name in ("bob", "carol"):
                with Server(data=data, config=config, users={}) as server:
                    server.command("user", "add", name, "--password-stdin", stdin="wonder-land 1\n")
                    check_dropped(server, user, keeper)
                    check_that_nobody_else_reads(data / "auth" / "users", user)
                listed = subprocess.run([BINARY, "--data", data, "user", "list"], capture_output=True, text=True, check=False)
                assert listed.returncode == 0 and listed.stderr == "" and name in listed.stdout, listed
        finally:
            shutil.rmtree(parent)


def as_user(user):
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def check_that_nobody_else_reads(path, user):
    assert subprocess.run([*as_user(user), "cat", path], capture_output=True, check=False).returncode != 0
    done = subprocess.run([*as_user(user), BINARY, "--data", path.parent.parent, "user", "list"], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done  # through the server, to which its own user may speak


def check_dropped(server, user, keeper):
    family = children(server.process.pid)
    for pid in [server.process.pid, *family]:
        status = status_of(pathlib.Path(f"/proc/{pid}"))
        expected = keeper if pid in family else user
        assert set(status["Uid"].split()) == {str(expected.pw_uid)}, status
        assert set(status["Gid"].split()) == {str(expected.pw_gid)}, status
        assert set(status["Groups"].split()) <= {str(expected.pw_gid)}, status
        assert int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0, status
    for directory, _, files in os.walk(server.data):
        for name in files:
            path = os.path.join(directory, name)
            if name not in ("server.log", "roost.toml"):
                expected = keeper if directory == str(server.data / "auth") else user
                assert os.lstat(path).st_uid == expected.pw_uid, path
    assert os.stat(f"/proc/{family[1]}/mem").st_uid == 0  # not dumpable: not even its own user may look
    c = fresh(server)
    c.login()
    c.ok(b"CREATE x" + str(time.time_ns()).encode())
    done = subprocess.run([*as_user(user), BINARY, "--data", server.data, "status"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", BINARY, "--data", server.data,
                           "user", "list"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "alice" not in done.stdout, done


def test_no_password_and_no_content_is_ever_logged():
    secret, content = "Gh31m-Wort", "Str3ng-vertraulich"
    forms = [secret.encode(), base64.b64encode(secret.encode()), plain("alice", secret), content.encode(),
             base64.b64encode(secret.encode())[:-2]]
    with Server(config='[server]\nlog_level = "debug"\n[auth]\nthrottle = false\n', users={"alice": secret}) as server:
        s, b = secret.encode(), plain("alice", secret)
        attempts = [
            [b't LOGIN alice "' + s + b'"\r\n'],
            [b't LOGIN alice "' + s + b'x"\r\n'],
            [b"t LOGIN nobody " + s + b"\r\n"],
            [b"t LOGIN alice {%d}\r\n" % len(s), s + b"\r\n"],
            [b"t LOGIN alice {%d+}\r\n" % len(s) + s + b" surplus\r\n"],
            [b"t LOGIN alice {%d+}\r\n" % len(s) + s + b"\r\n" + s + b"\r\n"],
            [b"t LOGIN alice " + s + b" surplus\r\n"],
            [b't LOGIN alice "' + s + b"\r\n"],
            [b"t LOGIN alice\r\n" + s + b"\r\n"],
            [s + b"\r\n"],
            [b"t " + s + b"\r\n"],
            [b"t AUTHENTICATE PLAIN " + b + b"\r\n"],
            [b"t AUTHENTICATE PLAIN\r\n", b + b"\r\n"],
            [b"t AUTHENTICATE PLAIN\r\n", b + b"*\r\n"],
            [b"t AUTHENTICATE PLAIN\r\n", s + b"\r\n"],
            [b"t AUTHENTICATE " + b + b"\r\n"],
            [b"t AUTHENTICATE PLAIN " + b + b" " + b + b"\r\n"],
            [b"t AUTHENTICATE LOGIN\r\n", base64.b64encode(b"alice") + b"\r\n", base64.b64encode(s) + b"\r\n"],
            [b"t AUTHENTICATE LOGIN\r\n", base64.b64encode(b"alice") + b"\r\n", s + b"\r\n"],
            [b"t AUTHENTICATE SCRAM-SHA-256 " + base64.b64encode(b"n,,n=alice,r=" + s) + b"\r\n", base64.b64encode(s) + b"\r\n"],
        ]
        for attempt in attempts:
            c = fresh(server)
            for piece in attempt:
                c.send(piece)
                c.line()
            c.close()
        c = fresh(server)
        c.login("alice", secret)
        m = content.encode()
        for text in (b"APPEND INBOX {%d+}\r\n%s" % (len(m), m), b"SEARCH TEXT " + m, b"SELECT INBOX",
                     b'SEARCH SUBJECT "' + m + b'"', b"UID FETCH 1 BODY[HEADER.FIELDS (" + m + b")]", m):
            c.command(text)
        lmtp = Lines(server.connect("lmtp"))
        lmtp.line()
        lmtp.send(b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<alice>\r\nDATA\r\nSubject: " + m + b"\r\n\r\n" + m + b"\r\n.\r\n" +
                  m + b"\r\nQUIT\r\n")
        lmtp.file.read()
        fails = server.command("user", "passwd", "nobody", "--password-stdin", stdin=secret + "\n", check=False)
        server.command("user", "passwd", "alice", "--password-stdin", stdin=secret + "\n")
        assert secret not in fails.stderr
        log = (server.data / "server.log").read_bytes()
        assert b"login_failed" in log and b"delivered" in log
        for form in forms:
            for line in log.splitlines():
                assert form not in line, line


def in_a_network_of_its_own(test):
    """Runs one of the functions below, by name, where an address that is not loopback belongs to this machine."""
    need_root()
    script = f"ip link set lo up && ip addr add {ELSEWHERE}/32 dev lo && exec {sys.executable} {__file__} --inside {test}"
    done = subprocess.run(["unshare", "--net", "sh", "-c", script], capture_output=True, text=True, check=False, timeout=180)
    if "Operation not permitted" in done.stderr:
        raise Skipped("network namespaces are not allowed here")
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout, end="")


class ServerEverywhere(Server):
    def arguments(self):
        return ["--imap", "*:0", "--imaps", "*:0", "--lmtp", "127.0.0.1:0", "--lmtp", f"unix:{self.data}/lmtp.sock"]


def test_no_password_in_clear_from_elsewhere():
    in_a_network_of_its_own("passwords_need_tls")


def passwords_need_tls():
    with ServerEverywhere() as server:
        c = fresh(server, ELSEWHERE)
        assert b"LOGINDISABLED" in c.greeting and b"AUTH=PLAIN" not in c.greeting and b"AUTH=LOGIN" not in c.greeting
        assert b"AUTH=SCRAM-SHA-256" in c.greeting and b"STARTTLS" in c.greeting, c.greeting
        assert c.command(b'LOGIN alice "wonder-land 1"')[-1].startswith((b"t NO [PRIVACYREQUIRED]", b"t BAD"))
        c.send(b"t AUTHENTICATE PLAIN\r\n")
        assert c.line().startswith((b"t NO", b"t BAD"))
        assert c.command(b"AUTHENTICATE PLAIN " + plain("alice", "wonder-land 1"))[-1].startswith((b"t NO", b"t BAD"))
        c = fresh(server)
        assert b"LOGINDISABLED" not in c.greeting
        c.login()
    with ServerEverywhere(config="[auth]\nallow_clear_text_logins = true\n") as server:
        fresh(server, ELSEWHERE).login()
    with ServerEverywhere() as server:
        raw = socket.create_connection((ELSEWHERE, server.ports["imaps"]), timeout=60)
        context = ssl.create_default_context(cafile=str(server.certificate))
        c = Lines(context.wrap_socket(raw, server_hostname="localhost"))
        assert b"LOGINDISABLED" not in c.line()
        c.login()


def test_guessing_from_elsewhere_locks_nobody_out():
    in_a_network_of_its_own("guessing_locks_out_nobody")


def guessing_locks_out_nobody():
    with ServerEverywhere(config="[auth]\nallow_clear_text_logins = true\n") as server:
        guessers = []
        for n in range(40):
            c = fresh(server, ELSEWHERE)
            c.send(b"t LOGIN alice guess%d\r\n" % n)
            guessers.append(c)
        started = time.monotonic()
        fresh(server).login()
        waited = time.monotonic() - started
        print(f"      alice's own login among 40 guesses at hers: {waited * 1e3:.0f} ms")
        assert waited < 5, waited
        c = guessers[-1]
        c.socket.settimeout(0.5)
        try:
            answered = c.file.readline()
        except TimeoutError:
            answered = b""
        assert answered == b"" or b"NO" in answered, answered


def test_the_flood_from_one_network_leaves_room_for_the_others():
    in_a_network_of_its_own("a_flood_leaves_room")


def a_flood_leaves_room():
    with ServerEverywhere(config="[limits]\nconnections_per_block_max = 20\n") as server:
        crowd = [socket.create_connection((ELSEWHERE, server.ports["imap"]), timeout=10) for _ in range(40)]
        greetings = [s.recv(500) for s in crowd]
        assert sum(g.startswith(b"* OK") for g in greetings) == 20, greetings
        fresh(server).login()
        for s in crowd:
            s.close()


def test_a_login_takes_as_long_for_a_name_that_nobody_has():
    with Server(config="[auth]\nthrottle = false\n[imap]\nlogin_failures_max = 1000\nlogin_commands_max = 1000\n") as server:
        times = {b"alice": [], b"nobody": []}
        answers = set()
        c = fresh(server)
        for n in range(30):
            for name in sorted(times, reverse=n % 2 == 1):
                started = time.perf_counter()
                answers.add(c.command(b"LOGIN " + name + b" wrong%d" % n)[-1])
                times[name].append(time.perf_counter() - started)
        known, unknown = (statistics.median(times[n]) * 1e3 for n in (b"alice", b"nobody"))
        print(f"      a wrong password: {known:.1f} ms; an unknown name: {unknown:.1f} ms")
        assert len(answers) == 1, answers
        assert 0.6 < known / unknown < 1.6, (known, unknown)


def test_an_unknown_name_has_a_salt_as_stable_as_a_known_one():
    with Server() as server:
        def server_first(name):
            c = fresh(server)
            c.send(b"t AUTHENTICATE SCRAM-SHA-256 " + base64.b64encode(b"n,,n=" + name + b",r=rOprNGfwEbeRWgbNEkqO") + b"\r\n")
            fields = dict(f.split(b"=", 1) for f in base64.b64decode(c.line()[2:]).split(b","))
            return fields[b"s"], fields[b"i"]

        assert server_first(b"nobody") == server_first(b"nobody")
        assert server_first(b"nobody")[0] != server_first(b"somebody")[0]
        assert server_first(b"nobody")[1] == server_first(b"alice")[1]
        before = server_first(b"nobody")
        server.restart()
        assert server_first(b"nobody") == before


def test_old_tls_is_refused():
    with Server() as server:
        for version, allowed in ((ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False),
                                 (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            raw = socket.create_connection(("127.0.0.1", server.ports["imaps"]), timeout=30)
            try:
                context.wrap_socket(raw).recv(10)
                assert allowed, version
            except (ssl.SSLError, OSError):
                assert not allowed, version


def main():
    if sys.argv[1:2] == ["--inside"]:
        globals()[sys.argv[2]]()
        return 0
    if os.geteuid() != 0 and shutil.which("sudo"):
        if subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0:
            os.execvp("sudo", ["sudo", "-n", f"ROOST={BINARY}", sys.executable, *sys.argv])
    tests = {n.removeprefix("test_"): f for n, f in globals().items() if n.startswith("test_")}
    passed = failed = 0
    for name in sys.argv[1:] or list(tests):
        try:
            tests[name]()
            passed += 1
            print(f"ok    {name.replace('_', ' ')}", flush=True)
        except Skipped as why:
            print(f"skip  {name.replace('_', ' ')}: {why}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"FAIL  {name}\n{traceback.format_exc()}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
