"""The client's side of the SASL mechanisms, apart from any connection: messages in, messages out."""

import base64
import hashlib
import hmac

HASHES = {"SHA-1": "sha1", "SHA-256": "sha256"}


class Scram:
    """RFC 5802, 7677. `gs2` is the header ("n,,", "y,,", "p=tls-exporter,,"), `data` what it binds to."""

    def __init__(self, mechanism, user, password, gs2=b"n,,", data=b""):
        self.hash = HASHES[mechanism.removeprefix("SCRAM-").removesuffix("-PLUS")]
        self.password = password.encode()
        self.gs2, self.data = gs2, data
        self.bare = b"n=%s,r=fyko+d2lbbFgONRv9qkxdawL" % user.encode().replace(b"=", b"=3D").replace(b",", b"=2C")
        self.signature = None

    def first(self):
        return self.gs2 + self.bare

    def final(self, challenge):
        nonce, salt, iterations = (field[2:] for field in challenge.split(b",")[:3])
        salted = hashlib.pbkdf2_hmac(self.hash, self.password, base64.b64decode(salt), int(iterations))
        key = hmac.digest(salted, b"Client Key", self.hash)
        bound = b"c=" + base64.b64encode(self.gs2 + self.data) + b",r=" + nonce
        signed = self.bare + b"," + challenge + b"," + bound
        client = hmac.digest(hashlib.new(self.hash, key).digest(), signed, self.hash)
        server = hmac.digest(hmac.digest(salted, b"Server Key", self.hash), signed, self.hash)
        self.signature = b"v=" + base64.b64encode(server)
        return bound + b",p=" + base64.b64encode(bytes(k ^ s for k, s in zip(key, client)))


def cram_md5(user, password, challenge):
    return f"{user} {hmac.new(password.encode(), challenge, 'md5').hexdigest()}".encode()


def oauth_bearer(token, user=None):
    """RFC 7628 3.1."""
    name = f"a={user}" if user else ""
    return f"n,{name},\1host=localhost\1port=143\1auth=Bearer {token}\1\1".encode()


def xoauth2(token, user):
    return f"user={user}\1auth=Bearer {token}\1\1".encode()
