# SPDX-License-Identifier: MIT
"""A certificate authority that exists for the length of a test run, made with openssl."""

import dataclasses
import pathlib
import subprocess
import time

CONFIG = """\
[ca]
default_ca = here
[here]
certificate = ca.pem
private_key = ca.key
database = index
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
"""
DAY_S = 24 * 3600


def moment(days):
    """A time so many days from now, as openssl has it."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * DAY_S))


@dataclasses.dataclass
class Authority:
    """The authority; its files are in a folder of its own."""

    folder: pathlib.Path

    @property
    def env(self):
        """The environment in which this authority, and no other, is trusted."""
        return {"SSL_CERT_FILE": str(self.folder / "ca.pem")}

    def _openssl(self, *args):
        subprocess.run(["openssl", *args], cwd=self.folder, check=True, capture_output=True,
                       timeout=60)

    def _key_and(self, *args):
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      *args)

    def _key_with(self, certificate, name):
        both = self.folder / name
        both.write_text((self.folder / "host.key").read_text() +
                        (self.folder / certificate).read_text())
        return both

    def found(self):
        """Makes the authority."""
        self._key_and("-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj",
                      "/CN=wirebell test authority")
        (self.folder / "config").write_text(CONFIG)
        (self.folder / "index").touch()
        return self

    def certificate(self, name, begins=-1, ends=2):
        """A file with key and certificate for a host name or address, valid from one day to another,
        counted from now."""
        kind = "IP" if name[0].isdigit() else "DNS"
        (self.folder / "names").write_text(f"subjectAltName={kind}:{name}\n")
        self._key_and("-keyout", "host.key", "-out", "host.csr", "-subj", f"/CN={name}")
        self._openssl("ca", "-batch", "-notext", "-config", "config", "-in", "host.csr", "-out",
                      "host.crt", "-extfile", "names", "-startdate", moment(begins), "-enddate",
                      moment(ends))
        return self._key_with("host.crt", f"{name}_{begins}_{ends}.pem")

    def self_signed(self, name):
        """The same from nobody but the host itself."""
        self._key_and("-x509", "-keyout", "host.key", "-out", "self.crt", "-days", "2", "-subj",
                      f"/CN={name}", "-addext", f"subjectAltName=IP:{name}")
        return self._key_with("self.crt", f"{name}_self.pem")
