#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Kills the daemon or its reader, again and again, and holds the bell to its promise: each story
that matched rings, none is raised twice, none comes back after it was acknowledged, and the state
is whole.

    crash.py BUILD_DIR ROUNDS [SEED]

A round publishes some numbered stories, starts the real daemon on the state the last one left,
has it poll, perhaps presses the button, and then SIGKILLs the daemon or its reader at a random
moment, or has the daemon killed at a change of the state's files (disk_faults.c), torn or before
it. What rang is read from the daemon's own words.
"""

import collections
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from feed_server import FeedServer, rss
from words import Words

SHOWN = 40  # stories the feed shows at once, the newest; none may scroll out before a quiet look
RAISED = re.compile(r"^[\d:]+ flash: Crisis number (\d+)$")
RESTORED = re.compile(r" still unacknowledged, flash: Crisis number (\d+)$")


class Daemon:
    """One run of the daemon on the folder's state."""

    def __init__(self, build, folder, **faults):
        env = {name: value for name, value in os.environ.items() if not name.startswith("WIREBELL")}
        if faults:
            env.update(faults, DISK_FAULT_PATH="wirebell.db",
                       LD_PRELOAD=str(build / "tests/libdisk_faults.so"),
                       ASAN_OPTIONS="verify_asan_link_order=0")
        pipe, self._button = os.pipe()
        self._words = Words()
        self.process = subprocess.Popen(
            [build / "bin/wirebell", "run", "--board", "sim", "--keywords", folder / "keywords",
             "--state-dir", folder / "state"], env=env,
            stdin=pipe, stdout=subprocess.DEVNULL, stderr=self._words.heard)
        os.close(pipe)
        self._words.begin()

    def has_said(self, text):
        return any(text in line for line in self._words.lines)

    def wait_for(self, text, seconds=60):
        """Waits until a line holds the text, or the daemon is dead. Returns whether one does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            is_dead = self.process.poll() is not None
            if self.has_said(text):
                return True
            if is_dead:
                return False
            time.sleep(0.002)
        raise AssertionError(f"waited in vain for {text!r}:\n" + "\n".join(self._words.lines))

    def poll_for(self, text, seconds=60):
        """Has it poll until it says so: more than once, for a poll passes over a feed whose look is under
        way."""
        deadline = time.monotonic() + seconds
        while not self.has_said(text) and time.monotonic() < deadline:
            self.poll()
            again = time.monotonic() + 2
            while not self.has_said(text) and time.monotonic() < again:
                time.sleep(0.002)
        assert self.has_said(text), "\n".join(self._words.lines)

    def poll(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)

    def press(self):
        try:
            os.write(self._button, b"\n")
        except BrokenPipeError:
            pass

    def kill_reader(self):
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children",
                      encoding="ascii") as children:
                for child in children.read().split():
                    os.kill(int(child), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            pass

    def end(self, how=signal.SIGKILL):
        """Ends it and returns all it said."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(timeout=60)
        self._words.wait()
        os.close(self._button)
        return self._words.lines


class Desk:
    """What the stories did so far, from the daemon's words."""

    def __init__(self):
        self.published = 0
        self.raised = collections.Counter()
        self.heard = set()
        self.acknowledged = set()
        self.lit = set()

    def take(self, lines):
        """Checks and counts one run's words, in their order."""
        lit = set()
        for line in lines:
            if found := RAISED.search(line):
                number = int(found[1])
                self.raised[number] += 1
                assert self.raised[number] == 1, f"story {number} was raised twice"
                lit.add(number)
            elif found := RESTORED.search(line):
                lit.add(int(found[1]))
            elif "acknowledged, " in line and "still" not in line:
                self.acknowledged |= lit
                lit = set()
            again = lit & self.acknowledged
            assert not again, f"acknowledged, and there again: {again}\n" + "\n".join(lines)
            self.heard |= lit
        self.lit = lit

    def check_whole(self):
        missing = set(range(1, self.published + 1)) - self.heard
        assert not missing, f"these never rang: {sorted(missing)}"


def check_state(folder):
    """A copy of the state's files, as they lie there after the crash, passes SQLite's check."""
    with tempfile.TemporaryDirectory(prefix="wirebell-copy-") as copy:
        for file in folder.glob("wirebell.db*"):
            if not file.name.endswith("-shm"):  # made afresh by whoever opens
                shutil.copy(file, copy)
        with sqlite3.connect(pathlib.Path(copy) / "wirebell.db") as state:
            assert state.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


class Crashes:
    """The server, the state, and the rounds."""

    def __init__(self, build, folder, seed):
        self.build, self.folder = build, folder
        self.random = random.Random(seed)
        self.desk = Desk()
        self.kinds = collections.Counter()
        self.quiet_looks = 0
        self.server = FeedServer().__enter__()
        (folder / "keywords").write_text(
            f"[feeds]\n{self.server.url('/feed')}\n[flash]\ncrisis\n")
        self.publish(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    def publish(self, count):
        self.desk.published += count
        newest = range(self.desk.published, max(0, self.desk.published - SHOWN), -1)
        self.server.script("/feed", rss(*(f"Crisis number {number}" for number in newest), "Fair"))

    def first_look(self):
        """The baseline, taken in peace."""
        daemon = Daemon(self.build, self.folder)
        assert daemon.wait_for("there already")
        daemon.end(signal.SIGTERM)

    def faults(self):
        """At which change of the state the daemon dies in this round."""
        return {"DISK_FAULT": self.random.choice(["kill", "torn"]),
                "DISK_FAULT_AT": str(self.random.randint(1, 30))}

    def round(self, faults=None):
        kind = "disk" if faults else self.random.choice(["daemon", "disk", "early", "reader"])
        self.kinds[kind] += 1
        self.publish(1 if faults else self.random.randint(0, 2))
        if kind == "disk" and not faults:
            faults = self.faults()
        daemon = Daemon(self.build, self.folder, **(faults or {}))
        try:
            self.disturb(daemon, kind)
        finally:
            lines = daemon.end()
        self.desk.take(lines)
        check_state(self.folder / "state")

    def disturb(self, daemon, kind):
        if kind == "early":
            time.sleep(self.random.uniform(0, 0.05))
            return
        if not daemon.wait_for("watching"):
            return
        daemon.poll()
        if kind == "reader":
            time.sleep(self.random.uniform(0, 0.06))
            daemon.kill_reader()
        time.sleep(self.random.uniform(0, 0.12))
        if self.random.random() < 0.3:
            daemon.press()
            time.sleep(self.random.uniform(0, 0.03))

    def quiet_look(self):
        """A start in peace: what was never heard must ring now."""
        daemon = Daemon(self.build, self.folder)
        assert daemon.wait_for("watching")
        self.publish(1)
        daemon.poll_for(f"Crisis number {self.desk.published}")
        self.quiet_looks += 1
        if self.quiet_looks % 3 == 0:  # in the other rounds the kill may always be faster than the finger
            daemon.press()
            assert daemon.wait_for("acknowledged, ")
        self.desk.take(daemon.end(signal.SIGTERM))
        self.desk.check_whole()


def run(build, rounds, seed, say=lambda text: None):
    """Runs them all; raises AssertionError at the first broken promise. Returns the Crashes."""
    with tempfile.TemporaryDirectory(prefix="wirebell-crash-") as folder:
        with Crashes(build, pathlib.Path(folder), seed) as crashes:
            crashes.first_look()
            for number in range(1, rounds + 1):
                crashes.round()
                if number % 100 == 0:
                    say(f"{number} rounds, {crashes.desk.published} stories")
                if number % (SHOWN // 4) == 0:
                    crashes.quiet_look()
            crashes.quiet_look()
            return crashes


def main():
    build, rounds = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
    print(f"seed {seed}", flush=True)
    crashes = run(build, rounds, seed, say=lambda text: print(text, flush=True))
    print(f"{rounds} rounds ({', '.join(f'{kind} {n}' for kind, n in sorted(crashes.kinds.items()))}): "
          f"{crashes.desk.published} stories, each rang, none was raised twice, "
          f"{len(crashes.desk.acknowledged)} acknowledged and not seen again")


if __name__ == "__main__":
    main()
