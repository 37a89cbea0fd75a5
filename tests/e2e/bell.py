# SPDX-License-Identifier: MIT
"""The daemon as a test sees it: started on the sim board, its trace, its words, its button."""

import json
import os
import re
import signal
import subprocess
import time

from conftest import clean_environment
from words import Words


class Bell:
    """One `wirebell run --board sim`; a context manager that stops it, and checks that it stopped well.

    With a clock (sim_clock.py) time is what the test makes of it: strokes are counted and presses
    measured so, for in real time a daemon that waits for the processor passes over some, rightly.
    """

    def __init__(self, program, place, keywords, *arguments, clock=None):
        self.trace_path = place / f"trace-{time.monotonic_ns()}.jsonl"
        self._command = [
            str(program), "run", "--board", "sim", "--keywords", str(keywords),
            "--state-dir", str(place / "state"), "--trace", str(self.trace_path), *arguments]
        self.clock = clock
        self.env = clean_environment(**(clock.env if clock else {}))
        self.is_journal = False  # systemd's way: standard error is the journal's stream

    def wrap(self, *command):
        """Have the daemon started by another program."""
        self._command = [*command, *self._command]

    def __enter__(self):
        self._words = Words()
        if self.is_journal:
            stream = os.fstat(self._words.heard)
            self.env["JOURNAL_STREAM"] = f"{stream.st_dev}:{stream.st_ino}"
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._words.heard,
            text=True, env=self.env)
        self._words.begin()
        return self

    def __exit__(self, kind, *_):
        if self._process.poll() is None:
            self.stop()
            assert kind or self._process.returncode == 0, self.text  # sanitizers complain so

    @property
    def lines(self):
        """All that was said by now."""
        return self._words.lines

    @property
    def bytes(self):
        """The same, byte for byte."""
        return self._words.bytes

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def pid(self):
        return self._process.pid

    def _find(self, pattern):
        return [line for line in self.lines if re.search(pattern, line)]

    def wait_for(self, pattern, seconds=60, count=1):
        """Wait until so many lines of the log match; returns them."""
        deadline = time.monotonic() + seconds
        while len(found := self._find(pattern)) < count:
            assert time.monotonic() < deadline, (
                f"waited {seconds} s in vain for {pattern!r} in:\n{self.text}")
            time.sleep(0.02)
        return found

    def count(self, pattern):
        return len(self._find(pattern))

    def poll(self):
        self._process.send_signal(signal.SIGUSR1)

    def reload(self):
        self._process.send_signal(signal.SIGHUP)

    def type(self, keys):
        """Keys of the sim board."""
        self._process.stdin.write(keys)
        self._process.stdin.flush()

    def press_button(self):
        self.type("\n")

    def wait(self, seconds=60):
        """Wait for it to end by itself, and for its reader, all they said being taken; returns its exit
        code."""
        code = self._process.wait(timeout=seconds)
        self._words.wait(seconds)
        return code

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        self.wait()

    def kill(self):
        self._process.kill()
        self.wait()

    def transitions(self, line):
        """What that line did so far: [(t_ms, level), ...]."""
        if not self.trace_path.exists():
            return []
        text = self.trace_path.read_text()
        whole = text[:text.rfind("\n") + 1]  # of a line that is just written, a part may be there
        entries = map(json.loads, whole.splitlines())
        return [(entry["t_ms"], entry["level"]) for entry in entries if entry["line"] == line]

    def strokes(self):
        return sum(level for _, level in self.transitions("buzzer"))

    def ring_out(self, strokes):
        """Half a minute later so many strokes came in all, and no more; then the next ring is not due yet."""
        self.clock.advance(30)
        assert self.strokes() == strokes, self.text

    def is_lit(self, line):
        levels = self.transitions(line)
        return bool(levels) and levels[-1][1] == 1

    def blinks(self, line, seconds=2.5):
        """Did the line change within that time of its clock?"""
        before = len(self.transitions(line))
        self.clock.advance(seconds)
        return len(self.transitions(line)) > before
