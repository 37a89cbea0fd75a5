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

from authority import Authority
from feed_server import FeedServer

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))  # newsroom, the demo's

BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD", "build")).resolve()

# The machine's own proxies, authorities and service manager must not decide how a test ends.
FOREIGN = {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir",
           "curl_ca_bundle", "notify_socket", "watchdog_usec", "listen_fds", "listen_pid",
           "state_directory", "wirebell_reader_socket", "dbus_session_bus_address"}

# A bus that is not there: a test that wants one brings its own (bus.py).
NO_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/run/wirebell-has-no-bus/socket"}

# Local time as it is somewhere: there it is noon, and an hour ago and in an hour are today.
NOON = {"TZ": f"NOON{time.gmtime().tm_hour - 12:+}"}


def clean_environment(**more):
    """Our environment without what would change how the programs behave, and with more."""
    env = {name: value for name, value in os.environ.items() if name.lower() not in FOREIGN}
    return {**env, "LC_ALL": "C.UTF-8", **NO_BUS, **NOON, **more}


def wait_for(condition, seconds=60):
    """Waits until it holds; fails the test when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def soon(do, seconds=4):
    """What do() returns once it has taken less than that: the reader keeps a connection for 5 s from its
    last use, and a machine that is slow enough lets that pass between any two."""
    for _ in range(30):
        begin = time.monotonic()
        done = do()
        if time.monotonic() - begin < seconds:
            return done
    raise AssertionError(f"this machine never does it within {seconds} s")


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


def run_program(program, *args, env=None, stdin=b"", timeout_s=120):
    """Runs a program of the build tree to its end; stdin may be bytes or a file."""
    source = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    done = subprocess.run([BUILD / program, *map(os.fsencode, args)], capture_output=True,
                          env=clean_environment(**(env or {})), timeout=timeout_s, check=False,
                          **source)
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="session")
def wirebell():
    """wirebell(*args, env={}, stdin=b"", timeout_s=120) runs the program; gives a Run."""
    return lambda *args, **how: run_program("bin/wirebell", *args, **how)


@pytest.fixture(scope="session")
def ask():
    """ask(*options and urls) asks the reader as the daemon does; gives the readings as dicts."""

    def ask_reader(*args, **how):
        done = run_program("tests/ask_reader", *args, **how)
        assert (done.code, done.err) == (0, "")  # sanitizers complain there
        return done.lines

    return ask_reader


def start_reader(listener, **env):
    """The reader as systemd starts it: the listening socket is descriptor 3."""
    launch = ("import os, sys; os.dup2(int(sys.argv[1]), 3); "
              "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); "
              "os.execv(sys.argv[2], sys.argv[2:])")
    return subprocess.Popen([sys.executable, "-c", launch, str(listener.fileno()),
                             BUILD / "libexec/wirebell/wirebell-reader"],
                            pass_fds=[listener.fileno()], env=clean_environment(**env))


@pytest.fixture
def feed_server():
    """A scripted server on http."""
    with FeedServer() as server:
        yield server


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority made for this run."""
    return Authority(tmp_path_factory.mktemp("authority")).found()


@pytest.fixture
def tls_server(authority):
    """A scripted server on https, its certificate signed by the authority."""
    with FeedServer(authority.certificate("127.0.0.1")) as server:
        yield server
