# SPDX-License-Identifier: MIT
"""The daemon as systemd sees it: notifications, watchdog, structured journal entries."""

import contextlib
import os
import signal
import socket
import sqlite3
import struct
import subprocess
import time

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import Answer, rss

KEYWORDS = "[feeds]\n{url}\n[bulletin]\ncyber attack*\n"


class Datagrams:
    """A socket that systemd would own; what came is read as text."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._received = []

    def wait_for(self, is_it, seconds=10):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self._received:
                if is_it(message):
                    return message
            self._socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                self._received.append(self._socket.recv(1 << 20))
            except socket.timeout:
                break
        raise AssertionError(f"not among what came: {self._received}")

    def forget(self, after_s=0):
        """Forget what came, and what comes within that time."""
        time.sleep(after_s)
        self._socket.setblocking(False)
        try:
            while True:
                self._socket.recv(1 << 20)
        except BlockingIOError:
            self._received.clear()


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


def test_the_watchdog_is_fed_while_the_loop_runs_and_starves_when_it_stands(tmp_path, keywords):
    bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords)
    notify = have_watchdog(bell, tmp_path)
    with bell as running:
        notify.wait_for(lambda m: b"WATCHDOG=1" in m)
        notify.forget()
        notify.wait_for(lambda m: b"WATCHDOG=1" in m, seconds=2)
        os.kill(running.pid, signal.SIGSTOP)  # a loop that stands
        notify.forget(after_s=0.3)
        with pytest.raises(AssertionError):
            notify.wait_for(lambda m: b"WATCHDOG=1" in m, seconds=1)
        os.kill(running.pid, signal.SIGCONT)
        notify.wait_for(lambda m: b"WATCHDOG=1" in m, seconds=2)


def test_a_write_that_hangs_starves_the_watchdog_and_the_bell_rings_after_it(tmp_path, keywords):
    bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords)
    notify = have_watchdog(bell, tmp_path)
    with bell as running:
        running.wait_for("there already")
        with contextlib.closing(sqlite3.connect(tmp_path / "state" / "wirebell.db")) as other:
            other.execute("BEGIN IMMEDIATE")  # a write waits two seconds for that
            running.poll()
            longest, last, end = 0, time.monotonic(), time.monotonic() + 15
            while longest < 1.2 and last < end:
                notify.forget()
                notify.wait_for(lambda m: b"WATCHDOG=1" in m, seconds=5)
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
            assert longest >= 1.2
        running.wait_for("bulletin: ")
        notify.forget()
        notify.wait_for(lambda m: b"WATCHDOG=1" in m, seconds=2)


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
