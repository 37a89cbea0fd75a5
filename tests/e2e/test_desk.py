# SPDX-License-Identifier: MIT
"""A person at the desk: presses, holds and unplugs, and looks at the terminal. The real daemon, the sim
board's keys and trace."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pytest
from bell import Bell
from conftest import BUILD, clean_environment
from feed_server import Answer, rss
from sim_clock import SimClock

KEYWORDS = "[feeds]\n{url}\n[routine]\nferry timetable\n"
STORY = "New ferry timetable for winter"


@pytest.fixture
def keywords(tmp_path, feed_server):
    feed_server.script("/feed", Answer(rss("Choir")), Answer(rss(STORY, "Choir")))
    path = tmp_path / "keywords"
    path.write_text(KEYWORDS.format(url=feed_server.url("/feed")))
    return path


@pytest.fixture
def lit(tmp_path, keywords):
    """A running daemon whose green lamp is lit, steadily; a finger's time is the test's."""
    clock = SimClock(tmp_path / "clock")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock) as running:
        running.wait_for("watching")
        clock.advance(2)
        running.wait_for("there already")
        running.poll()
        clock.advance(2)
        running.wait_for(f"routine: {STORY}")
        yield running


def levels(running, line):
    return [level for _, level in running.transitions(line)]


def hold(running, seconds):
    """Holds the button down, or lets it go, and lets so much time pass."""
    running.type("h")
    running.clock.advance(seconds)


def test_a_hold_of_two_seconds_snoozes_and_acknowledges_nothing(lit, tmp_path, keywords):
    hold(lit, 1.9)
    assert not lit.is_lit("green")  # a finger is answered at once
    assert lit.count("button: ") == 0 and levels(lit, "red") == []
    lit.clock.advance(0.2)
    lit.wait_for("button: snoozed for 60 minutes")
    assert levels(lit, "red") in ([1], [1, 0])
    hold(lit, 10)
    assert levels(lit, "red") == [1, 0]  # the flick
    assert not lit.is_lit("green") and lit.count("button: ") == 1
    lit.stop()
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=lit.clock) as again:
        again.wait_for("still unacknowledged")


def test_a_hold_of_five_seconds_tests_the_lamps_and_does_not_snooze(lit):
    hold(lit, 4.9)
    assert lit.count("button: lamp test") == 0
    lit.clock.advance(0.2)
    lit.wait_for("button: lamp test")
    hold(lit, 10)
    assert levels(lit, "amber") == [1, 0, 1, 0]
    assert lit.is_lit("green")
    assert lit.strokes() == 0


def test_unplugged_and_plugged_in_what_was_lit_is_lit_again(lit):
    lit.type("u")
    lit.clock.advance(1)
    lit.wait_for("health: red, amber, green, buzzer: unplugged")
    assert not lit.is_lit("green")
    lit.type("u")
    lit.clock.advance(1)
    lit.wait_for("health: outputs is mended")
    assert lit.is_lit("green")
    lit.type("\n")
    lit.wait_for("button: acknowledged, 1")
    assert not lit.is_lit("green")


class Terminal:
    """A terminal of that size with the daemon in it."""

    def __init__(self, rows, columns, *command):
        self._master, slave = pty.openpty()
        self.resize(rows, columns)
        self._process = subprocess.Popen(
            list(map(str, command)), stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # its own: keys and its size
            env=clean_environment(TERM="xterm", LC_ALL="C.UTF-8", NO_COLOR="1"))
        os.close(slave)
        self._shown = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=60)
        self._hang_up()

    def _hang_up(self):
        if self._master >= 0:
            os.close(self._master)
        self._master = -1

    def close(self):
        """As a window is closed. Returns the exit code of the program that was in it."""
        self._hang_up()
        return self._process.wait(timeout=60)

    def resize(self, rows, columns):
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number):
        self._process.send_signal(number)

    def wait_for(self, pattern, seconds=60):
        """Wait until what was shown since the last call matches; returns all of that."""
        deadline, shown = time.monotonic() + seconds, self._shown
        while not re.search(pattern, shown, re.DOTALL):
            assert time.monotonic() < deadline, f"not shown: {pattern}\n{shown!r}"
            if select.select([self._master], [], [], 0.1)[0]:
                shown += os.read(self._master, 65536).decode(errors="replace")
        self._shown = ""
        return shown


def test_a_terminal_shows_the_lamps_and_follows_its_size(tmp_path, keywords):
    command = (BUILD / "bin/wirebell", "run", "--board", "sim", "--keywords", keywords,
               "--state-dir", tmp_path / "state")
    with Terminal(24, 80, *command) as terminal:
        terminal.wait_for("○ green.*there already.*○ green")
        terminal.signal(signal.SIGUSR1)
        terminal.wait_for("● green.*routine   .*\\(ferry timetable\\)")
        terminal.resize(10, 18)
        # Lamps of 57 columns, health of 6 and a story of 61 take nine rows by now: eight up, so that
        # none is left behind.
        last = terminal.wait_for("\033\\[8A\033\\[J  ○   ○   ●   · \r\n  well\r\n"
                                 "  routine   New f$").split("\033[J")[-1]
        assert all(len(line) < 18 for line in last.splitlines()), last


def test_a_terminal_that_is_closed_leaves_no_wirebell_behind(tmp_path, keywords):
    trace = tmp_path / "trace"
    command = (BUILD / "bin/wirebell", "run", "--board", "sim", "--keywords", keywords,
               "--state-dir", tmp_path / "state", "--trace", trace)
    with Terminal(24, 80, *command) as terminal:
        terminal.wait_for("there already")
        terminal.signal(signal.SIGHUP)  # while it is there, only a wish to have the files read again
        terminal.wait_for("keywords: feeds: ")
        terminal.signal(signal.SIGUSR1)
        terminal.wait_for("● green")
        assert terminal.close() == 0
    assert '"line":"green","level":0' in trace.read_text().splitlines()[-1]
