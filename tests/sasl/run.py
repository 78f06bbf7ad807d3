#!/usr/bin/env python3
"""Logs in by every SASL mechanism, over the wire, and in every way that must fail.

usage: tests/sasl/run.py [NAME…]      tests whose names hold one of the words; all by default
"""

import base64
import hashlib
import json
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from certificates import Authority  # noqa: E402
from mechanisms import Scram, cram_md5, oauth_bearer, xoauth2  # noqa: E402
from roost import Lines, Server, wait_for  # noqa: E402
from tokens import AUDIENCE, ISSUER, Introspection, Issuer, base64url, good_claims, write_jwks  # noqa: E402

PASSWORD = "wonder-land 1"
FAILED = b" NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"


def in_base64(data):
    return base64.b64encode(data)


class Client(Lines):
    """A connection; `tls` is the highest version that it speaks, `certificate` the files of a client's."""

    def __init__(self, server, tls=None, certificate=None):
        connection = server.connect("imaps" if tls else "imap")
        if tls:
            context = ssl.create_default_context(cafile=server.certificate)
            context.maximum_version = tls
            if certificate:
                context.load_cert_chain(*certificate)
            connection = context.wrap_socket(connection, server_hostname="localhost")
        super().__init__(connection)
        self.greeting = self.line()

    def mechanisms(self):
        return re.findall(r" AUTH=([A-Z0-9-]+)", self.ok(b"CAPABILITY")[0].decode())

    def ask(self, line):
        """Sends a line of an exchange; gives the challenge's octets, or the tagged line."""
        self.send(line + b"\r\n")
        answer = self.line()
        if answer.startswith(b"+ "):
            return base64.b64decode(answer[2:].strip(), validate=True)
        return answer

    def begin(self, mechanism, initial=None):
        words = f"a AUTHENTICATE {mechanism}".encode()
        return self.ask(words if initial is None else words + b" " + (in_base64(initial) or b"="))  # RFC 4959 3

    def scram(self, mechanism, exchange):
        """The last answer of a whole exchange, or the one that ended it."""
        first = self.begin(mechanism, exchange.first())
        if first.startswith(b"a "):
            return first
        final = self.ask(in_base64(exchange.final(first)))
        if final.startswith(b"a "):
            return final
        assert final == exchange.signature, (final, exchange.signature)
        return self.ask(b"")

    def end_point(self):
        """tls-server-end-point (RFC 5929): the certificate is signed with SHA-256."""
        return hashlib.sha256(self.socket.getpeercert(binary_form=True)).digest()


def logged_in(answer):
    assert answer.startswith(b"a OK [CAPABILITY "), answer


class Tunnel(Client):
    """A connection through `openssl s_client`, which tells what the exporter of RFC 9266 gives."""

    def __init__(self, server):  # pylint: disable=super-init-not-called
        self.process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{server.ports['imaps']}", "-tls1_3", "-nocommands",
             "-CAfile", server.certificate, "-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.file = self.process.stdout
        self.exported = None
        self.greeting = b""
        while self.exported is None or not self.greeting:
            line = self.line()
            material = re.match(rb"\s*Keying material: ([0-9A-F]{64})\s", line)
            if material:
                self.exported = bytes.fromhex(material[1].decode())
            elif line.startswith(b"* OK "):
                self.greeting = line

    def line(self):
        """Of the server's, without what s_client says of session tickets."""
        while True:
            line = super().line()
            if re.match(rb"(\* |\+ |[at] )", line) or self.exported is None:
                return line

    def send(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.file.close()


# --- SCRAM ---


def test_scram_plus_is_announced_where_it_can_be_used():
    with Server() as server:
        assert Client(server).mechanisms() == ["SCRAM-SHA-256", "PLAIN", "LOGIN"]
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            expected = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"]
            assert Client(server, version).mechanisms() == expected


def test_scram_binds_to_the_certificate():
    with Server() as server:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for password, data in ((PASSWORD, None), ("wrong", None), (PASSWORD, bytes(32))):
                c = Client(server, version)
                header = b"p=tls-server-end-point,,"
                exchange = Scram("SCRAM-SHA-256-PLUS", "alice", password, header, data or c.end_point())
                answer = c.scram("SCRAM-SHA-256-PLUS", exchange)
                if password == PASSWORD and data is None:
                    logged_in(answer)
                else:
                    assert answer == b"a" + FAILED, answer


def test_scram_binds_to_the_connection_by_tls_unique_before_tls_1_3():
    with Server() as server:
        c = Client(server, ssl.TLSVersion.TLSv1_2)
        data = c.socket.get_channel_binding("tls-unique")
        logged_in(c.scram("SCRAM-SHA-256-PLUS", Scram("SCRAM-SHA-256-PLUS", "alice", PASSWORD, b"p=tls-unique,,", data)))
        c = Client(server, ssl.TLSVersion.TLSv1_3)
        answer = c.begin("SCRAM-SHA-256-PLUS", b"p=tls-unique,,n=alice,r=abc")
        assert answer.startswith(b"a NO [CANNOT] "), answer


def test_scram_binds_to_the_connection_by_tls_exporter():
    with Server() as server:
        one, other = Tunnel(server), Tunnel(server)
        assert one.exported != other.exported
        header = b"p=tls-exporter,,"
        exchange = Scram("SCRAM-SHA-256-PLUS", "alice", PASSWORD, header, other.exported)
        assert one.scram("SCRAM-SHA-256-PLUS", exchange) == b"a" + FAILED
        exchange = Scram("SCRAM-SHA-256-PLUS", "alice", PASSWORD, header, other.exported)
        logged_in(other.scram("SCRAM-SHA-256-PLUS", exchange))
        one.close()
        other.close()


def test_the_exporter_binds_one_exchange_of_a_connection():
    """RFC 9266 4.1: after a failed attempt, and after UNAUTHENTICATE, another binding or another connection is needed."""
    header = b"p=tls-exporter,,"
    with Server() as server:
        failed, again = Tunnel(server), Tunnel(server)
        exchange = Scram("SCRAM-SHA-256-PLUS", "alice", "wrong", header, failed.exported)
        assert failed.scram("SCRAM-SHA-256-PLUS", exchange) == b"a" + FAILED
        answer = failed.begin("SCRAM-SHA-256-PLUS", b"p=tls-exporter,,n=alice,r=abc")
        assert answer.startswith(b"a NO [CANNOT] "), answer
        logged_in(failed.scram("SCRAM-SHA-256", Scram("SCRAM-SHA-256", "alice", PASSWORD)))
        exchange = Scram("SCRAM-SHA-256-PLUS", "alice", PASSWORD, header, again.exported)
        logged_in(again.scram("SCRAM-SHA-256-PLUS", exchange))
        again.ok(b"UNAUTHENTICATE")
        answer = again.begin("SCRAM-SHA-256-PLUS", b"p=tls-exporter,,n=alice,r=abc")
        assert answer.startswith(b"a NO [CANNOT] "), answer
        failed.close()
        again.close()


def test_a_taken_away_plus_is_noticed():
    """RFC 5802 6: a client that could bind and saw no -PLUS says "y", which is a lie where the server can."""
    with Server() as server:
        tls = Client(server, ssl.TLSVersion.TLSv1_3)
        assert tls.scram("SCRAM-SHA-256", Scram("SCRAM-SHA-256", "alice", PASSWORD, b"y,,")) == b"a" + FAILED
        logged_in(tls.scram("SCRAM-SHA-256", Scram("SCRAM-SHA-256", "alice", PASSWORD, b"n,,")))
        logged_in(Client(server).scram("SCRAM-SHA-256", Scram("SCRAM-SHA-256", "alice", PASSWORD, b"y,,")))


def test_scram_plus_binds_and_scram_does_not():
    with Server() as server:
        c = Client(server, ssl.TLSVersion.TLSv1_3)
        assert c.begin("SCRAM-SHA-256-PLUS", b"n,,n=alice,r=abc").startswith(b"a BAD ")
        assert c.begin("SCRAM-SHA-256", b"p=tls-server-end-point,,n=alice,r=abc").startswith(b"a BAD ")
        assert c.begin("SCRAM-SHA-256-PLUS", b"p=tls-fancy,,n=alice,r=abc").startswith(b"a NO [CANNOT] ")
        assert Client(server).begin("SCRAM-SHA-256-PLUS").startswith(b"a NO [CANNOT] ")


def test_scram_sha_1_and_cram_md5_wait_until_every_user_can():
    with Server() as server:
        for mechanism in ("SCRAM-SHA-1", "CRAM-MD5"):
            assert Client(server).begin(mechanism).startswith(b"a NO [CANNOT] ")
        server.stop()
        (server.data / "roost.toml").write_text("[auth]\nscram_sha_1 = true\ncram_md5 = true\n")
        server.start()
        assert Client(server).mechanisms() == ["SCRAM-SHA-256", "PLAIN", "LOGIN"]
        Client(server).login()
        plain = ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5"]
        wait_for(lambda: Client(server).mechanisms() == plain, "what alice can use now", 60)
        logged_in(Client(server).scram("SCRAM-SHA-1", Scram("SCRAM-SHA-1", "alice", PASSWORD)))
        tls = Client(server, ssl.TLSVersion.TLSv1_3)
        assert tls.mechanisms()[:4] == ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"]
        exchange = Scram("SCRAM-SHA-1-PLUS", "alice", PASSWORD, b"p=tls-server-end-point,,", tls.end_point())
        logged_in(tls.scram("SCRAM-SHA-1-PLUS", exchange))
        wrong = Scram("SCRAM-SHA-1", "nobody", PASSWORD)
        assert Client(server).scram("SCRAM-SHA-1", wrong) == b"a" + FAILED


# --- App passwords ---


def add_app_password(server, device):
    return json.loads(server.command("user", "app-password", "add", "alice", device, "--json"))["password"]


def login_command(server, password):
    return Client(server).command(b'LOGIN alice "%s"' % password.encode())[-1].replace(b"t ", b"a ", 1)


def plain(server, password):
    return Client(server).begin("PLAIN", b"\0alice\0" + password.encode())


def by_login_mechanism(server, password):
    c = Client(server)
    assert c.begin("LOGIN")
    assert c.ask(in_base64(b"alice"))
    return c.ask(in_base64(password.encode()))


def by_scram(mechanism):
    return lambda server, password: Client(server).scram(mechanism, Scram(mechanism, "alice", password))


def by_plus(mechanism):
    def log_in(server, password):
        c = Client(server, ssl.TLSVersion.TLSv1_3)
        return c.scram(mechanism, Scram(mechanism, "alice", password, b"p=tls-server-end-point,,", c.end_point()))

    return log_in


def by_cram(server, password):
    c = Client(server)
    return c.ask(in_base64(cram_md5("alice", password, c.begin("CRAM-MD5"))))


WAYS = {"LOGIN command": login_command, "PLAIN": plain, "LOGIN": by_login_mechanism, "CRAM-MD5": by_cram,
        **{name: by_scram(name) for name in ("SCRAM-SHA-256", "SCRAM-SHA-1")},
        **{name: by_plus(name) for name in ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS")}}


def test_app_passwords_log_in_by_every_mechanism_beside_the_users_own():
    with Server("[auth]\nscram_sha_1 = true\ncram_md5 = true\nthrottle = false\n") as server:
        phone, laptop = (add_app_password(server, device) for device in ("Phone", "Laptop"))
        for way, log_in in WAYS.items():
            for device, password in (("Phone", phone), ("Laptop", laptop), (None, PASSWORD)):
                before = server.log_text()
                answer = log_in(server, password)
                assert answer.startswith(b"a OK "), (way, device, answer)
                new = server.log_text()[len(before):]
                named = re.findall(r" login .*app_password=(\S+)", new)
                assert named == ([device] if device else []), (way, device, new)
            wrong = log_in(server, "abcde-fghij-kmnpq-rstuv")
            assert wrong == b"a" + FAILED, (way, wrong)
        listed = json.loads(server.command("user", "app-password", "list", "alice", "--json"))
        assert [app["device"] for app in listed] == ["Phone", "Laptop"]
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", app["last_used"]) for app in listed), listed
        server.command("user", "passwd", "alice", "--password-stdin", stdin="another 1\n")
        server.restart()
        for way, log_in in WAYS.items():
            assert log_in(server, phone).startswith(b"a OK "), way
            assert log_in(server, PASSWORD) == b"a" + FAILED, way
            assert log_in(server, "another 1").startswith(b"a OK "), way


def test_removing_an_app_password_ends_its_sessions_and_no_others():
    with Server() as server:
        phone, laptop = (add_app_password(server, device) for device in ("Phone", "My laptop"))
        clients = []
        for password in (phone, laptop, PASSWORD, phone):
            clients.append(Client(server))
            clients[-1].login("alice", password)
        clients[-1].ok(b"SELECT INBOX")
        clients[-1].send(b"i IDLE\r\n")
        assert clients[-1].line().startswith(b"+ ")
        server.command("user", "app-password", "remove", "alice", "Phone")
        for client in (clients[0], clients[3]):
            assert client.line() == b"* BYE The app password was removed.\r\n"
        for client in (clients[1], clients[2]):
            client.ok(b"NOOP")
        assert plain(server, phone) == b"a" + FAILED
        logged_in(plain(server, laptop))


def test_app_passwords_work_with_argon2id():
    with Server('[auth]\nscheme = "argon2id"\n') as server:
        phone = add_app_password(server, "Phone")
        for password in (phone, PASSWORD):
            logged_in(plain(server, password))
        assert plain(server, "abcde-fghij-kmnpq-rstuv") == b"a" + FAILED
        assert Client(server).mechanisms() == ["PLAIN", "LOGIN"]


# --- CRAM-MD5, ANONYMOUS ---


def test_cram_md5():
    with Server("[auth]\ncram_md5 = true\n[server]\nhost_name = 'postoffice.example.net'\n") as server:
        challenges = set()
        for user, password in (("alice", "wrong"), ("nobody", PASSWORD), ("alice", PASSWORD)):
            c = Client(server)
            challenge = c.begin("CRAM-MD5")
            assert re.fullmatch(rb"<[^<>@ ]+@postoffice\.example\.net>", challenge), challenge
            challenges.add(challenge)
            answer = c.ask(in_base64(cram_md5(user, password, challenge)))
            if (user, password) == ("alice", PASSWORD):
                logged_in(answer)
            else:
                assert answer == b"a" + FAILED, answer
        assert len(challenges) == 3
        c = Client(server)
        assert c.begin("CRAM-MD5", b"alice").startswith(b"a BAD ")  # RFC 4959 3: the server speaks first
        c.begin("CRAM-MD5")
        assert c.ask(b"*").startswith(b"a BAD ")
        c.begin("CRAM-MD5")
        assert c.ask(in_base64(b"alice 0123")).startswith(b"a BAD ")


def test_anonymous_reads_and_changes_nothing():
    users = {"alice": PASSWORD, "guest": PASSWORD}
    with Server("[auth]\nanonymous_user = 'guest'\n", users=users) as server:
        owner = Client(server)
        owner.login("guest")
        owner.ok(b"APPEND INBOX {21+}\r\nSubject: notice\r\n\r\nx\r\n")
        c = Client(server)
        assert c.mechanisms()[-1] == "ANONYMOUS"
        logged_in(c.begin("ANONYMOUS", b"sirhc"))  # RFC 4505 4
        assert c.ok(b"SELECT INBOX")[-1].startswith(b"t OK [READ-ONLY] ")
        assert c.ok(b"FETCH 1 BODY[]")
        assert b"\\Seen" not in c.ok(b"FETCH 1 FLAGS")[0]
        for command in (b"STORE 1 +FLAGS (\\Seen)", b"EXPUNGE", b"CREATE box", b"DELETE box", b"RENAME INBOX box",
                        b"SUBSCRIBE box", b"COPY 1 INBOX", b"UID MOVE 1 INBOX", b"APPEND INBOX {1+}\r\nx",
                        b"GETQUOTA #user/guest", b"GETQUOTAROOT INBOX"):  # RFC 9208 8
            answer = c.command(command)[-1]
            assert answer.startswith(b"t NO [NOPERM] "), (command, answer)
        assert c.ok(b"STATUS INBOX (MESSAGES)")[0].endswith(b"(MESSAGES 1)\r\n")
        assert c.ok(b"GETMETADATA INBOX /shared/comment")[0] == b"* METADATA INBOX (/shared/comment NIL)\r\n"
        assert c.ok(b"NOTIFY SET (personal (MessageNew MessageExpunge))")
        answer = c.command(b"SETMETADATA INBOX (/private/comment \"x\")")[-1]
        assert answer.startswith(b"t NO [NOPERM] "), answer
        assert not any(b"box" in line for line in owner.ok(b"LIST \"\" *")), "a mailbox that nobody may make"
        c.send(b"b APPEND INBOX {1}\r\n")
        assert c.line().startswith(b"b NO [NOPERM] "), "before the literal"
        assert Client(server).begin("ANONYMOUS", b"a\nb").startswith(b"a BAD ")
        assert "trace=sirhc" in server.log_text()
    with Server() as server:
        assert Client(server).begin("ANONYMOUS", b"").startswith(b"a NO [CANNOT] ")


# --- EXTERNAL ---


def external(server, certificate, authzid=b""):
    return Client(server, ssl.TLSVersion.TLSv1_3, certificate).begin("EXTERNAL", authzid)


def test_external_is_the_name_in_the_certificate():
    with tempfile.TemporaryDirectory(prefix="roost-sasl-") as folder:
        authority = Authority(pathlib.Path(folder))
        config = f"[tls]\nclient_authorities_file = '{authority.certificate}'\n"
        users = {"alice@example.org": PASSWORD, "bob": PASSWORD}
        with Server(config, users=users) as server:
            own = authority.issue("own")
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                assert "EXTERNAL" in Client(server, version, own).mechanisms()
                assert "EXTERNAL" not in Client(server, version).mechanisms()
                c = Client(server, version, own)
                assert c.begin("EXTERNAL") == b""  # RFC 4422 A.2
                logged_in(c.ask(b""))
            logged_in(external(server, own))
            logged_in(external(server, own, b"Alice@example.org"))
            assert external(server, own, b"fred@example.com").startswith(b"a NO [AUTHORIZATIONFAILED] ")
            assert external(server, own, b"a\0b").startswith(b"a BAD ")
            assert external(server, None).startswith(b"a NO [CANNOT] ")
            Client(server, ssl.TLSVersion.TLSv1_3).login("bob")
            nobody = authority.issue("nobody", alternatives="email:nobody@example.org")
            assert external(server, nobody) == b"a" + FAILED
            for name, alternatives in (("none", ""), ("two", "email:alice@example.org,email:bob@example.org"),
                                       ("other", "DNS:alice.example.org")):
                assert external(server, authority.issue(name, alternatives=alternatives)).startswith(b"a NO [CANNOT] ")


def refused_by_tls(server, certificate):
    try:
        Client(server, ssl.TLSVersion.TLSv1_3, certificate)
    except (ssl.SSLError, ConnectionError, EOFError):
        return True
    return False


def test_certificates_of_others_expired_and_revoked_ones_do_not_pass():
    with tempfile.TemporaryDirectory(prefix="roost-sasl-") as folder:
        authority, other = Authority(pathlib.Path(folder)), Authority(pathlib.Path(folder), "other")
        trusted = pathlib.Path(folder) / "trusted.pem"
        trusted.write_text(authority.certificate.read_text())
        config = f"[tls]\nclient_authorities_file = '{trusted}'\nclient_name = 'common-name'\n"
        with Server(config) as server:
            good, bad = authority.issue("good", "/CN=alice"), authority.issue("bad", "/CN=alice")
            logged_in(external(server, good))
            assert external(server, authority.issue("two", "/CN=alice/CN=bob")).startswith(b"a NO [CANNOT] ")
            assert refused_by_tls(server, other.issue("foreign", "/CN=alice"))
            assert refused_by_tls(server, authority.issue("old", "/CN=alice", days=-1))
            logged_in(external(server, bad))
            authority.revoke(bad[0])
            trusted.write_text(authority.certificate.read_text() + authority.revocations())
            server.process.send_signal(1)  # SIGHUP
            wait_for(lambda: "read again" in server.log_text(), "the authorities read again", 60)
            assert refused_by_tls(server, bad)
            logged_in(external(server, good))


# --- OAUTHBEARER, XOAUTH2 ---

DISCOVERY = "https://issuer.example/.well-known/openid-configuration"


def oauth_config(folder, more=""):
    return (f"[oauth]\nkeys_file = '{folder}/keys.json'\nissuer = '{ISSUER}'\naudiences = ['{AUDIENCE}']\n"
            f"scope = 'mail'\ndiscovery_url = '{DISCOVERY}'\n{more}\n[auth]\nthrottle = false\n")


def refused_token(connection, mechanism, message, dummy=b"\1"):
    """RFC 7628 3.2.2, 3.2.3: what is wanted, a dummy response, the end."""
    challenge = connection.begin(mechanism, message)
    assert json.loads(challenge) == {"status": "invalid_token", "schemes": "bearer", "scope": "mail",
                                     "openid-configuration": DISCOVERY}, challenge
    answer = connection.ask(in_base64(dummy))
    assert answer == b"a" + FAILED, answer


def test_oauth_takes_signed_tokens():
    with tempfile.TemporaryDirectory(prefix="roost-sasl-") as folder:
        issuer = Issuer(folder)
        write_jwks(pathlib.Path(folder) / "keys.json", issuer)
        with Server(oauth_config(folder), users={"alice@example.org": PASSWORD, "bob": PASSWORD}) as server:
            assert Client(server).mechanisms() == ["SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2", "PLAIN", "LOGIN"]
            token = issuer.token(good_claims("Alice@example.org"))
            for user in (None, "alice@example.org"):
                logged_in(Client(server, ssl.TLSVersion.TLSv1_3).begin("OAUTHBEARER", oauth_bearer(token, user)))
            logged_in(Client(server).begin("XOAUTH2", xoauth2(token, "alice@example.org")))
            c = Client(server)
            assert c.begin("OAUTHBEARER") == b""
            logged_in(c.ask(in_base64(oauth_bearer(token))))
            assert Client(server).begin("OAUTHBEARER", b"\1").startswith(b"a BAD ")
            long_token = issuer.token(good_claims("alice@example.org", groups=["x" * 100] * 60))
            logged_in(Client(server).begin("OAUTHBEARER", oauth_bearer(long_token)))
            too_long = b"n,,\1auth=Bearer " + b"x" * 20_000 + b"\1\1"
            assert Client(server).begin("OAUTHBEARER", too_long).startswith(b"a BAD ")


def test_oauth_refuses_and_says_what_it_wants():
    with tempfile.TemporaryDirectory(prefix="roost-sasl-") as folder:
        issuer, stranger = Issuer(folder), Issuer(folder, "two")
        write_jwks(pathlib.Path(folder) / "keys.json", issuer)
        with Server(oauth_config(folder), users={"alice": PASSWORD, "bob": PASSWORD}) as server:
            # RFC 7628 4.3: a client that asks for the scope, and one that then cancels.
            asks = b"n,a=alice,\1host=server.example.com\1port=143\1auth=\1\1"
            refused_token(Client(server), "OAUTHBEARER", asks)
            c = Client(server)
            c.begin("OAUTHBEARER", asks)
            assert c.ask(b"*").startswith(b"a BAD ")
            wrong = [issuer.token(good_claims("alice", **more))
                     for more in ({"exp": 1}, {"nbf": 2 ** 40}, {"aud": "other"}, {"iss": "other"}, {"scope": "email"},
                                  {"email": None}, {"email": "nobody"}, {"email_verified": False})]
            wrong.append(stranger.token(good_claims("alice")))
            wrong.append(stranger.token(good_claims("alice"), kid="one"))
            wrong.append(base64url(b'{"alg":"none"}') + "." + base64url(json.dumps(good_claims("alice")).encode()) + ".")
            wrong.append("opaque")
            for token in wrong:
                refused_token(Client(server), "OAUTHBEARER", oauth_bearer(token))
            good = issuer.token(good_claims("alice"))
            refused_token(Client(server), "OAUTHBEARER", oauth_bearer(good, "bob"))
            refused_token(Client(server), "XOAUTH2", xoauth2(good, "bob"), b"")
            server.command("user", "disable", "alice")
            refused_token(Client(server), "OAUTHBEARER", oauth_bearer(good))
            log = server.log_text()
            for why in ("it has expired", "the signature is wrong", "its algorithm is not allowed", "no such user"):
                assert why in log, why
            assert good[-40:] not in log


def test_oauth_takes_the_keys_as_they_change():
    with tempfile.TemporaryDirectory(prefix="roost-sasl-") as folder:
        before, after = Issuer(folder), Issuer(folder, "two")
        keys = pathlib.Path(folder) / "keys.json"
        write_jwks(keys, before)
        with Server(oauth_config(folder)) as server:
            logged_in(Client(server).begin("OAUTHBEARER", oauth_bearer(before.token(good_claims("alice")))))
            fresh = pathlib.Path(folder) / "keys.new"
            write_jwks(fresh, after)
            fresh.rename(keys)
            message = oauth_bearer(after.token(good_claims("alice")))
            wait_for(lambda: Client(server).begin("OAUTHBEARER", message).startswith(b"a OK"), "the new keys", 60)


def test_oauth_asks_the_issuer_about_tokens_that_are_not_signed():
    answers = {"good": {"active": True} | good_claims("alice"), "expired": {"active": True} | good_claims("alice", exp=1),
               "nobody": {"active": True} | good_claims("nobody"), "rubbish": b"rubbish", "huge": b"[" * 100_000,
               "slow": None}
    with tempfile.TemporaryDirectory(prefix="roost-sasl-") as folder, Introspection(answers) as issuer:
        secret = pathlib.Path(folder) / "secret"
        secret.write_text("s3 cret\n")
        config = (f"[oauth]\nintrospection_url = '{issuer.url}'\nintrospection_client_id = 'roost'\n"
                  f"introspection_secret_file = '{secret}'\nintrospection_ms_max = 2000\nscope = 'mail'\n"
                  f"discovery_url = '{DISCOVERY}'\n[auth]\nthrottle = false\n")
        with Server(config) as server:
            logged_in(Client(server).begin("XOAUTH2", xoauth2("good", "alice")))
            assert issuer.asked == [("Basic " + base64.b64encode(b"roost:s3%20cret").decode(), "good")], issuer.asked
            for token in ("expired", "nobody", "unknown"):
                refused_token(Client(server), "OAUTHBEARER", oauth_bearer(token))
            for token in ("rubbish", "huge", "slow"):
                answer = Client(server).begin("OAUTHBEARER", oauth_bearer(token))
                assert answer.startswith(b"a NO [UNAVAILABLE] "), answer
            # Slow issuers keep nobody from logging in with a password, however many ask.
            waiting = [Client(server) for _ in range(8)]
            for c in waiting:
                c.send(b"a AUTHENTICATE OAUTHBEARER " + in_base64(oauth_bearer("slow")) + b"\r\n")
            Client(server).login()
            for c in waiting:
                assert c.line().startswith(b"a NO [UNAVAILABLE] ")


# --- All ---


def test_the_configuration_names_the_line_of_a_mistake():
    for config, why in (("[auth]\nscheme = 'argon2id'\ncram_md5 = true\n", ":3: auth.cram_md5 needs auth.scheme"),
                        ("[oauth]\nkeys_file = 'x'\n", "oauth.issuer is needed with oauth.keys_file"),
                        ("[oauth]\nalgorithms = ['none']\n", ":2: oauth.algorithms has 'none', which is none"),
                        ("[oauth]\nintrospection_url = 'http://example.org/'\n", ":2: oauth.introspection_url must"),
                        ("[tls]\nclient_name = 'surname'\n", ":2: tls.client_name must be one of: email, ")):
        server = Server(config)
        done = server.command("config", "check", check=False)
        assert done.returncode != 0 and why in done.stderr, done.stderr


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    chosen = [(n, t) for n, t in tests if not sys.argv[1:] or any(word in n for word in sys.argv[1:])]
    failed = 0
    for name, test in chosen:
        try:
            test()
            print(f"ok    {name[5:].replace('_', ' ')}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"FAIL  {name[5:].replace('_', ' ')}\n{traceback.format_exc()}", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
