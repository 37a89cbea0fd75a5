# SPDX-License-Identifier: MIT
"""The daemon as systemd sees it: notifications, watchdog, structured journal entries."""

import contextlib
import os
import pathlib
import select
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
import time

import pytest
from bell import Bell
from conftest import BUILD, wait_for
from feed_server import Answer, rss

KEYWORDS = "[feeds]\n{url}\n[bulletin]\ncyber attack*\n"


class Datagrams:
    """A socket that systemd would own; what came is read as text.

    It is taken as it comes: few datagrams wait in a socket (net.unix.max_dgram_qlen: ten), and who
    sends one more stands still.
    """

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._lock = threading.Lock()
        self._received = []
        self._first = 0  # of those that are not forgotten
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        while True:
            select.select([self._socket], [], [])
            self._take()

    def _take(self):
        with self._lock, contextlib.suppress(BlockingIOError):
            while True:
                self._received.append((self._socket.recv(1 << 20), time.monotonic()))

    def messages(self):
        """Those that came by now and are not forgotten."""
        self._take()
        return [message for message, _ in self._received[self._first:]]

    def times(self, is_it):
        """When each of them that is it came."""
        self._take()
        return [at for message, at in self._received[self._first:] if is_it(message)]

    def wait_for(self, is_it, seconds=60):
        """The first that is it."""
        deadline = time.monotonic() + seconds
        while not (found := [message for message in self.messages() if is_it(message)]):
            assert time.monotonic() < deadline, f"not among what came: {self.messages()}"
            time.sleep(0.02)
        return found[0]

    def forget(self):
        """Forget what came by now."""
        self._take()
        self._first = len(self._received)


def fields(entry):
    """A journal entry of the native protocol as a dict (systemd.journal-fields, binary-safe form)."""
    found, at = {}, 0
    while at < len(entry):
        end = entry.index(b"\n", at)
        name, equals, value = entry[at:end].partition(b"=")
        at = end + 1
        if not equals:  # NAME, newline, 64-bit size, bytes, newline
            size = struct.unpack_from("<Q", entry, at)[0]
            value = entry[at + 8:at + 8 + size]
            at += 8 + size + 1
        found[name.decode()] = value.decode()
    return found


def have_journal(bell, place):
    """What the daemon logs as entries of the journal: a mount namespace of its own gives it a socket of
    ours at systemd's place."""
    (place / "journal").mkdir()
    mounts = "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal && " \
        f"mount --bind {place}/journal /run/systemd/journal"
    if subprocess.run(["unshare", "-m", "sh", "-c", mounts], capture_output=True).returncode:
        pytest.skip("no mount namespace can be had (needs root)")
    bell.wrap("unshare", "-m", "sh", "-c", f'{mounts} && exec "$0" "$@"')
    bell.is_journal = True
    return Datagrams(place / "journal" / "socket")


def have_watchdog(bell, place):
    """What the daemon tells systemd, which wants to hear of it each half second."""
    bell.env.update(NOTIFY_SOCKET=str(place / "notify"), WATCHDOG_USEC="500000")
    return Datagrams(place / "notify")


@pytest.fixture
def keywords(tmp_path, feed_server):
    feed_server.script("/feed", Answer(rss("Choir")), Answer(rss("Cyber attack on port", "Choir")))
    path = tmp_path / "keywords"
    path.write_text(KEYWORDS.format(url=feed_server.url("/feed")))
    return path


def test_systemd_is_told_ready_status_reloading_and_stopping(tmp_path, keywords):
    notify = Datagrams(tmp_path / "notify")
    bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords)
    bell.env["NOTIFY_SOCKET"] = str(tmp_path / "notify")
    with bell as running:
        notify.wait_for(lambda m: b"READY=1" in m)
        notify.wait_for(lambda m: m.startswith(b"STATUS=feeds: 1"))
        running.wait_for("there already")
        notify.forget()
        running.reload()
        message = notify.wait_for(lambda m: b"RELOADING=1" in m)
        assert b"MONOTONIC_USEC=" in message  # Type=notify-reload wants it
        notify.wait_for(lambda m: m == b"READY=1")
        running.poll()
        running.wait_for("bulletin: ")
        notify.wait_for(lambda m: b"unacknowledged alerts: 1" in m)
    notify.wait_for(lambda m: b"STOPPING=1" in m)


def is_beat(message):
    return b"WATCHDOG=1" in message


def is_stopped(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(") ")[2].startswith("T")


def test_the_watchdog_is_fed_while_the_loop_runs_and_starves_when_it_stands(tmp_path, keywords):
    bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords)
    notify = have_watchdog(bell, tmp_path)
    with bell as running:
        wait_for(lambda: len(notify.times(is_beat)) >= 3)
        os.kill(running.pid, signal.SIGSTOP)  # a loop that stands
        wait_for(lambda: is_stopped(running.pid))
        notify.forget()
        time.sleep(1)
        assert notify.times(is_beat) == []
        os.kill(running.pid, signal.SIGCONT)
        notify.wait_for(is_beat)


def test_a_write_that_hangs_starves_the_watchdog_and_the_bell_rings_after_it(tmp_path, keywords):
    bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords)
    notify = have_watchdog(bell, tmp_path)

    def longest():
        """Between two beats."""
        beats = notify.times(is_beat)
        return max((later - earlier for earlier, later in zip(beats, beats[1:])), default=0)

    with bell as running:
        running.wait_for("there already")
        notify.forget()
        with contextlib.closing(sqlite3.connect(tmp_path / "state" / "wirebell.db")) as other:
            other.execute("BEGIN IMMEDIATE")  # a write waits two seconds for that
            running.poll()
            wait_for(lambda: longest() >= 1.2)
        running.wait_for("bulletin: ")
        notify.forget()
        notify.wait_for(is_beat)


def test_a_ring_is_a_structured_journal_entry(tmp_path, keywords, feed_server):
    bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords)
    journal = have_journal(bell, tmp_path)
    with bell as running:
        journal.wait_for(lambda m: b"there already" in m)
        running.poll()
        entry = fields(journal.wait_for(lambda m: b"WIREBELL_LEVEL" in m))
    assert entry["WIREBELL_LEVEL"] == "bulletin"
    assert entry["WIREBELL_FEED"] == feed_server.url("/feed")
    assert entry["WIREBELL_TITLE"] == "Cyber attack on port"
    assert entry["WIREBELL_RULE"] == "cyber attack*"
    assert entry["WIREBELL_RULE_FILE"] == str(keywords) and entry["WIREBELL_RULE_LINE"] == "4"
    assert entry["WIREBELL_WORDS"] == "Cyber attack"
    assert entry["PRIORITY"] == "5" and len(entry["MESSAGE_ID"]) == 32
    assert entry["SYSLOG_IDENTIFIER"] == "wirebell"
    assert entry["MESSAGE"].startswith("bulletin: Cyber attack on port")
