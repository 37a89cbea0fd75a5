# SPDX-License-Identifier: MIT
"""What the end-to-end tests share: the programs as built, and a server that does as it is told.

The build tree is named by the environment variable WIREBELL_BUILD (ctest sets it).
"""

import dataclasses
import json
import os
import pathlib
import subprocess
import time
import sys

import pytest

from feed_server import FeedServer

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))  # newsroom, the demo's

BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD", "build")).resolve()

# The machine's own proxies, authorities and service manager must not decide how a test ends.
FOREIGN = {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir",
           "curl_ca_bundle", "notify_socket", "watchdog_usec", "listen_fds", "listen_pid",
           "state_directory", "wirebell_reader_socket"}


def clean_environment(**more):
    """Our environment without what would change how the programs behave, and with more."""
    env = {name: value for name, value in os.environ.items() if name.lower() not in FOREIGN}
    return {**env, "LC_ALL": "C.UTF-8", **more}


def wait_for(condition, seconds=15):
    """Waits until it holds; fails the test when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


@dataclasses.dataclass
class Run:
    """How a program ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self):
        """Standard output, each line as the JSON it is."""
        return [json.loads(line) for line in self.out.split("\n") if line]


def run_program(program, *args, env=None, stdin=b"", timeout_s=60):
    """Runs a program of the build tree to its end; stdin may be bytes or a file."""
    source = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    done = subprocess.run([BUILD / program, *map(os.fsencode, args)], capture_output=True,
                          env=clean_environment(**(env or {})), timeout=timeout_s, check=False,
                          **source)
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="session")
def wirebell():
    """wirebell(*args, env={}, stdin=b"", timeout_s=60) runs the program; gives a Run."""
    return lambda *args, **how: run_program("bin/wirebell", *args, **how)


@pytest.fixture(scope="session")
def ask():
    """ask(*options and urls) asks the reader as the daemon does; gives the readings as dicts."""

    def ask_reader(*args, **how):
        done = run_program("tests/ask_reader", *args, **how)
        assert (done.code, done.err) == (0, "")  # sanitizers complain there
        return done.lines

    return ask_reader


@pytest.fixture
def feed_server():
    """A scripted server on http."""
    with FeedServer() as server:
        yield server


@dataclasses.dataclass
class Authority:
    """A certificate authority that exists for the length of the tests."""

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

    def _valid_for(self, days):
        """OpenSSL 3.4 and newer take no negative days, older ones no dates."""
        done = subprocess.run(["openssl", "x509", "-help"], capture_output=True, text=True,
                              check=False, timeout=60)
        if days >= 0 or "-not_after" not in done.stdout + done.stderr:
            return ["-days", str(days)]
        return ["-not_before", "20200101000000Z", "-not_after", "20200102000000Z"]

    def found(self):
        """Makes the authority."""
        self._key_and("-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj",
                      "/CN=wirebell test authority")
        return self

    def certificate(self, name, days=2):
        """A file with key and certificate for a host name or address; days < 0: it has run out."""
        kind = "IP" if name[0].isdigit() else "DNS"
        (self.folder / "names").write_text(f"subjectAltName={kind}:{name}\n")
        self._key_and("-keyout", "host.key", "-out", "host.csr", "-subj", f"/CN={name}")
        self._openssl("x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                      "-CAcreateserial", *self._valid_for(days), "-extfile", "names", "-out",
                      "host.crt")
        both = self.folder / f"{name}_{days}.pem"
        both.write_text((self.folder / "host.key").read_text() +
                        (self.folder / "host.crt").read_text())
        return both


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority made for this run."""
    return Authority(tmp_path_factory.mktemp("authority")).found()


@pytest.fixture
def tls_server(authority):
    """A scripted server on https, its certificate signed by the authority."""
    with FeedServer(authority.certificate("127.0.0.1")) as server:
        yield server
