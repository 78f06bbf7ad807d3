"""Authorities and what they issue, with the openssl command."""

import subprocess


def openssl(*words, stdin=None):
    done = subprocess.run(["openssl", *map(str, words)], input=stdin, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


class Authority:
    """A certificate authority in `directory`."""

    def __init__(self, directory, name="authority"):
        self.directory = directory
        self.name = name
        self.certificate, self.key = directory / f"{name}.pem", directory / f"{name}.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)
        (directory / f"{name}.index").write_text("")
        self.config = directory / f"{name}.cnf"
        self.config.write_text(f"[ca]\ndefault_ca = a\n[a]\ndatabase = {directory}/{name}.index\n"
                               "default_md = sha256\ndefault_crl_days = 30\n")

    def issue(self, file, subject="/CN=client", alternatives="email:alice@example.org", days=30):
        """A client's certificate; gives the files of it and its key."""
        certificate, key = self.directory / f"{file}.pem", self.directory / f"{file}.key"
        request = openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                          "-subj", subject, "-keyout", key)
        extensions = self.directory / f"{file}.ext"
        extensions.write_text("extendedKeyUsage=clientAuth\n" +
                              (f"subjectAltName={alternatives}\n" if alternatives else ""))
        openssl("x509", "-req", "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-days", days,
                "-extfile", extensions, "-out", certificate, stdin=request)
        return certificate, key

    def revoke(self, certificate):
        openssl("ca", "-config", self.config, "-keyfile", self.key, "-cert", self.certificate, "-revoke", certificate)

    def revocations(self):
        """The list, in PEM."""
        return openssl("ca", "-config", self.config, "-keyfile", self.key, "-cert", self.certificate, "-gencrl").decode()
