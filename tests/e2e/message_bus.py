# SPDX-License-Identifier: MIT
"""A message bus of a test's own, and who asks over it: the machine's own bus must not be touched.

The fixtures here (bus, keywords, bell) are imported by the tests that want them.
"""

import contextlib
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest
from bell import Bell
from conftest import BUILD, clean_environment, wait_for
from feed_server import rss

NAME, PATH, BELL = "org.wirebell1", "/org/wirebell1", "org.wirebell1.Bell"
PROGRAM = BUILD / "bin/wirebell"
TITLE = "Cyber attack on the port of Zürich 日本"  # the first story that rings

CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>{kind}</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
{policy}</busconfig>
"""
EVERYTHING = """<policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy>"""


def is_missing():
    """The program that keeps these tests from running, or None."""
    return next((name for name in ("dbus-daemon", "busctl") if not shutil.which(name)), None)


class Bus:
    """A dbus-daemon; a context manager. It may be stopped and started again."""

    def __init__(self, kind="session", policy=EVERYTHING):
        # A socket's path is short, and strangers must get at it.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wb-bus-"))
        self.folder.chmod(0o755)
        self.socket = self.folder / "bus"
        (self.folder / "configuration").write_text(
            CONFIGURATION.format(kind=kind, socket=self.socket, policy=policy))
        self._process = None

    @property
    def env(self):
        """The environment in which this is the machine's bus."""
        return {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.socket}"}

    @property
    def user_env(self):
        """The environment in which this is the session's bus."""
        return {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.socket}"}

    def start(self):
        self._process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self.folder}/configuration", "--nofork",
             "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout.readline(), "the bus does not start"

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.communicate(timeout=60)
        self._process = None
        self.socket.unlink(missing_ok=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder)

    def run(self, *command, prefix=()):
        """Runs a command in the environment of this bus."""
        return subprocess.run([*prefix, *map(str, command)], capture_output=True, text=True,
                              env=clean_environment(**self.env), timeout=60, check=False)

    def call(self, method, *arguments):
        """What a method answers, as Python has it: a{sv} is a dict. Raises what it refuses."""
        done = self.run("busctl", "--json=short", "call", NAME, PATH, BELL, method, *arguments)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        values = [plain(value) for value in json.loads(done.stdout or '{"data":[]}')["data"]]
        return values[0] if len(values) == 1 else values

    def property(self, name):
        done = self.run("busctl", "--json=short", "get-property", NAME, PATH, BELL, name)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["data"]

    def has_bell(self):
        done = self.run("busctl", "--json=short", "call", "org.freedesktop.DBus", "/",
                        "org.freedesktop.DBus", "NameHasOwner", "s", NAME)
        return done.returncode == 0 and json.loads(done.stdout)["data"] == [True]


def plain(value):
    """busctl's JSON without the types of its variants."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each["data"]) if isinstance(each, dict) and "data" in each
                else plain(each) for key, each in value.items()}
    return value


class Monitor:
    """Sees all that the bell says on a bus, or what a command of busctl shows; a context manager."""

    def __init__(self, bus, command=("busctl", "--json=short", "monitor", NAME)):
        self._bus, self._command = bus, command

    def __enter__(self):
        # From systemd 256 on it says READY=1 to a service manager, before that so on stderr.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind("\0" + (name := f"wirebell-monitor-{os.getpid()}-{id(self)}"))
            self._process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=clean_environment(NOTIFY_SOCKET="@" + name, **self._bus.env))
            told = select.select([ready, self._process.stderr], [], [], 60)[0]
            assert ready in told or b"Monitoring" in self._process.stderr.readline()
        os.set_blocking(self._process.stdout.fileno(), False)
        self._bytes = b""
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=60)

    def signals(self, member, interface=BELL):
        """The arguments of all such signals so far."""
        self._bytes += self._process.stdout.read() or b""
        whole = self._bytes[:self._bytes.rfind(b"\n") + 1]
        messages = [json.loads(line) for line in whole.splitlines() if line.startswith(b"{")]
        return [plain(message["payload"]["data"]) for message in messages
                if message.get("member") == member and message.get("interface") == interface]

    def wait_for(self, member, count=1, seconds=60, **where):
        deadline = time.monotonic() + seconds
        while len(found := self.signals(member, **where)) < count:
            assert time.monotonic() < deadline, f"{member} came {len(found)} times: {self._bytes}"
            time.sleep(0.02)
        return found


needs_a_bus = pytest.mark.skipif(is_missing(), reason=f"{is_missing()} is not installed")


@pytest.fixture
def bus():
    with Bus() as it:
        yield it


@pytest.fixture
def keywords(tmp_path, feed_server):
    feed_server.script("/feed", rss("Choir"), rss(TITLE, "Choir"), rss("Flash flood", TITLE))
    path = tmp_path / "keywords"
    path.write_text(f"[feeds]\n{feed_server.url('/feed')}\n[bulletin]\ncyber attack*\n"
                    "[flash]\nflood\n")
    return path


@contextlib.contextmanager
def on_bus(bus, place, keywords, clock=None):
    """A daemon that has its name on the bus."""
    daemon = Bell(PROGRAM, place, keywords, clock=clock)
    daemon.env.update(bus.env)
    with daemon as running:
        wait_for(bus.has_bell)
        yield running


@pytest.fixture
def bell(tmp_path, keywords, bus):
    """A daemon on the bus, its feed's first look done."""
    with on_bus(bus, tmp_path, keywords) as running:
        running.wait_for("there already")
        yield running


def poll(bell, bus):
    """Every feed is asked: with a clock, to the end, be they a few on one host."""
    bus.call("Poll", "s", "")
    if bell.clock:
        bell.clock.advance(5)


def ring(bell, bus, count=1):
    """So many looks, the first one being done, each of which finds something that rings."""
    for number in range(count):
        poll(bell, bus)
        wait_for(lambda: bus.property("Unacknowledged") == number + 1)
