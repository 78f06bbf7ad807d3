"""An OAuth issuer for tests: signs tokens with the openssl command, and answers questions about them (RFC 7662)."""

import base64
import http.server
import json
import pathlib
import threading
import time
import urllib.parse

from certificates import openssl

ISSUER = "https://issuer.example"
AUDIENCE = "roost"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def good_claims(user, **more):
    return {"iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 3600, "scope": "openid mail", "email": user} | more


class Issuer:
    """An RSA key in `directory`, and its JWK set."""

    def __init__(self, directory, kid="one"):
        self.key = pathlib.Path(directory) / f"{kid}.key"
        self.kid = kid
        openssl("genrsa", "-out", self.key, "2048")
        modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
        self.jwk = {"kty": "RSA", "kid": kid, "use": "sig", "e": "AQAB", "n": base64url(bytes.fromhex(modulus))}

    def token(self, claims, **header):
        header = {"alg": "RS256", "kid": self.kid} | header
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        return text + "." + base64url(openssl("dgst", "-sha256", "-sign", self.key, stdin=text.encode()))


def write_jwks(path, *issuers):
    path.write_text(json.dumps({"keys": [issuer.jwk for issuer in issuers]}))


class Introspection:
    """A server whose answers about tokens are in `answers`; one that is None is never given. Use as a context manager."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []
        self.ended = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                token = form["token"][0]
                outer.asked.append((self.headers["Authorization"], token))
                answer = outer.answers.get(token, {"active": False})
                if answer is None:
                    outer.ended.wait()
                    return
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/introspect"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
